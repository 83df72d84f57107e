// SPDX-License-Identifier: GPL-2.0
/*
 * From netlink attributes to structures. The policies bound every length and number; what no policy
 * can say is checked here. Every refusal names its attribute.
 */
#include <linux/file.h>
#include <linux/net.h>

#include "nl.h"

#define SECONDS_MAX 3600

static struct netlink_range_validation range_dsl = { .min = 512, .max = 0xffffff };
static struct netlink_range_validation range_seconds = { .min = 1, .max = SECONDS_MAX };
static struct netlink_range_validation_signed range_recovery = { .min = -1, .max = KISCSI_RECOVERY_TMO_MAX };
static struct netlink_range_validation range_tsih = { .min = 1, .max = 0xffff };

static const struct nla_policy key_policy[KISCSI_KEY_A_MAX + 1] = {
	[KISCSI_KEY_A_HEADER_DIGEST] = { .type = NLA_BINARY, .len = KISCSI_DIGEST_LIST_MAX },
	[KISCSI_KEY_A_DATA_DIGEST] = { .type = NLA_BINARY, .len = KISCSI_DIGEST_LIST_MAX },
	[KISCSI_KEY_A_MAX_RECV_DSL] = NLA_POLICY_FULL_RANGE(NLA_U32, &range_dsl),
	[KISCSI_KEY_A_MAX_XMIT_DSL] = NLA_POLICY_FULL_RANGE(NLA_U32, &range_dsl),
	[KISCSI_KEY_A_INITIAL_R2T] = NLA_POLICY_MAX(NLA_U8, 1),
	[KISCSI_KEY_A_IMMEDIATE_DATA] = NLA_POLICY_MAX(NLA_U8, 1),
	[KISCSI_KEY_A_MAX_CONNECTIONS] = NLA_POLICY_MIN(NLA_U16, 1),
	[KISCSI_KEY_A_MAX_OUTSTANDING_R2T] = NLA_POLICY_RANGE(NLA_U16, 1, KISCSI_MAX_R2T),
	[KISCSI_KEY_A_MAX_BURST_LENGTH] = NLA_POLICY_FULL_RANGE(NLA_U32, &range_dsl),
	[KISCSI_KEY_A_FIRST_BURST_LENGTH] = NLA_POLICY_FULL_RANGE(NLA_U32, &range_dsl),
	[KISCSI_KEY_A_TIME2WAIT] = NLA_POLICY_MAX(NLA_U16, SECONDS_MAX),
	[KISCSI_KEY_A_TIME2RETAIN] = NLA_POLICY_MAX(NLA_U16, SECONDS_MAX),
	[KISCSI_KEY_A_ERROR_RECOVERY_LEVEL] = NLA_POLICY_MAX(NLA_U8, 0),
};

static const struct nla_policy timer_policy[KISCSI_TIMER_A_MAX + 1] = {
	[KISCSI_TIMER_A_NOP_INTERVAL] = NLA_POLICY_MAX(NLA_U32, SECONDS_MAX),
	[KISCSI_TIMER_A_NOP_TIMEOUT] = NLA_POLICY_FULL_RANGE(NLA_U32, &range_seconds),
	[KISCSI_TIMER_A_LOGIN_TIMEOUT] = NLA_POLICY_FULL_RANGE(NLA_U32, &range_seconds),
	[KISCSI_TIMER_A_RECOVERY_TMO] = NLA_POLICY_FULL_RANGE_SIGNED(NLA_S32, &range_recovery),
	[KISCSI_TIMER_A_ABORT_TIMEOUT] = NLA_POLICY_FULL_RANGE(NLA_U32, &range_seconds),
	[KISCSI_TIMER_A_LUN_RESET_TIMEOUT] = NLA_POLICY_FULL_RANGE(NLA_U32, &range_seconds),
	[KISCSI_TIMER_A_TARGET_RESET_TIMEOUT] = NLA_POLICY_FULL_RANGE(NLA_U32, &range_seconds),
};

