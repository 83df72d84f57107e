// SPDX-License-Identifier: GPL-2.0
/*
 * A negotiation: the first byte says of what kind, the rest is the target's text. Whatever it says,
 * the outcome is one the offer allows.
 */
#include "../../kernel/proto/keys.c"
#include "fuzz.h"

enum kind {
	LATER		= 1,
	DISCOVERY	= 2,
	PROPOSES	= 4,	/* the target is first */
	STRICT		= 8,	/* an offer that few defaults satisfy */
};

static void make_offer(struct kiscsi_offer *offer, u8 kind)
{
	kiscsi_offer_init(offer);
	if (!(kind & STRICT))
		return;
	offer->header_digest[0] = KISCSI_DIGEST_CRC32C;
	offer->header_digests = 1;
	offer->initial_r2t = true;
	offer->immediate_data = false;
	offer->max_connections = 4;
	offer->max_burst_length = 4096;
	offer->first_burst_length = 1024;
	offer->default_time2wait = 10;
	offer->default_time2retain = 0;
	offer->error_recovery_level = 2;
	MUST(!kiscsi_offer_check(offer));
}

static void check_reply(struct kiscsi_text *reply)
{
	const char *key, *value;
	u32 pos = 0;
	int r;

	while ((r = kiscsi_text_next(reply, &pos, &key, &value)) == 1)
		;
	MUST(!r);
}

static void check_outcome(const struct kiscsi_negotiation *n)
{
	const struct kiscsi_params *p = n->params;
	const struct kiscsi_offer *o = n->offer;

	MUST(p->header_digest <= KISCSI_DIGEST_CRC32C && p->data_digest <= KISCSI_DIGEST_CRC32C);
	MUST(p->max_xmit_dsl >= 512 && p->max_xmit_dsl <= 16777215);
	MUST(p->data_pdu_in_order && p->data_sequence_in_order);
	MUST(p->first_burst_length <= p->max_burst_length && p->first_burst_length >= 512);
	MUST(strlen(p->target_alias) <= KISCSI_VALUE_MAX);
	if (!n->leading || n->discovery)
		return;
	MUST(p->header_digest == o->header_digest[0] ||
	     (o->header_digests == 2 && p->header_digest == o->header_digest[1]));
	MUST(p->initial_r2t || !o->initial_r2t);
	MUST(!p->immediate_data || o->immediate_data);
	MUST(p->max_burst_length <= o->max_burst_length);
	MUST(p->first_burst_length <= o->first_burst_length);
	MUST(p->max_connections >= 1 && p->max_connections <= o->max_connections);
	MUST(p->max_outstanding_r2t >= 1 && p->max_outstanding_r2t <= o->max_outstanding_r2t);
	MUST(p->time2wait >= o->default_time2wait && p->time2wait <= 3600);
	MUST(p->time2retain <= o->default_time2retain);
	MUST(p->error_recovery_level <= o->error_recovery_level);
}

/* false when a key ended it */
static bool negotiate(struct kiscsi_negotiation *n, struct kiscsi_text *from,
		      struct kiscsi_text *reply)
{
	const char *key, *value, *why = NULL;
	u32 pos = 0;
	int r;

	while ((r = kiscsi_text_next(from, &pos, &key, &value)) == 1)
		if (kiscsi_keys_feed(n, key, value, reply, &why) == KISCSI_KEY_BAD) {
			MUST(why && *why);
			return false;
		}
	return !r;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kiscsi_offer offer;
	struct kiscsi_params params;
	struct kiscsi_negotiation n = { .offer = &offer, .params = &params };
	char reply_buf[1024], *buf;
	struct kiscsi_text reply = { .buf = reply_buf, .size = sizeof(reply_buf) };
	struct kiscsi_text from;

	if (!size)
		return 0;
	buf = exact_copy(data + 1, size - 1);
	from = (struct kiscsi_text){ .buf = buf, .len = size - 1, .size = size - 1 };
	make_offer(&offer, data[0]);
	kiscsi_params_init(&params);
	n.leading = !(data[0] & LATER);
	n.discovery = data[0] & DISCOVERY;
	if (!(data[0] & PROPOSES)) {
		MUST(!kiscsi_keys_offer(&n, &reply));
		check_reply(&reply);
		reply.len = 0;
	}
	if (negotiate(&n, &from, &reply) && !kiscsi_keys_unanswered(&n) && !kiscsi_keys_finish(&n))
		check_outcome(&n);
	check_reply(&reply);
	free(buf);
	return 0;
}
