// SPDX-License-Identifier: GPL-2.0
/*
 * The SCSI error handler's calls: abort, logical unit reset, target reset, and at the end dropping
 * the connections.
 *
 * A command goes back to the midlayer only when nothing of ours can touch it any more: it is out of
 * the queues (send mutex), out of its slot (socket lock), and no PDU with its data is half sent. A
 * reset's SUCCESS, and FAST_IO_FAIL from any of them, speak for all commands of the device or host, so
 * all are looked after, also those that only wait for the window: a target that answered a reset may
 * open it, and they would go out under the error handler's feet.
 */
#include <linux/delay.h>
#include <scsi/scsi.h>
#include <scsi/scsi_device.h>

#include "kiscsi.h"

/* for a PDU that was half sent when its command was taken back: the target has to read on */
#define DRAIN_TIMEOUT (5 * HZ)
/* for a session that is lost or logged out to take its commands back */
#define TAKE_BACK_TIMEOUT (10 * HZ)

/*
 * ---- tasks ----
 */

/* IDLE, seen under these locks, means that scsi_done() has been called and is over */
static enum kiscsi_task_state task_state(struct kiscsi_conn *conn, struct kiscsi_task *task)
{
	enum kiscsi_task_state state;

	kiscsi_conn_lock(conn);
	state = task->state;
	kiscsi_conn_unlock(conn);
	return state;
}

/* Take a task back that is only queued; says where it was */
static enum kiscsi_task_state task_unqueue(struct kiscsi_conn *conn, struct kiscsi_task *task)
{
	enum kiscsi_task_state state;

	kiscsi_conn_lock(conn);
	state = task->state;
	if (state == KISCSI_TASK_QUEUED) {
		kiscsi_tx_unqueue(conn, task);
		WRITE_ONCE(task->state, KISCSI_TASK_IDLE);
	}
	kiscsi_conn_unlock(conn);
	return state;
}

/* the target no longer has it: take it out of its slot, if its answer has not done so */
static void task_forget(struct kiscsi_conn *conn, struct kiscsi_task *task)
{
	kiscsi_conn_lock(conn);
	if (task->state == KISCSI_TASK_SENT && kiscsi_task_take(task, DID_ABORT << 16))
		WRITE_ONCE(task->state, KISCSI_TASK_IDLE);
	kiscsi_conn_unlock(conn);
}

static bool wait_idle(struct kiscsi_conn *conn, struct kiscsi_task *task)
{
	unsigned long end = jiffies + DRAIN_TIMEOUT;

	while (task_state(conn, task) != KISCSI_TASK_IDLE) {
		if (time_after(jiffies, end))
			return false;
		msleep(10);
	}
	return true;
}

/* true if none is left */
static bool conn_forget(struct kiscsi_conn *conn, u64 lun)
{
	LIST_HEAD(sent);
	LIST_HEAD(queued);
	bool all = true;

	kiscsi_conn_lock(conn);
	if (conn->sock)
		all = kiscsi_tasks_take_sent(conn, lun, DID_RESET << 16, &sent);
	kiscsi_tx_take_queued(conn, lun, &queued);
	kiscsi_tasks_give_back(&sent, DID_RESET << 16);
	kiscsi_tasks_give_back(&queued, KISCSI_RESULT_RETRY);
	kiscsi_conn_unlock(conn);
	return all;
}

static bool tasks_forget(struct kiscsi_session *session, u64 lun)
{
	unsigned long end = jiffies + DRAIN_TIMEOUT;
	u32 i;

	for (i = 0; i < session->conn_max; i++) {
		while (!conn_forget(session->conns[i], lun)) {
			if (time_after(jiffies, end))
				return false;
			msleep(10);
		}
	}
	return true;
}

/*
 * ---- a session without a connection ----
 */

static bool past_deadline(const struct Scsi_Host *shost)
{
	return shost->eh_deadline != -1 && shost->last_reset &&
	       time_after(jiffies, shost->last_reset + shost->eh_deadline);
}

