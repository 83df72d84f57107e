/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The module's own structures: session, connection, task, control PDU.
 *
 * Locks, outermost first; Documentation/locking.rst repeats the sentence:
 * kiscsi_create_lock, kiscsi_sessions_lock, session->eh_sem, session->tmf_mutex, session->conn_mutex,
 * conn->send_mutex, the socket lock, session->state_lock.
 *
 * The socket lock (lock_sock() in process context, held by TCP when it calls us back in softirq)
 * is the connection's receive-side lock: whoever holds it is alone with the slots that belong to
 * the connection, with conn->rx, conn->tx and with the two queues the receive side fills.
 */
#ifndef KISCSI_H
#define KISCSI_H

#include <linux/atomic.h>
#include <linux/completion.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/llist.h>
#include <linux/mutex.h>
#include <linux/rwsem.h>
#include <linux/scatterlist.h>
#include <linux/socket.h>
#include <linux/workqueue.h>
#include <net/sock.h>
#include <scsi/scsi_cmnd.h>
#include <scsi/scsi_device.h>
#include <scsi/scsi_host.h>
#include <scsi/scsi_transport_iscsi.h>

#include "compat.h"
#include "uapi/kiscsi.h"
#include "chap.h"
#include "keys.h"
#include "pdu.h"
#include "sn.h"

#define KISCSI_QUEUE_DEPTH_DEFAULT	128
#define KISCSI_QUEUE_DEPTH_MAX		1024
/* SCSI's longest CDB here is 32 bytes: 16 in the header, 16 in an AHS of 20 */
#define KISCSI_CDB_MAX			32
#define KISCSI_HDR_MAX			(KISCSI_BHS_LEN + 20 + KISCSI_DIGEST_LEN)
#define KISCSI_ERROR_MAX		160
#define KISCSI_ALL_TASKS		U64_MAX
/* not a result but a question of what the command is: see kiscsi_tasks_give_back() */
#define KISCSI_RESULT_RETRY		(-1)
/* likewise not a host byte: new commands are to come again later */
#define KISCSI_GATE_BUSY		(-1)

struct kiscsi_session;
struct kiscsi_conn;
struct kiscsi_reconnect;
struct kiscsi_auth;

/* a place in a scatterlist that only moves forward */
struct kiscsi_cursor {
	struct scatterlist *sg;
	u32 offset;		/* bytes into @sg */
};

/* an R2T that waits for its data; its offset is where the data sent so far ends */
struct kiscsi_r2t_wait {
	u32 ttt;
	u32 len;
};

/**
 * enum kiscsi_task_state - where a task is
 * @KISCSI_TASK_IDLE: not ours: not yet given, or given back
 * @KISCSI_TASK_QUEUED: in conn->submit or conn->tx_cmds; the target does not know it
 * @KISCSI_TASK_SENT: has a CmdSN and a slot
 * @KISCSI_TASK_ANSWERED: its response came while a PDU of its data is still on the way into the
 *	socket; completed when that PDU is through
 */
enum kiscsi_task_state {
	KISCSI_TASK_IDLE,
	KISCSI_TASK_QUEUED,
	KISCSI_TASK_SENT,
	KISCSI_TASK_ANSWERED,
};

/**
 * struct kiscsi_task - one SCSI command, in the private data behind its scsi_cmnd
 *
 * First group: written by queuecommand before anybody else can see the task. Second: send side,
 * under the connection's send mutex, after sending began also under the socket lock. Third: receive
 * side, under the socket lock.
 */
struct kiscsi_task {
	struct kiscsi_conn *conn;
	struct llist_node submit;
	u32 slot;			/* index into session->slots, fixed by hardware queue and tag */
	u32 len;			/* Expected Data Transfer Length, bytes */
	u32 unsolicited;		/* bytes sent without R2T after the command PDU */
	u32 immediate;			/* bytes in the command PDU */
	u8 hdr_len;			/* BHS, AHS and header digest */
	bool write;

	enum kiscsi_task_state state;
	struct list_head entry;		/* conn->tx_cmds while QUEUED, conn->tx_r2ts while SENT */
	u32 itt;
	u32 cmdsn;
	struct kiscsi_cursor out;
	u32 out_done;			/* payload bytes put into PDUs so far */
	u32 seq_left;			/* bytes of the present Data-Out sequence still to send */
	u32 seq_ttt;
	u32 seq_datasn;

