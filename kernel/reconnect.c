// SPDX-License-Identifier: GPL-2.0
/*
 * One attempt to connect and log in, by the kernel alone: the socket's side of kernel/proto/login.c.
 *
 * Runs in the session's reconnect work, under memalloc_noreclaim_save(). Every wait is bounded by
 * the attempt's deadline, and ends soon when the session is logged out.
 */
#include <linux/file.h>
#include <linux/inet.h>
#include <linux/netdevice.h>
#include <net/tcp.h>

#include "reconnect.h"

/* how long a wait goes on without a look whether the connection is still wanted */
#define GLANCE (HZ / 5)

__printf(2, 3) static void attempt_error(struct kiscsi_reconnect *rc, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(rc->error, sizeof(rc->error), fmt, args);
	va_end(args);
}

/** kiscsi_reconnect_deadline() - from now on the next step has the login timeout */
void kiscsi_reconnect_deadline(struct kiscsi_reconnect *rc)
{
	rc->deadline = jiffies + READ_ONCE(rc->session->timers.login_timeout) * HZ;
}

/* 0 while waiting may go on */
static int wait_over(const struct kiscsi_reconnect *rc)
{
	if (READ_ONCE(rc->session->destroying))
		return -ESHUTDOWN;
	/* the leading connection is to be logged in first, and waits for us */
	if (rc->further && READ_ONCE(rc->session->state) != KISCSI_SESSION_UP)
		return -ESHUTDOWN;
	return time_after(jiffies, rc->deadline) ? -ETIMEDOUT : 0;
}

#define wait_socket(rc, sk, condition)							\
({											\
	int over = 0;									\
											\
	while (!(condition) && !(over = wait_over(rc)))					\
		wait_event_interruptible_timeout(*sk_sleep(sk), condition, GLANCE);	\
	over;										\
})

/*
 * ---- connect ----
 */

static int bind_interface(const struct kiscsi_session *session, struct socket *sock)
{
	const char *name = session->id->source_interface;
	struct net_device *dev;
	int ifindex;

	if (!*name)
		return 0;
	dev = dev_get_by_name(session->net, name);
	if (!dev)
		return -ENODEV;
	ifindex = dev->ifindex;
	dev_put(dev);
	return sock_bindtoindex(sock->sk, ifindex, true);
}

static int address_len(const struct sockaddr_storage *ss)
{
	return ss->ss_family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
}

static int bind_source(const struct kiscsi_session *session, struct socket *sock)
{
	struct sockaddr_storage source = session->id->source;

	if (!source.ss_family || source.ss_family != sock->sk->sk_family)
		return 0;
	return kernel_bind(sock, (struct sockaddr *)&source, address_len(&source));
}

/*
 * A socket that counts as a user's: it holds its network namespace, so TCP's timers may outlive the
 * session. With a file, so that it is put like one that was handed over.
 */
static struct socket *make_socket(struct kiscsi_session *session, int family, int *error)
{
	struct socket *sock;
	struct file *file;

	*error = __sock_create(session->net, family, SOCK_STREAM, IPPROTO_TCP, &sock, 0);
	if (*error)
		return NULL;
	file = sock_alloc_file(sock, O_CLOEXEC | O_NONBLOCK, NULL);
	if (!IS_ERR(file))
		return sock;
	*error = PTR_ERR(file);
	return NULL;
}

static bool connect_ended(const struct sock *sk)
{
	int state = READ_ONCE(sk->sk_state);

	return READ_ONCE(sk->sk_err) || (state != TCP_SYN_SENT && state != TCP_SYN_RECV);
}

