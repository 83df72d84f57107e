/* SPDX-License-Identifier: GPL-2.0 */
/*
 * iSCSI PDUs on the wire, RFC 7143 section 11. Every structure is one Basic Header Segment of
 * 48 bytes; its fields are big-endian. Names are those of the RFC.
 */
#ifndef KISCSI_PROTO_PDU_H
#define KISCSI_PROTO_PDU_H

#include "env.h"

#define KISCSI_BHS_LEN		48
#define KISCSI_DIGEST_LEN	4
/* TotalAHSLength counts 4-byte words in one byte */
#define KISCSI_AHS_MAX		(255 * 4)
#define KISCSI_PORT		3260
#define KISCSI_ISNS_PORT	3205

/* Initiator Task Tag and Target Transfer Tag: "no tag" */
#define KISCSI_RESERVED_TAG	0xffffffffu

/* RFC 7143 section 13.12: the default MaxRecvDataSegmentLength, and the only one during login */
#define KISCSI_LOGIN_DSL	8192
#define KISCSI_NAME_MAX		223	/* section 4.2.7.1, bytes without the NUL */
#define KISCSI_KEY_MAX		63	/* section 6.1, bytes without the NUL */
#define KISCSI_VALUE_MAX	255	/* section 6.1, for all but binary and list values */

/* byte 0: opcode, with the I (immediate) bit in requests */
#define KISCSI_OPCODE(b)	((b) & 0x3f)
#define KISCSI_IMMEDIATE	0x40

enum kiscsi_opcode {
	/* initiator to target */
	KISCSI_OP_NOP_OUT	= 0x00,
	KISCSI_OP_SCSI_CMD	= 0x01,
	KISCSI_OP_TMF		= 0x02,
	KISCSI_OP_LOGIN		= 0x03,
	KISCSI_OP_TEXT		= 0x04,
	KISCSI_OP_DATA_OUT	= 0x05,
	KISCSI_OP_LOGOUT	= 0x06,
	KISCSI_OP_SNACK		= 0x10,
	/* target to initiator */
	KISCSI_OP_NOP_IN	= 0x20,
	KISCSI_OP_SCSI_RSP	= 0x21,
	KISCSI_OP_TMF_RSP	= 0x22,
	KISCSI_OP_LOGIN_RSP	= 0x23,
	KISCSI_OP_TEXT_RSP	= 0x24,
	KISCSI_OP_DATA_IN	= 0x25,
	KISCSI_OP_LOGOUT_RSP	= 0x26,
	KISCSI_OP_R2T		= 0x31,
	KISCSI_OP_ASYNC		= 0x32,
	KISCSI_OP_REJECT	= 0x3f,
};

/* byte 1 of most PDUs */
#define KISCSI_FLAG_FINAL	0x80

/* Login and Text, byte 1 */
#define KISCSI_LOGIN_TRANSIT	0x80
#define KISCSI_TEXT_FINAL	0x80
#define KISCSI_TEXT_CONTINUE	0x40	/* the C bit: more text of this batch follows */
#define KISCSI_LOGIN_CSG(f)	(((f) >> 2) & 3)
#define KISCSI_LOGIN_NSG(f)	((f) & 3)

enum kiscsi_login_stage {
	KISCSI_STAGE_SECURITY	= 0,
	KISCSI_STAGE_OPERATIONAL = 1,
	KISCSI_STAGE_FULL_FEATURE = 3,
};

/* SCSI Command, byte 1 */
#define KISCSI_CMD_READ		0x40
#define KISCSI_CMD_WRITE	0x20
enum kiscsi_task_attr {
	KISCSI_ATTR_UNTAGGED	= 0,
	KISCSI_ATTR_SIMPLE	= 1,
	KISCSI_ATTR_ORDERED	= 2,
	KISCSI_ATTR_HEAD_OF_QUEUE = 3,
	KISCSI_ATTR_ACA		= 4,
};

/* SCSI Response and Data-In, byte 1 */
#define KISCSI_RSP_OVERFLOW	0x04
#define KISCSI_RSP_UNDERFLOW	0x02
#define KISCSI_DATA_IN_ACK	0x40
#define KISCSI_DATA_IN_STATUS	0x01	/* the S bit: status collapsed into the last Data-In */

enum kiscsi_response {
	KISCSI_RSP_COMPLETED	= 0x00,
	KISCSI_RSP_TARGET_FAILURE = 0x01,
};

enum kiscsi_tmf {
	KISCSI_TMF_ABORT_TASK	= 1,
	KISCSI_TMF_ABORT_TASK_SET = 2,
	KISCSI_TMF_CLEAR_ACA	= 3,
	KISCSI_TMF_CLEAR_TASK_SET = 4,
	KISCSI_TMF_LUN_RESET	= 5,
	KISCSI_TMF_TARGET_WARM_RESET = 6,
	KISCSI_TMF_TARGET_COLD_RESET = 7,
	KISCSI_TMF_TASK_REASSIGN = 8,
};

