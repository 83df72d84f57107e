// SPDX-License-Identifier: GPL-2.0
/*
 * Portals and addresses.
 */
#include <arpa/inet.h>
#include <ctype.h>
#include <fcntl.h>
#include <net/if.h>
#include <netdb.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "../kernel/proto/pdu.h"
#include "portal.h"
#include "process.h"
#include "progress.h"

static bool is_v6(const struct address *a)
{
	return a->sa.sa_family == AF_INET6;
}

u16 address_port(const struct address *a)
{
	return ntohs(is_v6(a) ? a->in6.sin6_port : a->in.sin_port);
}

bool address_unspecified(const struct address *a)
{
	if (is_v6(a))
		return IN6_IS_ADDR_UNSPECIFIED(&a->in6.sin6_addr);
	return a->in.sin_addr.s_addr == htonl(INADDR_ANY);
}

bool address_same(const struct address *a, const struct address *b)
{
	if (a->sa.sa_family != b->sa.sa_family || address_port(a) != address_port(b))
		return false;
	if (!is_v6(a))
		return a->in.sin_addr.s_addr == b->in.sin_addr.s_addr;
	return a->in6.sin6_scope_id == b->in6.sin6_scope_id &&
	       !memcmp(&a->in6.sin6_addr, &b->in6.sin6_addr, sizeof(a->in6.sin6_addr));
}

bool address_in(const struct address_list *list, const struct address *a)
{
	for (unsigned int i = 0; i < list->count; i++) {
		if (address_same(&list->v[i], a))
			return true;
	}
	return false;
}

void address_add(struct address_list *list, const struct address *a)
{
	if (list->count < ADDRESSES_MAX && !address_in(list, a))
		list->v[list->count++] = *a;
}

int address_take(struct address *a, const void *data, size_t len)
{
	memset(a, 0, sizeof(*a));
	if (len < sizeof(a->in) || len > sizeof(a->in6))
		return -1;
	memcpy(&a->in6, data, len);
	a->len = (socklen_t)len;
	if (a->sa.sa_family == AF_INET)
		return 0;
	return is_v6(a) && len == sizeof(a->in6) ? 0 : -1;
}

char *address_host(const struct address *a, char out[ADDRESS_TEXT_MAX])
{
	char zone[IF_NAMESIZE];
	size_t n;

	out[0] = '\0';
	if (!is_v6(a)) {
		inet_ntop(AF_INET, &a->in.sin_addr, out, ADDRESS_TEXT_MAX);
		return out;
	}
	inet_ntop(AF_INET6, &a->in6.sin6_addr, out, ADDRESS_TEXT_MAX);
	n = strlen(out);
	if (!a->in6.sin6_scope_id)
		return out;
	if (if_indextoname(a->in6.sin6_scope_id, zone))
		snprintf(out + n, ADDRESS_TEXT_MAX - n, "%%%s", zone);
	else
		snprintf(out + n, ADDRESS_TEXT_MAX - n, "%%%u", a->in6.sin6_scope_id);
	return out;
}

char *address_text(const struct address *a, char out[ADDRESS_TEXT_MAX])
{
	char host[ADDRESS_TEXT_MAX];

	address_host(a, host);
	snprintf(out, ADDRESS_TEXT_MAX, is_v6(a) ? "[%.70s]:%u" : "%.70s:%u", host, address_port(a));
	return out;
}

/* the numeric interface index, or the one of the interface so named; 0 if there is none */
static u32 zone_index(const char *zone)
{
	char *end;
	unsigned long n;

	if (!isdigit((unsigned char)*zone))
		return if_nametoindex(zone);
	n = strtoul(zone, &end, 10);
	return *end || n > UINT32_MAX ? if_nametoindex(zone) : (u32)n;
}

int address_numeric(struct address *a, const char *text)
{
	char host[INET6_ADDRSTRLEN + 1];
	const char *zone = strchr(text, '%');
	size_t n = zone ? (size_t)(zone - text) : strlen(text);

	memset(a, 0, sizeof(*a));
	if (n >= sizeof(host))
		return -1;
	memcpy(host, text, n);
	host[n] = '\0';
	if (!zone && inet_pton(AF_INET, host, &a->in.sin_addr) == 1) {
		a->in.sin_family = AF_INET;
		a->len = sizeof(a->in);
		return 0;
	}
	if (inet_pton(AF_INET6, host, &a->in6.sin6_addr) != 1)
		return -1;
	a->in6.sin6_family = AF_INET6;
	a->len = sizeof(a->in6);
	if (!zone)
		return 0;
	a->in6.sin6_scope_id = zone_index(zone + 1);
	return a->in6.sin6_scope_id ? 0 : -1;
}

