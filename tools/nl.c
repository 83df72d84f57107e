// SPDX-License-Identifier: GPL-2.0
/*
 * The generic netlink client.
 */
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "nl.h"
#include "process.h"
#include "progress.h"

/* answers; the kernel makes the parts of a dump as large as what it was offered last */
#define ANSWER_MAX	65536
#define EVENTS_RCVBUF	(1 << 20)
/* the module answers at once; this is for the case that it does not */
/* the kernel has no error numbers beyond this */
#define MAX_ERRNO	4095
#define ANSWER_MS	10000
#define MODPROBE_MS	30000

struct table {
	const struct nlattr **tb;
	u16 max;
};

static int sort_attr(const struct nlattr *a, void *arg)
{
	struct table *t = arg;

	if (mnl_attr_get_type(a) <= t->max)
		t->tb[mnl_attr_get_type(a)] = a;
	return MNL_CB_OK;
}

int nl_parse(const void *payload, size_t len, const struct nlattr **tb, u16 max)
{
	struct table t = { tb, max };

	memset(tb, 0, (max + 1u) * sizeof(*tb));
	return mnl_attr_parse_payload(payload, len, sort_attr, &t) < 0 ? -1 : 0;
}

u64 nl_uint(const struct nlattr *a)
{
	u64 n8;
	u32 n4;
	u16 n2;

	if (!a)
		return 0;
	switch (mnl_attr_get_payload_len(a)) {
	case 1:
		return *(const u8 *)mnl_attr_get_payload(a);
	case 2:
		memcpy(&n2, mnl_attr_get_payload(a), sizeof(n2));
		return n2;
	case 4:
		memcpy(&n4, mnl_attr_get_payload(a), sizeof(n4));
		return n4;
	case 8:
		memcpy(&n8, mnl_attr_get_payload(a), sizeof(n8));
		return n8;
	default:
		return 0;
	}
}

void nl_string(const struct nlattr *a, char *out, size_t size)
{
	size_t len = a ? strnlen(mnl_attr_get_payload(a), mnl_attr_get_payload_len(a)) : 0;

	if (len >= size)
		len = size - 1;
	if (len)
		memcpy(out, mnl_attr_get_payload(a), len);
	out[len] = '\0';
}

struct nlmsghdr *nl_begin(struct nl *nl, void *buf, u8 cmd, u16 flags)
{
	struct nlmsghdr *req;
	struct genlmsghdr *genl;

	/* padding of attributes included: it is not for others to see what was there before */
	memset(buf, 0, NL_REQUEST_MAX);
	req = mnl_nlmsg_put_header(buf);
	req->nlmsg_type = nl->family;
	req->nlmsg_flags = (u16)(NLM_F_REQUEST | NLM_F_ACK | flags);
	req->nlmsg_seq = ++nl->seq;
	genl = mnl_nlmsg_put_extra_header(req, sizeof(*genl));
	genl->cmd = cmd;
	genl->version = KISCSI_GENL_VERSION;
	return req;
}

/* the kernel's words behind an error, if it has any */
static void extack(const struct nlmsghdr *msg, char *out, size_t size)
{
	const struct nlattr *tb[NLMSGERR_ATTR_MAX + 1];
	const struct nlmsgerr *answer = mnl_nlmsg_get_payload(msg);
	size_t len = mnl_nlmsg_get_payload_len(msg);
	size_t skip = sizeof(*answer);

	out[0] = '\0';
	if (!(msg->nlmsg_flags & NLM_F_ACK_TLVS))
		return;
	if (!(msg->nlmsg_flags & NLM_F_CAPPED))
		skip += MNL_ALIGN(answer->msg.nlmsg_len - sizeof(answer->msg));
	if (skip >= len)
		return;
	if (!nl_parse((const char *)answer + skip, len - skip, tb, NLMSGERR_ATTR_MAX))
		nl_string(tb[NLMSGERR_ATTR_MSG], out, size);
}

static int refused(const struct nlmsghdr *msg, int code, struct err *e)
{
	char words[KISCSI_NL_TEXT_MAX + 1] = "";

	if (msg->nlmsg_type == NLMSG_ERROR)
		extack(msg, words, sizeof(words));
	if (code == EPERM)
		err_set(e, ST_FAILED, NL_NOT_PERMITTED);
	else if (words[0])
		err_set(e, ST_FAILED, "%s", words);
	else
		err_set(e, ST_FAILED, "the kernel says: %s", strerror(code));
	e->code = code;
	return -1;
}

