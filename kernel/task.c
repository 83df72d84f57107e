// SPDX-License-Identifier: GPL-2.0
/*
 * Tasks: from SCSI command to command PDU, the slots that tie an ITT to a task, the walk through a
 * command's pages, and the one way back to the midlayer.
 */
#include <linux/skbuff.h>

#include "kiscsi.h"

#ifdef CONFIG_HIGHMEM
#error kiscsi takes it that every page has an address: 64-bit kernels only
#endif

/*
 * ---- a command's pages ----
 */

static void cursor_init(struct kiscsi_cursor *cursor, struct scsi_cmnd *cmd)
{
	cursor->sg = scsi_sglist(cmd);
	cursor->offset = 0;
}

static u32 cursor_room(const struct kiscsi_cursor *cursor)
{
	return cursor->sg->length - cursor->offset;
}

static void *cursor_address(const struct kiscsi_cursor *cursor)
{
	return sg_virt(cursor->sg) + cursor->offset;
}

static void cursor_step(struct kiscsi_cursor *cursor, u32 len)
{
	cursor->offset += len;
	if (cursor->offset == cursor->sg->length) {
		cursor->sg = sg_next(cursor->sg);
		cursor->offset = 0;
	}
}

/**
 * kiscsi_cursor_advance() - pass over @len bytes
 * @cursor: the place; there are at least @len bytes behind it
 * @len: bytes
 * @crc: digest to go on with, or NULL
 */
void kiscsi_cursor_advance(struct kiscsi_cursor *cursor, u32 len, u32 *crc)
{
	while (len) {
		u32 n = min(len, cursor_room(cursor));

		if (crc)
			*crc = kiscsi_crc(*crc, cursor_address(cursor), n);
		cursor_step(cursor, n);
		len -= n;
	}
}

/*
 * Of what came, not of where it is copied to: who waits for it may write there already. Out of line, so that copying
 * without a digest costs no register more.
 */
static noinline u32 skb_crc(u32 crc, struct sk_buff *skb, u32 offset, u32 len)
{
	struct skb_seq_state seq;
	const u8 *data;
	u32 done = 0;
	u32 n;

	skb_prepare_seq_read(skb, offset, offset + len, &seq);
	/* to its end, so that nothing stays mapped; the last piece may be longer than what was asked for */
	while ((n = skb_seq_read(done, &data, &seq))) {
		n = min(n, len - done);
		crc = kiscsi_crc(crc, data, n);
		done += n;
	}
	return crc;
}

/**
 * kiscsi_cursor_copy_in() - copy payload from an skb to where the command wants it
 * @cursor: the place; moved on
 * @skb: where the payload is
 * @offset: into @skb
 * @len: bytes; the caller has checked them against the transfer
 * @crc: digest to go on with, or NULL
 *
 * Return: bytes copied; fewer than @len only if the skb is broken.
 */
u32 kiscsi_cursor_copy_in(struct kiscsi_cursor *cursor, struct sk_buff *skb, u32 offset, u32 len,
			  u32 *crc)
{
	/* a copy: the compiler need not expect that what is called below moves it */
	struct kiscsi_cursor at = *cursor;
	u32 left = len;

	if (crc)
		*crc = skb_crc(*crc, skb, offset, len);
	while (left) {
		u32 n = min(left, cursor_room(&at));

		if (skb_copy_bits(skb, offset, cursor_address(&at), n))
			break;
		cursor_step(&at, n);
		offset += n;
		left -= n;
	}
	*cursor = at;
	return len - left;
}

/* slab memory cannot be handed to TCP by reference: it may be freed while TCP still holds it */
static u32 sendable_bytes(struct page *page, u32 offset, u32 len)
{
	u32 done = 0;

	page += offset >> PAGE_SHIFT;
	offset &= ~PAGE_MASK;
	while (done < len && sendpage_ok(page)) {
		done += min_t(u32, len - done, PAGE_SIZE - offset);
		offset = 0;
		page++;
	}
	return done;
}

/**
 * kiscsi_cursor_gather() - list the pages that come next, as far as TCP may hold them
 * @cursor: the place; not moved
 * @len: bytes wanted
 * @bv: filled
 * @max: entries of @bv
 * @count: set to the entries used; 0: what comes next must be copied
 *
 * Return: bytes listed; with no entries, the bytes that lie in one piece at the cursor.
 */
