/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The login phase, RFC 7143 section 6: a state machine that is fed a Login Response and gives the
 * next Login Request. It does no I/O: whoever owns the socket moves the bytes, and keeps the time.
 *
 *	kiscsi_login_start(l, cfg);
 *	do {
 *		send kiscsi_login_request(l, &bhs, &data, &len)     - may be several PDUs, see below
 *		read one PDU
 *		r = kiscsi_login_feed(l, &bhs, data, len)
 *	} while (r == KISCSI_LOGIN_SEND);
 */
#ifndef KISCSI_PROTO_LOGIN_H
#define KISCSI_PROTO_LOGIN_H

#include "env.h"
#include "pdu.h"
#include "keys.h"
#include "chap.h"

/* a batch of text the target may spread over PDUs with the C bit; more is refused */
#define KISCSI_LOGIN_TEXT_MAX	16384
/* requests in one login, after which a target that never comes to an end is given up */
#define KISCSI_LOGIN_PDU_MAX	64
#define KISCSI_ADDRESS_MAX	255

/**
 * struct kiscsi_login_config - what a login is to be; the caller's, unchanged until it ends
 * @initiator_name: NUL-terminated iSCSI name
 * @initiator_alias: or NULL
 * @target_name: NULL in a discovery session
 * @offer: operational keys
 * @cred: CHAP; cred->user[0] == 0 asks for AuthMethod None
 * @crypto: hash and random bytes, needed with CHAP only
 * @isid: Initiator Session ID, section 11.12.5
 * @tsih: 0 for a new session; that of the session for another connection or a reinstated one
 * @cid: connection ID
 * @itt: Initiator Task Tag for all requests of this login
 * @cmdsn: CmdSN to begin with (login requests are immediate: they do not advance it)
 * @expstatsn: first ExpStatSN; 0 for a new connection
 *
 * A later connection (@tsih not 0) negotiates the connection-wide keys only: of its
 * &kiscsi_login.params the others hold defaults, not what the session has.
 */
struct kiscsi_login_config {
	const char *initiator_name;
	const char *initiator_alias;
	const char *target_name;
	const struct kiscsi_offer *offer;
	const struct kiscsi_chap_cred *cred;
	const struct kiscsi_crypto *crypto;
	u8 isid[6];
	u16 tsih;
	u16 cid;
	u32 itt;
	u32 cmdsn;
	u32 expstatsn;
};

/**
 * enum kiscsi_login_result - what to do after kiscsi_login_feed()
 * @KISCSI_LOGIN_SEND: send what kiscsi_login_request() gives, then read again
 * @KISCSI_LOGIN_DONE: full-feature phase; read &kiscsi_login.params and the serial numbers
 * @KISCSI_LOGIN_REDIRECTED: log in at &kiscsi_login.redirect instead
 * @KISCSI_LOGIN_REFUSED: the target refused: status_class, status_detail, error
 * @KISCSI_LOGIN_AUTH: authentication failed, on either side; error
 * @KISCSI_LOGIN_ERROR: the target broke the protocol, or we cannot go on; error
 */
enum kiscsi_login_result {
	KISCSI_LOGIN_SEND,
	KISCSI_LOGIN_DONE,
	KISCSI_LOGIN_REDIRECTED,
	KISCSI_LOGIN_REFUSED,
	KISCSI_LOGIN_AUTH,
	KISCSI_LOGIN_ERROR,
};

/* login.c's own place in the exchange */
enum kiscsi_login_step {
	KISCSI_STEP_SECURITY,		/* offer AuthMethod and who we are */
	KISCSI_STEP_CHAP_ALG,		/* CHAP chosen: offer CHAP_A */
	KISCSI_STEP_CHAP_RESPONSE,	/* challenge received: answer it */
	KISCSI_STEP_OPERATIONAL,
	KISCSI_STEP_ENDED,
};

