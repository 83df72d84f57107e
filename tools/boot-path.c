// SPDX-License-Identifier: GPL-2.0
/*
 * Logging in, again and again.
 */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "attach.h"
#include "boot-path.h"
#include "discovery.h"
#include "initiator.h"
#include "net.h"
#include "nic.h"

/* for the LUNs, after a login */
#define LUNS_SECONDS	30
/* between two attempts: from the first to the longest */
#define PAUSE_MS	500
#define PAUSE_MAX_MS	5000
/* between two lines that say the same */
#define SAY_MS		15000

/**
 * struct attempt - with what to log in
 * @path: where
 * @settings: as what
 * @cred: credentials
 * @result: what came of it
 */
struct attempt {
	const struct boot_path *path;
	struct settings settings;
	struct kiscsi_chap_cred cred;
	struct boot_result *result;
};

char *boot_path_name(const struct boot_path *p, char *out, size_t size)
{
	snprintf(out, size, "%s at %s", p->target->name[0] ? p->target->name : "the targets",
		 p->target->portal[p->portal]);
	return out;
}

/* the interface is not to be taken down or set up anew by whatever manages the network later on */
static void note_interface(const struct session *s)
{
	char name[IF_NAMESIZE], path[64];
	int fd;

	if (!s->conn_count || nic_of_address(&s->conns[0].local, name))
		return;
	mkdir("/run/kiscsi", 0755);
	mkdir(BOOT_INTERFACES, 0755);
	snprintf(path, sizeof(path), BOOT_INTERFACES "/%s", name);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd >= 0)
		close(fd);
}

/* the LUN for "root=" first */
static void put_root_first(struct luns *luns, u64 root_lun)
{
	for (unsigned int i = 0; i < luns->count; i++) {
		struct lun first = luns->v[i];

		if (first.lun != root_lun)
			continue;
		memmove(luns->v + 1, luns->v, i * sizeof(first));
		luns->v[0] = first;
	}
}

static int log_in(struct attempt *a, const char *name, const struct candidates *c, deadline_t deadline,
		  struct err *e)
{
	struct attach to = { .per_portal = a->path->boot->paths };
	char *devices = a->result->devices;
	size_t n = strlen(devices);
	struct session s;
	struct luns luns;
	int r;

	if (attach_open(&to, &a->settings, &a->cred, e))
		return -1;
	r = attach(&to, name, c, deadline, &s, &luns, e);
	attach_close(&to);
	if (r)
		return e->status == ST_EXISTS ? 0 : -1;
	put_root_first(&luns, a->path->target->root_lun);
	if (n && n + 1 < sizeof(a->result->devices))
		devices[n++] = ' ';
	luns_devices(&luns, devices + n, sizeof(a->result->devices) - n);
	note_interface(&s);
	luns_free(&luns);
	session_free(&s);
	return 0;
}

/* nobody named the target: all that the portal reports */
static int log_in_all(struct attempt *a, const struct candidates *c, deadline_t deadline, struct err *e)
{
	struct leading_config config = { .settings = &a->settings, .cred = &a->cred };
	struct candidates here = { 0 };
	struct targets t = { 0 };
	struct address via;
	int r = 0;

	if (discovery_run(&config, &c->list, &t, &via, deadline, e))
		return -1;
	if (!t.count)
		r = err_set(e, ST_NO_MATCH, "the portal reports no targets");
	candidate_add(&here, &via, TPGT_UNKNOWN);
	for (unsigned int i = 0; !r && i < t.count; i++)
		r = log_in(a, t.v[i].name, &here, deadline, e);
	targets_free(&t);
	return r;
}

/* logins to one target come one after the other: only a portal that answers is to be among them */
static int probe(const struct attempt *a, const struct candidates *c, deadline_t deadline, struct err *e)
{
	char text[ADDRESS_TEXT_MAX];
	int fd = net_connect(&c->list.v[0], &a->settings, deadline, e);

	if (fd < 0)
		return err_where(e, "%s", address_text(&c->list.v[0], text));
	close(fd);
	return 0;
}

static int try_once(struct attempt *a, struct err *e)
{
	const struct boot_target *t = a->path->target;
	u32 seconds = a->settings.timers.login_timeout;
	deadline_t deadline = clock_first(a->path->deadline, clock_in((seconds + LUNS_SECONDS) * 1000));
	deadline_t connect = clock_first(a->path->deadline, clock_in(seconds * 1000));
	struct address_list list = { 0 };
	const char *texts[BOOT_PORTALS_MAX];
	struct candidates c = { 0 };

	for (unsigned int i = 0; i < t->portals; i++)
		texts[i] = t->portal[(i + a->path->portal) % t->portals];
	if (portal_resolve_all(texts, t->portals, KISCSI_PORT, &list, connect, e))
		return -1;
	for (unsigned int i = 0; i < list.count; i++)
		candidate_add(&c, &list.v[i], TPGT_UNKNOWN);
	if (a->path->several && probe(a, &c, connect, e))
		return -1;
	a->result->devices[0] = '\0';
	return t->name[0] ? log_in(a, t->name, &c, deadline, e) : log_in_all(a, &c, deadline, e);
}

/* a target that is just being set up may not know itself yet; a wrong secret does not become right */
static bool worth_another(const struct boot_path *p, const struct err *e)
{
	return e->status != ST_AUTH && e->status != ST_USAGE && clock_left(p->deadline) && !clock_stopped();
}

static void say_waiting(const struct boot_path *p, const struct err *why)
{
	struct err line = *why;
	char name[512];

	err_where(&line, "boot: waiting for %s, another %d s", boot_path_name(p, name, sizeof(name)),
		  clock_left(p->deadline) / 1000);
	if (!nic_has_address(NULL))
		snprintf(line.text + strlen(line.text), sizeof(line.text) - strlen(line.text),
			 " (no network interface has an address; the kernel parameter ip= gives one)");
	err_print(&line);
}

static bool keep_trying(struct attempt *a, struct err *e)
{
	deadline_t say = clock_in(SAY_MS);
	struct err last = { 0 };
	int pause = PAUSE_MS;

	while (try_once(a, e)) {
		/* that time was up in the midst of the last attempt says less than why those before failed */
		if (!clock_left(a->path->deadline) && err_worse(e->status, last.status) != e->status)
			*e = last;
		if (!worth_another(a->path, e))
			return false;
		if (strcmp(last.text, e->text) || !clock_left(say)) {
			say_waiting(a->path, e);
			say = clock_in(SAY_MS);
		}
		last = *e;
		clock_sleep(pause, a->path->deadline);
		pause = pause < PAUSE_MAX_MS / 2 ? pause * 2 : PAUSE_MAX_MS;
	}
	return true;
}

void boot_path(const struct boot_path *p, struct boot_result *result)
{
	struct attempt a = { .path = p, .result = result };

	if (!boot_settings(p->boot, p->target, p->defaults, &a.settings, &result->e) &&
	    !initiator_name(&a.settings, &result->e) &&
	    !boot_cred(p->boot, p->target, &a.settings, &a.cred, &result->e))
		result->up = keep_trying(&a, &result->e);
	explicit_bzero(&a.cred, sizeof(a.cred));
}
