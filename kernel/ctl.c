// SPDX-License-Identifier: GPL-2.0
/*
 * Control PDUs: NOP-Out, task management requests, Logout. All are immediate, carry no data, and
 * have their places in the connection, so none is ever allocated.
 */
#include <net/tcp.h>

#include "kiscsi.h"

/* however long the silence may last: see kiscsi_tx_learn_window() */
#define NOP_GLANCE (60UL * HZ)
/* the place is in the tag, and above it a number of eight bits */
#define ITT_STEP (1u << 24)

/** kiscsi_ctl_init() - make the places; before the connection has a socket */
void kiscsi_ctl_init(struct kiscsi_conn *conn)
{
	u32 i;

	for (i = 0; i < KISCSI_CTL_COUNT; i++) {
		INIT_LIST_HEAD(&conn->ctl[i].entry);
		init_completion(&conn->ctl[i].done);
		conn->ctl[i].itt = KISCSI_ITT_CTL << 16 | i;
	}
}

static u32 ctl_next_itt(struct kiscsi_ctl *ctl)
{
	ctl->itt += ITT_STEP;
	ctl->late <<= 1;
	return ctl->itt;
}

/* the answer to one that nobody waits for any more; only the first */
static bool ctl_take_late(struct kiscsi_ctl *ctl, u32 itt)
{
	u32 ago = (ctl->itt - itt) / ITT_STEP;

	if ((ctl->itt - itt) % ITT_STEP || ago >= 64 || !(ctl->late & BIT_ULL(ago)))
		return false;
	ctl->late &= ~BIT_ULL(ago);
	return true;
}

static void ctl_queue(struct kiscsi_conn *conn, struct kiscsi_ctl *ctl)
{
	ctl->bhs.opcode |= KISCSI_IMMEDIATE;
	ctl->bhs.flags |= KISCSI_FLAG_FINAL;
	ctl->queued = true;
	list_add_tail(&ctl->entry, &conn->tx_ctl);
}

/**
 * kiscsi_ctl_pong() - answer a NOP-In that asks for it, RFC 7143 section 11.19
 * @conn: the connection
 * @nop: as received, with a Target Transfer Tag
 *
 * Context: socket lock; does not sleep. The caller kicks the sender.
 * Return: 0, or -ENOBUFS when the target asks faster than answers can be sent.
 */
int kiscsi_ctl_pong(struct kiscsi_conn *conn, const struct kiscsi_nop_in *nop)
{
	struct kiscsi_ctl *ctl = &conn->ctl[KISCSI_CTL_PONG];

	kiscsi_assert_locked(conn);
	while (ctl->queued)
		if (++ctl == &conn->ctl[KISCSI_CTL_COUNT])
			return -ENOBUFS;
	memset(&ctl->bhs, 0, sizeof(ctl->bhs));
	ctl->nop_out.opcode = KISCSI_OP_NOP_OUT;
	memcpy(ctl->nop_out.lun, nop->lun, sizeof(nop->lun));
	ctl->nop_out.itt = cpu_to_be32(KISCSI_RESERVED_TAG);
	ctl->nop_out.ttt = nop->ttt;
	ctl_queue(conn, ctl);
	return 0;
}

/* a PDU of this kind that nobody waits for any more may still be in the queue */
static int ctl_begin(struct kiscsi_conn *conn, struct kiscsi_ctl *ctl, const struct kiscsi_bhs *bhs)
{
	if (ctl->queued || ctl->waiting)
		return -EBUSY;
	ctl->bhs = *bhs;
	ctl->bhs.itt = cpu_to_be32(ctl_next_itt(ctl));
	ctl->waiting = true;
	reinit_completion(&ctl->done);
	ctl_queue(conn, ctl);
	return 0;
}

/* the last request on a connection that is LOGGING_OUT is the Logout, RFC 7143 section 11.14 */
static bool may_request(const struct kiscsi_conn *conn, const struct kiscsi_ctl *ctl)
{
	enum kiscsi_conn_state state = READ_ONCE(conn->state);

	return state == KISCSI_CONN_UP ||
	       (state == KISCSI_CONN_LOGGING_OUT && ctl == &conn->ctl[KISCSI_CTL_LOGOUT]);
}

static int ctl_start(struct kiscsi_conn *conn, struct kiscsi_ctl *ctl, const struct kiscsi_bhs *bhs)
{
	int ret = -ENOTCONN;

	kiscsi_conn_lock(conn);
	if (may_request(conn, ctl))
		ret = ctl_begin(conn, ctl, bhs);
	kiscsi_conn_unlock(conn);
	return ret;
}

