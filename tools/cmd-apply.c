// SPDX-License-Identifier: GPL-2.0
/*
 * kiscsi apply: make the sessions be what the configuration says.
 */
#include <stdlib.h>
#include <unistd.h>

#include "apply.h"
#include "attach.h"
#include "cmd.h"
#include "crew.h"
#include "detach.h"
#include "json.h"
#include "lock.h"
#include "netns.h"
#include "opt.h"
#include "out.h"
#include "progress.h"
#include "secret.h"

#define TAKES (OPT_DRY_RUN | OPT_PRUNE | OPT_TIMEOUT | OPT_JSON)
/* for the LUNs, after a login */
#define LUNS_DEFAULT	30
#define LOGOUT_DEFAULT	30
/* another apply may have many targets that do not answer */
#define LOCK_DEFAULT	600
#define DEVICES_MAX	4096

/**
 * struct job - an apply under way
 * @o: what was given
 * @config: what is wanted
 * @attach: the module
 * @present: the sessions there were at the start
 * @state: both, for the plan
 * @plan: what to do
 * @logins: those actions of @plan that are logins
 * @login_count: how many
 * @report: JSON array of what was done, NULL: lines
 * @status: the worst that happened
 */
struct job {
	struct options o;
	struct config config;
	struct attach attach;
	struct sessions present;
	struct apply_state state;
	struct apply_plan plan;
	const struct apply_action **logins;
	unsigned int login_count;
	struct json_object *report;
	enum status status;
};

/**
 * struct login_result - what came of a login
 * @done: there is a session now
 * @there: somebody else had made it in the meantime
 * @e: if not @done
 * @devices: names of its LUNs in /dev, with blanks between
 */
struct login_result {
	bool done;
	bool there;
	struct err e;
	char devices[DEVICES_MAX];
};

static const struct {
	const char *word;	/* in JSON */
	const char *line;	/* what was done; the action's text stands behind it */
	const char *would;
	const char *result;	/* in JSON, unless it failed or would be done */
} kinds[] = {
	[APPLY_SAME] = { "none", NULL, NULL, "unchanged" },
	[APPLY_LOGIN] = { "login", "logged in", "would log in", "done" },
	[APPLY_CHANGE] = { "change", "changed ", "would change ", "done" },
	[APPLY_CREDENTIALS] = { "credentials", "changed the CHAP credentials, which count from the next login on", NULL, "done" },
	[APPLY_DIFFERS] = { "differs", "left as it is, a change takes a logout and another apply: ",
			    "would be left as it is, a change takes a logout and another apply: ", "left" },
	[APPLY_LOGOUT] = { "logout", "logged out", "would log out", "done" },
	[APPLY_UNLISTED] = { "unlisted", "is not in the file and left, --prune logs it out",
			     "is not in the file and would be left, --prune logs it out", "left" },
};

/* ---- telling --------------------------------------------------------------------------------- */

static const char *name_of(const struct apply_action *a)
{
	return a->target ? a->target->section : a->session->target;
}

static void tell_json(struct job *j, const struct apply_action *a, const char *result, const char *text,
		      const char *devices)
{
	struct json_object *o = json_object_new_object();
	struct json_object *list = json_object_new_array();
	char copy[DEVICES_MAX];
	char *next = copy;
	char *name;

	json_text(o, "action", kinds[a->kind].word);
	json_optional(o, "section", a->target ? a->target->section : "");
	json_text(o, "target", a->target ? a->target->target : a->session->target);
	json_text(o, "result", result);
	json_optional(o, "text", text);
	snprintf(copy, sizeof(copy), "%s", devices);
	while ((name = strsep(&next, " "))) {
		if (*name)
			json_object_array_add(list, json_object_new_string(name));
	}
	json_object_object_add(o, "devices", list);
	json_object_array_add(j->report, o);
}

/* done, or what would be */
static void tell(struct job *j, const struct apply_action *a, const char *devices)
{
	const char *line = j->o.dry_run ? kinds[a->kind].would : kinds[a->kind].line;
	const char *result = kinds[a->kind].result;
	char safe[1024];

	if (j->o.dry_run && !strcmp(result, "done"))
		result = "would";
	if (j->report) {
		tell_json(j, a, result, a->text, devices);
		return;
	}
	if (!line)
		return;
	printf("%s: %s%s%s%s\n", text_safe(safe, sizeof(safe), name_of(a)), line, a->text,
	       *devices ? ": " : "", devices);
	fflush(stdout);
}

static void tell_failure(struct job *j, const struct apply_action *a, const struct err *why)
{
	struct err e = *why;

	if (j->report)
		tell_json(j, a, "failed", e.text, "");
	err_where(&e, "apply %s", name_of(a));
	if (a->target && a->target->optional) {
		err_warn("%s (optional)", e.text);
		return;
	}
	j->status = err_worse(j->status, (enum status)err_print(&e));
}

/* ---- logging in ------------------------------------------------------------------------------ */

/* who types a secret has until @by if --timeout is given, and any time if not */
static int read_secrets(const struct options *o, const struct config_target *t, deadline_t by,
			struct kiscsi_chap_cred *cred, struct err *e)
{
	struct cred_source chap = t->chap;

