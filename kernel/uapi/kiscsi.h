/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * Generic netlink family "kiscsi": how a session gets into the kernel, and what can be asked of it.
 * Documentation/netlink.rst tells the story, Documentation/netlink/specs/kiscsi.yaml is the same
 * ABI for machines. Numbers are in host byte order; sizes in bytes; times in seconds unless said.
 *
 * Every refusal carries extack text and, where one is at fault, the attribute's offset.
 */
#ifndef _UAPI_LINUX_KISCSI_H
#define _UAPI_LINUX_KISCSI_H

#define KISCSI_GENL_NAME	"kiscsi"
#define KISCSI_GENL_VERSION	1
#define KISCSI_GENL_MC_EVENTS	"events"

/* longest texts taken or given, bytes without the NUL */
#define KISCSI_NL_NAME_MAX	223
#define KISCSI_NL_TEXT_MAX	255
#define KISCSI_NL_SECRET_MAX	255
#define KISCSI_NL_PORTALS_MAX	32

/* seconds; whoever wants to wait longer than a week wants "never" */
#define KISCSI_RECOVERY_TMO_MAX	604800

/*
 * Entries of a latency histogram. A time t in units of 2048 ns goes into entry t while t is less than 4,
 * else into 4 * (e - 1) + m, where 2^e is the highest power of two in t and m the two bits below it: four
 * entries to every doubling, each from its lower bound to the next one's. The last one has no upper
 * bound; it begins at 60 s.
 */
#define KISCSI_NL_LATENCIES	96

/**
 * enum kiscsi_nl_cmd - commands
 * @KISCSI_NL_SESSION_CREATE: CAP_NET_ADMIN. Make a session of a logged-in leading connection.
 *	Takes %KISCSI_A_TARGET_NAME, _INITIATOR_NAME, _INITIATOR_ALIAS?, _TARGET_ALIAS?, _ISID, _TSIH,
 *	_TPGT, _CMDSN, _EXPCMDSN, _MAXCMDSN, _PARAMS, _CONN (with fd), _PORTAL (one or more, first
 *	is the portal shown in sysfs), _OFFER?, _TIMERS?, _CHAP?, _QUEUE_DEPTH?, _CONNECTIONS?,
 *	_SOURCE_INTERFACE?, _SOURCE_ADDRESS?. Replies with %KISCSI_A_SID and %KISCSI_A_HOST_NO.
 *	LUNs are scanned afterwards; %KISCSI_EVENT_SCANNED tells the end.
 * @KISCSI_NL_CONN_ADD: CAP_NET_ADMIN. Add a logged-in connection: %KISCSI_A_SID, %KISCSI_A_CONN.
 * @KISCSI_NL_SESSION_GET: anybody. With %KISCSI_A_SID one session, as a dump all those of the
 *	caller's network namespace (of every one, for a caller in the first namespace).
 * @KISCSI_NL_SESSION_SET: CAP_NET_ADMIN. %KISCSI_A_SID; %KISCSI_A_TIMERS? with those to change; %KISCSI_A_CHAP?
 *	to log in with from the next time on. -EALREADY if it has just these credentials, and no timers are given.
 * @KISCSI_NL_SESSION_RESCAN: CAP_NET_ADMIN. %KISCSI_A_SID; returns at once, the end is
 *	%KISCSI_EVENT_SCANNED.
 * @KISCSI_NL_SESSION_LOGOUT: CAP_NET_ADMIN. %KISCSI_A_SID, %KISCSI_A_FORCE?; returns at once, the
 *	end is %KISCSI_EVENT_GONE.
 * @KISCSI_NL_EVENT: multicast only: %KISCSI_A_EVENT, _SID, _HOST_NO, _TARGET_NAME, _STATE, _MESSAGE?.
 * @KISCSI_NL_CONN_GET: anybody, as a dump only: the connections of the sessions that a dump of
 *	%KISCSI_NL_SESSION_GET gives, one to a message: %KISCSI_A_SID, _HOST_NO and _CONN, there with
 *	%KISCSI_CONN_A_LATENCY_READ and _WRITE, for which a session's message has no room.
 */
enum kiscsi_nl_cmd {
	KISCSI_NL_UNSPEC,
	KISCSI_NL_SESSION_CREATE,
	KISCSI_NL_CONN_ADD,
	KISCSI_NL_SESSION_GET,
	KISCSI_NL_SESSION_SET,
	KISCSI_NL_SESSION_RESCAN,
	KISCSI_NL_SESSION_LOGOUT,
	KISCSI_NL_EVENT,
	KISCSI_NL_CONN_GET,
	__KISCSI_NL_MAX,
};
#define KISCSI_NL_MAX (__KISCSI_NL_MAX - 1)

