// SPDX-License-Identifier: GPL-2.0
/*
 * CHAP as responder and verifier, RFC 7143 sections 9.2.1 and 12.1.3. The digests in here were
 * computed with another library than the one the tests link.
 */
#include "chap.h"
#include "unit.h"

#define OURS "initiator-secret"
#define THEIRS "the-target-secret"
#define CHALLENGE "0x000102030405060708090a0b0c0d0e0f"

static const struct vector {
	u8 alg;
	u32 len;
	const char *name;
	const char *response;	/* identifier 0x5a, secret OURS, challenge 00 01 ... 0f */
	const char *proof;	/* identifier 0xa5, secret THEIRS, challenge a5 a5 ... */
} vectors[] = {
	{ KISCSI_CHAP_MD5, 16, "MD5", "4f305ec932b9e52c8d5867a7e5032326",
	  "17b8ae4cd16d933585743545645775f4" },
	{ KISCSI_CHAP_SHA1, 20, "SHA1", "3e49fbda3d5b0e432e540f083e2174436e121054",
	  "5bbd4aa404515dcea2e4508e6986d85ed11f441e" },
	{ KISCSI_CHAP_SHA256, 32, "SHA-256",
	  "c743ea1b59561ea57083fdad1272db97ba019e01a30b8b6ab72bed501c627e5f",
	  "d55cf8af261a7a03df0390f4fd1b37c77a08cc8d1955a2a5bed2ceaf42468afb" },
	{ KISCSI_CHAP_SHA3_256, 32, "SHA3-256",
	  "1c5a02ecc42e8cb4c8a91f5d525d12835a2f5ffb05ec4e4c08a39df89f131ce6",
	  "e714ed45086376693529041cfc8d741aaecc794e804f2293cae69d3c4c92690a" },
};

struct talk {
	struct kiscsi_chap_cred cred;
	struct unit_crypto state;
	struct kiscsi_crypto crypto;
	struct kiscsi_chap chap;
	char buf[512];
	struct kiscsi_text text;
	const char *why;
};

static void begin(struct talk *t, bool mutual)
{
	static const u8 algs[] = { 8, 7, 6, 5 };

	memset(t, 0, sizeof(*t));
	strcpy(t->cred.user, "joe");
	memcpy(t->cred.secret, OURS, strlen(OURS));
	t->cred.secret_len = strlen(OURS);
	if (mutual) {
		strcpy(t->cred.mutual_user, "target");
		memcpy(t->cred.mutual_secret, THEIRS, strlen(THEIRS));
		t->cred.mutual_secret_len = strlen(THEIRS);
	}
	memcpy(t->cred.algs, algs, sizeof(algs));
	t->cred.algs_count = sizeof(algs);
	t->crypto = unit_crypto(&t->state);
	kiscsi_chap_init(&t->chap, &t->cred, &t->crypto);
	t->text.buf = t->buf;
	t->text.size = sizeof(t->buf);
}

static int feed(struct talk *t, const char *key, const char *value)
{
	t->why = NULL;
	return kiscsi_chap_feed(&t->chap, key, value, &t->why);
}

static int feed_number(struct talk *t, const char *key, u32 number)
{
	char value[16];

	snprintf(value, sizeof(value), "%u", number);
	return feed(t, key, value);
}

static int feed_hex(struct talk *t, const char *key, const char *digits)
{
	char value[128];

	snprintf(value, sizeof(value), "0x%s", digits);
	return feed(t, key, value);
}

static void challenged(struct talk *t, u8 alg)
{
	EQ(feed_number(t, "CHAP_A", alg), 1);
	EQ(feed_number(t, "CHAP_I", 0x5a), 1);
	EQ(feed(t, "CHAP_C", CHALLENGE), 1);
}

static int respond(struct talk *t)
{
	t->text.len = 0;
	t->why = NULL;
	return kiscsi_chap_respond(&t->chap, &t->text, &t->why);
}

