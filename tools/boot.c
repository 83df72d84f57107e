// SPDX-License-Identifier: GPL-2.0
/*
 * Collecting and merging what to boot from.
 */
#include "boot.h"
#include "name.h"
#include "secret.h"

void boot_target_init(struct boot_target *t, const char *from)
{
	memset(t, 0, sizeof(*t));
	t->root_lun = BOOT_LUN_NONE;
	snprintf(t->from, sizeof(t->from), "%s", from);
}

int boot_target_portal(struct boot_target *t, const char *host, const char *port, struct err *e)
{
	const char *colon = strchr(host, ':');
	bool bare_v6 = colon && *host != '[' && strchr(colon + 1, ':');
	char text[BOOT_PORTAL_SIZE];
	const char *why = NULL;
	struct portal p;
	int n;

	n = snprintf(text, sizeof(text), "%s%s%s%s%s", bare_v6 ? "[" : "", host, bare_v6 ? "]" : "",
		     *port ? ":" : "", port);
	if (n >= (int)sizeof(text))
		why = "the host name is too long";
	else
		why = portal_parse(&p, text);
	if (why)
		return err_set(e, ST_USAGE, "\"%.200s\": %s", text, why);
	portal_text(&p, text, sizeof(text));
	for (unsigned int i = 0; i < t->portals; i++) {
		if (!strcmp(t->portal[i], text))
			return 0;
	}
	if (t->portals == BOOT_PORTALS_MAX)
		return err_set(e, ST_USAGE, "\"%.200s\": more than %d portals", text, BOOT_PORTALS_MAX);
	strcpy(t->portal[t->portals++], text);
	return 0;
}

/* ---- merging --------------------------------------------------------------------------------- */

static bool has_portal(const struct boot_target *t, const char *portal)
{
	for (unsigned int i = 0; i < t->portals; i++) {
		if (!strcmp(t->portal[i], portal))
			return true;
	}
	return false;
}

static bool shares_portal(const struct boot_target *a, const struct boot_target *b)
{
	for (unsigned int i = 0; i < b->portals; i++) {
		if (has_portal(a, b->portal[i]))
			return true;
	}
	return false;
}

/* who writes two sections for a target wants two sessions */
static bool may_be_one(const struct boot_target *a, const struct boot_target *b)
{
	return *a->name && (!a->section || !b->section || a->section == b->section);
}

/* without multipath two sessions would only be the same disk twice: the portals go into one */
static struct boot_target *find(struct boot *b, const struct boot_target *t)
{
	for (unsigned int i = 0; i < b->count; i++) {
		struct boot_target *have = &b->v[i];

		if (!strcasecmp(have->name, t->name) &&
		    (shares_portal(have, t) || (!b->paths && may_be_one(have, t))))
			return have;
	}
	return NULL;
}

static void fill_in(struct boot_target *have, const struct boot_target *t)
{
	if (!have->chap.user[0])
		have->chap = t->chap;
	if (!have->section)
		have->section = t->section;
	if (!have->interface[0])
		strcpy(have->interface, t->interface);
	if (have->root_lun == BOOT_LUN_NONE)
		have->root_lun = t->root_lun;
	for (unsigned int i = 0; i < t->portals; i++) {
		if (!has_portal(have, t->portal[i]) && have->portals < BOOT_PORTALS_MAX)
			strcpy(have->portal[have->portals++], t->portal[i]);
	}
}

int boot_chap_check(const struct boot_chap *c, struct err *e)
{
	if (c->user[0] && !c->secret[0])
		return err_set(e, ST_USAGE, "there is a CHAP user name, \"%.200s\", but no secret", c->user);
	if (c->secret[0] && !c->user[0])
		return err_set(e, ST_USAGE, "there is a CHAP secret but no user name");
	if (c->mutual_user[0] && !c->mutual_secret[0])
		return err_set(e, ST_USAGE, "there is a name for the target, \"%.200s\", but no secret of it",
			       c->mutual_user);
	if (c->mutual_secret[0] && !c->user[0])
		return err_set(e, ST_USAGE, "there is a CHAP secret of the target but no user name");
	return 0;
}

int boot_add(struct boot *b, const struct boot_target *t, struct err *e)
{
	const char *why = *t->name ? name_check(t->name) : NULL;
	struct boot_target *have;

	if (why)
		return err_set(e, ST_USAGE, "%s: \"%.223s\": %s", t->from, t->name, why);
	if (!t->portals)
		return err_set(e, ST_USAGE, "%s: %s: want the address it is at", t->from, t->name);
	if (boot_chap_check(&t->chap, e))
		return err_where(e, "%s", t->from);
	have = find(b, t);
	if (have) {
		fill_in(have, t);
		return 0;
	}
	if (b->count == BOOT_TARGETS_MAX)
		return err_set(e, ST_USAGE, "%s: more than %d targets to boot from", t->from, BOOT_TARGETS_MAX);
	b->v[b->count++] = *t;
	return 0;
}