/**
 * enum kiscsi_session_state - %KISCSI_A_STATE
 * @KISCSI_SESSION_NEW: being made
 * @KISCSI_SESSION_UP: at least the leading connection is in full-feature phase
 * @KISCSI_SESSION_RECOVERING: no usable connection, devices blocked, I/O waits
 * @KISCSI_SESSION_LOST: recovery_tmo has passed: I/O fails
 * @KISCSI_SESSION_LOGOUT: on its way out
 * @KISCSI_SESSION_GONE: nothing of it is left
 */
enum kiscsi_session_state {
	KISCSI_SESSION_NEW,
	KISCSI_SESSION_UP,
	KISCSI_SESSION_RECOVERING,
	KISCSI_SESSION_LOST,
	KISCSI_SESSION_LOGOUT,
	KISCSI_SESSION_GONE,
};

/**
 * enum kiscsi_conn_state - %KISCSI_CONN_A_STATE
 * @KISCSI_CONN_FREE: no socket
 * @KISCSI_CONN_LOGIN: a login is under way
 * @KISCSI_CONN_UP: full-feature phase
 * @KISCSI_CONN_FAILED: dead, its tasks not yet taken back
 * @KISCSI_CONN_CLEANUP: its tasks are being taken back
 * @KISCSI_CONN_LOGGING_OUT: a Logout Request is out
 */
enum kiscsi_conn_state {
	KISCSI_CONN_FREE,
	KISCSI_CONN_LOGIN,
	KISCSI_CONN_UP,
	KISCSI_CONN_FAILED,
	KISCSI_CONN_CLEANUP,
	KISCSI_CONN_LOGGING_OUT,
};

/**
 * enum kiscsi_event - %KISCSI_A_EVENT
 * @KISCSI_EVENT_STATE: the session's state changed to %KISCSI_A_STATE
 * @KISCSI_EVENT_SCANNED: a scan for LUNs has ended
 * @KISCSI_EVENT_GONE: the session and its disks are gone
 * @KISCSI_EVENT_CONN: a connection came or went: %KISCSI_A_MESSAGE
 * @KISCSI_EVENT_ASYNC: the target sent an Async Message: %KISCSI_A_MESSAGE
 */
enum kiscsi_event {
	KISCSI_EVENT_STATE = 1,
	KISCSI_EVENT_SCANNED,
	KISCSI_EVENT_GONE,
	KISCSI_EVENT_CONN,
	KISCSI_EVENT_ASYNC,
};

/**
 * enum kiscsi_attr - top-level attributes
 * @KISCSI_A_SID: u32, number of the session: sessionN in sysfs
 * @KISCSI_A_HOST_NO: u32, number of its SCSI host: hostN in sysfs
 * @KISCSI_A_STATE: u8, enum kiscsi_session_state
 * @KISCSI_A_NETNS: u64, inode number of the network namespace the session lives in
 * @KISCSI_A_TARGET_NAME: string, 1 to 223 bytes
 * @KISCSI_A_TARGET_ALIAS: string
 * @KISCSI_A_INITIATOR_NAME: string, 1 to 223 bytes
 * @KISCSI_A_INITIATOR_ALIAS: string
 * @KISCSI_A_ISID: binary, 6 bytes
 * @KISCSI_A_TSIH: u16, not 0
 * @KISCSI_A_TPGT: u16, target portal group tag
 * @KISCSI_A_CMDSN: u32, CmdSN of the first command
 * @KISCSI_A_EXPCMDSN: u32, from the final Login Response
 * @KISCSI_A_MAXCMDSN: u32, from the final Login Response
 * @KISCSI_A_PARAMS: nest of enum kiscsi_key_attr: what was negotiated for the session
 * @KISCSI_A_OFFER: nest of enum kiscsi_key_attr: what was asked for, and will be when the kernel logs
 *	in again
 * @KISCSI_A_TIMERS: nest of enum kiscsi_timer_attr
 * @KISCSI_A_CHAP: nest of enum kiscsi_chap_attr; never given back
 * @KISCSI_A_CONN: nest of enum kiscsi_conn_attr; repeated in answers, also for those that are not there yet
 * @KISCSI_A_PORTAL: nest of enum kiscsi_portal_attr, repeated, in order of preference
 * @KISCSI_A_QUEUE_DEPTH: u32, commands per connection, 1 to 1024
 * @KISCSI_A_CONNECTIONS: u16, connections wanted, 1 to 64; in answers those the session may have: no more than
 *	the target granted, nor than there are CPUs
 * @KISCSI_A_SOURCE_INTERFACE: string, to bind further connections to
 * @KISCSI_A_SOURCE_ADDRESS: binary, sockaddr_in or sockaddr_in6, to bind further connections to
 * @KISCSI_A_FORCE: flag, log out whatever is in use or broken
 * @KISCSI_A_EVENT: u8, enum kiscsi_event
 * @KISCSI_A_MESSAGE: string for a person
 * @KISCSI_A_LAST_ERROR: string for a person; absent if there was none
 * @KISCSI_A_LAST_ERROR_AGE: u32, seconds ago
 * @KISCSI_A_STATE_AGE: u32, seconds the session has been in its state
 * @KISCSI_A_ATTEMPTS: u32, attempts to log in since the state changed
 * @KISCSI_A_PAD: for alignment of 64-bit attributes
 */