/* jiffies to wait for a response: the timer's @seconds, but not beyond the error handler's deadline */
static unsigned long tmf_timeout(const struct Scsi_Host *shost, u32 seconds)
{
	unsigned long end;

	if (shost->eh_deadline == -1 || !shost->last_reset)
		return seconds * HZ;
	if (past_deadline(shost))
		return 1;
	end = shost->last_reset + shost->eh_deadline;
	return min_t(unsigned long, seconds * HZ, end - jiffies + 1);
}

static bool all_free(const struct kiscsi_session *session)
{
	u32 i;

	for (i = 0; i < session->conn_max; i++)
		if (READ_ONCE(session->conns[i]->state) != KISCSI_CONN_FREE)
			return false;
	return true;
}

/* The gate is closed, but a connection may still be there, and with it slots that are in use. */
static int wait_taken_back(struct kiscsi_session *session)
{
	unsigned long end = jiffies + TAKE_BACK_TIMEOUT;

	while (!all_free(session)) {
		if (READ_ONCE(session->state) == KISCSI_SESSION_UP)
			return 0;
		if (time_after(jiffies, end))
			return FAILED;
		wait_event_timeout(session->state_wait, all_free(session), HZ / 10);
	}
	return tasks_forget(session, KISCSI_ALL_TASKS) ? FAST_IO_FAIL : FAILED;
}

/* it is, or is about to: its connection has failed, or is being logged out as the target has asked for that */
static bool recovers(struct kiscsi_session *session)
{
	enum kiscsi_session_state state = READ_ONCE(session->state);

	return state == KISCSI_SESSION_RECOVERING ||
	       (state == KISCSI_SESSION_UP && !kiscsi_session_conn(session));
}

/*
 * While the session recovers there is nobody to ask, and its commands are not lost: the error handler
 * waits until it is back, or given up, or the error handler's own deadline passes. 0: it is back.
 */
static int wait_recovered(struct kiscsi_session *session)
{
	while (recovers(session)) {
		if (past_deadline(session->shost))
			return FAILED;
		wait_event_timeout(session->state_wait, !recovers(session), HZ);
	}
	if (READ_ONCE(session->state) == KISCSI_SESSION_UP)
		return 0;
	return wait_taken_back(session);
}

/* an ioctl may come when the session is no more, by a disk that somebody holds open */
static int guarded(struct scsi_cmnd *cmd, int (*handler)(struct kiscsi_session *session,
							 struct scsi_cmnd *cmd))
{
	struct kiscsi_session *session = shost_priv(cmd->device->host);
	int ret = FAST_IO_FAIL;

	down_read(&session->eh_sem);
	if (READ_ONCE(session->state) != KISCSI_SESSION_GONE)
		ret = handler(session, cmd);
	up_read(&session->eh_sem);
	return ret;
}

/*
 * ---- the calls ----
 */

static void log_tmf(struct scsi_cmnd *cmd, const char *what, int response)
{
	if (response == -ETIMEDOUT)
		scmd_printk(KERN_WARNING, cmd, "kiscsi: %s: no answer\n", what);
	else if (response < 0)
		scmd_printk(KERN_WARNING, cmd, "kiscsi: %s: no connection (%d)\n", what, response);
	else
		scmd_printk(KERN_INFO, cmd, "kiscsi: %s: response %d\n", what, response);
}

static int abort_sent(struct kiscsi_conn *conn, struct kiscsi_task *task, struct scsi_cmnd *cmd)
{
	struct kiscsi_session *session = conn->session;
	struct scsi_lun lun;
	int response;

	int_to_scsilun(cmd->device->lun, &lun);
	response = kiscsi_ctl_tmf(conn, KISCSI_TMF_ABORT_TASK, lun.scsi_lun, task,
				  tmf_timeout(session->shost,
					      READ_ONCE(session->timers.abort_timeout)));
	log_tmf(cmd, "abort", response);
	/* NO_TASK: the response was on its way before our request, or the command never arrived */
	if (response != KISCSI_TMF_COMPLETE && response != KISCSI_TMF_NO_TASK)
		return task_state(conn, task) == KISCSI_TASK_IDLE ? SUCCESS : FAILED;
	task_forget(conn, task);
	return wait_idle(conn, task) ? SUCCESS : FAILED;
}

