// SPDX-License-Identifier: GPL-2.0
/*
 * Reading options.
 */
#include <ctype.h>
#include <getopt.h>

#include "opt.h"

#define TIMEOUT_MAX 86400

enum id {
	ID_JSON = 256,
	ID_PORTAL,
	ID_CHAP_USER,
	ID_CHAP_SECRET_FILE,
	ID_MUTUAL_USER,
	ID_MUTUAL_SECRET_FILE,
	ID_SET,
	ID_TIMEOUT,
	ID_ALL,
	ID_FORCE,
	ID_CHECK,
	ID_WATCH,
	ID_ISNS,
	ID_FIRMWARE,
	ID_NETWORK,
	ID_DRY_RUN,
	ID_PRUNE,
	ID_CONNECTIONS,
	ID_VERBOSE = 'v',
	ID_HELP = 'h',
};

static const struct row {
	const char *name;
	const char *value;	/* what stands behind it, NULL: nothing */
	unsigned int bit;	/* OPT_, 0: every command takes it */
	enum id id;
	const char *help;
} rows[] = {
	{ "portal", "PORTAL", OPT_PORTAL, ID_PORTAL, "host, host:port, [IPv6] or [IPv6]:port; may repeat" },
	{ "isns", NULL, OPT_ISNS, ID_ISNS, "the portal is an iSNS server, port 3205" },
	{ "firmware", NULL, OPT_FIRMWARE, ID_FIRMWARE, "the targets in the firmware's table, no portal" },
	{ "network", "CIDR", OPT_NETWORK, ID_NETWORK, "only reported portals in there; may repeat" },
	{ "all", NULL, OPT_ALL, ID_ALL, "all of them" },
	{ "check", NULL, OPT_CHECK, ID_CHECK, "log in, tell what was negotiated, log out" },
	{ "dry-run", NULL, OPT_DRY_RUN, ID_DRY_RUN, "only say what would be done" },
	{ "prune", NULL, OPT_PRUNE, ID_PRUNE, "also log out what the file does not have" },
	{ "force", NULL, OPT_FORCE, ID_FORCE, "even if in use or broken" },
	{ "chap-user", "USER", OPT_CHAP, ID_CHAP_USER, "the name the target knows us by" },
	{ "chap-secret-file", "FILE", OPT_CHAP, ID_CHAP_SECRET_FILE, "its secret; /dev/fd/N and - work too" },
	{ "mutual-user", "USER", OPT_CHAP, ID_MUTUAL_USER, "the name the target must give" },
	{ "mutual-secret-file", "FILE", OPT_CHAP, ID_MUTUAL_SECRET_FILE, "its secret: have the target prove itself" },
	{ "connections", "N|auto", OPT_CONNECTIONS, ID_CONNECTIONS, "TCP connections per session; auto: one a CPU" },
	{ "set", "KEY=VALUE", OPT_SET, ID_SET, "a setting, see kiscsi(8); may repeat" },
	{ "timeout", "SECONDS", OPT_TIMEOUT, ID_TIMEOUT, "for all of it" },
	{ "watch", "SECONDS", OPT_WATCH, ID_WATCH, "again and again, what happened in between" },
	{ "verbose", NULL, OPT_VERBOSE, ID_VERBOSE, "also parameters, timers and counters (-v)" },
	{ "json", NULL, OPT_JSON, ID_JSON, "print JSON" },
	{ "help", NULL, 0, ID_HELP, "print this" },
};

static void add_long(struct option *o, const struct row *row)
{
	*o = (struct option){
		.name = row->name,
		.has_arg = row->value ? required_argument : no_argument,
		.val = (int)row->id,
	};
}

void opt_help(unsigned int takes)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char left[64];

		if (rows[i].bit && !(rows[i].bit & takes))
			continue;
		snprintf(left, sizeof(left), "--%s%s%s", rows[i].name, rows[i].value ? " " : "",
			 rows[i].value ? rows[i].value : "");
		printf("  %-26s %s\n", left, rows[i].help);
	}
	if (!(takes & OPT_SET))
		return;
	printf("\nKEY is one of");
	for (unsigned int i = 0; settings_key(i); i++)
		printf(" %s", settings_key(i));
	printf("\n");
}

static int take_seconds(u32 *out, const char *option, const char *value, struct err *e)
{
	u32 n = 0;

	for (const char *p = value; *p; p++) {
		if (!isdigit((unsigned char)*p) || n > TIMEOUT_MAX) {
			n = 0;
			break;
		}
		n = n * 10 + (u32)(*p - '0');
	}
	if (n < 1 || n > TIMEOUT_MAX)
		return err_set(e, ST_USAGE, "%s \"%s\": want a number of seconds, 1 to %d", option, value,
			       TIMEOUT_MAX);
	*out = n;
	return 0;
}

int opt_portal(struct portal *p, const char *text, u16 port, const char *where, struct err *e)
{
	const char *why = portal_parse_port(p, text, port);
	const char *zone;

	if (why)
		return err_set(e, ST_USAGE, "%s\"%s\": %s", where, text, why);
	zone = portal_zone_missing(p);
	if (zone)
		return err_set(e, ST_USAGE, "%s\"%s\": there is no network interface \"%s\"", where,
			       text, zone);
	return 0;
}

