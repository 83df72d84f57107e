/* SPDX-License-Identifier: GPL-2.0 */
/*
 * From a target's name to its LUNs in /dev: log in, hand over, wait. What fails half-way is undone.
 */
#ifndef KISCSI_TOOLS_ATTACH_H
#define KISCSI_TOOLS_ATTACH_H

#include "leading.h"
#include "session.h"
#include "sysfs.h"

/**
 * struct attach - the surroundings of a login
 * @nl: the module
 * @events: its events, once somebody listens
 * @settings: as what and how to log in
 * @cred: credentials
 * @per_portal: a session for each portal, also to one portal group: a path each for multipath
 */
struct attach {
	struct nl nl;
	struct nl events;
	const struct settings *settings;
	const struct kiscsi_chap_cred *cred;
	bool per_portal;
};

/**
 * struct candidates - where a target may be found
 * @list: addresses, in order of preference
 * @tpgt: portal group tag of each, TPGT_UNKNOWN where nobody said
 */
struct candidates {
	struct address_list list;
	int tpgt[ADDRESSES_MAX];
};

/** candidate_add() - append @a unless it is there already */
void candidate_add(struct candidates *c, const struct address *a, int tpgt);

/** attach_open() - connect to the module, loading it if need be, for somebody who may use it */
int attach_open(struct attach *a, const struct settings *settings,
		const struct kiscsi_chap_cred *cred, struct err *e);

/** attach_listen() - have events from now on, if there are none yet: 0 or -1 with @e */
int attach_listen(struct attach *a, struct err *e);

/** attach_close() - the end of attach_open() */
void attach_close(struct attach *a);

/**
 * attach() - attach the LUNs of @target
 * @a: the surroundings
 * @target: its name
 * @candidates: where to find it
 * @deadline: for all of it
 * @s: filled with the session; the caller frees it
 * @luns: filled with the LUNs; the caller frees them
 * @e: says why when -1 is returned; status ST_EXISTS: there is such a session
 */
int attach(struct attach *a, const char *target, const struct candidates *candidates,
	   deadline_t deadline, struct session *s, struct luns *luns, struct err *e);

/**
 * attach_apart() - attach() in a process of a crew, which has sockets of its own
 * @like: its settings, credentials and @per_portal count
 */
int attach_apart(const struct attach *like, const char *target, const struct candidates *candidates,
		 deadline_t deadline, struct session *s, struct luns *luns, struct err *e);

/** attach_config() - as what to log in to @target, for attach() and for a login without attaching */
void attach_config(struct leading_config *c, const struct settings *settings,
		   const struct kiscsi_chap_cred *cred, const char *target);

#endif
