/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A scripted iSCSI target for tests: it behaves well until told to break one named rule, and
 * checks everything the initiator sends. It shares the wire structures with the initiator and
 * nothing else: login, digests and data transfer are a second reading of RFC 7143.
 *
 *	main.c     options, listeners, signals
 *	conn.c     one thread per connection: login, then PDUs until the end
 *	login.c    the login phase        negotiate.c  its keys        chap.c  its secrets
 *	session.c  sessions and CmdSN
 *	full.c     the full-feature phase, one function per PDU        text.c  SendTargets
 *	data.c     R2T, Data-Out, Data-In and the response             scsi.c  the disk's commands
 *	wire.c     PDUs to and from the socket                         mutate.c  random damage
 *	check.c    what the initiator must and must not send
 *	behave*.c  the deviations, a table; behave-mcs.c those of sessions with several connections
 */
#ifndef KISCSI_TARGET_H
#define KISCSI_TARGET_H

#include <pthread.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <sys/types.h>

#include "pdu.h"
#include "sn.h"

#define CONNS_PER_SESSION	16
#define R2T_MAX			64
#define WINDOW_MAX		256
#define KEYS_MAX		256
#define TEXT_MAX		(256 * 1024)
#define DSL_MAX			0xffffffu
#define TRANSFER_MAX		(64u << 20)
#define SENSE_MAX	252
#define RECENT_MAX		256
#define PING_MAX		4096
#define TMF_LATE_MAX		2
#define TYPES_MAX		32

/* what the negotiation came to; also what the target itself wants (struct config) */
struct params {
	u32 header_digest;		/* 0 or 1: CRC32C */
	u32 data_digest;
	u32 initial_r2t;
	u32 immediate_data;
	u32 max_connections;
	u32 max_r2t;
	u32 time2wait;
	u32 time2retain;
	u32 erl;
	u32 max_burst;
	u32 first_burst;
	u32 recv_dsl;			/* most we take in one PDU */
	u32 send_dsl;			/* most the initiator takes in one PDU */
};

/* legal ways of answering that a target may choose from; set by options and behaviours */
struct tuning {
	u32 data_in_max;		/* most bytes in a Data-In, 0: as negotiated */
	u32 r2t_max;			/* most bytes an R2T asks for, 0: MaxBurstLength */
	u32 segment;			/* bytes per TCP segment at the head of a PDU, 0: whole */
	u32 login_chunk;		/* bytes of login text per PDU, the C bit for the rest */
	u32 delay_ms;			/* before each response */
	u32 ping_ms;			/* NOP-In with a TTT this often */
	u32 reorder;			/* hold so many commands, answer the last first */
	u32 ttt;			/* first Target Transfer Tag */
	u32 statsn;			/* first StatSN */
	u32 window;			/* command window */
	u8 pad;				/* value of padding bytes */
	bool coalesce;			/* hold PDUs back and send them together */
	bool no_collapse;		/* GOOD in a SCSI Response, never in a Data-In */
};

struct config {
	const char *target;
	const char *alias;
	const char *chap_user, *chap_secret;
	const char *mutual_user, *mutual_secret;
	struct params par;
	struct tuning tune;
	u32 luns;
	u8 types[TYPES_MAX];		/* peripheral device types of the first LUNs */
	u32 block;
	u64 size;			/* bytes per LUN */
	u32 targets;			/* names SendTargets reports */
	u32 portal_group;
	u32 grace_s;			/* an initiator must have left by then after a deviation */
	bool verbose;
};

extern struct config config;

/* set by main.c's signals */
extern volatile bool stopping;
extern volatile bool armed;

struct conn;
struct task;

/* a NOP-In that asks for an answer, and has none yet */
struct ping {
	u32 ttt;
	u32 statsn;			/* it carried */
	u64 at;				/* ms */
};

