// SPDX-License-Identifier: GPL-2.0
/*
 * What a command exits with that fails for more than one session.
 */
#include "../../tools/cmd-logout.c"
#undef TAKES
#undef TIMEOUT_DEFAULT
#include "../../tools/out.h"
/* the one thing that a rescan asks for before it goes to the kernel */
#define luns_read(host, luns, e) ((void)(host), (void)(luns), err_set(e, host_status, "no LUNs"))
static enum status host_status;
#include "../../tools/cmd-rescan.c"
#include "unit.h"

static enum status status;

static void log_out_of_two(void *arg)
{
	const enum status *failures = arg;
	struct session s = { .target = "iqn.2026-01.example:a" };
	struct err e;

	status = ST_DONE;
	for (int i = 0; i < 2; i++) {
		err_set(&e, failures[i], "reason %d", i);
		tell(&status, &s, &e);
	}
	tell(&status, &s, NULL);
}

static void logouts(void)
{
	STR(unit_said(log_out_of_two, (enum status[]){ ST_FAILED, ST_UNREACHABLE }),
	    "kiscsi: logout iqn.2026-01.example:a: reason 0\nkiscsi: logout iqn.2026-01.example:a: reason 1\n");
	EQ(status, ST_FAILED);
	unit_said(log_out_of_two, (enum status[]){ ST_UNREACHABLE, ST_FAILED });
	EQ(status, ST_FAILED);
}

static void rescan_two(void *arg)
{
	struct session two[] = {
		{ .target = "iqn.2026-01.example:a", .state = KISCSI_SESSION_LOST },
		{ .target = "iqn.2026-01.example:b", .state = KISCSI_SESSION_UP },
	};
	const struct sessions list = { two, 2 };
	const struct options o = { 0 };

	(void)arg;
	status = rescan_each(&o, NULL, NULL, &list);
}

static void rescans(void)
{
	host_status = ST_UNREACHABLE;
	HAS(unit_said(rescan_two, NULL), "rescan iqn.2026-01.example:b: no LUNs\n");
	EQ(status, ST_FAILED);
	host_status = ST_USAGE;
	unit_said(rescan_two, NULL);
	EQ(status, ST_USAGE);
}

UNIT_SUITE(tools_several, { "logouts", logouts }, { "rescans", rescans })
