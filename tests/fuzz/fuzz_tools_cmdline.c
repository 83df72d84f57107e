// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel command line and Debian's file of options: any bytes. What comes of it must be a target that
 * can be logged in to, and no complaint may have a secret in it.
 */
#include "../../tools/clock.c"
#include "../../tools/err.c"
#include "../../tools/portal.c"
#include "../../tools/name.c"
#include "../../tools/settings.c"
#include "../../tools/secret.c"
#include "../../tools/cred.c"
#include "../../tools/netns.c"
#include "../../tools/problem.c"
#define missing import_missing
#define take import_take
#include "../../tools/import.c"
#undef take
#undef missing
#define find boot_find
#include "../../tools/boot.c"
#undef find
#include "../../tools/cmdline.c"
#include "fuzz.h"

/* a secret that is found again wherever it goes */
#define SECRET "SeCrEt1SeCrEt2"

static char *text_of(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	MUST(text);
	memcpy(text, data, size);
	text[size] = '\0';
	return text;
}

static void check(const struct boot *b, const struct problems *p, bool secret)
{
	MUST(b->count <= BOOT_TARGETS_MAX && b->sets <= BOOT_SETS_MAX);
	for (unsigned int i = 0; i < b->count; i++) {
		const struct boot_target *t = &b->v[i];
		struct portal portal;

		MUST(!*t->name || !name_check(t->name));
		MUST(t->portals && t->portals <= BOOT_PORTALS_MAX);
		for (unsigned int k = 0; k < t->portals; k++)
			MUST(!portal_parse(&portal, t->portal[k]));
	}
	for (unsigned int i = 0; secret && i < p->count; i++)
		MUST(!strstr(p->v[i].text, SECRET));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char secret[] = "netroot=iscsi:me:" SECRET "@";
	static struct cmdline c;
	static struct boot b;
	struct problems p = { 0 };
	char *line = malloc(sizeof(secret) + size);
	char *file = text_of(data, size / 2);
	char *words = text_of(data + size / 2, size - size / 2);

	memset(&c, 0, sizeof(c));
	memset(&b, 0, sizeof(b));
	cmdline_options(&c, file, &p);
	cmdline_words(&c, words, &p);
	cmdline_finish(&c, &b, &p);
	check(&b, &p, false);
	problems_free(&p);
	/* the input again, as what stands behind a secret */
	memset(&p, 0, sizeof(p));
	memset(&c, 0, sizeof(c));
	memset(&b, 0, sizeof(b));
	MUST(line);
	memcpy(line, secret, sizeof(secret) - 1);
	memcpy(line + sizeof(secret) - 1, data, size);
	line[sizeof(secret) - 1 + size] = '\0';
	cmdline_words(&c, line, &p);
	cmdline_finish(&c, &b, &p);
	/* unless the fuzzer has found out which it is, and puts it where it may be quoted */
	check(&b, &p, !memmem(data, size, SECRET, strlen(SECRET)));
	problems_free(&p);
	free(line);
	free(words);
	free(file);
	return 0;
}
