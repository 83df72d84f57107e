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

static bool on;
static deadline_t next;
static char what[128];

bool progress_due(void)
{
	if (!on || clock_left(next))
		return false;
	next = clock_in(AGAIN_MS);
	return true;
}

static void tell(deadline_t deadline)
{
	if (what[0] && progress_due())
		fprintf(stderr, "kiscsi: %s, at most %d s more\n", what, (clock_left(deadline) + 999) / 1000);
}

void progress_on(void)
{
	on = isatty(STDERR_FILENO);
	next = clock_in(FIRST_MS);
	clock_on_wait(tell);
}

void progress(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
}

void progress_logins(void *arg, unsigned int busy)
{
	(void)arg;
	if (progress_due())
		fprintf(stderr, "kiscsi: %u logins are under way\n", busy);
}
