// SPDX-License-Identifier: GPL-2.0
/*
 * Whole logins, RFC 7143 section 6.3 and appendix C.
 */
#include "peer.h"

static void normal(void)
{
	struct peer p;

	peer_begin(&p);
	peer_expect(&p, T | SEC | TO_OP, HELLO "AuthMethod=None\n");
	EQ(peer_answer(&p, T | SEC | TO_OP,
		       "TargetPortalGroupTag=7\nTargetAlias=disks\nAuthMethod=None\n"),
	   KISCSI_LOGIN_SEND);
	peer_expect(&p, T | OP | TO_FULL, OFFER);
	EQ(peer_answer(&p, T | OP | TO_FULL,
		  "HeaderDigest=CRC32C\nDataDigest=None\nMaxRecvDataSegmentLength=65536\n"
		  "InitialR2T=No\nImmediateData=Yes\nMaxBurstLength=262144\n"
		  "FirstBurstLength=65536\nMaxConnections=1\nMaxOutstandingR2T=1\n"
		  "DefaultTime2Wait=2\nDefaultTime2Retain=20\nErrorRecoveryLevel=0\n"
		  "DataPDUInOrder=Yes\nDataSequenceInOrder=Yes\n"),
	   KISCSI_LOGIN_DONE);
	EQ(p.l->tsih, 0x0a0b);
	EQ(p.l->statsn, 1);
	EQ(p.l->cmdsn, 0xfffffff0);
	EQ(p.l->expcmdsn, 0xfffffff0);
	EQ(p.l->maxcmdsn, 0x0000000f);
	EQ(p.l->params.header_digest, KISCSI_DIGEST_CRC32C);
	EQ(p.l->params.max_recv_dsl, 262144);
	EQ(p.l->params.max_xmit_dsl, 65536);
	EQ(p.l->params.initial_r2t, false);
	EQ(p.l->params.max_burst_length, 262144);
	EQ(p.l->params.tpgt, 7);
	YES(p.l->params.tpgt_known);
	STR(p.l->params.target_alias, "disks");
	STR(p.l->error, "");
	NO(p.l->chap_used);
	peer_end(&p);
}

static void every_byte_of_a_request(void)
{
	static const u8 want[48] = {
		0x43, 0x81, 0x00, 0x00, 0x00, 0x00, 0x00, 0x7d,
		0x80, 0x12, 0x34, 0x56, 0x78, 0x9a, 0x00, 0x00,
		0x12, 0x34, 0x56, 0x78, 0x07, 0x08, 0x00, 0x00,
		0xff, 0xff, 0xff, 0xf0, 0x00, 0x00, 0x00, 0x00,
	};
	struct kiscsi_bhs bhs;
	const void *data;
	struct peer p;
	u32 len;

	peer_begin(&p);
	memset(&bhs, 0xff, sizeof(bhs));
	kiscsi_login_request(p.l, &bhs, &data, &len);
	MEM(&bhs, sizeof(bhs), want, sizeof(want));
	MEM(data, len, "InitiatorName=" INITIATOR "\0TargetName=" TARGET
	    "\0SessionType=Normal\0AuthMethod=None", 125);
	/* asking again gives the same */
	kiscsi_login_request(p.l, &bhs, &data, &len);
	MEM(&bhs, sizeof(bhs), want, sizeof(want));

	EQ(peer_answer(&p, T | SEC | TO_OP, ""), KISCSI_LOGIN_SEND);
	kiscsi_login_request(p.l, &bhs, &data, &len);
	EQ(bhs.flags, 0x87);
	/* StatSN 0xffffffff was received: 0 is expected, and login requests use up no CmdSN */
	MEM((const u8 *)&bhs + 14, 2, "\0\0", 2);
	MEM((const u8 *)&bhs + 16, 16, "\x12\x34\x56\x78\x07\x08\0\0\xff\xff\xff\xf0\0\0\0\0", 16);
	peer_end(&p);

	peer_setup(&p);
	p.cfg.expstatsn = 0x01020304;
	p.cfg.tsih = 0x0506;
	p.cfg.initiator_alias = "host";
	EQ(kiscsi_login_start(p.l, &p.cfg), KISCSI_LOGIN_SEND);
	kiscsi_login_request(p.l, &bhs, &data, &len);
	MEM((const u8 *)&bhs + 14, 2, "\x05\x06", 2);
	MEM((const u8 *)&bhs + 28, 4, "\x01\x02\x03\x04", 4);
	peer_expect(&p, T | SEC | TO_OP, "InitiatorName=" INITIATOR "\nInitiatorAlias=host\n"
		    "TargetName=" TARGET "\nAuthMethod=None\n");
	peer_end(&p);
}

