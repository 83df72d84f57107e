// SPDX-License-Identifier: GPL-2.0
/*
 * key=value text, its constants, and iSCSI names.
 */
#include <stdlib.h>

#include "pdu.h"
#include "text.h"
#include "unit.h"

#define BATCH(literal) (literal), sizeof(literal) - 1

static struct kiscsi_text text_of(char *buf, u32 size)
{
	return (struct kiscsi_text){ .buf = buf, .size = size };
}

static void add(void)
{
	char buf[16];
	struct kiscsi_text t = text_of(buf, sizeof(buf));

	EQ(kiscsi_text_add(&t, "A", "bc"), 0);
	EQ(kiscsi_text_addf(&t, "D", "%u", 42), 0);
	MEM(t.buf, t.len, BATCH("A=bc\0D=42\0"));
	/* 6 bytes are left: what needs 7 is refused and changes nothing, what needs 6 fits */
	EQ(kiscsi_text_add(&t, "E", "1234"), -ENOSPC);
	EQ(kiscsi_text_addf(&t, "E", "%s", "1234"), -ENOSPC);
	EQ(kiscsi_text_add_hex(&t, "E", "\x01", 1), -ENOSPC);
	EQ(t.len, 10);
	EQ(kiscsi_text_add(&t, "E", "123"), 0);
	EQ(t.len, 16);
	EQ(kiscsi_text_add(&t, "F", ""), -ENOSPC);
	MEM(t.buf, t.len, BATCH("A=bc\0D=42\0E=123\0"));
}

static void add_to_the_last_byte(void)
{
	char buf[8];
	struct kiscsi_text t = text_of(buf, 3);

	EQ(kiscsi_text_add(&t, "A", ""), 0);
	t = text_of(buf, 2);
	EQ(kiscsi_text_add(&t, "A", ""), -ENOSPC);
	t = text_of(buf, 0);
	EQ(kiscsi_text_add(&t, "", ""), -ENOSPC);
	t = text_of(buf, 4);
	EQ(kiscsi_text_addf(&t, "A", "%u", 1), 0);
	t = text_of(buf, 4);
	EQ(kiscsi_text_addf(&t, "A", "%u", 12), -ENOSPC);
	EQ(t.len, 0);
}

static void add_hex(void)
{
	char buf[32];
	struct kiscsi_text t = text_of(buf, sizeof(buf));

	EQ(kiscsi_text_add_hex(&t, "C", "\x00\x7f\xff\x0a", 4), 0);
	STR(buf, "C=0x007fff0a");
	EQ(t.len, 13);
	EQ(kiscsi_text_add_hex(&t, "C", "", 0xffffffff), -ENOSPC);
	EQ(kiscsi_text_add_hex(&t, "C", "", 0x80000000), -ENOSPC);
	EQ(t.len, 13);
	/* 19 bytes are left: "C=0x", 14 digits, NUL */
	EQ(kiscsi_text_add_hex(&t, "C", "12345678", 8), -ENOSPC);
	EQ(kiscsi_text_add_hex(&t, "C", "1234567", 7), 0);
	EQ(t.len, 32);
}

static void collect(void)
{
	char buf[8];
	struct kiscsi_text t = text_of(buf, sizeof(buf));

	EQ(kiscsi_text_collect(&t, "A=", 2), 0);
	EQ(kiscsi_text_collect(&t, NULL, 0), 0);
	EQ(kiscsi_text_collect(&t, "1\0B=2", 5), 0);
	EQ(kiscsi_text_collect(&t, "\0\0", 2), -ENOSPC);
	EQ(t.len, 7);
	EQ(kiscsi_text_collect(&t, "\0", 1), 0);
	MEM(t.buf, t.len, BATCH("A=1\0B=2\0"));
	EQ(kiscsi_text_collect(&t, "", 0xffffffff), -ENOSPC);
}

/* walks @data in memory of exactly its size; puts "key:value;" of each pair into @out */
static int walk(const char *data, u32 len, char *out)
{
	char *buf = malloc(len ? len : 1);
	struct kiscsi_text t = { .buf = buf, .len = len, .size = len };
	const char *key, *value;
	u32 pos = 0;
	int r;

	memcpy(buf, data, len);
	*out = '\0';
	while ((r = kiscsi_text_next(&t, &pos, &key, &value)) == 1)
		out += sprintf(out, "%s:%s;", key, value);
	free(buf);
	return r;
}