	struct kiscsi_cursor in;
	u32 in_done;			/* payload bytes received */
	u32 in_datasn;			/* DataSN expected next */
	u32 r2tsn;			/* R2TSN expected next */
	u32 solicited;			/* bytes sent unsolicited or asked for by R2Ts */
	u8 r2t_first;
	u8 r2t_count;
	struct kiscsi_r2t_wait r2t[KISCSI_MAX_R2T];

	union {
		struct kiscsi_bhs bhs;
		struct kiscsi_scsi_cmd cmd;
		struct kiscsi_data_out data_out;
		u8 hdr[KISCSI_HDR_MAX];
	};
};

/* the scsi_cmnd that a task is the private data of */
static inline struct scsi_cmnd *kiscsi_task_cmd(struct kiscsi_task *task)
{
	return (struct scsi_cmnd *)task - 1;
}

/**
 * struct kiscsi_slot - who has a hardware queue's tag on the wire
 * @task: the task, or NULL
 * @conn: the connection it is allegiant to; compared before @task is looked at, since only that
 *	connection's socket lock protects the rest
 * @itt: ITT given out last from this slot; its generation tells a stale one
 * @withdrawn: the task with @itt was taken back by the error handler: PDUs for it are passed over
 */
struct kiscsi_slot {
	struct kiscsi_task *task;
	struct kiscsi_conn *conn;
	u32 itt;
	bool withdrawn;
};

/*
 * ITT: generation in bits 31..24, hardware queue in 23..16, tag in 15..0. Hardware queues end at 63,
 * so the reserved tag never comes out; KISCSI_ITT_CTL marks the ITT of a control PDU.
 */
#define KISCSI_ITT_CTL		0xfe
/* of an INQUIRY that goes out before the session is up again */
#define KISCSI_ITT_VERIFY	0xfd

/* control PDUs a connection may have under way, each with its own place */
enum kiscsi_ctl_kind {
	KISCSI_CTL_PING,		/* our own NOP-Out */
	KISCSI_CTL_TMF,
	KISCSI_CTL_LOGOUT,
	KISCSI_CTL_PONG,		/* answers to NOP-In: the rest of the places */
	KISCSI_CTL_COUNT = KISCSI_CTL_PONG + 8,
};

/**
 * struct kiscsi_ctl - a PDU of 48 bytes that is not a SCSI command
 * @entry: in conn->tx_ctl while @queued
 * @queued: waits to be sent or is being sent
 * @waiting: somebody waits for the answer with ITT @itt
 * @itt: given out last
 * @late: those whose requester gave up waiting and whose answer may still come: bit N is the request N before @itt
 * @done: completed with the answer, or when the connection dies
 * @response: of the answer, or negative errno
 * @hdr: BHS and header digest
 *
 * All under the socket lock, but for @done.
 */
struct kiscsi_ctl {
	struct list_head entry;
	bool queued;
	bool waiting;
	u32 itt;
	u64 late;
	int response;
	struct completion done;
	union {
		struct kiscsi_bhs bhs;
		struct kiscsi_nop_out nop_out;
		struct kiscsi_tmf_req tmf;
		struct kiscsi_logout_req logout;
		u8 hdr[KISCSI_BHS_LEN + KISCSI_DIGEST_LEN];
	};
};

/**
 * struct kiscsi_tx - the PDU on its way into the socket
 * @task: whose it is, or NULL
 * @ctl: whose it is, or NULL; both NULL: between PDUs
 * @seq: task in the middle of a Data-Out sequence, or NULL
 * @hdr: what is left of header, AHS and header digest
 * @hdr_left: bytes
 * @data_left: payload bytes of this PDU still to send
 * @crc: data digest so far
 * @trailer: padding and data digest
 * @trailer_len: bytes of it
 * @trailer_done: bytes of it sent
 * @corked: the last piece went out with MSG_MORE
 */
