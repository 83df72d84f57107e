// SPDX-License-Identifier: GPL-2.0
/*
 * What RFC 7143 allows and few targets do. All of it must work, and data must be right.
 */
#include "target.h"

static bool when_last(const struct conn *c, const struct pdu *p, const struct active *a)
{
	(void)c;
	(void)a;
	return p->bhs.flags & KISCSI_LOGIN_TRANSIT &&
	       KISCSI_LOGIN_NSG(p->bhs.flags) == KISCSI_STAGE_FULL_FEATURE;
}

static bool when_key(const struct conn *c, const struct pdu *p, const struct active *a)
{
	(void)c;
	return text_get(p, a->b->key);
}

static bool when_last_first(const struct conn *c, const struct pdu *p, const struct active *a)
{
	return !c->asked && when_last(c, p, a);
}

/* ---- login ---- */

static enum verdict act_key(struct conn *c, struct pdu *p, struct active *a)
{
	(void)c;
	text_set(p, a->b->key, a->b->text);
	return VERDICT_SEND;
}

/* the T bit has to wait until this is answered */
static enum verdict act_ask(struct conn *c, struct pdu *p, struct active *a)
{
	text_add(p, a->b->key, "hello");
	c->want_key = a->b->key;
	c->want_value = a->b->text;
	c->asked = true;
	p->bhs.flags &= 0x0c;
	return VERDICT_SEND;
}

static enum verdict act_empty_first(struct conn *c, struct pdu *p, struct active *a)
{
	(void)a;
	c->asked = true;
	p->bhs.flags &= 0x0c;
	return VERDICT_SEND;
}

static enum verdict act_redirect(struct conn *c, struct pdu *p, struct active *a)
{
	struct kiscsi_login_rsp *r = (void *)&p->bhs;

	(void)c;
	r->status_class = 1;
	r->status_detail = (u8)a->b->val;
	r->flags &= 0x0c;
	pdu_data(p, NULL, 0);
	text_add(p, "TargetAddress", a->arg ? a->arg : "127.0.0.1:3261,1");
	return VERDICT_SEND;
}

static enum verdict act_window_closed(struct conn *c, struct pdu *p, struct active *a)
{
	u32 max = be32_to_cpu(p->bhs.fields[2]) - 1;

	session_freeze(c->sess, max, (u32)a->num);
	p->bhs.fields[3] = cpu_to_be32(max);
	return VERDICT_SEND;
}

static enum verdict act_challenge_base64(struct conn *c, struct pdu *p, struct active *a)
{
	u8 challenge[64];
	char text[128];
	int len = decode_binary(text_get(p, "CHAP_C"), challenge, sizeof(challenge));

	(void)c;
	(void)a;
	encode_base64(text, challenge, (u32)len);
	text_set(p, "CHAP_C", text);
	return VERDICT_SEND;
}

static enum verdict act_challenge_upper(struct conn *c, struct pdu *p, struct active *a)
{
	u8 challenge[64];
	char text[140];
	int len = decode_binary(text_get(p, "CHAP_C"), challenge, sizeof(challenge));

	(void)c;
	(void)a;
	encode_hex(text, challenge, (u32)len);
	text[1] = 'X';
	for (char *s = text + 2; *s; s++)
		*s = (char)(*s >= 'a' ? *s - 'a' + 'A' : *s);
	text_set(p, "CHAP_C", text);
	return VERDICT_SEND;
}

/* ---- tuning ---- */

static void tune_login_chunk(struct tuning *t, const struct active *a)
{
	t->login_chunk = a->num ? (u32)a->num : 1;
}

static void tune_segment(struct tuning *t, const struct active *a)
{
	t->segment = a->num ? (u32)a->num : 1;
}

static void tune_coalesce(struct tuning *t, const struct active *a)
{
	(void)a;
	t->coalesce = true;
}

static void tune_reorder(struct tuning *t, const struct active *a)
{
	t->reorder = a->num < WINDOW_MAX ? (u32)a->num : WINDOW_MAX - 1;
}

static void tune_delay(struct tuning *t, const struct active *a)
{
	t->delay_ms = (u32)a->num;
}

static void tune_data_in(struct tuning *t, const struct active *a)
{
	t->data_in_max = a->num ? (u32)a->num : 1;
}

static void tune_r2t(struct tuning *t, const struct active *a)
{
	t->r2t_max = a->num ? (u32)a->num : 1;
}

static void tune_no_collapse(struct tuning *t, const struct active *a)
{
	(void)a;
	t->no_collapse = true;
}

static void tune_pad(struct tuning *t, const struct active *a)
{
	t->data_in_max = 4095;
	t->pad = (u8)a->num;
}

static void tune_statsn(struct tuning *t, const struct active *a)
{
	t->statsn = (u32)a->num;
}

static void tune_ttt(struct tuning *t, const struct active *a)
{
	t->ttt = (u32)a->num;
}

static void tune_window(struct tuning *t, const struct active *a)
{
	t->window = a->num && a->num <= 128 ? (u32)a->num : 1;
}

static void tune_ping(struct tuning *t, const struct active *a)
{
	t->ping_ms = (u32)a->num;
}

/* ---- cuts of the stream: not legal at all, but set at the start like the rest ---- */

static void tune_close_at(struct tuning *t, const struct active *a)
{
	(void)t;
	wire_cut_at(a->num, CUT_CLOSE, false);
}

static void tune_reset_at(struct tuning *t, const struct active *a)
{
	(void)t;
	wire_cut_at(a->num, CUT_RESET, false);
}

static void tune_silence_at(struct tuning *t, const struct active *a)
{
	(void)t;
	wire_cut_at(a->num, CUT_SILENCE, false);
}

