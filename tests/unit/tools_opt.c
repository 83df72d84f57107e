// SPDX-License-Identifier: GPL-2.0
/*
 * Options, and what is quoted of those that are none.
 */
#include "../../tools/opt.c"
#include "unit.h"

#define TAKES (OPT_VERBOSE | OPT_JSON | OPT_TIMEOUT)

static struct options o;

/* what the words up to the NULL are refused with, "" if they are not */
static const char *refused(unsigned int takes, const char *const *words)
{
	static struct err e;
	char *argv[8];
	int argc = 0;

	/* getopt() puts the options in front */
	for (; words[argc]; argc++)
		argv[argc] = (char *)words[argc];
	argv[argc] = NULL;
	/* a word that was not read to its end would go on */
	optind = 0;
	getopt(1, argv, "");
	return opt_parse(&o, takes, argc, argv, &e) ? e.text : "";
}

#define REFUSED(takes, ...) refused(takes, (const char *const[]){ "list", __VA_ARGS__, NULL })

static void unknown(void)
{
	STR(REFUSED(TAKES, "a", "-v", "--json"), "");
	STR(REFUSED(TAKES, "-x"), "there is no option -x here");
	/* not the word before it, nor the one that getopt has moved there */
	STR(REFUSED(TAKES, "-xv"), "there is no option -x here");
	STR(REFUSED(TAKES, "-vx"), "there is no option -x here");
	STR(REFUSED(TAKES, "127.0.0.1", "-qx"), "there is no option -q here");
	STR(REFUSED(TAKES, "--json", "-xv"), "there is no option -x here");
	STR(REFUSED(0, "127.0.0.1", "-vh"), "there is no option -v here");
	STR(REFUSED(TAKES, "127.0.0.1", "--frob"), "there is no option --frob here, or it takes no value");
	STR(REFUSED(TAKES, "--json=1"), "there is no option --json=1 here, or it takes no value");
	/* it has a letter too, which was not what was written */
	STR(REFUSED(TAKES, "--verbose=1"), "there is no option --verbose=1 here, or it takes no value");
	STR(REFUSED(TAKES, "--timeout"), "--timeout wants a value");
}

/* the command line counts more than a section of the file, and its last word most */
static void over_a_section(void)
{
	struct settings section;
	struct err e;

	settings_init(&section);
	EQ(settings_put(&section, "connections", "2", &e), 0);
	EQ(settings_put(&section, "queue-depth", "16", &e), 0);
	STR(REFUSED(OPT_CONNECTIONS | OPT_SET, "--set", "connections=3", "--connections", "4"), "");
	EQ(o.settings.connections, 4);
	EQ(opt_settings(&o, &section, &e), 0);
	EQ(o.settings.connections, 4);
	EQ(o.settings.queue_depth, 16);
	HAS(REFUSED(OPT_CONNECTIONS | OPT_SET, "--connections", "many"), "--connections: ");
	HAS(REFUSED(OPT_CONNECTIONS | OPT_SET, "--set", "connections=many"), "--set connections=many: ");
}

UNIT_SUITE(tools_opt, { "unknown ones", unknown }, { "over a section", over_a_section })
