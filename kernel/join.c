// SPDX-License-Identifier: GPL-2.0
/*
 * Further connections of a session (MC/S): with the session's ISID and TSIH, and a CID of their own.
 *
 * The session is up with its leading connection; the kernel logs in the others, one after the other, in
 * the work item that also brings the session back, so no two logins of a session are ever under way. They
 * are spread over the portals of the group. A portal that does not work is passed over until all have
 * been tried, and then there is a pause. One that refuses is asked once more, since a target may
 * answer the leading login before it has finished with it; then no more before the next session login.
 * While they last there is no I/O on a connection, so a failure here harms nobody.
 */
#include <linux/file.h>

#include "reconnect.h"

/* what the target granted at the last session login may be less than at the first */
static u32 connections_max(const struct kiscsi_session *session)
{
	return min(session->conn_max, session->params.max_connections);
}

static u32 connections_in_use(const struct kiscsi_session *session)
{
	u32 i, n = 0;

	for (i = 0; i < session->conn_max; i++)
		n += READ_ONCE(session->conns[i]->state) != KISCSI_CONN_FREE;
	return n;
}

/* the leading connection keeps its CID also while it is FREE */
static bool cid_in_use(const struct kiscsi_session *session, u16 cid)
{
	u32 i;

	for (i = 0; i < session->conn_max; i++)
		if (session->conns[i]->cid == cid &&
		    (!i || READ_ONCE(session->conns[i]->state) != KISCSI_CONN_FREE))
			return true;
	return false;
}

static struct kiscsi_conn *free_conn(struct kiscsi_session *session)
{
	u32 i;

	for (i = 1; i < session->conn_max; i++)
		if (READ_ONCE(session->conns[i]->state) == KISCSI_CONN_FREE)
			return session->conns[i];
	return NULL;
}

static int add_locked(struct kiscsi_session *session, const struct kiscsi_conn_spec *spec,
		      const char **why)
{
	struct kiscsi_conn *conn = free_conn(session);
	int ret;

	if (READ_ONCE(session->destroying) || READ_ONCE(session->state) != KISCSI_SESSION_UP) {
		*why = "the session is not up";
		return -ESHUTDOWN;
	}
	if (!conn || connections_in_use(session) >= connections_max(session)) {
		*why = "the session has all the connections it can have";
		return -ENOSPC;
	}
	if (cid_in_use(session, spec->cid)) {
		*why = "a connection of the session has this CID";
		return -EEXIST;
	}
	conn->exp_cmdsn = READ_ONCE(session->conns[0]->exp_cmdsn);
	WRITE_ONCE(conn->max_cmdsn, READ_ONCE(session->conns[0]->max_cmdsn));
	ret = kiscsi_conn_attach(conn, spec, why);
	if (ret)
		return ret;
	kiscsi_conn_start(conn);
	kiscsi_event(session, KISCSI_EVENT_CONN, "connection added");
	return 0;
}

/**
 * kiscsi_join_add() - add a connection that is logged in
 * @session: whose it is
 * @spec: the hand-over; the connection takes a file reference of its own
 * @why: set on failure
 *
 * What MaxCmdSN the login told is not asked for: the session's other connections know one, and it never goes
 * back.
 *
 * Context: may sleep.
 * Return: 0 or a negative errno with nothing changed.
 */
int kiscsi_join_add(struct kiscsi_session *session, const struct kiscsi_conn_spec *spec,
		    const char **why)
{
	int ret;

	mutex_lock(&session->conn_mutex);
	ret = add_locked(session, spec, why);
	mutex_unlock(&session->conn_mutex);
	return ret;
}

/*
 * ---- logins ----
 */

/** kiscsi_join_begin() - a session login: what portals did before it does not count; of rc->work, or before it */
void kiscsi_join_begin(struct kiscsi_reconnect *rc)
{
	memset(&rc->join, 0, sizeof(rc->join));
	rc->redirects = 0;
	rc->redirect.ss_family = AF_UNSPEC;
}

/** kiscsi_join_wanted() - is a connection missing that may still come? any context */
bool kiscsi_join_wanted(struct kiscsi_session *session)
{
	return READ_ONCE(session->state) == KISCSI_SESSION_UP && !session->reconnect->join.over &&
	       connections_in_use(session) < connections_max(session);
}

