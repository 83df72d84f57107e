// SPDX-License-Identifier: GPL-2.0
/*
 * The send side of a connection: what goes out next, and how far the PDU on the way has got.
 *
 * One sender at a time has the send mutex: the submitter itself where it may sleep, else tx_work. It
 * holds the socket lock for the whole batch, so what the receive side queues (answers to NOP-In,
 * R2Ts) and the state of tasks need no lock of their own, and responses that arrive meanwhile wait
 * in the socket's backlog. Nothing here waits for room: a full socket ends the batch, and the
 * write-space callback starts the next one.
 *
 * Order: control PDUs, then the Data-Out sequence that was begun (unsolicited data has to follow its
 * command on the connection, and a sequence is not broken up), then data for R2Ts, then
 * new commands as far as the window lets them.
 */
#include <linux/sched/mm.h>
#include <net/tcp.h>

#include "trace.h"

/* PDUs one submitter sends for others before it leaves the rest to tx_work */
#define TX_BATCH 64

/*
 * ---- the command window ----
 */

static bool can_send(const struct kiscsi_conn *conn)
{
	enum kiscsi_conn_state state = READ_ONCE(conn->state);

	return state == KISCSI_CONN_UP || state == KISCSI_CONN_LOGGING_OUT;
}

/* what a connection that is gone once heard may be so old that it seems to lie ahead */
static u32 session_max_cmdsn(const struct kiscsi_conn *own)
{
	const struct kiscsi_session *session = own->session;
	u32 max = READ_ONCE(own->max_cmdsn);
	u32 i;

	for (i = 0; i < session->conn_max; i++) {
		u32 other = READ_ONCE(session->conns[i]->max_cmdsn);

		if (can_send(session->conns[i]) && kiscsi_sn_lt(max, other))
			max = other;
	}
	return max;
}

/**
 * kiscsi_tx_learn_window() - take over the newest MaxCmdSN that any connection of the session has heard
 * @conn: one that may hear little
 *
 * 2^31 commands later, on other connections, what it once heard would seem to lie ahead.
 *
 * Context: may sleep.
 */
void kiscsi_tx_learn_window(struct kiscsi_conn *conn)
{
	/* one that is sending gets answers, and hears */
	if (!mutex_trylock(&conn->send_mutex))
		return;
	if (conn->sock)
		lock_sock(conn->sock->sk);
	WRITE_ONCE(conn->max_cmdsn, session_max_cmdsn(conn));
	kiscsi_conn_unlock(conn);
}

static bool window_open(const struct kiscsi_conn *conn)
{
	u32 cmdsn = atomic_read(&conn->session->cmdsn);

	return kiscsi_sn_lte(cmdsn, READ_ONCE(conn->max_cmdsn)) ||
	       kiscsi_sn_lte(cmdsn, session_max_cmdsn(conn));
}

/* A closed window parks the connection; the PDU that opens it, on any connection, kicks us. */
static bool window_wait(struct kiscsi_conn *conn)
{
	unsigned long *waiters = &conn->session->window_waiters;

	if (window_open(conn))
		return true;
	set_bit(conn->index, waiters);
	/* pairs with the one in rx_window(): either we see the new MaxCmdSN or it sees our bit */
	smp_mb__after_atomic();
	if (!window_open(conn))
		return false;
	clear_bit(conn->index, waiters);
	return true;
}

static bool take_cmdsn(struct kiscsi_conn *conn, u32 *cmdsn)
{
	atomic_t *next = &conn->session->cmdsn;
	int old = atomic_read(next);

	do {
		if (!kiscsi_sn_lte(old, READ_ONCE(conn->max_cmdsn)) &&
		    !kiscsi_sn_lte(old, session_max_cmdsn(conn)))
			return false;
	} while (!atomic_try_cmpxchg(next, &old, old + 1));
	*cmdsn = old;
	return true;
}

/* another connection may take the last number between the look and the taking: look again */
static bool wait_cmdsn(struct kiscsi_conn *conn, u32 *cmdsn)
{
	while (window_wait(conn))
		if (take_cmdsn(conn, cmdsn))
			return true;
	return false;
}

/*
 * ---- what comes next ----
 */

/* Take what submitters have left; llist gives it newest first. */
static void collect_submitted(struct kiscsi_conn *conn)
{
	struct llist_node *first = llist_del_all(&conn->submit);
	struct kiscsi_task *task, *next;

	first = llist_reverse_order(first);
	llist_for_each_entry_safe(task, next, first, submit)
		list_add_tail(&task->entry, &conn->tx_cmds);
}