static void discovery(void)
{
	struct peer p;

	peer_setup(&p);
	p.cfg.target_name = NULL;
	p.tsih = 0;
	EQ(kiscsi_login_start(p.l, &p.cfg), KISCSI_LOGIN_SEND);
	peer_expect(&p, T | SEC | TO_OP,
	       "InitiatorName=" INITIATOR "\nSessionType=Discovery\nAuthMethod=None\n");
	EQ(peer_answer(&p, T | SEC | TO_OP, "TargetPortalGroupTag=1\nAuthMethod=None\n"),
	   KISCSI_LOGIN_SEND);
	peer_expect(&p, T | OP | TO_FULL,
	       "HeaderDigest=None\nDataDigest=None\nMaxRecvDataSegmentLength=262144\n");
	EQ(peer_answer(&p, T | OP | TO_FULL, "HeaderDigest=None\nDataDigest=None\n"
		  "MaxRecvDataSegmentLength=8192\nMaxConnections=1\nDefaultTime2Retain=20\n"),
	   KISCSI_LOGIN_DONE);
	EQ(p.l->tsih, 0);
	EQ(p.l->params.max_recv_dsl, 262144);
	peer_end(&p);
}

static void later_connection(void)
{
	struct peer p;

	peer_setup(&p);
	p.cfg.tsih = 0x0a0b;
	EQ(kiscsi_login_start(p.l, &p.cfg), KISCSI_LOGIN_SEND);
	peer_expect(&p, T | SEC | TO_OP, "InitiatorName=" INITIATOR "\nTargetName=" TARGET
	       "\nAuthMethod=None\n");
	EQ(peer_answer(&p, T | SEC | TO_OP, "AuthMethod=None\n"), KISCSI_LOGIN_SEND);
	peer_expect(&p, T | OP | TO_FULL, "HeaderDigest=None,CRC32C\nDataDigest=None,CRC32C\n"
	       "MaxRecvDataSegmentLength=262144\n");
	EQ(peer_answer(&p, T | OP | TO_FULL, "HeaderDigest=None\nDataDigest=CRC32C\n"),
	   KISCSI_LOGIN_DONE);
	EQ(p.l->tsih, 0x0a0b);
	EQ(p.l->params.data_digest, KISCSI_DIGEST_CRC32C);
	peer_end(&p);

	peer_setup(&p);
	p.cfg.tsih = 0x0a0b;
	p.tsih = 0x0a0c;
	EQ(kiscsi_login_start(p.l, &p.cfg), KISCSI_LOGIN_SEND);
	EQ(peer_answer(&p, T | SEC | TO_OP, ""), KISCSI_LOGIN_SEND);
	FAILS(peer_answer(&p, T | OP | TO_FULL, ""), "TSIH");
	peer_end(&p);
}

