// SPDX-License-Identifier: GPL-2.0
/*
 * How long apply takes for a target.
 */
#include "../../tools/cmd-apply.c"
#include "unit.h"

static void deadlines(void)
{
	struct options o = { .timeout = 10 };
	struct settings s = { .timers.login_timeout = 15 };
	deadline_t names = clock_in(4000);
	int left;

	/* what the names took is not given a second time */
	EQ(attach_deadline(&o, &s, 2, names), names);
	o.timeout = 0;
	left = clock_left(attach_deadline(&o, &s, 2, names));
	YES(left <= 60000 && left > 55000);
}

UNIT_SUITE(tools_cmd_apply, { "deadlines", deadlines })
