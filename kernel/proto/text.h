/* SPDX-License-Identifier: GPL-2.0 */
/*
 * key=value text, RFC 7143 section 6.1: NUL-terminated pairs in a data segment, possibly spread
 * over several PDUs by the C bit.
 */
#ifndef KISCSI_PROTO_TEXT_H
#define KISCSI_PROTO_TEXT_H

#include "env.h"

/**
 * struct kiscsi_text - text being built or collected, in memory of the caller's
 * @buf: @size bytes; the caller's, before, during and after
 * @len: bytes used, the NULs included
 * @size: bytes there are
 */
struct kiscsi_text {
	char *buf;
	u32 len;
	u32 size;
};

/**
 * kiscsi_text_add() - append "key=value" and its NUL
 *
 * Return: 0, or -ENOSPC with @t unchanged.
 */
int kiscsi_text_add(struct kiscsi_text *t, const char *key, const char *value);

/** kiscsi_text_addf() - the same with a value made by printf rules; -ENOSPC leaves @t unchanged */
__printf(3, 4) int kiscsi_text_addf(struct kiscsi_text *t, const char *key, const char *fmt, ...);

/** kiscsi_text_add_hex() - the same with binary @data as a hex constant, "0x..." */
int kiscsi_text_add_hex(struct kiscsi_text *t, const char *key, const void *data, u32 len);

/** kiscsi_text_collect() - append a received data segment as it is; -ENOSPC leaves @t unchanged */
int kiscsi_text_collect(struct kiscsi_text *t, const void *data, u32 len);

/**
 * kiscsi_text_next() - step through a complete batch
 * @t: the batch; '=' is overwritten with NUL as pairs are passed, so one walk only
 * @pos: where the walk is; 0 to begin with
 * @key: set to the key, NUL-terminated, inside @t->buf
 * @value: set to the value, NUL-terminated, inside @t->buf
 *
 * Return: 1 with a pair, 0 at the end, -EPROTO on a pair without '=', without its NUL, with an
 * empty, over-long or ill-formed key (section 6.1 allows letters, digits and . - + @ _, and wants a
 * capital letter first, which is not enforced on what is received; '#' is taken too, for
 * X#NodeArchitecture, section 13.26). Empty items (stray NULs) are passed over, since targets pad
 * with them.
 */
int kiscsi_text_next(struct kiscsi_text *t, u32 *pos, const char **key, const char **value);

/** kiscsi_text_number() - decimal or 0x hex constant up to 2^32-1; -EINVAL on anything else */
int kiscsi_text_number(const char *value, u32 *number);

/**
 * kiscsi_text_binary() - decode a hex ("0x", "0X") or base64 ("0b", "0B") constant
 *
 * Return: number of bytes put into @out, -EINVAL if it is neither, -ENOSPC if it is longer than
 * @size bytes.
 */
int kiscsi_text_binary(const char *value, u8 *out, u32 size);

/**
 * kiscsi_text_list_next() - step through a comma-separated list
 * @list: where the walk is; moved on
 * @len: set to the item's length
 *
 * Return: the item, not NUL-terminated, or NULL at the end. An empty list has one empty item.
 */
const char *kiscsi_text_list_next(const char **list, u32 *len);

/** kiscsi_text_in_list() - is @item one of the comma-separated items of @list? */
bool kiscsi_text_in_list(const char *list, const char *item);

/**
 * kiscsi_name_check() - is @name an iSCSI name as RFC 7143 section 4.2.7 has it?
 *
 * "iqn." with a date and a reversed domain, "eui." with 16 hex digits, "naa." with 16 or 32 (either
 * case of hex digit); at most 223 bytes; other ASCII letters must be lower case already (the caller
 * may fold before), bytes over 127 pass (UTF-8). '_' passes too: RFC 3722 forbids it, but it is
 * common.
 *
 * Return: NULL if it is, else a text that says what is wrong.
 */
const char *kiscsi_name_check(const char *name);

#endif
