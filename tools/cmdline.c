// SPDX-License-Identifier: GPL-2.0
/*
 * Reading the kernel command line. Nothing here quotes what may be a secret.
 */
#include <ctype.h>
#include <stdlib.h>

#include "cmdline.h"
#include "import.h"

#define FROM "kernel command line"
#define FROM_OPTIONS "iscsi.initramfs"

/* words that are taken as they are; Debian's file has those that begin with "iscsi_", in capitals */
static const struct {
	const char *key;
	size_t offset;
	size_t size;
	size_t line;
} plain[] = {
#define PLAIN(key, member) \
	{ key, offsetof(struct cmdline, member), sizeof(((struct cmdline *)0)->member), offsetof(struct cmdline, line.member) }
	PLAIN("iscsi_initiator", initiator),
	PLAIN("iscsi_target_name", name),
	PLAIN("iscsi_target_ip", address),
	PLAIN("iscsi_target_port", port),
	PLAIN("iscsi_username", chap.user),
	PLAIN("iscsi_password", chap.secret),
	PLAIN("iscsi_in_username", chap.mutual_user),
	PLAIN("iscsi_in_password", chap.mutual_secret),
	PLAIN("rd.iscsi.initiator", initiator),
	PLAIN("rd.iscsi.username", chap.user),
	PLAIN("rd.iscsi.password", chap.secret),
	PLAIN("rd.iscsi.in.username", chap.mutual_user),
	PLAIN("rd.iscsi.in.password", chap.mutual_secret),
	PLAIN("rd.kiscsi.timeout", timeout),
};

/* words that change nothing here, and what is done without them */
static const struct {
	const char *key;
	const char *instead;
} unheeded[] = {
	{ "iscsi_target_group", "there is no choice of a portal group: the portal's is taken" },
	{ "rd.iscsi.target.group", "there is no choice of a portal group: the portal's is taken" },
	{ "rd.iscsi.login_retry_max", "attempts are not counted: rd.kiscsi.timeout= limits their time" },
};

static void take_plain(struct cmdline *c, size_t row, const char *value, unsigned int line, struct problems *p)
{
	if (strlen(value) >= plain[row].size) {
		problem_add(p, line, "%s: want at most %zu bytes", plain[row].key, plain[row].size - 1);
		return;
	}
	strcpy((char *)c + plain[row].offset, value);
	*(unsigned int *)((char *)c + plain[row].line) = line;
}

/* ---- root=iscsi: and netroot=iscsi: ------------------------------------------------------------ */

/* the field up to the next colon, "" where there is none left */
static char *field(char **rest)
{
	char *s = strsep(rest, ":");

	return s ? s : (char *)"";
}

static int take_auth(struct boot_chap *c, char *auth, struct err *e)
{
	char *const out[] = { c->user, c->secret, c->mutual_user, c->mutual_secret };

	for (size_t i = 0; auth && i < ARRAY_SIZE(out); i++) {
		const char *text = field(&auth);

		if (strlen(text) >= BOOT_CHAP_SIZE)
			return err_set(e, ST_USAGE, "before the @: want at most %d bytes each",
				       BOOT_CHAP_SIZE - 1);
		strcpy(out[i], text);
	}
	return auth ? err_set(e, ST_USAGE, "before the @: want USER:SECRET or USER:SECRET:USER:SECRET") : 0;
}

/* the name of the target, cut off from what stands before it; names may have colons */
static char *take_name(char *text)
{
	static const char *const kinds[] = { ":iqn.", ":eui.", ":naa." };

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		char *name = strcasestr(text, kinds[i]);

		if (!name)
			continue;
		*name = '\0';
		return name + 1;
	}
	return NULL;
}

static char *take_server(char **rest)
{
	char *end = **rest == '[' ? strchr(*rest, ']') : NULL;
	char *server = *rest;

	if (!end)
		return field(rest);
	if (end[1] == ':')
		*rest = end + 2;
	else
		*rest = end[1] ? end + 1 : NULL;
	end[1] = '\0';
	return server;
}

