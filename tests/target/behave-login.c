// SPDX-License-Identifier: GPL-2.0
/*
 * Deviations before and during the login phase. What an initiator must do about all of them is
 * the same: end the login, say why in one line, leave nothing behind.
 */
#include "target.h"

#define R(field) BHS_AT(kiscsi_login_rsp, field)

static struct kiscsi_login_rsp *rsp(struct pdu *p)
{
	return (struct kiscsi_login_rsp *)&p->bhs;
}

/* ---- before the first PDU ---- */

static enum verdict act_garbage(struct conn *c, struct pdu *p, struct active *a)
{
	u8 buf[512];

	(void)p;
	for (size_t i = 0; i < sizeof(buf); i++)
		buf[i] = (u8)rng_next(&c->rng);
	/* the length a random header claims must not decide the outcome */
	if (a->b->val)
		memset(buf, 0, sizeof(buf));
	else
		buf[0] = 0x17;
	wire_write(c, buf, sizeof(buf));
	return VERDICT_SKIP;
}

static enum verdict act_http(struct conn *c, struct pdu *p, struct active *a)
{
	static const char text[] = "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n"
				   "Content-Type: text/plain\r\n\r\n400 Bad Request\r\n";

	(void)p;
	(void)a;
	wire_write(c, text, sizeof(text) - 1);
	wire_close(c);
	return VERDICT_SKIP;
}

#define CONNECT(n, statuses, re, act_, text_)						\
	{ .name = n, .phase = PHASE_CONNECT, .expect = EXPECT_REFUSE, .io = "login",		\
	  .exits = statuses, .says = re, .act = act_, .op = OP_ANY, .what = text_ }

const struct behaviour behave_connect[] = {
	CONNECT("connect-close", "1 6", "clos", act_close, "closes the connection at once"),
	CONNECT("connect-reset", "1 6", "clos|reset", act_reset, "resets the connection at once"),
	CONNECT("connect-garbage", "1", "login|opcode|PDU|response", act_garbage,
		"sends 512 random bytes"),
	CONNECT("connect-http", "1", "login|opcode|PDU|response|clos", act_http,
		"answers like a web server"),
	CONNECT("connect-silence", "6", "tim(e|ed) ?out|no answer", act_mute, "accepts, then says nothing"),
	{ .name = "connect-zeros", .phase = PHASE_CONNECT, .expect = EXPECT_REFUSE, .io = "login",
	  .exits = "1", .says = "login|opcode|PDU|response", .act = act_garbage, .val = 1,
	  .op = OP_ANY, .what = "sends 512 zero bytes" },
	{ }
};

/* ---- conditions ---- */

static bool when_later(const struct conn *c, const struct pdu *p, const struct active *a)
{
	(void)p;
	(void)a;
	return c->statsn - config.tune.statsn > 1;
}

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

static bool when_text(const struct conn *c, const struct pdu *p, const struct active *a)
{
	(void)c;
	(void)a;
	return p->len;
}

static bool when_mutual(const struct conn *c, const struct pdu *p, const struct active *a)
{
	(void)a;
	return c->login_challenge_len && text_get(p, "CHAP_R");
}

/* ---- text ---- */

static enum verdict act_key_set(struct conn *c, struct pdu *p, struct active *a)
{
	(void)c;
	text_set(p, a->b->key, a->b->text);
	return VERDICT_SEND;
}

static enum verdict act_key_del(struct conn *c, struct pdu *p, struct active *a)
{
	(void)c;
	text_del(p, a->b->key);
	return VERDICT_SEND;
}

static enum verdict act_key_twice(struct conn *c, struct pdu *p, struct active *a)
{
	const char *value = text_get(p, a->b->key);
	char copy[64];

	(void)c;
	snprintf(copy, sizeof(copy), "%s", value);
	text_add(p, a->b->key, copy);
	return VERDICT_SEND;
}

