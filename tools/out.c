// SPDX-License-Identifier: GPL-2.0
/*
 * Output. Text that a target sent is made safe here, on its way out.
 */
#include <stdlib.h>

#include "json.h"
#include "netns.h"
#include "out.h"

static const char *const counter_names[COUNTERS + 1] = {
	[KISCSI_COUNTER_A_COMMANDS] = "commands",
	[KISCSI_COUNTER_A_DATA_IN] = "data_in",
	[KISCSI_COUNTER_A_DATA_OUT] = "data_out",
	[KISCSI_COUNTER_A_PDUS_IN] = "pdus_in",
	[KISCSI_COUNTER_A_PDUS_OUT] = "pdus_out",
	[KISCSI_COUNTER_A_R2TS] = "r2ts",
	[KISCSI_COUNTER_A_NOPS] = "nops",
	[KISCSI_COUNTER_A_DIGEST_ERRORS] = "digest_errors",
	[KISCSI_COUNTER_A_PROTOCOL_ERRORS] = "protocol_errors",
	[KISCSI_COUNTER_A_ABORTS] = "aborts",
};

int out_flush(struct err *e)
{
	if (fflush(stdout) || ferror(stdout))
		return err_sys(e, ST_FAILED, errno, "writing to standard output");
	return 0;
}

static void add_address(struct json_object *o, const char *key, const struct address *a)
{
	char text[ADDRESS_TEXT_MAX];
	struct json_object *at;

	if (!a->len) {
		json_object_object_add(o, key, NULL);
		return;
	}
	at = json_object_new_object();
	json_text(at, "address", address_host(a, text));
	json_number(at, "port", address_port(a));
	json_object_object_add(o, key, at);
}

static void dev_name(const char *name, char *out, size_t size)
{
	snprintf(out, size, "%s%s", name[0] ? "/dev/" : "", name);
}

static struct json_object *lun_json(const struct lun *l)
{
	struct json_object *o = json_object_new_object();
	char text[48];

	json_number(o, "lun", l->lun);
	dev_name(l->name, text, sizeof(text));
	json_optional(o, "device", text);
	dev_name(l->generic, text, sizeof(text));
	json_optional(o, "generic", text);
	json_text(o, "type", lun_type_name(l->type));
	json_text(o, "scsi_address", l->address);
	json_text(o, "vendor", l->vendor);
	json_text(o, "model", l->model);
	json_text(o, "revision", l->rev);
	json_text(o, "state", l->state);
	if (l->block) {
		json_number(o, "bytes", l->bytes);
		json_number(o, "block_size", l->block_size);
	}
	return o;
}

static struct json_object *params_json(const struct kiscsi_params *p)
{
	struct json_object *o = json_object_new_object();

	json_flag(o, "initial_r2t", p->initial_r2t);
	json_flag(o, "immediate_data", p->immediate_data);
	json_number(o, "first_burst_length", p->first_burst_length);
	json_number(o, "max_burst_length", p->max_burst_length);
	json_number(o, "max_outstanding_r2t", p->max_outstanding_r2t);
	json_number(o, "max_connections", p->max_connections);
	json_number(o, "time2wait", p->time2wait);
	json_number(o, "time2retain", p->time2retain);
	json_number(o, "error_recovery_level", p->error_recovery_level);
	return o;
}

static void add_conn_params(struct json_object *o, const struct kiscsi_params *p)
{
	json_text(o, "header_digest", kiscsi_digest_name(p->header_digest));
	json_text(o, "data_digest", kiscsi_digest_name(p->data_digest));
	json_number(o, "max_recv_data_segment_length", p->max_recv_dsl);
	json_number(o, "max_xmit_data_segment_length", p->max_xmit_dsl);
}

static struct json_object *conn_json(const struct session_conn *c)
{
	struct json_object *o = json_object_new_object();
	struct json_object *counters = json_object_new_object();

	json_number(o, "cid", c->cid);
	json_text(o, "state", session_conn_state_name(c->state));
	json_number(o, "queue", c->queue);
	json_optional(o, "cpus", c->cpus);
	add_address(o, "local", &c->local);
	add_address(o, "peer", &c->peer);
	add_conn_params(o, &c->params);
	for (unsigned int i = 1; i <= COUNTERS; i++) {
		if (counter_names[i])
			json_number(counters, counter_names[i], c->counters[i]);
	}
	json_object_object_add(o, "counters", counters);
	return o;
}