struct kiscsi_tx {
	struct kiscsi_task *task;
	struct kiscsi_ctl *ctl;
	struct kiscsi_task *seq;
	const u8 *hdr;
	u32 hdr_left;
	u32 data_left;
	u32 crc;
	u8 trailer[2 * KISCSI_DIGEST_LEN];
	u8 trailer_len;
	u8 trailer_done;
	bool corked;
};

enum kiscsi_rx_phase {
	KISCSI_RX_HEADER,
	KISCSI_RX_DATA,
	KISCSI_RX_TRAILER,
};

/* of what is copied before it is sent; see kiscsi_conn.copy_until */
#define KISCSI_COPY_LEN 2048

/* Data segments other than Data-In: sense data, a rejected header, text. More is passed over. */
#define KISCSI_RX_BUF 512

/**
 * struct kiscsi_rx - the PDU being received
 * @phase: which part of it comes next
 * @have: bytes of the header or trailer received
 * @data_left: bytes of the data segment still to come
 * @task: whose Data-In it is; NULL: the payload goes to @buf, or nowhere
 * @buf_len: bytes in @buf
 * @crc: data digest so far
 * @trailer_len: bytes of padding and data digest
 * @now: ktime_get_ns() of what is being taken in, 0 until it is asked for
 */
struct kiscsi_rx {
	enum kiscsi_rx_phase phase;
	u32 have;
	u32 data_left;
	struct kiscsi_task *task;
	u32 buf_len;
	u32 crc;
	u8 trailer[2 * KISCSI_DIGEST_LEN];
	u8 trailer_len;
	u64 now;
	union {
		struct kiscsi_bhs bhs;
		struct kiscsi_scsi_rsp scsi_rsp;
		struct kiscsi_data_in data_in;
		struct kiscsi_r2t r2t;
		struct kiscsi_nop_in nop_in;
		struct kiscsi_tmf_rsp tmf_rsp;
		struct kiscsi_logout_rsp logout_rsp;
		struct kiscsi_async async;
		struct kiscsi_reject reject;
		u8 hdr[KISCSI_BHS_LEN + KISCSI_DIGEST_LEN];
	};
	u8 buf[KISCSI_RX_BUF];
};

/* since the session was made; each written under the lock of its side */
struct kiscsi_counters {
	u64 commands;
	u64 data_out;
	u64 pdus_out;
	u64 nops;
	u64 aborts;

	u64 data_in;
	u64 pdus_in;
	u64 r2ts;
	u64 digest_errors;
	u64 protocol_errors;
};

/* see KISCSI_NL_LATENCIES; written under the socket lock, read by whoever asks */
struct kiscsi_latency {
	u64 count[KISCSI_NL_LATENCIES];
};

/**
 * struct kiscsi_conn - one connection: one socket, one hardware queue's home
 *
 * Allocated with its session, freed with it, after the SCSI host is gone: nobody needs a reference.
 */
struct kiscsi_conn {
	/* fixed while the connection is up */
	struct kiscsi_session *session;
	struct iscsi_cls_conn *cls;
	struct socket *sock;		/* we own its file reference; NULL while FREE */
	u16 cid;
	u8 index;			/* in session->conns and session->window_waiters */
	bool header_digest;
	bool data_digest;
	u32 max_recv_dsl;
	u32 max_xmit_dsl;
	unsigned long copy_until;	/* jiffies; with a data digest, data is copied before it is sent */
	struct sockaddr_storage local;
	struct sockaddr_storage peer;
	void (*saved_data_ready)(struct sock *sk);
	void (*saved_write_space)(struct sock *sk);
	void (*saved_state_change)(struct sock *sk);

	enum kiscsi_conn_state state;	/* written under session->state_lock */

	/* submitters of any CPU; emptied under send_mutex */
	struct llist_head submit ____cacheline_aligned_in_smp;

	/* send side: one sender at a time; outside the socket lock */
	struct mutex send_mutex ____cacheline_aligned_in_smp;
	bool tx_wanted;			/* by tx_work, and */
	bool rx_wanted;			/* by rx_work: who holds the mutex looks when letting go */
	struct list_head tx_cmds;	/* in CmdSN order to be; protected by send_mutex */
	struct work_struct tx_work;
	struct bio_vec bv[16];		/* protected by send_mutex, like */
	u8 copy[KISCSI_COPY_LEN];

