// SPDX-License-Identifier: GPL-2.0
/*
 * Deviations in the full-feature phase that are not about a command's data: tags, serial numbers,
 * opcodes, lengths, silence, Reject, Asynchronous Message, NOP, task management, logout.
 */
#include <netinet/in.h>
#include <netinet/tcp.h>

#include "target.h"

#define B(field) BHS_AT(kiscsi_bhs, field)
#define AT_STATSN	24
#define AT_EXPCMDSN	28
#define AT_MAXCMDSN	32

/* ---- conditions ---- */

static bool when_final(const struct conn *c, const struct pdu *p, const struct active *a)
{
	u8 op = KISCSI_OPCODE(p->bhs.opcode);

	if (!when_io(c, p, a))
		return false;
	return op == KISCSI_OP_SCSI_RSP ||
	       (op == KISCSI_OP_DATA_IN && p->bhs.flags & KISCSI_DATA_IN_STATUS);
}

static bool when_reply(const struct conn *c, const struct pdu *p, const struct active *a)
{
	(void)c;
	(void)a;
	return be32_to_cpu(p->bhs.itt) != KISCSI_RESERVED_TAG;
}

static bool when_io_or_tmf(const struct conn *c, const struct pdu *p, const struct active *a)
{
	return KISCSI_OPCODE(p->bhs.opcode) == KISCSI_OP_TMF_RSP || when_io(c, p, a);
}

/* I/O, and after that the answer to a Logout, the first */
static bool when_io_or_logout(const struct conn *c, const struct pdu *p, const struct active *a)
{
	return a->state ? a->state == 1 && KISCSI_OPCODE(p->bhs.opcode) == KISCSI_OP_LOGOUT_RSP : when_io(c, p, a);
}

/*
 * I/O, and once a connection was lost over that the first answer on the next one: the kernel looks at the LUNs. Then
 * the answer to its Logout.
 */
static bool when_io_or_back(const struct conn *c, const struct pdu *p, const struct active *a)
{
	if (!a->state)
		return when_io(c, p, a);
	if (a->state == 1)
		return p->task && !scsi_is_io(p->task);
	return KISCSI_OPCODE(p->bhs.opcode) == KISCSI_OP_LOGOUT_RSP;
}

static bool when_stale(const struct conn *c, const struct pdu *p, const struct active *a)
{
	return c->old_itt_known && when_io(c, p, a);
}

/* ---- serial numbers ---- */

static enum verdict act_window(struct conn *c, struct pdu *p, struct active *a)
{
	(void)c;
	p->bhs.fields[3] = cpu_to_be32(be32_to_cpu(p->bhs.fields[2]) + a->b->val);
	return VERDICT_SEND;
}

static enum verdict act_freeze(struct conn *c, struct pdu *p, struct active *a)
{
	session_freeze(c->sess, be32_to_cpu(p->bhs.fields[3]), (u32)a->num);
	return VERDICT_SEND;
}

/* ---- digests ---- */

static enum verdict act_bad_header_digest(struct conn *c, struct pdu *p, struct active *a)
{
	(void)c;
	(void)a;
	p->bad_header_digest = true;
	return VERDICT_SEND;
}

static enum verdict act_bad_data_digest(struct conn *c, struct pdu *p, struct active *a)
{
	(void)c;
	(void)a;
	p->bad_data_digest = true;
	return VERDICT_SEND;
}

/* ---- Reject ---- */

static void command_header(const struct task *t, struct kiscsi_scsi_cmd *r)
{
	memset(r, 0, sizeof(*r));
	r->opcode = KISCSI_OP_SCSI_CMD;
	r->flags = (u8)(KISCSI_FLAG_FINAL | (t->read ? KISCSI_CMD_READ : 0) |
			(t->write ? KISCSI_CMD_WRITE : 0) | KISCSI_ATTR_SIMPLE);
	memcpy(r->lun, t->lun, sizeof(r->lun));
	r->itt = cpu_to_be32(t->itt);
	r->data_len = cpu_to_be32(t->edtl);
	r->cmdsn = cpu_to_be32(t->cmdsn);
	memcpy(r->cdb, t->cdb, sizeof(r->cdb));
}

/* in place of all answers to the command */
static enum verdict act_reject_command(struct conn *c, struct pdu *p, struct active *a)
{
	struct kiscsi_scsi_cmd head;
	struct pdu x;

	command_header(p->task, &head);
	pdu_init(&x, KISCSI_OP_REJECT);
	x.bhs.specific[0] = (u8)a->num;
	x.bhs.itt = cpu_to_be32(KISCSI_RESERVED_TAG);
	pdu_data(&x, &head, sizeof(head));
	p->task->silent = true;
	if (takes_statsn(p))
		c->statsn--;
	stamp(c, &x, true);
	pdu_emit(c, &x);
	pdu_free(&x);
	return VERDICT_SKIP;
}

