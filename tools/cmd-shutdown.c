// SPDX-License-Identifier: GPL-2.0
/*
 * kiscsi shutdown: from now on no session waits long for a target that is gone.
 */
#include "cmd.h"
#include "opt.h"
#include "session.h"

#define TAKES (OPT_TIMEOUT)
/* seconds: a target that is just being restarted gets its chance */
#define WAIT_DEFAULT 15

static int bound(struct nl *nl, const struct session *s, s32 wait, struct err *e)
{
	struct timers timers = s->timers;

	if (timers.recovery_tmo >= 0 && timers.recovery_tmo <= wait)
		return 0;
	timers.recovery_tmo = wait;
	if (!session_set(nl, s->sid, &timers, e))
		return 0;
	/* gone by itself in the meantime */
	return e->code == ENOENT ? 0 : -1;
}

static int shut_down(s32 wait, enum status *status, struct err *e)
{
	struct sessions list = { 0 };
	struct nl nl;
	int r;

	/* without the module there is nobody who could wait */
	if (nl_open(&nl, e))
		return e->code == ENOENT ? 0 : -1;
	r = session_dump(&nl, NULL, &list, e);
	for (unsigned int i = 0; !r && i < list.count; i++) {
		struct err one;

		if (!bound(&nl, &list.v[i], wait, &one))
			continue;
		err_where(&one, "shutdown %s", list.v[i].target);
		*status = (enum status)err_print(&one);
	}
	sessions_free(&list);
	nl_close(&nl);
	return r;
}

int cmd_shutdown(int argc, char **argv)
{
	enum status status = ST_DONE;
	struct options o;
	struct err e;

	if (opt_parse(&o, TAKES, argc, argv, &e)) {
		err_where(&e, "shutdown");
		return err_print(&e);
	}
	if (o.help) {
		printf("kiscsi shutdown [OPTION...]\nHave no session wait longer than 15 s, or --timeout, for a target that is gone.\n\n");
		opt_help(TAKES);
		return ST_DONE;
	}
	if (o.argument) {
		err_set(&e, ST_USAGE, "shutdown: it takes no argument: \"%s\"", o.argument);
		return err_print(&e);
	}
	if (!shut_down(o.timeout ? (s32)o.timeout : WAIT_DEFAULT, &status, &e))
		return status;
	err_where(&e, "shutdown");
	return err_print(&e);
}
