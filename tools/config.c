// SPDX-License-Identifier: GPL-2.0
/*
 * The sections and keys of kiscsi.conf. Keys that --set has are settings.c's; the table here has
 * those that only a file can say.
 */
#include <stdlib.h>

#include "config.h"
#include "name.h"
#include "netns.h"
#include "secret.h"

enum own {
	TARGET,
	PORTALS,
	CHAP_USER,
	CHAP_SECRET_FILE,
	MUTUAL_USER,
	MUTUAL_SECRET_FILE,
	NETNS,
	STARTUP,
	OPTIONAL,
	OWN_KEYS,
};

static const char *const own_keys[OWN_KEYS] = {
	[TARGET] = "target",
	[PORTALS] = "portals",
	[CHAP_USER] = "chap-user",
	[CHAP_SECRET_FILE] = "chap-secret-file",
	[MUTUAL_USER] = "mutual-user",
	[MUTUAL_SECRET_FILE] = "mutual-secret-file",
	[NETNS] = "netns",
	[STARTUP] = "startup",
	[OPTIONAL] = "optional",
};

static_assert(OWN_KEYS + SETTINGS_MAX <= CONFIG_KEYS_MAX, "from[] has an entry for each key");

static const char *const startups[] = {
	[STARTUP_AUTO] = "auto",
	[STARTUP_BOOT] = "boot",
	[STARTUP_MANUAL] = "manual",
};

/* the target of a section whose header could not be read: its keys are checked all the same */
#define NO_TARGET ""
/* likewise a user whose name is refused: the secrets that go with it are looked at */
#define NO_USER "?"

const char *config_key(unsigned int key)
{
	return key < OWN_KEYS ? own_keys[key] : settings_key(key - OWN_KEYS);
}

static int key_of(const char *name)
{
	int row;

	for (int i = 0; i < OWN_KEYS; i++) {
		if (!strcmp(own_keys[i], name))
			return i;
	}
	row = settings_row(name);
	return row < 0 ? -1 : row + OWN_KEYS;
}

/* ---- values ---------------------------------------------------------------------------------- */

static const char *check_portal(const struct config_target *t, const char *text)
{
	struct portal p;

	for (unsigned int i = 0; i < t->portal_count; i++) {
		if (!strcmp(t->portals[i], text))
			return "is there twice";
	}
	return portal_parse(&p, text);
}

/* a list with commas or blanks between; @v->value is changed, and stays in use */
static void put_portals(struct config_target *t, struct ini_entry *v, struct problems *p)
{
	char *save = NULL;

	for (char *item = strtok_r(v->value, ", \t", &save); item;
	     item = strtok_r(NULL, ", \t", &save)) {
		const char *why = check_portal(t, item);

		if (why)
			problem_add(p, v->line, "%s: \"%.300s\": %s", v->key, item, why);
		if (t->portal_count < ARRAY_SIZE(t->portals))
			t->portals[t->portal_count++] = item;
		else
			problem_add(p, v->line, "%s: want at most %d", v->key, ADDRESSES_MAX);
	}
}

static int put_target(struct config_target *t, const char *value, struct err *e)
{
	const char *why = name_check(value);

	if (why)
		return err_set(e, ST_USAGE, "\"%.300s\": %s", value, why);
	t->target = value;
	return 0;
}

/* an empty value takes away what the defaults say */
static int put_user(const char **user, const char *value, struct err *e)
{
	int r = *value ? cred_user(value, e) : 0;

	*user = r ? NO_USER : *value ? value : NULL;
	return r;
}

static int put_secret_file(const char **file, const char *value, struct err *e)
{
	*file = *value ? value : NULL;
	if (!*value || *value == '/' || secret_is_credential(value))
		return 0;
	return err_set(e, ST_USAGE,
		       "\"%.300s\": want a path that begins with / or the name of a credential", value);
}

static int put_netns(struct config_target *t, const char *value, struct err *e)
{
	if (*value && !netns_name_ok(value))
		return err_set(e, ST_USAGE, "\"%.300s\": want a name that \"ip netns\" takes", value);
	t->netns = *value ? value : NULL;
	return 0;
}

static int put_startup(struct config_target *t, const char *value, struct err *e)
{
	for (size_t i = 0; i < ARRAY_SIZE(startups); i++) {
		if (strcmp(value, startups[i]))
			continue;
		t->startup = (enum config_startup)i;
		return 0;
	}
	return err_set(e, ST_USAGE, "\"%.300s\": want auto, boot or manual", value);
}

