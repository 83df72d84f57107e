// SPDX-License-Identifier: GPL-2.0
/*
 * PDUs over a socket: whole ones, no byte more, and in bounded time.
 */
#include <fcntl.h>

#include "../../tools/net.c"
#include "unit.h"

static int ends[2];

static void open_pair(void)
{
	EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
}

static void close_pair(void)
{
	close(ends[0]);
	close(ends[1]);
}

static void there_and_back(void)
{
	struct kiscsi_bhs out = { .opcode = KISCSI_OP_TEXT }, in;
	u8 data[16];
	struct err e;
	char rest;
	u32 len;

	open_pair();
	EQ(net_send(ends[0], &out, "hello", 5, clock_in(1000), &e), 0);
	EQ(send(ends[0], "!", 1, 0), 1);
	EQ(net_recv(ends[1], &in, data, sizeof(data), &len, clock_in(1000), &e), 0);
	EQ(in.opcode, KISCSI_OP_TEXT);
	MEM(data, len, "hello", 5);
	/* padding taken, what follows not */
	EQ(recv(ends[1], &rest, 1, 0), 1);
	EQ(rest, '!');
	EQ(net_send(ends[0], &out, NULL, 0, clock_in(1000), &e), 0);
	EQ(net_recv(ends[1], &in, data, 0, &len, clock_in(1000), &e), 0);
	EQ(len, 0);
	EQ(recv(ends[1], &rest, 1, 0), -1);
	close_pair();
}

static void refused(void)
{
	struct kiscsi_bhs out = { .opcode = KISCSI_OP_TEXT_RSP }, in;
	u8 data[16];
	struct err e;
	u32 len;

	open_pair();
	kiscsi_put_dsl(out.dsl, 17);
	EQ(send(ends[0], &out, sizeof(out), 0), sizeof(out));
	EQ(net_recv(ends[1], &in, data, sizeof(data), &len, clock_in(1000), &e), -1);
	HAS(e.text, "opcode 0x24 with a data segment of 17 bytes, more than the 16");
	kiscsi_put_dsl(out.dsl, 0);
	out.ahs_len = 1;
	EQ(send(ends[0], &out, sizeof(out), 0), sizeof(out));
	EQ(net_recv(ends[1], &in, data, sizeof(data), &len, clock_in(1000), &e), -1);
	HAS(e.text, "additional header");
	EQ(e.status, ST_FAILED);
	close_pair();
}

static void cut_short(void)
{
	struct kiscsi_bhs out = { .opcode = KISCSI_OP_TEXT_RSP }, in;
	u8 data[16];
	struct err e;
	u32 len;

	open_pair();
	EQ(net_recv(ends[1], &in, data, sizeof(data), &len, clock_in(20), &e), -1);
	STR(e.text, "timed out waiting for an answer");
	EQ(e.status, ST_UNREACHABLE);
	kiscsi_put_dsl(out.dsl, 5);
	EQ(send(ends[0], &out, sizeof(out), 0), sizeof(out));
	EQ(send(ends[0], "abcde", 5, 0), 5);
	EQ(net_recv(ends[1], &in, data, sizeof(data), &len, clock_in(20), &e), -1);
	STR(e.text, "timed out in the middle of a PDU");
	EQ(send(ends[0], &out, 47, 0), 47);
	close(ends[0]);
	EQ(net_recv(ends[1], &in, data, sizeof(data), &len, clock_in(1000), &e), -1);
	STR(e.text, "the other side closed the connection");
	EQ(e.status, ST_FAILED);
	close(ends[1]);
}

/* a peer that does not read: sending ends at the deadline, in the middle of a PDU */
static void stuck(void)
{
	static u8 big[1 << 20];
	struct kiscsi_bhs out = { .opcode = KISCSI_OP_TEXT };
	struct err e;

	open_pair();
	EQ(net_send(ends[0], &out, big, sizeof(big), clock_in(30), &e), -1);
	STR(e.text, "timed out sending");
	EQ(e.status, ST_UNREACHABLE);
	close(ends[1]);
	EQ(net_send(ends[0], &out, big, sizeof(big), clock_in(1000), &e), -1);
	HAS(e.text, "Broken pipe");
	close(ends[0]);
}

/* a peer that always has something there: time and signals count all the same */
static void never_silent(void)
{
	struct kiscsi_bhs out = { .opcode = KISCSI_OP_NOP_IN }, in;
	u8 data[16];
	struct err e;
	u32 len;

	open_pair();
	EQ(net_send(ends[0], &out, NULL, 0, clock_in(1000), &e), 0);
	EQ(net_recv(ends[1], &in, data, sizeof(data), &len, clock_in(0), &e), -1);
	STR(e.text, "timed out waiting for an answer");
	EQ(e.status, ST_UNREACHABLE);
	unit_stop(true);
	EQ(net_recv(ends[1], &in, data, sizeof(data), &len, clock_in(1000), &e), -1);
	unit_stop(false);
	STR(e.text, "interrupted waiting for an answer");
	EQ(e.status, ST_FAILED);
	EQ(net_recv(ends[1], &in, data, sizeof(data), &len, clock_in(1000), &e), 0);
	close_pair();
}

static int listener(struct address *a)
{
	socklen_t len = sizeof(a->in);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	address_numeric(a, "127.0.0.1");
	EQ(bind(fd, &a->sa, a->len), 0);
	EQ(listen(fd, 4), 0);
	EQ(getsockname(fd, &a->sa, &len), 0);
	return fd;
}

static void connects(void)
{
	struct settings s = { 0 };
	struct address a;
	struct err e;
	int server = listener(&a);
	int fd = net_connect(&a, &s, clock_in(1000), &e);

	YES(fd >= 0);
	YES(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	close(fd);
	address_numeric(&s.source_address, "127.0.0.2");
	fd = net_connect(&a, &s, clock_in(1000), &e);
	YES(fd >= 0);
	close(fd);
	address_numeric(&s.source_address, "192.0.2.77");
	EQ(net_connect(&a, &s, clock_in(1000), &e), -1);
	HAS(e.text, "source-address=192.0.2.77");
	address_numeric(&s.source_address, "::1");
	EQ(net_connect(&a, &s, clock_in(1000), &e), -1);
	HAS(e.text, "family");
	s.source_address.len = 0;
	strcpy(s.source_interface, "nosuchif");
	EQ(net_connect(&a, &s, clock_in(1000), &e), -1);
	HAS(e.text, "source-interface=nosuchif");
	s.source_interface[0] = '\0';
	close(server);
	EQ(net_connect(&a, &s, clock_in(1000), &e), -1);
	EQ(e.status, ST_UNREACHABLE);
	STR(e.text, "connecting: Connection refused");
}

UNIT_SUITE(tools_net,
	   { "there and back", there_and_back },
	   { "refused", refused },
	   { "cut short", cut_short },
	   { "a peer that does not read", stuck },
	   { "a peer that is never silent", never_silent },
	   { "connecting", connects })
