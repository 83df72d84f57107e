// SPDX-License-Identifier: GPL-2.0
/*
 * What a name server answers, whole, in pieces and wrong.
 */
#include <fcntl.h>
#include <pthread.h>
#include <sys/socket.h>

#include "../../tools/isns.c"
#include "unit.h"

/* an answer in the making: attributes of any length, of which some are not what they say */
static struct request out;

static void begin_report(void)
{
	out.len = 0;
	put_number(&out, TAG_NODE_TYPE, NODE_TARGET);
	put_attr(&out, TAG_DELIMITER, NULL, 0);
}

static void put_portal(const char *name, const char *v6, u32 port, u32 tag)
{
	u8 address[16];

	inet_pton(AF_INET6, v6, address);
	put_text(&out, TAG_GROUP_NAME, name);
	put_attr(&out, TAG_GROUP_ADDRESS, address, sizeof(address));
	put_number(&out, TAG_GROUP_PORT, port);
	put_number(&out, TAG_GROUP_TAG, tag);
}

/* in memory of exactly the size, so that a read past its end is seen */
static int parse(struct targets *t, struct err *e)
{
	u8 *copy = malloc(out.len ? out.len : 1);
	int r;

	memcpy(copy, out.data, out.len);
	memset(t, 0, sizeof(*t));
	r = isns_parse(t, copy, out.len, e);
	free(copy);
	return r;
}

static void report(void)
{
	struct targets t;
	struct err e;

	begin_report();
	put_text(&out, TAG_NAME, "iqn.a");
	put_text(&out, TAG_NAME, "iqn.b");
	put_portal("iqn.a", "::ffff:192.0.2.1", 3260, 1);
	put_portal("iqn.a", "2001:db8::1", 3261, 2);
	put_portal("iqn.b", "::192.0.2.2", 3260, 1);
	put_portal("iqn.a", "::ffff:192.0.2.1", 3260, 1);
	EQ(parse(&t, &e), 0);
	EQ(t.count, 2);
	STR(t.v[0].name, "iqn.a");
	EQ(t.v[0].count, 2);
	STR(t.v[0].portals[0].host, "192.0.2.1");
	EQ(t.v[0].portals[0].tpgt, 1);
	NO(t.v[0].portals[0].v6);
	STR(t.v[0].portals[1].host, "2001:db8::1");
	EQ(t.v[0].portals[1].port, 3261);
	YES(t.v[0].portals[1].v6);
	STR(t.v[1].portals[0].host, "192.0.2.2");
	targets_free(&t);
}

/* what is not whole, not TCP or not to be reached is no portal of the target */
static void not_portals(void)
{
	struct targets t;
	struct err e;

	begin_report();
	put_text(&out, TAG_NAME, "iqn.a");
	put_portal("iqn.a", "192.0.2.1", 3260 | PORT_UDP, 1);
	put_portal("iqn.a", "::ffff:192.0.2.3", 0, 1);
	put_text(&out, TAG_GROUP_NAME, "iqn.a");
	put_number(&out, TAG_GROUP_PORT, 3260);
	put_attr(&out, TAG_GROUP_TAG, NULL, 0);
	put_attr(&out, TAG_GROUP_NAME, "abcd", 4);	/* no NUL */
	put_attr(&out, TAG_GROUP_ADDRESS, "abcd", 4);
	put_number(&out, 4711, 1);
	EQ(parse(&t, &e), 0);
	EQ(t.count, 1);
	EQ(t.v[0].count, 0);
	targets_free(&t);
	begin_report();
	EQ(parse(&t, &e), 0);
	EQ(t.count, 0);
}

static void refused(const char *part)
{
	struct targets t;
	struct err e;

	EQ(parse(&t, &e), -1);
	HAS(e.text, part);
	targets_free(&t);
}

static void broken(void)
{
	char longest[TARGET_NAME_MAX + 2];
	__be32 head[2] = { cpu_to_be32(TAG_NAME), cpu_to_be32(8) };

	begin_report();
	put(&out, "abc", 3);
	refused("does not fit");
	begin_report();
	put(&out, head, sizeof(head));
	put(&out, "abcd", 4);
	refused("does not fit");
	begin_report();
	head[1] = cpu_to_be32(0xfffffffc);
	put(&out, head, sizeof(head));
	refused("does not fit");
	begin_report();
	head[1] = cpu_to_be32(3);
	put(&out, head, sizeof(head));
	put(&out, "abcd", 4);
	refused("does not fit");
	begin_report();
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	put_text(&out, TAG_NAME, longest);
	refused("name that is none");
	begin_report();
	put_attr(&out, TAG_NAME, NULL, 0);
	refused("name that is none");
}

/* a server's end of a connection, on which the answer lies before the question comes */
static int ends[2];

