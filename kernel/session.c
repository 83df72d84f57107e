// SPDX-License-Identifier: GPL-2.0
/*
 * Sessions: their making, states, and end.
 */
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/sched/mm.h>
#include <scsi/scsi.h>
#include <scsi/scsi_device.h>
#include <scsi/scsi_transport.h>

#include "trace.h"

/* one session is made at a time; allocates, so it may wait for I/O, also that of a stuck session */
DEFINE_MUTEX(kiscsi_create_lock);
/* protects the list and keeps a session on it from being freed; held for short waits, never for I/O */
DEFINE_MUTEX(kiscsi_sessions_lock);
LIST_HEAD(kiscsi_sessions);

#define LOGOUT_TIMEOUT		(10 * HZ)
#define FORCED_LOGOUT_TIMEOUT	(1 * HZ)
/* for the target to close all connections after its answer */
#define LOGOUT_CLOSE_TIMEOUT	(3 * HZ)
/* a state in kiscsi_session.uevents, and one more so that 0 is none */
#define UEVENT_BITS		4
#define UEVENT_MASK		(BIT_ULL(UEVENT_BITS) - 1)

/*
 * ---- states ----
 */

/** kiscsi_session_state_name() - for a person */
const char *kiscsi_session_state_name(enum kiscsi_session_state state)
{
	static const char * const names[] = {
		[KISCSI_SESSION_NEW] = "new",
		[KISCSI_SESSION_UP] = "up",
		[KISCSI_SESSION_RECOVERING] = "recovering",
		[KISCSI_SESSION_LOST] = "lost",
		[KISCSI_SESSION_LOGOUT] = "logging out",
		[KISCSI_SESSION_GONE] = "gone",
	};

	return names[state];
}

static const struct {
	u8 next;	/* bit per state that may follow */
	int gate;	/* for commands that come meanwhile: kiscsi_session.gate */
} session_states[] = {
	[KISCSI_SESSION_NEW] = {
		BIT(KISCSI_SESSION_UP) | BIT(KISCSI_SESSION_LOGOUT), KISCSI_GATE_BUSY },
	[KISCSI_SESSION_UP] = {
		BIT(KISCSI_SESSION_RECOVERING) | BIT(KISCSI_SESSION_LOST) |
		BIT(KISCSI_SESSION_LOGOUT), DID_OK },
	[KISCSI_SESSION_RECOVERING] = {
		BIT(KISCSI_SESSION_UP) | BIT(KISCSI_SESSION_LOST) | BIT(KISCSI_SESSION_LOGOUT),
		KISCSI_GATE_BUSY },
	[KISCSI_SESSION_LOST] = {
		BIT(KISCSI_SESSION_UP) | BIT(KISCSI_SESSION_LOGOUT), DID_TRANSPORT_FAILFAST },
	[KISCSI_SESSION_LOGOUT] = {
		BIT(KISCSI_SESSION_GONE), DID_NO_CONNECT },
	[KISCSI_SESSION_GONE] = {
		0, DID_NO_CONNECT },
};

/*
 * A session that is being logged out does not recover, it is lost; and one that is up is lost in no
 * other case: recovery_tmo may run out just when the session has come back.
 */
static bool session_may_become(const struct kiscsi_session *session, enum kiscsi_session_state to)
{
	if (to == KISCSI_SESSION_RECOVERING && session->destroying)
		return false;
	if (to == KISCSI_SESSION_LOST && session->state == KISCSI_SESSION_UP && !session->destroying)
		return false;
	return session_states[session->state].next & BIT(to);
}

static void send_uevent(struct kiscsi_session *session, enum kiscsi_session_state state)
{
	char name[sizeof("KISCSI_TARGET=") + KISCSI_NAME_MAX];
	char word[40];
	char *env[] = { word, name, NULL };

	snprintf(word, sizeof(word), "KISCSI_STATE=%s", kiscsi_session_state_name(state));
	snprintf(name, sizeof(name), "KISCSI_TARGET=%s", session->id->target_name);
	kobject_uevent_env(&session->shost->shost_gendev.kobj, KOBJ_CHANGE, env);
}

