/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Many jobs at a time, each in a process of its own: it may wait, enter a network namespace and hold
 * secrets without the others' knowing.
 */
#ifndef KISCSI_TOOLS_CREW_H
#define KISCSI_TOOLS_CREW_H

#include "err.h"

/* most of them only wait, and one that waits for a dead target should begin to do so at once */
#define CREW_MAX 256

/**
 * struct crew - the jobs
 * @count: how many
 * @most: at a time; 0: CREW_MAX
 * @result_size: bytes of one's result, without pointers
 * @work: does job @i, in a process of its own; @result is zero before
 * @done: called here when job @i has ended; @result is there until all have; NULL: it died, or could not even start
 * @waiting: called here again and again while @busy of them are at work; may be NULL
 * @arg: for all three
 */
struct crew {
	unsigned int count;
	unsigned int most;
	size_t result_size;
	void (*work)(void *arg, unsigned int i, void *result);
	void (*done)(void *arg, unsigned int i, const void *result);
	void (*waiting)(void *arg, unsigned int busy);
	void *arg;
};

/**
 * crew_run() - do them all, some at a time, and wait for the last
 *
 * A signal that ends waits, see clock.h, is passed on to those that are at work; no others start.
 * Return: 0, or -1 with @e when there is no memory for the results.
 */
int crew_run(const struct crew *crew, struct err *e);

#endif
