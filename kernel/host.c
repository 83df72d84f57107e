// SPDX-License-Identifier: GPL-2.0
/*
 * The SCSI host: one per session, one hardware queue per connection.
 */
#include <linux/module.h>
#include <scsi/scsi.h>
#include <scsi/scsi_device.h>
#include <scsi/scsi_tcq.h>

#include "kiscsi.h"

static u32 command_slot(const struct kiscsi_session *session, struct scsi_cmnd *cmd)
{
	u32 unique = blk_mq_unique_tag(scsi_cmd_to_rq(cmd));

	return blk_mq_unique_tag_to_hwq(unique) * session->queue_depth +
	       blk_mq_unique_tag_to_tag(unique);
}

/* the queue's own connection if it is up, else the first that is */
static struct kiscsi_conn *queue_conn(struct kiscsi_session *session, struct kiscsi_conn *own)
{
	if (likely(READ_ONCE(own->state) == KISCSI_CONN_UP))
		return own;
	return kiscsi_session_conn(session);
}

/* KISCSI_GATE_BUSY, a host byte, or 0: the command may go out */
static int command_gate(const struct kiscsi_session *session, const struct scsi_device *sdev)
{
	int gate = READ_ONCE(session->gate);

	return unlikely(!gate && kiscsi_lun_disowned(sdev)) ? DID_NO_CONNECT : gate;
}

/*
 * The gate is closed by the same function that changes the session's state. Who has looked before it
 * closes may queue a command on a connection that is being stopped: tx_run() gives it back.
 */
static int queuecommand(struct Scsi_Host *shost, struct scsi_cmnd *cmd)
{
	struct kiscsi_session *session = shost_priv(shost);
	struct kiscsi_task *task = scsi_cmd_priv(cmd);
	u32 slot = command_slot(session, cmd);
	struct kiscsi_conn *conn, *own;
	int gate = command_gate(session, cmd->device);

	if (unlikely(gate == KISCSI_GATE_BUSY))
		return SCSI_MLQUEUE_HOST_BUSY;
	own = session->conns[slot / session->queue_depth];
	if (unlikely(gate)) {
		cmd->result = gate << 16;
		scsi_done(cmd);
		/* commands of the same batch may have come in before the gate closed */
		kiscsi_tx_submit(own, NULL, true);
		return 0;
	}
	conn = queue_conn(session, own);
	if (unlikely(!conn))
		return SCSI_MLQUEUE_HOST_BUSY;
	kiscsi_task_init(task, conn, slot);
	/* commit_rqs() kicks the queue's own connection only */
	kiscsi_tx_submit(conn, task, cmd->flags & SCMD_LAST || conn != own);
	if (unlikely(conn != own))
		kiscsi_tx_submit(own, NULL, true);
	return 0;
}

/* the batch that a command without SCMD_LAST began is complete */
static void commit_rqs(struct Scsi_Host *shost, u16 queue)
{
	struct kiscsi_session *session = shost_priv(shost);

	kiscsi_tx_submit(session->conns[queue], NULL, true);
}

/* While the session has no connection, a command's time stands still. */
static kiscsi_timeout_t eh_timed_out(struct scsi_cmnd *cmd)
{
	struct kiscsi_session *session = shost_priv(cmd->device->host);
	enum kiscsi_session_state state = READ_ONCE(session->state);

	if (state == KISCSI_SESSION_RECOVERING ||
	    (state == KISCSI_SESSION_UP && !kiscsi_session_conn(session)))
		return KISCSI_TIMEOUT_RESET_TIMER;
	return KISCSI_TIMEOUT_NOT_HANDLED;
}

static bool session_has_data_digest(const struct kiscsi_session *session)
{
	const struct kiscsi_offer *offer = &session->id->offer;
	u32 i;

	for (i = 0; i < offer->data_digests; i++)
		if (offer->data_digest[i] == KISCSI_DIGEST_CRC32C)
			return true;
	return session->conns[0]->data_digest;
}

static int configure(KISCSI_CONFIGURE_ARGS)
{
	struct kiscsi_session *session = shost_priv(sdev->host);

	if (session_has_data_digest(session))
		KISCSI_STABLE_WRITES(sdev);
	/* no NOPs then: some drives let the target answer nothing while they wind, for minutes */
	if (sdev->type == TYPE_TAPE || sdev->type == TYPE_MEDIUM_CHANGER)
		WRITE_ONCE(session->has_tape, true);
	return 0;
}

/* a command that is retried must not find what its former life left */
static int init_cmd_priv(struct Scsi_Host *shost, struct scsi_cmnd *cmd)
{
	memset(scsi_cmd_priv(cmd), 0, sizeof(struct kiscsi_task));
	return 0;
}

/*
 * A scan that is under way while a logout takes the devices away brings none back. One that was let in just before goes
 * with the last scsi_remove_target() of session_disconnect(), so no lock is needed.
 */
static int slave_alloc(struct scsi_device *sdev)
{
	const struct kiscsi_session *session = shost_priv(sdev->host);

	return READ_ONCE(session->destroying) ? -ENXIO : 0;
}

const struct scsi_host_template kiscsi_template = {
	.module = THIS_MODULE,
	.name = "kiscsi iSCSI initiator",
	/* not a name that open-iscsi knows: iscsid then leaves our sessions alone */
	.proc_name = "kiscsi",
	.queuecommand = queuecommand,
	.commit_rqs = commit_rqs,
	.init_cmd_priv = init_cmd_priv,
	.cmd_size = sizeof(struct kiscsi_task),
	.eh_timed_out = eh_timed_out,
	.eh_abort_handler = kiscsi_eh_abort,
	.eh_device_reset_handler = kiscsi_eh_device_reset,
	.eh_target_reset_handler = kiscsi_eh_target_reset,
	.eh_host_reset_handler = kiscsi_eh_host_reset,
	.skip_settle_delay = 1,
	.slave_alloc = slave_alloc,
	KISCSI_TEMPLATE_CONFIGURE = configure,
	.change_queue_depth = scsi_change_queue_depth,
	.track_queue_depth = 1,
	.this_id = -1,
	.sg_tablesize = SG_MAX_SEGMENTS,
	.max_sectors = 0xffff,
	.max_segment_size = UINT_MAX,
	.can_queue = KISCSI_QUEUE_DEPTH_DEFAULT,
	.cmd_per_lun = KISCSI_QUEUE_DEPTH_DEFAULT,
	KISCSI_TEMPLATE_MAY_BLOCK
};

/** kiscsi_host_limits() - what one session's host can do; before scsi_add_host() */
void kiscsi_host_limits(struct Scsi_Host *shost)
{
	const struct kiscsi_session *session = shost_priv(shost);

	shost->transportt = kiscsi_transport_template;
	shost->max_id = 1;
	shost->max_channel = 0;
	shost->max_lun = U64_MAX;
	shost->max_cmd_len = KISCSI_CDB_MAX;
	shost->can_queue = session->queue_depth;
	shost->cmd_per_lun = min_t(u32, session->queue_depth * session->conn_max, S16_MAX);
	shost->nr_hw_queues = session->conn_max;
}