/*
 * For udev rules and the like: "change" of the SCSI host, KISCSI_STATE=up and so on. A work item of its own, which
 * nobody waits for while I/O depends on him: all uevents of the machine share a mutex, and who has it may be
 * allocating memory, and reclaim be waiting for our disk. It is in no queue that those fill who wait for it: a logout.
 */
static void uevent_work(struct work_struct *work)
{
	struct kiscsi_session *session = container_of(work, struct kiscsi_session, uevent_work);
	u64 states;
	int i;

	spin_lock_bh(&session->state_lock);
	states = session->uevents;
	session->uevents = 0;
	spin_unlock_bh(&session->state_lock);
	for (i = 64 - UEVENT_BITS; i >= 0; i -= UEVENT_BITS)
		if (states >> i & UEVENT_MASK)
			send_uevent(session, (states >> i & UEVENT_MASK) - 1);
}

/* the oldest are forgotten when they are too many; a host on its way out of sysfs has no more; state_lock */
static void queue_uevent(struct kiscsi_session *session, enum kiscsi_session_state state)
{
	if (state == KISCSI_SESSION_GONE)
		return;
	session->uevents = session->uevents << UEVENT_BITS | (state + 1);
	queue_work(system_unbound_wq, &session->uevent_work);
}

/**
 * kiscsi_session_set_state() - the only place that changes a session's state
 * @session: the session
 * @to: the new state
 *
 * Context: may sleep, but does not wait for I/O; says so to listeners, to udev and in the log.
 * Return: false if @to may not follow on what is.
 */
bool kiscsi_session_set_state(struct kiscsi_session *session, enum kiscsi_session_state to)
{
	bool ok;

	spin_lock_bh(&session->state_lock);
	ok = session_may_become(session, to);
	if (ok) {
		WRITE_ONCE(session->state, to);
		WRITE_ONCE(session->gate, session_states[to].gate);
		session->state_since = jiffies;
		queue_uevent(session, to);
		trace_kiscsi_session_state(session, to);
	}
	spin_unlock_bh(&session->state_lock);
	if (!ok)
		return false;
	wake_up_all(&session->state_wait);
	shost_printk(KERN_INFO, session->shost, "kiscsi: session %u to %s: %s\n", session->sid,
		     session->id->target_name, kiscsi_session_state_name(to));
	kiscsi_event(session, KISCSI_EVENT_STATE, NULL);
	return true;
}

/** kiscsi_session_error() - remember what went wrong last, for kiscsi list; any context */
void kiscsi_session_error(struct kiscsi_session *session, const char *text)
{
	spin_lock_bh(&session->state_lock);
	strscpy(session->last_error, text, sizeof(session->last_error));
	session->error_at = jiffies;
	spin_unlock_bh(&session->state_lock);
}

/** kiscsi_session_find() - by number; kiscsi_sessions_lock held, as long as the result is used */
struct kiscsi_session *kiscsi_session_find(u32 sid)
{
	struct kiscsi_session *session;

	lockdep_assert_held(&kiscsi_sessions_lock);
	list_for_each_entry(session, &kiscsi_sessions, entry)
		if (session->sid == sid)
			return session;
	return NULL;
}

/** kiscsi_session_conn() - the first connection that is up, or NULL; any context */
struct kiscsi_conn *kiscsi_session_conn(struct kiscsi_session *session)
{
	u32 i;

	for (i = 0; i < session->conn_max; i++)
		if (READ_ONCE(session->conns[i]->state) == KISCSI_CONN_UP)
			return session->conns[i];
	return NULL;
}

/*
 * ---- the end ----
 */

