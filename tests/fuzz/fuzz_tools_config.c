// SPDX-License-Identifier: GPL-2.0
/*
 * kiscsi.conf: any bytes. What is found good must be whole, and what it is shown as must be good
 * again and come to the same.
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

/* in place of a file: none that an input names is opened */
static int made_up(const char *path, deadline_t deadline, u8 out[KISCSI_CHAP_SECRET_MAX], u8 *len,
		   struct err *e)
{
	(void)deadline;
	if (strlen(path) > KISCSI_CHAP_SECRET_MAX)
		return err_set(e, ST_FAILED, "%s: no such file", path);
	*len = (u8)strlen(path);
	memcpy(out, path, *len);
	return 0;
}

#define secret_read made_up
#include "../../tools/config.c"
#include "fuzz.h"

static void read_text(struct config *c, const char *text, size_t len, struct problems *p)
{
	config_init(c);
	c->path = "kiscsi.conf";
	ini_parse_text(&c->ini, text, len, p);
	config_read(c, p);
}

/* a section as "kiscsi config show" has it */
static size_t show(const struct config_target *t, char *out, size_t size)
{
	char value[CONFIG_TEXT_MAX];
	size_t n = (size_t)snprintf(out, size, "[%s]\n", t->section);

	for (unsigned int key = 0; config_key(key); key++) {
		/* a long list of portals is no line */
		if (*config_text(t, key, value) && strlen(value) < 1500)
			n += (size_t)snprintf(out + n, size - n, "%s = %s\n", config_key(key), value);
	}
	return n;
}

static void again(const struct config_target *t)
{
	static char text[65536], once[CONFIG_TEXT_MAX], twice[CONFIG_TEXT_MAX];
	struct problems p = { 0 };
	struct config c;

	read_text(&c, text, show(t, text, sizeof(text)), &p);
	MUST(!p.count && c.targets == 1);
	for (unsigned int key = 0; config_key(key); key++)
		MUST(!strcmp(config_text(t, key, once), config_text(&c.target[0], key, twice)));
	config_free(&c);
	problems_free(&p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct problems p = { 0 };
	unsigned int found;
	struct config c;

	read_text(&c, (const char *)data, size, &p);
	found = p.count;
	/* also of what was found bad: the look at the secrets copies it */
	for (unsigned int i = 0; i < c.targets; i++) {
		MUST(!c.target[i].chap.user || strlen(c.target[i].chap.user) <= KISCSI_CHAP_NAME_MAX);
		check_secrets(&c.target[i], &p);
	}
	for (unsigned int i = 0; i < p.count; i++)
		MUST(p.v[i].line && p.v[i].text[0]);
	for (unsigned int i = 0; i < c.targets && !found && i < 4; i++) {
		MUST(!name_check(c.target[i].target));
		MUST(c.target[i].portal_count && c.target[i].portal_count <= ADDRESSES_MAX);
		again(&c.target[i]);
	}
	config_free(&c);
	problems_free(&p);
	return 0;
}
