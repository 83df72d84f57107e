// SPDX-License-Identifier: GPL-2.0
/*
 * When a long wait is told of, and how.
 */
#include "../../tools/progress.c"
#include "unit.h"

static void when(void)
{
	/* standard error of the tests may be a terminal or not: either way a file is none */
	on = false;
	next = clock_in(-1);
	NO(progress_due());
	on = true;
	next = clock_in(10000);
	NO(progress_due());
	next = clock_in(-1);
	YES(progress_due());
	/* and not again at once */
	NO(progress_due());
	on = false;
}

static void half_a_second(void *arg)
{
	(void)arg;
	clock_on_wait(tell);
	clock_sleep(500, clock_in(500));
	clock_on_wait(NULL);
}

static void words(void)
{
	on = true;
	next = clock_in(-1);
	progress("waiting for %s", "192.0.2.1:3260");
	STR(unit_said(half_a_second, NULL), "kiscsi: waiting for 192.0.2.1:3260, at most 1 s more\n");
	/* it has just been said */
	STR(unit_said(half_a_second, NULL), "");
	on = false;
}

UNIT_SUITE(tools_progress, { "when", when }, { "words", words })