static void free_identity(struct kiscsi_session *session)
{
	kfree_sensitive(session->id);
	session->id = NULL;
}

/*
 * What session_alloc() allocated; the host's last reference goes with it, or later. A reset by ioctl may
 * be in one of our error handler calls even now, without holding anything: it is waited for.
 */
static void session_free(struct kiscsi_session *session)
{
	struct Scsi_Host *shost = session->shost;
	u32 i;

	down_write(&session->eh_sem);
	up_write(&session->eh_sem);

	for (i = 0; session->conns && i < session->conn_max; i++)
		kiscsi_conn_free(session->conns[i]);
	kfree(session->conns);
	kvfree(session->slots);
	kiscsi_recovery_free(session);
	free_identity(session);
	put_net(session->net);
	scsi_host_put(shost);
}

/* noio: to reset a connection TCP allocates, and reclaim may wait for the commands that are given back here */
static void stop_conns(struct kiscsi_session *session)
{
	unsigned int noio = memalloc_noio_save();
	u32 i;

	mutex_lock(&session->conn_mutex);
	for (i = 0; i < session->conn_max; i++)
		kiscsi_conn_stop(session->conns[i], DID_NO_CONNECT << 16);
	mutex_unlock(&session->conn_mutex);
	memalloc_noio_restore(noio);
}

/* all that may ever be, so that none has to be made when memory is short: sysfs shows nothing of those to come */
static int add_conns(struct kiscsi_session *session)
{
	int ret = 0;
	u32 i;

	for (i = 0; !ret && i < session->conn_max; i++)
		ret = kiscsi_class_add_conn(session->conns[i]);
	return ret;
}

static void remove_conns(struct kiscsi_session *session)
{
	u32 i;

	for (i = 0; session->conns && i < session->conn_max; i++)
		kiscsi_class_remove_conn(session->conns[i]);
}

static u32 open_conns(const struct kiscsi_session *session)
{
	u32 i, n = 0;

	for (i = 0; i < session->conn_max; i++) {
		enum kiscsi_conn_state state = READ_ONCE(session->conns[i]->state);

		n += state == KISCSI_CONN_UP || state == KISCSI_CONN_LOGGING_OUT;
	}
	return n;
}

/**
 * kiscsi_session_await_end() - the session ends: give the target the time to close its connections
 * @session: the session
 * @timeout: jiffies at the most; less if the session's state changes
 *
 * Nothing more is begun on them, but what is under way may come to its end. LIO, to 6.12 at least, may crash
 * when connections of a session are closed, or the session is logged in anew, while it is at that itself
 * (iscsit_stop_session() walks a list that others take entries from).
 *
 * Context: may sleep.
 */
void kiscsi_session_await_end(struct kiscsi_session *session, unsigned long timeout)
{
	enum kiscsi_session_state state = READ_ONCE(session->state);
	u32 i;

	for (i = 0; i < session->conn_max; i++)
		kiscsi_conn_set_state(session->conns[i], KISCSI_CONN_LOGGING_OUT);
	wait_event_timeout(session->state_wait,
			   !open_conns(session) || READ_ONCE(session->state) != state, timeout);
}

/**
 * kiscsi_session_goodbye() - Logout of the session
 * @session: the session
 * @conn: by this connection, or NULL
 * @timeout: jiffies to wait for the answer
 *
 * The target closes all connections then, and that is no failure of any.
 *
 * Context: may sleep.
 */
void kiscsi_session_goodbye(struct kiscsi_session *session, struct kiscsi_conn *conn,
			    unsigned long timeout)
{
	u32 i;

	if (!conn)
		return;
	for (i = 0; i < session->conn_max; i++)
		kiscsi_conn_set_state(session->conns[i], KISCSI_CONN_LOGGING_OUT);
	if (kiscsi_ctl_logout(conn, KISCSI_LOGOUT_SESSION, timeout))
		return;
	for (i = 0; i < session->conn_max; i++)
		session->conns[i]->logged_out = true;
	if (open_conns(session) > 1)
		kiscsi_session_await_end(session, min_t(unsigned long, timeout, LOGOUT_CLOSE_TIMEOUT));
}

