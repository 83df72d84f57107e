// SPDX-License-Identifier: GPL-2.0
/*
 * Time limits and the signals that cut waits short.
 */
#include <signal.h>
#include <time.h>

#include "clock.h"

/* longest sleep in one piece: a signal that comes just before poll() is seen after this */
#define SLICE_MS 200

static volatile sig_atomic_t stopped;
static bool undoing;
static void (*on_wait)(deadline_t deadline);

static int64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

deadline_t clock_in(int64_t ms)
{
	return now() + ms;
}

int clock_left(deadline_t deadline)
{
	int64_t left = deadline - now();

	if (left <= 0)
		return 0;
	return left > INT_MAX ? INT_MAX : (int)left;
}

deadline_t clock_first(deadline_t a, deadline_t b)
{
	return a < b ? a : b;
}

/* the signal itself is not forgotten: whoever asks after the undoing is told of it */
static bool cut_short(void)
{
	return stopped && !undoing;
}

int clock_look(deadline_t deadline)
{
	if (cut_short())
		return -EINTR;
	return clock_left(deadline) > 0;
}

/* to @until, which is a piece of a wait that may go on to @deadline */
static int poll_piece(int fd, short events, deadline_t until, deadline_t deadline)
{
	struct pollfd p = { .fd = fd, .events = events };

	for (;;) {
		int left = clock_left(until);
		int n;

		if (cut_short())
			return -EINTR;
		n = poll(&p, 1, left < SLICE_MS ? left : SLICE_MS);
		if (n > 0)
			return 1;
		if (n < 0 && errno != EINTR)
			return -errno;
		if (on_wait && clock_left(deadline))
			on_wait(deadline);
		if (!n && left <= SLICE_MS)
			return 0;
	}
}

int clock_poll(int fd, short events, deadline_t deadline)
{
	return poll_piece(fd, events, deadline, deadline);
}

int clock_poll_through(int fd, short events, deadline_t deadline)
{
	struct pollfd p = { .fd = fd, .events = events };
	int n;

	do {
		n = poll(&p, 1, clock_left(deadline));
	} while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n;
}

int clock_sleep(int ms, deadline_t deadline)
{
	int r = poll_piece(-1, 0, clock_first(clock_in(ms), deadline), deadline);

	return r < 0 ? r : 0;
}

void clock_on_wait(void (*look)(deadline_t deadline))
{
	on_wait = look;
}

static void stop(int sig)
{
	(void)sig;
	stopped = 1;
}

void clock_catch(void)
{
	static const int sigs[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction sa = { .sa_handler = stop };
	struct sigaction old;

	for (size_t i = 0; i < ARRAY_SIZE(sigs); i++) {
		/* nohup stays nohup */
		if (!sigaction(sigs[i], NULL, &old) && old.sa_handler != SIG_IGN)
			sigaction(sigs[i], &sa, NULL);
	}
}

bool clock_stopped(void)
{
	return stopped;
}

void clock_undo(bool begin)
{
	undoing = begin;
}
