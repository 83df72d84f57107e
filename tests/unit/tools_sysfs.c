// SPDX-License-Identifier: GPL-2.0
/*
 * LUNs in a made-up sysfs.
 */
#include <stdlib.h>

#define SYS "sys"
#define DEV "dev"
#define UDEV "udev"
#include "../../tools/sysfs.c"
#include "unit.h"

static char root[] = "/tmp/kiscsi-sysfs-XXXXXX";

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
	f = fopen(path, "w");
	YES(f);
	if (!f)
		return;
	fputs(text, f);
	fclose(f);
}

static void in_host(void (*run)(void))
{
	char back[PATH_MAX], remove[64];

	YES(getcwd(back, sizeof(back)));
	strcpy(root + strlen(root) - 6, "XXXXXX");
	YES(mkdtemp(root));
	EQ(chdir(root), 0);
	run();
	EQ(chdir(back), 0);
	snprintf(remove, sizeof(remove), "rm -rf %s", root);
	EQ(system(remove), 0);
}

#define D "sys/bus/scsi/devices/"

static void put_lun(const char *address, const char *type)
{
	char path[128];
	int n = snprintf(path, sizeof(path), D "target%.*s:0:0/%s/", (int)strcspn(address, ":"), address, address);

	snprintf(path + n, sizeof(path) - (size_t)n, "type");
	put(path, type);
	snprintf(path + n, sizeof(path) - (size_t)n, "inquiry");
	put(path, "12345678ACME    Anvil           1.0 and more");
	snprintf(path + n, sizeof(path) - (size_t)n, "state");
	put(path, "running\n");
}

static void reads(void)
{
	struct luns luns;
	struct err e;

	put_lun("7:0:0:10", "12\n");
	put_lun("7:0:0:2", "3\n");
	put_lun("71:0:0:0", "0\n");
	put(D "target7:0:0/7:0:0:x/x", "");
	put(D "target7:0:0/power/x", "");
	EQ(symlink("scsi_generic/sg4", D "target7:0:0/7:0:0:10/generic"), 0);
	EQ(luns_read(7, &luns, &e), 0);
	EQ(luns.count, 2);
	EQ(luns.v[0].lun, 2);
	EQ(luns.v[1].lun, 10);
	STR(luns.v[1].vendor, "ACME");
	STR(luns.v[1].model, "Anvil");
	STR(luns.v[1].rev, "1.0");
	STR(luns.v[1].state, "running");
	STR(luns.v[1].generic, "sg4");
	STR(luns.v[1].name, "");
	STR(lun_type_name(luns.v[1].type), "controller");
	luns_free(&luns);
	/* neither type gets a node: no reason to wait */
	EQ(luns_wait(7, &luns, clock_in(0), &e), 0);
	luns_free(&luns);
	EQ(luns_read(8, &luns, &e), 0);
	EQ(luns.count, 0);
	luns_free(&luns);
}

static void wait_for_host(void *deadline)
{
	struct luns luns;
	struct err e;

	unit_progress(true);
	if (!luns_wait(7, &luns, *(deadline_t *)deadline, &e))
		luns_free(&luns);
	unit_progress(false);
}

static void waits(void)
{
	deadline_t soon;
	struct luns luns;
	struct err e;

	put_lun("7:0:0:3", "0\n");
	EQ(luns_wait(7, &luns, clock_in(30), &e), -1);
	EQ(e.status, ST_UNREACHABLE);
	HAS(e.text, "/dev node of LUN 3");
	soon = clock_in(900);
	STR(unit_said(wait_for_host, &soon), "kiscsi: waiting for the /dev node of LUN 3, at most 1 s more\n");
	/* known to the driver, but the node is still missing, or is not one */
	put(D "target7:0:0/7:0:0:3/block/kq/dev", "240:0\n");
	EQ(luns_wait(7, &luns, clock_in(30), &e), -1);
	put("dev/kq", "");
	EQ(luns_wait(7, &luns, clock_in(30), &e), -1);
	/* a tape without a tape driver is not waited for */
	EQ(system("rm -r sys/bus/scsi/devices/target7:0:0"), 0);
	put_lun("7:0:0:4", "1\n");
	EQ(luns_wait(7, &luns, clock_in(30), &e), 0);
	luns_free(&luns);
}

