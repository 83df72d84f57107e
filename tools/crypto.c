// SPDX-License-Identifier: GPL-2.0
/*
 * What kernel/proto/chap.c needs computed: nettle's hashes, getrandom(2).
 */
#include <nettle/nettle-meta.h>
#include <nettle/md5.h>
#include <nettle/sha1.h>
#include <nettle/sha2.h>
#include <nettle/sha3.h>
#include <sys/random.h>

#include "crypto.h"

union context {
	struct md5_ctx md5;
	struct sha1_ctx sha1;
	struct sha256_ctx sha256;
	struct sha3_256_ctx sha3_256;
};

static const struct nettle_hash *hash_of(enum kiscsi_chap_alg alg)
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
	const struct nettle_hash *hash = hash_of(alg);
	union context state;

	(void)ctx;
	if (!hash || hash->context_size > sizeof(state) || hash->digest_size > KISCSI_CHAP_DIGEST_MAX)
		return -EOPNOTSUPP;
	hash->init(&state);
	hash->update(&state, 1, &id);
	hash->update(&state, secret_len, secret);
	hash->update(&state, challenge_len, challenge);
	hash->digest(&state, hash->digest_size, out);
	memzero_explicit(&state, sizeof(state));
	return (int)hash->digest_size;
}

static int random_bytes(void *ctx, void *buf, u32 len)
{
	u8 *p = buf;

	(void)ctx;
	while (len) {
		ssize_t n = getrandom(p, len, 0);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return -EIO;
		p += n;
		len -= (u32)n;
	}
	return 0;
}

const struct kiscsi_crypto crypto = { .digest = digest, .random = random_bytes };
