// SPDX-License-Identifier: GPL-2.0
/*
 * What the kernel says about a session.
 */
#include <sys/socket.h>
#include <unistd.h>

#include "../../tools/session.c"
#include "unit.h"

static char buf[262144];

static struct nlmsghdr *begin(void)
{
	return mnl_nlmsg_put_header(buf);
}

static int parse(struct session *s, const struct nlmsghdr *msg)
{
	size_t len = mnl_nlmsg_get_payload_len(msg);
	void *copy = malloc(len ? len : 1);
	int r;

	memcpy(copy, mnl_nlmsg_get_payload(msg), len);
	r = session_parse(s, copy, len);
	free(copy);
	return r;
}

static void put_conn(struct nlmsghdr *msg, u16 cid)
{
	struct nlattr *nest = mnl_attr_nest_start(msg, KISCSI_A_CONN);
	struct nlattr *inner;
	static const u64 latencies[KISCSI_NL_LATENCIES] = { 1, [KISCSI_NL_LATENCIES - 1] = 1ull << 33 };
	u8 digest = KISCSI_DIGEST_CRC32C;

	mnl_attr_put_u16(msg, KISCSI_CONN_A_CID, cid);
	mnl_attr_put_u8(msg, KISCSI_CONN_A_STATE, KISCSI_CONN_UP);
	mnl_attr_put_u16(msg, KISCSI_CONN_A_QUEUE, cid);
	mnl_attr_put_strz(msg, KISCSI_CONN_A_CPUS, "0,4-7");
	inner = mnl_attr_nest_start(msg, KISCSI_CONN_A_PARAMS);
	mnl_attr_put(msg, KISCSI_KEY_A_HEADER_DIGEST, 1, &digest);
	mnl_attr_put_u32(msg, KISCSI_KEY_A_MAX_XMIT_DSL, 8192);
	mnl_attr_nest_end(msg, inner);
	inner = mnl_attr_nest_start(msg, KISCSI_CONN_A_COUNTERS);
	mnl_attr_put_u64(msg, KISCSI_COUNTER_A_DATA_IN, 1ull << 40);
	mnl_attr_nest_end(msg, inner);
	mnl_attr_put(msg, KISCSI_CONN_A_LATENCY_READ, sizeof(latencies), latencies);
	/* of a kernel that has other histograms */
	mnl_attr_put(msg, KISCSI_CONN_A_LATENCY_WRITE, sizeof(latencies) - 8, latencies);
	mnl_attr_nest_end(msg, nest);
}

static void put_portal(struct nlmsghdr *msg, const char *text)
{
	struct nlattr *nest = mnl_attr_nest_start(msg, KISCSI_A_PORTAL);
	struct address a;

	address_numeric(&a, text);
	mnl_attr_put(msg, KISCSI_PORTAL_A_ADDRESS, a.len, &a.sa);
	mnl_attr_nest_end(msg, nest);
}

static void whole(void)
{
	struct nlmsghdr *msg = begin();
	struct nlattr *nest;
	struct session s;

	mnl_attr_put_u32(msg, KISCSI_A_SID, 7);
	mnl_attr_put_u32(msg, KISCSI_A_HOST_NO, 3);
	mnl_attr_put_u8(msg, KISCSI_A_STATE, KISCSI_SESSION_UP);
	mnl_attr_put_u64(msg, KISCSI_A_NETNS, 4026531840u);
	mnl_attr_put_strz(msg, KISCSI_A_TARGET_NAME, "iqn.t");
	mnl_attr_put(msg, KISCSI_A_ISID, 6, "\x80\x01\x02\x03\x04\x05");
	mnl_attr_put_u16(msg, KISCSI_A_TPGT, 65535);
	nest = mnl_attr_nest_start(msg, KISCSI_A_PARAMS);
	mnl_attr_put_u8(msg, KISCSI_KEY_A_INITIAL_R2T, 1);
	mnl_attr_put_u32(msg, KISCSI_KEY_A_MAX_BURST_LENGTH, 16776192);
	mnl_attr_nest_end(msg, nest);
	nest = mnl_attr_nest_start(msg, KISCSI_A_TIMERS);
	mnl_attr_put_u32(msg, KISCSI_TIMER_A_RECOVERY_TMO, (u32)-1);
	mnl_attr_nest_end(msg, nest);
	put_conn(msg, 0);
	put_conn(msg, 1);
	put_portal(msg, "192.0.2.1");
	put_portal(msg, "2001:db8::1");
	mnl_attr_put_strz(msg, KISCSI_A_LAST_ERROR, "oh");
	mnl_attr_put_u32(msg, 999, 1);		/* of a newer kernel */
	EQ(parse(&s, msg), 0);
	EQ(s.sid, 7);
	EQ(s.host_no, 3);
	EQ(s.netns, 4026531840u);
	STR(s.target, "iqn.t");
	STR(s.initiator, "");
	MEM(s.isid, 6, "\x80\x01\x02\x03\x04\x05", 6);
	EQ(s.tpgt, 65535);
	YES(s.params.initial_r2t);
	EQ(s.params.max_burst_length, 16776192);
	EQ(s.timers.recovery_tmo, -1);
	EQ(s.conn_count, 2);
	EQ(s.conns[1].cid, 1);
	EQ(s.conns[1].params.header_digest, KISCSI_DIGEST_CRC32C);
	EQ(s.conns[1].params.max_xmit_dsl, 8192);
	EQ(s.conns[1].counters[KISCSI_COUNTER_A_DATA_IN], 1ll << 40);
	EQ(s.conns[1].peer.len, 0);
	EQ(s.conns[1].reads[0], 1);
	EQ(s.conns[1].reads[KISCSI_NL_LATENCIES - 1], 1ll << 33);
	EQ(s.conns[1].writes[0], 0);
	EQ(s.conns[1].queue, 1);
	STR(s.conns[1].cpus, "0,4-7");
	EQ(s.portals.count, 2);
	STR(s.last_error, "oh");
	session_free(&s);
}

