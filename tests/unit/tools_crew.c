// SPDX-License-Identifier: GPL-2.0
/*
 * Jobs in processes: results, deaths, and ends that nobody is told of.
 */
#include "../../tools/crew.c"
#include "unit.h"

#define JOBS 5

/* what became of each: its result, or -1 for none */
static int came[JOBS];

static void work(void *arg, unsigned int i, void *result)
{
	int *out = result;

	(void)arg;
	if (i == 3)
		kill(getpid(), SIGKILL);
	*out = 10 * (int)i;
}

static void done(void *arg, unsigned int i, const void *result)
{
	const int *in = result;

	(void)arg;
	came[i] = in ? *in : -1;
}

static void run(void)
{
	const struct crew crew = { .count = JOBS, .most = 2, .result_size = sizeof(int), .work = work, .done = done };
	struct err e;

	memset(came, 0x77, sizeof(came));
	/* one that never ends must not take the other suites along */
	alarm(20);
	EQ(crew_run(&crew, &e), 0);
	alarm(0);
}

static void results(void)
{
	static const int want[JOBS] = { 0, 10, 20, -1, 40 };

	run();
	MEM(came, sizeof(came), want, sizeof(want));
}

static void ignored(void)
{
	static const int want[JOBS] = { -1, -1, -1, -1, -1 };

	signal(SIGCHLD, SIG_IGN);
	run();
	signal(SIGCHLD, SIG_DFL);
	MEM(came, sizeof(came), want, sizeof(want));
}

UNIT_SUITE(tools_crew, { "results", results }, { "ends that nobody sees", ignored })
