// SPDX-License-Identifier: GPL-2.0
/*
 * Echo requests, and what is an answer to one.
 */
#include <stdlib.h>

#include "../../tools/ping.c"
#include "unit.h"

static void requests(void)
{
	u8 packet[64];

	make_echo(packet, sizeof(packet), false, 0x1234);
	EQ(packet[0], ICMP_ECHO);
	EQ(packet[4], 0x12);
	/* the sum over a packet with its checksum is nothing */
	EQ(checksum(packet, sizeof(packet)), 0);
	/* the example of RFC 1071 (its sum is ddf2), and an odd byte at the end */
	EQ(checksum((const u8 *)"\x00\x01\xf2\x03\xf4\xf5\xf6\xf7", 8), cpu_to_be16(0x220d));
	EQ(checksum((const u8 *)"\x01", 1), cpu_to_be16(0xfeff));
	make_echo(packet, sizeof(packet), true, 7);
	EQ(packet[0], ICMP6_ECHO_REQUEST);
	EQ(packet[2] | packet[3], 0);
}

/* in memory of exactly the size, so that a read past its end is seen */
static bool answers(const void *data, size_t len, bool v6)
{
	u8 *copy = malloc(len ? len : 1);
	bool r;

	memcpy(copy, data, len);
	r = is_answer(copy, len, v6, 0x1234);
	free(copy);
	return r;
}

static void replies(void)
{
	static const u8 v6[] = { ICMP6_ECHO_REPLY, 0, 0, 0, 0x12, 0x34, 0, 1 };
	static const u8 other[] = { ICMP6_ECHO_REPLY, 0, 0, 0, 0x12, 0x35, 0, 1 };
	u8 v4[28] = { 0x45, [20] = ICMP_ECHOREPLY, [24] = 0x12, [25] = 0x34 };

	YES(answers(v6, sizeof(v6), true));
	NO(answers(other, sizeof(other), true));
	NO(answers(v6, sizeof(v6) - 1, true));
	YES(answers(v4, sizeof(v4), false));
	NO(answers(v4, 19, false));
	/* a header longer than the packet */
	v4[0] = 0x4f;
	NO(answers(v4, sizeof(v4), false));
	v4[0] = 0x45;
	v4[20] = ICMP_ECHO;
	NO(answers(v4, sizeof(v4), false));
}

/* on a host where others ping as well, there may be no end of what is not for us */
static void others(void)
{
	struct err e;
	char byte;
	int ends[2];

	EQ(socketpair(AF_UNIX, SOCK_DGRAM, 0, ends), 0);
	for (int i = 0; i < 3; i++)
		EQ(write(ends[1], "x", 1), 1);
	EQ(await_answer(ends[0], true, 0x1234, clock_in(0), &e), 0);
	EQ(recv(ends[0], &byte, 1, MSG_DONTWAIT), 1);
	close(ends[0]);
	close(ends[1]);
}

UNIT_SUITE(tools_ping, { "requests", requests }, { "answers", replies }, { "answers for others", others })