/* 4 groups of hex digits with dashes are RFC 4173's; of one level, as we have them, the first counts */
static int take_lun(u64 *lun, const char *text, struct err *e)
{
	bool levels = strchr(text, '-');
	unsigned long n;
	char *end;

	*lun = 0;
	if (!*text)
		return 0;
	n = strtoul(text, &end, levels || !strncasecmp(text, "0x", 2) ? 16 : 10);
	if (!isxdigit((unsigned char)*text) || (*end && *end != '-') || strspn(end, "-0") != strlen(end) || n > 16383)
		return err_set(e, ST_USAGE, "the LUN \"%.40s\": want a number", text);
	*lun = n;
	return 0;
}

/* [server]:[protocol]:[port]:[[interface]:[device]:][LUN] */
static int take_place(struct boot_target *t, char *text, struct err *e)
{
	bool open = *text == '[' && !strchr(text, ']');
	char *rest = text;
	const char *server = take_server(&rest), *protocol = field(&rest), *port = field(&rest);
	const char *last[3] = { "", "", "" };
	size_t n = 0;

	while (rest && n < ARRAY_SIZE(last))
		last[n++] = field(&rest);
	if (open)
		return err_set(e, ST_USAGE, "the closing ] of the server's address is missing");
	if (rest)
		return err_set(e, ST_USAGE, "want [SERVER]:[PROTOCOL]:[PORT]:[LUN]:TARGET");
	if (*protocol && strcmp(protocol, "6"))
		return err_set(e, ST_USAGE, "the protocol \"%.40s\": want 6 or nothing, it is TCP", protocol);
	if (n > 1 && strlen(last[n - 2]) >= sizeof(t->interface))
		return err_set(e, ST_USAGE, "\"%.40s\" is no name of a network interface", last[n - 2]);
	if (n > 1)
		strcpy(t->interface, last[n - 2]);
	if (take_lun(&t->root_lun, n ? last[n - 1] : "", e))
		return -1;
	return *server ? boot_target_portal(t, server, port, e) : err_set(e, ST_USAGE, "want the server's address");
}

static int take_iscsi(struct boot_target *t, char *value, struct err *e)
{
	char *at = strrchr(value, '@');
	char *name = take_name(at ? at : value);

	if (!name || strlen(name) >= sizeof(t->name))
		return err_set(e, ST_USAGE, "want a target's name at the end, iqn. and so on, of at most %zu bytes",
			       sizeof(t->name) - 1);
	strcpy(t->name, name);
	if (!at)
		return take_place(t, value, e);
	*at = '\0';
	return take_auth(&t->chap, value, e) || take_place(t, at + 1, e) ? -1 : 0;
}

static void take_root(struct cmdline *c, const char *key, char *value, unsigned int line, struct problems *p)
{
	struct boot_target *t = &c->root[c->roots];
	struct err e;

	if (strncmp(value, "iscsi:", 6))
		return;
	value += 6;
	/* "iscsi:" alone is the firmware's table, which is read anyway */
	if (!*value)
		return;
	if (c->roots == BOOT_TARGETS_MAX) {
		problem_add(p, line, "%s=iscsi: more than %d of them", key, BOOT_TARGETS_MAX);
		return;
	}
	boot_target_init(t, FROM);
	if (take_iscsi(t, value, &e))
		problem_add(p, line, "%s=iscsi:...: %s", key, e.text);
	else
		c->roots++;
}

/* ---- the other words --------------------------------------------------------------------------- */

