/* SPDX-License-Identifier: GPL-2.0 */
/*
 * CHAP secrets: from a file or a descriptor, never from the command line or the environment.
 */
#ifndef KISCSI_TOOLS_SECRET_H
#define KISCSI_TOOLS_SECRET_H

#include "../kernel/proto/chap.h"
#include "err.h"

/**
 * secret_decode() - what the contents of a secret file stand for
 * @text: @len bytes; one newline at the end does not count
 * @len: of @text
 * @out: the secret: a hex ("0x...") or base64 ("0b...") constant decoded, anything else as it is
 * @out_len: set to its length
 * @e: says why when -1 is returned; never quotes the secret
 */
int secret_decode(const char *text, size_t len, u8 out[KISCSI_CHAP_SECRET_MAX], u8 *out_len,
		  struct err *e);

/** secret_read() - the secret in file @path; "/dev/fd/N" and "-" (standard input) are descriptors */
int secret_read(const char *path, u8 out[KISCSI_CHAP_SECRET_MAX], u8 *out_len, struct err *e);

/** secret_protect() - keep @len bytes at @p, and the process, out of core dumps and swap */
void secret_protect(const void *p, size_t len);

#endif
