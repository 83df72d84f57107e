// SPDX-License-Identifier: GPL-2.0
/*
 * The firmware's table: every field is a line of the input, in the order in which the fields are read; an
 * empty line is one that is missing.
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
#include "../../tools/targets.c"
#define find boot_find
#include "../../tools/boot.c"
#undef find
#define access fuzz_access
static int fuzz_access(const char *path, int mode);
#include "../../tools/ibft.c"
#undef access
#include "fuzz.h"

static const uint8_t *at, *end;

int sysfs_read(char *out, size_t size, const char *path_fmt, ...)
{
	const uint8_t *newline = memchr(at, '\n', (size_t)(end - at));
	size_t len = (size_t)((newline ? newline : end) - at);
	size_t n = len < size ? len : size - 1;

	(void)path_fmt;
	memcpy(out, at, n);
	out[n] = '\0';
	at += len + !!newline;
	return *out ? 0 : -1;
}

static int fuzz_access(const char *path, int mode)
{
	(void)path;
	(void)mode;
	return at < end ? 0 : -1;
}

static const char *zone(void *arg, unsigned int index)
{
	(void)arg;
	return index ? "eth0" : NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct problems p = { 0 };
	static struct boot b;
	struct ibft_nics nics;
	struct portal portal;
	struct targets t;
	struct err e;

	at = data;
	end = data + size;
	memset(&b, 0, sizeof(b));
	ibft_targets("table", &b, zone, NULL, &p);
	ibft_nics("table", &nics, &p);
	MUST(nics.count <= IBFT_NICS_MAX && b.count <= BOOT_TARGETS_MAX);
	for (unsigned int i = 0; i < nics.count; i++)
		MUST(nics.v[i].prefix <= 128 && nics.v[i].vlan < 4095);
	for (unsigned int i = 0; i < b.count; i++)
		MUST(!name_check(b.v[i].name) && b.v[i].portals && !portal_parse(&portal, b.v[i].portal[0]));
	at = data;
	if (!ibft_report("table", &t, zone, NULL, &p, &e)) {
		MUST(t.count <= b.count);
		for (unsigned int i = 0; i < t.count; i++)
			MUST(!name_check(t.v[i].name) && t.v[i].count);
		targets_free(&t);
	}
	boot_wipe(&b);
	problems_free(&p);
	return 0;
}
