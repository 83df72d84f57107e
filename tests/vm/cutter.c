// SPDX-License-Identifier: GPL-2.0
/*
 * A TCP relay that cuts connections at a random byte.
 *
 *   cutter LISTEN-PORT TARGET-PORT SEED        both on 127.0.0.1
 *
 * After SIGUSR1 the connections that are open then carry so many bytes more, in whichever direction,
 * and end: by a reset or in order, and each such end is a line on standard output. Otherwise what
 * ends one side ends the other in the same way.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PAIRS		64
#define BUFFER		(64 << 10)
#define CUT_MAX		(256 << 10)

/* one direction */
struct pipe {
	int from, to;
	size_t have, done;
	uint8_t buf[BUFFER];
};

struct pair {
	bool used;
	bool armed;
	uint64_t left;		/* bytes until the cut, while armed */
	struct pipe way[2];
};

static struct pair pairs[PAIRS];
static struct sockaddr_in target;
static volatile sig_atomic_t asked;
static uint64_t rng;

static uint64_t rnd(void)
{
	uint64_t z = (rng += 0x9e3779b97f4a7c15ull);

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ z >> 27) * 0x94d049bb133111ebull;
	return z ^ z >> 31;
}

static void on_usr1(int sig)
{
	(void)sig;
	asked = 1;
}

static void end_socket(int fd, bool reset)
{
	struct linger now = { .l_onoff = 1 };

	if (reset)
		setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	close(fd);
}

static void end_pair(struct pair *p, bool reset)
{
	end_socket(p->way[0].from, reset);
	end_socket(p->way[1].from, reset);
	p->used = false;
}

static void arm_all(void)
{
	for (int i = 0; i < PAIRS; i++) {
		pairs[i].armed = pairs[i].used;
		pairs[i].left = rnd() % CUT_MAX;
	}
}

static void cut(struct pair *p, uint64_t bytes)
{
	bool reset = rnd() % 2;

	printf("cut %llu bytes before the end of a piece, by %s\n", (unsigned long long)bytes,
	       reset ? "reset" : "close");
	fflush(stdout);
	end_pair(p, reset);
}

/* false when the pair has ended */
static bool push(struct pair *p, struct pipe *w)
{
	size_t want = w->have - w->done;
	bool last = p->armed && want >= p->left;
	ssize_t n;

	if (last)
		want = p->left;
	n = want ? send(w->to, w->buf + w->done, want, MSG_DONTWAIT | MSG_NOSIGNAL) : 0;
	if (n < 0) {
		if (errno == EAGAIN || errno == EINTR)
			return true;
		end_pair(p, true);
		return false;
	}
	w->done += (size_t)n;
	if (p->armed)
		p->left -= (uint64_t)n;
	if (last && !p->left) {
		cut(p, w->have - w->done);
		return false;
	}
	if (w->done == w->have)
		w->done = w->have = 0;
	return true;
}

static bool pull(struct pair *p, struct pipe *w)
{
	ssize_t n = recv(w->from, w->buf, BUFFER, MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return true;
	if (n <= 0) {
		end_pair(p, n < 0);
		return false;
	}
	w->have = (size_t)n;
	w->done = 0;
	return push(p, w);
}

static void accept_one(int listener)
{
	int client = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	int server, one = 1, i = 0;

	if (client < 0)
		return;
	server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	while (i < PAIRS && pairs[i].used)
		i++;
	if (i == PAIRS || server < 0 || connect(server, (struct sockaddr *)&target, sizeof(target))) {
		if (server >= 0)
			close(server);
		end_socket(client, true);
		return;
	}
	setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	setsockopt(server, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	memset(&pairs[i], 0, sizeof(pairs[i]));
	pairs[i].way[0].from = pairs[i].way[1].to = client;
	pairs[i].way[1].from = pairs[i].way[0].to = server;
	pairs[i].used = true;
}

/* what each direction waits for: room when it holds something, else bytes */
static int fill_poll(struct pollfd *v, int listener, int *index)
{
	int n = 0;

	v[n++] = (struct pollfd){ .fd = listener, .events = POLLIN };
	for (int i = 0; i < PAIRS; i++) {
		for (int k = 0; pairs[i].used && k < 2; k++) {
			const struct pipe *w = &pairs[i].way[k];

			index[n] = 2 * i + k;
			v[n++] = w->have ? (struct pollfd){ .fd = w->to, .events = POLLOUT } :
					   (struct pollfd){ .fd = w->from, .events = POLLIN };
		}
	}
	return n;
}

static void relay(int listener)
{
	static struct pollfd v[1 + 2 * PAIRS];
	static int index[1 + 2 * PAIRS];

	for (;;) {
		int n = fill_poll(v, listener, index);
		int ready = poll(v, (nfds_t)n, 100);

		if (asked) {
			asked = 0;
			arm_all();
		}
		for (int i = 1; ready > 0 && i < n; i++) {
			struct pair *p = &pairs[index[i] / 2];
			struct pipe *w = &p->way[index[i] % 2];

			if (!v[i].revents || !p->used)
				continue;
			if (w->have)
				push(p, w);
			else
				pull(p, w);
		}
		if (ready > 0 && v[0].revents)
			accept_one(listener);
	}
}

int main(int argc, char **argv)
{
	struct sockaddr_in here = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct sigaction usr1 = { .sa_handler = on_usr1 };
	int listener, one = 1;

	if (argc != 4) {
		fprintf(stderr, "usage: cutter LISTEN-PORT TARGET-PORT SEED\n");
		return 2;
	}
	target = here;
	here.sin_port = htons((uint16_t)atoi(argv[1]));
	target.sin_port = htons((uint16_t)atoi(argv[2]));
	rng = strtoull(argv[3], NULL, 10);
	sigaction(SIGUSR1, &usr1, NULL);
	listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (listener < 0 || bind(listener, (struct sockaddr *)&here, sizeof(here)) || listen(listener, 16)) {
		perror("cutter: listen");
		return 1;
	}
	relay(listener);
}
