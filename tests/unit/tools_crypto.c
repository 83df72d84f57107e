// SPDX-License-Identifier: GPL-2.0
/*
 * The command's hashes: MD5 and the three others over ID, secret and challenge, against digests of
 * "a" "b" "c" that the algorithms' own documents give for "abc".
 */
#include "../../tools/crypto.c"
#include "unit.h"

static void abc(enum kiscsi_chap_alg alg, const char *hex)
{
	u8 out[KISCSI_CHAP_DIGEST_MAX], want[KISCSI_CHAP_DIGEST_MAX];
	size_t len = unit_unhex(hex, want, sizeof(want));
	int n = crypto.digest(crypto.ctx, alg, 'a', "b", 1, "c", 1, out);

	EQ(n, len);
	if (n == (int)len)
		MEM(out, len, want, len);
}

static void digests(void)
{
	u8 out[KISCSI_CHAP_DIGEST_MAX];

	abc(KISCSI_CHAP_MD5, "900150983cd24fb0d6963f7d28e17f72");
	abc(KISCSI_CHAP_SHA1, "a9993e364706816aba3e25717850c26c9cd0d89d");
	abc(KISCSI_CHAP_SHA256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	abc(KISCSI_CHAP_SHA3_256,
	    "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532");
	EQ(crypto.digest(crypto.ctx, 9, 'a', "b", 1, "c", 1, out), -EOPNOTSUPP);
}

static void random_numbers(void)
{
	u8 a[32] = { 0 }, b[32] = { 0 };

	EQ(crypto.random(crypto.ctx, a, sizeof(a)), 0);
	EQ(crypto.random(crypto.ctx, b, sizeof(b)), 0);
	YES(memcmp(a, b, sizeof(a)));
}

UNIT_SUITE(tools_crypto, { "digests", digests }, { "random bytes", random_numbers })
