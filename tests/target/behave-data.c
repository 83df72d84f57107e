// SPDX-License-Identifier: GPL-2.0
/*
 * Deviations about a command's data: R2T, Data-In, residuals, status, sense.
 */
#include "target.h"

#define D(field) BHS_AT(kiscsi_data_in, field)
#define T(field) BHS_AT(kiscsi_r2t, field)
#define S(field) BHS_AT(kiscsi_scsi_rsp, field)

/* ---- conditions ---- */

static u32 offset_of(const struct pdu *p)
{
	return get_be32((const u8 *)&p->bhs + D(offset));
}

static bool when_read_later(const struct conn *c, const struct pdu *p, const struct active *a)
{
	return when_read(c, p, a) && offset_of(p);
}

static bool when_read_open(const struct conn *c, const struct pdu *p, const struct active *a)
{
	return when_read(c, p, a) && !(p->bhs.flags & KISCSI_DATA_IN_STATUS) &&
	       offset_of(p) + p->len < p->task->edtl;
}

static bool when_read_status(const struct conn *c, const struct pdu *p, const struct active *a)
{
	return when_read(c, p, a) && p->bhs.flags & KISCSI_DATA_IN_STATUS;
}

static bool when_write_later(const struct conn *c, const struct pdu *p, const struct active *a)
{
	return when_write(c, p, a) && get_be32((const u8 *)&p->bhs + T(r2tsn));
}

/* ---- tuning that makes room for a deviation ---- */

static void tune_small_data_in(struct tuning *t, const struct active *a)
{
	(void)a;
	t->data_in_max = 4096;
}

static void tune_small_r2t(struct tuning *t, const struct active *a)
{
	(void)a;
	t->r2t_max = 8192;
}

static void tune_no_collapse(struct tuning *t, const struct active *a)
{
	(void)a;
	t->no_collapse = true;
}

/* ---- R2T ---- */

static void set_r2t(struct pdu *p, size_t field, u32 v)
{
	put_be32((u8 *)&p->bhs + field, v);
}

static enum verdict act_r2t_outside(struct conn *c, struct pdu *p, struct active *a)
{
	(void)c;
	(void)a;
	set_r2t(p, T(offset), p->task->edtl);
	return VERDICT_SEND;
}

static enum verdict act_r2t_past_end(struct conn *c, struct pdu *p, struct active *a)
{
	(void)c;
	(void)a;
	set_r2t(p, T(data_len), p->task->edtl - offset_of(p) + 512);
	return VERDICT_SEND;
}

static enum verdict act_r2t_over_burst(struct conn *c, struct pdu *p, struct active *a)
{
	(void)a;
	set_r2t(p, T(data_len), c->par.max_burst + 512);
	return VERDICT_SEND;
}

static enum verdict act_r2t_too_many(struct conn *c, struct pdu *p, struct active *a)
{
	struct task *t = p->task;

	(void)a;
	pdu_emit(c, p);
	for (u32 i = 0; i < c->par.max_r2t; i++) {
		struct pdu x;

		r2t_init(c, t, &x, offset_of(p) + 8192 * (i + 1), 8192);
		stamp(c, &x, false);
		pdu_emit(c, &x);
		pdu_free(&x);
	}
	return VERDICT_SKIP;
}

/* ---- Data-In ---- */

static enum verdict act_data_outside(struct conn *c, struct pdu *p, struct active *a)
{
	(void)c;
	(void)a;
	set_r2t(p, D(offset), p->task->edtl);
	return VERDICT_SEND;
}

static enum verdict act_data_longer(struct conn *c, struct pdu *p, struct active *a)
{
	fill_random(c, p, p->len + (u32)a->num);
	return VERDICT_SEND;
}

static enum verdict act_data_over_dsl(struct conn *c, struct pdu *p, struct active *a)
{
	(void)a;
	fill_random(c, p, c->par.send_dsl + 512);
	return VERDICT_SEND;
}

static enum verdict act_data_after_status(struct conn *c, struct pdu *p, struct active *a)
{
	struct pdu x;

	(void)a;
	pdu_emit(c, p);
	data_in_init(c, p->task, &x, 0, 512);
	stamp(c, &x, false);
	pdu_emit(c, &x);
	pdu_free(&x);
	return VERDICT_SKIP;
}

