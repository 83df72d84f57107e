// SPDX-License-Identifier: GPL-2.0
/*
 * What becomes of a session whose connection failed: its disks are blocked, its commands taken back,
 * and the kernel connects and logs in again, portal after portal, until it succeeds or the session is
 * logged out. Nobody in user space is needed for it. Then the further connections follow: join.c.
 *
 * Two work items. recover_work, on kiscsi_recovery_wq, deals with a failure: it is quick, and waits for
 * the network only to say goodbye. rc->work, on kiscsi_login_wq, makes attempts, one a run, and queues itself again.
 * Neither waits for I/O, nor allocates in a way that could: memory reclaim may be waiting for both. Where the swap
 * is on our disk nobody else may be able to free any, so both may take from the reserves (PF_MEMALLOC), and what they
 * cannot have there they do without: the attempt fails.
 */
#include <crypto/algapi.h>
#include <linux/file.h>
#include <linux/random.h>
#include <linux/sched/mm.h>
#include <linux/vmalloc.h>
#include <scsi/scsi.h>

#include "reconnect.h"

#define LOGOUT_TIMEOUT	(3 * HZ)
/* for a target that ends the session with one of its connections to end the others */
#define END_TIMEOUT	(5 * HZ)
/* seconds between rounds through the portals: doubled each time, up to the second */
#define PAUSE_FIRST	1
#define PAUSE_MAX	30

/*
 * ---- the failure ----
 */

static bool any_failed(struct kiscsi_session *session)
{
	u32 i;

	for (i = 0; i < session->conn_max; i++)
		if (READ_ONCE(session->conns[i]->state) == KISCSI_CONN_FAILED)
			return true;
	return false;
}

/* the connection that the target wants us to log out, with the @event that says so, or NULL */
static struct kiscsi_conn *take_logout_request(struct kiscsi_session *session, u8 *event)
{
	u32 i;

	for (i = 0; i < session->conn_max; i++) {
		struct kiscsi_conn *conn = session->conns[i];

		*event = READ_ONCE(conn->leave_asked);
		if (!*event)
			continue;
		WRITE_ONCE(conn->leave_asked, 0);
		return conn;
	}
	return NULL;
}

/*
 * A logout of our own is on its way to the same end, and what it has to flush may still go out. The state is
 * changed under the socket lock, like by conn_closed(): the end of the stream is noticed before or after.
 */
static void pass_over_request(struct kiscsi_session *session, struct kiscsi_conn *conn)
{
	if (READ_ONCE(session->state) != KISCSI_SESSION_UP)
		return;
	kiscsi_conn_lock(conn);
	kiscsi_conn_set_state(conn, KISCSI_CONN_UP);
	if (READ_ONCE(conn->closed))
		kiscsi_conn_fail(conn, "target closed the connection");
	kiscsi_conn_unlock(conn);
	kiscsi_tx_kick(conn);
	queue_delayed_work(kiscsi_io_wq, &conn->nop_work, HZ);
}

/*
 * The target wants us to log out one of the connections, RFC 7143 section 11.9.1, and lets us choose between
 * that one and the session: the session, then treat it as a lost connection. A target that wants to negotiate
 * accepts a Logout, too, and negotiates everything when we come back.
 */
static void obey_logout_requests(struct kiscsi_session *session)
{
	struct kiscsi_conn *conn;
	u8 event;

	while ((conn = take_logout_request(session, &event))) {
		if (READ_ONCE(session->destroying)) {
			pass_over_request(session, conn);
			continue;
		}
		kiscsi_conn_complain(conn, event == KISCSI_ASYNC_LOGOUT ? "logout, because the target asked for it" :
								   "logout, because the target wants to negotiate");
		if (any_failed(session))
			continue;
		kiscsi_session_goodbye(session, conn, LOGOUT_TIMEOUT);
		kiscsi_conn_set_state(conn, KISCSI_CONN_FAILED);
	}
}

static void stop_conns(struct kiscsi_session *session, int result)
{
	u32 i;

	for (i = 0; i < session->conn_max; i++)
		kiscsi_conn_stop(session->conns[i], result);
}

