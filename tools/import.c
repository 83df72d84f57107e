// SPDX-License-Identifier: GPL-2.0
/*
 * Reading node records and writing the sections they come to.
 */
#include <ctype.h>
#include <dirent.h>
#include <stdlib.h>

#include "import.h"
#include "name.h"
#include "portal.h"

/* what the file says for "nothing" */
#define EMPTY "<empty>"

/* texts of a record that are taken as they are */
static const struct {
	const char *key;
	size_t offset;
	size_t size;
} texts[] = {
#define TEXT(key, member) \
	{ key, offsetof(struct import_record, member), sizeof(((struct import_record *)0)->member) }
	TEXT("node.name", target),
	TEXT("node.tpgt", tpgt),
	TEXT("node.startup", startup),
	TEXT("node.conn[0].address", address),
	TEXT("node.conn[0].port", port),
	TEXT("iface.iscsi_ifacename", iface),
	TEXT("iface.transport_name", transport),
	TEXT("node.session.auth.authmethod", auth),
	TEXT("node.session.auth.username", user),
	TEXT("node.session.auth.username_in", user_in),
};

/* those that become settings, unless they are what open-iscsi has by default: that nobody asked for */
static const struct {
	const char *theirs;
	const char *by_default;
	const char *ours;
} values[] = {
	{ "iface.initiatorname", EMPTY, "initiator-name" },
	{ "iface.net_ifacename", EMPTY, "source-interface" },
	{ "node.session.auth.chap_algs", "MD5", "chap-algorithms" },
	{ "node.session.timeo.replacement_timeout", "120", "recovery-tmo" },
	{ "node.session.err_timeo.abort_timeout", "15", "abort-timeout" },
	{ "node.session.err_timeo.lu_reset_timeout", "30", "lun-reset-timeout" },
	{ "node.session.err_timeo.tgt_reset_timeout", "30", "target-reset-timeout" },
	{ "node.conn[0].timeo.login_timeout", "15", "login-timeout" },
	{ "node.conn[0].timeo.noop_out_interval", "5", "nop-interval" },
	{ "node.conn[0].timeo.noop_out_timeout", "5", "nop-timeout" },
	{ "node.session.iscsi.InitialR2T", "No", "initial-r2t" },
	{ "node.session.iscsi.ImmediateData", "Yes", "immediate-data" },
	{ "node.session.iscsi.FirstBurstLength", "262144", "first-burst-length" },
	{ "node.session.iscsi.MaxBurstLength", "16776192", "max-burst-length" },
	{ "node.conn[0].iscsi.HeaderDigest", "None", "header-digest" },
	{ "node.conn[0].iscsi.DataDigest", "None", "data-digest" },
};

static_assert(ARRAY_SIZE(values) <= IMPORT_VALUES_MAX, "a value each in struct import_record");

const char *import_key(const char *theirs)
{
	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		if (!strcmp(theirs, values[i].theirs))
			return values[i].ours;
	}
	return NULL;
}

static void take(struct import_record *r, const char *key, const char *value)
{
	if (!strcmp(value, EMPTY))
		return;
	if (!strcmp(key, "node.session.auth.password_in"))
		r->mutual = true;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		if (!strcmp(key, texts[i].key))
			snprintf((char *)r + texts[i].offset, texts[i].size, "%s", value);
	}
	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		if (!strcmp(key, values[i].theirs) && strcmp(value, values[i].by_default))
			snprintf(r->value[i], sizeof(r->value[i]), "%s", value);
	}
}

static char *trim(char *s)
{
	char *end = s + strlen(s);

	while (end > s && isspace((unsigned char)end[-1]))
		*--end = '\0';
	while (isspace((unsigned char)*s))
		s++;
	return s;
}

static void take_line(struct import_record *r, char *line)
{
	char *equals = strchr(line, '=');

	if (*line == '#' || !equals)
		return;
	*equals = '\0';
	line = trim(line);
	equals = trim(equals + 1);
	if (text_utf8(equals))
		take(r, line, equals);
}

int import_read(struct import_records *list, FILE *f, struct err *e)
{
	struct import_record r = { 0 };
	struct import_record *v;
	char line[1024];

	while (fgets(line, sizeof(line), f))
		take_line(&r, line);
	explicit_bzero(line, sizeof(line));
	if (!*r.target || !*r.address)
		return 0;
	v = reallocarray(list->v, list->count + 1, sizeof(*v));
	if (!v)
		return err_sys(e, ST_FAILED, ENOMEM, "import");
	list->v = v;
	v[list->count++] = r;
	return 0;
}

static int visible(const struct dirent *d)
{
	return d->d_name[0] != '.';
}

static int read_path(struct import_records *list, const char *path, struct err *e)
{
	FILE *f = fopen(path, "re");
	int r;

	if (!f)
		return err_sys(e, ST_FAILED, errno, "%s", path);
	r = import_read(list, f, e);
	fclose(f);
	return r;
}

/* the files in @path, or @levels directories below it; old records are a level higher than new ones */
static int scan(struct import_records *list, const char *path, int levels, struct err *e)
{
	struct dirent **names;
	int n = scandir(path, &names, visible, alphasort);
	int r = 0;

	if (n < 0 && errno == ENOTDIR)
		return read_path(list, path, e);
	if (n < 0)
		return err_sys(e, ST_FAILED, errno, "%s", path);
	for (int i = 0; i < n; i++) {
		char below[4096];

		if (!r && levels && snprintf(below, sizeof(below), "%s/%s", path, names[i]->d_name) <
					    (int)sizeof(below))
			r = scan(list, below, levels - 1, e);
		free(names[i]);
	}
	free(names);
	return r;
}

