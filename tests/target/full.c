// SPDX-License-Identifier: GPL-2.0
/*
 * The full-feature phase: one function per PDU of the initiator's.
 */
#include "target.h"

#define READY_MS	20
#define BROKEN_MS	3000

/** stamp_window() - ExpCmdSN and MaxCmdSN of now */
void stamp_window(struct conn *c, struct pdu *p)
{
	p->bhs.fields[2] = cpu_to_be32(session_expcmdsn(c->sess));
	p->bhs.fields[3] = cpu_to_be32(session_maxcmdsn(c->sess));
}

/**
 * stamp() - fill in the serial numbers, which every PDU of ours has at the same place
 * @c: connection
 * @p: the PDU
 * @status: it carries a status, so it takes a StatSN
 */
void stamp(struct conn *c, struct pdu *p, bool status)
{
	u32 statsn = c->statsn;

	if (status)
		c->statsn++;
	else if (KISCSI_OPCODE(p->bhs.opcode) == KISCSI_OP_DATA_IN)
		statsn = 0;
	p->bhs.fields[1] = cpu_to_be32(statsn);
	stamp_window(c, p);
}

/**
 * send_pdu() - send a PDU unless a behaviour has other ideas
 * @c: connection
 * @p: complete but for serial numbers and lengths
 * @status: it takes a StatSN
 */
void send_pdu(struct conn *c, struct pdu *p, bool status)
{
	stamp(c, p, status);
	if (behave_out(c, p) == VERDICT_SEND)
		pdu_emit(c, p);
}

/** send_reject() - Reject, with the header of what is rejected */
void send_reject(struct conn *c, const struct pdu *bad, u8 reason)
{
	struct pdu p;

	note(c, "%s rejected, reason %02x", opcode_name(bad->bhs.opcode), reason);
	pdu_init(&p, KISCSI_OP_REJECT);
	p.bhs.specific[0] = reason;
	p.bhs.itt = cpu_to_be32(KISCSI_RESERVED_TAG);
	pdu_data(&p, &bad->bhs, sizeof(bad->bhs));
	send_pdu(c, &p, true);
	pdu_free(&p);
}

/** ping_lun() - the LUN of a ping with tag @ttt: any, for it is only to be repeated */
void ping_lun(u32 ttt, u8 lun[8])
{
	memset(lun, 0, 8);
	lun[1] = (u8)(ttt % 251);
}

/** nop_in_init() - a NOP-In of our own; @ping: ask for an answer */
void nop_in_init(struct conn *c, struct pdu *p, bool ping)
{
	struct kiscsi_nop_in *r = (void *)&p->bhs;

	pdu_init(p, KISCSI_OP_NOP_IN);
	r->itt = cpu_to_be32(KISCSI_RESERVED_TAG);
	r->ttt = cpu_to_be32(KISCSI_RESERVED_TAG);
	if (!ping)
		return;
	r->ttt = cpu_to_be32(c->ttt);
	ping_lun(c->ttt, r->lun);
	if (++c->ttt == KISCSI_RESERVED_TAG)
		c->ttt = 0;
}

/** nop_in_sent() - a NOP-In of our own goes out with @statsn: its answer is waited for, if it is a ping */
void nop_in_sent(struct conn *c, const struct pdu *p, u32 statsn)
{
	u32 ttt = be32_to_cpu(((const struct kiscsi_nop_in *)&p->bhs)->ttt);

	if (ttt != KISCSI_RESERVED_TAG && c->ping_count < PING_MAX)
		c->pings[c->ping_count++] = (struct ping){ .ttt = ttt, .statsn = statsn, .at = now_ms() };
}

static void send_nop_in(struct conn *c, bool ping)
{
	struct pdu p;

	nop_in_init(c, &p, ping);
	nop_in_sent(c, &p, c->statsn);
	send_pdu(c, &p, false);
	pdu_free(&p);
}

static bool take(struct conn *c, const struct pdu *p)
{
	return session_take(c, be32_to_cpu(p->bhs.fields[1]), p->bhs.opcode & KISCSI_IMMEDIATE,
			    opcode_name(p->bhs.opcode));
}

static void nop_out(struct conn *c, const struct pdu *req)
{
	struct pdu p;
	u32 len = req->len;

	check_nop_out(c, req);
	if (!take(c, req) || be32_to_cpu(req->bhs.itt) == KISCSI_RESERVED_TAG)
		return;
	if (len > c->par.send_dsl)
		len = c->par.send_dsl;
	pdu_init(&p, KISCSI_OP_NOP_IN);
	p.bhs.itt = req->bhs.itt;
	p.bhs.fields[0] = cpu_to_be32(KISCSI_RESERVED_TAG);
	memcpy(p.bhs.lun, req->bhs.lun, sizeof(p.bhs.lun));
	pdu_data(&p, req->data, len);
	send_pdu(c, &p, true);
	pdu_free(&p);
}

