// SPDX-License-Identifier: GPL-2.0
/*
 * iscsiadm -m iface and -m host. There is one interface, "default", which stands for no choice at all; a
 * node's own names iface.net_ifacename, iface.ipaddress and iface.initiatorname make one.
 */
#include "iscsiadm.h"

enum iscsi_err mode_iface(struct request *q)
{
	if (q->op != OP_NONE && q->op != OP_SHOW)
		return complain(ISCSI_ERR_INVAL, "the interface \"default\" cannot be changed, and others not be made");
	if (q->iface)
		printf("# BEGIN RECORD 2.1.8\niface.iscsi_ifacename = default\niface.net_ifacename = <empty>\n"
		       "iface.ipaddress = <empty>\niface.hwaddress = <empty>\niface.transport_name = tcp\n"
		       "iface.initiatorname = <empty>\n# END RECORD\n");
	else if (q->level > 0)
		printf("Iface: default\n");
	else
		printf("default tcp,<empty>,<empty>,<empty>,<empty>\n");
	return ISCSI_SUCCESS;
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
