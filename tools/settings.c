// SPDX-License-Identifier: GPL-2.0
/*
 * The table of settings, and how a value of each kind is read.
 */
#include <ctype.h>
#include <stdlib.h>
#include <unistd.h>

#include "../kernel/uapi/kiscsi.h"
#include "name.h"
#include "settings.h"

enum kind {
	NUMBER,		/* min to max */
	NUMBER_OR_AUTO,
	SIZE,		/* bytes, with k or M */
	SECONDS,
	SECONDS_OR_NEVER,
	BOOLEAN,
	DIGESTS,
	ALGORITHMS,
	NAME,
	INTERFACE,
	ADDRESS,
};

struct setting {
	const char *key;
	enum kind kind;
	size_t offset;		/* in struct settings */
	size_t width;		/* of the member, in bytes */
	u32 min;
	u32 max;
	enum settings_change change;
};

#define MEMBER(m)	offsetof(struct settings, m), sizeof(((struct settings *)0)->m)
#define SECONDS_MAX	3600

static const struct setting table[] = {
	{ "header-digest", DIGESTS, MEMBER(offer.header_digest), 0, 0, SETTINGS_FIXED },
	{ "data-digest", DIGESTS, MEMBER(offer.data_digest), 0, 0, SETTINGS_FIXED },
	{ "initial-r2t", BOOLEAN, MEMBER(offer.initial_r2t), 0, 1, SETTINGS_FIXED },
	{ "immediate-data", BOOLEAN, MEMBER(offer.immediate_data), 0, 1, SETTINGS_FIXED },
	{ "first-burst-length", SIZE, MEMBER(offer.first_burst_length), 512, 16777215, SETTINGS_FIXED },
	{ "max-burst-length", SIZE, MEMBER(offer.max_burst_length), 512, 16777215, SETTINGS_FIXED },
	{ "max-recv-data-segment-length", SIZE, MEMBER(offer.max_recv_dsl), 512, 16777215, SETTINGS_FIXED },
	{ "max-outstanding-r2t", NUMBER, MEMBER(offer.max_outstanding_r2t), 1, KISCSI_MAX_R2T, SETTINGS_FIXED },
	{ "connections", NUMBER_OR_AUTO, MEMBER(connections), 1, KISCSI_MAX_CONNECTIONS, SETTINGS_FIXED },
	{ "queue-depth", NUMBER, MEMBER(queue_depth), 1, 1024, SETTINGS_FIXED },
	{ "initiator-name", NAME, MEMBER(initiator_name), 0, 0, SETTINGS_FIXED },
	{ "source-interface", INTERFACE, MEMBER(source_interface), 0, 0, SETTINGS_FIXED },
	{ "source-address", ADDRESS, MEMBER(source_address), 0, 0, SETTINGS_FIXED },
	{ "nop-interval", SECONDS, MEMBER(timers.nop_interval), 0, SECONDS_MAX, SETTINGS_LIVE },
	{ "nop-timeout", SECONDS, MEMBER(timers.nop_timeout), 1, SECONDS_MAX, SETTINGS_LIVE },
	{ "login-timeout", SECONDS, MEMBER(timers.login_timeout), 1, SECONDS_MAX, SETTINGS_LIVE },
	{ "initial-cmdsn", NUMBER, MEMBER(initial_cmdsn), 0, UINT32_MAX, SETTINGS_UNTOLD },
	{ "recovery-tmo", SECONDS_OR_NEVER, MEMBER(timers.recovery_tmo), 0, KISCSI_RECOVERY_TMO_MAX, SETTINGS_LIVE },
	{ "abort-timeout", SECONDS, MEMBER(timers.abort_timeout), 1, SECONDS_MAX, SETTINGS_LIVE },
	{ "lun-reset-timeout", SECONDS, MEMBER(timers.lun_reset_timeout), 1, SECONDS_MAX, SETTINGS_LIVE },
	{ "target-reset-timeout", SECONDS, MEMBER(timers.target_reset_timeout), 1, SECONDS_MAX, SETTINGS_LIVE },
	{ "chap-algorithms", ALGORITHMS, MEMBER(chap_algs), 0, 0, SETTINGS_UNTOLD },
};

static_assert(ARRAY_SIZE(table) <= SETTINGS_MAX, "a bit each in struct settings.given");

static const struct {
	const char *word;
	u8 alg;
} algorithms[] = {
	{ "sha3-256", KISCSI_CHAP_SHA3_256 },
	{ "sha256", KISCSI_CHAP_SHA256 },
	{ "sha-256", KISCSI_CHAP_SHA256 },
	{ "sha1", KISCSI_CHAP_SHA1 },
	{ "md5", KISCSI_CHAP_MD5 },
};

