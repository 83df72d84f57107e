// SPDX-License-Identifier: GPL-2.0
/*
 * When a long wait is told of, and how.
 */
#include "../../tools/progress.c"
#include "unit.h"

static void when(void)
{
	/* standard error of the tests may be a terminal or not: either way a file is none */
	at_terminal = false;
	next_line = clock_in(-1);
	NO(progress_due());
	at_terminal = true;
	next_line = clock_in(10000);
	NO(progress_due());
	next_line = clock_in(-1);
	YES(progress_due());
	/* and not again at once */
	NO(progress_due());
	at_terminal = false;
}

void unit_progress(bool yes)
{
	at_terminal = yes;
	next_line = clock_in(-1);
	clock_on_wait(yes ? tell : NULL);
}

static void half_a_second(void *arg)
{
	(void)arg;
	clock_sleep(500, clock_in(500));
}

/* a look every now and then at what the wait is for */
static void in_pieces(void *arg)
{
	deadline_t deadline = clock_in(9500);

	(void)arg;
	for (int i = 0; i < 3; i++)
		clock_sleep(5, deadline);
}

static void words(void)
{
	unit_progress(true);
	progress("waiting for %s", "192.0.2.1:3260");
	STR(unit_said(half_a_second, NULL), "kiscsi: waiting for 192.0.2.1:3260, at most 1 s more\n");
	/* it has just been said */
	STR(unit_said(half_a_second, NULL), "");
	unit_progress(true);
	STR(unit_said(in_pieces, NULL), "kiscsi: waiting for 192.0.2.1:3260, at most 10 s more\n");
	progress_end();
	unit_progress(true);
	STR(unit_said(in_pieces, NULL), "");
	unit_progress(false);
}

UNIT_SUITE(tools_progress, { "when", when }, { "words", words })
