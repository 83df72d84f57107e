// SPDX-License-Identifier: GPL-2.0
/*
 * Records of kiscsi-iscsiadm: names, values, and the way into a file and back.
 */
#define STORE_PARENT "/tmp/kiscsi-unit"
#define STORE STORE_PARENT "/iscsiadm"
#include "../../tools/iscsiadm-record.c"
static bool disk_full;
/* getc() leaves a file that is being written as a write does that has failed, and the next one not */
#define record_save(r, f) (record_save(r, f), disk_full ? (void)getc(f) : (void)0)
#include "../../tools/iscsiadm-store.c"

#include "unit.h"

#define TARGET "iqn.2001-01.org.example:disk"

static struct record node(const char *portal)
{
	struct portal p;
	struct record r;
	struct err e;

	NO(portal_parse_address(&p, portal));
	EQ(record_init(&r, RECORD_NODE, TARGET, &p, &e), 0);
	return r;
}

static void values(void)
{
	struct record r = node("10.0.0.1:3260,2");
	struct portal p;
	struct err e;

	STR(record_get(&r, "node.startup"), "manual");
	EQ(record_update(&r, "node.startup", "automatic", &e), 0);
	STR(record_get(&r, "node.startup"), "automatic");
	EQ(record_update(&r, "node.startup", "sometimes", &e), -1);
	EQ(record_update(&r, "node.name", TARGET, &e), -1);
	EQ(record_update(&r, "node.nothing", "1", &e), -1);
	STR(e.text, "Cannot modify node.nothing. Invalid param name.");
	EQ(record_update(&r, "node.session.auth.username", "two\nlines", &e), -1);
	NO(record_get(&r, "node.nothing"));
	record_portal(&r, &p);
	STR(p.host, "10.0.0.1");
	EQ(p.tpgt, 2);
	record_free(&r);
}

static void settings(void)
{
	struct record r = node("[fd00::1]:3261");
	struct settings s;
	struct err e;

	EQ(record_update(&r, "node.session.timeo.replacement_timeout", "-1", &e), 0);
	EQ(record_update(&r, "node.conn[0].iscsi.HeaderDigest", "CRC32C,None", &e), 0);
	EQ(record_update(&r, "node.session.iscsi.InitialR2T", "Yes", &e), 0);
	EQ(record_update(&r, "node.conn[0].iscsi.DataDigest", "MD5", &e), -1);
	EQ(record_settings(&r, &s, &e), 0);
	EQ(s.timers.recovery_tmo, -1);
	EQ(s.offer.header_digests, 2);
	EQ(s.offer.header_digest[0], KISCSI_DIGEST_CRC32C);
	YES(s.offer.initial_r2t);
	EQ(record_update(&r, "node.conn[0].timeo.noop_out_timeout", "0", &e), 0);
	EQ(record_settings(&r, &s, &e), 0);
	EQ(s.timers.nop_interval, 0);
	record_free(&r);
}

static void credentials(void)
{
	struct record r = node("10.0.0.1");
	struct kiscsi_chap_cred cred;
	struct settings s;
	struct err e;

	settings_init(&s);
	EQ(record_cred(&r, &s, &cred, &e), 0);
	STR(cred.user, "");
	EQ(record_update(&r, "node.session.auth.authmethod", "CHAP", &e), 0);
	EQ(record_cred(&r, &s, &cred, &e), -1);
	EQ(e.status, ST_AUTH);
	EQ(record_update(&r, "node.session.auth.username", "user", &e), 0);
	EQ(record_update(&r, "node.session.auth.password", "0xnot-a-constant", &e), 0);
	EQ(record_cred(&r, &s, &cred, &e), 0);
	STR(cred.user, "user");
	EQ(cred.secret_len, 16);
	YES(record_forget(&r));
	NO(record_forget(&r));
	EQ(record_cred(&r, &s, &cred, &e), -1);
	record_free(&r);
}

static void stored(void)
{
	struct record r = node("10.0.0.1:3260,1");
	struct records list;
	struct err e;
	int lock = store_lock(&e);

	YES(lock >= 0);
	EQ(record_update(&r, "node.session.auth.password", " = odd = ", &e), 0);
	EQ(store_write(&r, &e), 0);
	EQ(store_read(RECORD_NODE, &list, &e), 0);
	EQ(list.count, 1);
	STR(record_target(&list.v[0]), TARGET);
	STR(record_get(&list.v[0], "node.session.auth.password"), " = odd = ");
	records_free(&list);
	EQ(store_remove(&r, &e), 0);
	EQ(store_read(RECORD_NODE, &list, &e), 0);
	EQ(list.count, 0);
	records_free(&list);
	record_free(&r);
	close(lock);
}