static int eh_abort(struct kiscsi_session *session, struct scsi_cmnd *cmd)
{
	struct kiscsi_task *task = scsi_cmd_priv(cmd);
	struct kiscsi_conn *conn = READ_ONCE(task->conn);
	int ret = wait_recovered(session);

	if (ret)
		return ret;
	ret = SUCCESS;
	mutex_lock(&session->tmf_mutex);
	if (conn && task_unqueue(conn, task) >= KISCSI_TASK_SENT)
		ret = abort_sent(conn, task, cmd);
	mutex_unlock(&session->tmf_mutex);
	return ret;
}

static int reset(struct kiscsi_session *session, struct scsi_cmnd *cmd, enum kiscsi_tmf function,
		 u64 lun, u32 timeout)
{
	const char *what = function == KISCSI_TMF_LUN_RESET ? "logical unit reset" : "target reset";
	struct scsi_lun wire_lun = { };
	struct kiscsi_conn *conn;
	int response = -ENOTCONN;
	int ret = wait_recovered(session);

	if (ret)
		return ret;
	if (lun != KISCSI_ALL_TASKS)
		int_to_scsilun(lun, &wire_lun);
	mutex_lock(&session->tmf_mutex);
	conn = kiscsi_session_conn(session);
	if (conn)
		response = kiscsi_ctl_tmf(conn, function, wire_lun.scsi_lun, NULL,
					  tmf_timeout(session->shost, timeout));
	log_tmf(cmd, what, response);
	ret = response == KISCSI_TMF_COMPLETE && tasks_forget(session, lun) ? SUCCESS : FAILED;
	mutex_unlock(&session->tmf_mutex);
	return ret;
}

static int eh_device_reset(struct kiscsi_session *session, struct scsi_cmnd *cmd)
{
	return reset(session, cmd, KISCSI_TMF_LUN_RESET, cmd->device->lun,
		     READ_ONCE(session->timers.lun_reset_timeout));
}

static int eh_target_reset(struct kiscsi_session *session, struct scsi_cmnd *cmd)
{
	return reset(session, cmd, KISCSI_TMF_TARGET_WARM_RESET, KISCSI_ALL_TASKS,
		     READ_ONCE(session->timers.target_reset_timeout));
}

static int eh_host_reset(struct kiscsi_session *session, struct scsi_cmnd *cmd)
{
	u32 i;

	for (i = 0; i < session->conn_max; i++)
		kiscsi_conn_fail(session->conns[i], "dropped by the SCSI error handler");
	/* who failed them may not have come to queue it yet */
	queue_work(kiscsi_recovery_wq, &session->recover_work);
	flush_work(&session->recover_work);
	return wait_recovered(session) ?: SUCCESS;
}

/** kiscsi_eh_abort() - ABORT TASK for one command that timed out; may sleep */
int kiscsi_eh_abort(struct scsi_cmnd *cmd)
{
	return guarded(cmd, eh_abort);
}

/** kiscsi_eh_device_reset() - LOGICAL UNIT RESET; may sleep */
int kiscsi_eh_device_reset(struct scsi_cmnd *cmd)
{
	return guarded(cmd, eh_device_reset);
}

/** kiscsi_eh_target_reset() - TARGET WARM RESET; may sleep */
int kiscsi_eh_target_reset(struct scsi_cmnd *cmd)
{
	return guarded(cmd, eh_target_reset);
}

/**
 * kiscsi_eh_host_reset() - nothing else helped: drop the connections; may sleep
 * @cmd: any command of the host
 *
 * Waits until every task has been taken back, since the midlayer takes its commands with our return,
 * and until the session is back, since the midlayer tries the devices then.
 */
int kiscsi_eh_host_reset(struct scsi_cmnd *cmd)
{
	return guarded(cmd, eh_host_reset);
}
