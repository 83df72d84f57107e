// SPDX-License-Identifier: GPL-2.0
/*
 * A command's data and answer: R2T and Data-Out on the way in, Data-In and SCSI Response on the
 * way out, RFC 7143 sections 11.3 to 11.8.
 */
#include <stdlib.h>

#include "target.h"

static u32 least(u32 a, u32 b)
{
	return a < b ? a : b;
}

/** task_new() - a command with @itt, at the end of the connection's list */
struct task *task_new(struct conn *c, u32 itt)
{
	struct task *t = xmalloc(sizeof(*t)), **p = &c->tasks;

	t->itt = itt;
	while (*p)
		p = &(*p)->next;
	*p = t;
	return t;
}

/** task_find() - the command with @itt that is not answered yet, or NULL */
struct task *task_find(struct conn *c, u32 itt)
{
	for (struct task *t = c->tasks; t; t = t->next) {
		if (t->itt == itt)
			return t;
	}
	return NULL;
}

/** task_recent() - was there a command with @itt a short while ago? */
bool task_recent(const struct conn *c, u32 itt)
{
	for (u32 i = 0; i < RECENT_MAX && i < c->recents; i++) {
		if (c->recent[i] == itt)
			return true;
	}
	return false;
}

static void remember(struct conn *c, u32 itt)
{
	c->recent[c->recents++ % RECENT_MAX] = itt;
	c->old_itt = itt;
	c->old_itt_known = true;
}

/* its place in the command window is free again */
static void uncount(struct conn *c, struct task *t)
{
	if (t->counted)
		session_outstanding(c->sess, -1);
	t->counted = false;
}

static void unready(struct conn *c, const struct task *t)
{
	u32 kept = 0;

	for (u32 i = 0; i < c->readies; i++) {
		if (c->ready[i] != t)
			c->ready[kept++] = c->ready[i];
	}
	c->readies = kept;
}

/** task_free() - a command is answered or aborted: forget all but its ITT */
void task_free(struct conn *c, struct task *t)
{
	for (struct task **p = &c->tasks; *p; p = &(*p)->next) {
		if (*p == t) {
			*p = t->next;
			break;
		}
	}
	uncount(c, t);
	unready(c, t);
	remember(c, t->itt);
	free(t->in);
	free(t->out);
	free(t);
}

/** task_drop_all() - a reset, or the end of the connection */
void task_drop_all(struct conn *c)
{
	while (c->tasks)
		task_free(c, c->tasks);
}

/** data_in_init() - a Data-In with @len bytes at @offset of what @t read; takes its DataSN */
void data_in_init(struct conn *c, struct task *t, struct pdu *p, u32 offset, u32 len)
{
	struct kiscsi_data_in *r = (void *)&p->bhs;

	(void)c;
	pdu_init(p, KISCSI_OP_DATA_IN);
	r->flags = 0;
	memcpy(r->lun, t->lun, sizeof(r->lun));
	r->itt = cpu_to_be32(t->itt);
	r->ttt = cpu_to_be32(KISCSI_RESERVED_TAG);
	r->datasn = cpu_to_be32(t->datasn++);
	r->offset = cpu_to_be32(offset);
	pdu_data(p, t->in && offset + len <= t->in_len ? t->in + offset : NULL, len);
	p->task = t;
}

static u8 residual(const struct task *t, __be32 *field)
{
	u32 moved = t->write ? t->out_len : t->in_len;

	if (!t->read && !t->write)
		moved = t->in_len;
	if (moved > t->edtl) {
		*field = cpu_to_be32(moved - t->edtl);
		return KISCSI_RSP_OVERFLOW;
	}
	if (moved < t->edtl) {
		*field = cpu_to_be32(t->edtl - moved);
		return KISCSI_RSP_UNDERFLOW;
	}
	return 0;
}

/** scsi_rsp_init() - the SCSI Response of @t, with sense data if there is some */
void scsi_rsp_init(struct conn *c, struct task *t, struct pdu *p)
{
	struct kiscsi_scsi_rsp *r = (void *)&p->bhs;
	u8 sense[SENSE_MAX + 2];

	(void)c;
	pdu_init(p, KISCSI_OP_SCSI_RSP);
	r->flags |= residual(t, &r->residual);
	r->status = t->status;
	r->itt = cpu_to_be32(t->itt);
	/* number of R2Ts for a write, of Data-Ins for a read */
	r->expdatasn = cpu_to_be32(t->write ? t->r2tsn : t->datasn);
	p->task = t;
	if (!t->sense_len)
		return;
	put_be16(sense, (u16)t->sense_len);
	memcpy(sense + 2, t->sense, t->sense_len);
	pdu_data(p, sense, t->sense_len + 2);
}

