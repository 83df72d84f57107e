// SPDX-License-Identifier: GPL-2.0
/*
 * Looking at SCSI devices in sysfs.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>

#include "process.h"
#include "progress.h"
#include "sysfs.h"

#ifndef SYS
#define SYS "/sys"
#endif
#ifndef DEV
#define DEV "/dev"
#endif

#ifndef UDEV
#define UDEV "/run/udev"
#endif

#define DEVICES SYS "/bus/scsi/devices"
/* for udev, where there is a node but perhaps no link to it yet */
#define UDEV_MS 5000
/* between two looks at what is not there yet */
#define LOOK_MS 20

/**
 * struct upper - the driver that gives devices of a type their node
 * @type: SCSI peripheral device type
 * @name: for a person
 * @driver: in /sys/bus/scsi/drivers; NULL: there is none
 * @class: directory in the SCSI device's that holds the node's name
 */
static const struct upper {
	u32 type;
	const char *name;
	const char *driver;
	const char *class;
} uppers[] = {
	{ 0x00, "disk", "sd", "block" },
	{ 0x01, "tape", "st", "scsi_tape" },
	{ 0x03, "processor", NULL, NULL },
	{ 0x04, "worm", "sr", "block" },
	{ 0x05, "cdrom", "sr", "block" },
	{ 0x07, "optical", "sd", "block" },
	{ 0x08, "changer", "ch", "scsi_changer" },
	{ 0x0c, "controller", NULL, NULL },
	{ 0x0d, "enclosure", NULL, NULL },
	{ 0x0e, "disk", "sd", "block" },
	{ 0x14, "zbc", "sd", "block" },
};

static const struct upper *upper_of(u32 type)
{
	for (size_t i = 0; i < ARRAY_SIZE(uppers); i++) {
		if (uppers[i].type == type)
			return &uppers[i];
	}
	return NULL;
}

const char *lun_type_name(u32 type)
{
	const struct upper *u = upper_of(type);

	return u ? u->name : "other";
}

static void trim(char *text)
{
	size_t n = strlen(text);

	while (n && text[n - 1] == ' ')
		text[--n] = '\0';
}

/* the first line of the file, which is closed, without newline and blanks before it: 0 or -1 */
static int read_line(int fd, char *out, size_t size)
{
	ssize_t n;

	out[0] = '\0';
	if (fd < 0)
		return -1;
	n = read(fd, out, size - 1);
	close(fd);
	if (n < 0)
		n = 0;
	out[n] = '\0';
	out[strcspn(out, "\n")] = '\0';
	trim(out);
	return 0;
}

int sysfs_read(char *out, size_t size, const char *path_fmt, ...)
{
	char path[PATH_MAX];
	va_list ap;
	int n;

	out[0] = '\0';
	va_start(ap, path_fmt);
	n = vsnprintf(path, sizeof(path), path_fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= sizeof(path))
		return -1;
	return read_line(open(path, O_RDONLY | O_CLOEXEC), out, size);
}

/* @file below the open directory of a device, which is long to walk to */
static int read_at(int device, char *out, size_t size, const char *file)
{
	return read_line(openat(device, file, O_RDONLY | O_CLOEXEC), out, size);
}

static u64 number_at(int device, const char *file)
{
	char text[32];

	if (read_at(device, text, sizeof(text), file))
		return 0;
	return strtoull(text, NULL, 0);
}

