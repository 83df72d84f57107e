// SPDX-License-Identifier: GPL-2.0
/*
 * Reading and commanding the kernel's sessions.
 */
#include <linux/genetlink.h>
#include <stdlib.h>

#include "session.h"

const char *session_state_name(u8 state)
{
	static const char *const names[] = {
		[KISCSI_SESSION_NEW] = "new",
		[KISCSI_SESSION_UP] = "up",
		[KISCSI_SESSION_RECOVERING] = "recovering",
		[KISCSI_SESSION_LOST] = "lost",
		[KISCSI_SESSION_LOGOUT] = "logging-out",
		[KISCSI_SESSION_GONE] = "gone",
	};

	return state < ARRAY_SIZE(names) ? names[state] : "unknown";
}

const char *session_conn_state_name(u8 state)
{
	static const char *const names[] = {
		[KISCSI_CONN_FREE] = "free",
		[KISCSI_CONN_LOGIN] = "login",
		[KISCSI_CONN_UP] = "up",
		[KISCSI_CONN_FAILED] = "failed",
		[KISCSI_CONN_CLEANUP] = "cleanup",
		[KISCSI_CONN_LOGGING_OUT] = "logging-out",
	};

	return state < ARRAY_SIZE(names) ? names[state] : "unknown";
}

void session_free(struct session *s)
{
	free(s->conns);
	s->conns = NULL;
}

void sessions_free(struct sessions *list)
{
	for (unsigned int i = 0; i < list->count; i++)
		session_free(&list->v[i]);
	free(list->v);
	list->v = NULL;
	list->count = 0;
}

/* the attributes of the nest @a, none if there is no such nest */
static int parse_nest(const struct nlattr *a, const struct nlattr **tb, u16 max)
{
	if (a)
		return nl_parse(mnl_attr_get_payload(a), mnl_attr_get_payload_len(a), tb, max);
	memset(tb, 0, (max + 1u) * sizeof(*tb));
	return 0;
}

static int take_params(struct kiscsi_params *p, const struct nlattr *nest)
{
	const struct nlattr *tb[KISCSI_KEY_A_MAX + 1];

	if (parse_nest(nest, tb, KISCSI_KEY_A_MAX))
		return -1;
	p->header_digest = (u8)nl_uint(tb[KISCSI_KEY_A_HEADER_DIGEST]);
	p->data_digest = (u8)nl_uint(tb[KISCSI_KEY_A_DATA_DIGEST]);
	p->max_recv_dsl = (u32)nl_uint(tb[KISCSI_KEY_A_MAX_RECV_DSL]);
	p->max_xmit_dsl = (u32)nl_uint(tb[KISCSI_KEY_A_MAX_XMIT_DSL]);
	p->initial_r2t = nl_uint(tb[KISCSI_KEY_A_INITIAL_R2T]);
	p->immediate_data = nl_uint(tb[KISCSI_KEY_A_IMMEDIATE_DATA]);
	p->max_connections = (u16)nl_uint(tb[KISCSI_KEY_A_MAX_CONNECTIONS]);
	p->max_outstanding_r2t = (u16)nl_uint(tb[KISCSI_KEY_A_MAX_OUTSTANDING_R2T]);
	p->max_burst_length = (u32)nl_uint(tb[KISCSI_KEY_A_MAX_BURST_LENGTH]);
	p->first_burst_length = (u32)nl_uint(tb[KISCSI_KEY_A_FIRST_BURST_LENGTH]);
	p->time2wait = (u16)nl_uint(tb[KISCSI_KEY_A_TIME2WAIT]);
	p->time2retain = (u16)nl_uint(tb[KISCSI_KEY_A_TIME2RETAIN]);
	p->error_recovery_level = (u8)nl_uint(tb[KISCSI_KEY_A_ERROR_RECOVERY_LEVEL]);
	return 0;
}