static void append_raw(struct pdu *p, const char *s, u32 len)
{
	u8 all[2 * KISCSI_LOGIN_DSL];
	u32 n = p->len < KISCSI_LOGIN_DSL ? p->len : KISCSI_LOGIN_DSL;

	if (n)
		memcpy(all, p->data, n);
	memcpy(all + n, s, len);
	pdu_data(p, all, n + len);
}

static enum verdict act_no_nul(struct conn *c, struct pdu *p, struct active *a)
{
	(void)c;
	(void)a;
	p->len--;
	return VERDICT_SEND;
}

static enum verdict act_raw(struct conn *c, struct pdu *p, struct active *a)
{
	(void)c;
	append_raw(p, a->b->text, (u32)strlen(a->b->text) + 1);
	return VERDICT_SEND;
}

/* a key (val 0) or value (val 1) of a->num bytes */
static enum verdict act_long(struct conn *c, struct pdu *p, struct active *a)
{
	char s[4096];
	u32 len = (u32)a->num;

	(void)c;
	memset(s, 'k', sizeof(s));
	if (a->b->size) {
		memcpy(s, "TargetAlias=", 12);
		s[len + 12] = 0;
		append_raw(p, s, len + 13);
	} else {
		memcpy(s + len, "=1", 3);
		append_raw(p, s, len + 3);
	}
	return VERDICT_SEND;
}

static enum verdict act_endless_c(struct conn *c, struct pdu *p, struct active *a)
{
	char value[4000];

	(void)c;
	(void)a;
	memset(value, 'x', sizeof(value));
	value[sizeof(value) - 1] = 0;
	p->bhs.flags = (u8)((p->bhs.flags & 0x0c) | KISCSI_TEXT_CONTINUE);
	text_add(p, "TargetAlias", value);
	return VERDICT_SEND;
}

static enum verdict act_endless(struct conn *c, struct pdu *p, struct active *a)
{
	(void)c;
	(void)a;
	p->bhs.flags &= 0x0c;
	return VERDICT_SEND;
}

/* really that many bytes, of legal text */
static enum verdict act_big(struct conn *c, struct pdu *p, struct active *a)
{
	u32 len = (u32)a->num;

	(void)c;
	pdu_data(p, NULL, len);
	for (u32 at = 0; at + 256 <= len; at += 256) {
		memset(p->data + at, 'v', 255);
		memcpy(p->data + at, "X-k=", 4);
	}
	memset(p->data + len - len % 256, 0, len % 256);
	p->own_lengths = true;
	kiscsi_put_dsl(p->bhs.dsl, len);
	return VERDICT_SEND;
}

/* ---- headers and statuses ---- */

static enum verdict act_status(struct conn *c, struct pdu *p, struct active *a)
{
	(void)c;
	rsp(p)->status_class = (u8)(a->b->val >> 8);
	rsp(p)->status_detail = (u8)a->b->val;
	rsp(p)->flags &= 0x0c;
	pdu_data(p, NULL, 0);
	if (a->b->text || a->arg)
		text_add(p, "TargetAddress", a->arg ? a->arg : a->b->text);
	return VERDICT_SEND;
}

/* back to the listener the connection came in on */
static enum verdict act_redirect_loop(struct conn *c, struct pdu *p, struct active *a)
{
	char address[80];

	act_status(c, p, a);
	own_address(c, address, sizeof(address));
	text_add(p, "TargetAddress", address);
	return VERDICT_SEND;
}

static enum verdict act_redirect_long(struct conn *c, struct pdu *p, struct active *a)
{
	char host[1500];

	act_status(c, p, a);
	memset(host, 'a', sizeof(host));
	host[sizeof(host) - 1] = 0;
	text_set(p, "TargetAddress", host);
	return VERDICT_SEND;
}

static enum verdict act_transit(struct conn *c, struct pdu *p, struct active *a)
{
	(void)c;
	(void)a;
	p->bhs.flags |= KISCSI_LOGIN_TRANSIT | KISCSI_STAGE_FULL_FEATURE;
	return VERDICT_SEND;
}

static bool when_no_transit(const struct conn *c, const struct pdu *p, const struct active *a)
{
	(void)c;
	(void)a;
	return !(p->bhs.flags & KISCSI_LOGIN_TRANSIT);
}

