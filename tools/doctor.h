/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is wrong with this host or its sessions, and what to do about it: one line each.
 */
#ifndef KISCSI_TOOLS_DOCTOR_H
#define KISCSI_TOOLS_DOCTOR_H

#include "json.h"
#include "session.h"
#include "sysfs.h"

enum verdict {
	DOCTOR_OK,
	DOCTOR_WARNING,
	DOCTOR_PROBLEM,
};

/**
 * struct doctor - an examination
 * @array: of what was found, for JSON; NULL: print it
 * @problems: how many
 * @portals: those that were looked at, of namespace @netns
 * @netns: inode number
 * @maps: multipath maps that were
 * @map_count: of @maps
 */
struct doctor {
	struct json_object *array;
	unsigned int problems;
	struct address_list portals;
	u64 netns;
	char maps[64][32];
	unsigned int map_count;
};

/**
 * doctor_say() - one finding
 * @d: the examination
 * @verdict: how bad
 * @check: which check, a word
 * @todo: what to do about it, a part of a sentence; NULL: nothing
 * @fmt: what was found
 */
__printf(5, 6) void doctor_say(struct doctor *d, enum verdict verdict, const char *check,
			       const char *todo, const char *fmt, ...);

/** doctor_system() - look at everything but sessions; @loaded: the module answers */
void doctor_system(struct doctor *d, bool loaded);

/** doctor_config() - look at the configuration @path, and at whether the sessions @present are what it says; NULL: unknown */
void doctor_config(struct doctor *d, const char *path, const struct sessions *present);

/** doctor_paths() - look at disk @l of @s as a path of several */
void doctor_paths(struct doctor *d, const struct session *s, const struct lun *l);

/** doctor_session() - look at @s, its portals, and its @luns */
void doctor_session(struct doctor *d, const struct session *s, const struct luns *luns);

#endif
