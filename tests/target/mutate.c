// SPDX-License-Identifier: GPL-2.0
/*
 * Random damage to outgoing PDUs. Repeatable: what connection N sends is decided by the seed and N.
 *
 * The payload of Data-In is left alone: a changed byte there is data as good as any other, and
 * nobody could tell.
 *
 * Most damage ends a connection, and then there is nothing for seconds. With MORE there is also damage that an
 * initiator has to live with, so that a connection sees thousands of such PDUs before its end: whatever it is to
 * pass over is random in every PDU, and behind each come MORE of random content that ask nothing of it.
 */
#include "target.h"

#define RATE_DEFAULT	20

static bool on;
static u64 seed;
static u32 rate = RATE_DEFAULT;
static u32 more;

/** mutate_parse() - "SEED[,RATE[,MORE]]": one PDU in RATE, and MORE harmless ones behind each */
bool mutate_parse(const char *arg)
{
	u64 v[3] = { 0, RATE_DEFAULT, 0 };
	char part[64], *rest = part;
	size_t n = 0;

	if (strlen(arg) >= sizeof(part))
		return false;
	strcpy(part, arg);
	while (rest && n < ARRAY_SIZE(v)) {
		if (!parse_number(strsep(&rest, ","), &v[n++]))
			return false;
	}
	if (rest || !v[1] || v[1] > 1000000 || v[2] > 1000)
		return false;
	seed = v[0];
	rate = (u32)v[1];
	more = (u32)v[2];
	on = true;
	return true;
}

/** mutate_seed() - for the log line at the start */
u64 mutate_seed(void)
{
	return seed;
}

static void flip_bits(struct conn *c, void *p, u32 len, u32 times)
{
	while (len && times--)
		((u8 *)p)[rng_below(&c->rng, len)] ^= (u8)(1u << rng_below(&c->rng, 8));
}

static void random_word(struct conn *c, struct pdu *p)
{
	static const u32 edge[] = { 0, 1, 2, 3, 4, 511, 512, 0x7fffffff, 0x80000000, 0x80000001,
				    0xfffffffe, 0xffffffff, 0xfffff000, 0x00ffffff };
	u8 *word = (u8 *)&p->bhs + 4 * rng_below(&c->rng, 12);
	u32 old = get_be32(word);

	switch (rng_below(&c->rng, 4)) {
	case 0:
		put_be32(word, edge[rng_below(&c->rng, ARRAY_SIZE(edge))]);
		break;
	case 1:
		put_be32(word, old + 1);
		break;
	case 2:
		put_be32(word, old - 1);
		break;
	default:
		put_be32(word, (u32)rng_next(&c->rng));
	}
}

static void random_opcode(struct conn *c, struct pdu *p)
{
	static const u8 op[] = { KISCSI_OP_NOP_IN, KISCSI_OP_SCSI_RSP, KISCSI_OP_TMF_RSP,
				 KISCSI_OP_LOGIN_RSP, KISCSI_OP_TEXT_RSP, KISCSI_OP_DATA_IN,
				 KISCSI_OP_LOGOUT_RSP, KISCSI_OP_R2T, KISCSI_OP_ASYNC,
				 KISCSI_OP_REJECT, KISCSI_OP_SCSI_CMD, 0x2a, 0x3c };

	p->bhs.opcode = op[rng_below(&c->rng, ARRAY_SIZE(op))];
}

static void random_length(struct conn *c, struct pdu *p)
{
	u32 len = rng_below(&c->rng, 4) ? rng_below(&c->rng, 70000) : p->len + rng_below(&c->rng, 9);

	pdu_data(p, NULL, len);
	flip_bits(c, p->data, len, 64);
}

static void random_lie(struct conn *c, struct pdu *p)
{
	p->own_lengths = true;
	p->bhs.ahs_len = rng_below(&c->rng, 2) ? (u8)rng_next(&c->rng) : 0;
	kiscsi_put_dsl(p->bhs.dsl, rng_below(&c->rng, 2) ? rng_below(&c->rng, DSL_MAX) : p->len + 4);
}

static void random_ahs(struct conn *c, struct pdu *p)
{
	p->ahs_len = 4 * rng_below(&c->rng, 256);
	for (u32 i = 0; i < p->ahs_len; i++)
		p->ahs[i] = (u8)rng_next(&c->rng);
}

static void random_data(struct conn *c, struct pdu *p)
{
	if (KISCSI_OPCODE(p->bhs.opcode) == KISCSI_OP_DATA_IN || !p->len)
		flip_bits(c, &p->bhs, sizeof(p->bhs), 2);
	else
		flip_bits(c, p->data, p->len, 1 + rng_below(&c->rng, 8));
}

static bool change(struct conn *c, struct pdu *p)
{
	switch (rng_below(&c->rng, 12)) {
	case 0: case 1: case 2:
		p->own_lengths = true;
		flip_bits(c, &p->bhs, sizeof(p->bhs), 1 + rng_below(&c->rng, 3));
		return true;
	case 3: case 4: case 5:
		p->own_lengths = true;
		random_word(c, p);
		return true;
	case 6:
		random_opcode(c, p);
		return true;
	case 7:
		random_length(c, p);
		return true;
	case 8:
		random_lie(c, p);
		return true;
	case 9:
		random_ahs(c, p);
		return true;
	case 10:
		random_data(c, p);
		return true;
	default:
		return false;		/* lost */
	}
}

