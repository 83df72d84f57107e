// SPDX-License-Identifier: GPL-2.0
/*
 * A firmware table in a made-up sysfs, as iPXE leaves one and as it should not be.
 */
#include <sys/stat.h>

#include "../../tools/ibft.c"
#include "unit.h"

static char root[] = "/tmp/kiscsi-ibft-XXXXXX";
static struct ibft_nics nics;
static struct problems p;
static struct boot b;

static void put(const char *file, const char *text)
{
	char path[256];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", root, file);
	*strrchr(path, '/') = '\0';
	mkdir(path, 0755);
	path[strlen(path)] = '/';
	f = fopen(path, "w");
	YES(f);
	if (!f)
		return;
	fprintf(f, "%s\n", text);
	fclose(f);
}

static const char *zone(void *arg, unsigned int index)
{
	(void)arg;
	return index == 1 ? "eth1" : NULL;
}

static void with(void (*run)(void))
{
	char remove[64];

	strcpy(root + strlen(root) - 6, "XXXXXX");
	YES(mkdtemp(root));
	memset(&b, 0, sizeof(b));
	run();
	problems_free(&p);
	memset(&p, 0, sizeof(p));
	snprintf(remove, sizeof(remove), "rm -rf %s", root);
	EQ(system(remove), 0);
}

static void read_table(void)
{
	ibft_nics(root, &nics, &p);
	ibft_targets(root, &b, zone, NULL, &p);
}

static void put_nic(void)
{
	put("ethernet0/flags", "3");
	put("ethernet0/mac", "52:54:00:12:34:56");
	put("ethernet0/ip-addr", "10.0.2.15");
	put("ethernet0/subnet-mask", "255.255.255.0");
	put("ethernet0/gateway", "10.0.2.2");
	put("ethernet0/primary-dns", "10.0.2.3");
	put("ethernet0/secondary-dns", "0.0.0.0");
	put("ethernet0/origin", "3");
	put("ethernet0/vlan", "5");
}

static void put_target(void)
{
	put("target0/flags", "3");
	put("target0/ip-addr", "10.0.2.2");
	put("target0/port", "3261");
	put("target0/nic-assoc", "0");
	put("target0/target-name", "iqn.2026-01.example:a");
	put("target0/chap-name", "me");
	put("target0/chap-secret", "topsecret123");
}

static void ipxe(void)
{
	put_nic();
	put_target();
	put("initiator/initiator-name", "iqn.2026-01.example:me");
	read_table();
	EQ(p.count, 0);
	EQ(nics.count, 1);
	EQ(nics.v[0].mac[5], 0x56);
	EQ(nics.v[0].prefix, 24);
	EQ(nics.v[0].vlan, 5);
	YES(nics.v[0].dhcp);
	YES(nics.v[0].gateway.len && nics.v[0].dns[0].len);
	NO(nics.v[0].dns[1].len);
	EQ(b.count, 1);
	STR(b.v[0].name, "iqn.2026-01.example:a");
	STR(b.v[0].portal[0], "10.0.2.2:3261");
	STR(b.v[0].chap.secret, "topsecret123");
	STR(b.initiator, "iqn.2026-01.example:me");
	STR(b.v[0].from, "firmware table, target0");
}

static void two(void)
{
	put_target();
	put("target1/flags", "1");
	put("target1/ip-addr", "fe80::1");
	put("target1/nic-assoc", "1");
	put("target1/target-name", "iqn.2026-01.example:b");
	put("ethernet0/flags", "0");
	put("ethernet1/mac", "52:54:00:12:34:57");
	put("ethernet1/ip-addr", "2001:db8::2");
	read_table();
	EQ(p.count, 0);
	EQ(nics.count, 1);
	EQ(nics.v[0].index, 1);
	EQ(nics.v[0].prefix, 64);
	EQ(b.count, 2);
	/* without a zone nobody gets there */
	STR(b.v[1].portal[0], "[fe80::1%eth1]:3260");
}

static void broken(void)
{
	put_nic();
	put_target();
	put("ethernet0/mac", "52:54:00:12:34");
	put("ethernet1/mac", "52:54:00:12:34:56:78");
	put("target0/ip-addr", "1.2.3");
	put("target1/ip-addr", "10.0.2.2");
	put("target2/ip-addr", "10.0.2.2");
	put("target2/target-name", "disk\x01");
	put("target3/ip-addr", "0.0.0.0");
	put("target3/target-name", "iqn.2026-01.example:a");
	put("target4/ip-addr", "10.0.2.2");
	put("target4/target-name", "iqn.2026-01.example:a");
	put("target4/port", "70000");
	put("initiator/initiator-name", "me");
	read_table();
	EQ(nics.count, 0);
	HAS(p.v[0].text, "ethernet0/mac: \"52:54:00:12:34\"");
	HAS(p.v[1].text, "ethernet1/mac");
	HAS(p.v[2].text, "initiator-name");
	HAS(p.v[3].text, "target0/ip-addr: \"1.2.3\"");
	EQ(p.count, 9);
	/* the port that is none: its own */
	EQ(b.count, 1);
	STR(b.v[0].portal[0], "10.0.2.2:3260");
}

/* two ways to one target are one target, and what is wrong is passed over */
static void report(void)
{
	struct targets t;
	struct err e;

	put_target();
	put("target1/ip-addr", "fe80::1");
	put("target1/nic-assoc", "1");
	put("target1/target-name", "iqn.2026-01.example:a");
	put("target2/ip-addr", "10.0.2.3");
	put("target2/target-name", "disk\x01");
	put("target3/ip-addr", "10.0.2.3");
	put("target3/target-name", "iqn.2026-01.example:c");
	put("target3/chap-name", "me");
	put("target4/ip-addr", "2001:db8::4");
	put("target4/target-name", "iqn.2026-01.example:d");
	put("target4/chap-name", "me");
	put("target4/chap-secret", "topsecret123");
	EQ(ibft_report(root, &t, zone, NULL, &p, &e), 0);
	EQ(p.count, 2);
	HAS(p.v[0].text, "target2");
	HAS(p.v[1].text, "target3: there is a CHAP user name");
	EQ(t.count, 2);
	STR(t.v[0].name, "iqn.2026-01.example:a");
	EQ(t.v[0].count, 2);
	STR(t.v[0].portals[0].host, "10.0.2.2");
	EQ(t.v[0].portals[0].port, 3261);
	EQ(t.v[0].portals[0].tpgt, TPGT_UNKNOWN);
	STR(t.v[0].portals[1].host, "fe80::1%eth1");
	EQ(t.v[0].portals[1].port, 3260);
	YES(t.v[0].portals[1].v6);
	STR(t.v[1].name, "iqn.2026-01.example:d");
	EQ(t.v[1].count, 1);
	targets_free(&t);
}

static void none(void)
{
	struct targets t;
	struct err e;

	read_table();
	EQ(p.count, 0);
	EQ(b.count, 0);
	EQ(nics.count, 0);
	EQ(ibft_report(root, &t, zone, NULL, &p, &e), 0);
	EQ(t.count, 0);
}

static void test_ipxe(void)
{
	with(ipxe);
}

static void test_two(void)
{
	with(two);
}

static void test_broken(void)
{
	with(broken);
}

static void test_report(void)
{
	with(report);
}

static void test_none(void)
{
	with(none);
}

UNIT_SUITE(tools_ibft, { "as iPXE leaves it", test_ipxe }, { "two targets", test_two }, { "broken", test_broken },
	   { "as a report", test_report }, { "none", test_none })
