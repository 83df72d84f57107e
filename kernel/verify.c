// SPDX-License-Identifier: GPL-2.0
/*
 * After a new login and before the first command: are the LUNs still the disks they were? The target
 * may have been set up anew while it was away, and commands that wait would go to another disk.
 *
 * The midlayer cannot be asked: its queues are stopped until this is over. So the INQUIRYs go out and
 * come in here, one after the other, over a socket that no connection has yet: in the way of
 * reconnect.c, whose bounds hold here too.
 */
#include <scsi/scsi.h>
#include <scsi/scsi_common.h>
#include <scsi/scsi_device.h>

#include "reconnect.h"

/* PDUs taken for one INQUIRY: a target may have more to say, but not without end */
#define PDUS_MAX 64

/* that of no INQUIRY */
#define LOGOUT_ITT (KISCSI_ITT_VERIFY << 16 | 0xffff)

/* attempts at which a LUN may be missing or another: with the pauses between them, a quarter of a minute */
#define MISSING_MAX 4

/* one INQUIRY under way */
struct inquiry {
	struct scsi_device *sdev;
	u32 itt;
	u32 have;		/* bytes in rc->page */
	bool done;
	u8 status;
	bool gone;
};

static bool has_header_digest(const struct kiscsi_reconnect *rc)
{
	return rc->login.params.header_digest == KISCSI_DIGEST_CRC32C;
}

static bool has_data_digest(const struct kiscsi_reconnect *rc)
{
	return rc->login.params.data_digest == KISCSI_DIGEST_CRC32C;
}

/*
 * ---- PDUs ----
 */

static int send_bhs(struct kiscsi_reconnect *rc, struct socket *sock, void *bhs)
{
	u8 digest[KISCSI_DIGEST_LEN];
	struct kvec kv[2] = {
		{ .iov_base = bhs, .iov_len = KISCSI_BHS_LEN },
		{ .iov_base = digest, .iov_len = sizeof(digest) },
	};
	u32 count = has_header_digest(rc) ? 2 : 1;

	kiscsi_digest_put(digest, bhs, KISCSI_BHS_LEN);
	return kiscsi_reconnect_send(rc, sock, kv, count,
				     KISCSI_BHS_LEN + (count - 1) * KISCSI_DIGEST_LEN);
}

static int receive_header(struct kiscsi_reconnect *rc, struct socket *sock)
{
	u8 digest[KISCSI_DIGEST_LEN];
	int ret = kiscsi_reconnect_receive(rc, sock, &rc->bhs, KISCSI_BHS_LEN);

	if (ret || !has_header_digest(rc))
		return ret;
	ret = kiscsi_reconnect_receive(rc, sock, digest, sizeof(digest));
	if (!ret && !kiscsi_digest_ok(digest, &rc->bhs, KISCSI_BHS_LEN))
		ret = -EBADMSG;
	return ret;
}

/* padding counts into the digest, and rc->data has room for it */
static int receive_segment(struct kiscsi_reconnect *rc, struct socket *sock, u32 len)
{
	u32 padded = len + kiscsi_padding(len);
	u8 digest[KISCSI_DIGEST_LEN];
	int ret = kiscsi_reconnect_receive(rc, sock, rc->data, padded);

	if (ret || !has_data_digest(rc))
		return ret;
	ret = kiscsi_reconnect_receive(rc, sock, digest, sizeof(digest));
	if (!ret && !kiscsi_digest_ok(digest, rc->data, padded))
		ret = -EBADMSG;
	return ret;
}

static int receive_pdu(struct kiscsi_reconnect *rc, struct socket *sock)
{
	int ret = receive_header(rc, sock);
	u32 len;

	if (ret)
		return ret;
	len = kiscsi_get_dsl(&rc->bhs);
	if (rc->bhs.ahs_len || len > rc->login.params.max_recv_dsl || len > KISCSI_LOGIN_DSL)
		return -EPROTO;
	return len ? receive_segment(rc, sock, len) : 0;
}

/*
 * ---- one INQUIRY ----
 */

static int send_inquiry(struct kiscsi_reconnect *rc, struct socket *sock,
			const struct inquiry *inquiry)
{
	struct kiscsi_login *login = &rc->login;
	struct kiscsi_scsi_cmd cmd = {
		.opcode = KISCSI_OP_SCSI_CMD,
		.flags = KISCSI_FLAG_FINAL | KISCSI_CMD_READ | KISCSI_ATTR_SIMPLE,
		.itt = cpu_to_be32(inquiry->itt),
		.data_len = cpu_to_be32(KISCSI_VPD_MAX),
		.cmdsn = cpu_to_be32(login->cmdsn),
		.expstatsn = cpu_to_be32(login->statsn),
	};

	login->cmdsn++;
	int_to_scsilun(inquiry->sdev->lun, (struct scsi_lun *)cmd.lun);
	kiscsi_lun_inquiry(inquiry->sdev, cmd.cdb, KISCSI_VPD_MAX);
	return send_bhs(rc, sock, &cmd);
}

