// SPDX-License-Identifier: GPL-2.0
/*
 * The names of records, and what they stand for here.
 */
#include <ctype.h>
#include <stdlib.h>

#include "iscsiadm-record.h"
#include "name.h"
#include "secret.h"

#define SHOWN_VERSION "2.1.8"

enum kind {
	KEY,		/* tells records apart: never changed */
	TEXT,
	SECRET,
	NUMBER,
	YES_NO,
	STARTUP,
	SCAN,
	METHOD,
	WORDS,		/* as our setting, but for the case of its letters */
};

/**
 * struct row - one name
 * @setting: what it is called here, NULL: it is kept and shown, but changes nothing
 * @standard: shown when nobody has set it, NULL: <empty>
 */
struct row {
	const char *name;
	const char *standard;
	const char *setting;
	enum kind kind;
};

#define IFACE_ROWS									\
	{ "iface.iscsi_ifacename", RECORD_IFACE_DEFAULT, NULL, KEY },			\
	{ "iface.net_ifacename", NULL, "source-interface", TEXT },			\
	{ "iface.ipaddress", NULL, "source-address", TEXT },				\
	{ "iface.hwaddress", NULL, NULL, TEXT },					\
	{ "iface.transport_name", "tcp", NULL, KEY },					\
	{ "iface.initiatorname", NULL, "initiator-name", TEXT }

static const struct row iface_rows[] = { IFACE_ROWS };

static const struct row node_rows[] = {
	{ "node.name", NULL, NULL, KEY },
	{ "node.tpgt", "-1", NULL, KEY },
	{ "node.startup", "manual", NULL, STARTUP },
	{ "node.leading_login", "No", NULL, YES_NO },
	IFACE_ROWS,
	{ "node.discovery_address", NULL, NULL, TEXT },
	{ "node.discovery_port", "0", NULL, NUMBER },
	{ "node.discovery_type", "static", NULL, TEXT },
	{ "node.session.initial_cmdsn", "0", NULL, NUMBER },
	{ "node.session.initial_login_retry_max", "8", NULL, NUMBER },
	{ "node.session.xmit_thread_priority", "-20", NULL, TEXT },
	{ "node.session.cmds_max", "128", "queue-depth", NUMBER },
	{ "node.session.queue_depth", "32", NULL, NUMBER },
	{ "node.session.nr_sessions", "1", NULL, NUMBER },
	{ "node.session.auth.authmethod", "None", NULL, METHOD },
	{ "node.session.auth.username", NULL, NULL, TEXT },
	{ "node.session.auth.password", NULL, NULL, SECRET },
	{ "node.session.auth.username_in", NULL, NULL, TEXT },
	{ "node.session.auth.password_in", NULL, NULL, SECRET },
	{ "node.session.auth.chap_algs", "SHA3-256,SHA256,SHA1,MD5", "chap-algorithms", WORDS },
	{ "node.session.timeo.replacement_timeout", "120", "recovery-tmo", TEXT },
	{ "node.session.err_timeo.abort_timeout", "15", "abort-timeout", NUMBER },
	{ "node.session.err_timeo.lu_reset_timeout", "30", "lun-reset-timeout", NUMBER },
	{ "node.session.err_timeo.tgt_reset_timeout", "30", "target-reset-timeout", NUMBER },
	{ "node.session.err_timeo.host_reset_timeout", "60", NULL, NUMBER },
	{ "node.session.iscsi.FastAbort", "No", NULL, YES_NO },
	{ "node.session.iscsi.InitialR2T", "No", "initial-r2t", YES_NO },
	{ "node.session.iscsi.ImmediateData", "Yes", "immediate-data", YES_NO },
	{ "node.session.iscsi.FirstBurstLength", "262144", "first-burst-length", NUMBER },
	{ "node.session.iscsi.MaxBurstLength", "16776192", "max-burst-length", NUMBER },
	{ "node.session.iscsi.DefaultTime2Retain", "0", NULL, NUMBER },
	{ "node.session.iscsi.DefaultTime2Wait", "2", NULL, NUMBER },
	{ "node.session.iscsi.MaxConnections", "1", "connections", NUMBER },
	{ "node.session.iscsi.MaxOutstandingR2T", "8", "max-outstanding-r2t", NUMBER },
	{ "node.session.iscsi.ERL", "0", NULL, NUMBER },
	{ "node.session.scan", "auto", NULL, SCAN },
	{ "node.session.reopen_max", "0", NULL, NUMBER },
	{ "node.conn[0].address", NULL, NULL, KEY },
	{ "node.conn[0].port", "3260", NULL, KEY },
	{ "node.conn[0].startup", "manual", NULL, STARTUP },
	{ "node.conn[0].tcp.window_size", "524288", NULL, NUMBER },
	{ "node.conn[0].tcp.type_of_service", "0", NULL, NUMBER },
	{ "node.conn[0].timeo.logout_timeout", "15", NULL, NUMBER },
	{ "node.conn[0].timeo.login_timeout", "15", "login-timeout", NUMBER },
	{ "node.conn[0].timeo.auth_timeout", "45", NULL, NUMBER },
	{ "node.conn[0].timeo.noop_out_interval", "5", "nop-interval", NUMBER },
	{ "node.conn[0].timeo.noop_out_timeout", "5", "nop-timeout", NUMBER },
	{ "node.conn[0].iscsi.MaxXmitDataSegmentLength", "0", NULL, NUMBER },
	{ "node.conn[0].iscsi.MaxRecvDataSegmentLength", "262144", "max-recv-data-segment-length", NUMBER },
	{ "node.conn[0].iscsi.HeaderDigest", "None,CRC32C", "header-digest", WORDS },
	{ "node.conn[0].iscsi.DataDigest", "None,CRC32C", "data-digest", WORDS },
	{ "node.conn[0].iscsi.IFMarker", "No", NULL, YES_NO },
	{ "node.conn[0].iscsi.OFMarker", "No", NULL, YES_NO },
};

