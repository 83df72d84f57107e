// SPDX-License-Identifier: GPL-2.0
/*
 * Errors: one line that says what, where and why.
 */
#include <stdlib.h>

#include "err.h"

char *text_safe(char *out, size_t size, const char *in)
{
	size_t n = 0;

	for (; *in && n + 1 < size; in++) {
		unsigned char c = (unsigned char)*in;

		if (c >= 0x20 && c < 0x7f) {
			out[n++] = (char)c;
			continue;
		}
		if (n + 4 >= size)
			break;
		snprintf(out + n, 5, "\\x%02x", c);
		n += 4;
	}
	if (size)
		out[n] = '\0';
	return out;
}

/* bytes of the sequence that starts with @c, 0 if none may */
static unsigned int utf8_len(unsigned char c)
{
	if (c < 0x80)
		return 1;
	if (c >= 0xc2 && c < 0xe0)
		return 2;
	if (c >= 0xe0 && c < 0xf0)
		return 3;
	return c >= 0xf0 && c < 0xf5 ? 4 : 0;
}

bool text_utf8(const char *s)
{
	const unsigned char *p = (const unsigned char *)s;

	while (*p) {
		unsigned int len = utf8_len(*p);
		u32 point = len == 1 ? *p : *p & (0x7fu >> len);

		if (!len || *p < 0x20)
			return false;
		for (unsigned int i = 1; i < len; i++) {
			if ((p[i] & 0xc0) != 0x80)
				return false;
			point = point << 6 | (p[i] & 0x3f);
		}
		if ((point >= 0x7f && point < 0xa0) || (point >= 0xd800 && point < 0xe000) ||
		    (len == 3 && point < 0x800) || (len == 4 && point < 0x10000) || point > 0x10ffff)
			return false;
		p += len;
	}
	return true;
}

int err_set(struct err *e, enum status status, const char *fmt, ...)
{
	va_list ap;

	e->status = status;
	e->code = 0;
	va_start(ap, fmt);
	vsnprintf(e->text, sizeof(e->text), fmt, ap);
	va_end(ap);
	return -1;
}

int err_sys(struct err *e, enum status status, int code, const char *fmt, ...)
{
	va_list ap;
	size_t n;

	e->status = status;
	e->code = code;
	va_start(ap, fmt);
	vsnprintf(e->text, sizeof(e->text), fmt, ap);
	va_end(ap);
	n = strlen(e->text);
	snprintf(e->text + n, sizeof(e->text) - n, ": %s", strerror(code));
	return -1;
}

int err_where(struct err *e, const char *fmt, ...)
{
	char why[ERR_TEXT_MAX];
	va_list ap;
	size_t n;

	memcpy(why, e->text, sizeof(why));
	va_start(ap, fmt);
	vsnprintf(e->text, sizeof(e->text), fmt, ap);
	va_end(ap);
	n = strlen(e->text);
	snprintf(e->text + n, sizeof(e->text) - n, ": %s", why);
	return -1;
}

/* how much a status says about what a person should do next */
static int weight(enum status status)
{
	static const int weights[] = {
		[ST_DONE] = 0, [ST_UNREACHABLE] = 1, [ST_FAILED] = 2, [ST_EXISTS] = 3,
		[ST_NO_MATCH] = 4, [ST_AUTH] = 5, [ST_USAGE] = 6,
	};

	return weights[status];
}

enum status err_worse(enum status a, enum status b)
{
	return weight(a) < weight(b) ? b : a;
}

void err_join(struct err *all, const struct err *one)
{
	size_t n = strlen(all->text);

	if (weight(one->status) > weight(all->status)) {
		all->status = one->status;
		all->code = one->code;
	}
	snprintf(all->text + n, sizeof(all->text) - n, "%s%s", n ? "; " : "", one->text);
}

static void line(const char *kind, const char *text)
{
	char safe[2 * ERR_TEXT_MAX];

	fprintf(stderr, "kiscsi: %s%s\n", kind, text_safe(safe, sizeof(safe), text));
}

int err_print(const struct err *e)
{
	line("", e->text);
	return e->status;
}

void err_warn(const char *fmt, ...)
{
	char text[ERR_TEXT_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	line("warning: ", text);
}
