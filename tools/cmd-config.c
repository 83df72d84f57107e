// SPDX-License-Identifier: GPL-2.0
/*
 * kiscsi config: is the file good, and what comes of it?
 */
#include <limits.h>
#include <unistd.h>

#include "cmd.h"
#include "config.h"
#include "initiator.h"
#include "json.h"
#include "opt.h"
#include "out.h"

/* a name of a file and a line */
#define FROM_MAX (PATH_MAX + 16)

static int check(const struct options *o, const char *path)
{
	enum status status;
	struct config c;
	struct err e;

	(void)o;
	config_load(&c, path, true, &status);
	if (status == ST_DONE) {
		printf("%s: %u target%s, no errors\n", path, c.targets, c.targets == 1 ? "" : "s");
		if (out_flush(&e))
			status = (enum status)err_print(&e);
	}
	config_free(&c);
	return status;
}

/* where the value of key @key is from; @name_from has it for an initiator name nobody set */
static const char *from(const struct config *c, const struct config_target *t, unsigned int key,
			const char *name_from, char out[FROM_MAX])
{
	if (t->from[key])
		snprintf(out, FROM_MAX, "%s:%u", c->path, t->from[key]);
	else if (name_from && !strcmp(config_key(key), "initiator-name"))
		snprintf(out, FROM_MAX, "%s", name_from);
	else
		strcpy(out, "default");
	return out;
}

static void show_section(const struct config *c, const struct config_target *t,
			 const char *name_from)
{
	char value[CONFIG_TEXT_MAX], pair[CONFIG_TEXT_MAX + 64], place[FROM_MAX];

	printf("[%s]\n", t->section);
	for (unsigned int key = 0; config_key(key); key++) {
		if (!*config_text(t, key, value))
			continue;
		snprintf(pair, sizeof(pair), "%s = %s", config_key(key), value);
		printf("%-50s ; %s\n", pair, from(c, t, key, name_from, place));
	}
}

static struct json_object *section_json(const struct config *c, const struct config_target *t,
					const char *name_from)
{
	struct json_object *settings = json_object_new_object();
	struct json_object *o = json_object_new_object();
	char value[CONFIG_TEXT_MAX], place[FROM_MAX];

	json_text(o, "section", t->section);
	for (unsigned int key = 0; config_key(key); key++) {
		struct json_object *one;

		if (!*config_text(t, key, value))
			continue;
		one = json_object_new_object();
		json_text(one, "value", value);
		json_text(one, "from", from(c, t, key, name_from, place));
		json_object_object_add(settings, config_key(key), one);
	}
	json_object_object_add(o, "settings", settings);
	return o;
}

/* a section as it will be used: with the name that a login finds where the file has none */
static int show_one(const struct config *c, const struct config_target *t, struct json_object *list,
		    struct err *e)
{
	struct config_target whole = *t;
	const char *name_from;

	if (initiator_name_from(&whole.settings, &name_from, e))
		return -1;
	if (list)
		json_object_array_add(list, section_json(c, &whole, name_from));
	else
		show_section(c, &whole, name_from);
	return 0;
}

static int show(const struct options *o, const char *path)
{
	struct json_object *list = o->json ? json_object_new_array() : NULL;
	enum status status = ST_DONE;
	struct config c;
	struct err e;
	int r;

	/* a host without a file has a name and defaults as well */
	if (!o->argument && access(path, F_OK) && errno == ENOENT)
		config_init(&c);
	else
		config_load(&c, path, false, &status);
	if (status != ST_DONE)
		goto out_free;
	r = show_one(&c, &c.defaults, list, &e);
	for (unsigned int i = 0; i < c.targets && !r; i++)
		r = show_one(&c, &c.target[i], list, &e);
	if (!r && list) {
		out_list_json("sections", list);
		list = NULL;
	}
	if (r || out_flush(&e)) {
		err_where(&e, "config show");
		status = (enum status)err_print(&e);
	}
out_free:
	if (list)
		json_object_put(list);
	config_free(&c);
	return status;
}

static const struct {
	const char *name;
	unsigned int takes;
	int (*run)(const struct options *o, const char *path);
} verbs[] = {
	{ "check", 0, check },
	{ "show", OPT_JSON, show },
};

static void help(void)
{
	printf("kiscsi config check [FILE]\n"
	       "kiscsi config show [FILE] [--json]\n"
	       "Tell every error of a configuration, or what each section comes to and from where.\n"
	       "FILE is " CONFIG_FILE " if not given.\n\n");
	opt_help(OPT_JSON);
}

int cmd_config(int argc, char **argv)
{
	struct options o;
	struct err e;

	for (size_t i = 0; argc > 1 && i < ARRAY_SIZE(verbs); i++) {
		if (strcmp(argv[1], verbs[i].name))
			continue;
		if (opt_parse(&o, verbs[i].takes, argc - 1, argv + 1, &e)) {
			err_where(&e, "config %s", verbs[i].name);
			return err_print(&e);
		}
		if (!o.help)
			return verbs[i].run(&o, o.argument ? o.argument : CONFIG_FILE);
		help();
		return ST_DONE;
	}
	if (argc > 1 && (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))) {
		help();
		return ST_DONE;
	}
	if (argc > 1)
		err_set(&e, ST_USAGE, "config: \"%s\": want kiscsi config check or kiscsi config show", argv[1]);
	else
		err_set(&e, ST_USAGE, "config: want kiscsi config check or kiscsi config show");
	return err_print(&e);
}
