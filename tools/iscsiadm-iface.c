// SPDX-License-Identifier: GPL-2.0
/*
 * iscsiadm -m iface and -m host. An interface is a name for values that a node made through it gets: source interface,
 * source address, initiator name. "default" has none of them and cannot be changed.
 */
#include <unistd.h>

#include "iscsiadm.h"

static bool is_default(const char *iface)
{
	return !strcmp(iface, RECORD_IFACE_DEFAULT);
}

static const char *shown(const struct record *r, const char *name)
{
	const char *value = record_get(r, name);

	return *value ? value : "<empty>";
}

static void list_one(const struct record *r, int level)
{
	if (level > 0)
		printf("Iface: %s\n", record_iface(r));
	else
		printf("%s tcp,%s,%s,%s,%s\n", record_iface(r), shown(r, "iface.hwaddress"), shown(r, "iface.ipaddress"),
		       shown(r, "iface.net_ifacename"), shown(r, "iface.initiatorname"));
}

static enum iscsi_err list(const struct request *q, const struct records *ifaces)
{
	struct record standard;
	struct err e;

	if (record_init_iface(&standard, RECORD_IFACE_DEFAULT, &e))
		return complain(ISCSI_ERR, "%s", e.text);
	list_one(&standard, q->level);
	record_free(&standard);
	for (unsigned int i = 0; i < ifaces->count; i++)
		list_one(&ifaces->v[i], q->level);
	return ISCSI_SUCCESS;
}

static enum iscsi_err iface_op(const struct request *q, struct record *r, bool found)
{
	enum iscsi_err code;
	struct err e;

	if (q->op != OP_NEW && q->op != OP_UPDATE && q->op != OP_DELETE) {
		if (!found)
			return complain(ISCSI_ERR_NO_OBJS_FOUND, "there is no interface %s", q->iface);
		record_show(r, false);
		return ISCSI_SUCCESS;
	}
	if (is_default(q->iface))
		return complain(ISCSI_ERR_INVAL, "the interface \"default\" cannot be changed");
	if (q->op == OP_NEW) {
		code = record_change(q, r);
		if (!code)
			printf("New interface %s added\n", q->iface);
		return code;
	}
	if (!found)
		return complain(ISCSI_ERR_NO_OBJS_FOUND, "there is no interface %s", q->iface);
	if (q->op == OP_UPDATE)
		return q->pairs ? record_change(q, r) : complain(ISCSI_ERR_INVAL, "update requires name and value");
	return store_remove(r, &e) ? complain(ISCSI_ERR_IDBM, "%s", e.text) : ISCSI_SUCCESS;
}

/* the one that -I names out of @ifaces, or a new one of that name */
static enum iscsi_err with_iface(const struct request *q, struct records *ifaces)
{
	struct record fresh;
	enum iscsi_err code;
	struct err e;

	for (unsigned int i = 0; i < ifaces->count; i++) {
		if (!strcmp(record_iface(&ifaces->v[i]), q->iface))
			return iface_op(q, &ifaces->v[i], true);
	}
	if (record_init_iface(&fresh, q->iface, &e))
		return complain(ISCSI_ERR_INVAL, "%s", e.text);
	code = iface_op(q, &fresh, is_default(q->iface));
	record_free(&fresh);
	return code;
}

enum iscsi_err mode_iface(struct request *q)
{
	bool changes = q->op == OP_NEW || q->op == OP_UPDATE || q->op == OP_DELETE;
	struct records ifaces;
	enum iscsi_err code;
	int lock = -1;
	struct err e;

	if (changes && !q->iface)
		return complain(ISCSI_ERR_INVAL, "which interface? -I NAME");
	if (changes)
		lock = store_lock(&e);
	if ((changes && lock < 0) || store_read(RECORD_IFACE, &ifaces, &e)) {
		code = complain(e.code == EACCES || e.code == EPERM ? ISCSI_ERR_ACCESS : ISCSI_ERR_IDBM, "%s", e.text);
	} else {
		code = q->iface ? with_iface(q, &ifaces) : list(q, &ifaces);
		records_free(&ifaces);
	}
	if (lock >= 0)
		close(lock);
	return code;
}

enum iscsi_err mode_host(struct request *q)
{
	struct sessions list = { 0 };
	enum iscsi_err code = ISCSI_SUCCESS;
	struct err e;
	struct nl nl;

	if (nl_open(&nl, &e) || session_dump(&nl, NULL, &list, &e))
		code = e.code == ENOENT ? ISCSI_SUCCESS : complain(ISCSI_ERR, "%s", e.text);
	nl_close(&nl);
	if (!code && !list.count)
		return complain(ISCSI_ERR_NO_OBJS_FOUND, "No records found");
	for (unsigned int i = 0; i < list.count; i++) {
		const struct session *s = &list.v[i];
		char host[ADDRESS_TEXT_MAX] = "<empty>";

		if (s->conn_count && s->conns[0].local.len)
			address_host(&s->conns[0].local, host);
		if (q->level > 0)
			printf("Host Number: %u\n\tState: running\n\tTransport: tcp\n\tInitiatorname: %s\n"
			       "\tIPaddress: %s\n\tHWaddress: <empty>\n\tNetdev: <empty>\n",
			       s->host_no, s->initiator, host);
		else
			printf("tcp: [%u] %s,[<empty>],<empty> <empty>\n", s->host_no, host);
	}
	sessions_free(&list);
	return code;
}
