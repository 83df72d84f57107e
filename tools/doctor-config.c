// SPDX-License-Identifier: GPL-2.0
/*
 * Looking at the configuration: is it right, and are the sessions what it says?
 */
#include <net/if.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "apply.h"
#include "doctor.h"
#include "netns.h"

/* where systemd looks, and what "systemctl enable" makes */
#ifndef SYSTEMD
#define SYSTEMD "/run/systemd/system"
#endif
#ifndef UNIT_WANTED
#define UNIT_WANTED "/etc/systemd/system/multi-user.target.wants/kiscsi.service"
#endif

/* is @a one of ours? Nothing is sent: only the kernel is asked whether it would take it. */
static bool is_local(const struct address *a)
{
	int fd = socket(a->sa.sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct address any_port = *a;
	bool local;

	if (fd < 0)
		return true;
	if (a->sa.sa_family == AF_INET)
		any_port.in.sin_port = 0;
	else
		any_port.in6.sin6_port = 0;
	local = !bind(fd, &any_port.sa, any_port.len) || errno != EADDRNOTAVAIL;
	close(fd);
	return local;
}

static void check_address(struct doctor *d, const struct config *c, const struct config_target *t)
{
	const struct settings *s = &t->settings;
	char text[ADDRESS_TEXT_MAX];

	if (s->source_interface[0] && !if_nametoindex(s->source_interface))
		doctor_say(d, DOCTOR_PROBLEM, "source", "correct source-interface, or bring the interface up; ip link has those there are",
			   "%s: [%s]: there is no network interface %s", c->path, t->section,
			   s->source_interface);
	if (s->source_address.len && !is_local(&s->source_address))
		doctor_say(d, DOCTOR_PROBLEM, "source", "correct source-address, or add it to an interface; ip address has those there are",
			   "%s: [%s]: %s is no address of this host", c->path, t->section,
			   address_host(&s->source_address, text));
}

/* where a section logs in from */
static void check_source(struct doctor *d, const struct config *c, const struct config_target *t)
{
	struct err e;
	int home;

	if (!t->netns) {
		check_address(d, c, t);
		return;
	}
	if (!netns_number(t->netns)) {
		doctor_say(d, DOCTOR_PROBLEM, "source", "ip netns add it, before kiscsi apply runs",
			   "%s: [%s]: there is no network namespace %s", c->path, t->section, t->netns);
		return;
	}
	home = netns_visit(t->netns, &e);
	if (home < 0) {
		doctor_say(d, DOCTOR_WARNING, "source", e.code == EPERM ? "run it as root" : NULL,
			   "%s: [%s]: not looked at: %s", c->path, t->section, e.text);
		return;
	}
	check_address(d, c, t);
	netns_leave(home);
}

/* which of the actions of "kiscsi apply" stands for what is wrong */
static void say_action(struct doctor *d, const char *path, const struct apply_action *a)
{
	const char *section = a->target ? a->target->section : "";
	u32 sid = a->session ? a->session->sid : 0;

	switch (a->kind) {
	case APPLY_SAME:
	case APPLY_CREDENTIALS:
		doctor_say(d, DOCTOR_OK, "config", NULL, "%s: [%s]: session %u is what it says", path, section, sid);
		break;
	case APPLY_LOGIN:
		doctor_say(d, a->target->optional ? DOCTOR_WARNING : DOCTOR_PROBLEM, "config",
			   "kiscsi apply, which says why when it cannot", "%s: [%s]: there is no session", path, section);
		break;
	case APPLY_CHANGE:
		doctor_say(d, DOCTOR_WARNING, "config", "kiscsi apply changes it, or correct the file",
			   "%s: [%s]: the session has other timers: %s", path, section, a->text);
		break;
	case APPLY_DIFFERS:
		doctor_say(d, DOCTOR_WARNING, "config", "kiscsi logout it when that suits, then kiscsi apply; or correct the file",
			   "%s: [%s]: session %u is another: %s", path, section, sid, a->text);
		break;
	case APPLY_LOGOUT:
	case APPLY_UNLISTED:
		doctor_say(d, DOCTOR_OK, "config", NULL, "%s: session %u to %s is not in it, so it is not there after a boot",
			   path, sid, a->session->target);
		break;
	}
}

static void compare(struct doctor *d, struct config *c, const struct sessions *present)
{
	struct apply_state state = { .present = present };
	struct apply_plan plan = { 0 };
	struct err e;

	if (apply_look(&state, c, &e) || apply_plan(&plan, &state, &e))
		doctor_say(d, DOCTOR_WARNING, "config", NULL, "%s: cannot be compared with the sessions: %s", c->path, e.text);
	for (unsigned int i = 0; i < plan.count; i++)
		say_action(d, c->path, &plan.v[i]);
	apply_free(&plan);
	free(state.netns);
}

static bool any_at_boot(const struct config *c)
{
	for (unsigned int i = 0; i < c->targets; i++) {
		if (c->target[i].startup != STARTUP_MANUAL)
			return true;
	}
	return false;
}

static void check_boot(struct doctor *d, const struct config *c)
{
	if (any_at_boot(c) && !access(SYSTEMD, F_OK) && access(UNIT_WANTED, F_OK))
		doctor_say(d, DOCTOR_WARNING, "boot", "systemctl enable kiscsi.service",
			   "kiscsi.service is not enabled: nothing logs in to the targets of %s at boot", c->path);
}

static void say_problems(struct doctor *d, const struct config *c, const struct problems *p)
{
	for (unsigned int i = 0; i < p->count; i++) {
		if (p->v[i].line)
			doctor_say(d, DOCTOR_PROBLEM, "config", NULL, "%s:%u: %s", c->path, p->v[i].line, p->v[i].text);
		else
			doctor_say(d, DOCTOR_PROBLEM, "config", NULL, "%s: %s", c->path, p->v[i].text);
	}
	if (!p->count)
		doctor_say(d, DOCTOR_OK, "config", NULL, "%s: %u targets%s", c->path, c->targets,
			   geteuid() ? "; secrets are looked at for root only" : "");
}

static void check_file(struct doctor *d, struct config *c, const struct problems *p,
		       const struct sessions *present)
{
	say_problems(d, c, p);
	if (p->count)
		return;
	for (unsigned int i = 0; i < c->targets; i++)
		check_source(d, c, &c->target[i]);
	check_boot(d, c);
	if (present)
		compare(d, c, present);
}

void doctor_config(struct doctor *d, const char *path, const struct sessions *present)
{
	struct problems p = { 0 };
	struct config c;
	struct err e;

	if (!config_read_path(&c, path, !geteuid(), &p, &e))
		check_file(d, &c, &p, present);
	else if (e.code == ENOENT)
		doctor_say(d, DOCTOR_OK, "config", NULL, "there is no %s, so nothing is attached at boot", path);
	else
		doctor_say(d, DOCTOR_PROBLEM, "config", geteuid() ? "run it as root" : NULL, "%s", e.text);
	problems_free(&p);
	config_free(&c);
}
