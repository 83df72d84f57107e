// SPDX-License-Identifier: GPL-2.0
/*
 * Driving kernel/proto/login.c over a socket.
 */
#include <stdlib.h>
#include <unistd.h>

#include "crypto.h"
#include "leading.h"
#include "progress.h"

#define LOGIN_ITT	1
#define LOGOUT_ITT	2
#define LOGOUT_MS	2000

/* did the target refuse while CHAP was under way, without a word why? */
static bool refused_in_chap(const struct leading *l, const struct leading_config *c)
{
	return l->login.status_class == KISCSI_LOGIN_INITIATOR_ERR && !l->login.status_detail &&
	       c->cred->user[0] && l->login.csg == KISCSI_STAGE_SECURITY;
}

/* the status of a login that the target refused, by its Status-Class and Status-Detail */
static enum status status_of(const struct leading *l, const struct leading_config *c)
{
	if (refused_in_chap(l, c))
		return ST_AUTH;
	if (l->login.status_class != KISCSI_LOGIN_INITIATOR_ERR)
		return ST_FAILED;
	switch (l->login.status_detail) {
	case 1:		/* authentication failure */
	case 2:		/* authorization failure */
		return ST_AUTH;
	case 3:		/* not found */
		return ST_NO_MATCH;
	default:
		return ST_FAILED;
	}
}

static void configure(struct kiscsi_login_config *cfg, const struct leading_config *c)
{
	memset(cfg, 0, sizeof(*cfg));
	cfg->initiator_name = c->settings->initiator_name;
	cfg->target_name = c->target_name;
	cfg->offer = c->offer;
	cfg->cred = c->cred;
	cfg->crypto = &crypto;
	memcpy(cfg->isid, c->isid, sizeof(cfg->isid));
	cfg->itt = LOGIN_ITT;
	cfg->cmdsn = c->settings->initial_cmdsn;
}

/* Login Requests out and Login Responses in, until login.c has come to an end */
static int exchange(struct leading *l, const struct kiscsi_login_config *cfg, deadline_t deadline,
		    enum kiscsi_login_result *result, struct err *e)
{
	u8 segment[KISCSI_LOGIN_DSL];
	int r = 0;

	*result = kiscsi_login_start(&l->login, cfg);
	while (*result == KISCSI_LOGIN_SEND) {
		struct kiscsi_bhs bhs;
		const void *data;
		u32 len;

		kiscsi_login_request(&l->login, &bhs, &data, &len);
		r = net_send(l->fd, &bhs, data, len, deadline, e);
		if (!r)
			r = net_recv(l->fd, &bhs, segment, sizeof(segment), &len, deadline, e);
		if (r)
			break;
		*result = kiscsi_login_feed(&l->login, &bhs, segment, len);
	}
	explicit_bzero(segment, sizeof(segment));
	return r;
}

/* does the answer to a first request that offers CHAP choose it? */
static bool chooses_chap(struct leading *l, const struct kiscsi_login_config *cfg, int fd,
			 deadline_t deadline)
{
	u8 segment[KISCSI_LOGIN_DSL];
	struct kiscsi_text text = { .buf = (char *)segment, .size = sizeof(segment) };
	const char *key, *value;
	struct kiscsi_bhs bhs;
	const void *data;
	struct err e;
	u32 pos = 0;

	if (kiscsi_login_start(&l->login, cfg) != KISCSI_LOGIN_SEND)
		return false;
	kiscsi_login_request(&l->login, &bhs, &data, &text.len);
	if (net_send(fd, &bhs, data, text.len, deadline, &e) ||
	    net_recv(fd, &bhs, segment, sizeof(segment), &text.len, deadline, &e) ||
	    KISCSI_OPCODE(bhs.opcode) != KISCSI_OP_LOGIN_RSP)
		return false;
	while (kiscsi_text_next(&text, &pos, &key, &value) == 1) {
		if (!strcmp(key, "AuthMethod"))
			return !strcmp(value, "CHAP");
	}
	return false;
}

/*
 * Some targets just hang up on who offers no authentication where they want it. Whether that was
 * the reason shows when CHAP is offered: nothing is sent in it, and the login goes no further.
 */
