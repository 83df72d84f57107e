// SPDX-License-Identifier: GPL-2.0
/*
 * Which targets of a report are logged in to, and what is said of those that are not.
 */
#include "../../tools/clock.h"
/* whoever asks is stopped at this target of the report */
#define clock_stopped() (i == stopped_at)
static unsigned int stopped_at = -1U;
#include "../../tools/cmd-login.c"
#undef clock_stopped
#include "unit.h"

static struct job job;
static struct targets targets;
static struct several all = { .j = &job, .targets = &targets };

/* what a target called @name is refused with, "" if it has candidates */
static const char *refused(const char *name)
{
	static struct err e;
	struct target *current;
	struct candidates c;
	struct portal p;

	NO(portal_parse_address(&p, "192.0.2.1:3260,1"));
	EQ(targets_add(&targets, name, &current, &e), 0);
	EQ(target_add_portal(current, &p, &e), 0);
	return find_candidates(&all, targets.count - 1, &c, clock_in(1000), &e) ? e.text : "";
}

static void names(void)
{
	STR(refused("iqn.2003-01.org.example:a"), "");
	STR(refused("IQN.2003-01.org.example:a_B"), "");
	STR(refused("iqn.2003-01.org.example:\xc2\x9b"), "is no UTF-8 without control characters");
	STR(refused("iqn.2003-01.org.example:\xff"), "is no UTF-8 without control characters");
	HAS(refused("disk"), "want a name that begins with");
	targets_free(&targets);
}

static void check_all(void *arg)
{
	(void)arg;
	login_each(&all);
}

static void interrupted(void)
{
	refused("disk");
	refused("iqn.2003-01.org.example:a");
	refused("iqn.2003-01.org.example:b");
	job.o.check = true;
	stopped_at = 1;
	STR(unit_said(check_all, NULL), "kiscsi: login disk: want a name that begins with \"iqn.\", \"eui.\" or \"naa.\"\n"
	    "kiscsi: interrupted: 2 targets not checked\n");
	EQ(all.worst, ST_FAILED);
	targets_free(&targets);
}

UNIT_SUITE(tools_login, { "names", names }, { "interrupted", interrupted })
