// SPDX-License-Identifier: GPL-2.0
/*
 * The leading connection against a target that says on the wire what it is told to.
 */
#include <pthread.h>
#include <sys/socket.h>

#include "../../tools/leading.c"
#include "unit.h"

/**
 * struct server - answers every connection in the same way
 * @fd: listening socket
 * @at: its address
 * @status_class: of the response to the first Login Request
 * @status_detail: likewise
 * @text: of that response, NUL-terminated pairs
 * @len: of @text
 * @silent: never answers
 * @seen: connections so far
 */
struct server {
	pthread_t thread;
	int fd;
	struct address at;
	u8 status_class;
	u8 status_detail;
	char text[256];
	size_t len;
	bool silent;
	int seen;
};

static void answer(const struct server *s, int fd)
{
	struct kiscsi_login_rsp rsp = { .opcode = KISCSI_OP_LOGIN_RSP };
	struct kiscsi_login_req req;
	u8 data[KISCSI_LOGIN_DSL];
	struct err e;
	u32 len;

	if (net_recv(fd, (struct kiscsi_bhs *)&req, data, sizeof(data), &len, clock_in(2000), &e))
		return;
	rsp.itt = req.itt;
	memcpy(rsp.isid, req.isid, sizeof(rsp.isid));
	rsp.status_class = s->status_class;
	rsp.status_detail = s->status_detail;
	rsp.expcmdsn = req.cmdsn;
	rsp.maxcmdsn = req.cmdsn;
	if (!s->status_class) {
		/* straight into the full-feature phase */
		rsp.flags = KISCSI_LOGIN_TRANSIT | (req.flags & 0x0c) | KISCSI_STAGE_FULL_FEATURE;
		rsp.tsih = cpu_to_be16(1);
	}
	net_send(fd, (struct kiscsi_bhs *)&rsp, s->text, (u32)s->len, clock_in(2000), &e);
	/* until the other end has gone: what it sends next is not to be answered by a reset */
	net_recv(fd, (struct kiscsi_bhs *)&req, data, sizeof(data), &len, clock_in(2000), &e);
}

static void *serve(void *arg)
{
	struct server *s = arg;
	int fd;

	while ((fd = accept(s->fd, NULL, NULL)) >= 0) {
		s->seen++;
		if (!s->silent)
			answer(s, fd);
		else
			clock_poll(fd, POLLIN | POLLRDHUP, clock_in(2000));
		if (s->silent) {
			char byte;

			while (recv(fd, &byte, 1, 0) == 1)
				;
		}
		close(fd);
	}
	return NULL;
}

static void start(struct server *s)
{
	socklen_t len = sizeof(s->at.in);

	memset(s, 0, sizeof(*s));
	s->fd = socket(AF_INET, SOCK_STREAM, 0);
	address_numeric(&s->at, "127.0.0.1");
	EQ(bind(s->fd, &s->at.sa, s->at.len), 0);
	EQ(listen(s->fd, 16), 0);
	EQ(getsockname(s->fd, &s->at.sa, &len), 0);
}

static void go(struct server *s)
{
	EQ(pthread_create(&s->thread, NULL, serve, s), 0);
}

static void stop_server(struct server *s)
{
	shutdown(s->fd, SHUT_RDWR);
	pthread_join(s->thread, NULL);
	close(s->fd);
}

static void redirect(struct server *s, u8 detail, const struct address *to)
{
	char text[ADDRESS_TEXT_MAX];

	s->status_class = KISCSI_LOGIN_REDIRECT;
	s->status_detail = detail;
	s->len = (size_t)sprintf(s->text, "TargetAddress=%s,1", address_text(to, text)) + 1;
}

static int try_login(struct leading *l, const struct address_list *list, int ms, struct err *e)
{
	static struct kiscsi_chap_cred cred;
	static struct settings s;
	struct leading_config c = {
		.settings = &s, .offer = &s.offer, .cred = &cred, .target_name = "iqn.2026-01.example:t",
	};

	settings_init(&s);
	strcpy(s.initiator_name, "iqn.2026-01.example:me");
	return leading_login(l, &c, list, clock_in(ms), e);
}

static void refused(void)
{
	static const struct {
		u8 class;
		u8 detail;
		enum status status;
	} rows[] = {
		{ 2, 0, ST_FAILED }, { 2, 1, ST_AUTH }, { 2, 2, ST_AUTH }, { 2, 3, ST_NO_MATCH },
		{ 2, 4, ST_FAILED }, { 2, 6, ST_FAILED }, { 3, 1, ST_FAILED }, { 0x7f, 1, ST_FAILED },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct leading *l = leading_new();
		struct server s;
		struct err e;

		start(&s);
		s.status_class = rows[i].class;
		s.status_detail = rows[i].detail;
		go(&s);
		EQ(try_login(l, &(struct address_list){ 1, { s.at } }, 2000, &e), -1);
		EQ(e.status, rows[i].status);
		EQ(l->fd, -1);
		leading_free(l);
		stop_server(&s);
	}
}

