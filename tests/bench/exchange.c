// SPDX-License-Identifier: GPL-2.0
/*
 * The floor: what TCP alone costs for the bytes that an initiator and a target exchange.
 *
 *	bench-exchange serve ADDRESS PORT
 *	bench-exchange ADDRESS PORT REQUEST RESPONSE DEPTH COUNT
 *
 * DEPTH requests of REQUEST bytes are on the way at a time, each answered by RESPONSE bytes; COUNT are
 * measured, after a quarter as many that are not. The first bytes of a request say how long both are.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "measure.h"

#define DEPTH_MAX	256
#define SIZE_MAX_ONE	((2 << 20) + 1024)

struct head {
	uint32_t request;
	uint32_t response;
};

static uint8_t buffer[SIZE_MAX_ONE];

static void send_all(int fd, size_t size)
{
	size_t done = 0;
	ssize_t part;

	for (; done < size; done += part) {
		part = send(fd, buffer + done, size - done, MSG_NOSIGNAL);
		if (part < 1)
			measure_die("send");
	}
}

static bool receive_all(int fd, size_t done, size_t size)
{
	ssize_t part;

	for (; done < size; done += part) {
		part = recv(fd, buffer + done, size - done, MSG_WAITALL);
		if (part < 1)
			return false;
	}
	return true;
}

static void serve_one(int fd)
{
	struct head head;

	while (receive_all(fd, 0, sizeof(head))) {
		memcpy(&head, buffer, sizeof(head));
		if (head.request < sizeof(head) || head.request > SIZE_MAX_ONE || head.response > SIZE_MAX_ONE)
			return;
		if (!receive_all(fd, sizeof(head), head.request))
			return;
		send_all(fd, head.response);
	}
}

static void set_nodelay(int fd)
{
	int on = 1;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

static struct sockaddr_in address_of(const char *host, const char *port)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(measure_number("PORT", port, 65535)) };

	if (inet_pton(AF_INET, host, &address.sin_addr) != 1) {
		fprintf(stderr, "%s: no IPv4 address\n", host);
		exit(2);
	}
	return address;
}

static int serve(const char *host, const char *port)
{
	struct sockaddr_in address = address_of(host, port);
	int on = 1, fd = socket(AF_INET, SOCK_STREAM, 0), peer;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) || listen(fd, 8))
		measure_die("listen");
	for (;;) {
		peer = accept(fd, NULL, NULL);
		if (peer < 0)
			measure_die("accept");
		set_nodelay(peer);
		serve_one(peer);
		close(peer);
	}
}

static void run(int fd, struct head head, size_t depth, size_t count, bool measured)
{
	uint64_t starts[DEPTH_MAX];
	size_t begun = 0, ended;

	for (ended = 0; ended < count; ended++) {
		while (begun < count && begun - ended < depth) {
			starts[begun++ % depth] = measure_now();
			memcpy(buffer, &head, sizeof(head));
			send_all(fd, head.request);
		}
		if (!receive_all(fd, 0, head.response))
			measure_die("receive");
		if (measured)
			measure_one(starts[ended % depth]);
	}
}

static int ask(char **argv)
{
	struct sockaddr_in address = address_of(argv[1], argv[2]);
	struct head head;
	size_t depth, count;
	int fd;

	head.request = measure_number("REQUEST", argv[3], SIZE_MAX_ONE);
	head.response = measure_number("RESPONSE", argv[4], SIZE_MAX_ONE);
	depth = measure_number("DEPTH", argv[5], DEPTH_MAX);
	count = measure_number("COUNT", argv[6], 10000000);
	fd = socket(AF_INET, SOCK_STREAM, 0);
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)))
		measure_die("connect");
	set_nodelay(fd);
	run(fd, head, depth, count / 4 + depth, false);
	measure_begin(count);
	run(fd, head, depth, count, true);
	measure_end(head.request > head.response ? head.request : head.response);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 4 && !strcmp(argv[1], "serve"))
		return serve(argv[2], argv[3]);
	if (argc == 7)
		return ask(argv);
	fprintf(stderr, "usage: bench-exchange serve ADDRESS PORT\n"
		"       bench-exchange ADDRESS PORT REQUEST RESPONSE DEPTH COUNT\n");
	return 2;
}
