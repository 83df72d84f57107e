/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Serial number arithmetic, RFC 1982 with SERIAL_BITS 32, as RFC 7143 section 4.2.2.1 asks for
 * CmdSN and StatSN. Two numbers exactly 2^31 apart have no order: both comparisons are false.
 */
#ifndef KISCSI_PROTO_SN_H
#define KISCSI_PROTO_SN_H

#include "env.h"

/** kiscsi_sn_lt() - does @a come before @b? */
static inline bool kiscsi_sn_lt(u32 a, u32 b)
{
	return a != b && b - a < 0x80000000u;
}

/** kiscsi_sn_lte() - is @a equal to @b or before it? */
static inline bool kiscsi_sn_lte(u32 a, u32 b)
{
	return a == b || kiscsi_sn_lt(a, b);
}

#endif
