// SPDX-License-Identifier: GPL-2.0
/*
 * A connection: its socket, its states, its end.
 */
#include <linux/file.h>
#include <linux/lockdep.h>
#include <net/inet_common.h>
#include <net/tcp.h>
#include <net/tcp_states.h>

#include "trace.h"

/*
 * Data that changes under its digest costs one connection an hour; and after a failure of the network, an hour's data
 * is copied once more than it need be.
 */
#define COPY_FOR	(3600 * HZ)

/*
 * ---- states ----
 */

static bool conn_may_become(enum kiscsi_conn_state from, enum kiscsi_conn_state to)
{
	static const u8 allowed[] = {
		[KISCSI_CONN_FREE] = BIT(KISCSI_CONN_LOGIN),
		[KISCSI_CONN_LOGIN] = BIT(KISCSI_CONN_UP) | BIT(KISCSI_CONN_CLEANUP),
		[KISCSI_CONN_UP] = BIT(KISCSI_CONN_FAILED) | BIT(KISCSI_CONN_LOGGING_OUT) |
				   BIT(KISCSI_CONN_CLEANUP),
		[KISCSI_CONN_FAILED] = BIT(KISCSI_CONN_CLEANUP),
		[KISCSI_CONN_CLEANUP] = BIT(KISCSI_CONN_FREE),
		[KISCSI_CONN_LOGGING_OUT] = BIT(KISCSI_CONN_UP) | BIT(KISCSI_CONN_FAILED) |
					    BIT(KISCSI_CONN_CLEANUP),
	};

	return allowed[from] & BIT(to);
}

/**
 * kiscsi_conn_set_state() - the only place that changes a connection's state
 * @conn: the connection
 * @to: the new state
 *
 * Context: any.
 * Return: false if @to may not follow on what is: the caller has come too late.
 */
bool kiscsi_conn_set_state(struct kiscsi_conn *conn, enum kiscsi_conn_state to)
{
	bool ok;

	spin_lock_bh(&conn->session->state_lock);
	ok = conn_may_become(conn->state, to);
	if (ok) {
		WRITE_ONCE(conn->state, to);
		trace_kiscsi_conn_state(conn, to);
	}
	spin_unlock_bh(&conn->session->state_lock);
	return ok;
}

/** kiscsi_error_text() - an errno of the network, positive or negative, in words; any context */
const char *kiscsi_error_text(int error)
{
	switch (abs(error)) {
	case ETIMEDOUT:
		return "timed out";
	case ECONNREFUSED:
		return "connection refused";
	case ECONNRESET:
		return "reset by the target";
	case EPIPE:
		return "target closed the connection";
	case ENETUNREACH:
	case EHOSTUNREACH:
		return "no route to the portal";
	case ENETDOWN:
	case ENODEV:
		return "the network interface is gone or down";
	case EADDRNOTAVAIL:
		return "the source address is not there";
	case ENOMEM:
	case ENOBUFS:
		return "out of memory";
	case EPROTO:
		return "the target broke the protocol";
	case EBADMSG:
		return "digest error";
	case ENXIO:
		return "a LUN is missing or another disk";
	default:
		return "network error";
	}
}

/* the target may end all connections with one, and that one's reason is the one to be remembered */
static bool another_failed(const struct kiscsi_conn *conn)
{
	const struct kiscsi_session *session = conn->session;
	u32 i;

	for (i = 0; i < session->conn_max; i++)
		if (session->conns[i] != conn &&
		    READ_ONCE(session->conns[i]->state) == KISCSI_CONN_FAILED)
			return true;
	return false;
}

/** kiscsi_conn_complain() - in the log, and for kiscsi list: why the connection is to go; any context */
void kiscsi_conn_complain(struct kiscsi_conn *conn, const char *reason)
{
	struct kiscsi_session *session = conn->session;

	shost_printk(KERN_ERR, session->shost, "kiscsi: session %u connection %u: %s\n",
		     session->sid, conn->cid, reason);
	if (!another_failed(conn))
		kiscsi_session_error(session, reason);
}