/* is "key=value" one of the pairs appended? */
static bool sent(struct talk *t, const char *pair)
{
	u32 at = 0;

	while (at < t->text.len) {
		if (!strcmp(t->buf + at, pair))
			return true;
		at += strlen(t->buf + at) + 1;
	}
	return false;
}

static void algorithms(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(vectors); i++) {
		EQ(kiscsi_chap_alg_digest_len(vectors[i].alg), vectors[i].len);
		STR(kiscsi_chap_alg_name(vectors[i].alg), vectors[i].name);
	}
	for (i = 0; i < 256; i++) {
		if (i >= KISCSI_CHAP_MD5 && i <= KISCSI_CHAP_SHA3_256)
			continue;
		EQ(kiscsi_chap_alg_digest_len((u8)i), 0);
		STR(kiscsi_chap_alg_name((u8)i), NULL);
	}
}

static void offer(void)
{
	struct talk t;

	begin(&t, false);
	EQ(kiscsi_chap_offer(&t.chap, &t.text), 0);
	STR(t.buf, "CHAP_A=8,7,6,5");
	EQ(t.text.len, 15);
	t.cred.algs_count = 1;
	t.text.len = 0;
	EQ(kiscsi_chap_offer(&t.chap, &t.text), 0);
	STR(t.buf, "CHAP_A=8");
	t.text.size = 9;
	t.text.len = 1;
	EQ(kiscsi_chap_offer(&t.chap, &t.text), -ENOSPC);
}

static void one_way(void)
{
	char want[128];
	struct talk t;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(vectors); i++) {
		begin(&t, false);
		challenged(&t, vectors[i].alg);
		EQ(respond(&t), 0);
		snprintf(want, sizeof(want), "CHAP_R=0x%s", vectors[i].response);
		YES(sent(&t, "CHAP_N=joe"));
		YES(sent(&t, want));
		EQ(t.text.len, strlen("CHAP_N=joe") + 1 + strlen(want) + 1);
		EQ(kiscsi_chap_verify(&t.chap, &t.why), 0);
		/* nobody asked the target for a proof */
		EQ(feed(&t, "CHAP_N", "target"), -EPROTO);
		EQ(feed_hex(&t, "CHAP_R", vectors[i].proof), -EPROTO);
		HAS(t.why, "without a challenge");
	}
}

static void begin_mutual(struct talk *t, const struct vector *v)
{
	begin(t, true);
	challenged(t, v->alg);
	EQ(respond(t), 0);
}

static void mutual(void)
{
	char want[128] = "CHAP_C=0x";
	struct talk t;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(vectors); i++) {
		begin_mutual(&t, &vectors[i]);
		YES(sent(&t, "CHAP_I=165"));
		memset(want + 9, 0, sizeof(want) - 9);
		while (strlen(want) < 9 + 2 * vectors[i].len)
			strcat(want, "a5");
		YES(sent(&t, want));
		EQ(feed(&t, "CHAP_N", "target"), 1);
		EQ(feed_hex(&t, "CHAP_R", vectors[i].proof), 1);
		EQ(kiscsi_chap_verify(&t.chap, &t.why), 0);
		EQ(feed(&t, "CHAP_N", "target"), -EPROTO);
		EQ(feed_hex(&t, "CHAP_R", vectors[i].proof), -EPROTO);
		HAS(t.why, "twice");
	}
}

static void mutual_wrong_proof(void)
{
	char proof[128];
	struct talk t;
	size_t i, at;

	for (i = 0; i < ARRAY_SIZE(vectors); i++)
		for (at = 0; at < 2 * vectors[i].len; at++) {
			begin_mutual(&t, &vectors[i]);
			strcpy(proof, vectors[i].proof);
			proof[at] = proof[at] == '0' ? '1' : '0';
			EQ(feed(&t, "CHAP_N", "target"), 1);
			EQ(feed_hex(&t, "CHAP_R", proof), 1);
			EQ(kiscsi_chap_verify(&t.chap, &t.why), -EACCES);
			HAS(t.why, "does not know the mutual CHAP secret");
		}
}

