// SPDX-License-Identifier: GPL-2.0
/*
 * Records of kiscsi-iscsiadm: names, values, and the way into a file and back.
 */
#define STORE_PARENT "/tmp/kiscsi-unit"
#define STORE STORE_PARENT "/iscsiadm"
#include "../../tools/iscsiadm-record.c"
/* which write from now on finds the disk full, 0: none */
static int full_at;
/* getc() leaves a file that is being written as a write does that has failed, and the next one not */
#define record_save(r, f) (record_save(r, f), full_at && !--full_at ? (void)getc(f) : (void)0)
/* what comes between the opening of a file and its reading, NULL: nothing */
static void (*meanwhile)(void);
static FILE *open_to_read(const char *path, const char *mode)
{
	FILE *f = fopen(path, mode);
	void (*then)(void) = meanwhile;

	meanwhile = NULL;
	if (then)
		then();
	return f;
}
#define fopen open_to_read
#include "../../tools/iscsiadm-store.c"
#undef fopen
#include "../../tools/iscsiadm-discovery.c"

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

static struct record *changing;

static void replace(void)
{
	struct err e;

	EQ(record_update(changing, "node.session.auth.password", "new", &e), 0);
	EQ(store_write(changing, &e), 0);
}

static void take_away(void)
{
	struct err e;

	EQ(store_remove(changing, &e), 0);
}

static void read_list(void *list)
{
	struct err e;

	EQ(store_read(RECORD_NODE, list, &e), 0);
}

/* of a secret that is no longer nothing remains, and who reads meanwhile sees the old or the new */
static void wiped(void)
{
	static const char path[] = STORE "/nodes/" TARGET ",10.0.0.1,3260";
	struct record r = node("10.0.0.1:3260,1");
	int lock, old;
	struct records list;
	char text[8192];
	struct err e;
	ssize_t n;

	changing = &r;
	lock = store_lock(&e);
	EQ(record_update(&r, "node.session.auth.password", "old", &e), 0);
	EQ(store_write(&r, &e), 0);
	old = open(path, O_RDONLY);
	meanwhile = replace;
	STR(unit_said(read_list, &list), "");
	EQ(list.count, 1);
	STR(record_get(&list.v[0], "node.session.auth.password"), "new");
	records_free(&list);
	n = read(old, text, sizeof(text));
	YES(n > 0);
	for (ssize_t i = 0; i < n; i++)
		n = text[i] ? -1 : n;
	YES(n > 0);
	close(old);
	meanwhile = take_away;
	STR(unit_said(read_list, &list), "");
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
	full_at = 1;
	EQ(store_write(&r, &e), -1);
	/* what was there before still is */
	EQ(store_read(RECORD_NODE, &list, &e), 0);
	EQ(list.count, 1);
	STR(record_get(&list.v[0], "node.startup"), "manual");
	records_free(&list);
	EQ(store_remove(&r, &e), 0);
	record_free(&r);
	close(lock);
}

#define LONG_V6 "2001:db8:1111:2222:3333:4444:5555:6666"

static void long_names(void)
{
	char name[KISCSI_NAME_MAX + 1] = "iqn.2001-01.org.example:", iface[201];
	struct record a, b;
	struct records list;
	struct portal p;
	struct err e;
	int lock = store_lock(&e);

	memset(name + strlen(name), 'x', sizeof(name) - 1 - strlen(name));
	memset(iface, 'y', sizeof(iface) - 1);
	name[sizeof(name) - 1] = iface[sizeof(iface) - 1] = '\0';
	NO(portal_parse(&p, "[" LONG_V6 "]:32600"));
	EQ(record_init(&a, RECORD_NODE, name, &p, &e), 0);
	EQ(store_write(&a, &e), 0);
	EQ(record_init(&b, RECORD_NODE, name, &p, &e), 0);
	EQ(record_load(&b, "iface.iscsi_ifacename", iface, &e), 0);
	EQ(store_write(&b, &e), 0);
	EQ(store_read(RECORD_NODE, &list, &e), 0);
	EQ(list.count, 2);
	STR(record_target(&list.v[0]), name);
	STR(record_host(&list.v[0]), LONG_V6);
	records_free(&list);
	EQ(store_remove(&a, &e), 0);
	EQ(store_read(RECORD_NODE, &list, &e), 0);
	EQ(list.count, 1);
	STR(list.count ? record_iface(&list.v[0]) : "", iface);
	records_free(&list);
	EQ(store_remove(&b, &e), 0);
	record_free(&a);
	record_free(&b);
	close(lock);
}