/* bytes past the 16 of the header are in an AHS of their own */
static void take_cdb(struct conn *c, struct task *t, const struct pdu *p)
{
	const struct kiscsi_scsi_cmd *r = (const void *)&p->bhs;
	u32 at = 0;

	memcpy(t->cdb, r->cdb, sizeof(r->cdb));
	t->cdb_len = sizeof(r->cdb);
	while (at + 4 <= p->ahs_len) {
		u32 len = get_be16(p->ahs + at), more = len ? len - 1 : 0;

		if (at + 3 + len > p->ahs_len) {
			violation(c, "SCSI Command: an AHS of %u bytes does not fit", len);
			return;
		}
		if ((p->ahs[at + 2] & 0x3f) == KISCSI_AHS_EXTENDED_CDB &&
		    16 + more <= sizeof(t->cdb)) {
			memcpy(t->cdb + 16, p->ahs + at + 4, more);
			t->cdb_len = 16 + more;
		}
		at += (3 + len + 3) & ~3u;
	}
}

static void take_immediate_data(struct conn *c, struct task *t, const struct pdu *p)
{
	u32 room = t->edtl < TRANSFER_MAX ? t->edtl : TRANSFER_MAX;

	if (!t->write)
		return;
	t->out = xmalloc(room);
	t->out_end = p->len < room ? p->len : room;
	if (t->out_end)
		memcpy(t->out, p->data, t->out_end);
	t->unsolicited = !(p->bhs.flags & KISCSI_FLAG_FINAL) && t->out_end < room &&
			 t->out_end < c->par.first_burst;
}

static void scsi_command(struct conn *c, const struct pdu *p)
{
	const struct kiscsi_scsi_cmd *r = (const void *)&p->bhs;
	struct task *t;

	check_command(c, p);
	if (!take(c, p))
		return;
	if (task_find(c, be32_to_cpu(r->itt))) {
		send_reject(c, p, KISCSI_REJECT_TASK_IN_PROGRESS);
		return;
	}
	count(COUNT_COMMANDS, 1);
	t = task_new(c, be32_to_cpu(r->itt));
	t->cmdsn = be32_to_cpu(r->cmdsn);
	t->counted = !(r->opcode & KISCSI_IMMEDIATE);
	if (t->counted)
		session_outstanding(c->sess, 1);
	memcpy(t->lun, r->lun, sizeof(t->lun));
	t->edtl = be32_to_cpu(r->data_len);
	t->read = r->flags & KISCSI_CMD_READ;
	t->write = r->flags & KISCSI_CMD_WRITE;
	take_cdb(c, t, p);
	scsi_prepare(t);
	take_immediate_data(c, t, p);
	if (t->write)
		t->out_need = t->out_len < t->edtl ? t->out_len : t->edtl;
	task_advance(c, t);
}

static void abort_lun(struct conn *c, const u8 lun[8], bool every)
{
	struct task *t = c->tasks;

	while (t) {
		struct task *next = t->next;

		if (every || !memcmp(t->lun, lun, sizeof(t->lun)))
			task_free(c, t);
		t = next;
	}
}

static u8 abort_task(struct conn *c, const struct kiscsi_tmf_req *r)
{
	struct task *t = task_find(c, be32_to_cpu(r->ref_itt));

	if (session_parked_elsewhere(c, be32_to_cpu(r->ref_itt)))
		violation(c, "ABORT TASK: not on the connection of its command");
	if (!t)
		return KISCSI_TMF_NO_TASK;
	if (be32_to_cpu(r->ref_cmdsn) != t->cmdsn)
		violation(c, "ABORT TASK: RefCmdSN %u, the command's was %u",
			  be32_to_cpu(r->ref_cmdsn), t->cmdsn);
	if (memcmp(r->lun, t->lun, sizeof(r->lun)))
		violation(c, "ABORT TASK: not the command's LUN");
	if (t->yields)
		return KISCSI_TMF_UNSUPPORTED;
	task_free(c, t);
	return KISCSI_TMF_COMPLETE;
}

/* the command that a behaviour lets nothing end but a reset, or NULL */
static struct task *stubborn(struct conn *c)
{
	struct task *t = c->tasks;