static void answer(u16 function, u16 flags, u16 transaction, u16 sequence, const void *data, u16 len)
{
	struct header head = {
		.version = cpu_to_be16(VERSION),
		.function = cpu_to_be16(function),
		.length = cpu_to_be16(len),
		.flags = cpu_to_be16(flags),
		.transaction = cpu_to_be16(transaction),
		.sequence = cpu_to_be16(sequence),
	};

	EQ(write(ends[1], &head, sizeof(head)), sizeof(head));
	EQ(write(ends[1], data, len), len);
}

static int ask(struct err *e)
{
	struct isns c = { .fd = ends[0], .name = "iqn.me", .answer = malloc(ISNS_ANSWER_MAX) };
	struct request r;
	int status;

	begin(&c, &r);
	status = call(&c, QUERY, &r, clock_in(100), e);
	if (status >= 0)
		EQ(c.len, 4);
	free(c.answer);
	close(ends[0]);
	close(ends[1]);
	return status;
}

static void open_ends(void)
{
	EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
}

static void pieces(void)
{
	struct err e;

	open_ends();
	answer(QUERY | RESPONSE, FLAG_SERVER | FLAG_FIRST, 1, 0, "\0\0\0\6", 4);
	answer(QUERY | RESPONSE, FLAG_SERVER | FLAG_LAST, 1, 1, "abcd", 4);
	EQ(ask(&e), 6);
	open_ends();
	answer(QUERY | RESPONSE, FLAG_SERVER | FLAG_FIRST | FLAG_LAST, 1, 0, "\xff\xff\xff\xff" "abcd", 8);
	EQ(ask(&e), INT_MAX);
}

static const struct odd {
	u16 function, flags, transaction, sequence, len;
	const char *part;
} odds[] = {
	{ REGISTER | RESPONSE, FLAG_SERVER | FLAG_FIRST | FLAG_LAST, 1, 0, 4, "another question" },
	{ QUERY, FLAG_SERVER | FLAG_FIRST | FLAG_LAST, 1, 0, 4, "another question" },
	{ QUERY | RESPONSE, FLAG_SERVER | FLAG_FIRST | FLAG_LAST, 2, 0, 4, "out of turn" },
	{ QUERY | RESPONSE, FLAG_SERVER | FLAG_FIRST | FLAG_LAST, 1, 1, 4, "out of turn" },
	{ QUERY | RESPONSE, FLAG_CLIENT | FLAG_FIRST | FLAG_LAST, 1, 0, 4, "wrong flags" },
	{ QUERY | RESPONSE, FLAG_SERVER | FLAG_LAST, 1, 0, 4, "wrong flags" },
	{ QUERY | RESPONSE, FLAG_SERVER | FLAG_AUTH | FLAG_FIRST | FLAG_LAST, 1, 0, 4, "not supported" },
	{ QUERY | RESPONSE, FLAG_SERVER | FLAG_FIRST | FLAG_LAST, 1, 0, 3, "answer of 3 bytes" },
	{ QUERY | RESPONSE, FLAG_SERVER | FLAG_FIRST | FLAG_LAST, 1, 0, 0, "answer of 0 bytes" },
	{ QUERY | RESPONSE, FLAG_SERVER | FLAG_FIRST, 1, 0, 0, "empty pieces" },
	{ QUERY | RESPONSE, FLAG_SERVER | FLAG_FIRST, 1, 0, 4, "timed out" },
};

static void wrong_answers(void)
{
	struct err e;

	for (size_t i = 0; i < ARRAY_SIZE(odds); i++) {
		const struct odd *o = &odds[i];

		open_ends();
		answer(o->function, o->flags, o->transaction, o->sequence, "abcd", o->len);
		EQ(ask(&e), -1);
		HAS(e.text, o->part);
	}
}

/* a signal that came while nothing was waited for: we do not stay registered, and it is told */
static void interrupted(void)
{
	struct isns c = { .name = "iqn.me", .answer = malloc(ISNS_ANSWER_MAX) };
	const u16 flags = FLAG_SERVER | FLAG_FIRST | FLAG_LAST;
	struct targets t = { 0 };
	struct header head;
	struct err e;
	char rest[REQUEST_MAX];
	int count = 0;

	open_ends();
	c.fd = ends[0];
	answer(QUERY | RESPONSE, flags, 1, 0, "\0\0\0\11", 4);
	answer(REGISTER | RESPONSE, flags, 2, 0, "\0\0\0\0\0\0\0\1\0\0\0\4me\0", 16);
	answer(QUERY | RESPONSE, flags, 3, 0, "\0\0\0\11", 4);
	answer(DEREGISTER | RESPONSE, flags, 4, 0, "\0\0\0\0", 4);
	unit_stop(true);
	EQ(converse(&c, &t, clock_in(1000), &e), -1);
	YES(clock_stopped());
	unit_stop(false);
	STR(e.text, "interrupted");
	EQ(e.status, ST_FAILED);
	STR(c.entity, "me");
	while (read(ends[1], &head, sizeof(head)) == sizeof(head)) {
		EQ(read(ends[1], rest, be16_to_cpu(head.length)), be16_to_cpu(head.length));
		count++;
	}
	EQ(count, 4);
	EQ(be16_to_cpu(head.function), DEREGISTER);
	free(c.answer);
	close(ends[0]);
	close(ends[1]);
}

