// SPDX-License-Identifier: GPL-2.0
/*
 * What a PORTAL and a TargetAddress may look like.
 */
#include <sys/wait.h>

#include "../../tools/portal.c"
#include "unit.h"

static void portal(const char *text, const char *host, bool v6, u16 port)
{
	struct portal p;
	const char *why = portal_parse(&p, text);

	STR(why, NULL);
	if (why)
		return;
	STR(p.host, host);
	EQ(p.v6, v6);
	EQ(p.port, port);
	EQ(p.tpgt, TPGT_UNKNOWN);
}

static void good(void)
{
	portal("192.0.2.1", "192.0.2.1", false, 3260);
	portal("192.0.2.1:1", "192.0.2.1", false, 1);
	portal("storage-1.example.org:65535", "storage-1.example.org", false, 65535);
	portal("[::1]", "::1", true, 3260);
	portal("[2001:db8::1]:860", "2001:db8::1", true, 860);
	portal("[fe80::1%eth0]", "fe80::1%eth0", true, 3260);
	portal("[fe80::1%br-lan.7]:3261", "fe80::1%br-lan.7", true, 3261);
	portal("[::ffff:192.0.2.1]", "::ffff:192.0.2.1", true, 3260);
}

static void bad(const char *text, const char *part)
{
	struct portal p;
	const char *why = portal_parse(&p, text);

	if (why)
		HAS(why, part);
	else
		STR(text, "refused");
}

static void refused(void)
{
	char big[600];

	bad("", "host is missing");
	bad(":3260", "host is missing");
	bad("host:", "port");
	bad("host:0", "port");
	bad("host:65536", "port");
	bad("host:123456", "port");
	bad("host:-1", "port");
	bad("host:32 60", "port");
	bad("host:3260,1", "port");
	bad("::1", "brackets");
	bad("fe80::1:3260", "brackets");
	bad("[::1", "closing ]");
	bad("[::1]3260", "after ]");
	bad("[::1]:", "port");
	bad("[]", "no IPv6");
	bad("[host]", "no IPv6");
	bad("[1.2.3.4]", "no IPv6");
	bad("[fe80::1%]", "zone");
	bad("[fe80::1%a/b]", "zone");
	bad("[fe80::1%abcdefghijklmnop]", "zone");
	bad("ho st", "want host");
	bad("h%eth0", "want host");
	bad("h\n", "want host");
	memset(big, 'a', sizeof(big));
	big[599] = '\0';
	bad(big, "too long");
	big[0] = '[';
	bad(big, "closing ]");
	big[598] = ']';
	bad(big, "too long");
}

static void target_address(void)
{
	struct portal p;

	STR(portal_parse_address(&p, "192.0.2.1:3260,1"), NULL);
	EQ(p.tpgt, 1);
	EQ(p.port, 3260);
	STR(portal_parse_address(&p, "[2001:db8::1],65535"), NULL);
	EQ(p.tpgt, 65535);
	YES(p.v6);
	STR(portal_parse_address(&p, "host,0"), NULL);
	EQ(p.tpgt, 0);
	STR(portal_parse_address(&p, "host"), NULL);
	EQ(p.tpgt, TPGT_UNKNOWN);
	YES(portal_parse_address(&p, "host,"));
	YES(portal_parse_address(&p, "host,65536"));
	YES(portal_parse_address(&p, "host,1,2"));
	YES(portal_parse_address(&p, ",1"));
	YES(portal_parse_address(&p, ""));
}

static void zones(void)
{
	struct portal p;

	portal_parse(&p, "[fe80::1%lo]");
	STR(portal_zone_missing(&p), NULL);
	portal_parse(&p, "[fe80::1%1]");
	STR(portal_zone_missing(&p), NULL);
	portal_parse(&p, "[fe80::1]");
	STR(portal_zone_missing(&p), NULL);
	portal_parse(&p, "[fe80::1%nosuchif]");
	STR(portal_zone_missing(&p), "nosuchif");
}

static void texts(void)
{
	char out[300], text[ADDRESS_TEXT_MAX];
	struct address a;
	struct portal p;

	portal_parse(&p, "[::1]:99");
	STR(portal_text(&p, out, sizeof(out)), "[::1]:99");
	portal_parse(&p, "h");
	STR(portal_text(&p, out, sizeof(out)), "h:3260");
	EQ(address_numeric(&a, "192.0.2.7"), 0);
	a.in.sin_port = htons(5);
	STR(address_text(&a, text), "192.0.2.7:5");
	STR(address_host(&a, text), "192.0.2.7");
	EQ(address_numeric(&a, "fe80::7%lo"), 0);
	STR(address_text(&a, text), "[fe80::7%lo]:0");
	EQ(address_numeric(&a, "fe80::7%1"), 0);
	STR(address_host(&a, text), "fe80::7%lo");
	EQ(address_numeric(&a, "fe80::7%nosuchif"), -1);
	EQ(address_numeric(&a, "fe80::7%999999999999"), -1);
	EQ(address_numeric(&a, "host"), -1);
	EQ(address_numeric(&a, ""), -1);
	EQ(address_numeric(&a, "192.0.2.7%lo"), -1);
}