static void odd(void)
{
	struct nlmsghdr *msg = begin();
	char big[4 * KISCSI_NAME_MAX];
	struct session s;

	EQ(parse(&s, msg), 0);
	EQ(s.conn_count, 0);
	/* too long, of the wrong width, not an address */
	memset(big, 'x', sizeof(big));
	mnl_attr_put(msg, KISCSI_A_TARGET_NAME, sizeof(big), big);
	mnl_attr_put(msg, KISCSI_A_SID, 3, "abc");
	mnl_attr_put(msg, KISCSI_A_ISID, 5, "abcde");
	mnl_attr_put(msg, KISCSI_A_PORTAL, 0, NULL);
	mnl_attr_put(msg, KISCSI_A_CONN, 0, NULL);
	EQ(parse(&s, msg), 0);
	EQ(strlen(s.target), KISCSI_NAME_MAX);
	EQ(s.sid, 0);
	EQ(s.isid[0], 0);
	EQ(s.portals.count, 0);
	EQ(s.conn_count, 1);
	session_free(&s);
	/* no more connections than a session may have */
	msg = begin();
	for (u16 i = 0; i < KISCSI_MAX_CONNECTIONS + 5; i++)
		put_conn(msg, i);
	EQ(parse(&s, msg), 0);
	EQ(s.conn_count, KISCSI_MAX_CONNECTIONS);
	session_free(&s);
}

/* an answer about a session to @name, of a dump that asks for @target: is it taken? */
static unsigned int taken(const char *name, const char *target)
{
	struct nlmsghdr *msg = begin();
	struct sessions list = { 0 };
	struct collect c = { &list, target };
	unsigned int count;

	mnl_nlmsg_put_extra_header(msg, sizeof(struct genlmsghdr));
	mnl_attr_put_strz(msg, KISCSI_A_TARGET_NAME, name);
	EQ(take_session(msg, &c), MNL_CB_OK);
	count = list.count;
	sessions_free(&list);
	return count;
}

/* names that differ in case alone are one: a login would end the session to the other */
static void of_target(void)
{
	EQ(taken("iqn.2026-01.example:d", NULL), 1);
	EQ(taken("iqn.2026-01.example:d", "iqn.2026-01.example:d"), 1);
	EQ(taken("iqn.2026-01.example:d", "IQN.2026-01.Example:D"), 1);
	EQ(taken("iqn.2026-01.example:d", "iqn.2026-01.example:d2"), 0);
}

static void merging(void)
{
	struct session_conn mine[2] = { { .cid = 0 }, { .cid = 1 } }, from = { .cid = 1, .reads = { 5 } };
	struct session s[2] = { { .sid = 3, .conns = mine, .conn_count = 1 },
				{ .sid = 4, .conns = mine, .conn_count = 2 } };
	struct session one = { .sid = 4, .conns = &from, .conn_count = 1 };
	struct sessions list = { s, 2 };

	merge_conn(&list, &one);
	EQ(mine[0].reads[0], 0);
	EQ(mine[1].reads[0], 5);
	/* nothing to put where it could go */
	one.conn_count = 0;
	merge_conn(&list, &one);
	one = (struct session){ .sid = 9, .conns = &from, .conn_count = 1 };
	merge_conn(&list, &one);
	EQ(mine[0].cid, 0);
}