/* looked at once: a connection that is not made again keeps what is noted about it */
static bool take_breach(struct kiscsi_session *session)
{
	bool any = false;
	u32 i;

	for (i = 0; i < session->conn_max; i++) {
		any |= READ_ONCE(session->conns[i]->broke_protocol);
		WRITE_ONCE(session->conns[i]->broke_protocol, false);
	}
	return any;
}

/*
 * First those that failed: a target that does not know of it learns it from the reset. So do those that were
 * asked for a sign of life and have not given it: no network is a failure of all. A target that breaks the
 * protocol is given no time for the others either, RFC 7143 section 7.7.
 */
static void end_conns(struct kiscsi_session *session)
{
	u32 i;

	for (i = 0; i < session->conn_max; i++)
		if (READ_ONCE(session->conns[i]->state) == KISCSI_CONN_FAILED ||
		    kiscsi_conn_silent(session->conns[i]))
			kiscsi_conn_stop(session->conns[i], KISCSI_RESULT_RETRY);
	if (!take_breach(session))
		kiscsi_session_await_end(session, END_TIMEOUT);
	stop_conns(session, KISCSI_RESULT_RETRY);
}

/*
 * Blocked before the commands are taken back, so that they stay in the block layer's queues. The
 * class's timer for recovery_tmo starts with it.
 */
static void block_devices(struct kiscsi_session *session)
{
	iscsi_block_session(session->cls);
	flush_work(&session->cls->block_work);
}

/*
 * RFC 7143 section 7.5.1: the target may want to be left alone for a while, counted from the loss. What it said in an
 * Asynchronous Message or a Logout Response goes before what was negotiated, and is for this one time.
 */
static unsigned long time2wait(struct kiscsi_session *session, unsigned long lost)
{
	int said = xchg(&session->time2wait, -1);
	unsigned long end = lost + (said < 0 ? session->params.time2wait : said) * HZ;

	return time_before(jiffies, end) ? end - jiffies : 0;
}

/* rc->work may just be logging a further connection in, or wait to do so: hence the flag, and the new time */
static void begin_reconnect(struct kiscsi_session *session, unsigned long lost)
{
	struct kiscsi_reconnect *rc = session->reconnect;

	WRITE_ONCE(rc->restart, true);
	WRITE_ONCE(rc->ending, false);
	mod_delayed_work(kiscsi_login_wq, &rc->work, time2wait(session, lost));
}

/* where nobody has said that the connection ends, the end was when the target was last heard of */
static unsigned long time_of_loss(struct kiscsi_session *session)
{
	return xchg(&session->silent_since, 0) ?: jiffies;
}

static void recover(struct kiscsi_session *session)
{
	struct kiscsi_reconnect *rc = session->reconnect;
	unsigned long lost = time_of_loss(session);

	/* rc->work may be due for a further connection, and is not to make an attempt yet */
	WRITE_ONCE(rc->ending, true);
	/* pairs with wants_connection() */
	smp_wmb();
	if (kiscsi_session_set_state(session, KISCSI_SESSION_RECOVERING)) {
		/* before what waits: new credentials bring no first attempt forward, see kiscsi_recovery_credentials() */
		WRITE_ONCE(session->attempts, 0);
		block_devices(session);
		end_conns(session);
		/* what others have noted meanwhile was the same loss */
		WRITE_ONCE(session->silent_since, 0);
		begin_reconnect(session, lost);
	} else if (READ_ONCE(session->destroying)) {
		kiscsi_session_set_state(session, KISCSI_SESSION_LOST);
		stop_conns(session, DID_TRANSPORT_FAILFAST << 16);
	}
	WRITE_ONCE(rc->ending, false);
}

