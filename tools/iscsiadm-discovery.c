// SPDX-License-Identifier: GPL-2.0
/*
 * iscsiadm -m discovery and -m discoverydb: SendTargets, and what is remembered of it.
 */
#include <unistd.h>

#include "discovery.h"
#include "initiator.h"
#include "iscsiadm.h"
#include "name.h"

#define TIMEOUT_MS 30000

static enum iscsi_err code_of(const struct err *e)
{
	switch (e->status) {
	case ST_USAGE:
		return ISCSI_ERR_INVAL;
	case ST_AUTH:
		return ISCSI_ERR_LOGIN_AUTH_FAILED;
	case ST_UNREACHABLE:
		return e->code ? ISCSI_ERR_TRANS : ISCSI_ERR_TRANS_TIMEOUT;
	default:
		return ISCSI_ERR_LOGIN;
	}
}

/* the record of -p: 1 found, 0 there is none and @r is a new one, -1 with @e */
static int find(const struct request *q, struct record *r, struct err *e)
{
	struct records list;
	int found = 0;

	if (store_read(RECORD_DISCOVERY, &list, e))
		return -1;
	for (unsigned int i = 0; i < list.count && !found; i++) {
		struct portal p;

		record_portal(&list.v[i], &p);
		if (strcmp(p.host, q->portal.host) || p.port != q->portal.port)
			continue;
		*r = list.v[i];
		memset(&list.v[i], 0, sizeof(list.v[i]));
		found = 1;
	}
	records_free(&list);
	if (found)
		return 1;
	return record_init(r, RECORD_DISCOVERY, NULL, &q->portal, e);
}

static int ask(const struct request *q, const struct record *r, struct targets *t, struct err *e)
{
	deadline_t deadline = clock_in(TIMEOUT_MS);
	struct kiscsi_chap_cred cred = { 0 };
	struct address_list list = { 0 };
	struct settings s;
	struct leading_config c = { .settings = &s, .cred = &cred };
	struct address via;
	struct portal p;
	int failed;

	record_portal(r, &p);
	failed = record_settings(r, &s, e) || record_put_settings(&q->through, &s, e) || record_cred(r, &s, &cred, e) || initiator_name(&s, e) ||
		 portal_resolve(&p, &list, NULL, deadline, e) ||
		 discovery_run(&c, &list, t, &via, deadline, e);
	explicit_bzero(&cred, sizeof(cred));
	return failed ? -1 : 0;
}

static bool is_known(const struct request *q, const struct records *known, const char *target, const struct portal *p)
{
	const char *iface = q->iface ? q->iface : RECORD_IFACE_DEFAULT;

	for (unsigned int i = 0; i < known->count; i++) {
		struct portal other;

		record_portal(&known->v[i], &other);
		if (!strcasecmp(record_target(&known->v[i]), target) && !strcmp(other.host, p->host) &&
		    other.port == p->port && !strcmp(record_iface(&known->v[i]), iface))
			return true;
	}
	return false;
}

static int remember_one(const struct request *q, const struct record *from, const char *target,
			const struct portal *p, struct err *e)
{
	struct record r;
	int failed;

	if (record_init(&r, RECORD_NODE, target, p, e))
		return -1;
	failed = record_use_iface(&r, &q->through, e) ||
		 record_load(&r, "node.discovery_address", record_host(from), e) ||
		 record_load(&r, "node.discovery_port", record_port(from), e) ||
		 record_load(&r, "node.discovery_type", "send_targets", e) || store_write(&r, e);
	record_free(&r);
	return failed ? -1 : 0;
}

/* how many of its portals could not be remembered; @e is for the first of all, of which there were @before */
static unsigned int remember_target(const struct request *q, const struct record *from, const struct target *t,
				    const struct records *known, unsigned int before, struct err *e)
{
	const char *why = name_check(t->name);
	unsigned int failed = 0;
	struct err later;

	/* it would not be read again */
	if (why) {
		complain(ISCSI_SUCCESS, "target \"%s\": %s: not remembered", t->name, why);
		return 0;
	}
	for (unsigned int i = 0; i < t->count; i++) {
		if (!is_known(q, known, t->name, &t->portals[i]) &&
		    remember_one(q, from, t->name, &t->portals[i], before + failed ? &later : e))
			failed++;
	}
	return failed;
}

/* the discovery, and a node for each portal of each target; those that are there keep what has been set in them */
static int remember(const struct request *q, const struct record *from, const struct targets *t, struct err *e)
{
	int lock = store_lock(e);
	unsigned int failed = 0;
	struct records known;

	if (lock < 0)
		return -1;
	if (store_write(from, e) || store_read(RECORD_NODE, &known, e)) {
		close(lock);
		return -1;
	}
	for (unsigned int i = 0; i < t->count; i++)
		failed += remember_target(q, from, &t->v[i], &known, failed, e);
	records_free(&known);
	close(lock);
	return failed ? err_where(e, "%u not remembered, the first", failed) : 0;
}

static bool is_reported(const struct targets *t, const struct record *r)
{
	for (unsigned int i = 0; i < t->count; i++) {
		if (!strcasecmp(record_target(r), t->v[i].name))
			return true;
	}
	return false;
}

static enum iscsi_err login_found(const struct targets *t)
{
	enum iscsi_err code = ISCSI_SUCCESS;
	struct records list;
	unsigned int kept = 0;
	struct err e;

