// SPDX-License-Identifier: GPL-2.0
#include <string.h>
#include <nettle/md5.h>
#include <nettle/nettle-meta.h>
#include <nettle/sha1.h>
#include <nettle/sha2.h>
#include <nettle/sha3.h>

#include "unit.h"

static const struct nettle_hash *find_hash(enum kiscsi_chap_alg alg)
{
	switch (alg) {
	case KISCSI_CHAP_MD5:
		return &nettle_md5;
	case KISCSI_CHAP_SHA1:
		return &nettle_sha1;
	case KISCSI_CHAP_SHA256:
		return &nettle_sha256;
	case KISCSI_CHAP_SHA3_256:
		return &nettle_sha3_256;
	}
	return NULL;
}

static int digest(void *ctx, enum kiscsi_chap_alg alg, u8 id, const void *secret, u32 secret_len,
		  const void *challenge, u32 challenge_len, u8 out[KISCSI_CHAP_DIGEST_MAX])
{
	union {
		struct md5_ctx md5;
		struct sha1_ctx sha1;
		struct sha256_ctx sha256;
		struct sha3_256_ctx sha3;
	} hash;
	const struct nettle_hash *h = find_hash(alg);
	const struct unit_crypto *state = ctx;

	if (!h || state->fail_digest == alg)
		return -ENOENT;
	h->init(&hash);
	h->update(&hash, 1, &id);
	h->update(&hash, secret_len, secret);
	h->update(&hash, challenge_len, challenge);
	h->digest(&hash, h->digest_size, out);
	return (int)h->digest_size;
}

static int random_bytes(void *ctx, void *buf, u32 len)
{
	struct unit_crypto *state = ctx;
	u8 *out = buf;
	u32 i;

	if (state->fail_random)
		return -EIO;
	for (i = 0; i < len; i++)
		out[i] = state->random_len ? state->random[state->at++ % state->random_len] : 0xa5;
	return 0;
}

struct kiscsi_crypto unit_crypto(struct unit_crypto *state)
{
	return (struct kiscsi_crypto){ .digest = digest, .random = random_bytes, .ctx = state };
}

static int nibble(char c)
{
	return c <= '9' ? c - '0' : c - 'a' + 10;
}

size_t unit_unhex(const char *hex, u8 *out, size_t size)
{
	size_t len = strlen(hex) / 2;
	size_t i;

	for (i = 0; i < len && i < size; i++)
		out[i] = (u8)(nibble(hex[2 * i]) << 4 | nibble(hex[2 * i + 1]));
	return i;
}