static int put_optional(struct config_target *t, const char *value, struct err *e)
{
	if (strcasecmp(value, "yes") && strcasecmp(value, "no"))
		return err_set(e, ST_USAGE, "\"%.300s\": want yes or no", value);
	t->optional = !strcasecmp(value, "yes");
	return 0;
}

static int put_key(struct config_target *t, int key, const char *value, struct err *e)
{
	switch (key) {
	case TARGET:
		return put_target(t, value, e);
	case CHAP_USER:
		return put_user(&t->chap.user, value, e);
	case CHAP_SECRET_FILE:
		return put_secret_file(&t->chap.secret_file, value, e);
	case MUTUAL_USER:
		return put_user(&t->chap.mutual_user, value, e);
	case MUTUAL_SECRET_FILE:
		return put_secret_file(&t->chap.mutual_secret_file, value, e);
	case NETNS:
		return put_netns(t, value, e);
	case STARTUP:
		return put_startup(t, value, e);
	case OPTIONAL:
		return put_optional(t, value, e);
	default:
		return settings_put(&t->settings, settings_key((unsigned int)key - OWN_KEYS), value, e);
	}
}

static void text_portals(const struct config_target *t, char *out)
{
	size_t n = 0;

	*out = '\0';
	for (unsigned int i = 0; i < t->portal_count; i++)
		n += (size_t)snprintf(out + n, CONFIG_TEXT_MAX - n, "%s%s", i ? "," : "",
				      t->portals[i]);
}

char *config_text(const struct config_target *t, unsigned int key, char out[CONFIG_TEXT_MAX])
{
	const char *const plain[OWN_KEYS] = {
		[TARGET] = t->target,
		[CHAP_USER] = t->chap.user,
		[CHAP_SECRET_FILE] = t->chap.secret_file,
		[MUTUAL_USER] = t->chap.mutual_user,
		[MUTUAL_SECRET_FILE] = t->chap.mutual_secret_file,
		[NETNS] = t->netns,
		[STARTUP] = startups[t->startup],
		[OPTIONAL] = t->optional ? "yes" : "no",
	};

	if (key >= OWN_KEYS)
		return settings_text(&t->settings, key - OWN_KEYS, out);
	if (key == PORTALS)
		text_portals(t, out);
	else
		snprintf(out, CONFIG_TEXT_MAX, "%s", plain[key] ? plain[key] : "");
	return out;
}

/* ---- lines ----------------------------------------------------------------------------------- */

/* the line of the last of the keys @keys that is given, or @other */
static unsigned int last_line(const struct config_target *t, const int *keys, size_t count,
			      unsigned int other)
{
	unsigned int line = 0;

	for (size_t i = 0; i < count; i++) {
		if (t->from[keys[i]] > line)
			line = t->from[keys[i]];
	}
	return line ? line : other;
}

/* what must go together, once all keys of a section are read */
static void check_whole(struct config_target *t, struct problems *p)
{
	static const int chap[] = { CHAP_USER, CHAP_SECRET_FILE, MUTUAL_USER, MUTUAL_SECRET_FILE };
	const int bursts[] = { key_of("first-burst-length"), key_of("max-burst-length") };
	struct err e;

	/* no user here, whatever the defaults say: no CHAP */
	if (!t->chap.user && t->from[CHAP_USER] > t->line)
		memset(&t->chap, 0, sizeof(t->chap));
	if (cred_complete(&t->chap, "", &e))
		problem_add(p, last_line(t, chap, ARRAY_SIZE(chap), t->line), "%s", e.text);
	if (settings_finish(&t->settings, &e))
		problem_add(p, last_line(t, bursts, ARRAY_SIZE(bursts), t->line), "%s", e.text);
}

/* does the entry @v begin a value of its own, with key @key, and may it? */
static bool may_take(const struct config *c, const struct config_target *t, const struct ini_entry *v,
		     int key, u64 seen, struct problems *p)
{
	if (v->continued && (key != PORTALS || strchr(v->value, '=')))
		problem_add(p, v->line,
			    "a line that begins with a blank goes on with %s: take the blank away before \"%.200s\"",
			    v->key, v->value);
	else if (key < 0)
		problem_add(p, v->line, "there is no key \"%s\"", v->key);
	else if (t == &c->defaults && key == TARGET)
		problem_add(p, v->line, "target: want it in the section of a target");
	else if (!v->continued && seen & 1ull << key)
		problem_add(p, v->line, "%s: line %u of this section has it already", v->key,
			    t->from[key]);
	else
		return true;
	return false;
}

