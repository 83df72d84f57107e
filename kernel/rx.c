// SPDX-License-Identifier: GPL-2.0
/*
 * The receive side of a connection: bytes from TCP become PDUs, PDUs move tasks on.
 *
 * Everything here runs under the socket lock: in softirq when data arrives, in the context of a
 * sender that finds data in the socket's backlog, or in rx_work. Nothing sleeps. Nothing a target
 * sends is used before it is checked, and what breaks the protocol costs it the connection.
 */
#include <linux/skbuff.h>
#include <net/tcp.h>
#include <scsi/scsi.h>

#include "trace.h"

/* Bytes taken in one softirq; the rest is rx_work's, so that nobody else is kept waiting. */
#define RX_SOFTIRQ_BYTES (256 * 1024)

/* Bytes of a payload that TCP may keep until it calls us: below the smallest window it opens with, 64 KiB. */
#define RX_GATHER (48 * 1024)

#define rx_break(conn, fmt, ...)						\
	do {									\
		(conn)->counters.protocol_errors++;				\
		WRITE_ONCE((conn)->broke_protocol, true);			\
		kiscsi_conn_fail(conn, "protocol error: " fmt, ##__VA_ARGS__);	\
	} while (0)

/*
 * ---- serial numbers ----
 */

static void wake_window_waiters(struct kiscsi_session *session)
{
	unsigned long waiters = xchg(&session->window_waiters, 0);
	u32 i;

	for_each_set_bit(i, &waiters, session->conn_max)
		kiscsi_tx_kick(session->conns[i]);
}

/* RFC 7143 section 4.2.2.1: an impossible pair is ignored, and MaxCmdSN never goes back */
static void rx_window(struct kiscsi_conn *conn)
{
	u32 exp = be32_to_cpu(conn->rx.nop_in.expcmdsn);
	u32 max = be32_to_cpu(conn->rx.nop_in.maxcmdsn);

	if (kiscsi_sn_lt(max, exp - 1))
		return;
	if (kiscsi_sn_lt(conn->exp_cmdsn, exp))
		conn->exp_cmdsn = exp;
	if (!kiscsi_sn_lt(conn->max_cmdsn, max))
		return;
	WRITE_ONCE(conn->max_cmdsn, max);
	/* pairs with the one in window_wait() */
	smp_mb();
	if (READ_ONCE(conn->session->window_waiters))
		wake_window_waiters(conn->session);
}

/* below error recovery level 1 a status that got lost cannot be asked for again */
static bool rx_statsn(struct kiscsi_conn *conn)
{
	u32 statsn = be32_to_cpu(conn->rx.nop_in.statsn);

	if (statsn != conn->exp_statsn) {
		rx_break(conn, "StatSN %u, expected %u", statsn, conn->exp_statsn);
		return false;
	}
	conn->exp_statsn++;
	return true;
}

/*
 * ---- SCSI ----
 */

static u32 bytes_missing(const struct kiscsi_task *task)
{
	const struct kiscsi_tx *tx = &task->conn->tx;

	if (!task->write)
		return task->len - task->in_done;
	return task->len - task->out_done + (tx->task == task ? tx->data_left : 0);
}

/*
 * Data that did not arrive is never good: a GOOD status has to own up to what is missing, by its
 * residual count. (ExpDataSN says less than the bytes do, and targets differ about it.)
 */
static int task_result(struct kiscsi_task *task, u8 status, u8 flags, u32 residual)
{
	struct scsi_cmnd *cmd = kiscsi_task_cmd(task);
	u32 missing = bytes_missing(task);
	u32 under = flags & KISCSI_RSP_UNDERFLOW ? min(residual, task->len) : 0;

	scsi_set_resid(cmd, max(missing, under));
	if (status == SAM_STAT_GOOD && under < missing) {
		scmd_printk(KERN_WARNING, cmd, "kiscsi: GOOD status, but %u of %u bytes are missing\n",
			    missing - under, task->len);
		return DID_ERROR << 16;
	}
	return DID_OK << 16 | status;
}

/* the entry of struct kiscsi_latency, as KISCSI_NL_LATENCIES has it */
static u32 latency_entry(u64 ns)
{
	u64 t = ns >> 11;
	u32 e;

	if (t < 4)
		return t;
	e = __fls(t);
	return min_t(u32, 4 * (e - 1) + (t >> (e - 2) & 3), KISCSI_NL_LATENCIES - 1);
}

/*
 * The block layer takes the time at the start of a request anyway; at its end it does so too late for us. So
 * the clock is read here, but once for all that one call of tcp_read_sock() completes. None of it was sent
 * after that: the socket lock is held.
 */
static void count_latency(struct kiscsi_conn *conn, struct kiscsi_task *task)
{
	u64 start = scsi_cmd_to_rq(kiscsi_task_cmd(task))->start_time_ns;
	struct kiscsi_latency *latency = task->write ? &conn->writes : &conn->reads;

	if (!start || !task->len)
		return;
	if (!conn->rx.now)
		conn->rx.now = ktime_get_ns();
	latency->count[latency_entry(conn->rx.now - start)]++;
}

static void copy_sense(struct kiscsi_conn *conn, struct scsi_cmnd *cmd)
{
	const struct kiscsi_rx *rx = &conn->rx;
	u32 len;

	if (rx->buf_len < 2)
		return;
	len = rx->buf[0] << 8 | rx->buf[1];
	len = min3(len, rx->buf_len - 2, (u32)SCSI_SENSE_BUFFERSIZE);
	memcpy(cmd->sense_buffer, rx->buf + 2, len);
}

static void rx_scsi_rsp(struct kiscsi_conn *conn)
{
	const struct kiscsi_scsi_rsp *rsp = &conn->rx.scsi_rsp;
	struct kiscsi_task *task;
	bool withdrawn;
	int result;

	task = kiscsi_task_find(conn, be32_to_cpu(rsp->itt), &withdrawn);
	if (!task && !withdrawn) {
		rx_break(conn, "SCSI Response with ITT 0x%08x, which is not outstanding",
			 be32_to_cpu(rsp->itt));
		return;
	}
	if (!rx_statsn(conn) || !task)
		return;
	if (rsp->response == KISCSI_RSP_COMPLETED)
		result = task_result(task, rsp->status, rsp->flags, be32_to_cpu(rsp->residual));
	else
		result = DID_ERROR << 16;
	copy_sense(conn, kiscsi_task_cmd(task));
	if (conn->rx.buf_len > 2)
		kiscsi_lun_sense(conn->session, kiscsi_task_cmd(task), conn->rx.buf + 2,
				 conn->rx.buf_len - 2);
	count_latency(conn, task);
	kiscsi_task_answered(task, result);
}

/* before a byte of it is copied */
static bool data_in_begin(struct kiscsi_conn *conn, u32 len)
{
	const struct kiscsi_data_in *hdr = &conn->rx.data_in;
	u32 itt = be32_to_cpu(hdr->itt);
	u32 offset = be32_to_cpu(hdr->offset);
	u32 datasn = be32_to_cpu(hdr->datasn);
	struct kiscsi_task *task;
	bool withdrawn;

	task = kiscsi_task_find(conn, itt, &withdrawn);
	if (!task) {
		if (!withdrawn)
			rx_break(conn, "Data-In with ITT 0x%08x, which is not outstanding", itt);
		return withdrawn;
	}
	if (task->write || !task->len) {
		rx_break(conn, "Data-In for a command that reads nothing (ITT 0x%08x)", itt);
		return false;
	}
	if (datasn != task->in_datasn) {
		rx_break(conn, "Data-In with DataSN %u, expected %u", datasn, task->in_datasn);
		return false;
	}
	if (offset != task->in_done) {
		rx_break(conn, "Data-In at offset %u, expected %u", offset, task->in_done);
		return false;
	}
	if (len > task->len - task->in_done) {
		rx_break(conn, "Data-In of %u bytes at %u is outside the transfer of %u", len, offset,
			 task->len);
		return false;
	}
	conn->rx.task = task;
	return true;
}

static void rx_data_in(struct kiscsi_conn *conn)
{
	const struct kiscsi_data_in *hdr = &conn->rx.data_in;
	struct kiscsi_task *task = conn->rx.task;
	u32 len = kiscsi_get_dsl(&conn->rx.bhs);

	conn->rx.task = NULL;
	conn->counters.data_in += len;
	if (task) {
		task->in_done += len;
		task->in_datasn++;
	}
	if (!(hdr->flags & KISCSI_DATA_IN_STATUS))
		return;
	if (!rx_statsn(conn) || !task)
		return;
	count_latency(conn, task);
	kiscsi_task_answered(task, task_result(task, hdr->status, hdr->flags,
					       be32_to_cpu(hdr->residual)));
}

/* A target that leaves the field 0 is forgiven: there are some (gotgt), and ITT and TTT say which task is meant. */
static bool r2t_lun_good(const struct kiscsi_r2t *hdr, const struct kiscsi_task *task)
{
	return !memcmp(hdr->lun, task->bhs.lun, sizeof(hdr->lun)) || !memchr_inv(hdr->lun, 0, sizeof(hdr->lun));
}

/* An R2T must ask for what comes next: DataSequenceInOrder is Yes, always. */
static bool r2t_good(struct kiscsi_conn *conn, const struct kiscsi_task *task)
{
	const struct kiscsi_params *params = &conn->session->params;
	const struct kiscsi_r2t *hdr = &conn->rx.r2t;
	u32 offset = be32_to_cpu(hdr->offset);
	u32 len = be32_to_cpu(hdr->data_len);
	u32 open = task->r2t_count;

	if (conn->tx.seq == task && task->seq_ttt != KISCSI_RESERVED_TAG)
		open++;
	if (!task->write)
		rx_break(conn, "R2T for a command that does not write (ITT 0x%08x)", task->itt);
	else if (!r2t_lun_good(hdr, task))
		rx_break(conn, "R2T with the LUN %*phN, which is not the command's (ITT 0x%08x)",
			 (int)sizeof(hdr->lun), hdr->lun, task->itt);
	else if (be32_to_cpu(hdr->r2tsn) != task->r2tsn)
		rx_break(conn, "R2T with R2TSN %u, expected %u", be32_to_cpu(hdr->r2tsn),
			 task->r2tsn);
	else if (hdr->ttt == cpu_to_be32(KISCSI_RESERVED_TAG))
		rx_break(conn, "R2T with the reserved Target Transfer Tag");
	else if (offset != task->solicited)
		rx_break(conn, "R2T at offset %u, expected %u", offset, task->solicited);
	else if (!len || len > task->len - offset)
		rx_break(conn, "R2T of %u bytes at %u is outside the transfer of %u", len, offset,
			 task->len);
	else if (len > params->max_burst_length)
		rx_break(conn, "R2T of %u bytes, but MaxBurstLength is %u", len,
			 params->max_burst_length);
	else if (open >= params->max_outstanding_r2t)
		rx_break(conn, "more than %u R2Ts outstanding", params->max_outstanding_r2t);
	else
		return true;
	return false;
}

static void rx_r2t(struct kiscsi_conn *conn)
{
	const struct kiscsi_r2t *hdr = &conn->rx.r2t;
	struct kiscsi_r2t_wait *r2t;
	struct kiscsi_task *task;
	bool withdrawn;

	task = kiscsi_task_find(conn, be32_to_cpu(hdr->itt), &withdrawn);
	if (!task) {
		if (!withdrawn)
			rx_break(conn, "R2T with ITT 0x%08x, which is not outstanding",
				 be32_to_cpu(hdr->itt));
		return;
	}
	if (!r2t_good(conn, task))
		return;
	r2t = &task->r2t[(task->r2t_first + task->r2t_count) % KISCSI_MAX_R2T];
	r2t->ttt = be32_to_cpu(hdr->ttt);
	r2t->len = be32_to_cpu(hdr->data_len);
	task->r2tsn++;
	task->solicited += r2t->len;
	if (!task->r2t_count++)
		list_add_tail(&task->entry, &conn->tx_r2ts);
	conn->counters.r2ts++;
	kiscsi_tx_kick(conn);
}

/*
 * ---- all else ----
 */

static bool rx_answer(struct kiscsi_conn *conn, enum kiscsi_ctl_kind kind, const char *what,
		      int response)
{
	u32 itt = be32_to_cpu(conn->rx.bhs.itt);

	if (!kiscsi_ctl_answer(conn, kind, itt, response)) {
		rx_break(conn, "%s with ITT 0x%08x, which is not outstanding", what, itt);
		return false;
	}
	return rx_statsn(conn);
}

static void rx_nop_in(struct kiscsi_conn *conn)
{
	const struct kiscsi_nop_in *nop = &conn->rx.nop_in;

	/* section 11.19.4: StatSN does not advance with what is not an answer */
	if (nop->itt != cpu_to_be32(KISCSI_RESERVED_TAG)) {
		rx_answer(conn, KISCSI_CTL_PING, "NOP-In", 0);
		return;
	}
	if (nop->ttt == cpu_to_be32(KISCSI_RESERVED_TAG))
		return;
	if (kiscsi_ctl_pong(conn, nop))
		rx_break(conn, "NOP-In faster than they can be answered");
	else
		kiscsi_tx_kick(conn);
}

static void rx_tmf_rsp(struct kiscsi_conn *conn)
{
	rx_answer(conn, KISCSI_CTL_TMF, "Task Management Function Response",
		  conn->rx.tmf_rsp.response);
}

/* at least a second: a target that drops us whenever we come would keep a CPU busy */
static void rx_time2wait(struct kiscsi_session *session, __be16 seconds)
{
	WRITE_ONCE(session->time2wait, clamp_t(int, be16_to_cpu(seconds), 1, KISCSI_TIME2WAIT_MAX));
}

static void rx_logout_rsp(struct kiscsi_conn *conn)
{
	const struct kiscsi_logout_rsp *rsp = &conn->rx.logout_rsp;

	/* early enough: nobody connects again before this connection, locked here, has been stopped */
	if (rx_answer(conn, KISCSI_CTL_LOGOUT, "Logout Response", rsp->response))
		rx_time2wait(conn->session, rsp->time2wait);
}

/* the session goes with it; of a connection that is gone already it is old news */
static void rx_drop_conn(struct kiscsi_session *session, const struct kiscsi_async *async)
{
	u32 i;

	for (i = 0; i < session->conn_max; i++) {
		struct kiscsi_conn *conn = session->conns[i];
		enum kiscsi_conn_state state = READ_ONCE(conn->state);

		if (conn->cid != be16_to_cpu(async->param1) ||
		    (state != KISCSI_CONN_UP && state != KISCSI_CONN_LOGGING_OUT))
			continue;
		rx_time2wait(session, async->param2);
		kiscsi_conn_fail(conn, "target drops the connection");
	}
}

static void rx_async(struct kiscsi_conn *conn)
{
	const struct kiscsi_async *async = &conn->rx.async;
	struct kiscsi_session *session = conn->session;

	if (!rx_statsn(conn))
		return;
	switch (async->event) {
	case KISCSI_ASYNC_SCSI:
		kiscsi_event(session, KISCSI_EVENT_ASYNC, "SCSI event");
		kiscsi_scan_soon(session);
		break;
	case KISCSI_ASYNC_LOGOUT:
	case KISCSI_ASYNC_NEGOTIATE:
		/* no new command from here on; a Logout has to sleep for its answer: the session's work sends it */
		kiscsi_conn_set_state(conn, KISCSI_CONN_LOGGING_OUT);
		WRITE_ONCE(conn->leave_asked, async->event);
		queue_work(kiscsi_recovery_wq, &session->recover_work);
		break;
	case KISCSI_ASYNC_DROP_CONN:
		rx_drop_conn(session, async);
		break;
	case KISCSI_ASYNC_DROP_SESSION:
		rx_time2wait(session, async->param2);
		kiscsi_conn_fail(conn, "target drops all connections of the session");
		break;
	default:
		kiscsi_event(session, KISCSI_EVENT_ASYNC, "event of unknown code, passed over");
	}
}

static const char *reject_reason(u8 reason)
{
	switch (reason) {
	case KISCSI_REJECT_DATA_DIGEST:
		return "data digest error";
	case KISCSI_REJECT_SNACK:
		return "SNACK";
	case KISCSI_REJECT_PROTOCOL:
		return "protocol error";
	case KISCSI_REJECT_COMMAND:
		return "command not supported";
	case KISCSI_REJECT_TOO_MANY_IMMEDIATE:
		return "too many immediate commands";
	case KISCSI_REJECT_TASK_IN_PROGRESS:
		return "task in progress";
	case KISCSI_REJECT_INVALID_DATA_ACK:
		return "invalid data ACK";
	case KISCSI_REJECT_INVALID_PDU:
		return "invalid PDU field";
	case KISCSI_REJECT_LONG_OPERATION:
		return "out of resources";
	case KISCSI_REJECT_WAITING_FOR_LOGOUT:
		return "waiting for logout";
	default:
		return "unknown reason";
	}
}

/*
 * A rejected PDU leaves a task of which the two sides think differently. Only an immediate control
 * PDU may be rejected without harm: its requester hears of it.
 */
static void rx_reject(struct kiscsi_conn *conn)
{
	const struct kiscsi_rx *rx = &conn->rx;
	const struct kiscsi_bhs *bad = (const void *)rx->buf;
	u8 opcode = rx->buf_len >= KISCSI_BHS_LEN ? KISCSI_OPCODE(bad->opcode) : 0xff;

	if (!rx_statsn(conn))
		return;
	if (opcode == KISCSI_OP_TMF)
		kiscsi_ctl_answer(conn, KISCSI_CTL_TMF, be32_to_cpu(bad->itt),
				  KISCSI_TMF_REJECTED);
	else if (opcode == KISCSI_OP_NOP_OUT)
		kiscsi_ctl_answer(conn, KISCSI_CTL_PING, be32_to_cpu(bad->itt), 0);
	else
		kiscsi_conn_fail(conn, "target rejected a PDU (opcode 0x%02x): %s", opcode,
				 reject_reason(rx->reject.reason));
}

/*
 * ---- PDUs from bytes ----
 */

static u32 header_len(const struct kiscsi_conn *conn)
{
	return KISCSI_BHS_LEN + (conn->header_digest ? KISCSI_DIGEST_LEN : 0);
}

/* the PDU is whole, and its digests are right */
static void pdu_received(struct kiscsi_conn *conn)
{
	conn->rx.phase = KISCSI_RX_HEADER;
	conn->rx.have = 0;
	conn->counters.pdus_in++;
	trace_kiscsi_pdu_received(conn, &conn->rx.bhs);
	switch (KISCSI_OPCODE(conn->rx.bhs.opcode)) {
	case KISCSI_OP_DATA_IN:
		rx_data_in(conn);
		break;
	case KISCSI_OP_SCSI_RSP:
		rx_scsi_rsp(conn);
		break;
	case KISCSI_OP_R2T:
		rx_r2t(conn);
		break;
	case KISCSI_OP_NOP_IN:
		rx_nop_in(conn);
		break;
	case KISCSI_OP_TMF_RSP:
		rx_tmf_rsp(conn);
		break;
	case KISCSI_OP_LOGOUT_RSP:
		rx_logout_rsp(conn);
		break;
	case KISCSI_OP_ASYNC:
		rx_async(conn);
		break;
	case KISCSI_OP_REJECT:
		rx_reject(conn);
		break;
	default:
		rx_break(conn, "opcode 0x%02x in full-feature phase",
			 KISCSI_OPCODE(conn->rx.bhs.opcode));
		return;
	}
	rx_window(conn);
}

static bool header_good(struct kiscsi_conn *conn)
{
	const struct kiscsi_rx *rx = &conn->rx;
	u32 len = kiscsi_get_dsl(&rx->bhs);

	if (conn->header_digest &&
	    !kiscsi_digest_ok(rx->hdr + KISCSI_BHS_LEN, rx->hdr, KISCSI_BHS_LEN)) {
		conn->counters.digest_errors++;
		kiscsi_conn_fail(conn, "header digest error");
		return false;
	}
	if (rx->bhs.ahs_len) {
		rx_break(conn, "additional header segment in a PDU of opcode 0x%02x",
			 KISCSI_OPCODE(rx->bhs.opcode));
		return false;
	}
	if (len > conn->max_recv_dsl) {
		rx_break(conn, "data segment of %u bytes, but MaxRecvDataSegmentLength is %u", len,
			 conn->max_recv_dsl);
		return false;
	}
	return true;
}

static void header_received(struct kiscsi_conn *conn)
{
	struct kiscsi_rx *rx = &conn->rx;
	u32 len = kiscsi_get_dsl(&rx->bhs);

	rx->task = NULL;
	rx->buf_len = 0;
	if (!header_good(conn))
		return;
	if (KISCSI_OPCODE(rx->bhs.opcode) == KISCSI_OP_DATA_IN && !data_in_begin(conn, len))
		return;
	if (!len) {
		pdu_received(conn);
		return;
	}
	rx->data_left = len;
	rx->crc = KISCSI_CRC_SEED;
	rx->trailer_len = kiscsi_padding(len) + (conn->data_digest ? KISCSI_DIGEST_LEN : 0);
	rx->phase = KISCSI_RX_DATA;
}

static u32 rx_header(struct kiscsi_conn *conn, struct sk_buff *skb, u32 offset, u32 len)
{
	struct kiscsi_rx *rx = &conn->rx;
	u32 want = header_len(conn);
	u32 n = min(len, want - rx->have);

	if (skb_copy_bits(skb, offset, rx->hdr + rx->have, n))
		return 0;
	rx->have += n;
	if (rx->have == want)
		header_received(conn);
	return n;
}

/* sense data, a rejected header; what does not fit, and what nobody wants, only feeds the digest */
static u32 rx_to_buf(struct kiscsi_conn *conn, struct sk_buff *skb, u32 offset, u32 len)
{
	struct kiscsi_rx *rx = &conn->rx;
	u8 scratch[64];
	u8 *to = rx->buf + rx->buf_len;
	u32 n = min(len, KISCSI_RX_BUF - rx->buf_len);

	if (!n) {
		to = scratch;
		n = min_t(u32, len, sizeof(scratch));
	}
	if (skb_copy_bits(skb, offset, to, n))
		return 0;
	if (conn->data_digest)
		rx->crc = kiscsi_crc(rx->crc, to, n);
	if (to != scratch)
		rx->buf_len += n;
	return n;
}

static u32 rx_data(struct kiscsi_conn *conn, struct sk_buff *skb, u32 offset, u32 len)
{
	struct kiscsi_rx *rx = &conn->rx;
	u32 n = min(len, rx->data_left);

	if (rx->task)
		n = kiscsi_cursor_copy_in(&rx->task->in, skb, offset, n,
					  conn->data_digest ? &rx->crc : NULL);
	else
		n = rx_to_buf(conn, skb, offset, n);
	rx->data_left -= n;
	if (rx->data_left)
		return n;
	rx->have = 0;
	rx->phase = KISCSI_RX_TRAILER;
	if (!rx->trailer_len)
		pdu_received(conn);
	return n;
}

static bool data_digest_good(struct kiscsi_conn *conn)
{
	struct kiscsi_rx *rx = &conn->rx;
	u32 pad = rx->trailer_len - KISCSI_DIGEST_LEN;
	__le32 digest = kiscsi_crc_final(kiscsi_crc(rx->crc, rx->trailer, pad));

	return !memcmp(&digest, rx->trailer + pad, sizeof(digest));
}

static u32 rx_trailer(struct kiscsi_conn *conn, struct sk_buff *skb, u32 offset, u32 len)
{
	struct kiscsi_rx *rx = &conn->rx;
	u32 n = min(len, rx->trailer_len - rx->have);

	if (skb_copy_bits(skb, offset, rx->trailer + rx->have, n))
		return 0;
	rx->have += n;
	if (rx->have < rx->trailer_len)
		return n;
	if (conn->data_digest && !data_digest_good(conn)) {
		conn->counters.digest_errors++;
		kiscsi_conn_fail(conn, "data digest error");
		return n;
	}
	pdu_received(conn);
	return n;
}

static bool can_receive(const struct kiscsi_conn *conn)
{
	enum kiscsi_conn_state state = READ_ONCE(conn->state);

	return state == KISCSI_CONN_UP || state == KISCSI_CONN_LOGGING_OUT;
}

/* tcp_read_sock() calls this for each piece; what it returns has been taken */
static int rx_actor(read_descriptor_t *desc, struct sk_buff *skb, unsigned int offset, size_t len)
{
	struct kiscsi_conn *conn = desc->arg.data;
	u32 done = 0;

	while (done < len && can_receive(conn)) {
		u32 at = offset + done, left = len - done, n;

		if (conn->rx.phase == KISCSI_RX_HEADER)
			n = rx_header(conn, skb, at, left);
		else if (conn->rx.phase == KISCSI_RX_DATA)
			n = rx_data(conn, skb, at, left);
		else
			n = rx_trailer(conn, skb, at, left);
		if (!n) {
			kiscsi_conn_fail(conn, "socket buffer cannot be read");
			break;
		}
		done += n;
	}
	desc->count -= min_t(size_t, desc->count, done);
	return done;
}

/* in the middle of a payload a call for every packet is wasted: let TCP put some together */
static void rx_gather(struct kiscsi_conn *conn)
{
	u32 want = 1;

	if (conn->rx.phase == KISCSI_RX_DATA)
		want = min_t(u32, conn->rx.data_left + conn->rx.trailer_len, RX_GATHER);
	WRITE_ONCE(conn->sock->sk->sk_rcvlowat, want);
}

/**
 * kiscsi_rx_data_ready() - take in what the socket has, up to a limit
 * @conn: the connection
 *
 * Context: socket lock, as TCP or lock_sock() gives it; does not sleep.
 */
void kiscsi_rx_data_ready(struct kiscsi_conn *conn)
{
	read_descriptor_t desc = { .arg.data = conn, .count = RX_SOFTIRQ_BYTES };

	kiscsi_assert_locked(conn);
	WRITE_ONCE(conn->last_life, jiffies);
	conn->rx.now = 0;
	tcp_read_sock(conn->sock->sk, &desc, rx_actor);
	rx_gather(conn);
	if (!desc.count)
		queue_work(kiscsi_io_wq, &conn->rx_work);
}

/** kiscsi_rx_work() - go on where the softirq stopped; kiscsi_io_wq */
void kiscsi_rx_work(struct work_struct *work)
{
	struct kiscsi_conn *conn = container_of(work, struct kiscsi_conn, rx_work);

	if (!kiscsi_tx_trylock(conn, &conn->rx_wanted))
		return;
	WRITE_ONCE(conn->rx_wanted, false);
	if (conn->sock)
		lock_sock(conn->sock->sk);
	if (can_receive(conn))
		kiscsi_rx_data_ready(conn);
	/* whoever has stopped it meanwhile has dealt with its end */
	if (conn->sock && READ_ONCE(conn->closed))
		kiscsi_conn_ended(conn);
	kiscsi_conn_unlock(conn);
}

/** kiscsi_rx_reset() - the next byte is the first of a PDU; socket lock, or no socket yet */
void kiscsi_rx_reset(struct kiscsi_conn *conn)
{
	conn->rx.phase = KISCSI_RX_HEADER;
	conn->rx.have = 0;
	conn->rx.task = NULL;
	conn->rx.buf_len = 0;
}
