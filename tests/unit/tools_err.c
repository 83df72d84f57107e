// SPDX-License-Identifier: GPL-2.0
/*
 * The command's error lines, and text made safe to print.
 */
#include "../../tools/err.c"
#include "unit.h"

static void safe(void)
{
	char out[16];

	STR(text_safe(out, sizeof(out), "plain"), "plain");
	STR(text_safe(out, sizeof(out), "a\033[2J\n"), "a\\x1b[2J\\x0a");
	STR(text_safe(out, sizeof(out), "\xff\x7f"), "\\xff\\x7f");
	/* what does not fit whole is left out, the NUL never is */
	STR(text_safe(out, 4, "abcdef"), "abc");
	STR(text_safe(out, 5, "a\n"), "a");
	STR(text_safe(out, 6, "a\n"), "a\\x0a");
	STR(text_safe(out, 1, "a"), "");
}

static void utf8(void)
{
	YES(text_utf8(""));
	YES(text_utf8("iqn.2026-01.example:disk"));
	YES(text_utf8("\xc3\xa4\xe2\x82\xac\xf0\x9f\x92\xbe"));
	NO(text_utf8("\n"));
	NO(text_utf8("\x7f"));
	NO(text_utf8("\xc2\x9b"));		/* a C1 control: CSI */
	NO(text_utf8("\x80"));
	NO(text_utf8("\xc0\xaf"));		/* overlong */
	NO(text_utf8("\xe0\x80\xaf"));
	NO(text_utf8("\xf0\x80\x80\xaf"));
	NO(text_utf8("\xed\xa0\x80"));		/* a surrogate */
	NO(text_utf8("\xf4\x90\x80\x80"));	/* past the last code point */
	NO(text_utf8("\xc3"));			/* cut short */
	NO(text_utf8("\xe2\x82"));
}

static void texts(void)
{
	struct err e;

	EQ(err_set(&e, ST_USAGE, "%s %d", "a", 1), -1);
	STR(e.text, "a 1");
	EQ(e.status, ST_USAGE);
	EQ(err_sys(&e, ST_UNREACHABLE, ECONNREFUSED, "connecting"), -1);
	STR(e.text, "connecting: Connection refused");
	EQ(e.code, ECONNREFUSED);
	EQ(err_where(&e, "host:%d", 3260), -1);
	STR(e.text, "host:3260: connecting: Connection refused");
	EQ(e.status, ST_UNREACHABLE);
	EQ(e.code, ECONNREFUSED);
}

static void long_texts(void)
{
	char big[3000];
	struct err e, all = { 0 };

	memset(big, 'x', sizeof(big));
	big[sizeof(big) - 1] = '\0';
	err_set(&e, ST_FAILED, "%s", big);
	EQ(strlen(e.text), ERR_TEXT_MAX - 1);
	err_where(&e, "here");
	EQ(strlen(e.text), ERR_TEXT_MAX - 1);
	YES(!strncmp(e.text, "here: xxx", 9));
	err_join(&all, &e);
	err_join(&all, &e);
	EQ(strlen(all.text), ERR_TEXT_MAX - 1);
}

static void join(void)
{
	struct err all = { 0 };
	struct err one;

	err_set(&one, ST_UNREACHABLE, "a: refused");
	err_join(&all, &one);
	EQ(all.status, ST_UNREACHABLE);
	err_set(&one, ST_NO_MATCH, "b: not found");
	err_join(&all, &one);
	err_set(&one, ST_FAILED, "c: broken");
	err_join(&all, &one);
	EQ(all.status, ST_NO_MATCH);
	STR(all.text, "a: refused; b: not found; c: broken");
	err_set(&one, ST_AUTH, "d");
	err_join(&all, &one);
	EQ(all.status, ST_AUTH);
}

UNIT_SUITE(tools_err,
	   { "safe text", safe },
	   { "UTF-8", utf8 },
	   { "texts", texts },
	   { "long texts", long_texts },
	   { "joined", join })
