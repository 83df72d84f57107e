// SPDX-License-Identifier: GPL-2.0
/*
 * Users of a disk: mounts, swap, holders, processes.
 */
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "busy.h"

#ifndef PROC
#define PROC "/proc"
#endif
#ifndef SYS
#define SYS "/sys"
#endif

/* udev and the like look at a disk for a moment after every change: give them that */
#define OPENER_TRIES	20
#define OPENER_MS	100

/**
 * struct node - a disk of ours, a partition of it, or something built upon either
 */
struct node {
	char name[32];
	dev_t dev;
	bool block;
	bool is_open;		/* an opener was reported: once is enough */
};

/**
 * struct search - what to look for and what was found
 * @nodes: what counts as the disks
 * @count: how many
 * @text: findings so far, BUSY_TEXT_MAX bytes
 * @namespaces: mount namespaces seen already
 */
struct search {
	struct node *nodes;
	unsigned int count;
	char *text;
	ino_t *namespaces;
	unsigned int namespace_count;
};

/* puts @text behind what was found already, unless the very same is there */
__printf(2, 3) static void found(struct search *s, const char *fmt, ...)
{
	size_t n = strlen(s->text);
	char one[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(one, sizeof(one), fmt, ap);
	va_end(ap);
	if (!strstr(s->text, one))
		snprintf(s->text + n, BUSY_TEXT_MAX - n, "%s%s", n ? "; " : "", one);
}

/* @v with room for more than @count entries, or NULL: nobody knows then, which counts as in use */
static void *room(struct search *s, void *v, unsigned int count, size_t size)
{
	void *bigger = v;

	if (!(count & (count - 1)))
		bigger = reallocarray(v, count ? 2 * (size_t)count : 1, size);
	if (!bigger)
		found(s, "no memory to look who uses it");
	return bigger;
}

static struct node *node_of(struct search *s, dev_t dev, bool block)
{
	for (unsigned int i = 0; i < s->count; i++) {
		if (s->nodes[i].dev == dev && s->nodes[i].block == block)
			return &s->nodes[i];
	}
	return NULL;
}

/*
 * Whatever it is, the kernel has its type and device number at hand. To ask for more than that, of a file that a server
 * has, would wait for that server, which may be gone.
 */
static struct node *node_at(struct search *s, const char *path)
{
	struct statx st;

	if (statx(AT_FDCWD, path, AT_STATX_DONT_SYNC | AT_NO_AUTOMOUNT, STATX_TYPE, &st) ||
	    (!S_ISBLK(st.stx_mode) && !S_ISCHR(st.stx_mode)))
		return NULL;
	return node_of(s, makedev(st.stx_rdev_major, st.stx_rdev_minor), S_ISBLK(st.stx_mode));
}

/* @path as a mount or swap has it, which may also be "tmpfs" */
static struct node *disk_at(struct search *s, const char *path)
{
	struct node *n = path[0] == '/' ? node_at(s, path) : NULL;

	return n && n->block ? n : NULL;
}

static void add_node(struct search *s, const char *name, dev_t dev, bool block)
{
	struct node *n;

	if (node_of(s, dev, block))
		return;
	n = room(s, s->nodes, s->count, sizeof(*n));
	if (!n)
		return;
	s->nodes = n;
	n = &s->nodes[s->count++];
	memset(n, 0, sizeof(*n));
	snprintf(n->name, sizeof(n->name), "%.31s", name);
	n->dev = dev;
	n->block = block;
}

/* add block device @name of /sys/class/block */
static void add_block(struct search *s, const char *name)
{
	unsigned int major, minor;
	char text[32];

	if (sysfs_read(text, sizeof(text), SYS "/class/block/%s/dev", name) ||
	    sscanf(text, "%u:%u", &major, &minor) != 2)
		return;
	add_node(s, name, makedev(major, minor), true);
}

static void report_holder(struct search *s, const char *of, const char *holder)
{
	char name[128];

	if (!sysfs_read(name, sizeof(name), SYS "/class/block/%s/dm/name", holder) && name[0])
		found(s, "/dev/%s is held by %s (%s)", of, holder, name);
	else
		found(s, "/dev/%s is held by %s", of, holder);
}

static void add_holders(struct search *s, const char *name)
{
	char path[PATH_MAX];
	struct dirent *d;
	DIR *dir;

	snprintf(path, sizeof(path), SYS "/class/block/%s/holders", name);
	dir = opendir(path);
	if (!dir)
		return;
	while ((d = readdir(dir))) {
		if (d->d_name[0] == '.')
			continue;
		report_holder(s, name, d->d_name);
		add_block(s, d->d_name);
	}
	closedir(dir);
}

static void add_partitions(struct search *s, const char *name)
{
	char path[PATH_MAX];
	struct dirent *d;
	DIR *dir;

	snprintf(path, sizeof(path), SYS "/class/block/%s", name);
	dir = opendir(path);
	if (!dir)
		return;
	while ((d = readdir(dir))) {
		if (!strncmp(d->d_name, name, strlen(name)))
			add_block(s, d->d_name);
	}
	closedir(dir);
}

/* the list grows while it is walked: holders have partitions and holders of their own */
static void add_dependents(struct search *s)
{
	for (unsigned int i = 0; i < s->count; i++) {
		char name[sizeof(s->nodes[i].name)];

		if (!s->nodes[i].block)
			continue;
		memcpy(name, s->nodes[i].name, sizeof(name));
		add_partitions(s, name);
		add_holders(s, name);
	}
}

static void add_lun(struct search *s, const struct lun *l)
{
	unsigned int major, minor;
	char text[32];

	if (l->name[0])
		add_node(s, l->name, l->dev, l->block);
	if (l->generic[0] &&
	    !sysfs_read(text, sizeof(text), SYS "/class/scsi_generic/%s/dev", l->generic) &&
	    sscanf(text, "%u:%u", &major, &minor) == 2)
		add_node(s, l->generic, makedev(major, minor), false);
}

char *busy_unescape(char *s)
{
	char *out = s;

	for (const char *in = s; *in; out++) {
		if (in[0] == '\\' && in[1] >= '0' && in[1] <= '3' && in[2] >= '0' && in[2] <= '7' &&
		    in[3] >= '0' && in[3] <= '7') {
			*out = (char)((in[1] - '0') << 6 | (in[2] - '0') << 3 | (in[3] - '0'));
			in += 4;
		} else {
			*out = *in++;
		}
	}
	*out = '\0';
	return s;
}

bool busy_mount_line(char *line, dev_t *dev, char **where, char **source)
{
	unsigned int major, minor;
	char *next = line;
	char *field;
	int n = 0;

	line[strcspn(line, "\n")] = '\0';
	while (n < 5 && (field = strsep(&next, " "))) {
		n++;
		if (n == 3 && sscanf(field, "%u:%u", &major, &minor) != 2)
			return false;
		if (n == 5)
			*where = field;
	}
	if (n < 5)
		return false;
	/* optional fields end with "-"; then file system type and source */
	while ((field = strsep(&next, " ")) && strcmp(field, "-"))
		;
	if (!field || !strsep(&next, " "))
		return false;
	*source = strsep(&next, " ");
	if (!*source)
		return false;
	*dev = makedev(major, minor);
	busy_unescape(*where);
	busy_unescape(*source);
	return true;
}

/* @pid NULL: of our own mount namespace */
static void check_mounts(struct search *s, const char *pid)
{
	char path[64];
	char *line = NULL;
	size_t size = 0;
	FILE *f;

	snprintf(path, sizeof(path), PROC "/%.20s/mountinfo", pid ? pid : "self");
	f = fopen(path, "re");
	if (!f)
		return;
	while (getline(&line, &size, f) > 0) {
		char *where, *source;
		struct node *n;
		dev_t dev;

		if (!busy_mount_line(line, &dev, &where, &source))
			continue;
		n = node_of(s, dev, true);
		if (!n)
			n = disk_at(s, source);
		if (n && pid)
			found(s, "/dev/%s is mounted on %s in the mount namespace of process %s", n->name,
			      where, pid);
		else if (n)
			found(s, "/dev/%s is mounted on %s", n->name, where);
	}
	free(line);
	fclose(f);
}

static void check_swaps(struct search *s)
{
	char *line = NULL;
	size_t size = 0;
	FILE *f = fopen(PROC "/swaps", "re");

	if (!f)
		return;
	while (getline(&line, &size, f) > 0) {
		char *rest = line + strcspn(line, " \t\n");
		struct node *n;

		/* to look at a file is to look it up, and it may be where nobody answers; its disk is mounted anyway */
		if (!strstr(rest, "partition"))
			continue;
		*rest = '\0';
		n = disk_at(s, busy_unescape(line));
		if (n)
			found(s, "/dev/%s is swapped on", n->name);
	}
	free(line);
	fclose(f);
}

static bool is_new_namespace(struct search *s, const char *pid)
{
	struct stat st;
	char path[64];
	ino_t *v;

	snprintf(path, sizeof(path), PROC "/%.20s/ns/mnt", pid);
	if (stat(path, &st))
		return false;
	for (unsigned int i = 0; i < s->namespace_count; i++) {
		if (s->namespaces[i] == st.st_ino)
			return false;
	}
	v = room(s, s->namespaces, s->namespace_count, sizeof(*v));
	if (!v)
		return false;
	s->namespaces = v;
	s->namespaces[s->namespace_count++] = st.st_ino;
	return true;
}

/* these keep disks open as long as they are there, and do no I/O that would be missed */
static bool is_watcher(const char *comm)
{
	static const char *const watchers[] = {
		"multipathd", "systemd-udevd", "udevd", "(udev-worker)", "smartd", "kiscsi",
	};

	for (size_t i = 0; i < ARRAY_SIZE(watchers); i++) {
		if (!strcmp(comm, watchers[i]))
			return true;
	}
	return false;
}

static void check_open(struct search *s, const char *pid)
{
	char path[384];
	char comm[32];
	struct dirent *d;
	DIR *dir;

	snprintf(path, sizeof(path), PROC "/%.20s/fd", pid);
	dir = opendir(path);
	if (!dir)
		return;
	sysfs_read(comm, sizeof(comm), PROC "/%.20s/comm", pid);
	while (!is_watcher(comm) && (d = readdir(dir))) {
		struct node *n;

		snprintf(path, sizeof(path), PROC "/%.20s/fd/%.255s", pid, d->d_name);
		n = node_at(s, path);
		if (!n || n->is_open)
			continue;
		n->is_open = true;
		found(s, "/dev/%s is open in process %s (%s)", n->name, pid, comm);
	}
	closedir(dir);
}

/* every process: its mount namespace if @mounts, else what it has open */
static void check_processes(struct search *s, bool mounts)
{
	struct dirent *d;
	DIR *dir = opendir(PROC);

	if (!dir)
		return;
	while ((d = readdir(dir))) {
		if (!isdigit((unsigned char)d->d_name[0]))
			continue;
		if (!mounts)
			check_open(s, d->d_name);
		else if (is_new_namespace(s, d->d_name))
			check_mounts(s, d->d_name);
	}
	closedir(dir);
}

/* whoever claims a disk inside the kernel, such as a SCSI target, shows up in no list */
static void check_claims(struct search *s)
{
	for (unsigned int i = 0; i < s->count; i++) {
		char path[64];
		int fd;

		if (!s->nodes[i].block)
			continue;
		snprintf(path, sizeof(path), "/dev/%s", s->nodes[i].name);
		fd = open(path, O_RDONLY | O_EXCL | O_NONBLOCK | O_CLOEXEC);
		if (fd >= 0)
			close(fd);
		else if (errno == EBUSY)
			found(s, "/dev/%s is in use by the kernel", s->nodes[i].name);
	}
}

static void check_openers(struct search *s)
{
	for (int i = 0; i < OPENER_TRIES; i++) {
		s->text[0] = '\0';
		for (unsigned int k = 0; k < s->count; k++)
			s->nodes[k].is_open = false;
		check_processes(s, false);
		if (!s->text[0] || clock_sleep(OPENER_MS, clock_in(OPENER_MS)))
			return;
	}
}

bool busy_check(const struct luns *luns, bool probe, char *text)
{
	struct search s = { .text = text };

	text[0] = '\0';
	for (unsigned int i = 0; i < luns->count; i++)
		add_lun(&s, &luns->v[i]);
	add_dependents(&s);
	is_new_namespace(&s, "self");
	check_mounts(&s, NULL);
	check_swaps(&s);
	check_processes(&s, true);
	if (!text[0])
		check_openers(&s);
	if (!text[0] && probe)
		check_claims(&s);
	free(s.nodes);
	free(s.namespaces);
	return text[0];
}