static void pdu_begin(struct kiscsi_conn *conn, void *hdr, u32 hdr_len, u32 data_len)
{
	struct kiscsi_tx *tx = &conn->tx;

	if (conn->header_digest) {
		kiscsi_digest_put(hdr + hdr_len, hdr, hdr_len);
		hdr_len += KISCSI_DIGEST_LEN;
	}
	tx->hdr = hdr;
	tx->hdr_left = hdr_len;
	tx->data_left = data_len;
	tx->crc = KISCSI_CRC_SEED;
	tx->trailer_done = 0;
	tx->trailer_len = kiscsi_padding(data_len);
	if (data_len && conn->data_digest)
		tx->trailer_len += KISCSI_DIGEST_LEN;
	memset(tx->trailer, 0, sizeof(tx->trailer));
	conn->counters.pdus_out++;
	trace_kiscsi_pdu_sent(conn, hdr);
	conn->counters.data_out += data_len;
}

static bool next_ctl(struct kiscsi_conn *conn)
{
	struct kiscsi_ctl *ctl = list_first_entry_or_null(&conn->tx_ctl, struct kiscsi_ctl, entry);

	if (!ctl)
		return false;
	list_del_init(&ctl->entry);
	if (ctl == &conn->ctl[KISCSI_CTL_PING])
		conn->counters.nops++;
	else if (ctl == &conn->ctl[KISCSI_CTL_TMF])
		conn->counters.aborts++;
	/* CmdSN and ExpStatSN stand at the same place in all three kinds */
	ctl->nop_out.cmdsn = cpu_to_be32(atomic_read(&conn->session->cmdsn));
	ctl->nop_out.expstatsn = cpu_to_be32(conn->exp_statsn);
	conn->tx.ctl = ctl;
	pdu_begin(conn, ctl->hdr, KISCSI_BHS_LEN, 0);
	return true;
}

/* the next Data-Out of the sequence that was begun; the command's header makes room for it */
static void begin_data_out(struct kiscsi_conn *conn, struct kiscsi_task *task)
{
	struct kiscsi_data_out *hdr = &task->data_out;
	u32 len = min(task->seq_left, conn->max_xmit_dsl);
	u8 lun[8];

	memcpy(lun, task->bhs.lun, sizeof(lun));
	memset(hdr, 0, sizeof(*hdr));
	memcpy(hdr->lun, lun, sizeof(lun));
	hdr->opcode = KISCSI_OP_DATA_OUT;
	hdr->flags = len == task->seq_left ? KISCSI_FLAG_FINAL : 0;
	kiscsi_put_dsl(hdr->dsl, len);
	hdr->itt = cpu_to_be32(task->itt);
	hdr->ttt = cpu_to_be32(task->seq_ttt);
	hdr->expstatsn = cpu_to_be32(conn->exp_statsn);
	hdr->datasn = cpu_to_be32(task->seq_datasn++);
	hdr->offset = cpu_to_be32(task->out_done);
	task->seq_left -= len;
	task->out_done += len;
	conn->tx.task = task;
	pdu_begin(conn, hdr, KISCSI_BHS_LEN, len);
}

static void begin_sequence(struct kiscsi_conn *conn, struct kiscsi_task *task, u32 ttt, u32 len)
{
	task->seq_left = len;
	task->seq_ttt = ttt;
	task->seq_datasn = 0;
	conn->tx.seq = task;
}

static bool next_sequence(struct kiscsi_conn *conn)
{
	if (!conn->tx.seq)
		return false;
	begin_data_out(conn, conn->tx.seq);
	return true;
}

static bool next_r2t(struct kiscsi_conn *conn)
{
	struct kiscsi_task *task = list_first_entry_or_null(&conn->tx_r2ts, struct kiscsi_task, entry);
	struct kiscsi_r2t_wait *r2t;

	if (!task)
		return false;
	r2t = &task->r2t[task->r2t_first];
	task->r2t_first = (task->r2t_first + 1) % KISCSI_MAX_R2T;
	if (--task->r2t_count)
		list_move_tail(&task->entry, &conn->tx_r2ts);
	else
		list_del_init(&task->entry);
	begin_sequence(conn, task, r2t->ttt, r2t->len);
	return next_sequence(conn);
}

/*
 * A CmdSN that was taken and not sent stalls the target for every connection: so there is room in
 * the socket before it is taken (tx_room()), and nobody else can use that room up.
 */
