// SPDX-License-Identifier: GPL-2.0
/*
 * --set KEY=VALUE.
 */
#include "../../tools/settings.c"
#include "unit.h"

static void set(struct settings *s, const char *pair)
{
	struct err e = { 0 };

	if (settings_pair(s, pair, &e))
		STR(pair, e.text);
}

static void refuse(const char *pair, const char *text)
{
	struct settings s, before;
	struct err e = { 0 };

	settings_init(&s);
	before = s;
	EQ(settings_pair(&s, pair, &e), -1);
	EQ(e.status, ST_USAGE);
	HAS(e.text, text);
	YES(!memcmp(&s, &before, sizeof(s)));
}

static void defaults(void)
{
	struct settings s;
	struct err e;

	settings_init(&s);
	EQ(settings_finish(&s, &e), 0);
	EQ(s.timers.login_timeout, 15);
	EQ(s.queue_depth, 128);
	EQ(s.connections, 1);
	EQ(s.chap_algs_count, 4);
	EQ(s.chap_algs[0], KISCSI_CHAP_SHA3_256);
	EQ(s.given, 0);
}

static void every_key(void)
{
	struct settings s;
	char text[ADDRESS_TEXT_MAX];

	settings_init(&s);
	set(&s, "header-digest=CRC32C,None");
	set(&s, "data-digest=none");
	set(&s, "initial-r2t=YES");
	set(&s, "immediate-data=no");
	set(&s, "first-burst-length=512");
	set(&s, "max-burst-length=1M");
	set(&s, "max-recv-data-segment-length=64k");
	set(&s, "max-outstanding-r2t=8");
	set(&s, "connections=64");
	set(&s, "queue-depth=1024");
	set(&s, "initiator-name=iqn.2026-01.example:Me");
	set(&s, "source-interface=eth0.7");
	set(&s, "source-address=2001:db8::1");
	set(&s, "nop-interval=0");
	set(&s, "nop-timeout=1");
	set(&s, "login-timeout=3600");
	set(&s, "initial-cmdsn=4294967295");
	set(&s, "recovery-tmo=never");
	set(&s, "abort-timeout=2");
	set(&s, "lun-reset-timeout=3");
	set(&s, "target-reset-timeout=4");
	set(&s, "chap-algorithms=md5,SHA-256");
	EQ(s.offer.header_digests, 2);
	EQ(s.offer.header_digest[0], KISCSI_DIGEST_CRC32C);
	EQ(s.offer.header_digest[1], KISCSI_DIGEST_NONE);
	EQ(s.offer.data_digests, 1);
	EQ(s.offer.data_digest[0], KISCSI_DIGEST_NONE);
	YES(s.offer.initial_r2t);
	NO(s.offer.immediate_data);
	EQ(s.offer.first_burst_length, 512);
	EQ(s.offer.max_burst_length, 1 << 20);
	EQ(s.offer.max_recv_dsl, 65536);
	EQ(s.offer.max_outstanding_r2t, 8);
	EQ(s.connections, 64);
	EQ(s.queue_depth, 1024);
	STR(s.initiator_name, "iqn.2026-01.example:Me");
	STR(s.source_interface, "eth0.7");
	STR(address_host(&s.source_address, text), "2001:db8::1");
	EQ(s.timers.nop_interval, 0);
	EQ(s.timers.nop_timeout, 1);
	EQ(s.timers.login_timeout, 3600);
	EQ(s.initial_cmdsn, 0xffffffff);
	EQ(s.timers.recovery_tmo, -1);
	EQ(s.timers.abort_timeout, 2);
	EQ(s.timers.lun_reset_timeout, 3);
	EQ(s.timers.target_reset_timeout, 4);
	EQ(s.chap_algs_count, 2);
	EQ(s.chap_algs[1], KISCSI_CHAP_SHA256);
	/* that was all there is */
	EQ(__builtin_popcount(s.given), ARRAY_SIZE(table));
}

/* what a setting is shown as sets it to the same again */
static void text(void)
{
	char once[SETTINGS_TEXT_MAX], twice[SETTINGS_TEXT_MAX];
	struct settings s, again;
	struct err e;
	int row;

	settings_init(&s);
	set(&s, "header-digest=crc32c");
	set(&s, "data-digest=none,crc32c");
	set(&s, "first-burst-length=1023");
	set(&s, "max-burst-length=2M");
	set(&s, "recovery-tmo=never");
	set(&s, "chap-algorithms=md5,sha256");
	set(&s, "source-address=fe80::1%lo");
	set(&s, "initiator-name=iqn.2026-01.example:Me");
	settings_init(&again);
	for (row = 0; settings_key((unsigned int)row); row++) {
		settings_text(&s, (unsigned int)row, once);
		if (!*once)
			continue;
		EQ(settings_put(&again, settings_key((unsigned int)row), once, &e), 0);
		STR(settings_text(&again, (unsigned int)row, twice), once);
		EQ(settings_row(settings_key((unsigned int)row)), row);
	}
	EQ(row, ARRAY_SIZE(table));
	STR(settings_text(&s, (unsigned int)settings_row("max-burst-length"), once), "2M");
	STR(settings_text(&s, (unsigned int)settings_row("first-burst-length"), once), "1023");
	STR(settings_text(&s, (unsigned int)settings_row("source-address"), once), "fe80::1%lo");
	STR(settings_text(&s, (unsigned int)settings_row("source-interface"), once), "");
}