static void tune_login_cut(struct tuning *t, const struct active *a)
{
	(void)t;
	wire_cut_at(a->num, CUT_CLOSE, true);
}

/* ---- the table ---- */

#define LOGIN(n, io_, when_, act_, ...)						\
	{ .name = "legal-" n, .phase = PHASE_LOGIN, .expect = EXPECT_WORKS, .io = io_,	\
	  .op = KISCSI_OP_LOGIN_RSP, .when = when_, .act = act_, __VA_ARGS__ }
#define KEY(n, k, v, text_)							\
	LOGIN("key-" n, "rw", when_key, act_key, .key = k, .text = v, .what = text_)
#define TUNE(n, tune_, v, text_)						\
	{ .name = "legal-" n, .phase = PHASE_TUNE, .expect = EXPECT_WORKS, .io = "rw",	\
	  .op = OP_ANY, .tune = tune_, .val = v, .what = text_ }

const struct behaviour behave_legal[] = {
	LOGIN("unknown-key", "rw", when_last_first, act_ask, .key = "X-com.example.test",
	      .text = "NotUnderstood", .what = "asks about a key nobody knows: NotUnderstood"),
	LOGIN("unknown-plain", "rw", when_last_first, act_ask, .key = "SomethingNew",
	      .text = "NotUnderstood", .what = "asks about a key of a later RFC: NotUnderstood"),
	LOGIN("one-more-round", "rw", when_last_first, act_empty_first,
	      .what = "does not follow the T bit at first"),
	LOGIN("window-closed", "rw", when_last, act_window_closed, .val = 1500,
	      .what = "the window is closed after the login; a NOP-In opens it 1.5 s later"),
	LOGIN("redirect-temporary", "redirect", NULL, act_redirect, .val = 1,
	      .what = "redirects to ARG, for now"),
	LOGIN("redirect-permanent", "redirect", NULL, act_redirect, .val = 2,
	      .what = "redirects to ARG, for good"),
	LOGIN("chap-base64", "rw-chap", when_key, act_challenge_base64, .key = "CHAP_C",
	      .what = "the challenge in base64"),
	LOGIN("chap-upper", "rw-chap", when_key, act_challenge_upper, .key = "CHAP_C",
	      .what = "the challenge in capitals"),
	KEY("hex-number", "MaxRecvDataSegmentLength", "0x8000", "a number in hexadecimal"),
	KEY("small-segment", "MaxRecvDataSegmentLength", "65536", "the usual segment, once more"),

	TUNE("login-pieces", tune_login_chunk, 20, "login text in pieces of 20 bytes, with the C bit"),
	TUNE("login-bits", tune_login_chunk, 11, "login text in pieces of 11 bytes, with the C bit"),
	TUNE("bytewise", tune_segment, 1, "one byte per TCP segment"),
	TUNE("odd-segments", tune_segment, 7, "7 bytes per TCP segment"),
	TUNE("coalesced", tune_coalesce, 0, "as many PDUs as possible in one segment"),
	TUNE("reorder", tune_reorder, 4, "the last of 4 commands is answered first"),
	TUNE("delay", tune_delay, 20, "each answer 20 ms late"),
	TUNE("data-in-512", tune_data_in, 512, "512 bytes per Data-In"),
	TUNE("data-in-odd", tune_data_in, 1021, "1021 bytes per Data-In"),
	TUNE("data-in-1", tune_data_in, 61, "61 bytes per Data-In"),
	TUNE("padding", tune_pad, 0xff, "padding bytes that are not zero"),
	TUNE("r2t-512", tune_r2t, 512, "512 bytes per R2T"),
	TUNE("r2t-odd", tune_r2t, 3333, "3333 bytes per R2T"),
	TUNE("no-collapse", tune_no_collapse, 0, "GOOD never comes with data"),
	TUNE("statsn-wrap", tune_statsn, 0xfffffff0u, "StatSN goes through 2^32"),
	TUNE("statsn-middle", tune_statsn, 0x7ffffff0u, "StatSN goes through 2^31"),
	TUNE("ttt-wrap", tune_ttt, 0xfffffff0u, "Target Transfer Tags go through 2^32"),
	TUNE("ttt-zero", tune_ttt, 0, "a Target Transfer Tag of 0"),
	TUNE("window-1", tune_window, 1, "a command window of one"),
	TUNE("window-2", tune_window, 2, "a command window of two"),
	TUNE("ping", tune_ping, 50, "a ping every 50 ms"),

#define CUT(n, tune_, io_, re, expect_, exits_, sets_, v, text_)				\
	{ .name = n, .phase = PHASE_TUNE, .expect = expect_, .io = io_, .says = re,	\
	  .exits = exits_, .sets = sets_, .op = OP_ANY, .tune = tune_, .val = v, .what = text_ }
	CUT("cut-login", tune_login_cut, "login", "clos", EXPECT_REFUSE, "1 6", NULL, 50,
	    "closes after ARG bytes of the connection"),
	CUT("cut-close", tune_close_at, "read", "clos", EXPECT_DROP, NULL, NULL, 1000,
	    "closes after ARG bytes of full-feature phase"),
	CUT("cut-reset", tune_reset_at, "read", "clos|reset|lost", EXPECT_DROP, NULL, NULL, 1000,
	    "resets after ARG bytes of full-feature phase"),
	CUT("cut-silence", tune_silence_at, "read", "NOP|tim(e|ed) ?out|no answer", EXPECT_DROP,
	    NULL, "nop-interval=1 nop-timeout=2", 1000,
	    "falls silent after ARG bytes of full-feature phase"),
	{ }
};