u32 kiscsi_cursor_gather(const struct kiscsi_cursor *cursor, u32 len, struct bio_vec *bv,
			 unsigned int max, unsigned int *count)
{
	struct kiscsi_cursor at = *cursor;
	u32 done = 0;

	*count = 0;
	while (done < len && *count < max) {
		u32 n = min(len - done, cursor_room(&at));
		u32 ok = sendable_bytes(sg_page(at.sg), at.sg->offset + at.offset, n);

		if (!ok)
			return *count ? done : min_t(u32, n, PAGE_SIZE);
		bvec_set_page(&bv[(*count)++], sg_page(at.sg), ok, at.sg->offset + at.offset);
		done += ok;
		if (ok < n)
			break;
		cursor_step(&at, n);
	}
	return done;
}

/*
 * ---- command PDU ----
 */

static u8 task_flags(struct scsi_cmnd *cmd, const struct kiscsi_task *task)
{
	u8 flags = KISCSI_ATTR_SIMPLE;

	if (task->unsolicited == task->immediate)
		flags |= KISCSI_FLAG_FINAL;
	if (task->write)
		flags |= KISCSI_CMD_WRITE;
	else if (cmd->sc_data_direction == DMA_FROM_DEVICE)
		flags |= KISCSI_CMD_READ;
	return flags;
}

/* a CDB over 16 bytes goes on in an AHS, RFC 7143 section 11.2.2.3 */
static u8 task_cdb(struct kiscsi_task *task, const struct scsi_cmnd *cmd)
{
	u32 rest = cmd->cmd_len > 16 ? cmd->cmd_len - 16 : 0;
	u32 ahs = rest ? sizeof(struct kiscsi_ahs_cdb) + rest + kiscsi_padding(rest) : 0;
	struct kiscsi_ahs_cdb *ext = (void *)(task->hdr + KISCSI_BHS_LEN);

	memset(task->cmd.cdb, 0, sizeof(task->cmd.cdb));
	memcpy(task->cmd.cdb, cmd->cmnd, min_t(u32, cmd->cmd_len, 16));
	task->cmd.ahs_len = ahs / 4;
	if (!rest)
		return KISCSI_BHS_LEN;
	memset(ext, 0, ahs);
	ext->len = cpu_to_be16(1 + rest);
	ext->type = KISCSI_AHS_EXTENDED_CDB;
	memcpy(ext->cdb, cmd->cmnd + 16, rest);
	return KISCSI_BHS_LEN + ahs;
}

/* RFC 7143 sections 13.10, 13.11, 13.14: how much may go without being asked for */
static void task_split(struct kiscsi_task *task)
{
	const struct kiscsi_conn *conn = task->conn;
	const struct kiscsi_params *params = &conn->session->params;
	u32 first = min(task->len, params->first_burst_length);

	task->immediate = 0;
	task->unsolicited = 0;
	if (!task->write)
		return;
	if (params->immediate_data)
		task->immediate = min(first, conn->max_xmit_dsl);
	task->unsolicited = params->initial_r2t ? task->immediate : first;
}

/**
 * kiscsi_task_init() - make the command PDU of a SCSI command, all but its serial numbers
 * @task: private data of the command
 * @conn: the connection it is to go over
 * @slot: index of its hardware queue and tag
 *
 * Context: any; nobody else knows the task yet.
 */
void kiscsi_task_init(struct kiscsi_task *task, struct kiscsi_conn *conn, u32 slot)
{
	struct scsi_cmnd *cmd = kiscsi_task_cmd(task);

	task->conn = conn;
	task->slot = slot;
	task->write = cmd->sc_data_direction == DMA_TO_DEVICE;
	task->len = cmd->sc_data_direction == DMA_NONE ? 0 : scsi_bufflen(cmd);
	task_split(task);
	cursor_init(&task->out, cmd);
	cursor_init(&task->in, cmd);
	INIT_LIST_HEAD(&task->entry);
	task->out_done = 0;
	task->seq_left = 0;
	task->in_done = 0;
	task->in_datasn = 0;
	task->r2tsn = 0;
	task->r2t_first = 0;
	task->r2t_count = 0;
	task->solicited = task->unsolicited;

	task->cmd.opcode = KISCSI_OP_SCSI_CMD;
	task->cmd.flags = task_flags(cmd, task);
	memset(task->cmd.rsvd2, 0, sizeof(task->cmd.rsvd2));
	kiscsi_put_dsl(task->cmd.dsl, task->immediate);
	int_to_scsilun(cmd->device->lun, (struct scsi_lun *)task->cmd.lun);
	task->cmd.data_len = cpu_to_be32(task->len);
	task->hdr_len = task_cdb(task, cmd);
	WRITE_ONCE(task->state, KISCSI_TASK_QUEUED);
}