static void mutual_names(void)
{
	struct talk t;

	begin_mutual(&t, &vectors[2]);
	EQ(feed(&t, "CHAP_N", "Target"), 1);
	EQ(feed_hex(&t, "CHAP_R", vectors[2].proof), 1);
	EQ(kiscsi_chap_verify(&t.chap, &t.why), -EACCES);
	HAS(t.why, "another name");

	begin_mutual(&t, &vectors[2]);
	t.cred.mutual_user[0] = '\0';
	EQ(feed(&t, "CHAP_N", "anybody"), 1);
	EQ(feed_hex(&t, "CHAP_R", vectors[2].proof), 1);
	EQ(kiscsi_chap_verify(&t.chap, &t.why), 0);
}

static void mutual_left_out(void)
{
	struct talk t;

	begin_mutual(&t, &vectors[0]);
	EQ(kiscsi_chap_verify(&t.chap, &t.why), -EACCES);
	HAS(t.why, "did not answer");
	EQ(feed(&t, "CHAP_N", "target"), 1);
	EQ(kiscsi_chap_verify(&t.chap, &t.why), -EACCES);
	begin_mutual(&t, &vectors[0]);
	EQ(feed_hex(&t, "CHAP_R", vectors[0].proof), 1);
	EQ(kiscsi_chap_verify(&t.chap, &t.why), -EACCES);
	HAS(t.why, "did not answer");
}

/* a proof of another algorithm's length, or an empty one, is not even compared */
static void mutual_length(void)
{
	struct talk t;

	begin_mutual(&t, &vectors[2]);
	EQ(feed_hex(&t, "CHAP_R", vectors[0].proof), -EPROTO);
	HAS(t.why, "length");
	EQ(feed_hex(&t, "CHAP_R", vectors[1].proof), -EPROTO);
	EQ(feed(&t, "CHAP_R", "0x"), -EPROTO);
	EQ(feed(&t, "CHAP_R", "0x00"), -EPROTO);
	EQ(feed(&t, "CHAP_R", "CHAP"), -EPROTO);
	EQ(feed_hex(&t, "CHAP_R",
		    "d55cf8af261a7a03df0390f4fd1b37c77a08cc8d1955a2a5bed2ceaf42468afbff"), -EPROTO);
	begin_mutual(&t, &vectors[0]);
	EQ(feed_hex(&t, "CHAP_R", vectors[2].proof), -EPROTO);
}

static void reflection(void)
{
	struct talk t;

	begin(&t, true);
	t.state.random_len = 17;
	/* identifier first, then the challenge: the same that the target sends */
	t.state.random[0] = 1;
	unit_unhex("000102030405060708090a0b0c0d0e0f", t.state.random + 1, 16);
	challenged(&t, KISCSI_CHAP_MD5);
	EQ(respond(&t), -EPROTO);
	HAS(t.why, "reflection");
	EQ(t.text.len, 0);
}

static void missing(void)
{
	struct talk t;

	begin(&t, false);
	EQ(respond(&t), -EPROTO);
	HAS(t.why, "CHAP_A");
	EQ(feed(&t, "CHAP_A", "5"), 1);
	EQ(respond(&t), -EPROTO);
	HAS(t.why, "CHAP_I");
	EQ(feed(&t, "CHAP_I", "0"), 1);
	EQ(respond(&t), -EPROTO);
	HAS(t.why, "CHAP_C");
	EQ(feed(&t, "CHAP_C", "0x01"), 1);
	EQ(respond(&t), 0);
}

