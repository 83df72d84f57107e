// SPDX-License-Identifier: GPL-2.0
/*
 * Sessions as kiscsi-iscsiadm prints them, with names that are meant for a terminal.
 */
#include "../../tools/iscsiadm-print.c"
#include "../../tools/iscsiadm-session.c"
#include "../../tools/iscsiadm-node.c"
#include "unit.h"

/* what a terminal takes for the beginning of a command, as UTF-8 and by itself; the kernel lets both pass */
#define NAME "iqn.2003-01.org.example:\xc2\x9b" "2J\x9b"
#define SAFE "iqn.2003-01.org.example:\\xc2\\x9b2J\\x9b"

static struct session session = { .sid = 7, .target = NAME, .tpgt = 1 };
static struct sessions one = { &session, 1 };

/* what @print prints */
static const char *printed(void (*print)(void))
{
	static char text[4096];
	FILE *real = stdout;

	memset(text, 0, sizeof(text));
	stdout = fmemopen(text, sizeof(text) - 1, "w");
	print();
	fclose(stdout);
	stdout = real;
	return text;
}

static void print_list(void)
{
	session_print(&one, 0);
}

static void print_as_tree(void)
{
	session_print(&one, 1);
}

static void sessions(void)
{
	struct address_list portals = { .count = 1 };
	char name[WHERE_MAX];

	EQ(address_numeric(&portals.v[0], "192.0.2.1"), 0);
	session.portals = portals;
	STR(printed(print_list), "tcp: [7] 192.0.2.1:0,1 " SAFE " (non-flash)\n");
	HAS(printed(print_as_tree), "Target: " SAFE " (non-flash)\n");
	STR(name_of(&session, name), "[sid: 7, target: " SAFE ", portal: 192.0.2.1,0]");
	/* the longest there is */
	memset(session.target, '\x9b', KISCSI_NAME_MAX);
	HAS(name_of(&session, name), "\\x9b, portal: 192.0.2.1,0]");
}

static void log_in_to_all(void *startup)
{
	struct record r[2];
	const struct records list = { r, 2 };
	struct portal p;
	struct err e;

	NO(portal_parse(&p, "192.0.2.1"));
	for (int i = 0; i < 2; i++)
		EQ(record_init(&r[i], RECORD_NODE, "iqn.2003-01.org.example:d", &p, &e), 0);
	EQ(record_load(&r[1], "node.startup", "automatic", &e), 0);
	unit_stop(true);
	EQ(records_login(&list, startup), ISCSI_ERR_LOGIN);
	unit_stop(false);
	record_free(&r[0]);
	record_free(&r[1]);
}

/* no success, and who is told counts those alone that were meant */
static void interrupted(void)
{
	STR(unit_said(log_in_to_all, "all"),
	    "iscsiadm: interrupted: 2 logins not begun\niscsiadm: Could not log into all portals\n");
	STR(unit_said(log_in_to_all, "automatic"),
	    "iscsiadm: interrupted: 1 logins not begun\niscsiadm: Could not log into all portals\n");
}

/* what -T names in another case, and a tree in which it is one target */
static void other_case(void)
{
	struct session two[2] = { { .sid = 7, .target = "iqn.2003-01.org.example:d" },
				  { .sid = 8, .target = "IQN.2003-01.org.example:D" } };
	const struct sessions list = { two, 2 };
	struct request q = { .target = "iqn.2003-01.ORG.example:d", .sid = -1 };
	struct record r;
	struct portal p;
	struct err e;

	YES(session_matches(&q, &two[0]));
	YES(session_matches(&q, &two[1]));
	YES(is_first(&list, 0));
	NO(is_first(&list, 1));
	NO(portal_parse(&p, "192.0.2.1"));
	EQ(record_init(&r, RECORD_NODE, two[0].target, &p, &e), 0);
	YES(matches(&q, &r));
	q.target = "iqn.2003-01.org.example:d2";
	NO(session_matches(&q, &two[0]));
	NO(matches(&q, &r));
	record_free(&r);
}

/* that one is told of before anybody is asked */
static void log_in_to_record(void)
{
	struct record r;
	struct portal p;
	struct err e;

	NO(portal_parse(&p, "192.0.2.1"));
	EQ(record_init(&r, RECORD_NODE, NAME, &p, &e), 0);
	EQ(record_load(&r, "node.session.auth.authmethod", "CHAP", &e), 0);
	record_login(&r);
	record_free(&r);
}

static void run_login(void *out)
{
	*(const char **)out = printed(log_in_to_record);
}

static void logins(void)
{
	const char *out, *said = unit_said(run_login, &out);

	STR(out, "Logging in to [iface: default, target: " SAFE ", portal: 192.0.2.1,3260]\n");
	HAS(said, "Could not login to [iface: default, target: " SAFE ", portal: 192.0.2.1,3260].");
}

UNIT_SUITE(tools_iscsiadm_print, { "sessions", sessions }, { "logins", logins }, { "interrupted", interrupted }, { "names in another case", other_case })
