// SPDX-License-Identifier: GPL-2.0
/*
 * Attaching a target.
 */
#include <linux/capability.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "attach.h"
#include "handover.h"
#include "initiator.h"
#include "lock.h"
#include "netns.h"
#include "progress.h"

/* how long a session that could not be brought up may take to go, asked nicely and then not */
#define UNDO_MS 5000

void candidate_add(struct candidates *c, const struct address *a, int tpgt)
{
	unsigned int at = c->list.count;

	address_add(&c->list, a);
	if (c->list.count > at)
		c->tpgt[at] = tpgt;
}

/* else capabilities are worth nothing here */
static bool in_first_userns(void)
{
	struct stat st;

	/* PROC_USER_INIT_INO */
	return stat("/proc/self/ns/user", &st) || st.st_ino == 0xEFFFFFFDu;
}

static bool may_attach(void)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = { 0 };

	if (!in_first_userns())
		return false;
	if (syscall(SYS_capget, &head, data))
		return true;
	return data[0].effective & 1u << CAP_NET_ADMIN;
}

int attach_open(struct attach *a, const struct settings *settings,
		const struct kiscsi_chap_cred *cred, struct err *e)
{
	a->settings = settings;
	a->cred = cred;
	if (!may_attach())
		return err_set(e, ST_FAILED, NL_NOT_PERMITTED);
	return nl_open_load(&a->nl, e);
}

int attach_listen(struct attach *a, struct err *e)
{
	return a->events.sock ? 0 : nl_listen(&a->events, &a->nl, e);
}

void attach_close(struct attach *a)
{
	nl_close(&a->events);
	nl_close(&a->nl);
}

void attach_config(struct leading_config *c, const struct settings *settings,
		   const struct kiscsi_chap_cred *cred, const char *target)
{
	c->settings = settings;
	c->offer = &settings->offer;
	c->cred = cred;
	c->target_name = target;
	initiator_isid(settings->initiator_name, c->isid);
}

static int exists(const struct session *s, struct err *e)
{
	return err_set(e, ST_EXISTS, "session %u to portal group %u of it exists already (%s)", s->sid,
		       s->tpgt, session_state_name(s->state));
}

/* does @s lead to one of @list? Then it leads to the portal group that @list is in. */
static bool leads_to(const struct session *s, const struct address_list *list)
{
	for (unsigned int i = 0; i < s->portals.count; i++) {
		if (address_in(list, &s->portals.v[i]))
			return true;
	}
	for (unsigned int i = 0; i < s->conn_count; i++) {
		if (s->conns[i].peer.len && address_in(list, &s->conns[i].peer))
			return true;
	}
	return false;
}

/* of sessions to the target; @list NULL: go by the portal group tag instead */
static int check_exists(const struct sessions *sessions, const struct address_list *list, u16 tpgt,
			struct err *e)
{
	u64 netns = netns_own();

	for (unsigned int i = 0; i < sessions->count; i++) {
		const struct session *s = &sessions->v[i];

		if (s->netns && s->netns != netns)
			continue;
		if (list ? leads_to(s, list) : s->tpgt == tpgt)
			return exists(s, e);
	}
	return 0;
}

/* an ISID that none of the sessions to the target has: one that has would be ended by our login */
static void choose_isid(const struct sessions *sessions, u8 isid[6])
{
	unsigned int i = 0;

	while (i < sessions->count) {
		if (memcmp(sessions->v[i].isid, isid, 6)) {
			i++;
			continue;
		}
		initiator_isid_next(isid);
		i = 0;
	}
}

/* the candidates that are in the portal group we came to */
static void in_group(const struct candidates *c, int tpgt, struct address_list *out)
{
	out->count = 0;
	for (unsigned int i = 0; i < c->list.count; i++) {
		if (c->tpgt[i] == TPGT_UNKNOWN || c->tpgt[i] == tpgt)
			address_add(out, &c->list.v[i]);
	}
}