enum kiscsi_attr {
	KISCSI_A_UNSPEC,
	KISCSI_A_SID,
	KISCSI_A_HOST_NO,
	KISCSI_A_STATE,
	KISCSI_A_NETNS,
	KISCSI_A_TARGET_NAME,
	KISCSI_A_TARGET_ALIAS,
	KISCSI_A_INITIATOR_NAME,
	KISCSI_A_INITIATOR_ALIAS,
	KISCSI_A_ISID,
	KISCSI_A_TSIH,
	KISCSI_A_TPGT,
	KISCSI_A_CMDSN,
	KISCSI_A_EXPCMDSN,
	KISCSI_A_MAXCMDSN,
	KISCSI_A_PARAMS,
	KISCSI_A_OFFER,
	KISCSI_A_TIMERS,
	KISCSI_A_CHAP,
	KISCSI_A_CONN,
	KISCSI_A_PORTAL,
	KISCSI_A_QUEUE_DEPTH,
	KISCSI_A_CONNECTIONS,
	KISCSI_A_SOURCE_INTERFACE,
	KISCSI_A_SOURCE_ADDRESS,
	KISCSI_A_FORCE,
	KISCSI_A_EVENT,
	KISCSI_A_MESSAGE,
	KISCSI_A_LAST_ERROR,
	KISCSI_A_LAST_ERROR_AGE,
	KISCSI_A_STATE_AGE,
	KISCSI_A_ATTEMPTS,
	KISCSI_A_PAD,
	__KISCSI_A_MAX,
};
#define KISCSI_A_MAX (__KISCSI_A_MAX - 1)

/**
 * enum kiscsi_conn_attr - one connection
 * @KISCSI_CONN_A_FD: u32, a TCP socket of the caller's, ESTABLISHED, in full-feature phase, from
 *	which the final Login Response has been read and not one byte more. The kernel takes its
 *	own reference; the caller closes its descriptor.
 * @KISCSI_CONN_A_CID: u16
 * @KISCSI_CONN_A_STATE: u8, enum kiscsi_conn_state
 * @KISCSI_CONN_A_EXPSTATSN: u32, the StatSN expected next
 * @KISCSI_CONN_A_PARAMS: nest of enum kiscsi_key_attr: digests (one each) and the two
 *	MaxRecvDataSegmentLengths
 * @KISCSI_CONN_A_LOCAL: binary, sockaddr_in or sockaddr_in6
 * @KISCSI_CONN_A_PEER: binary, sockaddr_in or sockaddr_in6
 * @KISCSI_CONN_A_COUNTERS: nest of enum kiscsi_counter_attr
 * @KISCSI_CONN_A_LATENCY_READ: binary, %KISCSI_NL_LATENCIES times u64: commands that read data, by the
 *	time from the block layer's start of the request to the target's answer; time in a queue of the
 *	kernel's and time without a connection included. Nothing is counted for a disk with
 *	neither queue/iostats nor an I/O scheduler.
 * @KISCSI_CONN_A_LATENCY_WRITE: likewise, commands that write data
 * @KISCSI_CONN_A_QUEUE: u16, hardware queue of the SCSI host that it is the home of
 * @KISCSI_CONN_A_CPUS: string, the CPUs whose commands come to that queue: "0,4-7"
 */
