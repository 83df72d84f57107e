// SPDX-License-Identifier: GPL-2.0
/*
 * kiscsi login: attach the LUNs of one target, or of all that a portal reports.
 */
#include "attach.h"
#include "cmd.h"
#include "initiator.h"
#include "opt.h"
#include "out.h"

#define TAKES (OPT_PORTAL | OPT_ALL | OPT_CHAP | OPT_SET | OPT_TIMEOUT | OPT_JSON | OPT_CHECK | \
	       OPT_NETWORK)
#define TIMEOUT_DEFAULT	30

/**
 * struct job - a login command under way
 * @o: what was given
 * @cred: credentials
 * @attach: open, unless the login is only to be checked
 * @portals: addresses of --portal
 * @sessions: JSON array of what has been attached, or NULL
 * @attached: how many targets have been
 * @result: what failed so far, status ST_DONE: nothing
 */
struct job {
	struct options o;
	struct kiscsi_chap_cred cred;
	struct attach attach;
	struct address_list portals;
	struct json_object *sessions;
	unsigned int attached;
};

/* each name with a bounded time, so that one that does not resolve leaves the others theirs */
static int resolve_portals(struct job *j, deadline_t deadline, struct err *e)
{
	struct err all = { 0 };

	for (unsigned int i = 0; i < j->o.portal_count; i++) {
		int share = clock_left(deadline) / (int)(j->o.portal_count - i + 1);
		struct portal p;
		struct err one;

		portal_parse(&p, j->o.portals[i]);
		if (portal_resolve(&p, &j->portals, NULL, clock_in(share), &one))
			err_join(&all, &one);
	}
	if (!j->portals.count) {
		*e = all;
		return -1;
	}
	if (all.text[0])
		err_warn("%s", all.text);
	return 0;
}

static void print_session(struct job *j, const struct session *s, const struct luns *luns)
{
	if (j->sessions)
		json_object_array_add(j->sessions, out_session_json(s, luns));
	else
		out_names(luns);
}

/* log in, tell what came of it, log out */
static int check(struct job *j, const char *target, const struct candidates *c, deadline_t deadline,
		 struct err *e)
{
	struct leading *l = leading_new();
	struct leading_config config;
	int r;

	if (!l)
		return err_sys(e, ST_FAILED, ENOMEM, "login");
	attach_config(&config, &j->o.settings, &j->cred, target);
	r = initiator_isid_discovery(config.isid, e);
	if (!r)
		r = leading_login(l, &config, &c->list, deadline, e);
	if (!r && j->sessions)
		json_object_array_add(j->sessions, out_login_json(l, target));
	else if (!r)
		out_login(l);
	leading_logout(l);
	leading_free(l);
	return r;
}

static int login_one(struct job *j, const char *target, const struct candidates *c,
		     deadline_t deadline, struct err *e)
{
	struct session s;
	struct luns luns;

	if (j->o.check)
		return check(j, target, c, deadline, e);
	if (attach(&j->attach, target, c, deadline, &s, &luns, e))
		return -1;
	print_session(j, &s, &luns);
	j->attached++;
	luns_free(&luns);
	session_free(&s);
	return 0;
}

static int login_named(struct job *j, deadline_t deadline, struct err *e)
{
	struct candidates c = { 0 };

	for (unsigned int i = 0; i < j->portals.count; i++)
		candidate_add(&c, &j->portals.v[i], TPGT_UNKNOWN);
	return login_one(j, j->o.argument, &c, deadline, e);
}

/* the group of the portal we asked, if that is one of the target's */
static int own_group(const struct target *t, const struct address *via, deadline_t deadline)
{
	for (unsigned int i = 0; i < t->count; i++) {
		struct address_list list = { 0 };
		struct err e;

		if (!portal_resolve(&t->portals[i], &list, via, deadline, &e) &&
		    address_in(&list, via))
			return t->portals[i].tpgt;
	}
	return TPGT_UNKNOWN;
}

/*
 * The portal we asked comes first even if the report does not name it: it answers, which is more
 * than is known of any other. Then those the report has, of the same group where that is known. What
 * is not in the networks of --network is none.
 */
static void candidates_of(const struct target *t, const struct networks *networks,
			  const struct address *via, struct candidates *c, deadline_t deadline)
{
	/* a name server that is silent must not keep us from the portal that answers */
	deadline_t names = clock_in(clock_left(deadline) / 4);
	int own = TPGT_UNKNOWN;

	c->list.count = 0;
	if (networks_have(networks, via)) {
		own = own_group(t, via, names);
		candidate_add(c, via, own);
	}
	for (unsigned int i = 0; i < t->count; i++) {
		struct address_list list = { 0 };
		struct err e;

		if ((own != TPGT_UNKNOWN && t->portals[i].tpgt != own) ||
		    portal_resolve(&t->portals[i], &list, via, names, &e))
			continue;
		for (unsigned int k = 0; k < list.count; k++) {
			if (!address_unspecified(&list.v[k]) && networks_have(networks, &list.v[k]))
				candidate_add(c, &list.v[k], t->portals[i].tpgt);
		}
	}
}