static const struct row discovery_rows[] = {
	{ "discovery.startup", "manual", NULL, STARTUP },
	{ "discovery.type", "sendtargets", NULL, KEY },
	{ "discovery.sendtargets.address", NULL, NULL, KEY },
	{ "discovery.sendtargets.port", "3260", NULL, KEY },
	{ "discovery.sendtargets.auth.authmethod", "None", NULL, METHOD },
	{ "discovery.sendtargets.auth.username", NULL, NULL, TEXT },
	{ "discovery.sendtargets.auth.password", NULL, NULL, SECRET },
	{ "discovery.sendtargets.auth.username_in", NULL, NULL, TEXT },
	{ "discovery.sendtargets.auth.password_in", NULL, NULL, SECRET },
	{ "discovery.sendtargets.auth.chap_algs", "SHA3-256,SHA256,SHA1,MD5", "chap-algorithms", WORDS },
	{ "discovery.sendtargets.timeo.login_timeout", "15", "login-timeout", NUMBER },
	{ "discovery.sendtargets.use_discoveryd", "No", NULL, YES_NO },
	{ "discovery.sendtargets.discoveryd_poll_inval", "30", NULL, NUMBER },
	{ "discovery.sendtargets.reopen_max", "5", NULL, NUMBER },
	{ "discovery.sendtargets.timeo.auth_timeout", "45", NULL, NUMBER },
	{ "discovery.sendtargets.timeo.active_timeout", "30", NULL, NUMBER },
	{ "discovery.sendtargets.iscsi.MaxRecvDataSegmentLength", "32768", NULL, NUMBER },
};

static_assert(ARRAY_SIZE(node_rows) <= RECORD_ROWS_MAX, "a value each in struct record");