static void automatic(void)
{
	struct settings s;
	struct err e;

	settings_init(&s);
	set(&s, "connections=Auto");
	EQ(settings_finish(&s, &e), 0);
	YES(s.connections >= 1 && s.connections <= KISCSI_MAX_CONNECTIONS);
	EQ(s.offer.max_connections, s.connections);
	settings_init(&s);
	set(&s, "connections=3");
	EQ(settings_finish(&s, &e), 0);
	EQ(s.offer.max_connections, 3);
}

static void refused(void)
{
	refuse("", "want KEY=VALUE");
	refuse("queue-depth", "want KEY=VALUE");
	refuse("=1", "no setting \"\"");
	refuse("queue-dept=1", "no setting \"queue-dept\"");
	refuse("Queue-Depth=1", "no setting");
	refuse("a-name-that-is-longer-than-any-setting-could-be-or-will-be-ever-anyway=1", "no setting");
	refuse("first-burst-length=12x", "\"12x\": want a number of bytes, 512 to 16777215");
	refuse("first-burst-length=511", "512 to 16777215");
	refuse("first-burst-length=16M", "512 to 16777215");
	refuse("first-burst-length=k", "want");
	refuse("first-burst-length=1kk", "want");
	refuse("first-burst-length= 512", "want");
	refuse("first-burst-length=4294968320", "want");
	refuse("first-burst-length=99999999999999999999999", "want");
	refuse("first-burst-length=5000000M", "want");
	refuse("queue-depth=0", "\"0\": want a number, 1 to 1024");
	refuse("queue-depth=-1", "want");
	refuse("queue-depth=1k", "want");
	refuse("connections=65", "\"65\": want auto or a number, 1 to 64");
	refuse("connections=0", "1 to 64");
	refuse("connections=autos", "1 to 64");
	refuse("max-outstanding-r2t=9", "1 to 8");
	refuse("nop-timeout=0", "want a number of seconds, 1 to 3600");
	refuse("recovery-tmo=-2", "never");
	refuse("recovery-tmo=", "never");
	refuse("initial-r2t=maybe", "\"maybe\": want yes or no");
	refuse("header-digest=CRC", "\"CRC\": want none");
	refuse("header-digest=", "want none");
	refuse("header-digest=none,none", "want none");
	refuse("header-digest=none,", "want none");
	refuse("chap-algorithms=rot13", "\"rot13\"");
	refuse("chap-algorithms=md5,md5", "want");
	refuse("chap-algorithms=sha3-256,sha256,sha1,md5,md5", "want");
	refuse("initiator-name=me", "\"me\"");
	refuse("source-interface=", "network interface");
	refuse("source-interface=abcdefghijklmnop", "network interface");
	refuse("source-interface=a/b", "network interface");
	refuse("source-address=host", "numeric");
	refuse("source-address=1.2.3.4:5", "numeric");
}

/* the last that is taken, and the first that is not */
static void upper_bounds(void)
{
	static const struct {
		const char *last;
		const char *beyond;
	} rows[] = {
		{ "first-burst-length=16777215", "first-burst-length=16777216" },
		{ "max-burst-length=16777215", "max-burst-length=16777216" },
		{ "max-recv-data-segment-length=16777215", "max-recv-data-segment-length=16777216" },
		{ "max-outstanding-r2t=8", "max-outstanding-r2t=9" },
		{ "connections=64", "connections=65" },
		{ "queue-depth=1024", "queue-depth=1025" },
		{ "initial-cmdsn=4294967295", "initial-cmdsn=4294967296" },
		{ "nop-interval=3600", "nop-interval=3601" },
		{ "nop-timeout=3600", "nop-timeout=3601" },
		{ "login-timeout=3600", "login-timeout=3601" },
		{ "recovery-tmo=604800", "recovery-tmo=604801" },
		{ "abort-timeout=3600", "abort-timeout=3601" },
		{ "lun-reset-timeout=3600", "lun-reset-timeout=3601" },
		{ "target-reset-timeout=3600", "target-reset-timeout=3601" },
	};
	struct settings s;

	settings_init(&s);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char end[24];

		set(&s, rows[i].last);
		snprintf(end, sizeof(end), " to %s", strchr(rows[i].last, '=') + 1);
		refuse(rows[i].beyond, end);
	}
	EQ(s.timers.recovery_tmo, 604800);
}

static void bursts(void)
{
	struct settings s;
	struct err e;

	/* the one that was not asked for gives way */
	settings_init(&s);
	set(&s, "max-burst-length=4k");
	EQ(settings_finish(&s, &e), 0);
	EQ(s.offer.first_burst_length, 4096);
	settings_init(&s);
	set(&s, "first-burst-length=16777215");
	EQ(settings_finish(&s, &e), 0);
	EQ(s.offer.max_burst_length, 16777215);
	settings_init(&s);
	set(&s, "first-burst-length=8k");
	set(&s, "max-burst-length=4k");
	EQ(settings_finish(&s, &e), -1);
	EQ(e.status, ST_USAGE);
	HAS(e.text, "first-burst-length=8192");
}

UNIT_SUITE(tools_settings,
	   { "defaults", defaults },
	   { "every key", every_key }, { "text", text },
	   { "a number of its own choice", automatic },
	   { "refused", refused }, { "upper bounds", upper_bounds },
	   { "bursts", bursts })
