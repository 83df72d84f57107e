// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel command line and Debian's file of options: any bytes. What comes of it must be a target that
 * can be logged in to, and no complaint may have a secret in it.
 */
#include "../../tools/clock.c"
#include "../../tools/err.c"
#include "../../tools/portal.c"
#include "../../tools/process.c"
#include "../../tools/progress.c"
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

/*
 * What no complaint may quote. It depends on the input: one that stays the same is learned by the fuzzer, which then
 * puts it, or its halves with quotes between them, where quoting is in order.
 */
static void secret_for(char secret[17], const uint8_t *data, size_t size)
{
	uint64_t hash = 14695981039346656037ull;

	for (size_t i = 0; i < size; i++)
		hash = (hash ^ data[i]) * 1099511628211ull;
	for (int i = 0; i < 16; i++)
		secret[i] = (char)('a' + (hash >> 4 * i & 15));
	secret[16] = '\0';
}

static char *text_of(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	MUST(text);
	memcpy(text, data, size);
	text[size] = '\0';
	return text;
}

static void check(const struct boot *b, const struct problems *p, const char *secret)
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
		MUST(!strstr(p->v[i].text, secret));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char secret[17];
	static struct cmdline c;
	static struct boot b;
	struct problems p = { 0 };
	char *line = malloc(size + 64);
	char *file = text_of(data, size / 2);
	char *words = text_of(data + size / 2, size - size / 2);
	size_t n;

	memset(&c, 0, sizeof(c));
	memset(&b, 0, sizeof(b));
	cmdline_options(&c, file, &p);
	cmdline_words(&c, words, &p);
	cmdline_finish(&c, &b, &p, &p);
	check(&b, &p, NULL);
	problems_free(&p);
	/* the input again, as what stands behind a secret */
	memset(&p, 0, sizeof(p));
	memset(&c, 0, sizeof(c));
	memset(&b, 0, sizeof(b));
	MUST(line);
	secret_for(secret, data, size);
	n = (size_t)sprintf(line, "netroot=iscsi:me:%s@", secret);
	memcpy(line + n, data, size);
	line[n + size] = '\0';
	cmdline_words(&c, line, &p);
	cmdline_finish(&c, &b, &p, &p);
	check(&b, &p, secret);
	problems_free(&p);
	free(line);
	free(words);
	free(file);
	return 0;
}
