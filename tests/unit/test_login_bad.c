// SPDX-License-Identifier: GPL-2.0
/*
 * Logins that do not come to a session: redirected, refused, or broken by the target or by us.
 */
#include "peer.h"

static void redirection(void)
{
	struct peer p;

	peer_begin(&p);
	peer_prepare(&p, SEC);
	p.rsp.status_class = 1;
	p.rsp.status_detail = 1;
	EQ(peer_send(&p, "TargetAddress=192.0.2.1:3261\n"), KISCSI_LOGIN_REDIRECTED);
	YES(p.l->redirect_given);
	NO(p.l->permanent);
	STR(p.l->redirect, "192.0.2.1:3261");
	HAS(p.l->error, "192.0.2.1:3261 (target moved temporarily)");
	peer_check_error(p.l);
	peer_end(&p);

	/* the rest of the header means nothing then, and of several addresses the first is taken */
	peer_begin(&p);
	peer_prepare(&p, T | OP | 2);
	p.rsp.status_class = 1;
	p.rsp.status_detail = 2;
	p.rsp.statsn = cpu_to_be32(99);
	EQ(peer_send(&p, "X-a=b\nTargetAddress=[2001:db8::1]:3260,2\nTargetAddress=c\n"),
	   KISCSI_LOGIN_REDIRECTED);
	YES(p.l->permanent);
	STR(p.l->redirect, "[2001:db8::1]:3260,2");
	EQ(p.l->status_class, 1);
	EQ(p.l->status_detail, 2);
	peer_end(&p);
}

static void redirection_to_nowhere(void)
{
	static const char *const texts[] = {
		"", "TargetName=x\n", "TargetAddress=\n", "TargetAddress=a b\n",
		"TargetAddress=\x1b[2J\n", "TargetAddress=x", "ill-formed\nTargetAddress=x\n",
	};
	char longest[512] = "TargetAddress=";
	struct peer p;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		peer_begin(&p);
		peer_prepare(&p, SEC);
		p.rsp.status_class = 1;
		p.rsp.status_detail = 1;
		FAILS(peer_send(&p, texts[i]), "redirected");
		NO(p.l->redirect_given);
		peer_end(&p);
	}
	memset(longest + 14, 'x', 256);
	strcat(longest, "\n");
	peer_begin(&p);
	peer_prepare(&p, SEC);
	p.rsp.status_class = 1;
	FAILS(peer_send(&p, longest), "xxx...\": no address");
	peer_end(&p);
	/* one byte less is an address */
	longest[14 + 255] = '\n';
	longest[14 + 256] = '\0';
	peer_begin(&p);
	peer_prepare(&p, SEC);
	p.rsp.status_class = 1;
	EQ(peer_send(&p, longest), KISCSI_LOGIN_REDIRECTED);
	EQ(strlen(p.l->redirect), 255);
	peer_check_error(p.l);
	peer_end(&p);
}

static void refusals(void)
{
	static const struct {
		u8 class;
		u8 detail;
		enum kiscsi_login_result result;
		const char *text;
	} cases[] = {
		{ 2, 0, KISCSI_LOGIN_REFUSED, "initiator error (status 0x0200)" },
		{ 2, 1, KISCSI_LOGIN_AUTH, "authentication failure (status 0x0201)" },
		{ 2, 2, KISCSI_LOGIN_REFUSED, "not allowed" },
		{ 2, 3, KISCSI_LOGIN_REFUSED, "target not found" },
		{ 2, 4, KISCSI_LOGIN_REFUSED, "removed" },
		{ 2, 5, KISCSI_LOGIN_REFUSED, "version" },
		{ 2, 6, KISCSI_LOGIN_REFUSED, "too many connections" },
		{ 2, 7, KISCSI_LOGIN_REFUSED, "missing parameter" },
		{ 2, 8, KISCSI_LOGIN_REFUSED, "session" },
		{ 2, 9, KISCSI_LOGIN_REFUSED, "session type" },
		{ 2, 10, KISCSI_LOGIN_REFUSED, "does not exist" },
		{ 2, 11, KISCSI_LOGIN_REFUSED, "invalid request" },
		{ 2, 0x77, KISCSI_LOGIN_REFUSED, "initiator error (status 0x0277)" },
		{ 3, 0, KISCSI_LOGIN_REFUSED, "target error" },
		{ 3, 1, KISCSI_LOGIN_REFUSED, "unavailable" },
		{ 3, 2, KISCSI_LOGIN_REFUSED, "out of resources" },
		{ 3, 1, KISCSI_LOGIN_REFUSED, "(status 0x0301)" },
		{ 4, 0, KISCSI_LOGIN_REFUSED, "unknown status (status 0x0400)" },
		{ 255, 255, KISCSI_LOGIN_REFUSED, "unknown status (status 0xffff)" },
	};
	struct peer p;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		peer_begin(&p);
		peer_prepare(&p, 0xff);
		p.rsp.status_class = cases[i].class;
		p.rsp.status_detail = cases[i].detail;
		EQ(peer_send(&p, "garbage"), cases[i].result);
		EQ(p.l->status_class, cases[i].class);
		EQ(p.l->status_detail, cases[i].detail);
		HAS(p.l->error, cases[i].text);
		peer_check_error(p.l);
		/* it is over: whatever comes now is not looked at */
		EQ(peer_answer(&p, T | SEC | TO_OP, ""), KISCSI_LOGIN_ERROR);
		peer_end(&p);
	}
}

