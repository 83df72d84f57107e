// SPDX-License-Identifier: GPL-2.0
/*
 * Looking at the paths of a disk: does multipathd hold them together, and what becomes of I/O when one is lost, or
 * all are?
 */
#include <dirent.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/un.h>
#include <unistd.h>

#include "doctor.h"

#ifndef SYS
#define SYS "/sys"
#endif
#ifndef PROC
#define PROC "/proc"
#endif
#ifndef MULTIPATHD
#define MULTIPATHD "/sbin/multipathd"
#endif
#ifndef MULTIPATHD_PID
#define MULTIPATHD_PID "/run/multipathd.pid"
#endif
/* in the abstract namespace, behind a NUL */
#ifndef MULTIPATHD_SOCKET
#define MULTIPATHD_SOCKET "/org/kernel/linux/storage/multipathd"
#endif
#ifndef ASK_MS
#define ASK_MS		3000
#endif
/* between two knocks at a door that others wait before */
#define KNOCK_MS	50
/* a host's configuration is a few KiB, a map a line */
#define ANSWER_MAX	(4u << 20)
/* with a second path, I/O that waits longer than this for the first one waits in vain */
#define PATH_TMO_MAX	30
/* what multipathd has when nobody says how often it looks at paths, seconds */
#define POLLING_DEFAULT	5
#define NO_PATH_TODO	"no_path_retry in multipath.conf as a number, 24 for two minutes, and multipathd reconfigure"

/* ---- multipathd ------------------------------------------------------------------------------ */

/* its socket may be systemd's: to connect would start it, so look for the process first */
static bool is_running(void)
{
	unsigned int pid;
	char line[32];

	return !sysfs_read(line, sizeof(line), MULTIPATHD_PID) && sscanf(line, "%u", &pid) == 1 &&
	       !sysfs_read(line, sizeof(line), PROC "/%u/comm", pid) && !strcmp(line, "multipathd");
}

static int transfer(int fd, void *buf, size_t len, bool out, deadline_t deadline)
{
	char *p = buf;

	while (len) {
		ssize_t n;

		if (clock_poll(fd, out ? POLLOUT : POLLIN, deadline) != 1)
			return -1;
		n = out ? send(fd, p, len, MSG_NOSIGNAL) : recv(fd, p, len, 0);
		if (n < 0 && errno == EAGAIN)
			continue;
		if (n <= 0)
			return -1;
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

/* each message has its length, NUL included, before it */
static char *converse(int fd, const char *question, deadline_t deadline)
{
	size_t len = strlen(question) + 1;
	char *answer;

	if (transfer(fd, &len, sizeof(len), true, deadline) ||
	    transfer(fd, (char *)question, len, true, deadline) ||
	    transfer(fd, &len, sizeof(len), false, deadline) || !len || len > ANSWER_MAX)
		return NULL;
	answer = calloc(1, len + 1);
	if (answer && !transfer(fd, answer, len, false, deadline))
		return answer;
	free(answer);
	return NULL;
}

/* one that is stuck takes nobody in: its queue is full at some time, and then there is nothing to poll for */
static bool reach(int fd, deadline_t deadline)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	socklen_t len = offsetof(struct sockaddr_un, sun_path) + 1 + strlen(MULTIPATHD_SOCKET);

	strcpy(addr.sun_path + 1, MULTIPATHD_SOCKET);
	while (connect(fd, (struct sockaddr *)&addr, len)) {
		if (errno != EAGAIN || !clock_left(deadline) || clock_sleep(KNOCK_MS, deadline))
			return false;
	}
	return true;
}

/* what multipathd says to @question, for the caller to free; NULL: it does not run, or does not answer */
static char *ask(const char *question)
{
	deadline_t deadline = clock_in(ASK_MS);
	char *answer = NULL;
	int fd = is_running() ? socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0) : -1;

	if (fd < 0)
		return NULL;
	if (reach(fd, deadline))
		answer = converse(fd, question, deadline);
	close(fd);
	return answer;
}

/* the first value of @key in a configuration, without quotes; empty: it is not there */
static void value_of(const char *config, const char *key, char *out, size_t size)
{
	size_t n = strlen(key);

	out[0] = '\0';
	for (const char *line = config; line; line = strchr(line, '\n')) {
		line += strspn(line, " \t\n");
		if (strncmp(line, key, n) || (line[n] != ' ' && line[n] != '\t'))
			continue;
		line += n;
		line += strspn(line, " \t\"");
		snprintf(out, size, "%.*s", (int)strcspn(line, "\"\n"), line);
		return;
	}
}

/* the same of the configuration that multipathd goes by; false: it does not say */
static bool ask_value(const char *key, char *out, size_t size)
{
	char *config = ask("show config local");

	if (!config)
		return false;
	value_of(config, key, out, size);
	free(config);
	return true;
}

/* how a map queues when it has no path: "off", "on", "12 chk", "30 sec"; empty: unknown */
static void queueing_of(const char *maps, const char *wwid, char *out, size_t size)
{
	size_t n = strlen(wwid);

	out[0] = '\0';
	for (const char *line = maps; line && *line; line = strchr(line, '\n')) {
		line += strspn(line, "\n");
		if (strncmp(line, wwid, n) || line[n] != '|')
			continue;
		snprintf(out, size, "%.*s", (int)strcspn(line + n + 1, "\n"), line + n + 1);
		return;
	}
}

