// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>

#include "peer.h"

void peer_setup(struct peer *p)
{
	static const u8 isid[6] = { 0x80, 0x12, 0x34, 0x56, 0x78, 0x9a };

	memset(p, 0, sizeof(*p));
	p->l = malloc(sizeof(*p->l));
	kiscsi_offer_init(&p->offer);
	p->crypto = unit_crypto(&p->state);
	p->cfg.initiator_name = INITIATOR;
	p->cfg.target_name = TARGET;
	p->cfg.offer = &p->offer;
	p->cfg.cred = &p->cred;
	p->cfg.crypto = &p->crypto;
	memcpy(p->cfg.isid, isid, sizeof(isid));
	p->cfg.cid = 0x0708;
	p->cfg.itt = ITT;
	p->cfg.cmdsn = 0xfffffff0;
	p->statsn = 0xffffffff;
	p->tsih = 0x0a0b;
}

void peer_begin(struct peer *p)
{
	peer_setup(p);
	EQ(kiscsi_login_start(p->l, &p->cfg), KISCSI_LOGIN_SEND);
}

void peer_end(struct peer *p)
{
	kiscsi_login_wipe(p->l);
	free(p->l);
}

void peer_use_chap(struct peer *p, bool mutual)
{
	static const u8 algs[] = { 8, 7, 6, 5 };

	strcpy(p->cred.user, "joe");
	memcpy(p->cred.secret, "initiator-secret", 16);
	p->cred.secret_len = 16;
	if (mutual) {
		strcpy(p->cred.mutual_user, "target");
		memcpy(p->cred.mutual_secret, "the-target-secret", 17);
		p->cred.mutual_secret_len = 17;
	}
	memcpy(p->cred.algs, algs, sizeof(algs));
	p->cred.algs_count = sizeof(algs);
}

void peer_begin_chap(struct peer *p, bool mutual)
{
	peer_setup(p);
	peer_use_chap(p, mutual);
	EQ(kiscsi_login_start(p->l, &p->cfg), KISCSI_LOGIN_SEND);
}

void peer_expect(struct peer *p, u8 flags, const char *text)
{
	static char lines[KISCSI_LOGIN_DSL + 1];
	struct kiscsi_bhs bhs;
	const void *data;
	u32 len, i;

	kiscsi_login_request(p->l, &bhs, &data, &len);
	EQ(bhs.flags, flags);
	EQ(kiscsi_get_dsl(&bhs), len);
	memcpy(lines, data, len);
	lines[len] = '\0';
	for (i = 0; i < len; i++)
		if (!lines[i])
			lines[i] = '\n';
	STR(lines, text);
}

void peer_prepare(struct peer *p, u8 flags)
{
	memset(&p->rsp, 0, sizeof(p->rsp));
	p->rsp.opcode = KISCSI_OP_LOGIN_RSP;
	p->rsp.flags = flags;
	memcpy(p->rsp.isid, p->cfg.isid, sizeof(p->rsp.isid));
	p->rsp.tsih = cpu_to_be16((flags & T) && (flags & 3) == TO_FULL ? p->tsih : p->cfg.tsih);
	p->rsp.itt = cpu_to_be32(p->cfg.itt);
	p->rsp.statsn = cpu_to_be32(p->statsn++);
	p->rsp.expcmdsn = cpu_to_be32(p->cfg.cmdsn);
	p->rsp.maxcmdsn = cpu_to_be32(p->cfg.cmdsn + 31);
}

enum kiscsi_login_result peer_hand_over(struct peer *p, const void *bytes, u32 len)
{
	enum kiscsi_login_result result;
	struct kiscsi_bhs bhs;
	char *data = malloc(len ? len : 1);

	memcpy(data, bytes, len);
	memcpy(&bhs, &p->rsp, sizeof(bhs));
	result = kiscsi_login_feed(p->l, &bhs, data, len);
	free(data);
	return result;
}

enum kiscsi_login_result peer_send(struct peer *p, const char *text)
{
	u32 len = (u32)strlen(text), i;
	char *data = malloc(len + 1);
	enum kiscsi_login_result result;

	memcpy(data, text, len);
	for (i = 0; i < len; i++)
		if (data[i] == '\n')
			data[i] = '\0';
	kiscsi_put_dsl(p->rsp.dsl, len);
	result = peer_hand_over(p, data, len);
	free(data);
	return result;
}

enum kiscsi_login_result peer_answer(struct peer *p, u8 flags, const char *text)
{
	peer_prepare(p, flags);
	return peer_send(p, text);
}

void peer_begin_operational(struct peer *p)
{
	peer_begin(p);
	EQ(peer_answer(p, T | SEC | TO_OP, "AuthMethod=None\n"), KISCSI_LOGIN_SEND);
}

void peer_check_error(const struct kiscsi_login *l)
{
	const char *s = l->error;

	YES(strlen(s) > 0 && strlen(s) < sizeof(l->error));
	for (; *s; s++)
		if (*s < ' ' || *s > '~')
			break;
	EQ(*s, 0);
	EQ(l->step, KISCSI_STEP_ENDED);
}
