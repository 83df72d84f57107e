// SPDX-License-Identifier: GPL-2.0
/*
 * Initiator names from a file, and ISIDs.
 */
#include "../../tools/initiator.c"
#include "unit.h"

static int from(const char *text, struct settings *s, struct err *e)
{
	FILE *f = fmemopen((void *)(uintptr_t)text, strlen(text), "r");
	int r;

	settings_init(s);
	r = read_file(s, f, e);
	fclose(f);
	return r;
}

static void files(void)
{
	struct settings s;
	struct err e;

	EQ(from("# ours\n\nInitiatorName=iqn.2026-01.example:a\nInitiatorName=b\n", &s, &e), 0);
	STR(s.initiator_name, "iqn.2026-01.example:a");
	EQ(from("# ours\nInitiatorName=ours\n", &s, &e), -1);
	EQ(e.status, ST_FAILED);
	HAS(e.text, INITIATOR_FILE ":2: InitiatorName: \"ours\"");
	EQ(from("GenerateName=yes\n", &s, &e), -1);
	HAS(e.text, "has no line InitiatorName=");
	/* one that was set comes first, and the file is not even looked for */
	settings_init(&s);
	strcpy(s.initiator_name, "iqn.2026-01.example:set");
	EQ(initiator_name(&s, &e), 0);
	STR(s.initiator_name, "iqn.2026-01.example:set");
}

static void isids(void)
{
	u8 a[6], b[6];
	struct err e;

	initiator_isid("iqn.2026-01.example:me", a);
	initiator_isid("iqn.2026-01.example:me", b);
	MEM(a, 6, b, 6);
	/* type "random", its reserved bits 0: never an OUI, as others under our name have */
	EQ(a[0], 0x80);
	initiator_isid("iqn.2026-01.example:you", b);
	YES(memcmp(a, b, 6));
	memcpy(a, "\x80\x01\x02\x03\x04\xff", 6);
	initiator_isid_next(a);
	MEM(a, 6, "\x80\x01\x02\x03\x05\x00", 6);
	memcpy(a, "\x80\x01\x02\x03\xff\xff", 6);
	initiator_isid_next(a);
	MEM(a, 6, "\x80\x01\x02\x03\x00\x00", 6);
	EQ(initiator_isid_discovery(a, &e), 0);
	EQ(initiator_isid_discovery(b, &e), 0);
	EQ(a[0], 0x80);
	YES(memcmp(a, b, 6));
}

UNIT_SUITE(tools_initiator, { "files", files }, { "ISIDs", isids })