/**
 * kiscsi_conn_fail() - the connection is of no more use: say why, and have the session deal with it
 * @conn: the connection
 * @fmt: the reason, for a person, without newline
 *
 * The first reason counts; on a connection that is not in use this does nothing.
 *
 * Context: any, the socket lock held or not.
 */
void kiscsi_conn_fail(struct kiscsi_conn *conn, const char *fmt, ...)
{
	char reason[KISCSI_ERROR_MAX];
	va_list args;

	if (!kiscsi_conn_set_state(conn, KISCSI_CONN_FAILED))
		return;
	va_start(args, fmt);
	vsnprintf(reason, sizeof(reason), fmt, args);
	va_end(args);
	kiscsi_conn_complain(conn, reason);
	queue_work(kiscsi_recovery_wq, &conn->session->recover_work);
	wake_up_all(&conn->session->state_wait);
}

/* The answer to a Logout may have come with the end of the stream, and not been read yet: hence the work item. */
static void conn_closed(struct kiscsi_conn *conn, int error)
{
	if (READ_ONCE(conn->state) == KISCSI_CONN_LOGGING_OUT) {
		WRITE_ONCE(conn->closed, true);
		queue_work(kiscsi_io_wq, &conn->rx_work);
	} else if (error) {
		if (error == ETIMEDOUT)
			WRITE_ONCE(conn->session->silent_since, READ_ONCE(conn->last_life));
		kiscsi_conn_fail(conn, "connection lost: %s (%d)", kiscsi_error_text(error), error);
	} else {
		kiscsi_conn_fail(conn, "target closed the connection");
	}
}

/**
 * kiscsi_conn_ended() - the target closed the connection while it was logging out: no failure
 * @conn: all that was received has been read
 *
 * Nobody is to wait for an answer any more. Whoever made it LOGGING_OUT stops it.
 *
 * Context: socket lock.
 */
void kiscsi_conn_ended(struct kiscsi_conn *conn)
{
	kiscsi_assert_locked(conn);
	if (!kiscsi_conn_set_state(conn, KISCSI_CONN_FAILED))
		return;
	kiscsi_ctl_cancel_all(conn);
	wake_up_all(&conn->session->state_wait);
}

/*
 * ---- the socket's callbacks: called by TCP with the socket lock held ----
 */

static struct kiscsi_conn *sock_conn(struct sock *sk)
{
	return sk->sk_user_data;
}

static void conn_data_ready(struct sock *sk)
{
	struct kiscsi_conn *conn;

	read_lock_bh(&sk->sk_callback_lock);
	conn = sock_conn(sk);
	if (likely(conn))
		kiscsi_rx_data_ready(conn);
	read_unlock_bh(&sk->sk_callback_lock);
}

static void conn_write_space(struct sock *sk)
{
	struct kiscsi_conn *conn;

	read_lock_bh(&sk->sk_callback_lock);
	conn = sock_conn(sk);
	if (likely(conn) && sk_stream_is_writeable(sk)) {
		clear_bit(SOCK_NOSPACE, &sk->sk_socket->flags);
		WRITE_ONCE(conn->last_life, jiffies);
		kiscsi_tx_kick(conn);
	}
	read_unlock_bh(&sk->sk_callback_lock);
}

static void conn_state_change(struct sock *sk)
{
	struct kiscsi_conn *conn;

	read_lock_bh(&sk->sk_callback_lock);
	conn = sock_conn(sk);
	if (conn && sk->sk_state != TCP_ESTABLISHED) {
		/* TCP tells of the end of the stream before it tells of what came last */
		if (!sk->sk_err)
			kiscsi_rx_data_ready(conn);
		conn_closed(conn, sk->sk_err);
	}
	read_unlock_bh(&sk->sk_callback_lock);
}