/* answers that it does not know us; and to Register only once Deregister has come, of which @last is what it said */
static void *slow_server(void *last)
{
	const u16 flags = FLAG_SERVER | FLAG_FIRST | FLAG_LAST;
	struct request *r = last;
	struct header head = { 0 };

	do {
		if (recv(ends[1], &head, sizeof(head), MSG_WAITALL) != sizeof(head))
			return NULL;
		r->len = be16_to_cpu(head.length);
		EQ(recv(ends[1], r->data, r->len, MSG_WAITALL), r->len);
		if (be16_to_cpu(head.transaction) == 1)
			answer(QUERY | RESPONSE, flags, 1, 0, "\0\0\0\11", 4);
	} while (be16_to_cpu(head.transaction) < 3);
	EQ(be16_to_cpu(head.function), DEREGISTER);
	answer(REGISTER | RESPONSE, FLAG_SERVER | FLAG_FIRST, 2, 0, "\0\0\0\0", 4);
	answer(REGISTER | RESPONSE, FLAG_SERVER | FLAG_LAST, 2, 1, "\0\0\0\1\0\0\0\4me\0", 12);
	answer(DEREGISTER | RESPONSE, flags, 3, 0, "\0\0\0\0", 4);
	return NULL;
}

/* the answer that has the name of the entity does not come in time: we go by our own name */
static void too_late(void)
{
	struct isns c = { .name = "iqn.me", .answer = malloc(ISNS_ANSWER_MAX) };
	struct targets t = { 0 };
	struct request last = { 0 }, want;
	pthread_t server;
	struct err e;

	EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	EQ(fcntl(ends[0], F_SETFL, O_NONBLOCK), 0);
	c.fd = ends[0];
	EQ(pthread_create(&server, NULL, slow_server, &last), 0);
	EQ(converse(&c, &t, clock_in(100), &e), -1);
	STR(e.text, "timed out waiting for an answer");
	shutdown(ends[0], SHUT_RDWR);
	EQ(pthread_join(server, NULL), 0);
	/* what was late has been taken, and what came behind it */
	EQ(c.owed, 0);
	begin(&c, &want);
	put_attr(&want, TAG_DELIMITER, NULL, 0);
	put_text(&want, TAG_NAME, "iqn.me");
	MEM(last.data, last.len, want.data, want.len);
	free(c.answer);
	close(ends[0]);
	close(ends[1]);
}

static void discover_in_vain(void *server)
{
	struct settings settings;
	struct targets t;
	struct err e;

	settings_init(&settings);
	strcpy(settings.initiator_name, "iqn.me");
	unit_progress(true);
	EQ(isns_discover(&settings, server, &t, clock_in(300), &e), -1);
	unit_progress(false);
	HAS(e.text, "timed out");
}

/* a server that takes the connection and says nothing */
static void silent(void)
{
	struct address_list list = { .count = 1 };
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	char text[ADDRESS_TEXT_MAX], want[2 * ADDRESS_TEXT_MAX];

	EQ(address_numeric(&list.v[0], "127.0.0.1"), 0);
	EQ(bind(fd, &list.v[0].sa, list.v[0].len), 0);
	EQ(listen(fd, 1), 0);
	EQ(getsockname(fd, &list.v[0].sa, &list.v[0].len), 0);
	snprintf(want, sizeof(want), "kiscsi: waiting for the iSNS server %s, at most 1 s more\n",
		 address_text(&list.v[0], text));
	STR(unit_said(discover_in_vain, &list), want);
	close(fd);
}

/* one that says no has nothing of us, and is asked nothing more */
static void not_entered(void)
{
	struct isns c = { .name = "iqn.me", .answer = malloc(ISNS_ANSWER_MAX) };
	const u16 flags = FLAG_SERVER | FLAG_FIRST | FLAG_LAST;
	struct targets t = { 0 };
	struct err e;

	open_ends();
	c.fd = ends[0];
	answer(QUERY | RESPONSE, flags, 1, 0, "\0\0\0\11", 4);
	answer(REGISTER | RESPONSE, flags, 2, 0, "\0\0\0\3", 4);
	EQ(converse(&c, &t, clock_in(1000), &e), -1);
	HAS(e.text, "registering: invalid registration");
	EQ(c.transaction, 2);
	free(c.answer);
	close(ends[0]);
	close(ends[1]);
}

UNIT_SUITE(tools_isns, { "a report", report }, { "silence", silent }, { "what is no portal", not_portals },
	   { "broken reports", broken }, { "answers in pieces", pieces },
	   { "wrong answers", wrong_answers }, { "interrupted", interrupted },
	   { "an answer that is late", too_late }, { "refused", not_entered })