static int want(struct err *e, const char *value, const char *what)
{
	return err_set(e, ST_USAGE, "\"%s\": want %s", value, what);
}

static int want_range(struct err *e, const char *value, const char *what, const struct setting *row)
{
	return err_set(e, ST_USAGE, "\"%s\": want %s, %u to %u", value, what, row->min, row->max);
}

static void store(struct settings *s, const struct setting *row, u32 number)
{
	void *to = (char *)s + row->offset;
	u16 half = (u16)number;

	if (row->width == sizeof(bool))
		*(bool *)to = number;
	else if (row->width == sizeof(half))
		memcpy(to, &half, sizeof(half));
	else
		memcpy(to, &number, sizeof(number));
}

/* digits, then @unit if sizes may have one; -1 for anything else or more than 32 bits */
static int number(const char *value, bool units, u32 *out)
{
	unsigned long long n = 0;
	const char *p = value;

	while (isdigit((unsigned char)*p) && n <= UINT32_MAX)
		n = n * 10 + (unsigned long long)(*p++ - '0');
	if (p == value)
		return -1;
	if (units && (*p == 'k' || *p == 'K') && p++)
		n <<= 10;
	else if (units && (*p == 'm' || *p == 'M') && p++)
		n <<= 20;
	if (*p || n > UINT32_MAX)
		return -1;
	*out = (u32)n;
	return 0;
}

static int put_number(struct settings *s, const struct setting *row, const char *value, struct err *e)
{
	const char *what = "a number";
	u32 n;

	if (row->kind == SIZE)
		what = "a number of bytes";
	else if (row->kind == SECONDS)
		what = "a number of seconds";
	if (number(value, row->kind == SIZE, &n) || n < row->min || n > row->max)
		return want_range(e, value, what, row);
	store(s, row, n);
	return 0;
}

static int put_number_or_auto(struct settings *s, const struct setting *row, const char *value,
			      struct err *e)
{
	u32 n;

	if (!strcasecmp(value, "auto")) {
		store(s, row, 0);
		return 0;
	}
	if (number(value, false, &n) || n < row->min || n > row->max)
		return want_range(e, value, "auto or a number", row);
	store(s, row, n);
	return 0;
}

static int put_seconds_or_never(struct settings *s, const struct setting *row, const char *value,
				struct err *e)
{
	u32 n;

	if (!strcasecmp(value, "never") || !strcmp(value, "-1")) {
		store(s, row, (u32)-1);
		return 0;
	}
	if (number(value, false, &n) || n > row->max)
		return want_range(e, value, "never (-1) or a number of seconds", row);
	store(s, row, n);
	return 0;
}

static int put_boolean(struct settings *s, const struct setting *row, const char *value, struct err *e)
{
	if (!strcasecmp(value, "yes"))
		store(s, row, 1);
	else if (!strcasecmp(value, "no"))
		store(s, row, 0);
	else
		return want(e, value, "yes or no");
	return 0;
}

/* the value of one word of a list, -1 if it is none */
static int digest_word(const char *word)
{
	if (!strcasecmp(word, "none"))
		return KISCSI_DIGEST_NONE;
	return strcasecmp(word, "crc32c") ? -1 : KISCSI_DIGEST_CRC32C;
}

static int algorithm_word(const char *word)
{
	for (size_t i = 0; i < ARRAY_SIZE(algorithms); i++) {
		if (!strcasecmp(word, algorithms[i].word))
			return algorithms[i].alg;
	}
	return -1;
}

/*
 * A comma-separated list of words into @out, at most @max, none of them twice.
 * Returns how many, or -1.
 */
static int word_list(const char *value, int (*word)(const char *), u8 *out, u8 max)
{
	char copy[128];
	char *next = copy;
	u8 count = 0;
	char *item;

	if (strlen(value) >= sizeof(copy))
		return -1;
	strcpy(copy, value);
	while ((item = strsep(&next, ","))) {
		int v = word(item);

		if (v < 0 || count == max || memchr(out, v, count))
			return -1;
		out[count++] = (u8)v;
	}
	return count;
}

static int put_digests(struct settings *s, const struct setting *row, const char *value, struct err *e)
{
	u8 list[KISCSI_DIGEST_LIST_MAX];
	int n = word_list(value, digest_word, list, sizeof(list));
	u8 *count = &s->offer.header_digests;

	if (n < 1)
		return want(e, value, "none, crc32c, or both with a comma, the preferred one first");
	if (row->offset == offsetof(struct settings, offer.data_digest))
		count = &s->offer.data_digests;
	memcpy((char *)s + row->offset, list, (size_t)n);
	*count = (u8)n;
	return 0;
}