static const struct nla_policy chap_policy[KISCSI_CHAP_A_MAX + 1] = {
	[KISCSI_CHAP_A_USER] = { .type = NLA_NUL_STRING, .len = KISCSI_NL_TEXT_MAX },
	[KISCSI_CHAP_A_SECRET] = { .type = NLA_BINARY, .len = KISCSI_NL_SECRET_MAX },
	[KISCSI_CHAP_A_MUTUAL_USER] = { .type = NLA_NUL_STRING, .len = KISCSI_NL_TEXT_MAX },
	[KISCSI_CHAP_A_MUTUAL_SECRET] = { .type = NLA_BINARY, .len = KISCSI_NL_SECRET_MAX },
	[KISCSI_CHAP_A_ALGORITHMS] = { .type = NLA_BINARY, .len = KISCSI_CHAP_ALGS_MAX },
};

static const struct nla_policy portal_policy[KISCSI_PORTAL_A_MAX + 1] = {
	[KISCSI_PORTAL_A_ADDRESS] = { .type = NLA_BINARY, .len = sizeof(struct sockaddr_in6) },
};

static const struct nla_policy conn_policy[KISCSI_CONN_A_MAX + 1] = {
	[KISCSI_CONN_A_FD] = { .type = NLA_U32 },
	[KISCSI_CONN_A_CID] = { .type = NLA_U16 },
	[KISCSI_CONN_A_EXPSTATSN] = { .type = NLA_U32 },
	[KISCSI_CONN_A_PARAMS] = NLA_POLICY_NESTED(key_policy),
};

const struct nla_policy kiscsi_create_policy[KISCSI_A_MAX + 1] = {
	[KISCSI_A_TARGET_NAME] = { .type = NLA_NUL_STRING, .len = KISCSI_NL_NAME_MAX },
	[KISCSI_A_TARGET_ALIAS] = { .type = NLA_NUL_STRING, .len = KISCSI_NL_TEXT_MAX },
	[KISCSI_A_INITIATOR_NAME] = { .type = NLA_NUL_STRING, .len = KISCSI_NL_NAME_MAX },
	[KISCSI_A_INITIATOR_ALIAS] = { .type = NLA_NUL_STRING, .len = KISCSI_NL_TEXT_MAX },
	[KISCSI_A_ISID] = NLA_POLICY_EXACT_LEN(6),
	[KISCSI_A_TSIH] = NLA_POLICY_FULL_RANGE(NLA_U16, &range_tsih),
	[KISCSI_A_TPGT] = { .type = NLA_U16 },
	[KISCSI_A_CMDSN] = { .type = NLA_U32 },
	[KISCSI_A_EXPCMDSN] = { .type = NLA_U32 },
	[KISCSI_A_MAXCMDSN] = { .type = NLA_U32 },
	[KISCSI_A_PARAMS] = NLA_POLICY_NESTED(key_policy),
	[KISCSI_A_OFFER] = NLA_POLICY_NESTED(key_policy),
	[KISCSI_A_TIMERS] = NLA_POLICY_NESTED(timer_policy),
	[KISCSI_A_CHAP] = NLA_POLICY_NESTED(chap_policy),
	[KISCSI_A_CONN] = NLA_POLICY_NESTED(conn_policy),
	[KISCSI_A_PORTAL] = NLA_POLICY_NESTED(portal_policy),
	[KISCSI_A_QUEUE_DEPTH] = NLA_POLICY_RANGE(NLA_U32, 1, KISCSI_QUEUE_DEPTH_MAX),
	[KISCSI_A_CONNECTIONS] = NLA_POLICY_RANGE(NLA_U16, 1, KISCSI_MAX_CONNECTIONS),
	[KISCSI_A_SOURCE_INTERFACE] = { .type = NLA_NUL_STRING, .len = IFNAMSIZ - 1 },
	[KISCSI_A_SOURCE_ADDRESS] = { .type = NLA_BINARY, .len = sizeof(struct sockaddr_in6) },
};

const struct nla_policy kiscsi_conn_add_policy[KISCSI_A_MAX + 1] = {
	[KISCSI_A_SID] = { .type = NLA_U32 },
	[KISCSI_A_CONN] = NLA_POLICY_NESTED(conn_policy),
};

const struct nla_policy kiscsi_set_policy[KISCSI_A_MAX + 1] = {
	[KISCSI_A_SID] = { .type = NLA_U32 },
	[KISCSI_A_TIMERS] = NLA_POLICY_NESTED(timer_policy),
	[KISCSI_A_CHAP] = NLA_POLICY_NESTED(chap_policy),
};