static void status_words(void)
{
	int class, detail;

	for (class = 0; class < 256; class++)
		for (detail = 0; detail < 256; detail++)
			if (!kiscsi_login_status_text((u8)class, (u8)detail)[0])
				break;
	EQ(class, 256);
	STR(kiscsi_login_status_text(0, 0), "success");
	STR(kiscsi_login_status_text(1, 9), "redirection");
	STR(kiscsi_login_status_text(4, 0), "unknown status");
}

#define BROKEN(change, part)					\
	do {							\
		peer_begin(&p);					\
		peer_prepare(&p, T | SEC | TO_OP);			\
		change;						\
		FAILS(peer_send(&p, ""), part);			\
		peer_end(&p);					\
	} while (0)

static void bad_headers(void)
{
	struct peer p;

	BROKEN(p.rsp.opcode = KISCSI_OP_TEXT_RSP, "opcode 0x24");
	BROKEN(p.rsp.opcode = KISCSI_OP_NOP_IN, "opcode 0x20");
	BROKEN(p.rsp.opcode = KISCSI_OP_LOGIN, "opcode 0x03");
	BROKEN(p.rsp.ahs_len = 1, "additional header");
	BROKEN(p.rsp.itt = cpu_to_be32(ITT + 1), "Initiator Task Tag 0x12345679");
	BROKEN(p.rsp.itt = cpu_to_be32(0xffffffff), "Initiator Task Tag");
	BROKEN(p.rsp.isid[5] ^= 1, "ISID");
	BROKEN(p.rsp.version_active = 1, "version 0x01");
	BROKEN(p.rsp.flags = T | OP | TO_FULL, "stage 1: want 0");
	BROKEN(p.rsp.flags = T | 0x08 | TO_OP, "stage 2: want 0");
	BROKEN(p.rsp.flags = T | 0x0c | TO_OP, "stage 3: want 0");
	BROKEN(p.rsp.flags = T | SEC | 0, "moved on to stage 0");
	BROKEN(p.rsp.flags = T | SEC | 2, "moved on to stage 2");
	BROKEN(p.rsp.flags = T | C | SEC | TO_OP, "both T and C");
}

static void bad_headers_later(void)
{
	struct peer p;

	peer_begin_operational(&p);
	peer_prepare(&p, OP);
	p.rsp.statsn = cpu_to_be32(1);
	FAILS(peer_send(&p, ""), "StatSN 0x00000001: want 0x00000000");
	peer_end(&p);
	peer_begin_operational(&p);
	peer_prepare(&p, OP);
	p.rsp.statsn = cpu_to_be32(0xffffffff);
	FAILS(peer_send(&p, ""), "StatSN 0xffffffff");
	peer_end(&p);
	peer_begin_operational(&p);
	FAILS(peer_answer(&p, T | OP | TO_OP, ""), "moved on to stage 1");
	peer_end(&p);
	peer_begin_operational(&p);
	FAILS(peer_answer(&p, T | OP | 0, ""), "moved on to stage 0");
	peer_end(&p);
	peer_begin_operational(&p);
	FAILS(peer_answer(&p, T | SEC | TO_OP, ""), "stage 0: want 1");
	peer_end(&p);
	peer_begin_operational(&p);
	p.tsih = 0;
	FAILS(peer_answer(&p, T | OP | TO_FULL, ""), "TSIH 0");
	peer_end(&p);
	/* an old target may number its versions higher, as long as it speaks ours */
	peer_begin(&p);
	peer_prepare(&p, T | SEC | TO_OP);
	p.rsp.version_max = 2;
	EQ(peer_send(&p, ""), KISCSI_LOGIN_SEND);
	peer_end(&p);
}