static int answer_nop(struct kiscsi_reconnect *rc, struct socket *sock)
{
	const struct kiscsi_nop_in *in = (const void *)&rc->bhs;
	struct kiscsi_nop_out out = {
		.opcode = KISCSI_OP_NOP_OUT | KISCSI_IMMEDIATE,
		.flags = KISCSI_FLAG_FINAL,
		.itt = cpu_to_be32(KISCSI_RESERVED_TAG),
		.ttt = in->ttt,
		.cmdsn = cpu_to_be32(rc->login.cmdsn),
		.expstatsn = cpu_to_be32(rc->login.statsn),
	};

	if (in->ttt == cpu_to_be32(KISCSI_RESERVED_TAG))
		return 0;
	memcpy(out.lun, in->lun, sizeof(out.lun));
	return send_bhs(rc, sock, &out);
}

static int take_statsn(struct kiscsi_reconnect *rc)
{
	const struct kiscsi_nop_in *hdr = (const void *)&rc->bhs;

	if (be32_to_cpu(hdr->statsn) != rc->login.statsn)
		return -EPROTO;
	rc->login.statsn++;
	return 0;
}

static int take_data(struct kiscsi_reconnect *rc, struct inquiry *inquiry)
{
	const struct kiscsi_data_in *hdr = (const void *)&rc->bhs;
	u32 len = kiscsi_get_dsl(&rc->bhs);

	if (be32_to_cpu(hdr->itt) != inquiry->itt || be32_to_cpu(hdr->offset) != inquiry->have ||
	    len > KISCSI_VPD_MAX - inquiry->have)
		return -EPROTO;
	memcpy(rc->page + inquiry->have, rc->data, len);
	inquiry->have += len;
	if (!(hdr->flags & KISCSI_DATA_IN_STATUS))
		return 0;
	inquiry->done = true;
	inquiry->status = hdr->status;
	return take_statsn(rc);
}

static int take_response(struct kiscsi_reconnect *rc, struct inquiry *inquiry)
{
	const struct kiscsi_scsi_rsp *rsp = (const void *)&rc->bhs;
	u32 len = kiscsi_get_dsl(&rc->bhs);
	struct scsi_sense_hdr sshdr;

	if (be32_to_cpu(rsp->itt) != inquiry->itt)
		return -EPROTO;
	inquiry->done = true;
	inquiry->status = rsp->response ? SAM_STAT_CHECK_CONDITION : rsp->status;
	if (len > 2)
		inquiry->gone = scsi_normalize_sense(rc->data + 2, len - 2, &sshdr) &&
				kiscsi_lun_is_gone(&sshdr);
	return take_statsn(rc);
}

/* before the next attempt; the session was logged in to, RFC 7143 section 7.5.1 */
static void take_time2wait(struct kiscsi_reconnect *rc, __be16 seconds)
{
	rc->time2wait = min_t(u32, be16_to_cpu(seconds), KISCSI_TIME2WAIT_MAX);
}

/* whatever comes before the answer is of no interest to who leaves */
static int log_out(struct kiscsi_reconnect *rc, struct socket *sock)
{
	struct kiscsi_logout_req req = {
		.opcode = KISCSI_OP_LOGOUT | KISCSI_IMMEDIATE,
		.flags = KISCSI_FLAG_FINAL | KISCSI_LOGOUT_SESSION,
		.itt = cpu_to_be32(LOGOUT_ITT),
		.cmdsn = cpu_to_be32(rc->login.cmdsn),
		.expstatsn = cpu_to_be32(rc->login.statsn),
	};
	const struct kiscsi_logout_rsp *rsp = (const void *)&rc->bhs;
	u32 pdus = PDUS_MAX;
	int ret = send_bhs(rc, sock, &req);

	while (!ret && pdus--) {
		ret = receive_pdu(rc, sock);
		if (ret || KISCSI_OPCODE(rc->bhs.opcode) != KISCSI_OP_LOGOUT_RSP)
			continue;
		take_time2wait(rc, rsp->time2wait);
		break;
	}
	return ret ?: -ECONNRESET;
}