	/* the socket lock protects all from here to the counters */
	struct kiscsi_tx tx ____cacheline_aligned_in_smp;
	struct list_head tx_ctl;
	struct list_head tx_r2ts;	/* tasks with R2Ts waiting for data */
	struct kiscsi_ctl ctl[KISCSI_CTL_COUNT];
	struct kiscsi_counters counters;

	struct kiscsi_rx rx ____cacheline_aligned_in_smp;
	u32 exp_statsn;			/* next StatSN expected: our ExpStatSN */
	u32 exp_cmdsn;			/* the target's ExpCmdSN, as seen here */
	u32 max_cmdsn;			/* the target's MaxCmdSN, as seen here; read by any sender */
	unsigned long last_life;	/* jiffies at the last sign of life */
	u8 leave_asked;			/* the Async Event that wants a Logout of us, or 0 */
	bool broke_protocol;		/* the target did, on this connection */
	bool logged_out;		/* it has answered ours: nothing of it is on the way */
	struct kiscsi_latency reads;
	struct kiscsi_latency writes;
	bool closed;			/* by the target, while LOGGING_OUT */

	struct work_struct rx_work;	/* what the softirq left over */
	struct delayed_work nop_work;
	unsigned long ping_sent;	/* jiffies, nop_work's own */
};

/* its socket's lock is held: by lock_sock(), or as TCP has it where it calls us */
static inline void kiscsi_assert_locked(const struct kiscsi_conn *conn)
{
	sock_owned_by_me(conn->sock->sk);
}

struct kiscsi_timers {
	u32 nop_interval;
	u32 nop_timeout;
	u32 login_timeout;
	s32 recovery_tmo;
	u32 abort_timeout;
	u32 lun_reset_timeout;
	u32 target_reset_timeout;
};

/**
 * struct kiscsi_identity - what a login needs; from the create message, wiped on free
 * @portals: of the target portal group, first is the one sysfs shows
 * @offer: what to ask for
 * @cred: CHAP; user empty: none. What was given last, under kiscsi_sessions_lock; logins have a copy
 */
struct kiscsi_identity {
	char target_name[KISCSI_NAME_MAX + 1];
	char target_alias[KISCSI_VALUE_MAX + 1];
	char initiator_name[KISCSI_NAME_MAX + 1];
	char initiator_alias[KISCSI_VALUE_MAX + 1];
	u8 isid[6];
	u16 tsih;
	u16 tpgt;
	struct sockaddr_storage portals[KISCSI_NL_PORTALS_MAX];
	u32 portal_count;
	struct sockaddr_storage source;	/* family 0: none */
	char source_interface[IFNAMSIZ];
	struct kiscsi_offer offer;
	struct kiscsi_chap_cred cred;
};

/* a connection as it is handed over */
struct kiscsi_conn_spec {
	struct socket *sock;
	u16 cid;
	u32 exp_statsn;
	struct kiscsi_params params;	/* digests and the two MaxRecvDataSegmentLengths */
};

/* a session as it is handed over; big, so never on a stack */
struct kiscsi_session_spec {
	struct kiscsi_identity id;
	struct kiscsi_params params;
	struct kiscsi_timers timers;
	struct kiscsi_conn_spec conn;
	u32 cmdsn;
	u32 exp_cmdsn;
	u32 max_cmdsn;
	u32 queue_depth;
	u16 connections;
};

/**
 * struct kiscsi_session - one session, in the host's private data
 *
 * Lives until the last reference to its Scsi_Host is gone; nobody of ours looks at it after
 * kiscsi_session_destroy_work().
 */
struct kiscsi_session {
	/* fixed after creation */
	struct Scsi_Host *shost;
	struct iscsi_cls_session *cls;
	u32 sid;
	u16 conn_max;			/* entries of conns, = hardware queues */
	u32 queue_depth;		/* tags per hardware queue */
	struct kiscsi_slot *slots;	/* conn_max * queue_depth */
	struct kiscsi_identity *id;
	struct kiscsi_params params;
	struct net *net;		/* a reference is ours */
	struct kiscsi_reconnect *reconnect;
	struct kiscsi_conn **conns;

