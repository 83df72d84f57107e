// SPDX-License-Identifier: GPL-2.0
/*
 * The life of a connection, in a thread of its own.
 */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "target.h"

#define DRAIN_MS	2000
#define PING_ANSWER_MS	5000

static atomic_uint last_id, alive;
static atomic_ullong none_before;

/** conn_none_before() - a connection that comes before so many @seconds from now is a violation */
void conn_none_before(u32 seconds)
{
	atomic_store(&none_before, now_ms() + seconds * 1000ull);
}

static struct conn *conn_new(int fd, bool plain)
{
	struct conn *c = xmalloc(sizeof(*c));
	int one = 1;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	c->fd = fd;
	c->id = atomic_fetch_add(&last_id, 1) + 1;
	c->plain = plain;
	c->par = config.par;
	c->par.send_dsl = KISCSI_LOGIN_DSL;
	c->statsn = config.tune.statsn;
	c->ttt = config.tune.ttt;
	c->rng = (mutate_seed() + 1) * 0x9e3779b97f4a7c15ull + c->id;
	return c;
}

/* Closing with unread bytes would send RST, and that can overtake our last PDU at the other side. */
static void drain(struct conn *c)
{
	struct pollfd pfd = { .fd = c->fd, .events = POLLIN };
	u64 until = now_ms() + DRAIN_MS;
	char buf[4096];

	shutdown(c->fd, SHUT_WR);
	while (!stopping && now_ms() < until) {
		int n = poll(&pfd, 1, 50);

		if (n > 0 && read(c->fd, buf, sizeof(buf)) <= 0)
			return;
	}
}

/* those that had time enough; a target that deviates may have no answer to expect */
static void check_unanswered(struct conn *c)
{
	for (u32 i = 0; i < c->ping_count; i++) {
		u64 age = now_ms() - c->pings[i].at;

		if (age <= PING_ANSWER_MS)
			continue;
		violation(c, "the NOP-In with TTT %08x was not answered in %llu ms", c->pings[i].ttt,
			  (unsigned long long)age);
		return;
	}
}

static void conn_end(struct conn *c)
{
	if (c->deviant && !c->told)
		note(c, "gone %llu ms after %s", (unsigned long long)(now_ms() - c->deviated_at),
		     c->deviant->name);
	check_unanswered(c);
	task_drop_all(c);
	if (!c->reset)
		drain(c);
	session_close(c);
	close(c->fd);
	note(c, "closed");
	free(c->text);
	free(c->held);
	free(c);
}

/* a behaviour took the place of the protocol: wait for the initiator to leave */
static void listen_only(struct conn *c)
{
	struct pdu p = { .cut = -1 };

	while (!c->ended && !stopping && pdu_recv(c, &p))
		pdu_free(&p);
	pdu_free(&p);
}

static void conn_run(struct conn *c)
{
	struct pdu p = { .cut = -1 };

	count(COUNT_CONNS, 1);
	note(c, "connection%s", c->plain ? ", no behaviours here" : "");
	/* what a clock of jiffies may be off */
	if (now_ms() + 50 < atomic_load(&none_before))
		violation_always(c, "a connection %llu ms before Time2Wait is over",
				 (unsigned long long)(atomic_load(&none_before) - now_ms()));
	if (behave_connect_now(c) == VERDICT_SKIP) {
		listen_only(c);
		return;
	}
	if (!login_run(c))
		return;
	while (!c->ended && !stopping && pdu_recv(c, &p)) {
		full_dispatch(c, &p);
		pdu_free(&p);
	}
	/* nothing of a PDU that did not arrive whole is left behind */
	pdu_free(&p);
}

static void *conn_thread(void *arg)
{
	struct conn *c = arg;

	conn_run(c);
	conn_end(c);
	atomic_fetch_sub(&alive, 1);
	return NULL;
}

/**
 * conn_serve() - begin to serve a new connection; returns at once
 * @fd: the socket, which belongs to the connection from here on
 * @plain: no behaviours
 */
void conn_serve(int fd, bool plain)
{
	struct conn *c = conn_new(fd, plain);
	pthread_t thread;

	atomic_fetch_add(&alive, 1);
	if (pthread_create(&thread, NULL, conn_thread, c)) {
		atomic_fetch_sub(&alive, 1);
		note(c, "no thread: connection dropped");
		close(fd);
		free(c);
		return;
	}
	pthread_detach(thread);
}

/** conn_wait_all() - wait until no connection is left, bounded */
void conn_wait_all(void)
{
	for (int i = 0; i < 300 && atomic_load(&alive); i++)
		sleep_ms(10);
}
