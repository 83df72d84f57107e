// SPDX-License-Identifier: GPL-2.0
/*
 * Who uses a disk, as /proc and /sys of a made-up host tell.
 */
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/stat.h>

/* how files are looked at: not every host of tests has a file system whose server is gone */
static bool asks_server;
static unsigned int looked_at;

static int seen_statx(int dir, const char *path, int flags, unsigned int mask, struct statx *st)
{
	asks_server |= !(flags & AT_STATX_DONT_SYNC);
	looked_at++;
	return statx(dir, path, flags, mask, st);
}

#define statx(...) seen_statx(__VA_ARGS__)

static char root[] = "/tmp/kiscsi-busy-XXXXXX";

#define PROC "proc"
#define SYS "sys"
#include "../../tools/busy.c"
#include "unit.h"

static void unescape(void)
{
	char a[] = "/mnt/a\\040b\\134c";
	char b[] = "\\04";
	char c[] = "\\999\\400x";

	STR(busy_unescape(a), "/mnt/a b\\c");
	STR(busy_unescape(b), "\\04");
	STR(busy_unescape(c), "\\999\\400x");
}

static void mount_lines(void)
{
	char good[] = "36 35 98:0 /mnt1 /mnt/a\\040b rw,noatime master:1 shared:2 - ext3 /dev/root rw\n";
	char plain[] = "36 35 8:1 / / rw - ext4 /dev/sda1 rw";
	char no_source[] = "36 35 8:1 / / rw - ext4";
	char no_dash[] = "36 35 8:1 / / rw ext4 /dev/sda1 rw";
	char short_line[] = "36 35 8:1";
	char no_dev[] = "36 35 x:1 / / rw - ext4 /dev/sda1 rw";
	char *where, *source;
	dev_t dev;

	YES(busy_mount_line(good, &dev, &where, &source));
	EQ(dev, makedev(98, 0));
	STR(where, "/mnt/a b");
	STR(source, "/dev/root");
	YES(busy_mount_line(plain, &dev, &where, &source));
	EQ(dev, makedev(8, 1));
	STR(source, "/dev/sda1");
	NO(busy_mount_line(no_source, &dev, &where, &source));
	NO(busy_mount_line(no_dash, &dev, &where, &source));
	NO(busy_mount_line(short_line, &dev, &where, &source));
	NO(busy_mount_line(no_dev, &dev, &where, &source));
}

/* write @text into @path, making the directories on the way; "DIR/" makes only those */
static void put(const char *path, const char *text)
{
	char copy[256];
	FILE *f;

	snprintf(copy, sizeof(copy), "%s", path);
	for (char *p = copy; (p = strchr(p, '/')); p++) {
		*p = '\0';
		mkdir(copy, 0755);
		*p = '/';
	}
	if (!text)
		return;
	f = fopen(path, "w");
	YES(f);
	if (!f)
		return;
	fputs(text, f);
	fclose(f);
}

/* a disk with device number 240:0 and a partition 240:1, which no real host of tests has */
static void make_host(void)
{
	put("sys/class/block/kq/dev", "240:0\n");
	put("sys/class/block/kq/kq1/", NULL);
	put("sys/class/block/kq/queue/", NULL);
	put("sys/class/block/kq/holders/", NULL);
	put("sys/class/block/kq1/dev", "240:1\n");
	put("sys/class/block/kq1/holders/", NULL);
	put("proc/self/mountinfo", "1 0 0:1 / / rw - rootfs rootfs rw\n");
	put("proc/swaps", "Filename\tType\tSize\tUsed\tPriority\n");
}

static struct lun disk = { .name = "kq", .block = true };

static void check(const char *want)
{
	struct luns luns = { &disk, 1 };
	char text[BUSY_TEXT_MAX];

	disk.dev = makedev(240, 0);
	EQ(busy_check(&luns, false, text), !!*want);
	STR(text, want);
}

static void in_host(void (*run)(void))
{
	char back[PATH_MAX], remove[64];

	YES(getcwd(back, sizeof(back)));
	strcpy(root + strlen(root) - 6, "XXXXXX");
	YES(mkdtemp(root));
	EQ(chdir(root), 0);
	make_host();
	run();
	EQ(chdir(back), 0);
	snprintf(remove, sizeof(remove), "rm -rf %s", root);
	EQ(system(remove), 0);
}

static void unused_disk(void)
{
	check("");
	put("proc/self/mountinfo", "1 0 240:2 / /mnt rw - ext4 /dev/kr rw\n");
	check("");
}

static void mounted_disk(void)
{
	put("proc/self/mountinfo", "1 0 240:1 / /mnt/a\\040b rw - ext4 /dev/kq1 rw\n"
				   "2 0 240:0 / /raw rw - ext4 /dev/kq rw\n");
	check("/dev/kq1 is mounted on /mnt/a b; /dev/kq is mounted on /raw");
}