/* one message of an answer: 1 when it was the last, 0 when not, -1 with @e */
static int take_message(const struct nlmsghdr *msg, mnl_cb_t cb, void *arg, struct err *e)
{
	const struct nlmsgerr *answer;
	int code;

	switch (msg->nlmsg_type) {
	case NLMSG_NOOP:
		return 0;
	case NLMSG_ERROR:
		if (mnl_nlmsg_get_payload_len(msg) < sizeof(*answer))
			return err_set(e, ST_FAILED, "the kernel's answer is cut short");
		answer = mnl_nlmsg_get_payload(msg);
		/* what is no errno must not be negated either */
		if (answer->error > 0 || answer->error < -MAX_ERRNO)
			return err_set(e, ST_FAILED, "the kernel's answer has error %d, which is none",
				       answer->error);
		return answer->error ? refused(msg, -answer->error, e) : 1;
	case NLMSG_DONE:
		code = 0;
		if (mnl_nlmsg_get_payload_len(msg) >= sizeof(code))
			memcpy(&code, mnl_nlmsg_get_payload(msg), sizeof(code));
		if (code > 0 || code < -MAX_ERRNO)
			return err_set(e, ST_FAILED, "the kernel's answer has error %d, which is none",
				       code);
		return code < 0 ? refused(msg, -code, e) : 1;
	default:
		if (cb && cb(msg, arg) == MNL_CB_ERROR)
			return err_sys(e, ST_FAILED, errno, "the kernel's answer");
		return 0;
	}
}

/* a signal does not end this: the answer to a request that was sent has to be known */
static int take_answers(struct nl *nl, void *buf, mnl_cb_t cb, void *arg, struct err *e)
{
	deadline_t deadline = clock_in(ANSWER_MS);
	const struct nlmsghdr *msg;
	ssize_t n;
	int len;
	int r;

	for (;;) {
		r = clock_poll_through(mnl_socket_get_fd(nl->sock), POLLIN, deadline);
		if (r <= 0)
			return err_sys(e, ST_FAILED, r ? -r : ETIMEDOUT, "receiving from the kernel");
		n = mnl_socket_recvfrom(nl->sock, buf, ANSWER_MAX);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(e, ST_FAILED, errno, "receiving from the kernel");
		len = (int)n;
		for (msg = buf; mnl_nlmsg_ok(msg, len); msg = mnl_nlmsg_next(msg, &len)) {
			if (msg->nlmsg_seq != nl->seq)
				continue;
			r = take_message(msg, cb, arg, e);
			if (r)
				return r < 0 ? -1 : 0;
		}
	}
}

int nl_call(struct nl *nl, struct nlmsghdr *req, mnl_cb_t cb, void *arg, struct err *e)
{
	char *buf = malloc(ANSWER_MAX);
	int r;

	if (!buf)
		return err_sys(e, ST_FAILED, ENOMEM, "netlink");
	if (mnl_socket_sendto(nl->sock, req, req->nlmsg_len) < 0)
		r = err_sys(e, ST_FAILED, errno, "sending to the kernel");
	else
		r = take_answers(nl, buf, cb, arg, e);
	free(buf);
	return r;
}

static int open_socket(struct nl *nl, struct err *e)
{
	int one = 1;

	nl->seq = (u32)time(NULL);
	nl->sock = mnl_socket_open2(NETLINK_GENERIC, SOCK_CLOEXEC);
	if (!nl->sock)
		return err_sys(e, ST_FAILED, errno, "opening a netlink socket");
	if (mnl_socket_bind(nl->sock, 0, MNL_SOCKET_AUTOPID) < 0) {
		err_sys(e, ST_FAILED, errno, "binding a netlink socket");
		nl_close(nl);
		return -1;
	}
	mnl_socket_setsockopt(nl->sock, NETLINK_EXT_ACK, &one, sizeof(one));
	mnl_socket_setsockopt(nl->sock, NETLINK_CAP_ACK, &one, sizeof(one));
	return 0;
}

static void take_group(struct nl *nl, const struct nlattr *group)
{
	const struct nlattr *tb[CTRL_ATTR_MCAST_GRP_MAX + 1];
	char name[GENL_NAMSIZ];

	if (nl_parse(mnl_attr_get_payload(group), mnl_attr_get_payload_len(group), tb,
		     CTRL_ATTR_MCAST_GRP_MAX))
		return;
	nl_string(tb[CTRL_ATTR_MCAST_GRP_NAME], name, sizeof(name));
	if (!strcmp(name, KISCSI_GENL_MC_EVENTS))
		nl->group = (u32)nl_uint(tb[CTRL_ATTR_MCAST_GRP_ID]);
}

static int take_family(const struct nlmsghdr *msg, void *arg)
{
	const struct nlattr *tb[CTRL_ATTR_MAX + 1];
	const struct nlattr *group;
	struct nl *nl = arg;

	if (mnl_nlmsg_get_payload_len(msg) < sizeof(struct genlmsghdr) ||
	    nl_parse((const char *)mnl_nlmsg_get_payload(msg) + sizeof(struct genlmsghdr),
		     mnl_nlmsg_get_payload_len(msg) - sizeof(struct genlmsghdr), tb, CTRL_ATTR_MAX))
		return MNL_CB_OK;
	nl->family = (u16)nl_uint(tb[CTRL_ATTR_FAMILY_ID]);
	if (tb[CTRL_ATTR_MCAST_GROUPS])
		mnl_attr_for_each_nested(group, tb[CTRL_ATTR_MCAST_GROUPS])
			take_group(nl, group);
	return MNL_CB_OK;
}