/**
 * struct pdu - one PDU, either way
 * @bhs: header; a sender need not set the lengths
 * @ahs: additional header segments
 * @ahs_len: bytes of them
 * @data: data segment, malloc()ed
 * @len: its length without padding
 * @task: the command it belongs to, or NULL
 * @own_lengths: a behaviour has put lengths of its own into @bhs: leave them
 * @bad_header_digest: send a wrong one
 * @bad_data_digest: likewise
 * @twice: send it two times
 * @cut: bytes of the whole to send, then the end of sending; -1: all
 */
struct pdu {
	struct kiscsi_bhs bhs;
	u8 ahs[KISCSI_AHS_MAX];
	u32 ahs_len;
	u8 *data;
	u32 len;
	struct task *task;
	bool own_lengths;
	bool bad_header_digest;
	bool bad_data_digest;
	bool twice;
	u32 pause_ms;			/* between the pieces it goes out in */
	s32 cut;
};

/* one Ready To Transfer under way */
struct r2t {
	bool used;
	u32 ttt;
	u32 sn;
	u32 offset;
	u32 len;
	u32 got;
	u32 datasn;			/* next expected in this sequence */
};

/**
 * struct task - a SCSI command that is not answered yet
 *
 * Everything belongs to the thread of the connection the command came on.
 */
struct task {
	struct task *next;
	u32 itt;
	u32 cmdsn;
	bool counted;			/* takes a place in the command window */
	u8 lun[8];
	u8 cdb[260];
	u32 cdb_len;
	bool read, write;
	u32 edtl;			/* Expected Data Transfer Length */

	/* data from the initiator */
	u8 *out;
	u32 out_need;			/* min(edtl, what the CDB writes) */
	u32 out_end;			/* received without a gap */
	bool unsolicited;		/* Data-Out without R2T may still come */
	u32 unsolicited_sn;
	struct r2t r2t[R2T_MAX];
	u32 r2ts;			/* outstanding */
	u32 r2tsn;
	u32 r2t_next;			/* first byte no R2T has asked for */

	/* the answer */
	u8 *in;
	u32 in_len;			/* what the CDB reads, may be over edtl */
	u32 out_len;			/* what the CDB writes, likewise */
	u8 status;
	u8 sense[SENSE_MAX];
	u32 sense_len;
	u32 datasn;
	bool silent;			/* a behaviour has the say: nothing more goes out, */
	bool kept;			/* and it stays outstanding until it is aborted, */
	u8 yields;			/* by no function of task management before this one */
};

/**
 * struct nexus - between whom a session is, RFC 7143 section 4.4.3; there is one portal group
 * @isid: initiator's half of the session ID
 * @initiator: its name
 * @target: name of the target; empty for discovery
 */
struct nexus {
	u8 isid[6];
	char initiator[KISCSI_NAME_MAX + 1];
	char target[KISCSI_NAME_MAX + 1];
};

/**
 * struct session - what connections of one session share
 *
 * @lock protects the fields after it; leaf lock but for behave.c's, which is taken inside it never.
 */
struct session {
	struct session *next;		/* list lock of session.c */
	u32 refs;
	u16 tsih;
	struct nexus nexus;
	struct params par;		/* session-wide half; fixed by the leading login */

	pthread_mutex_t lock;
	u32 expcmdsn;
	u32 outstanding;
	bool seen[WINDOW_MAX];		/* CmdSNs at and after expcmdsn, by CmdSN % WINDOW_MAX */
	bool frozen;			/* MaxCmdSN stays at frozen_max */
	u32 frozen_max;
	u64 thaw_at;			/* ms */
	bool parked;
	u32 parked_itt;			/* a command that a behaviour keeps unanswered, */
	u16 parked_cid;			/* on this connection */
	u64 broken_at;			/* ms: a behaviour gave reason to end all connections, section 7.7 */
	bool left;			/* a Logout Request came that closes the session, */
	u32 left_cmdsn;			/* with this CmdSN */
	struct conn *conns[CONNS_PER_SESSION];
};

struct behaviour;

