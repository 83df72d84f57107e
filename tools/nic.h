/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Network interfaces: found by their address, and brought up where the initramfs has not done so, as the
 * firmware's table says.
 */
#ifndef KISCSI_TOOLS_NIC_H
#define KISCSI_TOOLS_NIC_H

#include <net/if.h>

#include "ibft.h"

/** nic_find() - the name of the interface with the Ethernet address @mac, none that is on top of another: 0 or -1 */
int nic_find(const u8 mac[6], char name[IF_NAMESIZE]);

/** nic_zone() - for ibft_targets(): which interface is number @index of @arg, the struct ibft_nics of the same table? */
const char *nic_zone(void *arg, unsigned int index);

/** nic_of_address() - the interface that has @a: 0 or -1 */
int nic_of_address(const struct address *a, char name[IF_NAMESIZE]);

/** nic_has_address() - has @name, NULL: any but lo, an address that reaches further than the link? */
bool nic_has_address(const char *name);

/**
 * nic_up() - bring up the interface of @nic unless it has an address
 * @nic: as the firmware had it
 * @deadline: for DHCP
 * @e: says why when -1 is returned
 *
 * The VLAN is made if there is one. Where the firmware asked DHCP so does the initramfs' own client, if
 * there is one and it gets an answer; else the interface gets what the firmware got.
 */
int nic_up(const struct ibft_nic *nic, deadline_t deadline, struct err *e);

#endif