/* a Reject of so many bytes of nonsense, besides the right answer */
static enum verdict act_reject_nonsense(struct conn *c, struct pdu *p, struct active *a)
{
	struct pdu x;

	pdu_init(&x, KISCSI_OP_REJECT);
	x.bhs.specific[0] = KISCSI_REJECT_PROTOCOL;
	x.bhs.itt = cpu_to_be32(KISCSI_RESERVED_TAG);
	fill_random(c, &x, (u32)a->num);
	emit_before(c, p, &x, true);
	return VERDICT_SEND;
}

/* in place of the answer to an immediate request that has no data */
static enum verdict act_reject_immediate(struct conn *c, struct pdu *p, struct active *a)
{
	struct kiscsi_bhs head = {
		.opcode = (u8)(KISCSI_IMMEDIATE | (KISCSI_OPCODE(p->bhs.opcode) & 0x1f)),
		.flags = KISCSI_FLAG_FINAL,
		.itt = p->bhs.itt,
	};
	struct pdu x;

	(void)a;
	pdu_init(&x, KISCSI_OP_REJECT);
	x.bhs.specific[0] = KISCSI_REJECT_TOO_MANY_IMMEDIATE;
	x.bhs.itt = cpu_to_be32(KISCSI_RESERVED_TAG);
	pdu_data(&x, &head, sizeof(head));
	c->statsn--;
	stamp(c, &x, true);
	pdu_emit(c, &x);
	pdu_free(&x);
	return VERDICT_SKIP;
}

static enum verdict act_reject_nobody(struct conn *c, struct pdu *p, struct active *a)
{
	struct kiscsi_scsi_cmd head;
	struct pdu x;

	(void)a;
	command_header(p->task, &head);
	head.itt = cpu_to_be32(ITT_NOBODY);
	pdu_init(&x, KISCSI_OP_REJECT);
	x.bhs.specific[0] = KISCSI_REJECT_PROTOCOL;
	x.bhs.itt = cpu_to_be32(KISCSI_RESERVED_TAG);
	pdu_data(&x, &head, sizeof(head));
	emit_before(c, p, &x, true);
	return VERDICT_SEND;
}

/* ---- Asynchronous Message ---- */

/* Time2Wait, in seconds: more than what is negotiated */
#define LEFT_ALONE	4

/* how far a target that wants the initiator gone has got; leave-abort keeps two commands first */
enum { LEAVE_KEPT = 2, LEAVE_ASKED, LEAVE_OVER };

static void async_init(struct conn *c, struct pdu *x, u8 event)
{
	struct kiscsi_async *r = (void *)&x->bhs;

	pdu_init(x, KISCSI_OP_ASYNC);
	r->itt = cpu_to_be32(KISCSI_RESERVED_TAG);
	r->event = event;
	if (event == KISCSI_ASYNC_LOGOUT || event == KISCSI_ASYNC_NEGOTIATE)
		r->param3 = cpu_to_be16(3);
	if (event == KISCSI_ASYNC_DROP_CONN || event == KISCSI_ASYNC_TASKS_TERMINATED)
		r->param1 = cpu_to_be16(c->cid);
	if (event == KISCSI_ASYNC_DROP_SESSION) {
		r->param2 = cpu_to_be16(LEFT_ALONE);
		conn_none_before(LEFT_ALONE);
	}
}

static enum verdict act_async(struct conn *c, struct pdu *p, struct active *a)
{
	struct pdu x;

	async_init(c, &x, (u8)a->num);
	emit_before(c, p, &x, true);
	if (a->num == KISCSI_ASYNC_LOGOUT || a->num == KISCSI_ASYNC_NEGOTIATE) {
		c->sent_away = true;
		c->sent_away_statsn = be32_to_cpu(x.bhs.fields[1]);
	}
	return VERDICT_SEND;
}

/* no word of our own that could say how long to stay away: the connection goes when it has been idle for a while */
static void tune_time2wait(struct tuning *t, const struct active *a)
{
	(void)t;
	(void)a;
	config.par.time2wait = LEFT_ALONE;
}

static enum verdict act_reset_idle(struct conn *c, struct pdu *p, struct active *a)
{
	(void)p;
	c->reset_at = now_ms() + a->num;
	return VERDICT_SEND;
}

static enum verdict act_stay_away(struct pdu *p)
{
	((struct kiscsi_logout_rsp *)&p->bhs)->time2wait = cpu_to_be16(LEFT_ALONE);
	conn_none_before(LEFT_ALONE);
	return VERDICT_SEND;
}

/* asks for a logout, and the answer to that says how long to stay away */
static enum verdict act_time2wait(struct conn *c, struct pdu *p, struct active *a)
{
	if (!a->state++)
		return act_async(c, p, a);
	return act_stay_away(p);
}

static enum verdict act_async_then_close(struct conn *c, struct pdu *p, struct active *a)
{
	act_async(c, p, a);
	wire_close(c);
	return VERDICT_SKIP;
}

