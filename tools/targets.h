/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Targets and where they are, as a portal or a name server reports them.
 */
#ifndef KISCSI_TOOLS_TARGETS_H
#define KISCSI_TOOLS_TARGETS_H

#include "portal.h"

#define TARGETS_MAX		8192
#define TARGET_PORTALS_MAX	256
/* of an iSCSI name, in bytes */
#define TARGET_NAME_MAX		223

/**
 * struct target - one target of a report
 * @name: as the target sent it, 1 to 223 bytes, any bytes
 * @portals: its addresses with their portal group tags
 * @count: how many
 */
struct target {
	char name[TARGET_NAME_MAX + 1];
	struct portal *portals;
	unsigned int count;
};

/**
 * struct targets - a report
 * @v: the targets
 * @count: how many
 * @bad: TargetAddresses that could not be understood and were passed over
 * @first_bad: the first of them and what is wrong with it
 */
struct targets {
	struct target *v;
	unsigned int count;
	unsigned int bad;
	char first_bad[384];
};

/** targets_add() - @current: the target of that @name, added if need be; 0 or -1 with @e */
int targets_add(struct targets *t, const char *name, struct target **current, struct err *e);

/** target_add_portal() - one more address of @t, unless it has it: 0 or -1 with @e */
int target_add_portal(struct target *t, const struct portal *p, struct err *e);

/** targets_free() - free what @t holds */
void targets_free(struct targets *t);

#endif