static void shortest(void)
{
	char name[32];
	int device;

	put(D "7:0:0:4/scsi_tape/nst0/dev", "");
	put(D "7:0:0:4/scsi_tape/st0a/dev", "");
	put(D "7:0:0:4/scsi_tape/st0/dev", "");
	put(D "7:0:0:4/scsi_tape/nst0m/dev", "");
	device = open(D "7:0:0:4", O_PATH | O_DIRECTORY);
	entry_at(device, "scsi_tape", name, sizeof(name));
	STR(name, "st0");
	entry_at(device, "block", name, sizeof(name));
	STR(name, "");
	close(device);
	entry_at(device, "scsi_tape", name, sizeof(name));
	STR(name, "");
}

static void live(void)
{
	struct lun l = { .name = "sdq", .block = true };
	int device;

	put(D "7:0:0:5/block/sdq/dev", "8:0\n");
	device = open(D "7:0:0:5", O_PATH | O_DIRECTORY);
	NO(disk_is_live(device, &l));
	/* wherever it leads */
	EQ(symlink("../../bdi/8:0", D "7:0:0:5/block/sdq/bdi"), 0);
	YES(disk_is_live(device, &l));
	close(device);
}

/* a FIFO that nobody reads takes the part of a device that does not answer: to open it waits */
static void reads_again(void)
{
	struct luns luns;
	char text[8];
	struct err e;

	put_lun("7:0:0:1", "0\n");
	put(D "7:0:0:1/rescan", "");
	EQ(luns_read(7, &luns, &e), 0);
	EQ(luns_reread(&luns, clock_in(5000), &e), 0);
	EQ(sysfs_read(text, sizeof(text), D "7:0:0:1/rescan"), 0);
	STR(text, "1");
	EQ(unlink(D "7:0:0:1/rescan"), 0);
	EQ(mkfifo(D "7:0:0:1/rescan", 0600), 0);
	/* an end to the tests is better than none */
	alarm(20);
	EQ(luns_reread(&luns, clock_in(100), &e), -1);
	alarm(0);
	EQ(e.status, ST_UNREACHABLE);
	HAS(e.text, "timed out");
	luns_free(&luns);
}

static void wait_a_little(void *list)
{
	deadline_t until = 0;

	YES(wait_for_udev(list, &until, clock_in(2500)));
}

static void with_udev(void)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX, .sun_path = UDEV "/control" };
	struct lun v[] = { { .name = "sda", .block = true, .dev = makedev(8, 0) },
			   { .name = "st0", .dev = makedev(9, 0) }, { .name = "" } };
	struct luns list = { v, 3 };
	deadline_t until = 0;
	int fd = socket(AF_UNIX, SOCK_SEQPACKET, 0);

	NO(udev_owes(&list, &until, clock_in(9000)));
	put(UDEV "/x", "");
	EQ(bind(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
	/* the file is there, but nobody listens */
	NO(udev_runs());
	EQ(listen(fd, 4), 0);
	until = 0;
	YES(udev_owes(&list, &until, clock_in(9000)));
	put(UDEV "/data/b8:0", "");
	YES(udev_owes(&list, &until, clock_in(9000)));
	put(UDEV "/data/c9:0", "");
	NO(udev_owes(&list, &until, clock_in(9000)));
	/* no longer than the whole may take */
	until = 0;
	EQ(unlink(UDEV "/data/c9:0"), 0);
	unit_progress(true);
	STR(unit_said(wait_a_little, &list), "kiscsi: waiting for udev, at most 3 s more\n");
	unit_progress(false);
	NO(udev_owes(&list, &until, clock_in(0)));
	close(fd);
}

static void reading(void) { in_host(reads); }
static void waiting(void) { in_host(waits); }
static void names(void) { in_host(shortest); }
static void opening(void) { in_host(live); }
static void rereading(void) { in_host(reads_again); }
static void links(void) { in_host(with_udev); }

UNIT_SUITE(tools_sysfs, { "reading", reading }, { "waiting", waiting }, { "names", names },
	   { "opening", opening }, { "reading again", rereading }, { "links", links })
