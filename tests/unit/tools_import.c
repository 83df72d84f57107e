// SPDX-License-Identifier: GPL-2.0
/*
 * Configurations made from open-iscsi's node records.
 */
#include <sys/stat.h>
#include <unistd.h>

#include "../../tools/import.c"
#include "../../tools/inifile.h"
#include "unit.h"

#define NAME "node.name = iqn.2026-01.example:a\n"
#define AT(address, tpgt) \
	"node.tpgt = " tpgt "\nnode.conn[0].address = " address "\nnode.conn[0].port = 3260\n" \
	"iface.iscsi_ifacename = default\niface.transport_name = tcp\n"

static struct import_records list;

static void record(const char *text)
{
	FILE *f = fmemopen((void *)(uintptr_t)text, strlen(text), "r");
	struct err e;

	EQ(import_read(&list, f, &e), 0);
	fclose(f);
}

/* what the records so far come to, without the comment on top; they are forgotten */
static const char *printed(const char *initiator)
{
	static char text[8192];
	FILE *f;

	memset(text, 0, sizeof(text));
	f = fmemopen(text, sizeof(text) - 1, "w");
	import_print(&list, initiator, f);
	fclose(f);
	import_free(&list);
	return strstr(text, "\n\n") ? strstr(text, "\n\n") + 2 : "";
}

static void portals(void)
{
	record("# BEGIN RECORD 2.1.8\n" NAME AT("192.0.2.1", "1") "node.startup = automatic\n");
	record(NAME AT("2001:db8::1", "1"));
	STR(printed(NULL), "[iqn.2026-01.example:a]\nportals = 192.0.2.1:3260\n  [2001:db8::1]:3260\n");
	record(NAME AT("192.0.2.1", "1") "node.startup = manual\n");
	record(NAME AT("192.0.2.2", "2") "node.startup = onboot\n");
	STR(printed("iqn.2026-01.example:me"),
	    "[defaults]\ninitiator-name = iqn.2026-01.example:me\n\n"
	    "[iqn.2026-01.example:a,1,default]\ntarget = iqn.2026-01.example:a\nportals = 192.0.2.1:3260\n"
	    "startup = manual\n\n"
	    "[iqn.2026-01.example:a,2,default]\ntarget = iqn.2026-01.example:a\nportals = 192.0.2.2:3260\n"
	    "startup = boot\n");
	record("");
	record("node.tpgt = 1\n=\n= x\nx =\n");
	STR(printed(NULL), "");
}

/* the value of @key as the configuration is read that the records come to, NULL: there is none */
static const char *read_back(const char *key)
{
	static char value[256];
	struct problems p = { 0 };
	const char *text = printed(NULL);
	struct ini ini;
	bool found = false;

	ini_parse_text(&ini, text, strlen(text), &p);
	EQ(p.count, 0);
	for (unsigned int i = 0; i < ini.entries && !found; i++) {
		found = !strcmp(ini.entry[i].key, key);
		if (found)
			snprintf(value, sizeof(value), "%s", ini.entry[i].value);
	}
	ini_free(&ini);
	problems_free(&p);
	return found ? value : NULL;
}

static void settings(void)
{
	const char *text;

	/* what is open-iscsi's default was nobody's wish */
	record(NAME AT("192.0.2.1", "1") "node.session.timeo.replacement_timeout = 120\n"
	       "node.conn[0].iscsi.HeaderDigest = None\niface.initiatorname = <empty>\n");
	STR(printed(NULL), "[iqn.2026-01.example:a]\nportals = 192.0.2.1:3260\n");
	record(NAME AT("192.0.2.1", "1") "node.session.timeo.replacement_timeout = -1\n"
	       "node.conn[0].iscsi.HeaderDigest = CRC32C,None\nnode.session.iscsi.ImmediateData = No\n"
	       "node.session.auth.chap_algs = SHA3-256,SHA256,SHA1,MD5\nnode.conn[0].timeo.login_timeout = 0\n");
	STR(printed(NULL), "[iqn.2026-01.example:a]\nportals = 192.0.2.1:3260\n"
	    "chap-algorithms = SHA3-256,SHA256,SHA1,MD5\nrecovery-tmo = -1\n"
	    "# node.conn[0].timeo.login_timeout is left out: \"0\": want a number of seconds, 1 to 3600\n"
	    "immediate-data = No\nheader-digest = CRC32C,None\n");
	record(NAME AT("192.0.2.1", "1") "iface.transport_name = bnx2i\n");
	HAS(printed(NULL), "left out: its transport is not tcp");
	record("node.name = disk\n" AT("192.0.2.1", "1"));
	HAS(printed(NULL), "left out: want a name");
	/* the other portal of the section is not left out with it, and the section keeps its name */
	record(NAME AT("192.0.2.1:99", "1"));
	record(NAME AT("192.0.2.2", "1"));
	text = printed(NULL);
	HAS(text, "# iqn.2026-01.example:a at 192.0.2.1:99 is left out: ");
	HAS(text, "\n[iqn.2026-01.example:a]\nportals = 192.0.2.2:3260\n");
	record(NAME AT("a ;b", "1"));
	NO(read_back("portals"));
}

