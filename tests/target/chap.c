// SPDX-License-Identifier: GPL-2.0
/*
 * CHAP, RFC 7143 section 12.1.3, the target's side of it.
 */
#include <nettle/md5.h>
#include <nettle/sha1.h>
#include <nettle/sha2.h>
#include <nettle/sha3.h>
#include <stdlib.h>

#include "target.h"

enum { WANT_ALG, WANT_RESPONSE };

union hash {
	struct md5_ctx md5;
	struct sha1_ctx sha1;
	struct sha256_ctx sha256;
	struct sha3_256_ctx sha3;
};

#define HASH(ctx, name, size) do {						\
	name##_init(&(ctx));							\
	name##_update(&(ctx), 1, &id);						\
	name##_update(&(ctx), strlen(secret), (const u8 *)secret);		\
	name##_update(&(ctx), len, challenge);					\
	name##_digest(&(ctx), size, out);					\
} while (0)

static u32 chap_hash(int alg, u8 id, const char *secret, const u8 *challenge, u32 len, u8 *out)
{
	union hash h;

	switch (alg) {
	case 5:
		HASH(h.md5, md5, MD5_DIGEST_SIZE);
		return MD5_DIGEST_SIZE;
	case 6:
		HASH(h.sha1, sha1, SHA1_DIGEST_SIZE);
		return SHA1_DIGEST_SIZE;
	case 7:
		HASH(h.sha256, sha256, SHA256_DIGEST_SIZE);
		return SHA256_DIGEST_SIZE;
	case 8:
		HASH(h.sha3, sha3_256, SHA3_256_DIGEST_SIZE);
		return SHA3_256_DIGEST_SIZE;
	}
	return 0;
}

/* the initiator's order of preference decides */
static int choose(const char *list)
{
	for (const char *p = list; p; p = strchr(p, ',')) {
		int alg;

		if (*p == ',')
			p++;
		alg = atoi(p);
		if (alg >= 5 && alg <= 8)
			return alg;
	}
	return 0;
}

static enum chap_result send_challenge(struct conn *c, struct chap *ch, const char *list,
				       struct pdu *answer)
{
	char hex[2 * sizeof(ch->challenge) + 3];

	ch->alg = choose(list);
	if (!ch->alg) {
		note(c, "no CHAP algorithm of ours in CHAP_A=%s", list);
		return CHAP_FAILED;
	}
	for (size_t i = 0; i < sizeof(ch->challenge); i++)
		ch->challenge[i] = (u8)rng_next(&c->rng);
	ch->id = (u8)rng_next(&c->rng);
	encode_hex(hex, ch->challenge, sizeof(ch->challenge));
	text_addf(answer, "CHAP_A", "%d", ch->alg);
	text_addf(answer, "CHAP_I", "%u", ch->id);
	text_add(answer, "CHAP_C", hex);
	ch->state = WANT_RESPONSE;
	return CHAP_MORE;
}

static bool response_right(struct conn *c, const struct chap *ch, const struct keys *k)
{
	const char *name = keys_get(k, "CHAP_N"), *response = keys_get(k, "CHAP_R");
	u8 want[64], got[64];
	u32 len = chap_hash(ch->alg, ch->id, config.chap_secret, ch->challenge,
			    sizeof(ch->challenge), want);

	snprintf(c->login_response, sizeof(c->login_response), "%s", response);
	if (decode_binary(response, got, sizeof(got)) != (int)len || memcmp(want, got, len)) {
		note(c, "CHAP_R is wrong");
		return false;
	}
	if (strcmp(name, config.chap_user)) {
		note(c, "CHAP_N=%s is not known", name);
		return false;
	}
	return true;
}

/* the initiator asks us to prove that we know a secret too */
static enum chap_result answer_mutual(struct conn *c, const struct chap *ch, const struct keys *k,
				      struct pdu *answer)
{
	const char *id = keys_get(k, "CHAP_I"), *challenge = keys_get(k, "CHAP_C");
	u8 digest[64];
	char hex[2 * sizeof(digest) + 3];
	int len;
	u32 n;

	if (!id && !challenge)
		return CHAP_DONE;
	if (!id || !challenge) {
		violation(c, "CHAP_I and CHAP_C come together or not at all");
		return CHAP_BROKEN;
	}
	len = decode_binary(challenge, c->login_challenge, sizeof(c->login_challenge));
	if (len <= 0) {
		violation(c, "CHAP_C=%s is not a binary value of up to 1024 bytes", challenge);
		return CHAP_BROKEN;
	}
	c->login_challenge_len = (u32)len;
	if ((u32)len == sizeof(ch->challenge) && !memcmp(c->login_challenge, ch->challenge, (u32)len))
		violation(c, "the initiator's challenge is ours");
	if (!config.mutual_secret)
		return CHAP_FAILED;
	n = chap_hash(ch->alg, (u8)atoi(id), config.mutual_secret, c->login_challenge, (u32)len,
		      digest);
	encode_hex(hex, digest, n);
	text_add(answer, "CHAP_N", config.mutual_user);
	text_add(answer, "CHAP_R", hex);
	return CHAP_DONE;
}

/**
 * chap_feed() - take the CHAP keys of one Login Request
 * @c: connection
 * @ch: zeroed before the first
 * @k: all keys of the request
 * @answer: where ours go
 *
 * Return: CHAP_MORE when the exchange goes on, CHAP_DONE when the initiator is who it says,
 * CHAP_FAILED when it is not, CHAP_BROKEN when it does not follow the protocol.
 */
enum chap_result chap_feed(struct conn *c, struct chap *ch, const struct keys *k, struct pdu *answer)
{
	const char *list = keys_get(k, "CHAP_A");

	if (ch->state == WANT_ALG) {
		if (!list) {
			violation(c, "CHAP_A is missing");
			return CHAP_BROKEN;
		}
		return send_challenge(c, ch, list, answer);
	}
	if (!keys_get(k, "CHAP_N") || !keys_get(k, "CHAP_R")) {
		violation(c, "CHAP_N and CHAP_R are missing");
		return CHAP_BROKEN;
	}
	if (!response_right(c, ch, k))
		return CHAP_FAILED;
	return answer_mutual(c, ch, k, answer);
}