/* "KEY=VALUE", with the name of a setting of ours or of open-iscsi's */
static void take_param(struct cmdline *c, char *value, unsigned int line, struct problems *p)
{
	char *equals = strchr(value, '=');
	struct settings probe;
	const char *ours;
	struct err e;

	if (!equals || c->sets == BOOT_SETS_MAX) {
		problem_add(p, line, "rd.iscsi.param=%.100s: want KEY=VALUE, at most %d of them", value, BOOT_SETS_MAX);
		return;
	}
	*equals = '\0';
	ours = import_key(value);
	settings_init(&probe);
	if (settings_put(&probe, ours ? ours : value, equals + 1, &e)) {
		problem_add(p, line, "rd.iscsi.param=%.100s: %s", value, e.text);
		return;
	}
	/* a part of what was checked is something else */
	if (snprintf(c->set[c->sets], BOOT_SET_SIZE, "%s=%s", ours ? ours : value, equals + 1) >= BOOT_SET_SIZE)
		problem_add(p, line, "rd.iscsi.param=%.100s: want at most %d bytes with the key", value, BOOT_SET_SIZE - 1);
	else
		c->sets++;
}

/* as dracut takes them */
static bool is_no(const char *value)
{
	return !strcmp(value, "0") || !strcasecmp(value, "no") || !strcasecmp(value, "off");
}

static void take(struct cmdline *c, const char *key, char *value, unsigned int line, struct problems *p)
{
	for (size_t i = 0; i < ARRAY_SIZE(plain); i++) {
		if (!strcmp(key, plain[i].key)) {
			take_plain(c, i, value, line, p);
			return;
		}
	}
	for (size_t i = 0; i < ARRAY_SIZE(unheeded); i++) {
		if (!strcmp(key, unheeded[i].key)) {
			problem_warn(p, line, "%s=%.100s: %s", key, value, unheeded[i].instead);
			return;
		}
	}
	if (!strcmp(key, "root") || !strcmp(key, "netroot"))
		take_root(c, key, value, line, p);
	else if (!strcmp(key, "rd.iscsi.param"))
		take_param(c, value, line, p);
	else if (!strcmp(key, "rd.kiscsi"))
		c->off = is_no(value);
	else if (!strcmp(key, "rd.iscsi.firmware"))
		c->no_firmware = is_no(value);
}

/* the next word: blanks inside double quotes do not end it, the quotes go */
static char *word(char **rest)
{
	char *in = *rest + strspn(*rest, " \t\n");
	char *start = in, *out = in;
	bool quoted = false;

	if (!*in)
		return NULL;
	for (; *in && (quoted || !isspace((unsigned char)*in)); in++) {
		if (*in == '"')
			quoted = !quoted;
		else
			*out++ = *in;
	}
	*rest = *in ? in + 1 : in;
	*out = '\0';
	return start;
}

void cmdline_words(struct cmdline *c, char *text, struct problems *p)
{
	char *w;

	while ((w = word(&text))) {
		char *equals = strchr(w, '=');

		if (equals)
			*equals = '\0';
		take(c, w, equals ? equals + 1 : (char *)"", 0, p);
	}
}

/* the value of a line as a shell would have it, as far as such files go: quotes around all of it */
static char *unquote(char *s)
{
	size_t n;

	s += strspn(s, " \t");
	n = strlen(s);
	while (n && isspace((unsigned char)s[n - 1]))
		s[--n] = '\0';
	if (n > 1 && (*s == '"' || *s == '\'') && s[n - 1] == *s) {
		s[n - 1] = '\0';
		s++;
	}
	return s;
}

void cmdline_options(struct cmdline *c, char *text, struct problems *p)
{
	unsigned int number = 0;
	char *line;

	while ((line = strsep(&text, "\n"))) {
		char *key = line + strspn(line, " \t");
		char *equals = strchr(key, '=');

		number++;
		if (!equals || strncmp(key, "ISCSI_", 6))
			continue;
		*equals = '\0';
		for (char *k = key; *k; k++)
			*k = (char)tolower((unsigned char)*k);
		take(c, key, unquote(equals + 1), number, p);
	}
}

/* ---- all of it --------------------------------------------------------------------------------- */

/**
 * struct finish - all of it being put together
 * @c: what was found
 * @b: filled
 * @options: what is wrong with Debian's file
 * @words: and with the command line
 */
