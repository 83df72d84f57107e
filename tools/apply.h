/* SPDX-License-Identifier: GPL-2.0 */
/*
 * From what is wanted and what is there to what is to be done. Nothing is done here.
 */
#ifndef KISCSI_TOOLS_APPLY_H
#define KISCSI_TOOLS_APPLY_H

#include "config.h"
#include "session.h"

#define APPLY_TEXT_MAX 768

/**
 * enum apply_kind - what is to be done
 * @APPLY_SAME: nothing, the session is what the file says
 * @APPLY_LOGIN: log in
 * @APPLY_CHANGE: change timers of the session
 * @APPLY_CREDENTIALS: give the session others to log in with; in no plan, since the kernel does not tell what it has
 * @APPLY_DIFFERS: nothing can be done while the session lives; it is to be named
 * @APPLY_LOGOUT: log out what the file does not have
 * @APPLY_UNLISTED: the same, but nobody asked for that
 */
enum apply_kind {
	APPLY_SAME,
	APPLY_LOGIN,
	APPLY_CHANGE,
	APPLY_CREDENTIALS,
	APPLY_DIFFERS,
	APPLY_LOGOUT,
	APPLY_UNLISTED,
};

/**
 * struct apply_action - one thing to do
 * @kind: which
 * @target: as the file wants it, NULL: the file does not have it
 * @session: as it is, NULL: there is none
 * @text: what changes or differs, for a person
 */
struct apply_action {
	enum apply_kind kind;
	const struct config_target *target;
	const struct session *session;
	char text[APPLY_TEXT_MAX];
};

/**
 * struct apply_state - how things are
 * @config: what is wanted; every target has an initiator name
 * @netns: by target, the number of its network namespace, 0: there is no such; see apply_look()
 * @own_netns: the number of ours
 * @present: the sessions there are
 * @prune: sessions that the file does not have are to go
 */
struct apply_state {
	const struct config *config;
	u64 *netns;
	u64 own_netns;
	const struct sessions *present;
	bool prune;
};

/** struct apply_plan - in the order in which to do it */
struct apply_plan {
	struct apply_action *v;
	unsigned int count;
};

/**
 * apply_look() - what the plan needs to know of this host
 * @s: ->netns and ->own_netns are set; the caller frees ->netns
 * @c: becomes ->config; targets without an initiator name get the one that a login would find
 * @e: says why when -1 is returned
 */
int apply_look(struct apply_state *s, struct config *c, struct err *e);

/**
 * apply_plan() - what makes the sessions be what the file says
 * @plan: filled; the caller frees it. It points into @s.
 * @s: how things are
 * @e: says why when -1 is returned
 *
 * A session belongs to a section if it has its target and namespace, and one of its portals where
 * several sections have those. Sessions in namespaces that are neither ours nor in the file are
 * somebody else's. A recovery-tmo that the file does not give is left: multipathd sets it as well.
 */
int apply_plan(struct apply_plan *plan, const struct apply_state *s, struct err *e);

/** apply_free() - free what @plan holds */
void apply_free(struct apply_plan *plan);

#endif
