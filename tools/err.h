/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What went wrong, as one line for a person and an exit status for a script. A function that can
 * fail takes a struct err, fills it and returns -1; whoever knows more of the circumstances puts
 * them in front with err_where().
 */
#ifndef KISCSI_TOOLS_ERR_H
#define KISCSI_TOOLS_ERR_H

#include "../kernel/proto/env.h"

/* exit status of the command: fixed, scripts depend on it */
enum status {
	ST_DONE = 0,
	ST_FAILED = 1,
	ST_USAGE = 2,
	ST_NO_MATCH = 3,
	ST_EXISTS = 4,
	ST_AUTH = 5,
	ST_UNREACHABLE = 6,
};

#define ERR_TEXT_MAX 1024

/**
 * struct err - a failure; all zero: none
 * @status: what the command shall exit with
 * @code: errno of the system call or the kernel's answer behind it, 0 if there is none
 * @text: one line without "kiscsi: " and newline; may hold any bytes, err_print() makes it safe
 */
struct err {
	enum status status;
	int code;
	char text[ERR_TEXT_MAX];
};

/** err_set() - put down a failure; always -1, so that it can be returned */
__printf(3, 4) int err_set(struct err *e, enum status status, const char *fmt, ...);

/** err_sys() - the same with ": " and the words for @code behind it */
__printf(4, 5) int err_sys(struct err *e, enum status status, int code, const char *fmt, ...);

/** err_where() - put "<place>: " in front; always -1 */
__printf(2, 3) int err_where(struct err *e, const char *fmt, ...);

/**
 * err_join() - add the failure of a further attempt to those before it
 *
 * The texts are joined by "; ". The status becomes the one that says more: a refused secret more
 * than an unknown target, that more than another failure, and that more than silence.
 */
void err_join(struct err *all, const struct err *one);

/** err_worse() - of two exit statuses the one that says more */
enum status err_worse(enum status a, enum status b);

/** err_print() - the line on stderr; returns the exit status */
int err_print(const struct err *e);

/** err_warn() - a line on stderr about something that is not a failure */
__printf(1, 2) void err_warn(const char *fmt, ...);

/** text_safe() - copy @in with everything but printable ASCII as \xNN; returns @out */
char *text_safe(char *out, size_t size, const char *in);

/** text_utf8() - is @s well-formed UTF-8 without control characters? */
bool text_utf8(const char *s);

#endif
