// SPDX-License-Identifier: GPL-2.0
/*
 * iscsiadm -m session, and what is done to sessions in other modes.
 */
#include <unistd.h>

#include "detach.h"
#include "iscsiadm.h"
#include "sysfs.h"

#define LOGOUT_MS	30000
#define RESCAN_MS	30000
#define RESOLVE_MS	5000

/**
 * struct module - the module and what it has
 * @list: those sessions that the request means
 */
struct module {
	struct nl nl;
	struct nl events;
	struct sessions list;
};

/* the address a session was made through, as sysfs shows it */
static const struct address *portal_of(const struct session *s)
{
	static const struct address none;

	return s->portals.count ? &s->portals.v[0] : &none;
}

bool session_matches(const struct request *q, const struct session *s)
{
	struct address_list list = { 0 };
	struct err e;

	if (q->sid >= 0 && (u32)q->sid != s->sid)
		return false;
	if (q->target && strcasecmp(q->target, s->target))
		return false;
	if (!q->portal_given)
		return true;
	return !portal_resolve(&q->portal, &list, NULL, clock_in(RESOLVE_MS), &e) &&
	       address_in(&list, portal_of(s));
}

static void module_close(struct module *m)
{
	sessions_free(&m->list);
	nl_close(&m->events);
	nl_close(&m->nl);
}

static enum iscsi_err module_open(const struct request *q, struct module *m)
{
	unsigned int kept = 0;
	struct err e;

	memset(m, 0, sizeof(*m));
	if (nl_open(&m->nl, &e))
		return e.code == ENOENT ? ISCSI_SUCCESS : complain(ISCSI_ERR, "%s", e.text);
	if (nl_listen(&m->events, &m->nl, &e) || session_dump(&m->nl, NULL, &m->list, &e)) {
		module_close(m);
		return complain(ISCSI_ERR, "%s", e.text);
	}
	for (unsigned int i = 0; i < m->list.count; i++) {
		if (session_matches(q, &m->list.v[i]))
			m->list.v[kept++] = m->list.v[i];
		else
			session_free(&m->list.v[i]);
	}
	m->list.count = kept;
	return ISCSI_SUCCESS;
}

/* @what: is said when the request means none */
static enum iscsi_err open_matching(const struct request *q, struct module *m, const char *what)
{
	enum iscsi_err code = module_open(q, m);

	if (code || m->list.count)
		return code;
	module_close(m);
	if (q->sid >= 0)
		return complain(ISCSI_ERR_SYSFS_LOOKUP, "Could not get session info for sid %ld", q->sid);
	return complain(ISCSI_ERR_NO_OBJS_FOUND, "%s", what);
}

static const char *name_of(const struct session *s, char out[WHERE_MAX])
{
	const struct address *a = portal_of(s);
	char host[ADDRESS_TEXT_MAX], target[NAME_SAFE_MAX];

	snprintf(out, WHERE_MAX, "[sid: %u, target: %s, portal: %s,%u]", s->sid,
		 text_safe(target, sizeof(target), s->target), address_host(a, host), address_port(a));
	return out;
}

/* once nobody is logged in with it, the secret of a node is nobody's business any more */
static void forget_secrets(const struct session *s)
{
	struct records list;
	char host[ADDRESS_TEXT_MAX], port[8];
	struct err e;
	int lock = store_lock(&e);

	if (lock < 0 || store_read(RECORD_NODE, &list, &e)) {
		complain(ISCSI_ERR_IDBM, "secrets are left: %s", e.text);
		goto out_unlock;
	}
	address_host(portal_of(s), host);
	snprintf(port, sizeof(port), "%u", address_port(portal_of(s)));
	for (unsigned int i = 0; i < list.count; i++) {
		struct record *r = &list.v[i];

		if (strcasecmp(record_target(r), s->target) || strcmp(record_host(r), host) ||
		    strcmp(record_port(r), port) || !record_forget(r))
			continue;
		if (store_write(r, &e))
			complain(ISCSI_ERR_IDBM, "secrets are left: %s", e.text);
	}
	records_free(&list);
out_unlock:
	if (lock >= 0)
		close(lock);
}

