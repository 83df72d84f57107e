// SPDX-License-Identifier: GPL-2.0
/*
 * Everything the command reads a value of from its command line, its files and /proc: the first byte
 * chooses the reader. What a portal or an address is written as must read back the same.
 */
#include "../../tools/clock.c"
#include "../../tools/err.c"
#include "../../tools/portal.c"
#include "../../tools/process.c"
#include "../../tools/progress.c"
#include "../../tools/settings.c"
#include "../../tools/secret.c"
#include "../../tools/name.c"
#define add_lun sysfs_add_lun
#include "../../tools/sysfs.c"
#undef add_lun
#include "../../tools/busy.c"
#include "fuzz.h"

static void try_portal(const char *text)
{
	struct portal p, again;
	char out[300];

	if (portal_parse_address(&p, text))
		return;
	MUST(p.port && p.host[0] && strlen(p.host) < sizeof(p.host));
	portal_text(&p, out, sizeof(out));
	MUST(!portal_parse(&again, out));
	MUST(again.port == p.port && again.v6 == p.v6 && !strcmp(again.host, p.host));
}

static void try_address(const char *text)
{
	char out[ADDRESS_TEXT_MAX];
	struct address a, b;

	if (address_numeric(&a, text))
		return;
	MUST(!address_numeric(&b, address_host(&a, out)));
	MUST(address_same(&a, &b));
}

static void try_setting(const char *text)
{
	struct settings s, before;
	struct err e;

	settings_init(&s);
	before = s;
	if (settings_pair(&s, text, &e)) {
		MUST(e.status == ST_USAGE && e.text[0]);
		MUST(!memcmp(&s, &before, sizeof(s)));
		return;
	}
	MUST(s.given && !(s.given & (s.given - 1)));
	MUST(!settings_finish(&s, &e));
}

static void try_secret(const uint8_t *data, size_t size)
{
	u8 out[KISCSI_CHAP_SECRET_MAX], len = 0;
	struct err e;

	if (!secret_decode((const char *)data, size, out, &len, &e))
		MUST(len > 0);
}

static void try_line(char *text)
{
	char *where, *source, *name;
	char *copy = strdup(text);
	dev_t dev;

	if (busy_mount_line(copy, &dev, &where, &source))
		MUST(strlen(where) + strlen(source) < strlen(text));
	strcpy(copy, text);
	name = name_of_line(copy);
	MUST(!name || *name);
	free(copy);
}

static void try_safe(const char *text)
{
	char out[64];

	text_safe(out, sizeof(out), text);
	for (const char *p = out; *p; p++)
		MUST(*p >= 0x20 && *p < 0x7f);
	if (text_utf8(text))
		MUST(!strchr(text, '\n') && !strchr(text, 0x1b));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text;

	if (!size)
		return 0;
	text = strndup((const char *)data + 1, size - 1);
	switch (data[0] % 6) {
	case 0:
		try_portal(text);
		break;
	case 1:
		try_address(text);
		break;
	case 2:
		try_setting(text);
		break;
	case 3:
		try_secret(data + 1, size - 1);
		break;
	case 4:
		try_line(text);
		break;
	case 5:
		try_safe(text);
		break;
	}
	free(text);
	return 0;
}