const struct nla_policy kiscsi_logout_policy[KISCSI_A_MAX + 1] = {
	[KISCSI_A_SID] = { .type = NLA_U32 },
	[KISCSI_A_FORCE] = { .type = NLA_FLAG },
};

const struct nla_policy kiscsi_sid_policy[KISCSI_A_MAX + 1] = {
	[KISCSI_A_SID] = { .type = NLA_U32 },
};

/* of a command that takes no attributes */
const struct nla_policy kiscsi_empty_policy[KISCSI_A_MAX + 1] = { };

static int refuse(struct genl_info *info, const struct nlattr *attr, const char *why)
{
	kiscsi_nl_why(info, attr, why);
	return -EINVAL;
}

#define missing(info, name) refuse(info, NULL, "attribute " name " is missing")

/* the policies were applied when the message was: nests need no second look */
static void parse_nest(struct nlattr **tb, int max, const struct nlattr *nest)
{
	nla_parse_nested(tb, max, nest, NULL, NULL);
}

/*
 * ---- keys ----
 */

static int parse_digests(struct genl_info *info, const struct nlattr *attr, u8 *list, u8 *count,
			 u8 max)
{
	const u8 *data;
	int i;

	if (!attr)
		return 0;
	data = nla_data(attr);
	if (!nla_len(attr) || nla_len(attr) > max)
		return refuse(info, attr, "digest: wrong number of values");
	for (i = 0; i < nla_len(attr); i++) {
		if (data[i] > KISCSI_DIGEST_CRC32C)
			return refuse(info, attr, "digest: neither None (0) nor CRC32C (1)");
		list[i] = data[i];
	}
	*count = i;
	return 0;
}

static int parse_params(struct genl_info *info, const struct nlattr *nest,
			struct kiscsi_params *params)
{
	struct nlattr *tb[KISCSI_KEY_A_MAX + 1];
	u8 one;
	int ret;

	parse_nest(tb, KISCSI_KEY_A_MAX, nest);
	ret = parse_digests(info, tb[KISCSI_KEY_A_HEADER_DIGEST], &params->header_digest, &one, 1);
	if (ret)
		return ret;
	ret = parse_digests(info, tb[KISCSI_KEY_A_DATA_DIGEST], &params->data_digest, &one, 1);
	if (ret)
		return ret;
	if (tb[KISCSI_KEY_A_MAX_RECV_DSL])
		params->max_recv_dsl = nla_get_u32(tb[KISCSI_KEY_A_MAX_RECV_DSL]);
	if (tb[KISCSI_KEY_A_MAX_XMIT_DSL])
		params->max_xmit_dsl = nla_get_u32(tb[KISCSI_KEY_A_MAX_XMIT_DSL]);
	if (tb[KISCSI_KEY_A_INITIAL_R2T])
		params->initial_r2t = nla_get_u8(tb[KISCSI_KEY_A_INITIAL_R2T]);
	if (tb[KISCSI_KEY_A_IMMEDIATE_DATA])
		params->immediate_data = nla_get_u8(tb[KISCSI_KEY_A_IMMEDIATE_DATA]);
	if (tb[KISCSI_KEY_A_MAX_CONNECTIONS])
		params->max_connections = nla_get_u16(tb[KISCSI_KEY_A_MAX_CONNECTIONS]);
	if (tb[KISCSI_KEY_A_MAX_OUTSTANDING_R2T])
		params->max_outstanding_r2t = nla_get_u16(tb[KISCSI_KEY_A_MAX_OUTSTANDING_R2T]);
	if (tb[KISCSI_KEY_A_MAX_BURST_LENGTH])
		params->max_burst_length = nla_get_u32(tb[KISCSI_KEY_A_MAX_BURST_LENGTH]);
	if (tb[KISCSI_KEY_A_FIRST_BURST_LENGTH])
		params->first_burst_length = nla_get_u32(tb[KISCSI_KEY_A_FIRST_BURST_LENGTH]);
	if (tb[KISCSI_KEY_A_TIME2WAIT])
		params->time2wait = nla_get_u16(tb[KISCSI_KEY_A_TIME2WAIT]);
	if (tb[KISCSI_KEY_A_TIME2RETAIN])
		params->time2retain = nla_get_u16(tb[KISCSI_KEY_A_TIME2RETAIN]);
	if (params->first_burst_length > params->max_burst_length)
		return refuse(info, nest, "FirstBurstLength exceeds MaxBurstLength");
	return 0;
}

