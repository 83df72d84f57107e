// SPDX-License-Identifier: GPL-2.0
/*
 * key=value text, RFC 7143 section 6, and the binary values of CHAP.
 */
#include <stdlib.h>

#include "target.h"

/**
 * keys_parse() - cut a data segment into keys and values
 * @k: filled; release with keys_free(), also after an error
 * @text: the segment
 * @len: its length
 *
 * Return: NULL, or what is wrong with it.
 */
const char *keys_parse(struct keys *k, const char *text, u32 len)
{
	u32 at = 0;

	memset(k, 0, sizeof(*k));
	if (!len)
		return NULL;
	if (text[len - 1])
		return "text does not end in NUL";
	k->text = xmalloc(len);
	memcpy(k->text, text, len);
	while (at < len) {
		char *pair = k->text + at, *eq = strchr(pair, '=');

		at += (u32)strlen(pair) + 1;
		if (!eq)
			return "a key without '='";
		if (eq == pair || eq - pair > KISCSI_KEY_MAX)
			return "a key name that is empty or over 63 bytes";
		if (k->count == KEYS_MAX)
			return "too many keys";
		*eq = 0;
		k->key[k->count] = pair;
		k->value[k->count++] = eq + 1;
	}
	return NULL;
}

/** keys_free() - release what keys_parse() took */
void keys_free(struct keys *k)
{
	free(k->text);
	memset(k, 0, sizeof(*k));
}

/** keys_get() - value of @key, or NULL */
const char *keys_get(const struct keys *k, const char *key)
{
	for (u32 i = 0; i < k->count; i++) {
		if (!strcmp(k->key[i], key))
			return k->value[i];
	}
	return NULL;
}

/** list_has() - is @item in the comma-separated @list? */
bool list_has(const char *list, const char *item)
{
	size_t n = strlen(item);

	for (const char *p = list; p; p = strchr(p, ',')) {
		if (*p == ',')
			p++;
		if (!strncmp(p, item, n) && (!p[n] || p[n] == ','))
			return true;
	}
	return false;
}

static void append(struct pdu *p, const char *s, u32 len)
{
	u8 *bigger = realloc(p->data, p->len + len + 1);

	if (!bigger)
		abort();
	memcpy(bigger + p->len, s, len);
	p->data = bigger;
	p->len += len;
}

/** text_add() - append a pair to a PDU's text; more than one PDU holds is the sender's business */
void text_add(struct pdu *p, const char *key, const char *value)
{
	append(p, key, (u32)strlen(key));
	append(p, "=", 1);
	append(p, value, (u32)strlen(value) + 1);
}

/** text_addf() - text_add() with a formatted value */
void text_addf(struct pdu *p, const char *key, const char *fmt, ...)
{
	char value[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(value, sizeof(value), fmt, ap);
	va_end(ap);
	text_add(p, key, value);
}

static u8 *text_find(const struct pdu *p, const char *key)
{
	size_t n = strlen(key);
	u32 at = 0;

	while (at < p->len) {
		const char *pair = (const char *)p->data + at;

		if (!strncmp(pair, key, n) && pair[n] == '=')
			return p->data + at;
		at += (u32)strnlen(pair, p->len - at) + 1;
	}
	return NULL;
}

/** text_get() - value of @key in a PDU's text, or NULL */
const char *text_get(const struct pdu *p, const char *key)
{
	const u8 *pair = text_find(p, key);

	return pair ? (const char *)pair + strlen(key) + 1 : NULL;
}

/** text_del() - take @key out of a PDU's text, if it is there */
void text_del(struct pdu *p, const char *key)
{
	u8 *pair = text_find(p, key);
	size_t n;

	if (!pair)
		return;
	n = strlen((char *)pair) + 1;
	memmove(pair, pair + n, p->len - (size_t)(pair - p->data) - n);
	p->len -= (u32)n;
}

/** text_set() - replace a key's value, or add the pair */
void text_set(struct pdu *p, const char *key, const char *value)
{
	text_del(p, key);
	text_add(p, key, value);
}

static int hex_digit(char ch)
{
	if (ch >= '0' && ch <= '9')
		return ch - '0';
	if (ch >= 'a' && ch <= 'f')
		return ch - 'a' + 10;
	if (ch >= 'A' && ch <= 'F')
		return ch - 'A' + 10;
	return -1;
}

static int decode_hex(const char *s, u8 *out, u32 size)
{
	size_t digits = strlen(s), i = 0;
	u32 n = 0;

	if ((digits + 1) / 2 > size)
		return -1;
	/* an odd number of digits: the first one is a byte of its own */
	if (digits & 1) {
		if (hex_digit(s[0]) < 0)
			return -1;
		out[n++] = (u8)hex_digit(s[i++]);
	}
	for (; i < digits; i += 2) {
		int high = hex_digit(s[i]), low = hex_digit(s[i + 1]);

		if (high < 0 || low < 0)
			return -1;
		out[n++] = (u8)(high << 4 | low);
	}
	return (int)n;
}

static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static int decode_base64(const char *s, u8 *out, u32 size)
{
	u32 bits = 0, have = 0, n = 0;

	for (; *s && *s != '='; s++) {
		const char *at = strchr(base64, *s);

		if (!at)
			return -1;
		bits = bits << 6 | (u32)(at - base64);
		have += 6;
		if (have < 8)
			continue;
		have -= 8;
		if (n == size)
			return -1;
		out[n++] = (u8)(bits >> have);
	}
	return (int)n;
}

/**
 * decode_binary() - a binary value: 0x hexadecimal or 0b base64
 * @value: as received
 * @out: where the bytes go
 * @size: room there
 *
 * Return: bytes, or -1.
 */
int decode_binary(const char *value, u8 *out, u32 size)
{
	memset(out, 0, size);
	if (value[0] != '0')
		return -1;
	if (value[1] == 'x' || value[1] == 'X')
		return decode_hex(value + 2, out, size);
	if (value[1] == 'b' || value[1] == 'B')
		return decode_base64(value + 2, out, size);
	return -1;
}

/** encode_hex() - "0x..." of @len bytes; @out has room for 2 * @len + 3 */
void encode_hex(char *out, const u8 *data, u32 len)
{
	strcpy(out, "0x");
	for (u32 i = 0; i < len; i++)
		sprintf(out + 2 + 2 * i, "%02x", data[i]);
}

/** encode_base64() - "0b..." of @len bytes; @out has room for 4 * (@len / 3 + 1) + 3 */
void encode_base64(char *out, const u8 *data, u32 len)
{
	char *o = out;

	*o++ = '0';
	*o++ = 'b';
	for (u32 i = 0; i < len; i += 3) {
		u32 left = len - i;
		u32 v = (u32)data[i] << 16 | (left > 1 ? (u32)data[i + 1] << 8 : 0) |
			(left > 2 ? data[i + 2] : 0);

		*o++ = base64[v >> 18];
		*o++ = base64[v >> 12 & 63];
		*o++ = left > 1 ? base64[v >> 6 & 63] : '=';
		*o++ = left > 2 ? base64[v & 63] : '=';
	}
	*o = 0;
}