/* the first connection is lost, the second is not wanted for a while */
static enum verdict act_async_early(struct conn *c, struct pdu *p, struct active *a)
{
	switch (a->state++) {
	case 0:
		return act_reset(c, p, a);
	case 1:
		return act_async(c, p, a);
	default:
		return act_stay_away(p);
	}
}

/* the answer goes out in one segment with the end of the stream */
static enum verdict act_close_behind(struct conn *c, struct pdu *p, struct active *a)
{
	int one = 1;

	(void)a;
	setsockopt(c->fd, IPPROTO_TCP, TCP_CORK, &one, sizeof(one));
	pdu_emit(c, p);
	wire_close(c);
	return VERDICT_SKIP;
}

/* event 0 with sense data: b->size bytes are there, SenseLength says a->num */
static enum verdict act_async_sense(struct conn *c, struct pdu *p, struct active *a)
{
	static const u8 sense[18] = { 0x70, 0, 6, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0x2a, 0x09 };
	u8 data[20];
	struct pdu x;

	async_init(c, &x, KISCSI_ASYNC_SCSI);
	if (p->task)
		memcpy(x.bhs.lun, p->task->lun, sizeof(x.bhs.lun));
	put_be16(data, (u16)a->num);
	memcpy(data + 2, sense, sizeof(sense));
	pdu_data(&x, data, a->b->size);
	emit_before(c, p, &x, true);
	return VERDICT_SEND;
}

/* ---- NOP ---- */

static enum verdict act_nops(struct conn *c, struct pdu *p, struct active *a)
{
	for (u32 i = 0; i < a->num; i++) {
		struct pdu x;

		nop_in_init(c, &x, a->b->size);
		emit_before(c, p, &x, false);
	}
	return VERDICT_SEND;
}

static enum verdict act_nop_data(struct conn *c, struct pdu *p, struct active *a)
{
	struct pdu x;

	nop_in_init(c, &x, true);
	fill_random(c, &x, a->num < c->par.send_dsl ? (u32)a->num : c->par.send_dsl);
	emit_before(c, p, &x, false);
	return VERDICT_SEND;
}

/* ---- task management: a command is kept until it is aborted, and the abort goes wrong ---- */

enum { TMF_RESPONSE, TMF_SILENT, TMF_NOBODY, TMF_TWICE, TMF_REFUSED, TMF_LATE, TMF_YIELDS };

/* the first two answers go out before the third, when whoever waited for them has gone on to other functions */
static enum verdict tmf_late(struct conn *c, struct pdu *p)
{
	if (c->late_tmfs < TMF_LATE_MAX) {
		c->late_tmf[c->late_tmfs++] = be32_to_cpu(p->bhs.itt);
		c->statsn--;
		return VERDICT_SKIP;
	}
	for (u32 i = 0; i < TMF_LATE_MAX; i++) {
		struct pdu x;

		pdu_init(&x, KISCSI_OP_TMF_RSP);
		x.bhs.itt = cpu_to_be32(c->late_tmf[i]);
		emit_before(c, p, &x, true);
	}
	note(c, "%u late answers to task management", c->late_tmfs);
	return VERDICT_SEND;
}

/* what comes first is kept, and a->num is the first function that ends it */
static enum verdict tmf_keep(struct conn *c, struct pdu *p, struct active *a)
{
	if (a->state++)
		return VERDICT_SEND;
	if (a->b->size == TMF_YIELDS)
		p->task->yields = (u8)a->num;
	return task_keep(c, p);
}

static enum verdict act_tmf(struct conn *c, struct pdu *p, struct active *a)
{
	if (KISCSI_OPCODE(p->bhs.opcode) != KISCSI_OP_TMF_RSP)
		return tmf_keep(c, p, a);
	switch (a->b->size) {
	case TMF_LATE:
		return tmf_late(c, p);
	case TMF_RESPONSE:
		p->bhs.specific[0] = (u8)a->num;
		break;
	case TMF_SILENT:
		c->statsn--;
		return VERDICT_SKIP;
	case TMF_NOBODY:
		p->bhs.itt = cpu_to_be32(ITT_NOBODY);
		break;
	case TMF_TWICE:
		p->twice = true;
		break;
	case TMF_REFUSED:
		return act_reject_immediate(c, p, a);
	}
	return VERDICT_SEND;
}

/* an R2T is kept until the LUN is reset, and the command with it: see reset_put_off() */
static enum verdict act_keep_r2t(struct conn *c, struct pdu *p, struct active *a)
{
	p->task->yields = (u8)a->num;
	c->kept_r2t = p->bhs;
	c->r2t_kept = true;
	return task_keep(c, p);
}

/*
 * Two commands are kept. When the first is to be aborted we ask for a logout instead of an answer, and do not
 * answer that either: the other one's turn to be aborted comes while the initiator waits.
 */

