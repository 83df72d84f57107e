// SPDX-License-Identifier: GPL-2.0
/*
 * Looking at a session: state, portals, the way to them, links of its disks.
 */
#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "doctor.h"
#include "net.h"
#include "netns.h"
#include "ping.h"

#ifndef SYS
#define SYS "/sys"
#endif
#ifndef DEV
#define DEV "/dev"
#endif

#define CONNECT_MS	2000
#define PING_MS		1000
#define PING_SMALL	84
#define PING_BIGGEST	65535u

static void check_state(struct doctor *d, const struct session *s)
{
	if (s->state == KISCSI_SESSION_UP)
		doctor_say(d, DOCTOR_OK, "session", NULL, "%u to %s: up for %u s", s->sid, s->target,
			   s->state_age);
	else
		doctor_say(d, DOCTOR_PROBLEM, "session", "see what is said of its portals",
			   "%u to %s: %s for %u s, %u attempts, last error: %s", s->sid, s->target,
			   session_state_name(s->state), s->state_age, s->attempts,
			   s->last_error[0] ? s->last_error : "none");
}

static void check_timers(struct doctor *d, const struct session *s)
{
	const struct timers *t = &s->timers;

	if (!t->nop_interval)
		doctor_say(d, DOCTOR_WARNING, "nop", "log in with a nop-interval, 5 is usual",
			   "session %u asks for no sign of life: a target that falls silent is noticed by nobody while there is no I/O",
			   s->sid);
	else if (t->recovery_tmo >= 0 && t->nop_interval + t->nop_timeout > 60)
		doctor_say(d, DOCTOR_WARNING, "nop", "take a shorter nop-interval or nop-timeout",
			   "session %u needs %u s to notice that its target is gone", s->sid,
			   t->nop_interval + t->nop_timeout);
	else
		doctor_say(d, DOCTOR_OK, "nop", NULL, "session %u notices within %u s that its target is gone",
			   s->sid, t->nop_interval + t->nop_timeout);
}

/* a lost packet is no verdict */
static int ping_twice(const struct address *a, unsigned int size, struct err *e)
{
	int r = ping_size(a, size, clock_in(PING_MS), e);

	return r ? r : ping_size(a, size, clock_in(PING_MS), e);
}

static void check_mtu(struct doctor *d, const struct address *a)
{
	char text[ADDRESS_TEXT_MAX];
	struct err e = { 0 };
	unsigned int size;
	int mtu = ping_mtu(a, &e);
	int r = mtu < 0 ? -1 : ping_twice(a, PING_SMALL, &e);

	address_host(a, text);
	if (r < 0) {
		doctor_say(d, DOCTOR_WARNING, "mtu", e.code == EPERM ? "run it as root" : NULL,
			   "%s: cannot be tested: %s", text, e.text);
		return;
	}
	if (!r) {
		doctor_say(d, DOCTOR_OK, "mtu", NULL, "%s: not tested, it answers no ping", text);
		return;
	}
	size = (unsigned int)mtu < PING_BIGGEST ? (unsigned int)mtu : PING_BIGGEST;
	if (ping_twice(a, size, &e) == 1)
		doctor_say(d, DOCTOR_OK, "mtu", NULL, "%s: packets of %u bytes get through", text, size);
	else
		doctor_say(d, DOCTOR_PROBLEM, "mtu",
			   "set the same MTU here, on every switch in between and at the target",
			   "%s: packets of %u bytes, which the interface takes, do not get through", text, size);
}

static void check_portal(struct doctor *d, const struct session *s, const struct address *a)
{
	struct settings settings;
	char text[ADDRESS_TEXT_MAX];
	struct err e;
	int fd;

	if (address_in(&d->portals, a))
		return;
	address_add(&d->portals, a);
	address_text(a, text);
	settings_init(&settings);
	fd = net_connect(a, &settings, clock_in(CONNECT_MS), &e);
	if (fd < 0) {
		doctor_say(d, DOCTOR_PROBLEM, "portal",
			   "see that the target runs, and at routes and firewalls on the way",
			   "%s of session %u: %s", text, s->sid, e.text);
		return;
	}
	close(fd);
	doctor_say(d, DOCTOR_OK, "portal", NULL, "%s of session %u takes connections", text, s->sid);
	check_mtu(d, a);
}

