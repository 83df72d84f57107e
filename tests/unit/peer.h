/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A login and its target, for tests of whole exchanges. The target is a list of what it is to see
 * and what it answers; it knows nothing of the protocol.
 */
#ifndef KISCSI_UNIT_PEER_H
#define KISCSI_UNIT_PEER_H

#include "login.h"
#include "unit.h"

#define ITT 0x12345678
#define INITIATOR "iqn.2001-04.com.example:initiator"
#define TARGET "iqn.2001-04.com.example:target"
#define HELLO "InitiatorName=" INITIATOR "\nTargetName=" TARGET "\nSessionType=Normal\n"
#define OFFER								\
	"HeaderDigest=None,CRC32C\nDataDigest=None,CRC32C\n"		\
	"MaxRecvDataSegmentLength=262144\nInitialR2T=No\nImmediateData=Yes\n"	\
	"MaxBurstLength=16776192\nFirstBurstLength=262144\nMaxConnections=1\n"	\
	"MaxOutstandingR2T=8\nDefaultTime2Wait=2\nDefaultTime2Retain=20\n"	\
	"ErrorRecoveryLevel=0\nDataPDUInOrder=Yes\nDataSequenceInOrder=Yes\n"

/* flags of byte 1: T, C, current and next stage */
#define T 0x80
#define C 0x40
#define SEC 0x00
#define OP 0x04
#define TO_OP 0x01
#define TO_FULL 0x03

/* one login and the target's side of its header fields */
struct peer {
	struct kiscsi_login *l;
	struct kiscsi_login_config cfg;
	struct kiscsi_offer offer;
	struct kiscsi_chap_cred cred;
	struct unit_crypto state;
	struct kiscsi_crypto crypto;
	struct kiscsi_login_rsp rsp;
	u32 statsn;
	u16 tsih;
};

/* ready to start, with None and the offer of a person who set nothing */
void peer_setup(struct peer *p);
/* started; with credentials; to where the operational keys are offered */
void peer_begin(struct peer *p);
void peer_use_chap(struct peer *p, bool mutual);
void peer_begin_chap(struct peer *p, bool mutual);
void peer_begin_operational(struct peer *p);
void peer_end(struct peer *p);

/* the request to be sent now must have these flags and this text, one pair a line */
void peer_expect(struct peer *p, u8 flags, const char *text);

/* p->rsp as a target would fill it that does everything right */
void peer_prepare(struct peer *p, u8 flags);
/* hands over p->rsp with @len bytes, in memory of exactly that size */
enum kiscsi_login_result peer_hand_over(struct peer *p, const void *bytes, u32 len);
/* the same with text, one pair a line */
enum kiscsi_login_result peer_send(struct peer *p, const char *text);
/* both: a response with these flags and this text */
enum kiscsi_login_result peer_answer(struct peer *p, u8 flags, const char *text);

/* an error that a person can be shown, and a login that is over */
void peer_check_error(const struct kiscsi_login *l);

/* @call must end the login @p with this result, and an error that has @part in it */
#define ENDS(call, result, part)					\
	do {							\
		EQ(call, result);				\
		HAS(p.l->error, part);				\
		peer_check_error(p.l);				\
	} while (0)
#define FAILS(call, part) ENDS(call, KISCSI_LOGIN_ERROR, part)

#endif
