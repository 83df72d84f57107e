/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where a login's credentials come from, and reading them.
 */
#ifndef KISCSI_TOOLS_CRED_H
#define KISCSI_TOOLS_CRED_H

#include "clock.h"
#include "settings.h"

/**
 * struct cred_source - user names, and the files with the secrets; NULL where there is none
 * @user: the name the target knows us by; NULL: no CHAP
 * @secret_file: its secret, see secret_read()
 * @mutual_user: the name the target must give
 * @mutual_secret_file: its secret
 * @deadline: by then the secrets must have come; 0: however long that takes
 */
struct cred_source {
	const char *user;
	const char *secret_file;
	const char *mutual_user;
	const char *mutual_secret_file;
	deadline_t deadline;
};

/** cred_user() - is @name one that CHAP can carry? 0 or -1 with @e */
int cred_user(const char *name, struct err *e);

/** cred_complete() - does @s have all that goes together? @dashes, "--" or "", come before keys */
int cred_complete(const struct cred_source *s, const char *dashes, struct err *e);

/**
 * cred_read() - read the secrets of @s
 * @s: the source
 * @settings: has the algorithms
 * @dashes: "--" or "", come before the key that an error names
 * @cred: filled, and kept out of swap; the caller wipes it
 * @e: says why when -1 is returned
 */
int cred_read(const struct cred_source *s, const struct settings *settings, const char *dashes,
	      struct kiscsi_chap_cred *cred, struct err *e);

#endif
