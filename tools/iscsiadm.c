// SPDX-License-Identifier: GPL-2.0
/*
 * kiscsi-iscsiadm: the calls of iscsiadm(8) that programs make, answered by kiscsi.
 */
#include <getopt.h>
#include <stdlib.h>

#include "iscsiadm.h"
#include "name.h"
#include "opt.h"
#include "out.h"
#include "process.h"
#include "secret.h"

/* callers take the version for that of open-iscsi, and go by it */
#define VERSION_SHOWN "2.1.8"

static const struct option longs[] = {
	{ "mode", required_argument, NULL, 'm' },
	{ "targetname", required_argument, NULL, 'T' },
	{ "portal", required_argument, NULL, 'p' },
	{ "interface", required_argument, NULL, 'I' },
	{ "type", required_argument, NULL, 't' },
	{ "op", required_argument, NULL, 'o' },
	{ "name", required_argument, NULL, 'n' },
	{ "value", required_argument, NULL, 'v' },
	{ "sid", required_argument, NULL, 'r' },
	{ "print", required_argument, NULL, 'P' },
	{ "debug", required_argument, NULL, 'd' },
	{ "loginall", required_argument, NULL, 'L' },
	{ "logoutall", required_argument, NULL, 'U' },
	{ "login", no_argument, NULL, 'l' },
	{ "logout", no_argument, NULL, 'u' },
	{ "rescan", no_argument, NULL, 'R' },
	{ "stats", no_argument, NULL, 's' },
	{ "show", no_argument, NULL, 'S' },
	{ "discover", no_argument, NULL, 'D' },
	{ "version", no_argument, NULL, 'V' },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

static const struct {
	const char *name;
	enum iscsi_err (*run)(struct request *q);
} modes[] = {
	{ "discovery", mode_discovery },
	{ "discoverydb", mode_discoverydb },
	{ "node", mode_node },
	{ "session", mode_session },
	{ "iface", mode_iface },
	{ "host", mode_host },
};

static const struct {
	const char *word;
	enum operation op;
} operations[] = {
	{ "new", OP_NEW },
	{ "update", OP_UPDATE },
	{ "delete", OP_DELETE },
	{ "show", OP_SHOW },
	{ "nonpersistent", OP_NONPERSISTENT },
};

static enum iscsi_err take_op(struct request *q, const char *word)
{
	for (size_t i = 0; i < ARRAY_SIZE(operations); i++) {
		if (!strcmp(operations[i].word, word)) {
			q->op = operations[i].op;
			return ISCSI_SUCCESS;
		}
	}
	return complain(ISCSI_ERR_INVAL, "can not recognize operation: '%s'", word);
}

static enum iscsi_err take_portal(struct request *q, const char *text)
{
	char bracketed[300];
	struct address a;
	const char *why;

	/* iscsiadm takes an IPv6 address without brackets too */
	snprintf(bracketed, sizeof(bracketed), address_numeric(&a, text) ? "%s" : "[%s]", text);
	why = portal_parse_address(&q->portal, strchr(text, ':') != strrchr(text, ':') ? bracketed : text);
	if (why)
		return complain(ISCSI_ERR_INVAL, "-p \"%s\": %s", text, why);
	portal_numeric(&q->portal);
	q->portal_given = true;
	return ISCSI_SUCCESS;
}

/* a number, or a directory of sysfs that ends in one */
static enum iscsi_err take_sid(struct request *q, const char *text)
{
	size_t n = strlen(text);
	char *end;

	while (n && text[n - 1] >= '0' && text[n - 1] <= '9')
		n--;
	q->sid = strtol(text + n, &end, 10);
	if (!text[n] || *end || q->sid > INT32_MAX)
		return complain(ISCSI_ERR_INVAL, "invalid sid '%s'", text);
	return ISCSI_SUCCESS;
}

static enum iscsi_err take_level(struct request *q, const char *text)
{
	if (strlen(text) != 1 || *text < '0' || *text > '3')
		return complain(ISCSI_ERR_INVAL, "-P \"%s\": want 0 to 3", text);
	q->level = *text - '0';
	return ISCSI_SUCCESS;
}

static enum iscsi_err take_target(struct request *q, const char *text)
{
	const char *why = name_check(text);

	if (why)
		return complain(ISCSI_ERR_INVAL, "-T \"%s\": %s", text, why);
	q->target = text;
	return ISCSI_SUCCESS;
}

static enum iscsi_err take_name(struct request *q, const char *name)
{
	if (q->pairs == PAIRS_MAX)
		return complain(ISCSI_ERR_INVAL, "more than %d names", PAIRS_MAX);
	q->names[q->pairs++] = name;
	return ISCSI_SUCCESS;
}

/* a secret does not stay in what ps(1) shows for longer than we need to copy it */
static enum iscsi_err take_value(struct request *q, char *value)
{
	char *copy;

	if (!q->pairs || q->values[q->pairs - 1])
		return complain(ISCSI_ERR_INVAL, "-v without a -n before it");
	copy = strdup(value);
	if (!copy)
		return complain(ISCSI_ERR, "out of memory");
	q->values[q->pairs - 1] = copy;
	if (strstr(q->names[q->pairs - 1], "password"))
		explicit_bzero(value, strlen(value));
	return ISCSI_SUCCESS;
}

static enum iscsi_err take(struct request *q, int option)
{
	switch (option) {
	case 'm':
		q->mode = optarg;
		return ISCSI_SUCCESS;
	case 'T':
		return take_target(q, optarg);
	case 'p':
		return take_portal(q, optarg);
	case 'I':
		q->iface = optarg;
		return ISCSI_SUCCESS;
	case 't':
		q->type = optarg;
		return ISCSI_SUCCESS;
	case 'o':
		return take_op(q, optarg);
	case 'n':
		return take_name(q, optarg);
	case 'v':
		return take_value(q, optarg);
	case 'r':
		return take_sid(q, optarg);
	case 'P':
		return take_level(q, optarg);
	case 'L':
		q->login_all = optarg;
		return ISCSI_SUCCESS;
	case 'U':
		q->logout_all = optarg;
		return ISCSI_SUCCESS;
	case 'd':
		return ISCSI_SUCCESS;
	}
	q->login |= option == 'l';
	q->logout |= option == 'u';
	q->rescan |= option == 'R';
	q->stats |= option == 's';
	q->secrets |= option == 'S';
	q->discover |= option == 'D';
	return ISCSI_SUCCESS;
}

/* what has been printed may not have been written: that too is a failure */
static enum iscsi_err flushed(enum iscsi_err code)
{
	struct err e;

	return !code && out_flush(&e) ? complain(ISCSI_ERR, "%s", e.text) : code;
}

static enum iscsi_err refuse_option(int found, char **argv)
{
	const char *written = argv[optind - 1];

	if (found == ':')
		return complain(ISCSI_ERR_INVAL, "%s wants a value", written);
	/* with letters left in its word getopt is still at that word, and @written the one before */
	if (opt_is_letter(longs))
		return complain(ISCSI_ERR_INVAL, "there is no option -%c here", optopt);
	return complain(ISCSI_ERR_INVAL, "there is no option %s here", written);
}

static enum iscsi_err read_options(struct request *q, int argc, char **argv)
{
	enum iscsi_err code = ISCSI_SUCCESS;
	int option;

	opterr = 0;
	while (!code && (option = getopt_long(argc, argv, ":m:T:p:I:t:o:n:v:r:P:d:L:U:luRsSDVh", longs, NULL)) != -1) {
		if (option == 'V' || option == 'h') {
			printf(option == 'V' ? "iscsiadm version %s\n"
					     : "iscsiadm %s, as kiscsi answers it: see kiscsi-iscsiadm(8)\n",
			       VERSION_SHOWN);
			exit((int)flushed(ISCSI_SUCCESS));
		}
		if (option == ':' || option == '?')
			return refuse_option(option, argv);
		code = take(q, option);
	}
	if (!code && optind < argc)
		return complain(ISCSI_ERR_INVAL, "one argument too many: \"%s\"", argv[optind]);
	for (unsigned int i = 0; i < q->pairs && !code; i++) {
		if (!q->values[i])
			code = complain(ISCSI_ERR_INVAL, "%s: update requires name and value", q->names[i]);
	}
	return code;
}

/* what to go through, from what -m iface has stored */
static enum iscsi_err find_iface(struct request *q)
{
	struct records list;
	struct err e;

	if (!q->iface || !strcmp(q->iface, RECORD_IFACE_DEFAULT) || !strcmp(q->mode, "iface"))
		return ISCSI_SUCCESS;
	if (store_read(RECORD_IFACE, &list, &e))
		return complain(e.code == EACCES ? ISCSI_ERR_ACCESS : ISCSI_ERR_IDBM, "%s", e.text);
	for (unsigned int i = 0; i < list.count; i++) {
		if (strcmp(record_iface(&list.v[i]), q->iface))
			continue;
		q->through = list.v[i];
		list.v[i] = list.v[--list.count];
		records_free(&list);
		return ISCSI_SUCCESS;
	}
	records_free(&list);
	return complain(ISCSI_ERR_INVAL, "-I \"%s\": there is no such interface, -m iface -o new makes one", q->iface);
}

static enum iscsi_err run(struct request *q)
{
	enum iscsi_err code = find_iface(q);

	if (code)
		return code;
	for (size_t i = 0; i < ARRAY_SIZE(modes); i++) {
		if (!strcmp(modes[i].name, q->mode))
			return modes[i].run(q);
	}
	return complain(ISCSI_ERR_INVAL, "mode %s is not supported here", q->mode);
}

static void forget(struct request *q)
{
	for (unsigned int i = 0; i < q->pairs; i++) {
		char *value = (char *)q->values[i];

		if (value)
			explicit_bzero(value, strlen(value));
		free(value);
	}
	record_free(&q->through);
}

int main(int argc, char **argv)
{
	struct request q = { .level = -1, .sid = -1 };
	enum iscsi_err code;

	process_start();
	secret_no_core();
	secret_no_swap();
	code = read_options(&q, argc, argv);
	if (!code && !q.mode) {
		fprintf(stderr, "Try `iscsiadm --help' for more information.\n");
		code = ISCSI_ERR_INVAL;
	}
	if (!code) {
		clock_catch();
		code = run(&q);
	}
	forget(&q);
	return (int)flushed(code);
}
