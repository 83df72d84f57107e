/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Portals: what a person or a target writes ("host:3260", "[fe80::1%eth0]:3260,1"), and the
 * addresses that come out.
 */
#ifndef KISCSI_TOOLS_PORTAL_H
#define KISCSI_TOOLS_PORTAL_H

#include <netinet/in.h>

#include "clock.h"
#include "err.h"

/* most addresses of one session: what the kernel keeps to log in again */
#define ADDRESSES_MAX	32
/* "[v6%zone]:port" */
#define ADDRESS_TEXT_MAX 80
#define TPGT_UNKNOWN	(-1)

/**
 * struct address - one socket address, v4 or v6
 * @len: bytes that count
 * @sa: any of the three
 */
struct address {
	socklen_t len;
	union {
		struct sockaddr sa;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
	};
};

struct address_list {
	unsigned int count;
	struct address v[ADDRESSES_MAX];
};

/**
 * struct portal - as written, taken apart
 * @host: name or numeric address without brackets, with its %zone
 * @v6: @host came in brackets
 * @port: in host order
 * @tpgt: portal group tag, TPGT_UNKNOWN if none was written
 */
struct portal {
	char host[256];
	bool v6;
	u16 port;
	int tpgt;
};

/** portal_parse() - take a PORTAL of the command line; NULL, or what is wrong with it */
const char *portal_parse(struct portal *p, const char *text);

/** portal_parse_port() - the same, @port where none is written */
const char *portal_parse_port(struct portal *p, const char *text, u16 port);

/** portal_parse_address() - take a TargetAddress, "host[:port][,tpgt]"; NULL, or what is wrong */
const char *portal_parse_address(struct portal *p, const char *text);

/** portal_zone_missing() - the zone of @p if there is no such network interface here, or NULL */
const char *portal_zone_missing(const struct portal *p);

/** portal_text() - "host:port" or "[v6]:port" in @out; returns @out */
char *portal_text(const struct portal *p, char *out, size_t size);

/**
 * portal_resolve() - append the addresses of @p to @list, each once
 * @p: the portal
 * @list: gets as many as there is room for
 * @near: an address whose zone a link-local address without one is taken to be in, or NULL
 * @deadline: for the name service
 * @e: says why when -1 is returned
 */
int portal_resolve(const struct portal *p, struct address_list *list, const struct address *near,
		   deadline_t deadline, struct err *e);

/**
 * portal_resolve_all() - the same for @count portals as written, each known to be good; @port where
 * none is written
 *
 * Each name is given a share of the time, so that one that does not resolve leaves the others theirs.
 * One that fails is warned of, unless none is left.
 */
int portal_resolve_all(const char *const *texts, unsigned int count, u16 port,
		       struct address_list *list, deadline_t deadline, struct err *e);

/** address_add() - append @a unless it is there already or the list is full */
void address_add(struct address_list *list, const struct address *a);

/** address_in() - is @a in @list? */
bool address_in(const struct address_list *list, const struct address *a);

/** address_same() - same family, address, port and zone? */
bool address_same(const struct address *a, const struct address *b);

/** address_numeric() - a numeric address without port, v6 with %zone and without brackets */
int address_numeric(struct address *a, const char *text);

/** address_take() - take @len bytes that claim to be a sockaddr_in or sockaddr_in6: 0 or -1 */
int address_take(struct address *a, const void *data, size_t len);

/** address_unspecified() - 0.0.0.0 or [::], which no one can be reached at */
bool address_unspecified(const struct address *a);

/** address_text() - "a.b.c.d:port" or "[v6%zone]:port" in @out; returns @out */
char *address_text(const struct address *a, char out[ADDRESS_TEXT_MAX]);

/** address_host() - the same without port and brackets */
char *address_host(const struct address *a, char out[ADDRESS_TEXT_MAX]);

/** address_port() - in host order */
u16 address_port(const struct address *a);

#endif
