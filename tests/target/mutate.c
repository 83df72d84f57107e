// SPDX-License-Identifier: GPL-2.0
/*
 * Random damage to outgoing PDUs. Repeatable: what connection N sends is decided by the seed and N.
 *
 * The payload of Data-In is left alone: a changed byte there is data as good as any other, and
 * nobody could tell.
 */
#include "target.h"

#define RATE_DEFAULT	20

static bool on;
static u64 seed;
static u32 rate = RATE_DEFAULT;

/** mutate_parse() - "SEED[,RATE]": one PDU in RATE */
bool mutate_parse(const char *arg)
{
	char part[32];
	const char *comma = strchr(arg, ',');
	size_t n = comma ? (size_t)(comma - arg) : strlen(arg);
	u64 v = RATE_DEFAULT;

	if (n >= sizeof(part))
		return false;
	memcpy(part, arg, n);
	part[n] = 0;
	if (!parse_number(part, &seed) || (comma && !parse_number(comma + 1, &v)) || !v || v > 1000000)
		return false;
	rate = (u32)v;
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