static int connect_socket(struct kiscsi_reconnect *rc, struct socket *sock,
			  const struct sockaddr_storage *portal)
{
	struct sockaddr_storage to = *portal;
	struct sock *sk = sock->sk;
	int ret;

	sk->sk_allocation = GFP_NOIO;
	sk->sk_use_task_frag = false;
	sk_set_memalloc(sk);
	ret = bind_interface(rc->session, sock) ?: bind_source(rc->session, sock);
	if (ret)
		return ret;
	ret = kernel_connect(sock, (struct sockaddr *)&to, address_len(&to), O_NONBLOCK);
	if (ret != -EINPROGRESS)
		return ret;
	ret = wait_socket(rc, sk, connect_ended(sk));
	if (ret)
		return ret;
	if (sk->sk_state == TCP_ESTABLISHED)
		return 0;
	ret = sock_error(sk);
	return ret ? ret : -ECONNREFUSED;
}

/*
 * ---- PDUs ----
 */

/**
 * kiscsi_reconnect_send() - send all of it
 * @rc: of the session; its deadline holds
 * @sock: where
 * @kv: what; changed
 * @count: entries of @kv
 * @len: their bytes together
 *
 * Return: 0 or a negative errno.
 */
int kiscsi_reconnect_send(struct kiscsi_reconnect *rc, struct socket *sock, struct kvec *kv, u32 count,
			  u32 len)
{
	while (len) {
		struct msghdr msg = { .msg_flags = MSG_DONTWAIT | MSG_NOSIGNAL };
		int ret = kernel_sendmsg(sock, &msg, kv, count, len);

		if (ret == -EAGAIN) {
			ret = wait_socket(rc, sock->sk, sk_stream_is_writeable(sock->sk) ||
					  sock->sk->sk_err || sock->sk->sk_shutdown);
			if (ret)
				return ret;
			continue;
		}
		if (ret < 0)
			return ret;
		len -= ret;
		while (count && ret >= kv->iov_len) {
			ret -= kv->iov_len;
			kv++;
			count--;
		}
		if (count) {
			kv->iov_base += ret;
			kv->iov_len -= ret;
		}
	}
	return 0;
}

static int send_request(struct kiscsi_reconnect *rc, struct socket *sock)
{
	static const u8 zeros[4];
	struct kiscsi_bhs bhs;
	const void *data;
	struct kvec kv[3];
	u32 len;

	kiscsi_login_request(&rc->login, &bhs, &data, &len);
	kv[0] = (struct kvec){ .iov_base = &bhs, .iov_len = sizeof(bhs) };
	kv[1] = (struct kvec){ .iov_base = (void *)data, .iov_len = len };
	kv[2] = (struct kvec){ .iov_base = (void *)zeros, .iov_len = kiscsi_padding(len) };
	return kiscsi_reconnect_send(rc, sock, kv, ARRAY_SIZE(kv), sizeof(bhs) + len + kiscsi_padding(len));
}

static bool readable(struct sock *sk)
{
	return !skb_queue_empty_lockless(&sk->sk_receive_queue) || sk->sk_err || sk->sk_shutdown;
}

/**
 * kiscsi_reconnect_receive() - receive exactly @len bytes
 * @rc: of the session; its deadline holds
 * @sock: where from
 * @buf: where to
 * @len: and not one byte more: what follows belongs to the next who reads
 *
 * Return: 0 or a negative errno.
 */
int kiscsi_reconnect_receive(struct kiscsi_reconnect *rc, struct socket *sock, void *buf, u32 len)
{
	while (len) {
		struct msghdr msg = { .msg_flags = MSG_DONTWAIT };
		struct kvec kv = { .iov_base = buf, .iov_len = len };
		int ret = kernel_recvmsg(sock, &msg, &kv, 1, len, MSG_DONTWAIT);

		if (ret == -EAGAIN) {
			ret = wait_socket(rc, sock->sk, readable(sock->sk));
			if (ret)
				return ret;
			continue;
		}
		if (ret <= 0)
			return ret ? ret : -EPIPE;
		buf += ret;
		len -= ret;
	}
	return 0;
}