static void conn_set_callbacks(struct kiscsi_conn *conn)
{
	struct sock *sk = conn->sock->sk;

	conn->saved_data_ready = sk->sk_data_ready;
	conn->saved_write_space = sk->sk_write_space;
	conn->saved_state_change = sk->sk_state_change;
	sk->sk_user_data = conn;
	sk->sk_data_ready = conn_data_ready;
	sk->sk_write_space = conn_write_space;
	sk->sk_state_change = conn_state_change;
}

static void conn_restore_callbacks(struct kiscsi_conn *conn)
{
	struct sock *sk = conn->sock->sk;

	write_lock_bh(&sk->sk_callback_lock);
	sk->sk_user_data = NULL;
	sk->sk_data_ready = conn->saved_data_ready;
	sk->sk_write_space = conn->saved_write_space;
	sk->sk_state_change = conn->saved_state_change;
	write_unlock_bh(&sk->sk_callback_lock);
}

/*
 * ---- taking a socket over ----
 */

/**
 * kiscsi_conn_check_socket() - is this a socket we can take over?
 * @sock: from the caller's descriptor
 * @why: set to what is wrong with it
 *
 * Return: 0 or a negative errno.
 */
int kiscsi_conn_check_socket(struct socket *sock, const char **why)
{
	struct sock *sk = sock->sk;

	if (!sk_is_tcp(sk) || (sk->sk_family != AF_INET && sk->sk_family != AF_INET6)) {
		*why = "not a TCP socket";
		return -EPROTOTYPE;
	}
	if (READ_ONCE(sk->sk_state) != TCP_ESTABLISHED) {
		*why = "socket is not connected";
		return -ENOTCONN;
	}
	if (sk->sk_user_data || inet_csk_has_ulp(sk)) {
		*why = "socket is in use by the kernel already";
		return -EBUSY;
	}
	return 0;
}

/*
 * I/O to the disk may be what frees memory: nothing on the socket may wait for I/O, and it may dip
 * into the reserves. The socket came from user space with the lock class of all such sockets, whose
 * holders may fault in pages from our disk: to lockdep that would look like a loop, hence a class of
 * its own. Nobody can hold the lock while it is changed but softirqs, which do not use that map.
 */
static void conn_prepare_socket(struct kiscsi_conn *conn)
{
	static struct lock_class_key key __maybe_unused;
	struct sock *sk = conn->sock->sk;

#ifdef CONFIG_DEBUG_LOCK_ALLOC
	lockdep_init_map(&sk->sk_lock.dep_map, "sk_lock-kiscsi", &key, 0);
#endif
	sk->sk_allocation = GFP_NOIO;
	sk->sk_use_task_frag = false;
	if (!sock_flag(sk, SOCK_MEMALLOC))
		sk_set_memalloc(sk);
	tcp_sock_set_nodelay(sk);
	kiscsi_conn_user_timeout(conn);
}

static void conn_addresses(struct kiscsi_conn *conn)
{
	memset(&conn->local, 0, sizeof(conn->local));
	memset(&conn->peer, 0, sizeof(conn->peer));
	kernel_getsockname(conn->sock, (struct sockaddr *)&conn->local);
	kernel_getpeername(conn->sock, (struct sockaddr *)&conn->peer);
}

static void conn_take_params(struct kiscsi_conn *conn, const struct kiscsi_conn_spec *spec)
{
	conn->cid = spec->cid;
	conn->header_digest = spec->params.header_digest == KISCSI_DIGEST_CRC32C;
	conn->data_digest = spec->params.data_digest == KISCSI_DIGEST_CRC32C;
	conn->max_recv_dsl = spec->params.max_recv_dsl;
	conn->max_xmit_dsl = spec->params.max_xmit_dsl;
	conn->exp_statsn = spec->exp_statsn;
	conn->leave_asked = 0;
	conn->broke_protocol = false;
	conn->logged_out = false;
	conn->closed = false;
}

