// SPDX-License-Identifier: GPL-2.0
/*
 * kiscsi login: attach the LUNs of one target, or of all that a portal reports.
 */
#include <unistd.h>

#include "attach.h"
#include "cmd.h"
#include "config.h"
#include "crew.h"
#include "initiator.h"
#include "isns.h"
#include "name.h"
#include "netns.h"
#include "opt.h"
#include "out.h"
#include "progress.h"

#define TAKES (OPT_PORTAL | OPT_ALL | OPT_CHAP | OPT_SET | OPT_TIMEOUT | OPT_JSON | OPT_CHECK | \
	       OPT_NETWORK | OPT_ISNS | OPT_CONNECTIONS)
#define TIMEOUT_DEFAULT	30
/* of --all, at a time: most of a login is waiting, but a target need not take any number at once */
#define LOGINS_MAX	16

/**
 * struct job - a login command under way
 * @o: what was given
 * @config: the file, where no --portal is given
 * @cred: credentials
 * @attach: open, unless the login is only to be checked
 * @portals: addresses of --portal
 * @sessions: JSON array of what has been attached, or NULL
 * @attached: how many targets have been
 */
struct job {
	struct options o;
	struct config config;
	struct kiscsi_chap_cred cred;
	struct attach attach;
	struct address_list portals;
	struct json_object *sessions;
	unsigned int attached;
};

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
 * than is known of any other; a name server is none (@via NULL). Then those the report has, of the same group where that is known. What
 * is not in the networks of --network is none.
 */
