// SPDX-License-Identifier: GPL-2.0
/*
 * Sums and percentiles.
 */
#include "stat.h"

#define UNIT_NS	2048

/* a counter that is less than before belongs to another session with the same numbers: all of it is new */
static u64 more(u64 now, u64 before)
{
	return now < before ? now : now - before;
}

static void add_way(struct stat_way *way, const u64 *now, const u64 *before, u64 bytes)
{
	way->bytes += bytes;
	for (unsigned int i = 0; i < KISCSI_NL_LATENCIES; i++) {
		u64 n = more(now[i], before[i]);

		way->latencies[i] += n;
		way->count += n;
	}
}

void stat_add(struct stat_sum *sum, const struct session_conn *now,
	      const struct session_conn *before)
{
	static const struct session_conn nothing;
	const u64 *n = now->counters, *b;

	if (!before)
		before = &nothing;
	b = before->counters;
	sum->commands += more(n[KISCSI_COUNTER_A_COMMANDS], b[KISCSI_COUNTER_A_COMMANDS]);
	add_way(&sum->read, now->reads, before->reads,
		more(n[KISCSI_COUNTER_A_DATA_IN], b[KISCSI_COUNTER_A_DATA_IN]));
	add_way(&sum->write, now->writes, before->writes,
		more(n[KISCSI_COUNTER_A_DATA_OUT], b[KISCSI_COUNTER_A_DATA_OUT]));
}

const struct session_conn *stat_before(const struct sessions *list, u32 sid, u16 cid)
{
	for (unsigned int i = 0; i < list->count; i++) {
		const struct session *s = &list->v[i];

		for (unsigned int k = 0; s->sid == sid && k < s->conn_count; k++) {
			if (s->conns[k].cid == cid)
				return &s->conns[k];
		}
	}
	return NULL;
}

/* the shortest time that is in entry @i, in ns */
static u64 lower_bound(unsigned int i)
{
	if (i < 4)
		return (u64)i * UNIT_NS;
	return (u64)(4 + i % 4) * UNIT_NS << (i / 4 - 1);
}

u64 stat_percentile(const struct stat_way *way, double percent)
{
	double wanted = (double)way->count * percent / 100;
	double seen = 0;

	for (unsigned int i = 0; i < KISCSI_NL_LATENCIES; i++) {
		double here = (double)way->latencies[i];
		u64 from = lower_bound(i);

		if (!here || seen + here < wanted) {
			seen += here;
			continue;
		}
		if (i == KISCSI_NL_LATENCIES - 1)
			return from;
		return from + (u64)((double)(lower_bound(i + 1) - from) * (wanted - seen) / here);
	}
	return 0;
}

u64 stat_longest(const struct stat_way *way)
{
	for (unsigned int i = KISCSI_NL_LATENCIES; i-- > 0; ) {
		if (way->latencies[i])
			return lower_bound(i == KISCSI_NL_LATENCIES - 1 ? i : i + 1);
	}
	return 0;
}
