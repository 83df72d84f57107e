// SPDX-License-Identifier: GPL-2.0
/*
 * What the initiator must and must not send. Each function looks at one PDU, reports every
 * violation it sees and changes nothing but the numbers it needs for the next look.
 */
#include "target.h"

static bool all_zero(const void *p, size_t n)
{
	const u8 *b = p;

	while (n--) {
		if (*b++)
			return false;
	}
	return true;
}

static void reserved(struct conn *c, const struct pdu *p, const void *at, size_t n)
{
	if (!all_zero(at, n))
		violation(c, "%s: reserved bytes from %zu on are not zero", opcode_name(p->bhs.opcode),
			  (size_t)((const u8 *)at - (const u8 *)&p->bhs));
}

static void no_data(struct conn *c, const struct pdu *p)
{
	if (p->len)
		violation(c, "%s with %u bytes of data", opcode_name(p->bhs.opcode), p->len);
}

static void login_stages(struct conn *c, u8 flags)
{
	u8 csg = KISCSI_LOGIN_CSG(flags), nsg = KISCSI_LOGIN_NSG(flags);

	if (flags & 0x30)
		violation(c, "login: reserved flags %02x", flags);
	if (csg > KISCSI_STAGE_OPERATIONAL)
		violation(c, "login: CSG %u", csg);
	if (!(flags & KISCSI_LOGIN_TRANSIT))
		return;
	if (flags & KISCSI_TEXT_CONTINUE)
		violation(c, "login: T and C bits together");
	if (nsg == 2 || nsg <= csg)
		violation(c, "login: from stage %u to stage %u", csg, nsg);
}

static void login_same(struct conn *c, const struct kiscsi_login_req *r,
		       const struct kiscsi_login_req *first)
{
	if (r->itt != first->itt)
		violation(c, "login: the ITT changes to %08x", be32_to_cpu(r->itt));
	if (memcmp(r->isid, first->isid, sizeof(r->isid)))
		violation(c, "login: the ISID changes");
	if (r->tsih != first->tsih)
		violation(c, "login: the TSIH changes to %u", be16_to_cpu(r->tsih));
	if (r->cid != first->cid)
		violation(c, "login: the CID changes to %u", be16_to_cpu(r->cid));
	if (r->cmdsn != first->cmdsn)
		violation(c, "login: CmdSN changes to %u", be32_to_cpu(r->cmdsn));
	if (KISCSI_LOGIN_CSG(r->flags) < KISCSI_LOGIN_CSG(first->flags))
		violation(c, "login: goes back to stage %u", KISCSI_LOGIN_CSG(r->flags));
}

/**
 * check_login() - a Login Request's header
 * @c: connection
 * @p: the request
 * @first: the first one of this login, or NULL if this is it
 */
void check_login(struct conn *c, const struct pdu *p, const struct kiscsi_login_req *first)
{
	const struct kiscsi_login_req *r = (const void *)&p->bhs;

	if (KISCSI_OPCODE(r->opcode) != KISCSI_OP_LOGIN) {
		violation(c, "%s during login", opcode_name(r->opcode));
		return;
	}
	if (r->opcode != (KISCSI_OP_LOGIN | KISCSI_IMMEDIATE))
		violation(c, "login: byte 0 is %02x, the I bit must be set", r->opcode);
	login_stages(c, r->flags);
	if (r->version_max || r->version_min)
		violation(c, "login: versions %u to %u, the only one is 0", r->version_min,
			  r->version_max);
	if (p->ahs_len)
		violation(c, "login: has an AHS");
	if (r->isid[0] >> 6 == 3)
		violation(c, "login: reserved ISID type");
	if (!all_zero(r->rsvd22, sizeof(r->rsvd22)) || !all_zero(r->rsvd32, sizeof(r->rsvd32)))
		violation(c, "login: reserved bytes are not zero");
	if (!first)
		return;
	login_same(c, r, first);
	if (be32_to_cpu(r->expstatsn) != c->statsn)
		violation(c, "login: ExpStatSN %u, should be %u", be32_to_cpu(r->expstatsn),
			  c->statsn);
}

