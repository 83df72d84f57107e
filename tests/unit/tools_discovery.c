// SPDX-License-Identifier: GPL-2.0
/*
 * Reports of targets.
 */
#include <unistd.h>

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
			   "TargetAlias=x\0TargetName=iqn.b\0TargetName=IQN.A\0"
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

/* RFC 7143 section 4.2.7.1: a name of 223 bytes is taken, with no byte lost */
static void longest_name(void)
{
	char text[KISCSI_NAME_MAX + 64] = "TargetName=iqn.2026-01.example:";
	const char *name = strchr(text, '=') + 1;
	struct targets t;
	struct err e;
	size_t len;

	memset(text + strlen(text), 'x', KISCSI_NAME_MAX - strlen(name));
	EQ(strlen(name), 223);
	len = strlen(text) + 1;
	len += (size_t)sprintf(text + len, "TargetAddress=192.0.2.1,1") + 1;
	EQ(parse(&t, text, len, &e), 0);
	EQ(t.count, 1);
	STR(t.v[0].name, name);
	EQ(t.v[0].count, 1);
	targets_free(&t);
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

/* an answer in two pieces, to what asks for it at the other end of @fd */
static void answer_in_pieces(int fd, deadline_t deadline)
{
	struct kiscsi_text_rsp rsp = {
		.opcode = KISCSI_OP_TEXT_RSP,
		.flags = KISCSI_TEXT_CONTINUE,
		.lun = { 1, 2, 3, 4, 5, 6, 7, 8 },
		.itt = cpu_to_be32(TEXT_ITT),
		.ttt = cpu_to_be32(0x12345678),
	};
	struct err e;

	EQ(net_send(fd, (struct kiscsi_bhs *)&rsp, "TargetName=iqn", 14, deadline, &e), 0);
	rsp.flags = KISCSI_TEXT_FINAL;
	rsp.statsn = cpu_to_be32(1);
	EQ(net_send(fd, (struct kiscsi_bhs *)&rsp, ".a", 3, deadline, &e), 0);
}

/* RFC 7143 section 11.11.4: who wants the rest repeats Target Transfer Tag and LUN */
static void pieces(void)
{
	struct leading *l = leading_new();
	deadline_t deadline = clock_in(5000);
	struct kiscsi_text_req req;
	char text[32];
	struct targets t = { 0 };
	struct err e;
	int fds[2];
	u32 len;

	EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	l->fd = fds[0];
	l->login.params.max_recv_dsl = DISCOVERY_DSL;
	answer_in_pieces(fds[1], deadline);
	address_numeric(&l->peer, "192.0.2.9");
	EQ(collect(l, &t, deadline, &e), 0);
	EQ(t.count, 1);
	STR(t.v[0].name, "iqn.a");
	targets_free(&t);

	EQ(net_recv(fds[1], (struct kiscsi_bhs *)&req, text, sizeof(text), &len, deadline, &e), 0);
	EQ(req.ttt, cpu_to_be32(KISCSI_RESERVED_TAG));
	MEM(req.lun, sizeof(req.lun), "\0\0\0\0\0\0\0\0", 8);
	STR(text, "SendTargets=All");
	EQ(net_recv(fds[1], (struct kiscsi_bhs *)&req, text, sizeof(text), &len, deadline, &e), 0);
	EQ(req.itt, cpu_to_be32(TEXT_ITT));
	EQ(req.ttt, cpu_to_be32(0x12345678));
	MEM(req.lun, sizeof(req.lun), "\1\2\3\4\5\6\7\10", 8);
	EQ(req.expstatsn, cpu_to_be32(1));
	EQ(len, 0);
	leading_free(l);
	close(fds[1]);
}

/* pings that want no answer, one behind the other: the time is up in the midst of them */
static void never_silent(void)
{
	struct kiscsi_nop_in nop = { .opcode = KISCSI_OP_NOP_IN, .ttt = cpu_to_be32(KISCSI_RESERVED_TAG) };
	struct leading *l = leading_new();
	struct targets t = { 0 };
	struct err e;
	int fds[2];
	u32 len;

	EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), 0);
	l->fd = fds[0];
	for (int i = 0; i < 3; i++)
		EQ(net_send(fds[1], (struct kiscsi_bhs *)&nop, NULL, 0, clock_in(1000), &e), 0);
	EQ(collect(l, &t, clock_in(0), &e), -1);
	STR(e.text, "SendTargets: timed out waiting for an answer");
	EQ(net_recv(fds[0], (struct kiscsi_bhs *)&nop, NULL, 0, &len, clock_in(1000), &e), 0);
	leading_free(l);
	close(fds[1]);
}

UNIT_SUITE(tools_discovery,
	   { "a report", report },
	   { "an empty report", nothing },
	   { "addresses that make no sense", odd_addresses },
	   { "broken reports", broken },
	   { "a name as long as may be", longest_name },
	   { "floods", floods },
	   { "an answer in pieces", pieces },
	   { "a target that is never silent", never_silent })
