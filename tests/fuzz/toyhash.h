/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A hash that no attacker would respect and a fuzzer can get through, and random bytes that are
 * not.
 */
#ifndef KISCSI_FUZZ_TOYHASH_H
#define KISCSI_FUZZ_TOYHASH_H

#include "chap.h"

static inline int toy_digest(void *ctx, enum kiscsi_chap_alg alg, u8 id, const void *secret,
			     u32 secret_len, const void *challenge, u32 challenge_len,
			     u8 out[KISCSI_CHAP_DIGEST_MAX])
{
	u32 len = kiscsi_chap_alg_digest_len(alg);
	const u8 *c = challenge;

	(void)ctx;
	memset(out, id, len);
	out[0] = challenge_len ? c[0] ^ c[challenge_len - 1] : 0;
	out[1] = secret_len ? *(const u8 *)secret : 0;
	return (int)len;
}

static inline int toy_random(void *ctx, void *buf, u32 len)
{
	(void)ctx;
	memset(buf, 'r', len);
	return 0;
}

static const struct kiscsi_crypto toy_crypto = { .digest = toy_digest, .random = toy_random };

static inline void toy_cred(struct kiscsi_chap_cred *cred, bool mutual)
{
	memset(cred, 0, sizeof(*cred));
	memcpy(cred->user, "joe", 4);
	memcpy(cred->secret, "sixteen letters!", 16);
	cred->secret_len = 16;
	memcpy(cred->algs, (const u8[]){ 8, 7, 6, 5 }, 4);
	cred->algs_count = 4;
	if (!mutual)
		return;
	memcpy(cred->mutual_user, "t", 2);
	memcpy(cred->mutual_secret, "twelve bytes", 12);
	cred->mutual_secret_len = 12;
}

#endif