static void take_entry(const struct config *c, struct config_target *t, struct ini_entry *v, u64 *seen,
		       struct problems *p)
{
	int key = key_of(v->key);
	struct err e;

	if (!may_take(c, t, v, key, *seen, p))
		return;
	*seen |= 1ull << key;
	if (!v->continued) {
		t->from[key] = v->line;
		if (key == PORTALS)
			t->portal_count = 0;
	}
	if (key == PORTALS)
		put_portals(t, v, p);
	else if (put_key(t, key, v->value, &e))
		problem_add(p, v->line, "%s: %s", v->key, e.text);
}

/* the entries from @at on that are in section @section; returns where they end */
static unsigned int take_entries(struct config *c, struct config_target *t, unsigned int at,
				 int section, struct problems *p)
{
	u64 seen = 0;

	for (; at < c->ini.entries && c->ini.entry[at].section == section; at++)
		take_entry(c, t, &c->ini.entry[at], &seen, p);
	return at;
}

/* ---- sections -------------------------------------------------------------------------------- */

static void check_header(struct config *c, unsigned int section, struct problems *p)
{
	const struct ini_section *s = &c->ini.section[section];

	for (unsigned int i = 0; i < section; i++) {
		if (!*s->name || strcasecmp(c->ini.section[i].name, s->name))
			continue;
		problem_add(p, s->line, "[%.300s]: there is such a section in line %u already", s->name,
			    c->ini.section[i].line);
		return;
	}
}

static void check_target(struct config_target *t, struct problems *p)
{
	const char *why;

	if (!*t->section)
		return;
	if (!t->portal_count && !t->from[PORTALS])
		problem_add(p, t->line, "[%.300s]: want portals = PORTAL, where the target is", t->section);
	else if (!t->portal_count)
		problem_add(p, t->from[PORTALS], "portals: want one or more, with commas between");
	if (t->from[TARGET])
		return;
	why = name_check(t->section);
	if (why)
		problem_add(p, t->line,
			    "[%.300s]: %s; or want target = NAME", t->section,
			    why);
	t->target = t->section;
}

static bool is_defaults(const struct config *c, unsigned int section)
{
	return !strcasecmp(c->ini.section[section].name, CONFIG_DEFAULTS);
}

/* first the defaults, wherever they stand: they hold for every other section */
static void read_defaults(struct config *c, struct problems *p)
{
	unsigned int at = 0;

	for (; at < c->ini.entries && c->ini.entry[at].section < 0; at++)
		problem_add(p, c->ini.entry[at].line, "%s: want a section, [NAME], before the first key",
			    c->ini.entry[at].key);
	for (unsigned int i = 0; i < c->ini.sections; i++) {
		while (at < c->ini.entries && c->ini.entry[at].section < (int)i)
			at++;
		if (!is_defaults(c, i))
			continue;
		c->defaults.line = c->ini.section[i].line;
		take_entries(c, &c->defaults, at, (int)i, p);
		return;
	}
}

static void read_targets(struct config *c, struct problems *p)
{
	unsigned int at = 0;

	for (unsigned int i = 0; i < c->ini.sections; i++) {
		struct config_target *t;

		while (at < c->ini.entries && c->ini.entry[at].section < (int)i)
			at++;
		check_header(c, i, p);
		if (is_defaults(c, i))
			continue;
		t = &c->target[c->targets++];
		*t = c->defaults;
		t->section = c->ini.section[i].name;
		t->line = c->ini.section[i].line;
		at = take_entries(c, t, at, (int)i, p);
		check_whole(t, p);
		check_target(t, p);
	}
}

void config_init(struct config *c)
{
	memset(c, 0, sizeof(*c));
	settings_init(&c->defaults.settings);
	c->defaults.section = CONFIG_DEFAULTS;
	c->defaults.target = NO_TARGET;
}

void config_read(struct config *c, struct problems *p)
{
	read_defaults(c, p);
	c->target = calloc(c->ini.sections + 1, sizeof(*c->target));
	if (c->target)
		read_targets(c, p);
	else
		problem_add(p, 0, "out of memory");
}