static void bad_values(void)
{
	static const struct {
		const char *key;
		const char *value;
		const char *why;
	} cases[] = {
		{ "CHAP_A", "4", "never offered" },
		{ "CHAP_A", "9", "never offered" },
		{ "CHAP_A", "261", "never offered" },
		{ "CHAP_A", "", "number" },
		{ "CHAP_A", "5,6", "number" },
		{ "CHAP_A", "MD5", "number" },
		{ "CHAP_A", "Reject", "none of the offered" },
		{ "CHAP_I", "256", "0 to 255" },
		{ "CHAP_I", "-1", "0 to 255" },
		{ "CHAP_I", "", "0 to 255" },
		{ "CHAP_C", "", "hex or base64" },
		{ "CHAP_C", "0x", "hex or base64" },
		{ "CHAP_C", "000102", "hex or base64" },
		{ "CHAP_C", "0xzz", "hex or base64" },
		{ "CHAP_N", "joe", "without a challenge" },
		{ "CHAP_R", "0x00", "without a challenge" },
	};
	struct talk t;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		begin(&t, true);
		EQ(feed(&t, cases[i].key, cases[i].value), -EPROTO);
		HAS(t.why, cases[i].why);
	}
}

static void not_offered(void)
{
	struct talk t;

	begin(&t, false);
	t.cred.algs_count = 2;
	EQ(feed(&t, "CHAP_A", "5"), -EPROTO);
	HAS(t.why, "never offered");
	EQ(feed(&t, "CHAP_A", "7"), 1);
}

static void twice(void)
{
	struct talk t;

	begin(&t, false);
	challenged(&t, KISCSI_CHAP_SHA1);
	EQ(feed(&t, "CHAP_A", "6"), -EPROTO);
	HAS(t.why, "twice");
	EQ(feed(&t, "CHAP_I", "90"), -EPROTO);
	HAS(t.why, "twice");
	EQ(feed(&t, "CHAP_C", CHALLENGE), -EPROTO);
	HAS(t.why, "twice");
	EQ(respond(&t), 0);
	EQ(feed(&t, "CHAP_C", CHALLENGE), -EPROTO);
}

static void other_keys(void)
{
	struct talk t;

	begin(&t, false);
	EQ(feed(&t, "CHAP_X", "1"), 0);
	EQ(feed(&t, "CHAP_", "1"), 0);
	EQ(feed(&t, "CHAP_AA", "1"), 0);
	EQ(feed(&t, "chap_a", "5"), 0);
	EQ(feed(&t, "AuthMethod", "CHAP"), 0);
}

static void long_values(void)
{
	char value[2 * KISCSI_CHAP_CHALLENGE_MAX + 8] = "0x";
	struct talk t;

	memset(value + 2, '7', 2 * KISCSI_CHAP_CHALLENGE_MAX);
	begin(&t, false);
	EQ(feed(&t, "CHAP_C", value), 1);
	EQ(t.chap.challenge_len, KISCSI_CHAP_CHALLENGE_MAX);
	begin(&t, false);
	strcat(value, "7");
	EQ(feed(&t, "CHAP_C", value), -EPROTO);
	HAS(t.why, "1024");

	begin_mutual(&t, &vectors[0]);
	memset(value, 'n', 256);
	value[256] = '\0';
	EQ(feed(&t, "CHAP_N", value), -EPROTO);
	HAS(t.why, "255");
	value[255] = '\0';
	EQ(feed(&t, "CHAP_N", value), 1);
}

static void base64_challenge(void)
{
	struct talk t;

	begin(&t, false);
	EQ(feed(&t, "CHAP_A", "5"), 1);
	EQ(feed(&t, "CHAP_I", "0x5a"), 1);
	EQ(feed(&t, "CHAP_C", "0bAAECAwQFBgcICQoLDA0ODw=="), 1);
	EQ(respond(&t), 0);
	YES(sent(&t, "CHAP_R=0x4f305ec932b9e52c8d5867a7e5032326"));
}