static int parse_offer(struct genl_info *info, const struct nlattr *nest,
		       struct kiscsi_offer *offer)
{
	struct nlattr *tb[KISCSI_KEY_A_MAX + 1];
	int ret;

	parse_nest(tb, KISCSI_KEY_A_MAX, nest);
	ret = parse_digests(info, tb[KISCSI_KEY_A_HEADER_DIGEST], offer->header_digest,
			    &offer->header_digests, KISCSI_DIGEST_LIST_MAX);
	if (ret)
		return ret;
	ret = parse_digests(info, tb[KISCSI_KEY_A_DATA_DIGEST], offer->data_digest,
			    &offer->data_digests, KISCSI_DIGEST_LIST_MAX);
	if (ret)
		return ret;
	if (tb[KISCSI_KEY_A_MAX_RECV_DSL])
		offer->max_recv_dsl = nla_get_u32(tb[KISCSI_KEY_A_MAX_RECV_DSL]);
	if (tb[KISCSI_KEY_A_INITIAL_R2T])
		offer->initial_r2t = nla_get_u8(tb[KISCSI_KEY_A_INITIAL_R2T]);
	if (tb[KISCSI_KEY_A_IMMEDIATE_DATA])
		offer->immediate_data = nla_get_u8(tb[KISCSI_KEY_A_IMMEDIATE_DATA]);
	if (tb[KISCSI_KEY_A_MAX_CONNECTIONS])
		offer->max_connections = nla_get_u16(tb[KISCSI_KEY_A_MAX_CONNECTIONS]);
	if (tb[KISCSI_KEY_A_MAX_OUTSTANDING_R2T])
		offer->max_outstanding_r2t = nla_get_u16(tb[KISCSI_KEY_A_MAX_OUTSTANDING_R2T]);
	if (tb[KISCSI_KEY_A_MAX_BURST_LENGTH])
		offer->max_burst_length = nla_get_u32(tb[KISCSI_KEY_A_MAX_BURST_LENGTH]);
	if (tb[KISCSI_KEY_A_FIRST_BURST_LENGTH])
		offer->first_burst_length = nla_get_u32(tb[KISCSI_KEY_A_FIRST_BURST_LENGTH]);
	if (tb[KISCSI_KEY_A_TIME2WAIT])
		offer->default_time2wait = nla_get_u16(tb[KISCSI_KEY_A_TIME2WAIT]);
	if (tb[KISCSI_KEY_A_TIME2RETAIN])
		offer->default_time2retain = nla_get_u16(tb[KISCSI_KEY_A_TIME2RETAIN]);
	if (kiscsi_offer_check(offer))
		return refuse(info, nest, "offer: a number is out of its range");
	return 0;
}

/*
 * ---- addresses, timers, secrets ----
 */

static int parse_address(struct genl_info *info, const struct nlattr *attr,
			 struct sockaddr_storage *ss)
{
	const struct sockaddr *sa = nla_data(attr);
	u32 len = nla_len(attr);

	if (len >= sizeof(sa->sa_family) &&
	    ((sa->sa_family == AF_INET && len == sizeof(struct sockaddr_in)) ||
	     (sa->sa_family == AF_INET6 && len == sizeof(struct sockaddr_in6)))) {
		memset(ss, 0, sizeof(*ss));
		memcpy(ss, sa, len);
		return 0;
	}
	return refuse(info, attr, "address: neither a sockaddr_in nor a sockaddr_in6");
}

static int parse_portals(struct genl_info *info, struct kiscsi_identity *id)
{
	struct nlattr *tb[KISCSI_PORTAL_A_MAX + 1];
	const struct nlattr *attr;
	int rem, ret;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) != KISCSI_A_PORTAL)
			continue;
		if (id->portal_count == KISCSI_NL_PORTALS_MAX)
			return refuse(info, attr, "too many portals");
		ret = nla_parse_nested(tb, KISCSI_PORTAL_A_MAX, attr, portal_policy, info->extack);
		if (ret)
			return ret;
		if (!tb[KISCSI_PORTAL_A_ADDRESS])
			return refuse(info, attr, "portal without an address");
		ret = parse_address(info, tb[KISCSI_PORTAL_A_ADDRESS],
				    &id->portals[id->portal_count]);
		if (ret)
			return ret;
		id->portal_count++;
	}
	return id->portal_count ? 0 : missing(info, "PORTAL");
}

