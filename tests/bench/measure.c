// SPDX-License-Identifier: GPL-2.0
/* What the two load generators share. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "marker.h"
#include "measure.h"

static uint64_t *latencies;
static size_t wanted, seen;
static uint64_t begun_tick;
static double begun;

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec + now.tv_nsec / 1e9;
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

void measure_die(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	exit(1);
}

size_t measure_number(const char *what, const char *text, size_t max)
{
	char *end;
	unsigned long value;

	errno = 0;
	value = strtoul(text, &end, 10);
	if (*end || end == text || errno || !value || value > max) {
		fprintf(stderr, "%s: \"%s\": want a number from 1 to %zu\n", what, text, max);
		exit(2);
	}
	return value;
}

void measure_begin(size_t count)
{
	latencies = calloc(count, sizeof(*latencies));
	if (!latencies)
		measure_die("latencies");
	/* Now, and not in what is measured, the kernel gives the pages. */
	memset(latencies, 0xff, count * sizeof(*latencies));
	wanted = count;
	seen = 0;
	begun = seconds();
	begun_tick = measure_now();
	marker_begin();
}

void measure_one(uint64_t start)
{
	size_t n = __atomic_fetch_add(&seen, 1, __ATOMIC_RELAXED);

	if (n < wanted)
		latencies[n] = measure_now() - start;
}

void measure_end(size_t bytes)
{
	double elapsed, tick;

	marker_end();
	elapsed = seconds() - begun;
	if (seen > wanted)
		seen = wanted;
	tick = elapsed * 1e6 / (measure_now() - begun_tick);
	qsort(latencies, seen, sizeof(*latencies), compare);
	printf("ios=%zu seconds=%.6f iops=%.1f mbps=%.2f p50=%.1f p99=%.1f\n", seen, elapsed, seen / elapsed,
	       seen * bytes / elapsed / 1e6, latencies[seen / 2] * tick, latencies[seen - 1 - seen / 100] * tick);
	free(latencies);
}
