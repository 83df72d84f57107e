// SPDX-License-Identifier: GPL-2.0
/*
 * kiscsi rescan: see LUNs that are new, and new sizes of those that are not.
 */
#include "cmd.h"
#include "opt.h"
#include "out.h"

#define TAKES (OPT_TIMEOUT | OPT_JSON)
#define TIMEOUT_DEFAULT 30

static bool was_there(const struct luns *before, const struct lun *l)
{
	for (unsigned int i = 0; i < before->count; i++) {
		if (before->v[i].name[0] && !strcmp(before->v[i].name, l->name))
			return true;
	}
	return false;
}

static void print_new(const struct luns *before, const struct luns *after)
{
	for (unsigned int i = 0; i < after->count; i++) {
		if (after->v[i].name[0] && !was_there(before, &after->v[i]))
			printf("/dev/%s\n", after->v[i].name);
	}
}

/* the size of a disk that was there already is read again only when asked for by itself */
static int scan(struct nl *nl, struct nl *events, const struct session *s, struct luns *luns,
		deadline_t deadline, struct err *e)
{
	int r;

	if (session_rescan(nl, s->sid, e) || session_wait_scanned(events, s->sid, deadline, e) ||
	    luns_wait(s->host_no, luns, deadline, e))
		return -1;
	r = luns_reread(luns, deadline, e);
	luns_free(luns);
	return r ? r : luns_wait(s->host_no, luns, deadline, e);
}

static int rescan_one(struct nl *nl, struct nl *events, const struct session *s,
		      struct json_object *array, deadline_t deadline, struct err *e)
{
	struct luns before, after;
	int r;

	if (s->state != KISCSI_SESSION_UP)
		return err_set(e, ST_FAILED, "session %u is %s", s->sid, session_state_name(s->state));
	if (luns_read(s->host_no, &before, e))
		return -1;
	r = scan(nl, events, s, &after, deadline, e);
	if (!r) {
		if (array)
			json_object_array_add(array, out_session_json(s, &after));
		else
			print_new(&before, &after);
		luns_free(&after);
	}
	luns_free(&before);
	return r;
}

static enum status rescan_each(const struct options *o, struct nl *nl, struct nl *events,
			       const struct sessions *list)
{
	struct json_object *array = o->json ? json_object_new_array() : NULL;
	deadline_t deadline = opt_deadline(o, TIMEOUT_DEFAULT);
	enum status status = ST_DONE;
	struct err e;

	for (unsigned int i = 0; i < list->count; i++) {
		if (!rescan_one(nl, events, &list->v[i], array, deadline, &e))
			continue;
		err_where(&e, "rescan %s", list->v[i].target);
		status = err_worse(status, (enum status)err_print(&e));
	}
	if (array)
		out_list_json("sessions", array);
	if (out_flush(&e))
		status = err_worse(status, (enum status)err_print(&e));
	return status;
}

static int rescan(const struct options *o, enum status *status, struct err *e)
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
	*status = rescan_each(o, &nl, &events, &list);
	r = 0;
out_close:
	sessions_free(&list);
	nl_close(&events);
	nl_close(&nl);
	return r;
}

int cmd_rescan(int argc, char **argv)
{
	enum status status = ST_DONE;
	struct options o;
	struct err e;

	if (opt_parse(&o, TAKES, argc, argv, &e)) {
		err_where(&e, "rescan");
		return err_print(&e);
	}
	if (o.help) {
		printf("kiscsi rescan [TARGET] [OPTION...]\nLook for new LUNs and new sizes; print the /dev names of new ones.\n\n");
		opt_help(TAKES);
		return ST_DONE;
	}
	clock_catch();
	if (!rescan(&o, &status, &e))
		return status;
	err_where(&e, "rescan%s%s", o.argument ? " " : "", o.argument ? o.argument : "");
	return err_print(&e);
}
