// SPDX-License-Identifier: GPL-2.0
/*
 * CRC32C header and data digests, RFC 7143 section 13.1: seed of ones, result inverted, its least
 * significant byte first on the wire.
 */
#include <linux/crc32c.h>

#include "kiscsi.h"

/** kiscsi_crc() - go on with a digest that began with %KISCSI_CRC_SEED; any context */
u32 kiscsi_crc(u32 crc, const void *data, u32 len)
{
	return crc32c(crc, data, len);
}

/** kiscsi_crc_final() - the digest as it stands on the wire */
__le32 kiscsi_crc_final(u32 crc)
{
	return cpu_to_le32(~crc);
}

/** kiscsi_digest_put() - write the digest of @len bytes of @data at @at */
void kiscsi_digest_put(void *at, const void *data, u32 len)
{
	__le32 digest = kiscsi_crc_final(kiscsi_crc(KISCSI_CRC_SEED, data, len));

	memcpy(at, &digest, sizeof(digest));
}

/** kiscsi_digest_ok() - are the 4 bytes at @at the digest of @data? */
bool kiscsi_digest_ok(const void *at, const void *data, u32 len)
{
	__le32 digest = kiscsi_crc_final(kiscsi_crc(KISCSI_CRC_SEED, data, len));

	return !memcmp(at, &digest, sizeof(digest));
}
