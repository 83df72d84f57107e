/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Network namespaces: inode numbers, as the kernel tells them, and the names that ip-netns(8) gives.
 */
#ifndef KISCSI_TOOLS_NETNS_H
#define KISCSI_TOOLS_NETNS_H

#include "../kernel/proto/env.h"

#define NETNS_NAME_MAX 256

/** netns_own() - inode number of the namespace we are in, 0 if that cannot be known */
u64 netns_own(void);

/** netns_name() - the name of namespace @inode, in @out; empty if it has none; returns @out */
const char *netns_name(u64 inode, char out[NETNS_NAME_MAX]);

#endif