static void parse_u32(const struct nlattr *attr, u32 *to)
{
	if (attr)
		WRITE_ONCE(*to, nla_get_u32(attr));
}

/**
 * kiscsi_nl_parse_timers() - set those timers that the message has
 * @info: a message of a command that takes timers
 * @timers: changed one by one, so readers see old or new values
 */
int kiscsi_nl_parse_timers(struct genl_info *info, struct kiscsi_timers *timers)
{
	struct nlattr *tb[KISCSI_TIMER_A_MAX + 1];

	if (!info->attrs[KISCSI_A_TIMERS])
		return 0;
	parse_nest(tb, KISCSI_TIMER_A_MAX, info->attrs[KISCSI_A_TIMERS]);
	parse_u32(tb[KISCSI_TIMER_A_NOP_INTERVAL], &timers->nop_interval);
	parse_u32(tb[KISCSI_TIMER_A_NOP_TIMEOUT], &timers->nop_timeout);
	parse_u32(tb[KISCSI_TIMER_A_LOGIN_TIMEOUT], &timers->login_timeout);
	parse_u32(tb[KISCSI_TIMER_A_ABORT_TIMEOUT], &timers->abort_timeout);
	parse_u32(tb[KISCSI_TIMER_A_LUN_RESET_TIMEOUT], &timers->lun_reset_timeout);
	parse_u32(tb[KISCSI_TIMER_A_TARGET_RESET_TIMEOUT], &timers->target_reset_timeout);
	if (tb[KISCSI_TIMER_A_RECOVERY_TMO])
		WRITE_ONCE(timers->recovery_tmo, nla_get_s32(tb[KISCSI_TIMER_A_RECOVERY_TMO]));
	return 0;
}

static void parse_secret(const struct nlattr *attr, u8 *secret, u8 *len)
{
	if (!attr)
		return;
	*len = nla_len(attr);
	memcpy(secret, nla_data(attr), nla_len(attr));
}

static int parse_chap(struct genl_info *info, const struct nlattr *nest,
		      struct kiscsi_chap_cred *cred)
{
	struct nlattr *tb[KISCSI_CHAP_A_MAX + 1];
	const char *bad;

	parse_nest(tb, KISCSI_CHAP_A_MAX, nest);
	if (!tb[KISCSI_CHAP_A_USER] || !tb[KISCSI_CHAP_A_SECRET] || !tb[KISCSI_CHAP_A_ALGORITHMS])
		return refuse(info, nest, "CHAP needs user, secret and algorithms");
	nla_strscpy(cred->user, tb[KISCSI_CHAP_A_USER], sizeof(cred->user));
	parse_secret(tb[KISCSI_CHAP_A_SECRET], cred->secret, &cred->secret_len);
	if (tb[KISCSI_CHAP_A_MUTUAL_USER])
		nla_strscpy(cred->mutual_user, tb[KISCSI_CHAP_A_MUTUAL_USER],
			    sizeof(cred->mutual_user));
	parse_secret(tb[KISCSI_CHAP_A_MUTUAL_SECRET], cred->mutual_secret,
		     &cred->mutual_secret_len);
	cred->algs_count = nla_len(tb[KISCSI_CHAP_A_ALGORITHMS]);
	memcpy(cred->algs, nla_data(tb[KISCSI_CHAP_A_ALGORITHMS]), cred->algs_count);
	bad = kiscsi_chap_check(cred);
	return bad ? refuse(info, nest, bad) : 0;
}

/**
 * kiscsi_nl_parse_auth() - credentials that replace a session's
 * @info: a %KISCSI_NL_SESSION_SET message
 * @auth: set to what the message has, to be freed by kiscsi_auth_free(), or to NULL
 *
 * Return: 0 or a negative errno, then with NULL.
 */
int kiscsi_nl_parse_auth(struct genl_info *info, struct kiscsi_auth **auth)
{
	struct kiscsi_chap_cred *cred;
	int ret;

	*auth = NULL;
	if (!info->attrs[KISCSI_A_CHAP])
		return 0;
	cred = kzalloc(sizeof(*cred), GFP_KERNEL);
	if (!cred)
		return -ENOMEM;
	ret = parse_chap(info, info->attrs[KISCSI_A_CHAP], cred);
	if (!ret)
		*auth = kiscsi_auth_alloc(cred);
	kfree_sensitive(cred);
	return ret || *auth ? ret : -ENOMEM;
}

