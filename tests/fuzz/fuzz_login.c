// SPDX-License-Identifier: GPL-2.0
/*
 * A login: the first byte says of what kind, then come the target's responses one after the other:
 *
 *	kind (1), flags (1), status class (1), status detail (1), length (2, big-endian), data
 *
 * RAW in a response's kind: the whole header comes from the input as it is. Otherwise the fields a
 * target copies are right, so that the fuzzer gets past the first checks.
 */
#include "../../kernel/proto/login.c"
#include "fuzz.h"
#include "toyhash.h"

enum login_kind {
	DISCOVERY	= 1,
	LATER		= 2,
	CHAP		= 4,
	MUTUAL		= 8,
};

#define RAW 0x80

struct input {
	const uint8_t *data;
	size_t left;
};

static u8 take_byte(struct input *in)
{
	if (!in->left)
		return 0;
	in->left--;
	return *in->data++;
}

static const uint8_t *take_bytes(struct input *in, size_t *size)
{
	const uint8_t *at = in->data;

	if (*size > in->left)
		*size = in->left;
	in->data += *size;
	in->left -= *size;
	return at;
}

/* returns how many bytes of data follow */
static size_t take_raw_header(struct input *in, struct kiscsi_bhs *bhs)
{
	size_t size = sizeof(*bhs);
	const uint8_t *at = take_bytes(in, &size);

	memcpy(bhs, at, size);
	return kiscsi_get_dsl(bhs);
}

static size_t take_header(struct kiscsi_login *l, struct input *in, struct kiscsi_bhs *bhs)
{
	struct kiscsi_login_rsp *rsp = (struct kiscsi_login_rsp *)bhs;
	size_t len;

	rsp->opcode = KISCSI_OP_LOGIN_RSP;
	rsp->flags = take_byte(in);
	rsp->status_class = take_byte(in);
	rsp->status_detail = take_byte(in);
	len = take_byte(in) << 8;
	len |= take_byte(in);
	memcpy(rsp->isid, l->cfg->isid, sizeof(rsp->isid));
	rsp->tsih = cpu_to_be16(7);
	rsp->itt = cpu_to_be32(l->cfg->itt);
	rsp->statsn = cpu_to_be32(l->statsn);
	rsp->expcmdsn = cpu_to_be32(l->cmdsn);
	rsp->maxcmdsn = cpu_to_be32(l->cmdsn + 16);
	return len;
}

static void check_request(struct kiscsi_login *l)
{
	struct kiscsi_bhs bhs;
	const void *data;
	u32 len;

	kiscsi_login_request(l, &bhs, &data, &len);
	MUST(len <= KISCSI_LOGIN_DSL && kiscsi_get_dsl(&bhs) == len);
	MUST(!(bhs.flags & KISCSI_LOGIN_TRANSIT) || !(bhs.flags & KISCSI_TEXT_CONTINUE));
	MUST(!len || (bhs.flags & KISCSI_TEXT_CONTINUE) || !((const u8 *)data)[len - 1]);
	MUST(l->requests <= KISCSI_LOGIN_PDU_MAX);
}

static void check_end(const struct kiscsi_login *l, enum kiscsi_login_result result)
{
	const char *s;

	MUST(memchr(l->error, 0, sizeof(l->error)));
	for (s = l->error; *s; s++)
		MUST(*s >= ' ' && *s <= '~');
	MUST(l->step == KISCSI_STEP_ENDED);
	MUST((result == KISCSI_LOGIN_DONE) == !l->error[0]);
	MUST((result == KISCSI_LOGIN_REDIRECTED) == l->redirect_given);
	if (result != KISCSI_LOGIN_DONE)
		return;
	MUST(l->tsih || discovery(l));
	MUST(!with_chap(l) || l->chap_used);
	MUST(!with_mutual_chap(l) || l->verified);
	MUST(l->params.first_burst_length <= l->params.max_burst_length);
	MUST(l->params.max_xmit_dsl >= 512);
}

static enum kiscsi_login_result feed_one(struct kiscsi_login *l, struct input *in)
{
	enum kiscsi_login_result result;
	struct kiscsi_bhs bhs = { 0 };
	bool raw = take_byte(in) & RAW;
	const uint8_t *at;
	size_t len;
	void *data;

	len = raw ? take_raw_header(in, &bhs) : take_header(l, in, &bhs);
	at = take_bytes(in, &len);
	/* a raw header may say more than there is; no caller does that, but why not try */
	if (!raw)
		kiscsi_put_dsl(bhs.dsl, len);
	data = exact_copy(at, len);
	result = kiscsi_login_feed(l, &bhs, data, len);
	free(data);
	return result;
}

static void configure(struct kiscsi_login_config *cfg, u8 kind, struct kiscsi_offer *offer,
		      struct kiscsi_chap_cred *cred)
{
	*cfg = (struct kiscsi_login_config){
		.initiator_name = "iqn.2001-04.com.example:i",
		.target_name = kind & DISCOVERY ? NULL : "iqn.2001-04.com.example:t",
		.tsih = (kind & LATER) && !(kind & DISCOVERY) ? 7 : 0,
		.isid = { 0x80, 1, 2, 3, 4, 5 },
		.itt = 1,
		.cmdsn = 0xfffffffe,
		.offer = offer,
		.cred = kind & CHAP ? cred : NULL,
		.crypto = &toy_crypto,
	};
	kiscsi_offer_init(offer);
	toy_cred(cred, kind & MUTUAL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { .data = data, .left = size };
	enum kiscsi_login_result result;
	struct kiscsi_login_config cfg;
	struct kiscsi_chap_cred cred;
	struct kiscsi_offer offer;
	struct kiscsi_login *l;

	configure(&cfg, take_byte(&in), &offer, &cred);
	l = malloc(sizeof(*l));
	MUST(l);
	result = kiscsi_login_start(l, &cfg);
	MUST(result == KISCSI_LOGIN_SEND);
	while (result == KISCSI_LOGIN_SEND && in.left) {
		check_request(l);
		result = feed_one(l, &in);
	}
	if (result != KISCSI_LOGIN_SEND)
		check_end(l, result);
	free(l);
	return 0;
}
