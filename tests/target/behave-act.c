// SPDX-License-Identifier: GPL-2.0
/*
 * What the tables of behaviours share: changes to a header, ends of sending, PDUs out of nowhere.
 */
#include "target.h"

static u32 field_get(const struct pdu *p, const struct behaviour *b)
{
	const u8 *at = (const u8 *)&p->bhs + b->off;

	return b->size == 1 ? *at : b->size == 2 ? get_be16(at) : get_be32(at);
}

static void field_put(struct pdu *p, const struct behaviour *b, u32 v)
{
	u8 *at = (u8 *)&p->bhs + b->off;

	if (b->size == 1)
		*at = (u8)v;
	else if (b->size == 2)
		put_be16(at, (u16)v);
	else
		put_be32(at, v);
}

/** act_set() - a header field becomes the behaviour's value */
enum verdict act_set(struct conn *c, struct pdu *p, struct active *a)
{
	(void)c;
	field_put(p, a->b, (u32)a->num);
	return VERDICT_SEND;
}

/** act_add() - a header field is off by the behaviour's value */
enum verdict act_add(struct conn *c, struct pdu *p, struct active *a)
{
	(void)c;
	field_put(p, a->b, field_get(p, a->b) + (u32)a->num);
	return VERDICT_SEND;
}

/** act_or() - bits of a header field are set */
enum verdict act_or(struct conn *c, struct pdu *p, struct active *a)
{
	(void)c;
	field_put(p, a->b, field_get(p, a->b) | (u32)a->num);
	return VERDICT_SEND;
}

/** act_clear() - bits of a header field are cleared */
enum verdict act_clear(struct conn *c, struct pdu *p, struct active *a)
{
	(void)c;
	field_put(p, a->b, field_get(p, a->b) & ~(u32)a->num);
	return VERDICT_SEND;
}

/** act_close() - end of the connection instead of the PDU */
enum verdict act_close(struct conn *c, struct pdu *p, struct active *a)
{
	(void)p;
	(void)a;
	wire_close(c);
	return VERDICT_SKIP;
}

/** act_reset() - RST instead of the PDU */
enum verdict act_reset(struct conn *c, struct pdu *p, struct active *a)
{
	(void)p;
	(void)a;
	wire_reset(c);
	return VERDICT_SKIP;
}

/** act_mute() - silence from here on, and the connection stays open */
enum verdict act_mute(struct conn *c, struct pdu *p, struct active *a)
{
	(void)p;
	(void)a;
	c->mute = true;
	return VERDICT_SKIP;
}

/** act_cut() - so many bytes of the PDU, then silence */
enum verdict act_cut(struct conn *c, struct pdu *p, struct active *a)
{
	(void)c;
	p->cut = (s32)a->num;
	return VERDICT_SEND;
}

/** act_cut_close() - so many bytes of the PDU, then the end of the connection */
enum verdict act_cut_close(struct conn *c, struct pdu *p, struct active *a)
{
	p->cut = (s32)a->num;
	pdu_emit(c, p);
	wire_close(c);
	return VERDICT_SKIP;
}

/** act_skip() - the PDU is lost */
enum verdict act_skip(struct conn *c, struct pdu *p, struct active *a)
{
	(void)c;
	(void)p;
	(void)a;
	return VERDICT_SKIP;
}

/** act_twice() - the same PDU two times */
enum verdict act_twice(struct conn *c, struct pdu *p, struct active *a)
{
	(void)c;
	(void)a;
	p->twice = true;
	return VERDICT_SEND;
}

/** act_claim() - DataSegmentLength says so many bytes, and they never come */
enum verdict act_claim(struct conn *c, struct pdu *p, struct active *a)
{
	(void)c;
	p->own_lengths = true;
	kiscsi_put_dsl(p->bhs.dsl, (u32)a->num);
	return VERDICT_SEND;
}

/** fill_random() - a data segment of random bytes */
void fill_random(struct conn *c, struct pdu *p, u32 len)
{
	pdu_data(p, NULL, len);
	for (u32 i = 0; i < len; i++)
		p->data[i] = (u8)rng_next(&c->rng);
}

/** act_fill() - a data segment of so many random bytes */
enum verdict act_fill(struct conn *c, struct pdu *p, struct active *a)
{
	fill_random(c, p, (u32)a->num);
	return VERDICT_SEND;
}

/** act_ahs() - so many words of additional header, of a type nobody knows */
enum verdict act_ahs(struct conn *c, struct pdu *p, struct active *a)
{
	(void)c;
	p->ahs_len = 4 * (u32)a->num;
	memset(p->ahs, 0, p->ahs_len);
	put_be16(p->ahs, (u16)(p->ahs_len - 3));
	p->ahs[2] = 0x3f;
	return VERDICT_SEND;
}

