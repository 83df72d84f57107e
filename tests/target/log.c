// SPDX-License-Identifier: GPL-2.0
/*
 * One line per notable event, on stderr; violations also in a report file; counters.
 */
#include <stdatomic.h>

#include "target.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static FILE *report;			/* protected by lock */
static atomic_uint broken;
static atomic_ullong counters[COUNT_MAX];

static void line(FILE *f, const char *head, const struct conn *c, const char *fmt, va_list ap)
{
	fputs(head, f);
	if (c)
		fprintf(f, "conn %u: ", c->id);
	vfprintf(f, fmt, ap);
	fputc('\n', f);
	fflush(f);
}

/**
 * note() - tell of an event
 * @c: where it happened, or NULL
 * @fmt: like printf, without newline
 */
void note(const struct conn *c, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	pthread_mutex_lock(&lock);
	line(stderr, "kiscsi-target: ", c, fmt, ap);
	pthread_mutex_unlock(&lock);
	va_end(ap);
}

/** debug() - like note(), for every PDU, with --verbose only */
void debug(const struct conn *c, const char *fmt, ...)
{
	va_list ap;

	if (!config.verbose)
		return;
	va_start(ap, fmt);
	pthread_mutex_lock(&lock);
	line(stderr, "kiscsi-target: ", c, fmt, ap);
	pthread_mutex_unlock(&lock);
	va_end(ap);
}

static void violation_line(struct conn *c, const char *fmt, va_list ap)
{
	va_list again;

	va_copy(again, ap);
	pthread_mutex_lock(&lock);
	line(stderr, "VIOLATION: ", c, fmt, ap);
	if (report)
		line(report, "VIOLATION: ", c, fmt, again);
	pthread_mutex_unlock(&lock);
	va_end(again);
	atomic_fetch_add(&broken, 1);
}

/**
 * violation() - the initiator did what RFC 7143 forbids
 * @c: where
 * @fmt: like printf, without newline
 *
 * Once a deviation of ours may have confused it, its own mistakes prove nothing: silent then.
 */
void violation(struct conn *c, const char *fmt, ...)
{
	va_list ap;

	if (c->loose)
		return;
	va_start(ap, fmt);
	violation_line(c, fmt, ap);
	va_end(ap);
}

/** violation_always() - like violation(), for what is wrong after a deviation too */
void violation_always(struct conn *c, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	violation_line(c, fmt, ap);
	va_end(ap);
}

/** violations() - how many so far */
u32 violations(void)
{
	return atomic_load(&broken);
}

/** report_open() - write violations to @path too */
bool report_open(const char *path)
{
	report = fopen(path, "we");
	return report;
}

/** count() - add @n to a counter */
void count(enum counter what, u64 n)
{
	atomic_fetch_add(&counters[what], n);
}

/** counted() - value of a counter */
u64 counted(enum counter what)
{
	return atomic_load(&counters[what]);
}

/** counters_print() - all of them in one line, and the seed of the mutation */
void counters_print(void)
{
	static const char *const name[COUNT_MAX] = {
		[COUNT_CONNS] = "connections", [COUNT_LOGINS] = "logins",
		[COUNT_PDUS_IN] = "pdus-in", [COUNT_PDUS_OUT] = "pdus-out",
		[COUNT_COMMANDS] = "commands", [COUNT_BYTES_IN] = "bytes-in",
		[COUNT_BYTES_OUT] = "bytes-out", [COUNT_BEHAVED] = "behaved",
		[COUNT_MUTATED] = "mutated",
	};

	fputs("counters:", stderr);
	for (int i = 0; i < COUNT_MAX; i++)
		fprintf(stderr, " %s=%llu", name[i], (unsigned long long)counted(i));
	fprintf(stderr, " violations=%u\n", violations());
}