/**
 * kiscsi_conn_attach() - give a FREE connection its socket; kiscsi_conn_start() lets it run
 * @conn: FREE; afterwards LOGIN
 * @spec: the hand-over; the connection takes a file reference of its own
 * @why: set on failure
 *
 * Context: may sleep.
 * Return: 0 or a negative errno with nothing changed.
 */
int kiscsi_conn_attach(struct kiscsi_conn *conn, const struct kiscsi_conn_spec *spec,
		       const char **why)
{
	struct sock *sk = spec->sock->sk;
	int ret;

	if (!kiscsi_conn_set_state(conn, KISCSI_CONN_LOGIN)) {
		*why = "connection is in use";
		return -EBUSY;
	}
	mutex_lock(&conn->send_mutex);
	/* look and take in one go: two callers may offer the same socket */
	write_lock_bh(&sk->sk_callback_lock);
	ret = kiscsi_conn_check_socket(spec->sock, why);
	if (!ret) {
		get_file(spec->sock->file);
		conn->sock = spec->sock;
		conn_take_params(conn, spec);
		kiscsi_rx_reset(conn);
		conn_set_callbacks(conn);
	}
	write_unlock_bh(&sk->sk_callback_lock);
	if (kiscsi_tx_unlock(conn))
		kiscsi_tx_kick(conn);
	if (ret) {
		kiscsi_conn_set_state(conn, KISCSI_CONN_CLEANUP);
		kiscsi_conn_set_state(conn, KISCSI_CONN_FREE);
		return ret;
	}
	conn_prepare_socket(conn);
	conn_addresses(conn);
	return 0;
}

/**
 * kiscsi_conn_start() - LOGIN becomes UP: the connection takes commands and reads what has come
 * @conn: attached
 *
 * Context: may sleep. Bytes that came between login and now raise no callback any more, nor does a
 * connection that was closed meanwhile: both are looked for here.
 */
void kiscsi_conn_start(struct kiscsi_conn *conn)
{
	struct sock *sk = conn->sock->sk;

	conn->last_life = jiffies;
	conn->ping_sent = 0;
	if (!kiscsi_conn_set_state(conn, KISCSI_CONN_UP))
		return;
	if (conn->cls)
		WRITE_ONCE(conn->cls->state, ISCSI_CONN_UP);
	lock_sock(sk);
	kiscsi_rx_data_ready(conn);
	if (sk->sk_state != TCP_ESTABLISHED)
		conn_closed(conn, 0);
	release_sock(sk);
	queue_delayed_work(kiscsi_io_wq, &conn->nop_work, HZ);
}

/*
 * ---- the end ----
 */

/**
 * kiscsi_conn_lock() - send mutex and, if there is a socket, its lock; may sleep
 * @conn: the connection
 *
 * The socket comes and goes under the send mutex.
 */
void kiscsi_conn_lock(struct kiscsi_conn *conn)
{
	mutex_lock(&conn->send_mutex);
	if (conn->sock)
		lock_sock(conn->sock->sk);
}

/** kiscsi_conn_unlock() - and have sent what others left meanwhile: they rely on the holder */
void kiscsi_conn_unlock(struct kiscsi_conn *conn)
{
	if (conn->sock)
		release_sock(conn->sock->sk);
	if (kiscsi_tx_unlock(conn))
		kiscsi_tx_kick(conn);
}

/*
 * What a broken connection has not sent, or not got through, must not reach the target after a new
 * login, and the commands it belongs to are about to be given back: so it is reset here and now. After
 * a logout there is nothing of the kind, and the connection may end in peace.
 */
static void conn_disconnect(struct kiscsi_conn *conn)
{
	struct sock *sk = conn->sock->sk;

	if (!conn->logged_out)
		sk->sk_prot->disconnect(sk, 0);
	sk_clear_memalloc(sk);
}