static int add_section(struct boot *b, const struct config_target *section, struct err *e)
{
	struct boot_target t;

	boot_target_init(&t, "");
	snprintf(t.from, sizeof(t.from), "%s:%u", CONFIG_FILE, section->line);
	snprintf(t.name, sizeof(t.name), "%s", section->target);
	t.section = section;
	for (unsigned int i = 0; i < section->portal_count; i++) {
		if (boot_target_portal(&t, section->portals[i], "", e))
			return err_where(e, "%s", t.from);
	}
	return boot_add(b, &t, e);
}

/* the section tells how to log in to a target that somebody else has named */
static void lend_settings(struct boot *b, const struct config_target *section)
{
	for (unsigned int i = 0; i < b->count; i++) {
		if (!b->v[i].section && !strcasecmp(b->v[i].name, section->target))
			b->v[i].section = section;
	}
}

int boot_add_config(struct boot *b, const struct config *c, struct err *e)
{
	for (unsigned int i = 0; i < c->targets; i++) {
		/* the initramfs has one namespace */
		if (c->target[i].netns)
			continue;
		lend_settings(b, &c->target[i]);
		if (c->target[i].startup == STARTUP_BOOT && add_section(b, &c->target[i], e))
			return -1;
	}
	return 0;
}

int boot_initiator(struct boot *b, const char *name, struct err *e)
{
	const char *why = name_check(name);

	if (why)
		return err_set(e, ST_USAGE, "\"%.223s\": %s", name, why);
	if (!b->initiator[0])
		snprintf(b->initiator, sizeof(b->initiator), "%s", name);
	return 0;
}

/* ---- using it -------------------------------------------------------------------------------- */

int boot_settings(const struct boot *b, const struct boot_target *t, const struct config *defaults,
		  struct settings *s, struct err *e)
{
	*s = t->section ? t->section->settings : defaults->defaults.settings;
	for (unsigned int i = 0; i < b->sets; i++) {
		if (settings_pair(s, b->set[i], e))
			return err_where(e, "%s", b->set[i]);
	}
	if (b->initiator[0] && settings_put(s, "initiator-name", b->initiator, e))
		return err_where(e, "initiator name");
	if (t->interface[0] && settings_put(s, "source-interface", t->interface, e))
		return err_where(e, "%s", t->from);
	return settings_finish(s, e);
}

static int decode(const char *text, const char *what, u8 *secret, u8 *len, struct err *e)
{
	return secret_decode(text, strlen(text), secret, len, e) ? err_where(e, "the CHAP secret of %s", what) : 0;
}

/* those of another way to the same target are as good */
static const struct boot_chap *chap_of(const struct boot *b, const struct boot_target *t)
{
	for (unsigned int i = 0; !t->chap.user[0] && i < b->count; i++) {
		if (*t->name && !strcasecmp(b->v[i].name, t->name) && b->v[i].chap.user[0])
			return &b->v[i].chap;
	}
	return &t->chap;
}

int boot_cred(const struct boot *b, const struct boot_target *t, const struct settings *s,
	      struct kiscsi_chap_cred *cred, struct err *e)
{
	static const struct cred_source none;
	const struct boot_chap *c = chap_of(b, t);
	const char *why;

	if (!c->user[0])
		return cred_read(t->section ? &t->section->chap : &none, s, "", cred, e);
	if (cred_read(&none, s, "", cred, e))
		return -1;
	secret_protect(cred, sizeof(*cred));
	strcpy(cred->user, c->user);
	strcpy(cred->mutual_user, c->mutual_user);
	if (decode(c->secret, "ours", cred->secret, &cred->secret_len, e))
		return -1;
	if (c->mutual_secret[0] &&
	    decode(c->mutual_secret, "the target", cred->mutual_secret, &cred->mutual_secret_len, e))
		return -1;
	why = kiscsi_chap_check(cred);
	return why ? err_set(e, ST_FAILED, "CHAP: %s", why) : 0;
}

void boot_chap_wipe(struct boot_chap *c)
{
	explicit_bzero(c, sizeof(*c));
}

void boot_wipe(struct boot *b)
{
	for (unsigned int i = 0; i < BOOT_TARGETS_MAX; i++)
		boot_chap_wipe(&b->v[i].chap);
}