/**
 * check_expstatsn() - it acknowledges what was sent, and never takes that back
 * @c: connection
 * @expstatsn: from any request
 */
void check_expstatsn(struct conn *c, u32 expstatsn)
{
	if (kiscsi_sn_lt(c->statsn, expstatsn))
		violation(c, "ExpStatSN %u, but %u was not sent yet", expstatsn, c->statsn);
	else if (c->expstatsn_seen && kiscsi_sn_lt(expstatsn, c->expstatsn))
		violation(c, "ExpStatSN goes back from %u to %u", c->expstatsn, expstatsn);
	c->expstatsn = expstatsn;
	c->expstatsn_seen = true;
}

/* no new request; answers to what we ask are none */
static bool may_follow_logout(const struct pdu *p)
{
	u8 op = KISCSI_OPCODE(p->bhs.opcode);

	return op == KISCSI_OP_DATA_OUT ||
	       (op == KISCSI_OP_NOP_OUT && be32_to_cpu(p->bhs.itt) == KISCSI_RESERVED_TAG);
}

/* Whatever we have done before: who wants to leave, or has read that he should, has nothing more to ask. */
static void check_leaving(struct conn *c, const struct pdu *p)
{
	const char *name = opcode_name(KISCSI_OPCODE(p->bhs.opcode));

	if (c->left && !may_follow_logout(p))
		violation_always(c, "%s after a Logout Request", name);
	if (!c->left && !may_follow_logout(p) &&
	    session_left(c->sess, be32_to_cpu(p->bhs.fields[1]), p->bhs.opcode & KISCSI_IMMEDIATE))
		violation_always(c, "%s after the Logout Request of the session, on another connection", name);
	if (c->sent_away && KISCSI_OPCODE(p->bhs.opcode) == KISCSI_OP_SCSI_CMD &&
	    kiscsi_sn_lt(c->sent_away_statsn, be32_to_cpu(p->bhs.fields[2])))
		violation_always(c, "%s by one who has read that he is to log out", name);
}

static bool may_be_immediate(u8 op)
{
	return op != KISCSI_OP_DATA_OUT && op != KISCSI_OP_SNACK;
}

/**
 * check_common() - what holds for every PDU in full-feature phase
 * @c: connection
 * @p: the PDU
 */
void check_common(struct conn *c, const struct pdu *p)
{
	u8 op = KISCSI_OPCODE(p->bhs.opcode);
	const char *name = opcode_name(op);

	check_leaving(c, p);
	if (p->bhs.opcode & 0x80)
		violation(c, "%s: bit 7 of byte 0 is set", name);
	if (p->bhs.opcode & KISCSI_IMMEDIATE && !may_be_immediate(op))
		violation(c, "%s with the I bit", name);
	if (p->ahs_len && op != KISCSI_OP_SCSI_CMD)
		violation(c, "%s with an AHS", name);
	/* at the same place in every request */
	check_expstatsn(c, be32_to_cpu(p->bhs.fields[2]));
	if (op == KISCSI_OP_DATA_OUT || op == KISCSI_OP_NOP_OUT)
		return;
	if (be32_to_cpu(p->bhs.itt) == KISCSI_RESERVED_TAG)
		violation(c, "%s with the reserved ITT", name);
	else if (op != KISCSI_OP_TEXT && task_find(c, be32_to_cpu(p->bhs.itt)))
		violation(c, "%s with ITT %08x, which is in use", name, be32_to_cpu(p->bhs.itt));
}

static void immediate_data(struct conn *c, const struct pdu *p, u32 edtl)
{
	const struct kiscsi_scsi_cmd *r = (const void *)&p->bhs;
	u32 limit = c->par.first_burst;

	if (!p->len)
		return;
	if (!(r->flags & KISCSI_CMD_WRITE))
		violation(c, "SCSI Command: data with a command that does not write");
	if (!c->par.immediate_data)
		violation(c, "SCSI Command: immediate data, ImmediateData=No");
	if (p->len > edtl)
		violation(c, "SCSI Command: %u bytes of immediate data, %u expected in all", p->len,
			  edtl);
	if (p->len > limit)
		violation(c, "SCSI Command: %u bytes of immediate data, FirstBurstLength is %u",
			  p->len, limit);
}