/*
 * ---- slots ----
 */

static u32 next_itt(const struct kiscsi_session *session, u32 slot)
{
	u32 generation = (session->slots[slot].itt >> 24) + 1;

	return generation << 24 | (slot / session->queue_depth) << 16 | slot % session->queue_depth;
}

/**
 * kiscsi_task_send_slot() - the task goes onto the wire: give it an ITT by which it is found again
 * @task: QUEUED
 *
 * Context: socket lock of the task's connection.
 */
void kiscsi_task_send_slot(struct kiscsi_task *task)
{
	struct kiscsi_session *session = task->conn->session;
	struct kiscsi_slot *slot = &session->slots[task->slot];

	kiscsi_assert_locked(task->conn);
	task->itt = next_itt(session, task->slot);
	slot->itt = task->itt;
	slot->withdrawn = false;
	slot->task = task;
	/* pairs with the acquire in kiscsi_task_find(): an invented ITT may come on any connection */
	smp_store_release(&slot->conn, task->conn);
	WRITE_ONCE(task->state, KISCSI_TASK_SENT);
}

static void task_clear_slot(struct kiscsi_task *task)
{
	struct kiscsi_slot *slot = &task->conn->session->slots[task->slot];

	WRITE_ONCE(slot->conn, NULL);
	slot->task = NULL;
}

/**
 * kiscsi_task_find() - who is meant by an ITT from the wire?
 * @conn: the connection it came on
 * @itt: host byte order; may be anything
 * @withdrawn: set if the error handler took the task back
 *
 * Context: socket lock of @conn, which keeps the task from going away.
 * Return: the task, or NULL for an ITT that is not outstanding on this connection.
 */
struct kiscsi_task *kiscsi_task_find(struct kiscsi_conn *conn, u32 itt, bool *withdrawn)
{
	struct kiscsi_session *session = conn->session;
	u32 queue = itt >> 16 & 0xff;
	u32 tag = itt & 0xffff;
	struct kiscsi_slot *slot;

	kiscsi_assert_locked(conn);
	*withdrawn = false;
	if (queue >= session->conn_max || tag >= session->queue_depth)
		return NULL;
	slot = &session->slots[queue * session->queue_depth + tag];
	if (smp_load_acquire(&slot->conn) != conn) {
		*withdrawn = READ_ONCE(slot->withdrawn) && READ_ONCE(slot->itt) == itt;
		return NULL;
	}
	if (slot->itt != itt)
		return NULL;
	if (slot->task->state == KISCSI_TASK_SENT)
		return slot->task;
	*withdrawn = slot->withdrawn;
	return NULL;
}

/*
 * ---- the way back ----
 */

/**
 * kiscsi_task_give_back() - hand the command to the midlayer; the task is no more
 * @task: in no list and no slot
 * @result: for scsi_cmnd.result: host byte and status
 */
void kiscsi_task_give_back(struct kiscsi_task *task, int result)
{
	struct scsi_cmnd *cmd = kiscsi_task_cmd(task);

	WRITE_ONCE(task->state, KISCSI_TASK_IDLE);
	cmd->result = result;
	scsi_done(cmd);
}

/**
 * kiscsi_task_done() - the task's answer is there and none of its bytes is on the way: give it back
 * @task: SENT or ANSWERED
 * @result: for scsi_cmnd.result
 *
 * Context: socket lock of the task's connection.
 */
void kiscsi_task_done(struct kiscsi_task *task, int result)
{
	kiscsi_assert_locked(task->conn);
	list_del_init(&task->entry);
	task_clear_slot(task);
	kiscsi_task_give_back(task, result);
}

/**
 * kiscsi_task_answered() - the target has said how the command ended
 * @task: SENT
 * @result: for scsi_cmnd.result
 *
 * A target may answer before it has all the data. The PDU on the way must go through whole, and
 * takes the command's pages: then the sender gives the command back.
 *
 * Context: socket lock of the task's connection.
 */
void kiscsi_task_answered(struct kiscsi_task *task, int result)
{
	struct kiscsi_conn *conn = task->conn;

	kiscsi_assert_locked(conn);
	if (conn->tx.seq == task)
		conn->tx.seq = NULL;
	if (conn->tx.task != task) {
		kiscsi_task_done(task, result);
		return;
	}
	list_del_init(&task->entry);
	task->r2t_count = 0;
	kiscsi_task_cmd(task)->result = result;
	WRITE_ONCE(task->state, KISCSI_TASK_ANSWERED);
}

