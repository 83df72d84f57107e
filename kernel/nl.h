/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the three netlink files share: parsing (nlparse.c), answering (nlfill.c), commands (netlink.c).
 */
#ifndef KISCSI_NL_H
#define KISCSI_NL_H

#include <net/genetlink.h>

#include "kiscsi.h"

extern const struct nla_policy kiscsi_create_policy[KISCSI_A_MAX + 1];
extern const struct nla_policy kiscsi_conn_add_policy[KISCSI_A_MAX + 1];
extern const struct nla_policy kiscsi_set_policy[KISCSI_A_MAX + 1];
extern const struct nla_policy kiscsi_logout_policy[KISCSI_A_MAX + 1];
extern const struct nla_policy kiscsi_sid_policy[KISCSI_A_MAX + 1];
extern const struct nla_policy kiscsi_empty_policy[KISCSI_A_MAX + 1];

/* has it, or had it, a socket? */
static inline bool kiscsi_conn_shown(const struct kiscsi_conn *conn)
{
	return conn->peer.ss_family;
}

/**
 * kiscsi_nl_why() - say why a message is refused
 * @info: the message
 * @attr: the attribute at fault, or NULL
 * @why: text that lives on: 6.1 has no room for a copy
 */
static inline void kiscsi_nl_why(struct genl_info *info, const struct nlattr *attr, const char *why)
{
	info->extack->_msg = why;
	info->extack->bad_attr = attr;
}

int kiscsi_nl_parse_session(struct genl_info *info, struct kiscsi_session_spec *spec);
int kiscsi_nl_parse_conn(struct genl_info *info, struct kiscsi_conn_spec *conn);
int kiscsi_nl_parse_timers(struct genl_info *info, struct kiscsi_timers *timers);
int kiscsi_nl_parse_auth(struct genl_info *info, struct kiscsi_auth **auth);

int kiscsi_nl_fill_session(struct sk_buff *skb, struct kiscsi_session *session);
int kiscsi_nl_fill_conn(struct sk_buff *skb, const struct kiscsi_conn *conn);
int kiscsi_nl_fill_event(struct sk_buff *skb, struct kiscsi_session *session,
			 enum kiscsi_event event, const char *message);

#endif
