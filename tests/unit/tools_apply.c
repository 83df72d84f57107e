// SPDX-License-Identifier: GPL-2.0
/*
 * The plan of "kiscsi apply": wanted and present in, actions out.
 */
#include "../../tools/apply.c"
#include "unit.h"

#define A "[iqn.2026-01.example:a]\n"
#define B "[iqn.2026-01.example:b]\n"
#define PORTAL "portals = 192.0.2.1\n"
#define HERE 7

/* a host with some sessions, and a file */
struct host {
	struct config config;
	struct session session[4];
	struct session_conn conn[4];
	struct sessions present;
	u64 netns[8];
	struct apply_state state;
	struct apply_plan plan;
};

static void host_init(struct host *h, const char *file)
{
	struct problems p = { 0 };

	memset(h, 0, sizeof(*h));
	config_init(&h->config);
	ini_parse_text(&h->config.ini, file, strlen(file), &p);
	config_read(&h->config, &p);
	EQ(p.count, 0);
	problems_free(&p);
	for (unsigned int i = 0; i < h->config.targets; i++) {
		strcpy(h->config.target[i].settings.initiator_name, "iqn.2026-01.example:me");
		h->netns[i] = HERE;
	}
	h->present.v = h->session;
	h->state = (struct apply_state){
		.config = &h->config, .netns = h->netns, .own_netns = HERE, .present = &h->present,
	};
}

static void address(struct address *a, const char *text)
{
	EQ(address_numeric(a, text), 0);
	a->in.sin_port = htons(3260);
}

/* a session as a login with the settings of section @like would have made it */
static struct session *session_add(struct host *h, const char *target, unsigned int like, const char *portal)
{
	const struct settings *s = &h->config.target[like].settings;
	struct session *new = &h->session[h->present.count];
	struct address a;

	address(&a, portal);
	strcpy(new->target, target);
	strcpy(new->initiator, s->initiator_name);
	new->sid = h->present.count;
	new->state = KISCSI_SESSION_UP;
	new->netns = HERE;
	new->offer = s->offer;
	new->timers = s->timers;
	new->queue_depth = s->queue_depth;
	address_add(&new->portals, &a);
	new->conns = &h->conn[h->present.count++];
	new->conn_count = 1;
	new->conns->peer = a;
	return new;
}

static void plan(struct host *h)
{
	struct err e;

	apply_free(&h->plan);
	EQ(apply_plan(&h->plan, &h->state, &e), 0);
}

/* the plan has just this one action */
static void just(struct host *h, enum apply_kind kind, const char *text)
{
	plan(h);
	EQ(h->plan.count, 1);
	EQ(h->plan.v[0].kind, kind);
	if (text)
		HAS(h->plan.v[0].text, text);
}

static void drop(struct host *h)
{
	apply_free(&h->plan);
	config_free(&h->config);
}

static void nothing_there(void)
{
	struct host h;

	host_init(&h, A PORTAL B PORTAL "startup = manual\n");
	just(&h, APPLY_LOGIN, NULL);
	STR(h.plan.v[0].target->target, "iqn.2026-01.example:a");
	drop(&h);
	host_init(&h, A PORTAL "startup = boot\n");
	just(&h, APPLY_LOGIN, NULL);
	drop(&h);
	host_init(&h, "");
	plan(&h);
	EQ(h.plan.count, 0);
	drop(&h);
}

static void nothing_to_do(void)
{
	struct host h;

	host_init(&h, A PORTAL "header-digest = crc32c\nconnections = 4\nrecovery-tmo = 7\nsource-interface = eth0\n"
		  "source-address = 192.0.2.7\nqueue-depth = 9\nfirst-burst-length = 512\n");
	strcpy(session_add(&h, "iqn.2026-01.example:A", 0, "192.0.2.1")->source_interface, "eth0");
	EQ(address_numeric(&h.session[0].source_address, "192.0.2.7"), 0);
	just(&h, APPLY_SAME, "");
	h.session[0].state = KISCSI_SESSION_RECOVERING;
	just(&h, APPLY_SAME, "");
	/* a module that does not tell what was asked for */
	memset(&h.session[0].offer, 0, sizeof(h.session[0].offer));
	just(&h, APPLY_SAME, "");
	drop(&h);
}

static void changes(void)
{
	struct host h;

	host_init(&h, A PORTAL "nop-interval = 9\n");
	session_add(&h, "iqn.2026-01.example:a", 0, "192.0.2.1");
	h.session[0].timers.nop_interval = 5;
	h.session[0].timers.abort_timeout = 99;
	just(&h, APPLY_CHANGE, "nop-interval from 5 to 9, abort-timeout from 99 to 15");
	/* nobody asked for a recovery-tmo */
	h.session[0].timers = h.config.target[0].settings.timers;
	h.session[0].timers.recovery_tmo = 5;
	just(&h, APPLY_SAME, "");
	drop(&h);
	host_init(&h, A PORTAL "recovery-tmo = never\n");
	session_add(&h, "iqn.2026-01.example:a", 0, "192.0.2.1");
	h.session[0].timers.recovery_tmo = 5;
	just(&h, APPLY_CHANGE, "recovery-tmo from 5 to never");
	drop(&h);
}

