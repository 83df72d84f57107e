// SPDX-License-Identifier: GPL-2.0
/*
 * CHAP. The exchange, section 12.1.3: we offer CHAP_A, the target picks one and sends CHAP_I and
 * CHAP_C, we answer CHAP_N and CHAP_R and, for mutual CHAP, send CHAP_I and CHAP_C of our own,
 * which the target answers with CHAP_N and CHAP_R.
 */
#include "chap.h"

static const struct {
	enum kiscsi_chap_alg alg;
	u32 digest_len;
	const char *name;
} algs[] = {
	{ KISCSI_CHAP_MD5, 16, "MD5" },
	{ KISCSI_CHAP_SHA1, 20, "SHA1" },
	{ KISCSI_CHAP_SHA256, 32, "SHA-256" },
	{ KISCSI_CHAP_SHA3_256, 32, "SHA3-256" },
};

const char *kiscsi_chap_alg_name(u8 alg)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(algs); i++)
		if (algs[i].alg == alg)
			return algs[i].name;
	return NULL;
}

u32 kiscsi_chap_alg_digest_len(u8 alg)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(algs); i++)
		if (algs[i].alg == alg)
			return algs[i].digest_len;
	return 0;
}

static const char *check_algs(const struct kiscsi_chap_cred *cred)
{
	u32 i;

	if (!cred->algs_count)
		return "no CHAP algorithm to offer";
	if (cred->algs_count > KISCSI_CHAP_ALGS_MAX)
		return "too many CHAP algorithms";
	for (i = 0; i < cred->algs_count; i++)
		if (!kiscsi_chap_alg_name(cred->algs[i]))
			return "unknown CHAP algorithm: want MD5, SHA1, SHA-256 or SHA3-256";
	return NULL;
}

static const char *check_mutual(const struct kiscsi_chap_cred *cred)
{
	if (!cred->mutual_secret_len)
		return cred->mutual_user[0] ? "mutual CHAP user given without its secret" : NULL;
	if (cred->mutual_secret_len < KISCSI_CHAP_SECRET_MIN)
		return "mutual CHAP secret is shorter than 12 bytes (96 bits)";
	if (cred->mutual_secret_len == cred->secret_len &&
	    !memcmp(cred->mutual_secret, cred->secret, cred->secret_len))
		return "CHAP secret is the same in both directions: use two";
	return NULL;
}

const char *kiscsi_chap_check(const struct kiscsi_chap_cred *cred)
{
	const char *why;

	if (!cred->user[0] && (cred->mutual_user[0] || cred->mutual_secret_len))
		return "mutual CHAP needs a user and a secret of our own as well";
	if (!cred->user[0])
		return cred->secret_len ? "CHAP secret given without its user" : NULL;
	if (!cred->secret_len)
		return "CHAP user given without its secret";
	if (cred->secret_len < KISCSI_CHAP_SECRET_MIN)
		return "CHAP secret is shorter than 12 bytes (96 bits)";
	why = check_mutual(cred);
	return why ? why : check_algs(cred);
}

void kiscsi_chap_init(struct kiscsi_chap *c, const struct kiscsi_chap_cred *cred,
		      const struct kiscsi_crypto *crypto)
{
	memset(c, 0, sizeof(*c));
	c->cred = cred;
	c->crypto = crypto;
}

int kiscsi_chap_offer(struct kiscsi_chap *c, struct kiscsi_text *t)
{
	const u8 *alg = c->cred->algs;
	char list[KISCSI_CHAP_ALGS_MAX * 4];
	u32 i, len = 0;

	for (i = 0; i < c->cred->algs_count; i++)
		len += snprintf(list + len, sizeof(list) - len, "%s%u", i ? "," : "", alg[i]);
	return kiscsi_text_add(t, "CHAP_A", list);
}

static bool was_offered(const struct kiscsi_chap *c, u32 alg)
{
	u32 i;

	for (i = 0; i < c->cred->algs_count; i++)
		if (c->cred->algs[i] == alg)
			return true;
	return false;
}

static const char *feed_a(struct kiscsi_chap *c, const char *value)
{
	u32 alg;

	if (c->have_a)
		return "was sent twice";
	if (!strcmp(value, "Reject"))
		return "the target has none of the offered CHAP algorithms";
	if (kiscsi_text_number(value, &alg))
		return "want the number of a CHAP algorithm";
	if (!was_offered(c, alg))
		return "was never offered";
	c->alg = (u8)alg;
	c->have_a = true;
	return NULL;
}

static const char *feed_i(struct kiscsi_chap *c, const char *value)
{
	u32 id;

	if (c->have_i)
		return "was sent twice";
	if (kiscsi_text_number(value, &id) || id > 255)
		return "want a number from 0 to 255";
	c->id = (u8)id;
	c->have_i = true;
	return NULL;
}

static const char *feed_c(struct kiscsi_chap *c, const char *value)
{
	int len;

	if (c->have_c)
		return "was sent twice";
	len = kiscsi_text_binary(value, c->challenge, sizeof(c->challenge));
	if (len == -ENOSPC)
		return "is longer than 1024 bytes";
	if (len < 0)
		return "want a hex or base64 constant";
	c->challenge_len = len;
	c->have_c = true;
	return NULL;
}

/* the target answers a challenge only after we have sent one */
static const char *check_expected(const struct kiscsi_chap *c, bool have)
{
	if (!c->our_challenge_len)
		return "was sent without a challenge from us";
	return have ? "was sent twice" : NULL;
}

static const char *feed_n(struct kiscsi_chap *c, const char *value)
{
	const char *why = check_expected(c, c->have_n);

	if (why)
		return why;
	if (strlen(value) > KISCSI_CHAP_NAME_MAX)
		return "is longer than 255 bytes";
	memcpy(c->name, value, strlen(value) + 1);
	c->have_n = true;
	return NULL;
}

