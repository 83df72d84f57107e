// SPDX-License-Identifier: GPL-2.0
/*
 * Generic netlink family "kiscsi": the commands. uapi/kiscsi.h is the ABI.
 */
#include <linux/file.h>
#include <net/net_namespace.h>

#include "nl.h"

static struct genl_family family;

/* Sessions of other network namespaces are shown and obeyed in the first one only. */
static bool session_visible(const struct kiscsi_session *session, const struct net *net)
{
	return net_eq(net, &init_net) || net_eq(session->net, net);
}

/* kiscsi_sessions_lock held as long as the result is used */
static struct kiscsi_session *find_session(struct genl_info *info)
{
	const struct nlattr *attr = info->attrs[KISCSI_A_SID];
	struct kiscsi_session *session;

	if (!attr) {
		NL_SET_ERR_MSG(info->extack, "attribute SID is missing");
		return ERR_PTR(-EINVAL);
	}
	session = kiscsi_session_find(nla_get_u32(attr));
	if (session && session_visible(session, genl_info_net(info)))
		return session;
	NL_SET_ERR_MSG_ATTR(info->extack, attr, "no session with this SID");
	return ERR_PTR(-ENOENT);
}

static struct sk_buff *new_reply(struct genl_info *info, u8 cmd, void **hdr)
{
	/* the most there is: a session with all its connections and portals */
	struct sk_buff *skb = genlmsg_new(SZ_32K, GFP_KERNEL);

	if (!skb)
		return NULL;
	*hdr = genlmsg_put_reply(skb, info, &family, 0, cmd);
	if (*hdr)
		return skb;
	nlmsg_free(skb);
	return NULL;
}

static int send_created(struct sk_buff *skb, void *hdr, struct genl_info *info, u32 sid, u32 host_no)
{
	if (nla_put_u32(skb, KISCSI_A_SID, sid) ||
	    nla_put_u32(skb, KISCSI_A_HOST_NO, host_no)) {
		nlmsg_free(skb);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return genlmsg_reply(skb, info);
}

/* the reply is allocated first: once the session is made, nothing may fail any more */
static int create(struct genl_info *info, struct kiscsi_session_spec *spec)
{
	const char *why = "";
	struct sk_buff *skb;
	u32 sid, host_no;
	void *hdr;
	int ret;

	skb = new_reply(info, KISCSI_NL_SESSION_CREATE, &hdr);
	if (!skb)
		return -ENOMEM;
	mutex_lock(&kiscsi_create_lock);
	ret = kiscsi_session_create(spec, &sid, &host_no, &why);
	mutex_unlock(&kiscsi_create_lock);
	if (!ret)
		return send_created(skb, hdr, info, sid, host_no);
	kiscsi_nl_why(info, NULL, why);
	nlmsg_free(skb);
	return ret;
}

static int session_create_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct kiscsi_session_spec *spec = kzalloc(sizeof(*spec), GFP_KERNEL);
	int ret;

	if (!spec)
		return -ENOMEM;
	ret = kiscsi_nl_parse_session(info, spec);
	if (!ret)
		ret = create(info, spec);
	if (spec->conn.sock)
		sockfd_put(spec->conn.sock);
	kfree_sensitive(spec);
	return ret;
}

static int conn_add_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct kiscsi_conn_spec spec = { };
	struct kiscsi_session *session;
	const char *why = "";
	int ret;

	ret = kiscsi_nl_parse_conn(info, &spec);
	if (ret)
		return ret;
	mutex_lock(&kiscsi_sessions_lock);
	session = find_session(info);
	if (IS_ERR(session))
		ret = PTR_ERR(session);
	else
		ret = kiscsi_join_add(session, &spec, &why);
	mutex_unlock(&kiscsi_sessions_lock);
	if (ret && *why)
		kiscsi_nl_why(info, NULL, why);
	sockfd_put(spec.sock);
	return ret;
}

static int session_get_doit(struct sk_buff *in, struct genl_info *info)
{
	struct kiscsi_session *session;
	struct sk_buff *skb;
	void *hdr;
	int ret;

	skb = new_reply(info, KISCSI_NL_SESSION_GET, &hdr);
	if (!skb)
		return -ENOMEM;
	mutex_lock(&kiscsi_sessions_lock);
	session = find_session(info);
	ret = IS_ERR(session) ? PTR_ERR(session) : kiscsi_nl_fill_session(skb, session);
	mutex_unlock(&kiscsi_sessions_lock);
	if (ret) {
		nlmsg_free(skb);
		return ret;
	}
	genlmsg_end(skb, hdr);
	return genlmsg_reply(skb, info);
}