/**
 * kiscsi_recover_work() - a connection failed, or the target asked for a logout
 * @work: in the session
 *
 * At error recovery level 0 the session goes with any of its connections, though RFC 7143 section 8.3 would let
 * a target keep the others: tasks cannot be reassigned below level 2, and a command that was lost with its
 * connection is a hole in CmdSN before which the target waits. To send it again on another connection is safe
 * only when its first sending can do no harm any more: a late Data-Out of it would overwrite what was
 * written after the repetition. A new session login, with TSIH 0 and the old ISID, ends all old tasks for
 * certain. (LIO ends the session with any connection below level 2 anyway.)
 *
 * While the session is being logged out it does not come back: its I/O fails, so that the logout comes to
 * its end.
 *
 * Context: kiscsi_recovery_wq; may sleep.
 */
void kiscsi_recover_work(struct work_struct *work)
{
	struct kiscsi_session *session = container_of(work, struct kiscsi_session, recover_work);
	unsigned int reserves = memalloc_noreclaim_save();

	mutex_lock(&session->conn_mutex);
	obey_logout_requests(session);
	if (any_failed(session))
		recover(session);
	mutex_unlock(&session->conn_mutex);
	memalloc_noreclaim_restore(reserves);
}

/**
 * kiscsi_recovery_timed_out() - recovery_tmo has passed: the class has let the blocked I/O fail
 * @cls: its session
 *
 * New commands fail too from now on. Attempts go on.
 */
void kiscsi_recovery_timed_out(struct iscsi_cls_session *cls)
{
	struct kiscsi_session *session = shost_priv(iscsi_session_to_shost(cls));

	kiscsi_session_set_state(session, KISCSI_SESSION_LOST);
}

/*
 * ---- attempts ----
 */

/* the portal that was just lost is the last to be tried, not the first */
static void restart(struct kiscsi_reconnect *rc)
{
	rc->tried = 0;
	rc->pause = PAUSE_FIRST;
	rc->redirects = 0;
	rc->missing = 0;
	rc->redirect.ss_family = AF_UNSPEC;
	rc->portal = (rc->portal + 1) % rc->session->id->portal_count;
}

static const struct sockaddr_storage *next_portal(const struct kiscsi_reconnect *rc)
{
	if (rc->redirect.ss_family)
		return &rc->redirect;
	return &rc->session->id->portals[rc->portal];
}

static void log_attempt(struct kiscsi_session *session, const struct sockaddr_storage *portal)
{
	u32 attempts = session->attempts;

	/* the first, then ever more rarely: an outage may last a night */
	if (!is_power_of_2(attempts))
		return;
	shost_printk(KERN_WARNING, session->shost, "kiscsi: session %u: attempt %u, %pISpc: %s\n",
		     session->sid, attempts, portal, session->reconnect->error);
}

/**
 * kiscsi_recovery_pause() - jiffies to pause after a round through the portals
 * @seconds: of this pause, 0 for the first; set to those of the next
 *
 * Up to a quarter more or less, so that a thousand sessions do not knock at the same moment.
 */
unsigned long kiscsi_recovery_pause(u32 *seconds)
{
	u32 now = *seconds ? *seconds : PAUSE_FIRST;
	unsigned long quarter = now * HZ / 4;

	*seconds = min_t(u32, now * 2, PAUSE_MAX);
	return now * HZ - quarter + get_random_u32_below(2 * quarter + 1);
}

/**
 * kiscsi_recovery_redirect() - follow the redirection in rc->login
 * @rc: rc->redirect is set to where the next attempt is to go
 *
 * Return: false if it is one too many in a row, or leads nowhere.
 */
bool kiscsi_recovery_redirect(struct kiscsi_reconnect *rc)
{
	return rc->redirects++ < KISCSI_REDIRECTS_MAX &&
	       kiscsi_reconnect_parse(rc->login.redirect, &rc->redirect);
}

static unsigned long next_attempt(struct kiscsi_reconnect *rc, enum kiscsi_attempt attempt)
{
	rc->redirect.ss_family = AF_UNSPEC;
	if (attempt == KISCSI_ATTEMPT_REDIRECTED && kiscsi_recovery_redirect(rc))
		return 0;
	rc->redirects = 0;
	rc->portal = (rc->portal + 1) % rc->session->id->portal_count;
	if (attempt == KISCSI_ATTEMPT_REFUSED)
		rc->pause = PAUSE_MAX;
	if (++rc->tried < rc->session->id->portal_count)
		return 0;
	rc->tried = 0;
	return kiscsi_recovery_pause(&rc->pause);
}