/* neither a file that is being written is taken for a record nor a record for such a file */
static void unfinished(void)
{
	struct records list;
	struct portal p;
	struct record r;
	struct err e;
	int lock = store_lock(&e);
	FILE *f;

	NO(portal_parse(&p, "192.0.2.1:3260"));
	EQ(record_init(&r, RECORD_NODE, TARGET, &p, &e), 0);
	EQ(record_load(&r, "iface.iscsi_ifacename", "eth0.new", &e), 0);
	EQ(store_write(&r, &e), 0);
	f = fopen(STORE "/nodes/." TARGET ",192.0.2.1,3260", "w");
	YES(f && !fclose(f));
	EQ(store_read(RECORD_NODE, &list, &e), 0);
	EQ(list.count, 1);
	STR(list.count ? record_iface(&list.v[0]) : "", "eth0.new");
	records_free(&list);
	EQ(unlink(STORE "/nodes/." TARGET ",192.0.2.1,3260"), 0);
	EQ(store_remove(&r, &e), 0);
	record_free(&r);
	close(lock);
}

/* the names of interfaces are no iSCSI names */
static void case_of_interfaces(void)
{
	struct record large, small;
	struct records list;
	struct err e;
	int lock = store_lock(&e);

	EQ(record_init_iface(&large, "SAN", &e), 0);
	EQ(record_init_iface(&small, "san", &e), 0);
	EQ(store_write(&large, &e), 0);
	EQ(store_write(&small, &e), 0);
	EQ(store_read(RECORD_IFACE, &list, &e), 0);
	EQ(list.count, 2);
	STR(list.count ? record_iface(&list.v[0]) : "", "SAN");
	records_free(&list);
	EQ(store_remove(&large, &e), 0);
	EQ(store_remove(&small, &e), 0);
	record_free(&large);
	record_free(&small);
	close(lock);
}

/* a report of @name, each at 192.0.2.1, then NULL */
static struct targets report(const char *const *name)
{
	struct targets t = { 0 };
	struct target *current;
	struct portal p;
	struct err e;

	NO(portal_parse_address(&p, "192.0.2.1:3260,1"));
	for (; *name; name++) {
		EQ(targets_add(&t, *name, &current, &e), 0);
		EQ(target_add_portal(current, &p, &e), 0);
	}
	return t;
}

/* takes all nodes out of the store; how many there were */
static unsigned int forget_nodes(void)
{
	struct records list;
	unsigned int n;
	struct err e;

	EQ(store_read(RECORD_NODE, &list, &e), 0);
	n = list.count;
	for (unsigned int i = 0; i < n; i++)
		EQ(store_remove(&list.v[i], &e), 0);
	records_free(&list);
	return n;
}

static void remembered(void)
{
	static const char *const names[] = { TARGET "1", TARGET "2", TARGET "3", NULL };
	struct targets t = report(names);
	struct request q = { 0 };
	struct record from;
	struct portal p;
	struct err e;

	NO(portal_parse(&p, "192.0.2.1"));
	EQ(record_init(&from, RECORD_DISCOVERY, NULL, &p, &e), 0);
	/* behind the discovery's own, and one that fails does not keep the others out */
	full_at = 2;
	EQ(remember(&q, &from, &t, &e), -1);
	HAS(e.text, "1 not remembered, the first: " STORE "/nodes/" TARGET "1,192.0.2.1,3260: ");
	EQ(forget_nodes(), 2);
	EQ(remember(&q, &from, &t, &e), 0);
	EQ(remember(&q, &from, &t, &e), 0);
	EQ(forget_nodes(), 3);
	EQ(store_remove(&from, &e), 0);
	record_free(&from);
	targets_free(&t);
}

