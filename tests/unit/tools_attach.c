// SPDX-License-Identifier: GPL-2.0
/*
 * Attaching, as far as it goes without a kernel module.
 */
#include "../../tools/attach.c"
#include "unit.h"

/* whoever would go on with the next login, or the same again, is still told that it is over */
static void undone(void)
{
	/* a kernel that refuses everything */
	struct attach a = { .nl.sock = mnl_socket_open(NETLINK_USERSOCK) };

	unit_stop(true);
	undo(&a, 1);
	YES(clock_stopped());
	EQ(clock_sleep(10000, clock_in(10000)), -EINTR);
	unit_stop(false);
	undo(&a, 1);
	NO(clock_stopped());
	attach_close(&a);
}

UNIT_SUITE(tools_attach, { "a session undone", undone })