int import_scan(struct import_records *list, const char *nodes, struct err *e)
{
	return scan(list, nodes, 3, e);
}

static bool same_section(const struct import_record *a, const struct import_record *b)
{
	return !strcmp(a->target, b->target) && !strcmp(a->tpgt, b->tpgt) && !strcmp(a->iface, b->iface) &&
	       a->left_out == b->left_out;
}

/* -1: an earlier record of the list is in the section of record @at; else how many there are of the target */
static int sections_of(const struct import_records *list, unsigned int at)
{
	int count = 0;

	for (unsigned int i = 0; i < list->count; i++) {
		bool first = true;

		if (i < at && same_section(&list->v[i], &list->v[at]))
			return -1;
		if (strcmp(list->v[i].target, list->v[at].target) || list->v[i].left_out)
			continue;
		for (unsigned int k = 0; k < i && first; k++)
			first = !same_section(&list->v[k], &list->v[i]);
		count += first;
	}
	return count;
}

static void portal_of(const struct import_record *r, char *text, size_t size)
{
	bool v6 = strchr(r->address, ':');

	snprintf(text, size, "%s%s%s%s%s", v6 ? "[" : "", r->address, v6 ? "]" : "", *r->port ? ":" : "", r->port);
}

static void print_portals(const struct import_records *list, unsigned int at, FILE *out)
{
	const char *between = "portals = ";
	char portal[IMPORT_PORTAL_MAX];

	for (unsigned int i = at; i < list->count; i++) {
		if (!same_section(&list->v[i], &list->v[at]))
			continue;
		portal_of(&list->v[i], portal, sizeof(portal));
		fprintf(out, "%s%s", between, portal);
		between = "\n  ";
	}
	fputc('\n', out);
}

static void print_settings(const struct import_record *r, FILE *out)
{
	struct settings s;
	struct err e;

	settings_init(&s);
	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		if (!*r->value[i])
			continue;
		if (settings_put(&s, values[i].ours, r->value[i], &e))
			fprintf(out, "# %s is left out: %s\n", values[i].theirs, e.text);
		else
			fprintf(out, "%s = %s\n", values[i].ours, r->value[i]);
	}
}

/* a configuration has no quotes: what stands behind a blank and a semicolon is a comment there */
static bool ends_early(const char *value)
{
	return *value == ';' || strstr(value, " ;");
}

/* false: it could not be */
static bool print_user(const char *theirs, const char *ours, const char *user, FILE *out)
{
	if (ends_early(user)) {
		fprintf(out, "# %s is left out: \"%s\": a blank and a semicolon would begin a comment here\n", theirs, user);
		return false;
	}
	fprintf(out, "%s = %s\n", ours, user);
	return true;
}

static void print_chap(const struct import_record *r, const char *section, FILE *out)
{
	if (strcmp(r->auth, "CHAP") || !*r->user)
		return;
	/* a secret is of no use without it */
	if (!print_user("node.session.auth.username", "chap-user", r->user, out))
		return;
	fprintf(out, "# to be made, mode 600, with the value of node.session.auth.password of the record\n");
	fprintf(out, "chap-secret-file = /etc/kiscsi/%s.secret\n", section);
	if (!r->mutual)
		return;
	if (*r->user_in)
		print_user("node.session.auth.username_in", "mutual-user", r->user_in, out);
	fprintf(out, "# to be made, mode 600, with the value of node.session.auth.password_in\n");
	fprintf(out, "mutual-secret-file = /etc/kiscsi/%s.mutual-secret\n", section);
}

static void print_section(const struct import_records *list, unsigned int at, bool alone, FILE *out)
{
	const struct import_record *r = &list->v[at];
	char section[512];

	if (alone)
		snprintf(section, sizeof(section), "%s", r->target);
	else
		snprintf(section, sizeof(section), "%s,%s,%s", r->target, r->tpgt, r->iface);
	fprintf(out, "\n[%s]\n", section);
	if (!alone)
		fprintf(out, "target = %s\n", r->target);
	print_portals(list, at, out);
	if (!strcmp(r->startup, "manual"))
		fprintf(out, "startup = manual\n");
	else if (!strcmp(r->startup, "onboot"))
		fprintf(out, "startup = boot\n");
	print_settings(r, out);
	print_chap(r, section, out);
}

/* why there can be no section for @r, or NULL */
static const char *unfit(const struct import_record *r)
{
	char text[IMPORT_PORTAL_MAX];
	struct portal p;
	const char *why;

	if (*r->transport && strcmp(r->transport, "tcp"))
		return "its transport is not tcp";
	portal_of(r, text, sizeof(text));
	why = name_check(r->target);
	return why ? why : portal_parse(&p, text);
}

static void leave_out(struct import_records *list, FILE *out)
{
	for (unsigned int i = 0; i < list->count; i++) {
		struct import_record *r = &list->v[i];
		const char *why = unfit(r);

		r->left_out = why;
		if (why)
			fprintf(out, "\n# %s at %s is left out: %s\n", r->target, r->address, why);
	}
}

void import_print(struct import_records *list, const char *initiator, FILE *out)
{
	fprintf(out, "# made from the node records of open-iscsi by \"kiscsi import open-iscsi\"\n");
	fprintf(out, "# Portals of one portal group are one session here, which uses the next when one fails.\n");
	if (initiator)
		fprintf(out, "\n[defaults]\ninitiator-name = %s\n", initiator);
	leave_out(list, out);
	for (unsigned int i = 0; i < list->count; i++) {
		int sections = list->v[i].left_out ? -1 : sections_of(list, i);

		if (sections > 0)
			print_section(list, i, sections == 1, out);
	}
}

void import_free(struct import_records *list)
{
	free(list->v);
	list->v = NULL;
	list->count = 0;
}