static void nothing_to_compute_with(void)
{
	struct talk t;

	begin(&t, false);
	t.state.fail_digest = KISCSI_CHAP_SHA3_256;
	challenged(&t, KISCSI_CHAP_SHA3_256);
	EQ(respond(&t), -EOPNOTSUPP);
	HAS(t.why, "cannot be computed");

	begin(&t, true);
	t.state.fail_random = true;
	challenged(&t, KISCSI_CHAP_MD5);
	EQ(respond(&t), -EOPNOTSUPP);
	HAS(t.why, "random");

	begin_mutual(&t, &vectors[3]);
	EQ(feed(&t, "CHAP_N", "target"), 1);
	EQ(feed_hex(&t, "CHAP_R", vectors[3].proof), 1);
	t.state.fail_digest = KISCSI_CHAP_SHA3_256;
	EQ(kiscsi_chap_verify(&t.chap, &t.why), -EACCES);
}

static void no_room(void)
{
	struct talk t;
	u32 size;

	for (size = 0; size < sizeof(t.buf); size++) {
		begin(&t, true);
		challenged(&t, KISCSI_CHAP_MD5);
		t.text.size = size;
		if (respond(&t) != -ENOSPC)
			break;
	}
	begin_mutual(&t, &vectors[0]);
	EQ(size, t.text.len);
}

#define CHECK(change, part)				\
	do {						\
		begin(&t, true);			\
		change;					\
		HAS(kiscsi_chap_check(&t.cred), part);	\
	} while (0)

static void check(void)
{
	struct talk t;

	begin(&t, true);
	STR(kiscsi_chap_check(&t.cred), NULL);
	begin(&t, false);
	STR(kiscsi_chap_check(&t.cred), NULL);
	memset(&t.cred, 0, sizeof(t.cred));
	STR(kiscsi_chap_check(&t.cred), NULL);

	CHECK(t.cred.user[0] = '\0', "of our own");
	CHECK(t.cred.secret_len = 0, "without its secret");
	CHECK(t.cred.secret_len = 11, "shorter than 12");
	CHECK(t.cred.mutual_secret_len = 0, "without its secret");
	CHECK(t.cred.mutual_secret_len = 11, "shorter than 12");
	CHECK(t.cred.algs_count = 0, "no CHAP algorithm");
	CHECK(t.cred.algs_count = 5, "too many");
	CHECK(t.cred.algs[3] = 4, "unknown CHAP algorithm");
	CHECK(memcpy(t.cred.mutual_secret, t.cred.secret, sizeof(t.cred.secret));
	      t.cred.mutual_secret_len = t.cred.secret_len, "the same in both directions");
	begin(&t, false);
	t.cred.user[0] = '\0';
	HAS(kiscsi_chap_check(&t.cred), "without its user");

	/* 12 bytes will do, and a secret that only begins like the other is another */
	begin(&t, true);
	t.cred.secret_len = 12;
	memcpy(t.cred.mutual_secret, t.cred.secret, 13);
	t.cred.mutual_secret_len = 13;
	STR(kiscsi_chap_check(&t.cred), NULL);
}

UNIT_SUITE(chap,
	{ "algorithms", algorithms },
	{ "the offer", offer },
	{ "one-way, known answers", one_way },
	{ "mutual, known answers", mutual },
	{ "mutual, a wrong proof", mutual_wrong_proof },
	{ "mutual, names", mutual_names },
	{ "mutual, a proof left out", mutual_left_out },
	{ "mutual, a proof of another length", mutual_length },
	{ "reflection", reflection },
	{ "missing keys", missing },
	{ "bad values", bad_values },
	{ "an algorithm that was not offered", not_offered },
	{ "keys sent twice", twice },
	{ "other keys", other_keys },
	{ "long values", long_values },
	{ "a challenge in base64", base64_challenge },
	{ "nothing to compute with", nothing_to_compute_with },
	{ "no room", no_room },
	{ "checking credentials", check })