static void take_over(struct kiscsi_session *session, const struct kiscsi_login *login)
{
	u32 i;

	session->params = login->params;
	session->id->tsih = login->tsih;
	atomic_set(&session->cmdsn, login->cmdsn);
	for (i = 0; i < session->conn_max; i++) {
		session->conns[i]->exp_cmdsn = login->expcmdsn;
		WRITE_ONCE(session->conns[i]->max_cmdsn, login->maxcmdsn);
	}
}

/*
 * The session is up before the devices are unblocked: the first commands find the gate open. Should
 * the connection fail again at once, recover_work waits for conn_mutex, and starts over.
 */
static bool resume_locked(struct kiscsi_session *session, struct socket *sock)
{
	const struct kiscsi_login *login = &session->reconnect->login;
	struct kiscsi_conn *lead = session->conns[0];
	struct kiscsi_conn_spec spec = {
		.sock = sock,
		.cid = lead->cid,
		.exp_statsn = login->statsn,
		.params = login->params,
	};
	const char *why;

	take_over(session, login);
	/* of a connection that was not up, and lost nothing */
	WRITE_ONCE(session->time2wait, -1);
	if (kiscsi_conn_attach(lead, &spec, &why))
		return false;
	if (!kiscsi_session_set_state(session, KISCSI_SESSION_UP)) {
		kiscsi_conn_stop(lead, DID_NO_CONNECT << 16);
		return true;
	}
	kiscsi_conn_start(lead);
	iscsi_unblock_session(session->cls);
	/* the target may have been set up anew meanwhile */
	kiscsi_scan_soon(session);
	return true;
}

static bool resume(struct kiscsi_session *session, struct socket *sock)
{
	bool ok;

	mutex_lock(&session->conn_mutex);
	ok = resume_locked(session, sock);
	mutex_unlock(&session->conn_mutex);
	return ok;
}

static bool wants_connection(const struct kiscsi_session *session)
{
	enum kiscsi_session_state state = READ_ONCE(session->state);

	/* pairs with recover(): from RECOVERING on, not before the old connections have ended */
	smp_rmb();
	return !READ_ONCE(session->destroying) && !READ_ONCE(session->reconnect->ending) &&
	       (state == KISCSI_SESSION_RECOVERING || state == KISCSI_SESSION_LOST);
}

/* true if there is no need for another attempt */
static bool lead_once(struct kiscsi_session *session, unsigned long *delay)
{
	struct kiscsi_reconnect *rc = session->reconnect;
	const struct sockaddr_storage *portal = next_portal(rc);
	enum kiscsi_attempt attempt;
	struct socket *sock;
	bool ok = false;

	WRITE_ONCE(session->attempts, session->attempts + 1);
	rc->further = false;
	rc->cid = session->conns[0]->cid;
	rc->time2wait = 0;
	attempt = kiscsi_reconnect(rc, portal, &sock);
	if (attempt == KISCSI_ATTEMPT_OK) {
		ok = resume(session, sock);
		if (ok)
			fput(sock->file);
		else
			kiscsi_reconnect_drop(sock);
	}
	if (ok || attempt == KISCSI_ATTEMPT_STOPPED)
		return true;
	kiscsi_session_error(session, rc->error);
	log_attempt(session, portal);
	*delay = max(next_attempt(rc, attempt), (unsigned long)rc->time2wait * HZ);
	return false;
}

/* the leading connection if there is none, else a further one; true if there is more to do, after @delay */
static bool attempt_once(struct kiscsi_reconnect *rc, unsigned long *delay)
{
	struct kiscsi_session *session = rc->session;

	*delay = 0;
	if (xchg(&rc->restart, false))
		restart(rc);
	if (wants_connection(session)) {
		if (!lead_once(session, delay))
			return true;
		kiscsi_join_begin(rc);
		return kiscsi_join_wanted(session);
	}
	return kiscsi_join_wanted(session) && kiscsi_join_attempt(rc, delay);
}