static bool when_leaving(const struct conn *c, const struct pdu *p, const struct active *a)
{
	switch (KISCSI_OPCODE(p->bhs.opcode)) {
	case KISCSI_OP_TMF_RSP:
	case KISCSI_OP_LOGOUT_RSP:
		return a->state < LEAVE_OVER;
	}
	return a->state < LEAVE_KEPT && when_io(c, p, a);
}

static enum verdict act_leaving(struct conn *c, struct pdu *p, struct active *a)
{
	u8 op = KISCSI_OPCODE(p->bhs.opcode);

	if (op != KISCSI_OP_TMF_RSP && op != KISCSI_OP_LOGOUT_RSP) {
		a->state++;
		return task_keep(c, p);
	}
	c->statsn--;
	if (op == KISCSI_OP_LOGOUT_RSP) {
		a->state = LEAVE_OVER;
		c->mute = true;
	} else if (a->state < LEAVE_ASKED) {
		struct pdu x;

		a->state = LEAVE_ASKED;
		async_init(c, &x, KISCSI_ASYNC_LOGOUT);
		stamp(c, &x, true);
		pdu_emit(c, &x);
		pdu_free(&x);
	}
	return VERDICT_SKIP;
}

/* ---- the table ---- */

#define ROW(n, expect_, io_, re, op_, when_, act_, ...)				\
	{ .name = n, .phase = PHASE_FULL, .expect = expect_, .io = io_, .says = re,	\
	  .op = op_, .when = when_, .act = act_, __VA_ARGS__ }
#define INJECT(n, opcode, kind, text_)						\
	ROW("itt-" n, EXPECT_DROP, "read", "ITT|tag|opcode|without a request", OP_ANY,				\
	    kind == ITT_STALE ? when_stale : when_io, act_inject,			\
	    .val = opcode, .size = kind, .what = text_)
#define NOP_SETS "nop-interval=1 nop-timeout=2"
#define R2T_SETS "initial-r2t=yes immediate-data=no max-outstanding-r2t=1"
#define SILENCE(n, op_, when_, act_, ...)						\
	ROW("silence-" n, EXPECT_DROP, "read", "NOP|tim(e|ed) ?out|no answer", op_, when_,	\
	    act_, .sets = NOP_SETS, __VA_ARGS__)
