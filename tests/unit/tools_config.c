// SPDX-License-Identifier: GPL-2.0
/*
 * kiscsi.conf: what it says, and every way in which it can be wrong.
 */
#include <sys/stat.h>
#include <unistd.h>

#include "../../tools/config.c"
#include "unit.h"

#define A "[iqn.2026-01.example:a]\n"
#define B "[iqn.2026-01.example:b]\n"
#define PORTAL "portals = 192.0.2.1\n"

static void read_text(struct config *c, const char *text, struct problems *p)
{
	memset(p, 0, sizeof(*p));
	config_init(c);
	c->path = "kiscsi.conf";
	ini_parse_text(&c->ini, text, strlen(text), p);
	config_read(c, p);
}

static void drop(struct config *c, struct problems *p)
{
	config_free(c);
	problems_free(p);
}

static void good(struct config *c, const char *text)
{
	struct problems p;

	read_text(c, text, &p);
	if (p.count)
		STR(p.v[0].text, "good");
	problems_free(&p);
}

/* exactly one thing is wrong with @text */
static void wrong(const char *text, unsigned int line, const char *part)
{
	struct problems p;
	struct config c;

	read_text(&c, text, &p);
	if (p.count != 1)
		STR(text, "has one error");
	for (unsigned int i = 0; i < p.count; i++) {
		EQ(p.v[i].line, line);
		HAS(p.v[i].text, part);
	}
	drop(&c, &p);
}

static const char *value(const struct config_target *t, const char *key)
{
	static char text[CONFIG_TEXT_MAX];

	return config_text(t, (unsigned int)key_of(key), text);
}

static void sections(void)
{
	struct config c;

	good(&c, "");
	EQ(c.targets, 0);
	config_free(&c);
	good(&c, "\xef\xbb\xbf" A PORTAL "\r\n# comment\n ; comment\n\nnop-interval : 9  ; words\r\n");
	EQ(c.targets, 1);
	STR(c.target[0].target, "iqn.2026-01.example:a");
	EQ(c.target[0].settings.timers.nop_interval, 9);
	EQ(c.target[0].from[key_of("nop-interval")], 7);
	config_free(&c);
	good(&c, "[ upper label ]\ntarget = iqn.2026-01.example:A\n" PORTAL);
	STR(c.target[0].section, "upper label");
	STR(c.target[0].target, "iqn.2026-01.example:A");
	config_free(&c);
}

static void inherited(void)
{
	struct config c;

	good(&c, A PORTAL "queue-depth = 8\n[defaults]\nqueue-depth = 4\nnop-timeout = 3\nstartup = manual\n"
	     B "portals = h\n");
	EQ(c.target[0].settings.queue_depth, 8);
	EQ(c.target[0].from[key_of("queue-depth")], 3);
	EQ(c.target[1].settings.queue_depth, 4);
	EQ(c.target[1].from[key_of("queue-depth")], 5);
	EQ(c.target[0].settings.timers.nop_timeout, 3);
	EQ(c.target[0].startup, STARTUP_MANUAL);
	EQ(c.target[0].from[key_of("nop-interval")], 0);
	config_free(&c);
	good(&c, "[defaults]\nportals = d\nchap-user = u\nchap-secret-file = /s\n" A B "chap-user =\nportals=e\n");
	STR(value(&c.target[0], "portals"), "d");
	STR(value(&c.target[0], "chap-user"), "u");
	STR(value(&c.target[1], "portals"), "e");
	STR(value(&c.target[1], "chap-user"), "");
	STR(value(&c.target[1], "chap-secret-file"), "");
	config_free(&c);
	/* a user for all, a secret for each */
	good(&c, "[defaults]\nchap-user = u\n" A PORTAL "chap-secret-file = /s\n");
	config_free(&c);
}

static void lists(void)
{
	struct config c;

	good(&c, A "portals = 192.0.2.1,host:3261 [::1]\n\t[2001:db8::1]:3260\n  # none\n  last\nstartup=boot\n");
	EQ(c.target[0].portal_count, 5);
	STR(value(&c.target[0], "portals"), "192.0.2.1,host:3261,[::1],[2001:db8::1]:3260,last");
	EQ(c.target[0].startup, STARTUP_BOOT);
	config_free(&c);
	good(&c, A "portals =\n  one\n  two\n");
	EQ(c.target[0].portal_count, 2);
	config_free(&c);
	wrong(A "portals = a b\n  c, a\n", 3, "\"a\": is there twice");
	wrong(A "portals = a\n  b:0\n", 3, "b:0");
	wrong(A "portals = a\n  startup = boot\n", 3, "take the blank away before \"startup = boot\"");
	wrong(A "portals =\n", 2, "want one or more");
}