/*
 * In order: the disks go while the connection still works (their caches are flushed through it), then
 * the target is told. With force, and when there is no connection, nothing may wait for the target:
 * commands fail from the start, the connections go first, and only then the disks.
 */
static void session_disconnect(struct kiscsi_session *session)
{
	bool orderly = !session->force && READ_ONCE(session->state) == KISCSI_SESSION_UP;

	if (orderly)
		scsi_remove_target(&session->cls->dev);
	kiscsi_session_set_state(session, KISCSI_SESSION_LOGOUT);
	kiscsi_recovery_cancel(session);
	/* what is blocked, by us or by recovery_tmo, is let go and fails */
	flush_work(&session->cls->block_work);
	scsi_target_unblock(&session->cls->dev, SDEV_TRANSPORT_OFFLINE);
	kiscsi_session_goodbye(session, kiscsi_session_conn(session),
			       orderly ? LOGOUT_TIMEOUT : FORCED_LOGOUT_TIMEOUT);
	stop_conns(session);
	/* it may have been the one that stopped a connection, and still be at it */
	cancel_work_sync(&session->recover_work);
	scsi_remove_target(&session->cls->dev);
}

/*
 * Logout. Who may still know the session, and why not at the end:
 *  - netlink: found only on the list, under kiscsi_sessions_lock; off the list before anything is freed;
 *  - recover_work, scan_work, attempts to log in: cancelled; nothing queues them once the connections
 *    are stopped and @destroying is set;
 *  - uevent_work: waited for once its host's I/O has failed, whoever may wait for that; GONE queues none;
 *  - submitters, the error handler's thread: scsi_remove_host() waits for both;
 *  - an ioctl that resets: finds the session GONE, or is waited for in session_free();
 *  - sysfs: its files are removed before what they show;
 *  - an opener of a disk: holds the host (and so this structure) and the module, and gets errors.
 * The module reference goes last: rmmod then waits in destroy_workqueue() for our last instruction.
 */
static void destroy_work(struct work_struct *work)
{
	struct kiscsi_session *session = container_of(work, struct kiscsi_session, destroy_work);

	session_disconnect(session);
	cancel_delayed_work_sync(&session->scan_work);
	mutex_lock(&kiscsi_sessions_lock);
	list_del(&session->entry);
	mutex_unlock(&kiscsi_sessions_lock);
	remove_conns(session);
	kiscsi_class_remove_session(session);
	flush_work(&session->uevent_work);
	scsi_remove_host(session->shost);
	kiscsi_session_set_state(session, KISCSI_SESSION_GONE);
	kiscsi_event(session, KISCSI_EVENT_GONE, NULL);
	session_free(session);
	module_put(THIS_MODULE);
}

/**
 * kiscsi_session_logout() - begin the end; %KISCSI_EVENT_GONE tells when it has come
 * @session: found under kiscsi_sessions_lock, which is still held
 * @force: fail all I/O first, wait for nobody. May follow a logout without it that hangs.
 *
 * Return: 0, or -EALREADY.
 */
int kiscsi_session_logout(struct kiscsi_session *session, bool force)
{
	bool first;
	u32 i;

	lockdep_assert_held(&kiscsi_sessions_lock);
	spin_lock_bh(&session->state_lock);
	first = !session->destroying;
	session->destroying = true;
	if (first || force)
		session->force = force;
	spin_unlock_bh(&session->state_lock);
	if (first) {
		queue_work(kiscsi_logout_wq, &session->destroy_work);
		return 0;
	}
	if (!force)
		return -EALREADY;
	/* the one under way waits for I/O: it fails now, and the wait is over */
	kiscsi_session_set_state(session, KISCSI_SESSION_LOST);
	for (i = 0; i < session->conn_max; i++)
		kiscsi_conn_fail(session->conns[i], "forced logout");
	return 0;
}