static bool next_command(struct kiscsi_conn *conn)
{
	struct kiscsi_task *task;

	task = list_first_entry_or_null(&conn->tx_cmds, struct kiscsi_task, entry);
	/* nothing may follow a Logout Request but what it is waited for with, section 11.14 */
	if (!task || READ_ONCE(conn->state) != KISCSI_CONN_UP || !wait_cmdsn(conn, &task->cmdsn))
		return false;
	list_del_init(&task->entry);
	kiscsi_task_send_slot(task);
	task->cmd.itt = cpu_to_be32(task->itt);
	task->cmd.cmdsn = cpu_to_be32(task->cmdsn);
	task->cmd.expstatsn = cpu_to_be32(conn->exp_statsn);
	task->out_done = task->immediate;
	if (task->unsolicited > task->immediate)
		begin_sequence(conn, task, KISCSI_RESERVED_TAG, task->unsolicited - task->immediate);
	conn->tx.task = task;
	pdu_begin(conn, task->hdr, task->hdr_len, task->immediate);
	conn->counters.commands++;
	return true;
}

static bool next_pdu(struct kiscsi_conn *conn)
{
	return next_ctl(conn) || next_sequence(conn) || next_r2t(conn) || next_command(conn);
}

/* is something certain to follow at once? Then TCP need not push. */
static bool more_follows(struct kiscsi_conn *conn)
{
	const struct kiscsi_tx *tx = &conn->tx;

	if (!list_empty(&conn->tx_ctl) || !list_empty(&conn->tx_r2ts))
		return true;
	if (tx->seq && tx->seq->seq_left)
		return true;
	return !list_empty(&conn->tx_cmds) && READ_ONCE(conn->state) == KISCSI_CONN_UP &&
	       window_open(conn);
}

/*
 * ---- the PDU on the way ----
 */

static int send_flags(struct kiscsi_conn *conn, bool more)
{
	conn->tx.corked = more;
	return MSG_DONTWAIT | MSG_NOSIGNAL | (more ? MSG_MORE : 0);
}

static int send_copy(struct kiscsi_conn *conn, const void *data, u32 len, bool more)
{
	struct kvec kv = { .iov_base = (void *)data, .iov_len = len };
	struct msghdr msg = { .msg_flags = send_flags(conn, more) };

	iov_iter_kvec(&msg.msg_iter, ITER_SOURCE, &kv, 1, len);
	return tcp_sendmsg_locked(conn->sock->sk, &msg, len);
}

static int send_header(struct kiscsi_conn *conn)
{
	struct kiscsi_tx *tx = &conn->tx;
	bool more = tx->data_left || more_follows(conn);
	int ret = send_copy(conn, tx->hdr, tx->hdr_left, more);

	if (ret <= 0)
		return ret;
	tx->hdr += ret;
	tx->hdr_left -= ret;
	return ret;
}

/*
 * A program may write to the memory that it has written to the disk from (O_DIRECT), and the digest is not of what
 * TCP finds there later: the target ends the connection. Sent again from the same memory, that would go on for as
 * long as the program does. What TCP does not take is copied anew, for the digest is of what it took.
 */
static int send_data_copied(struct kiscsi_conn *conn)
{
	struct kiscsi_tx *tx = &conn->tx;
	struct kiscsi_cursor *out = &tx->task->out;
	u32 len = sg_pcopy_to_buffer(out->sg, INT_MAX, conn->copy, min_t(u32, tx->data_left, sizeof(conn->copy)),
				     out->offset);
	int ret = send_copy(conn, conn->copy, len, true);

	if (ret <= 0)
		return ret;
	tx->crc = kiscsi_crc(tx->crc, conn->copy, ret);
	kiscsi_cursor_advance(out, ret, NULL);
	tx->data_left -= ret;
	return ret;
}

static int send_data(struct kiscsi_conn *conn)
{
	struct kiscsi_tx *tx = &conn->tx;
	struct kiscsi_cursor *out = &tx->task->out;
	unsigned int count;
	u32 len = kiscsi_cursor_gather(out, tx->data_left, conn->bv, ARRAY_SIZE(conn->bv), &count);
	bool more = len < tx->data_left || tx->trailer_len || more_follows(conn);
	int ret;

	if (count)
		ret = kiscsi_send_pages(conn->sock->sk, conn->bv, count, len,
					send_flags(conn, more));
	else
		ret = send_copy(conn, sg_virt(out->sg) + out->offset, len, more);
	if (ret <= 0)
		return ret;
	kiscsi_cursor_advance(out, ret, conn->data_digest ? &tx->crc : NULL);
	tx->data_left -= ret;
	return ret;
}

