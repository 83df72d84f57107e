// SPDX-License-Identifier: GPL-2.0
/*
 * A CHAP exchange: the first byte says whether it is mutual, the rest is the target's text in the
 * two batches it sends, with a line feed between them.
 */
#include "../../kernel/proto/chap.c"
#include "fuzz.h"
#include "toyhash.h"

/* the pairs of @data up to its end; 0, or -EPROTO when one ended the exchange */
static int feed_batch(struct kiscsi_chap *c, const uint8_t *data, size_t size)
{
	char *buf = exact_copy(data, size);
	struct kiscsi_text t = { .buf = buf, .len = size, .size = size };
	const char *key, *value, *why = NULL;
	u32 pos = 0;
	int r;

	while ((r = kiscsi_text_next(&t, &pos, &key, &value)) == 1) {
		r = kiscsi_chap_feed(c, key, value, &why);
		MUST(r == 0 || r == 1 || (r == -EPROTO && why && *why));
		if (r < 0)
			break;
	}
	free(buf);
	return r < 0 ? -EPROTO : 0;
}

static size_t first_batch(const uint8_t *data, size_t size)
{
	const uint8_t *end = memmem(data, size, "\0\n", 2);

	return end ? (size_t)(end - data) + 1 : size;
}

static void exchange(struct kiscsi_chap *c, const uint8_t *data, size_t size)
{
	char buf[2048];
	struct kiscsi_text t = { .buf = buf, .size = sizeof(buf) };
	size_t first = first_batch(data, size);
	const char *why = NULL;

	MUST(!kiscsi_chap_offer(c, &t));
	if (feed_batch(c, data, first))
		return;
	if (kiscsi_chap_respond(c, &t, &why)) {
		MUST(why && *why);
		return;
	}
	MUST(c->have_a && c->have_i && c->have_c && c->challenge_len);
	if (first < size && feed_batch(c, data + first + 1, size - first - 1))
		return;
	if (kiscsi_chap_verify(c, &why) == 0)
		MUST(!c->cred->mutual_secret_len ||
		     (!strcmp(c->name, "t") && c->response[1] == 't' && c->response[2] == 'r'));
	else
		MUST(why && *why);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kiscsi_chap_cred cred;
	struct kiscsi_chap chap;

	if (!size)
		return 0;
	toy_cred(&cred, data[0] & 1);
	if (data[0] & 2)
		cred.algs_count = 1;
	MUST(!kiscsi_chap_check(&cred));
	kiscsi_chap_init(&chap, &cred, &toy_crypto);
	exchange(&chap, data + 1, size - 1);
	return 0;
}
