/* SPDX-License-Identifier: GPL-2.0 */
/* What the two load generators share: the markers, latencies, and the line they end with. */
#ifndef BENCH_MEASURE_H
#define BENCH_MEASURE_H

#include <stddef.h>
#include <stdint.h>
#include <x86intrin.h>

/* Reading the time stamp counter enters no kernel, whatever the guest's clock source is. */
static inline uint64_t measure_now(void)
{
	return __rdtsc();
}

/* A number from the command line, from 1 to @max; ends the program with a line about @what otherwise. */
size_t measure_number(const char *what, const char *text, size_t max);

/* Say what failed and why, and end the program. */
void measure_die(const char *what) __attribute__((noreturn));

/* From here on, until measure_end(), @count exchanges are measured. */
void measure_begin(size_t count);

/* One exchange, begun at @start, is over; from any thread. */
void measure_one(uint64_t start);

/* Print IOPS, MB/s for @bytes an exchange, and latencies, as "key=value" in one line. */
void measure_end(size_t bytes);

#endif