static int send_trailer(struct kiscsi_conn *conn)
{
	struct kiscsi_tx *tx = &conn->tx;
	u32 pad = tx->trailer_len % KISCSI_DIGEST_LEN;
	int ret;

	if (conn->data_digest && !tx->trailer_done) {
		__le32 digest = kiscsi_crc_final(kiscsi_crc(tx->crc, tx->trailer, pad));

		memcpy(tx->trailer + pad, &digest, sizeof(digest));
	}
	ret = send_copy(conn, tx->trailer + tx->trailer_done, tx->trailer_len - tx->trailer_done,
			more_follows(conn));
	if (ret > 0)
		tx->trailer_done += ret;
	return ret;
}

static void pdu_end(struct kiscsi_conn *conn)
{
	struct kiscsi_tx *tx = &conn->tx;
	struct kiscsi_task *task = tx->task;

	if (tx->ctl)
		tx->ctl->queued = false;
	tx->ctl = NULL;
	tx->task = NULL;
	if (!task)
		return;
	if (tx->seq == task && !task->seq_left)
		tx->seq = NULL;
	if (task->state == KISCSI_TASK_ANSWERED)
		kiscsi_task_done(task, kiscsi_task_cmd(task)->result);
}

/* 1 when the PDU is through, else what TCP said: -EAGAIN for a full socket */
static int pdu_push(struct kiscsi_conn *conn)
{
	struct kiscsi_tx *tx = &conn->tx;
	int ret = 1;

	while (ret > 0 && (tx->hdr_left || tx->data_left || tx->trailer_done < tx->trailer_len)) {
		if (tx->hdr_left)
			ret = send_header(conn);
		else if (tx->data_left && conn->data_digest && time_before(jiffies, conn->copy_until))
			ret = send_data_copied(conn);
		else if (tx->data_left)
			ret = send_data(conn);
		else
			ret = send_trailer(conn);
	}
	if (ret > 0)
		pdu_end(conn);
	return ret > 0 ? 1 : ret ? ret : -EAGAIN;
}

/* Room for a header, or the write-space callback is asked for; it cannot come in between. */
static bool tx_room(struct sock *sk)
{
	if (sk_stream_memory_free(sk))
		return true;
	set_bit(SOCK_NOSPACE, &sk->sk_socket->flags);
	return false;
}

static bool tx_pending(const struct kiscsi_tx *tx)
{
	return tx->task || tx->ctl;
}

/*
 * Send until there is nothing more, the window or the socket is full, or @batch PDUs are out.
 * Returns true if the batch ended it.
 */
static bool send_batch(struct kiscsi_conn *conn, u32 batch)
{
	struct sock *sk = conn->sock->sk;
	int ret = 1;

	while (batch && ret > 0) {
		if (!tx_pending(&conn->tx)) {
			if (!tx_room(sk) || !next_pdu(conn))
				return false;
		}
		ret = pdu_push(conn);
		batch--;
	}
	if (ret < 0 && ret != -EAGAIN)
		kiscsi_conn_fail(conn, "cannot send: %s (%d)", kiscsi_error_text(ret), -ret);
	return ret > 0;
}

/* Commands that came too late for a connection that is gone. */
static void give_back_queued(struct kiscsi_conn *conn)
{
	LIST_HEAD(tasks);
	int gate = READ_ONCE(conn->session->gate);

	kiscsi_tx_take_queued(conn, KISCSI_ALL_TASKS, &tasks);
	kiscsi_tasks_give_back(&tasks, gate > 0 ? gate << 16 : KISCSI_RESULT_RETRY);
}

static bool tx_run(struct kiscsi_conn *conn)
{
	unsigned int noreclaim;
	bool more, corked;

	lockdep_assert_held(&conn->send_mutex);
	/* before what is looked at next, by the barrier in collect_submitted() */
	WRITE_ONCE(conn->tx_wanted, false);
	if (!can_send(conn)) {
		give_back_queued(conn);
		return false;
	}
	/* noreclaim: this may be write-back's own way to the disk */
	noreclaim = memalloc_noreclaim_save();
	lock_sock(conn->sock->sk);
	collect_submitted(conn);
	more = send_batch(conn, TX_BATCH);
	corked = conn->tx.corked && !more && !tx_pending(&conn->tx);
	if (!more)
		conn->tx.corked = false;
	release_sock(conn->sock->sk);
	/* what seemed certain to follow did not: another connection took the last CmdSN */
	if (corked)
		tcp_sock_set_nodelay(conn->sock->sk);
	memalloc_noreclaim_restore(noreclaim);
	return more;
}

/** kiscsi_tx_kick() - there is something to send; any context */
void kiscsi_tx_kick(struct kiscsi_conn *conn)
{
	queue_work(kiscsi_io_wq, &conn->tx_work);
}