enum kiscsi_tmf_response {
	KISCSI_TMF_COMPLETE	= 0,
	KISCSI_TMF_NO_TASK	= 1,
	KISCSI_TMF_NO_LUN	= 2,
	KISCSI_TMF_TASK_ALLEGIANT = 3,
	KISCSI_TMF_NO_REASSIGN	= 4,
	KISCSI_TMF_UNSUPPORTED	= 5,
	KISCSI_TMF_NOT_AUTHORIZED = 6,
	KISCSI_TMF_REJECTED	= 255,
};

enum kiscsi_logout_reason {
	KISCSI_LOGOUT_SESSION	= 0,
	KISCSI_LOGOUT_CONNECTION = 1,
	KISCSI_LOGOUT_RECOVERY	= 2,
};

enum kiscsi_async_event {
	KISCSI_ASYNC_SCSI	= 0,
	KISCSI_ASYNC_LOGOUT	= 1,
	KISCSI_ASYNC_DROP_CONN	= 2,
	KISCSI_ASYNC_DROP_SESSION = 3,
	KISCSI_ASYNC_NEGOTIATE	= 4,
	KISCSI_ASYNC_TASKS_TERMINATED = 5,
	KISCSI_ASYNC_VENDOR	= 255,
};

enum kiscsi_reject_reason {
	KISCSI_REJECT_DATA_DIGEST = 0x02,
	KISCSI_REJECT_SNACK	= 0x03,
	KISCSI_REJECT_PROTOCOL	= 0x04,
	KISCSI_REJECT_COMMAND	= 0x05,
	KISCSI_REJECT_TOO_MANY_IMMEDIATE = 0x06,
	KISCSI_REJECT_TASK_IN_PROGRESS = 0x07,
	KISCSI_REJECT_INVALID_DATA_ACK = 0x08,
	KISCSI_REJECT_INVALID_PDU = 0x09,
	KISCSI_REJECT_LONG_OPERATION = 0x0a,
	KISCSI_REJECT_WAITING_FOR_LOGOUT = 0x0c,
};

/* Login Response Status-Class */
enum kiscsi_login_class {
	KISCSI_LOGIN_SUCCESS	= 0,
	KISCSI_LOGIN_REDIRECT	= 1,
	KISCSI_LOGIN_INITIATOR_ERR = 2,
	KISCSI_LOGIN_TARGET_ERR	= 3,
};

/* AHS types, section 11.2.2.1 */
#define KISCSI_AHS_EXTENDED_CDB	1
#define KISCSI_AHS_BIDI_READ_LEN 2

/**
 * struct kiscsi_bhs - what every PDU has in common
 * @opcode: opcode in the low 6 bits, I bit above
 * @flags: F bit and opcode-specific bits
 * @specific: opcode-specific
 * @ahs_len: TotalAHSLength, in words of 4 bytes
 * @dsl: DataSegmentLength, bytes without padding
 * @lun: SAM LUN, or opcode-specific
 * @itt: Initiator Task Tag
 * @fields: opcode-specific
 */
struct kiscsi_bhs {
	u8	opcode;
	u8	flags;
	u8	specific[2];
	u8	ahs_len;
	u8	dsl[3];
	u8	lun[8];
	__be32	itt;
	__be32	fields[7];
} __attribute__((packed, aligned(4)));

struct kiscsi_nop_out {
	u8	opcode;
	u8	flags;
	u8	rsvd2[2];
	u8	ahs_len;
	u8	dsl[3];
	u8	lun[8];
	__be32	itt;
	__be32	ttt;
	__be32	cmdsn;
	__be32	expstatsn;
	u8	rsvd32[16];
} __attribute__((packed, aligned(4)));

struct kiscsi_nop_in {
	u8	opcode;
	u8	flags;
	u8	rsvd2[2];
	u8	ahs_len;
	u8	dsl[3];
	u8	lun[8];
	__be32	itt;
	__be32	ttt;
	__be32	statsn;
	__be32	expcmdsn;
	__be32	maxcmdsn;
	u8	rsvd36[12];
} __attribute__((packed, aligned(4)));

struct kiscsi_scsi_cmd {
	u8	opcode;
	u8	flags;
	u8	rsvd2[2];
	u8	ahs_len;
	u8	dsl[3];
	u8	lun[8];
	__be32	itt;
	__be32	data_len;	/* Expected Data Transfer Length, bytes */
	__be32	cmdsn;
	__be32	expstatsn;
	u8	cdb[16];
} __attribute__((packed, aligned(4)));

