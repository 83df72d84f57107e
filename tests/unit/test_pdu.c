// SPDX-License-Identifier: GPL-2.0
/*
 * Wire layout: every byte of some PDUs, written down by hand from the figures of RFC 7143
 * section 11.
 */
#include "pdu.h"
#include "unit.h"

#define BYTES(p) (p), sizeof(*(p))
#define AT(s, m, where) EQ(offsetof(struct s, m), where)

static void lengths(void)
{
	static const u32 padding[] = { 0, 3, 2, 1, 0, 3, 2, 1, 0 };
	struct kiscsi_bhs bhs = { 0 };
	u32 i;

	for (i = 0; i < ARRAY_SIZE(padding); i++)
		EQ(kiscsi_padding(i), padding[i]);
	EQ(kiscsi_padding(8191), 1);
	EQ(kiscsi_padding(16777215), 1);

	kiscsi_put_dsl(bhs.dsl, 0x123456);
	EQ(bhs.dsl[0], 0x12);
	EQ(bhs.dsl[1], 0x34);
	EQ(bhs.dsl[2], 0x56);
	EQ(bhs.ahs_len, 0);
	EQ(kiscsi_get_dsl(&bhs), 0x123456);
	kiscsi_put_dsl(bhs.dsl, 16777215);
	EQ(kiscsi_get_dsl(&bhs), 16777215);
	EQ(KISCSI_AHS_MAX, 1020);
}

static void scsi_command(void)
{
	static const u8 want[48] = {
		0x01, 0xe1, 0, 0, 0, 0, 0x02, 0x00,
		0x00, 0x07, 0, 0, 0, 0, 0, 0,
		0x11, 0x22, 0x33, 0x44, 0x00, 0x00, 0x10, 0x00,
		0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x05,
		0x2a, 0, 0, 0, 0x12, 0x34, 0, 0, 0x08, 0, 0, 0, 0, 0, 0, 0,
	};
	struct kiscsi_scsi_cmd cmd = {
		.opcode = KISCSI_OP_SCSI_CMD,
		.flags = KISCSI_FLAG_FINAL | KISCSI_CMD_READ | KISCSI_CMD_WRITE |
			 KISCSI_ATTR_SIMPLE,
		.lun = { 0, 7 },
		.itt = cpu_to_be32(0x11223344),
		.data_len = cpu_to_be32(4096),
		.cmdsn = cpu_to_be32(0xffffffff),
		.expstatsn = cpu_to_be32(5),
		.cdb = { 0x2a, 0, 0, 0, 0x12, 0x34, 0, 0, 0x08, 0 },
	};

	kiscsi_put_dsl(cmd.dsl, 512);
	MEM(&cmd, sizeof(cmd), want, sizeof(want));
}

static void data_in(void)
{
	static const u8 wire[48] = {
		0x25, 0x83, 0, 0x02, 0, 0, 0x20, 0x00,
		0, 1, 0, 0, 0, 0, 0, 0,
		0, 0, 0, 9, 0xff, 0xff, 0xff, 0xff,
		0, 0, 0, 10, 0, 0, 0, 11,
		0, 0, 0, 12, 0, 0, 0, 13, 0, 0, 0x40, 0, 0, 0, 0, 14,
	};
	struct kiscsi_data_in in;

	memcpy(&in, wire, sizeof(in));
	EQ(KISCSI_OPCODE(in.opcode), KISCSI_OP_DATA_IN);
	EQ(in.flags, KISCSI_FLAG_FINAL | KISCSI_RSP_UNDERFLOW | KISCSI_DATA_IN_STATUS);
	EQ(in.status, 2);
	EQ(kiscsi_get_dsl((const struct kiscsi_bhs *)&in), 8192);
	EQ(be32_to_cpu(in.itt), 9);
	EQ(be32_to_cpu(in.ttt), KISCSI_RESERVED_TAG);
	EQ(be32_to_cpu(in.statsn), 10);
	EQ(be32_to_cpu(in.expcmdsn), 11);
	EQ(be32_to_cpu(in.maxcmdsn), 12);
	EQ(be32_to_cpu(in.datasn), 13);
	EQ(be32_to_cpu(in.offset), 0x4000);
	EQ(be32_to_cpu(in.residual), 14);
}

static void data_out(void)
{
	static const u8 want[48] = {
		0x05, 0x80, 0, 0, 0, 0x00, 0x10, 0x01,
		0, 3, 0, 0, 0, 0, 0, 0,
		0, 0, 0, 1, 0, 0, 0, 2,
		0, 0, 0, 0, 0, 0, 0, 3,
		0, 0, 0, 0, 0, 0, 0, 4, 0, 0x01, 0, 0, 0, 0, 0, 0,
	};
	struct kiscsi_data_out out = {
		.opcode = KISCSI_OP_DATA_OUT,
		.flags = KISCSI_FLAG_FINAL,
		.lun = { 0, 3 },
		.itt = cpu_to_be32(1),
		.ttt = cpu_to_be32(2),
		.expstatsn = cpu_to_be32(3),
		.datasn = cpu_to_be32(4),
		.offset = cpu_to_be32(65536),
	};

	kiscsi_put_dsl(out.dsl, 4097);
	MEM(&out, sizeof(out), want, sizeof(want));
}