/* the shortest name in directory @class of the device: "st0" among "st0a", "nst0", "nst0a" */
static void entry_at(int device, const char *class, char *out, size_t size)
{
	int fd = openat(device, class, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *d;

	out[0] = '\0';
	if (!dir) {
		if (fd >= 0)
			close(fd);
		return;
	}
	while ((d = readdir(dir))) {
		size_t n = strlen(d->d_name);

		if (d->d_name[0] != '.' && n < size && (!out[0] || n < strlen(out)))
			memcpy(out, d->d_name, n + 1);
	}
	closedir(dir);
}

/* sg's link leads to its own device: one call, where to read the directory takes six */
static void read_generic(int device, struct lun *l)
{
	char target[PATH_MAX];
	ssize_t n = readlinkat(device, "generic", target, sizeof(target) - 1);
	const char *name;

	if (n <= 0)
		return;
	target[n] = '\0';
	name = strrchr(target, '/');
	name = name ? name + 1 : target;
	if (strlen(name) < sizeof(l->generic))
		strcpy(l->generic, name);
}

/* does DEV/@name exist and is it the device sysfs says? */
static bool node_is_there(int device, struct lun *l, const char *class)
{
	unsigned int major, minor;
	char text[32];
	char path[64];
	struct stat st;

	snprintf(path, sizeof(path), "%s/%s/dev", class, l->name);
	if (read_at(device, text, sizeof(text), path) || sscanf(text, "%u:%u", &major, &minor) != 2)
		return false;
	l->dev = makedev(major, minor);
	snprintf(path, sizeof(path), DEV "/%s", l->name);
	return !stat(path, &st) && (l->block ? S_ISBLK(st.st_mode) : S_ISCHR(st.st_mode)) &&
	       st.st_rdev == l->dev;
}

/*
 * Can the disk be opened? The kernel makes the node of a disk before the disk behind it, and an open in between fails
 * with ENXIO. The link to the disk's backing device is the last thing that it makes first. To open the disk to see
 * would wait for a target that has gone.
 */
static bool disk_is_live(int device, const struct lun *l)
{
	char path[64];

	snprintf(path, sizeof(path), "block/%s/bdi", l->name);
	return !faccessat(device, path, F_OK, AT_SYMLINK_NOFOLLOW);
}

static void read_size(int device, struct lun *l)
{
	char file[64];

	snprintf(file, sizeof(file), "block/%s/size", l->name);
	l->bytes = number_at(device, file) << 9;
	snprintf(file, sizeof(file), "block/%s/queue/logical_block_size", l->name);
	l->block_size = (u32)number_at(device, file);
}

/* vendor, model and revision (SPC-4 6.6.2): sysfs has a file for each too, but there may be 1,000 LUNs to list */
static void read_inquiry(int device, struct lun *l)
{
	char data[36] = "";
	int fd = openat(device, "inquiry", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	if (read(fd, data, sizeof(data)) > 0) {
		snprintf(l->vendor, sizeof(l->vendor), "%.8s", data + 8);
		snprintf(l->model, sizeof(l->model), "%.16s", data + 16);
		snprintf(l->rev, sizeof(l->rev), "%.4s", data + 32);
		trim(l->vendor);
		trim(l->model);
		trim(l->rev);
	}
	close(fd);
}

static void read_lun(int device, struct lun *l)
{
	const struct upper *u;

	l->type = (u32)number_at(device, "type");
	read_inquiry(device, l);
	read_at(device, l->state, sizeof(l->state), "state");
	read_generic(device, l);
	u = upper_of(l->type);
	if (!u || !u->driver)
		return;
	l->block = !strcmp(u->class, "block");
	entry_at(device, u->class, l->name, sizeof(l->name));
	if (l->name[0] && (!node_is_there(device, l, u->class) || (l->block && !disk_is_live(device, l))))
		l->name[0] = '\0';
	if (l->name[0] && l->block)
		read_size(device, l);
}

static int by_number(const void *a, const void *b)
{
	const struct lun *x = a;
	const struct lun *y = b;

	return x->lun < y->lun ? -1 : x->lun > y->lun;
}

static int add_lun(struct luns *list, int target, const char *address, u64 number)
{
	struct lun *v = reallocarray(list->v, list->count + 1, sizeof(*v));
	int device;

	if (!v)
		return -1;
	list->v = v;
	v += list->count++;
	memset(v, 0, sizeof(*v));
	v->lun = number;
	snprintf(v->address, sizeof(v->address), "%.63s", address);
	device = openat(target, v->address, O_PATH | O_DIRECTORY | O_CLOEXEC);
	read_lun(device, v);
	if (device >= 0)
		close(device);
	return 0;
}

/*
 * A host of ours has one target. Its directory is looked at, by the bus's link to it: that of the bus itself has the
 * devices of all hosts, too many to be read for each of them.
 */
static int add_luns_of(struct luns *list, u32 host_no, DIR *dir)
{
	char prefix[32];
	struct dirent *d;

	snprintf(prefix, sizeof(prefix), "%u:0:0:", host_no);
	while ((d = readdir(dir))) {
		size_t n = strlen(prefix);
		unsigned long long number;
		char rest;

		if (!strncmp(d->d_name, prefix, n) && sscanf(d->d_name + n, "%llu%c", &number, &rest) == 1 &&
		    add_lun(list, dirfd(dir), d->d_name, number))
			return -1;
	}
	return 0;
}

int luns_read(u32 host_no, struct luns *list, struct err *e)
{
	char path[PATH_MAX];
	DIR *dir;
	int r;

	list->v = NULL;
	list->count = 0;
	snprintf(path, sizeof(path), DEVICES "/target%u:0:0", host_no);
	dir = opendir(path);
	if (!dir)
		return errno == ENOENT ? 0 : err_sys(e, ST_FAILED, errno, DEVICES);
	r = add_luns_of(list, host_no, dir);
	closedir(dir);
	if (r) {
		luns_free(list);
		return err_sys(e, ST_FAILED, ENOMEM, DEVICES);
	}
	if (list->count)
		qsort(list->v, list->count, sizeof(*list->v), by_number);
	return 0;
}

/* will a node for it come, or is there no driver for devices of this type? */
static bool is_missing(const struct lun *l)
{
	const struct upper *u = upper_of(l->type);
	char path[64];

	if (l->name[0] || !u || !u->driver)
		return false;
	snprintf(path, sizeof(path), SYS "/bus/scsi/drivers/%s", u->driver);
	return !strcmp(u->driver, "sd") || !access(path, F_OK);
}

static const struct lun *first_missing(const struct luns *list)
{
	for (unsigned int i = 0; i < list->count; i++) {
		if (is_missing(&list->v[i]))
			return &list->v[i];
	}
	return NULL;
}

/* a file may have been left by one that is gone */
static bool udev_runs(void)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX, .sun_path = UDEV "/control" };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	bool runs = fd >= 0 && !connect(fd, (struct sockaddr *)&addr, sizeof(addr));

	if (fd >= 0)
		close(fd);
	return runs;
}