static int put_algorithms(struct settings *s, const char *value, struct err *e)
{
	u8 list[KISCSI_CHAP_ALGS_MAX];
	int n = word_list(value, algorithm_word, list, sizeof(list));

	if (n < 1)
		return want(e, value, "one or more of sha3-256,sha256,sha1,md5, the preferred one first");
	memcpy(s->chap_algs, list, (size_t)n);
	s->chap_algs_count = (u8)n;
	return 0;
}

static int put_name(struct settings *s, const char *value, struct err *e)
{
	const char *why = name_check(value);

	/* targets compare bytes: the same name in another form would be another host */
	if (!why && !name_prepared(value))
		why = "want letters beyond ASCII in lower case and composed, as RFC 3722 has them";
	if (why)
		return err_set(e, ST_USAGE, "\"%.300s\": %s", value, why);
	strcpy(s->initiator_name, value);
	return 0;
}

static int put_interface(struct settings *s, const char *value, struct err *e)
{
	size_t n = strlen(value);

	if (!n || n >= sizeof(s->source_interface))
		return want(e, value, "the name of a network interface");
	for (size_t i = 0; i < n; i++) {
		if (!isgraph((unsigned char)value[i]) || value[i] == '/')
			return want(e, value, "the name of a network interface");
	}
	strcpy(s->source_interface, value);
	return 0;
}

static int put_address(struct settings *s, const char *value, struct err *e)
{
	struct address a;

	if (address_numeric(&a, value))
		return want(e, value, "a numeric IPv4 or IPv6 address without port");
	s->source_address = a;
	return 0;
}

static int put(struct settings *s, const struct setting *row, const char *value, struct err *e)
{
	switch (row->kind) {
	case NUMBER:
	case SIZE:
	case SECONDS:
		return put_number(s, row, value, e);
	case NUMBER_OR_AUTO:
		return put_number_or_auto(s, row, value, e);
	case SECONDS_OR_NEVER:
		return put_seconds_or_never(s, row, value, e);
	case BOOLEAN:
		return put_boolean(s, row, value, e);
	case DIGESTS:
		return put_digests(s, row, value, e);
	case ALGORITHMS:
		return put_algorithms(s, value, e);
	case NAME:
		return put_name(s, value, e);
	case INTERFACE:
		return put_interface(s, value, e);
	case ADDRESS:
		return put_address(s, value, e);
	}
	return -1;
}

int settings_row(const char *key)
{
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		if (!strcmp(table[i].key, key))
			return (int)i;
	}
	return -1;
}

const char *settings_key(unsigned int row)
{
	return row < ARRAY_SIZE(table) ? table[row].key : NULL;
}

enum settings_change settings_change(unsigned int row)
{
	return table[row].change;
}

int settings_put(struct settings *s, const char *key, const char *value, struct err *e)
{
	int row = settings_row(key);

	if (row < 0)
		return err_set(e, ST_USAGE, "there is no setting \"%s\"", key);
	if (put(s, &table[row], value, e))
		return -1;
	s->given |= 1u << row;
	return 0;
}

static u32 load(const struct settings *s, const struct setting *row)
{
	const void *from = (const char *)s + row->offset;
	u32 number;
	u16 half;

	if (row->width == sizeof(bool))
		return *(const bool *)from;
	if (row->width == sizeof(half)) {
		memcpy(&half, from, sizeof(half));
		return half;
	}
	memcpy(&number, from, sizeof(number));
	return number;
}

static void text_size(u32 n, char *out)
{
	if (n && !(n & 0xfffff))
		snprintf(out, SETTINGS_TEXT_MAX, "%uM", n >> 20);
	else if (n && !(n & 0x3ff))
		snprintf(out, SETTINGS_TEXT_MAX, "%uk", n >> 10);
	else
		snprintf(out, SETTINGS_TEXT_MAX, "%u", n);
}

static void append_word(char *out, const char *word)
{
	size_t n = strlen(out);

	snprintf(out + n, SETTINGS_TEXT_MAX - n, "%s%s", n ? "," : "", word);
}

static void text_digests(const u8 *list, u8 count, char *out)
{
	*out = '\0';
	for (u8 i = 0; i < count; i++)
		append_word(out, list[i] == KISCSI_DIGEST_CRC32C ? "crc32c" : "none");
}