static enum verdict act_slow(struct conn *c, struct pdu *p, struct active *a)
{
	(void)c;
	p->pause_ms = (u32)a->num;
	return VERDICT_SEND;
}

static enum verdict act_data_empty(struct conn *c, struct pdu *p, struct active *a)
{
	struct pdu x;

	(void)a;
	data_in_init(c, p->task, &x, offset_of(p), 0);
	/* it took the number after this one's */
	set_r2t(&x, D(datasn), get_be32((u8 *)&p->bhs + D(datasn)));
	set_r2t(p, D(datasn), p->task->datasn - 1);
	stamp(c, &x, false);
	pdu_emit(c, &x);
	pdu_free(&x);
	return VERDICT_SEND;
}

/* ---- data that does not come, and nobody says so ---- */

/* GOOD without a residual, now; nothing else of the command goes out. b->val: what ExpDataSN says */
static enum verdict act_good_now(struct conn *c, struct pdu *p, struct active *a)
{
	struct task *t = p->task;
	struct pdu x;

	if (takes_statsn(p))
		c->statsn--;
	scsi_rsp_init(c, t, &x);
	x.bhs.flags = KISCSI_FLAG_FINAL;
	set_r2t(&x, S(residual), 0);
	/* the PDU in hand took a number and is not sent */
	set_r2t(&x, S(expdatasn), (t->write ? t->r2tsn : t->datasn) - 1 + a->b->val);
	stamp(c, &x, true);
	pdu_emit(c, &x);
	pdu_free(&x);
	t->silent = true;
	return VERDICT_SKIP;
}

/* lost without a trace in DataSN */
static enum verdict act_data_lost(struct conn *c, struct pdu *p, struct active *a)
{
	(void)c;
	(void)a;
	p->task->datasn--;
	return VERDICT_SKIP;
}

/* half the data, and an honest residual */
static enum verdict act_short(struct conn *c, struct pdu *p, struct active *a)
{
	u32 half = p->len / 2 & ~511u;

	(void)c;
	(void)a;
	set_r2t(p, D(residual), p->len - half);
	p->len = half;
	p->bhs.flags |= KISCSI_RSP_UNDERFLOW;
	return VERDICT_SEND;
}

static enum verdict act_residual(struct conn *c, struct pdu *p, struct active *a)
{
	(void)c;
	p->bhs.flags |= a->b->size;
	set_r2t(p, S(residual), a->b->val);
	return VERDICT_SEND;
}

/* ---- status and sense ---- */

static enum verdict act_status(struct conn *c, struct pdu *p, struct active *a)
{
	(void)c;
	p->bhs.specific[1] = (u8)a->num;
	return VERDICT_SEND;
}

/* b->size bytes of data segment, and a SenseLength of b->val in it */
static enum verdict act_sense(struct conn *c, struct pdu *p, struct active *a)
{
	u8 data[256];

	(void)c;
	memset(data, 0, sizeof(data));
	put_be16(data, (u16)a->b->val);
	data[2] = 0x70;
	data[4] = 0x04;				/* HARDWARE ERROR */
	data[9] = 10;
	data[14] = 0x44;
	p->bhs.specific[1] = 2;
	pdu_data(p, data, a->b->size);
	return VERDICT_SEND;
}

/* a UNIT ATTENTION with the ASC and ASCQ of b->val, in place of the command */
static enum verdict act_attention(struct conn *c, struct pdu *p, struct active *a)
{
	u8 data[20] = { 0, 18, 0x70, 0, 6, 0, 0, 0, 0, 10 };

	(void)c;
	data[14] = (u8)(a->b->val >> 8);
	data[15] = (u8)a->b->val;
	p->bhs.specific[1] = 2;
	pdu_data(p, data, sizeof(data));
	return VERDICT_SEND;
}

static enum verdict act_sense_random(struct conn *c, struct pdu *p, struct active *a)
{
	fill_random(c, p, (u32)a->num);
	put_be16(p->data, (u16)(a->num - 2));
	p->bhs.specific[1] = 2;
	return VERDICT_SEND;
}