static void send_response(struct conn *c, struct task *t)
{
	struct pdu p;

	if (t->silent)
		return;
	scsi_rsp_init(c, t, &p);
	send_pdu(c, &p, true);
	pdu_free(&p);
}

static u32 data_in_size(const struct conn *c)
{
	u32 size = c->par.send_dsl;

	if (config.tune.data_in_max && !c->plain)
		size = least(size, config.tune.data_in_max);
	return size;
}

static void send_one_data_in(struct conn *c, struct task *t, u32 offset, u32 len, bool final,
			     bool status)
{
	struct pdu p;
	struct kiscsi_data_in *r = (void *)&p.bhs;

	if (t->silent)
		return;
	data_in_init(c, t, &p, offset, len);
	if (final)
		r->flags |= KISCSI_FLAG_FINAL;
	if (status) {
		r->flags |= KISCSI_DATA_IN_STATUS | residual(t, &r->residual);
		r->status = t->status;
	}
	send_pdu(c, &p, status);
	pdu_free(&p);
}

/* true: the status went with the last one */
static bool send_data_in(struct conn *c, struct task *t)
{
	u32 total = t->read ? least(t->in_len, t->edtl) : 0, most = data_in_size(c);
	bool collapse = t->status == 0 && (!config.tune.no_collapse || c->plain);
	u32 burst = 0;

	for (u32 at = 0, len; at < total && !c->ended; at += len) {
		bool last;

		len = least(least(most, total - at), c->par.max_burst - burst);
		last = at + len == total;
		burst = burst + len == c->par.max_burst ? 0 : burst + len;
		send_one_data_in(c, t, at, len, last || !burst, last && collapse);
	}
	return total && collapse;
}

static void answer(struct conn *c, struct task *t)
{
	if (config.tune.delay_ms && !c->plain)
		sleep_ms(config.tune.delay_ms);
	/* before the status goes out: the window in it must have the place free again */
	uncount(c, t);
	if (!send_data_in(c, t) && !c->ended)
		send_response(c, t);
	if (t->kept)
		unready(c, t);
	else
		task_free(c, t);
}

/** ready_flush() - answer what was held back, the last one first */
void ready_flush(struct conn *c)
{
	while (c->readies)
		answer(c, c->ready[c->readies - 1]);
}

static void task_complete(struct conn *c, struct task *t)
{
	scsi_execute(t);
	if (config.tune.reorder < 2 || c->plain) {
		answer(c, t);
		return;
	}
	if (!c->readies)
		c->ready_since = now_ms();
	c->ready[c->readies++] = t;
	if (c->readies >= config.tune.reorder)
		ready_flush(c);
}

/** r2t_init() - an R2T of @t for @len bytes at @offset; takes its R2TSN and a TTT */
void r2t_init(struct conn *c, struct task *t, struct pdu *p, u32 offset, u32 len)
{
	struct kiscsi_r2t *r = (void *)&p->bhs;

	pdu_init(p, KISCSI_OP_R2T);
	memcpy(r->lun, t->lun, sizeof(r->lun));
	r->itt = cpu_to_be32(t->itt);
	r->ttt = cpu_to_be32(c->ttt);
	r->r2tsn = cpu_to_be32(t->r2tsn++);
	r->offset = cpu_to_be32(offset);
	r->data_len = cpu_to_be32(len);
	p->task = t;
	if (++c->ttt == KISCSI_RESERVED_TAG)
		c->ttt = 0;
}

static void send_r2t(struct conn *c, struct task *t, u32 offset, u32 len)
{
	struct r2t *slot = t->r2t;
	struct pdu p;

	while (slot->used)
		slot++;
	*slot = (struct r2t){ .used = true, .ttt = c->ttt, .sn = t->r2tsn, .offset = offset,
			      .len = len };
	t->r2ts++;
	r2t_init(c, t, &p, offset, len);
	send_pdu(c, &p, false);
	pdu_free(&p);
}

static void ask_for_data(struct conn *c, struct task *t)
{
	u32 most = c->par.max_burst;

	if (config.tune.r2t_max && !c->plain)
		most = least(most, config.tune.r2t_max);
	if (t->r2t_next < t->out_end)
		t->r2t_next = t->out_end;
	while (t->r2ts < c->par.max_r2t && t->r2t_next < t->out_need && !c->ended) {
		u32 len = least(most, t->out_need - t->r2t_next);

		send_r2t(c, t, t->r2t_next, len);
		t->r2t_next += len;
	}
}

/** task_advance() - ask for more data, or answer, or wait for data on its way */
void task_advance(struct conn *c, struct task *t)
{
	if (t->unsolicited)
		return;
	ask_for_data(c, t);
	if (!t->r2ts && t->out_end >= t->out_need)
		task_complete(c, t);
}

