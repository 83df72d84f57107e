// SPDX-License-Identifier: GPL-2.0
/*
 * Names of network namespaces.
 */
#include <stdlib.h>
#include <unistd.h>

#define NETNS_DIR test_dir
static char test_dir[64];

#include "../../tools/netns.c"
#include "unit.h"

static void make(char *path, size_t size, const char *name, const char *target)
{
	snprintf(path, size, "%s/%s", test_dir, name);
	EQ(symlink(target, path), 0);
}

static void names(void)
{
	char name[NETNS_NAME_MAX], a[128], b[128];
	struct err e;

	YES(netns_own() > 0);
	strcpy(test_dir, "/nonexistent");
	STR(netns_name(netns_own(), name), "");
	strcpy(test_dir, "/tmp/kiscsi-netns-XXXXXX");
	YES(mkdtemp(test_dir) != NULL);
	STR(netns_name(netns_own(), name), "");
	/* a file elsewhere is none, whatever its inode number */
	make(a, sizeof(a), "other", "/proc/self/status");
	STR(netns_name(netns_own(), name), "");
	make(b, sizeof(b), "mine", "/proc/self/ns/net");
	STR(netns_name(netns_own(), name), "mine");
	STR(netns_name(netns_own() + 1, name), "");
	EQ(netns_number("mine"), netns_own());
	EQ(netns_number("nobody"), 0);
	EQ(netns_enter("nobody", &e), -1);
	HAS(e.text, "netns nobody: /tmp/kiscsi-netns-");
	YES(netns_name_ok("mine"));
	NO(netns_name_ok(""));
	NO(netns_name_ok(".."));
	NO(netns_name_ok("a/b"));
	unlink(a);
	unlink(b);
	rmdir(test_dir);
}

UNIT_SUITE(tools_netns, { "names", names })