	while (t && !t->yields)
		t = t->next;
	return t;
}

static u8 reset(struct conn *c, const struct kiscsi_tmf_req *r)
{
	u8 function = r->flags & 0x7f;
	struct task *t = stubborn(c);

	if (t && function == KISCSI_TMF_LUN_RESET && memcmp(r->lun, t->lun, sizeof(r->lun)))
		violation(c, "LOGICAL UNIT RESET: not the LUN of the command that is not answered");
	if (t && function < t->yields)
		return KISCSI_TMF_UNSUPPORTED;
	abort_lun(c, r->lun, function >= KISCSI_TMF_TARGET_WARM_RESET);
	return KISCSI_TMF_COMPLETE;
}

static u8 do_tmf(struct conn *c, const struct kiscsi_tmf_req *r)
{
	switch (r->flags & 0x7f) {
	case KISCSI_TMF_ABORT_TASK:
		return abort_task(c, r);
	case KISCSI_TMF_ABORT_TASK_SET:
	case KISCSI_TMF_CLEAR_TASK_SET:
	case KISCSI_TMF_LUN_RESET:
	case KISCSI_TMF_TARGET_WARM_RESET:
	case KISCSI_TMF_TARGET_COLD_RESET:
		return reset(c, r);
	case KISCSI_TMF_CLEAR_ACA:
	case KISCSI_TMF_TASK_REASSIGN:
		return KISCSI_TMF_UNSUPPORTED;
	}
	violation(c, "Task Management Request: function %u", r->flags & 0x7f);
	return KISCSI_TMF_REJECTED;
}

static void answer_tmf(struct conn *c, const struct kiscsi_tmf_req *r)
{
	struct pdu p;

	pdu_init(&p, KISCSI_OP_TMF_RSP);
	p.bhs.specific[0] = do_tmf(c, r);
	p.bhs.itt = r->itt;
	send_pdu(c, &p, true);
	pdu_free(&p);
	if ((r->flags & 0x7f) == KISCSI_TMF_TARGET_COLD_RESET)
		wire_close(c);
}

/*
 * The R2T that was kept for this moment goes out, and the reset is not done before its data is here, as section
 * 4.2.3.3 has it for both sides.
 */
static bool reset_put_off(struct conn *c, const struct pdu *req)
{
	struct pdu p = { .bhs = c->kept_r2t, .cut = -1 };

	if (c->reset_waits)
		violation(c, "another task management function, and the R2T that came before the first is not answered");
	if (!c->r2t_kept || (req->bhs.flags & 0x7f) != KISCSI_TMF_LUN_RESET)
		return false;
	c->r2t_kept = false;
	c->reset_req = req->bhs;
	c->reset_waits = true;
	stamp(c, &p, false);
	pdu_emit(c, &p);
	return true;
}

static void reset_go_on(struct conn *c)
{
	const struct task *t = stubborn(c);

	if (!c->reset_waits || (t && t->r2ts))
		return;
	c->reset_waits = false;
	note(c, "the R2T was answered before the reset was");
	answer_tmf(c, (const void *)&c->reset_req);
}

static void task_management(struct conn *c, const struct pdu *req)
{
	const struct kiscsi_tmf_req *r = (const void *)&req->bhs;

	check_tmf(c, req);
	if (!(r->flags & KISCSI_FLAG_FINAL))
		violation(c, "Task Management Request: no F bit");
	if ((r->flags & 0x7f) != KISCSI_TMF_ABORT_TASK &&
	    (r->flags & 0x7f) != KISCSI_TMF_TASK_REASSIGN &&
	    be32_to_cpu(r->ref_itt) != KISCSI_RESERVED_TAG)
		violation(c, "Task Management Request: function %u with a Referenced Task Tag",
			  r->flags & 0x7f);
	if (!take(c, req))
		return;
	note(c, "task management function %u, referenced ITT %08x", r->flags & 0x7f,
	     be32_to_cpu(r->ref_itt));
	if (!reset_put_off(c, req))
		answer_tmf(c, r);
}

