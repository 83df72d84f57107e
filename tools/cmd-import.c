// SPDX-License-Identifier: GPL-2.0
/*
 * kiscsi import open-iscsi: a configuration to begin with.
 */
#include <limits.h>
#include <unistd.h>

#include "cmd.h"
#include "import.h"
#include "initiator.h"
#include "name.h"
#include "opt.h"
#include "out.h"

/* where open-iscsi has its records, newer versions first */
static const char *const homes[] = { "/var/lib/iscsi", "/etc/iscsi" };

static const char *find_home(void)
{
	char path[PATH_MAX];

	for (size_t i = 0; i < ARRAY_SIZE(homes); i++) {
		snprintf(path, sizeof(path), "%s/nodes", homes[i]);
		if (!access(path, F_OK))
			return homes[i];
	}
	return NULL;
}

/* the name in @path, in @line, or NULL */
static const char *name_in(const char *path, char *line, size_t size)
{
	FILE *f = fopen(path, "re");
	const char *name = NULL;

	while (f && !name && fgets(line, (int)size, f))
		name = name_of_line(line);
	if (f)
		fclose(f);
	return name && !name_check(name) ? name : NULL;
}

static int import(const char *home, struct err *e)
{
	struct import_records list = { 0 };
	char path[PATH_MAX], line[1024];
	const char *name;
	int r;

	if (!home)
		return err_set(e, ST_NO_MATCH, "there are no node records in %s or %s", homes[0], homes[1]);
	snprintf(path, sizeof(path), "%s/nodes", home);
	r = import_scan(&list, path, e);
	if (!r && !list.count)
		r = err_set(e, ST_NO_MATCH, "there are no node records in %s", path);
	if (!r) {
		snprintf(path, sizeof(path), "%s/initiatorname.iscsi", home);
		name = name_in(path, line, sizeof(line));
		if (!name)
			name = name_in(INITIATOR_FILE, line, sizeof(line));
		import_print(&list, name, stdout);
		r = out_flush(e);
	}
	import_free(&list);
	return r;
}

static void help(void)
{
	printf("kiscsi import open-iscsi [DIR]\nPrint a configuration made from open-iscsi's node records.\n\n");
	opt_help(0);
}

int cmd_import(int argc, char **argv)
{
	const char *from = argc > 1 ? argv[1] : "";
	struct options o;
	struct err e;

	if (!strcmp(from, "--help") || !strcmp(from, "-h")) {
		help();
		return ST_DONE;
	}
	if (strcmp(from, "open-iscsi")) {
		err_set(&e, ST_USAGE, "import: \"%s\": want kiscsi import open-iscsi", from);
		return err_print(&e);
	}
	if (!opt_parse(&o, 0, argc - 1, argv + 1, &e)) {
		if (o.help) {
			help();
			return ST_DONE;
		}
		if (!import(o.argument ? o.argument : find_home(), &e))
			return ST_DONE;
	}
	err_where(&e, "import open-iscsi");
	return err_print(&e);
}
