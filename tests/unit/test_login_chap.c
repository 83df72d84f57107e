// SPDX-License-Identifier: GPL-2.0
/*
 * The security negotiation of a login, RFC 7143 section 12.1.3 and appendix C.
 */
#include <stdlib.h>

#include "peer.h"

static void auth_method(void)
{
	struct peer p;

	peer_begin(&p);
	FAILS(peer_answer(&p, SEC, "AuthMethod=CHAP\n"), "AuthMethod: \"CHAP\": was never offered");
	peer_end(&p);
	peer_begin(&p);
	FAILS(peer_answer(&p, T | SEC | TO_OP, "AuthMethod=None,CHAP\n"), "was never offered");
	peer_end(&p);
	peer_begin(&p);
	FAILS(peer_answer(&p, T | SEC | TO_OP, "AuthMethod=KRB5\n"), "was never offered");
	peer_end(&p);
	peer_begin(&p);
	EQ(peer_answer(&p, SEC, "AuthMethod=Reject\n"), KISCSI_LOGIN_AUTH);
	HAS(p.l->error, "no credentials");
	peer_end(&p);
	peer_begin(&p);
	FAILS(peer_answer(&p, SEC, "CHAP_A=5\nCHAP_I=1\nCHAP_C=0x00\n"), "CHAP is not under way");
	peer_end(&p);

	peer_begin_chap(&p, false);
	FAILS(peer_answer(&p, SEC, "AuthMethod=None\n"), "was never offered; CHAP was");
	peer_end(&p);
	peer_begin_chap(&p, false);
	FAILS(peer_answer(&p, SEC, ""), "no answer to CHAP");
	peer_end(&p);
	peer_begin_chap(&p, false);
	EQ(peer_answer(&p, SEC, "AuthMethod=Reject\n"), KISCSI_LOGIN_AUTH);
	peer_check_error(p.l);
	peer_end(&p);
	peer_begin_chap(&p, false);
	FAILS(peer_answer(&p, T | SEC | TO_OP, "AuthMethod=CHAP\n"), "without being asked");
	peer_end(&p);
	peer_begin_chap(&p, false);
	FAILS(peer_answer(&p, SEC, "AuthMethod=CHAP\nAuthMethod=CHAP\n"), "twice");
	peer_end(&p);
}

#define CHALLENGE "CHAP_A=7\nCHAP_I=90\nCHAP_C=0x000102030405060708090a0b0c0d0e0f\n"
#define RESPONSE "CHAP_N=joe\nCHAP_R=" \
	"0xc743ea1b59561ea57083fdad1272db97ba019e01a30b8b6ab72bed501c627e5f\n"
#define PROOF "CHAP_N=target\nCHAP_R=" \
	"0xd55cf8af261a7a03df0390f4fd1b37c77a08cc8d1955a2a5bed2ceaf42468afb\n"
#define A5_32 "a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5"

static void begin_challenged(struct peer *p, bool mutual)
{
	peer_begin_chap(p, mutual);
	EQ(peer_answer(p, SEC, "AuthMethod=CHAP\n"), KISCSI_LOGIN_SEND);
	EQ(peer_answer(p, SEC, CHALLENGE), KISCSI_LOGIN_SEND);
}

static void chap(void)
{
	struct peer p;

	peer_begin_chap(&p, false);
	peer_expect(&p, SEC, HELLO "AuthMethod=CHAP\n");
	EQ(peer_answer(&p, SEC, "TargetPortalGroupTag=1\nAuthMethod=CHAP\n"), KISCSI_LOGIN_SEND);
	peer_expect(&p, SEC, "CHAP_A=8,7,6,5\n");
	EQ(peer_answer(&p, SEC, CHALLENGE), KISCSI_LOGIN_SEND);
	peer_expect(&p, T | SEC | TO_OP, RESPONSE);
	EQ(peer_answer(&p, T | SEC | TO_OP, ""), KISCSI_LOGIN_SEND);
	peer_expect(&p, T | OP | TO_FULL, OFFER);
	EQ(peer_answer(&p, T | OP | TO_FULL, ""), KISCSI_LOGIN_DONE);
	YES(p.l->chap_used);
	peer_end(&p);
}

