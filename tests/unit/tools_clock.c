// SPDX-License-Identifier: GPL-2.0
/*
 * Deadlines, and the signal that ends a wait.
 */
#include <unistd.h>

#include "../../tools/clock.c"
#include "unit.h"

static void deadlines(void)
{
	deadline_t soon = clock_in(10000);

	YES(clock_left(soon) > 9000 && clock_left(soon) <= 10000);
	EQ(clock_left(clock_in(-1)), 0);
	EQ(clock_left(clock_in((int64_t)INT_MAX * 10)), INT_MAX);
	EQ(clock_first(1, 2), 1);
	EQ(clock_first(2, 1), 1);
}

static void waits(void)
{
	deadline_t start = clock_in(0);
	int ends[2];

	EQ(pipe(ends), 0);
	EQ(clock_poll(ends[0], POLLIN, clock_in(50)), 0);
	YES(now() - start >= 50);
	EQ(write(ends[1], "x", 1), 1);
	EQ(clock_poll(ends[0], POLLIN, clock_in(0)), 1);
	EQ(clock_poll(ends[1], POLLOUT, clock_in(1000)), 1);
	start = clock_in(0);
	EQ(clock_sleep(10000, clock_in(30)), 0);
	YES(now() - start >= 30 && now() - start < 5000);
	close(ends[0]);
	close(ends[1]);
}

void unit_stop(bool yes)
{
	stopped = yes;
}

/* a look is not a wait: what lies there does not count */
static void looks(void)
{
	EQ(clock_look(clock_in(1000)), 1);
	EQ(clock_look(clock_in(0)), 0);
	unit_stop(true);
	EQ(clock_look(clock_in(1000)), -EINTR);
	unit_stop(false);
}

static void signals(void)
{
	struct sigaction was, is;

	sigaction(SIGTERM, NULL, &was);
	clock_catch();
	NO(clock_stopped());
	raise(SIGTERM);
	YES(clock_stopped());
	EQ(clock_sleep(10000, clock_in(10000)), -EINTR);
	/* what is undone may wait, whatever comes in between; and then it has been said once and for all */
	clock_undo(true);
	EQ(clock_sleep(1, clock_in(1000)), 0);
	EQ(clock_look(clock_in(1000)), 1);
	raise(SIGTERM);
	EQ(clock_sleep(1, clock_in(1000)), 0);
	YES(clock_stopped());
	clock_undo(false);
	EQ(clock_sleep(10000, clock_in(10000)), -EINTR);
	unit_stop(false);
	/* what was ignored stays so */
	sigaction(SIGTERM, &(struct sigaction){ .sa_handler = SIG_IGN }, NULL);
	clock_catch();
	sigaction(SIGTERM, NULL, &is);
	YES(is.sa_handler == SIG_IGN);
	sigaction(SIGTERM, &was, NULL);
	sigaction(SIGINT, &was, NULL);
	sigaction(SIGHUP, &was, NULL);
}

UNIT_SUITE(tools_clock, { "deadlines", deadlines }, { "waits", waits }, { "looks", looks },
	   { "signals", signals })