static int take_timers(struct timers *t, const struct nlattr *nest)
{
	const struct nlattr *tb[KISCSI_TIMER_A_MAX + 1];

	if (parse_nest(nest, tb, KISCSI_TIMER_A_MAX))
		return -1;
	t->nop_interval = (u32)nl_uint(tb[KISCSI_TIMER_A_NOP_INTERVAL]);
	t->nop_timeout = (u32)nl_uint(tb[KISCSI_TIMER_A_NOP_TIMEOUT]);
	t->login_timeout = (u32)nl_uint(tb[KISCSI_TIMER_A_LOGIN_TIMEOUT]);
	t->recovery_tmo = (s32)nl_uint(tb[KISCSI_TIMER_A_RECOVERY_TMO]);
	t->abort_timeout = (u32)nl_uint(tb[KISCSI_TIMER_A_ABORT_TIMEOUT]);
	t->lun_reset_timeout = (u32)nl_uint(tb[KISCSI_TIMER_A_LUN_RESET_TIMEOUT]);
	t->target_reset_timeout = (u32)nl_uint(tb[KISCSI_TIMER_A_TARGET_RESET_TIMEOUT]);
	return 0;
}

static void take_digests(const struct nlattr *a, u8 list[KISCSI_DIGEST_LIST_MAX], u8 *count)
{
	u16 len = a ? mnl_attr_get_payload_len(a) : 0;

	*count = len <= KISCSI_DIGEST_LIST_MAX ? (u8)len : 0;
	if (*count)
		memcpy(list, mnl_attr_get_payload(a), *count);
}

static int take_offer(struct kiscsi_offer *o, const struct nlattr *nest)
{
	const struct nlattr *tb[KISCSI_KEY_A_MAX + 1];

	if (parse_nest(nest, tb, KISCSI_KEY_A_MAX))
		return -1;
	take_digests(tb[KISCSI_KEY_A_HEADER_DIGEST], o->header_digest, &o->header_digests);
	take_digests(tb[KISCSI_KEY_A_DATA_DIGEST], o->data_digest, &o->data_digests);
	o->max_recv_dsl = (u32)nl_uint(tb[KISCSI_KEY_A_MAX_RECV_DSL]);
	o->initial_r2t = nl_uint(tb[KISCSI_KEY_A_INITIAL_R2T]);
	o->immediate_data = nl_uint(tb[KISCSI_KEY_A_IMMEDIATE_DATA]);
	o->max_connections = (u16)nl_uint(tb[KISCSI_KEY_A_MAX_CONNECTIONS]);
	o->max_outstanding_r2t = (u16)nl_uint(tb[KISCSI_KEY_A_MAX_OUTSTANDING_R2T]);
	o->max_burst_length = (u32)nl_uint(tb[KISCSI_KEY_A_MAX_BURST_LENGTH]);
	o->first_burst_length = (u32)nl_uint(tb[KISCSI_KEY_A_FIRST_BURST_LENGTH]);
	return 0;
}

/* an address, or len 0 where there is none */
static void take_address(struct address *a, const struct nlattr *attr)
{
	if (!attr || address_take(a, mnl_attr_get_payload(attr), mnl_attr_get_payload_len(attr)))
		memset(a, 0, sizeof(*a));
}

/* a histogram, zero where there is none or one of another size */
static void take_latency(u64 *out, const struct nlattr *attr)
{
	const size_t size = KISCSI_NL_LATENCIES * sizeof(*out);

	if (attr && mnl_attr_get_payload_len(attr) == size)
		memcpy(out, mnl_attr_get_payload(attr), size);
}

