// SPDX-License-Identifier: GPL-2.0
/*
 * How long discover takes.
 */
#include "../../tools/cmd-discover.c"
#include "unit.h"

/* what comes after the secret, the report and its names, has all of the default's time */
static void deadlines(void)
{
	struct address_list nowhere = { 0 };
	deadline_t deadline = clock_in(-1), given;
	struct kiscsi_chap_cred cred;
	struct options o = { 0 };
	struct address via;
	struct targets t;
	struct err e;

	settings_init(&o.settings);
	EQ(send_targets(&o, &nowhere, &cred, &t, &via, &deadline, &e), -1);
	HAS(e.text, "no address to connect to");
	YES(clock_left(deadline) > 25000 && clock_left(deadline) <= 30000);
	o.timeout = 10;
	given = deadline = clock_in(4000);
	EQ(send_targets(&o, &nowhere, &cred, &t, &via, &deadline, &e), -1);
	EQ(deadline, given);
}

UNIT_SUITE(tools_cmd_discover, { "deadlines", deadlines })