struct kiscsi_scsi_rsp {
	u8	opcode;
	u8	flags;
	u8	response;
	u8	status;
	u8	ahs_len;
	u8	dsl[3];
	u8	rsvd8[8];
	__be32	itt;
	__be32	snack_tag;
	__be32	statsn;
	__be32	expcmdsn;
	__be32	maxcmdsn;
	__be32	expdatasn;
	__be32	bidi_residual;
	__be32	residual;
} __attribute__((packed, aligned(4)));

struct kiscsi_tmf_req {
	u8	opcode;
	u8	flags;		/* F bit and function */
	u8	rsvd2[2];
	u8	ahs_len;
	u8	dsl[3];
	u8	lun[8];
	__be32	itt;
	__be32	ref_itt;
	__be32	cmdsn;
	__be32	expstatsn;
	__be32	ref_cmdsn;
	__be32	expdatasn;
	u8	rsvd40[8];
} __attribute__((packed, aligned(4)));

struct kiscsi_tmf_rsp {
	u8	opcode;
	u8	flags;
	u8	response;
	u8	rsvd3;
	u8	ahs_len;
	u8	dsl[3];
	u8	rsvd8[8];
	__be32	itt;
	u8	rsvd20[4];
	__be32	statsn;
	__be32	expcmdsn;
	__be32	maxcmdsn;
	u8	rsvd36[12];
} __attribute__((packed, aligned(4)));

struct kiscsi_data_out {
	u8	opcode;
	u8	flags;
	u8	rsvd2[2];
	u8	ahs_len;
	u8	dsl[3];
	u8	lun[8];
	__be32	itt;
	__be32	ttt;
	u8	rsvd24[4];
	__be32	expstatsn;
	u8	rsvd32[4];
	__be32	datasn;
	__be32	offset;
	u8	rsvd44[4];
} __attribute__((packed, aligned(4)));

struct kiscsi_data_in {
	u8	opcode;
	u8	flags;
	u8	rsvd2;
	u8	status;
	u8	ahs_len;
	u8	dsl[3];
	u8	lun[8];
	__be32	itt;
	__be32	ttt;
	__be32	statsn;
	__be32	expcmdsn;
	__be32	maxcmdsn;
	__be32	datasn;
	__be32	offset;
	__be32	residual;
} __attribute__((packed, aligned(4)));

struct kiscsi_r2t {
	u8	opcode;
	u8	flags;
	u8	rsvd2[2];
	u8	ahs_len;
	u8	dsl[3];
	u8	lun[8];
	__be32	itt;
	__be32	ttt;
	__be32	statsn;
	__be32	expcmdsn;
	__be32	maxcmdsn;
	__be32	r2tsn;
	__be32	offset;
	__be32	data_len;	/* Desired Data Transfer Length, bytes */
} __attribute__((packed, aligned(4)));

struct kiscsi_async {
	u8	opcode;
	u8	flags;
	u8	rsvd2[2];
	u8	ahs_len;
	u8	dsl[3];
	u8	lun[8];
	__be32	itt;		/* always the reserved tag */
	u8	rsvd20[4];
	__be32	statsn;
	__be32	expcmdsn;
	__be32	maxcmdsn;
	u8	event;
	u8	vcode;
	__be16	param1;
	__be16	param2;
	__be16	param3;
	u8	rsvd44[4];
} __attribute__((packed, aligned(4)));

struct kiscsi_login_req {
	u8	opcode;
	u8	flags;		/* T, C, CSG, NSG */
	u8	version_max;
	u8	version_min;
	u8	ahs_len;
	u8	dsl[3];
	u8	isid[6];
	__be16	tsih;
	__be32	itt;
	__be16	cid;
	u8	rsvd22[2];
	__be32	cmdsn;
	__be32	expstatsn;
	u8	rsvd32[16];
} __attribute__((packed, aligned(4)));

struct kiscsi_login_rsp {
	u8	opcode;
	u8	flags;
	u8	version_max;
	u8	version_active;
	u8	ahs_len;
	u8	dsl[3];
	u8	isid[6];
	__be16	tsih;
	__be32	itt;
	u8	rsvd20[4];
	__be32	statsn;
	__be32	expcmdsn;
	__be32	maxcmdsn;
	u8	status_class;
	u8	status_detail;
	u8	rsvd38[10];
} __attribute__((packed, aligned(4)));

struct kiscsi_text_req {
	u8	opcode;
	u8	flags;
	u8	rsvd2[2];
	u8	ahs_len;
	u8	dsl[3];
	u8	lun[8];
	__be32	itt;
	__be32	ttt;
	__be32	cmdsn;
	__be32	expstatsn;
	u8	rsvd32[16];
} __attribute__((packed, aligned(4)));