/* the names of those values that the two kinds have under different names */
static const struct names {
	const struct row *rows;
	size_t count;
	const char *target;
	const char *host;
	const char *port;
	const char *auth;	/* what authmethod, username and so on begin with */
} names_of[] = {
	[RECORD_NODE] = { node_rows, ARRAY_SIZE(node_rows), "node.name", "node.conn[0].address",
			  "node.conn[0].port", "node.session.auth." },
	[RECORD_DISCOVERY] = { discovery_rows, ARRAY_SIZE(discovery_rows), "discovery.type",
			       "discovery.sendtargets.address", "discovery.sendtargets.port",
			       "discovery.sendtargets.auth." },
	[RECORD_IFACE] = { iface_rows, ARRAY_SIZE(iface_rows), "iface.iscsi_ifacename", NULL, NULL, NULL },
};

static const struct row *row_of(const struct record *r, const char *name)
{
	const struct names *n = &names_of[r->kind];

	for (size_t i = 0; i < n->count; i++) {
		if (!strcmp(n->rows[i].name, name))
			return &n->rows[i];
	}
	return NULL;
}

static char **value_of(struct record *r, const struct row *row)
{
	return &r->v[row - names_of[r->kind].rows];
}

static void drop(char **v)
{
	if (*v)
		explicit_bzero(*v, strlen(*v));
	free(*v);
	*v = NULL;
}

static int store(struct record *r, const struct row *row, const char *value, struct err *e)
{
	char *copy = strdup(value);

	if (!copy)
		return err_sys(e, ST_FAILED, ENOMEM, "%s", row->name);
	drop(value_of(r, row));
	*value_of(r, row) = copy;
	return 0;
}

void record_free(struct record *r)
{
	for (size_t i = 0; i < RECORD_ROWS_MAX; i++)
		drop(&r->v[i]);
}

const char *record_get(const struct record *r, const char *name)
{
	const struct row *row = row_of(r, name);
	const char *v = row ? r->v[row - names_of[r->kind].rows] : NULL;

	return v || !row ? v : row->standard ? row->standard : "";
}

const char *record_target(const struct record *r)
{
	return record_get(r, names_of[r->kind].target);
}

const char *record_host(const struct record *r)
{
	const char *name = names_of[r->kind].host;

	return name ? record_get(r, name) : "";
}

const char *record_port(const struct record *r)
{
	const char *name = names_of[r->kind].port;

	return name ? record_get(r, name) : "";
}

const char *record_iface(const struct record *r)
{
	const char *name = record_get(r, "iface.iscsi_ifacename");

	return name ? name : RECORD_IFACE_DEFAULT;
}

void record_portal(const struct record *r, struct portal *p)
{
	const char *tpgt = record_get(r, "node.tpgt");

	memset(p, 0, sizeof(*p));
	snprintf(p->host, sizeof(p->host), "%s", record_host(r));
	p->v6 = strchr(p->host, ':');
	p->port = (u16)atoi(record_port(r));
	p->tpgt = tpgt ? atoi(tpgt) : TPGT_UNKNOWN;
}

static bool one_of(const char *value, const char *const *words)
{
	for (; *words; words++) {
		if (!strcmp(value, *words))
			return true;
	}
	return false;
}

static bool is_number(const char *value)
{
	size_t n = strspn(value, "0123456789");

	return n && n <= 10 && !value[n];
}

static bool is_of_kind(enum kind kind, const char *value)
{
	static const char *const startup[] = { "manual", "automatic", "onboot", NULL };
	static const char *const method[] = { "None", "CHAP", NULL };
	static const char *const yes_no[] = { "Yes", "No", NULL };
	static const char *const scan[] = { "auto", "manual", NULL };

	switch (kind) {
	case NUMBER:
		return is_number(value);
	case STARTUP:
		return one_of(value, startup);
	case METHOD:
		return one_of(value, method);
	case YES_NO:
		return one_of(value, yes_no);
	case SCAN:
		return one_of(value, scan);
	default:
		return true;
	}
}

/* as our setting, in small letters; a sign of life that is waited for 0 seconds is not asked for either */
static int put_setting(struct settings *s, const struct row *row, const char *value, struct err *e)
{
	char small[RECORD_VALUE_MAX + 1];
	size_t i;

	for (i = 0; value[i]; i++)
		small[i] = row->kind == TEXT ? value[i] : (char)tolower((unsigned char)value[i]);
	small[i] = '\0';
	if (!strcmp(row->setting, "nop-timeout") && !strcmp(value, "0"))
		return settings_put(s, "nop-interval", "0", e);
	return settings_put(s, row->setting, small, e) ? err_where(e, "%s", row->name) : 0;
}

