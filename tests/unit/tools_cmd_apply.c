// SPDX-License-Identifier: GPL-2.0
/*
 * How long apply takes for a target.
 */
#include <sys/stat.h>

#include "../../tools/cmd-apply.c"
#include "unit.h"

static void deadlines(void)
{
	struct options o = { .timeout = 10 };
	struct settings s = { .timers.login_timeout = 15 };
	deadline_t names = clock_in(4000);
	int left;

	/* what the names took is not given a second time */
	EQ(names_deadline(&o, &s, names), names);
	EQ(attach_deadline(&o, &s, 2, names), names);
	o.timeout = 0;
	left = clock_left(names_deadline(&o, &s, names));
	YES(left <= 15000 && left > 12000);
	left = clock_left(attach_deadline(&o, &s, 2, names));
	YES(left <= 60000 && left > 55000);
}

/* a FIFO that nobody writes to */
static void secrets(void)
{
	char path[] = "/tmp/kiscsi-unit-XXXXXX";
	struct config_target t = { .chap = { .user = "u", .secret_file = path } };
	struct options o = { .timeout = 10 };
	struct kiscsi_chap_cred cred;
	struct err e;

	YES(mkdtemp(path));
	EQ(rmdir(path), 0);
	EQ(mkfifo(path, 0600), 0);
	settings_init(&t.settings);
	alarm(20);
	EQ(read_secrets(&o, &t, clock_in(20), &cred, &e), -1);
	HAS(e.text, "timed out waiting for the secret");
	EQ(e.status, ST_UNREACHABLE);
	/* without --timeout a signal ends it, and nothing else does */
	o.timeout = 0;
	unit_stop(true);
	EQ(read_secrets(&o, &t, clock_in(-1), &cred, &e), -1);
	HAS(e.text, "interrupted waiting for the secret");
	unit_stop(false);
	unlink(path);
	alarm(0);
}

UNIT_SUITE(tools_cmd_apply, { "deadlines", deadlines }, { "secrets that do not come", secrets })
