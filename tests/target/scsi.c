// SPDX-License-Identifier: GPL-2.0
/*
 * The disk's commands: SPC-4 and SBC-3, as much as initiators ask for.
 *
 * A command is prepared when it arrives (how much does it read or write?) and executed when all
 * its data is here, so that half a write never reaches the disk.
 */
#include <stdlib.h>

#include "target.h"

#define GOOD			0x00
#define CHECK_CONDITION		0x02

#define KEY_ILLEGAL		0x5
#define KEY_MISCOMPARE		0xe
#define ASC_BAD_OPCODE		0x20
#define ASC_BAD_LBA		0x21
#define ASC_BAD_CDB		0x24
#define ASC_NO_LUN		0x25
#define ASC_MISCOMPARE		0x1d

#define UNMAP_DESCRIPTORS	256

enum what {
	OTHER, NOTHING, READ, WRITE, VERIFY, WRITE_SAME, UNMAP, INQUIRY, REPORT_LUNS, SENSE,
	CAPACITY10, CAPACITY16, MODE6, MODE10
};

struct range {
	u64 lba;
	u32 blocks;
};

/**
 * scsi_sense() - end a command with CHECK CONDITION, fixed format sense
 * @t: the command
 * @key: sense key
 * @asc: additional sense code
 * @ascq: its qualifier
 */
void scsi_sense(struct task *t, u8 key, u8 asc, u8 ascq)
{
	t->status = CHECK_CONDITION;
	memset(t->sense, 0, 18);
	t->sense[0] = 0x70;
	t->sense[2] = key;
	t->sense[7] = 10;
	t->sense[12] = asc;
	t->sense[13] = ascq;
	t->sense_len = 18;
	t->in_len = 0;
}

static u32 lun_of(const struct task *t)
{
	switch (t->lun[0] >> 6) {
	case 0:
		return t->lun[0] ? UINT32_MAX : t->lun[1];
	case 1:
		return (t->lun[0] & 0x3fu) << 8 | t->lun[1];
	}
	return UINT32_MAX;
}

static u8 type_of(u32 lun)
{
	return lun < TYPES_MAX ? config.types[lun] : 0;
}

/* other devices than disks have no commands here but those of all */
static bool is_for_all(enum what w)
{
	return w == NOTHING || w == INQUIRY || w == REPORT_LUNS || w == SENSE;
}

static enum what what(const struct task *t)
{
	switch (t->cdb[0]) {
	case 0x00: case 0x1b: case 0x35: case 0x91:
		return NOTHING;
	case 0x03:
		return SENSE;
	case 0x08: case 0x28: case 0xa8: case 0x88:
		return READ;
	case 0x0a: case 0x2a: case 0xaa: case 0x8a: case 0x2e: case 0x8e:
		return WRITE;
	case 0x2f: case 0x8f:
		return VERIFY;
	case 0x41: case 0x93:
		return WRITE_SAME;
	case 0x42:
		return UNMAP;
	case 0x12:
		return INQUIRY;
	case 0xa0:
		return REPORT_LUNS;
	case 0x25:
		return CAPACITY10;
	case 0x9e:
		return (t->cdb[1] & 0x1f) == 0x10 ? CAPACITY16 : OTHER;
	case 0x1a:
		return MODE6;
	case 0x5a:
		return MODE10;
	case 0x7f:
		if (t->cdb_len < 32)
			return OTHER;
		return get_be16(t->cdb + 8) == 9 ? READ : get_be16(t->cdb + 8) == 11 ? WRITE : OTHER;
	}
	return OTHER;
}

static struct range range_of(const struct task *t)
{
	const u8 *c = t->cdb;

	switch (c[0] >> 5) {
	case 0:
		return (struct range){ get_be32(c) & 0x1fffff, c[4] ? c[4] : 256 };
	case 4:
		return (struct range){ get_be64(c + 2), get_be32(c + 10) };
	case 5:
		return (struct range){ get_be32(c + 2), get_be32(c + 6) };
	case 3:
		return (struct range){ get_be64(c + 12), get_be32(c + 28) };
	}
	return (struct range){ get_be32(c + 2), get_be16(c + 7) };
}

static bool range_ok(const struct range *r)
{
	u64 blocks = config.size / config.block;

	return r->lba <= blocks && r->blocks <= blocks - r->lba;
}

/** scsi_is_io() - a read or write of the medium, not one of the commands of a scan */
bool scsi_is_io(const struct task *t)
{
	enum what w = what(t);

	return w == READ || w == WRITE;
}