static int ctl_end(struct kiscsi_conn *conn, struct kiscsi_ctl *ctl)
{
	int response = -ETIMEDOUT;

	kiscsi_conn_lock(conn);
	if (ctl->waiting) {
		ctl->waiting = false;
		ctl->late |= 1;
	} else {
		response = ctl->response;
	}
	kiscsi_conn_unlock(conn);
	return response;
}

/**
 * kiscsi_ctl_request() - send a control PDU and, with a timeout, wait for its answer
 * @conn: the connection
 * @kind: which place to use
 * @bhs: the PDU; I and F bits, ITT and serial numbers are filled in here
 * @timeout: jiffies to wait; 0: do not wait, kiscsi_ctl_answer() frees the place
 *
 * Context: may sleep.
 * Return: response code of the answer, 0 without waiting, -ETIMEDOUT, -ENOTCONN, -EBUSY while one of
 * this kind is still on its way.
 */
int kiscsi_ctl_request(struct kiscsi_conn *conn, enum kiscsi_ctl_kind kind,
		       const struct kiscsi_bhs *bhs, unsigned long timeout)
{
	struct kiscsi_ctl *ctl = &conn->ctl[kind];
	int ret = ctl_start(conn, ctl, bhs);

	if (ret)
		return ret;
	kiscsi_tx_kick(conn);
	if (!timeout)
		return 0;
	wait_for_completion_timeout(&ctl->done, timeout);
	return ctl_end(conn, ctl);
}

/**
 * kiscsi_ctl_answer() - the target answered a control PDU
 * @conn: the connection
 * @kind: the place its kind has
 * @itt: from the answer
 * @response: from the answer
 *
 * Context: socket lock; does not sleep.
 * Return: false for an answer to nothing we asked. One that comes too late is passed over.
 */
bool kiscsi_ctl_answer(struct kiscsi_conn *conn, enum kiscsi_ctl_kind kind, u32 itt, int response)
{
	struct kiscsi_ctl *ctl = &conn->ctl[kind];

	kiscsi_assert_locked(conn);
	if (ctl_take_late(ctl, itt))
		return true;
	if (!ctl->waiting || ctl->itt != itt)
		return false;
	ctl->waiting = false;
	ctl->response = response;
	complete(&ctl->done);
	return true;
}

/** kiscsi_ctl_cancel_all() - the connection is dead: nobody is to wait; socket lock */
void kiscsi_ctl_cancel_all(struct kiscsi_conn *conn)
{
	u32 i;

	kiscsi_assert_locked(conn);
	for (i = 0; i < KISCSI_CTL_COUNT; i++) {
		struct kiscsi_ctl *ctl = &conn->ctl[i];

		list_del_init(&ctl->entry);
		ctl->queued = false;
		ctl->late = 0;
		kiscsi_ctl_answer(conn, i, ctl->itt, -ENOTCONN);
	}
}

/**
 * kiscsi_ctl_logout() - Logout exchange, RFC 7143 section 11.14
 * @conn: the connection
 * @reason: session or connection
 * @timeout: jiffies to wait for the answer
 *
 * Context: may sleep.
 * Return: the response code (0: done), or negative as kiscsi_ctl_request().
 */
int kiscsi_ctl_logout(struct kiscsi_conn *conn, enum kiscsi_logout_reason reason,
		      unsigned long timeout)
{
	struct kiscsi_logout_req req = {
		.opcode = KISCSI_OP_LOGOUT,
		.flags = reason,
		/* section 11.14.3: reserved where the session is meant */
		.cid = reason == KISCSI_LOGOUT_SESSION ? 0 : cpu_to_be16(conn->cid),
	};
	int ret;

	kiscsi_conn_set_state(conn, KISCSI_CONN_LOGGING_OUT);
	ret = kiscsi_ctl_request(conn, KISCSI_CTL_LOGOUT, (struct kiscsi_bhs *)&req, timeout);
	conn->logged_out = ret == 0;
	return ret;
}

/**
 * kiscsi_ctl_tmf() - task management function, RFC 7143 section 11.5
 * @conn: the connection; with @task, the one it is allegiant to
 * @function: which
 * @lun: 8-byte LUN
 * @task: for ABORT TASK, SENT; or NULL
 * @timeout: jiffies
 *
 * Context: may sleep; session->tmf_mutex held.
 * Return: enum kiscsi_tmf_response, or negative as kiscsi_ctl_request().
 */