static enum verdict act_nsg(struct conn *c, struct pdu *p, struct active *a)
{
	(void)c;
	p->bhs.flags = (u8)((p->bhs.flags & ~3) | KISCSI_LOGIN_TRANSIT | a->b->val);
	return VERDICT_SEND;
}

static enum verdict act_csg(struct conn *c, struct pdu *p, struct active *a)
{
	(void)c;
	(void)a;
	p->bhs.flags ^= KISCSI_STAGE_OPERATIONAL << 2;
	return VERDICT_SEND;
}

static enum verdict act_reject(struct conn *c, struct pdu *p, struct active *a)
{
	struct kiscsi_bhs head = p->bhs;

	(void)c;
	(void)a;
	p->bhs.opcode = KISCSI_OP_REJECT;
	p->bhs.flags = KISCSI_FLAG_FINAL;
	p->bhs.specific[0] = KISCSI_REJECT_PROTOCOL;
	p->bhs.itt = cpu_to_be32(KISCSI_RESERVED_TAG);
	head.opcode = KISCSI_OP_LOGIN | KISCSI_IMMEDIATE;
	pdu_data(p, &head, sizeof(head));
	return VERDICT_SEND;
}

/* ---- CHAP ---- */

static enum verdict act_chap_key(struct conn *c, struct pdu *p, struct active *a)
{
	static const u8 zeros[1100];
	char hex[2 * sizeof(zeros) + 3];

	(void)c;
	encode_hex(hex, zeros, (u32)a->b->val);
	text_set(p, a->b->key, hex);
	return VERDICT_SEND;
}

/* its own challenge comes back in place of an answer: never to be answered */
static enum verdict act_chap_reflect(struct conn *c, struct pdu *p, struct active *a)
{
	char hex[2 * sizeof(c->login_challenge) + 3];

	(void)a;
	encode_hex(hex, c->login_challenge, c->login_challenge_len);
	pdu_data(p, NULL, 0);
	text_add(p, "CHAP_A", "5");
	text_add(p, "CHAP_I", "7");
	text_add(p, "CHAP_C", hex);
	p->bhs.flags &= 0x0c;
	return VERDICT_SEND;
}

static enum verdict act_mutual_echo(struct conn *c, struct pdu *p, struct active *a)
{
	(void)a;
	text_set(p, "CHAP_R", c->login_response);
	return VERDICT_SEND;
}

static enum verdict act_mutual_none(struct conn *c, struct pdu *p, struct active *a)
{
	(void)c;
	(void)a;
	text_del(p, "CHAP_N");
	text_del(p, "CHAP_R");
	return VERDICT_SEND;
}

/* ---- the table ---- */

#define ROW_AS(n, expect_, io_, statuses, re, when_, act_, ...)				\
	{ .name = "login-" n, .phase = PHASE_LOGIN, .expect = expect_, .io = io_,		\
	  .op = KISCSI_OP_LOGIN_RSP, .exits = statuses, .says = re, .when = when_,		\
	  .act = act_, __VA_ARGS__ }
#define ROW(n, statuses, re, when_, act_, ...)						\
	ROW_AS(n, EXPECT_REFUSE, "login", statuses, re, when_, act_, __VA_ARGS__)
/* of a login with CHAP */
#define ROW_CHAP(n, re, when_, act_, ...)						\
	ROW_AS(n, EXPECT_REFUSE, "login-chap", "1 5", re, when_, act_, __VA_ARGS__)
#define KEY(n, k, v, text_)								\
	ROW("key-" n, "1", k, when_key, act_key_set, .key = k, .text = v, .what = text_)
