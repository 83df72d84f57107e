/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What differs between the kernels we build for. The module's body is written for the newest one;
 * every test of a kernel version is in this directory.
 */
#ifndef KISCSI_COMPAT_H
#define KISCSI_COMPAT_H

#include <linux/version.h>
#include <linux/bvec.h>
#include <linux/net.h>
#include <linux/uio.h>
#include <net/tcp.h>
#include <scsi/scsi_device.h>
#include <scsi/scsi_host.h>
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)
#include <linux/unaligned.h>
#else
#include <asm/unaligned.h>
#endif

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 4, 0)

/* queuecommand may sleep: the submitter can send by itself */
#define KISCSI_INLINE_SEND	1
#define KISCSI_TEMPLATE_MAY_BLOCK .queuecommand_may_block = true,

typedef enum scsi_timeout_action kiscsi_timeout_t;
#define KISCSI_TIMEOUT_RESET_TIMER	SCSI_EH_RESET_TIMER
#define KISCSI_TIMEOUT_NOT_HANDLED	SCSI_EH_NOT_HANDLED

#else

#define KISCSI_INLINE_SEND	0
#define KISCSI_TEMPLATE_MAY_BLOCK

typedef enum blk_eh_timer_return kiscsi_timeout_t;
#define KISCSI_TIMEOUT_RESET_TIMER	BLK_EH_RESET_TIMER
#define KISCSI_TIMEOUT_NOT_HANDLED	BLK_EH_DONE

#endif

/**
 * kiscsi_send_pages() - hand payload pages to TCP without a copy
 * @sk: locked socket
 * @bv: pages that sendpage_ok() accepts
 * @count: how many entries
 * @len: their bytes together
 * @flags: MSG_*
 *
 * Context: may sleep; the caller holds lock_sock().
 * Return: bytes taken, or a negative errno if none were.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0)
static inline int kiscsi_send_pages(struct sock *sk, struct bio_vec *bv, unsigned int count,
				    size_t len, int flags)
{
	struct msghdr msg = { .msg_flags = flags | MSG_SPLICE_PAGES };

	iov_iter_bvec(&msg.msg_iter, ITER_SOURCE, bv, count, len);
	return tcp_sendmsg_locked(sk, &msg, len);
}
#else
/*
 * A segment of the command may run over several compound pages that happen to lie side by side; a
 * fragment of an skb may not: whoever copies it out would be told off by hardened usercopy.
 */
static inline u32 kiscsi_compound_room(struct page *page, u32 offset)
{
	struct page *head = compound_head(page);

	return page_size(head) - ((page - head) << PAGE_SHIFT) - offset;
}

static inline int kiscsi_send_segment(struct sock *sk, struct page *page, u32 offset, u32 len,
				      int flags)
{
	u32 done = 0;

	page += offset >> PAGE_SHIFT;
	offset &= ~PAGE_MASK;
	while (done < len) {
		u32 n = min(len - done, kiscsi_compound_room(page, offset));
		bool last = done + n == len;
		int ret = tcp_sendpage_locked(sk, page, offset, n,
					      last ? flags : flags | MSG_MORE | MSG_SENDPAGE_NOTLAST);

		if (ret <= 0)
			return done ? done : ret;
		done += ret;
		if (ret < n)
			break;
		page += (offset + n) >> PAGE_SHIFT;
		offset = (offset + n) & ~PAGE_MASK;
	}
	return done;
}

static inline int kiscsi_send_pages(struct sock *sk, struct bio_vec *bv, unsigned int count,
				    size_t len, int flags)
{
	unsigned int i;
	int sent = 0;

	for (i = 0; i < count; i++) {
		bool last = i + 1 == count;
		int ret = kiscsi_send_segment(sk, bv[i].bv_page, bv[i].bv_offset, bv[i].bv_len,
					      last ? flags : flags | MSG_MORE | MSG_SENDPAGE_NOTLAST);

		if (ret <= 0)
			return sent ? sent : ret;
		sent += ret;
		if (ret < bv[i].bv_len)
			break;
	}
	return sent;
}
#endif

/**
 * kiscsi_execute_in() - a command of our own that reads
 * @sdev: for whom
 * @cdb: 6 bytes
 * @buf: for the data
 * @len: its bytes
 * @sshdr: set if there is sense data
 * @resid: set to the bytes that did not come
 *
 * Context: may sleep; waits for I/O.
 * Return: 0, a SCSI result, or a negative errno.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
static inline int kiscsi_execute_in(struct scsi_device *sdev, const u8 *cdb, void *buf, u32 len,
				    struct scsi_sense_hdr *sshdr, int *resid)
{
	const struct scsi_exec_args args = { .sshdr = sshdr, .resid = resid };

	return scsi_execute_cmd(sdev, cdb, REQ_OP_DRV_IN, buf, len, 30 * HZ, 3, &args);
}
#else
static inline int kiscsi_execute_in(struct scsi_device *sdev, const u8 *cdb, void *buf, u32 len,
				    struct scsi_sense_hdr *sshdr, int *resid)
{
	return scsi_execute_req(sdev, cdb, DMA_FROM_DEVICE, buf, len, sshdr, 30 * HZ, 3, resid);
}
#endif

/**
 * kiscsi_stable_writes() - ask that pages under write-back are not changed: a digest covers them
 * @sdev: being configured
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 11, 0)
#define KISCSI_CONFIGURE_ARGS struct scsi_device *sdev, struct queue_limits *lim
#define KISCSI_TEMPLATE_CONFIGURE .device_configure
static inline void kiscsi_stable_writes(struct scsi_device *sdev, struct queue_limits *lim)
{
	lim->features |= BLK_FEAT_STABLE_WRITES;
}
#define KISCSI_STABLE_WRITES(sdev) kiscsi_stable_writes(sdev, lim)
#else
#define KISCSI_CONFIGURE_ARGS struct scsi_device *sdev
#define KISCSI_TEMPLATE_CONFIGURE .slave_configure
#define KISCSI_STABLE_WRITES(sdev) \
	blk_queue_flag_set(QUEUE_FLAG_STABLE_WRITES, (sdev)->request_queue)
#endif

#endif
