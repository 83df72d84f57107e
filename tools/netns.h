/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Network namespaces: inode numbers, as the kernel tells them, and the names that ip-netns(8) gives.
 */
#ifndef KISCSI_TOOLS_NETNS_H
#define KISCSI_TOOLS_NETNS_H

#include "err.h"

#define NETNS_NAME_MAX 256

/** netns_own() - inode number of the namespace we are in, 0 if that cannot be known */
u64 netns_own(void);

/** netns_name() - the name of namespace @inode, in @out; empty if it has none; returns @out */
const char *netns_name(u64 inode, char out[NETNS_NAME_MAX]);

/** netns_name_ok() - can @name be the name of one? */
bool netns_name_ok(const char *name);

/** netns_number() - inode number of the one called @name, 0 if there is none */
u64 netns_number(const char *name);

/** netns_enter() - have this process work in the one called @name: 0 or -1 with @e */
int netns_enter(const char *name, struct err *e);

/**
 * netns_visit() - have this process work in the one called @name for a while
 * @name: as netns_name() gives it
 * @e: what went wrong
 *
 * Return: what netns_leave() takes to come back, or -1.
 */
int netns_visit(const char *name, struct err *e);

/** netns_leave() - come back from a visit; @home: what netns_visit() gave, closed */
void netns_leave(int home);

#endif
