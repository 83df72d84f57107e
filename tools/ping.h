/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Do packets of a size get to an address whole?
 */
#ifndef KISCSI_TOOLS_PING_H
#define KISCSI_TOOLS_PING_H

#include "portal.h"

/**
 * ping_size() - send an echo request that nobody may cut to pieces and wait for its answer
 * @to: the address; its port does not matter
 * @size: bytes of the whole IP packet, 64 to 65535
 * @deadline: for the answer
 * @e: says why when -1 is returned; e->code EMSGSIZE: too big for the way, by what the kernel knows
 *
 * Return: 1 when answered, 0 when not, -1 when it could not be sent. Needs CAP_NET_RAW.
 */
int ping_size(const struct address *to, unsigned int size, deadline_t deadline, struct err *e);

/** ping_mtu() - bytes of the biggest packet that the interface on the way to @to takes, or -1 with @e */
int ping_mtu(const struct address *to, struct err *e);

#endif