enum kiscsi_conn_attr {
	KISCSI_CONN_A_UNSPEC,
	KISCSI_CONN_A_FD,
	KISCSI_CONN_A_CID,
	KISCSI_CONN_A_STATE,
	KISCSI_CONN_A_EXPSTATSN,
	KISCSI_CONN_A_PARAMS,
	KISCSI_CONN_A_LOCAL,
	KISCSI_CONN_A_PEER,
	KISCSI_CONN_A_COUNTERS,
	KISCSI_CONN_A_LATENCY_READ,
	KISCSI_CONN_A_LATENCY_WRITE,
	KISCSI_CONN_A_QUEUE,
	KISCSI_CONN_A_CPUS,
	__KISCSI_CONN_A_MAX,
};
#define KISCSI_CONN_A_MAX (__KISCSI_CONN_A_MAX - 1)

/**
 * enum kiscsi_key_attr - operational keys, as offered or as negotiated (RFC 7143 section 13)
 * @KISCSI_KEY_A_HEADER_DIGEST: binary, one byte a digest: 0 None, 1 CRC32C; in an offer a list in
 *	order of preference, elsewhere exactly one
 * @KISCSI_KEY_A_DATA_DIGEST: likewise
 * @KISCSI_KEY_A_MAX_RECV_DSL: u32, what we take in one PDU, 512 to 16777215
 * @KISCSI_KEY_A_MAX_XMIT_DSL: u32, what the target takes in one PDU, 512 to 16777215
 * @KISCSI_KEY_A_INITIAL_R2T: u8, 0 or 1
 * @KISCSI_KEY_A_IMMEDIATE_DATA: u8, 0 or 1
 * @KISCSI_KEY_A_MAX_CONNECTIONS: u16
 * @KISCSI_KEY_A_MAX_OUTSTANDING_R2T: u16, 1 to 8
 * @KISCSI_KEY_A_MAX_BURST_LENGTH: u32, 512 to 16777215
 * @KISCSI_KEY_A_FIRST_BURST_LENGTH: u32, 512 to MaxBurstLength
 * @KISCSI_KEY_A_TIME2WAIT: u16, seconds, to 3600
 * @KISCSI_KEY_A_TIME2RETAIN: u16, seconds, to 3600
 * @KISCSI_KEY_A_ERROR_RECOVERY_LEVEL: u8, 0
 */
enum kiscsi_key_attr {
	KISCSI_KEY_A_UNSPEC,
	KISCSI_KEY_A_HEADER_DIGEST,
	KISCSI_KEY_A_DATA_DIGEST,
	KISCSI_KEY_A_MAX_RECV_DSL,
	KISCSI_KEY_A_MAX_XMIT_DSL,
	KISCSI_KEY_A_INITIAL_R2T,
	KISCSI_KEY_A_IMMEDIATE_DATA,
	KISCSI_KEY_A_MAX_CONNECTIONS,
	KISCSI_KEY_A_MAX_OUTSTANDING_R2T,
	KISCSI_KEY_A_MAX_BURST_LENGTH,
	KISCSI_KEY_A_FIRST_BURST_LENGTH,
	KISCSI_KEY_A_TIME2WAIT,
	KISCSI_KEY_A_TIME2RETAIN,
	KISCSI_KEY_A_ERROR_RECOVERY_LEVEL,
	__KISCSI_KEY_A_MAX,
};
#define KISCSI_KEY_A_MAX (__KISCSI_KEY_A_MAX - 1)

/**
 * enum kiscsi_timer_attr - timers, all in seconds
 * @KISCSI_TIMER_A_NOP_INTERVAL: u32, silence after which a NOP-Out asks; 0: never; to 3600
 * @KISCSI_TIMER_A_NOP_TIMEOUT: u32, silence after that which fails the connection, 1 to 3600
 * @KISCSI_TIMER_A_LOGIN_TIMEOUT: u32, for one attempt to connect and log in, 1 to 3600
 * @KISCSI_TIMER_A_RECOVERY_TMO: s32, outage after which I/O fails; 0 at once, -1 never; to 604800
 * @KISCSI_TIMER_A_ABORT_TIMEOUT: u32, for ABORT TASK, 1 to 3600
 * @KISCSI_TIMER_A_LUN_RESET_TIMEOUT: u32, for LOGICAL UNIT RESET, 1 to 3600
 * @KISCSI_TIMER_A_TARGET_RESET_TIMEOUT: u32, for TARGET WARM RESET, 1 to 3600
 */