static int take_portal(struct options *o, const char *value, struct err *e)
{
	struct portal p;

	if (opt_portal(&p, value, KISCSI_PORT, "--portal ", e))
		return -1;
	if (o->portal_count == ARRAY_SIZE(o->portals))
		return err_set(e, ST_USAGE, "--portal \"%s\": more than %d portals", value, ADDRESSES_MAX);
	o->portals[o->portal_count++] = value;
	return 0;
}

static int take_network(struct options *o, const char *value, struct err *e)
{
	const char *why = networks_add(&o->networks, value);

	return why ? err_set(e, ST_USAGE, "--network \"%s\": %s", value, why) : 0;
}

static int take_user(const char **out, const char *option, const char *value, struct err *e)
{
	if (cred_user(value, e))
		return err_where(e, "%s", option);
	*out = value;
	return 0;
}

static int put_set(struct settings *s, const struct opt_set *set, struct err *e)
{
	if (set->key)
		return settings_put(s, set->key, set->value, e) ? err_where(e, "--%s", set->key) : 0;
	return settings_pair(s, set->value, e) ? err_where(e, "--set %s", set->value) : 0;
}

/* @key: of an option that has its name, or NULL for --set */
static int take_set(struct options *o, const char *key, const char *value, struct err *e)
{
	struct opt_set *set = &o->sets[o->set_count];

	if (o->set_count == ARRAY_SIZE(o->sets))
		return err_set(e, ST_USAGE, "--set %s: more than %d of them", value, OPT_SETS_MAX);
	*set = (struct opt_set){ .key = key, .value = value };
	o->set_count++;
	return put_set(&o->settings, set, e);
}

static int take(struct options *o, enum id id, const char *value, struct err *e)
{
	switch (id) {
	case ID_PORTAL:
		return take_portal(o, value, e);
	case ID_CHAP_USER:
		return take_user(&o->chap.user, "--chap-user", value, e);
	case ID_MUTUAL_USER:
		return take_user(&o->chap.mutual_user, "--mutual-user", value, e);
	case ID_CHAP_SECRET_FILE:
		o->chap.secret_file = value;
		return 0;
	case ID_MUTUAL_SECRET_FILE:
		o->chap.mutual_secret_file = value;
		return 0;
	case ID_SET:
		return take_set(o, NULL, value, e);
	case ID_CONNECTIONS:
		return take_set(o, "connections", value, e);
	case ID_TIMEOUT:
		return take_seconds(&o->timeout, "--timeout", value, e);
	case ID_WATCH:
		return take_seconds(&o->watch, "--watch", value, e);
	case ID_NETWORK:
		return take_network(o, value, e);
	case ID_ISNS:
		o->isns = true;
		return 0;
	case ID_FIRMWARE:
		o->firmware = true;
		return 0;
	case ID_JSON:
		o->json = true;
		return 0;
	case ID_ALL:
		o->all = true;
		return 0;
	case ID_FORCE:
		o->force = true;
		return 0;
	case ID_CHECK:
		o->check = true;
		return 0;
	case ID_DRY_RUN:
		o->dry_run = true;
		return 0;
	case ID_PRUNE:
		o->prune = true;
		return 0;
	case ID_VERBOSE:
		o->verbose = true;
		return 0;
	case ID_HELP:
		o->help = true;
		return 0;
	}
	return -1;
}

bool opt_is_letter(const struct option *longs)
{
	for (; longs->name; longs++) {
		if (longs->val == optopt)
			return false;
	}
	return optopt && optopt < 256;
}

/* which option getopt_long() stopped at, as it was written */
static int complain(int found, const struct option *longs, char **argv, struct err *e)
{
	const char *written = argv[optind - 1];

	if (found == ':')
		return err_set(e, ST_USAGE, "%s wants a value", written);
	/* with letters left in its word getopt is still at that word, and @written the one before */
	if (opt_is_letter(longs))
		return err_set(e, ST_USAGE, "there is no option -%c here", optopt);
	return err_set(e, ST_USAGE, "there is no option %s here, or it takes no value", written);
}

int opt_parse(struct options *o, unsigned int takes, int argc, char **argv, struct err *e)
{
	struct option longs[ARRAY_SIZE(rows) + 1] = { 0 };
	const char *shorts = takes & OPT_VERBOSE ? ":hv" : ":h";
	unsigned int n = 0;
	int found;

	memset(o, 0, sizeof(*o));
	settings_init(&o->settings);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (!rows[i].bit || rows[i].bit & takes)
			add_long(&longs[n++], &rows[i]);
	}
	opterr = 0;
	optind = 1;
	while ((found = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
		if (found == '?' || found == ':')
			return complain(found, longs, argv, e);
		if (take(o, (enum id)found, optarg, e))
			return -1;
	}
	if (o->help)
		return 0;
	if (optind < argc)
		o->argument = argv[optind++];
	if (optind < argc)
		return err_set(e, ST_USAGE, "one argument too many: \"%s\"", argv[optind]);
	return settings_finish(&o->settings, e) ? err_where(e, "--set") : cred_complete(&o->chap, "--", e);
}

deadline_t opt_deadline(const struct options *o, u32 seconds)
{
	return clock_in((int64_t)(o->timeout ? o->timeout : seconds) * 1000);
}

int opt_settings(struct options *o, const struct settings *base, struct err *e)
{
	o->settings = *base;
	for (unsigned int i = 0; i < o->set_count; i++) {
		if (put_set(&o->settings, &o->sets[i], e))
			return -1;
	}
	return settings_finish(&o->settings, e) ? err_where(e, "--set") : 0;
}