/*
 * ---- connection and session ----
 */

/**
 * kiscsi_nl_parse_conn() - a connection that is handed over
 * @info: a message with %KISCSI_A_CONN
 * @conn: filled; its socket carries a file reference that is the caller's from here on
 *
 * Return: 0 or a negative errno, then without a reference.
 */
int kiscsi_nl_parse_conn(struct genl_info *info, struct kiscsi_conn_spec *conn)
{
	const struct nlattr *nest = info->attrs[KISCSI_A_CONN];
	struct nlattr *tb[KISCSI_CONN_A_MAX + 1];
	const char *why = "not a socket";
	int ret;

	if (!nest)
		return missing(info, "CONN");
	parse_nest(tb, KISCSI_CONN_A_MAX, nest);
	if (!tb[KISCSI_CONN_A_FD] || !tb[KISCSI_CONN_A_CID] || !tb[KISCSI_CONN_A_EXPSTATSN] ||
	    !tb[KISCSI_CONN_A_PARAMS])
		return refuse(info, nest, "connection needs FD, CID, EXPSTATSN and PARAMS");
	kiscsi_params_init(&conn->params);
	ret = parse_params(info, tb[KISCSI_CONN_A_PARAMS], &conn->params);
	if (ret)
		return ret;
	conn->cid = nla_get_u16(tb[KISCSI_CONN_A_CID]);
	conn->exp_statsn = nla_get_u32(tb[KISCSI_CONN_A_EXPSTATSN]);
	conn->sock = sockfd_lookup(nla_get_u32(tb[KISCSI_CONN_A_FD]), &ret);
	if (conn->sock)
		ret = kiscsi_conn_check_socket(conn->sock, &why);
	if (!ret)
		return 0;
	if (conn->sock)
		sockfd_put(conn->sock);
	conn->sock = NULL;
	refuse(info, tb[KISCSI_CONN_A_FD], why);
	return ret;
}

static void parse_string(const struct nlattr *attr, char *to, u32 size)
{
	if (attr)
		nla_strscpy(to, attr, size);
}

/* what is shown in sysfs, logs and tables is printable, whatever a target called itself */
static int check_text(struct genl_info *info, const struct nlattr *attr)
{
	const char *s;

	if (!attr)
		return 0;
	for (s = nla_data(attr); *s; s++)
		if ((u8)*s < 0x20 || *s == 0x7f)
			return refuse(info, attr, "control character in a text");
	return 0;
}

/*
 * A target decides what its name is: some have capitals that section 4.2.7 does not allow, and are known
 * by that name only. So here it need only be fit to be shown.
 */
static int parse_name(struct genl_info *info, const struct nlattr *attr,
		      char name[KISCSI_NAME_MAX + 1])
{
	if (!attr)
		return missing(info, "TARGET_NAME or INITIATOR_NAME");
	parse_string(attr, name, KISCSI_NAME_MAX + 1);
	if (!*name || strpbrk(name, " \t"))
		return refuse(info, attr, "name is empty or has a blank in it");
	return check_text(info, attr);
}

