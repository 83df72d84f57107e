/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What connections have done: counts, and percentiles out of the kernel's histograms of latencies.
 */
#ifndef KISCSI_TOOLS_STAT_H
#define KISCSI_TOOLS_STAT_H

#include "session.h"

/**
 * struct stat_way - one direction
 * @count: commands that are in @latencies
 * @bytes: payload
 * @latencies: see KISCSI_NL_LATENCIES
 */
struct stat_way {
	u64 count;
	u64 bytes;
	u64 latencies[KISCSI_NL_LATENCIES];
};

/**
 * struct stat_sum - what one or more connections have done, since their session was made or in a while
 * @commands: sent, of whatever kind
 */
struct stat_sum {
	u64 commands;
	struct stat_way read;
	struct stat_way write;
};

/** stat_add() - add to @sum what @now has over @before; @before NULL: all that @now has */
void stat_add(struct stat_sum *sum, const struct session_conn *now,
	      const struct session_conn *before);

/** stat_before() - connection @cid of session @sid in @list, or NULL */
const struct session_conn *stat_before(const struct sessions *list, u32 sid, u16 cid);

/**
 * stat_percentile() - the time, in ns, within which @percent of the commands were answered
 *
 * Taken to be spread evenly between an entry's bounds: off by an eighth at most. 0 if there are none.
 */
u64 stat_percentile(const struct stat_way *way, double percent);

/** stat_longest() - no command took longer, in ns; the last entry's lower bound for those that are in there */
u64 stat_longest(const struct stat_way *way);

#endif
