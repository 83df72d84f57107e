// SPDX-License-Identifier: GPL-2.0
/*
 * kiscsi logout: end sessions whose disks nobody uses any more.
 */
#include "busy.h"
#include "cmd.h"
#include "opt.h"
#include "session.h"

#define TAKES (OPT_ALL | OPT_FORCE | OPT_TIMEOUT)
#define TIMEOUT_DEFAULT		30
#define TIMEOUT_FORCE_DEFAULT	10

static int check_unused(const struct session *s, struct err *e)
{
	char text[BUSY_TEXT_MAX];
	struct luns luns;
	bool busy;

	if (luns_read(s->host_no, &luns, e))
		return -1;
	/* an open of a disk whose session is not up would wait for it */
	busy = busy_check(&luns, s->state == KISCSI_SESSION_UP, text);
	luns_free(&luns);
	return busy ? err_set(e, ST_FAILED, "%s", text) : 0;
}

static int start_one(const struct options *o, struct nl *nl, const struct session *s, struct err *e)
{
	if (!o->force && check_unused(s, e))
		return -1;
	if (!session_logout(nl, s->sid, o->force, e))
		return 0;
	/* gone by itself in the meantime */
	return e->code == ENOENT || e->code == ENODEV ? 0 : -1;
}

/* ask for the end of each, then wait for all of them together */
static enum status logout_each(const struct options *o, struct nl *nl, struct nl *events,
			       struct sessions *list)
{
	deadline_t deadline = opt_deadline(o, o->force ? TIMEOUT_FORCE_DEFAULT : TIMEOUT_DEFAULT);
	enum status status = ST_DONE;
	struct err e;

	for (unsigned int i = 0; i < list->count; i++) {
		struct session *s = &list->v[i];

		if (!start_one(o, nl, s, &e)) {
			s->state = KISCSI_SESSION_LOGOUT;
			continue;
		}
		s->state = KISCSI_SESSION_UP;
		err_where(&e, "logout %s", s->target);
		status = (enum status)err_print(&e);
	}
	if (!session_wait_gone(nl, events, list, deadline, &e))
		return status;
	for (unsigned int i = 0; i < list->count; i++) {
		struct err mine = e;

		if (list->v[i].state != KISCSI_SESSION_LOGOUT)
			continue;
		err_where(&mine, "logout %s", list->v[i].target);
		status = (enum status)err_print(&mine);
	}
	return status;
}

static int logout(const struct options *o, enum status *status, struct err *e)
{
	struct sessions list = { 0 };
	struct nl events = { 0 };
	struct nl nl;
	int r = -1;

	if (nl_open(&nl, e))
		return -1;
	if (nl_listen(&events, &nl, e) || session_dump(&nl, o->argument, &list, e))
		goto out_close;
	if (!list.count) {
		err_set(e, ST_NO_MATCH, "no session%s", o->argument ? " with this target" : "");
		goto out_close;
	}
	*status = logout_each(o, &nl, &events, &list);
	r = 0;
out_close:
	sessions_free(&list);
	nl_close(&events);
	nl_close(&nl);
	return r;
}

int cmd_logout(int argc, char **argv)
{
	enum status status = ST_DONE;
	struct options o;
	struct err e;

	if (opt_parse(&o, TAKES, argc, argv, &e)) {
		err_where(&e, "logout");
		return err_print(&e);
	}
	if (o.help) {
		printf("kiscsi logout TARGET | --all [OPTION...]\nEnd sessions; refused while a disk is mounted, held, swapped on or open.\n\n");
		opt_help(TAKES);
		return ST_DONE;
	}
	if (o.all == !!o.argument) {
		err_set(&e, ST_USAGE, o.all ? "logout: either TARGET or --all"
					    : "logout: TARGET or --all is missing");
		return err_print(&e);
	}
	clock_catch();
	if (!logout(&o, &status, &e))
		return status;
	err_where(&e, "logout %s", o.argument ? o.argument : "--all");
	return err_print(&e);
}