#define STATUS(v, statuses, re, text_)							\
	ROW("status-" #v, statuses, re, NULL, act_status, .val = 0x##v,				\
	    .what = "status " #v ": " text_)
#define CHAP(n, k, v, text_)								\
	ROW_CHAP("chap-" n, "CHAP|auth", when_key, act_key_set, .key = k, .text = v,		\
		 .what = text_)
#define MUTUAL(n, act_, k, v, text_)							\
	ROW_AS("mutual-" n, EXPECT_REFUSE, "login-mutual", "1 5", "CHAP|auth", when_mutual,	\
	       act_, .key = k, .text = v, .what = text_)

const struct behaviour behave_login[] = {
	/* the stream ends or stalls */
	ROW("silence", "6", "tim(e|ed) ?out|no answer", NULL, act_mute,
	    .what = "never answers the first request"),
	ROW("half-header", "6", "tim(e|ed) ?out|no answer", NULL, act_cut, .val = 20,
	    .what = "20 bytes of a header, then silence"),
	ROW("half-data", "6", "tim(e|ed) ?out|no answer", when_text, act_cut, .val = 53,
	    .what = "a header and 5 bytes of text, then silence"),
	ROW("close", "1 6", "clos", NULL, act_close, .what = "closes instead of an answer"),
	ROW("reset", "1 6", "clos|reset", NULL, act_reset, .what = "resets instead of an answer"),
	ROW("close-at", "1 6", "clos|reset", NULL, act_cut_close, .val = 30,
	    .what = "closes after 30 (or ARG) bytes of an answer"),
	ROW("close-in-data", "1 6", "clos|reset", when_text, act_cut_close, .val = 60,
	    .what = "closes inside the text"),
	ROW("close-last", "1 6", "clos|reset", when_last, act_cut_close, .val = 47,
	    .what = "closes one byte before the end of the last header"),
	ROW("reset-last", "1 6", "clos|reset", when_last, act_reset,
	    .what = "resets instead of the last answer"),

	/* text */
	ROW("no-nul", "1", "text|NUL|key", when_text, act_no_nul, .what = "text without a NUL at its end"),
	ROW("no-equals", "1", "text|key|=", NULL, act_raw, .text = "TargetAlias",
	    .what = "a key without '='"),
	ROW("empty-key", "1", "text|key|=", NULL, act_raw, .text = "=value",
	    .what = "a key without a name"),
	ROW("bad-key", "1", "text|key", NULL, act_raw, .text = "Target\x1b[2JAlias=1",
	    .what = "control characters in a key"),
	ROW("long-key", "1", "text|key", NULL, act_long, .val = 300, .what = "a key of 300 bytes"),
	ROW("long-value", "1", "text|value|TargetAlias", NULL, act_long, .val = 3000, .size = 1,
	    .what = "a value of 3000 bytes"),
	ROW("endless-c", "1", "text|long|login", NULL, act_endless_c, .patient = true,
	    .what = "the C bit on every answer"),
	ROW("endless", "1 6", "login|end", NULL, act_endless, .patient = true, .what = "never the T bit"),
	ROW("dsl-over", "1", "length|segment|bytes|8192", NULL, act_big, .val = 8704,
	    .what = "8704 bytes of text in one PDU"),
	ROW("dsl-64k", "1", "length|segment|bytes|8192", NULL, act_big, .val = 65536,
	    .what = "65536 bytes of text in one PDU"),
	ROW("dsl-16m", "1", "length|segment|bytes|8192", NULL, act_big, .val = DSL_MAX,
	    .what = "16 MiB - 1 of text in one PDU"),
	ROW("dsl-lie", "1", "length|segment|bytes|8192", NULL, act_claim, .val = DSL_MAX,
	    .what = "claims 16 MiB - 1 of text and sends none"),
	ROW("duplicate-key", "1", "MaxRecvDataSegmentLength|twice|again|duplicate", when_key,
	    act_key_twice, .key = "MaxRecvDataSegmentLength", .what = "the same key twice"),
	ROW("duplicate-answer", "1", "MaxBurstLength|twice|again|duplicate", when_key,
	    act_key_twice, .key = "MaxBurstLength", .what = "two answers to one key"),

	/* headers */
	ROW("wrong-itt", "1", "ITT|tag", NULL, act_set, .off = R(itt), .size = 4,
	    .val = ITT_NOBODY, .what = "another Initiator Task Tag"),
	ROW("wrong-isid", "1", "ISID", NULL, act_add, .off = R(isid), .size = 4, .val = 1,
	    .what = "another ISID"),
	ROW("wrong-version", "1", "version", NULL, act_set, .off = R(version_active), .size = 1,
	    .val = 5, .what = "version 5 active"),
	ROW("wrong-csg", "1", "stage|CSG", NULL, act_csg, .what = "another current stage"),
	ROW("nsg-reserved", "1", "stage|NSG|T bit", NULL, act_nsg, .val = 2,
	    .what = "to the reserved stage"),
	ROW("nsg-back", "1", "stage|NSG|T bit", NULL, act_nsg, .val = 0,
	    .what = "to the security stage"),
	ROW_CHAP("transit-unasked", "stage|T bit|transit|CHAP|AuthMethod", when_no_transit,
		 act_transit, .what = "to full-feature phase without being asked"),
	ROW("t-and-c", "1", "T and C|C bit|T bit|stage", when_last, act_or, .off = R(flags), .size = 1,
	    .val = KISCSI_TEXT_CONTINUE, .what = "T and C bits together"),
	ROW_CHAP("statsn-jump", "StatSN", when_later, act_add, .off = R(statsn), .size = 4,
		 .val = 7, .what = "StatSN jumps"),
	ROW("tsih-zero", "1", "TSIH", when_last, act_set, .off = R(tsih), .size = 2, .val = 0,
	    .what = "TSIH 0 in the last answer"),
	ROW("reject", "1", "reject", NULL, act_reject, .what = "a Reject"),
	ROW("data-in", "1", "opcode|Login Response|Data-In", NULL, act_set, .size = 1,
	    .val = KISCSI_OP_DATA_IN, .what = "a Data-In"),
	ROW("scsi-rsp", "1", "opcode|Login Response|SCSI", NULL, act_set, .size = 1,
	    .val = KISCSI_OP_SCSI_RSP, .what = "a SCSI Response"),
	ROW("nop-in", "1", "opcode|Login Response|NOP", NULL, act_set, .size = 1,
	    .val = KISCSI_OP_NOP_IN, .what = "a NOP-In"),
	ROW("text-rsp", "1", "opcode|Login Response|Text", NULL, act_set, .size = 1,
	    .val = KISCSI_OP_TEXT_RSP, .what = "a Text Response"),
	ROW("login-req", "1", "opcode|Login Response|Login Request", NULL, act_set, .size = 1,
	    .val = KISCSI_OP_LOGIN | KISCSI_IMMEDIATE, .what = "a Login Request"),
	ROW("unknown-opcode", "1", "opcode|Login Response", NULL, act_set, .size = 1, .val = 0x2b,
	    .what = "an opcode nobody knows"),
	ROW_AS("ahs", EXPECT_EITHER, "login", "0 1", "AHS|additional", NULL, act_ahs, .val = 255,
	       .what = "1020 bytes of AHS"),

	/* statuses */
	STATUS(0200, "1", "initiator error|0200|2/0|refus", "initiator error"),
	STATUS(0201, "5", "auth", "authentication failure"),
	STATUS(0202, "1 5", "authoriz|allowed|access", "authorization failure"),
	STATUS(0203, "1 3", "not found", "target not found"),
	STATUS(0204, "1 3", "removed", "target removed"),
	STATUS(0205, "1", "version", "unsupported version"),
	STATUS(0206, "1", "too many connections", "too many connections"),
	STATUS(0207, "1", "missing parameter", "missing parameter"),
	STATUS(0208, "1", "session", "cannot include in session"),
	STATUS(0209, "1", "session type", "session type not supported"),
	STATUS(020a, "1", "session", "session does not exist"),
	STATUS(020b, "1", "invalid|during login", "invalid during login"),
	STATUS(02ff, "1", "status|refus", "a detail nobody knows"),
	STATUS(0300, "1 6", "target error|refus", "target error"),
	STATUS(0301, "1 6", "unavailable", "service unavailable"),
	STATUS(0302, "1 6", "resource", "out of resources"),
	STATUS(04ff, "1", "status|class|refus", "a class nobody knows"),

	/* redirection; the legal kind is among the legal behaviours */
	ROW("redirect-loop", "1 6", "redirect", NULL, act_redirect_loop, .val = 0x0101,
	    .what = "redirects to itself"),
	ROW("redirect-loop-permanent", "1 6", "redirect", NULL, act_redirect_loop, .val = 0x0102,
	    .what = "redirects to itself for good"),
	ROW("redirect-nowhere", "1", "redirect|TargetAddress", NULL, act_status, .val = 0x0101,
	    .what = "redirects without an address"),
	ROW("redirect-garbage", "1 6", "redirect|TargetAddress|address", NULL, act_status,
	    .val = 0x0101, .text = "][:::99999,x", .what = "redirects to no address at all"),
	ROW("redirect-port", "1 6", "redirect|TargetAddress|port", NULL, act_status,
	    .val = 0x0101, .text = "127.0.0.1:70000,1", .what = "redirects to port 70000"),
	ROW("redirect-long", "1 6", "redirect|TargetAddress|long|value", NULL, act_redirect_long,
	    .val = 0x0101, .what = "redirects to a name of 1499 bytes"),
	ROW("redirect-closed", "1 6", "refused|redirect|unreach", NULL, act_status, .val = 0x0101,
	    .text = "127.0.0.1:1,1", .what = "redirects to a closed port"),
	ROW("redirect-detail", "1 6", "redirect|status", NULL, act_status, .val = 0x0107,
	    .text = "127.0.0.1:1,1", .what = "redirects in a way nobody knows"),

	/* keys */
	ROW("auth-not-offered", "1 5", "AuthMethod", when_key, act_key_set, .key = "AuthMethod",
	    .text = "KRB5", .what = "AuthMethod=KRB5, never offered"),
	ROW("auth-unasked", "1 5", "AuthMethod|CHAP", when_key, act_key_set, .key = "AuthMethod",
	    .text = "CHAP", .what = "AuthMethod=CHAP to one that offers None only"),
	ROW("auth-reject", "1 5", "AuthMethod|auth", when_key, act_key_set, .key = "AuthMethod",
	    .text = "Reject", .what = "AuthMethod=Reject"),
	ROW_CHAP("auth-missing", "AuthMethod|auth|CHAP", when_key, act_key_del,
		 .key = "AuthMethod", .what = "no answer to AuthMethod=CHAP"),
	ROW_CHAP("auth-none", "AuthMethod|auth|CHAP", when_key, act_key_set,
		 .key = "AuthMethod", .text = "None", .what = "AuthMethod=None to one that offers CHAP only"),
	KEY("digest", "HeaderDigest", "MD5", "a digest nobody offered"),
	KEY("digest-list", "DataDigest", "None,CRC32C", "a list for an answer"),
	KEY("burst-low", "MaxBurstLength", "511", "below the range"),
	KEY("burst-high", "MaxBurstLength", "16777216", "over the range"),
	KEY("burst-over", "MaxBurstLength", "16777215", "over what was offered"),
	KEY("first-low", "FirstBurstLength", "0", "below the range"),
	KEY("first-over", "FirstBurstLength", "16777215", "over what was offered"),
	KEY("dsl-low", "MaxRecvDataSegmentLength", "511", "below the range"),
	KEY("dsl-zero", "MaxRecvDataSegmentLength", "0", "no data at all"),
	KEY("dsl-high", "MaxRecvDataSegmentLength", "16777216", "over the range"),
	KEY("r2t-zero", "MaxOutstandingR2T", "0", "below the range"),
	KEY("r2t-high", "MaxOutstandingR2T", "65536", "over the range"),
	KEY("negative", "MaxBurstLength", "-262144", "a negative number"),
	KEY("word", "MaxBurstLength", "many", "no number"),
	KEY("huge", "MaxBurstLength", "99999999999999999999999", "over 64 bits"),
	KEY("wraps", "MaxBurstLength", "4295229440", "262144 + 2^32"),
	KEY("empty", "MaxBurstLength", "", "an empty value"),
	KEY("trailing", "MaxBurstLength", "65536x", "a number with a letter"),
	KEY("bool", "InitialR2T", "Maybe", "neither Yes nor No"),
	KEY("bool-case", "ImmediateData", "yes", "Yes in lower case"),
	KEY("order", "DataPDUInOrder", "No", "against what was offered"),
	KEY("connections", "MaxConnections", "65535", "over what was offered"),
	KEY("connections-zero", "MaxConnections", "0", "below the range"),
	KEY("erl", "ErrorRecoveryLevel", "3", "over the range"),
	/* section 6.2.1: one may give up, or go on with what holds without the key */
	ROW_AS("key-reject", EXPECT_EITHER, "login", "0 1", "MaxBurstLength", when_key, act_key_set,
	       .key = "MaxBurstLength", .text = "Reject", .what = "rejects a legal offer"),
	ROW("key-tpgt", "1", "TargetPortalGroupTag", when_key, act_key_set,
	    .key = "TargetPortalGroupTag", .text = "65536", .what = "over the range"),
	ROW_AS("tpgt-other", EXPECT_WORKS, "again", NULL, "portal group 2", when_key, act_key_set,
	       .key = "TargetPortalGroupTag", .text = "2", .what = "a portal of another group answers the login again"),
	ROW("key-names", "1", "InitiatorName|key|declar", NULL, act_raw,
	    .text = "InitiatorName=iqn.2026-01.example:other", .what = "a key of the initiator's"),

	/* CHAP */
	CHAP("alg-not-offered", "CHAP_A", "99", "an algorithm nobody offered"),
	CHAP("alg-word", "CHAP_A", "MD5", "an algorithm by name"),
	CHAP("alg-list", "CHAP_A", "5,7", "two algorithms"),
	CHAP("id-over", "CHAP_I", "256", "an identifier over one byte"),
	CHAP("id-word", "CHAP_I", "x", "an identifier that is no number"),
	CHAP("challenge-empty", "CHAP_C", "0x", "a challenge of no bytes"),
	CHAP("challenge-plain", "CHAP_C", "challenge", "a challenge that is not binary"),
	CHAP("challenge-hex", "CHAP_C", "0x12zz56", "a challenge with letters out of range"),
	CHAP("challenge-base64", "CHAP_C", "0bA", "a challenge in half a base64 group"),
	ROW_CHAP("chap-no-challenge", "CHAP", when_key, act_key_del, .key = "CHAP_C",
		 .what = "no challenge"),
	ROW_CHAP("chap-no-id", "CHAP", when_key, act_key_del, .key = "CHAP_I",
		 .what = "no identifier"),
	ROW_CHAP("chap-no-alg", "CHAP", when_key, act_key_del, .key = "CHAP_A",
		 .what = "no algorithm"),
	ROW_CHAP("chap-challenge-long", "CHAP", when_key, act_chap_key, .key = "CHAP_C",
		 .val = 1025, .what = "a challenge of 1025 bytes"),
	ROW_AS("chap-reflect", EXPECT_REFUSE, "login-mutual", "1 5", "CHAP|auth", when_mutual,
	       act_chap_reflect, .what = "the initiator's challenge comes back"),
	MUTUAL("wrong", act_key_set, "CHAP_R", "0x00112233445566778899aabbccddeeff", "wrong answer"),
	MUTUAL("short", act_key_set, "CHAP_R", "0x001122", "an answer of 3 bytes"),
	MUTUAL("long", act_key_set, "CHAP_R",
	       "0x00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff0011",
	       "an answer of 34 bytes"),
	MUTUAL("plain", act_key_set, "CHAP_R", "right", "an answer that is not binary"),
	MUTUAL("name", act_key_set, "CHAP_N", "somebody", "the name of another"),
	MUTUAL("no-name", act_key_del, "CHAP_N", NULL, "no name"),
	MUTUAL("no-answer", act_mutual_none, NULL, NULL, "no answer at all"),
	MUTUAL("echo", act_mutual_echo, NULL, NULL, "the initiator's own answer"),
	{ }
};