/* a name in another case is the same name: neither a report nor -o new makes a second record of it */
static void other_case(void)
{
	static const char *const names[] = { TARGET, NULL };
	static const char capitals[] = "IQN.2001-01.org.example:Disk";
	struct targets t = report(names);
	struct request q = { 0 };
	struct record from, r;
	struct records list;
	struct portal p;
	struct err e;

	NO(portal_parse(&p, "192.0.2.1"));
	EQ(record_init(&from, RECORD_DISCOVERY, NULL, &p, &e), 0);
	EQ(record_init(&r, RECORD_NODE, capitals, &p, &e), 0);
	EQ(remember(&q, &from, &t, &e), 0);
	EQ(store_write(&r, &e), 0);
	EQ(remember(&q, &from, &t, &e), 0);
	EQ(store_read(RECORD_NODE, &list, &e), 0);
	EQ(list.count, 1);
	STR(record_target(&list.v[0]), capitals);
	records_free(&list);
	EQ(forget_nodes(), 1);
	EQ(store_remove(&from, &e), 0);
	record_free(&from);
	record_free(&r);
	targets_free(&t);
}

static void read_nodes(void *list)
{
	struct err e;

	EQ(store_read(RECORD_NODE, list, &e), 0);
}

/* it does not keep anybody from the others */
static void broken_file(void)
{
	struct record r = node("10.0.0.1");
	struct records list;
	struct err e;
	int lock = store_lock(&e);
	FILE *f = fopen(STORE "/nodes/broken", "w");

	YES(f);
	fputs("node.startup = manual\nnonsense\n", f);
	fclose(f);
	EQ(store_write(&r, &e), 0);
	STR(unit_said(read_nodes, &list),
	    "kiscsi: warning: " STORE "/nodes/broken:2: \"nonsense\": want NAME = VALUE: passed over\n");
	EQ(list.count, 1);
	STR(list.count ? record_target(&list.v[0]) : "", TARGET);
	records_free(&list);
	f = fopen(STORE "/nodes/broken", "w");
	YES(f);
	fputs("node.name = iqn.2003-01.org.example:\xff\nnode.conn[0].address = 10.0.0.1\n", f);
	fclose(f);
	HAS(unit_said(read_nodes, &list), "target \"iqn.2003-01.org.example:\\xff\": is no UTF-8");
	EQ(list.count, 1);
	records_free(&list);
	EQ(unlink(STORE "/nodes/broken"), 0);
	EQ(store_remove(&r, &e), 0);
	record_free(&r);
	close(lock);
}

static void remember_report(void *arg)
{
	const struct targets *t = arg;
	struct request q = { 0 };
	struct record from;
	struct portal p;
	struct err e;

	NO(portal_parse(&p, "192.0.2.1"));
	EQ(record_init(&from, RECORD_DISCOVERY, NULL, &p, &e), 0);
	EQ(remember(&q, &from, t, &e), 0);
	EQ(store_remove(&from, &e), 0);
	record_free(&from);
}

/* a name that is none is told of once, and is not put where it would not be read again */
static void bad_names(void)
{
	static const char *const names[] = { TARGET "1", "iqn.2003-01.org.example:\xff", "iqn.2003-01.org.example:\xc2\x9b",
					     "disk", TARGET "2", NULL };
	struct targets t = report(names);

	STR(unit_said(remember_report, &t),
	    "iscsiadm: target \"iqn.2003-01.org.example:\\xff\": is no UTF-8 without control characters: not remembered\n"
	    "iscsiadm: target \"iqn.2003-01.org.example:\\xc2\\x9b\": is no UTF-8 without control characters: not remembered\n"
	    "iscsiadm: target \"disk\": want a name that begins with \"iqn.\", \"eui.\" or \"naa.\": not remembered\n");
	EQ(forget_nodes(), 2);
	targets_free(&t);
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
	   { "store", stored }, { "secrets are wiped", wiped }, { "a full disk", full }, { "long names", long_names }, { "unfinished", unfinished }, { "case of interfaces", case_of_interfaces },
	   { "a report", remembered }, { "a name in another case", other_case }, { "a broken file", broken_file }, { "bad names", bad_names })