static void secrets(void)
{
	const char *text;

	record(NAME AT("192.0.2.1", "1") "node.session.auth.authmethod = CHAP\nnode.session.auth.username = me\n"
	       "node.session.auth.password = topsecret12345\nnode.session.auth.username_in = it\n"
	       "node.session.auth.password_in = othersecret123\n");
	text = printed(NULL);
	HAS(text, "chap-user = me\n");
	HAS(text, "\nchap-secret-file = /etc/kiscsi/iqn.2026-01.example:a.secret\n");
	HAS(text, "mutual-user = it\n");
	HAS(text, "\nmutual-secret-file = /etc/kiscsi/iqn.2026-01.example:a.mutual-secret\n");
	YES(!strstr(text, "topsecret") && !strstr(text, "othersecret"));
	/* a user without CHAP is none */
	record(NAME AT("192.0.2.1", "1") "node.session.auth.authmethod = None\nnode.session.auth.username = me\n");
	YES(!strstr(printed(NULL), "chap"));
}

#define CHAP NAME AT("192.0.2.1", "1") "node.session.auth.authmethod = CHAP\nnode.session.auth.username = "

/* a name is written so that it is read again, or not at all */
static void comments(void)
{
	static const char *const good[] = { "bob;smith", "bob #smith", "#bob", "bob = smith", "[bob]", "bob \\;smith", "\"bob;\"" };
	static const char *const bad[] = { "bob ;smith", ";bob", "bob  ; smith", "bob ;" };
	char text[1024];

	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		snprintf(text, sizeof(text), CHAP "%s\n", good[i]);
		record(text);
		STR(read_back("chap-user"), good[i]);
	}
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		snprintf(text, sizeof(text), CHAP "%s\nnode.session.auth.password = x\n", bad[i]);
		record(text);
		NO(read_back("chap-user"));
		record(text);
		NO(read_back("chap-secret-file"));
		snprintf(text, sizeof(text), CHAP "me\nnode.session.auth.username_in = %s\nnode.session.auth.password_in = x\n", bad[i]);
		record(text);
		NO(read_back("mutual-user"));
	}
	record(CHAP "bob ;smith\n");
	HAS(printed(NULL), "\n# node.session.auth.username is left out: \"bob ;smith\": ");
}

static void put_file(const char *dir, const char *below, const char *text)
{
	char path[256];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, below);
	for (char *slash = strchr(path + strlen(dir) + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(path, 0700);
		*slash = '/';
	}
	f = fopen(path, "w");
	fputs(text, f);
	fclose(f);
}

static void directories(void)
{
	char dir[] = "/tmp/kiscsi-unit-XXXXXX", command[64];
	struct err e;

	YES(mkdtemp(dir) != NULL);
	put_file(dir, "iqn.2026-01.example:a/192.0.2.2,3260,1/default", NAME AT("192.0.2.2", "1"));
	put_file(dir, "iqn.2026-01.example:a/192.0.2.1,3260,1", NAME AT("192.0.2.1", "1"));
	EQ(import_scan(&list, dir, &e), 0);
	EQ(list.count, 2);
	STR(printed(NULL), "[iqn.2026-01.example:a]\nportals = 192.0.2.1:3260\n  192.0.2.2:3260\n");
	snprintf(command, sizeof(command), "rm -r %s", dir);
	EQ(system(command), 0);
	EQ(import_scan(&list, dir, &e), -1);
	HAS(e.text, "No such file");
}

UNIT_SUITE(tools_import,
	   { "portals and sections", portals },
	   { "settings", settings },
	   { "secrets", secrets },
	   { "what would be a comment", comments },
	   { "directories", directories })