/* as rx_async() does: a SCSI event may be passed over too, for the LUNs are looked at anyway */
static int take_async(struct kiscsi_reconnect *rc, struct socket *sock)
{
	const struct kiscsi_async *async = (const void *)&rc->bhs;
	int ret = take_statsn(rc);

	if (ret)
		return ret;
	switch (async->event) {
	case KISCSI_ASYNC_LOGOUT:
	case KISCSI_ASYNC_NEGOTIATE:
		return log_out(rc, sock);
	case KISCSI_ASYNC_DROP_CONN:
	case KISCSI_ASYNC_DROP_SESSION:
		take_time2wait(rc, async->param2);
		return -ECONNRESET;
	default:
		return 0;
	}
}

static void take_window(struct kiscsi_reconnect *rc)
{
	const struct kiscsi_nop_in *hdr = (const void *)&rc->bhs;
	u32 exp = be32_to_cpu(hdr->expcmdsn);
	u32 max = be32_to_cpu(hdr->maxcmdsn);

	if (kiscsi_sn_lt(max, exp - 1))
		return;
	if (kiscsi_sn_lt(rc->login.expcmdsn, exp))
		rc->login.expcmdsn = exp;
	if (kiscsi_sn_lt(rc->login.maxcmdsn, max))
		rc->login.maxcmdsn = max;
}

static int take_pdu(struct kiscsi_reconnect *rc, struct socket *sock, struct inquiry *inquiry)
{
	int ret = receive_pdu(rc, sock);

	if (ret)
		return ret;
	take_window(rc);
	switch (KISCSI_OPCODE(rc->bhs.opcode)) {
	case KISCSI_OP_DATA_IN:
		return take_data(rc, inquiry);
	case KISCSI_OP_SCSI_RSP:
		return take_response(rc, inquiry);
	case KISCSI_OP_NOP_IN:
		return answer_nop(rc, sock);
	case KISCSI_OP_ASYNC:
		return take_async(rc, sock);
	default:
		return -EPROTO;
	}
}

/* a target may keep the window closed at first, and open it with a NOP-In */
static int await_window(struct kiscsi_reconnect *rc, struct socket *sock, struct inquiry *inquiry)
{
	u32 pdus = PDUS_MAX;
	int ret = 0;

	while (!ret && !kiscsi_sn_lte(rc->login.cmdsn, rc->login.maxcmdsn))
		ret = pdus-- ? take_pdu(rc, sock, inquiry) : -EPROTO;
	return ret;
}

static int verify_one(struct kiscsi_reconnect *rc, struct socket *sock, struct inquiry *inquiry)
{
	u32 pdus = PDUS_MAX;
	enum kiscsi_lun_verdict verdict = KISCSI_LUN_SAME;
	int ret = await_window(rc, sock, inquiry) ?: send_inquiry(rc, sock, inquiry);

	while (!ret && !inquiry->done)
		ret = pdus-- ? take_pdu(rc, sock, inquiry) : -EPROTO;
	if (ret)
		return ret;
	if (inquiry->gone)
		verdict = KISCSI_LUN_GONE;
	else if (inquiry->status == SAM_STAT_GOOD)
		verdict = kiscsi_lun_judge(inquiry->sdev, rc->page, inquiry->have);
	if (verdict != KISCSI_LUN_SAME && rc->missing < MISSING_MAX)
		return -ENXIO;
	kiscsi_lun_disown(inquiry->sdev, verdict);
	return 0;
}

/**
 * kiscsi_verify() - disown the devices whose LUN is not what it was
 * @rc: of the session; logged in
 * @sock: the socket that is logged in; no connection has it yet
 *
 * A target that comes back in pieces may answer before it has all its LUNs, or before it has given them their
 * names back (tgt does the two in two steps): it is given some attempts. Meanwhile nothing is sent to the LUN.
 * A LUN whose INQUIRY fails with anything but "no such LUN" gets the benefit of the doubt.
 *
 * Context: may sleep, for the login timeout per LUN at the most; does not wait for I/O.
 * Return: 0, or a negative errno when the socket is of no more use.
 */
int kiscsi_verify(struct kiscsi_reconnect *rc, struct socket *sock)
{
	struct scsi_device *sdev;
	u32 itt = 0;
	int ret = 0;

	shost_for_each_device(sdev, rc->session->shost) {
		struct inquiry inquiry = { .sdev = sdev, .itt = KISCSI_ITT_VERIFY << 16 | itt++ % 0xffff };

		if (!kiscsi_lun_known(sdev))
			continue;
		kiscsi_reconnect_deadline(rc);
		ret = verify_one(rc, sock, &inquiry);
		if (ret) {
			scsi_device_put(sdev);
			break;
		}
	}
	if (ret == -ENXIO)
		rc->missing++;
	return ret;
}
