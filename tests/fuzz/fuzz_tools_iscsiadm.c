// SPDX-License-Identifier: GPL-2.0
/*
 * A record of kiscsi-iscsiadm as its file has it: the first byte is the kind. What is taken must be fit to be used, and
 * be the same when it is written and read again.
 */
#include "../../tools/clock.c"
#include "../../tools/err.c"
#include "../../tools/portal.c"
#include "../../tools/process.c"
#include "../../tools/progress.c"
#define kind settings_kind
#define NUMBER SETTINGS_NUMBER
#define check settings_check
#define load settings_load
#define store settings_store
#include "../../tools/settings.c"
#undef kind
#undef NUMBER
#undef check
#undef load
#undef store
#include "../../tools/name.c"
#define open_file secret_open_file
#include "../../tools/secret.c"
#undef open_file
#include "../../tools/iscsiadm-record.c"
#include "../../tools/iscsiadm-store.c"
#include "fuzz.h"

static int read_text(struct record *r, enum record_kind kind, char *text, size_t len)
{
	FILE *f = fmemopen(text, len, "r");
	struct err e;
	int bad;

	memset(r, 0, sizeof(*r));
	r->kind = kind;
	MUST(f);
	bad = load_lines(r, f, "file", &e);
	fclose(f);
	return bad;
}

static void use(const struct record *r)
{
	struct kiscsi_chap_cred cred;
	struct settings s;
	struct portal p;
	struct err e;
	char path[PATH_MAX];

	path_of(r, "", path);
	MUST(!strchr(path + strlen(dir_of(r->kind)) + 1, '/'));
	if (r->kind == RECORD_IFACE)
		return;
	record_portal(r, &p);
	MUST(p.port && p.host[0]);
	if (!record_settings(r, &s, &e))
		record_cred(r, &s, &cred, &e);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct record r, again;
	char *text, *out = NULL;
	size_t len = 0;
	FILE *f;

	if (size < 2)
		return 0;
	text = strndup((const char *)data + 1, size - 1);
	if (!*text || read_text(&r, data[0] % 3, text, strlen(text))) {
		free(text);
		return 0;
	}
	use(&r);
	f = open_memstream(&out, &len);
	record_save(&r, f);
	fclose(f);
	if (len) {
		MUST(!read_text(&again, r.kind, out, len));
		for (size_t i = 0; i < RECORD_ROWS_MAX; i++)
			MUST(!r.v[i] == !again.v[i] && (!r.v[i] || !strcmp(r.v[i], again.v[i])));
		record_free(&again);
	}
	record_free(&r);
	free(out);
	free(text);
	return 0;
}
