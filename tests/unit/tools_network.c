// SPDX-License-Identifier: GPL-2.0
/*
 * Networks, and the portals in them.
 */
#include "../../tools/network.c"
#include "unit.h"

static bool in(const char *network, const char *address)
{
	struct networks n = { 0 };
	struct address a;

	YES(!networks_add(&n, network));
	EQ(address_numeric(&a, address), 0);
	return networks_have(&n, &a);
}

static void matching(void)
{
	YES(in("192.0.2.0/24", "192.0.2.255"));
	NO(in("192.0.2.0/24", "192.0.3.0"));
	YES(in("192.0.2.77/31", "192.0.2.76"));
	NO(in("192.0.2.77/31", "192.0.2.78"));
	YES(in("192.0.2.1/32", "192.0.2.1"));
	NO(in("192.0.2.1/32", "192.0.2.0"));
	YES(in("0.0.0.0/0", "203.0.113.1"));
	NO(in("0.0.0.0/0", "2001:db8::1"));
	YES(in("2001:db8::/33", "2001:db8:7fff::1"));
	NO(in("2001:db8::/33", "2001:db8:8000::1"));
	YES(in("2001:db8::1/128", "2001:db8::1"));
}

static void wrong(void)
{
	static const char *const texts[] = { "", "192.0.2.0", "192.0.2.0/", "192.0.2.0/33", "192.0.2.0/-1",
		"192.0.2.0/24x", "192.0.2/24", "host/24", "2001:db8::/129", "fe80::%lo/64", "/24", "::/0000" };
	struct networks n = { 0 };
	struct address a;

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		YES(networks_add(&n, texts[i]) != NULL);
	EQ(n.count, 0);
	address_numeric(&a, "192.0.2.1");
	YES(networks_have(&n, &a));
	for (unsigned int i = 0; i < NETWORKS_MAX; i++)
		YES(!networks_add(&n, "192.0.2.0/24"));
	HAS(networks_add(&n, "192.0.2.0/24"), "too many");
}

static void add(struct targets *t, const char *name, const char *host)
{
	struct portal p = { .port = 3260, .tpgt = 1 };
	struct target *target;
	struct err e;

	strcpy(p.host, host);
	p.v6 = strchr(host, ':');
	EQ(targets_add(t, name, &target, &e), 0);
	EQ(target_add_portal(target, &p, &e), 0);
}

static void filter(void)
{
	struct networks n = { 0 };
	struct targets t = { 0 };

	add(&t, "iqn.a", "198.51.100.1");
	add(&t, "iqn.b", "198.51.100.1");
	add(&t, "iqn.b", "192.0.2.1");
	add(&t, "iqn.b", "2001:db8::1");
	add(&t, "iqn.c", "192.0.2.2");
	networks_filter(&n, &t, NULL, clock_in(1000));
	EQ(t.count, 3);
	networks_add(&n, "192.0.2.0/24");
	networks_add(&n, "2001:db8::/64");
	networks_filter(&n, &t, NULL, clock_in(1000));
	EQ(t.count, 2);
	STR(t.v[0].name, "iqn.b");
	EQ(t.v[0].count, 2);
	STR(t.v[0].portals[0].host, "192.0.2.1");
	STR(t.v[1].name, "iqn.c");
	targets_free(&t);
}

UNIT_SUITE(tools_network, { "in and out", matching }, { "no networks", wrong }, { "a report", filter })