static void next(void)
{
	static const struct {
		const char *data;
		u32 len;
		int r;
		const char *pairs;
	} cases[] = {
		{ BATCH(""), 0, "" },
		{ BATCH("\0\0\0"), 0, "" },
		{ BATCH("A=1\0"), 0, "A:1;" },
		{ BATCH("A=1\0B=\0"), 0, "A:1;B:;" },
		{ BATCH("\0A=1\0\0\0B=2\0\0"), 0, "A:1;B:2;" },
		{ BATCH("A=b=c==\0"), 0, "A:b=c==;" },
		{ BATCH("X-com.example.a+b@c_d=1\0"), 0, "X-com.example.a+b@c_d:1;" },
		{ BATCH("X#NodeArchitecture=a,b\0"), 0, "X#NodeArchitecture:a,b;" },
		{ BATCH("lower=1\0"), 0, "lower:1;" },
		{ BATCH("A=\xff\x80\x01\0"), 0, "A:\xff\x80\x01;" },
		{ BATCH("A=1"), -EPROTO, "" },
		{ BATCH("A=1\0B=2"), -EPROTO, "A:1;" },
		{ BATCH("A"), -EPROTO, "" },
		{ BATCH("A\0"), -EPROTO, "" },
		{ BATCH("A=1\0B\0C=3\0"), -EPROTO, "A:1;" },
		{ BATCH("=1\0"), -EPROTO, "" },
		{ BATCH("A B=1\0"), -EPROTO, "" },
		{ BATCH("A\xc3=1\0"), -EPROTO, "" },
		{ BATCH("A/=1\0"), -EPROTO, "" },
		{ BATCH("A\n=1\0"), -EPROTO, "" },
	};
	char pairs[256];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		EQ(walk(cases[i].data, cases[i].len, pairs), cases[i].r);
		STR(pairs, cases[i].pairs);
	}
}

static void longest_key(void)
{
	char data[80], pairs[256];

	memset(data, 'K', sizeof(data));
	memcpy(data + KISCSI_KEY_MAX, "=v", 3);
	EQ(walk(data, KISCSI_KEY_MAX + 3, pairs), 0);
	EQ(strlen(pairs), KISCSI_KEY_MAX + 3);
	memset(data, 'K', sizeof(data));
	memcpy(data + KISCSI_KEY_MAX + 1, "=v", 3);
	EQ(walk(data, KISCSI_KEY_MAX + 4, pairs), -EPROTO);
}

static void numbers(void)
{
	static const struct {
		const char *text;
		int r;
		u32 number;
	} cases[] = {
		{ "0", 0, 0 },
		{ "1", 0, 1 },
		{ "16777215", 0, 16777215 },
		{ "4294967295", 0, 0xffffffff },
		{ "0x0", 0, 0 },
		{ "0xffffffff", 0, 0xffffffff },
		{ "0XfF", 0, 255 },
		{ "0x00000000000000000001", 0, 1 },
		{ "4294967296", -EINVAL, 0 },
		{ "18446744073709551616", -EINVAL, 0 },
		{ "18446744073709551617", -EINVAL, 0 },
		{ "0x100000000", -EINVAL, 0 },
		{ "", -EINVAL, 0 },
		{ "0x", -EINVAL, 0 },
		{ "x1", -EINVAL, 0 },
		{ "00", -EINVAL, 0 },
		{ "010", -EINVAL, 0 },
		{ "-1", -EINVAL, 0 },
		{ "+1", -EINVAL, 0 },
		{ " 1", -EINVAL, 0 },
		{ "1 ", -EINVAL, 0 },
		{ "1a", -EINVAL, 0 },
		{ "0x1g", -EINVAL, 0 },
		{ "0b1", -EINVAL, 0 },
		{ "1.0", -EINVAL, 0 },
		{ "1~2", -EINVAL, 0 },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		u32 number = 0;

		EQ(kiscsi_text_number(cases[i].text, &number), cases[i].r);
		EQ(number, cases[i].number);
	}
}

struct binary_case {
	const char *text;
	int r;
	const char *hex;
};

