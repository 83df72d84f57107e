// SPDX-License-Identifier: GPL-2.0
/*
 * kiscsi stat: what sessions and their connections do, and how long it takes.
 */
#include <signal.h>

#include "cmd.h"
#include "json.h"
#include "netns.h"
#include "opt.h"
#include "out.h"
#include "stat.h"
#include "table.h"

#define TAKES (OPT_WATCH | OPT_JSON)

static const double percents[] = { 50, 95, 99 };

/**
 * struct interval - what is shown
 * @now: the sessions
 * @before: as they were when it began; NULL: show all since they were made
 * @seconds: its length
 */
struct interval {
	const struct sessions *now;
	const struct sessions *before;
	double seconds;
};

static void conn_sum(const struct interval *t, const struct session *s,
		     const struct session_conn *c, struct stat_sum *sum)
{
	const struct session_conn *before = NULL;

	if (t->before)
		before = stat_before(t->before, s->sid, c->cid);
	stat_add(sum, c, before);
}

static void session_sum(const struct interval *t, const struct session *s, struct stat_sum *sum)
{
	for (unsigned int i = 0; i < s->conn_count; i++)
		conn_sum(t, s, &s->conns[i], sum);
}

/*
 * ---- for a person ----
 */

/* 85us, 1.2ms, 3.4s */
static void time_cell(struct table *table, u64 ns)
{
	double n = (double)ns;

	if (!ns)
		table_cell(table, "-");
	else if (n < 1e6)
		table_cell(table, "%.0fus", n / 1e3);
	else if (n < 1e9)
		table_cell(table, "%.*fms", n < 1e7 ? 1 : 0, n / 1e6);
	else
		table_cell(table, "%.1fs", n / 1e9);
}

static void heading(struct table *table, bool rates)
{
	static const char *const rate[] = { "IOPS", "READ/S", "WRITE/S", "READ-MB/S", "WRITE-MB/S" };
	static const char *const total[] = { "COMMANDS", "READS", "WRITES", "READ-MB", "WRITE-MB" };
	static const char *const ways[] = { "READ", "WRITE" };

	table_row(table);
	table_cell(table, "SID");
	table_cell(table, "CID");
	for (size_t i = 0; i < ARRAY_SIZE(rate); i++)
		table_cell(table, "%s", rates ? rate[i] : total[i]);
	for (size_t way = 0; way < ARRAY_SIZE(ways); way++) {
		for (size_t i = 0; i < ARRAY_SIZE(percents); i++)
			table_cell(table, "%s-P%.0f", ways[way], percents[i]);
	}
}

static void figures(struct table *table, const struct interval *t, const struct stat_sum *sum)
{
	const struct stat_way *const ways[] = { &sum->read, &sum->write };

	table_cell(table, "%.0f", (double)sum->commands / t->seconds);
	for (size_t i = 0; i < ARRAY_SIZE(ways); i++)
		table_cell(table, "%.0f", (double)ways[i]->count / t->seconds);
	for (size_t i = 0; i < ARRAY_SIZE(ways); i++)
		table_cell(table, "%.1f", (double)ways[i]->bytes / t->seconds / 1e6);
	for (size_t way = 0; way < ARRAY_SIZE(ways); way++) {
		for (size_t i = 0; i < ARRAY_SIZE(percents); i++)
			time_cell(table, stat_percentile(ways[way], percents[i]));
	}
}

static void session_row(struct table *table, const struct interval *t, const struct session *s)
{
	struct stat_sum sum = { 0 };

	session_sum(t, s, &sum);
	table_row(table);
	table_cell(table, "%u", s->sid);
	table_cell(table, "%s", s->conn_count == 1 ? "" : "all");
	figures(table, t, &sum);
	for (unsigned int i = 0; i < s->conn_count && s->conn_count > 1; i++) {
		struct stat_sum one = { 0 };

		conn_sum(t, s, &s->conns[i], &one);
		table_row(table);
		table_cell(table, "%u", s->sid);
		table_cell(table, "%u", s->conns[i].cid);
		figures(table, t, &one);
	}
}

/* which session is which target: above the first table */
static void print_targets(const struct sessions *list)
{
	char safe[SAFE_MAX];

	for (unsigned int i = 0; i < list->count; i++)
		printf("session %u: %s, %s\n", list->v[i].sid,
		       text_safe(safe, sizeof(safe), list->v[i].target),
		       session_state_name(list->v[i].state));
}

static int print_text(const struct interval *t, struct err *e)
{
	struct table table = { 0 };

	heading(&table, t->before);
	for (unsigned int i = 0; i < t->now->count; i++)
		session_row(&table, t, &t->now->v[i]);
	if (table_print(&table))
		return err_sys(e, ST_FAILED, ENOMEM, "stat");
	return 0;
}

/*
 * ---- for a script ----
 */

static struct json_object *way_json(const struct interval *t, const struct stat_way *way)
{
	struct json_object *o = json_object_new_object();

