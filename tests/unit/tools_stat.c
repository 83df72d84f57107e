// SPDX-License-Identifier: GPL-2.0
/*
 * Sums of what connections did, and percentiles of how long it took.
 */
#include "../../tools/stat.c"
#include "unit.h"

/* the definition of KISCSI_NL_LATENCIES in words of its own */
static unsigned int entry_of(u64 ns)
{
	u64 t = ns / 2048;
	unsigned int e = 0;

	if (t < 4)
		return (unsigned int)t;
	while (t >> (e + 1))
		e++;
	return 4 * (e - 1) + (unsigned int)(t - (1ull << e)) / (1u << (e - 2));
}

static void bounds(void)
{
	for (unsigned int i = 0; i < KISCSI_NL_LATENCIES; i++) {
		EQ(entry_of(lower_bound(i)), i);
		if (i)
			EQ(entry_of(lower_bound(i) - 1), i - 1);
	}
	YES(lower_bound(KISCSI_NL_LATENCIES - 1) > 60000000000ull);
	YES(lower_bound(KISCSI_NL_LATENCIES - 1) < 61000000000ull);
}

static void percentiles(void)
{
	struct stat_way way = { 0 };
	unsigned int ms = entry_of(1000000);

	EQ(stat_percentile(&way, 50), 0);
	EQ(stat_longest(&way), 0);
	/* 98 take a millisecond, 2 take a second */
	way.latencies[ms] = 98;
	way.latencies[entry_of(1000000000)] = 2;
	way.count = 100;
	YES(stat_percentile(&way, 50) >= lower_bound(ms));
	YES(stat_percentile(&way, 50) <= lower_bound(ms + 1));
	YES(stat_percentile(&way, 50) < stat_percentile(&way, 95));
	YES(stat_percentile(&way, 98) <= lower_bound(ms + 1));
	YES(stat_percentile(&way, 99) > 850000000);
	YES(stat_percentile(&way, 99) < 1150000000);
	YES(stat_longest(&way) >= 1000000000 && stat_longest(&way) < 1250000000);
	/* no end to the last one */
	memset(&way, 0, sizeof(way));
	way.latencies[KISCSI_NL_LATENCIES - 1] = way.count = 1;
	EQ(stat_percentile(&way, 99), lower_bound(KISCSI_NL_LATENCIES - 1));
	EQ(stat_longest(&way), lower_bound(KISCSI_NL_LATENCIES - 1));
}

static void sums(void)
{
	struct session_conn before = { .cid = 3 }, now = { .cid = 3 };
	struct session s = { .sid = 7, .conns = &before, .conn_count = 1 };
	struct sessions list = { &s, 1 };
	struct stat_sum sum = { 0 };

	before.counters[KISCSI_COUNTER_A_COMMANDS] = 10;
	now.counters[KISCSI_COUNTER_A_COMMANDS] = 15;
	before.counters[KISCSI_COUNTER_A_DATA_IN] = 4096;
	now.counters[KISCSI_COUNTER_A_DATA_IN] = 12288;
	now.counters[KISCSI_COUNTER_A_DATA_OUT] = 512;
	before.reads[8] = 2;
	now.reads[8] = 5;
	now.writes[9] = 1;
	stat_add(&sum, &now, stat_before(&list, 7, 3));
	EQ(sum.commands, 5);
	EQ(sum.read.count, 3);
	EQ(sum.read.latencies[8], 3);
	EQ(sum.read.bytes, 8192);
	EQ(sum.write.count, 1);
	EQ(sum.write.bytes, 512);
	/* of a session that was not there before, all counts; so does one that has the number of another */
	YES(!stat_before(&list, 7, 4));
	YES(!stat_before(&list, 8, 3));
	memset(&sum, 0, sizeof(sum));
	stat_add(&sum, &now, NULL);
	EQ(sum.commands, 15);
	now.counters[KISCSI_COUNTER_A_COMMANDS] = 4;
	memset(&sum, 0, sizeof(sum));
	stat_add(&sum, &now, &before);
	EQ(sum.commands, 4);
}

UNIT_SUITE(tools_stat, { "bounds", bounds }, { "percentiles", percentiles }, { "sums", sums })