static bool wants_chap(struct leading *l, const struct leading_config *c, const struct address *to,
		       deadline_t deadline)
{
	struct kiscsi_chap_cred cred = {
		.user = "-", .secret_len = KISCSI_CHAP_SECRET_MIN,
		.algs = { KISCSI_CHAP_MD5 }, .algs_count = 1,
	};
	struct leading_config offering = *c;
	struct kiscsi_login_config cfg;
	struct err e;
	bool chap;
	int fd;

	fd = net_connect(to, c->settings, deadline, &e);
	if (fd < 0)
		return false;
	offering.cred = &cred;
	configure(&cfg, &offering);
	chap = chooses_chap(l, &cfg, fd, deadline);
	kiscsi_login_wipe(&l->login);
	close(fd);
	return chap;
}

/* connect and log in at @to: 0 logged in, 1 redirected (socket closed), -1 with @e */
static int attempt(struct leading *l, const struct leading_config *c, const struct address *to,
		   deadline_t deadline, struct err *e)
{
	enum kiscsi_login_result result;
	struct kiscsi_login_config cfg;
	char text[ADDRESS_TEXT_MAX];

	progress("waiting for %s", address_text(to, text));
	l->fd = net_connect(to, c->settings, deadline, e);
	if (l->fd < 0)
		return -1;
	configure(&cfg, c);
	if (exchange(l, &cfg, deadline, &result, e)) {
		bool hung_up = e->code == ECONNRESET && l->login.requests == 1;

		if (hung_up && !c->cred->user[0] && wants_chap(l, c, to, deadline))
			err_set(e, ST_AUTH, "the target wants CHAP: give --chap-user and --chap-secret-file");
		else
			err_where(e, "login");
		goto err_close;
	}
	l->login.cfg = NULL;
	l->peer = *to;
	switch (result) {
	case KISCSI_LOGIN_DONE:
		return 0;
	case KISCSI_LOGIN_REDIRECTED:
		close(l->fd);
		l->fd = -1;
		return 1;
	case KISCSI_LOGIN_REFUSED:
		/* targets that know no better than MD5 trip over a list, or take 7 for SHA1 */
		err_set(e, status_of(l, c), "%s%s", l->login.error,
			refused_in_chap(l, c) && c->cred->algs_count > 1
				? "; an old target may want --set chap-algorithms=md5" : "");
		break;
	case KISCSI_LOGIN_AUTH:
		err_set(e, ST_AUTH, "%s", l->login.error);
		break;
	default:
		err_set(e, ST_FAILED, "login: %s", l->login.error);
		break;
	}
err_close:
	close(l->fd);
	l->fd = -1;
	return -1;
}

/* the addresses of the redirection in l->login */
static int redirect_addresses(struct leading *l, struct address_list *to, deadline_t deadline,
			      struct err *e)
{
	struct portal p;
	const char *why = "no TargetAddress given";

	if (l->login.redirect_given)
		why = portal_parse_address(&p, l->login.redirect);
	if (why)
		return err_set(e, ST_FAILED, "redirected to \"%s\": %s", l->login.redirect, why);
	to->count = 0;
	if (portal_resolve(&p, to, &l->peer, deadline, e))
		return err_where(e, "redirected to \"%s\"", l->login.redirect);
	for (unsigned int i = 0; i < to->count; i++) {
		if (address_unspecified(&to->v[i]))
			return err_set(e, ST_FAILED, "redirected to %s, which no one can reach",
				       l->login.redirect);
	}
	return 0;
}

/* try the addresses of one redirection in turn, each with its share of the time */
static int attempt_any(struct leading *l, const struct leading_config *c,
		       const struct address_list *list, deadline_t deadline, struct err *e)
{
	struct err all = { 0 };

	for (unsigned int i = 0; i < list->count; i++) {
		int share = clock_left(deadline) / (int)(list->count - i);
		char text[ADDRESS_TEXT_MAX];
		struct err one;
		int r = attempt(l, c, &list->v[i], clock_in(share), &one);

		if (r >= 0)
			return r;
		err_where(&one, "redirected to %s", address_text(&list->v[i], text));
		err_join(&all, &one);
	}
	*e = all;
	return -1;
}

