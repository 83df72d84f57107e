// SPDX-License-Identifier: GPL-2.0
/*
 * Reports of targets.
 */
#include "../../tools/discovery.c"
#include "unit.h"

#define BATCH(literal) (literal), sizeof(literal) - 1

static struct address via;

/* in memory of exactly the size, so that a read past its end is seen */
static int parse(struct targets *t, const char *text, size_t len, struct err *e)
{
	struct kiscsi_text batch = { .buf = malloc(len), .len = (u32)len, .size = (u32)len };
	int r;

	memcpy(batch.buf, text, len);
	memset(t, 0, sizeof(*t));
	address_numeric(&via, "192.0.2.9");
	via.in.sin_port = htons(3261);
	r = discovery_parse(t, &batch, &via, e);
	free(batch.buf);
	return r;
}

static void report(void)
{
	struct targets t;
	struct err e;

	EQ(parse(&t, BATCH("TargetName=iqn.a\0TargetAddress=192.0.2.1:3260,1\0"
			   "TargetAddress=[2001:db8::1],2\0TargetAddress=192.0.2.1,1\0"
			   "TargetAlias=x\0TargetName=iqn.b\0TargetName=iqn.a\0"
			   "TargetAddress=host.example:99\0"), &e), 0);
	EQ(t.count, 2);
	STR(t.v[0].name, "iqn.a");
	EQ(t.v[0].count, 3);
	STR(t.v[0].portals[0].host, "192.0.2.1");
	EQ(t.v[0].portals[0].tpgt, 1);
	STR(t.v[0].portals[1].host, "2001:db8::1");
	EQ(t.v[0].portals[1].tpgt, 2);
	STR(t.v[0].portals[2].host, "host.example");
	EQ(t.v[0].portals[2].port, 99);
	/* no address: where the report came from */
	STR(t.v[1].name, "iqn.b");
	EQ(t.v[1].count, 1);
	STR(t.v[1].portals[0].host, "192.0.2.9");
	EQ(t.v[1].portals[0].port, 3261);
	EQ(t.v[1].portals[0].tpgt, TPGT_UNKNOWN);
	targets_free(&t);
	EQ(t.count, 0);
}

static void nothing(void)
{
	struct targets t;
	struct err e;

	EQ(parse(&t, BATCH("\0"), &e), 0);
	EQ(t.count, 0);
	targets_free(&t);
}

static void odd_addresses(void)
{
	struct targets t;
	struct err e;

	EQ(parse(&t, BATCH("TargetName=iqn.a\0TargetAddress=no good,1\0"
			   "TargetAddress=::1,1\0TargetAddress=192.0.2.1,1\0"), &e), 0);
	EQ(t.bad, 2);
	HAS(t.first_bad, "no good,1: want host");
	EQ(t.v[0].count, 1);
	targets_free(&t);
}

static void refused(const char *text, size_t len, const char *part)
{
	struct targets t;
	struct err e = { 0 };

	EQ(parse(&t, text, len, &e), -1);
	EQ(e.status, ST_FAILED);
	HAS(e.text, part);
	targets_free(&t);
}

static void broken(void)
{
	char big[KISCSI_NAME_MAX + 32] = "TargetName=";

	refused(BATCH("TargetAddress=192.0.2.1,1\0"), "before any TargetName");
	refused(BATCH("TargetName\0"), "no key=value text");
	refused(BATCH("TargetName=a"), "no key=value text");
	refused(BATCH("TargetName=\0"), "name of 0 bytes");
	memset(big + strlen(big), 'x', KISCSI_NAME_MAX + 1);
	refused(big, strlen(big) + 1, "name of 224 bytes");
}

static void floods(void)
{
	static char text[DISCOVERY_TEXT_MAX];
	size_t len = 0;

	for (int i = 0; i <= TARGETS_MAX; i++)
		len += (size_t)sprintf(text + len, "TargetName=t%d", i) + 1;
	refused(text, len, "more than 8192 targets");
	len = (size_t)sprintf(text, "TargetName=t") + 1;
	for (int i = 0; i <= TARGET_PORTALS_MAX; i++)
		len += (size_t)sprintf(text + len, "TargetAddress=h%d,1", i) + 1;
	refused(text, len, "more than 256 addresses of t");
}

UNIT_SUITE(tools_discovery,
	   { "a report", report },
	   { "an empty report", nothing },
	   { "addresses that make no sense", odd_addresses },
	   { "broken reports", broken },
	   { "floods", floods })
