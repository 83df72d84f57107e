// SPDX-License-Identifier: GPL-2.0
/*
 * CHAP credentials from their files.
 */
#include "cred.h"
#include "secret.h"

int cred_user(const char *name, struct err *e)
{
	if (*name && strlen(name) <= KISCSI_CHAP_NAME_MAX)
		return 0;
	return err_set(e, ST_USAGE, "\"%.300s\": want a name of 1 to %d bytes", name, KISCSI_CHAP_NAME_MAX);
}

static int missing(const char *dashes, const char *key, const char *wants, struct err *e)
{
	return err_set(e, ST_USAGE, "%s%s wants %s%s as well", dashes, key, dashes, wants);
}

int cred_complete(const struct cred_source *s, const char *dashes, struct err *e)
{
	if (s->user && !s->secret_file)
		return missing(dashes, "chap-user", "chap-secret-file", e);
	if (s->secret_file && !s->user)
		return missing(dashes, "chap-secret-file", "chap-user", e);
	if (s->mutual_user && !s->mutual_secret_file)
		return missing(dashes, "mutual-user", "mutual-secret-file", e);
	if (s->mutual_secret_file && !s->user)
		return missing(dashes, "mutual-secret-file", "chap-user", e);
	return 0;
}

int cred_read(const struct cred_source *s, const struct settings *settings, const char *dashes,
	      struct kiscsi_chap_cred *cred, struct err *e)
{
	deadline_t deadline = s->deadline ? s->deadline : CLOCK_NEVER;
	const char *why;

	memset(cred, 0, sizeof(*cred));
	/* whoever filled @s has looked already: this is for the copies below */
	if (s->user && cred_user(s->user, e))
		return err_where(e, "%schap-user", dashes);
	if (s->mutual_user && cred_user(s->mutual_user, e))
		return err_where(e, "%smutual-user", dashes);
	memcpy(cred->algs, settings->chap_algs, settings->chap_algs_count);
	cred->algs_count = settings->chap_algs_count;
	if (!s->user)
		return 0;
	secret_protect(cred, sizeof(*cred));
	strcpy(cred->user, s->user);
	if (s->mutual_user)
		strcpy(cred->mutual_user, s->mutual_user);
	if (secret_read(s->secret_file, deadline, cred->secret, &cred->secret_len, e))
		return err_where(e, "%schap-secret-file", dashes);
	if (s->mutual_secret_file &&
	    secret_read(s->mutual_secret_file, deadline, cred->mutual_secret, &cred->mutual_secret_len, e))
		return err_where(e, "%smutual-secret-file", dashes);
	why = kiscsi_chap_check(cred);
	return why ? err_set(e, ST_FAILED, "CHAP: %s", why) : 0;
}
