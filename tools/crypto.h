/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KISCSI_TOOLS_CRYPTO_H
#define KISCSI_TOOLS_CRYPTO_H

#include "../kernel/proto/chap.h"

/** crypto - the hashes of nettle and the random bytes of the kernel, for kernel/proto/chap.c */
extern const struct kiscsi_crypto crypto;

#endif
