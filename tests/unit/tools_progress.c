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

/* what a wait of half a second says */
static const char *said(void)
{
	static char text[256];
	FILE *f = tmpfile();
	int old = dup(STDERR_FILENO);

	fflush(stderr);
	dup2(fileno(f), STDERR_FILENO);
	clock_on_wait(tell);
	clock_sleep(500, clock_in(500));
	clock_on_wait(NULL);
	dup2(old, STDERR_FILENO);
	close(old);
	rewind(f);
	text[0] = '\0';
	if (!fgets(text, sizeof(text), f))
		text[0] = '\0';
	fclose(f);
	return text;
}

static void words(void)
{
	on = true;
	next = clock_in(-1);
	progress("waiting for %s", "192.0.2.1:3260");
	STR(said(), "kiscsi: waiting for 192.0.2.1:3260, at most 1 s more\n");
	/* it has just been said */
	STR(said(), "");
	on = false;
}

UNIT_SUITE(tools_progress, { "when", when }, { "words", words })