static struct json_object *timers_json(const struct timers *t)
{
	struct json_object *o = json_object_new_object();

	json_number(o, "nop_interval", t->nop_interval);
	json_number(o, "nop_timeout", t->nop_timeout);
	json_number(o, "login_timeout", t->login_timeout);
	json_signed(o, "recovery_tmo", t->recovery_tmo);
	json_number(o, "abort_timeout", t->abort_timeout);
	json_number(o, "lun_reset_timeout", t->lun_reset_timeout);
	json_number(o, "target_reset_timeout", t->target_reset_timeout);
	return o;
}

static struct json_object *portals_json(const struct session *s)
{
	struct json_object *array = json_object_new_array();

	for (unsigned int i = 0; i < s->portals.count; i++) {
		struct json_object *at = json_object_new_object();
		char text[ADDRESS_TEXT_MAX];

		json_text(at, "address", address_host(&s->portals.v[i], text));
		json_number(at, "port", address_port(&s->portals.v[i]));
		json_object_array_add(array, at);
	}
	return array;
}

static void isid_text(const u8 isid[6], char out[13])
{
	snprintf(out, 13, "%02x%02x%02x%02x%02x%02x", isid[0], isid[1], isid[2], isid[3], isid[4],
		 isid[5]);
}

static void add_error(struct json_object *o, const struct session *s)
{
	json_optional(o, "last_error", s->last_error);
	if (s->last_error[0])
		json_number(o, "last_error_age", s->last_error_age);
}

static struct json_object *luns_json(const struct luns *luns)
{
	struct json_object *array = json_object_new_array();

	for (unsigned int i = 0; i < luns->count; i++)
		json_object_array_add(array, lun_json(&luns->v[i]));
	return array;
}

static struct json_object *conns_json(const struct session *s)
{
	struct json_object *array = json_object_new_array();

	for (unsigned int i = 0; i < s->conn_count; i++)
		json_object_array_add(array, conn_json(&s->conns[i]));
	return array;
}

struct json_object *out_session_json(const struct session *s, const struct luns *luns)
{
	struct json_object *o = json_object_new_object();
	char netns[NETNS_NAME_MAX];
	char isid[13];

	isid_text(s->isid, isid);
	json_number(o, "sid", s->sid);
	json_number(o, "host", s->host_no);
	json_text(o, "target", s->target);
	json_optional(o, "target_alias", s->target_alias);
	json_number(o, "tpgt", s->tpgt);
	json_text(o, "initiator", s->initiator);
	json_text(o, "isid", isid);
	json_number(o, "tsih", s->tsih);
	json_number(o, "netns", s->netns);
	json_optional(o, "netns_name", netns_name(s->netns, netns));
	json_text(o, "state", session_state_name(s->state));
	json_number(o, "state_age", s->state_age);
	json_number(o, "attempts", s->attempts);
	add_error(o, s);
	json_object_object_add(o, "portals", portals_json(s));
	json_object_object_add(o, "connections", conns_json(s));
	json_number(o, "connections_wanted", s->connections_wanted);
	json_number(o, "queue_depth", s->queue_depth);
	json_object_object_add(o, "parameters", params_json(&s->params));
	json_object_object_add(o, "timers", timers_json(&s->timers));
	json_object_object_add(o, "luns", luns_json(luns));
	return o;
}

/* 1.0 GiB, 512 B */
static void size_text(u64 bytes, char *out, size_t size)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
	double n = (double)bytes;
	unsigned int unit = 0;

	while (n >= 1024 && unit + 1 < ARRAY_SIZE(units)) {
		n /= 1024;
		unit++;
	}
	snprintf(out, size, unit ? "%.1f %s" : "%.0f %s", n, units[unit]);
}

