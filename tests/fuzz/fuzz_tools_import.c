// SPDX-License-Identifier: GPL-2.0
/*
 * Node records of open-iscsi: any bytes, two records of them. What they come to must be a configuration
 * that can be read, and no secret must be in it.
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
#include "../../tools/inifile.c"
#include "../../tools/config.c"
#define take import_take
#include "../../tools/import.c"
#undef take
#include "fuzz.h"

static void read_one(struct import_records *list, const uint8_t *data, size_t size)
{
	FILE *f = size ? fmemopen((void *)(uintptr_t)data, size, "r") : NULL;
	struct err e;

	if (!f)
		return;
	MUST(!import_read(list, f, &e));
	fclose(f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct import_records list = { 0 };
	struct problems p = { 0 };
	char *text = NULL;
	size_t len = 0;
	struct ini ini;
	FILE *f;

	read_one(&list, data, size / 2);
	read_one(&list, data + size / 2, size - size / 2);
	f = open_memstream(&text, &len);
	import_print(&list, NULL, f);
	fclose(f);
	ini_parse_text(&ini, text, len, &p);
	for (unsigned int i = 0; i < p.count; i++)
		MUST(p.v[i].line);
	ini_free(&ini);
	problems_free(&p);
	free(text);
	import_free(&list);
	return 0;
}