	chap.deadline = o->timeout ? by : 0;
	return cred_read(&chap, &t->settings, "", cred, e);
}

/* --timeout is for all of a target, which ends at @all; without, each part has its own time */
static deadline_t names_deadline(const struct options *o, const struct settings *s, deadline_t all)
{
	return o->timeout ? all : opt_deadline(o, s->timers.login_timeout);
}

static deadline_t attach_deadline(const struct options *o, const struct settings *s, unsigned int addresses,
				  deadline_t all)
{
	if (o->timeout)
		return all;
	return opt_deadline(o, s->timers.login_timeout * addresses + LUNS_DEFAULT);
}

static int login_with(const struct job *j, const struct config_target *t,
		      const struct kiscsi_chap_cred *cred, deadline_t all, struct login_result *result)
{
	deadline_t names = names_deadline(&j->o, &t->settings, all);
	struct candidates c = { 0 };
	struct address_list list = { 0 };
	struct attach like = { .settings = &t->settings, .cred = cred, .per_portal = true };
	struct session s;
	struct luns luns;

	if (portal_resolve_all(t->portals, t->portal_count, KISCSI_PORT, &list, names, &result->e))
		return -1;
	for (unsigned int i = 0; i < list.count; i++)
		candidate_add(&c, &list.v[i], TPGT_UNKNOWN);
	if (attach_apart(&like, t->target, &c, attach_deadline(&j->o, &t->settings, list.count, all), &s, &luns,
			 &result->e))
		return -1;
	luns_devices(&luns, result->devices, sizeof(result->devices));
	luns_free(&luns);
	session_free(&s);
	return 0;
}

/* in a process of its own */
static void login_one(void *arg, unsigned int i, void *out)
{
	const struct job *j = arg;
	const struct config_target *t = j->logins[i]->target;
	deadline_t all = opt_deadline(&j->o, 0);
	struct login_result *result = out;
	struct kiscsi_chap_cred cred;

	/* of many that wait at a time, not each says so */
	clock_on_wait(NULL);
	if (t->netns && netns_enter(t->netns, &result->e))
		return;
	result->done = !read_secrets(&j->o, t, all, &cred, &result->e) && !login_with(j, t, &cred, all, result);
	explicit_bzero(&cred, sizeof(cred));
	if (!result->done && result->e.status == ST_EXISTS)
		result->done = result->there = true;
}

static void login_ended(void *arg, unsigned int i, const void *out)
{
	const struct login_result *result = out;
	struct job *j = arg;
	struct err e;

	if (!result) {
		err_set(&e, ST_FAILED, "the process that was to log in has died");
		tell_failure(j, j->logins[i], &e);
	} else if (!result->done) {
		tell_failure(j, j->logins[i], &result->e);
	} else if (!result->there) {
		tell(j, j->logins[i], result->devices);
	}
	j->logins[i] = NULL;
}

static int login_all(struct job *j, struct err *e)
{
	const struct crew crew = {
		.count = j->login_count,
		.result_size = sizeof(struct login_result),
		.work = login_one,
		.done = login_ended,
		.waiting = progress_logins,
		.arg = j,
	};
	unsigned int left = 0;

	if (crew_run(&crew, e))
		return -1;
	for (unsigned int i = 0; i < j->login_count; i++)
		left += !!j->logins[i];
	return left ? err_set(e, ST_FAILED, "interrupted: %u logins not begun", left) : 0;
}

/* ---- the rest -------------------------------------------------------------------------------- */

static void change(struct job *j, const struct apply_action *a)
{
	struct timers timers = a->target->settings.timers;
	struct err e;

	/* one that the file does not give may have been set in sysfs, and to what we could not set */
	if (!(a->target->settings.given & 1u << settings_row("recovery-tmo")))
		timers.recovery_tmo = RECOVERY_TMO_KEEP;
	if (session_set(&j->attach.nl, a->session->sid, &timers, &e))
		tell_failure(j, a, &e);
	else
		tell(j, a, "");
}

static bool has_credentials(const struct apply_action *a)
{
	const struct cred_source *chap = a->target ? &a->target->chap : NULL;

	return a->session && a->session->state != KISCSI_SESSION_LOGOUT && chap && chap->user &&
	       secret_at_hand(chap->secret_file) &&
	       (!chap->mutual_secret_file || secret_at_hand(chap->mutual_secret_file));
}

/* nobody can ask the kernel which it has: it is told, and says whether that was anything new */
static void credentials(struct job *j, const struct apply_action *a)
{
	struct apply_action done = { .kind = APPLY_CREDENTIALS, .target = a->target, .session = a->session };
	struct kiscsi_chap_cred cred;
	struct err e;
	int r;

	r = read_secrets(&j->o, a->target, opt_deadline(&j->o, 0), &cred, &e);
	if (!r)
		r = session_set_chap(&j->attach.nl, a->session->sid, &cred, &e);
	explicit_bzero(&cred, sizeof(cred));
	if (r > 0)
		tell(j, &done, "");
	else if (r && e.code == EINVAL)
		err_warn("%s: the module that is loaded is too old to take credentials: they count after the next kiscsi login",
			 name_of(a));
	else if (r)
		tell_failure(j, &done, &e);
}