static void logout(struct conn *c, const struct pdu *req)
{
	const struct kiscsi_logout_req *r = (const void *)&req->bhs;
	u8 reason = r->flags & 0x7f;
	struct pdu p;

	check_logout(c, req);
	check_pings(c, be32_to_cpu(r->expstatsn));
	c->left = true;
	if (reason == KISCSI_LOGOUT_SESSION)
		session_leave(c->sess, be32_to_cpu(r->cmdsn));
	if (!(r->flags & KISCSI_FLAG_FINAL) || reason > KISCSI_LOGOUT_RECOVERY)
		violation(c, "Logout Request: flags %02x", r->flags);
	if (reason == KISCSI_LOGOUT_CONNECTION && be16_to_cpu(r->cid) != c->cid)
		violation(c, "Logout Request: CID %u, this connection's is %u", be16_to_cpu(r->cid),
			  c->cid);
	if (reason == KISCSI_LOGOUT_SESSION && r->cid)
		violation_always(c, "Logout Request: CID %u, but the session is meant", be16_to_cpu(r->cid));
	if (!take(c, req))
		return;
	note(c, "logout, reason %u", reason);
	pdu_init(&p, KISCSI_OP_LOGOUT_RSP);
	p.bhs.itt = r->itt;
	if (reason == KISCSI_LOGOUT_RECOVERY)
		p.bhs.specific[0] = 2;		/* connection recovery is not supported */
	send_pdu(c, &p, true);
	pdu_free(&p);
	if (reason == KISCSI_LOGOUT_SESSION && !c->mute)
		session_logout(c);
	if (reason != KISCSI_LOGOUT_RECOVERY && !c->mute)
		wire_close(c);
}

/**
 * full_dispatch() - take one PDU in full-feature phase
 * @c: connection
 * @p: the PDU
 */
void full_dispatch(struct conn *c, struct pdu *p)
{
	u8 op = KISCSI_OPCODE(p->bhs.opcode);

	check_common(c, p);
	if (c->discovery && op != KISCSI_OP_TEXT && op != KISCSI_OP_LOGOUT && op != KISCSI_OP_NOP_OUT)
		violation(c, "%s in a discovery session", opcode_name(op));
	switch (op) {
	case KISCSI_OP_NOP_OUT:
		nop_out(c, p);
		break;
	case KISCSI_OP_SCSI_CMD:
		scsi_command(c, p);
		break;
	case KISCSI_OP_TMF:
		task_management(c, p);
		break;
	case KISCSI_OP_TEXT:
		text_request(c, p);
		break;
	case KISCSI_OP_DATA_OUT:
		data_out(c, p);
		reset_go_on(c);
		break;
	case KISCSI_OP_LOGOUT:
		logout(c, p);
		break;
	case KISCSI_OP_SNACK:
		violation(c, "SNACK at ErrorRecoveryLevel %u", c->par.erl);
		send_reject(c, p, KISCSI_REJECT_SNACK);
		break;
	default:
		violation(c, "%s (%02x) in full-feature phase", opcode_name(op), p->bhs.opcode);
		send_reject(c, p, KISCSI_REJECT_COMMAND);
	}
}

static void idle_deviant(struct conn *c)
{
	if (!c->deviant || c->told || now_ms() - c->deviated_at < config.grace_s * 1000ull)
		return;
	c->told = true;
	violation_always(c, "still open %u s after %s", config.grace_s, c->deviant->name);
	wire_close(c);
}

static void idle_broken(struct conn *c)
{
	if (c->told || session_broken(c->sess) < BROKEN_MS)
		return;
	c->told = true;
	violation_always(c, "still open %u ms after a PDU of impossible form on a connection of the session", BROKEN_MS);
	wire_close(c);
}

static void idle_reset(struct conn *c)
{
	if (!c->reset_at || now_ms() < c->reset_at)
		return;
	note(c, "reset while idle, DefaultTime2Wait is %u s", c->par.time2wait);
	conn_none_before(c->par.time2wait);
	wire_reset(c);
}

static void idle_ping(struct conn *c)
{
	u64 now = now_ms();

	if (!config.tune.ping_ms || c->plain || c->discovery || now < c->next_ping)
		return;
	if (c->next_ping)
		send_nop_in(c, true);
	c->next_ping = now + config.tune.ping_ms;
}

/** full_waits() - is there something that full_idle() will have to do soon? */
bool full_waits(const struct conn *c)
{
	return (c->deviant && !c->told) ||
	       (c->full && (c->readies || c->held_len || config.tune.ping_ms || session_frozen(c->sess) ||
			    session_broken(c->sess)));
}

/** full_idle() - nothing to read just now: do what is due by the clock */
void full_idle(struct conn *c)
{
	idle_deviant(c);
	if (!c->full || c->ended)
		return;
	idle_broken(c);
	idle_reset(c);
	if (c->readies && now_ms() - c->ready_since >= READY_MS)
		ready_flush(c);
	idle_ping(c);
	if (session_thaw(c->sess))
		send_nop_in(c, false);
	wire_flush(c);
}
