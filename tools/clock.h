/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Time limits: a deadline is a point on the monotonic clock, in milliseconds. Every wait of the
 * command goes through here, so each is bounded and ends at once at SIGINT or SIGTERM.
 */
#ifndef KISCSI_TOOLS_CLOCK_H
#define KISCSI_TOOLS_CLOCK_H

#include <poll.h>

#include "../kernel/proto/env.h"

typedef int64_t deadline_t;

/* one that never passes: for what only a signal is to end */
#define CLOCK_NEVER INT64_MAX

/** clock_in() - the deadline @ms from now */
deadline_t clock_in(int64_t ms);

/** clock_left() - milliseconds to @deadline, 0 when it has passed */
int clock_left(deadline_t deadline);

/** clock_first() - the earlier of two */
deadline_t clock_first(deadline_t a, deadline_t b);

/**
 * clock_look() - may it go on? 1, 0 when @deadline has passed, -EINTR when told to stop
 *
 * For what takes from another one thing after the other: clock_poll() says that something is there
 * even when time is up, and one that always has something would be listened to for ever.
 */
int clock_look(deadline_t deadline);

/** clock_poll() - wait for @events on @fd: 1 when there, 0 at the deadline, -EINTR when told to stop */
int clock_poll(int fd, short events, deadline_t deadline);

/** clock_poll_through() - the same for what comes soon and must not be missed: no signal ends it */
int clock_poll_through(int fd, short events, deadline_t deadline);

/** clock_sleep() - wait @ms, a piece of a wait that ends at @deadline: 0, or -EINTR when told to stop */
int clock_sleep(int ms, deadline_t deadline);

/** clock_on_wait() - @look is called, with its deadline, again and again while a wait goes on */
void clock_on_wait(void (*look)(deadline_t deadline));

/** clock_catch() - from here on SIGINT, SIGTERM and SIGHUP end waits instead of the process */
void clock_catch(void);

/** clock_stopped() - has such a signal arrived? Once it has, this stays so */
bool clock_stopped(void);

/**
 * clock_undo() - signals end no waits while something is undone
 * @begin: from here on, or no longer
 *
 * Neither the one that led to it nor those that come meanwhile: at a terminal, or from a crew that
 * stops, it is often two. So what waits in between must have a short deadline of its own.
 */
void clock_undo(bool begin);

#endif
