// SPDX-License-Identifier: GPL-2.0
/*
 * Netlink: attributes and answers.
 */
#include "../../tools/nl.c"
#include "unit.h"

static char buf[1024];

static void numbers(void)
{
	struct nlmsghdr *msg = mnl_nlmsg_put_header(buf);
	const struct nlattr *tb[6];

	mnl_attr_put_u8(msg, 1, 0xfe);
	mnl_attr_put_u16(msg, 2, 0xfedc);
	mnl_attr_put_u32(msg, 3, 0xfedcba98);
	mnl_attr_put_u64(msg, 4, 0xfedcba9876543210);
	mnl_attr_put(msg, 5, 3, "abc");
	EQ(nl_parse(mnl_nlmsg_get_payload(msg), mnl_nlmsg_get_payload_len(msg), tb, 5), 0);
	EQ(nl_uint(tb[1]), 0xfe);
	EQ(nl_uint(tb[2]), 0xfedc);
	EQ(nl_uint(tb[3]), 0xfedcba98);
	YES(nl_uint(tb[4]) == 0xfedcba9876543210);
	EQ(nl_uint(tb[5]), 0);
	EQ(nl_uint(NULL), 0);
	/* what is beyond the table is passed over */
	EQ(nl_parse(mnl_nlmsg_get_payload(msg), mnl_nlmsg_get_payload_len(msg), tb, 2), 0);
	YES(tb[2]);
}

static void strings(void)
{
	struct nlmsghdr *msg = mnl_nlmsg_put_header(buf);
	const struct nlattr *tb[3];
	char out[8];

	mnl_attr_put_strz(msg, 1, "seven77");
	mnl_attr_put(msg, 2, 12, "not ended by");
	nl_parse(mnl_nlmsg_get_payload(msg), mnl_nlmsg_get_payload_len(msg), tb, 2);
	nl_string(tb[1], out, sizeof(out));
	STR(out, "seven77");
	nl_string(tb[2], out, sizeof(out));
	STR(out, "not end");
	nl_string(NULL, out, sizeof(out));
	STR(out, "");
}

static struct nlmsghdr *answer(int code, const char *words)
{
	struct nlmsghdr *msg = mnl_nlmsg_put_header(buf);
	struct nlmsgerr *e = mnl_nlmsg_put_extra_header(msg, sizeof(*e));

	msg->nlmsg_type = NLMSG_ERROR;
	msg->nlmsg_flags = NLM_F_CAPPED | NLM_F_ACK_TLVS;
	e->error = code;
	mnl_attr_put_strz(msg, NLMSGERR_ATTR_MSG, words);
	return msg;
}

static void answers(void)
{
	struct nlmsghdr *msg = answer(-EINVAL, "KISCSI_A_TSIH: must not be 0");
	struct err e;

	EQ(take_message(msg, NULL, NULL, &e), -1);
	STR(e.text, "KISCSI_A_TSIH: must not be 0");
	EQ(e.code, EINVAL);
	EQ(e.status, ST_FAILED);
	msg->nlmsg_flags = NLM_F_CAPPED;
	EQ(take_message(msg, NULL, NULL, &e), -1);
	STR(e.text, "the kernel says: Invalid argument");
	EQ(take_message(answer(-EPERM, ""), NULL, NULL, &e), -1);
	HAS(e.text, "CAP_NET_ADMIN");
	EQ(take_message(answer(0, ""), NULL, NULL, &e), 1);
	msg = mnl_nlmsg_put_header(buf);
	msg->nlmsg_type = NLMSG_ERROR;
	EQ(take_message(msg, NULL, NULL, &e), -1);
	HAS(e.text, "cut short");
	msg->nlmsg_type = NLMSG_DONE;
	EQ(take_message(msg, NULL, NULL, &e), 1);
	msg->nlmsg_type = NLMSG_NOOP;
	EQ(take_message(msg, NULL, NULL, &e), 0);
}

static void events(void)
{
	struct nlmsghdr *msg = mnl_nlmsg_put_header(buf);
	struct genlmsghdr *genl = mnl_nlmsg_put_extra_header(msg, sizeof(*genl));
	struct nl_event ev;

	msg->nlmsg_type = 77;
	genl->cmd = KISCSI_NL_EVENT;
	mnl_attr_put_u8(msg, KISCSI_A_EVENT, KISCSI_EVENT_GONE);
	mnl_attr_put_u32(msg, KISCSI_A_SID, 5);
	mnl_attr_put_strz(msg, KISCSI_A_MESSAGE, "why");
	YES(take_event(msg, 77, &ev));
	EQ(ev.event, KISCSI_EVENT_GONE);
	EQ(ev.sid, 5);
	STR(ev.message, "why");
	NO(take_event(msg, 78, &ev));
	genl->cmd = KISCSI_NL_SESSION_GET;
	NO(take_event(msg, 77, &ev));
	msg = mnl_nlmsg_put_header(buf);
	msg->nlmsg_type = 77;
	NO(take_event(msg, 77, &ev));
}

UNIT_SUITE(tools_nl,
	   { "numbers", numbers },
	   { "strings", strings },
	   { "answers", answers },
	   { "events", events })