/**
 * struct kiscsi_login - one login; about 35 KiB, so not on a stack
 * @cfg: the caller's
 * @params: the result, valid after KISCSI_LOGIN_DONE
 * @tsih: given by the target
 * @statsn: next StatSN expected, i.e. ExpStatSN of the first full-feature PDU
 * @cmdsn: CmdSN of the first full-feature command
 * @expcmdsn: of the last response
 * @maxcmdsn: of the last response: the command window counts from here on
 * @status_class: of the response that ended it
 * @status_detail: likewise
 * @permanent: the redirection is permanent (detail 2), not temporary
 * @redirect: TargetAddress as sent: "host[:port][,tpgt]", v6 in brackets
 * @redirect_given: @redirect holds one
 * @chap_used: the AuthMethod that came out was CHAP
 * @chap_alg: enum kiscsi_chap_alg the target chose, 0 before it has. tgt takes 7, SHA-256, for
 *	SHA1 and then refuses the right answer with status 0x0200
 * @error: one line for a person, without newline, printable ASCII whatever the target sent
 *
 * The rest is login.c's. Holds challenges but no secrets; kiscsi_login_wipe() clears all.
 */
struct kiscsi_login {
	const struct kiscsi_login_config *cfg;
	struct kiscsi_params params;
	u16 tsih;
	u32 statsn;
	u32 cmdsn;
	u32 expcmdsn;
	u32 maxcmdsn;
	u8 status_class;
	u8 status_detail;
	bool permanent;
	bool redirect_given;
	bool chap_used;
	u8 chap_alg;
	char redirect[KISCSI_ADDRESS_MAX + 1];
	char error[256];

	enum kiscsi_login_step step;
	u8 csg;
	bool transit;			/* the request to send asks for the next stage */
	bool statsn_known;
	bool collecting;		/* more of rx is to come, C bit */
	bool auth_answered;		/* the target answered AuthMethod */
	bool verified;			/* mutual CHAP: the target is who it says */
	bool disputed;			/* tx answers a proposal otherwise than it was made */
	u32 requests;
	u32 tx_sent;			/* bytes of tx that were acknowledged, C bit */
	struct kiscsi_negotiation neg;
	struct kiscsi_chap chap;
	struct kiscsi_text tx;
	struct kiscsi_text rx;
	char tx_buf[KISCSI_LOGIN_TEXT_MAX];
	char rx_buf[KISCSI_LOGIN_TEXT_MAX];
};

/**
 * kiscsi_login_start() - begin: builds the first request
 *
 * Return: KISCSI_LOGIN_SEND, or KISCSI_LOGIN_ERROR with l->error (a configuration that cannot be).
 */
enum kiscsi_login_result kiscsi_login_start(struct kiscsi_login *l,
					    const struct kiscsi_login_config *cfg);

/**
 * kiscsi_login_request() - the PDU to send now
 * @l: the login; valid after a result of KISCSI_LOGIN_SEND
 * @bhs: filled
 * @data: set to the data segment, inside @l, without padding
 * @len: set to its length, at most 8192; the caller pads on the wire
 */
void kiscsi_login_request(struct kiscsi_login *l, struct kiscsi_bhs *bhs, const void **data,
			  u32 *len);

/**
 * kiscsi_login_feed() - take a PDU of the target's
 * @l: the login
 * @bhs: as received; anything but a Login Response (or a Reject) is an error
 * @data: the data segment, without padding
 * @len: its length; over KISCSI_LOGIN_DSL is an error
 */
enum kiscsi_login_result kiscsi_login_feed(struct kiscsi_login *l, const struct kiscsi_bhs *bhs,
					   const void *data, u32 len);

/** kiscsi_login_wipe() - clear everything, challenges included */
void kiscsi_login_wipe(struct kiscsi_login *l);

/** kiscsi_login_status_text() - RFC 7143 section 11.13.5's words for a status, never NULL */
const char *kiscsi_login_status_text(u8 status_class, u8 status_detail);

#endif
