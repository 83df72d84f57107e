// SPDX-License-Identifier: GPL-2.0
/*
 * key=value text, RFC 7143 section 6.1, and the constants written in it.
 */
#include "text.h"
#include "pdu.h"

/* base64 has no more than 2 of them at the end, RFC 4648 section 4 */
#define BASE64_PADS_MAX 2

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_lower(char c)
{
	return c >= 'a' && c <= 'z';
}

static bool is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static int hex_digit(char c)
{
	if (is_digit(c))
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

static int base64_digit(char c)
{
	if (is_upper(c))
		return c - 'A';
	if (is_lower(c))
		return c - 'a' + 26;
	if (is_digit(c))
		return c - '0' + 52;
	if (c == '+')
		return 62;
	if (c == '/')
		return 63;
	return -1;
}

static bool has_prefix(const char *s, char lower, char upper)
{
	return s[0] == '0' && (s[1] == lower || s[1] == upper);
}

/* "key=" at the end of what is there; the caller moves t->len when the value fits as well */
static int put_key(struct kiscsi_text *t, const char *key, u32 *at)
{
	u32 len = strlen(key);

	if (t->size - t->len <= len + 1)
		return -ENOSPC;
	memcpy(t->buf + t->len, key, len);
	t->buf[t->len + len] = '=';
	*at = t->len + len + 1;
	return 0;
}

int kiscsi_text_add(struct kiscsi_text *t, const char *key, const char *value)
{
	u32 len = strlen(value) + 1;
	u32 at;

	if (put_key(t, key, &at) || t->size - at < len)
		return -ENOSPC;
	memcpy(t->buf + at, value, len);
	t->len = at + len;
	return 0;
}

int kiscsi_text_addf(struct kiscsi_text *t, const char *key, const char *fmt, ...)
{
	va_list ap;
	u32 at;
	int n;

	if (put_key(t, key, &at))
		return -ENOSPC;
	va_start(ap, fmt);
	n = vsnprintf(t->buf + at, t->size - at, fmt, ap);
	va_end(ap);
	if (n < 0 || (u32)n >= t->size - at)
		return -ENOSPC;
	t->len = at + n + 1;
	return 0;
}

int kiscsi_text_add_hex(struct kiscsi_text *t, const char *key, const void *data, u32 len)
{
	static const char digits[] = "0123456789abcdef";
	const u8 *bytes = data;
	u32 at, i;

	/* the division first: 2 * len may not fit 32 bits */
	if (put_key(t, key, &at) || len > t->size / 2 || t->size - at < 2 * len + 3)
		return -ENOSPC;
	t->buf[at++] = '0';
	t->buf[at++] = 'x';
	for (i = 0; i < len; i++) {
		t->buf[at++] = digits[bytes[i] >> 4];
		t->buf[at++] = digits[bytes[i] & 15];
	}
	t->buf[at++] = '\0';
	t->len = at;
	return 0;
}

int kiscsi_text_collect(struct kiscsi_text *t, const void *data, u32 len)
{
	if (len > t->size - t->len)
		return -ENOSPC;
	if (len)
		memcpy(t->buf + t->len, data, len);
	t->len += len;
	return 0;
}

static bool is_key_char(char c)
{
	if (is_digit(c) || is_lower(c) || is_upper(c))
		return true;
	return c == '.' || c == '-' || c == '+' || c == '@' || c == '_' || c == '#';
}

/* length of the key at @s, or 0 when no well-formed one ends in '=' there */
static u32 key_len(const char *s)
{
	u32 len = 0;

	while (len <= KISCSI_KEY_MAX && is_key_char(s[len]))
		len++;
	return len <= KISCSI_KEY_MAX && s[len] == '=' ? len : 0;
}

/* bytes to the NUL, or to @max if there is none */
static u32 bounded_len(const char *s, u32 max)
{
	u32 len = 0;

	while (len < max && s[len])
		len++;
	return len;
}

int kiscsi_text_next(struct kiscsi_text *t, u32 *pos, const char **key, const char **value)
{
	u32 len, klen;
	char *item;

	while (*pos < t->len && !t->buf[*pos])
		(*pos)++;
	if (*pos >= t->len)
		return 0;
	item = t->buf + *pos;
	len = bounded_len(item, t->len - *pos);
	/* before key_len(), which needs the NUL to stop at */
	if (len == t->len - *pos)
		return -EPROTO;
	klen = key_len(item);
	if (!klen)
		return -EPROTO;
	item[klen] = '\0';
	*key = item;
	*value = item + klen + 1;
	*pos += len + 1;
	return 1;
}

static int parse_number(const char *s, u32 base, u32 *number)
{
	u64 n = 0;
	int digit;

	if (!*s)
		return -EINVAL;
	for (; *s; s++) {
		digit = hex_digit(*s);
		if (digit < 0 || (u32)digit >= base)
			return -EINVAL;
		n = n * base + digit;
		if (n > U32_MAX)
			return -EINVAL;
	}
	*number = n;
	return 0;
}

int kiscsi_text_number(const char *value, u32 *number)
{
	if (has_prefix(value, 'x', 'X'))
		return parse_number(value + 2, 16, number);
	/* section 6.1 has no leading zeros; some readers would take them for octal */
	if (value[0] == '0' && value[1])
		return -EINVAL;
	return parse_number(value, 10, number);
}

static int parse_hex(const char *s, u8 *out, u32 size)
{
	u32 digits = strlen(s);
	u32 len = digits / 2 + (digits & 1);
	u32 i, at;
	int digit;

	if (!digits)
		return -EINVAL;
	if (len > size)
		return -ENOSPC;
	memset(out, 0, len);
	for (i = 0; i < digits; i++) {
		digit = hex_digit(s[i]);
		if (digit < 0)
			return -EINVAL;
		/* an odd number of digits is a first byte written with one digit */
		at = i + (digits & 1);
		out[at / 2] |= at & 1 ? digit : digit << 4;
	}
	return len;
}

/* digits before the padding of @s, or 0 if there is no such base64 text */
static u32 base64_digits(const char *s)
{
	u32 len = strlen(s);
	u32 digits = len;

	while (digits && len - digits < BASE64_PADS_MAX && s[digits - 1] == '=')
		digits--;
	/* a single digit of a group holds no whole byte; padding fills up to 4 or is left out */
	if (digits % 4 == 1 || (digits != len && len % 4))
		return 0;
	return digits;
}

static int parse_base64(const char *s, u8 *out, u32 size)
{
	u32 digits = base64_digits(s);
	u32 bits = 0, held = 0, len = 0, i;
	int digit;

	if (!digits)
		return -EINVAL;
	if (digits / 4 * 3 + digits % 4 * 3 / 4 > size)
		return -ENOSPC;
	for (i = 0; i < digits; i++) {
		digit = base64_digit(s[i]);
		if (digit < 0)
			return -EINVAL;
		held = (held << 6 | digit) & 0xfff;
		bits += 6;
		if (bits < 8)
			continue;
		bits -= 8;
		out[len++] = (u8)(held >> bits);
	}
	/* left-over bits must be zero, or two texts would mean the same bytes */
	return held & ((1u << bits) - 1) ? -EINVAL : (int)len;
}

int kiscsi_text_binary(const char *value, u8 *out, u32 size)
{
	if (has_prefix(value, 'x', 'X'))
		return parse_hex(value + 2, out, size);
	if (has_prefix(value, 'b', 'B'))
		return parse_base64(value + 2, out, size);
	return -EINVAL;
}

const char *kiscsi_text_list_next(const char **list, u32 *len)
{
	const char *item = *list;
	u32 n = 0;

	if (!item)
		return NULL;
	while (item[n] && item[n] != ',')
		n++;
	*len = n;
	*list = item[n] ? item + n + 1 : NULL;
	return item;
}

bool kiscsi_text_in_list(const char *list, const char *item)
{
	u32 want = strlen(item);
	const char *at;
	u32 len;

	while ((at = kiscsi_text_list_next(&list, &len)))
		if (len == want && !memcmp(at, item, len))
			return true;
	return false;
}

/* "yyyy-mm." with a month of the calendar */
static bool is_date(const char *s)
{
	u32 month, i;

	for (i = 0; i < 8; i++)
		if (i == 4 ? s[i] != '-' : i == 7 ? s[i] != '.' : !is_digit(s[i]))
			return false;
	month = (s[5] - '0') * 10 + (s[6] - '0');
	return month >= 1 && month <= 12;
}

static bool is_name_char(char c)
{
	if (is_digit(c) || is_lower(c) || (u8)c > 127)
		return true;
	return c == '-' || c == '.' || c == ':' || c == '_';
}

static const char *check_iqn(const char *s)
{
	if (!is_date(s))
		return "want \"iqn.\" with a date yyyy-mm and a dot after it";
	s += 8;
	if (*s == '.' || *s == ':' || *s == '\0')
		return "want a reversed domain name after the date";
	for (; *s; s++) {
		if (is_upper(*s))
			return "has an upper-case letter; iSCSI names are lower case";
		if (!is_name_char(*s))
			return "has a character that iSCSI names do not allow";
	}
	return NULL;
}

static u32 hex_len(const char *s)
{
	u32 len = 0;

	while (hex_digit(s[len]) >= 0)
		len++;
	return s[len] ? 0 : len;
}

const char *kiscsi_name_check(const char *name)
{
	u32 len = strlen(name);

	if (!len)
		return "is empty";
	if (len > KISCSI_NAME_MAX)
		return "is longer than 223 bytes";
	if (!strncmp(name, "iqn.", 4))
		return check_iqn(name + 4);
	if (!strncmp(name, "eui.", 4))
		return hex_len(name + 4) == 16 ? NULL : "want 16 hex digits after \"eui.\"";
	if (!strncmp(name, "naa.", 4)) {
		len = hex_len(name + 4);
		return len == 16 || len == 32 ? NULL : "want 16 or 32 hex digits after \"naa.\"";
	}
	return "want a name that begins with \"iqn.\", \"eui.\" or \"naa.\"";
}
