// SPDX-License-Identifier: GPL-2.0
/*
 * rtnetlink, in a network namespace of its own.
 */
#include <ifaddrs.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../tools/rtnl.c"
#include "unit.h"

static bool lo_has(const char *text)
{
	struct address wanted, got;
	struct ifaddrs *list, *i;
	bool found = false;

	address_numeric(&wanted, text);
	if (getifaddrs(&list))
		return false;
	for (i = list; i; i = i->ifa_next) {
		if (i->ifa_addr && i->ifa_addr->sa_family == wanted.sa.sa_family && i->ifa_flags & IFF_UP &&
		    !address_take(&got, i->ifa_addr, wanted.len))
			found = found || address_same(&got, &wanted);
	}
	freeifaddrs(list);
	return found;
}

/* the number of the first thing that is not as it should be, 0: all is */
static int in_namespace(void)
{
	unsigned int lo = if_nametoindex("lo");
	struct address v4, v6;
	struct err e;

	address_numeric(&v4, "192.0.2.5");
	address_numeric(&v6, "2001:db8::5");
	if (rtnl_link_up(lo, &e) || rtnl_address_add(lo, &v4, 24, &e) || rtnl_address_add(lo, &v6, 64, &e))
		return 1;
	if (!lo_has("192.0.2.5") || !lo_has("2001:db8::5"))
		return 2;
	if (rtnl_address_add(lo, &v4, 24, &e))
		return 3;
	if (!rtnl_link_up(lo + 1000, &e) || strncmp(e.text, "bringing the link up: ", 22))
		return 4;
	if (!rtnl_address_add(lo, &v4, 33, &e))
		return 5;
	/* nobody is in its network */
	address_numeric(&v4, "198.51.100.1");
	return rtnl_route_add(lo, &v4, &e) ? 0 : 6;
}

static void requests(void)
{
	pid_t pid = fork();
	int status;

	if (!pid)
		_exit(unshare(CLONE_NEWNET) && unshare(CLONE_NEWUSER | CLONE_NEWNET) ? 100 : in_namespace());
	EQ(waitpid(pid, &status, 0), pid);
	YES(WIFEXITED(status));
	EQ(WEXITSTATUS(status), 0);
}

UNIT_SUITE(tools_rtnl, { "requests", requests })