static int check(const struct row *row, const char *value, struct err *e)
{
	struct settings scratch;

	if (strlen(value) > RECORD_VALUE_MAX || value[strcspn(value, "\n\r")])
		return err_set(e, ST_USAGE, "%s: a value is one line of at most %d bytes", row->name,
			       RECORD_VALUE_MAX);
	if (!is_of_kind(row->kind, value))
		return err_set(e, ST_USAGE, "unknown value format '%s' for parameter name '%s'", value,
			       row->name);
	if (!row->setting || !*value)
		return 0;
	settings_init(&scratch);
	return put_setting(&scratch, row, value, e);
}

int record_load(struct record *r, const char *name, const char *value, struct err *e)
{
	const struct row *row = row_of(r, name);

	if (!row)
		return err_set(e, ST_FAILED, "there is no parameter \"%s\"", name);
	return check(row, value, e) ? -1 : store(r, row, value, e);
}

int record_update(struct record *r, const char *name, const char *value, struct err *e)
{
	const struct row *row = row_of(r, name);

	if (!row)
		return err_set(e, ST_USAGE, "Cannot modify %s. Invalid param name.", name);
	/* who copies an interface sets all that is shown of it, but for its name */
	if (row->kind == KEY && (r->kind != RECORD_IFACE || strcmp(value, record_get(r, name))))
		return err_set(e, ST_USAGE,
			       "Cannot modify %s. It is used to look up the record and cannot be changed.",
			       name);
	if (!strcmp(value, "<empty>"))
		value = "";
	return check(row, value, e) ? -1 : store(r, row, value, e);
}

int record_init(struct record *r, enum record_kind kind, const char *target, const struct portal *p,
		struct err *e)
{
	const struct names *n = &names_of[kind];
	char port[8], tpgt[8];
	int bad = 0;

	memset(r, 0, sizeof(*r));
	r->kind = kind;
	snprintf(port, sizeof(port), "%u", p->port);
	snprintf(tpgt, sizeof(tpgt), "%d", p->tpgt);
	bad |= record_load(r, n->target, kind == RECORD_NODE ? target : "sendtargets", e);
	bad |= record_load(r, n->host, p->host, e);
	bad |= record_load(r, n->port, port, e);
	if (kind == RECORD_NODE && p->tpgt != TPGT_UNKNOWN)
		bad |= record_load(r, "node.tpgt", tpgt, e);
	if (bad)
		record_free(r);
	return bad;
}

/* it becomes a part of a file's name, and programs put a portal and a volume's name into it */
static bool is_iface_name(const char *name)
{
	size_t n = strlen(name);

	return n && n <= 200 && *name != '.' && !strchr(name, '/') && !name[strcspn(name, " ,\t\n\r")] && text_utf8(name);
}

int record_init_iface(struct record *r, const char *name, struct err *e)
{
	memset(r, 0, sizeof(*r));
	r->kind = RECORD_IFACE;
	if (!is_iface_name(name))
		return err_set(e, ST_USAGE, "iface name \"%.300s\": want 1 to 200 bytes without blank, comma and slash", name);
	return record_load(r, "iface.iscsi_ifacename", name, e);
}

int record_use_iface(struct record *r, const struct record *iface, struct err *e)
{
	for (size_t i = 0; i < ARRAY_SIZE(iface_rows); i++) {
		if (iface->v[i] && record_load(r, iface_rows[i].name, iface->v[i], e))
			return -1;
	}
	return 0;
}