static void every_key(void)
{
	struct config c;

	good(&c, A PORTAL "target = eui.0123456789abcdef\nchap-user = u\nchap-secret-file = /s\n"
	     "mutual-user = m\nmutual-secret-file = cred\nnetns = blue\nstartup = manual\noptional = YES\n"
	     "header-digest = crc32c\ninitiator-name = naa.0123456789abcdef\nsource-address = ::1\n");
	STR(value(&c.target[0], "target"), "eui.0123456789abcdef");
	STR(value(&c.target[0], "chap-user"), "u");
	STR(value(&c.target[0], "chap-secret-file"), "/s");
	STR(value(&c.target[0], "mutual-user"), "m");
	STR(value(&c.target[0], "mutual-secret-file"), "cred");
	STR(value(&c.target[0], "netns"), "blue");
	STR(value(&c.target[0], "startup"), "manual");
	STR(value(&c.target[0], "optional"), "yes");
	STR(value(&c.target[0], "header-digest"), "crc32c");
	STR(value(&c.target[0], "initiator-name"), "naa.0123456789abcdef");
	STR(value(&c.target[0], "source-address"), "::1");
	/* each key has a name of its own that finds it */
	for (unsigned int key = 0; config_key(key); key++)
		EQ(key_of(config_key(key)), key);
	config_free(&c);
}

static void wrong_lines(void)
{
	char longest[3000];

	wrong("stray = 1\n" A PORTAL, 1, "want a section");
	wrong(A PORTAL "frob = 1\n", 3, "there is no key \"frob\"");
	wrong(A PORTAL "header-digest = CRC\n", 3, "header-digest: \"CRC\": want none, crc32c");
	wrong(A PORTAL "no equal sign\n", 3, "want KEY = VALUE");
	wrong(A PORTAL "= value\n", 3, "want KEY = VALUE");
	wrong(A PORTAL "nop-timeout = 5\nnop-timeout = 5\n", 4, "line 3 of this section has it already");
	wrong(A PORTAL "startup = auto\n optional = yes\n", 4, "take the blank away");
	wrong(A PORTAL "startup = yes\n", 3, "want auto, boot or manual");
	wrong(A PORTAL "optional = 1\n", 3, "want yes or no");
	wrong(A PORTAL "netns = ../x\n", 3, "ip netns");
	wrong(A PORTAL "target = disk\n", 3, "iqn.");
	wrong("[defaults]\ntarget = iqn.2026-01.example:a\n", 2, "section of a target");
	wrong(A PORTAL "chap-user = u\nchap-secret-file = ./s\n", 4, "want a path");
	wrong(A PORTAL "chap-user = u\n", 3, "wants chap-secret-file");
	wrong(A PORTAL "mutual-secret-file = /m\n", 3, "wants chap-user");
	wrong("[defaults]\nchap-user = u\n" A PORTAL B PORTAL, 2, "wants chap-secret-file");
	wrong(A PORTAL "max-burst-length = 512\nfirst-burst-length = 1k\n", 4, "more than");
	wrong(A PORTAL "\x01\n", 3, "no text");
	wrong(A PORTAL "\xff\n", 3, "no text");
	snprintf(longest, sizeof(longest), A PORTAL "chap-user = %02500d\n", 0);
	wrong(longest, 3, "2512 bytes");
}

static void wrong_sections(void)
{
	wrong("[]\n", 1, "want [NAME]");
	wrong("[iqn.2026-01.example:a\n" PORTAL, 1, "want [NAME]");
	wrong("[iqn.2026-01.example:a] b\n", 1, "want [NAME]");
	wrong("[disk]\n" PORTAL, 1, "target = NAME");
	wrong(A, 1, "want portals");
	wrong(A PORTAL B PORTAL "[iqn.2026-01.example:A]\n" PORTAL, 5, "in line 1 already");
	wrong("[defaults]\n[Defaults]\n", 2, "in line 1 already");
	/* keys below a header that is none are nobody else's, and are looked at */
	wrong(A PORTAL "[b\n" PORTAL, 3, "want [NAME]");
}