static void chap_mutual(void)
{
	struct peer p;

	begin_challenged(&p, true);
	peer_expect(&p, T | SEC | TO_OP, RESPONSE "CHAP_I=165\nCHAP_C=0x" A5_32 "\n");
	EQ(peer_answer(&p, T | SEC | TO_OP, PROOF), KISCSI_LOGIN_SEND);
	peer_expect(&p, T | OP | TO_FULL, OFFER);
	peer_end(&p);

	/* the proof in a PDU of its own */
	begin_challenged(&p, true);
	EQ(peer_answer(&p, SEC, ""), KISCSI_LOGIN_SEND);
	peer_expect(&p, T | SEC | TO_OP, "");
	EQ(peer_answer(&p, SEC, PROOF), KISCSI_LOGIN_SEND);
	peer_expect(&p, T | SEC | TO_OP, "");
	EQ(peer_answer(&p, T | SEC | TO_OP, ""), KISCSI_LOGIN_SEND);
	peer_end(&p);

	/* and in pieces */
	begin_challenged(&p, true);
	EQ(peer_answer(&p, C | SEC, "CHAP_N=tar"), KISCSI_LOGIN_SEND);
	peer_expect(&p, SEC, "");
	EQ(peer_answer(&p, SEC, strstr(PROOF, "get")), KISCSI_LOGIN_SEND);
	peer_expect(&p, T | SEC | TO_OP, "");
	EQ(peer_answer(&p, T | SEC | TO_FULL, ""), KISCSI_LOGIN_DONE);
	peer_end(&p);
}

#define AUTH_FAILS(call, part)			\
	do {					\
		ENDS(call, KISCSI_LOGIN_AUTH, part);	\
		peer_end(&p);			\
	} while (0)

static void chap_mutual_fails(void)
{
	static const char *const wrong = "CHAP_N=target\nCHAP_R="
		"0xd55cf8af261a7a03df0390f4fd1b37c77a08cc8d1955a2a5bed2ceaf42468afa\n";
	struct peer p;

	begin_challenged(&p, true);
	AUTH_FAILS(peer_answer(&p, T | SEC | TO_OP, wrong), "does not know the mutual CHAP secret");
	begin_challenged(&p, true);
	AUTH_FAILS(peer_answer(&p, SEC, wrong), "does not know the mutual CHAP secret");
	/* our own response sent back to us */
	begin_challenged(&p, true);
	AUTH_FAILS(peer_answer(&p, T | SEC | TO_OP, RESPONSE), "mutual CHAP");
	/* moving on without a proof, to either stage */
	begin_challenged(&p, true);
	AUTH_FAILS(peer_answer(&p, T | SEC | TO_OP, ""), "did not answer our CHAP challenge");
	begin_challenged(&p, true);
	AUTH_FAILS(peer_answer(&p, T | SEC | TO_FULL, ""), "did not answer our CHAP challenge");
	begin_challenged(&p, true);
	AUTH_FAILS(peer_answer(&p, T | SEC | TO_OP, "CHAP_N=target\n"), "did not answer");
	/* our challenge is already known to the target before it is sent */
	peer_begin_chap(&p, true);
	EQ(peer_answer(&p, SEC, "AuthMethod=CHAP\n"), KISCSI_LOGIN_SEND);
	FAILS(peer_answer(&p, SEC, "CHAP_A=7\nCHAP_I=1\nCHAP_C=0x" A5_32 "\n"), "reflection");
	peer_end(&p);
	begin_challenged(&p, false);
	FAILS(peer_answer(&p, T | SEC | TO_OP, PROOF),
	      "CHAP_N: \"target\": was sent without a challenge");
	peer_end(&p);
}