/* a decimal number of at most 5 digits up to 65535; -1 if it is none */
static long number16(const char *s, size_t len)
{
	long n = 0;

	if (!len || len > 5)
		return -1;
	for (size_t i = 0; i < len; i++) {
		if (!isdigit((unsigned char)s[i]))
			return -1;
		n = n * 10 + (s[i] - '0');
	}
	return n > 65535 ? -1 : n;
}

static const char *take_v6(struct portal *p, const char *s, size_t len)
{
	char host[INET6_ADDRSTRLEN + 1];
	struct in6_addr probe;
	const char *zone;
	size_t n;

	if (len >= sizeof(p->host))
		return "the address is too long";
	memcpy(p->host, s, len);
	p->host[len] = '\0';
	p->v6 = true;
	zone = strchr(p->host, '%');
	n = zone ? (size_t)(zone - p->host) : len;
	if (n >= sizeof(host))
		return "what is in the brackets is no IPv6 address";
	memcpy(host, p->host, n);
	host[n] = '\0';
	if (inet_pton(AF_INET6, host, &probe) != 1)
		return "what is in the brackets is no IPv6 address";
	if (!zone)
		return NULL;
	if (!zone[1] || strlen(zone + 1) >= IF_NAMESIZE)
		return "the zone after % is no name of a network interface";
	for (const char *c = zone + 1; *c; c++) {
		if (!isgraph((unsigned char)*c) || *c == '/' || *c == '%')
			return "the zone after % is no name of a network interface";
	}
	return NULL;
}

static const char *take_host(struct portal *p, const char *s, size_t len)
{
	if (!len)
		return "the host is missing";
	if (len >= sizeof(p->host))
		return "the host name is too long";
	for (size_t i = 0; i < len; i++) {
		if (!isalnum((unsigned char)s[i]) && !strchr(".-_", s[i]))
			return "want host, host:port, [IPv6] or [IPv6]:port";
	}
	memcpy(p->host, s, len);
	p->host[len] = '\0';
	return NULL;
}

/* @s up to @len bytes: the host, then nothing or ":port" */
static const char *take_host_port(struct portal *p, const char *s, size_t len)
{
	const char *end = s + len;
	const char *rest;
	const char *why;
	long port;

	if (*s == '[') {
		rest = memchr(s, ']', len);
		if (!rest)
			return "the closing ] is missing";
		why = take_v6(p, s + 1, (size_t)(rest - s - 1));
		rest++;
	} else {
		rest = memchr(s, ':', len);
		if (rest && memchr(rest + 1, ':', (size_t)(end - rest - 1)))
			return "an IPv6 address wants brackets: [IPv6] or [IPv6]:port";
		if (!rest)
			rest = end;
		why = take_host(p, s, (size_t)(rest - s));
	}
	if (why || rest == end)
		return why;
	if (*rest != ':')
		return "after ] comes nothing or :port";
	port = number16(rest + 1, (size_t)(end - rest - 1));
	if (port < 1)
		return "the port is no number from 1 to 65535";
	p->port = (u16)port;
	return NULL;
}

static void portal_init(struct portal *p, u16 port)
{
	memset(p, 0, sizeof(*p));
	p->port = port;
	p->tpgt = TPGT_UNKNOWN;
}

const char *portal_parse_port(struct portal *p, const char *text, u16 port)
{
	portal_init(p, port);
	return take_host_port(p, text, strlen(text));
}

const char *portal_parse(struct portal *p, const char *text)
{
	return portal_parse_port(p, text, KISCSI_PORT);
}

const char *portal_parse_address(struct portal *p, const char *text)
{
	const char *comma = strchr(text, ',');
	const char *why;
	long tpgt;

	if (!comma)
		return portal_parse(p, text);
	portal_init(p, KISCSI_PORT);
	why = take_host_port(p, text, (size_t)(comma - text));
	if (why)
		return why;
	tpgt = number16(comma + 1, strlen(comma + 1));
	if (tpgt < 0)
		return "the portal group tag is no number from 0 to 65535";
	p->tpgt = (int)tpgt;
	return NULL;
}

const char *portal_zone_missing(const struct portal *p)
{
	const char *zone = strchr(p->host, '%');

	return zone && !zone_index(zone + 1) ? zone + 1 : NULL;
}

char *portal_text(const struct portal *p, char *out, size_t size)
{
	snprintf(out, size, p->v6 ? "[%s]:%u" : "%s:%u", p->host, p->port);
	return out;
}

