// SPDX-License-Identifier: GPL-2.0
/*
 * iSCSI names.
 */
#include "../../tools/name.c"
#include "settings.h"
#include "unit.h"

static void check(void)
{
	char longest[KISCSI_NAME_MAX + 2] = "iqn.2026-01.example:";

	YES(!name_check("iqn.2026-01.org.example:Disk1"));
	YES(!name_check("eui.0123456789ABCDEF"));
	YES(!name_check("naa.0123456789abcdef0123456789abcdef"));
	YES(!name_check("iqn.2026-01.example:\xc3\xa4"));
	YES(!name_check("iqn.2026-01.example:d_\xc3\xa4"));
	/* what only looks like a letter, a private one, one that nobody has assigned, a space */
	HAS(name_check("iqn.2026-01.example:\xe2\x80\x8e\xc3\xa4"), "RFC 3722");
	HAS(name_check("iqn.2026-01.example:\xee\x80\x80"), "RFC 3722");
	HAS(name_check("iqn.2026-01.example:\xcd\xb8"), "RFC 3722");
	HAS(name_check("iqn.2026-01.example:\xe3\x80\x80"), "RFC 3722");
	HAS(name_check("iqn.2026-01.example:\xc3"), "UTF-8");
	HAS(name_check("iqn.2026-01.example:a b"), "character");
	HAS(name_check("iqn.2026-13.example"), "date");
	HAS(name_check("naa.01"), "hex digits");
	HAS(name_check("disk"), "iqn.");
	HAS(name_check(""), "empty");
	memset(longest + strlen(longest), 'x', sizeof(longest) - 1 - strlen(longest));
	HAS(name_check(longest), "longer than 223");
	longest[KISCSI_NAME_MAX] = '\0';
	YES(!name_check(longest));
}

static void fold(void)
{
	char out[16];

	STR(name_fold(out, sizeof(out), "IQN.x:[D1]\xc3\x84"), "iqn.x:[d1]\xc3\x84");
	STR(name_fold(out, 4, "IQN.x"), "iqn");
}

static void prepared(void)
{
	struct settings s;
	struct err e;

	YES(name_prepared("iqn.2026-01.example:Disk_1"));
	YES(name_prepared("iqn.2026-01.example:D_\xc3\xa4"));
	/* A with diaeresis; a and a combining diaeresis; a wide a */
	NO(name_prepared("iqn.2026-01.example:\xc3\x84"));
	NO(name_prepared("iqn.2026-01.example:a\xcc\x88"));
	NO(name_prepared("iqn.2026-01.example:\xef\xbd\x81"));
	settings_init(&s);
	EQ(settings_put(&s, "initiator-name", "iqn.2026-01.example:\xc3\xa4", &e), 0);
	EQ(settings_put(&s, "initiator-name", "iqn.2026-01.example:\xc3\x84", &e), -1);
	HAS(e.text, "RFC 3722");
}

static void line(const char *text, const char *want)
{
	char copy[128];

	snprintf(copy, sizeof(copy), "%s", text);
	STR(name_of_line(copy), want);
}

static void lines(void)
{
	line("InitiatorName=iqn.2026-01.example:me\n", "iqn.2026-01.example:me");
	line("  initiatorname = iqn.2026-01.example:me  # mine\n", "iqn.2026-01.example:me");
	line("InitiatorName=iqn.2026-01.example:me\r\n", "iqn.2026-01.example:me");
	line("#InitiatorName=iqn.2026-01.example:me\n", NULL);
	line("InitiatorName=\n", NULL);
	line("InitiatorName\n", NULL);
	line("InitiatorNames=x\n", NULL);
	line("GenerateName=yes\n", NULL);
	line("", NULL);
}

/* documented, and what targets know the host by: it must never change */
static void machine(void)
{
	char name[64];

	STR(name_of_machine("0123456789abcdef0123456789abcdef\n", name), "iqn.2026-01.localhost.kiscsi:d84eca8994b9e14f9b62");
	YES(!name_check(name));
	YES(!name_of_machine("", name));
	YES(!name_of_machine("uninitialized\n", name));
	YES(!name_of_machine("0123456789abcdef0123456789abcde\n", name));
	YES(!name_of_machine("0123456789abcdef0123456789abcdef0\n", name));
}

UNIT_SUITE(tools_name, { "checked", check }, { "folded", fold }, { "prepared", prepared }, { "lines", lines }, { "of a machine", machine })
