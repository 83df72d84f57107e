// SPDX-License-Identifier: GPL-2.0
/*
 * Reading options.
 */
#include <ctype.h>
#include <getopt.h>

#include "opt.h"
#include "secret.h"

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
	ID_NETWORK,
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
	{ "network", "CIDR", OPT_NETWORK, ID_NETWORK, "only reported portals in there; may repeat" },
	{ "all", NULL, OPT_ALL, ID_ALL, "all of them" },
	{ "check", NULL, OPT_CHECK, ID_CHECK, "log in, tell what was negotiated, log out" },
	{ "force", NULL, OPT_FORCE, ID_FORCE, "even if in use or broken" },
	{ "chap-user", "USER", OPT_CHAP, ID_CHAP_USER, "the name the target knows us by" },
	{ "chap-secret-file", "FILE", OPT_CHAP, ID_CHAP_SECRET_FILE, "its secret; /dev/fd/N and - work too" },
	{ "mutual-user", "USER", OPT_CHAP, ID_MUTUAL_USER, "the name the target must give" },
	{ "mutual-secret-file", "FILE", OPT_CHAP, ID_MUTUAL_SECRET_FILE, "its secret: have the target prove itself" },
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
	if (!*value || strlen(value) > KISCSI_CHAP_NAME_MAX)
		return err_set(e, ST_USAGE, "%s \"%s\": want a name of 1 to %d bytes", option, value,
			       KISCSI_CHAP_NAME_MAX);
	*out = value;
	return 0;
}

static int take(struct options *o, enum id id, const char *value, struct err *e)
{
	switch (id) {
	case ID_PORTAL:
		return take_portal(o, value, e);
	case ID_CHAP_USER:
		return take_user(&o->chap_user, "--chap-user", value, e);
	case ID_MUTUAL_USER:
		return take_user(&o->mutual_user, "--mutual-user", value, e);
	case ID_CHAP_SECRET_FILE:
		o->chap_secret_file = value;
		return 0;
	case ID_MUTUAL_SECRET_FILE:
		o->mutual_secret_file = value;
		return 0;
	case ID_SET:
		return settings_pair(&o->settings, value, e) ? err_where(e, "--set %s", value) : 0;
	case ID_TIMEOUT:
		return take_seconds(&o->timeout, "--timeout", value, e);
	case ID_WATCH:
		return take_seconds(&o->watch, "--watch", value, e);
	case ID_NETWORK:
		return take_network(o, value, e);
	case ID_ISNS:
		o->isns = true;
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
	case ID_VERBOSE:
		o->verbose = true;
		return 0;
	case ID_HELP:
		o->help = true;
		return 0;
	}
	return -1;
}

static int check_chap(const struct options *o, struct err *e)
{
	if (o->chap_user && !o->chap_secret_file)
		return err_set(e, ST_USAGE, "--chap-user wants --chap-secret-file as well");
	if (o->chap_secret_file && !o->chap_user)
		return err_set(e, ST_USAGE, "--chap-secret-file wants --chap-user as well");
	if (o->mutual_user && !o->mutual_secret_file)
		return err_set(e, ST_USAGE, "--mutual-user wants --mutual-secret-file as well");
	if (o->mutual_secret_file && !o->chap_user)
		return err_set(e, ST_USAGE,
			       "--mutual-secret-file wants --chap-user and --chap-secret-file as well");
	return 0;
}

/* which option getopt_long() stopped at, as it was written */
static int complain(int found, char **argv, struct err *e)
{
	const char *written = argv[optind - 1];

	if (found == ':')
		return err_set(e, ST_USAGE, "%s wants a value", written);
	if (optopt && optopt < 256 && written[0] == '-' && written[1] != '-')
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
			return complain(found, argv, e);
		if (take(o, (enum id)found, optarg, e))
			return -1;
	}
	if (o->help)
		return 0;
	if (optind < argc)
		o->argument = argv[optind++];
	if (optind < argc)
		return err_set(e, ST_USAGE, "one argument too many: \"%s\"", argv[optind]);
	return settings_finish(&o->settings, e) ? err_where(e, "--set") : check_chap(o, e);
}

deadline_t opt_deadline(const struct options *o, u32 seconds)
{
	return clock_in((int64_t)(o->timeout ? o->timeout : seconds) * 1000);
}

int opt_cred(const struct options *o, struct kiscsi_chap_cred *cred, struct err *e)
{
	const char *why;

	memset(cred, 0, sizeof(*cred));
	memcpy(cred->algs, o->settings.chap_algs, o->settings.chap_algs_count);
	cred->algs_count = o->settings.chap_algs_count;
	if (!o->chap_user)
		return 0;
	secret_protect(cred, sizeof(*cred));
	strcpy(cred->user, o->chap_user);
	if (o->mutual_user)
		strcpy(cred->mutual_user, o->mutual_user);
	if (secret_read(o->chap_secret_file, cred->secret, &cred->secret_len, e))
		return err_where(e, "--chap-secret-file");
	if (o->mutual_secret_file &&
	    secret_read(o->mutual_secret_file, cred->mutual_secret, &cred->mutual_secret_len, e))
		return err_where(e, "--mutual-secret-file");
	why = kiscsi_chap_check(cred);
	return why ? err_set(e, ST_FAILED, "CHAP: %s", why) : 0;
}
