// SPDX-License-Identifier: GPL-2.0
/*
 * The plan that "kiscsi apply" follows.
 */
#include <stdlib.h>

#include "apply.h"
#include "initiator.h"
#include "netns.h"

/**
 * struct wanted - the portals of a section that are numeric
 * @list: their addresses
 * @names: there are others, which nobody asks the name service about for a plan
 */
struct wanted {
	struct address_list list;
	bool names;
};

static void wanted_portals(const struct config_target *t, struct wanted *w)
{
	memset(w, 0, sizeof(*w));
	for (unsigned int i = 0; i < t->portal_count; i++) {
		struct portal p;
		struct address a;

		if (portal_parse(&p, t->portals[i]) || address_numeric(&a, p.host)) {
			w->names = true;
			continue;
		}
		if (a.sa.sa_family == AF_INET)
			a.in.sin_port = htons(p.port);
		else
			a.in6.sin6_port = htons(p.port);
		address_add(&w->list, &a);
	}
}

static bool of_target(const struct apply_state *s, unsigned int target, const struct session *session)
{
	return session->netns == s->netns[target] &&
	       !strcasecmp(session->target, s->config->target[target].target);
}

static bool shares_portal(const struct wanted *w, const struct session *session)
{
	for (unsigned int i = 0; i < session->portals.count; i++) {
		if (address_in(&w->list, &session->portals.v[i]))
			return true;
	}
	return false;
}

/* is section @target the only one with its target in its namespace? */
static bool only_one(const struct apply_state *s, unsigned int target)
{
	for (unsigned int i = 0; i < s->config->targets; i++) {
		if (i != target && s->netns[i] == s->netns[target] &&
		    !strcasecmp(s->config->target[i].target, s->config->target[target].target))
			return false;
	}
	return true;
}

/* the session of section @target among those that are nobody's yet, or -1 */
static int find_session(const struct apply_state *s, unsigned int target, const bool *taken,
			bool by_portal)
{
	struct wanted w;

	wanted_portals(&s->config->target[target], &w);
	if (!by_portal && !w.names && !only_one(s, target))
		return -1;
	for (unsigned int i = 0; i < s->present->count; i++) {
		const struct session *session = &s->present->v[i];

		if (!taken[i] && of_target(s, target, session) &&
		    (!by_portal || shares_portal(&w, session)))
			return (int)i;
	}
	return -1;
}

__printf(2, 3) static void say(struct apply_action *a, const char *fmt, ...)
{
	size_t n = strlen(a->text);
	va_list ap;

	if (n && n + 3 < sizeof(a->text)) {
		strcpy(a->text + n, ", ");
		n += 2;
	}
	va_start(ap, fmt);
	vsnprintf(a->text + n, sizeof(a->text) - n, fmt, ap);
	va_end(ap);
}

static struct apply_action *add(struct apply_plan *plan, enum apply_kind kind,
				const struct config_target *t, const struct session *session)
{
	struct apply_action *a = &plan->v[plan->count++];

	a->kind = kind;
	a->target = t;
	a->session = session;
	return a;
}

static void compare_portals(const struct config_target *t, const struct session *session,
			    struct apply_action *differs)
{
	char text[ADDRESS_TEXT_MAX];
	struct wanted w;
	bool redirected = false;

	wanted_portals(t, &w);
	for (unsigned int i = 0; i < w.list.count; i++) {
		if (!address_in(&session->portals, &w.list.v[i]))
			say(differs, "portal %s is not one of the session's",
			    address_text(&w.list.v[i], text));
	}
	for (unsigned int i = 0; i < session->conn_count; i++)
		redirected |= session->conns[i].peer.len && !address_in(&w.list, &session->conns[i].peer);
	/* where a target leads us, or a name, the session has more portals than the file */
	for (unsigned int i = 0; i < session->portals.count && !redirected && !w.names; i++) {
		if (!address_in(&w.list, &session->portals.v[i]))
			say(differs, "portal %s of the session is not in the file",
			    address_text(&session->portals.v[i], text));
	}
}

static bool is_enforced(const struct config_target *t, const char *key)
{
	/* multipathd writes it into sysfs: only who gives it in the file wants it back */
	return strcmp(key, "recovery-tmo") || t->settings.given & 1u << settings_row(key);
}

static void compare_settings(const struct config_target *t, const struct session *session,
			     struct apply_action *changes, struct apply_action *differs)
{
	char want[SETTINGS_TEXT_MAX], have[SETTINGS_TEXT_MAX];
	struct settings now = t->settings;
	const char *key;