/**
 * struct conn - one TCP connection, owned by its thread
 *
 * Other threads only read @fd, under the session's lock, to shut it down.
 */
struct conn {
	int fd;
	unsigned int id;
	bool plain;			/* no behaviours here */
	struct session *sess;
	u16 cid;
	struct params par;
	bool full;			/* full-feature phase */
	bool digests;			/* from the first full-feature PDU on */
	bool discovery;
	bool further;			/* not the leading connection of its session */
	bool ended;			/* leave the loop */

	/* serial numbers */
	u32 statsn;
	u32 expstatsn;			/* last the initiator sent */
	bool expstatsn_seen;
	u32 cmdsn;			/* last one of a command that was not immediate */
	bool cmdsn_seen;

	/* tasks */
	struct task *tasks;
	struct task *ready[WINDOW_MAX];	/* to be answered, held back */
	u32 readies;
	u64 ready_since;		/* ms */
	u32 ttt;
	u32 recent[RECENT_MAX];		/* ITTs answered lately */
	u32 recents;
	struct ping pings[PING_MAX];
	u32 ping_count;
	u64 next_ping;			/* ms */
	bool left;			/* a Logout Request came */
	bool sent_away;			/* we asked for one, */
	u32 sent_away_statsn;		/* with this StatSN */

	/* task management as behaviours have it */
	struct kiscsi_bhs kept_r2t;	/* an R2T that goes out with the reset it waits for, */
	bool r2t_kept;
	struct kiscsi_bhs reset_req;	/* which is answered once its data is here */
	bool reset_waits;
	u32 late_tmf[TMF_LATE_MAX];	/* ITTs of functions whose answers are held back */
	u32 late_tmfs;
	u64 reset_at;			/* ms: end by RST then */

	/* a long Text Response, sent piece by piece */
	char *text;
	u32 text_len;
	u32 text_sent;
	u32 text_itt;
	bool text_immediate;

	/* sending */
	u8 *held;			/* tuning.coalesce */
	size_t held_len;
	u64 sent;			/* bytes since cutting could begin */
	bool reset;			/* close() is to send RST */
	bool mute;			/* nothing goes out any more, we still listen */
	u64 rng;
	bool in_more;			/* mutate_more() sends */

	/* deviations */
	const struct behaviour *deviant;
	u64 deviated_at;		/* ms */
	bool loose;			/* the initiator cannot be blamed any more */
	bool told;			/* "still open" was reported */
	u32 old_itt;			/* for "stale": an ITT this connection is done with */
	bool old_itt_known;
	const char *want_key;		/* the next Login Request must have it, */
	const char *want_value;		/* with this value */
	bool asked;			/* that was asked once */
	u8 login_challenge[1024];	/* the initiator's own CHAP_C */
	u32 login_challenge_len;
	char login_response[128];	/* the initiator's own CHAP_R as sent */
};

/* main.c */
u64 now_ms(void);
void sleep_ms(u32 ms);

/* log.c */
void note(const struct conn *c, const char *fmt, ...) __printf(2, 3);
void debug(const struct conn *c, const char *fmt, ...) __printf(2, 3);
void violation(struct conn *c, const char *fmt, ...) __printf(2, 3);
void violation_always(struct conn *c, const char *fmt, ...) __printf(2, 3);
bool report_open(const char *path);
u32 violations(void);
enum counter {
	COUNT_CONNS, COUNT_LOGINS, COUNT_PDUS_IN, COUNT_PDUS_OUT, COUNT_COMMANDS, COUNT_BYTES_IN,
	COUNT_BYTES_OUT, COUNT_BEHAVED, COUNT_MUTATED, COUNT_MAX
};
void count(enum counter what, u64 n);
u64 counted(enum counter what);
void counters_print(void);