static void random_bytes(struct conn *c, void *p, size_t len)
{
	for (u8 *b = p; len--; b++)
		*b = (u8)rng_next(&c->rng);
}

/* RFC 7143 section 11: the fields that are reserved, or say nothing in this PDU */
static void random_reserved(struct conn *c, struct pdu *p)
{
	u8 *b = (u8 *)&p->bhs;

	switch (KISCSI_OPCODE(*b)) {
	case KISCSI_OP_SCSI_RSP:
		random_bytes(c, p->bhs.lun, sizeof(p->bhs.lun));
		break;
	case KISCSI_OP_DATA_IN:
		if (b[1] & KISCSI_DATA_IN_ACK)
			return;
		random_bytes(c, p->bhs.lun, sizeof(p->bhs.lun));
		break;
	case KISCSI_OP_R2T:
		random_bytes(c, b + 2, 2);
		break;
	case KISCSI_OP_TMF_RSP:
		random_bytes(c, b + 3, 1);
		random_bytes(c, p->bhs.lun, sizeof(p->bhs.lun));
		random_bytes(c, b + 36, 12);
		break;
	case KISCSI_OP_NOP_IN:
		random_bytes(c, b + 2, 2);
		random_bytes(c, b + 36, 12);
		break;
	default:
		return;
	}
	c->loose = true;
	count(COUNT_MUTATED, 1);
}

static void random_nop_in(struct conn *c, struct pdu *p)
{
	nop_in_init(c, p, false);
	random_bytes(c, p->bhs.lun, sizeof(p->bhs.lun));
}

static void random_async(struct conn *c, struct pdu *p)
{
	struct kiscsi_async *r = (void *)&p->bhs;

	pdu_init(p, KISCSI_OP_ASYNC);
	random_bytes(c, p->bhs.lun, sizeof(p->bhs.lun));
	p->bhs.itt = cpu_to_be32(KISCSI_RESERVED_TAG);
	/* 0 to 5 ask for something */
	r->event = (u8)(6 + rng_below(&c->rng, 250));
	r->vcode = (u8)rng_next(&c->rng);
	r->param1 = (u16)rng_next(&c->rng);
	r->param2 = (u16)rng_next(&c->rng);
	r->param3 = (u16)rng_next(&c->rng);
}

/* of a ping, or a task management function, that nobody sent */
static void random_reject(struct conn *c, struct pdu *p)
{
	struct kiscsi_bhs bad;

	random_bytes(c, &bad, sizeof(bad));
	bad.opcode = KISCSI_IMMEDIATE | (rng_below(&c->rng, 2) ? KISCSI_OP_NOP_OUT : KISCSI_OP_TMF);
	bad.itt |= cpu_to_be32(0x80000000);
	pdu_init(p, KISCSI_OP_REJECT);
	p->bhs.specific[0] = (u8)rng_next(&c->rng);
	p->bhs.itt = cpu_to_be32(KISCSI_RESERVED_TAG);
	pdu_data(p, &bad, sizeof(bad));
}

/**
 * mutate_more() - after a PDU: those that ask nothing of the initiator
 * @c: connection
 */
void mutate_more(struct conn *c)
{
	static void (*const kind[])(struct conn *, struct pdu *) = { random_nop_in, random_async, random_reject };

	if (!on || c->plain || !armed || !c->full || c->in_more)
		return;
	c->in_more = true;
	for (u32 i = 0; i < more; i++) {
		u32 which = rng_below(&c->rng, ARRAY_SIZE(kind));
		struct pdu p;

		kind[which](c, &p);
		if (kind[which] != random_reject && !rng_below(&c->rng, 4)) {
			pdu_data(&p, NULL, rng_below(&c->rng, c->par.send_dsl < 2048 ? c->par.send_dsl : 2048));
			random_bytes(c, p.data, p.len);
		}
		count(COUNT_MUTATED, 1);
		c->loose = true;
		stamp_window(c, &p);
		p.bhs.fields[1] = cpu_to_be32(kind[which] == random_nop_in ? c->statsn : c->statsn++);
		pdu_emit(c, &p);
		pdu_free(&p);
	}
	c->in_more = false;
	if (more)
		wire_flush(c);
}

/**
 * mutate_pdu() - perhaps damage @p
 * @c: connection it goes out on
 * @p: the PDU
 *
 * Return: false if it is not to be sent at all.
 */
bool mutate_pdu(struct conn *c, struct pdu *p)
{
	if (!on || c->plain || !armed)
		return true;
	/* lengths first: a changed header must not be put right again */
	if (!p->own_lengths) {
		p->bhs.ahs_len = (u8)(p->ahs_len / 4);
		kiscsi_put_dsl(p->bhs.dsl, p->len);
	}
	if (more && c->full && !c->in_more)
		random_reserved(c, p);
	if (rng_below(&c->rng, rate))
		return true;
	c->loose = true;
	count(COUNT_MUTATED, 1);
	if (!rng_below(&c->rng, 13)) {
		p->twice = true;
		return true;
	}
	if (!change(c, p))
		return false;
	p->bad_header_digest = !rng_below(&c->rng, 20);
	p->bad_data_digest = !rng_below(&c->rng, 20);
	return true;
}
