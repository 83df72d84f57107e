/* SPDX-License-Identifier: GPL-2.0 */
/*
 * LUNs of a SCSI host, and under which names they are in /dev.
 */
#ifndef KISCSI_TOOLS_SYSFS_H
#define KISCSI_TOOLS_SYSFS_H

#include <sys/types.h>

#include "clock.h"
#include "err.h"

/**
 * struct lun - one logical unit
 * @lun: its number
 * @address: "H:C:T:L", as in /sys/bus/scsi/devices
 * @type: SCSI peripheral device type
 * @vendor: from INQUIRY, like @model and @rev; any bytes
 * @state: SCSI device state, "running"
 * @name: of its device node, "sda"; empty: it has none (yet)
 * @generic: of its SCSI generic node, "sg0", or empty
 * @dev: device number of @name
 * @block: @name is a block device
 * @bytes: capacity of a block device
 * @block_size: logical block size, bytes
 */
struct lun {
	u64 lun;
	char address[64];
	u32 type;
	char vendor[16];
	char model[24];
	char rev[12];
	char state[24];
	char name[32];
	char generic[32];
	dev_t dev;
	bool block;
	u64 bytes;
	u32 block_size;
};

struct luns {
	struct lun *v;
	unsigned int count;
};

/** luns_read() - the LUNs SCSI host @host_no has now, by number: 0 or -1 with @e */
int luns_read(u32 host_no, struct luns *list, struct err *e);

/**
 * luns_wait() - read them, when each that will have a node in /dev has it and can be opened: 0 or -1 with @e
 *
 * Where udev runs it is given a few seconds to make links to the nodes.
 */
int luns_wait(u32 host_no, struct luns *list, deadline_t deadline, struct err *e);

/**
 * luns_reread() - have the kernel read each LUN's size and properties again: 0 or -1 with @e
 *
 * That is I/O, and nothing interrupts it: a process of its own does it, which is left to itself at @deadline.
 */
int luns_reread(const struct luns *list, deadline_t deadline, struct err *e);

/** lun_type_name() - "disk", "tape" */
const char *lun_type_name(u32 type);

/** luns_devices() - their names in /dev, with blanks between, as many as fit */
void luns_devices(const struct luns *list, char *out, size_t size);

/** sysfs_read() - first line of the file @path_fmt names, without newline: 0 or -1 */
__printf(3, 4) int sysfs_read(char *out, size_t size, const char *path_fmt, ...);

/** luns_free() - free what @list holds */
void luns_free(struct luns *list);

#endif