struct finish {
	const struct cmdline *c;
	struct boot *b;
	struct problems *options;
	struct problems *words;
};

/* @line: in Debian's file, where the lines are counted, or 0 */
static struct problems *problems_at(const struct finish *f, unsigned int line)
{
	return line ? f->options : f->words;
}

static unsigned int chap_line(const struct cmdline *c)
{
	const unsigned int lines[] = { c->line.chap.user, c->line.chap.secret, c->line.chap.mutual_user,
				       c->line.chap.mutual_secret };

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		if (lines[i])
			return lines[i];
	}
	return 0;
}

/* @line: of its name, or else of its address */
static void finish_target(const struct finish *f, struct boot_target *t, unsigned int line)
{
	struct err e;

	if (!t->chap.user[0]) {
		t->chap = f->c->chap;
		if (boot_chap_check(&t->chap, &e))
			line = chap_line(f->c);
	}
	if (boot_add(f->b, t, &e))
		problem_add(problems_at(f, line), line, "%s", e.text);
	boot_chap_wipe(&t->chap);
}

/* which of @address and the port that goes with it is wrong? */
static unsigned int portal_line(const struct cmdline *c, const char *address)
{
	struct boot_target probe;
	struct err e;

	boot_target_init(&probe, FROM);
	return boot_target_portal(&probe, address, "", &e) ? c->line.address : c->line.port;
}

static void finish_address(const struct finish *f, const char *address)
{
	const struct cmdline *c = f->c;
	struct boot_target t;
	struct err e;

	boot_target_init(&t, c->line.address ? FROM_OPTIONS : FROM);
	strcpy(t.name, c->name);
	if (boot_target_portal(&t, address, c->port, &e)) {
		unsigned int line = portal_line(c, address);

		problem_add(problems_at(f, line), line, "iscsi_target_ip: %s", e.text);
		return;
	}
	finish_target(f, &t, *c->name ? c->line.name : c->line.address);
}

/* each address of the target is a path to it */
static void finish_words(const struct finish *f)
{
	const struct cmdline *c = f->c;
	char addresses[sizeof(c->address)];
	char *save = NULL;

	strcpy(addresses, c->address);
	if (*c->name && !*addresses)
		problem_add(problems_at(f, c->line.name), c->line.name,
			    "iscsi_target_name=%s: want iscsi_target_ip= as well", c->name);
	for (char *a = strtok_r(addresses, " ,", &save); a; a = strtok_r(NULL, " ,", &save))
		finish_address(f, a);
}

static void finish_timeout(const struct finish *f)
{
	const struct cmdline *c = f->c;
	char *end;
	unsigned long n = strtoul(c->timeout, &end, 10);

	if (!*c->timeout)
		return;
	if (!isdigit((unsigned char)*c->timeout) || *end || !n || n > 86400)
		problem_add(problems_at(f, c->line.timeout), c->line.timeout,
			    "rd.kiscsi.timeout=%s: want a number of seconds, 1 to 86400", c->timeout);
	else
		f->b->timeout = (u32)n;
}

void cmdline_finish(const struct cmdline *c, struct boot *b, struct problems *options, struct problems *words)
{
	const struct finish f = { c, b, options, words };
	struct err e;

	b->off = c->off;
	b->no_firmware = c->no_firmware;
	finish_timeout(&f);
	memcpy(b->set, c->set, sizeof(b->set));
	b->sets = c->sets;
	if (*c->initiator && boot_initiator(b, c->initiator, &e))
		problem_add(problems_at(&f, c->line.initiator), c->line.initiator, "initiator name: %s", e.text);
	for (unsigned int i = 0; i < c->roots; i++) {
		struct boot_target t = c->root[i];

		finish_target(&f, &t, 0);
	}
	finish_words(&f);
}

void cmdline_wipe(struct cmdline *c)
{
	explicit_bzero(c, sizeof(*c));
}
