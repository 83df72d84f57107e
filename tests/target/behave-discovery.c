// SPDX-License-Identifier: GPL-2.0
/*
 * Deviations in a discovery session: answers to SendTargets that are no answers.
 */
#include "target.h"

#define R(field) BHS_AT(kiscsi_text_rsp, field)

static enum verdict act_text(struct conn *c, struct pdu *p, struct active *a)
{
	(void)c;
	pdu_data(p, a->b->text, (u32)strlen(a->b->text) + 1);
	/* '|' stands for the NUL between pairs */
	for (u32 i = 0; i < p->len; i++) {
		if (p->data[i] == '|')
			p->data[i] = 0;
	}
	return VERDICT_SEND;
}

static enum verdict act_no_nul(struct conn *c, struct pdu *p, struct active *a)
{
	(void)c;
	(void)a;
	if (p->len)
		p->len--;
	return VERDICT_SEND;
}

static enum verdict act_endless_c(struct conn *c, struct pdu *p, struct active *a)
{
	(void)a;
	pdu_data(p, NULL, 0);
	for (int i = 0; i < 40; i++) {
		text_addf(p, "TargetName", "iqn.2026-01.example:%016llx",
			  (unsigned long long)rng_next(&c->rng));
		text_add(p, "TargetAddress", "192.0.2.1:3260,1");
	}
	p->bhs.flags = KISCSI_TEXT_CONTINUE;
	p->bhs.fields[0] = cpu_to_be32(c->ttt);
	/* there is always more */
	c->text = c->text ? c->text : xmalloc(1);
	c->text_sent = c->text_len = 0;
	return VERDICT_SEND;
}

static enum verdict act_long_name(struct conn *c, struct pdu *p, struct active *a)
{
	char name[600];

	(void)c;
	(void)a;
	memset(name, 'n', sizeof(name));
	memcpy(name, "iqn.2026-01.example:", 20);
	name[sizeof(name) - 1] = 0;
	pdu_data(p, NULL, 0);
	text_add(p, "TargetName", name);
	text_add(p, "TargetAddress", "127.0.0.1:3260,1");
	return VERDICT_SEND;
}

#define ROW_AS(n, expect_, statuses, re, act_, ...)					\
	{ .name = "discovery-" n, .phase = PHASE_DISCOVERY, .expect = expect_,		\
	  .io = "discover", .op = KISCSI_OP_TEXT_RSP, .exits = statuses, .says = re,	\
	  .act = act_, __VA_ARGS__ }
#define ROW(n, statuses, re, act_, ...)	\
	ROW_AS(n, EXPECT_REFUSE, statuses, re, act_, __VA_ARGS__)

const struct behaviour behave_discovery[] = {
	ROW("silence", "6", "tim(e|ed) ?out|no answer", act_mute, .what = "never answers SendTargets"),
	ROW("close", "1 6", "clos", act_close, .what = "closes instead of an answer"),
	ROW("close-in-data", "1 6", "clos", act_cut_close, .val = 70, .what = "closes inside the text"),
	ROW("half-data", "6", "tim(e|ed) ?out|no answer", act_cut, .val = 70,
	    .what = "22 bytes of text, then silence"),
	ROW("no-nul", "1", "text|NUL|key", act_no_nul, .what = "text without a NUL at its end"),
	ROW("no-equals", "1", "text|key|=", act_text, .text = "TargetName",
	    .what = "a key without '='"),
	ROW("address-first", "1", "TargetAddress|TargetName", act_text,
	    .text = "TargetAddress=127.0.0.1:3260,1", .what = "an address without a name"),
	ROW("endless", "1 6", "text|long|end", act_endless_c, .patient = true,
	    .what = "the C bit on every answer"),
	ROW("dsl-lie", "1", "length|segment|bytes", act_claim, .val = DSL_MAX,
	    .what = "claims 16 MiB - 1 of text"),
	ROW("wrong-itt", "1", "ITT|tag|request", act_set, .off = R(itt), .size = 4, .val = ITT_NOBODY,
	    .what = "another Initiator Task Tag"),
	ROW("data-in", "1", "opcode|Text Response|Data-In", act_set, .size = 1,
	    .val = KISCSI_OP_DATA_IN, .what = "a Data-In"),
	ROW("reject", "1", "reject|opcode", act_set, .size = 1, .val = KISCSI_OP_REJECT,
	    .what = "a Reject"),
	ROW("login-rsp", "1", "opcode|Text Response|Login", act_set, .size = 1,
	    .val = KISCSI_OP_LOGIN_RSP, .what = "a Login Response"),
	ROW_AS("statsn-jump", EXPECT_EITHER, "0 1", "StatSN", act_add, .off = R(statsn), .size = 4,
	       .val = 9, .what = "StatSN jumps"),
	ROW_AS("address-garbage", EXPECT_EITHER, "0 1", "TargetAddress|address", act_text,
	       .text = "TargetName=iqn.2026-01.example:a|TargetAddress=[::,99999",
	       .what = "an address that is none"),
	ROW_AS("escapes", EXPECT_EITHER, "0 1", "name|text|character", act_text,
	       .text = "TargetName=iqn.\x1b[2J\"\\\n\x07.example|TargetAddress=127.0.0.1:3260,1",
	       .what = "control characters and quotes in a name"),
	ROW_AS("long-name", EXPECT_EITHER, "0 1", "name|long|text", act_long_name,
	       .what = "a name of 599 bytes"),
	{ }
};