static void decode(const struct binary_case *cases, size_t count, u32 size)
{
	u8 want[16];
	size_t i;

	for (i = 0; i < count; i++) {
		u8 *out = malloc(size ? size : 1);
		int r = kiscsi_text_binary(cases[i].text, out, size);

		EQ(r, cases[i].r);
		if (r > 0)
			MEM(out, (size_t)r, want, unit_unhex(cases[i].hex, want, sizeof(want)));
		free(out);
	}
}

static void hex_constants(void)
{
	static const struct binary_case cases[] = {
		{ "0x00", 1, "00" },
		{ "0xDeadBEEF", 4, "deadbeef" },
		{ "0Xff", 1, "ff" },
		{ "0x1", 1, "01" },
		{ "0xabc", 2, "0abc" },
		{ "0x12345678", 4, "12345678" },
		{ "0x123456789", -ENOSPC, "" },
		{ "0x1234567890", -ENOSPC, "" },
		{ "0x", -EINVAL, "" },
		{ "0x0g", -EINVAL, "" },
		{ "0x 1", -EINVAL, "" },
		{ "0x12-4", -EINVAL, "" },
		{ "12345678", -EINVAL, "" },
		{ "x12", -EINVAL, "" },
		{ "", -EINVAL, "" },
		{ "0", -EINVAL, "" },
	};

	decode(cases, ARRAY_SIZE(cases), 4);
}

/* the first lines are RFC 4648 section 10 */
static void base64_constants(void)
{
	static const struct binary_case cases[] = {
		{ "0bZg==", 1, "66" },
		{ "0bZm8=", 2, "666f" },
		{ "0bZm9v", 3, "666f6f" },
		{ "0bZm9vYg==", 4, "666f6f62" },
		{ "0bZm9vYmE=", 5, "666f6f6261" },
		{ "0BZm9vYmFy", 6, "666f6f626172" },
		{ "0b+/+/", 3, "fbffbf" },
		{ "0bAAAA", 3, "000000" },
		{ "0b//////", -EINVAL, "" },
		{ "0b////////", 6, "ffffffffffff" },
		{ "0bZg", 1, "66" },
		{ "0bZm8", 2, "666f" },
		{ "0bZm9vYmFyYQ==", -ENOSPC, "" },
		{ "0b", -EINVAL, "" },
		{ "0b=", -EINVAL, "" },
		{ "0b==", -EINVAL, "" },
		{ "0b====", -EINVAL, "" },
		{ "0bZ", -EINVAL, "" },
		{ "0bA", -EINVAL, "" },
		{ "0bAAAAA", -EINVAL, "" },
		{ "0bZ===", -EINVAL, "" },
		{ "0bZg=", -EINVAL, "" },
		{ "0bZg===", -EINVAL, "" },
		{ "0bZm9v=", -EINVAL, "" },
		{ "0bZm9v====", -EINVAL, "" },
		{ "0bZg==Zg==", -EINVAL, "" },
		{ "0bZm9\n", -EINVAL, "" },
		{ "0bZm-_", -EINVAL, "" },
		/* bits left over that are not zero */
		{ "0bZh==", -EINVAL, "" },
		{ "0bZm9=", -EINVAL, "" },
	};

	decode(cases, ARRAY_SIZE(cases), 6);
}

static void binary_sizes(void)
{
	u8 out[KISCSI_CHAP_CHALLENGE_MAX];
	char text[2 + 2 * sizeof(out) + 3] = "0x";
	u32 i;

	memset(text + 2, 'f', 2 * sizeof(out));
	text[2 + 2 * sizeof(out)] = '\0';
	EQ(kiscsi_text_binary(text, out, sizeof(out)), (int)sizeof(out));
	EQ(kiscsi_text_binary(text, out, sizeof(out) - 1), -ENOSPC);
	for (i = 0; i < sizeof(out); i++)
		if (out[i] != 0xff)
			break;
	EQ(i, sizeof(out));
	strcat(text, "f");
	EQ(kiscsi_text_binary(text, out, sizeof(out)), -ENOSPC);
	EQ(kiscsi_text_binary("0x1", out, 0), -ENOSPC);
	EQ(kiscsi_text_binary("0bZg==", out, 0), -ENOSPC);
}