static void *dump_begin(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd)
{
	return genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq, &family,
			   NLM_F_MULTI, cmd);
}

static int dump_end(struct sk_buff *skb, void *hdr, int ret)
{
	if (ret)
		genlmsg_cancel(skb, hdr);
	else
		genlmsg_end(skb, hdr);
	return ret;
}

static int dump_session(struct sk_buff *skb, struct netlink_callback *cb,
			struct kiscsi_session *session)
{
	void *hdr = dump_begin(skb, cb, KISCSI_NL_SESSION_GET);

	return hdr ? dump_end(skb, hdr, kiscsi_nl_fill_session(skb, session)) : -EMSGSIZE;
}

static int dump_conn(struct sk_buff *skb, struct netlink_callback *cb,
		     const struct kiscsi_conn *conn)
{
	void *hdr = dump_begin(skb, cb, KISCSI_NL_CONN_GET);

	return hdr ? dump_end(skb, hdr, kiscsi_nl_fill_conn(skb, conn)) : -EMSGSIZE;
}

/* cb->args[1]: index of the connection to go on with, in the session to go on with */
static int dump_conns(struct sk_buff *skb, struct netlink_callback *cb,
		      struct kiscsi_session *session)
{
	u32 i = session->sid == cb->args[2] ? cb->args[1] : 0;

	for (; i < session->conn_max; i++) {
		if (!kiscsi_conn_shown(session->conns[i]) ||
		    !dump_conn(skb, cb, session->conns[i]))
			continue;
		cb->args[1] = i;
		cb->args[2] = session->sid;
		return -EMSGSIZE;
	}
	return 0;
}

/* cb->args[0]: SID of the last session that is through, plus one. SIDs only grow along the list. */
static int dump_sessions(struct sk_buff *skb, struct netlink_callback *cb,
			 int (*dump)(struct sk_buff *skb, struct netlink_callback *cb,
				     struct kiscsi_session *session))
{
	struct kiscsi_session *session;
	int ret = 0;

	mutex_lock(&kiscsi_sessions_lock);
	list_for_each_entry(session, &kiscsi_sessions, entry) {
		if (session->sid < cb->args[0] || !session_visible(session, sock_net(cb->skb->sk)))
			continue;
		ret = dump(skb, cb, session);
		if (ret)
			break;
		cb->args[0] = session->sid + 1;
	}
	mutex_unlock(&kiscsi_sessions_lock);
	/* one that does not fit behind others comes in the next message; alone, it never will */
	return skb->len ? skb->len : ret;
}

static int session_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	return dump_sessions(skb, cb, dump_session);
}

static int conn_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	return dump_sessions(skb, cb, dump_conns);
}

/* what is left over in @auth is the caller's to free */
static int change(struct genl_info *info, struct kiscsi_session *session, struct kiscsi_auth **auth)
{
	int ret = *auth ? kiscsi_recovery_credentials(session, auth) : 0;

	if (info->attrs[KISCSI_A_TIMERS]) {
		session->timers.recovery_tmo = session->cls->recovery_tmo;
		kiscsi_nl_parse_timers(info, &session->timers);
		kiscsi_session_timers_set(session);
		ret = 0;
	}
	if (ret)
		kiscsi_nl_why(info, info->attrs[KISCSI_A_CHAP], "it has these credentials already");
	return ret;
}

static int session_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct kiscsi_session *session;
	struct kiscsi_auth *auth;
	int ret;

	/* before the lock: it allocates, and may have to wait for I/O of this very session */
	ret = kiscsi_nl_parse_auth(info, &auth);
	if (ret)
		return ret;
	mutex_lock(&kiscsi_sessions_lock);
	session = find_session(info);
	ret = IS_ERR(session) ? PTR_ERR(session) : change(info, session, &auth);
	mutex_unlock(&kiscsi_sessions_lock);
	kiscsi_auth_free(auth);
	return ret;
}

static int session_rescan_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct kiscsi_session *session;
	int ret;

	mutex_lock(&kiscsi_sessions_lock);
	session = find_session(info);
	ret = IS_ERR(session) ? PTR_ERR(session) : kiscsi_session_rescan(session);
	mutex_unlock(&kiscsi_sessions_lock);
	if (ret == -ESHUTDOWN)
		NL_SET_ERR_MSG(info->extack, "the session is being logged out");
	return ret;
}