static void held_disk(void)
{
	put("sys/class/block/kq1/holders/dm-9", "");
	put("sys/class/block/dm-9/dev", "241:9\n");
	put("sys/class/block/dm-9/dm/name", "vg-data\n");
	put("proc/self/mountinfo", "1 0 241:9 / /data rw - xfs /dev/mapper/vg-data rw\n");
	check("/dev/kq1 is held by dm-9 (vg-data); /dev/dm-9 is mounted on /data");
}

/* two devices that name each other as holders must not keep us busy for ever */
static void circle(void)
{
	put("sys/class/block/kq1/holders/md9", "");
	put("sys/class/block/md9/dev", "242:9\n");
	put("sys/class/block/md9/holders/kq", "");
	check("/dev/kq1 is held by md9; /dev/md9 is held by kq");
}

static void other_namespace(void)
{
	put("proc/77/mountinfo", "1 0 240:0 / /in/there rw - ext4 /dev/kq rw\n");
	put("proc/77/ns/mnt", "");
	check("/dev/kq is mounted on /in/there in the mount namespace of process 77");
}

/* /dev/null takes the part of a tape, which is a character device as well */
static void open_tape(void)
{
	struct lun tape = { .name = "st7", .dev = makedev(1, 3) };
	struct luns luns = { &tape, 1 };
	char text[BUSY_TEXT_MAX];

	put("proc/88/comm", "tar\n");
	put("proc/88/fd/", NULL);
	EQ(symlink("/dev/zero", "proc/88/fd/0"), 0);
	EQ(symlink("/tmp", "proc/88/fd/1"), 0);
	EQ(symlink("/dev/null", "proc/88/fd/3"), 0);
	YES(busy_check(&luns, false, text));
	STR(text, "/dev/st7 is open in process 88 (tar)");
	EQ(unlink("proc/88/fd/3"), 0);
	NO(busy_check(&luns, false, text));
	NO(asks_server);
}

/* a path that is looked up is looked up where it is */
static void swap_file(void)
{
	struct search s = { .text = (char[BUSY_TEXT_MAX]){ "" } };

	add_node(&s, "kq", makedev(240, 0), true);
	put("proc/swaps", "Filename\tType\tSize\tUsed\tPriority\n/far/away\\040file\tfile\t1\t0\t-2\n");
	looked_at = 0;
	check_swaps(&s);
	EQ(looked_at, 0);
	put("proc/swaps", "Filename\tType\tSize\tUsed\tPriority\n/dev/null\tpartition\t1\t0\t-2\n");
	check_swaps(&s);
	EQ(looked_at, 1);
	STR(s.text, "");
	free(s.nodes);
}

/* more disks than a table of fixed size would have had room for, and more namespaces; the last one counts */
static void the_last_of_many(void)
{
	struct lun many[1000] = { 0 };
	struct luns luns = { many, ARRAY_SIZE(many) };
	char text[BUSY_TEXT_MAX], path[64];

	for (unsigned int i = 0; i < ARRAY_SIZE(many); i++) {
		snprintf(many[i].name, sizeof(many[i].name), "kz%u", i);
		many[i].block = true;
		many[i].dev = makedev(243, i);
	}
	for (unsigned int i = 1; i <= 300; i++) {
		snprintf(path, sizeof(path), "proc/%u/ns/mnt", 1000 + i);
		put(path, "");
		snprintf(path, sizeof(path), "proc/%u/mountinfo", 1000 + i);
		put(path, i < 300 ? "" : "1 0 243:999 / /last rw - ext4 /dev/kz999 rw\n");
	}
	YES(busy_check(&luns, false, text));
	STR(text, "/dev/kz999 is mounted on /last in the mount namespace of process 1300");
}

static void unused(void) { in_host(unused_disk); }
static void mounted(void) { in_host(mounted_disk); }
static void held(void) { in_host(held_disk); }
static void held_in_a_circle(void) { in_host(circle); }
static void elsewhere(void) { in_host(other_namespace); }
static void open_elsewhere(void) { in_host(open_tape); }
static void swapped_on(void) { in_host(swap_file); }
static void many(void) { in_host(the_last_of_many); }

UNIT_SUITE(tools_busy,
	   { "octal escapes", unescape },
	   { "lines of mountinfo", mount_lines },
	   { "not used", unused },
	   { "mounted", mounted },
	   { "held", held },
	   { "held in a circle", held_in_a_circle },
	   { "mounted in another namespace", elsewhere },
	   { "open in a process", open_elsewhere },
	   { "swapped on", swapped_on },
	   { "the last of a thousand disks, in the last of many namespaces", many })