static void print_lun(const struct lun *l)
{
	char vendor[SAFE_MAX], model[SAFE_MAX];
	char bytes[32] = "-";
	char name[48] = "-";

	if (l->name[0])
		dev_name(l->name, name, sizeof(name));
	if (l->block)
		size_text(l->bytes, bytes, sizeof(bytes));
	printf("  LUN %llu  %s  %s  %s  %s %s  %s\n", (unsigned long long)l->lun, name,
	       lun_type_name(l->type), bytes, text_safe(vendor, sizeof(vendor), l->vendor),
	       text_safe(model, sizeof(model), l->model), l->state);
}

static void print_counters(const struct session_conn *c)
{
	printf("   ");
	for (unsigned int i = 1; i <= COUNTERS; i++) {
		if (counter_names[i])
			printf(" %s %llu", counter_names[i], (unsigned long long)c->counters[i]);
	}
	printf("\n");
}

static void print_conn_params(const struct kiscsi_params *p, const char *indent)
{
	printf("%sHeaderDigest %s, DataDigest %s, MaxRecvDataSegmentLength in %u out %u\n", indent,
	       kiscsi_digest_name(p->header_digest), kiscsi_digest_name(p->data_digest),
	       p->max_recv_dsl, p->max_xmit_dsl);
}

static void print_params(const struct kiscsi_params *p, const char *indent)
{
	printf("%sInitialR2T %s, ImmediateData %s, FirstBurstLength %u, MaxBurstLength %u\n", indent,
	       p->initial_r2t ? "Yes" : "No", p->immediate_data ? "Yes" : "No",
	       p->first_burst_length, p->max_burst_length);
	printf("%sMaxOutstandingR2T %u, MaxConnections %u, Time2Wait %u s, Time2Retain %u s, ErrorRecoveryLevel %u\n",
	       indent, p->max_outstanding_r2t, p->max_connections, p->time2wait, p->time2retain,
	       p->error_recovery_level);
}

static void print_conn(const struct session_conn *c, bool verbose)
{
	char local[ADDRESS_TEXT_MAX] = "-";
	char peer[ADDRESS_TEXT_MAX] = "-";

	if (c->local.len)
		address_text(&c->local, local);
	if (c->peer.len)
		address_text(&c->peer, peer);
	printf("  connection %u  %s  %s -> %s\n", c->cid, session_conn_state_name(c->state), local,
	       peer);
	if (!verbose)
		return;
	printf("    queue %u of CPUs %s\n", c->queue, c->cpus[0] ? c->cpus : "-");
	if (!c->peer.len)
		return;
	print_conn_params(&c->params, "    ");
	print_counters(c);
}

static void print_timers(const struct timers *t)
{
	printf("  timers: nop %u+%u s, login %u s, recovery ", t->nop_interval, t->nop_timeout,
	       t->login_timeout);
	if (t->recovery_tmo < 0)
		printf("never");
	else
		printf("%d s", t->recovery_tmo);
	printf(", abort %u s, LUN reset %u s, target reset %u s\n", t->abort_timeout,
	       t->lun_reset_timeout, t->target_reset_timeout);
}

/* by name where it has one */
static void print_netns(const struct session *s, bool verbose)
{
	char name[NETNS_NAME_MAX], safe[SAFE_MAX];

	netns_name(s->netns, name);
	if (name[0])
		printf("network namespace %s", text_safe(safe, sizeof(safe), name));
	else
		printf("network namespace %llu", (unsigned long long)s->netns);
	if (name[0] && verbose)
		printf(" (%llu)", (unsigned long long)s->netns);
}

static void print_details(const struct session *s)
{
	char safe[SAFE_MAX];
	char isid[13];

	isid_text(s->isid, isid);
	printf("  initiator %s, ISID %s, TSIH %u, host %u, ",
	       text_safe(safe, sizeof(safe), s->initiator), isid, s->tsih, s->host_no);
	print_netns(s, true);
	printf("\n");
	if (s->target_alias[0])
		printf("  target alias %s\n", text_safe(safe, sizeof(safe), s->target_alias));
	print_params(&s->params, "  ");
	print_timers(&s->timers);
	printf("  queue depth %u per connection, at most %u connections\n", s->queue_depth,
	       s->connections_wanted);
	for (unsigned int i = 0; i < s->portals.count; i++) {
		char text[ADDRESS_TEXT_MAX];

		printf("  portal %s\n", address_text(&s->portals.v[i], text));
	}
}