struct kiscsi_text_rsp {
	u8	opcode;
	u8	flags;
	u8	rsvd2[2];
	u8	ahs_len;
	u8	dsl[3];
	u8	lun[8];
	__be32	itt;
	__be32	ttt;
	__be32	statsn;
	__be32	expcmdsn;
	__be32	maxcmdsn;
	u8	rsvd36[12];
} __attribute__((packed, aligned(4)));

struct kiscsi_logout_req {
	u8	opcode;
	u8	flags;		/* F bit and reason */
	u8	rsvd2[2];
	u8	ahs_len;
	u8	dsl[3];
	u8	rsvd8[8];
	__be32	itt;
	__be16	cid;
	u8	rsvd22[2];
	__be32	cmdsn;
	__be32	expstatsn;
	u8	rsvd32[16];
} __attribute__((packed, aligned(4)));

struct kiscsi_logout_rsp {
	u8	opcode;
	u8	flags;
	u8	response;
	u8	rsvd3;
	u8	ahs_len;
	u8	dsl[3];
	u8	rsvd8[8];
	__be32	itt;
	u8	rsvd20[4];
	__be32	statsn;
	__be32	expcmdsn;
	__be32	maxcmdsn;
	u8	rsvd36[4];
	__be16	time2wait;
	__be16	time2retain;
	u8	rsvd44[4];
} __attribute__((packed, aligned(4)));

struct kiscsi_reject {
	u8	opcode;
	u8	flags;
	u8	reason;
	u8	rsvd3;
	u8	ahs_len;
	u8	dsl[3];
	u8	rsvd8[8];
	__be32	itt;		/* always the reserved tag */
	u8	rsvd20[4];
	__be32	statsn;
	__be32	expcmdsn;
	__be32	maxcmdsn;
	__be32	datasn;
	u8	rsvd40[8];
} __attribute__((packed, aligned(4)));

/* Extended CDB AHS, section 11.2.2.3: what does not fit the 16 bytes of the header */
struct kiscsi_ahs_cdb {
	__be16	len;		/* bytes after the type byte's successor: 1 reserved + CDB bytes */
	u8	type;
	u8	rsvd3;
	u8	cdb[];
} __attribute__((packed, aligned(2)));

#define KISCSI_ASSERT_BHS(s) static_assert(sizeof(struct s) == KISCSI_BHS_LEN, #s " is one BHS")
KISCSI_ASSERT_BHS(kiscsi_bhs);
KISCSI_ASSERT_BHS(kiscsi_nop_out);
KISCSI_ASSERT_BHS(kiscsi_nop_in);
KISCSI_ASSERT_BHS(kiscsi_scsi_cmd);
KISCSI_ASSERT_BHS(kiscsi_scsi_rsp);
KISCSI_ASSERT_BHS(kiscsi_tmf_req);
KISCSI_ASSERT_BHS(kiscsi_tmf_rsp);
KISCSI_ASSERT_BHS(kiscsi_data_out);
KISCSI_ASSERT_BHS(kiscsi_data_in);
KISCSI_ASSERT_BHS(kiscsi_r2t);
KISCSI_ASSERT_BHS(kiscsi_async);
KISCSI_ASSERT_BHS(kiscsi_login_req);
KISCSI_ASSERT_BHS(kiscsi_login_rsp);
KISCSI_ASSERT_BHS(kiscsi_text_req);
KISCSI_ASSERT_BHS(kiscsi_text_rsp);
KISCSI_ASSERT_BHS(kiscsi_logout_req);
KISCSI_ASSERT_BHS(kiscsi_logout_rsp);
KISCSI_ASSERT_BHS(kiscsi_reject);
static_assert(sizeof(struct kiscsi_ahs_cdb) == 4, "AHS header is one word");

/** kiscsi_get_dsl() - DataSegmentLength of @bhs, bytes without padding, up to 16777215 */
static inline u32 kiscsi_get_dsl(const struct kiscsi_bhs *bhs)
{
	return (u32)bhs->dsl[0] << 16 | (u32)bhs->dsl[1] << 8 | bhs->dsl[2];
}

/** kiscsi_put_dsl() - store @len into the 24-bit field @dsl */
static inline void kiscsi_put_dsl(u8 dsl[3], u32 len)
{
	dsl[0] = (u8)(len >> 16);
	dsl[1] = (u8)(len >> 8);
	dsl[2] = (u8)len;
}

/** kiscsi_padding() - bytes that fill @len up to a multiple of 4 */
static inline u32 kiscsi_padding(u32 len)
{
	return -len & 3;
}

#endif