static const char *feed_r(struct kiscsi_chap *c, const char *value)
{
	const char *why = check_expected(c, c->have_r);
	int len;

	if (why)
		return why;
	len = kiscsi_text_binary(value, c->response, sizeof(c->response));
	if (len == -EINVAL)
		return "want a hex or base64 constant";
	if (len < 0 || (u32)len != kiscsi_chap_alg_digest_len(c->alg))
		return "has not the length of the algorithm's digest";
	c->response_len = len;
	c->have_r = true;
	return NULL;
}

static const struct {
	const char *key;
	const char *(*feed)(struct kiscsi_chap *c, const char *value);
} feeds[] = {
	{ "CHAP_A", feed_a },
	{ "CHAP_I", feed_i },
	{ "CHAP_C", feed_c },
	{ "CHAP_N", feed_n },
	{ "CHAP_R", feed_r },
};

int kiscsi_chap_feed(struct kiscsi_chap *c, const char *key, const char *value, const char **why)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(feeds); i++) {
		if (strcmp(feeds[i].key, key))
			continue;
		*why = feeds[i].feed(c, value);
		return *why ? -EPROTO : 1;
	}
	return 0;
}

static int add_response(struct kiscsi_chap *c, struct kiscsi_text *t, const char **why)
{
	const struct kiscsi_chap_cred *cred = c->cred;
	u8 digest[KISCSI_CHAP_DIGEST_MAX];
	int len, err;

	len = c->crypto->digest(c->crypto->ctx, c->alg, c->id, cred->secret, cred->secret_len,
				c->challenge, c->challenge_len, digest);
	if (len < 0 || (u32)len != kiscsi_chap_alg_digest_len(c->alg)) {
		*why = "the CHAP algorithm cannot be computed here";
		return -EOPNOTSUPP;
	}
	err = kiscsi_text_add(t, "CHAP_N", cred->user);
	if (!err)
		err = kiscsi_text_add_hex(t, "CHAP_R", digest, len);
	memzero_explicit(digest, sizeof(digest));
	return err;
}

static int make_challenge(struct kiscsi_chap *c, const char **why)
{
	const struct kiscsi_crypto *crypto = c->crypto;
	u32 len = kiscsi_chap_alg_digest_len(c->alg);

	if (crypto->random(crypto->ctx, &c->our_id, sizeof(c->our_id)) ||
	    crypto->random(crypto->ctx, c->our_challenge, len)) {
		*why = "no random numbers to be had for a CHAP challenge";
		return -EOPNOTSUPP;
	}
	c->our_challenge_len = len;
	/*
	 * Section 9.2.1: a challenge must not come back in the other direction, or one side's
	 * answer is the other's. That the secrets differ was seen to by kiscsi_chap_check().
	 */
	if (c->challenge_len == len && !memcmp(c->challenge, c->our_challenge, len)) {
		*why = "the target's CHAP challenge is our own (reflection)";
		return -EPROTO;
	}
	return 0;
}

static int add_challenge(struct kiscsi_chap *c, struct kiscsi_text *t)
{
	if (kiscsi_text_addf(t, "CHAP_I", "%u", c->our_id))
		return -ENOSPC;
	return kiscsi_text_add_hex(t, "CHAP_C", c->our_challenge, c->our_challenge_len);
}

static const char *missing_for_response(const struct kiscsi_chap *c)
{
	if (!c->have_a)
		return "the target chose no CHAP algorithm (CHAP_A)";
	if (!c->have_i)
		return "the target sent no CHAP identifier (CHAP_I)";
	return c->have_c ? NULL : "the target sent no CHAP challenge (CHAP_C)";
}

int kiscsi_chap_respond(struct kiscsi_chap *c, struct kiscsi_text *t, const char **why)
{
	bool mutual = c->cred->mutual_secret_len;
	int err;

	*why = missing_for_response(c);
	if (*why)
		return -EPROTO;
	/* ours is made first: nothing is answered when the two turn out to be the same */
	if (mutual) {
		err = make_challenge(c, why);
		if (err)
			return err;
	}
	err = add_response(c, t, why);
	if (err || !mutual)
		return err;
	return add_challenge(c, t);
}

/* takes the same time whatever differs */
static bool same_bytes(const u8 *a, const u8 *b, u32 len)
{
	u8 diff = 0;
	u32 i;

	for (i = 0; i < len; i++)
		diff |= a[i] ^ b[i];
	return !diff;
}

static bool response_is_right(struct kiscsi_chap *c)
{
	const struct kiscsi_chap_cred *cred = c->cred;
	u8 digest[KISCSI_CHAP_DIGEST_MAX];
	bool right;
	int len;

	len = c->crypto->digest(c->crypto->ctx, c->alg, c->our_id, cred->mutual_secret,
				cred->mutual_secret_len, c->our_challenge, c->our_challenge_len,
				digest);
	right = len > 0 && (u32)len == c->response_len && same_bytes(digest, c->response, len);
	memzero_explicit(digest, sizeof(digest));
	return right;
}

int kiscsi_chap_verify(struct kiscsi_chap *c, const char **why)
{
	if (!c->cred->mutual_secret_len)
		return 0;
	if (!c->have_n || !c->have_r)
		*why = "the target did not answer our CHAP challenge";
	else if (c->cred->mutual_user[0] && strcmp(c->cred->mutual_user, c->name))
		*why = "the target answered our CHAP challenge under another name";
	else if (!response_is_right(c))
		*why = "the target does not know the mutual CHAP secret";
	else
		return 0;
	return -EACCES;
}