	json_number(o, "count", way->count);
	json_number(o, "bytes", way->bytes);
	if (t->before) {
		json_number(o, "per_second", (u64)((double)way->count / t->seconds));
		json_number(o, "bytes_per_second", (u64)((double)way->bytes / t->seconds));
	}
	for (size_t i = 0; i < ARRAY_SIZE(percents); i++) {
		char key[16];

		snprintf(key, sizeof(key), "p%.0f_ns", percents[i]);
		json_number(o, key, stat_percentile(way, percents[i]));
	}
	json_number(o, "max_ns", stat_longest(way));
	return o;
}

static void add_figures(struct json_object *o, const struct interval *t, const struct stat_sum *sum)
{
	json_number(o, "commands", sum->commands);
	if (t->before)
		json_number(o, "iops", (u64)((double)sum->commands / t->seconds));
	json_object_object_add(o, "read", way_json(t, &sum->read));
	json_object_object_add(o, "write", way_json(t, &sum->write));
}

static struct json_object *conn_json(const struct interval *t, const struct session *s,
				     const struct session_conn *c)
{
	struct json_object *o = json_object_new_object();
	struct stat_sum sum = { 0 };

	conn_sum(t, s, c, &sum);
	json_number(o, "cid", c->cid);
	json_text(o, "state", session_conn_state_name(c->state));
	add_figures(o, t, &sum);
	return o;
}

static struct json_object *session_json(const struct interval *t, const struct session *s)
{
	struct json_object *o = json_object_new_object();
	struct json_object *conns = json_object_new_array();
	char netns[NETNS_NAME_MAX];
	struct stat_sum sum = { 0 };

	session_sum(t, s, &sum);
	json_number(o, "sid", s->sid);
	json_text(o, "target", s->target);
	json_number(o, "netns", s->netns);
	json_optional(o, "netns_name", netns_name(s->netns, netns));
	json_text(o, "state", session_state_name(s->state));
	add_figures(o, t, &sum);
	for (unsigned int i = 0; i < s->conn_count; i++)
		json_object_array_add(conns, conn_json(t, s, &s->conns[i]));
	json_object_object_add(o, "connections", conns);
	return o;
}

/* one object, and with --watch one a line */
static void print_json(const struct interval *t)
{
	struct json_object *o = json_versioned();
	struct json_object *array = json_object_new_array();

	if (t->before)
		json_object_object_add(o, "seconds", json_object_new_double(t->seconds));
	for (unsigned int i = 0; i < t->now->count; i++)
		json_object_array_add(array, session_json(t, &t->now->v[i]));
	json_object_object_add(o, "sessions", array);
	json_print(o, !t->before);
}

static int print_interval(const struct options *o, const struct interval *t, struct err *e)
{
	int r = 0;

	if (o->json)
		print_json(t);
	else
		r = print_text(t, e);
	return r ? r : out_flush(e);
}

static int show_once(const struct options *o, struct nl *nl, struct err *e)
{
	struct sessions now;
	struct interval t = { .now = &now, .seconds = 1 };
	int r;

	if (session_dump_stat(nl, &now, e))
		return -1;
	if (!o->json)
		print_targets(&now);
	r = print_interval(o, &t, e);
	sessions_free(&now);
	return r;
}

/* the intervals begin at fixed times, however long the printing takes; a signal ends it, and that is no failure */
static int watch(const struct options *o, struct nl *nl, struct err *e)
{
	deadline_t began = clock_in(0), next = began;
	struct sessions before, now;
	int r = session_dump_stat(nl, &before, e);

	if (!r && !o->json)
		print_targets(&before);
	while (!r) {
		struct interval t = { .now = &now, .before = &before };
		deadline_t end;

		next += (deadline_t)o->watch * 1000;
		if (clock_sleep(clock_left(next), next))
			break;
		r = session_dump_stat(nl, &now, e);
		if (r)
			break;
		end = clock_in(0);
		t.seconds = end > began ? (double)(end - began) / 1000 : 1;
		began = end;
		r = print_interval(o, &t, e);
		sessions_free(&before);
		before = now;
	}
	sessions_free(&before);
	return r;
}

/* who reads no further has seen enough */
static bool reader_gone(const struct err *e)
{
	return e->code == EPIPE;
}

static int stat_sessions(const struct options *o, struct err *e)
{
	struct nl nl;
	int r;

	if (nl_open(&nl, e))
		return -1;
	if (o->watch) {
		clock_catch();
		signal(SIGPIPE, SIG_IGN);
		r = watch(o, &nl, e);
		if (r && reader_gone(e))
			r = 0;
	} else {
		r = show_once(o, &nl, e);
	}
	nl_close(&nl);
	return r;
}

int cmd_stat(int argc, char **argv)
{
	struct options o;
	struct err e;

	if (opt_parse(&o, TAKES, argc, argv, &e) ||
	    (o.argument && err_set(&e, ST_USAGE, "one argument too many: \"%s\"", o.argument))) {
		err_where(&e, "stat");
		return err_print(&e);
	}
	if (o.help) {
		printf("kiscsi stat [OPTION...]\nPrint what sessions have done since they were made, or with --watch do.\n\n");
		opt_help(TAKES);
		return ST_DONE;
	}
	if (!stat_sessions(&o, &e))
		return ST_DONE;
	err_where(&e, "stat");
	return err_print(&e);
}