int kiscsi_ctl_tmf(struct kiscsi_conn *conn, enum kiscsi_tmf function, const u8 lun[8],
		   const struct kiscsi_task *task, unsigned long timeout)
{
	struct kiscsi_tmf_req req = {
		.opcode = KISCSI_OP_TMF,
		.flags = function,
		.ref_itt = cpu_to_be32(task ? task->itt : KISCSI_RESERVED_TAG),
		.ref_cmdsn = cpu_to_be32(task ? task->cmdsn : 0),
	};

	lockdep_assert_held(&conn->session->tmf_mutex);
	memcpy(req.lun, lun, sizeof(req.lun));
	return kiscsi_ctl_request(conn, KISCSI_CTL_TMF, (struct kiscsi_bhs *)&req, timeout);
}

static int send_ping(struct kiscsi_conn *conn)
{
	struct kiscsi_nop_out nop = {
		.opcode = KISCSI_OP_NOP_OUT,
		.ttt = cpu_to_be32(KISCSI_RESERVED_TAG),
	};

	return kiscsi_ctl_request(conn, KISCSI_CTL_PING, (struct kiscsi_bhs *)&nop, 0);
}

/** kiscsi_conn_silent() - was it asked for a sign of life, and has given none yet? any context */
bool kiscsi_conn_silent(const struct kiscsi_conn *conn)
{
	unsigned long ping_sent = READ_ONCE(conn->ping_sent);

	return ping_sent && time_before(READ_ONCE(conn->last_life), ping_sent);
}

/* bytes that TCP keeps until there are more of a payload were received too, see rx_gather() */
static unsigned long last_life(struct kiscsi_conn *conn)
{
	const struct tcp_sock *tp = tcp_sk(conn->sock->sk);
	u32 age = tcp_jiffies32 - READ_ONCE(tp->inet_conn.icsk_ack.lrcvtime);
	unsigned long life = jiffies - age;

	if (READ_ONCE(tp->rcv_nxt) != READ_ONCE(tp->copied_seq) &&
	    time_after(life, READ_ONCE(conn->last_life)))
		WRITE_ONCE(conn->last_life, life);
	return READ_ONCE(conn->last_life);
}

/* seconds of silence before a NOP-Out; 0: none is sent */
static u32 nop_interval(const struct kiscsi_session *session)
{
	return READ_ONCE(session->has_tape) ? 0 : READ_ONCE(session->timers.nop_interval);
}

/**
 * kiscsi_conn_user_timeout() - TCP gives a silent peer as much time as the NOPs do, or for ever
 * @conn: with a socket, which does not go away meanwhile
 *
 * Context: may sleep; no lock of the connection held.
 */
void kiscsi_conn_user_timeout(struct kiscsi_conn *conn)
{
	u32 seconds = nop_interval(conn->session);
	struct sock *sk = conn->sock->sk;

	if (seconds)
		seconds += READ_ONCE(conn->session->timers.nop_timeout);
	if (READ_ONCE(inet_csk(sk)->icsk_user_timeout) != seconds * 1000)
		tcp_sock_set_user_timeout(sk, seconds * 1000);
}

/* jiffies until there is something to look at again; 0: the connection is dead */
static unsigned long nop_check(struct kiscsi_conn *conn, unsigned long now)
{
	unsigned long interval = nop_interval(conn->session) * HZ;
	unsigned long timeout = READ_ONCE(conn->session->timers.nop_timeout) * HZ;
	unsigned long life = last_life(conn);

	if (!interval) {
		conn->ping_sent = 0;
		return HZ;
	}
	if (conn->ping_sent && !kiscsi_conn_silent(conn))
		conn->ping_sent = 0;
	if (!conn->ping_sent) {
		if (time_before(now, life + interval))
			return life + interval - now;
		send_ping(conn);
		WRITE_ONCE(conn->ping_sent, now ? now : 1);
		return timeout;
	}
	if (time_before(now, conn->ping_sent + timeout))
		return conn->ping_sent + timeout - now;
	WRITE_ONCE(conn->session->silent_since, life);
	kiscsi_conn_fail(conn, "no sign of life for %lu s after a NOP-Out", timeout / HZ);
	return 0;
}

/**
 * kiscsi_nop_work() - keep-alive: any byte received, or room made in the socket, counts as life
 * @work: in the connection
 *
 * Context: kiscsi_io_wq; may sleep.
 */
void kiscsi_nop_work(struct work_struct *work)
{
	struct kiscsi_conn *conn = container_of(to_delayed_work(work), struct kiscsi_conn, nop_work);
	unsigned long next;

	if (READ_ONCE(conn->state) != KISCSI_CONN_UP)
		return;
	if (conn->session->conn_max > 1)
		kiscsi_tx_learn_window(conn);
	/* the timers may be others by now, and a tape may have come */
	kiscsi_conn_user_timeout(conn);
	next = nop_check(conn, jiffies);
	if (next)
		queue_delayed_work(kiscsi_io_wq, &conn->nop_work, min(next, NOP_GLANCE));
}
