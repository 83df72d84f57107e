// SPDX-License-Identifier: GPL-2.0
/*
 * An iSNS server's answers: every PDU of them, and the report they make.
 */
#include "../../tools/clock.c"
#include "../../tools/err.c"
#include "../../tools/portal.c"
#include "../../tools/process.c"
#include "../../tools/progress.c"
#include "../../tools/targets.c"
#include "../../tools/isns.c"
#include "fuzz.h"

/* the connection: what there is to read is the input */
static const uint8_t *input;
static size_t input_left;

int net_connect(const struct address *to, const struct settings *from, deadline_t deadline,
		struct err *e)
{
	(void)to, (void)from, (void)deadline;
	return err_set(e, ST_FAILED, "no network here");
}

int net_write(int fd, struct iovec *iov, int count, deadline_t deadline, struct err *e)
{
	(void)fd, (void)iov, (void)count, (void)deadline, (void)e;
	return 0;
}

int net_read(int fd, void *to, size_t len, const char *what, deadline_t deadline, struct err *e)
{
	(void)fd, (void)deadline;
	if (len > input_left)
		return err_set(e, ST_FAILED, "%s: closed", what);
	memcpy(to, input, len);
	input += len;
	input_left -= len;
	return 0;
}

static void check(const struct targets *t)
{
	for (unsigned int i = 0; i < t->count; i++) {
		MUST(t->v[i].name[0]);
		for (unsigned int k = 0; k < t->v[i].count; k++)
			MUST(t->v[i].portals[k].host[0] && t->v[i].portals[k].port);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static u8 answer[ISNS_ANSWER_MAX];
	struct isns c = { .name = "iqn.2026-01.org.example:fuzz", .answer = answer };
	struct targets t = { 0 };
	void *copy = exact_copy(data, size);
	struct err e;

	isns_parse(&t, copy, size, &e);
	check(&t);
	targets_free(&t);
	free(copy);
	input = data;
	input_left = size;
	converse(&c, &t, clock_in(1000), &e);
	check(&t);
	targets_free(&t);
	return 0;
}