	/* read by every submitter, written with the state */
	int gate ____cacheline_aligned_in_smp;	/* 0: come in, or KISCSI_GATE_BUSY, or a host byte */

	/* the one thing connections share per I/O */
	atomic_t cmdsn ____cacheline_aligned_in_smp;

	/* bit per connection whose commands wait for the window */
	unsigned long window_waiters ____cacheline_aligned_in_smp;

	spinlock_t state_lock;		/* innermost; BH; protects the next 6 fields */
	enum kiscsi_session_state state;
	unsigned long state_since;	/* jiffies */
	unsigned long error_at;		/* jiffies */
	char last_error[KISCSI_ERROR_MAX];
	bool destroying;		/* destroy_work is or was queued */
	bool force;

	wait_queue_head_t state_wait;	/* woken with every change of state, and when a connection ends */
	bool has_tape;			/* one was found, ever: see configure() */
	u32 attempts;			/* to log in again, since the connection was lost */
	int time2wait;			/* seconds until then, as the target said when it left; -1: as negotiated */
	unsigned long silent_since;	/* jiffies at the last sign of life, where the loss was silence; else 0 */
	struct kiscsi_timers timers;	/* READ_ONCE/WRITE_ONCE per field */
	struct rw_semaphore eh_sem;	/* held by the error handler; the session is not freed meanwhile */
	struct mutex conn_mutex;	/* one at a time starts or stops connections */
	struct mutex tmf_mutex;		/* one task management function at a time */
	struct list_head entry;		/* kiscsi_sessions, under kiscsi_sessions_lock */
	struct work_struct recover_work;
	struct delayed_work scan_work;
	struct work_struct destroy_work;
	struct work_struct uevent_work;
	u64 uevents;			/* states to tell udev of, the newest lowest; state_lock */
};

/* main.c */
extern struct workqueue_struct *kiscsi_io_wq;	/* send and receive; reclaim-safe */
extern struct workqueue_struct *kiscsi_recovery_wq; /* a failed connection's end; reclaim-safe */
extern struct workqueue_struct *kiscsi_login_wq; /* attempts to log in, which take long; reclaim-safe */
extern struct workqueue_struct *kiscsi_scan_wq;	/* waits for I/O, like */
extern struct workqueue_struct *kiscsi_logout_wq;

/* session.c */
extern struct mutex kiscsi_sessions_lock;
extern struct mutex kiscsi_create_lock;
extern struct list_head kiscsi_sessions;
struct kiscsi_session *kiscsi_session_find(u32 sid);
int kiscsi_session_create(const struct kiscsi_session_spec *spec, u32 *sid, u32 *host_no,
			  const char **why);
bool kiscsi_session_set_state(struct kiscsi_session *session, enum kiscsi_session_state to);
void kiscsi_session_error(struct kiscsi_session *session, const char *text);
int kiscsi_session_logout(struct kiscsi_session *session, bool force);
int kiscsi_session_rescan(struct kiscsi_session *session);
void kiscsi_session_timers_set(struct kiscsi_session *session);
void kiscsi_sessions_shutdown(void);
const char *kiscsi_session_state_name(enum kiscsi_session_state state);
struct kiscsi_conn *kiscsi_session_conn(struct kiscsi_session *session);
void kiscsi_session_await_end(struct kiscsi_session *session, unsigned long timeout);
void kiscsi_session_goodbye(struct kiscsi_session *session, struct kiscsi_conn *conn,
			    unsigned long timeout);

/* recovery.c */
void kiscsi_recover_work(struct work_struct *work);
void kiscsi_reconnect_work(struct work_struct *work);
void kiscsi_recovery_timed_out(struct iscsi_cls_session *cls);
void kiscsi_recovery_begin(struct kiscsi_session *session);
void kiscsi_recovery_cancel(struct kiscsi_session *session);
int kiscsi_recovery_credentials(struct kiscsi_session *session, struct kiscsi_auth **auth);
int kiscsi_recovery_alloc(struct kiscsi_session *session);
void kiscsi_recovery_free(struct kiscsi_session *session);

/* crypto.c */
struct kiscsi_auth *kiscsi_auth_alloc(const struct kiscsi_chap_cred *cred);
void kiscsi_auth_free(struct kiscsi_auth *auth);