/* an action or two for each session, one behind the other */
static void credentials_all(struct job *j)
{
	const struct config_target *last = NULL;

	for (unsigned int i = 0; i < j->plan.count; i++) {
		const struct apply_action *a = &j->plan.v[i];

		if (a->target == last || !has_credentials(a))
			continue;
		last = a->target;
		credentials(j, a);
	}
}

static const struct apply_action *action_of(const struct job *j, u32 sid)
{
	for (unsigned int i = 0; i < j->plan.count; i++) {
		const struct apply_action *a = &j->plan.v[i];

		if (a->kind == APPLY_LOGOUT && a->session->sid == sid)
			return a;
	}
	return NULL;
}

static void logout_ended(void *arg, const struct session *s, const struct err *e)
{
	struct job *j = arg;
	const struct apply_action *a = action_of(j, s->sid);

	if (e)
		tell_failure(j, a, e);
	else
		tell(j, a, "");
}

static int logout_all(struct job *j, struct err *e)
{
	struct sessions list = { calloc(j->plan.count + 1, sizeof(*list.v)), 0 };
	int r = 0;

	if (!list.v)
		return err_sys(e, ST_FAILED, ENOMEM, "logout");
	for (unsigned int i = 0; i < j->plan.count; i++) {
		if (j->plan.v[i].kind == APPLY_LOGOUT)
			list.v[list.count++] = *j->plan.v[i].session;
	}
	if (list.count)
		r = attach_listen(&j->attach, e);
	if (list.count && !r)
		detach(&j->attach.nl, &j->attach.events, &list, false,
		       opt_deadline(&j->o, LOGOUT_DEFAULT), logout_ended, j);
	/* what the sessions hold belongs to those in j->present */
	free(list.v);
	return r;
}

static int follow(struct job *j, struct err *e)
{
	j->logins = calloc(j->plan.count + 1, sizeof(*j->logins));
	if (!j->logins)
		return err_sys(e, ST_FAILED, ENOMEM, "login");
	if (!j->o.dry_run && logout_all(j, e))
		return -1;
	for (unsigned int i = 0; i < j->plan.count; i++) {
		const struct apply_action *a = &j->plan.v[i];

		if (j->o.dry_run || (a->kind != APPLY_LOGIN && a->kind != APPLY_CHANGE &&
				     a->kind != APPLY_LOGOUT))
			tell(j, a, "");
		else if (a->kind == APPLY_CHANGE)
			change(j, a);
		else if (a->kind == APPLY_LOGIN)
			j->logins[j->login_count++] = a;
	}
	if (!j->o.dry_run)
		credentials_all(j);
	return login_all(j, e);
}

/* to only look, a module that is not loaded is one without sessions */
static int look(struct job *j, struct err *e)
{
	struct nl nl;
	int r;

	if (!j->o.dry_run) {
		if (attach_open(&j->attach, NULL, NULL, e))
			return -1;
		return session_dump(&j->attach.nl, NULL, &j->present, e);
	}
	if (nl_open(&nl, e))
		return e->code == ENOENT ? 0 : -1;
	r = session_dump(&nl, NULL, &j->present, e);
	nl_close(&nl);
	return r;
}

static int run(struct job *j, struct err *e)
{
	int lock = -2;
	int r;

	if (!j->o.dry_run)
		lock = lock_apply(opt_deadline(&j->o, LOCK_DEFAULT), e);
	if (lock == -1)
		return -1;
	if (j->o.json)
		j->report = json_object_new_array();
	j->state.present = &j->present;
	j->state.prune = j->o.prune;
	r = apply_look(&j->state, &j->config, e) || look(j, e) || apply_plan(&j->plan, &j->state, e) ||
	    follow(j, e);
	if (j->report)
		out_list_json("actions", j->report);
	if (!r)
		r = out_flush(e);
	attach_close(&j->attach);
	sessions_free(&j->present);
	apply_free(&j->plan);
	free(j->logins);
	free(j->state.netns);
	if (lock >= 0)
		close(lock);
	return r ? -1 : 0;
}

int cmd_apply(int argc, char **argv)
{
	struct job j = { 0 };
	const char *path;
	struct err e;

	if (opt_parse(&j.o, TAKES, argc, argv, &e)) {
		err_where(&e, "apply");
		return err_print(&e);
	}
	if (j.o.help) {
		printf("kiscsi apply [FILE] [OPTION...]\nMake the sessions be what FILE says, by default " CONFIG_FILE ".\n\n");
		opt_help(TAKES);
		return ST_DONE;
	}
	path = j.o.argument ? j.o.argument : CONFIG_FILE;
	config_load(&j.config, path, true, &j.status);
	if (j.status == ST_DONE) {
		clock_catch();
		progress_on();
		if (run(&j, &e)) {
			err_where(&e, "apply");
			j.status = err_worse(j.status, (enum status)err_print(&e));
		}
	}
	config_free(&j.config);
	return j.status;
}