static int take_conn(struct session *s, const struct nlattr *nest)
{
	const struct nlattr *tb[KISCSI_CONN_A_MAX + 1];
	const struct nlattr *counters[KISCSI_COUNTER_A_MAX + 1];
	struct session_conn *c;

	c = reallocarray(s->conns, s->conn_count + 1, sizeof(*c));
	if (!c)
		return -1;
	s->conns = c;
	c += s->conn_count++;
	memset(c, 0, sizeof(*c));
	if (parse_nest(nest, tb, KISCSI_CONN_A_MAX) ||
	    parse_nest(tb[KISCSI_CONN_A_COUNTERS], counters, KISCSI_COUNTER_A_MAX) ||
	    take_params(&c->params, tb[KISCSI_CONN_A_PARAMS]))
		return -1;
	c->cid = (u16)nl_uint(tb[KISCSI_CONN_A_CID]);
	c->state = (u8)nl_uint(tb[KISCSI_CONN_A_STATE]);
	c->queue = (u16)nl_uint(tb[KISCSI_CONN_A_QUEUE]);
	nl_string(tb[KISCSI_CONN_A_CPUS], c->cpus, sizeof(c->cpus));
	take_address(&c->local, tb[KISCSI_CONN_A_LOCAL]);
	take_address(&c->peer, tb[KISCSI_CONN_A_PEER]);
	for (unsigned int i = 1; i <= COUNTERS; i++)
		c->counters[i] = nl_uint(counters[i]);
	take_latency(c->reads, tb[KISCSI_CONN_A_LATENCY_READ]);
	take_latency(c->writes, tb[KISCSI_CONN_A_LATENCY_WRITE]);
	return 0;
}

static int take_portal(struct session *s, const struct nlattr *nest)
{
	const struct nlattr *tb[KISCSI_PORTAL_A_MAX + 1];
	struct address a;

	if (parse_nest(nest, tb, KISCSI_PORTAL_A_MAX))
		return -1;
	take_address(&a, tb[KISCSI_PORTAL_A_ADDRESS]);
	if (a.len)
		address_add(&s->portals, &a);
	return 0;
}

struct repeated {
	struct session *s;
	int r;
};

/* the attributes that may come more than once */
static int take_repeated(const struct nlattr *a, void *arg)
{
	struct repeated *r = arg;

	if (mnl_attr_get_type(a) == KISCSI_A_CONN && r->s->conn_count < KISCSI_MAX_CONNECTIONS)
		r->r |= take_conn(r->s, a);
	else if (mnl_attr_get_type(a) == KISCSI_A_PORTAL)
		r->r |= take_portal(r->s, a);
	return MNL_CB_OK;
}

int session_parse(struct session *s, const void *attrs, size_t len)
{
	const struct nlattr *tb[KISCSI_A_MAX + 1];
	struct repeated r = { .s = s };

	memset(s, 0, sizeof(*s));
	if (nl_parse(attrs, len, tb, KISCSI_A_MAX) || take_params(&s->params, tb[KISCSI_A_PARAMS]) ||
	    take_offer(&s->offer, tb[KISCSI_A_OFFER]) || take_timers(&s->timers, tb[KISCSI_A_TIMERS]))
		return -1;
	s->sid = (u32)nl_uint(tb[KISCSI_A_SID]);
	s->host_no = (u32)nl_uint(tb[KISCSI_A_HOST_NO]);
	s->state = (u8)nl_uint(tb[KISCSI_A_STATE]);
	s->netns = nl_uint(tb[KISCSI_A_NETNS]);
	nl_string(tb[KISCSI_A_TARGET_NAME], s->target, sizeof(s->target));
	nl_string(tb[KISCSI_A_TARGET_ALIAS], s->target_alias, sizeof(s->target_alias));
	nl_string(tb[KISCSI_A_INITIATOR_NAME], s->initiator, sizeof(s->initiator));
	if (tb[KISCSI_A_ISID] && mnl_attr_get_payload_len(tb[KISCSI_A_ISID]) == sizeof(s->isid))
		memcpy(s->isid, mnl_attr_get_payload(tb[KISCSI_A_ISID]), sizeof(s->isid));
	s->tsih = (u16)nl_uint(tb[KISCSI_A_TSIH]);
	s->tpgt = (u16)nl_uint(tb[KISCSI_A_TPGT]);
	nl_string(tb[KISCSI_A_SOURCE_INTERFACE], s->source_interface, sizeof(s->source_interface));
	take_address(&s->source_address, tb[KISCSI_A_SOURCE_ADDRESS]);
	s->queue_depth = (u32)nl_uint(tb[KISCSI_A_QUEUE_DEPTH]);
	s->connections_wanted = (u16)nl_uint(tb[KISCSI_A_CONNECTIONS]);
	nl_string(tb[KISCSI_A_LAST_ERROR], s->last_error, sizeof(s->last_error));
	s->last_error_age = (u32)nl_uint(tb[KISCSI_A_LAST_ERROR_AGE]);
	s->state_age = (u32)nl_uint(tb[KISCSI_A_STATE_AGE]);
	s->attempts = (u32)nl_uint(tb[KISCSI_A_ATTEMPTS]);
	mnl_attr_parse_payload(attrs, len, take_repeated, &r);
	return r.r;
}