/* join.c */
int kiscsi_join_add(struct kiscsi_session *session, const struct kiscsi_conn_spec *spec,
		    const char **why);

/* host.c */
extern const struct scsi_host_template kiscsi_template;
void kiscsi_host_limits(struct Scsi_Host *shost);

/**
 * enum kiscsi_lun_verdict - is a LUN still the disk it was?
 * @KISCSI_LUN_SAME: yes, or nothing speaks against it
 * @KISCSI_LUN_OTHER: another disk, by its own word
 * @KISCSI_LUN_GONE: the target has no such LUN
 */
enum kiscsi_lun_verdict {
	KISCSI_LUN_SAME,
	KISCSI_LUN_OTHER,
	KISCSI_LUN_GONE,
};

/* of VPD page 83h, in bytes: its header, and what we ask for; more is cut off */
#define KISCSI_VPD_HDR	4
#define KISCSI_VPD_MAX	1024

/* the device stands for a disk that is not there any more: see kiscsi_lun_disown() */
static inline bool kiscsi_lun_disowned(const struct scsi_device *sdev)
{
	return READ_ONCE(sdev->hostdata);
}

/* found, not disowned, and not just being looked at for the first time */
static inline bool kiscsi_lun_known(const struct scsi_device *sdev)
{
	enum scsi_device_state state = READ_ONCE(sdev->sdev_state);

	return state != SDEV_CREATED && state != SDEV_CREATED_BLOCK && !kiscsi_lun_disowned(sdev);
}

/* lun.c */
enum kiscsi_lun_verdict kiscsi_lun_judge(struct scsi_device *sdev, const u8 *page, u32 len);
void kiscsi_lun_inquiry(struct scsi_device *sdev, u8 cdb[6], u16 len);
bool kiscsi_lun_is_gone(const struct scsi_sense_hdr *sshdr);
void kiscsi_lun_disown(struct scsi_device *sdev, enum kiscsi_lun_verdict verdict);
void kiscsi_lun_sense(struct kiscsi_session *session, const struct scsi_cmnd *cmd, const u8 *sense,
		      u32 len);
void kiscsi_scan_soon(struct kiscsi_session *session);
void kiscsi_scan_work(struct work_struct *work);

/* class.c */
extern struct scsi_transport_template *kiscsi_transport_template;
extern struct device *kiscsi_root;
extern struct iscsi_transport kiscsi_transport;
int kiscsi_class_init(void);
void kiscsi_class_exit(void);
int kiscsi_class_check_host(struct kiscsi_session *session);
int kiscsi_class_add_session(struct kiscsi_session *session);
void kiscsi_class_remove_session(struct kiscsi_session *session);
int kiscsi_class_add_conn(struct kiscsi_conn *conn);
void kiscsi_class_remove_conn(struct kiscsi_conn *conn);

/* conn.c */
struct kiscsi_conn *kiscsi_conn_alloc(struct kiscsi_session *session, u8 index);
void kiscsi_conn_free(struct kiscsi_conn *conn);
int kiscsi_conn_check_socket(struct socket *sock, const char **why);
int kiscsi_conn_attach(struct kiscsi_conn *conn, const struct kiscsi_conn_spec *spec,
		       const char **why);
void kiscsi_conn_start(struct kiscsi_conn *conn);
void kiscsi_conn_lock(struct kiscsi_conn *conn);
void kiscsi_conn_unlock(struct kiscsi_conn *conn);
void kiscsi_conn_stop(struct kiscsi_conn *conn, int result);
bool kiscsi_conn_set_state(struct kiscsi_conn *conn, enum kiscsi_conn_state to);
const char *kiscsi_error_text(int error);
void kiscsi_conn_ended(struct kiscsi_conn *conn);
void kiscsi_conn_complain(struct kiscsi_conn *conn, const char *reason);
__printf(2, 3) void kiscsi_conn_fail(struct kiscsi_conn *conn, const char *fmt, ...);