/* ---- maps ------------------------------------------------------------------------------------ */

/* the multipath map built upon disk @name, and its WWID; both empty: there is none */
static void map_of(const char *name, char *map, char *wwid, size_t size)
{
	char path[PATH_MAX], uuid[256];
	const struct dirent *entry;
	DIR *dir;

	map[0] = wwid[0] = '\0';
	snprintf(path, sizeof(path), SYS "/block/%s/holders", name);
	dir = opendir(path);
	while (dir && (entry = readdir(dir))) {
		if (sysfs_read(uuid, sizeof(uuid), SYS "/block/%s/dm/uuid", entry->d_name) ||
		    strncmp(uuid, "mpath-", 6))
			continue;
		snprintf(map, size, "%s", entry->d_name);
		snprintf(wwid, size, "%s", uuid + 6);
	}
	if (dir)
		closedir(dir);
}

static unsigned int polling_interval(void)
{
	unsigned int seconds = 0;
	char value[32];

	if (ask_value("polling_interval", value, sizeof(value)))
		seconds = (unsigned int)strtoul(value, NULL, 10);
	return seconds ? seconds : POLLING_DEFAULT;
}

static void say_queueing(struct doctor *d, const char *map, const char *queueing)
{
	unsigned int n;
	char unit[8];

	if (!strcmp(queueing, "on"))
		doctor_say(d, DOCTOR_WARNING, "multipath", NO_PATH_TODO,
			   "%s waits for ever when it has no path left: processes hang, and so does a shutdown", map);
	else if (!strcmp(queueing, "off") || !strcmp(queueing, "-"))
		doctor_say(d, DOCTOR_WARNING, "multipath", NO_PATH_TODO,
			   "%s fails I/O at once when it has no path left, and file systems upon it with that", map);
	else if (sscanf(queueing, "%u %7s", &n, unit) == 2)
		doctor_say(d, DOCTOR_OK, "multipath", NULL, "%s waits %u s for a path when it has none left", map,
			   strcmp(unit, "chk") ? n : n * polling_interval());
}

/* once for each map, whichever of its paths comes first */
static void check_map(struct doctor *d, const char *map, const char *wwid)
{
	char queueing[32];
	char *maps;

	for (unsigned int i = 0; i < d->map_count; i++) {
		if (!strcmp(d->maps[i], map))
			return;
	}
	if (d->map_count < ARRAY_SIZE(d->maps))
		snprintf(d->maps[d->map_count++], sizeof(d->maps[0]), "%.31s", map);
	maps = ask("show maps raw format %w|%Q");
	if (!maps) {
		doctor_say(d, DOCTOR_PROBLEM, "multipath", "systemctl enable --now multipathd",
			   "multipathd does not run or does not answer: %s does not notice when paths come and go", map);
		return;
	}
	queueing_of(maps, wwid, queueing, sizeof(queueing));
	free(maps);
	say_queueing(d, map, queueing);
}

/* ---- disks ----------------------------------------------------------------------------------- */

/* why does multipathd leave two paths alone, and what helps? */
static const char *how_to_join(void)
{
	static const char strict[] = "find_multipaths yes in multipath.conf and multipathd reconfigure, or log one out";
	char value[32];

	if (access(MULTIPATHD, X_OK))
		return "install multipath-tools, or log one out";
	if (!ask_value("find_multipaths", value, sizeof(value)))
		return "systemctl enable --now multipathd, or log one out";
	if (!value[0] || !strcmp(value, "strict"))
		return strict;
	return "multipath -v3 says why multipathd leaves it, a blacklist perhaps; or log one out";
}

/* another disk, of whatever initiator, that says it is the same one */
static void check_twin(struct doctor *d, const char *name, const char *wwid)
{
	DIR *dir = opendir(SYS "/block");
	const struct dirent *entry;
	char other[256];

	while (dir && (entry = readdir(dir))) {
		if (!strcmp(entry->d_name, name) ||
		    sysfs_read(other, sizeof(other), SYS "/block/%s/device/wwid", entry->d_name) ||
		    strcmp(other, wwid))
			continue;
		doctor_say(d, DOCTOR_WARNING, "multipath", how_to_join(),
			   "%s is the same disk as %s, and nothing holds the two together", name, entry->d_name);
	}
	if (dir)
		closedir(dir);
}

void doctor_paths(struct doctor *d, const struct session *s, const struct lun *l)
{
	s32 tmo = s->timers.recovery_tmo;
	char map[256], wwid[256];

	map_of(l->name, map, wwid, sizeof(map));
	if (!map[0]) {
		if (!sysfs_read(wwid, sizeof(wwid), SYS "/block/%s/device/wwid", l->name))
			check_twin(d, l->name, wwid);
		return;
	}
	if (tmo < 0 || tmo > PATH_TMO_MAX)
		doctor_say(d, DOCTOR_WARNING, "multipath",
			   "fast_io_fail_tmo in multipath.conf, or recovery-tmo, of 5 s; no_path_retry there is how long I/O waits without any path",
			   "%s is a path of %s, but its I/O waits %s before another is tried", l->name, map,
			   tmo < 0 ? "for ever" : "longer than 30 s");
	else
		doctor_say(d, DOCTOR_OK, "multipath", NULL, "%s is a path of %s and fails over after %d s", l->name,
			   map, tmo);
	check_map(d, map, wwid);
}