struct collect {
	struct sessions *list;
	const char *target;
};

static int take_session(const struct nlmsghdr *msg, void *arg)
{
	const char *genl = mnl_nlmsg_get_payload(msg);
	size_t len = mnl_nlmsg_get_payload_len(msg);
	struct collect *c = arg;
	struct session *v;

	if (len < sizeof(struct genlmsghdr))
		return MNL_CB_OK;
	v = reallocarray(c->list->v, c->list->count + 1, sizeof(*v));
	if (!v)
		return MNL_CB_ERROR;
	c->list->v = v;
	v += c->list->count;
	if (session_parse(v, genl + sizeof(struct genlmsghdr), len - sizeof(struct genlmsghdr))) {
		session_free(v);
		errno = EBADMSG;
		return MNL_CB_ERROR;
	}
	if (c->target && strcasecmp(c->target, v->target))
		session_free(v);
	else
		c->list->count++;
	return MNL_CB_OK;
}

static int dump(struct nl *nl, u8 cmd, struct collect *c, struct err *e)
{
	char buf[NL_REQUEST_MAX];
	struct nlmsghdr *req = nl_begin(nl, buf, cmd, NLM_F_DUMP);

	c->list->v = NULL;
	c->list->count = 0;
	if (!nl_call(nl, req, take_session, c, e))
		return 0;
	sessions_free(c->list);
	return -1;
}

int session_dump(struct nl *nl, const char *target, struct sessions *list, struct err *e)
{
	struct collect c = { list, target };

	return dump(nl, KISCSI_NL_SESSION_GET, &c, e);
}

/* one connection into the session it is of, unless that has gone or come in between */
static void merge_conn(struct sessions *list, const struct session *from)
{
	for (unsigned int i = 0; i < list->count; i++) {
		struct session *s = &list->v[i];

		if (s->sid != from->sid || !from->conn_count)
			continue;
		for (unsigned int k = 0; k < s->conn_count; k++) {
			if (s->conns[k].cid == from->conns[0].cid)
				s->conns[k] = from->conns[0];
		}
	}
}

int session_dump_stat(struct nl *nl, struct sessions *list, struct err *e)
{
	struct sessions conns;
	struct collect c = { &conns, NULL };

	if (session_dump(nl, NULL, list, e))
		return -1;
	if (dump(nl, KISCSI_NL_CONN_GET, &c, e)) {
		sessions_free(list);
		return -1;
	}
	for (unsigned int i = 0; i < conns.count; i++)
		merge_conn(list, &conns.v[i]);
	sessions_free(&conns);
	return 0;
}