static int parse_identity(struct genl_info *info, struct kiscsi_identity *id)
{
	struct nlattr **attrs = info->attrs;
	int ret;

	ret = parse_name(info, attrs[KISCSI_A_TARGET_NAME], id->target_name) ?:
	      parse_name(info, attrs[KISCSI_A_INITIATOR_NAME], id->initiator_name);
	if (ret)
		return ret;
	ret = check_text(info, attrs[KISCSI_A_TARGET_ALIAS]) ?:
	      check_text(info, attrs[KISCSI_A_INITIATOR_ALIAS]) ?:
	      check_text(info, attrs[KISCSI_A_SOURCE_INTERFACE]);
	if (ret)
		return ret;
	parse_string(attrs[KISCSI_A_TARGET_ALIAS], id->target_alias, sizeof(id->target_alias));
	parse_string(attrs[KISCSI_A_INITIATOR_ALIAS], id->initiator_alias,
		     sizeof(id->initiator_alias));
	parse_string(attrs[KISCSI_A_SOURCE_INTERFACE], id->source_interface,
		     sizeof(id->source_interface));
	if (!attrs[KISCSI_A_ISID])
		return missing(info, "ISID");
	memcpy(id->isid, nla_data(attrs[KISCSI_A_ISID]), sizeof(id->isid));
	if (!attrs[KISCSI_A_TSIH])
		return missing(info, "TSIH");
	id->tsih = nla_get_u16(attrs[KISCSI_A_TSIH]);
	if (!attrs[KISCSI_A_TPGT])
		return missing(info, "TPGT");
	id->tpgt = nla_get_u16(attrs[KISCSI_A_TPGT]);
	ret = parse_portals(info, id);
	if (!ret && attrs[KISCSI_A_SOURCE_ADDRESS])
		ret = parse_address(info, attrs[KISCSI_A_SOURCE_ADDRESS], &id->source);
	return ret;
}

static int parse_serial_numbers(struct genl_info *info, struct kiscsi_session_spec *spec)
{
	struct nlattr **attrs = info->attrs;

	if (!attrs[KISCSI_A_CMDSN] || !attrs[KISCSI_A_EXPCMDSN] || !attrs[KISCSI_A_MAXCMDSN])
		return missing(info, "CMDSN, EXPCMDSN or MAXCMDSN");
	spec->cmdsn = nla_get_u32(attrs[KISCSI_A_CMDSN]);
	spec->exp_cmdsn = nla_get_u32(attrs[KISCSI_A_EXPCMDSN]);
	spec->max_cmdsn = nla_get_u32(attrs[KISCSI_A_MAXCMDSN]);
	if (kiscsi_sn_lt(spec->max_cmdsn, spec->exp_cmdsn - 1))
		return refuse(info, attrs[KISCSI_A_MAXCMDSN], "MaxCmdSN is below ExpCmdSN - 1");
	return 0;
}

static void session_defaults(struct kiscsi_session_spec *spec)
{
	spec->timers = (struct kiscsi_timers) {
		.nop_interval = 5,
		.nop_timeout = 5,
		.login_timeout = 15,
		.recovery_tmo = 120,
		.abort_timeout = 15,
		.lun_reset_timeout = 30,
		.target_reset_timeout = 30,
	};
	spec->queue_depth = KISCSI_QUEUE_DEPTH_DEFAULT;
	spec->connections = 1;
	kiscsi_params_init(&spec->params);
	kiscsi_offer_init(&spec->id.offer);
}

/**
 * kiscsi_nl_parse_session() - a session that is handed over
 * @info: a %KISCSI_NL_SESSION_CREATE message
 * @spec: zeroed; filled. Its socket carries a file reference that is the caller's from here on.
 *	Holds secrets: to be freed by kfree_sensitive().
 *
 * Return: 0 or a negative errno, then without a reference.
 */
int kiscsi_nl_parse_session(struct genl_info *info, struct kiscsi_session_spec *spec)
{
	struct nlattr **attrs = info->attrs;
	int ret;

	session_defaults(spec);
	ret = parse_identity(info, &spec->id) ?: parse_serial_numbers(info, spec);
	if (ret)
		return ret;
	if (!attrs[KISCSI_A_PARAMS])
		return missing(info, "PARAMS");
	ret = parse_params(info, attrs[KISCSI_A_PARAMS], &spec->params);
	if (ret)
		return ret;
	if (attrs[KISCSI_A_OFFER])
		ret = parse_offer(info, attrs[KISCSI_A_OFFER], &spec->id.offer);
	if (!ret && attrs[KISCSI_A_CHAP])
		ret = parse_chap(info, attrs[KISCSI_A_CHAP], &spec->id.cred);
	if (!ret)
		ret = kiscsi_nl_parse_timers(info, &spec->timers);
	if (ret)
		return ret;
	if (attrs[KISCSI_A_QUEUE_DEPTH])
		spec->queue_depth = nla_get_u32(attrs[KISCSI_A_QUEUE_DEPTH]);
	if (attrs[KISCSI_A_CONNECTIONS])
		spec->connections = nla_get_u16(attrs[KISCSI_A_CONNECTIONS]);
	return kiscsi_nl_parse_conn(info, &spec->conn);
}
