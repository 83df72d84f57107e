// SPDX-License-Identifier: GPL-2.0
/*
 * Runs every suite there is, or the one named.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <CUnit/Basic.h>

#include "unit.h"

static struct unit_suite *suites;

/* by name, so that the order does not hang on the linker */
void unit_register(struct unit_suite *suite)
{
	struct unit_suite **at = &suites;

	while (*at && strcmp((*at)->name, suite->name) < 0)
		at = &(*at)->next;
	suite->next = *at;
	*at = suite;
}

static void check(const char *file, int line, bool good, const char *text)
{
	CU_assertImplementation(good, (unsigned int)line, text, file, "", CU_FALSE);
}

void unit_check_int(const char *file, int line, const char *expr, long long got, long long want)
{
	char text[256];

	snprintf(text, sizeof(text), "%s is %lld (0x%llx), want %lld (0x%llx)", expr, got, got,
		 want, want);
	check(file, line, got == want, text);
}

void unit_check_str(const char *file, int line, const char *expr, const char *got, const char *want)
{
	bool good = got && want ? !strcmp(got, want) : got == want;
	char text[1024];

	snprintf(text, sizeof(text), "%s is \"%.400s\", want \"%.400s\"", expr,
		 got ? got : "(null)", want ? want : "(null)");
	check(file, line, good, text);
}

void unit_check_has(const char *file, int line, const char *expr, const char *got, const char *part)
{
	char text[1024];

	snprintf(text, sizeof(text), "%s is \"%.400s\", want \"%.400s\" in it", expr,
		 got ? got : "(null)", part);
	check(file, line, got && strstr(got, part), text);
}

static void hex(char *out, const u8 *data, size_t len)
{
	size_t i;

	*out = '\0';
	for (i = 0; i < len && i < 100; i++)
		sprintf(out + 2 * i, "%02x", data[i]);
}

void unit_check_mem(const char *file, int line, const char *expr, const void *got, size_t got_len,
		    const void *want, size_t want_len)
{
	bool good = got_len == want_len && (!got_len || !memcmp(got, want, got_len));
	char a[204], b[204], text[640];

	hex(a, got, got_len);
	hex(b, want, want_len);
	snprintf(text, sizeof(text), "%s is %zu bytes %s, want %zu bytes %s", expr, got_len, a,
		 want_len, b);
	check(file, line, good, text);
}

const char *unit_said(void (*run)(void *arg), void *arg)
{
	static char text[4096];
	FILE *f = tmpfile();
	int old = dup(STDERR_FILENO);
	size_t n;

	fflush(stderr);
	dup2(fileno(f), STDERR_FILENO);
	run(arg);
	dup2(old, STDERR_FILENO);
	close(old);
	rewind(f);
	n = fread(text, 1, sizeof(text) - 1, f);
	text[n] = '\0';
	fclose(f);
	return text;
}

static int add_suite(const struct unit_suite *s)
{
	CU_pSuite suite = CU_add_suite(s->name, NULL, NULL);
	size_t i;

	if (!suite)
		return -1;
	for (i = 0; i < s->count; i++)
		if (!CU_add_test(suite, s->tests[i].name, s->tests[i].run))
			return -1;
	return 0;
}

int main(int argc, char **argv)
{
	const struct unit_suite *s;
	int added = 0;

	if (CU_initialize_registry() != CUE_SUCCESS)
		return EXIT_FAILURE;
	for (s = suites; s; s = s->next) {
		if (argc > 1 && strcmp(argv[1], s->name))
			continue;
		if (add_suite(s)) {
			fprintf(stderr, "unit: %s: %s\n", s->name, CU_get_error_msg());
			return EXIT_FAILURE;
		}
		added++;
	}
	if (!added) {
		fprintf(stderr, "unit: no such suite: %s\n", argc > 1 ? argv[1] : "(none at all)");
		return EXIT_FAILURE;
	}
	CU_basic_set_mode(getenv("UNIT_VERBOSE") ? CU_BRM_VERBOSE : CU_BRM_NORMAL);
	if (CU_basic_run_tests() != CUE_SUCCESS)
		return EXIT_FAILURE;
	added = CU_get_number_of_failures() == 0 && CU_get_number_of_asserts() > 0;
	CU_cleanup_registry();
	return added ? EXIT_SUCCESS : EXIT_FAILURE;
}