static void circle(void)
{
	struct leading *l = leading_new();
	struct server a, b;
	struct err e;

	start(&a);
	start(&b);
	redirect(&a, 1, &b.at);
	redirect(&b, 2, &a.at);
	go(&a);
	go(&b);
	EQ(try_login(l, &(struct address_list){ 1, { a.at } }, 5000, &e), -1);
	EQ(e.status, ST_FAILED);
	HAS(e.text, "redirected in a circle, back to 127.0.0.1");
	EQ(a.seen, 1);
	EQ(b.seen, 1);
	stop_server(&a);
	stop_server(&b);
	leading_free(l);
}

static void chain(void)
{
	struct server s[REDIRECTS_MAX + 2];
	struct leading *l = leading_new();
	struct err e;

	for (size_t i = 0; i < ARRAY_SIZE(s); i++)
		start(&s[i]);
	for (size_t i = 0; i + 1 < ARRAY_SIZE(s); i++)
		redirect(&s[i], 1, &s[i + 1].at);
	s[ARRAY_SIZE(s) - 1].status_class = 2;
	for (size_t i = 0; i < ARRAY_SIZE(s); i++)
		go(&s[i]);
	EQ(try_login(l, &(struct address_list){ 1, { s[0].at } }, 5000, &e), -1);
	HAS(e.text, "more than 8 times in a row");
	EQ(s[REDIRECTS_MAX].seen, 1);
	EQ(s[REDIRECTS_MAX + 1].seen, 0);
	/* one less is followed to the end */
	EQ(try_login(l, &(struct address_list){ 1, { s[1].at } }, 5000, &e), -1);
	HAS(e.text, "0x0200");
	EQ(s[REDIRECTS_MAX + 1].seen, 1);
	for (size_t i = 0; i < ARRAY_SIZE(s); i++)
		stop_server(&s[i]);
	leading_free(l);
}

static void bad_redirects(void)
{
	static const char *const texts[] = {
		"TargetAddress=0.0.0.0:3260,1", "TargetAddress=::1", "TargetAddress=,1", "X=y",
		"TargetAddress=[::1%nosuchif],1",
	};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct leading *l = leading_new();
		struct server s;
		struct err e;

		start(&s);
		s.status_class = KISCSI_LOGIN_REDIRECT;
		s.status_detail = 1;
		s.len = strlen(texts[i]) + 1;
		memcpy(s.text, texts[i], s.len);
		go(&s);
		EQ(try_login(l, &(struct address_list){ 1, { s.at } }, 5000, &e), -1);
		YES(e.status == ST_FAILED || e.status == ST_UNREACHABLE);
		HAS(e.text, "redirect");
		stop_server(&s);
		leading_free(l);
	}
}

/* the first is silent, the second refuses, the third is not there: each has its say, in time */
static void several(void)
{
	struct leading *l = leading_new();
	struct server silent, refusing;
	struct address_list list;
	deadline_t late;
	struct err e;

	start(&silent);
	start(&refusing);
	silent.silent = true;
	refusing.status_class = 2;
	refusing.status_detail = 3;
	go(&silent);
	go(&refusing);
	list = (struct address_list){ 3, { silent.at, refusing.at } };
	address_numeric(&list.v[2], "127.0.0.1");
	list.v[2].in.sin_port = htons(1);
	late = clock_in(5000);
	EQ(try_login(l, &list, 600, &e), -1);
	YES(clock_left(late) > 0);
	EQ(e.status, ST_NO_MATCH);
	HAS(e.text, "timed out waiting for an answer; 127.0.0.1:");
	HAS(e.text, "0x0203");
	HAS(e.text, "127.0.0.1:1: connecting: Connection refused");
	stop_server(&silent);
	stop_server(&refusing);
	leading_free(l);
}

/* it has been told of the logout, and has other things to say */
static void never_silent(void)
{
	struct kiscsi_bhs nop = { .opcode = KISCSI_OP_NOP_IN };
	struct err e;
	int ends[2];
	u32 len;

	EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
	for (int i = 0; i < 3; i++)
		EQ(net_send(ends[1], &nop, NULL, 0, clock_in(1000), &e), 0);
	await_logout(ends[0], clock_in(0));
	EQ(net_recv(ends[0], &nop, NULL, 0, &len, clock_in(1000), &e), 0);
	close(ends[0]);
	close(ends[1]);
}

UNIT_SUITE(tools_leading,
	   { "refused", refused },
	   { "redirected in a circle", circle },
	   { "redirected too often", chain },
	   { "redirected to nowhere", bad_redirects },
	   { "several portals", several },
	   { "never silent", never_silent })