enum kiscsi_timer_attr {
	KISCSI_TIMER_A_UNSPEC,
	KISCSI_TIMER_A_NOP_INTERVAL,
	KISCSI_TIMER_A_NOP_TIMEOUT,
	KISCSI_TIMER_A_LOGIN_TIMEOUT,
	KISCSI_TIMER_A_RECOVERY_TMO,
	KISCSI_TIMER_A_ABORT_TIMEOUT,
	KISCSI_TIMER_A_LUN_RESET_TIMEOUT,
	KISCSI_TIMER_A_TARGET_RESET_TIMEOUT,
	__KISCSI_TIMER_A_MAX,
};
#define KISCSI_TIMER_A_MAX (__KISCSI_TIMER_A_MAX - 1)

/**
 * enum kiscsi_chap_attr - credentials for logins by the kernel; wiped when the session is freed
 * @KISCSI_CHAP_A_USER: string, 1 to 255 bytes
 * @KISCSI_CHAP_A_SECRET: binary, 12 to 255 bytes
 * @KISCSI_CHAP_A_MUTUAL_USER: string
 * @KISCSI_CHAP_A_MUTUAL_SECRET: binary, 12 to 255 bytes
 * @KISCSI_CHAP_A_ALGORITHMS: binary, CHAP_A values (5, 6, 7, 8), first preferred
 */
enum kiscsi_chap_attr {
	KISCSI_CHAP_A_UNSPEC,
	KISCSI_CHAP_A_USER,
	KISCSI_CHAP_A_SECRET,
	KISCSI_CHAP_A_MUTUAL_USER,
	KISCSI_CHAP_A_MUTUAL_SECRET,
	KISCSI_CHAP_A_ALGORITHMS,
	__KISCSI_CHAP_A_MAX,
};
#define KISCSI_CHAP_A_MAX (__KISCSI_CHAP_A_MAX - 1)

/**
 * enum kiscsi_portal_attr - one portal of the target portal group
 * @KISCSI_PORTAL_A_ADDRESS: binary, sockaddr_in or sockaddr_in6 (scope ID included)
 */
enum kiscsi_portal_attr {
	KISCSI_PORTAL_A_UNSPEC,
	KISCSI_PORTAL_A_ADDRESS,
	__KISCSI_PORTAL_A_MAX,
};
#define KISCSI_PORTAL_A_MAX (__KISCSI_PORTAL_A_MAX - 1)

/**
 * enum kiscsi_counter_attr - since the session was made; all u64
 * @KISCSI_COUNTER_A_COMMANDS: SCSI commands sent
 * @KISCSI_COUNTER_A_DATA_IN: bytes of Data-In payload
 * @KISCSI_COUNTER_A_DATA_OUT: bytes of payload sent, immediate data included
 * @KISCSI_COUNTER_A_PDUS_IN: PDUs received
 * @KISCSI_COUNTER_A_PDUS_OUT: PDUs sent
 * @KISCSI_COUNTER_A_R2TS: R2Ts received
 * @KISCSI_COUNTER_A_NOPS: NOP-Outs sent of our own accord
 * @KISCSI_COUNTER_A_DIGEST_ERRORS: header and data digests that did not match
 * @KISCSI_COUNTER_A_PROTOCOL_ERRORS: PDUs that broke the RFC
 * @KISCSI_COUNTER_A_ABORTS: task management functions sent
 * @KISCSI_COUNTER_A_PAD: for alignment
 */
enum kiscsi_counter_attr {
	KISCSI_COUNTER_A_UNSPEC,
	KISCSI_COUNTER_A_COMMANDS,
	KISCSI_COUNTER_A_DATA_IN,
	KISCSI_COUNTER_A_DATA_OUT,
	KISCSI_COUNTER_A_PDUS_IN,
	KISCSI_COUNTER_A_PDUS_OUT,
	KISCSI_COUNTER_A_R2TS,
	KISCSI_COUNTER_A_NOPS,
	KISCSI_COUNTER_A_DIGEST_ERRORS,
	KISCSI_COUNTER_A_PROTOCOL_ERRORS,
	KISCSI_COUNTER_A_ABORTS,
	KISCSI_COUNTER_A_PAD,
	__KISCSI_COUNTER_A_MAX,
};
#define KISCSI_COUNTER_A_MAX (__KISCSI_COUNTER_A_MAX - 1)

#endif /* _UAPI_LINUX_KISCSI_H */
