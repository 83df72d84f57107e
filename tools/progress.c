// SPDX-License-Identifier: GPL-2.0
/*
 * What a long wait is for.
 */
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "progress.h"

/* who is served within this hears nothing */
#define FIRST_MS	3000
#define AGAIN_MS	5000

static bool at_terminal;
static deadline_t next_line;
static char waited_for[128];

bool progress_due(void)
{
	if (!at_terminal || clock_left(next_line))
		return false;
	next_line = clock_in(AGAIN_MS);
	return true;
}

static void tell(deadline_t deadline)
{
	if (waited_for[0] && progress_due())
		fprintf(stderr, "kiscsi: %s, at most %d s more\n", waited_for, (clock_left(deadline) + 999) / 1000);
}

void progress_on(void)
{
	at_terminal = isatty(STDERR_FILENO);
	next_line = clock_in(FIRST_MS);
	clock_on_wait(tell);
}

void progress(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(waited_for, sizeof(waited_for), fmt, ap);
	va_end(ap);
}

void progress_end(void)
{
	waited_for[0] = '\0';
}

void progress_logins(void *arg, unsigned int busy)
{
	(void)arg;
	if (progress_due())
		fprintf(stderr, "kiscsi: %u logins are under way\n", busy);
}