/* tx.c */
void kiscsi_tx_submit(struct kiscsi_conn *conn, struct kiscsi_task *task, bool last);
void kiscsi_tx_kick(struct kiscsi_conn *conn);
bool kiscsi_tx_trylock(struct kiscsi_conn *conn, bool *wanted);
bool kiscsi_tx_unlock(struct kiscsi_conn *conn);
void kiscsi_tx_work(struct work_struct *work);
void kiscsi_tx_reset(struct kiscsi_conn *conn);
void kiscsi_tx_learn_window(struct kiscsi_conn *conn);
void kiscsi_tx_unqueue(struct kiscsi_conn *conn, struct kiscsi_task *task);
void kiscsi_tx_take_queued(struct kiscsi_conn *conn, u64 lun, struct list_head *tasks);

/* rx.c */
void kiscsi_rx_data_ready(struct kiscsi_conn *conn);
void kiscsi_rx_work(struct work_struct *work);
void kiscsi_rx_reset(struct kiscsi_conn *conn);

/* task.c */
void kiscsi_task_init(struct kiscsi_task *task, struct kiscsi_conn *conn, u32 slot);
void kiscsi_task_send_slot(struct kiscsi_task *task);
struct kiscsi_task *kiscsi_task_find(struct kiscsi_conn *conn, u32 itt, bool *withdrawn);
void kiscsi_task_answered(struct kiscsi_task *task, int result);
void kiscsi_task_done(struct kiscsi_task *task, int result);
void kiscsi_task_give_back(struct kiscsi_task *task, int result);
bool kiscsi_task_matches(struct kiscsi_task *task, u64 lun);
bool kiscsi_task_take(struct kiscsi_task *task, int result);
bool kiscsi_tasks_take_sent(struct kiscsi_conn *conn, u64 lun, int result, struct list_head *tasks);
void kiscsi_tasks_give_back(struct list_head *tasks, int result);
u32 kiscsi_cursor_copy_in(struct kiscsi_cursor *cursor, struct sk_buff *skb, u32 offset, u32 len,
			  u32 *crc);
u32 kiscsi_cursor_gather(const struct kiscsi_cursor *cursor, u32 len, struct bio_vec *bv,
			 unsigned int max, unsigned int *count);
void kiscsi_cursor_advance(struct kiscsi_cursor *cursor, u32 len, u32 *crc);

/* tmf.c */
int kiscsi_eh_abort(struct scsi_cmnd *cmd);
int kiscsi_eh_device_reset(struct scsi_cmnd *cmd);
int kiscsi_eh_target_reset(struct scsi_cmnd *cmd);
int kiscsi_eh_host_reset(struct scsi_cmnd *cmd);

/* ctl.c */
void kiscsi_ctl_init(struct kiscsi_conn *conn);
void kiscsi_ctl_cancel_all(struct kiscsi_conn *conn);
int kiscsi_ctl_pong(struct kiscsi_conn *conn, const struct kiscsi_nop_in *nop);
int kiscsi_ctl_request(struct kiscsi_conn *conn, enum kiscsi_ctl_kind kind,
		       const struct kiscsi_bhs *bhs, unsigned long timeout);
bool kiscsi_ctl_answer(struct kiscsi_conn *conn, enum kiscsi_ctl_kind kind, u32 itt, int response);
int kiscsi_ctl_logout(struct kiscsi_conn *conn, enum kiscsi_logout_reason reason,
		      unsigned long timeout);
int kiscsi_ctl_tmf(struct kiscsi_conn *conn, enum kiscsi_tmf function, const u8 lun[8],
		   const struct kiscsi_task *task, unsigned long timeout);
bool kiscsi_conn_silent(const struct kiscsi_conn *conn);
void kiscsi_conn_user_timeout(struct kiscsi_conn *conn);
void kiscsi_nop_work(struct work_struct *work);

/* digest.c */
#define KISCSI_CRC_SEED 0xffffffffu
u32 kiscsi_crc(u32 crc, const void *data, u32 len);
__le32 kiscsi_crc_final(u32 crc);
void kiscsi_digest_put(void *at, const void *data, u32 len);
bool kiscsi_digest_ok(const void *at, const void *data, u32 len);

/* netlink.c */
int kiscsi_netlink_init(void);
void kiscsi_netlink_exit(void);
void kiscsi_event(struct kiscsi_session *session, enum kiscsi_event event, const char *message);

#endif