/* util.c */
u64 rng_next(u64 *state);
u32 rng_below(u64 *state, u32 n);
u32 get_be32(const void *p);
u64 get_be64(const void *p);
u16 get_be16(const void *p);
void put_be16(void *p, u16 v);
void put_be32(void *p, u32 v);
void put_be64(void *p, u64 v);
void put_le32(void *p, u32 v);
bool parse_number(const char *s, u64 *v);
void *xmalloc(size_t n);
const char *opcode_name(u8 opcode);

/* crc32c.c */
u32 crc32c(u32 crc, const void *data, size_t len);

/* wire.c */
void pdu_init(struct pdu *p, u8 opcode);
void pdu_free(struct pdu *p);
void pdu_data(struct pdu *p, const void *data, u32 len);
int pdu_recv(struct conn *c, struct pdu *p);
void pdu_emit(struct conn *c, struct pdu *p);
void wire_flush(struct conn *c);
void wire_write(struct conn *c, const void *data, size_t len);
void wire_close(struct conn *c);
void wire_reset(struct conn *c);
void wire_cut_at(u64 bytes, int how, bool login);
enum { CUT_CLOSE, CUT_RESET, CUT_SILENCE };

/* mutate.c */
bool mutate_parse(const char *arg);
bool mutate_pdu(struct conn *c, struct pdu *p);
void mutate_more(struct conn *c);
u64 mutate_seed(void);

/* keys.c */
struct keys {
	char *text;			/* a copy, cut into strings */
	u32 count;
	const char *key[KEYS_MAX];
	const char *value[KEYS_MAX];
};
const char *keys_parse(struct keys *k, const char *text, u32 len);
void keys_free(struct keys *k);
const char *keys_get(const struct keys *k, const char *key);
bool list_has(const char *list, const char *item);
void text_add(struct pdu *p, const char *key, const char *value);
void text_addf(struct pdu *p, const char *key, const char *fmt, ...) __printf(3, 4);
void text_set(struct pdu *p, const char *key, const char *value);
void text_del(struct pdu *p, const char *key);
const char *text_get(const struct pdu *p, const char *key);
int decode_binary(const char *value, u8 *out, u32 size);
void encode_hex(char *out, const u8 *data, u32 len);
void encode_base64(char *out, const u8 *data, u32 len);

/* negotiate.c */
bool param_set(struct params *par, const char *key, const char *value);
bool negotiate(struct conn *c, struct pdu *answer, const char *key, const char *value, bool leading);
void negotiate_end(struct conn *c);

/* chap.c */
struct chap {
	int alg;
	u8 id;
	u8 challenge[16];
	int state;
};
enum chap_result { CHAP_MORE, CHAP_DONE, CHAP_FAILED, CHAP_BROKEN };
enum chap_result chap_feed(struct conn *c, struct chap *ch, const struct keys *k, struct pdu *answer);

/* session.c */
struct session *session_open(struct conn *c, const struct nexus *nexus, u16 tsih, u32 cmdsn, u8 *detail);
void session_close(struct conn *c);
void session_logout(struct conn *c);
void session_stop_all(void);
u32 session_maxcmdsn(struct session *s);
u32 session_expcmdsn(struct session *s);
bool session_take(struct conn *c, u32 cmdsn, bool immediate, const char *what);
void session_outstanding(struct session *s, int change);
void session_freeze(struct session *s, u32 maxcmdsn, u32 ms);
bool session_frozen(struct session *s);
bool session_thaw(struct session *s);
void session_break(struct session *s);
u64 session_broken(struct session *s);
void session_park(struct conn *c, u32 itt);
bool session_parked_elsewhere(const struct conn *c, u32 itt);
void session_leave(struct session *s, u32 cmdsn);
bool session_left(struct session *s, u32 cmdsn, bool immediate);

/* login.c */
bool login_run(struct conn *c);

/* disk.c */
bool disk_init(void);
u8 *disk_at(u32 lun, u64 offset);
bool disk_dump(const char *path);
void disk_pattern(void *buf, u32 lun, u64 offset, size_t len);

