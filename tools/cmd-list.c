// SPDX-License-Identifier: GPL-2.0
/*
 * kiscsi list: sessions and what hangs on them.
 */
#include "cmd.h"
#include "opt.h"
#include "out.h"

#define TAKES (OPT_VERBOSE | OPT_JSON)

static int print_all(const struct options *o, const struct sessions *list, struct err *e)
{
	struct json_object *array = o->json ? json_object_new_array() : NULL;
	struct luns luns;
	int r = 0;

	for (unsigned int i = 0; i < list->count && !r; i++) {
		r = luns_read(list->v[i].host_no, &luns, e);
		if (r)
			break;
		if (array)
			json_object_array_add(array, out_session_json(&list->v[i], &luns));
		else
			out_session(&list->v[i], &luns, o->verbose);
		luns_free(&luns);
	}
	if (array && !r)
		out_list_json("sessions", array);
	else if (array)
		json_object_put(array);
	return r ? r : out_flush(e);
}

static int list_sessions(const struct options *o, struct err *e)
{
	struct sessions list = { 0 };
	struct nl nl;
	int r;

	if (nl_open(&nl, e))
		return -1;
	r = session_dump(&nl, o->argument, &list, e);
	nl_close(&nl);
	if (r)
		return -1;
	if (o->argument && !list.count)
		return err_set(e, ST_NO_MATCH, "no session with this target");
	r = print_all(o, &list, e);
	sessions_free(&list);
	return r;
}

int cmd_list(int argc, char **argv)
{
	struct options o;
	struct err e;

	if (opt_parse(&o, TAKES, argc, argv, &e)) {
		err_where(&e, "list");
		return err_print(&e);
	}
	if (o.help) {
		printf("kiscsi list [TARGET] [OPTION...]\nPrint sessions, connections, LUNs and their /dev names.\n\n");
		opt_help(TAKES);
		return ST_DONE;
	}
	if (!list_sessions(&o, &e))
		return ST_DONE;
	err_where(&e, "list%s%s", o.argument ? " " : "", o.argument ? o.argument : "");
	return err_print(&e);
}