/* ---- files ----------------------------------------------------------------------------------- */

static void check_secret(const struct config_target *t, enum own key, const char *file, u8 *secret,
			 u8 *len, struct problems *p)
{
	struct err e;

	if (!file || (*file != '/' && !secret_is_credential(file)) || !secret_at_hand(file) || secret_is_stream(file))
		return;
	if (secret_read(file, CLOCK_NEVER, secret, len, &e))
		problem_add(p, t->from[key], "%s: %s", own_keys[key], e.text);
}

static void check_secrets(const struct config_target *t, struct problems *p)
{
	struct kiscsi_chap_cred cred = { .algs = { KISCSI_CHAP_MD5 }, .algs_count = 1 };
	const char *why = NULL;

	if (!t->chap.user)
		return;
	secret_protect(&cred, sizeof(cred));
	snprintf(cred.user, sizeof(cred.user), "%s", t->chap.user);
	check_secret(t, CHAP_SECRET_FILE, t->chap.secret_file, cred.secret, &cred.secret_len, p);
	check_secret(t, MUTUAL_SECRET_FILE, t->chap.mutual_secret_file, cred.mutual_secret,
		     &cred.mutual_secret_len, p);
	if (cred.secret_len)
		why = kiscsi_chap_check(&cred);
	if (why)
		problem_add(p, t->from[CHAP_SECRET_FILE], "CHAP: %s", why);
	explicit_bzero(&cred, sizeof(cred));
}

int config_read_path(struct config *c, const char *path, bool secrets, struct problems *p, struct err *e)
{
	config_init(c);
	c->path = path;
	if (ini_parse_path(&c->ini, path, p, e))
		return -1;
	config_read(c, p);
	for (unsigned int i = 0; secrets && i < c->targets; i++)
		check_secrets(&c->target[i], p);
	return 0;
}

void config_load(struct config *c, const char *path, bool secrets, enum status *status)
{
	struct problems p = { 0 };
	struct err e;

	*status = ST_DONE;
	if (config_read_path(c, path, secrets, &p, &e)) {
		*status = (enum status)err_print(&e);
		return;
	}
	problems_print(&p, path);
	if (p.count)
		*status = ST_USAGE;
	problems_free(&p);
}

static int name_of_defaults(const struct config *c, const struct problems *p, struct settings *s,
			    struct err *e)
{
	unsigned int line = c->defaults.from[key_of("initiator-name")];

	if (!line)
		return 0;
	for (unsigned int i = 0; i < p->count; i++) {
		if (p->v[i].line == line)
			return err_set(e, ST_USAGE, "%s:%u: %s", c->path, line, p->v[i].text);
	}
	strcpy(s->initiator_name, c->defaults.settings.initiator_name);
	return 1;
}

int config_initiator_name(struct settings *s, struct err *e)
{
	struct problems p = { 0 };
	struct config c;
	int r = -1;

	if (!config_read_path(&c, CONFIG_FILE, false, &p, e))
		r = name_of_defaults(&c, &p, s, e);
	else if (e->code == ENOENT)
		r = 0;
	config_free(&c);
	problems_free(&p);
	return r;
}

int config_find(const struct config *c, const char *name, const struct config_target **t,
		struct err *e)
{
	*t = NULL;
	for (unsigned int i = 0; i < c->targets; i++) {
		if (!strcasecmp(c->target[i].section, name)) {
			*t = &c->target[i];
			return 0;
		}
	}
	for (unsigned int i = 0; i < c->targets; i++) {
		if (strcasecmp(c->target[i].target, name))
			continue;
		if (*t)
			return err_set(e, ST_USAGE,
				       "%s has several sections with this target, [%.100s] and [%.100s]: name the section",
				       c->path, (*t)->section, c->target[i].section);
		*t = &c->target[i];
	}
	return 0;
}

bool config_is_path(const struct config *c, const struct config_target *t)
{
	for (unsigned int i = 0; i < c->targets; i++) {
		const struct config_target *other = &c->target[i];

		if (other != t && !strcasecmp(other->target, t->target) &&
		    !strcmp(other->netns ? other->netns : "", t->netns ? t->netns : ""))
			return true;
	}
	return false;
}

void config_free(struct config *c)
{
	free(c->target);
	ini_free(&c->ini);
	memset(c, 0, sizeof(*c));
}
