// SPDX-License-Identifier: GPL-2.0
/*
 * Logical units: looking for new ones, and making sure that the old ones are still what they were.
 *
 * A target may give a LUN to another disk while we hold the old one's device. What tells them apart is
 * VPD page 83h; a device whose page differs is disowned: its commands fail from then on, and scan_work
 * takes it away. The same work sees new sizes and LUNs that are gone. It is set off by a person, by
 * what targets say in sense data, and by every recovery.
 */
#include <scsi/scsi.h>
#include <scsi/scsi_common.h>
#include <scsi/scsi_device.h>
#include <scsi/scsi_transport.h>

#include "kiscsi.h"

/* one change at the target makes several LUNs speak up: one look for all */
#define SCAN_DELAY		(HZ / 2)

/* INQUIRY byte 0, SPC-4 section 6.6.2: peripheral qualifier 011b; device type unknown */
#define NO_SUCH_LUN		3
#define TYPE_NONE		0x1f

/* designators of VPD page 83h, SPC-4 section 7.8.5 */
#define DESIGNATOR_HDR		4
#define DESIGNATOR_ASSOCIATION	0x30	/* 0: the logical unit itself */

/*
 * ---- is it still the same? ----
 */

/* T10 vendor ID, EUI-64, NAA, SCSI name: what stays with a disk. Others, such as groups, may change. */
static bool identifies(const u8 *designator)
{
	u8 type = designator[1] & 0xf;

	return !(designator[1] & DESIGNATOR_ASSOCIATION) &&
	       ((type >= 1 && type <= 3) || type == 8);
}

/* the next designator that identifies the logical unit; NULL at the end of what there is */
static const u8 *next_designator(const u8 *page, u32 len, u32 *at)
{
	while (*at + DESIGNATOR_HDR <= len) {
		const u8 *designator = page + *at;

		*at += DESIGNATOR_HDR + designator[3];
		if (*at > len)
			return NULL;
		if (identifies(designator))
			return designator;
	}
	return NULL;
}

static bool same_designator(const u8 *a, const u8 *b)
{
	return a[1] == b[1] && a[3] == b[3] &&
	       !memcmp(a + DESIGNATOR_HDR, b + DESIGNATOR_HDR, a[3]);
}

/* a page without a designator of the unit says nothing, and neither does the end of a cut one */
static bool same_identity(const u8 *old, u32 old_len, const u8 *new, u32 new_len)
{
	u32 old_at = KISCSI_VPD_HDR, new_at = KISCSI_VPD_HDR;

	for (;;) {
		const u8 *a = next_designator(old, old_len, &old_at);
		const u8 *b = next_designator(new, new_len, &new_at);

		if (!a || !b)
			return true;
		if (!same_designator(a, b))
			return false;
	}
}

/**
 * kiscsi_lun_judge() - does an INQUIRY's answer come from the disk we know?
 * @sdev: the disk as it was
 * @page: VPD page 83h, or standard data if @sdev has no such page; as received, of any length
 * @len: bytes of it
 *
 * Context: any.
 * Return: the verdict; %KISCSI_LUN_SAME also when it cannot be told.
 */
enum kiscsi_lun_verdict kiscsi_lun_judge(struct scsi_device *sdev, const u8 *page, u32 len)
{
	enum kiscsi_lun_verdict verdict = KISCSI_LUN_SAME;
	const struct scsi_vpd *vpd;
	u8 type;

	if (len < KISCSI_VPD_HDR)
		return KISCSI_LUN_SAME;
	type = page[0] & 0x1f;
	if (page[0] >> 5 == NO_SUCH_LUN || (type == TYPE_NONE && sdev->type != TYPE_NONE))
		return KISCSI_LUN_GONE;
	if (type != sdev->type)
		return KISCSI_LUN_OTHER;
	rcu_read_lock();
	vpd = rcu_dereference(sdev->vpd_pg83);
	if (vpd && page[1] == 0x83) {
		len = min_t(u32, len, KISCSI_VPD_HDR + get_unaligned_be16(page + 2));
		if (!same_identity(vpd->data, vpd->len, page, len))
			verdict = KISCSI_LUN_OTHER;
	}
	rcu_read_unlock();
	return verdict;
}

/**
 * kiscsi_lun_inquiry() - the CDB that asks for what kiscsi_lun_judge() wants
 * @sdev: the disk as it was
 * @cdb: filled
 * @len: allocation length, at least 36
 */
void kiscsi_lun_inquiry(struct scsi_device *sdev, u8 cdb[6], u16 len)
{
	memset(cdb, 0, 6);
	cdb[0] = INQUIRY;
	if (rcu_access_pointer(sdev->vpd_pg83)) {
		cdb[1] = 1;
		cdb[2] = 0x83;
	}
	put_unaligned_be16(len, cdb + 3);
}

