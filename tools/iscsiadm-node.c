// SPDX-License-Identifier: GPL-2.0
/*
 * iscsiadm -m node: records of targets, and logins by them.
 */
#include <unistd.h>

#include "attach.h"
#include "initiator.h"
#include "iscsiadm.h"

/* what the LUNs may take to appear, on top of the login's own time */
#define LUNS_MS 15000

static bool matches(const struct request *q, const struct record *r)
{
	struct portal p;

	if (q->target && strcasecmp(q->target, record_target(r)))
		return false;
	if (q->iface && strcmp(q->iface, record_iface(r)))
		return false;
	if (!q->portal_given)
		return true;
	record_portal(r, &p);
	return !strcmp(q->portal.host, p.host) && q->portal.port == p.port &&
	       (q->portal.tpgt == TPGT_UNKNOWN || p.tpgt == TPGT_UNKNOWN || q->portal.tpgt == p.tpgt);
}

/* the records that -T and -p mean; those that are not are freed */
static enum iscsi_err read_matching(const struct request *q, struct records *list)
{
	struct err e;
	unsigned int kept = 0;

	if (store_read(RECORD_NODE, list, &e))
		return complain(ISCSI_ERR_IDBM, "%s", e.text);
	for (unsigned int i = 0; i < list->count; i++) {
		if (matches(q, &list->v[i]))
			list->v[kept++] = list->v[i];
		else
			record_free(&list->v[i]);
	}
	list->count = kept;
	return kept ? ISCSI_SUCCESS : complain(ISCSI_ERR_NO_OBJS_FOUND, "No records found");
}

/* is there a session that @r has led to? Without the module there is none. */
static bool in_use(const struct record *r)
{
	struct request q = { .target = record_target(r), .portal_given = true, .sid = -1 };
	struct sessions list = { 0 };
	bool found = false;
	struct err e;
	struct nl nl;

	record_portal(r, &q.portal);
	if (!nl_open(&nl, &e))
		session_dump(&nl, q.target, &list, &e);
	for (unsigned int i = 0; i < list.count; i++)
		found |= session_matches(&q, &list.v[i]);
	sessions_free(&list);
	nl_close(&nl);
	return found;
}

static enum iscsi_err login_code(const struct err *e)
{
	switch (e->status) {
	case ST_USAGE:
		return ISCSI_ERR_INVAL;
	case ST_NO_MATCH:
		return ISCSI_ERR_FATAL_LOGIN;
	case ST_EXISTS:
		return ISCSI_ERR_SESS_EXISTS;
	case ST_AUTH:
		return ISCSI_ERR_LOGIN_AUTH_FAILED;
	case ST_UNREACHABLE:
		return ISCSI_ERR_TRANS_TIMEOUT;
	default:
		return ISCSI_ERR_LOGIN;
	}
}

static int log_in(const struct record *r, struct settings *s, struct kiscsi_chap_cred *cred, struct err *e)
{
	deadline_t deadline = clock_in((int64_t)s->timers.login_timeout * 1000 + LUNS_MS);
	struct attach a = { .per_portal = true };
	struct candidates c = { 0 };
	struct session session;
	struct portal p;
	struct luns luns;
	int result;

	record_portal(r, &p);
	if (initiator_name(s, e) || portal_resolve(&p, &c.list, NULL, deadline, e) ||
	    attach_open(&a, s, cred, e))
		return -1;
	for (unsigned int i = 0; i < c.list.count; i++)
		c.tpgt[i] = p.tpgt;
	result = attach(&a, record_target(r), &c, deadline, &session, &luns, e);
	attach_close(&a);
	if (result)
		return -1;
	luns_free(&luns);
	session_free(&session);
	return 0;
}

static enum iscsi_err record_login(const struct record *r)
{
	struct kiscsi_chap_cred cred = { 0 };
	enum iscsi_err code;
	struct settings s;
	char plain[WHERE_MAX / 4], where[WHERE_MAX];
	struct err e;
	int failed;

	if (in_use(r))
		return complain(ISCSI_ERR_SESS_EXISTS, "%s: 1 session requested, but 1 already present.", record_iface(r));
	snprintf(plain, sizeof(plain), "[iface: %s, target: %s, portal: %s,%s]", record_iface(r), record_target(r),
		 record_host(r), record_port(r));
	text_safe(where, sizeof(where), plain);
	printf("Logging in to %s\n", where);
	fflush(stdout);
	failed = record_settings(r, &s, &e) || record_cred(r, &s, &cred, &e) || log_in(r, &s, &cred, &e);
	explicit_bzero(&cred, sizeof(cred));
	if (!failed) {
		printf("Login to %s successful.\n", where);
		return ISCSI_SUCCESS;
	}
	code = login_code(&e);
	complain(code, "Could not login to %s.", where);
	complain(code, "%s", e.text);
	return complain(code, "initiator reported error (%d - %s)", code, iscsi_err_text(code));
}

static bool allowed(const struct record *r, const char *startup)
{
	return !strcmp(startup, "all") || !strcmp(startup, record_get(r, "node.startup"));
}

enum iscsi_err records_login(const struct records *list, const char *startup)
{
	enum iscsi_err code = ISCSI_SUCCESS;
	unsigned int left = 0;
	bool any = false;