/* answers that targets give in another shape than the usual one */
static void other_shapes(void)
{
	struct peer p;

	/* no AuthMethod, nothing answered at all */
	peer_begin(&p);
	EQ(peer_answer(&p, T | SEC | TO_OP, ""), KISCSI_LOGIN_SEND);
	EQ(peer_answer(&p, T | OP | TO_FULL, ""), KISCSI_LOGIN_DONE);
	EQ(p.l->params.max_burst_length, 262144);
	EQ(p.l->params.initial_r2t, true);
	peer_end(&p);

	/* T only when asked a second time, in both stages */
	peer_begin(&p);
	EQ(peer_answer(&p, SEC, "AuthMethod=None\n"), KISCSI_LOGIN_SEND);
	peer_expect(&p, T | SEC | TO_OP, "");
	EQ(peer_answer(&p, T | SEC | TO_OP, ""), KISCSI_LOGIN_SEND);
	EQ(peer_answer(&p, OP, "InitialR2T=Yes\n"), KISCSI_LOGIN_SEND);
	peer_expect(&p, T | OP | TO_FULL, "");
	EQ(peer_answer(&p, T | OP | TO_FULL, "ImmediateData=No\n"), KISCSI_LOGIN_DONE);
	EQ(p.l->params.immediate_data, false);
	peer_end(&p);

	/* straight from the first stage to the full-feature phase: the defaults hold */
	peer_begin(&p);
	EQ(peer_answer(&p, T | SEC | TO_FULL, "AuthMethod=None\n"), KISCSI_LOGIN_DONE);
	EQ(p.l->tsih, 0x0a0b);
	EQ(p.l->params.max_recv_dsl, 8192);
	EQ(p.l->params.max_xmit_dsl, 8192);
	EQ(p.l->params.first_burst_length, 65536);
	peer_end(&p);

	/* but not those that were ruled out */
	peer_setup(&p);
	p.offer.data_digest[0] = KISCSI_DIGEST_CRC32C;
	p.offer.data_digests = 1;
	EQ(kiscsi_login_start(p.l, &p.cfg), KISCSI_LOGIN_SEND);
	FAILS(peer_answer(&p, T | SEC | TO_FULL, "AuthMethod=None\n"),
	      "DataDigest: the target gave no");
	peer_end(&p);
}

static void target_proposes(void)
{
	struct peer p;

	/* in the first stage: answered in the next request, and not offered again */
	peer_begin(&p);
	EQ(peer_answer(&p, T | SEC | TO_OP, "MaxConnections=4\nX-com.example.a=b\nOFMarker=Yes\n"),
	   KISCSI_LOGIN_SEND);
	peer_expect(&p, T | OP | TO_FULL,
	       "MaxConnections=1\nX-com.example.a=NotUnderstood\nOFMarker=No\n"
	       "HeaderDigest=None,CRC32C\nDataDigest=None,CRC32C\n"
	       "MaxRecvDataSegmentLength=262144\nInitialR2T=No\nImmediateData=Yes\n"
	       "MaxBurstLength=16776192\nFirstBurstLength=262144\n"
	       "MaxOutstandingR2T=8\nDefaultTime2Wait=2\nDefaultTime2Retain=20\n"
	       "ErrorRecoveryLevel=0\nDataPDUInOrder=Yes\nDataSequenceInOrder=Yes\n");
	/* in the second: answered before it ends */
	EQ(peer_answer(&p, OP, "IFMarkInt=2048\nX-com.example.c=d\n"), KISCSI_LOGIN_SEND);
	peer_expect(&p, T | OP | TO_FULL, "IFMarkInt=Reject\nX-com.example.c=NotUnderstood\n");
	EQ(peer_answer(&p, T | OP | TO_FULL, ""), KISCSI_LOGIN_DONE);
	peer_end(&p);

	/* with the last response: harmless when our answer would be the same or is not needed */
	peer_begin_operational(&p);
	EQ(peer_answer(&p, T | OP | TO_FULL,
		       "X-com.example.a=b\nIFMarker=No\niSCSIProtocolLevel=1\n"),
	   KISCSI_LOGIN_DONE);
	peer_end(&p);

	peer_begin_operational(&p);
	FAILS(peer_answer(&p, T | OP | TO_FULL, "OFMarker=Yes\n"), "before our answer");
	peer_end(&p);
}