static void bad_lengths(void)
{
	static const char zeros[KISCSI_LOGIN_DSL + 1];
	struct peer p;

	peer_begin(&p);
	peer_prepare(&p, T | SEC | TO_OP);
	kiscsi_put_dsl(p.rsp.dsl, 4);
	FAILS(peer_hand_over(&p, zeros, 0), "DataSegmentLength 4");
	peer_end(&p);
	peer_begin(&p);
	peer_prepare(&p, T | SEC | TO_OP);
	FAILS(peer_hand_over(&p, zeros, 4), "DataSegmentLength 0");
	peer_end(&p);
	peer_begin(&p);
	peer_prepare(&p, T | SEC | TO_OP);
	kiscsi_put_dsl(p.rsp.dsl, KISCSI_LOGIN_DSL + 1);
	FAILS(peer_hand_over(&p, zeros, KISCSI_LOGIN_DSL + 1), "more than 8192");
	peer_end(&p);
	peer_begin(&p);
	peer_prepare(&p, T | SEC | TO_OP);
	kiscsi_put_dsl(p.rsp.dsl, KISCSI_LOGIN_DSL);
	EQ(peer_hand_over(&p, zeros, KISCSI_LOGIN_DSL), KISCSI_LOGIN_SEND);
	peer_end(&p);
}

static void rejects(void)
{
	static const struct {
		u8 reason;
		const char *text;
	} cases[] = {
		{ KISCSI_REJECT_DATA_DIGEST, "data digest error" },
		{ KISCSI_REJECT_PROTOCOL, "protocol error" },
		{ KISCSI_REJECT_COMMAND, "not supported" },
		{ KISCSI_REJECT_TOO_MANY_IMMEDIATE, "immediate" },
		{ KISCSI_REJECT_TASK_IN_PROGRESS, "task in progress" },
		{ KISCSI_REJECT_INVALID_PDU, "invalid PDU field" },
		{ KISCSI_REJECT_LONG_OPERATION, "long operation" },
		{ KISCSI_REJECT_WAITING_FOR_LOGOUT, "waiting for logout" },
		/* section 11.17.1: the negotiation reset of RFC 3720 ends the login, too */
		{ 0x0b, "(reason 0x0b)" },
		{ 0x55, "(reason 0x55)" },
	};
	struct peer p;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		peer_begin(&p);
		peer_prepare(&p, 0x80);
		p.rsp.opcode = KISCSI_OP_REJECT;
		p.rsp.version_max = cases[i].reason;
		p.rsp.itt = cpu_to_be32(KISCSI_RESERVED_TAG);
		kiscsi_put_dsl(p.rsp.dsl, 48);
		FAILS(peer_hand_over(&p, &p.rsp, 48), "the target rejected the login");
		HAS(p.l->error, cases[i].text);
		peer_end(&p);
	}
}