/**
 * check_command() - a SCSI Command's header and immediate data
 * @c: connection
 * @p: the command
 */
void check_command(struct conn *c, const struct pdu *p)
{
	const struct kiscsi_scsi_cmd *r = (const void *)&p->bhs;
	bool final = r->flags & KISCSI_FLAG_FINAL, write = r->flags & KISCSI_CMD_WRITE;
	u32 edtl = be32_to_cpu(r->data_len);

	if (r->flags & 0x18 || (r->flags & 7) > KISCSI_ATTR_ACA)
		violation(c, "SCSI Command: flags %02x", r->flags);
	reserved(c, p, r->rsvd2, sizeof(r->rsvd2));
	if (edtl && !(r->flags & (KISCSI_CMD_READ | KISCSI_CMD_WRITE)))
		violation(c, "SCSI Command: %u bytes expected and neither R nor W bit", edtl);
	immediate_data(c, p, edtl);
	if (final)
		return;
	if (!write)
		violation(c, "SCSI Command: no F bit on a command that does not write");
	else if (c->par.initial_r2t)
		violation(c, "SCSI Command: unsolicited data announced, InitialR2T=Yes");
	else if (p->len >= edtl || p->len >= c->par.first_burst)
		violation(c, "SCSI Command: no F bit, and no unsolicited data left to send");
}

/**
 * check_unsolicited_end() - unsolicited data ends where it must
 * @c: connection
 * @t: the write
 * @end: first byte that did not come
 *
 * Who sends unsolicited Data-Out sends all that is allowed, section 4.2.5.2.
 */
void check_unsolicited_end(struct conn *c, const struct task *t, u32 end)
{
	u32 all = t->edtl < c->par.first_burst ? t->edtl : c->par.first_burst;

	if (end != all)
		violation(c, "unsolicited data ends after %u bytes, should be %u", end, all);
}

/**
 * check_nop_out() - a ping, or the answer to one of ours
 * @c: connection
 * @p: the NOP-Out
 */
void check_nop_out(struct conn *c, const struct pdu *p)
{
	const struct kiscsi_nop_out *r = (const void *)&p->bhs;
	u32 itt = be32_to_cpu(r->itt), ttt = be32_to_cpu(r->ttt);
	u8 lun[8];

	if (!(r->flags & KISCSI_FLAG_FINAL) || r->flags & 0x7f)
		violation(c, "NOP-Out: flags %02x", r->flags);
	if (itt != KISCSI_RESERVED_TAG && task_find(c, itt))
		violation(c, "NOP-Out: ITT %08x is in use", itt);
	if (itt == KISCSI_RESERVED_TAG && !(r->opcode & KISCSI_IMMEDIATE))
		violation(c, "NOP-Out: no ITT, so the I bit must be set");
	if (itt != KISCSI_RESERVED_TAG && ttt != KISCSI_RESERVED_TAG)
		violation(c, "NOP-Out: both ITT %08x and TTT %08x", itt, ttt);
	reserved(c, p, r->rsvd2, sizeof(r->rsvd2));
	reserved(c, p, r->rsvd32, sizeof(r->rsvd32));
	if (ttt == KISCSI_RESERVED_TAG) {
		reserved(c, p, r->lun, sizeof(r->lun));
		return;
	}
	ping_lun(ttt, lun);
	for (u32 i = 0; i < c->ping_count; i++) {
		if (c->pings[i].ttt == ttt) {
			if (memcmp(r->lun, lun, sizeof(lun)))
				violation(c, "NOP-Out: TTT %08x, but not the LUN of that NOP-In", ttt);
			c->pings[i] = c->pings[--c->ping_count];
			return;
		}
	}
	violation(c, "NOP-Out: TTT %08x is not of any NOP-In", ttt);
}