int record_complete(const struct record *r, struct err *e)
{
	const char *why = NULL;
	struct portal p;
	char text[300];

	if (r->kind == RECORD_IFACE)
		return is_iface_name(record_iface(r)) ? 0 : err_set(e, ST_FAILED, "no name of an interface");
	if (r->kind == RECORD_NODE)
		why = name_check(record_target(r));
	if (why)
		return err_set(e, ST_FAILED, "target \"%.300s\": %s", record_target(r), why);
	/* it too becomes a part of a file's name */
	if (r->kind == RECORD_DISCOVERY && strcmp(record_target(r), "sendtargets"))
		return err_set(e, ST_FAILED, "discovery.type \"%.300s\": want sendtargets", record_target(r));
	if (!is_iface_name(record_iface(r)))
		return err_set(e, ST_FAILED, "interface \"%.300s\": not a name of one", record_iface(r));
	snprintf(text, sizeof(text), strchr(record_host(r), ':') ? "[%s]:%s" : "%s:%s", record_host(r), record_port(r));
	why = portal_parse(&p, text);
	return why ? err_set(e, ST_FAILED, "portal \"%.300s\": %s", text, why) : 0;
}

void record_save(const struct record *r, FILE *f)
{
	const struct names *n = &names_of[r->kind];

	for (size_t i = 0; i < n->count; i++) {
		if (r->v[i])
			fprintf(f, "%s = %s\n", n->rows[i].name, r->v[i]);
	}
}

void record_show(const struct record *r, bool secrets)
{
	const struct names *n = &names_of[r->kind];

	printf("# BEGIN RECORD " SHOWN_VERSION "\n");
	for (size_t i = 0; i < n->count; i++) {
		const char *value = record_get(r, n->rows[i].name);

		if (n->rows[i].kind == SECRET && *value && !secrets)
			value = "********";
		printf("%s = %s\n", n->rows[i].name, *value ? value : "<empty>");
	}
	printf("# END RECORD\n");
}

bool record_forget(struct record *r)
{
	const struct names *n = &names_of[r->kind];
	bool had = false;

	for (size_t i = 0; i < n->count; i++) {
		if (n->rows[i].kind != SECRET || !r->v[i])
			continue;
		drop(&r->v[i]);
		had = true;
	}
	return had;
}

int record_put_settings(const struct record *r, struct settings *s, struct err *e)
{
	const struct names *n = &names_of[r->kind];

	for (size_t i = 0; i < n->count; i++) {
		if (n->rows[i].setting && r->v[i] && *r->v[i] && put_setting(s, &n->rows[i], r->v[i], e))
			return -1;
	}
	return settings_finish(s, e);
}

int record_settings(const struct record *r, struct settings *s, struct err *e)
{
	settings_init(s);
	return record_put_settings(r, s, e);
}

static const char *auth(const struct record *r, const char *name)
{
	char full[64];

	snprintf(full, sizeof(full), "%s%s", names_of[r->kind].auth, name);
	return record_get(r, full);
}

int record_cred(const struct record *r, const struct settings *s, struct kiscsi_chap_cred *cred,
		struct err *e)
{
	const char *why;

	memset(cred, 0, sizeof(*cred));
	memcpy(cred->algs, s->chap_algs, s->chap_algs_count);
	cred->algs_count = s->chap_algs_count;
	if (strcmp(auth(r, "authmethod"), "CHAP"))
		return 0;
	secret_protect(cred, sizeof(*cred));
	if (!*auth(r, "username") || !*auth(r, "password"))
		return err_set(e, ST_AUTH, "CHAP wants %susername and %spassword; they are forgotten at logout",
			       names_of[r->kind].auth, names_of[r->kind].auth);
	snprintf(cred->user, sizeof(cred->user), "%s", auth(r, "username"));
	cred->secret_len = (u8)strlen(auth(r, "password"));
	memcpy(cred->secret, auth(r, "password"), cred->secret_len);
	snprintf(cred->mutual_user, sizeof(cred->mutual_user), "%s", auth(r, "username_in"));
	cred->mutual_secret_len = (u8)strlen(auth(r, "password_in"));
	memcpy(cred->mutual_secret, auth(r, "password_in"), cred->mutual_secret_len);
	why = kiscsi_chap_check(cred);
	return why ? err_set(e, ST_AUTH, "CHAP: %s", why) : 0;
}