static void taken(void)
{
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6 };
	struct sockaddr_in in = { .sin_family = AF_INET };
	struct address a;

	EQ(address_take(&a, &in, sizeof(in)), 0);
	YES(address_unspecified(&a));
	EQ(address_take(&a, &in6, sizeof(in6)), 0);
	YES(address_unspecified(&a));
	EQ(address_take(&a, &in6, sizeof(in)), -1);
	EQ(address_take(&a, &in, 2), -1);
	EQ(address_take(&a, &in6, sizeof(in6) + 1), -1);
	in.sin_family = AF_UNIX;
	EQ(address_take(&a, &in, sizeof(in)), -1);
}

static void lists(void)
{
	struct address_list list = { 0 };
	struct address a;

	for (int i = 0; i < 2 * ADDRESSES_MAX; i++) {
		char text[32];

		snprintf(text, sizeof(text), "192.0.2.%d", i);
		address_numeric(&a, text);
		address_add(&list, &a);
		address_add(&list, &a);
	}
	EQ(list.count, ADDRESSES_MAX);
	address_numeric(&a, "192.0.2.3");
	YES(address_in(&list, &a));
	a.in.sin_port = 1;
	NO(address_in(&list, &a));
	address_numeric(&a, "::");
	NO(address_in(&list, &a));
}

static void resolved_addresses(void)
{
	struct address_list list = { 0 };
	char text[ADDRESS_TEXT_MAX];
	struct address near;
	struct portal p;
	struct err e;

	portal_parse(&p, "127.0.0.1:7");
	EQ(portal_resolve(&p, &list, NULL, clock_in(1000), &e), 0);
	STR(address_text(&list.v[0], text), "127.0.0.1:7");
	/* a link-local address that a target reports is in the zone we found the target in */
	address_numeric(&near, "fe80::1%lo");
	list.count = 0;
	portal_parse(&p, "[fe80::2]:8");
	EQ(portal_resolve(&p, &list, &near, clock_in(1000), &e), 0);
	STR(address_text(&list.v[0], text), "[fe80::2%lo]:8");
	list.count = 0;
	portal_parse(&p, "localhost:9");
	EQ(portal_resolve(&p, &list, NULL, clock_in(2000), &e), 0);
	YES(list.count >= 1);
	EQ(address_port(&list.v[0]), 9);
	portal_parse(&p, "[fe80::2%nosuchif]");
	EQ(portal_resolve(&p, &list, NULL, clock_in(1000), &e), -1);
	EQ(e.status, ST_UNREACHABLE);
	HAS(e.text, "[fe80::2%nosuchif]:3260");
}

/* by name, and 0 if that gives an address in time */
static int localhost(void)
{
	struct address_list list = { 0 };
	struct portal p;
	struct err e;

	portal_parse(&p, "localhost");
	return portal_resolve(&p, &list, NULL, clock_in(2000), &e) || !list.count;
}

/* as a login that is redirected to a name, in a process of a crew whose portal had a name as well */
static void resolved_again(void)
{
	pid_t pid;

	EQ(localhost(), 0);
	pid = process_fork(SIGKILL);
	if (!pid)
		_exit(localhost());
	EQ(process_wait(pid, clock_in(5000)), 0);
}

static void ask_in_vain(void *from)
{
	struct portal p = { .host = "slow.example" };
	struct found found;
	struct err e;

	unit_progress(true);
	EQ(wait_found(*(int *)from, &p, &found, clock_in(300), &e), -1);
	/* what is waited for behind it says so itself, or is not told of */
	unit_progress(true);
	EQ(clock_sleep(5, clock_in(5000)), 0);
	unit_progress(false);
}

/* a name service that says nothing, and one that dies */
static void not_resolved(void)
{
	struct found found;
	struct portal p;
	struct err e;
	int ends[2];

	portal_parse(&p, "slow.example");
	EQ(pipe(ends), 0);
	EQ(wait_found(ends[0], &p, &found, clock_in(30), &e), -1);
	EQ(e.status, ST_UNREACHABLE);
	STR(e.text, "slow.example: the name service did not answer in time");
	STR(unit_said(ask_in_vain, &ends[0]), "kiscsi: resolving slow.example, at most 1 s more\n");
	close(ends[1]);
	EQ(wait_found(ends[0], &p, &found, clock_in(5000), &e), -1);
	HAS(e.text, "has died");
	close(ends[0]);
}

/* whoever was asked is gone, be there an answer or no time for one */
static void nobody_left(void)
{
	struct address_list list = { 0 };
	struct portal p;
	struct err e;

	portal_parse(&p, "localhost");
	for (int ms = 2000; ms >= 0; ms -= 2000) {
		portal_resolve(&p, &list, NULL, clock_in(ms), &e);
		EQ(waitpid(-1, NULL, WNOHANG), -1);
		EQ(errno, ECHILD);
	}
}

UNIT_SUITE(tools_portal,
	   { "good portals", good },
	   { "bad portals", refused },
	   { "TargetAddress", target_address },
	   { "zones", zones },
	   { "texts", texts },
	   { "addresses taken", taken },
	   { "lists", lists },
	   { "resolved", resolved_addresses },
	   { "resolved by name, then again after a fork", resolved_again },
	   { "not resolved", not_resolved },
	   { "nobody is left", nobody_left })
