// SPDX-License-Identifier: GPL-2.0
/*
 * Finding and entering network namespaces.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <sys/stat.h>
#include <unistd.h>

#include "netns.h"

/* where ip-netns(8) and container runtimes mount those that have a name */
#ifndef NETNS_DIR
#define NETNS_DIR "/run/netns"
#endif

u64 netns_own(void)
{
	struct stat st;

	return stat("/proc/self/ns/net", &st) ? 0 : st.st_ino;
}

/* namespaces are all on one file system: an inode number there may be another file's here */
static bool is_netns(int dir, const char *name, u64 inode, dev_t nsfs)
{
	struct stat st;

	return !fstatat(dir, name, &st, 0) && st.st_ino == inode && st.st_dev == nsfs;
}

const char *netns_name(u64 inode, char out[NETNS_NAME_MAX])
{
	DIR *dir = opendir(NETNS_DIR);
	const struct dirent *entry;
	struct stat own;

	out[0] = '\0';
	if (!dir)
		return out;
	if (!stat("/proc/self/ns/net", &own)) {
		while (!out[0] && (entry = readdir(dir))) {
			if (is_netns(dirfd(dir), entry->d_name, inode, own.st_dev))
				snprintf(out, NETNS_NAME_MAX, "%s", entry->d_name);
		}
	}
	closedir(dir);
	return out;
}

bool netns_name_ok(const char *name)
{
	return *name && strlen(name) < NETNS_NAME_MAX && !strchr(name, '/') && strcmp(name, ".") &&
	       strcmp(name, "..");
}

static void path_of(const char *name, char *out, size_t size)
{
	snprintf(out, size, "%s/%s", NETNS_DIR, name);
}

u64 netns_number(const char *name)
{
	char path[PATH_MAX];
	struct stat st;

	path_of(name, path, sizeof(path));
	return stat(path, &st) ? 0 : st.st_ino;
}

int netns_enter(const char *name, struct err *e)
{
	char path[PATH_MAX];
	int fd, r;

	path_of(name, path, sizeof(path));
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_sys(e, ST_FAILED, errno, "netns %s: %s", name, path);
	r = setns(fd, CLONE_NEWNET);
	if (r)
		err_sys(e, ST_FAILED, errno, "netns %s: %s", name, path);
	close(fd);
	return r;
}

int netns_visit(const char *name, struct err *e)
{
	int home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);

	if (home < 0)
		return err_sys(e, ST_FAILED, errno, "/proc/self/ns/net");
	if (netns_enter(name, e)) {
		close(home);
		return -1;
	}
	return home;
}

void netns_leave(int home)
{
	/* cannot fail: we were in there, and have the right to change */
	(void)!setns(home, CLONE_NEWNET);
	close(home);
}