/*
 * ---- shutdown of the system ----
 */

/* seconds that a session without a connection may hold the shutdown up, now or later */
#define SHUTDOWN_GRACE 10

static bool any_recovering(void)
{
	const struct kiscsi_session *session;
	bool found = false;

	mutex_lock(&kiscsi_sessions_lock);
	list_for_each_entry(session, &kiscsi_sessions, entry)
		found |= READ_ONCE(session->state) == KISCSI_SESSION_RECOVERING;
	mutex_unlock(&kiscsi_sessions_lock);
	return found;
}

static void bound_recovery(struct kiscsi_session *session)
{
	int tmo = READ_ONCE(session->cls->recovery_tmo);

	if (tmo < 0 || tmo > SHUTDOWN_GRACE)
		WRITE_ONCE(session->cls->recovery_tmo, SHUTDOWN_GRACE);
}

static void give_up_recovery(struct kiscsi_session *session)
{
	if (READ_ONCE(session->state) != KISCSI_SESSION_RECOVERING ||
	    !kiscsi_session_set_state(session, KISCSI_SESSION_LOST))
		return;
	flush_work(&session->cls->block_work);
	scsi_target_unblock(&session->cls->dev, SDEV_TRANSPORT_OFFLINE);
}

/**
 * kiscsi_sessions_shutdown() - the system is about to shut down its devices
 *
 * What is left to write is written then, and nothing may wait for a target that does not come back, be
 * recovery_tmo what it may. A target that is just being restarted gets its chance.
 *
 * Context: may sleep, for %SHUTDOWN_GRACE seconds at the most. Nobody makes or ends sessions now, but the
 * lock keeps those that do.
 */
void kiscsi_sessions_shutdown(void)
{
	unsigned long end = jiffies + SHUTDOWN_GRACE * HZ;
	struct kiscsi_session *session;

	mutex_lock(&kiscsi_sessions_lock);
	list_for_each_entry(session, &kiscsi_sessions, entry)
		bound_recovery(session);
	mutex_unlock(&kiscsi_sessions_lock);
	while (any_recovering() && time_before(jiffies, end))
		msleep(100);
	mutex_lock(&kiscsi_sessions_lock);
	list_for_each_entry(session, &kiscsi_sessions, entry)
		give_up_recovery(session);
	mutex_unlock(&kiscsi_sessions_lock);
}

/*
 * ---- timers ----
 */

/* an interval that was made shorter is to count from now on */
static void look_again(struct kiscsi_session *session)
{
	u32 i;

	for (i = 0; i < session->conn_max; i++)
		if (READ_ONCE(session->conns[i]->state) == KISCSI_CONN_UP)
			mod_delayed_work(kiscsi_io_wq, &session->conns[i]->nop_work, 0);
}

/*
 * The class has set its timer when the outage began: let it end when the new time is over. A timer that is
 * late, with the session up again, does nothing in the class.
 */
static void restart_recovery_timer(struct kiscsi_session *session)
{
	struct iscsi_cls_session *cls = session->cls;
	unsigned long end;

	spin_lock_bh(&session->state_lock);
	end = session->state_since + max(cls->recovery_tmo, 0) * HZ;
	if (session->state == KISCSI_SESSION_RECOVERING && cls->recovery_tmo < 0)
		cancel_delayed_work(&cls->recovery_work);
	else if (session->state == KISCSI_SESSION_RECOVERING)
		mod_delayed_work(cls->workq, &cls->recovery_work,
				 time_before(jiffies, end) ? end - jiffies : 0);
	spin_unlock_bh(&session->state_lock);
}

/**
 * kiscsi_session_timers_set() - the timers of a live session have been changed: have those that run obey
 * @session: found under kiscsi_sessions_lock, which is still held
 */