/**
 * kiscsi_task_take() - take a task out of its slot, so that nothing received finds it any more
 * @task: SENT or ANSWERED
 * @result: for scsi_cmnd.result, should the sender have to give it back
 *
 * Context: socket lock of the task's connection.
 * Return: true if the task is the caller's now; false if a PDU with its data is on the way into the
 * socket: the sender gives it back when that is through.
 */
bool kiscsi_task_take(struct kiscsi_task *task, int result)
{
	struct kiscsi_conn *conn = task->conn;

	kiscsi_assert_locked(conn);
	conn->session->slots[task->slot].withdrawn = true;
	if (conn->rx.task == task)
		conn->rx.task = NULL;
	if (conn->tx.task == task) {
		if (task->state == KISCSI_TASK_SENT)
			kiscsi_task_answered(task, result);
		return false;
	}
	if (conn->tx.seq == task)
		conn->tx.seq = NULL;
	task_clear_slot(task);
	list_del_init(&task->entry);
	return true;
}

/** kiscsi_task_matches() - is it for logical unit @lun, or is that %KISCSI_ALL_TASKS? */
bool kiscsi_task_matches(struct kiscsi_task *task, u64 lun)
{
	return lun == KISCSI_ALL_TASKS || kiscsi_task_cmd(task)->device->lun == lun;
}

/**
 * kiscsi_tasks_take_sent() - kiscsi_task_take() for all tasks of a connection
 * @conn: whose tasks
 * @lun: of this logical unit, or %KISCSI_ALL_TASKS
 * @result: as in kiscsi_task_take()
 * @tasks: those taken are added here
 *
 * Context: socket lock of @conn.
 * Return: true if none was left to the sender.
 */
bool kiscsi_tasks_take_sent(struct kiscsi_conn *conn, u64 lun, int result, struct list_head *tasks)
{
	struct kiscsi_session *session = conn->session;
	u32 i, n = session->conn_max * session->queue_depth;
	bool all = true;

	kiscsi_assert_locked(conn);
	for (i = 0; i < n; i++) {
		struct kiscsi_task *task;

		/* another connection's slot is not ours to look into */
		if (READ_ONCE(session->slots[i].conn) != conn)
			continue;
		task = session->slots[i].task;
		if (!kiscsi_task_matches(task, lun))
			continue;
		if (kiscsi_task_take(task, result))
			list_add_tail(&task->entry, tasks);
		else
			all = false;
	}
	return all;
}

/* the kernel's own, which the midlayer would repeat some times whatever their effect */
static bool not_to_be_repeated(const struct scsi_cmnd *cmd)
{
	return cmd->cmnd[0] == MOVE_MEDIUM || cmd->cmnd[0] == EXCHANGE_MEDIUM ||
	       cmd->cmnd[0] == PERSISTENT_RESERVE_OUT;
}

/*
 * What the target never saw is queued again, as often as it takes, and so is a disk's read or write. A
 * command of any other kind that was under way may have been carried out: whoever sent it decides.
 */
static int retry_result(struct kiscsi_task *task)
{
	struct scsi_cmnd *cmd = kiscsi_task_cmd(task);

	if (task->state != KISCSI_TASK_QUEUED &&
	    (cmd->device->type != TYPE_DISK || blk_rq_is_passthrough(scsi_cmd_to_rq(cmd)))) {
		if (not_to_be_repeated(cmd))
			cmd->allowed = 0;
		return DID_TRANSPORT_DISRUPTED << 16;
	}
	/* the midlayer bounds requeueing by a command's age: the outage is not to count */
	cmd->jiffies_at_alloc = jiffies;
	return DID_REQUEUE << 16;
}

/**
 * kiscsi_tasks_give_back() - give back all tasks of a private list
 * @tasks: the list
 * @result: for scsi_cmnd.result, or %KISCSI_RESULT_RETRY for what suits the command. One that was
 *	answered while its data was on the way keeps its answer.
 *
 * Context: no lock held.
 */
void kiscsi_tasks_give_back(struct list_head *tasks, int result)
{
	struct kiscsi_task *task, *next;

	list_for_each_entry_safe(task, next, tasks, entry) {
		list_del_init(&task->entry);
		if (task->state == KISCSI_TASK_ANSWERED)
			kiscsi_task_give_back(task, kiscsi_task_cmd(task)->result);
		else if (result == KISCSI_RESULT_RETRY)
			kiscsi_task_give_back(task, retry_result(task));
		else
			kiscsi_task_give_back(task, result);
	}
}