static void candidates_of(const struct target *t, const struct networks *networks,
			  const struct address *via, struct candidates *c, deadline_t deadline)
{
	/* a name server that is silent must not keep us from the portal that answers */
	deadline_t names = clock_in(clock_left(deadline) / 4);
	int own = TPGT_UNKNOWN;

	c->list.count = 0;
	if (via && networks_have(networks, via)) {
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

/**
 * struct login_result - what came of one of several logins
 * @done: there is a session now
 * @sid: of it
 * @e: if not @done
 */
struct login_result {
	bool done;
	u32 sid;
	struct err e;
};

/**
 * struct several - every target of a report
 * @j: the command
 * @targets: the report
 * @via: the portal it is from, or NULL
 * @deadline: for all, where --timeout was given
 * @ended: by target: the job has ended, with @result
 * @told: so many, from the first on, have been told of: in the order of the report
 * @there: one was logged in to already
 * @worst: that happened, see err_worse()
 */
struct several {
	struct job *j;
	const struct targets *targets;
	const struct address *via;
	deadline_t deadline;
	struct ended {
		bool ended;
		const struct login_result *result;
	} *ended;
	unsigned int told;
	bool there;
	enum status worst;
};

static int find_candidates(const struct several *all, unsigned int i, struct candidates *c, deadline_t deadline,
			   struct err *e)
{
	const struct networks *networks = &all->j->o.networks;
	const char *why = name_check(all->targets->v[i].name);

	/* whoever named it would be refused as well */
	if (why)
		return err_set(e, ST_FAILED, "%s", why);
	candidates_of(&all->targets->v[i], networks, all->via, c, deadline);
	if (c->list.count)
		return 0;
	return err_set(e, ST_NO_MATCH, networks->count ? "no portal of it is in the networks of --network" :
							"no portal of it is reported");
}

static deadline_t deadline_of(const struct several *all)
{
	return all->j->o.timeout ? all->deadline : opt_deadline(&all->j->o, TIMEOUT_DEFAULT);
}

/* in a process of its own */
static void login_apart(void *arg, unsigned int i, void *out)
{
	const struct several *all = arg;
	deadline_t deadline = deadline_of(all);
	struct login_result *result = out;
	struct candidates c;
	struct session s;
	struct luns luns;

	/* of many that wait at a time, not each says so */
	clock_on_wait(NULL);
	if (find_candidates(all, i, &c, deadline, &result->e) ||
	    attach_apart(&all->j->attach, all->targets->v[i].name, &c, deadline, &s, &luns, &result->e))
		return;
	result->done = true;
	result->sid = s.sid;
	luns_free(&luns);
	session_free(&s);
}

static int tell_session(struct job *j, u32 sid, struct err *e)
{
	struct session s;
	struct luns luns;
	int r;

	if (session_get(&j->attach.nl, sid, &s, e))
		return -1;
	r = luns_read(s.host_no, &luns, e);
	if (!r) {
		print_session(j, &s, &luns);
		j->attached++;
		luns_free(&luns);
	}
	session_free(&s);
	return r;
}

static void tell_failure(struct several *all, const char *target, struct err *e)
{
	if (e->status == ST_EXISTS) {
		all->there = true;
		return;
	}
	all->worst = err_worse(all->worst, e->status);
	err_where(e, "login %s", target);
	err_print(e);
}

/* one that fails is told of and does not stop the others */
static void tell_target(struct several *all, unsigned int i)
{
	const struct login_result *result = all->ended[i].result;
	struct err e;

	if (!result)
		err_set(&e, ST_FAILED, "the process that was to log in has died");
	else if (!result->done)
		e = result->e;
	else if (!tell_session(all->j, result->sid, &e))
		return;
	tell_failure(all, all->targets->v[i].name, &e);
}

static void login_ended(void *arg, unsigned int i, const void *result)
{
	struct several *all = arg;

	all->ended[i] = (struct ended){ .ended = true, .result = result };
	while (all->told < all->targets->count && all->ended[all->told].ended)
		tell_target(all, all->told++);
}

static int attach_each(struct several *all, struct err *e)
{
	const struct crew crew = {
		.count = all->targets->count,
		.most = LOGINS_MAX,
		.result_size = sizeof(struct login_result),
		.work = login_apart,
		.done = login_ended,
		.waiting = progress_logins,
		.arg = all,
	};
	int r;

	all->ended = calloc(all->targets->count, sizeof(*all->ended));
	if (!all->ended)
		return err_sys(e, ST_FAILED, ENOMEM, "login");
	r = crew_run(&crew, e);
	free(all->ended);
	if (!r && all->told < all->targets->count)
		return err_set(e, ST_FAILED, "interrupted: %u logins not begun", all->targets->count - all->told);
	return r;
}

/* without attaching, and one after the other: what they have to say is all there is of it */
static int check_each(struct several *all, struct err *e)
{
	unsigned int i;

	for (i = 0; i < all->targets->count && !clock_stopped(); i++) {
		const char *target = all->targets->v[i].name;
		deadline_t deadline = deadline_of(all);
		struct candidates c;
		struct err one;

		if (find_candidates(all, i, &c, deadline, &one) || check(all->j, target, &c, deadline, &one))
			tell_failure(all, target, &one);
	}
	if (i < all->targets->count)
		return err_set(e, ST_FAILED, "interrupted: %u targets not checked", all->targets->count - i);
	return 0;
}

static enum status login_each(struct several *all)
{
	struct err e;

	if (all->j->o.check ? check_each(all, &e) : attach_each(all, &e))
		all->worst = err_worse(all->worst, (enum status)err_print(&e));
	if (all->worst == ST_DONE && all->there && !all->j->attached) {
		err_warn("every target of the report is logged in already");
		return ST_EXISTS;
	}
	return all->worst;
}

static int login_all(struct job *j, deadline_t deadline, enum status *status, struct err *e)
{
	struct leading_config c = { .settings = &j->o.settings, .cred = &j->cred };
	struct targets t;
	struct several all = { .j = j, .targets = &t, .deadline = deadline };
	struct address via;
	int r;

	if (j->o.isns)
		r = isns_discover(&j->o.settings, &j->portals, &t, deadline, e);
	else
		r = discovery_run(&c, &j->portals, &t, &via, deadline, e);
	if (r)
		return -1;
	if (!t.count)
		return err_set(e, ST_NO_MATCH, "the %s reports no targets", j->o.isns ? "server" : "portal");
	all.via = j->o.isns ? NULL : &via;
	*status = login_each(&all);
	targets_free(&t);
	return 0;
}

static int use_section(struct job *j, const struct config_target *t, struct err *e)
{
	if (t->netns && netns_enter(t->netns, e))
		return -1;
	memcpy(j->o.portals, t->portals, sizeof(j->o.portals));
	j->o.portal_count = t->portal_count;
	if (!j->o.chap.user)
		j->o.chap = t->chap;
	j->o.argument = t->target;
	j->attach.per_portal = config_is_path(&j->config, t);
	return opt_settings(&j->o, &t->settings, e);
}

/* what the configuration has for the target, below what the command line says */
static int find_section(struct job *j, struct err *e)
{
	const struct config_target *t;
	enum status status;

	if (access(CONFIG_FILE, F_OK) && errno == ENOENT)
		return err_set(e, ST_USAGE, "--portal is missing, and there is no " CONFIG_FILE);
	config_load(&j->config, CONFIG_FILE, false, &status);
	if (status != ST_DONE)
		return err_set(e, status, "--portal is missing, and " CONFIG_FILE " is no help");
	if (config_find(&j->config, j->o.argument, &t, e))
		return -1;
	if (!t)
		return err_set(e, ST_USAGE,
			       "--portal is missing, and " CONFIG_FILE " has no such target");
	return use_section(j, t, e);
}

static int run(struct job *j, enum status *status, struct err *e)
{
	deadline_t deadline = opt_deadline(&j->o, TIMEOUT_DEFAULT);
	int r;

	if (!j->o.portal_count && find_section(j, e))
		return -1;
	/* the time of who types a secret has a limit only if one is given, and is not taken from ours */
	j->o.chap.deadline = j->o.timeout ? deadline : 0;
	if (cred_read(&j->o.chap, &j->o.settings, "--", &j->cred, e) || initiator_name(&j->o.settings, e))
		return -1;
	if (!j->o.timeout)
		deadline = opt_deadline(&j->o, TIMEOUT_DEFAULT);
	if (portal_resolve_all(j->o.portals, j->o.portal_count, j->o.isns ? KISCSI_ISNS_PORT : KISCSI_PORT,
			       &j->portals, deadline, e))
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
	const char *why;

	if (o->all && o->argument)
		return err_set(e, ST_USAGE, "login: either TARGET or --all");
	if (!o->all && !o->argument)
		return err_set(e, ST_USAGE, "login: TARGET is missing");
	if (!o->portal_count && o->all)
		return err_set(e, ST_USAGE, "login: --portal is missing");
	if ((o->networks.count || o->isns) && !o->all)
		return err_set(e, ST_USAGE, "login: --network and --isns go with --all");
	/* without a portal it may be the name of a section */
	if (o->all || !o->portal_count)
		return 0;
	why = name_check(o->argument);
	return why ? err_set(e, ST_USAGE, "login: \"%s\": %s", o->argument, why) : 0;
}

static void help(void)
{
	printf("kiscsi login TARGET --portal PORTAL [OPTION...]\n"
	       "kiscsi login TARGET [OPTION...]\n"
	       "kiscsi login --all --portal PORTAL [OPTION...]\n"
	       "Attach the LUNs of a target, or of all that the portal reports, and print their /dev names.\n"
	       "Without a portal, " CONFIG_FILE " says how.\n\n");
	opt_help(TAKES);
}

int cmd_login(int argc, char **argv)
{
	enum status status = ST_DONE;
	struct job j = { 0 };
	struct err e;
	const char *name;
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
	progress_on();
	name = j.o.all ? j.o.portals[0] : j.o.argument;
	r = run(&j, &status, &e);
	explicit_bzero(&j.cred, sizeof(j.cred));
	config_free(&j.config);
	if (!r)
		return status;
	err_where(&e, "login %s", name);
	return err_print(&e);
}