void kiscsi_session_timers_set(struct kiscsi_session *session)
{
	s32 tmo = session->timers.recovery_tmo;
	bool changed = session->cls->recovery_tmo != tmo;

	lockdep_assert_held(&kiscsi_sessions_lock);
	WRITE_ONCE(session->cls->recovery_tmo, tmo);
	look_again(session);
	if (changed)
		restart_recovery_timer(session);
}

/*
 * ---- LUNs ----
 */

/**
 * kiscsi_session_rescan() - look for LUNs; %KISCSI_EVENT_SCANNED tells when it is done
 * @session: found under kiscsi_sessions_lock, which is still held
 *
 * Return: 0, or -ESHUTDOWN when it is being logged out.
 */
int kiscsi_session_rescan(struct kiscsi_session *session)
{
	bool destroying;

	lockdep_assert_held(&kiscsi_sessions_lock);
	spin_lock_bh(&session->state_lock);
	destroying = session->destroying;
	if (!destroying)
		mod_delayed_work(kiscsi_scan_wq, &session->scan_work, 0);
	spin_unlock_bh(&session->state_lock);
	return destroying ? -ESHUTDOWN : 0;
}

/*
 * ---- the beginning ----
 */

static int alloc_conns(struct kiscsi_session *session)
{
	u32 i;

	session->conns = kcalloc(session->conn_max, sizeof(*session->conns), GFP_KERNEL);
	if (!session->conns)
		return -ENOMEM;
	for (i = 0; i < session->conn_max; i++) {
		session->conns[i] = kiscsi_conn_alloc(session, i);
		if (!session->conns[i])
			return -ENOMEM;
	}
	session->slots = kvcalloc(session->conn_max * session->queue_depth,
				  sizeof(*session->slots), GFP_KERNEL);
	return session->slots ? 0 : -ENOMEM;
}

static void session_init(struct kiscsi_session *session, struct Scsi_Host *shost,
			 const struct kiscsi_session_spec *spec)
{
	session->shost = shost;
	session->conn_max = min3(spec->connections, spec->params.max_connections,
				 (u16)num_possible_cpus());
	session->queue_depth = spec->queue_depth;
	session->params = spec->params;
	session->timers = spec->timers;
	session->net = get_net(sock_net(spec->conn.sock->sk));
	session->gate = KISCSI_GATE_BUSY;
	session->state_since = jiffies;
	atomic_set(&session->cmdsn, spec->cmdsn);
	spin_lock_init(&session->state_lock);
	init_waitqueue_head(&session->state_wait);
	init_rwsem(&session->eh_sem);
	mutex_init(&session->conn_mutex);
	mutex_init(&session->tmf_mutex);
	INIT_LIST_HEAD(&session->entry);
	session->time2wait = -1;
	INIT_WORK(&session->recover_work, kiscsi_recover_work);
	INIT_DELAYED_WORK(&session->scan_work, kiscsi_scan_work);
	INIT_WORK(&session->destroy_work, destroy_work);
	INIT_WORK(&session->uevent_work, uevent_work);
}

static struct kiscsi_session *session_alloc(const struct kiscsi_session_spec *spec)
{
	struct kiscsi_session *session;
	struct Scsi_Host *shost;

	shost = scsi_host_alloc((struct scsi_host_template *)&kiscsi_template, sizeof(*session));
	if (!shost)
		return NULL;
	session = shost_priv(shost);
	session_init(session, shost, spec);
	session->id = kmemdup(&spec->id, sizeof(spec->id), GFP_KERNEL);
	if (!session->id || alloc_conns(session) || kiscsi_recovery_alloc(session)) {
		session_free(session);
		return NULL;
	}
	kiscsi_host_limits(shost);
	return session;
}