/**
 * kiscsi_reconnect_work() - make one attempt; kiscsi_login_wq
 * @work: in the session's struct kiscsi_reconnect
 */
void kiscsi_reconnect_work(struct work_struct *work)
{
	struct kiscsi_reconnect *rc = container_of(to_delayed_work(work), struct kiscsi_reconnect, work);
	unsigned int reserves = memalloc_noreclaim_save();
	unsigned long delay;

	/* a time that recover_work has set meanwhile stays */
	if (attempt_once(rc, &delay) && !READ_ONCE(rc->session->destroying))
		queue_delayed_work(kiscsi_login_wq, &rc->work, delay);
	memalloc_noreclaim_restore(reserves);
}

/** kiscsi_recovery_begin() - the session is up for the first time: its further connections may come */
void kiscsi_recovery_begin(struct kiscsi_session *session)
{
	if (kiscsi_join_wanted(session))
		queue_delayed_work(kiscsi_login_wq, &session->reconnect->work, 0);
}

/** kiscsi_recovery_cancel() - no more attempts; @session->destroying is set; may sleep */
void kiscsi_recovery_cancel(struct kiscsi_session *session)
{
	cancel_work_sync(&session->recover_work);
	cancel_delayed_work_sync(&session->reconnect->work);
}

/**
 * kiscsi_recovery_credentials() - log in with other credentials from the next attempt on
 * @session: found under kiscsi_sessions_lock, which is held
 * @auth: what to take; set to what is left over, for the caller to free
 *
 * Which is now, for the last may have been refused, and its pause be long; but not before the first since the loss,
 * whose time is the target's to choose. @session->destroying is only set under the lock: while it is not, the attempts
 * have yet to be cancelled, this one too.
 *
 * Return: 0, or -EALREADY if it has the same.
 */
int kiscsi_recovery_credentials(struct kiscsi_session *session, struct kiscsi_auth **auth)
{
	struct kiscsi_chap_cred *last = &session->id->cred;
	struct kiscsi_reconnect *rc = session->reconnect;

	lockdep_assert_held(&kiscsi_sessions_lock);
	if (!crypto_memneq(last, &(*auth)->cred, sizeof(*last)))
		return -EALREADY;
	*last = (*auth)->cred;
	*auth = xchg(&rc->next_auth, *auth);
	if (READ_ONCE(session->attempts) && !session->destroying)
		mod_delayed_work(kiscsi_login_wq, &rc->work, 0);
	return 0;
}

/**
 * kiscsi_recovery_alloc() - what logging in again needs
 * @session: with its identity
 *
 * Return: 0 or -ENOMEM.
 */
int kiscsi_recovery_alloc(struct kiscsi_session *session)
{
	/* 44 KiB: kmalloc() would need, and take, 64 in a row */
	struct kiscsi_reconnect *rc = vzalloc(sizeof(*rc));

	if (!rc)
		return -ENOMEM;
	rc->auth = kiscsi_auth_alloc(&session->id->cred);
	if (!rc->auth) {
		vfree(rc);
		return -ENOMEM;
	}
	/* without what this kernel does not have, as all that are given later */
	session->id->cred = rc->auth->cred;
	rc->session = session;
	INIT_DELAYED_WORK(&rc->work, kiscsi_reconnect_work);
	kiscsi_crypto_init(rc);
	session->reconnect = rc;
	return 0;
}

/** kiscsi_recovery_free() - the reverse, after kiscsi_recovery_cancel(); wipes the secrets */
void kiscsi_recovery_free(struct kiscsi_session *session)
{
	if (!session->reconnect)
		return;
	kiscsi_auth_free(session->reconnect->auth);
	kiscsi_auth_free(session->reconnect->next_auth);
	kvfree_sensitive(session->reconnect, sizeof(*session->reconnect));
	session->reconnect = NULL;
}
