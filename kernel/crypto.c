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

static struct crypto_shash *find_hash(const struct kiscsi_auth *auth, u8 alg)
{
	u32 i;

	for (i = 0; i < auth->cred.algs_count; i++)
		if (auth->cred.algs[i] == alg)
			return auth->hash[i];
	return NULL;
}

static int digest(void *ctx, enum kiscsi_chap_alg alg, u8 id, const void *secret, u32 secret_len,
		  const void *challenge, u32 challenge_len, u8 out[KISCSI_CHAP_DIGEST_MAX])
{
	const struct kiscsi_reconnect *rc = ctx;
	struct crypto_shash *hash = find_hash(rc->auth, alg);
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
 * kiscsi_auth_alloc() - credentials and their hashes, while memory is to be had
 * @cred: copied; algorithms this kernel does not have are left out
 *
 * Context: may sleep and load modules.
 * Return: NULL if there is no memory.
 */
struct kiscsi_auth *kiscsi_auth_alloc(const struct kiscsi_chap_cred *cred)
{
	struct kiscsi_auth *auth = kzalloc(sizeof(*auth), GFP_KERNEL);
	u32 i, n = 0;

	if (!auth)
		return NULL;
	auth->cred = *cred;
	for (i = 0; i < cred->algs_count; i++) {
		const char *name = alg_driver(cred->algs[i]);
		struct crypto_shash *hash = name ? crypto_alloc_shash(name, 0, 0) : ERR_PTR(-ENOENT);

		if (IS_ERR(hash)) {
			pr_warn("kiscsi: CHAP with %s is not to be had in this kernel\n",
				name ? name : "an unknown algorithm");
			continue;
		}
		auth->hash[n] = hash;
		auth->cred.algs[n++] = cred->algs[i];
	}
	auth->cred.algs_count = n;
	return auth;
}

/** kiscsi_auth_free() - the reverse; wipes the secrets */
void kiscsi_auth_free(struct kiscsi_auth *auth)
{
	u32 i;

	if (!auth)
		return;
	for (i = 0; i < auth->cred.algs_count; i++)
		crypto_free_shash(auth->hash[i]);
	kfree_sensitive(auth);
}

/** kiscsi_crypto_init() - hashes, of @rc->auth whatever that is at the time, and random bytes for logins */
void kiscsi_crypto_init(struct kiscsi_reconnect *rc)
{
	rc->crypto = (struct kiscsi_crypto){ .digest = digest, .random = random_bytes, .ctx = rc };
}