int nl_open(struct nl *nl, struct err *e)
{
	char buf[NL_REQUEST_MAX];
	struct nlmsghdr *req;

	memset(nl, 0, sizeof(*nl));
	if (open_socket(nl, e))
		return -1;
	nl->family = GENL_ID_CTRL;
	req = nl_begin(nl, buf, CTRL_CMD_GETFAMILY, 0);
	mnl_attr_put_strz(req, CTRL_ATTR_FAMILY_NAME, KISCSI_GENL_NAME);
	nl->family = 0;
	if (!nl_call(nl, req, take_family, nl, e)) {
		if (nl->family && nl->group)
			return 0;
		err_set(e, ST_FAILED, "the kernel module is not one this command can talk to");
	}
	nl_close(nl);
	if (e->code != ENOENT)
		return -1;
	err_set(e, ST_FAILED, "the kernel module is not loaded: modprobe kiscsi");
	e->code = ENOENT;
	return -1;
}

static int modprobe(const char *module)
{
	static char *env[] = { "PATH=/usr/sbin:/usr/bin:/sbin:/bin", NULL };
	static const char *const paths[] = { "/sbin/modprobe", "/usr/sbin/modprobe", "/bin/modprobe" };
	char *argv[] = { "modprobe", "-q", "--", (char *)(uintptr_t)module, NULL };
	pid_t pid = fork();
	int r;

	if (pid < 0)
		return -1;
	if (pid) {
		progress("waiting for modprobe %s", module);
		r = process_wait(pid, clock_in(MODPROBE_MS));
		progress_end();
		return r;
	}
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
		execve(paths[i], argv, env);
	_exit(127);
}

int nl_open_load(struct nl *nl, struct err *e)
{
	int r = nl_open(nl, e);

	if (r && e->code == ENOENT && !geteuid() && !modprobe("kiscsi"))
		r = nl_open(nl, e);
	return r;
}

int nl_listen(struct nl *events, const struct nl *nl, struct err *e)
{
	int size = EVENTS_RCVBUF;
	u32 group = nl->group;
	int fd;

	*events = *nl;
	if (open_socket(events, e))
		return -1;
	fd = mnl_socket_get_fd(events->sock);
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	if (mnl_socket_setsockopt(events->sock, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)) < 0) {
		err_sys(e, ST_FAILED, errno, "listening for events of the kernel module");
		nl_close(events);
		return -1;
	}
	return 0;
}

void nl_close(struct nl *nl)
{
	if (nl->sock)
		mnl_socket_close(nl->sock);
	nl->sock = NULL;
}

/* is it an event, and which? */
static bool take_event(const struct nlmsghdr *msg, u16 family, struct nl_event *ev)
{
	const struct nlattr *tb[KISCSI_A_MAX + 1];
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(msg);
	size_t len = mnl_nlmsg_get_payload_len(msg);

	if (msg->nlmsg_type != family || len < sizeof(*genl) || genl->cmd != KISCSI_NL_EVENT ||
	    nl_parse((const char *)genl + sizeof(*genl), len - sizeof(*genl), tb, KISCSI_A_MAX))
		return false;
	ev->event = (u8)nl_uint(tb[KISCSI_A_EVENT]);
	ev->state = (u8)nl_uint(tb[KISCSI_A_STATE]);
	ev->sid = (u32)nl_uint(tb[KISCSI_A_SID]);
	nl_string(tb[KISCSI_A_MESSAGE], ev->message, sizeof(ev->message));
	return true;
}

int nl_next_event(struct nl *events, struct nl_event *ev, deadline_t deadline, struct err *e)
{
	char buf[8192] __attribute__((aligned(NLMSG_ALIGNTO)));

	for (;;) {
		int r = clock_poll(mnl_socket_get_fd(events->sock), POLLIN, deadline);
		ssize_t n;

		if (r == -EINTR)
			return err_set(e, ST_FAILED, "interrupted");
		if (r <= 0)
			return r < 0 ? err_sys(e, ST_FAILED, -r, "waiting for the kernel") : 0;
		/* a multicast datagram is one message */
		n = mnl_socket_recvfrom(events->sock, buf, sizeof(buf));
		if (n < 0 && errno == ENOBUFS)
			return 2;
		if (n < 0 && errno != EINTR)
			return err_sys(e, ST_FAILED, errno, "waiting for the kernel");
		if (n > 0 && mnl_nlmsg_ok((struct nlmsghdr *)buf, (int)n) &&
		    take_event((struct nlmsghdr *)buf, events->family, ev))
			return 1;
		if (!clock_left(deadline))
			return 0;
	}
}
