// SPDX-License-Identifier: GPL-2.0
/*
 * Big-endian fields in byte arrays, repeatable random numbers, numbers as text.
 */
#include <stdlib.h>

#include "target.h"

/** rng_next() - xorshift64*: the same for the same seed everywhere, which rand() does not promise */
u64 rng_next(u64 *state)
{
	u64 x = *state ? *state : 0x9e3779b97f4a7c15ull;

	x ^= x >> 12;
	x ^= x << 25;
	x ^= x >> 27;
	*state = x;
	return x * 0x2545f4914f6cdd1dull;
}

/** rng_below() - 0 to @n - 1; 0 for an @n of 0 */
u32 rng_below(u64 *state, u32 n)
{
	return n ? (u32)((rng_next(state) >> 32) % n) : 0;
}

/** get_be16() - 2 bytes, any alignment */
u16 get_be16(const void *p)
{
	const u8 *b = p;

	return (u16)(b[0] << 8 | b[1]);
}

/** get_be32() - 4 bytes, any alignment */
u32 get_be32(const void *p)
{
	const u8 *b = p;

	return (u32)b[0] << 24 | (u32)b[1] << 16 | (u32)b[2] << 8 | b[3];
}

/** get_be64() - 8 bytes, any alignment */
u64 get_be64(const void *p)
{
	return (u64)get_be32(p) << 32 | get_be32((const u8 *)p + 4);
}

/** put_be16() - 2 bytes, any alignment */
void put_be16(void *p, u16 v)
{
	u8 *b = p;

	b[0] = (u8)(v >> 8);
	b[1] = (u8)v;
}

/** put_be32() - 4 bytes, any alignment */
void put_be32(void *p, u32 v)
{
	put_be16(p, (u16)(v >> 16));
	put_be16((u8 *)p + 2, (u16)v);
}

/** put_be64() - 8 bytes, any alignment */
void put_be64(void *p, u64 v)
{
	put_be32(p, (u32)(v >> 32));
	put_be32((u8 *)p + 4, (u32)v);
}

/** put_le32() - a CRC32C as it goes on the wire */
void put_le32(void *p, u32 v)
{
	u8 *b = p;

	for (int i = 0; i < 4; i++)
		b[i] = (u8)(v >> 8 * i);
}

/** parse_number() - decimal or 0x hexadecimal and nothing else */
bool parse_number(const char *s, u64 *v)
{
	char *end;

	if (!(*s >= '0' && *s <= '9'))
		return false;
	errno = 0;
	*v = strtoull(s, &end, s[0] == '0' && (s[1] == 'x' || s[1] == 'X') ? 16 : 10);
	return !errno && !*end;
}

/** xmalloc() - memory, zeroed, or the end: a test target has nothing better to do */
void *xmalloc(size_t n)
{
	void *p = calloc(1, n ? n : 1);

	if (!p) {
		fprintf(stderr, "kiscsi-target: out of memory for %zu bytes\n", n);
		abort();
	}
	return p;
}

/** opcode_name() - RFC 7143's name, for messages */
const char *opcode_name(u8 opcode)
{
	switch (KISCSI_OPCODE(opcode)) {
	case KISCSI_OP_NOP_OUT:
		return "NOP-Out";
	case KISCSI_OP_SCSI_CMD:
		return "SCSI Command";
	case KISCSI_OP_TMF:
		return "Task Management Request";
	case KISCSI_OP_LOGIN:
		return "Login Request";
	case KISCSI_OP_TEXT:
		return "Text Request";
	case KISCSI_OP_DATA_OUT:
		return "Data-Out";
	case KISCSI_OP_LOGOUT:
		return "Logout Request";
	case KISCSI_OP_SNACK:
		return "SNACK";
	case KISCSI_OP_NOP_IN:
		return "NOP-In";
	case KISCSI_OP_SCSI_RSP:
		return "SCSI Response";
	case KISCSI_OP_TMF_RSP:
		return "Task Management Response";
	case KISCSI_OP_LOGIN_RSP:
		return "Login Response";
	case KISCSI_OP_TEXT_RSP:
		return "Text Response";
	case KISCSI_OP_DATA_IN:
		return "Data-In";
	case KISCSI_OP_LOGOUT_RSP:
		return "Logout Response";
	case KISCSI_OP_R2T:
		return "R2T";
	case KISCSI_OP_ASYNC:
		return "Asynchronous Message";
	case KISCSI_OP_REJECT:
		return "Reject";
	}
	return "unknown opcode";
}
