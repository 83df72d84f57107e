/* SPDX-License-Identifier: GPL-2.0 */
/*
 * CHAP, RFC 7143 section 12.1.3 with the hash algorithms of the IANA registry (section 9.2.1 there
 * for the rules on secrets). Both roles: responder (the target authenticates us) and verifier (we
 * authenticate the target). The hash and the random bytes are the caller's.
 */
#ifndef KISCSI_PROTO_CHAP_H
#define KISCSI_PROTO_CHAP_H

#include "env.h"
#include "text.h"

/* CHAP_A values */
enum kiscsi_chap_alg {
	KISCSI_CHAP_MD5		= 5,
	KISCSI_CHAP_SHA1	= 6,
	KISCSI_CHAP_SHA256	= 7,
	KISCSI_CHAP_SHA3_256	= 8,
};

#define KISCSI_CHAP_ALGS_MAX	4
#define KISCSI_CHAP_DIGEST_MAX	32
#define KISCSI_CHAP_CHALLENGE_MAX 1024	/* section 12.1.3: the most a CHAP_C may decode to */
#define KISCSI_CHAP_NAME_MAX	255
#define KISCSI_CHAP_SECRET_MAX	255
#define KISCSI_CHAP_SECRET_MIN	12	/* 96 bits, section 9.2.1 */

/**
 * struct kiscsi_crypto - what the caller's surroundings compute for us
 * @digest: hash of @id, @secret and @challenge one after the other (RFC 1994 section 4.1) into
 *	@out; returns the digest's length, or negative when the algorithm is not to be had
 * @random: fill @buf with unpredictable bytes; 0 or negative
 * @ctx: passed to both
 */
struct kiscsi_crypto {
	int (*digest)(void *ctx, enum kiscsi_chap_alg alg, u8 id,
		      const void *secret, u32 secret_len,
		      const void *challenge, u32 challenge_len, u8 out[KISCSI_CHAP_DIGEST_MAX]);
	int (*random)(void *ctx, void *buf, u32 len);
	void *ctx;
};

/**
 * struct kiscsi_chap_cred - credentials and policy; wiped by its owner
 * @user: CHAP_N we answer with; empty: no CHAP, AuthMethod None
 * @secret: what the target knows us by
 * @secret_len: in bytes
 * @mutual_user: CHAP_N the target must answer with; empty with a @mutual_secret: any name
 * @mutual_secret: what we know the target by; @mutual_secret_len 0: one-way CHAP
 * @mutual_secret_len: in bytes
 * @algs: CHAP_A values to offer, strongest first
 * @algs_count: how many
 */
struct kiscsi_chap_cred {
	char user[KISCSI_CHAP_NAME_MAX + 1];
	u8 secret[KISCSI_CHAP_SECRET_MAX];
	u8 secret_len;
	char mutual_user[KISCSI_CHAP_NAME_MAX + 1];
	u8 mutual_secret[KISCSI_CHAP_SECRET_MAX];
	u8 mutual_secret_len;
	u8 algs[KISCSI_CHAP_ALGS_MAX];
	u8 algs_count;
};

/** kiscsi_chap_check() - NULL if @cred keeps the RFC's rules, else what is wrong and what to do */
const char *kiscsi_chap_check(const struct kiscsi_chap_cred *cred);

/** kiscsi_chap_alg_name() - "MD5", "SHA1", "SHA-256", "SHA3-256" or NULL */
const char *kiscsi_chap_alg_name(u8 alg);
/** kiscsi_chap_alg_digest_len() - bytes of the algorithm's digest, 0 if unknown */
u32 kiscsi_chap_alg_digest_len(u8 alg);

/**
 * struct kiscsi_chap - one CHAP exchange
 *
 * Holds no secret but the challenges. The fields are chap.c's.
 */
struct kiscsi_chap {
	const struct kiscsi_chap_cred *cred;
	const struct kiscsi_crypto *crypto;
	u8 alg;				/* chosen by the target, 0 before */
	u8 id;				/* CHAP_I received */
	bool have_a, have_i, have_c, have_n, have_r;
	u8 our_id;			/* CHAP_I sent, mutual */
	u8 our_challenge[KISCSI_CHAP_DIGEST_MAX];
	u32 our_challenge_len;
	u8 challenge[KISCSI_CHAP_CHALLENGE_MAX];
	u32 challenge_len;
	u8 response[KISCSI_CHAP_DIGEST_MAX];
	u32 response_len;
	char name[KISCSI_CHAP_NAME_MAX + 1];
};

/** kiscsi_chap_init() - begin; @cred and @crypto stay the caller's and must outlive @c */
void kiscsi_chap_init(struct kiscsi_chap *c, const struct kiscsi_chap_cred *cred,
		      const struct kiscsi_crypto *crypto);

/** kiscsi_chap_offer() - append CHAP_A=<list>; 0 or -ENOSPC */
int kiscsi_chap_offer(struct kiscsi_chap *c, struct kiscsi_text *t);

/**
 * kiscsi_chap_feed() - take a CHAP_ key of the target's
 *
 * Return: 1 if it was ours and is good, 0 if @key is not a CHAP key, -EPROTO with @why set.
 */
int kiscsi_chap_feed(struct kiscsi_chap *c, const char *key, const char *value, const char **why);

/**
 * kiscsi_chap_respond() - with A, I and C fed: append CHAP_N and CHAP_R, and for mutual CHAP our
 *	own CHAP_I and CHAP_C
 *
 * Return: 0; -EPROTO with @why when one is missing or the challenge is one of ours (reflection,
 * section 9.2.1); -ENOSPC; -EOPNOTSUPP when the algorithm cannot be computed here.
 */
int kiscsi_chap_respond(struct kiscsi_chap *c, struct kiscsi_text *t, const char **why);

/**
 * kiscsi_chap_verify() - with N and R fed: is the target who it says?
 *
 * Return: 0; -EACCES with @why when not (compared in constant time); 0 for one-way CHAP.
 */
int kiscsi_chap_verify(struct kiscsi_chap *c, const char **why);

#endif
