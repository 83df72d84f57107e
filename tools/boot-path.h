/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One way to a target while the system boots: tried again until it works, cannot work, or time is up.
 */
#ifndef KISCSI_TOOLS_BOOT_PATH_H
#define KISCSI_TOOLS_BOOT_PATH_H

#include "boot.h"

/* names in /dev, with blanks between */
#define BOOT_DEVICES_MAX 2048
/* a file for each network interface that a session made here uses: it must stay up */
#define BOOT_INTERFACES "/run/kiscsi/boot"

/**
 * struct boot_path - what to do; the caller's
 * @boot: all that is wanted
 * @defaults: the configuration
 * @target: of @boot, which this is a way to
 * @portal: of @target, the one to try first
 * @several: there are other ways; this one must not keep them waiting
 * @deadline: when to give up
 */
struct boot_path {
	const struct boot *boot;
	const struct config *defaults;
	const struct boot_target *target;
	unsigned int portal;
	bool several;
	deadline_t deadline;
};

/**
 * struct boot_result - what came of it
 * @path: its number, for the caller
 * @up: there is a session
 * @e: why not
 * @devices: its LUNs; the one that "root=" names first. Empty if the session was there before.
 */
struct boot_result {
	unsigned int path;
	bool up;
	struct err e;
	char devices[BOOT_DEVICES_MAX];
};

/**
 * boot_path() - log in
 * @p: to what
 * @result: filled, but for @path
 *
 * Says on stderr what it is waiting for, now and then. Wants a process of its own.
 */
void boot_path(const struct boot_path *p, struct boot_result *result);

/** boot_path_name() - "iqn... at 192.0.2.1:3260", for a person; returns @out */
char *boot_path_name(const struct boot_path *p, char *out, size_t size);

#endif