/* the one after the leading connection's first; -1: all have been tried */
static int next_portal(const struct kiscsi_reconnect *rc)
{
	u32 count = rc->session->id->portal_count;
	u32 first = rc->portal + connections_in_use(rc->session);
	u32 i;

	for (i = 0; i < count; i++)
		if (!((rc->join.failed | rc->join.never) & BIT((first + i) % count)))
			return (first + i) % count;
	return -1;
}

static void say_missing(struct kiscsi_reconnect *rc, const char *level, const char *end)
{
	struct kiscsi_session *session = rc->session;

	shost_printk(level, session->shost, "kiscsi: session %u has %u of %u connections%s: %s\n",
		     session->sid, connections_in_use(session), connections_max(session), end,
		     rc->error);
}

/* no portal is left of this round; true if there is to be another */
static bool end_round(struct kiscsi_reconnect *rc, unsigned long *delay)
{
	struct kiscsi_join *join = &rc->join;

	if (hweight32(join->never) == rc->session->id->portal_count) {
		join->over = true;
		say_missing(rc, KERN_INFO, ", and the target takes no more");
		return false;
	}
	join->failed = 0;
	*delay = kiscsi_recovery_pause(&join->pause);
	/* ever more rarely: it may last a night. The first is perhaps only a target that is not ready yet. */
	if (is_power_of_2(++join->pauses) && join->pauses > 1)
		say_missing(rc, KERN_WARNING, "");
	return true;
}

static bool add(struct kiscsi_reconnect *rc, struct socket *sock)
{
	const struct kiscsi_conn_spec spec = {
		.sock = sock,
		.cid = rc->cid,
		.exp_statsn = rc->login.statsn,
		.params = rc->login.params,
	};
	const char *why;

	if (kiscsi_join_add(rc->session, &spec, &why)) {
		strscpy(rc->error, why, sizeof(rc->error));
		return false;
	}
	rc->join.pause = 0;
	rc->join.pauses = 0;
	return true;
}

static enum kiscsi_attempt log_in(struct kiscsi_reconnect *rc, const struct sockaddr_storage *portal)
{
	enum kiscsi_attempt attempt;
	struct socket *sock;

	rc->further = true;
	rc->cid = 0;
	while (cid_in_use(rc->session, rc->cid))
		rc->cid++;
	attempt = kiscsi_reconnect(rc, portal, &sock);
	if (attempt != KISCSI_ATTEMPT_OK)
		return attempt;
	if (!add(rc, sock)) {
		kiscsi_reconnect_drop(sock);
		return KISCSI_ATTEMPT_FAILED;
	}
	fput(sock->file);
	return attempt;
}

static void take_failure(struct kiscsi_reconnect *rc, u32 portal, bool refused)
{
	struct kiscsi_join *join = &rc->join;

	join->failed |= BIT(portal);
	if (!refused)
		return;
	join->never |= join->refused & BIT(portal);
	join->refused |= BIT(portal);
}

/**
 * kiscsi_join_attempt() - try one portal for one more connection
 * @rc: of the session; kiscsi_join_wanted()
 * @delay: set to the jiffies until the next attempt
 *
 * Context: rc->work; may sleep, for the login timeout at the most, and not when the session is not up
 * any more.
 * Return: true if there is to be another attempt.
 */
bool kiscsi_join_attempt(struct kiscsi_reconnect *rc, unsigned long *delay)
{
	struct sockaddr_storage redirect = rc->redirect;
	int portal = next_portal(rc);
	enum kiscsi_attempt attempt;

	if (portal < 0)
		return end_round(rc, delay);
	rc->redirect.ss_family = AF_UNSPEC;
	attempt = log_in(rc, redirect.ss_family ? &redirect : &rc->session->id->portals[portal]);
	if (attempt == KISCSI_ATTEMPT_STOPPED)
		return false;
	if (attempt == KISCSI_ATTEMPT_REDIRECTED && kiscsi_recovery_redirect(rc))
		return true;
	rc->redirects = 0;
	rc->redirect.ss_family = AF_UNSPEC;
	if (attempt != KISCSI_ATTEMPT_OK)
		take_failure(rc, portal, attempt != KISCSI_ATTEMPT_FAILED);
	return kiscsi_join_wanted(rc->session);
}