/**
 * check_pings() - whoever logs out has answered the pings he has read
 * @c: connection
 * @expstatsn: of the Logout Request; a ping that carried a number before it came ahead of what that acknowledges
 */
void check_pings(struct conn *c, u32 expstatsn)
{
	for (u32 i = 0; i < c->ping_count; i++) {
		if (!kiscsi_sn_lt(c->pings[i].statsn, expstatsn))
			continue;
		violation(c, "Logout Request, and the NOP-In with TTT %08x was not answered", c->pings[i].ttt);
		return;
	}
}

/**
 * check_data_out() - a Data-Out's header, but for what its R2T says
 * @c: connection
 * @p: the Data-Out
 *
 * Not the LUN of an unsolicited one, which is reserved: kiscsi has its reasons, see rfc7143-coverage.rst.
 */
void check_data_out(struct conn *c, const struct pdu *p)
{
	const struct kiscsi_data_out *r = (const void *)&p->bhs;

	if (r->flags & 0x7f)
		violation(c, "Data-Out: flags %02x", r->flags);
	reserved(c, p, r->rsvd2, sizeof(r->rsvd2));
	reserved(c, p, r->rsvd24, sizeof(r->rsvd24));
	reserved(c, p, r->rsvd32, sizeof(r->rsvd32));
	reserved(c, p, r->rsvd44, sizeof(r->rsvd44));
}

/**
 * check_tmf() - the form of a Task Management Function Request
 * @c: connection
 * @p: the request
 */
void check_tmf(struct conn *c, const struct pdu *p)
{
	const struct kiscsi_tmf_req *r = (const void *)&p->bhs;
	u8 function = r->flags & 0x7f;

	no_data(c, p);
	reserved(c, p, r->rsvd2, sizeof(r->rsvd2));
	reserved(c, p, r->rsvd40, sizeof(r->rsvd40));
	if (function == KISCSI_TMF_TARGET_WARM_RESET || function == KISCSI_TMF_TARGET_COLD_RESET)
		reserved(c, p, r->lun, sizeof(r->lun));
	if (function != KISCSI_TMF_ABORT_TASK)
		reserved(c, p, &r->ref_cmdsn, sizeof(r->ref_cmdsn));
	if (function != KISCSI_TMF_TASK_REASSIGN)
		reserved(c, p, &r->expdatasn, sizeof(r->expdatasn));
}

/**
 * check_logout() - the form of a Logout Request
 * @c: connection
 * @p: the request
 */
void check_logout(struct conn *c, const struct pdu *p)
{
	const struct kiscsi_logout_req *r = (const void *)&p->bhs;

	no_data(c, p);
	reserved(c, p, r->rsvd2, sizeof(r->rsvd2));
	reserved(c, p, r->rsvd8, sizeof(r->rsvd8));
	reserved(c, p, r->rsvd22, sizeof(r->rsvd22));
	reserved(c, p, r->rsvd32, sizeof(r->rsvd32));
}

/**
 * check_text() - the form of a Text Request
 * @c: connection
 * @p: the request
 */
void check_text(struct conn *c, const struct pdu *p)
{
	const struct kiscsi_text_req *r = (const void *)&p->bhs;
	u8 ends = r->flags & (KISCSI_TEXT_FINAL | KISCSI_TEXT_CONTINUE);

	if (r->flags & 0x3f)
		violation(c, "Text Request: reserved flags %02x", r->flags);
	if (ends == (KISCSI_TEXT_FINAL | KISCSI_TEXT_CONTINUE))
		violation(c, "Text Request: F and C bits together");
	if (!ends)
		violation(c, "Text Request: no F bit, and the text is complete");
	reserved(c, p, r->rsvd2, sizeof(r->rsvd2));
	reserved(c, p, r->rsvd32, sizeof(r->rsvd32));
	if (be32_to_cpu(r->ttt) == KISCSI_RESERVED_TAG)
		reserved(c, p, r->lun, sizeof(r->lun));
}