/* every target of the report; one that fails is told of and does not stop the others */
static enum status login_each(struct job *j, const struct targets *t, const struct address *via,
			      deadline_t deadline)
{
	enum status worst = ST_DONE;
	bool there = false;

	for (unsigned int i = 0; i < t->count && !clock_stopped(); i++) {
		deadline_t mine = j->o.timeout ? deadline : opt_deadline(&j->o, TIMEOUT_DEFAULT);
		struct candidates c;
		struct err e;

		candidates_of(&t->v[i], &j->o.networks, via, &c, mine);
		if (!c.list.count)
			err_set(&e, ST_NO_MATCH, "no portal of it is in the networks of --network");
		else if (!login_one(j, t->v[i].name, &c, mine, &e))
			continue;
		if (e.status == ST_EXISTS) {
			there = true;
			continue;
		}
		worst = e.status;
		err_where(&e, "login %s", t->v[i].name);
		err_print(&e);
	}
	if (worst == ST_DONE && there && !j->attached) {
		err_warn("every target of the report is logged in already");
		return ST_EXISTS;
	}
	return worst;
}

static int login_all(struct job *j, deadline_t deadline, enum status *status, struct err *e)
{
	struct leading_config c = { .settings = &j->o.settings, .cred = &j->cred };
	struct address via;
	struct targets t;

	if (discovery_run(&c, &j->portals, &t, &via, deadline, e))
		return -1;
	if (!t.count)
		return err_set(e, ST_NO_MATCH, "the portal reports no targets");
	*status = login_each(j, &t, &via, deadline);
	targets_free(&t);
	return 0;
}

static int run(struct job *j, enum status *status, struct err *e)
{
	deadline_t deadline = opt_deadline(&j->o, TIMEOUT_DEFAULT);
	int r;

	if (opt_cred(&j->o, &j->cred, e) || initiator_name(&j->o.settings, e) ||
	    resolve_portals(j, deadline, e))
		return -1;
	if (!j->o.check && attach_open(&j->attach, &j->o.settings, &j->cred, e))
		return -1;
	if (j->o.json)
		j->sessions = json_object_new_array();
	r = j->o.all ? login_all(j, deadline, status, e) : login_named(j, deadline, e);
	if (j->sessions && !r) {
		out_list_json("sessions", j->sessions);
		j->sessions = NULL;
	}
	if (j->sessions)
		json_object_put(j->sessions);
	if (!r)
		r = out_flush(e);
	attach_close(&j->attach);
	return r;
}

static int check_usage(struct options *o, struct err *e)
{
	char folded[KISCSI_NAME_MAX + 1];
	const char *why;

	if (o->all && o->argument)
		return err_set(e, ST_USAGE, "login: either TARGET or --all");
	if (!o->all && !o->argument)
		return err_set(e, ST_USAGE, "login: TARGET is missing");
	if (!o->portal_count)
		return err_set(e, ST_USAGE, "login: --portal is missing");
	if (o->networks.count && !o->all)
		return err_set(e, ST_USAGE, "login: --network goes with --all");
	if (o->all)
		return 0;
	if (strlen(o->argument) >= sizeof(folded))
		return err_set(e, ST_USAGE, "login: \"%s\": a target name has at most %d bytes",
			       o->argument, KISCSI_NAME_MAX);
	strcpy(folded, o->argument);
	for (char *p = folded; *p; p++)
		*p = (char)(*p >= 'A' && *p <= 'Z' ? *p + 32 : *p);
	why = kiscsi_name_check(folded);
	return why ? err_set(e, ST_USAGE, "login: \"%s\": %s", o->argument, why) : 0;
}

static void help(void)
{
	printf("kiscsi login TARGET --portal PORTAL [OPTION...]\n"
	       "kiscsi login --all --portal PORTAL [OPTION...]\n"
	       "Attach the LUNs of a target, or of all that the portal reports, and print their /dev names.\n\n");
	opt_help(TAKES);
}

int cmd_login(int argc, char **argv)
{
	enum status status = ST_DONE;
	struct job j = { 0 };
	struct err e;
	int r;

	if (opt_parse(&j.o, TAKES, argc, argv, &e)) {
		err_where(&e, "login");
		return err_print(&e);
	}
	if (j.o.help) {
		help();
		return ST_DONE;
	}
	if (check_usage(&j.o, &e))
		return err_print(&e);
	clock_catch();
	r = run(&j, &status, &e);
	explicit_bzero(&j.cred, sizeof(j.cred));
	if (!r)
		return status;
	err_where(&e, "login %s", j.o.all ? j.o.portals[0] : j.o.argument);
	return err_print(&e);
}