static void r2t(void)
{
	static const u8 wire[48] = {
		0x31, 0x80, 0, 0, 0, 0, 0, 0,
		0, 3, 0, 0, 0, 0, 0, 0,
		0, 0, 0, 1, 0, 0, 0, 2,
		0, 0, 0, 3, 0, 0, 0, 4,
		0, 0, 0, 5, 0, 0, 0, 6, 0, 0, 0, 7, 0, 0, 0, 8,
	};
	struct kiscsi_r2t p;

	memcpy(&p, wire, sizeof(p));
	EQ(p.opcode, KISCSI_OP_R2T);
	EQ(be32_to_cpu(p.itt), 1);
	EQ(be32_to_cpu(p.ttt), 2);
	EQ(be32_to_cpu(p.statsn), 3);
	EQ(be32_to_cpu(p.expcmdsn), 4);
	EQ(be32_to_cpu(p.maxcmdsn), 5);
	EQ(be32_to_cpu(p.r2tsn), 6);
	EQ(be32_to_cpu(p.offset), 7);
	EQ(be32_to_cpu(p.data_len), 8);
}

static void logout(void)
{
	static const u8 want[48] = {
		0x46, 0x81, 0, 0, 0, 0, 0, 0,
		0, 0, 0, 0, 0, 0, 0, 0,
		0, 0, 0, 1, 0x12, 0x34, 0, 0,
		0, 0, 0, 2, 0, 0, 0, 3,
	};
	struct kiscsi_logout_req req = {
		.opcode = KISCSI_OP_LOGOUT | KISCSI_IMMEDIATE,
		.flags = KISCSI_FLAG_FINAL | KISCSI_LOGOUT_CONNECTION,
		.itt = cpu_to_be32(1),
		.cid = cpu_to_be16(0x1234),
		.cmdsn = cpu_to_be32(2),
		.expstatsn = cpu_to_be32(3),
	};

	MEM(&req, sizeof(req), want, sizeof(want));
}

/* where the figures put what the encodings above do not show */
static void offsets(void)
{
	AT(kiscsi_nop_out, ttt, 20);
	AT(kiscsi_nop_out, cmdsn, 24);
	AT(kiscsi_nop_out, expstatsn, 28);
	AT(kiscsi_nop_in, ttt, 20);
	AT(kiscsi_nop_in, statsn, 24);
	AT(kiscsi_nop_in, expcmdsn, 28);
	AT(kiscsi_nop_in, maxcmdsn, 32);
	AT(kiscsi_scsi_rsp, response, 2);
	AT(kiscsi_scsi_rsp, status, 3);
	AT(kiscsi_scsi_rsp, snack_tag, 20);
	AT(kiscsi_scsi_rsp, statsn, 24);
	AT(kiscsi_scsi_rsp, expdatasn, 36);
	AT(kiscsi_scsi_rsp, bidi_residual, 40);
	AT(kiscsi_scsi_rsp, residual, 44);
	AT(kiscsi_tmf_req, ref_itt, 20);
	AT(kiscsi_tmf_req, ref_cmdsn, 32);
	AT(kiscsi_tmf_req, expdatasn, 36);
	AT(kiscsi_tmf_rsp, response, 2);
	AT(kiscsi_tmf_rsp, statsn, 24);
	AT(kiscsi_async, statsn, 24);
	AT(kiscsi_async, event, 36);
	AT(kiscsi_async, vcode, 37);
	AT(kiscsi_async, param1, 38);
	AT(kiscsi_async, param2, 40);
	AT(kiscsi_async, param3, 42);
	AT(kiscsi_text_req, ttt, 20);
	AT(kiscsi_text_req, cmdsn, 24);
	AT(kiscsi_text_rsp, ttt, 20);
	AT(kiscsi_text_rsp, statsn, 24);
	AT(kiscsi_logout_rsp, response, 2);
	AT(kiscsi_logout_rsp, time2wait, 40);
	AT(kiscsi_logout_rsp, time2retain, 42);
	AT(kiscsi_reject, reason, 2);
	AT(kiscsi_reject, statsn, 24);
	AT(kiscsi_reject, datasn, 36);
	AT(kiscsi_login_req, isid, 8);
	AT(kiscsi_login_req, tsih, 14);
	AT(kiscsi_login_req, cid, 20);
	AT(kiscsi_login_req, cmdsn, 24);
	AT(kiscsi_login_req, expstatsn, 28);
	AT(kiscsi_login_rsp, version_active, 3);
	AT(kiscsi_login_rsp, tsih, 14);
	AT(kiscsi_login_rsp, statsn, 24);
	AT(kiscsi_login_rsp, expcmdsn, 28);
	AT(kiscsi_login_rsp, maxcmdsn, 32);
	AT(kiscsi_login_rsp, status_class, 36);
	AT(kiscsi_login_rsp, status_detail, 37);
	AT(kiscsi_ahs_cdb, type, 2);
	AT(kiscsi_ahs_cdb, cdb, 4);
}

UNIT_SUITE(pdu,
	{ "lengths and padding", lengths },
	{ "SCSI Command, all bytes", scsi_command },
	{ "Data-In, all bytes", data_in },
	{ "Data-Out, all bytes", data_out },
	{ "R2T, all bytes", r2t },
	{ "Logout Request, all bytes", logout },
	{ "offsets of the other PDUs", offsets })
