// SPDX-License-Identifier: GPL-2.0
/*
 * From structures to netlink attributes: what a session tells of itself. Credentials never.
 */
#include "nl.h"

static int put_address(struct sk_buff *skb, int type, const struct sockaddr_storage *ss)
{
	if (ss->ss_family == AF_INET)
		return nla_put(skb, type, sizeof(struct sockaddr_in), ss);
	if (ss->ss_family == AF_INET6)
		return nla_put(skb, type, sizeof(struct sockaddr_in6), ss);
	return 0;
}

static int put_text(struct sk_buff *skb, int type, const char *text)
{
	return *text ? nla_put_string(skb, type, text) : 0;
}

static int put_timers(struct sk_buff *skb, const struct kiscsi_session *session)
{
	const struct kiscsi_timers *timers = &session->timers;
	struct nlattr *nest = nla_nest_start(skb, KISCSI_A_TIMERS);

	if (!nest ||
	    nla_put_u32(skb, KISCSI_TIMER_A_NOP_INTERVAL, READ_ONCE(timers->nop_interval)) ||
	    nla_put_u32(skb, KISCSI_TIMER_A_NOP_TIMEOUT, READ_ONCE(timers->nop_timeout)) ||
	    nla_put_u32(skb, KISCSI_TIMER_A_LOGIN_TIMEOUT, READ_ONCE(timers->login_timeout)) ||
	    nla_put_s32(skb, KISCSI_TIMER_A_RECOVERY_TMO, READ_ONCE(session->cls->recovery_tmo)) ||
	    nla_put_u32(skb, KISCSI_TIMER_A_ABORT_TIMEOUT, READ_ONCE(timers->abort_timeout)) ||
	    nla_put_u32(skb, KISCSI_TIMER_A_LUN_RESET_TIMEOUT,
			READ_ONCE(timers->lun_reset_timeout)) ||
	    nla_put_u32(skb, KISCSI_TIMER_A_TARGET_RESET_TIMEOUT,
			READ_ONCE(timers->target_reset_timeout)))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_params(struct sk_buff *skb, const struct kiscsi_params *params)
{
	struct nlattr *nest = nla_nest_start(skb, KISCSI_A_PARAMS);

	if (!nest ||
	    nla_put_u8(skb, KISCSI_KEY_A_INITIAL_R2T, params->initial_r2t) ||
	    nla_put_u8(skb, KISCSI_KEY_A_IMMEDIATE_DATA, params->immediate_data) ||
	    nla_put_u16(skb, KISCSI_KEY_A_MAX_CONNECTIONS, params->max_connections) ||
	    nla_put_u16(skb, KISCSI_KEY_A_MAX_OUTSTANDING_R2T, params->max_outstanding_r2t) ||
	    nla_put_u32(skb, KISCSI_KEY_A_MAX_BURST_LENGTH, params->max_burst_length) ||
	    nla_put_u32(skb, KISCSI_KEY_A_FIRST_BURST_LENGTH, params->first_burst_length) ||
	    nla_put_u16(skb, KISCSI_KEY_A_TIME2WAIT, params->time2wait) ||
	    nla_put_u16(skb, KISCSI_KEY_A_TIME2RETAIN, params->time2retain) ||
	    nla_put_u8(skb, KISCSI_KEY_A_ERROR_RECOVERY_LEVEL, params->error_recovery_level))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/* what was asked for: whoever compares a session with a configuration wants this, not what came out */
static int put_offer(struct sk_buff *skb, const struct kiscsi_offer *offer)
{
	struct nlattr *nest = nla_nest_start(skb, KISCSI_A_OFFER);

	if (!nest ||
	    nla_put(skb, KISCSI_KEY_A_HEADER_DIGEST, offer->header_digests, offer->header_digest) ||
	    nla_put(skb, KISCSI_KEY_A_DATA_DIGEST, offer->data_digests, offer->data_digest) ||
	    nla_put_u32(skb, KISCSI_KEY_A_MAX_RECV_DSL, offer->max_recv_dsl) ||
	    nla_put_u8(skb, KISCSI_KEY_A_INITIAL_R2T, offer->initial_r2t) ||
	    nla_put_u8(skb, KISCSI_KEY_A_IMMEDIATE_DATA, offer->immediate_data) ||
	    nla_put_u16(skb, KISCSI_KEY_A_MAX_CONNECTIONS, offer->max_connections) ||
	    nla_put_u16(skb, KISCSI_KEY_A_MAX_OUTSTANDING_R2T, offer->max_outstanding_r2t) ||
	    nla_put_u32(skb, KISCSI_KEY_A_MAX_BURST_LENGTH, offer->max_burst_length) ||
	    nla_put_u32(skb, KISCSI_KEY_A_FIRST_BURST_LENGTH, offer->first_burst_length))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_conn_params(struct sk_buff *skb, const struct kiscsi_conn *conn)
{
	struct nlattr *nest = nla_nest_start(skb, KISCSI_CONN_A_PARAMS);
	u8 header_digest = conn->header_digest ? KISCSI_DIGEST_CRC32C : KISCSI_DIGEST_NONE;
	u8 data_digest = conn->data_digest ? KISCSI_DIGEST_CRC32C : KISCSI_DIGEST_NONE;

	if (!nest ||
	    nla_put(skb, KISCSI_KEY_A_HEADER_DIGEST, 1, &header_digest) ||
	    nla_put(skb, KISCSI_KEY_A_DATA_DIGEST, 1, &data_digest) ||
	    nla_put_u32(skb, KISCSI_KEY_A_MAX_RECV_DSL, conn->max_recv_dsl) ||
	    nla_put_u32(skb, KISCSI_KEY_A_MAX_XMIT_DSL, conn->max_xmit_dsl))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_counter(struct sk_buff *skb, int type, const u64 *value)
{
	return nla_put_u64_64bit(skb, type, READ_ONCE(*value), KISCSI_COUNTER_A_PAD);
}

static int put_counters(struct sk_buff *skb, const struct kiscsi_counters *c)
{
	struct nlattr *nest = nla_nest_start(skb, KISCSI_CONN_A_COUNTERS);

	if (!nest ||
	    put_counter(skb, KISCSI_COUNTER_A_COMMANDS, &c->commands) ||
	    put_counter(skb, KISCSI_COUNTER_A_DATA_IN, &c->data_in) ||
	    put_counter(skb, KISCSI_COUNTER_A_DATA_OUT, &c->data_out) ||
	    put_counter(skb, KISCSI_COUNTER_A_PDUS_IN, &c->pdus_in) ||
	    put_counter(skb, KISCSI_COUNTER_A_PDUS_OUT, &c->pdus_out) ||
	    put_counter(skb, KISCSI_COUNTER_A_R2TS, &c->r2ts) ||
	    put_counter(skb, KISCSI_COUNTER_A_NOPS, &c->nops) ||
	    put_counter(skb, KISCSI_COUNTER_A_DIGEST_ERRORS, &c->digest_errors) ||
	    put_counter(skb, KISCSI_COUNTER_A_PROTOCOL_ERRORS, &c->protocol_errors) ||
	    put_counter(skb, KISCSI_COUNTER_A_ABORTS, &c->aborts))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_latency(struct sk_buff *skb, int type, const struct kiscsi_latency *latency)
{
	struct nlattr *attr = nla_reserve(skb, type, sizeof(latency->count));
	u32 i;

	if (!attr)
		return -EMSGSIZE;
	for (i = 0; i < KISCSI_NL_LATENCIES; i++)
		put_unaligned(READ_ONCE(latency->count[i]), (u64 *)nla_data(attr) + i);
	return 0;
}

static int put_latencies(struct sk_buff *skb, const struct kiscsi_conn *conn)
{
	return put_latency(skb, KISCSI_CONN_A_LATENCY_READ, &conn->reads) ?:
	       put_latency(skb, KISCSI_CONN_A_LATENCY_WRITE, &conn->writes);
}

/* the end of a very long list is missing */
static int put_cpus(struct sk_buff *skb, const struct kiscsi_conn *conn)
{
	const struct blk_mq_queue_map *map =
		&conn->session->shost->tag_set.map[HCTX_TYPE_DEFAULT];
	static struct cpumask mask;	/* under kiscsi_sessions_lock: too big for the stack */
	char text[128];
	int cpu;

	lockdep_assert_held(&kiscsi_sessions_lock);
	cpumask_clear(&mask);
	for_each_possible_cpu(cpu)
		if (map->mq_map[cpu] == conn->index)
			cpumask_set_cpu(cpu, &mask);
	scnprintf(text, sizeof(text), "%*pbl", cpumask_pr_args(&mask));
	return nla_put_string(skb, KISCSI_CONN_A_CPUS, text);
}

static int put_conn(struct sk_buff *skb, const struct kiscsi_conn *conn, bool latencies)
{
	struct nlattr *nest = nla_nest_start(skb, KISCSI_A_CONN);

	if (!nest ||
	    nla_put_u16(skb, KISCSI_CONN_A_CID, conn->cid) ||
	    nla_put_u8(skb, KISCSI_CONN_A_STATE, READ_ONCE(conn->state)) ||
	    nla_put_u32(skb, KISCSI_CONN_A_EXPSTATSN, READ_ONCE(conn->exp_statsn)) ||
	    nla_put_u16(skb, KISCSI_CONN_A_QUEUE, conn->index) || put_cpus(skb, conn) ||
	    put_address(skb, KISCSI_CONN_A_LOCAL, &conn->local) ||
	    put_address(skb, KISCSI_CONN_A_PEER, &conn->peer) ||
	    put_conn_params(skb, conn) || put_counters(skb, &conn->counters) ||
	    (latencies && put_latencies(skb, conn)))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_conns(struct sk_buff *skb, const struct kiscsi_session *session)
{
	u32 i;

	for (i = 0; i < session->conn_max; i++)
		if (put_conn(skb, session->conns[i], false))
			return -EMSGSIZE;
	return 0;
}

static int put_portals(struct sk_buff *skb, const struct kiscsi_identity *id)
{
	u32 i;

	for (i = 0; i < id->portal_count; i++) {
		struct nlattr *nest = nla_nest_start(skb, KISCSI_A_PORTAL);

		if (!nest || put_address(skb, KISCSI_PORTAL_A_ADDRESS, &id->portals[i]))
			return -EMSGSIZE;
		nla_nest_end(skb, nest);
	}
	return 0;
}

static int put_identity(struct sk_buff *skb, const struct kiscsi_identity *id)
{
	if (nla_put_string(skb, KISCSI_A_TARGET_NAME, id->target_name) ||
	    put_text(skb, KISCSI_A_TARGET_ALIAS, id->target_alias) ||
	    nla_put_string(skb, KISCSI_A_INITIATOR_NAME, id->initiator_name) ||
	    put_text(skb, KISCSI_A_INITIATOR_ALIAS, id->initiator_alias) ||
	    nla_put(skb, KISCSI_A_ISID, sizeof(id->isid), id->isid) ||
	    nla_put_u16(skb, KISCSI_A_TSIH, id->tsih) ||
	    nla_put_u16(skb, KISCSI_A_TPGT, id->tpgt) ||
	    put_text(skb, KISCSI_A_SOURCE_INTERFACE, id->source_interface) ||
	    put_address(skb, KISCSI_A_SOURCE_ADDRESS, &id->source))
		return -EMSGSIZE;
	return put_portals(skb, id);
}

static int put_state(struct sk_buff *skb, struct kiscsi_session *session)
{
	char error[KISCSI_ERROR_MAX];
	unsigned long now = jiffies, since, error_at;
	u8 state;

	spin_lock_bh(&session->state_lock);
	state = session->state;
	since = session->state_since;
	error_at = session->error_at;
	strscpy(error, session->last_error, sizeof(error));
	spin_unlock_bh(&session->state_lock);

	if (nla_put_u8(skb, KISCSI_A_STATE, state) ||
	    nla_put_u32(skb, KISCSI_A_STATE_AGE, (now - since) / HZ) ||
	    nla_put_u32(skb, KISCSI_A_ATTEMPTS, READ_ONCE(session->attempts)))
		return -EMSGSIZE;
	if (!*error)
		return 0;
	return nla_put_string(skb, KISCSI_A_LAST_ERROR, error) ?:
	       nla_put_u32(skb, KISCSI_A_LAST_ERROR_AGE, (now - error_at) / HZ);
}

static int put_key(struct sk_buff *skb, const struct kiscsi_session *session)
{
	return nla_put_u32(skb, KISCSI_A_SID, session->sid) ?:
	       nla_put_u32(skb, KISCSI_A_HOST_NO, session->shost->host_no);
}

/**
 * kiscsi_nl_fill_session() - all that KISCSI_NL_SESSION_GET tells
 * @skb: the message
 * @session: whose
 *
 * Context: kiscsi_sessions_lock held.
 * Return: 0 or -EMSGSIZE.
 */
int kiscsi_nl_fill_session(struct sk_buff *skb, struct kiscsi_session *session)
{
	if (put_key(skb, session) || put_state(skb, session) ||
	    nla_put_u64_64bit(skb, KISCSI_A_NETNS, session->net->ns.inum, KISCSI_A_PAD) ||
	    nla_put_u32(skb, KISCSI_A_QUEUE_DEPTH, session->queue_depth) ||
	    nla_put_u16(skb, KISCSI_A_CONNECTIONS, session->conn_max) ||
	    nla_put_u32(skb, KISCSI_A_CMDSN, atomic_read(&session->cmdsn)) ||
	    nla_put_u32(skb, KISCSI_A_EXPCMDSN, READ_ONCE(session->conns[0]->exp_cmdsn)) ||
	    nla_put_u32(skb, KISCSI_A_MAXCMDSN, READ_ONCE(session->conns[0]->max_cmdsn)) ||
	    put_identity(skb, session->id) || put_params(skb, &session->params) ||
	    put_offer(skb, &session->id->offer) ||
	    put_timers(skb, session) || put_conns(skb, session))
		return -EMSGSIZE;
	return 0;
}

/**
 * kiscsi_nl_fill_conn() - what a dump of KISCSI_NL_CONN_GET tells of one connection
 * @skb: the message
 * @conn: whose
 *
 * Context: kiscsi_sessions_lock held.
 * Return: 0 or -EMSGSIZE.
 */
int kiscsi_nl_fill_conn(struct sk_buff *skb, const struct kiscsi_conn *conn)
{
	lockdep_assert_held(&kiscsi_sessions_lock);
	return put_key(skb, conn->session) ?: put_conn(skb, conn, true);
}

/** kiscsi_nl_fill_event() - a KISCSI_NL_EVENT; any context; 0 or -EMSGSIZE */
int kiscsi_nl_fill_event(struct sk_buff *skb, struct kiscsi_session *session,
			 enum kiscsi_event event, const char *message)
{
	if (nla_put_u8(skb, KISCSI_A_EVENT, event) || put_key(skb, session) ||
	    nla_put_string(skb, KISCSI_A_TARGET_NAME, session->id->target_name) ||
	    nla_put_u8(skb, KISCSI_A_STATE, READ_ONCE(session->state)))
		return -EMSGSIZE;
	return message ? nla_put_string(skb, KISCSI_A_MESSAGE, message) : 0;
}