/* ---- the table ---- */

#define ROW(n, expect_, io_, re, op_, when_, act_, ...)				\
	{ .name = n, .phase = PHASE_FULL, .expect = expect_, .io = io_, .says = re,	\
	  .op = op_, .when = when_, .act = act_, __VA_ARGS__ }
/* Data-Out is to be asked for, so that there are R2Ts to spoil */
#define R2T_SETS "initial-r2t=yes immediate-data=no"
#define R2T(n, re, when_, act_, ...)							\
	ROW("r2t-" n, EXPECT_DROP, "write", re, KISCSI_OP_R2T, when_, act_, __VA_ARGS__)
#define DATA(n, re, when_, act_, ...)							\
	ROW("data-in-" n, EXPECT_DROP, "read", re, KISCSI_OP_DATA_IN, when_, act_, __VA_ARGS__)
#define RSP(n, expect_, io_, act_, ...)							\
	ROW(n, expect_, io_, "", KISCSI_OP_SCSI_RSP, when_io, act_, .tune = tune_no_collapse, \
	    __VA_ARGS__)
/* a command that nobody repeats, and what is to be said of its failure */
#define FAILS(n, re, act_, ...)								\
	ROW(n, EXPECT_FAIL, "read-once", re, KISCSI_OP_SCSI_RSP, when_io, act_, .tune = tune_no_collapse, \
	    __VA_ARGS__)
#define SENSE(n, re, bytes, claim, text_)						\
	FAILS("sense-" n, re, act_sense, .size = bytes, .val = claim, .what = text_)
#define STATUS_ROW(n, expect_, v, text_)						\
	RSP("status-" n, expect_, "read", act_status, .val = v, .what = text_)
#define STATUS_FAILS(n, re, v, text_)							\
	FAILS("status-" n, re, act_status, .val = v, .what = text_)
#define MISSING "of 65536 bytes are missing"