static void text_algorithms(const struct settings *s, char *out)
{
	*out = '\0';
	for (u8 i = 0; i < s->chap_algs_count; i++) {
		for (size_t k = 0; k < ARRAY_SIZE(algorithms); k++) {
			if (algorithms[k].alg != s->chap_algs[i])
				continue;
			append_word(out, algorithms[k].word);
			break;
		}
	}
}

char *settings_text(const struct settings *s, unsigned int row, char out[SETTINGS_TEXT_MAX])
{
	const struct setting *r = &table[row];
	const char *member = (const char *)s + r->offset;
	char address[ADDRESS_TEXT_MAX];

	switch (r->kind) {
	case NUMBER_OR_AUTO:
		if (!load(s, r)) {
			strcpy(out, "auto");
			break;
		}
		/* fall through */
	case NUMBER:
	case SECONDS:
		snprintf(out, SETTINGS_TEXT_MAX, "%u", load(s, r));
		break;
	case SIZE:
		text_size(load(s, r), out);
		break;
	case SECONDS_OR_NEVER:
		if (load(s, r) == (u32)-1)
			strcpy(out, "never");
		else
			snprintf(out, SETTINGS_TEXT_MAX, "%u", load(s, r));
		break;
	case BOOLEAN:
		strcpy(out, load(s, r) ? "yes" : "no");
		break;
	case DIGESTS:
		text_digests((const u8 *)member,
			     r->offset == offsetof(struct settings, offer.data_digest)
				     ? s->offer.data_digests : s->offer.header_digests, out);
		break;
	case ALGORITHMS:
		text_algorithms(s, out);
		break;
	case NAME:
	case INTERFACE:
		snprintf(out, SETTINGS_TEXT_MAX, "%s", member);
		break;
	case ADDRESS:
		snprintf(out, SETTINGS_TEXT_MAX, "%s",
			 s->source_address.len ? address_host(&s->source_address, address) : "");
		break;
	}
	return out;
}

int settings_pair(struct settings *s, const char *pair, struct err *e)
{
	const char *equals = strchr(pair, '=');
	char key[64];

	if (!equals)
		return err_set(e, ST_USAGE, "\"%s\": want KEY=VALUE", pair);
	if ((size_t)(equals - pair) >= sizeof(key))
		return err_set(e, ST_USAGE, "there is no setting \"%.*s\"", (int)(equals - pair), pair);
	memcpy(key, pair, (size_t)(equals - pair));
	key[equals - pair] = '\0';
	return settings_put(s, key, equals + 1, e);
}

static bool given(const struct settings *s, const char *key)
{
	return s->given & 1u << settings_row(key);
}

void settings_init(struct settings *s)
{
	memset(s, 0, sizeof(*s));
	kiscsi_offer_init(&s->offer);
	s->timers = (struct timers){
		.nop_interval = 5,
		.nop_timeout = 5,
		.login_timeout = LOGIN_TIMEOUT_DEFAULT,
		.recovery_tmo = 120,
		.abort_timeout = 15,
		.lun_reset_timeout = 30,
		.target_reset_timeout = 30,
	};
	s->queue_depth = 128;
	s->connections = 1;
	s->initial_cmdsn = 1;
	s->chap_algs[0] = KISCSI_CHAP_SHA3_256;
	s->chap_algs[1] = KISCSI_CHAP_SHA256;
	s->chap_algs[2] = KISCSI_CHAP_SHA1;
	s->chap_algs[3] = KISCSI_CHAP_MD5;
	s->chap_algs_count = 4;
}

/* a connection for each CPU that is there to use one */
static u32 auto_connections(void)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);

	if (cpus < 1)
		return 1;
	return cpus < KISCSI_MAX_CONNECTIONS ? (u32)cpus : KISCSI_MAX_CONNECTIONS;
}

int settings_finish(struct settings *s, struct err *e)
{
	struct kiscsi_offer *o = &s->offer;
	const char *key;

	if (!s->connections)
		s->connections = auto_connections();
	o->max_connections = (u16)s->connections;
	if (o->first_burst_length > o->max_burst_length) {
		if (given(s, "first-burst-length") && given(s, "max-burst-length"))
			return err_set(e, ST_USAGE,
				       "first-burst-length=%u is more than max-burst-length=%u",
				       o->first_burst_length, o->max_burst_length);
		if (given(s, "first-burst-length"))
			o->max_burst_length = o->first_burst_length;
		else
			o->first_burst_length = o->max_burst_length;
	}
	key = kiscsi_offer_check(o);
	if (key)
		return err_set(e, ST_USAGE, "%s is out of its range", key);
	return 0;
}