void out_session(const struct session *s, const struct luns *luns, bool verbose)
{
	char safe[SAFE_MAX];

	printf("session %u  %s  portal group %u  %s", s->sid, text_safe(safe, sizeof(safe), s->target),
	       s->tpgt, session_state_name(s->state));
	if (s->state != KISCSI_SESSION_UP || verbose)
		printf(" for %u s", s->state_age);
	if (s->attempts)
		printf(", %u attempts to log in", s->attempts);
	if (s->netns != netns_own()) {
		printf("  ");
		print_netns(s, false);
	}
	printf("\n");
	if (verbose)
		print_details(s);
	for (unsigned int i = 0; i < s->conn_count; i++) {
		/* one that has never been there is a detail */
		if (verbose || s->conns[i].peer.len)
			print_conn(&s->conns[i], verbose);
	}
	for (unsigned int i = 0; i < luns->count; i++)
		print_lun(&luns->v[i]);
	if (s->last_error[0])
		printf("  last error, %u s ago: %s\n", s->last_error_age,
		       text_safe(safe, sizeof(safe), s->last_error));
}

void out_names(const struct luns *luns)
{
	for (unsigned int i = 0; i < luns->count; i++) {
		if (luns->v[i].name[0])
			printf("/dev/%s\n", luns->v[i].name);
	}
}

void out_targets(const struct targets *t)
{
	for (unsigned int i = 0; i < t->count; i++) {
		char safe[SAFE_MAX];

		text_safe(safe, sizeof(safe), t->v[i].name);
		for (unsigned int k = 0; k < t->v[i].count; k++) {
			const struct portal *p = &t->v[i].portals[k];
			char text[300];

			printf("%s %s", safe, portal_text(p, text, sizeof(text)));
			if (p->tpgt != TPGT_UNKNOWN)
				printf(",%d", p->tpgt);
			printf("\n");
		}
	}
}

static struct json_object *portal_json(const struct portal *p)
{
	struct json_object *o = json_object_new_object();

	json_text(o, "address", p->host);
	json_number(o, "port", p->port);
	if (p->tpgt == TPGT_UNKNOWN)
		json_object_object_add(o, "tpgt", NULL);
	else
		json_number(o, "tpgt", (u64)p->tpgt);
	return o;
}

struct json_object *out_targets_json(const struct targets *t)
{
	struct json_object *array = json_object_new_array();

	for (unsigned int i = 0; i < t->count; i++) {
		struct json_object *o = json_object_new_object();
		struct json_object *portals = json_object_new_array();

		json_text(o, "name", t->v[i].name);
		for (unsigned int k = 0; k < t->v[i].count; k++)
			json_object_array_add(portals, portal_json(&t->v[i].portals[k]));
		json_object_object_add(o, "portals", portals);
		json_object_array_add(array, o);
	}
	return array;
}

void out_login(const struct leading *l)
{
	const struct kiscsi_params *p = &l->login.params;
	char text[ADDRESS_TEXT_MAX];

	printf("logged in at %s, portal group %u, %s\n", address_text(&l->peer, text), p->tpgt,
	       l->login.chap_used ? kiscsi_chap_alg_name(l->login.chap.alg) : "no authentication");
	print_params(p, "  ");
	print_conn_params(p, "  ");
}

struct json_object *out_login_json(const struct leading *l, const char *target)
{
	struct json_object *o = json_object_new_object();
	const char *alg = l->login.chap_used ? kiscsi_chap_alg_name(l->login.chap.alg) : NULL;

	json_text(o, "target", target);
	json_optional(o, "target_alias", l->login.params.target_alias);
	json_number(o, "tpgt", l->login.params.tpgt);
	add_address(o, "portal", &l->peer);
	json_optional(o, "chap_algorithm", alg ? alg : "");
	json_object_object_add(o, "parameters", params_json(&l->login.params));
	add_conn_params(o, &l->login.params);
	return o;
}

void out_list_json(const char *key, struct json_object *array)
{
	struct json_object *o = json_versioned();

	json_object_object_add(o, key, array);
	json_print(o, true);
}