/** takes_statsn() - does the PDU carry a StatSN of its own? */
bool takes_statsn(const struct pdu *p)
{
	switch (KISCSI_OPCODE(p->bhs.opcode)) {
	case KISCSI_OP_R2T:
		return false;
	case KISCSI_OP_DATA_IN:
		return p->bhs.flags & KISCSI_DATA_IN_STATUS;
	case KISCSI_OP_NOP_IN:
		return be32_to_cpu(p->bhs.itt) != KISCSI_RESERVED_TAG;
	}
	return true;
}

/** task_keep() - the command that @p answers gets no answer, and stays outstanding */
enum verdict task_keep(struct conn *c, struct pdu *p)
{
	if (takes_statsn(p))
		c->statsn--;
	p->task->silent = true;
	p->task->kept = true;
	return VERDICT_SKIP;
}

/**
 * emit_before() - send a PDU of the behaviour's own ahead of the one that is due
 * @c: connection
 * @next: the one that is due; its StatSN moves on if @extra takes one
 * @extra: the behaviour's; released
 * @status: @extra takes a StatSN
 */
void emit_before(struct conn *c, struct pdu *next, struct pdu *extra, bool status)
{
	bool next_takes = takes_statsn(next);
	u32 mine = next_takes ? be32_to_cpu(next->bhs.fields[1]) : c->statsn;

	stamp_window(c, extra);
	extra->bhs.fields[1] = cpu_to_be32(mine);
	if (status) {
		c->statsn++;
		if (next_takes || KISCSI_OPCODE(next->bhs.opcode) != KISCSI_OP_DATA_IN)
			next->bhs.fields[1] = cpu_to_be32(mine + 1);
	}
	if (KISCSI_OPCODE(extra->bhs.opcode) == KISCSI_OP_NOP_IN && !status)
		nop_in_sent(c, extra, mine);
	pdu_emit(c, extra);
	pdu_free(extra);
}

static u32 pick_itt(const struct conn *c, const struct pdu *p, u8 kind)
{
	if (kind == ITT_RESERVED)
		return KISCSI_RESERVED_TAG;
	if (kind == ITT_STALE && c->old_itt_known)
		return c->old_itt;
	if (kind == ITT_CURRENT && p->task)
		return p->task->itt;
	return ITT_NOBODY;
}

/** act_inject() - a PDU of opcode b->val that nobody asked for, its ITT picked by b->size */
enum verdict act_inject(struct conn *c, struct pdu *p, struct active *a)
{
	u8 op = (u8)a->b->val;
	bool status = op != KISCSI_OP_R2T && op != KISCSI_OP_DATA_IN;
	struct pdu x;

	pdu_init(&x, op);
	x.bhs.itt = cpu_to_be32(pick_itt(c, p, a->b->size));
	x.bhs.fields[0] = cpu_to_be32(KISCSI_RESERVED_TAG);
	if (p->task)
		memcpy(x.bhs.lun, p->task->lun, sizeof(x.bhs.lun));
	if (op == KISCSI_OP_DATA_IN)
		fill_random(c, &x, 512);
	if (op == KISCSI_OP_R2T) {
		x.bhs.fields[0] = cpu_to_be32(c->ttt++);
		put_be32((u8 *)&x.bhs + BHS_AT(kiscsi_r2t, data_len), 512);
	}
	/* an hour: what answers nothing must not be believed either */
	if (op == KISCSI_OP_LOGOUT_RSP)
		((struct kiscsi_logout_rsp *)&x.bhs)->time2wait = cpu_to_be16(3600);
	emit_before(c, p, &x, status);
	return VERDICT_SEND;
}

/** when_io() - a PDU of a read or write, not of the commands of a scan */
bool when_io(const struct conn *c, const struct pdu *p, const struct active *a)
{
	(void)c;
	(void)a;
	return p->task && scsi_is_io(p->task);
}

/** when_read() - a PDU of a read */
bool when_read(const struct conn *c, const struct pdu *p, const struct active *a)
{
	return when_io(c, p, a) && p->task->read;
}

/** when_write() - a PDU of a write */
bool when_write(const struct conn *c, const struct pdu *p, const struct active *a)
{
	return when_io(c, p, a) && p->task->write;
}

/** when_nodata() - the answer to a command that moves no data */
bool when_nodata(const struct conn *c, const struct pdu *p, const struct active *a)
{
	(void)c;
	(void)a;
	return p->task && !p->task->edtl;
}