static void check_portals(struct doctor *d, const struct session *s)
{
	if (d->netns != s->netns)
		d->portals.count = 0;
	d->netns = s->netns;
	for (unsigned int i = 0; i < s->portals.count; i++)
		check_portal(d, s, &s->portals.v[i]);
}

/* from where the session is */
static void visit_portals(struct doctor *d, const struct session *s)
{
	char name[NETNS_NAME_MAX];
	struct err e;
	int home;

	if (!netns_name(s->netns, name)[0]) {
		doctor_say(d, DOCTOR_OK, "portal", NULL,
			   "those of session %u are in network namespace %llu, which has no name: not looked at from here",
			   s->sid, (unsigned long long)s->netns);
		return;
	}
	home = netns_visit(name, &e);
	if (home < 0) {
		doctor_say(d, DOCTOR_WARNING, "portal", e.code == EPERM ? "run it as root" : NULL,
			   "those of session %u are not looked at: %s", s->sid, e.text);
		return;
	}
	check_portals(d, s);
	netns_leave(home);
}

/* the same target attached by another initiator of this host: its disks are here twice */
static void check_others(struct doctor *d, const struct session *s)
{
	DIR *dir = opendir(SYS "/class/iscsi_session");
	const struct dirent *entry;
	char own[32], target[KISCSI_NAME_MAX + 2];

	snprintf(own, sizeof(own), "session%u", s->sid);
	while (dir && (entry = readdir(dir))) {
		char creator[16];

		if (entry->d_name[0] == '.' || !strcmp(entry->d_name, own) ||
		    sysfs_read(target, sizeof(target), SYS "/class/iscsi_session/%s/targetname", entry->d_name) ||
		    strcasecmp(target, s->target) ||
		    /* ours have none: it is the process that made it, or -1 */
		    sysfs_read(creator, sizeof(creator), SYS "/class/iscsi_session/%s/creator", entry->d_name) ||
		    !strcmp(creator, "-1"))
			continue;
		doctor_say(d, DOCTOR_WARNING, "open-iscsi", "log one of the two out, iscsiadm -m node -T TARGET -u",
			   "%s of open-iscsi leads to the target of session %u: the same disks are here twice",
			   entry->d_name, s->sid);
	}
	if (dir)
		closedir(dir);
}

/* as udev's path_id makes it */
static void check_link(struct doctor *d, const struct session *s, const struct lun *l)
{
	char host[ADDRESS_TEXT_MAX], path[PATH_MAX];
	struct stat st;

	if (!s->portals.count || l->lun > 255)
		return;
	snprintf(path, sizeof(path), DEV "/disk/by-path/ip-%s:%u-iscsi-%s-lun-%llu",
		 address_host(&s->portals.v[0], host), address_port(&s->portals.v[0]), s->target,
		 (unsigned long long)l->lun);
	if (!stat(path, &st) && st.st_rdev == l->dev)
		doctor_say(d, DOCTOR_OK, "link", NULL, "%s has its link in by-path", l->name);
	else
		doctor_say(d, DOCTOR_WARNING, "link", "udevadm trigger; if that does not help, look at udev's rules",
			   "%s has no link %s", l->name, path);
}

void doctor_session(struct doctor *d, const struct session *s, const struct luns *luns)
{
	check_state(d, s);
	check_timers(d, s);
	if (s->netns == netns_own())
		check_portals(d, s);
	else
		visit_portals(d, s);
	check_others(d, s);
	for (unsigned int i = 0; i < luns->count; i++) {
		if (!luns->v[i].block)
			continue;
		check_link(d, s, &luns->v[i]);
		doctor_paths(d, s, &luns->v[i]);
	}
}