/** kiscsi_lun_is_gone() - LOGICAL UNIT NOT SUPPORTED */
bool kiscsi_lun_is_gone(const struct scsi_sense_hdr *sshdr)
{
	return sshdr->sense_key == ILLEGAL_REQUEST && sshdr->asc == 0x25;
}

/**
 * kiscsi_lun_disown() - no command reaches the LUN by this device any more
 * @sdev: the disk as it was
 * @verdict: why; nothing happens if it is still the same
 *
 * Context: any. The device itself goes when scan_work comes by.
 */
void kiscsi_lun_disown(struct scsi_device *sdev, enum kiscsi_lun_verdict verdict)
{
	if (verdict == KISCSI_LUN_SAME || kiscsi_lun_disowned(sdev))
		return;
	WRITE_ONCE(sdev->hostdata, sdev);
	sdev_printk(KERN_WARNING, sdev, "kiscsi: %s: the device is taken away\n",
		    verdict == KISCSI_LUN_GONE ? "the target has no such LUN any more" :
		    "the LUN is another disk now (its INQUIRY data differ)");
}

/*
 * ---- scanning ----
 */

static enum kiscsi_lun_verdict ask(struct scsi_device *sdev, u8 *page)
{
	struct scsi_sense_hdr sshdr = { };
	int resid = 0, ret;
	u8 cdb[6];

	memset(page, 0, KISCSI_VPD_MAX);
	kiscsi_lun_inquiry(sdev, cdb, KISCSI_VPD_MAX);
	ret = kiscsi_execute_in(sdev, cdb, page, KISCSI_VPD_MAX, &sshdr, &resid);
	if (!ret)
		return kiscsi_lun_judge(sdev, page, KISCSI_VPD_MAX - resid);
	if (ret > 0 && scsi_sense_valid(&sshdr) && kiscsi_lun_is_gone(&sshdr))
		return KISCSI_LUN_GONE;
	return KISCSI_LUN_SAME;
}

static void check_known(struct kiscsi_session *session)
{
	u8 *page = kmalloc(KISCSI_VPD_MAX, GFP_KERNEL);
	struct scsi_device *sdev;

	shost_for_each_device(sdev, session->shost) {
		if (page && kiscsi_lun_known(sdev))
			kiscsi_lun_disown(sdev, ask(sdev, page));
		if (kiscsi_lun_disowned(sdev))
			scsi_remove_device(sdev);
		else if (kiscsi_lun_known(sdev))
			scsi_rescan_device(sdev);
	}
	kfree(page);
}

/**
 * kiscsi_scan_work() - make the devices be what the target has
 * @work: in the session
 *
 * Context: kiscsi_scan_wq; waits for I/O.
 */
void kiscsi_scan_work(struct work_struct *work)
{
	struct kiscsi_session *session = container_of(to_delayed_work(work), struct kiscsi_session,
						      scan_work);
	struct Scsi_Host *shost = session->shost;

	check_known(session);
	/* by way of the class, which has to know that there is something to remove later */
	shost->transportt->user_scan(shost, SCAN_WILD_CARD, SCAN_WILD_CARD, SCAN_WILD_CARD);
	kiscsi_event(session, KISCSI_EVENT_SCANNED, NULL);
}

/**
 * kiscsi_scan_soon() - something has changed at the target, it seems; any context
 * @session: any; one that is being logged out looks no more
 */
void kiscsi_scan_soon(struct kiscsi_session *session)
{
	spin_lock_bh(&session->state_lock);
	if (!session->destroying)
		queue_delayed_work(kiscsi_scan_wq, &session->scan_work, SCAN_DELAY);
	spin_unlock_bh(&session->state_lock);
}

/* REPORTED LUNS DATA, INQUIRY DATA, CAPACITY DATA and MODE PARAMETERS have changed */
static bool tells_of_change(const struct scsi_sense_hdr *sshdr)
{
	switch (sshdr->asc << 8 | sshdr->ascq) {
	case 0x3f0e:
	case 0x3f03:
	case 0x2a09:
	case 0x2a01:
		return sshdr->sense_key == UNIT_ATTENTION;
	default:
		return false;
	}
}

/* the commands a scan itself is made of must not set off the next */
static bool is_scan_command(const struct scsi_cmnd *cmd)
{
	return cmd->cmnd[0] == INQUIRY || cmd->cmnd[0] == REPORT_LUNS;
}

/**
 * kiscsi_lun_sense() - does sense data tell of LUNs that came, went or changed?
 * @session: whose target sent it
 * @cmd: the command it ended
 * @sense: as received
 * @len: bytes of it, of any number
 *
 * Context: any.
 */
void kiscsi_lun_sense(struct kiscsi_session *session, const struct scsi_cmnd *cmd, const u8 *sense,
		      u32 len)
{
	struct scsi_sense_hdr sshdr;

	if (!scsi_normalize_sense(sense, len, &sshdr))
		return;
	if (tells_of_change(&sshdr) || (kiscsi_lun_is_gone(&sshdr) && !is_scan_command(cmd)))
		kiscsi_scan_soon(session);
}
