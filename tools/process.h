/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Processes: what we were given by whoever started us, and the beginning and end of those that we start.
 */
#ifndef KISCSI_TOOLS_PROCESS_H
#define KISCSI_TOOLS_PROCESS_H

#include <sys/types.h>

#include "clock.h"

/* instead of an exit status: a signal has ended it, or nobody can tell any more */
#define PROCESS_DIED	(-1)
/* it has not ended */
#define PROCESS_RUNS	(-2)

/**
 * process_start() - the first thing of all: be as any process may expect to be
 *
 * Descriptors 0 to 2 are open, and the ends of our children are ours to see. Whoever starts us may have closed
 * the first and ignore the second, which both last over exec.
 */
void process_start(void);

/** process_fork() - as fork(), but the child gets signal @sig when we end before it */
pid_t process_fork(int sig);

/** process_wait() - wait for the end of child @pid: its exit status, or one of the two above */
int process_wait(pid_t pid, deadline_t deadline);

/**
 * process_ends() - does child @pid end within @ms?
 *
 * Waited for whatever tells us to stop: for that the other is to end as well.
 */
bool process_ends(pid_t pid, int ms);

/** process_kill() - the end of child @pid at once, whatever it does; waits a second at most */
void process_kill(pid_t pid);

/** process_end() - have child @pid end, and see to it when it has not within a second */
void process_end(pid_t pid);

#endif