static void binary(void)
{
	static const char text[] = "a\0b = 1\n" A PORTAL;
	struct problems p = { 0 };
	struct config c;

	config_init(&c);
	ini_parse_text(&c.ini, text, sizeof(text) - 1, &p);
	config_read(&c, &p);
	EQ(p.count, 1);
	EQ(p.v[0].line, 1);
	HAS(p.v[0].text, "no text");
	EQ(c.targets, 1);
	drop(&c, &p);
}

static void find(void)
{
	const struct config_target *t;
	struct config c;
	struct err e;

	good(&c, "[one]\ntarget = iqn.2026-01.example:a\n" PORTAL "[two]\ntarget=iqn.2026-01.example:a\n" PORTAL
	     B PORTAL);
	EQ(config_find(&c, "two", &t, &e), 0);
	STR(t->section, "two");
	EQ(config_find(&c, "iqn.2026-01.example:b", &t, &e), 0);
	STR(t->target, "iqn.2026-01.example:b");
	EQ(config_find(&c, "iqn.2026-01.example:none", &t, &e), 0);
	YES(!t);
	/* the same name, and what check_header() takes for the same section */
	EQ(config_find(&c, "IQN.2026-01.Example:B", &t, &e), 0);
	YES(t);
	EQ(config_find(&c, "Two", &t, &e), 0);
	YES(t);
	EQ(config_find(&c, "iqn.2026-01.example:a", &t, &e), -1);
	HAS(e.text, "[one] and [two]");
	config_free(&c);
}

/* told once, with no word of what would follow from it; and what goes with it is looked at all the same */
static void long_users(void)
{
	char text[2300];
	struct problems p;
	struct config c;

	for (int len = 255; len < 2000; len += 248) {
		snprintf(text, sizeof(text), A PORTAL "chap-user = %0*d\nchap-secret-file = /nonexistent\n", len, 0);
		read_text(&c, text, &p);
		check_secrets(&c.target[0], &p);
		EQ(p.count, len > 255 ? 2 : 1);
		if (len > 255)
			HAS(p.v[0].text, "0\": want a name of 1 to 255 bytes");
		HAS(p.v[p.count - 1].text, "chap-secret-file: /nonexistent: No such file");
		drop(&c, &p);
	}
	snprintf(text, sizeof(text), A PORTAL "chap-user = u\nchap-secret-file = /s\nmutual-user = %0*d\n"
		 "mutual-secret-file = /m\n", 256, 0);
	wrong(text, 5, "mutual-user: \"0");
	snprintf(text, sizeof(text), "[defaults]\nchap-user = %0*d\n" A PORTAL "chap-secret-file = /s\n", 256, 0);
	wrong(text, 2, "chap-user: \"0");
}

static void secret_files(void)
{
	char path[] = "/tmp/kiscsi-unit-XXXXXX";
	int fd = mkstemp(path);
	struct problems p;
	struct config c;
	char text[256];

	snprintf(text, sizeof(text), "[defaults]\nchap-user = u\nchap-secret-file = %s\n" A PORTAL B PORTAL, path);
	read_text(&c, text, &p);
	EQ(write(fd, "a secret of ours\n", 17), 17);
	check_secrets(&c.target[0], &p);
	EQ(p.count, 0);
	EQ(fchmod(fd, 0640), 0);
	check_secrets(&c.target[0], &p);
	check_secrets(&c.target[1], &p);
	EQ(p.count, 1);
	EQ(p.v[0].line, 3);
	HAS(p.v[0].text, "chmod 600");
	problems_free(&p);
	EQ(fchmod(fd, 0600), 0);
	EQ(ftruncate(fd, 5), 0);
	check_secrets(&c.target[0], &p);
	EQ(p.count, 1);
	HAS(p.v[0].text, "CHAP: ");
	problems_free(&p);
	unlink(path);
	check_secrets(&c.target[0], &p);
	HAS(p.v[0].text, "No such file");
	problems_free(&p);
	/* what comes through it is for the login, and whether it comes nobody knows */
	EQ(mkfifo(path, 0600), 0);
	unit_stop(true);
	check_secrets(&c.target[0], &p);
	unit_stop(false);
	EQ(p.count, 0);
	unlink(path);
	close(fd);
	drop(&c, &p);
}

UNIT_SUITE(tools_config,
	   { "sections and comments", sections },
	   { "defaults", inherited },
	   { "lists of portals", lists },
	   { "every key", every_key },
	   { "wrong lines", wrong_lines },
	   { "wrong sections", wrong_sections },
	   { "binary junk", binary },
	   { "which section", find },
	   { "users with long names", long_users },
	   { "files with secrets", secret_files })
