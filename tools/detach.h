/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The end of sessions whose disks nobody uses any more.
 */
#ifndef KISCSI_TOOLS_DETACH_H
#define KISCSI_TOOLS_DETACH_H

#include "session.h"

/**
 * detach_report - called once for each session of a list
 * @arg: the caller's
 * @s: the session
 * @e: why it is not gone, NULL: it is
 */
typedef void (*detach_report)(void *arg, const struct session *s, const struct err *e);

/**
 * detach() - ask for the end of each session of @list, then wait for all of them together
 * @nl: the module
 * @events: its events
 * @list: the sessions; their states are changed
 * @force: whatever uses their disks, and whether or not the target answers
 * @deadline: for all of it
 * @report: told of each
 * @arg: for @report
 */
void detach(struct nl *nl, struct nl *events, struct sessions *list, bool force, deadline_t deadline,
	    detach_report report, void *arg);

#endif