	if (!session_settings(session, &now))
		return;
	for (unsigned int row = 0; (key = settings_key(row)); row++) {
		settings_text(&t->settings, row, want);
		settings_text(&now, row, have);
		if (!strcmp(want, have) || !is_enforced(t, key))
			continue;
		if (settings_change(row) == SETTINGS_LIVE)
			say(changes, "%s from %s to %s", key, have, want);
		else
			say(differs, "%s is %s, not %s", key, *have ? have : "not set",
			    *want ? want : "unset");
	}
}

static void plan_present(struct apply_plan *plan, const struct config_target *t,
			 const struct session *session)
{
	struct apply_action changes = { 0 }, differs = { 0 };

	if (session->state == KISCSI_SESSION_LOGOUT) {
		say(add(plan, APPLY_DIFFERS, t, session), "it is being logged out");
		return;
	}
	compare_settings(t, session, &changes, &differs);
	compare_portals(t, session, &differs);
	if (*changes.text)
		say(add(plan, APPLY_CHANGE, t, session), "%s", changes.text);
	if (*differs.text)
		say(add(plan, APPLY_DIFFERS, t, session), "%s", differs.text);
	if (!*changes.text && !*differs.text)
		add(plan, APPLY_SAME, t, session);
}

/* is @netns one that the file speaks of, or ours? */
static bool is_ours(const struct apply_state *s, u64 netns)
{
	if (netns == s->own_netns)
		return true;
	for (unsigned int i = 0; i < s->config->targets; i++) {
		if (s->netns[i] == netns)
			return true;
	}
	return false;
}

static void plan_unlisted(struct apply_plan *plan, const struct apply_state *s, const bool *taken)
{
	for (unsigned int i = 0; i < s->present->count; i++) {
		const struct session *session = &s->present->v[i];

		if (taken[i] || session->state == KISCSI_SESSION_LOGOUT || !is_ours(s, session->netns))
			continue;
		add(plan, s->prune ? APPLY_LOGOUT : APPLY_UNLISTED, NULL, session);
	}
}

/* which session is whose: those that a portal gives away come first */
static void match(const struct apply_state *s, bool *taken, int *of)
{
	for (unsigned int i = 0; i < 2 * s->config->targets; i++) {
		unsigned int target = i % s->config->targets;
		bool first_round = i < s->config->targets;

		if (first_round || of[target] < 0)
			of[target] = find_session(s, target, taken, first_round);
		if (of[target] >= 0)
			taken[of[target]] = true;
	}
}

static void plan_all(struct apply_plan *plan, const struct apply_state *s, bool *taken, int *of)
{
	match(s, taken, of);
	plan_unlisted(plan, s, taken);
	for (unsigned int i = 0; i < s->config->targets; i++) {
		const struct config_target *t = &s->config->target[i];

		if (of[i] >= 0)
			plan_present(plan, t, &s->present->v[of[i]]);
		else if (t->startup != STARTUP_MANUAL)
			add(plan, APPLY_LOGIN, t, NULL);
	}
}

static int fill_in_names(struct config *c, struct err *e)
{
	struct settings host;

	settings_init(&host);
	for (unsigned int i = 0; i < c->targets; i++) {
		char *name = c->target[i].settings.initiator_name;

		if (*name)
			continue;
		if (initiator_name(&host, e))
			return -1;
		strcpy(name, host.initiator_name);
	}
	return 0;
}

int apply_look(struct apply_state *s, struct config *c, struct err *e)
{
	s->config = c;
	s->own_netns = netns_own();
	s->netns = calloc(c->targets + 1, sizeof(*s->netns));
	if (!s->netns)
		return err_sys(e, ST_FAILED, ENOMEM, "apply");
	for (unsigned int i = 0; i < c->targets; i++) {
		const char *name = c->target[i].netns;

		s->netns[i] = name ? netns_number(name) : s->own_netns;
	}
	return fill_in_names(c, e);
}

int apply_plan(struct apply_plan *plan, const struct apply_state *s, struct err *e)
{
	/* two for each section, one for each session that has none */
	size_t most = 2 * s->config->targets + s->present->count + 1;
	bool *taken = calloc(s->present->count + 1, sizeof(*taken));
	int *of = calloc(s->config->targets + 1, sizeof(*of));
	int r = 0;

	plan->count = 0;
	plan->v = calloc(most, sizeof(*plan->v));
	if (taken && of && plan->v)
		plan_all(plan, s, taken, of);
	else
		r = err_sys(e, ST_FAILED, ENOMEM, "apply");
	free(taken);
	free(of);
	return r;
}

void apply_free(struct apply_plan *plan)
{
	free(plan->v);
	plan->v = NULL;
	plan->count = 0;
}
