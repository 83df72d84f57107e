// SPDX-License-Identifier: GPL-2.0
/*
 * Looking at the host: module, name, secrets, clock.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "../kernel/proto/version.h"
#include "doctor.h"
#include "initiator.h"

#ifndef SYS
#define SYS "/sys"
#endif
#ifndef CONFIG_DIR
#define CONFIG_DIR "/etc/kiscsi"
#endif
#define CONFIG_FILE "kiscsi.conf"

static const char *const verdicts[] = {
	[DOCTOR_OK] = "ok",
	[DOCTOR_WARNING] = "warning",
	[DOCTOR_PROBLEM] = "problem",
};

void doctor_say(struct doctor *d, enum verdict verdict, const char *check, const char *todo,
		const char *fmt, ...)
{
	char text[ERR_TEXT_MAX], safe[2 * ERR_TEXT_MAX];
	struct json_object *o;
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	d->problems += verdict == DOCTOR_PROBLEM;
	if (!d->array) {
		printf("%-7s  %s: %s%s%s\n", verdicts[verdict], check, text_safe(safe, sizeof(safe), text),
		       todo ? ": " : "", todo ? todo : "");
		return;
	}
	o = json_object_new_object();
	json_text(o, "verdict", verdicts[verdict]);
	json_text(o, "check", check);
	json_text(o, "text", text);
	json_optional(o, "todo", todo ? todo : "");
	json_object_array_add(d->array, o);
}

static void check_module(struct doctor *d, bool loaded)
{
	char version[32];
	struct utsname u;

	if (!loaded) {
		uname(&u);
		doctor_say(d, DOCTOR_PROBLEM, "module",
			   "modprobe kiscsi; if there is none for this kernel, install kiscsi-dkms or make install",
			   "not loaded (kernel %s)", u.release);
		return;
	}
	sysfs_read(version, sizeof(version), SYS "/module/kiscsi/version");
	if (strcmp(version, KISCSI_VERSION))
		doctor_say(d, DOCTOR_WARNING, "module",
			   "log out and load the new one, or wait for the next boot",
			   "version %s is loaded, this command is %s", version, KISCSI_VERSION);
	else
		doctor_say(d, DOCTOR_OK, "module", NULL, "version %s is loaded", version);
}

/* by what they make in sysfs: what is built in has no directory of a module */
static void check_needed(struct doctor *d)
{
	static const struct {
		const char *path, *todo, *text;
	} needed[] = {
		{ SYS "/class/iscsi_transport", "modprobe scsi_transport_iscsi",
		  "scsi_transport_iscsi is not loaded, and kiscsi cannot be without it" },
		{ SYS "/bus/scsi/drivers/sd", "modprobe sd_mod",
		  "sd_mod is not loaded, so disks get no node in /dev" },
	};
	bool all = true;

	for (size_t i = 0; i < ARRAY_SIZE(needed); i++) {
		if (!access(needed[i].path, F_OK))
			continue;
		all = false;
		doctor_say(d, DOCTOR_PROBLEM, "modules", needed[i].todo, "%s", needed[i].text);
	}
	if (all)
		doctor_say(d, DOCTOR_OK, "modules", NULL, "those it needs are loaded");
}

static void check_name(struct doctor *d)
{
	struct settings s;
	struct err e;

	settings_init(&s);
	if (initiator_name(&s, &e))
		doctor_say(d, DOCTOR_PROBLEM, "initiator name", "one line InitiatorName=iqn... in the file, unique to this host",
			   "%s", e.text);
	else
		doctor_say(d, DOCTOR_OK, "initiator name", NULL, "%s", s.initiator_name);
}

/* all that is kept there but the configuration may be a secret */
static unsigned int check_secret(struct doctor *d, int dir, const char *name)
{
	struct stat st;

	if (!strcmp(name, CONFIG_FILE) || fstatat(dir, name, &st, 0) || !S_ISREG(st.st_mode))
		return 0;
	if (st.st_uid)
		doctor_say(d, DOCTOR_PROBLEM, "secrets", "chown root", "%s/%s belongs to user %u", CONFIG_DIR,
			   name, st.st_uid);
	if (st.st_mode & 077)
		doctor_say(d, DOCTOR_PROBLEM, "secrets", "chmod 600", "%s/%s can be read or written by others (mode %04o)",
			   CONFIG_DIR, name, st.st_mode & 07777);
	return st.st_uid || st.st_mode & 077;
}

static void check_secrets(struct doctor *d)
{
	DIR *dir = opendir(CONFIG_DIR);
	const struct dirent *entry;
	unsigned int bad = 0;

	if (!dir) {
		doctor_say(d, DOCTOR_OK, "secrets", NULL, "none in %s", CONFIG_DIR);
		return;
	}
	while ((entry = readdir(dir)))
		bad += check_secret(d, dirfd(dir), entry->d_name);
	closedir(dir);
	if (!bad)
		doctor_say(d, DOCTOR_OK, "secrets", NULL, "nobody else can read the files in %s", CONFIG_DIR);
}

/* every command's latency and every timer asks the clock */
static void check_clock(struct doctor *d)
{
	static const char *const slow[] = { "hpet", "acpi_pm", "jiffies", "refined-jiffies" };
	char name[64];

	sysfs_read(name, sizeof(name), SYS "/devices/system/clocksource/clocksource0/current_clocksource");
	for (size_t i = 0; i < ARRAY_SIZE(slow); i++) {
		if (strcmp(name, slow[i]))
			continue;
		doctor_say(d, DOCTOR_WARNING, "clock",
			   "look in dmesg why tsc is not used; in a virtual machine the host decides",
			   "the clock source is %s, which is slow to read and costs I/O per second", name);
		return;
	}
	doctor_say(d, DOCTOR_OK, "clock", NULL, "%s", name);
}

void doctor_system(struct doctor *d, bool loaded)
{
	check_module(d, loaded);
	check_needed(d);
	check_name(d);
	check_secrets(d);
	check_clock(d);
}