	if (store_read(RECORD_NODE, &list, &e))
		return complain(ISCSI_ERR_IDBM, "%s", e.text);
	for (unsigned int i = 0; i < list.count; i++) {
		if (is_reported(t, &list.v[i]))
			list.v[kept++] = list.v[i];
		else
			record_free(&list.v[i]);
	}
	list.count = kept;
	if (kept && records_login(&list, "all"))
		code = ISCSI_ERR_LOGIN;
	records_free(&list);
	return code;
}

static enum iscsi_err discover(const struct request *q, struct record *r)
{
	enum iscsi_err code = ISCSI_SUCCESS;
	struct targets t = { 0 };
	struct err e;

	if (ask(q, r, &t, &e)) {
		code = code_of(&e);
		complain(code, "%s", e.text);
		return complain(code, "Could not perform SendTargets discovery: %s", iscsi_err_text(code));
	}
	for (unsigned int i = 0; i < t.count; i++) {
		for (unsigned int k = 0; k < t.v[i].count; k++)
			portal_numeric(&t.v[i].portals[k]);
	}
	if (!t.count)
		code = complain(ISCSI_ERR_NO_OBJS_FOUND, "No portals found");
	else if (q->op != OP_NONPERSISTENT && remember(q, r, &t, &e))
		code = complain(ISCSI_ERR_IDBM, "%s", e.text);
	print_targets(&t, q->level);
	if (!code && q->login)
		code = login_found(&t);
	targets_free(&t);
	return code;
}

static void tell_found(const struct record *from, int level)
{
	struct targets t = { 0 };
	struct records nodes;
	struct target *current;
	struct portal p;
	struct err e;

	if (store_read(RECORD_NODE, &nodes, &e))
		return;
	for (unsigned int i = 0; i < nodes.count; i++) {
		const struct record *r = &nodes.v[i];

		record_portal(r, &p);
		if (!strcmp(record_get(r, "node.discovery_address"), record_host(from)) &&
		    !strcmp(record_get(r, "node.discovery_port"), record_port(from)) &&
		    !targets_add(&t, record_target(r), &current, &e))
			target_add_portal(current, &p, &e);
	}
	records_free(&nodes);
	print_targets(&t, level);
	targets_free(&t);
}

static enum iscsi_err list_records(const struct request *q)
{
	struct records list;
	struct err e;
	bool any;

	if (store_read(RECORD_DISCOVERY, &list, &e))
		return complain(ISCSI_ERR_IDBM, "%s", e.text);
	if (q->level > 0)
		printf("SENDTARGETS:\n");
	for (unsigned int i = 0; i < list.count; i++) {
		printf(q->level > 0 ? "DiscoveryAddress: %s,%s\n" : "%s:%s via sendtargets\n",
		       record_host(&list.v[i]), record_port(&list.v[i]));
		if (q->level > 0)
			tell_found(&list.v[i], q->level);
	}
	any = list.count;
	records_free(&list);
	if (q->level > 0)
		printf("%siSNS:\nNo targets found.\nSTATIC:\nNo targets found.\nFIRMWARE:\nNo targets found.\n",
		       any ? "" : "No targets found.\n");
	return any || q->level > 0 ? ISCSI_SUCCESS : ISCSI_ERR_NO_OBJS_FOUND;
}

static enum iscsi_err record_op(const struct request *q, struct record *r, bool found)
{
	enum iscsi_err code;
	struct err e;

	if (q->op == OP_NEW) {
		code = record_change(q, r);
		if (!code)
			printf("New discovery record for [%s,%u] added.\n", q->portal.host, q->portal.port);
		return code;
	}
	if (!found)
		return complain(ISCSI_ERR_IDBM, "Discovery record [%s,%u] not found.",
				q->portal.host, q->portal.port);
	switch (q->op) {
	case OP_UPDATE:
		return q->pairs ? record_change(q, r)
				: complain(ISCSI_ERR_INVAL, "update requires name and value");
	case OP_DELETE:
		return store_remove(r, &e) ? complain(ISCSI_ERR_IDBM, "%s", e.text) : ISCSI_SUCCESS;
	default:
		record_show(r, q->secrets);
		return ISCSI_SUCCESS;
	}
}

static enum iscsi_err check_type(const struct request *q)
{
	if (!q->type || (strcmp(q->type, "sendtargets") && strcmp(q->type, "st")))
		return complain(ISCSI_ERR_INVAL, "discovery type \"%s\": only sendtargets here; see kiscsi discover",
				q->type ? q->type : "");
	return q->portal_given ? ISCSI_SUCCESS
			       : complain(ISCSI_ERR_INVAL, "Please specify portal as <ipaddr>[:<ipport>]");
}

/* @asks: it goes to the portal. Nobody else has to wait for that: the store is locked only where it is changed. */
static enum iscsi_err with_record(struct request *q, bool asks)
{
	enum iscsi_err code;
	struct record r;
	int lock = -1;
	struct err e;
	int found;

	if (!q->type && !q->portal_given)
		return list_records(q);
	code = check_type(q);
	if (code)
		return code;
	if (!asks)
		lock = store_lock(&e);
	found = !asks && lock < 0 ? -1 : find(q, &r, &e);
	if (found < 0) {
		code = complain(e.code == EACCES || e.code == EPERM ? ISCSI_ERR_ACCESS : ISCSI_ERR_IDBM, "%s",
				e.text);
	} else {
		code = asks ? discover(q, &r) : record_op(q, &r, found);
		record_free(&r);
	}
	if (lock >= 0)
		close(lock);
	return code;
}

enum iscsi_err mode_discovery(struct request *q)
{
	return with_record(q, true);
}

enum iscsi_err mode_discoverydb(struct request *q)
{
	return with_record(q, q->discover);
}
