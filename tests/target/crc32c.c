// SPDX-License-Identifier: GPL-2.0
/*
 * CRC32C, RFC 7143 section 13.1, by table. Its own so that a mistake in the initiator's digests is
 * not shared by the side that checks them.
 */
#include <pthread.h>

#include "target.h"

#define POLY_REFLECTED	0x82f63b78u

static u32 table[256];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void table_init(void)
{
	for (u32 i = 0; i < 256; i++) {
		u32 crc = i;

		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? POLY_REFLECTED : 0);
		table[i] = crc;
	}
}

/**
 * crc32c() - CRC32C of @len bytes, going on from @crc
 * @crc: 0 to begin with
 * @data: the bytes
 * @len: how many
 *
 * On the wire the result's low byte comes first: see put_le32().
 */
u32 crc32c(u32 crc, const void *data, size_t len)
{
	const u8 *p = data;

	pthread_once(&once, table_init);
	crc = ~crc;
	while (len--)
		crc = crc >> 8 ^ table[(crc ^ *p++) & 0xff];
	return ~crc;
}
