/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who uses a disk: what would lose data or hang if it went away now.
 */
#ifndef KISCSI_TOOLS_BUSY_H
#define KISCSI_TOOLS_BUSY_H

#include "sysfs.h"

#define BUSY_TEXT_MAX 768

/**
 * busy_check() - is any of @luns mounted, held, swapped on or open?
 * @luns: the LUNs of one session or of several
 * @probe: also ask the block layer, by an exclusive open; only of disks that answer
 * @text: BUSY_TEXT_MAX bytes: by what, "; " between
 *
 * Partitions and what is built upon a disk (device mapper, md) count as the disk. Mounts are seen in
 * every mount namespace, and openers of every process, as far as the caller may look.
 */
bool busy_check(const struct luns *luns, bool probe, char *text);

/**
 * busy_mount_line() - take a line of mountinfo apart, in place
 * @line: NUL-terminated
 * @dev: set to the device number
 * @where: set to the mount point, unescaped
 * @source: set to the mount source, unescaped
 *
 * Return: false if it is no such line.
 */
bool busy_mount_line(char *line, dev_t *dev, char **where, char **source);

/** busy_unescape() - undo the kernel's \ooo, in place; returns @s */
char *busy_unescape(char *s);

#endif