static void window(void)
{
	struct peer p;

	peer_begin(&p);
	peer_prepare(&p, T | SEC | TO_OP);
	p.rsp.maxcmdsn = cpu_to_be32(p.cfg.cmdsn + 127);
	EQ(peer_send(&p, ""), KISCSI_LOGIN_SEND);
	EQ(p.l->maxcmdsn, p.cfg.cmdsn + 127);
	/* the last response counts, even when it takes back */
	peer_prepare(&p, T | OP | TO_FULL);
	p.rsp.maxcmdsn = cpu_to_be32(p.cfg.cmdsn + 3);
	EQ(peer_send(&p, ""), KISCSI_LOGIN_DONE);
	EQ(p.l->expcmdsn, p.cfg.cmdsn);
	EQ(p.l->maxcmdsn, p.cfg.cmdsn + 3);
	peer_end(&p);

	/* closed: MaxCmdSN is ExpCmdSN - 1 */
	peer_begin_operational(&p);
	peer_prepare(&p, T | OP | TO_FULL);
	p.rsp.maxcmdsn = cpu_to_be32(p.cfg.cmdsn - 1);
	EQ(peer_send(&p, ""), KISCSI_LOGIN_DONE);
	EQ(p.l->maxcmdsn, p.cfg.cmdsn - 1);
	peer_end(&p);

	/* section 4.2.2.1: ending before that, it is to be passed over */
	peer_begin_operational(&p);
	peer_prepare(&p, T | OP | TO_FULL);
	p.rsp.expcmdsn = cpu_to_be32(p.cfg.cmdsn + 1);
	p.rsp.maxcmdsn = cpu_to_be32(p.cfg.cmdsn - 1);
	EQ(peer_send(&p, ""), KISCSI_LOGIN_DONE);
	EQ(p.l->expcmdsn, p.cfg.cmdsn);
	EQ(p.l->maxcmdsn, p.cfg.cmdsn + 31);
	peer_end(&p);
}

/* the target's text in pieces, cut at every byte; the pieces are asked for with empty requests */
static void target_continues(void)
{
	static const char text[] =
		"HeaderDigest=CRC32C\nMaxBurstLength=65536\nFirstBurstLength=512\n"
		"InitialR2T=No\nX-com.example.a=b\n";
	char piece[sizeof(text)];
	struct peer p;
	size_t cut;

	for (cut = 0; cut < sizeof(text); cut++) {
		peer_begin_operational(&p);
		memcpy(piece, text, cut);
		piece[cut] = '\0';
		EQ(peer_answer(&p, C | OP, piece), KISCSI_LOGIN_SEND);
		peer_expect(&p, OP, "");
		EQ(peer_answer(&p, C | OP, ""), KISCSI_LOGIN_SEND);
		peer_expect(&p, OP, "");
		EQ(peer_answer(&p, OP, text + cut), KISCSI_LOGIN_SEND);
		peer_expect(&p, T | OP | TO_FULL, "X-com.example.a=NotUnderstood\n");
		EQ(peer_answer(&p, T | OP | TO_FULL, ""), KISCSI_LOGIN_DONE);
		EQ(p.l->params.header_digest, KISCSI_DIGEST_CRC32C);
		EQ(p.l->params.max_burst_length, 65536);
		EQ(p.l->params.first_burst_length, 512);
		EQ(p.l->params.initial_r2t, false);
		peer_end(&p);
	}
}

static void target_continues_wrongly(void)
{
	static char big[KISCSI_LOGIN_DSL + 1];
	struct peer p;

	peer_begin_operational(&p);
	FAILS(peer_answer(&p, T | C | OP | TO_FULL, ""), "both T and C");
	peer_end(&p);

	/* T in the answer to an empty request, which did not ask for it */
	peer_begin_operational(&p);
	EQ(peer_answer(&p, C | OP, "InitialR2T="), KISCSI_LOGIN_SEND);
	FAILS(peer_answer(&p, T | OP | TO_FULL, "No\n"), "without being asked");
	peer_end(&p);

	/* more than a batch may be */
	memset(big, 'A', KISCSI_LOGIN_DSL);
	peer_begin_operational(&p);
	EQ(peer_answer(&p, C | OP, big), KISCSI_LOGIN_SEND);
	EQ(peer_answer(&p, C | OP, big), KISCSI_LOGIN_SEND);
	FAILS(peer_answer(&p, C | OP, "A"), "more than 16384 bytes");
	peer_end(&p);

	/* and never an end */
	peer_begin_operational(&p);
	while (peer_answer(&p, C | OP, "") == KISCSI_LOGIN_SEND)
		;
	HAS(p.l->error, "no end after 64");
	peer_check_error(p.l);
	peer_end(&p);
}

