/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A little of rtnetlink, by libmnl: what a network interface needs to be of use.
 */
#ifndef KISCSI_TOOLS_RTNL_H
#define KISCSI_TOOLS_RTNL_H

#include "portal.h"

/** rtnl_link_up() - 0, or -1 with @e */
int rtnl_link_up(unsigned int index, struct err *e);

/** rtnl_vlan_add() - an interface @name for VLAN @id of @link, unless there is one: 0 or -1 with @e */
int rtnl_vlan_add(unsigned int link, const char *name, u16 id, struct err *e);

/** rtnl_address_add() - give @index the address @a with @prefix bits of network, if it lacks it: 0 or -1 with @e */
int rtnl_address_add(unsigned int index, const struct address *a, unsigned int prefix, struct err *e);

/** rtnl_route_add() - the default route by @gateway, if there is none: 0 or -1 with @e */
int rtnl_route_add(unsigned int index, const struct address *gateway, struct err *e);

#endif