/**
 * kiscsi_conn_stop() - end a connection and take its tasks back
 * @conn: in any state; afterwards FREE
 * @result: for scsi_cmnd.result of its tasks, or %KISCSI_RESULT_RETRY
 *
 * Who may still hold a pointer to the socket, and why not after this:
 *  - TCP's callbacks: they run under the socket lock and find sk_user_data NULL once we have had it;
 *  - senders: can_send() is looked at under the send mutex, and says no from the change of state on;
 *  - rx_work, tx_work: likewise, they may come late and do nothing with the socket;
 *  - nop_work: cancelled;
 *  - requesters of control PDUs: woken with -ENOTCONN.
 * Tasks are out of slots and queues before the first is given back, so none is met twice; and they are
 * given back before the send mutex is let go, so that the error handler finds a task either ours or
 * IDLE, never in between. One that is submitted after that finds the state in tx_run() and is given
 * back there.
 *
 * Context: may sleep; session->conn_mutex held, no other lock.
 */
void kiscsi_conn_stop(struct kiscsi_conn *conn, int result)
{
	LIST_HEAD(tasks);
	struct socket *sock;

	lockdep_assert_held(&conn->session->conn_mutex);
	if (!kiscsi_conn_set_state(conn, KISCSI_CONN_CLEANUP))
		return;
	if (conn->cls)
		WRITE_ONCE(conn->cls->state, ISCSI_CONN_FAILED);
	cancel_delayed_work_sync(&conn->nop_work);
	conn_restore_callbacks(conn);

	kiscsi_conn_lock(conn);
	conn_disconnect(conn);
	conn->copy_until = jiffies + COPY_FOR;
	kiscsi_tx_reset(conn);
	kiscsi_rx_reset(conn);
	kiscsi_ctl_cancel_all(conn);
	kiscsi_tasks_take_sent(conn, KISCSI_ALL_TASKS, result, &tasks);
	kiscsi_tx_take_queued(conn, KISCSI_ALL_TASKS, &tasks);
	sock = conn->sock;
	release_sock(sock->sk);
	conn->sock = NULL;
	kiscsi_tasks_give_back(&tasks, result);
	kiscsi_conn_unlock(conn);

	if (conn->logged_out)
		kernel_sock_shutdown(sock, SHUT_RDWR);
	sockfd_put(sock);
	kiscsi_conn_set_state(conn, KISCSI_CONN_FREE);
	wake_up_all(&conn->session->state_wait);
}

/**
 * kiscsi_conn_alloc() - a connection without a socket
 * @session: its session
 * @index: its place there
 *
 * Return: the connection or NULL.
 */
struct kiscsi_conn *kiscsi_conn_alloc(struct kiscsi_session *session, u8 index)
{
	struct kiscsi_conn *conn = kzalloc(sizeof(*conn), GFP_KERNEL);

	if (!conn)
		return NULL;
	conn->session = session;
	conn->index = index;
	conn->cid = index;
	init_llist_head(&conn->submit);
	mutex_init(&conn->send_mutex);
	INIT_LIST_HEAD(&conn->tx_cmds);
	INIT_LIST_HEAD(&conn->tx_ctl);
	INIT_LIST_HEAD(&conn->tx_r2ts);
	INIT_WORK(&conn->tx_work, kiscsi_tx_work);
	INIT_WORK(&conn->rx_work, kiscsi_rx_work);
	INIT_DELAYED_WORK(&conn->nop_work, kiscsi_nop_work);
	kiscsi_ctl_init(conn);
	return conn;
}

/**
 * kiscsi_conn_free() - free a FREE connection, or NULL
 * @conn: the connection
 *
 * The SCSI host is gone, so nobody submits; works that were kicked late are waited for.
 */
void kiscsi_conn_free(struct kiscsi_conn *conn)
{
	if (!conn)
		return;
	cancel_work_sync(&conn->tx_work);
	cancel_work_sync(&conn->rx_work);
	cancel_delayed_work_sync(&conn->nop_work);
	kfree(conn);
}