static int session_logout_doit(struct sk_buff *skb, struct genl_info *info)
{
	bool force = nla_get_flag(info->attrs[KISCSI_A_FORCE]);
	struct kiscsi_session *session;
	int ret;

	mutex_lock(&kiscsi_sessions_lock);
	session = find_session(info);
	ret = IS_ERR(session) ? PTR_ERR(session) : kiscsi_session_logout(session, force);
	mutex_unlock(&kiscsi_sessions_lock);
	if (ret == -EALREADY)
		NL_SET_ERR_MSG(info->extack, "the session is being logged out already");
	return ret;
}

static const struct genl_ops ops[] = {
	{
		.cmd = KISCSI_NL_SESSION_CREATE,
		.doit = session_create_doit,
		.policy = kiscsi_create_policy,
		.maxattr = KISCSI_A_MAX,
		.flags = GENL_ADMIN_PERM,
	}, {
		.cmd = KISCSI_NL_CONN_ADD,
		.doit = conn_add_doit,
		.policy = kiscsi_conn_add_policy,
		.maxattr = KISCSI_A_MAX,
		.flags = GENL_ADMIN_PERM,
	}, {
		.cmd = KISCSI_NL_SESSION_GET,
		.doit = session_get_doit,
		.dumpit = session_get_dumpit,
		.policy = kiscsi_sid_policy,
		.maxattr = KISCSI_A_MAX,
	}, {
		.cmd = KISCSI_NL_SESSION_SET,
		.doit = session_set_doit,
		.policy = kiscsi_set_policy,
		.maxattr = KISCSI_A_MAX,
		.flags = GENL_ADMIN_PERM,
	}, {
		.cmd = KISCSI_NL_SESSION_RESCAN,
		.doit = session_rescan_doit,
		.policy = kiscsi_sid_policy,
		.maxattr = KISCSI_A_MAX,
		.flags = GENL_ADMIN_PERM,
	}, {
		.cmd = KISCSI_NL_SESSION_LOGOUT,
		.doit = session_logout_doit,
		.policy = kiscsi_logout_policy,
		.maxattr = KISCSI_A_MAX,
		.flags = GENL_ADMIN_PERM,
	}, {
		.cmd = KISCSI_NL_CONN_GET,
		.dumpit = conn_get_dumpit,
		.policy = kiscsi_empty_policy,
		.maxattr = KISCSI_A_MAX,
	},
};

static const struct genl_multicast_group groups[] = {
	{ .name = KISCSI_GENL_MC_EVENTS },
};

static struct genl_family family __ro_after_init = {
	.name = KISCSI_GENL_NAME,
	.version = KISCSI_GENL_VERSION,
	.module = THIS_MODULE,
	.netnsok = true,
	.parallel_ops = true,
	.maxattr = KISCSI_A_MAX,
	.ops = ops,
	.n_ops = ARRAY_SIZE(ops),
	.resv_start_op = KISCSI_NL_UNSPEC + 1,
	.mcgrps = groups,
	.n_mcgrps = ARRAY_SIZE(groups),
};

static struct sk_buff *make_event(struct kiscsi_session *session, enum kiscsi_event event,
				  const char *message)
{
	struct sk_buff *skb = genlmsg_new(NLMSG_GOODSIZE, GFP_ATOMIC);
	void *hdr;

	if (!skb)
		return NULL;
	hdr = genlmsg_put(skb, 0, 0, &family, 0, KISCSI_NL_EVENT);
	if (!hdr || kiscsi_nl_fill_event(skb, session, event, message)) {
		nlmsg_free(skb);
		return NULL;
	}
	genlmsg_end(skb, hdr);
	return skb;
}

static void send_event(struct net *net, struct sk_buff *skb)
{
	if (skb)
		genlmsg_multicast_netns(&family, net, skb, 0, 0, GFP_ATOMIC);
}

/**
 * kiscsi_event() - tell whoever listens in the session's network namespace, and in the first one
 * @session: whose event
 * @event: what happened
 * @message: text for a person, or NULL
 *
 * Context: any. An event that finds no memory is lost; listeners ask for the state when in doubt.
 */
void kiscsi_event(struct kiscsi_session *session, enum kiscsi_event event, const char *message)
{
	send_event(session->net, make_event(session, event, message));
	if (!net_eq(session->net, &init_net))
		send_event(&init_net, make_event(session, event, message));
}

/** kiscsi_netlink_init() - register the family */
int __init kiscsi_netlink_init(void)
{
	return genl_register_family(&family);
}

/** kiscsi_netlink_exit() - the reverse; waits for commands under way */
void kiscsi_netlink_exit(void)
{
	genl_unregister_family(&family);
}