static void differs(void)
{
	struct host h;

	host_init(&h, A PORTAL);
	session_add(&h, "iqn.2026-01.example:a", 0, "192.0.2.1");
	h.session[0].offer.header_digests = 1;
	h.session[0].queue_depth = 9;
	just(&h, APPLY_DIFFERS, "header-digest is none, not none,crc32c, queue-depth is 9, not 128");
	h.session[0].timers.nop_timeout = 77;
	plan(&h);
	EQ(h.plan.count, 2);
	EQ(h.plan.v[0].kind, APPLY_CHANGE);
	EQ(h.plan.v[1].kind, APPLY_DIFFERS);
	drop(&h);
	host_init(&h, A PORTAL "source-interface = eth0\n");
	session_add(&h, "iqn.2026-01.example:a", 0, "192.0.2.1");
	strcpy(h.session[0].initiator, "iqn.2026-01.example:you");
	just(&h, APPLY_DIFFERS, "initiator-name is iqn.2026-01.example:you, not iqn.2026-01.example:me, source-interface is not set, not eth0");
	h.session[0].state = KISCSI_SESSION_LOGOUT;
	just(&h, APPLY_DIFFERS, "logged out");
	drop(&h);
}

static void portals(void)
{
	struct address a;
	struct host h;

	host_init(&h, A "portals = 192.0.2.1, 192.0.2.2\n");
	session_add(&h, "iqn.2026-01.example:a", 0, "192.0.2.1");
	just(&h, APPLY_DIFFERS, "portal 192.0.2.2:3260 is not one of the session's");
	address(&a, "192.0.2.2");
	address_add(&h.session[0].portals, &a);
	just(&h, APPLY_SAME, "");
	address(&a, "192.0.2.3");
	address_add(&h.session[0].portals, &a);
	just(&h, APPLY_DIFFERS, "portal 192.0.2.3:3260 of the session is not in the file");
	/* the target has led us there */
	h.conn[0].peer = a;
	just(&h, APPLY_SAME, "");
	drop(&h);
	host_init(&h, A "portals = storage.example\n");
	session_add(&h, "iqn.2026-01.example:a", 0, "192.0.2.1");
	just(&h, APPLY_SAME, "");
	drop(&h);
}

static void unlisted(void)
{
	struct host h;

	host_init(&h, "");
	h.session[0].state = KISCSI_SESSION_UP;
	h.session[0].netns = HERE;
	strcpy(h.session[0].target, "iqn.2026-01.example:old");
	h.present.count = 1;
	just(&h, APPLY_UNLISTED, "");
	h.state.prune = true;
	just(&h, APPLY_LOGOUT, "");
	/* somebody else's namespace */
	h.session[0].netns = 8;
	plan(&h);
	EQ(h.plan.count, 0);
	drop(&h);
}

static void manual_is_listed(void)
{
	struct host h;

	host_init(&h, A PORTAL "startup = manual\n");
	h.state.prune = true;
	session_add(&h, "iqn.2026-01.example:a", 0, "192.0.2.1");
	just(&h, APPLY_SAME, "");
	/* a second session with the target, made by hand, is none of the file's */
	session_add(&h, "iqn.2026-01.example:a", 0, "192.0.2.9");
	plan(&h);
	EQ(h.plan.count, 2);
	EQ(h.plan.v[0].kind, APPLY_LOGOUT);
	EQ(h.plan.v[0].session->sid, 1);
	drop(&h);
}

static void several_sections(void)
{
	struct host h;

	host_init(&h, "[one]\ntarget = iqn.2026-01.example:a\nportals = 192.0.2.1\n"
		  "[two]\ntarget = iqn.2026-01.example:a\nportals = 192.0.2.2\n");
	session_add(&h, "iqn.2026-01.example:a", 1, "192.0.2.2");
	plan(&h);
	EQ(h.plan.count, 2);
	EQ(h.plan.v[0].kind, APPLY_LOGIN);
	STR(h.plan.v[0].target->section, "one");
	EQ(h.plan.v[1].kind, APPLY_SAME);
	/* the same in two namespaces */
	h.netns[0] = 8;
	h.session[0].netns = 8;
	plan(&h);
	EQ(h.plan.count, 2);
	EQ(h.plan.v[0].kind, APPLY_DIFFERS);
	STR(h.plan.v[0].target->section, "one");
	EQ(h.plan.v[1].kind, APPLY_LOGIN);
	/* a namespace that is not there has no sessions */
	h.netns[0] = 0;
	plan(&h);
	EQ(h.plan.v[0].kind, APPLY_LOGIN);
	EQ(h.plan.v[1].kind, APPLY_LOGIN);
	drop(&h);
}

UNIT_SUITE(tools_apply,
	   { "nothing there", nothing_there },
	   { "nothing to do", nothing_to_do },
	   { "changes", changes },
	   { "differs", differs },
	   { "portals", portals },
	   { "unlisted", unlisted },
	   { "manual and by hand", manual_is_listed },
	   { "several sections", several_sections })