static int follow(struct leading *l, const struct leading_config *c, const struct address *first,
		  deadline_t deadline, struct err *e)
{
	struct address_list seen = { .count = 1, .v = { *first } };
	struct address_list to;
	bool permanent = true;
	int r = 1;

	for (int hop = 0; r == 1; hop++) {
		if (hop == REDIRECTS_MAX)
			return err_set(e, ST_FAILED, "redirected more than %d times in a row, last to %s",
				       REDIRECTS_MAX, l->login.redirect);
		permanent = permanent && l->login.permanent;
		if (redirect_addresses(l, &to, deadline, e))
			return -1;
		if (to.count && address_in(&seen, &to.v[0]))
			return err_set(e, ST_FAILED, "redirected in a circle, back to %s",
				       l->login.redirect);
		for (unsigned int i = 0; i < to.count; i++)
			address_add(&seen, &to.v[i]);
		r = attempt_any(l, c, &to, deadline, e);
		if (!r && permanent)
			l->portal = l->peer;
	}
	return r;
}

static int login_at(struct leading *l, const struct leading_config *c, const struct address *to,
		    deadline_t deadline, struct err *e)
{
	int r = attempt(l, c, to, deadline, e);

	l->portal = *to;
	return r == 1 ? follow(l, c, to, deadline, e) : r;
}

int leading_login(struct leading *l, const struct leading_config *c,
		  const struct address_list *portals, deadline_t deadline, struct err *e)
{
	int limit = (int)c->settings->timers.login_timeout * 1000;
	struct err all = { 0 };

	for (unsigned int i = 0; i < portals->count; i++) {
		int share = clock_left(deadline) / (int)(portals->count - i);
		char text[ADDRESS_TEXT_MAX];
		struct err one;

		if (share > limit)
			share = limit;
		if (!login_at(l, c, &portals->v[i], clock_in(share), &one)) {
			if (all.text[0])
				err_warn("passed over: %s", all.text);
			return 0;
		}
		err_where(&one, "%s", address_text(&portals->v[i], text));
		err_join(&all, &one);
		if (clock_stopped())
			break;
	}
	if (!all.text[0])
		err_set(&all, ST_UNREACHABLE, "no address to connect to");
	*e = all;
	return -1;
}

/* the rest of what the target sends is of no interest, but its answer means it has closed up */
static void await_logout(int fd, deadline_t deadline)
{
	struct kiscsi_bhs bhs;
	u8 segment[KISCSI_LOGIN_DSL];
	struct err e;
	u32 len;

	while (!net_recv(fd, &bhs, segment, sizeof(segment), &len, deadline, &e)) {
		if (KISCSI_OPCODE(bhs.opcode) == KISCSI_OP_LOGOUT_RSP)
			return;
	}
}

void leading_logout(struct leading *l)
{
	const struct kiscsi_params *p = &l->login.params;
	struct kiscsi_logout_req req = {
		.opcode = KISCSI_OP_LOGOUT | KISCSI_IMMEDIATE,
		.flags = KISCSI_FLAG_FINAL | KISCSI_LOGOUT_SESSION,
		.itt = cpu_to_be32(LOGOUT_ITT),
		.cmdsn = cpu_to_be32(l->login.cmdsn),
		.expstatsn = cpu_to_be32(l->login.statsn),
	};
	deadline_t deadline = clock_in(LOGOUT_MS);
	struct err e;

	if (l->fd < 0)
		return;
	/* with digests we only hang up: no error recovery level 0 session outlives that */
	if (p->header_digest == KISCSI_DIGEST_NONE && p->data_digest == KISCSI_DIGEST_NONE &&
	    !net_send(l->fd, (struct kiscsi_bhs *)&req, NULL, 0, deadline, &e))
		await_logout(l->fd, deadline);
	close(l->fd);
	l->fd = -1;
}

struct leading *leading_new(void)
{
	struct leading *l = calloc(1, sizeof(*l));

	if (l)
		l->fd = -1;
	return l;
}

void leading_free(struct leading *l)
{
	if (!l)
		return;
	if (l->fd >= 0)
		close(l->fd);
	kiscsi_login_wipe(&l->login);
	free(l);
}