static bool tx_asked_for(const struct kiscsi_conn *conn)
{
	return !llist_empty(&conn->submit) || READ_ONCE(conn->tx_wanted);
}

/**
 * kiscsi_tx_trylock() - take the send mutex, or leave word for its holder
 * @conn: the connection
 * @wanted: tx_wanted or rx_wanted; cleared by whoever does what is wanted
 *
 * Return: it is ours; else the holder sees to it, in kiscsi_tx_unlock().
 */
bool kiscsi_tx_trylock(struct kiscsi_conn *conn, bool *wanted)
{
	/* the word is left before the mutex is tried */
	smp_store_mb(*wanted, true);
	return mutex_trylock(&conn->send_mutex);
}

/**
 * kiscsi_tx_unlock() - let go of the send mutex
 * @conn: the connection
 *
 * Nobody on the way of I/O waits for the mutex: they leave word (a task in submit, tx_wanted, rx_wanted) and go
 * when it is taken. So whoever has had it looks again after letting go.
 *
 * Return: there is something to send, and nobody else has been told.
 */
bool kiscsi_tx_unlock(struct kiscsi_conn *conn)
{
	mutex_unlock(&conn->send_mutex);
	/* the look may not move up before the mutex is free for others; pairs with those before a trylock */
	smp_mb();
	if (unlikely(READ_ONCE(conn->rx_wanted)))
		queue_work(kiscsi_io_wq, &conn->rx_work);
	return tx_asked_for(conn);
}

/** kiscsi_tx_work() - send what there is; kiscsi_io_wq */
void kiscsi_tx_work(struct work_struct *work)
{
	struct kiscsi_conn *conn = container_of(work, struct kiscsi_conn, tx_work);
	bool more;

	if (!kiscsi_tx_trylock(conn, &conn->tx_wanted))
		return;
	more = tx_run(conn);
	if (kiscsi_tx_unlock(conn) || more)
		kiscsi_tx_kick(conn);
}

/* The llist_add() before was a barrier. No work item is woken if that can be helped. */
static void send_inline(struct kiscsi_conn *conn)
{
	bool wanted = tx_asked_for(conn), more = false;

	while (wanted && !more) {
		if (!mutex_trylock(&conn->send_mutex))
			return;
		more = tx_run(conn);
		wanted = kiscsi_tx_unlock(conn);
	}
	if (more)
		kiscsi_tx_kick(conn);
}

/**
 * kiscsi_tx_submit() - queue a command
 * @conn: its connection
 * @task: made by kiscsi_task_init(); NULL: only the kick that was put off
 * @last: the midlayer has no more for now
 *
 * Context: of queuecommand: may sleep where %KISCSI_INLINE_SEND, else any.
 */
void kiscsi_tx_submit(struct kiscsi_conn *conn, struct kiscsi_task *task, bool last)
{
	if (task)
		llist_add(&task->submit, &conn->submit);
	/* a connection that has just been stopped may never be kicked again */
	if (!last && READ_ONCE(conn->state) == KISCSI_CONN_UP)
		return;
	if (KISCSI_INLINE_SEND)
		send_inline(conn);
	else
		kiscsi_tx_kick(conn);
}

/**
 * kiscsi_tx_unqueue() - take a QUEUED task out of the queue
 * @conn: its connection
 * @task: QUEUED
 *
 * Context: send mutex held.
 */
void kiscsi_tx_unqueue(struct kiscsi_conn *conn, struct kiscsi_task *task)
{
	lockdep_assert_held(&conn->send_mutex);
	collect_submitted(conn);
	list_del_init(&task->entry);
}

/**
 * kiscsi_tx_take_queued() - take QUEUED tasks out of the queue
 * @conn: their connection
 * @lun: of this logical unit, or %KISCSI_ALL_TASKS
 * @tasks: they are added here
 *
 * Context: send mutex held.
 */
void kiscsi_tx_take_queued(struct kiscsi_conn *conn, u64 lun, struct list_head *tasks)
{
	struct kiscsi_task *task, *next;

	lockdep_assert_held(&conn->send_mutex);
	collect_submitted(conn);
	list_for_each_entry_safe(task, next, &conn->tx_cmds, entry)
		if (kiscsi_task_matches(task, lun))
			list_move_tail(&task->entry, tasks);
}

/**
 * kiscsi_tx_reset() - forget the PDU on the way: the connection is dead
 * @conn: the connection
 *
 * Context: send mutex and socket lock.
 */
void kiscsi_tx_reset(struct kiscsi_conn *conn)
{
	lockdep_assert_held(&conn->send_mutex);
	kiscsi_assert_locked(conn);
	memset(&conn->tx, 0, sizeof(conn->tx));
}