/* scsi.c */
void scsi_prepare(struct task *t);
void scsi_execute(struct task *t);
void scsi_sense(struct task *t, u8 key, u8 asc, u8 ascq);
bool scsi_is_io(const struct task *t);

/* data.c */
struct task *task_new(struct conn *c, u32 itt);
struct task *task_find(struct conn *c, u32 itt);
void task_free(struct conn *c, struct task *t);
void task_drop_all(struct conn *c);
bool task_recent(const struct conn *c, u32 itt);
void task_advance(struct conn *c, struct task *t);
void data_out(struct conn *c, const struct pdu *p);
void data_in_init(struct conn *c, struct task *t, struct pdu *p, u32 offset, u32 len);
void scsi_rsp_init(struct conn *c, struct task *t, struct pdu *p);
void r2t_init(struct conn *c, struct task *t, struct pdu *p, u32 offset, u32 len);
void ready_flush(struct conn *c);

/* full.c */
void stamp(struct conn *c, struct pdu *p, bool status);
void stamp_window(struct conn *c, struct pdu *p);
void send_pdu(struct conn *c, struct pdu *p, bool status);
void send_reject(struct conn *c, const struct pdu *bad, u8 reason);
void ping_lun(u32 ttt, u8 lun[8]);
void nop_in_init(struct conn *c, struct pdu *p, bool ping);
void nop_in_sent(struct conn *c, const struct pdu *p, u32 statsn);
void full_dispatch(struct conn *c, struct pdu *p);
bool full_waits(const struct conn *c);
void full_idle(struct conn *c);

/* text.c */
void own_address(const struct conn *c, char *buf, size_t size);
void text_request(struct conn *c, const struct pdu *p);

/* conn.c */
void conn_serve(int fd, bool plain);
void conn_none_before(u32 seconds);
void conn_wait_all(void);

/* check.c: each reports what is wrong with a PDU of the initiator's */
void check_login(struct conn *c, const struct pdu *p, const struct kiscsi_login_req *first);
void check_common(struct conn *c, const struct pdu *p);
void check_command(struct conn *c, const struct pdu *p);
void check_nop_out(struct conn *c, const struct pdu *p);
void check_data_out(struct conn *c, const struct pdu *p);
void check_tmf(struct conn *c, const struct pdu *p);
void check_logout(struct conn *c, const struct pdu *p);
void check_text(struct conn *c, const struct pdu *p);
void check_pings(struct conn *c, u32 expstatsn);
void check_expstatsn(struct conn *c, u32 expstatsn);
void check_unsolicited_end(struct conn *c, const struct task *t, u32 end);

/* behave.c */
enum phase {
	PHASE_CONNECT,			/* before the first PDU */
	PHASE_LOGIN,
	PHASE_FULL,
	PHASE_TUNE,			/* legal for all its life */
	PHASE_DISCOVERY,
};

enum expect {
	EXPECT_WORKS,			/* legal, or to be ignored: I/O goes on and data is right */
	EXPECT_DROP,			/* the connection is given up, with a message */
	EXPECT_FAIL,			/* the command fails, the connection may stay */
	EXPECT_EITHER,			/* works or is dropped, data is never wrong */
	EXPECT_REFUSE,			/* the login (or discovery) ends with one of .exits */
};

enum verdict {
	VERDICT_SEND,			/* send the PDU, changed or not */
	VERDICT_SKIP,			/* do not send it */
};

struct active;
struct tuning;

/**
 * struct behaviour - one way to deviate
 * @name: as given to --behave
 * @phase: when it can act
 * @expect: what the initiator must do about it
 * @io: what a test does to provoke it (the column "io" of --list)
 * @sets: kiscsi --set arguments the login needs
 * @exits: exit statuses of kiscsi that are right, for EXPECT_REFUSE
 * @says: extended regular expression, any case: what the initiator must say of it; for EXPECT_WORKS, what the target
 *	must have noted by then
 * @what: one line for a person
 * @op: opcode of ours on which it acts; OP_ANY: every
 * @when: further condition, or NULL
 * @act: changes the PDU, or sends others
 * @tune: instead of @act: set at the start
 * @off: of a header field for act_set(), act_add() and others
 * @size: its size in bytes
 * @val: value for it
 * @key: a text key for act_key_set() and others
 * @text: value for it
 * @patient: the initiator may go on for a while before it has had enough
 * @always: unless told otherwise act every time, not once
 */