static void unsolicited_data(struct conn *c, struct task *t, const struct pdu *p)
{
	const struct kiscsi_data_out *r = (const void *)&p->bhs;
	u32 offset = be32_to_cpu(r->offset);
	u32 limit = least(t->edtl, c->par.first_burst);

	if (!t->unsolicited) {
		violation(c, "Data-Out: unsolicited, for ITT %08x, which announced none", t->itt);
		return;
	}
	if (be32_to_cpu(r->datasn) != t->unsolicited_sn)
		violation(c, "Data-Out: unsolicited DataSN %u, should be %u",
			  be32_to_cpu(r->datasn), t->unsolicited_sn);
	t->unsolicited_sn = be32_to_cpu(r->datasn) + 1;
	if (offset != t->out_end || p->len > limit - t->out_end) {
		violation(c, "Data-Out: unsolicited %u bytes at %u, should be at %u, up to %u",
			  p->len, offset, t->out_end, limit);
		return;
	}
	if (p->len)
		memcpy(t->out + offset, p->data, p->len);
	t->out_end += p->len;
	if (!(r->flags & KISCSI_FLAG_FINAL)) {
		if (t->out_end == limit)
			violation(c, "Data-Out: no F bit on the last unsolicited one");
		return;
	}
	check_unsolicited_end(c, t, t->out_end);
	t->unsolicited = false;
	task_advance(c, t);
}

static struct r2t *find_r2t(struct task *t, u32 ttt)
{
	for (struct r2t *r = t->r2t; r < t->r2t + R2T_MAX; r++) {
		if (r->used && r->ttt == ttt)
			return r;
	}
	return NULL;
}

static void check_solicited(struct conn *c, struct task *t, const struct r2t *slot,
			    const struct pdu *p)
{
	const struct kiscsi_data_out *r = (const void *)&p->bhs;
	bool final = r->flags & KISCSI_FLAG_FINAL;

	if (memcmp(r->lun, t->lun, sizeof(r->lun)))
		violation(c, "Data-Out: with a TTT the LUN must be that of the R2T");
	if (be32_to_cpu(r->datasn) != slot->datasn)
		violation(c, "Data-Out: DataSN %u, should be %u", be32_to_cpu(r->datasn),
			  slot->datasn);
	if (final && slot->got + p->len < slot->len)
		violation(c, "Data-Out: F bit after %u bytes of %u asked for", slot->got + p->len,
			  slot->len);
	if (!final && slot->got + p->len == slot->len)
		violation(c, "Data-Out: no F bit on the last one of a sequence");
	for (const struct r2t *o = t->r2t; o < t->r2t + R2T_MAX; o++) {
		if (o->used && kiscsi_sn_lt(o->sn, slot->sn))
			violation(c, "Data-Out: for R2TSN %u while %u is not done, in order is Yes",
				  slot->sn, o->sn);
	}
}

static void solicited_data(struct conn *c, struct task *t, const struct pdu *p)
{
	const struct kiscsi_data_out *r = (const void *)&p->bhs;
	struct r2t *slot = find_r2t(t, be32_to_cpu(r->ttt));
	u32 offset = be32_to_cpu(r->offset);

	if (!slot) {
		violation(c, "Data-Out: TTT %08x is not of any R2T", be32_to_cpu(r->ttt));
		return;
	}
	check_solicited(c, t, slot, p);
	slot->datasn++;
	if (offset != slot->offset + slot->got || p->len > slot->len - slot->got) {
		violation(c, "Data-Out: %u bytes at %u, the R2T wants %u at %u", p->len, offset,
			  slot->len - slot->got, slot->offset + slot->got);
		return;
	}
	if (p->len)
		memcpy(t->out + offset, p->data, p->len);
	slot->got += p->len;
	if (slot->got < slot->len)
		return;
	slot->used = false;
	t->r2ts--;
	if (t->out_end < slot->offset + slot->len)
		t->out_end = slot->offset + slot->len;
	task_advance(c, t);
}

/**
 * data_out() - take a Data-Out
 * @c: connection
 * @p: the PDU
 */
void data_out(struct conn *c, const struct pdu *p)
{
	const struct kiscsi_data_out *r = (const void *)&p->bhs;
	struct task *t = task_find(c, be32_to_cpu(r->itt));

	check_data_out(c, p);
	if (!t) {
		/* one that crossed an answer or abort of ours is no fault */
		if (!task_recent(c, be32_to_cpu(r->itt)))
			violation(c, "Data-Out: ITT %08x is not in use", be32_to_cpu(r->itt));
		return;
	}
	if (!t->write) {
		violation(c, "Data-Out: ITT %08x does not write", t->itt);
		return;
	}
	if (be32_to_cpu(r->ttt) == KISCSI_RESERVED_TAG)
		unsolicited_data(c, t, p);
	else
		solicited_data(c, t, p);
}
