/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The leading connection: connect to one of several portals and log in there, following
 * redirections. Also the connection of a discovery session.
 */
#ifndef KISCSI_TOOLS_LEADING_H
#define KISCSI_TOOLS_LEADING_H

#include "../kernel/proto/login.h"
#include "net.h"
#include "settings.h"

/* redirections in a row, after which a target is taken to lead us in a circle */
#define REDIRECTS_MAX 8

/**
 * struct leading_config - what to log in as; the caller's, unchanged
 * @settings: initiator name, source, timeouts
 * @offer: operational keys, of @settings or those of a discovery session
 * @cred: CHAP credentials, or no user
 * @target_name: NULL for a discovery session
 * @isid: of the session
 */
struct leading_config {
	const struct settings *settings;
	const struct kiscsi_offer *offer;
	const struct kiscsi_chap_cred *cred;
	const char *target_name;
	u8 isid[6];
};

/**
 * struct leading - the connection once it is logged in
 * @fd: the socket, at the first byte after the final Login Response; -1: none
 * @login: what came of the login
 * @portal: of the portals given the one that led here; after a permanent redirection where it led
 * @peer: who is at the other end
 */
struct leading {
	int fd;
	struct kiscsi_login login;
	struct address portal;
	struct address peer;
};

/** leading_new() - NULL without memory */
struct leading *leading_new(void);

/** leading_free() - close the socket if there is one, wipe and free */
void leading_free(struct leading *l);

/**
 * leading_login() - log in at the first of @portals that lets us
 *
 * Each is given its share of the time there is, at most the login timeout. A warning tells of those
 * that did not; when none does, @e tells the reason of each.
 */
int leading_login(struct leading *l, const struct leading_config *c,
		  const struct address_list *portals, deadline_t deadline, struct err *e);

/** leading_logout() - end the session in order, if that can be done in a moment, and close */
void leading_logout(struct leading *l);

#endif