static void lists(void)
{
	const char *list = "None,,CRC32C";
	const char *item;
	u32 len;

	item = kiscsi_text_list_next(&list, &len);
	MEM(item, len, "None", 4);
	kiscsi_text_list_next(&list, &len);
	EQ(len, 0);
	item = kiscsi_text_list_next(&list, &len);
	MEM(item, len, "CRC32C", 6);
	EQ(kiscsi_text_list_next(&list, &len) == NULL, 1);

	YES(kiscsi_text_in_list("CHAP,None", "None"));
	YES(kiscsi_text_in_list("CHAP,None", "CHAP"));
	YES(kiscsi_text_in_list("None", "None"));
	NO(kiscsi_text_in_list("CHAP,None", "CHA"));
	NO(kiscsi_text_in_list("CHAP,None", "CHAP,None"));
	NO(kiscsi_text_in_list("Nonesuch", "None"));
	NO(kiscsi_text_in_list("none", "None"));
	NO(kiscsi_text_in_list("", "None"));
	YES(kiscsi_text_in_list("a,", ""));
}

static void good_names(void)
{
	static const char *const names[] = {
		"iqn.2001-04.com.example",
		"iqn.2001-04.com.example:storage:diskarrays-sn-a8675309",
		"iqn.1993-08.org.debian:01:2f0e4b5a",
		"iqn.2024-12.org.example:with_underscore",
		"iqn.2024-01.org.b\xc3\xbc" "cher:x",
		"eui.02004567a425678d",
		"eui.02004567A425678D",
		"naa.52004567ba64678d",
		"naa.62004567ba64678d0123456789abcdef",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		STR(kiscsi_name_check(names[i]), NULL);
}

static void bad_names(void)
{
	static const struct {
		const char *name;
		const char *why;
	} cases[] = {
		{ "", "empty" },
		{ "disk1", "begins with" },
		{ "iqn", "begins with" },
		{ "IQN.2001-04.com.example", "begins with" },
		{ "iqn.", "date" },
		{ "iqn.2001-04", "date" },
		{ "iqn.2001-00.com.example", "date" },
		{ "iqn.2001-13.com.example", "date" },
		{ "iqn.2001_04.com.example", "date" },
		{ "iqn.01-04.com.example", "date" },
		{ "iqn.20a1-04.com.example", "date" },
		{ "iqn.2001-04.", "domain" },
		{ "iqn.2001-04.:x", "domain" },
		{ "iqn.2001-04..com", "domain" },
		{ "iqn.2001-04.com.example:Disk", "upper-case" },
		{ "iqn.2001-04.com.example:a b", "character" },
		{ "iqn.2001-04.com.example:a\n", "character" },
		{ "iqn.2001-04.com.example:a,b", "character" },
		{ "iqn.2001-04.com.example:a/b", "character" },
		{ "iqn.2001-04.com.example:a\x7f", "character" },
		{ "eui.02004567a425678", "16 hex digits" },
		{ "eui.02004567a425678d0", "16 hex digits" },
		{ "eui.02004567a425678g", "16 hex digits" },
		{ "naa.52004567ba64678", "16 or 32" },
		{ "naa.52004567ba64678d01", "16 or 32" },
		{ "naa.", "16 or 32" },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++)
		HAS(kiscsi_name_check(cases[i].name), cases[i].why);
}

static void longest_name(void)
{
	char name[256] = "iqn.2001-04.com.example:";

	memset(name + strlen(name), 'x', KISCSI_NAME_MAX - strlen(name));
	EQ(strlen(name), 223);
	STR(kiscsi_name_check(name), NULL);
	strcat(name, "x");
	HAS(kiscsi_name_check(name), "223");
}

UNIT_SUITE(text,
	{ "adding", add },
	{ "adding to the last byte", add_to_the_last_byte },
	{ "adding binary as hex", add_hex },
	{ "collecting segments", collect },
	{ "stepping through pairs", next },
	{ "the longest key", longest_key },
	{ "numbers", numbers },
	{ "hex constants", hex_constants },
	{ "base64 constants", base64_constants },
	{ "sizes of binary constants", binary_sizes },
	{ "lists", lists },
	{ "names that are", good_names },
	{ "names that are not", bad_names },
	{ "the longest name", longest_name })