static void bad_text(void)
{
	static const struct {
		const char *text;
		const char *error;
	} cases[] = {
		{ "InitialR2T=Maybe\n", "InitialR2T: \"Maybe\": want Yes or No" },
		{ "MaxBurstLength=1\n", "MaxBurstLength: \"1\": want 512 to 16777215" },
		{ "HeaderDigest=SHA\n", "HeaderDigest: \"SHA\": was never offered" },
		{ "InitialR2T=No\nInitialR2T=No\n", "InitialR2T: \"No\": was sent twice" },
		{ "InitialR2T=\x1b[31m\x80\n", "InitialR2T: \"?[31m?\": want Yes or No" },
		{ "InitialR2T", "ill-formed key=value text at byte 0" },
		{ "ImmediateData=No\nInitialR2T=No", "ill-formed key=value text at byte 17" },
		{ "=No\n", "ill-formed" },
		{ "MaxBurstLength=512\nFirstBurstLength=1024\n", "FirstBurstLength is more than" },
		{ "AuthMethod=None\n", "AuthMethod: \"None\": was sent twice" },
		{ "CHAP_A=5\n", "CHAP_A: \"5\": CHAP is not under way" },
	};
	struct peer p;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		peer_begin_operational(&p);
		FAILS(peer_answer(&p, T | OP | TO_FULL, cases[i].text), cases[i].error);
		peer_end(&p);
	}
}

static void long_errors(void)
{
	static char text[KISCSI_LOGIN_DSL + 1] = "InitialR2T=";
	struct peer p;

	memset(text + 11, '\xff', 8000);
	text[8011] = '\n';
	peer_begin_operational(&p);
	FAILS(peer_answer(&p, T | OP | TO_FULL, text), "is longer than 255 bytes");
	HAS(p.l->error, "???...\"");
	peer_end(&p);
	text[11 + 255] = '\n';
	text[11 + 256] = '\0';
	peer_begin_operational(&p);
	FAILS(peer_answer(&p, T | OP | TO_FULL, text), "...\": want Yes or No");
	peer_end(&p);
}

#define IMPOSSIBLE(change, part)					\
	do {								\
		peer_setup(&p);						\
		change;							\
		FAILS(kiscsi_login_start(p.l, &p.cfg), part);		\
		peer_end(&p);						\
	} while (0)

static void use_one_secret(struct peer *p)
{
	peer_use_chap(p, true);
	memcpy(p->cred.mutual_secret, p->cred.secret, p->cred.secret_len);
	p->cred.mutual_secret_len = p->cred.secret_len;
}

static void impossible_configs(void)
{
	char name[KISCSI_VALUE_MAX + 2];
	struct peer p;

	memset(name, 'n', sizeof(name));
	name[KISCSI_VALUE_MAX + 1] = '\0';
	IMPOSSIBLE(p.cfg.initiator_name = NULL, "initiator name");
	IMPOSSIBLE(p.cfg.initiator_name = "", "initiator name");
	IMPOSSIBLE(p.cfg.initiator_name = name, "initiator name");
	IMPOSSIBLE(p.cfg.target_name = "", "target name");
	IMPOSSIBLE(p.cfg.target_name = name, "target name");
	IMPOSSIBLE(p.cfg.initiator_alias = name, "alias");
	IMPOSSIBLE((p.cfg.target_name = NULL, p.cfg.tsih = 1), "discovery");
	IMPOSSIBLE(p.offer.max_burst_length = 1, "MaxBurstLength: out of range");
	IMPOSSIBLE((peer_use_chap(&p, false), p.cred.secret_len = 11), "96 bits");
	IMPOSSIBLE((peer_use_chap(&p, true), p.cred.mutual_secret_len = 11), "96 bits");
	IMPOSSIBLE(use_one_secret(&p), "the same in both directions");
	IMPOSSIBLE((peer_use_chap(&p, false), p.cfg.crypto = NULL), "hash");

	/* no credentials structure at all is no CHAP */
	peer_setup(&p);
	p.cfg.cred = NULL;
	p.cfg.crypto = NULL;
	EQ(kiscsi_login_start(p.l, &p.cfg), KISCSI_LOGIN_SEND);
	peer_expect(&p, T | SEC | TO_OP, HELLO "AuthMethod=None\n");
	peer_end(&p);
}

UNIT_SUITE(login_bad,
	{ "redirection", redirection },
	{ "redirection to nowhere", redirection_to_nowhere },
	{ "refusals", refusals },
	{ "words for every status", status_words },
	{ "bad headers", bad_headers },
	{ "bad headers later on", bad_headers_later },
	{ "bad lengths", bad_lengths },
	{ "Reject PDUs", rejects },
	{ "bad text", bad_text },
	{ "errors stay short", long_errors },
	{ "impossible configurations", impossible_configs })
