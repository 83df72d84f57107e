/* SPDX-License-Identifier: GPL-2.0 */
/*
 * kiscsi-iscsiadm: what was asked for, and how it is answered.
 */
#ifndef KISCSI_TOOLS_ISCSIADM_H
#define KISCSI_TOOLS_ISCSIADM_H

#include "iscsiadm-store.h"
#include "session.h"
#include "targets.h"

#define PAIRS_MAX 32
/* a target's name as text_safe() makes it */
#define NAME_SAFE_MAX (4 * KISCSI_NAME_MAX + 1)
/* one session or login in brackets, made safe likewise */
#define WHERE_MAX 3200

/* the exit status of iscsiadm(8): fixed, callers go by them */
enum iscsi_err {
	ISCSI_SUCCESS = 0,
	ISCSI_ERR = 1,
	ISCSI_ERR_TRANS = 4,
	ISCSI_ERR_LOGIN = 5,
	ISCSI_ERR_IDBM = 6,
	ISCSI_ERR_INVAL = 7,
	ISCSI_ERR_TRANS_TIMEOUT = 8,
	ISCSI_ERR_LOGOUT = 10,
	ISCSI_ERR_ACCESS = 13,
	ISCSI_ERR_SESS_EXISTS = 15,
	ISCSI_ERR_FATAL_LOGIN = 19,
	ISCSI_ERR_NO_OBJS_FOUND = 21,
	ISCSI_ERR_SYSFS_LOOKUP = 22,
	ISCSI_ERR_LOGIN_AUTH_FAILED = 24,
	ISCSI_ERR_OP_NOT_SUPP = 27,
	ISCSI_ERR_BUSY = 28,
};

enum operation { OP_NONE, OP_NEW, OP_UPDATE, OP_DELETE, OP_SHOW, OP_NONPERSISTENT };

/**
 * struct request - the command line
 * @mode: of -m
 * @target: -T, or NULL
 * @portal_given: @portal is that of -p, numeric addresses in their usual form
 * @iface: -I, or NULL
 * @through: the record of @iface, empty for "default"
 * @op: -o
 * @names: -n, with @values of -v behind each
 * @pairs: how many
 * @level: -P, -1 without
 * @sid: -r, -1 without
 * @login_all: value of -L, or NULL; likewise @logout_all of -U
 */
struct request {
	const char *mode;
	const char *target;
	const char *type;
	const char *iface;
	struct record through;
	struct portal portal;
	bool portal_given;
	enum operation op;
	const char *names[PAIRS_MAX];
	const char *values[PAIRS_MAX];
	unsigned int pairs;
	int level;
	long sid;
	const char *login_all;
	const char *logout_all;
	bool login;
	bool logout;
	bool rescan;
	bool stats;
	bool secrets;
	bool discover;
};

/** complain() - "iscsiadm: " and a line on stderr; returns @code, so that it can be returned */
__printf(2, 3) enum iscsi_err complain(enum iscsi_err code, const char *fmt, ...);

/** iscsi_err_text() - iscsiadm's words for @code */
const char *iscsi_err_text(enum iscsi_err code);

/** portal_numeric() - the address @p is, as others write it; a name stays what it is */
void portal_numeric(struct portal *p);

/** print_portal() - "address:port,tpgt", v6 in brackets */
void print_portal(const struct portal *p);

/** print_targets() - a line "portal target" for each; with @level 1 as a tree */
void print_targets(const struct targets *t, int level);

/** record_change() - set what -n and -v say in @r */
enum iscsi_err record_change(const struct request *q, struct record *r);

/** records_login() - log in to all of @list that @startup ("all", "manual"...) allows */
enum iscsi_err records_login(const struct records *list, const char *startup);

/** session_matches() - is @s one that -T, -p and -r mean? */
bool session_matches(const struct request *q, const struct session *s);

/** sessions_logout() - log out of those that are meant, and say so */
enum iscsi_err sessions_logout(const struct request *q);

/** sessions_rescan() - have those that are meant look for LUNs */
enum iscsi_err sessions_rescan(const struct request *q);

/** session_print() - print them as -P @level does */
void session_print(const struct sessions *list, int level);

/** session_print_stats() - print the counters of @s */
void session_print_stats(const struct session *s);

enum iscsi_err mode_discovery(struct request *q);
enum iscsi_err mode_discoverydb(struct request *q);
enum iscsi_err mode_node(struct request *q);
enum iscsi_err mode_session(struct request *q);
enum iscsi_err mode_iface(struct request *q);
enum iscsi_err mode_host(struct request *q);

#endif
