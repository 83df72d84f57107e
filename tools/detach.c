// SPDX-License-Identifier: GPL-2.0
/*
 * Logging out, unless something of ours is in use.
 */
#include <stdlib.h>
#include <string.h>

#include "busy.h"
#include "detach.h"
#include "progress.h"

static bool add_luns(struct luns *all, const struct luns *more)
{
	struct lun *v = reallocarray(all->v, all->count + more->count, sizeof(*v));

	if (!v)
		return false;
	memcpy(&v[all->count], more->v, more->count * sizeof(*v));
	all->v = v;
	all->count += more->count;
	return true;
}

/*
 * Is nothing used of all sessions that are up? The look goes through every process, and sessions have kernel
 * threads: one look for each session would take the square of their number.
 */
static bool all_unused(const struct sessions *list)
{
	char text[BUSY_TEXT_MAX];
	struct luns all = { 0 };
	bool ok = true;
	struct err e;

	for (unsigned int i = 0; ok && i < list->count; i++) {
		struct luns luns;

		if (list->v[i].state != KISCSI_SESSION_UP)
			continue;
		ok = !luns_read(list->v[i].host_no, &luns, &e);
		if (ok && luns.count)
			ok = add_luns(&all, &luns);
		luns_free(&luns);
	}
	ok = ok && !busy_check(&all, true, text);
	luns_free(&all);
	return ok;
}

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

static int start_one(struct nl *nl, const struct session *s, bool force, bool unused, struct err *e)
{
	if (!force && !(unused && s->state == KISCSI_SESSION_UP) && check_unused(s, e))
		return -1;
	if (!session_logout(nl, s->sid, force, e))
		return 0;
	/* gone by itself in the meantime */
	return e->code == ENOENT || e->code == ENODEV ? 0 : -1;
}

void detach(struct nl *nl, struct nl *events, struct sessions *list, bool force, deadline_t deadline,
	    detach_report report, void *arg)
{
	bool unused = !force && list->count > 1 && all_unused(list);
	struct err e;

	for (unsigned int i = 0; i < list->count; i++) {
		struct session *s = &list->v[i];

		if (!start_one(nl, s, force, unused, &e)) {
			s->state = KISCSI_SESSION_LOGOUT;
			continue;
		}
		s->state = KISCSI_SESSION_UP;
		report(arg, s, &e);
	}
	progress("waiting for the end of sessions");
	session_wait_gone(nl, events, list, deadline, &e);
	progress_end();
	for (unsigned int i = 0; i < list->count; i++) {
		const struct session *s = &list->v[i];

		if (s->state == KISCSI_SESSION_LOGOUT)
			report(arg, s, &e);
		else if (s->state == KISCSI_SESSION_GONE)
			report(arg, s, NULL);
	}
}
