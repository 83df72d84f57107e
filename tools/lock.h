/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One login to a target at a time. Two at once would both find no session there, log in under the
 * same ISID, and the target would take the second for the successor of the first.
 */
#ifndef KISCSI_TOOLS_LOCK_H
#define KISCSI_TOOLS_LOCK_H

#include "clock.h"
#include "err.h"

/**
 * lock_target() - wait until no other login to @target is under way in this network namespace
 *
 * Return: a descriptor whose end is the end of the lock; -1 with @e when that took too long or was
 * interrupted; -2 where locks cannot be had (no writable /run), which is no reason not to log in.
 */
int lock_target(const char *target, deadline_t deadline, struct err *e);

/** lock_apply() - the same for "kiscsi apply", one at a time on this host */
int lock_apply(deadline_t deadline, struct err *e);

#endif