const struct behaviour behave_data[] = {
	/* R2T */
	R2T("outside", "R2T", when_write, act_r2t_outside, .sets = R2T_SETS,
	    .what = "an R2T after the end of the transfer"),
	R2T("past-end", "R2T", when_write, act_r2t_past_end, .sets = R2T_SETS,
	    .what = "an R2T over the end of the transfer"),
	R2T("offset-wraps", "R2T", when_write, act_set, .off = T(offset), .size = 4,
	    .val = 0xfffffe00u, .sets = R2T_SETS, .what = "offset + length of an R2T over 2^32"),
	R2T("zero", "R2T", when_write, act_set, .off = T(data_len), .size = 4, .sets = R2T_SETS,
	    .what = "an R2T for no bytes"),
	R2T("over-burst", "R2T", when_write, act_r2t_over_burst,
	    .sets = R2T_SETS " first-burst-length=4096 max-burst-length=16384",
	    .what = "an R2T over MaxBurstLength"),
	R2T("huge", "R2T", when_write, act_set, .off = T(data_len), .size = 4, .val = UINT32_MAX,
	    .sets = R2T_SETS, .what = "an R2T for 4 GiB - 1"),
	R2T("sn-ahead", "R2T", when_write, act_add, .off = T(r2tsn), .size = 4, .val = 1,
	    .sets = R2T_SETS, .what = "R2TSN jumps"),
	R2T("sn-repeat", "R2T", when_write_later, act_add, .off = T(r2tsn), .size = 4,
	    .val = UINT32_MAX, .tune = tune_small_r2t, .sets = R2T_SETS, .what = "R2TSN of the one before"),
	R2T("overlap", "R2T", when_write_later, act_add, .off = T(offset), .size = 4,
	    .val = (u32)-4096, .tune = tune_small_r2t, .sets = R2T_SETS,
	    .what = "an R2T for bytes asked for already"),
	R2T("gap", "R2T", when_write, act_add, .off = T(offset), .size = 4, .val = 4096,
	    .tune = tune_small_r2t, .sets = R2T_SETS, .what = "an R2T that leaves bytes out"),
	R2T("twice", "R2T", when_write, act_twice, .tune = tune_small_r2t, .sets = R2T_SETS,
	    .what = "the same R2T two times"),
	R2T("reserved-ttt", "R2T|TTT|tag", when_write, act_set, .off = T(ttt), .size = 4,
	    .val = KISCSI_RESERVED_TAG, .sets = R2T_SETS, .what = "an R2T without a TTT"),
	R2T("too-many", "R2T", when_write, act_r2t_too_many, .tune = tune_small_r2t,
	    .sets = R2T_SETS " max-outstanding-r2t=1", .what = "more R2Ts than MaxOutstandingR2T"),
	R2T("lun", "LUN", when_write, act_set, .off = T(lun) + 1, .size = 1, .val = 0x63, .sets = R2T_SETS,
	    .what = "an R2T with another LUN than the command's"),
	ROW("r2t-no-lun", EXPECT_WORKS, "write", "", KISCSI_OP_R2T, when_write, act_set, .off = T(lun) + 1, .size = 1,
	    .val = 0, .always = true, .sets = R2T_SETS, .what = "R2Ts whose LUN is 0 whatever the command's is"),
	ROW("r2t-with-data", EXPECT_EITHER, "write", "R2T", KISCSI_OP_R2T, when_write, act_fill,
	    .val = 512, .sets = R2T_SETS, .what = "an R2T with a data segment"),
	ROW("r2t-statsn", EXPECT_EITHER, "write", "StatSN", KISCSI_OP_R2T, when_write, act_add,
	    .off = T(statsn), .size = 4, .val = 5, .sets = R2T_SETS, .what = "an R2T's StatSN jumps"),
	ROW("r2t-no-final", EXPECT_EITHER, "write", "R2T", KISCSI_OP_R2T, when_write, act_clear,
	    .off = 1, .size = 1, .val = 0x80, .sets = R2T_SETS, .what = "an R2T without the F bit"),
	ROW("r2t-for-read", EXPECT_DROP, "read", "R2T", KISCSI_OP_DATA_IN, when_read, act_inject,
	    .val = KISCSI_OP_R2T, .size = ITT_CURRENT, .what = "an R2T for a read"),
	ROW("r2t-for-nodata", EXPECT_DROP, "nodata", "R2T", KISCSI_OP_SCSI_RSP, when_nodata,
	    act_inject, .val = KISCSI_OP_R2T, .size = ITT_CURRENT,
	    .what = "an R2T for a command without data"),

	/* Data-In */
	DATA("outside", "Data-In", when_read, act_data_outside,
	     .what = "a Data-In after the end of the transfer"),
	DATA("past-end", "Data-In", when_read, act_data_longer, .val = 512,
	     .what = "a Data-In over the end of the transfer"),
	DATA("offset-wraps", "Data-In", when_read, act_set, .off = D(offset), .size = 4,
	     .val = 0xffffff00u, .what = "offset + length of a Data-In over 2^32"),
	DATA("datasn-ahead", "Data-?SN", when_read, act_add, .off = D(datasn), .size = 4, .val = 1,
	     .what = "DataSN jumps"),
	DATA("datasn-repeat", "Data-?SN|Data-In", when_read_later, act_add, .off = D(datasn), .size = 4,
	     .val = UINT32_MAX, .tune = tune_small_data_in, .what = "DataSN of the one before"),
	DATA("twice", "Data-?SN|Data-In", when_read_open, act_twice, .tune = tune_small_data_in,
	     .what = "the same Data-In two times"),
	DATA("gap", "Data-In", when_read_open, act_add, .off = D(offset), .size = 4, .val = 512,
	     .tune = tune_small_data_in, .what = "a Data-In that leaves bytes out"),
	DATA("overlap", "Data-In", when_read_later, act_add, .off = D(offset), .size = 4,
	     .val = (u32)-512, .tune = tune_small_data_in, .what = "a Data-In over bytes already here"),
	DATA("over-dsl", "segment|length|MaxRecv", when_read, act_data_over_dsl,
	     .sets = "max-recv-data-segment-length=4096",
	     .what = "a Data-In over MaxRecvDataSegmentLength"),
	DATA("after-status", "ITT|tag|Data-In", when_read_status, act_data_after_status,
	     .what = "a Data-In after the status"),
	ROW("data-in-status-open", EXPECT_EITHER, "read", "Data-In|S bit|F bit|final",
	    KISCSI_OP_DATA_IN, when_read_status, act_clear, .off = 1, .size = 1, .val = 0x80,
	    .what = "a status without the F bit"),
	ROW("data-in-for-write", EXPECT_DROP, "write", "Data-In", OP_ANY, when_write, act_inject,
	    .val = KISCSI_OP_DATA_IN, .size = ITT_CURRENT, .what = "a Data-In for a write"),
	ROW("data-in-for-nodata", EXPECT_DROP, "nodata", "Data-In", KISCSI_OP_SCSI_RSP, when_nodata,
	    act_inject, .val = KISCSI_OP_DATA_IN, .size = ITT_CURRENT,
	    .what = "a Data-In for a command without data"),
	ROW("data-in-empty", EXPECT_WORKS, "read", "", KISCSI_OP_DATA_IN, when_read,
	    act_data_empty, .what = "a Data-In of no bytes"),
	ROW("data-in-a-bit", EXPECT_WORKS, "read", "", KISCSI_OP_DATA_IN, when_read,
	    act_or, .off = 1, .size = 1, .val = KISCSI_DATA_IN_ACK, .what = "asks for a DataACK at level 0"),
	ROW("data-in-statsn", EXPECT_EITHER, "read", "StatSN", KISCSI_OP_DATA_IN, when_read_open,
	    act_set, .off = D(statsn), .size = 4, .val = 0x12345678, .tune = tune_small_data_in,
	    .what = "a StatSN where there is no status"),

	/* longer than a ping may take to be answered, shorter than a command */
	ROW("data-in-slow", EXPECT_WORKS, "read", "", KISCSI_OP_DATA_IN, when_read, act_slow, .val = 200,
	    .sets = "nop-interval=1 nop-timeout=1", .what = "a Data-In whose second half takes 2.6 seconds to come"),

	/* data that is missing is never good data */
	ROW("missing-all", EXPECT_FAIL, "read-once", MISSING, KISCSI_OP_DATA_IN, when_read, act_good_now,
	    .what = "GOOD without any data, no residual"),
	ROW("missing-tail", EXPECT_FAIL, "read-once", MISSING, KISCSI_OP_DATA_IN, when_read_later,
	    act_good_now, .tune = tune_small_data_in,
	    .what = "GOOD after a part of the data, no residual"),
	ROW("missing-tail-counted", EXPECT_FAIL, "read-once", MISSING, KISCSI_OP_DATA_IN, when_read_later,
	    act_good_now, .val = 1, .tune = tune_small_data_in,
	    .what = "GOOD after a part of the data, ExpDataSN counts all"),
	ROW("missing-head", EXPECT_DROP, "read", "Data-In", KISCSI_OP_DATA_IN, when_read_open, act_data_lost,
	    .tune = tune_small_data_in, .what = "the first Data-In does not come"),
	ROW("missing-middle", EXPECT_DROP, "read", "Data-In", KISCSI_OP_DATA_IN, when_read_later, act_data_lost,
	    .tune = tune_small_data_in, .what = "a Data-In in the middle does not come"),
	ROW("missing-honest", EXPECT_WORKS, "read", "", KISCSI_OP_DATA_IN, when_read_status, act_short,
	    .what = "half the data, and the residual says so"),
	ROW("missing-write", EXPECT_FAIL, "write-once", MISSING, KISCSI_OP_R2T, when_write, act_good_now,
	    .sets = R2T_SETS, .what = "GOOD for a write before its data was asked for"),

	/* residuals and counts */
	ROW("residual-lie", EXPECT_EITHER, "read", "resid", KISCSI_OP_DATA_IN, when_read_status,
	    act_residual, .size = KISCSI_RSP_UNDERFLOW, .val = 512,
	    .what = "a residual though all data came"),
	ROW("residual-over", EXPECT_EITHER, "read", "resid", KISCSI_OP_DATA_IN, when_read_status,
	    act_residual, .size = KISCSI_RSP_UNDERFLOW, .val = UINT32_MAX,
	    .what = "a residual larger than the transfer"),
	ROW("residual-both", EXPECT_EITHER, "read", "resid", KISCSI_OP_DATA_IN, when_read_status,
	    act_residual, .size = KISCSI_RSP_UNDERFLOW | KISCSI_RSP_OVERFLOW, .val = 512,
	    .what = "underflow and overflow together"),
	ROW("residual-overflow", EXPECT_EITHER, "read", "resid", KISCSI_OP_DATA_IN, when_read_status,
	    act_residual, .size = KISCSI_RSP_OVERFLOW, .val = 512, .what = "overflow on a whole read"),
	ROW("residual-write", EXPECT_EITHER, "write", "resid", KISCSI_OP_SCSI_RSP, when_write,
	    act_residual, .size = KISCSI_RSP_UNDERFLOW, .val = 0x80000000u,
	    .what = "a write's residual of 2 GiB"),
	RSP("expdatasn-more", EXPECT_EITHER, "read", act_add, .off = S(expdatasn), .size = 4, .val = 3,
	    .what = "ExpDataSN counts Data-Ins that never came"),
	RSP("expdatasn-less", EXPECT_EITHER, "read", act_set, .off = S(expdatasn), .size = 4,
	    .what = "ExpDataSN counts less than came"),

	/* statuses and responses */
	FAILS("response-target-failure", "DID_ERROR", act_set, .off = 2, .size = 1, .val = 1,
	    .what = "response: target failure"),
	FAILS("response-reserved", "DID_ERROR", act_set, .off = 2, .size = 1, .val = 0x42,
	    .what = "a response nobody knows"),
	FAILS("response-vendor", "DID_ERROR", act_set, .off = 2, .size = 1, .val = 0x80,
	    .what = "a vendor's response"),
	RSP("response-no-final", EXPECT_EITHER, "read", act_clear, .off = 1, .size = 1, .val = 0x80,
	    .what = "a SCSI Response without the F bit"),
	ROW("response-twice", EXPECT_DROP, "read", "ITT|tag|StatSN", KISCSI_OP_SCSI_RSP, when_io,
	    act_twice, .tune = tune_no_collapse, .what = "the same SCSI Response two times"),
	ROW("response-twice-write", EXPECT_DROP, "write", "ITT|tag|StatSN", KISCSI_OP_SCSI_RSP,
	    when_io, act_twice, .what = "a write's SCSI Response two times"),
	STATUS_ROW("busy", EXPECT_WORKS, 0x08, "BUSY once"),
	STATUS_ROW("task-set-full", EXPECT_WORKS, 0x28, "TASK SET FULL once"),
	STATUS_FAILS("conflict", "reservation conflict", 0x18, "RESERVATION CONFLICT"),
	STATUS_FAILS("aborted", "task aborted", 0x40, "TASK ABORTED"),
	STATUS_FAILS("reserved", "unknown status", 0x3f, "a status nobody knows"),
	STATUS_ROW("condition-met", EXPECT_EITHER, 0x04, "CONDITION MET on a read"),
	SENSE("none", "sense key: no sense", 0, 0, "CHECK CONDITION without sense data"),
	SENSE("byte", "sense key: no sense", 1, 0, "one byte of sense data"),
	SENSE("length-only", "sense key: no sense", 2, 18, "SenseLength 18 and no sense"),
	SENSE("length-zero", "sense key: no sense", 20, 0, "SenseLength 0 and 18 bytes"),
	SENSE("cut", "hardware error", 6, 18, "SenseLength 18 and 4 bytes"),
	SENSE("lie", "hardware error", 20, 65535, "SenseLength 65535 and 18 bytes"),
	SENSE("odd", "hardware error", 9, 7, "7 bytes of sense data"),
	SENSE("long", "hardware error", 254, 252, "252 bytes of sense data"),
	RSP("sense-threshold", EXPECT_WORKS, "read", act_attention, .val = 0x3807,
	    .what = "UNIT ATTENTION: the threshold of a thinly provisioned LUN is reached"),
	FAILS("sense-huge", "check condition", act_sense_random, .val = 8000,
	    .what = "7998 random bytes of sense data"),
	FAILS("sense-random", "check condition", act_sense_random, .val = 66,
	    .what = "64 random bytes of sense data"),
	{ }
};