/* in good order if that can be */
static void end_session(struct attach *a, u32 sid)
{
	struct session gone = { .sid = sid, .state = KISCSI_SESSION_LOGOUT };
	struct sessions list = { &gone, 1 };
	struct err e;

	progress("waiting for the end of session %u", sid);
	if (!session_logout(&a->nl, sid, false, &e) &&
	    !session_wait_gone(&a->nl, &a->events, &list, clock_in(UNDO_MS), &e))
		return;
	if (!session_logout(&a->nl, sid, true, &e))
		session_wait_gone(&a->nl, &a->events, &list, clock_in(UNDO_MS), &e);
}

static void undo(struct attach *a, u32 sid)
{
	clock_undo(true);
	end_session(a, sid);
	clock_undo(false);
}

/* in case only the kernel's answer failed: is there a session of ours nevertheless? */
static void undo_unknown(struct attach *a, const struct leading_config *c)
{
	struct sessions sessions;
	struct err e;

	if (session_dump(&a->nl, c->target_name, &sessions, &e))
		return;
	for (unsigned int i = 0; i < sessions.count; i++) {
		if (!memcmp(sessions.v[i].isid, c->isid, sizeof(c->isid)))
			undo(a, sessions.v[i].sid);
	}
	sessions_free(&sessions);
}

static int wait_for_luns(struct attach *a, u32 sid, u32 host_no, deadline_t deadline,
			 struct session *s, struct luns *luns, struct err *e)
{
	progress("waiting for the LUNs of session %u", sid);
	if (session_wait_scanned(&a->events, sid, deadline, e) ||
	    luns_wait(host_no, luns, deadline, e))
		return -1;
	if (!session_get(&a->nl, sid, s, e))
		return 0;
	luns_free(luns);
	return -1;
}

/* with nobody else logging in to the target */
static int attach_alone(struct attach *a, const struct leading_config *c,
			const struct candidates *candidates, deadline_t deadline, struct session *s,
			struct luns *luns, struct err *e)
{
	struct leading_config mine = *c;
	struct leading *l = leading_new();
	struct address_list portals;
	struct sessions sessions;
	u32 sid, host_no;
	int r = -1;

	if (!l)
		return err_sys(e, ST_FAILED, ENOMEM, "login");
	if (session_dump(&a->nl, c->target_name, &sessions, e))
		goto out_free;
	choose_isid(&sessions, mine.isid);
	if (check_exists(&sessions, &candidates->list, 0, e) ||
	    leading_login(l, &mine, &candidates->list, deadline, e))
		goto out_sessions;
	/* not before: of many that log in at a time, those that still wait need not hear of the others */
	if ((!a->per_portal && check_exists(&sessions, NULL, l->login.params.tpgt, e)) ||
	    attach_listen(a, e))
		goto out_logout;
	in_group(candidates, l->login.params.tpgt, &portals);
	if (handover(&a->nl, l, &mine, &portals, &sid, &host_no, e)) {
		if (e->code == EEXIST)
			e->status = ST_EXISTS;
		else
			undo_unknown(a, &mine);
		goto out_logout;
	}
	/* the kernel has its own reference and, from here on, the say */
	close(l->fd);
	l->fd = -1;
	r = wait_for_luns(a, sid, host_no, deadline, s, luns, e);
	if (r)
		undo(a, sid);
out_logout:
	leading_logout(l);
out_sessions:
	sessions_free(&sessions);
out_free:
	leading_free(l);
	return r;
}

int attach(struct attach *a, const char *target, const struct candidates *candidates,
	   deadline_t deadline, struct session *s, struct luns *luns, struct err *e)
{
	struct leading_config c;
	int lock = lock_target(target, deadline, e);
	int r;

	if (lock == -1)
		return -1;
	attach_config(&c, a->settings, a->cred, target);
	r = attach_alone(a, &c, candidates, deadline, s, luns, e);
	if (lock >= 0)
		close(lock);
	return r;
}

int attach_apart(const struct attach *like, const char *target, const struct candidates *candidates,
		 deadline_t deadline, struct session *s, struct luns *luns, struct err *e)
{
	struct attach own = { .per_portal = like->per_portal };
	int r;

	if (attach_open(&own, like->settings, like->cred, e))
		return -1;
	r = attach(&own, target, candidates, deadline, s, luns, e);
	attach_close(&own);
	return r;
}
