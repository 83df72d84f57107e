// SPDX-License-Identifier: GPL-2.0
/*
 * The message KISCSI_NL_SESSION_CREATE.
 */
#include <linux/genetlink.h>

#include "handover.h"
#include "session.h"

static void put_session_params(struct nlmsghdr *req, const struct kiscsi_params *p)
{
	struct nlattr *nest = mnl_attr_nest_start(req, KISCSI_A_PARAMS);

	mnl_attr_put_u8(req, KISCSI_KEY_A_INITIAL_R2T, p->initial_r2t);
	mnl_attr_put_u8(req, KISCSI_KEY_A_IMMEDIATE_DATA, p->immediate_data);
	mnl_attr_put_u16(req, KISCSI_KEY_A_MAX_CONNECTIONS, p->max_connections);
	mnl_attr_put_u16(req, KISCSI_KEY_A_MAX_OUTSTANDING_R2T, p->max_outstanding_r2t);
	mnl_attr_put_u32(req, KISCSI_KEY_A_MAX_BURST_LENGTH, p->max_burst_length);
	mnl_attr_put_u32(req, KISCSI_KEY_A_FIRST_BURST_LENGTH, p->first_burst_length);
	mnl_attr_put_u16(req, KISCSI_KEY_A_TIME2WAIT, p->time2wait);
	mnl_attr_put_u16(req, KISCSI_KEY_A_TIME2RETAIN, p->time2retain);
	mnl_attr_put_u8(req, KISCSI_KEY_A_ERROR_RECOVERY_LEVEL, p->error_recovery_level);
	mnl_attr_nest_end(req, nest);
}

static void put_conn(struct nlmsghdr *req, const struct leading *l)
{
	const struct kiscsi_params *p = &l->login.params;
	struct nlattr *nest = mnl_attr_nest_start(req, KISCSI_A_CONN);
	struct nlattr *params;

	mnl_attr_put_u32(req, KISCSI_CONN_A_FD, (u32)l->fd);
	mnl_attr_put_u16(req, KISCSI_CONN_A_CID, 0);
	mnl_attr_put_u32(req, KISCSI_CONN_A_EXPSTATSN, l->login.statsn);
	params = mnl_attr_nest_start(req, KISCSI_CONN_A_PARAMS);
	mnl_attr_put(req, KISCSI_KEY_A_HEADER_DIGEST, 1, &p->header_digest);
	mnl_attr_put(req, KISCSI_KEY_A_DATA_DIGEST, 1, &p->data_digest);
	mnl_attr_put_u32(req, KISCSI_KEY_A_MAX_RECV_DSL, p->max_recv_dsl);
	mnl_attr_put_u32(req, KISCSI_KEY_A_MAX_XMIT_DSL, p->max_xmit_dsl);
	mnl_attr_nest_end(req, params);
	mnl_attr_nest_end(req, nest);
}

static void put_offer(struct nlmsghdr *req, const struct kiscsi_offer *o)
{
	struct nlattr *nest = mnl_attr_nest_start(req, KISCSI_A_OFFER);

	mnl_attr_put(req, KISCSI_KEY_A_HEADER_DIGEST, o->header_digests, o->header_digest);
	mnl_attr_put(req, KISCSI_KEY_A_DATA_DIGEST, o->data_digests, o->data_digest);
	mnl_attr_put_u32(req, KISCSI_KEY_A_MAX_RECV_DSL, o->max_recv_dsl);
	mnl_attr_put_u8(req, KISCSI_KEY_A_INITIAL_R2T, o->initial_r2t);
	mnl_attr_put_u8(req, KISCSI_KEY_A_IMMEDIATE_DATA, o->immediate_data);
	mnl_attr_put_u16(req, KISCSI_KEY_A_MAX_CONNECTIONS, o->max_connections);
	mnl_attr_put_u16(req, KISCSI_KEY_A_MAX_OUTSTANDING_R2T, o->max_outstanding_r2t);
	mnl_attr_put_u32(req, KISCSI_KEY_A_MAX_BURST_LENGTH, o->max_burst_length);
	mnl_attr_put_u32(req, KISCSI_KEY_A_FIRST_BURST_LENGTH, o->first_burst_length);
	mnl_attr_put_u16(req, KISCSI_KEY_A_TIME2WAIT, o->default_time2wait);
	mnl_attr_put_u16(req, KISCSI_KEY_A_TIME2RETAIN, o->default_time2retain);
	mnl_attr_put_u8(req, KISCSI_KEY_A_ERROR_RECOVERY_LEVEL, o->error_recovery_level);
	mnl_attr_nest_end(req, nest);
}

