// SPDX-License-Identifier: GPL-2.0
/*
 * CHAP's hashes and random bytes from the kernel, for logins without the command.
 */
#include <crypto/hash.h>
#include <linux/random.h>

#include "reconnect.h"

static const char *alg_driver(u8 alg)
{
	switch (alg) {
	case KISCSI_CHAP_MD5:
		return "md5";
	case KISCSI_CHAP_SHA1:
		return "sha1";
	case KISCSI_CHAP_SHA256:
		return "sha256";
	case KISCSI_CHAP_SHA3_256:
		return "sha3-256";
	default:
		return NULL;
	}
}

static struct crypto_shash *find_hash(const struct kiscsi_reconnect *rc, u8 alg)
{
	u32 i;

	for (i = 0; i < rc->cred.algs_count; i++)
		if (rc->cred.algs[i] == alg)
			return rc->hash[i];
	return NULL;
}

static int digest(void *ctx, enum kiscsi_chap_alg alg, u8 id, const void *secret, u32 secret_len,
		  const void *challenge, u32 challenge_len, u8 out[KISCSI_CHAP_DIGEST_MAX])
{
	struct crypto_shash *hash = find_hash(ctx, alg);
	int ret;

	if (!hash)
		return -EOPNOTSUPP;
	{
		SHASH_DESC_ON_STACK(desc, hash);

		desc->tfm = hash;
		ret = crypto_shash_init(desc) ?: crypto_shash_update(desc, &id, 1) ?:
		      crypto_shash_update(desc, secret, secret_len) ?:
		      crypto_shash_update(desc, challenge, challenge_len) ?:
		      crypto_shash_final(desc, out);
		shash_desc_zero(desc);
	}
	return ret ? ret : (int)crypto_shash_digestsize(hash);
}

static int random_bytes(void *ctx, void *buf, u32 len)
{
	get_random_bytes(buf, len);
	return 0;
}

/**
 * kiscsi_crypto_init() - get the hashes the credentials ask for, while memory is to be had
 * @rc: with rc->cred set; algorithms this kernel does not have are taken off its list
 *
 * Context: may sleep and load modules.
 */
void kiscsi_crypto_init(struct kiscsi_reconnect *rc)
{
	u32 i, n = 0;

	rc->crypto = (struct kiscsi_crypto){ .digest = digest, .random = random_bytes, .ctx = rc };
	for (i = 0; i < rc->cred.algs_count; i++) {
		u8 alg = rc->cred.algs[i];
		const char *name = alg_driver(alg);
		struct crypto_shash *hash = name ? crypto_alloc_shash(name, 0, 0) : ERR_PTR(-ENOENT);

		if (IS_ERR(hash)) {
			pr_warn("kiscsi: CHAP with %s is not to be had in this kernel\n",
				name ? name : "an unknown algorithm");
			continue;
		}
		rc->hash[n] = hash;
		rc->cred.algs[n++] = alg;
	}
	rc->cred.algs_count = n;
}

/** kiscsi_crypto_free() - the reverse */
void kiscsi_crypto_free(struct kiscsi_reconnect *rc)
{
	u32 i;

	for (i = 0; i < rc->cred.algs_count; i++)
		crypto_free_shash(rc->hash[i]);
}