static int receive_pdu(struct kiscsi_reconnect *rc, struct socket *sock, u32 *len)
{
	u8 pad[4];
	int ret;

	ret = kiscsi_reconnect_receive(rc, sock, &rc->bhs, sizeof(rc->bhs));
	if (ret)
		return ret;
	*len = kiscsi_get_dsl(&rc->bhs);
	if (*len > KISCSI_LOGIN_DSL || rc->bhs.ahs_len)
		return -EPROTO;
	return kiscsi_reconnect_receive(rc, sock, rc->data, *len) ?:
	       kiscsi_reconnect_receive(rc, sock, pad, kiscsi_padding(*len));
}

/*
 * ---- the attempt ----
 */

/* those that were given since the last attempt */
static void take_credentials(struct kiscsi_reconnect *rc)
{
	struct kiscsi_auth *next = xchg(&rc->next_auth, NULL);

	if (!next)
		return;
	kiscsi_auth_free(rc->auth);
	rc->auth = next;
}

static void configure_login(struct kiscsi_reconnect *rc)
{
	struct kiscsi_session *session = rc->session;
	const struct kiscsi_identity *id = session->id;

	take_credentials(rc);
	rc->cfg = (struct kiscsi_login_config){
		.initiator_name = id->initiator_name,
		.initiator_alias = *id->initiator_alias ? id->initiator_alias : NULL,
		.target_name = id->target_name,
		.offer = &id->offer,
		.cred = &rc->auth->cred,
		.crypto = &rc->crypto,
		/* TSIH 0 and the old ISID: the target ends what it has left of the session */
		.tsih = rc->further ? id->tsih : 0,
		.cid = rc->cid,
		.cmdsn = rc->further ? atomic_read(&session->cmdsn) : 1,
	};
	memcpy(rc->cfg.isid, id->isid, sizeof(id->isid));
}

static enum kiscsi_attempt broken(struct kiscsi_reconnect *rc, const char *what, int error)
{
	if (error == -ESHUTDOWN)
		return KISCSI_ATTEMPT_STOPPED;
	attempt_error(rc, "%s: %s (%d)", what, kiscsi_error_text(error), -error);
	return KISCSI_ATTEMPT_FAILED;
}

static enum kiscsi_attempt login_ended(struct kiscsi_reconnect *rc, enum kiscsi_login_result result)
{
	const struct kiscsi_params *params = &rc->login.params;
	u16 tpgt = rc->session->id->tpgt;

	/* another portal group is another I_T nexus: what is left of ours would live on there */
	if (result == KISCSI_LOGIN_DONE && params->tpgt_known && params->tpgt != tpgt) {
		attempt_error(rc, "portal is of portal group %u, the session of %u", params->tpgt, tpgt);
		return KISCSI_ATTEMPT_REFUSED;
	}
	if (result == KISCSI_LOGIN_DONE)
		return KISCSI_ATTEMPT_OK;
	if (result == KISCSI_LOGIN_REDIRECTED) {
		attempt_error(rc, "login: redirected to %*pE", (int)strlen(rc->login.redirect),
			      rc->login.redirect);
		return KISCSI_ATTEMPT_REDIRECTED;
	}
	attempt_error(rc, "login: %s", rc->login.error);
	/* a target that is short of something (class 3) may find it; one that knows us not will not */
	if (result == KISCSI_LOGIN_AUTH ||
	    (result == KISCSI_LOGIN_REFUSED && rc->login.status_class == KISCSI_LOGIN_INITIATOR_ERR))
		return KISCSI_ATTEMPT_REFUSED;
	return KISCSI_ATTEMPT_FAILED;
}

static enum kiscsi_attempt verify(struct kiscsi_reconnect *rc, struct socket *sock)
{
	int ret = kiscsi_verify(rc, sock);

	return ret ? broken(rc, "looking at the LUNs after the login", ret) : KISCSI_ATTEMPT_OK;
}

static enum kiscsi_attempt log_in(struct kiscsi_reconnect *rc, struct socket *sock)
{
	enum kiscsi_login_result result = kiscsi_login_start(&rc->login, &rc->cfg);