/* every connection the target ever saw has the window of the login to begin with */
static void init_window(struct kiscsi_session *session, const struct kiscsi_session_spec *spec)
{
	u32 i;

	for (i = 0; i < session->conn_max; i++) {
		session->conns[i]->exp_cmdsn = spec->exp_cmdsn;
		session->conns[i]->max_cmdsn = spec->max_cmdsn;
	}
}

static int session_attach(struct kiscsi_session *session, const struct kiscsi_session_spec *spec,
			  const char **why)
{
	struct kiscsi_conn *lead = session->conns[0];
	int ret;

	init_window(session, spec);
	ret = scsi_add_host(session->shost, kiscsi_root);
	if (ret) {
		*why = "cannot add a SCSI host";
		return ret;
	}
	ret = kiscsi_class_check_host(session);
	if (!ret)
		ret = kiscsi_class_add_session(session);
	if (!ret)
		ret = add_conns(session);
	if (ret) {
		*why = "cannot add the session to sysfs";
		goto remove_host;
	}
	ret = kiscsi_conn_attach(lead, &spec->conn, why);
	if (ret)
		goto remove_host;
	return 0;

remove_host:
	remove_conns(session);
	kiscsi_class_remove_session(session);
	scsi_remove_host(session->shost);
	return ret;
}

/* one I_T nexus, one session, RFC 7143 section 4.4.3: a second would take the first one's place; names have no case */
static bool session_exists(const struct kiscsi_identity *id)
{
	const struct kiscsi_session *session;
	bool found = false;

	mutex_lock(&kiscsi_sessions_lock);
	list_for_each_entry(session, &kiscsi_sessions, entry)
		found |= !strcasecmp(session->id->target_name, id->target_name) &&
			 !strcasecmp(session->id->initiator_name, id->initiator_name) &&
			 session->id->tpgt == id->tpgt && !memcmp(session->id->isid, id->isid, 6);
	mutex_unlock(&kiscsi_sessions_lock);
	return found;
}

/* Last comes the list: from then on anybody may end the session. */
static void session_start(struct kiscsi_session *session)
{
	mutex_lock(&session->conn_mutex);
	kiscsi_session_set_state(session, KISCSI_SESSION_UP);
	iscsi_unblock_session(session->cls);
	kiscsi_conn_start(session->conns[0]);
	mutex_unlock(&session->conn_mutex);
	queue_delayed_work(kiscsi_scan_wq, &session->scan_work, 0);
	kiscsi_recovery_begin(session);
	mutex_lock(&kiscsi_sessions_lock);
	list_add_tail(&session->entry, &kiscsi_sessions);
	mutex_unlock(&kiscsi_sessions_lock);
}

/**
 * kiscsi_session_create() - make a session of a logged-in connection, and have its LUNs looked for
 * @spec: the hand-over; stays the caller's, its socket's file reference too
 * @sid: set to the session's number
 * @host_no: set to its host's number
 * @why: set on failure
 *
 * Context: may sleep; kiscsi_create_lock held.
 * Return: 0 or a negative errno with nothing left behind.
 */
int kiscsi_session_create(const struct kiscsi_session_spec *spec, u32 *sid, u32 *host_no,
			  const char **why)
{
	struct kiscsi_session *session;
	int ret;

	lockdep_assert_held(&kiscsi_create_lock);
	if (session_exists(&spec->id)) {
		*why = "this session (target, portal group, initiator and ISID) exists already";
		return -EEXIST;
	}
	if (!try_module_get(THIS_MODULE)) {
		*why = "the module is being unloaded";
		return -ENODEV;
	}
	session = session_alloc(spec);
	if (!session) {
		*why = "out of memory";
		module_put(THIS_MODULE);
		return -ENOMEM;
	}
	ret = session_attach(session, spec, why);
	if (ret) {
		session_free(session);
		module_put(THIS_MODULE);
		return ret;
	}
	*sid = session->sid;
	*host_no = session->shost->host_no;
	session_start(session);
	return 0;
}