static void take_result(struct address_list *list, const struct addrinfo *ai, u16 port,
			const struct address *near)
{
	for (; ai; ai = ai->ai_next) {
		struct address a;

		if (address_take(&a, ai->ai_addr, ai->ai_addrlen))
			continue;
		if (!is_v6(&a)) {
			a.in.sin_port = htons(port);
			address_add(list, &a);
			continue;
		}
		a.in6.sin6_port = htons(port);
		if (IN6_IS_ADDR_LINKLOCAL(&a.in6.sin6_addr) && !a.in6.sin6_scope_id && near &&
		    is_v6(near))
			a.in6.sin6_scope_id = near->in6.sin6_scope_id;
		address_add(list, &a);
	}
}

/**
 * struct found - what the name service said
 * @r: getaddrinfo()'s answer
 * @code: errno, if that is EAI_SYSTEM
 * @list: the addresses
 */
struct found {
	int r;
	int code;
	struct address_list list;
};

/* the pipe takes it in one piece */
_Static_assert(sizeof(struct found) <= PIPE_BUF, "struct found is larger than what a pipe takes at once");

static int resolved(int r, const struct portal *p, struct err *e)
{
	char text[300];

	if (!r)
		return 0;
	portal_text(p, text, sizeof(text));
	if (r == EAI_SYSTEM)
		return err_sys(e, ST_UNREACHABLE, errno, "%s: resolving the name", text);
	return err_set(e, ST_UNREACHABLE, "%s: resolving the name: %s", text, gai_strerror(r));
}

static void look_up(const struct portal *p, const struct address *near, int to)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	struct found found = { 0 };
	struct addrinfo *ai;

	found.r = getaddrinfo(p->host, NULL, &hints, &ai);
	found.code = errno;
	if (!found.r)
		take_result(&found.list, ai, p->port, near);
	(void)!write(to, &found, sizeof(found));
}

static int wait_found(int from, const struct portal *p, struct found *found, deadline_t deadline, struct err *e)
{
	int r;

	progress("resolving %s", p->host);
	r = clock_poll(from, POLLIN, deadline);
	progress_end();
	if (r == -EINTR)
		return err_set(e, ST_FAILED, "interrupted while resolving %s", p->host);
	if (!r)
		return err_set(e, ST_UNREACHABLE, "%s: the name service did not answer in time", p->host);
	if (r < 0 || read(from, found, sizeof(*found)) != (ssize_t)sizeof(*found))
		return err_set(e, ST_FAILED, "%s: the process that was to resolve the name has died", p->host);
	errno = found->code;
	return resolved(found->r, p, e);
}

/*
 * getaddrinfo() knows no deadline, and what it hangs in may hold locks of the C library: in a process of its own it can
 * be left at any time, and nothing of it gets into those that are forked here later.
 */
static int resolve_name(const struct portal *p, struct address_list *list, const struct address *near,
			deadline_t deadline, struct err *e)
{
	struct found found;
	int ends[2];
	pid_t pid;
	int r;

	if (pipe2(ends, O_CLOEXEC))
		return err_sys(e, ST_FAILED, errno, "%s", p->host);
	pid = process_fork(SIGKILL);
	if (!pid) {
		look_up(p, near, ends[1]);
		_exit(0);
	}
	r = pid < 0 ? err_sys(e, ST_FAILED, errno, "%s", p->host) : 0;
	close(ends[1]);
	if (!r)
		r = wait_found(ends[0], p, &found, deadline, e);
	close(ends[0]);
	if (pid > 0)
		process_kill(pid);
	for (unsigned int i = 0; !r && i < found.list.count; i++)
		address_add(list, &found.list.v[i]);
	return r;
}

int portal_resolve(const struct portal *p, struct address_list *list, const struct address *near,
		   deadline_t deadline, struct err *e)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST };
	struct addrinfo *ai;
	int r;

	r = getaddrinfo(p->host, NULL, &hints, &ai);
	if (!r) {
		take_result(list, ai, p->port, near);
		freeaddrinfo(ai);
		return 0;
	}
	if (p->v6)
		return resolved(r, p, e);
	return resolve_name(p, list, near, deadline, e);
}

int portal_resolve_all(const char *const *texts, unsigned int count, u16 port,
		       struct address_list *list, deadline_t deadline, struct err *e)
{
	struct err all = { 0 };

	for (unsigned int i = 0; i < count; i++) {
		int share = clock_left(deadline) / (int)(count - i + 1);
		struct portal p;
		struct err one;

		portal_parse_port(&p, texts[i], port);
		if (portal_resolve(&p, list, NULL, clock_in(share), &one))
			err_join(&all, &one);
	}
	if (!list->count) {
		*e = all;
		return -1;
	}
	if (all.text[0])
		err_warn("%s", all.text);
	return 0;
}