/* where we logged in comes first: sysfs shows it, and the kernel begins with it */
static void put_portals(struct nlmsghdr *req, const struct leading *l, const struct address_list *more)
{
	struct address_list all = { .count = 1, .v = { l->portal } };

	for (unsigned int i = 0; i < more->count; i++)
		address_add(&all, &more->v[i]);
	address_add(&all, &l->peer);
	for (unsigned int i = 0; i < all.count && i < KISCSI_NL_PORTALS_MAX; i++) {
		struct nlattr *nest = mnl_attr_nest_start(req, KISCSI_A_PORTAL);

		mnl_attr_put(req, KISCSI_PORTAL_A_ADDRESS, all.v[i].len, &all.v[i].sa);
		mnl_attr_nest_end(req, nest);
	}
}

static void put_names(struct nlmsghdr *req, const struct leading *l, const struct leading_config *c)
{
	mnl_attr_put_strz(req, KISCSI_A_TARGET_NAME, c->target_name);
	mnl_attr_put_strz(req, KISCSI_A_INITIATOR_NAME, c->settings->initiator_name);
	if (l->login.params.target_alias[0])
		mnl_attr_put_strz(req, KISCSI_A_TARGET_ALIAS, l->login.params.target_alias);
	mnl_attr_put(req, KISCSI_A_ISID, sizeof(c->isid), c->isid);
	mnl_attr_put_u16(req, KISCSI_A_TSIH, l->login.tsih);
	mnl_attr_put_u16(req, KISCSI_A_TPGT, l->login.params.tpgt);
	mnl_attr_put_u32(req, KISCSI_A_CMDSN, l->login.cmdsn);
	mnl_attr_put_u32(req, KISCSI_A_EXPCMDSN, l->login.expcmdsn);
	mnl_attr_put_u32(req, KISCSI_A_MAXCMDSN, l->login.maxcmdsn);
}

static void put_limits(struct nlmsghdr *req, const struct leading *l, const struct settings *s)
{
	u32 connections = s->connections;

	if (connections > l->login.params.max_connections)
		connections = l->login.params.max_connections;
	mnl_attr_put_u32(req, KISCSI_A_QUEUE_DEPTH, s->queue_depth);
	mnl_attr_put_u16(req, KISCSI_A_CONNECTIONS, (u16)connections);
	if (s->source_interface[0])
		mnl_attr_put_strz(req, KISCSI_A_SOURCE_INTERFACE, s->source_interface);
	if (s->source_address.len)
		mnl_attr_put(req, KISCSI_A_SOURCE_ADDRESS, s->source_address.len,
			     &s->source_address.sa);
}

struct created {
	u32 sid;
	u32 host_no;
};

static int take_created(const struct nlmsghdr *msg, void *arg)
{
	const struct nlattr *tb[KISCSI_A_MAX + 1];
	const char *genl = mnl_nlmsg_get_payload(msg);
	size_t len = mnl_nlmsg_get_payload_len(msg);
	struct created *c = arg;

	if (len < sizeof(struct genlmsghdr) ||
	    nl_parse(genl + sizeof(struct genlmsghdr), len - sizeof(struct genlmsghdr), tb,
		     KISCSI_A_MAX))
		return MNL_CB_OK;
	if (tb[KISCSI_A_SID])
		c->sid = (u32)nl_uint(tb[KISCSI_A_SID]);
	if (tb[KISCSI_A_HOST_NO])
		c->host_no = (u32)nl_uint(tb[KISCSI_A_HOST_NO]);
	return MNL_CB_OK;
}

int handover(struct nl *nl, const struct leading *l, const struct leading_config *c,
	     const struct address_list *portals, u32 *sid, u32 *host_no, struct err *e)
{
	struct created created = { UINT32_MAX, UINT32_MAX };
	char buf[NL_REQUEST_MAX];
	struct nlmsghdr *req = nl_begin(nl, buf, KISCSI_NL_SESSION_CREATE, 0);
	int r;

	put_names(req, l, c);
	put_session_params(req, &l->login.params);
	put_conn(req, l);
	put_portals(req, l, portals);
	put_offer(req, c->offer);
	session_put_timers(req, &c->settings->timers);
	session_put_chap(req, c->cred);
	put_limits(req, l, c->settings);
	r = nl_call(nl, req, take_created, &created, e);
	explicit_bzero(buf, sizeof(buf));
	if (r)
		return -1;
	if (created.sid == UINT32_MAX || created.host_no == UINT32_MAX)
		return err_set(e, ST_FAILED, "the kernel did not say which session it made");
	*sid = created.sid;
	*host_no = created.host_no;
	return 0;
}