static void chap_fails(void)
{
	struct peer p;

	peer_begin_chap(&p, false);
	peer_answer(&p, SEC, "AuthMethod=CHAP\n");
	FAILS(peer_answer(&p, SEC, "CHAP_A=9\nCHAP_I=1\nCHAP_C=0x00\n"),
	      "CHAP_A: \"9\": was never offered");
	peer_end(&p);
	peer_begin_chap(&p, false);
	peer_answer(&p, SEC, "AuthMethod=CHAP\n");
	AUTH_FAILS(peer_answer(&p, SEC, "CHAP_A=Reject\n"), "none of the offered CHAP algorithms");
	peer_begin_chap(&p, false);
	peer_answer(&p, SEC, "AuthMethod=CHAP\n");
	FAILS(peer_answer(&p, SEC, "CHAP_A=5\nCHAP_I=1\n"), "no CHAP challenge");
	peer_end(&p);
	peer_begin_chap(&p, false);
	peer_answer(&p, SEC, "AuthMethod=CHAP\n");
	FAILS(peer_answer(&p, SEC, ""), "CHAP_A");
	peer_end(&p);
	peer_begin_chap(&p, false);
	peer_answer(&p, SEC, "AuthMethod=CHAP\n");
	FAILS(peer_answer(&p, SEC, "CHAP_C=hello\n"), "CHAP_C: \"hello\": want a hex or base64");
	peer_end(&p);
	peer_begin_chap(&p, false);
	p.state.fail_digest = KISCSI_CHAP_SHA256;
	peer_answer(&p, SEC, "AuthMethod=CHAP\n");
	FAILS(peer_answer(&p, SEC, CHALLENGE), "cannot be computed here");
	peer_end(&p);
	/* the usual end of a wrong secret */
	begin_challenged(&p, false);
	peer_prepare(&p, SEC);
	p.rsp.status_class = 2;
	p.rsp.status_detail = 1;
	AUTH_FAILS(peer_send(&p, ""),
		   "refused the login during CHAP with SHA-256: authentication failure");
}

/* another status in the middle of it: which algorithm it was is there for whoever wants to know */
static void chap_given_up(void)
{
	struct peer p;

	begin_challenged(&p, false);
	peer_prepare(&p, SEC);
	p.rsp.status_class = 2;
	EQ(p.l->chap_alg, KISCSI_CHAP_SHA256);
	ENDS(peer_send(&p, ""), KISCSI_LOGIN_REFUSED,
	     "during CHAP with SHA-256: initiator error (status 0x0200)");
	peer_end(&p);

	peer_begin_chap(&p, false);
	EQ(peer_answer(&p, SEC, "AuthMethod=CHAP\n"), KISCSI_LOGIN_SEND);
	peer_prepare(&p, SEC);
	p.rsp.status_class = 2;
	EQ(p.l->chap_alg, 0);
	ENDS(peer_send(&p, ""), KISCSI_LOGIN_REFUSED, "during CHAP: initiator error");
	peer_end(&p);

	/* and no word of CHAP when it is over */
	begin_challenged(&p, false);
	EQ(peer_answer(&p, T | SEC | TO_OP, ""), KISCSI_LOGIN_SEND);
	peer_prepare(&p, OP);
	p.rsp.status_class = 2;
	ENDS(peer_send(&p, ""), KISCSI_LOGIN_REFUSED, "the target refused the login: initiator");
	peer_end(&p);
}

static void chap_with_other_keys(void)
{
	struct peer p;

	peer_begin_chap(&p, false);
	EQ(peer_answer(&p, SEC, "X-a=b\nAuthMethod=CHAP\n"), KISCSI_LOGIN_SEND);
	peer_expect(&p, SEC, "X-a=NotUnderstood\nCHAP_A=8,7,6,5\n");
	EQ(peer_answer(&p, SEC, CHALLENGE "CHAP_X=1\n"), KISCSI_LOGIN_SEND);
	peer_expect(&p, T | SEC | TO_OP, "CHAP_X=NotUnderstood\n" RESPONSE);
	EQ(peer_answer(&p, T | SEC | TO_FULL, "X-c=d\n"), KISCSI_LOGIN_DONE);
	peer_end(&p);
}

static void wiping(void)
{
	struct kiscsi_login *zero = calloc(1, sizeof(*zero));
	struct peer p;

	begin_challenged(&p, true);
	kiscsi_login_wipe(p.l);
	EQ(memcmp(p.l, zero, sizeof(*zero)), 0);
	free(zero);
	peer_end(&p);
}

UNIT_SUITE(login_chap,
	{ "AuthMethod", auth_method },
	{ "CHAP", chap },
	{ "mutual CHAP", chap_mutual },
	{ "mutual CHAP fails", chap_mutual_fails },
	{ "CHAP fails", chap_fails },
	{ "CHAP given up by the target", chap_given_up },
	{ "CHAP with other keys", chap_with_other_keys },
	{ "wiping", wiping })
