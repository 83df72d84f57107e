/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the suites share. CUnit says where a check failed; these say with which values as well.
 */
#ifndef KISCSI_UNIT_H
#define KISCSI_UNIT_H

#include <stdbool.h>
#include <stddef.h>
#include <CUnit/CUnit.h>

#include "chap.h"

struct unit_test {
	const char *name;
	void (*run)(void);
};

struct unit_suite {
	const char *name;
	const struct unit_test *tests;
	size_t count;
	struct unit_suite *next;
};

void unit_register(struct unit_suite *suite);

/* UNIT_SUITE(text, { "numbers", numbers }, ...): at the end of a file, and main() finds it */
#define UNIT_SUITE(ident, ...)						\
	static const struct unit_test ident##_tests[] = { __VA_ARGS__ };	\
	static struct unit_suite ident##_suite = {				\
		.name = #ident,						\
		.tests = ident##_tests,					\
		.count = sizeof(ident##_tests) / sizeof(ident##_tests[0]),	\
	};								\
	__attribute__((constructor)) static void ident##_register(void)	\
	{								\
		unit_register(&ident##_suite);				\
	}

void unit_check_int(const char *file, int line, const char *expr, long long got, long long want);
void unit_check_str(const char *file, int line, const char *expr, const char *got,
		    const char *want);
void unit_check_has(const char *file, int line, const char *expr, const char *got,
		    const char *part);
void unit_check_mem(const char *file, int line, const char *expr, const void *got, size_t got_len,
		    const void *want, size_t want_len);

/* the value must be, the text must be, the text must contain, the bytes must be */
#define EQ(got, want) unit_check_int(__FILE__, __LINE__, #got, (long long)(got), (long long)(want))
#define YES(cond) EQ(!!(cond), 1)
#define NO(cond) EQ(!!(cond), 0)
#define STR(got, want) unit_check_str(__FILE__, __LINE__, #got, got, want)
#define HAS(got, part) unit_check_has(__FILE__, __LINE__, #got, got, part)
#define MEM(got, got_len, ...) \
	unit_check_mem(__FILE__, __LINE__, #got, got, got_len, __VA_ARGS__)

/* as if a signal had come that ends waits, or none had; in tools_clock.c */
void unit_stop(bool yes);

/* as if standard error were a terminal, and it were time to tell what is waited for; in tools_progress.c */
void unit_progress(bool yes);

/**
 * struct unit_crypto - a hash that can fail and random bytes that can be told
 * @random: given out from the start, over and over, @random_len of them
 * @at: bytes given out
 * @fail_digest: algorithm that cannot be computed, or 0
 * @fail_random: no random bytes
 */
struct unit_crypto {
	u8 random[64];
	u32 random_len;
	u32 at;
	u8 fail_digest;
	bool fail_random;
};

/* nettle's hashes, and @state's random bytes */
struct kiscsi_crypto unit_crypto(struct unit_crypto *state);

/* the first 4 KiB of what @run(@arg) writes to standard error, until the next call */
const char *unit_said(void (*run)(void *arg), void *arg);

/* hex digits, no prefix, into @out; returns bytes */
size_t unit_unhex(const char *hex, u8 *out, size_t size);

#endif