/* what udev knows of a device is written when its links are there */
static bool udev_has_seen(const struct lun *l)
{
	char path[64];

	snprintf(path, sizeof(path), UDEV "/data/%c%u:%u", l->block ? 'b' : 'c', major(l->dev), minor(l->dev));
	return !l->name[0] || !access(path, F_OK);
}

/* may udev still be at it? It is given until @until, set at the first call, and is no reason to fail. */
static bool udev_owes(const struct luns *list, deadline_t *until, deadline_t deadline)
{
	if (!*until)
		*until = udev_runs() ? clock_first(clock_in(UDEV_MS), deadline) : clock_in(0);
	for (unsigned int i = 0; clock_left(*until) && i < list->count; i++) {
		if (!udev_has_seen(&list->v[i]))
			return true;
	}
	return false;
}

/* true: look again */
static bool wait_for_udev(const struct luns *list, deadline_t *until, deadline_t deadline)
{
	if (!udev_owes(list, until, deadline))
		return false;
	progress("waiting for udev");
	return !clock_sleep(LOOK_MS, *until);
}

static int wait_for_node(const struct lun *missing, deadline_t deadline)
{
	progress("waiting for the /dev node of LUN %llu", (unsigned long long)missing->lun);
	return clock_sleep(LOOK_MS, deadline);
}

int luns_wait(u32 host_no, struct luns *list, deadline_t deadline, struct err *e)
{
	deadline_t until = 0;

	for (;;) {
		const struct lun *missing;

		if (luns_read(host_no, list, e))
			return -1;
		missing = first_missing(list);
		if (!missing && wait_for_udev(list, &until, deadline)) {
			luns_free(list);
			continue;
		}
		if (!missing)
			return 0;
		if (!clock_left(deadline))
			err_set(e, ST_UNREACHABLE, "timed out waiting for the /dev node of LUN %llu",
				(unsigned long long)missing->lun);
		else if (wait_for_node(missing, deadline))
			err_set(e, ST_FAILED, "interrupted waiting for /dev nodes");
		else
			missing = NULL;
		luns_free(list);
		if (missing)
			return -1;
	}
}

static void reread(const struct luns *list)
{
	for (unsigned int i = 0; i < list->count; i++) {
		char path[PATH_MAX];
		int fd;

		snprintf(path, sizeof(path), DEVICES "/%s/rescan", list->v[i].address);
		fd = open(path, O_WRONLY | O_CLOEXEC);
		if (fd < 0)
			continue;
		/* a LUN that does not answer is seen by who uses it */
		(void)!write(fd, "1\n", 2);
		close(fd);
	}
}

int luns_reread(const struct luns *list, deadline_t deadline, struct err *e)
{
	pid_t pid;

	if (!list->count)
		return 0;
	pid = process_fork(SIGKILL);
	if (pid < 0)
		return err_sys(e, ST_FAILED, errno, "reading the LUNs again");
	if (!pid) {
		/* who waits for the end of our output does not wait for a device */
		closefrom(STDIN_FILENO);
		reread(list);
		_exit(0);
	}
	if (process_wait(pid, deadline) != PROCESS_RUNS)
		return 0;
	/* it ends when the device has answered, or will not: that is not waited for */
	kill(pid, SIGKILL);
	if (clock_stopped())
		return err_set(e, ST_FAILED, "interrupted reading the LUNs again");
	return err_set(e, ST_UNREACHABLE, "timed out reading the LUNs again");
}

void luns_devices(const struct luns *list, char *out, size_t size)
{
	size_t n = 0;

	*out = '\0';
	for (unsigned int i = 0; i < list->count && n + 64 < size; i++) {
		if (list->v[i].name[0])
			n += (size_t)snprintf(out + n, size - n, "%s/dev/%s", n ? " " : "", list->v[i].name);
	}
}

void luns_free(struct luns *list)
{
	free(list->v);
	list->v = NULL;
	list->count = 0;
}