#define REJECT(n, v)								\
	ROW("reject-" n, EXPECT_DROP, "read", "reject", OP_ANY, when_io,		\
	    act_reject_command, .val = v, .what = "rejects a command, reason " #v)
#define TMF_ROW(n, expect_, re, kind, v, text_)						\
	ROW("tmf-" n, expect_, "abort", re, OP_ANY, when_io_or_tmf, act_tmf,		\
	    .size = kind, .val = v, .always = true, .what = text_)
#define TMF(n, kind, v, text_)	TMF_ROW(n, EXPECT_EITHER, "", kind, v, text_)
#define LOGOUT(n, act_, ...)							\
	ROW("logout-" n, EXPECT_EITHER, "logout", "", KISCSI_OP_LOGOUT_RSP, NULL, act_,	\
	    .always = true, __VA_ARGS__)

const struct behaviour behave_full[] = {
	/* tags */
	INJECT("unknown-scsi-rsp", KISCSI_OP_SCSI_RSP, ITT_UNKNOWN, "SCSI Response to nothing"),
	INJECT("unknown-data-in", KISCSI_OP_DATA_IN, ITT_UNKNOWN, "Data-In of nothing"),
	INJECT("unknown-r2t", KISCSI_OP_R2T, ITT_UNKNOWN, "R2T for nothing"),
	INJECT("unknown-tmf-rsp", KISCSI_OP_TMF_RSP, ITT_UNKNOWN, "Task Management Response to nothing"),
	INJECT("unknown-nop-in", KISCSI_OP_NOP_IN, ITT_UNKNOWN, "NOP-In to a ping nobody sent"),
	INJECT("unknown-logout-rsp", KISCSI_OP_LOGOUT_RSP, ITT_UNKNOWN, "Logout Response to nothing"),
	INJECT("unknown-text-rsp", KISCSI_OP_TEXT_RSP, ITT_UNKNOWN, "Text Response to nothing"),
	INJECT("reserved-scsi-rsp", KISCSI_OP_SCSI_RSP, ITT_RESERVED, "SCSI Response without a tag"),
	INJECT("reserved-data-in", KISCSI_OP_DATA_IN, ITT_RESERVED, "Data-In without a tag"),
	INJECT("reserved-r2t", KISCSI_OP_R2T, ITT_RESERVED, "R2T without a tag"),
	INJECT("reserved-tmf-rsp", KISCSI_OP_TMF_RSP, ITT_RESERVED, "Task Management Response without a tag"),
	INJECT("stale-scsi-rsp", KISCSI_OP_SCSI_RSP, ITT_STALE, "SCSI Response to a finished command"),
	INJECT("stale-data-in", KISCSI_OP_DATA_IN, ITT_STALE, "Data-In of a finished command"),
	INJECT("stale-r2t", KISCSI_OP_R2T, ITT_STALE, "R2T for a finished command"),
	INJECT("type-nop-in", KISCSI_OP_NOP_IN, ITT_CURRENT, "NOP-In with a command's tag"),
	INJECT("type-tmf-rsp", KISCSI_OP_TMF_RSP, ITT_CURRENT,
	       "Task Management Response with a command's tag"),
	INJECT("type-logout-rsp", KISCSI_OP_LOGOUT_RSP, ITT_CURRENT,
	       "Logout Response with a command's tag"),
	INJECT("type-text-rsp", KISCSI_OP_TEXT_RSP, ITT_CURRENT,
	       "Text Response with a command's tag"),

	/* opcodes and lengths */
	ROW("opcode-unknown", EXPECT_DROP, "read", "opcode", OP_ANY, when_final, act_set,
	    .size = 1, .val = 0x2a, .what = "an opcode nobody knows"),
	ROW("opcode-vendor", EXPECT_DROP, "read", "opcode", OP_ANY, when_final, act_set,
	    .size = 1, .val = 0x3c, .what = "a vendor's opcode"),
	ROW("opcode-initiator", EXPECT_DROP, "read", "opcode|SCSI Command", OP_ANY, when_final,
	    act_set, .size = 1, .val = KISCSI_OP_SCSI_CMD, .what = "a SCSI Command"),
	ROW("opcode-login-rsp", EXPECT_DROP, "read", "opcode|Login", OP_ANY, when_final, act_set,
	    .size = 1, .val = KISCSI_OP_LOGIN_RSP, .what = "a Login Response"),
	ROW("opcode-immediate", EXPECT_WORKS, "read", "", OP_ANY, when_final, act_or,
	    .size = 1, .val = 0x40, .what = "the I bit, reserved here"),
	ROW("opcode-high-bit", EXPECT_WORKS, "read", "", OP_ANY, when_final, act_or,
	    .size = 1, .val = 0x80, .what = "bit 7 of the opcode byte, reserved"),
	ROW("ahs-small", EXPECT_EITHER, "read", "AHS|additional", OP_ANY, when_final, act_ahs,
	    .val = 1, .what = "4 bytes of AHS in an answer"),
	ROW("ahs-large", EXPECT_EITHER, "read", "AHS|additional", OP_ANY, when_final, act_ahs,
	    .val = 255, .what = "1020 bytes of AHS in an answer"),
	ROW("dsl-huge", EXPECT_DROP, "write", "segment|length", KISCSI_OP_SCSI_RSP, when_io,
	    act_claim, .val = DSL_MAX, .what = "a SCSI Response that claims 16 MiB - 1 of data"),
	ROW("dsl-huge-nop", EXPECT_DROP, "nop", "segment|length", KISCSI_OP_NOP_IN, when_reply,
	    act_claim, .val = DSL_MAX, .sets = NOP_SETS, .what = "a NOP-In that claims 16 MiB - 1"),
	ROW("dsl-rsp-long", EXPECT_EITHER, "write", "segment|length|sense", KISCSI_OP_SCSI_RSP,
	    when_io, act_fill, .val = 8192, .what = "8192 bytes of data in a response of GOOD"),

	/* digests */
	ROW("digest-header", EXPECT_DROP, "read", "header digest|HeaderDigest", OP_ANY, when_io,
	    act_bad_header_digest, .sets = "header-digest=crc32c data-digest=crc32c",
	    .what = "a wrong header digest"),
	ROW("digest-data", EXPECT_DROP, "read", "data digest|DataDigest", KISCSI_OP_DATA_IN, when_io,
	    act_bad_data_digest, .sets = "header-digest=crc32c data-digest=crc32c",
	    .what = "a wrong data digest"),
	ROW("digest-payload", EXPECT_DROP, "read", "data digest|DataDigest", KISCSI_OP_DATA_IN, when_io,
	    act_bad_data_digest, .sets = "data-digest=crc32c", .what = "a wrong data digest alone"),

	/* silence and ends */
	SILENCE("all", OP_ANY, when_io, act_mute, .what = "no word any more, and TCP stays up"),
	SILENCE("half-header", OP_ANY, when_io, act_cut, .val = 20,
		.what = "20 bytes of a header, then silence"),
	SILENCE("after-header", KISCSI_OP_DATA_IN, when_io, act_cut, .val = 48,
		.what = "a header, then silence"),
	SILENCE("half-data", KISCSI_OP_DATA_IN, when_io, act_cut, .val = 648,
		.what = "600 bytes of data, then silence"),
	SILENCE("idle", KISCSI_OP_NOP_IN, when_reply, act_mute, .what = "no answer to a ping"),
	/* what comes later, answers to pings included, is taken for data: anything may come of it */
	ROW("silence-claim", EXPECT_EITHER, "write", "",
	    KISCSI_OP_SCSI_RSP, when_io, act_claim, .val = 200, .sets = NOP_SETS,
	    .what = "an answer that claims 200 bytes and has none"),
	ROW("close-now", EXPECT_DROP, "read", "clos", OP_ANY, when_io, act_close,
	    .what = "closes instead of an answer"),
	ROW("reset-now", EXPECT_DROP, "read", "clos|reset|lost", OP_ANY, when_io, act_reset,
	    .what = "resets instead of an answer"),
	ROW("close-in-header", EXPECT_DROP, "read", "clos", OP_ANY, when_io, act_cut_close,
	    .val = 20, .what = "closes inside a header"),
	ROW("close-in-data", EXPECT_DROP, "read", "clos", KISCSI_OP_DATA_IN, when_io, act_cut_close,
	    .val = 1048, .what = "closes inside data"),
	ROW("close-in-write", EXPECT_DROP, "write", "clos", KISCSI_OP_R2T, when_io, act_close,
	    .what = "closes in the middle of a write"),
	ROW("reset-in-write", EXPECT_DROP, "write", "clos|reset|lost", KISCSI_OP_R2T, when_io, act_reset,
	    .what = "resets in the middle of a write"),

	/* serial numbers */
	ROW("statsn-jump", EXPECT_DROP, "read", "StatSN", OP_ANY, when_final, act_add,
	    .off = AT_STATSN, .size = 4, .val = 5, .what = "StatSN jumps"),
	ROW("statsn-repeat", EXPECT_EITHER, "read", "StatSN", OP_ANY, when_final, act_add,
	    .off = AT_STATSN, .size = 4, .val = UINT32_MAX, .what = "StatSN of the answer before"),
	ROW("statsn-far", EXPECT_DROP, "read", "StatSN", OP_ANY, when_final, act_add,
	    .off = AT_STATSN, .size = 4, .val = 0x80000000u, .what = "StatSN half the numbers ahead"),
	ROW("window-back", EXPECT_WORKS, "read", "", OP_ANY, when_final, act_add,
	    .off = AT_MAXCMDSN, .size = 4, .val = (u32)-8, .what = "MaxCmdSN goes back: ignored"),
	ROW("window-below", EXPECT_WORKS, "read", "", OP_ANY, when_final, act_window,
	    .val = (u32)-3, .what = "MaxCmdSN under ExpCmdSN - 1: ignored"),
	ROW("expcmdsn-back", EXPECT_WORKS, "read", "", OP_ANY, when_final, act_add,
	    .off = AT_EXPCMDSN, .size = 4, .val = (u32)-4, .what = "ExpCmdSN goes back: ignored"),
	ROW("expcmdsn-ahead", EXPECT_EITHER, "read", "ExpCmdSN|CmdSN", OP_ANY, when_final, act_add,
	    .off = AT_EXPCMDSN, .size = 4, .val = 100, .what = "ExpCmdSN of commands never sent"),
	ROW("window-huge", EXPECT_EITHER, "read", "MaxCmdSN|window", OP_ANY, when_final, act_window,
	    .val = 0x7fffffff, .what = "a window of 2^31"),
	ROW("window-stalls", EXPECT_WORKS, "read", "", OP_ANY, when_final, act_freeze, .val = 1500,
	    .what = "the window does not move for 1.5 s, and a NOP-In opens it"),

	/* Reject */
	REJECT("data-digest", 0x02), REJECT("protocol", 0x04), REJECT("command", 0x05),
	REJECT("too-many", 0x06), REJECT("in-progress", 0x07), REJECT("invalid-pdu", 0x09),
	REJECT("long-operation", 0x0a), REJECT("logout", 0x0c), REJECT("reserved", 0x7f),
	ROW("reject-garbage", EXPECT_EITHER, "read", "reject", OP_ANY, when_io, act_reject_nonsense,
	    .val = 48, .what = "a Reject of 48 random bytes"),
	ROW("reject-short", EXPECT_DROP, "read", "reject", OP_ANY, when_io, act_reject_nonsense,
	    .val = 10, .what = "a Reject of 10 bytes"),
	ROW("reject-empty", EXPECT_DROP, "read", "reject", OP_ANY, when_io, act_reject_nonsense,
	    .val = 0, .what = "a Reject of nothing"),
	ROW("reject-long", EXPECT_EITHER, "read", "reject", OP_ANY, when_io, act_reject_nonsense,
	    .val = 4000, .what = "a Reject of 4000 bytes"),
	ROW("reject-unknown-itt", EXPECT_DROP, "read", "reject", OP_ANY, when_io,
	    act_reject_nobody, .what = "a Reject of a command nobody sent"),

	/* Asynchronous Message */
	ROW("async-scsi", EXPECT_WORKS, "read", "", OP_ANY, when_io, act_async_sense, .val = 18,
	    .size = 20, .what = "a SCSI event: CAPACITY DATA HAS CHANGED"),
	ROW("async-scsi-empty", EXPECT_EITHER, "read", "async", OP_ANY, when_io, act_async,
	    .val = KISCSI_ASYNC_SCSI, .what = "a SCSI event without sense data"),
	ROW("async-scsi-short", EXPECT_EITHER, "read", "async|sense", OP_ANY, when_io,
	    act_async_sense, .val = 18, .size = 6, .what = "a SCSI event with cut sense data"),
	ROW("async-scsi-lie", EXPECT_EITHER, "read", "async|sense", OP_ANY, when_io,
	    act_async_sense, .val = 65535, .size = 20, .what = "a SCSI event that claims 65535 bytes"),
	ROW("async-scsi-byte", EXPECT_EITHER, "read", "async|sense", OP_ANY, when_io,
	    act_async_sense, .val = 18, .size = 1, .what = "a SCSI event of one byte"),
	ROW("async-logout", EXPECT_DROP, "read", "logout, because the target asked", OP_ANY, when_io, act_async,
	    .val = KISCSI_ASYNC_LOGOUT, .what = "asks for a logout within 3 s"),
	ROW("async-drop-conn", EXPECT_DROP, "read", "async|drop|clos|target", OP_ANY, when_io,
	    act_async_then_close, .val = KISCSI_ASYNC_DROP_CONN, .what = "says it drops the connection, and does"),
	ROW("async-drop-session", EXPECT_DROP, "read", "async|drop|clos|target", OP_ANY, when_io,
	    act_async_then_close, .val = KISCSI_ASYNC_DROP_SESSION,
	    .what = "says it drops the session, and does"),
	ROW("async-negotiate", EXPECT_DROP, "read", "logout, because the target wants to negotiate", OP_ANY, when_io, act_async,
	    .val = KISCSI_ASYNC_NEGOTIATE, .what = "asks for a negotiation within 3 s"),
	ROW("async-logout-early", EXPECT_DROP, "leave", "clos|reset|lost", OP_ANY, when_io_or_back, act_async_early,
	    .val = KISCSI_ASYNC_LOGOUT, .always = true,
	    .what = "resets, asks for a logout when we are back but not up yet, and its answer says to stay away for 4 s"),
	ROW("async-drop-early", EXPECT_DROP, "leave", "clos|reset|lost", OP_ANY, when_io_or_back, act_async_early,
	    .val = KISCSI_ASYNC_DROP_SESSION, .always = true,
	    .what = "resets, and drops the session for 4 s when we are back but not up yet"),
	ROW("async-tasks-terminated", EXPECT_EITHER, "read", "async|terminat", OP_ANY, when_io,
	    act_async, .val = KISCSI_ASYNC_TASKS_TERMINATED, .what = "says all tasks are terminated"),
	ROW("async-vendor", EXPECT_WORKS, "read", "", OP_ANY, when_io, act_async,
	    .val = KISCSI_ASYNC_VENDOR, .what = "a vendor's event: passed over"),
	ROW("async-reserved", EXPECT_EITHER, "read", "async", OP_ANY, when_io, act_async, .val = 100,
	    .what = "an event nobody knows"),

	/* NOP */
	ROW("nop-ping", EXPECT_WORKS, "read", "", OP_ANY, when_io, act_nops, .val = 1, .size = 1,
	    .what = "a ping in the middle of a command: answered"),
	ROW("nop-some", EXPECT_WORKS, "read", "", OP_ANY, when_io, act_nops, .val = 4,
	    .size = 1, .what = "4 pings at once: all answered"),
	ROW("nop-flood", EXPECT_EITHER, "read", "NOP", OP_ANY, when_io, act_nops, .val = 2000,
	    .size = 1, .what = "2000 pings at once"),
	ROW("nop-flood-silent", EXPECT_WORKS, "read", "", OP_ANY, when_io, act_nops, .val = 5000,
	    .what = "5000 NOP-Ins that want no answer"),
	ROW("nop-data", EXPECT_EITHER, "read", "NOP", OP_ANY, when_io, act_nop_data, .val = 100,
	    .what = "a ping with 100 bytes of data"),
	ROW("nop-data-long", EXPECT_EITHER, "read", "NOP", OP_ANY, when_io, act_nop_data,
	    .val = 65536, .what = "a ping with as much data as a PDU can carry"),
	ROW("nop-reply-data", EXPECT_EITHER, "nop", "NOP", KISCSI_OP_NOP_IN, when_reply, act_fill,
	    .val = 33, .sets = NOP_SETS, .what = "other data in the answer to a ping"),
	ROW("nop-reply-twice", EXPECT_DROP, "nop", "NOP|ITT|tag|StatSN", KISCSI_OP_NOP_IN, when_reply,
	    act_twice, .sets = NOP_SETS, .what = "two answers to one ping"),
	ROW("nop-reply-ttt", EXPECT_EITHER, "nop", "NOP", KISCSI_OP_NOP_IN, when_reply, act_set,
	    .off = 20, .size = 4, .val = 77, .sets = NOP_SETS, .what = "an answer that is a ping too"),
	ROW("nop-rejected", EXPECT_WORKS, "nop", "", KISCSI_OP_NOP_IN, when_reply, act_reject_immediate,
	    .sets = NOP_SETS, .what = "a ping is rejected: too many immediate commands"),
	ROW("nop-reply-itt", EXPECT_DROP, "nop", "NOP|ITT|tag", KISCSI_OP_NOP_IN, when_reply,
	    act_set, .off = B(itt), .size = 4, .val = ITT_NOBODY, .sets = NOP_SETS,
	    .what = "an answer to a ping nobody sent"),

	/* a command that is never answered, and what becomes of the abort */
	TMF_ROW("complete", EXPECT_WORKS, "function 1,", TMF_RESPONSE, KISCSI_TMF_COMPLETE,
		"a command without an answer is aborted"),
	TMF_ROW("no-task", EXPECT_WORKS, "function 1,", TMF_RESPONSE, KISCSI_TMF_NO_TASK, "the abort finds no task"),
	TMF_ROW("lun-reset", EXPECT_WORKS, "function 5,", TMF_YIELDS, KISCSI_TMF_LUN_RESET,
		"a command without an answer is ended by nothing less than a reset of the LUN"),
	TMF_ROW("target-reset", EXPECT_WORKS, "function 6,", TMF_YIELDS, KISCSI_TMF_TARGET_WARM_RESET,
		"a command without an answer is ended by nothing less than a reset of the target"),
	TMF_ROW("late", EXPECT_WORKS, "2 late answers", TMF_LATE, 0,
		"an abort and a reset are answered when nobody waits for that any more"),
	ROW("tmf-r2t", EXPECT_WORKS, "abort-write", "the R2T was answered", KISCSI_OP_R2T, when_write, act_keep_r2t,
	    .val = KISCSI_TMF_LUN_RESET, .sets = R2T_SETS,
	    .what = "an R2T when the LUN is being reset, which waits for its data"),
	TMF_ROW("unsupported", EXPECT_DROP, "SCSI error handler", TMF_RESPONSE, KISCSI_TMF_UNSUPPORTED,
		"aborts and resets are not supported"),
	TMF_ROW("rejected", EXPECT_DROP, "SCSI error handler", TMF_RESPONSE, KISCSI_TMF_REJECTED,
		"aborts and resets are rejected"),
	TMF_ROW("reserved", EXPECT_DROP, "SCSI error handler", TMF_RESPONSE, 0x77,
		"aborts and resets get an answer nobody knows"),
	TMF("silent", TMF_SILENT, 0, "aborts get no answer"),
	TMF("wrong-itt", TMF_NOBODY, 0, "the answer is to another abort"),
	TMF("twice", TMF_TWICE, 0, "two answers to one abort"),
	TMF("refused", TMF_REFUSED, 0, "aborts are rejected before they are read: too many immediate commands"),
	ROW("leave-abort", EXPECT_DROP, "leave", "logout, because the target asked", OP_ANY, when_leaving,
	    act_leaving, .always = true, .what = "asks for a logout while commands are about to be aborted"),

	ROW("leave-with-answer", EXPECT_DROP, "leave", "clos", KISCSI_OP_SCSI_RSP, when_write, act_close_behind,
	    .what = "closes with the last byte of an answer"),

	/* how long to stay away */
	ROW("time2wait-logout", EXPECT_DROP, "leave", "logout, because the target asked", OP_ANY, when_io_or_logout,
	    act_time2wait, .val = KISCSI_ASYNC_LOGOUT, .always = true,
	    .what = "asks for a logout, and its answer says to stay away for 4 s"),
	ROW("time2wait-default", EXPECT_DROP, "leave", "clos|reset|lost", OP_ANY, when_final, act_reset_idle,
	    .tune = tune_time2wait, .val = 6000, .sets = "nop-interval=60",
	    .what = "resets after 6 s without a word, DefaultTime2Wait is 4 s"),

	/* logout */
	LOGOUT("silent", act_mute, .what = "no answer to a logout"),
	LOGOUT("close", act_close, .what = "closes instead of an answer to a logout"),
	LOGOUT("reset", act_reset, .what = "resets instead of an answer to a logout"),
	LOGOUT("refused", act_set, .off = 2, .size = 1, .val = 1, .what = "response: CID not found"),
	LOGOUT("failed", act_set, .off = 2, .size = 1, .val = 3, .what = "response: cleanup failed"),
	LOGOUT("reserved", act_set, .off = 2, .size = 1, .val = 0x55, .what = "a response nobody knows"),
	LOGOUT("too-many", act_reject_immediate, .what = "a logout is rejected: too many immediate commands"),
	LOGOUT("wrong-itt", act_set, .off = B(itt), .size = 4, .val = ITT_NOBODY,
	       .what = "the answer is to another logout"),
	LOGOUT("cut", act_cut_close, .val = 47, .what = "closes after ARG bytes of the answer"),
	LOGOUT("half", act_cut, .val = 20, .what = "20 bytes of the answer, then silence"),
	{ }
};