	while (result == KISCSI_LOGIN_SEND) {
		u32 len;
		int ret = send_request(rc, sock) ?: receive_pdu(rc, sock, &len);

		if (ret)
			return broken(rc, "login", ret);
		result = kiscsi_login_feed(&rc->login, &rc->bhs, rc->data, len);
	}
	return login_ended(rc, result);
}

/** kiscsi_reconnect_drop() - the end of a socket that no connection has; may sleep */
void kiscsi_reconnect_drop(struct socket *sock)
{
	lock_sock(sock->sk);
	sk_clear_memalloc(sock->sk);
	release_sock(sock->sk);
	fput(sock->file);
}

/**
 * kiscsi_reconnect() - connect to a portal and log in
 * @rc: of the session; rc->further and rc->cid say what for. Afterwards rc->login has what was negotiated,
 *	or rc->error says why not
 * @portal: where
 * @out: set to the socket on success; its file reference is the caller's
 *
 * With a leading connection the devices whose LUN is another disk now are disowned before anybody else
 * has the socket.
 *
 * Context: may sleep, for the session's login timeout, and again per LUN, at the most.
 */
enum kiscsi_attempt kiscsi_reconnect(struct kiscsi_reconnect *rc,
				     const struct sockaddr_storage *portal, struct socket **out)
{
	enum kiscsi_attempt attempt;
	struct socket *sock;
	int ret;

	kiscsi_reconnect_deadline(rc);
	configure_login(rc);
	sock = make_socket(rc->session, portal->ss_family, &ret);
	if (!sock)
		return broken(rc, "socket", ret);
	ret = connect_socket(rc, sock, portal);
	attempt = ret ? broken(rc, "connect", ret) : log_in(rc, sock);
	if (attempt == KISCSI_ATTEMPT_OK && !rc->further)
		attempt = verify(rc, sock);
	if (attempt == KISCSI_ATTEMPT_OK) {
		*out = sock;
		return attempt;
	}
	kiscsi_reconnect_drop(sock);
	return attempt;
}

/* "" is fine, and so is ":port"; sets the port, which stands at the same place in both families */
static bool parse_port(const char *at, struct sockaddr_storage *ss)
{
	u16 port = KISCSI_PORT;
	char digits[6];
	size_t len;

	if (*at == ':') {
		len = strcspn(++at, ",");
		if (!len || len >= sizeof(digits))
			return false;
		memcpy(digits, at, len);
		digits[len] = '\0';
		if (kstrtou16(digits, 10, &port) || !port)
			return false;
	} else if (*at && *at != ',') {
		return false;
	}
	((struct sockaddr_in *)ss)->sin_port = htons(port);
	return true;
}

static bool parse_address(const char *address, struct sockaddr_storage *ss)
{
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)ss;
	struct sockaddr_in *in = (struct sockaddr_in *)ss;
	const char *end;

	if (*address != '[') {
		in->sin_family = AF_INET;
		return in4_pton(address, strcspn(address, ":,"), (u8 *)&in->sin_addr, -1, &end) &&
		       parse_port(end, ss);
	}
	in6->sin6_family = AF_INET6;
	return in6_pton(address + 1, -1, in6->sin6_addr.s6_addr, ']', &end) &&
	       parse_port(end + 1, ss);
}

/**
 * kiscsi_reconnect_parse() - a TargetAddress with a numeric host
 * @address: "1.2.3.4[:port][,tpgt]" or "[v6][:port][,tpgt]"
 * @ss: set; of family AF_UNSPEC for anything else
 *
 * Return: false for anything else; a name cannot be resolved in here.
 */
bool kiscsi_reconnect_parse(const char *address, struct sockaddr_storage *ss)
{
	memset(ss, 0, sizeof(*ss));
	if (parse_address(address, ss))
		return true;
	ss->ss_family = AF_UNSPEC;
	return false;
}
