/* SPDX-License-Identifier: GPL-2.0 */
/*
 * CHAP secrets: from a file, a credential or a descriptor, never from the command line or the
 * environment.
 */
#ifndef KISCSI_TOOLS_SECRET_H
#define KISCSI_TOOLS_SECRET_H

#include "../kernel/proto/chap.h"
#include "clock.h"
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

/**
 * secret_read() - the secret in file @path
 *
 * "/dev/fd/N" and "-" (standard input) are descriptors. A name without a slash is a credential, in
 * the directory $CREDENTIALS_DIRECTORY, if that is set. A file that others than its owner, we or
 * root, can read or write is refused. What does not come, from a pipe or a terminal, is waited for
 * until @deadline or a signal.
 */
int secret_read(const char *path, deadline_t deadline, u8 out[KISCSI_CHAP_SECRET_MAX], u8 *out_len, struct err *e);

/** secret_is_credential() - is @path the name of a credential? */
bool secret_is_credential(const char *path);

/** secret_at_hand() - can the secret in @path be read here, or is it a credential that only a service gets? */
bool secret_at_hand(const char *path);

/**
 * secret_is_stream() - is @path a descriptor, a FIFO or a device?
 *
 * Reading it may be a wait, and what has been read is not there a second time.
 */
bool secret_is_stream(const char *path);

/** secret_protect() - keep @len bytes at @p out of swap; a child has to do so anew */
void secret_protect(const void *p, size_t len);

/**
 * secret_no_swap() - keep everything that this process has and will have out of swap, if it may
 *
 * For who has secrets in many places. A child has to do so anew.
 */
void secret_no_swap(void);

/** secret_no_core() - no core dump of this process, for as long as it lives */
void secret_no_core(void);

#endif