int session_get(struct nl *nl, u32 sid, struct session *s, struct err *e)
{
	struct sessions list = { 0 };
	struct collect c = { &list, NULL };
	char buf[NL_REQUEST_MAX];
	struct nlmsghdr *req = nl_begin(nl, buf, KISCSI_NL_SESSION_GET, 0);
	int r;

	mnl_attr_put_u32(req, KISCSI_A_SID, sid);
	r = nl_call(nl, req, take_session, &c, e);
	if (!r && list.count != 1)
		r = err_set(e, ST_FAILED, "the kernel does not tell about session %u", sid);
	if (r) {
		sessions_free(&list);
		return -1;
	}
	*s = list.v[0];
	free(list.v);
	return 0;
}

bool session_settings(const struct session *s, struct settings *out)
{
	out->offer = s->offer;
	out->timers = s->timers;
	out->queue_depth = s->queue_depth;
	out->connections = s->offer.max_connections;
	strcpy(out->initiator_name, s->initiator);
	strcpy(out->source_interface, s->source_interface);
	out->source_address = s->source_address;
	return s->offer.max_connections;
}

void session_put_timers(struct nlmsghdr *req, const struct timers *t)
{
	struct nlattr *nest = mnl_attr_nest_start(req, KISCSI_A_TIMERS);

	mnl_attr_put_u32(req, KISCSI_TIMER_A_NOP_INTERVAL, t->nop_interval);
	mnl_attr_put_u32(req, KISCSI_TIMER_A_NOP_TIMEOUT, t->nop_timeout);
	mnl_attr_put_u32(req, KISCSI_TIMER_A_LOGIN_TIMEOUT, t->login_timeout);
	if (t->recovery_tmo != RECOVERY_TMO_KEEP)
		mnl_attr_put_u32(req, KISCSI_TIMER_A_RECOVERY_TMO, (u32)t->recovery_tmo);
	mnl_attr_put_u32(req, KISCSI_TIMER_A_ABORT_TIMEOUT, t->abort_timeout);
	mnl_attr_put_u32(req, KISCSI_TIMER_A_LUN_RESET_TIMEOUT, t->lun_reset_timeout);
	mnl_attr_put_u32(req, KISCSI_TIMER_A_TARGET_RESET_TIMEOUT, t->target_reset_timeout);
	mnl_attr_nest_end(req, nest);
}

int session_set(struct nl *nl, u32 sid, const struct timers *t, struct err *e)
{
	char buf[NL_REQUEST_MAX];
	struct nlmsghdr *req = nl_begin(nl, buf, KISCSI_NL_SESSION_SET, 0);

	mnl_attr_put_u32(req, KISCSI_A_SID, sid);
	session_put_timers(req, t);
	return nl_call(nl, req, NULL, NULL, e);
}

void session_put_chap(struct nlmsghdr *req, const struct kiscsi_chap_cred *c)
{
	struct nlattr *nest;

	if (!c->user[0])
		return;
	nest = mnl_attr_nest_start(req, KISCSI_A_CHAP);
	mnl_attr_put_strz(req, KISCSI_CHAP_A_USER, c->user);
	mnl_attr_put(req, KISCSI_CHAP_A_SECRET, c->secret_len, c->secret);
	if (c->mutual_secret_len) {
		if (c->mutual_user[0])
			mnl_attr_put_strz(req, KISCSI_CHAP_A_MUTUAL_USER, c->mutual_user);
		mnl_attr_put(req, KISCSI_CHAP_A_MUTUAL_SECRET, c->mutual_secret_len, c->mutual_secret);
	}
	mnl_attr_put(req, KISCSI_CHAP_A_ALGORITHMS, c->algs_count, c->algs);
	mnl_attr_nest_end(req, nest);
}

int session_set_chap(struct nl *nl, u32 sid, const struct kiscsi_chap_cred *c, struct err *e)
{
	char buf[NL_REQUEST_MAX];
	struct nlmsghdr *req = nl_begin(nl, buf, KISCSI_NL_SESSION_SET, 0);
	int r;

	mnl_attr_put_u32(req, KISCSI_A_SID, sid);
	session_put_chap(req, c);
	r = nl_call(nl, req, NULL, NULL, e);
	explicit_bzero(buf, sizeof(buf));
	if (r && e->code == EALREADY)
		return 0;
	return r ? -1 : 1;
}