	for (unsigned int i = 0; i < list->count; i++) {
		enum iscsi_err one;

		if (!allowed(&list->v[i], startup))
			continue;
		any = true;
		if (clock_stopped()) {
			left++;
			continue;
		}
		one = record_login(&list->v[i]);
		if (one)
			code = one;
	}
	if (!any)
		return complain(ISCSI_ERR_NO_OBJS_FOUND, "No records found");
	if (left)
		code = complain(ISCSI_ERR_LOGIN, "interrupted: %u logins not begun", left);
	return code ? complain(code, "Could not log into all portals") : ISCSI_SUCCESS;
}

enum iscsi_err record_change(const struct request *q, struct record *r)
{
	struct err e;

	for (unsigned int i = 0; i < q->pairs; i++) {
		if (record_update(r, q->names[i], q->values[i], &e))
			return complain(ISCSI_ERR_INVAL, "%s", e.text);
	}
	return store_write(r, &e) ? complain(ISCSI_ERR_IDBM, "%s", e.text) : ISCSI_SUCCESS;
}

static enum iscsi_err node_new(const struct request *q)
{
	char target[NAME_SAFE_MAX];
	enum iscsi_err code;
	struct record r;
	struct err e;

	if (!q->target || !q->portal_given)
		return complain(ISCSI_ERR_INVAL, "a new record wants -T and -p");
	if (record_init(&r, RECORD_NODE, q->target, &q->portal, &e))
		return complain(ISCSI_ERR_INVAL, "%s", e.text);
	code = record_use_iface(&r, &q->through, &e) ? complain(ISCSI_ERR_INVAL, "%s", e.text) : record_change(q, &r);
	if (!code)
		printf("New iSCSI node [tcp:[hw=,ip=%s,net_if=%s,iscsi_if=%s] %s,%u,%d %s] added\n",
		       record_get(&r, "iface.ipaddress"), record_get(&r, "iface.net_ifacename"), record_iface(&r),
		       q->portal.host, q->portal.port, q->portal.tpgt, text_safe(target, sizeof(target), q->target));
	record_free(&r);
	return code;
}

static enum iscsi_err node_update(const struct request *q, struct records *list)
{
	enum iscsi_err code = ISCSI_SUCCESS;

	if (!q->pairs)
		return complain(ISCSI_ERR_INVAL, "update requires name and value");
	for (unsigned int i = 0; i < list->count && !code; i++)
		code = record_change(q, &list->v[i]);
	if (code)
		complain(code, "Could not execute operation on all records: %s", iscsi_err_text(code));
	return code;
}

static enum iscsi_err delete_one(const struct record *r)
{
	struct err e;

	if (in_use(r))
		return complain(ISCSI_ERR_SESS_EXISTS,
				"This command will remove the record [iface: %s, target: %s, portal: %s,%s], but a session is using it. Logout session then rerun command to remove record.",
				record_iface(r), record_target(r), record_host(r), record_port(r));
	return store_remove(r, &e) ? complain(ISCSI_ERR_IDBM, "%s", e.text) : ISCSI_SUCCESS;
}

static enum iscsi_err node_delete(const struct records *list)
{
	enum iscsi_err code = ISCSI_SUCCESS;

	for (unsigned int i = 0; i < list->count; i++) {
		enum iscsi_err one = delete_one(&list->v[i]);

		if (one)
			code = one;
	}
	if (code)
		complain(code, "Could not execute operation on all records: %s", iscsi_err_text(code));
	return code;
}

static void node_list(const struct request *q, const struct records *list)
{
	struct targets t = { 0 };
	struct target *current;
	struct portal p;
	struct err e;

	for (unsigned int i = 0; i < list->count; i++) {
		record_portal(&list->v[i], &p);
		if (targets_add(&t, record_target(&list->v[i]), &current, &e) ||
		    target_add_portal(current, &p, &e))
			break;
	}
	print_targets(&t, q->level);
	targets_free(&t);
}

static enum iscsi_err node_show(const struct request *q, const struct records *list)
{
	bool whole = q->op == OP_SHOW || q->secrets || (q->target && q->level < 0);

	for (unsigned int i = 0; whole && i < list->count; i++)
		record_show(&list->v[i], q->secrets);
	if (!whole)
		node_list(q, list);
	return ISCSI_SUCCESS;
}

static enum iscsi_err act(const struct request *q, struct records *list)
{
	if (q->login || q->login_all)
		return records_login(list, q->login_all ? q->login_all : "all");
	switch (q->op) {
	case OP_UPDATE:
		return node_update(q, list);
	case OP_DELETE:
		return node_delete(list);
	default:
		return node_show(q, list);
	}
}

enum iscsi_err mode_node(struct request *q)
{
	bool changes = q->op == OP_NEW || q->op == OP_UPDATE || q->op == OP_DELETE;
	struct records list = { 0 };
	enum iscsi_err code;
	int lock = -1;
	struct err e;

	if (q->logout || q->logout_all)
		return sessions_logout(q);
	if (q->rescan)
		return sessions_rescan(q);
	if (changes) {
		lock = store_lock(&e);
		if (lock < 0)
			return complain(e.code == EACCES || e.code == EPERM ? ISCSI_ERR_ACCESS : ISCSI_ERR_IDBM,
					"%s", e.text);
	}
	code = q->op == OP_NEW ? node_new(q) : read_matching(q, &list);
	if (!code && q->op != OP_NEW)
		code = act(q, &list);
	records_free(&list);
	if (lock >= 0)
		close(lock);
	return code;
}