static void names(void)
{
	STR(session_state_name(KISCSI_SESSION_UP), "up");
	STR(session_state_name(KISCSI_SESSION_GONE), "gone");
	STR(session_state_name(200), "unknown");
	STR(session_conn_state_name(KISCSI_CONN_LOGGING_OUT), "logging-out");
	STR(session_conn_state_name(200), "unknown");
}

/* a socket of events, on which lie three of session 5 */
static void open_events(struct nl *events)
{
	int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_USERSOCK);
	struct sockaddr_nl to = { .nl_family = AF_NETLINK };
	struct nlmsghdr *msg = begin();
	struct genlmsghdr *genl = mnl_nlmsg_put_extra_header(msg, sizeof(*genl));

	memset(events, 0, sizeof(*events));
	events->sock = mnl_socket_open(NETLINK_USERSOCK);
	events->family = msg->nlmsg_type = 77;
	EQ(mnl_socket_bind(events->sock, 0, MNL_SOCKET_AUTOPID), 0);
	to.nl_pid = mnl_socket_get_portid(events->sock);
	genl->cmd = KISCSI_NL_EVENT;
	mnl_attr_put_u8(msg, KISCSI_A_EVENT, KISCSI_EVENT_SCANNED);
	mnl_attr_put_u32(msg, KISCSI_A_SID, 5);
	for (int i = 0; i < 3; i++)
		EQ(sendto(fd, msg, msg->nlmsg_len, 0, (struct sockaddr *)&to, sizeof(to)), msg->nlmsg_len);
	close(fd);
}

/* one at least has been left unread */
static void close_events(struct nl *events)
{
	EQ(recv(mnl_socket_get_fd(events->sock), buf, sizeof(buf), MSG_DONTWAIT) > 0, 1);
	nl_close(events);
}

/* what happens to other sessions, however much, makes nobody wait longer for his own */
static void others(void)
{
	struct session ours = { .sid = 6, .state = KISCSI_SESSION_LOGOUT };
	struct sessions list = { &ours, 1 };
	/* asked about the session, it knows of none */
	struct nl nl = { .sock = mnl_socket_open(NETLINK_USERSOCK) };
	struct nl events;
	struct err e;

	open_events(&events);
	EQ(session_wait_scanned(&events, 5, clock_in(0), &e), 0);
	EQ(session_wait_scanned(&events, 6, clock_in(0), &e), -1);
	STR(e.text, "timed out waiting for the scan for LUNs");
	close_events(&events);
	open_events(&events);
	EQ(session_wait_gone(&nl, &events, &list, clock_in(0), &e), -1);
	STR(e.text, "timed out waiting for the end of the session");
	close_events(&events);
	open_events(&events);
	/* no events of ours at all */
	events.family = 78;
	EQ(session_wait_scanned(&events, 5, clock_in(0), &e), -1);
	close_events(&events);
	nl_close(&nl);
}

/* what @t puts into a request for @timer, NULL: nothing */
static const struct nlattr *timer_put(const struct timers *t, u16 timer)
{
	struct nlmsghdr *msg = begin();
	const struct nlattr *nest, *attr;

	session_put_timers(msg, t);
	nest = mnl_nlmsg_get_payload(msg);
	mnl_attr_for_each_nested(attr, nest) {
		if (mnl_attr_get_type(attr) == timer)
			return attr;
	}
	return NULL;
}

static void timers_put(void)
{
	struct timers t = { .nop_interval = 7, .recovery_tmo = -1 };
	const struct nlattr *attr = timer_put(&t, KISCSI_TIMER_A_RECOVERY_TMO);

	YES(attr);
	EQ(attr ? (s32)mnl_attr_get_u32(attr) : 0, -1);
	t.recovery_tmo = RECOVERY_TMO_KEEP;
	NO(timer_put(&t, KISCSI_TIMER_A_RECOVERY_TMO));
	attr = timer_put(&t, KISCSI_TIMER_A_NOP_INTERVAL);
	EQ(attr ? mnl_attr_get_u32(attr) : 0, 7);
}

UNIT_SUITE(tools_session, { "a session", whole }, { "odd messages", odd }, { "sessions of a target", of_target },
	   { "connections of a dump of their own", merging }, { "states", names },
	   { "events of others", others }, { "timers", timers_put })