static void prepare_io(struct task *t, enum what w)
{
	struct range r = range_of(t);
	u64 bytes = (u64)r.blocks * config.block;

	if (!range_ok(&r) || bytes > TRANSFER_MAX) {
		scsi_sense(t, KEY_ILLEGAL, ASC_BAD_LBA, 0);
		return;
	}
	if (w == READ)
		t->in_len = (u32)bytes;
	else if (w == WRITE_SAME)
		t->out_len = config.block;
	else if (w == WRITE || (t->cdb[1] & 0x06) == 0x02)
		t->out_len = (u32)bytes;
}

/**
 * scsi_prepare() - what will the command transfer, and may it begin at all?
 * @t: the command; out_len, in_len or status and sense are set
 */
void scsi_prepare(struct task *t)
{
	enum what w = what(t);

	t->status = GOOD;
	if (lun_of(t) >= config.luns && w != INQUIRY && w != REPORT_LUNS && w != SENSE) {
		scsi_sense(t, KEY_ILLEGAL, ASC_NO_LUN, 0);
		return;
	}
	if (type_of(lun_of(t)) && !is_for_all(w))
		w = OTHER;
	switch (w) {
	case OTHER:
		scsi_sense(t, KEY_ILLEGAL, ASC_BAD_OPCODE, 0);
		break;
	case READ: case WRITE: case VERIFY: case WRITE_SAME:
		prepare_io(t, w);
		break;
	case UNMAP:
		t->out_len = get_be16(t->cdb + 7);
		break;
	default:
		break;
	}
}

static u8 *disk(const struct task *t, u64 lba)
{
	return disk_at(lun_of(t), lba * config.block);
}

static void do_read(struct task *t)
{
	struct range r = range_of(t);
	u32 bytes = r.blocks * config.block;

	t->in = xmalloc(bytes);
	memcpy(t->in, disk(t, r.lba), bytes);
	t->in_len = bytes;
}

/* fewer bytes than the CDB says: whole blocks only */
static void do_write(struct task *t)
{
	struct range r = range_of(t);
	u32 bytes = t->out_need - t->out_need % config.block;

	if (bytes)
		memcpy(disk(t, r.lba), t->out, bytes);
}

static void do_verify(struct task *t)
{
	struct range r = range_of(t);

	if (t->out_need && memcmp(disk(t, r.lba), t->out, t->out_need))
		scsi_sense(t, KEY_MISCOMPARE, ASC_MISCOMPARE, 0);
}

static void do_write_same(struct task *t)
{
	struct range r = range_of(t);

	if (t->out_need < config.block || !r.blocks) {
		scsi_sense(t, KEY_ILLEGAL, ASC_BAD_CDB, 0);
		return;
	}
	for (u32 i = 0; i < r.blocks; i++)
		memcpy(disk(t, r.lba + i), t->out, config.block);
}

static void do_unmap(struct task *t)
{
	for (u32 at = 8; at + 16 <= t->out_need; at += 16) {
		struct range r = { get_be64(t->out + at), get_be32(t->out + at + 8) };

		if (!range_ok(&r)) {
			scsi_sense(t, KEY_ILLEGAL, ASC_BAD_LBA, 0);
			return;
		}
		memset(disk(t, r.lba), 0, (size_t)r.blocks * config.block);
	}
}

static void reply(struct task *t, const void *data, u32 len, u32 allocated)
{
	t->in_len = len < allocated ? len : allocated;
	t->in = xmalloc(len);
	memcpy(t->in, data, len);
}

static u32 page_identification(u8 *b, u32 lun)
{
	int n;

	/* NAA, and one with the target's name, as by-id links like */
	b[4] = 1;
	b[5] = 3;
	b[7] = 8;
	put_be64(b + 8, 0x6b15c51000000000ull + lun);
	b[8] = 0x3b;
	b[16] = 2;
	b[17] = 1;
	n = snprintf((char *)b + 20, 64, "KISCSI  hostile%u", lun);
	b[19] = (u8)n;
	return 20 + (u32)n;
}

static u32 vpd_page(u8 *b, u8 page, u32 lun)
{
	u32 len = 0;

	b[1] = page;
	switch (page) {
	case 0x00:
		memcpy(b + 4, "\x00\x80\x83\xb0\xb1\xb2", 6);
		len = 10;
		break;
	case 0x80:
		len = 4 + (u32)snprintf((char *)b + 4, 32, "kiscsi%04u", lun);
		break;
	case 0x83:
		len = page_identification(b, lun);
		break;
	case 0xb0:
		put_be32(b + 8, 4u << 20 >> 9);		/* MAXIMUM TRANSFER LENGTH, blocks */
		put_be32(b + 20, 0xffff);		/* MAXIMUM UNMAP LBA COUNT */
		put_be32(b + 24, UNMAP_DESCRIPTORS);
		put_be64(b + 36, 0xffff);		/* MAXIMUM WRITE SAME LENGTH */
		len = 64;
		break;
	case 0xb1:
		put_be16(b + 4, 1);			/* does not rotate */
		len = 64;
		break;
	case 0xb2:
		b[5] = 0x80;				/* UNMAP */
		len = 8;
		break;
	}
	if (len)
		put_be16(b + 2, (u16)(len - 4));
	return len;
}

