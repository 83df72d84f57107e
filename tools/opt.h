/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Options of the command line: one table for all commands, each takes some of them.
 */
#ifndef KISCSI_TOOLS_OPT_H
#define KISCSI_TOOLS_OPT_H

#include "cred.h"
#include "network.h"

#define OPT_JSON	0x0001u
#define OPT_PORTAL	0x0002u
#define OPT_CHAP	0x0004u
#define OPT_SET		0x0008u
#define OPT_TIMEOUT	0x0010u
#define OPT_ALL		0x0020u
#define OPT_FORCE	0x0040u
#define OPT_VERBOSE	0x0080u
#define OPT_CHECK	0x0100u
#define OPT_WATCH	0x0200u
#define OPT_ISNS	0x0400u
#define OPT_NETWORK	0x0800u
#define OPT_DRY_RUN	0x1000u
#define OPT_PRUNE	0x2000u
#define OPT_CONNECTIONS	0x4000u
#define OPT_FIRMWARE	0x8000u

/* most --set of one command line */
#define OPT_SETS_MAX	64

/**
 * struct opt_set - a setting of the command line
 * @key: its key, or NULL for --set
 * @value: its value, or KEY=VALUE as written in --set
 */
struct opt_set {
	const char *key;
	const char *value;
};

/**
 * struct options - what was given
 * @argument: the one argument that is no option, or NULL
 * @portals: as written in --portal
 * @portal_count: how many
 * @sets: those of --set, and of options that are the same as one, in their order
 * @set_count: how many
 * @settings: @sets over the defaults
 * @chap: user names and secret files
 * @timeout: seconds, 0: not given
 * @networks: those of --network
 * @watch: seconds, 0: not given
 * @help: --help: print it and do nothing
 */
struct options {
	const char *argument;
	const char *portals[ADDRESSES_MAX];
	unsigned int portal_count;
	struct opt_set sets[OPT_SETS_MAX];
	unsigned int set_count;
	struct settings settings;
	struct cred_source chap;
	struct networks networks;
	u32 timeout;
	u32 watch;
	bool json;
	bool all;
	bool force;
	bool verbose;
	bool check;
	bool isns;
	bool firmware;
	bool dry_run;
	bool prune;
	bool help;
};

/**
 * opt_parse() - read the command line of a command
 * @o: filled
 * @takes: OPT_ bits of what the command takes
 * @argc: of @argv
 * @argv: from the command's name on
 * @e: says what is wrong when -1 is returned
 */
int opt_parse(struct options *o, unsigned int takes, int argc, char **argv, struct err *e);

struct option;

/** opt_is_letter() - was it a letter, optopt, that getopt_long() has refused, and none of @longs with a value too many? */
bool opt_is_letter(const struct option *longs);

/** opt_portal() - take a PORTAL, @port if it has none, given as what @where says: 0 or -1 with @e */
int opt_portal(struct portal *p, const char *text, u16 port, const char *where, struct err *e);

/** opt_help() - print the options of @takes */
void opt_help(unsigned int takes);

/** opt_deadline() - the point in time of --timeout, or @seconds from now without it */
deadline_t opt_deadline(const struct options *o, u32 seconds);

/** opt_settings() - have @sets over @base instead of over the defaults: 0 or -1 with @e */
int opt_settings(struct options *o, const struct settings *base, struct err *e);

#endif