int session_rescan(struct nl *nl, u32 sid, struct err *e)
{
	char buf[NL_REQUEST_MAX];
	struct nlmsghdr *req = nl_begin(nl, buf, KISCSI_NL_SESSION_RESCAN, 0);

	mnl_attr_put_u32(req, KISCSI_A_SID, sid);
	return nl_call(nl, req, NULL, NULL, e);
}

int session_logout(struct nl *nl, u32 sid, bool force, struct err *e)
{
	char buf[NL_REQUEST_MAX];
	struct nlmsghdr *req = nl_begin(nl, buf, KISCSI_NL_SESSION_LOGOUT, 0);

	mnl_attr_put_u32(req, KISCSI_A_SID, sid);
	if (force)
		mnl_attr_put(req, KISCSI_A_FORCE, 0, NULL);
	return nl_call(nl, req, NULL, NULL, e);
}

/* is session @sid no more? */
static bool is_gone(struct nl *nl, u32 sid)
{
	struct session s;
	struct err e;

	if (session_get(nl, sid, &s, &e))
		return e.code == ENOENT || e.code == ENODEV;
	session_free(&s);
	return false;
}

int session_wait_scanned(struct nl *events, u32 sid, deadline_t deadline, struct err *e)
{
	struct nl_event ev;

	for (;;) {
		int r = nl_next_event(events, &ev, deadline, e);

		if (r < 0)
			return -1;
		/* when events were lost this one may have been among them: the LUNs will tell */
		if (r == 2 || (r && ev.sid == sid && ev.event == KISCSI_EVENT_SCANNED))
			return 0;
		if (r && ev.sid == sid && ev.event == KISCSI_EVENT_GONE)
			return err_set(e, ST_FAILED, "the session ended%s%s", ev.message[0] ? ": " : "",
				       ev.message);
		/* others have events as well, one after the other */
		if (!r || !clock_left(deadline))
			return err_set(e, ST_UNREACHABLE, "timed out waiting for the scan for LUNs");
	}
}

static bool any_leaving(const struct sessions *list)
{
	for (unsigned int i = 0; i < list->count; i++) {
		if (list->v[i].state == KISCSI_SESSION_LOGOUT)
			return true;
	}
	return false;
}

/* events may have been lost, or be late: ask about each */
static void look_for_gone(struct nl *nl, struct sessions *list)
{
	for (unsigned int i = 0; i < list->count; i++) {
		struct session *s = &list->v[i];

		if (s->state == KISCSI_SESSION_LOGOUT && is_gone(nl, s->sid))
			s->state = KISCSI_SESSION_GONE;
	}
}

static void mark_gone(struct sessions *list, u32 sid)
{
	for (unsigned int i = 0; i < list->count; i++) {
		struct session *s = &list->v[i];

		if (s->state == KISCSI_SESSION_LOGOUT && s->sid == sid)
			s->state = KISCSI_SESSION_GONE;
	}
}

int session_wait_gone(struct nl *nl, struct nl *events, struct sessions *list, deadline_t deadline,
		      struct err *e)
{
	struct nl_event ev;

	while (any_leaving(list)) {
		int r = nl_next_event(events, &ev, deadline, e);
		bool late = !r || !clock_left(deadline);

		if (r < 0)
			return -1;
		if (r == 1 && ev.event == KISCSI_EVENT_GONE)
			mark_gone(list, ev.sid);
		if (r != 1 || late)
			look_for_gone(nl, list);
		if (late && any_leaving(list))
			return err_set(e, ST_UNREACHABLE, "timed out waiting for the end of the session");
	}
	return 0;
}