static u32 inquiry_standard(u8 *b)
{
	b[2] = 6;				/* SPC-4 */
	b[3] = 0x12;
	b[4] = 91;
	b[7] = 0x02;				/* CMDQUE */
	memcpy(b + 8, "KISCSI  HOSTILE TARGET  1.0 ", 28);
	put_be16(b + 58, 0x0460);		/* SPC-4 */
	put_be16(b + 60, 0x04c0);		/* SBC-3 */
	put_be16(b + 62, 0x0960);		/* iSCSI */
	return 96;
}

static void do_inquiry(struct task *t)
{
	u8 b[256] = { 0 };
	u32 lun = lun_of(t), len;

	if (t->cdb[1] & 1) {
		len = vpd_page(b, t->cdb[2], lun);
	} else {
		len = t->cdb[2] ? 0 : inquiry_standard(b);
	}
	if (!len) {
		scsi_sense(t, KEY_ILLEGAL, ASC_BAD_CDB, 0);
		return;
	}
	b[0] = lun >= config.luns ? 0x7f : type_of(lun);
	reply(t, b, len, get_be16(t->cdb + 3));
}

static void do_report_luns(struct task *t)
{
	u32 len = 8 + 8 * config.luns;
	u8 *b = xmalloc(len);

	put_be32(b, len - 8);
	for (u32 i = 0; i < config.luns; i++)
		put_be16(b + 8 + 8 * i, (u16)(i < 256 ? i : i | 0x4000));
	reply(t, b, len, get_be32(t->cdb + 6));
	free(b);
}

static void do_request_sense(struct task *t)
{
	u8 b[18] = { 0x70 };

	b[7] = 10;
	if (lun_of(t) >= config.luns) {
		b[2] = KEY_ILLEGAL;
		b[12] = ASC_NO_LUN;
	}
	reply(t, b, sizeof(b), t->cdb[4]);
}

static void do_capacity(struct task *t, bool wide)
{
	u64 last = config.size / config.block - 1;
	u8 b[32] = { 0 };

	if (wide) {
		put_be64(b, last);
		put_be32(b + 8, config.block);
		b[14] = 0x80;			/* LBPME */
		reply(t, b, 32, get_be32(t->cdb + 10));
		return;
	}
	put_be32(b, last > UINT32_MAX ? UINT32_MAX : (u32)last);
	put_be32(b + 4, config.block);
	reply(t, b, 8, 8);
}

/* pages: caching (write cache off), control */
static void do_mode_sense(struct task *t, bool wide)
{
	u8 b[64] = { 0 }, page = t->cdb[2] & 0x3f;
	u32 at = wide ? 8 : 4;

	if (page != 0x3f && page != 0x08 && page != 0x0a && page != 0x1c) {
		scsi_sense(t, KEY_ILLEGAL, ASC_BAD_CDB, 0);
		return;
	}
	b[wide ? 3 : 2] = 0x10;			/* DPOFUA */
	if (page == 0x3f || page == 0x08) {
		b[at] = 0x08;
		b[at + 1] = 0x12;
		at += 20;
	}
	if (page == 0x3f || page == 0x0a) {
		b[at] = 0x0a;
		b[at + 1] = 0x0a;
		at += 12;
	}
	if (wide)
		put_be16(b, (u16)(at - 2));
	else
		b[0] = (u8)(at - 1);
	reply(t, b, at, wide ? get_be16(t->cdb + 7) : t->cdb[4]);
}

/**
 * scsi_execute() - do it: all data is here
 * @t: the command; status, sense and in are set
 */
void scsi_execute(struct task *t)
{
	if (t->status != GOOD)
		return;
	switch (what(t)) {
	case READ:
		do_read(t);
		break;
	case WRITE:
		do_write(t);
		break;
	case VERIFY:
		do_verify(t);
		break;
	case WRITE_SAME:
		do_write_same(t);
		break;
	case UNMAP:
		do_unmap(t);
		break;
	case INQUIRY:
		do_inquiry(t);
		break;
	case REPORT_LUNS:
		do_report_luns(t);
		break;
	case SENSE:
		do_request_sense(t);
		break;
	case CAPACITY10:
	case CAPACITY16:
		do_capacity(t, what(t) == CAPACITY16);
		break;
	case MODE6:
	case MODE10:
		do_mode_sense(t, what(t) == MODE10);
		break;
	default:
		break;
	}
}