static void full(void)
{
	struct record r = node("10.0.0.1:3260,1");
	struct records list;
	struct err e;
	int lock = store_lock(&e);

	EQ(store_write(&r, &e), 0);
	EQ(record_update(&r, "node.startup", "automatic", &e), 0);
	disk_full = true;
	EQ(store_write(&r, &e), -1);
	disk_full = false;
	/* what was there before still is */
	EQ(store_read(RECORD_NODE, &list, &e), 0);
	EQ(list.count, 1);
	STR(record_get(&list.v[0], "node.startup"), "manual");
	records_free(&list);
	EQ(store_remove(&r, &e), 0);
	record_free(&r);
	close(lock);
}

static void broken_file(void)
{
	struct records list;
	struct err e;
	int lock = store_lock(&e);
	FILE *f = fopen(STORE "/nodes/broken", "w");

	YES(f);
	fputs("node.startup = manual\nnonsense\n", f);
	fclose(f);
	EQ(store_read(RECORD_NODE, &list, &e), -1);
	STR(e.text, STORE "/nodes/broken:2: \"nonsense\": want NAME = VALUE");
	EQ(unlink(STORE "/nodes/broken"), 0);
	close(lock);
}

/* what a file comes to that has @text in it: NULL if it is taken, or why not */
static const char *refused(enum record_kind kind, const char *text)
{
	static struct err e;
	struct record r = { .kind = kind };
	FILE *f = fmemopen((char *)text, strlen(text), "r");
	int bad = load_lines(&r, f, "file", &e);

	fclose(f);
	if (!bad)
		record_free(&r);
	return bad ? e.text : NULL;
}

#define NODE "node.name = " TARGET "\nnode.conn[0].address = "

static void junk(void)
{
	YES(!refused(RECORD_NODE, NODE "10.0.0.1\n"));
	YES(!refused(RECORD_NODE, NODE "fd00::1\nnode.conn[0].port = 3261"));
	HAS(refused(RECORD_NODE, "\xff\xfe\n"), "want NAME = VALUE");
	HAS(refused(RECORD_NODE, "node.startup = manual\n"), "target \"\"");
	HAS(refused(RECORD_NODE, "node.name = " TARGET "\n"), "portal");
	HAS(refused(RECORD_NODE, "node.name = ../../x\nnode.conn[0].address = 10.0.0.1\n"), "target \"../../x\"");
	HAS(refused(RECORD_NODE, NODE "../../etc\n"), "portal");
	HAS(refused(RECORD_NODE, NODE "10.0.0.1\nnode.conn[0].port = 99999\n"), "portal \"10.0.0.1:99999\"");
	HAS(refused(RECORD_NODE, NODE "10.0.0.1\niface.iscsi_ifacename = a/b\n"), "interface \"a/b\"");
	HAS(refused(RECORD_NODE, NODE "10.0.0.1\nnode.conn[0].timeo.login_timeout = soon\n"), "file:3: ");
	HAS(refused(RECORD_NODE, NODE "10.0.0.1\nnode.nothing = 1\n"), "file:3: there is no parameter");
	HAS(refused(RECORD_DISCOVERY, ""), "portal");
	HAS(refused(RECORD_DISCOVERY, "discovery.type = ../x\ndiscovery.sendtargets.address = 10.0.0.1\n"),
	    "discovery.type \"../x\": want sendtargets");
	YES(!refused(RECORD_IFACE, "iface.iscsi_ifacename = one\niface.initiatorname = " TARGET "\n"));
	HAS(refused(RECORD_IFACE, "iface.iscsi_ifacename = .\n"), "interface");
	HAS(refused(RECORD_IFACE, "iface.initiatorname = nonsense\n"), "nonsense");
}

static void interfaces(void)
{
	struct record r, n = node("10.0.0.1");
	struct settings s;
	struct err e;

	EQ(record_init_iface(&r, "a/b", &e), -1);
	EQ(record_init_iface(&r, "10.0.0.1:3260:pvc", &e), 0);
	EQ(record_update(&r, "iface.initiatorname", TARGET, &e), 0);
	EQ(record_update(&r, "iface.transport_name", "tcp", &e), 0);
	EQ(record_update(&r, "iface.transport_name", "iser", &e), -1);
	EQ(record_update(&r, "iface.ipaddress", "<empty>", &e), 0);
	STR(record_get(&r, "iface.ipaddress"), "");
	STR(record_iface(&n), "default");
	EQ(record_use_iface(&n, &r, &e), 0);
	STR(record_iface(&n), "10.0.0.1:3260:pvc");
	EQ(record_settings(&n, &s, &e), 0);
	STR(s.initiator_name, TARGET);
	EQ(record_complete(&n, &e), 0);
	record_free(&r);
	record_free(&n);
}

UNIT_SUITE(tools_iscsiadm, { "junk", junk }, { "interfaces", interfaces }, { "values", values }, { "settings", settings }, { "credentials", credentials },
	   { "store", stored }, { "a full disk", full }, { "a broken file", broken_file })