/* many unknown keys make an answer of more than 8192 bytes, which goes out in pieces */
static void we_continue(void)
{
	static char text[KISCSI_LOGIN_DSL + 1], all[2 * KISCSI_LOGIN_DSL];
	struct kiscsi_bhs bhs;
	const void *data;
	struct peer p;
	u32 len, at, i;

	for (i = 0, at = 0; i < 500; i++)
		at += sprintf(text + at, "X-%03u=1\n", i);
	peer_begin_operational(&p);
	EQ(peer_answer(&p, OP, text), KISCSI_LOGIN_SEND);
	kiscsi_login_request(p.l, &bhs, &data, &len);
	EQ(bhs.flags, C | OP);
	EQ(len, 8192);
	memcpy(all, data, len);
	EQ(peer_answer(&p, OP, ""), KISCSI_LOGIN_SEND);
	kiscsi_login_request(p.l, &bhs, &data, &len);
	EQ(bhs.flags, T | OP | TO_FULL);
	EQ(len, 500 * sizeof("X-000=NotUnderstood") - 8192);
	memcpy(all + 8192, data, len);
	for (i = 0, at = 0; i < 500; i++) {
		char want[32];

		sprintf(want, "X-%03u=NotUnderstood", i);
		STR(all + at, want);
		at += strlen(want) + 1;
	}
	EQ(peer_answer(&p, T | OP | TO_FULL, ""), KISCSI_LOGIN_DONE);
	peer_end(&p);

	/* text before our request is complete, or T */
	peer_begin_operational(&p);
	EQ(peer_answer(&p, OP, text), KISCSI_LOGIN_SEND);
	FAILS(peer_answer(&p, OP, "InitialR2T=No\n"), "before our request was complete");
	peer_end(&p);
	peer_begin_operational(&p);
	EQ(peer_answer(&p, OP, text), KISCSI_LOGIN_SEND);
	FAILS(peer_answer(&p, T | OP | TO_FULL, ""), "without being asked");
	peer_end(&p);
}

static void too_many_unknown_keys(void)
{
	static char text[KISCSI_LOGIN_DSL + 1];
	struct peer p;
	u32 at, i;

	for (i = 0, at = 0; i < 2000; i++)
		at += sprintf(text + at, "A=1\n");
	peer_begin_operational(&p);
	FAILS(peer_answer(&p, OP, text), "no room");
	peer_end(&p);
}

/* answers to unknown keys that fill all of our text: what has to follow them finds no room */
static void no_room_for_our_own(void)
{
	static char text[KISCSI_LOGIN_DSL + 1];
	struct peer p;
	u32 at, i;

	for (i = 0, at = 0; i < KISCSI_LOGIN_TEXT_MAX / sizeof("A=NotUnderstood"); i++)
		at += sprintf(text + at, "A=1\n");
	peer_begin(&p);
	FAILS(peer_answer(&p, T | SEC | TO_OP, text), "more text than a login request");
	peer_end(&p);
	peer_begin_chap(&p, false);
	strcat(text, "AuthMethod=CHAP\n");
	FAILS(peer_answer(&p, SEC, text), "more text than a login request");
	peer_end(&p);
}

static void never_ends(void)
{
	struct peer p;
	int n = 0;

	peer_begin_operational(&p);
	while (peer_answer(&p, OP, "") == KISCSI_LOGIN_SEND)
		n++;
	/* two requests were sent before the loop, and one more for each turn of it */
	EQ(n + 2, KISCSI_LOGIN_PDU_MAX);
	HAS(p.l->error, "no end after 64");
	peer_check_error(p.l);
	peer_end(&p);
}

UNIT_SUITE(login,
	{ "a normal session", normal },
	{ "every byte of a request", every_byte_of_a_request },
	{ "a discovery session", discovery },
	{ "a later connection", later_connection },
	{ "answers in other shapes", other_shapes },
	{ "the target proposes", target_proposes },
	{ "the command window", window },
	{ "the target's text over several PDUs", target_continues },
	{ "the same, wrongly", target_continues_wrongly },
	{ "our text over several PDUs", we_continue },
	{ "more unknown keys than can be answered", too_many_unknown_keys },
	{ "no room for what we have to say", no_room_for_our_own },
	{ "a login that never ends", never_ends })
