// SPDX-License-Identifier: GPL-2.0
/*
 * kiscsi doctor: what is wrong, and what can be done about it?
 */
#include "cmd.h"
#include "config.h"
#include "doctor.h"
#include "opt.h"
#include "out.h"

#define TAKES OPT_JSON

static int look_at_sessions(struct doctor *d, struct nl *nl, struct err *e)
{
	struct sessions list;
	struct luns luns;
	int r = 0;

	if (session_dump(nl, NULL, &list, e))
		return -1;
	doctor_config(d, CONFIG_FILE, &list);
	for (unsigned int i = 0; i < list.count && !r && !clock_stopped(); i++) {
		r = luns_read(list.v[i].host_no, &luns, e);
		if (r)
			break;
		doctor_session(d, &list.v[i], &luns);
		luns_free(&luns);
	}
	sessions_free(&list);
	return r;
}

static int examine(struct doctor *d, struct err *e)
{
	struct nl nl;
	int r = nl_open(&nl, e);

	if (r && e->code != ENOENT)
		return -1;
	doctor_system(d, !r);
	if (r) {
		doctor_config(d, CONFIG_FILE, NULL);
		return 0;
	}
	r = look_at_sessions(d, &nl, e);
	nl_close(&nl);
	return r;
}

int cmd_doctor(int argc, char **argv)
{
	struct doctor d = { 0 };
	struct options o;
	struct err e;
	int r;

	if (opt_parse(&o, TAKES, argc, argv, &e) ||
	    (o.argument && err_set(&e, ST_USAGE, "one argument too many: \"%s\"", o.argument))) {
		err_where(&e, "doctor");
		return err_print(&e);
	}
	if (o.help) {
		printf("kiscsi doctor [OPTION...]\nLook for what is wrong with this host and its sessions, and say what to do.\n\n");
		opt_help(TAKES);
		return ST_DONE;
	}
	clock_catch();
	if (o.json)
		d.array = json_object_new_array();
	r = examine(&d, &e);
	if (d.array)
		out_list_json("findings", d.array);
	if (!r)
		r = out_flush(&e);
	if (!r)
		return d.problems ? ST_FAILED : ST_DONE;
	err_where(&e, "doctor");
	return err_print(&e);
}
