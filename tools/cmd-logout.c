// SPDX-License-Identifier: GPL-2.0
/*
 * kiscsi logout: end sessions whose disks nobody uses any more.
 */
#include "cmd.h"
#include "detach.h"
#include "opt.h"

#define TAKES (OPT_ALL | OPT_FORCE | OPT_TIMEOUT)
#define TIMEOUT_DEFAULT		30
#define TIMEOUT_FORCE_DEFAULT	10

static void tell(void *arg, const struct session *s, const struct err *e)
{
	enum status *status = arg;
	struct err mine;

	if (!e)
		return;
	mine = *e;
	err_where(&mine, "logout %s", s->target);
	*status = err_worse(*status, (enum status)err_print(&mine));
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
	detach(&nl, &events, &list, o->force,
	       opt_deadline(o, o->force ? TIMEOUT_FORCE_DEFAULT : TIMEOUT_DEFAULT), tell, status);
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
