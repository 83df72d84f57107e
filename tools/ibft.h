/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The iSCSI boot firmware table (iBFT): what iPXE, a UEFI or a NIC's ROM has booted from, as the kernel
 * module iscsi_ibft shows it in sysfs.
 */
#ifndef KISCSI_TOOLS_IBFT_H
#define KISCSI_TOOLS_IBFT_H

#include "boot.h"
#include "problem.h"
#include "targets.h"

#define IBFT_DIR	"/sys/firmware/ibft"
#define IBFT_NICS_MAX	8

/**
 * struct ibft_nic - one network interface, as the firmware had it
 * @index: its number in the table
 * @mac: its address
 * @address: what it had, len 0: nothing
 * @prefix: bits of the network
 * @gateway: len 0: none
 * @dns: len 0: none
 * @vlan: 0: none
 * @dhcp: @address came from DHCP
 */
struct ibft_nic {
	unsigned int index;
	u8 mac[6];
	struct address address;
	unsigned int prefix;
	struct address gateway;
	struct address dns[2];
	u16 vlan;
	bool dhcp;
};

struct ibft_nics {
	struct ibft_nic v[IBFT_NICS_MAX];
	unsigned int count;
};

/** ibft_nics() - the interfaces of the table in @dir; @p gets what is wrong with it */
void ibft_nics(const char *dir, struct ibft_nics *nics, struct problems *p);

/**
 * ibft_targets() - its targets and the initiator name, into @b
 * @dir: the table
 * @b: what is wanted
 * @zone: name of the interface with that number in the table, for link-local addresses; NULL: none here
 * @arg: for @zone
 * @p: gets what is wrong
 */
void ibft_targets(const char *dir, struct boot *b, const char *(*zone)(void *arg, unsigned int index), void *arg,
		  struct problems *p);

/**
 * ibft_report() - the same targets as a report, without the credentials that the table has for them
 * @dir: the table
 * @t: gets the targets, each once, with all its addresses
 * @zone: as for ibft_targets()
 * @arg: for @zone
 * @p: gets what is wrong
 * @e: says why when -1 is returned
 */
int ibft_report(const char *dir, struct targets *t, const char *(*zone)(void *arg, unsigned int index), void *arg,
		struct problems *p, struct err *e);

#endif