static enum iscsi_err logout_code(const struct err *e)
{
	if (e->code == EPERM)
		return ISCSI_ERR_ACCESS;
	/* neither the kernel nor time has said no: somebody uses a disk */
	return e->code || e->status == ST_UNREACHABLE ? ISCSI_ERR_LOGOUT : ISCSI_ERR_BUSY;
}

static void logout_ended(void *arg, const struct session *s, const struct err *e)
{
	enum iscsi_err *code = arg;
	char name[WHERE_MAX];

	name_of(s, name);
	if (!e) {
		forget_secrets(s);
		printf("Logout of %s successful.\n", name);
		return;
	}
	*code = logout_code(e);
	complain(*code, "Could not logout of %s.", name);
	complain(*code, "%s", e->text);
	complain(*code, "initiator reported error (%d - %s)", *code, iscsi_err_text(*code));
}

enum iscsi_err sessions_logout(const struct request *q)
{
	struct module m;
	enum iscsi_err code = open_matching(q, &m, "No matching sessions found");
	char name[WHERE_MAX];

	if (code)
		return code;
	for (unsigned int i = 0; i < m.list.count; i++)
		printf("Logging out of session %s\n", name_of(&m.list.v[i], name));
	fflush(stdout);
	detach(&m.nl, &m.events, &m.list, false, clock_in(LOGOUT_MS), logout_ended, &code);
	module_close(&m);
	return code ? complain(code, "Could not logout of all requested sessions") : ISCSI_SUCCESS;
}

static enum iscsi_err rescan_one(struct module *m, const struct session *s)
{
	deadline_t deadline = clock_in(RESCAN_MS);
	struct luns luns;
	char name[WHERE_MAX];
	struct err e;
	int r;

	printf("Rescanning session %s\n", name_of(s, name));
	fflush(stdout);
	if (session_rescan(&m->nl, s->sid, &e) || session_wait_scanned(&m->events, s->sid, deadline, &e) ||
	    luns_wait(s->host_no, &luns, deadline, &e))
		return complain(e.code == EPERM ? ISCSI_ERR_ACCESS : ISCSI_ERR, "%s", e.text);
	r = luns_reread(&luns, deadline, &e);
	luns_free(&luns);
	return r ? complain(ISCSI_ERR, "%s", e.text) : ISCSI_SUCCESS;
}

enum iscsi_err sessions_rescan(const struct request *q)
{
	struct module m;
	enum iscsi_err code = open_matching(q, &m, "No session found.");

	if (code)
		return code;
	for (unsigned int i = 0; i < m.list.count; i++) {
		enum iscsi_err one = rescan_one(&m, &m.list.v[i]);

		if (one)
			code = one;
	}
	module_close(&m);
	return code;
}

static enum iscsi_err tell_all(const struct request *q)
{
	struct module m;
	enum iscsi_err code = open_matching(q, &m, "No active sessions.");

	if (code)
		return code;
	session_print(&m.list, q->level);
	module_close(&m);
	return ISCSI_SUCCESS;
}

static enum iscsi_err stats(const struct request *q)
{
	struct module m;
	enum iscsi_err code = open_matching(q, &m, "No active sessions.");
	char name[WHERE_MAX];

	if (code)
		return code;
	for (unsigned int i = 0; i < m.list.count; i++) {
		printf("Stats for session %s\n", name_of(&m.list.v[i], name));
		session_print_stats(&m.list.v[i]);
	}
	module_close(&m);
	return ISCSI_SUCCESS;
}

enum iscsi_err mode_session(struct request *q)
{
	if (q->op != OP_NONE && q->op != OP_SHOW)
		return complain(ISCSI_ERR_OP_NOT_SUPP, "session mode: only -o show is supported");
	if (q->logout)
		return sessions_logout(q);
	if (q->rescan)
		return sessions_rescan(q);
	return q->stats ? stats(q) : tell_all(q);
}