struct behaviour {
	const char *name;
	enum phase phase;
	enum expect expect;
	const char *io;
	const char *sets;
	const char *exits;
	const char *says;
	const char *what;
	u8 op;
	bool (*when)(const struct conn *c, const struct pdu *p, const struct active *a);
	enum verdict (*act)(struct conn *c, struct pdu *p, struct active *a);
	void (*tune)(struct tuning *t, const struct active *a);
	u8 off;
	u8 size;
	u32 val;
	const char *key;
	const char *text;
	bool patient;
	bool always;
};

#define OP_ANY	0xff

/* a behaviour that was asked for; protected by behave.c's lock */
struct active {
	const struct behaviour *b;
	const char *arg;		/* or NULL */
	u64 num;			/* @arg as a number, or b->val */
	u32 after;			/* acts on the after-th PDU that matches, */
	u32 times;			/* that many times; 0: always */
	u32 seen;
	u32 acted;
	u32 state;			/* the behaviour's own */
};

extern const struct behaviour behave_connect[], behave_login[], behave_discovery[], behave_full[], behave_data[],
	behave_legal[], behave_mcs[];

bool behave_add(const char *arg, u32 after, u32 times);
void behave_list(void);
enum verdict behave_connect_now(struct conn *c);
enum verdict behave_out(struct conn *c, struct pdu *p);
u32 behave_acted(void);
void behave_unused(void);

/* behave-act.c: what the tables share */
#define ITT_NOBODY	0x7badf00du

enum { ITT_UNKNOWN, ITT_RESERVED, ITT_STALE, ITT_CURRENT };

#define BHS_AT(type, field)	offsetof(struct type, field)

enum verdict act_set(struct conn *c, struct pdu *p, struct active *a);
enum verdict act_add(struct conn *c, struct pdu *p, struct active *a);
enum verdict act_or(struct conn *c, struct pdu *p, struct active *a);
enum verdict act_clear(struct conn *c, struct pdu *p, struct active *a);
enum verdict act_close(struct conn *c, struct pdu *p, struct active *a);
enum verdict act_reset(struct conn *c, struct pdu *p, struct active *a);
enum verdict act_mute(struct conn *c, struct pdu *p, struct active *a);
enum verdict act_cut(struct conn *c, struct pdu *p, struct active *a);
enum verdict act_cut_close(struct conn *c, struct pdu *p, struct active *a);
enum verdict act_skip(struct conn *c, struct pdu *p, struct active *a);
enum verdict act_twice(struct conn *c, struct pdu *p, struct active *a);
enum verdict act_claim(struct conn *c, struct pdu *p, struct active *a);
enum verdict act_fill(struct conn *c, struct pdu *p, struct active *a);
enum verdict act_ahs(struct conn *c, struct pdu *p, struct active *a);
enum verdict task_keep(struct conn *c, struct pdu *p);
enum verdict act_inject(struct conn *c, struct pdu *p, struct active *a);
void emit_before(struct conn *c, struct pdu *next, struct pdu *extra, bool status);
bool takes_statsn(const struct pdu *p);
void fill_random(struct conn *c, struct pdu *p, u32 len);
bool when_io(const struct conn *c, const struct pdu *p, const struct active *a);
bool when_read(const struct conn *c, const struct pdu *p, const struct active *a);
bool when_write(const struct conn *c, const struct pdu *p, const struct active *a);
bool when_nodata(const struct conn *c, const struct pdu *p, const struct active *a);

#endif
