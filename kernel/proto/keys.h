/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Operational keys, RFC 7143 section 13, and how each is negotiated: one table in keys.c.
 */
#ifndef KISCSI_PROTO_KEYS_H
#define KISCSI_PROTO_KEYS_H

#include "env.h"
#include "pdu.h"
#include "text.h"

enum kiscsi_digest {
	KISCSI_DIGEST_NONE	= 0,
	KISCSI_DIGEST_CRC32C	= 1,
};

/* most R2Ts of one task that may be outstanding: what a task has room for */
#define KISCSI_MAX_R2T		8
#define KISCSI_MAX_CONNECTIONS	64
/* seconds that a target may want to be left alone after a failure */
#define KISCSI_TIME2WAIT_MAX	3600

/* a digest preference list: enum kiscsi_digest values, first preferred */
#define KISCSI_DIGEST_LIST_MAX	2

/**
 * struct kiscsi_offer - what we ask for in a login
 *
 * Fixed before the login begins. Sizes are in bytes. Numbers are checked by
 * kiscsi_offer_check() against the RFC's ranges.
 */
struct kiscsi_offer {
	u8 header_digest[KISCSI_DIGEST_LIST_MAX];
	u8 header_digests;		/* how many of them */
	u8 data_digest[KISCSI_DIGEST_LIST_MAX];
	u8 data_digests;
	bool initial_r2t;
	bool immediate_data;
	u16 max_connections;
	u16 max_outstanding_r2t;
	u16 default_time2wait;		/* seconds */
	u16 default_time2retain;	/* seconds */
	u8 error_recovery_level;
	u32 max_recv_dsl;		/* MaxRecvDataSegmentLength we declare */
	u32 max_burst_length;
	u32 first_burst_length;
};

/**
 * struct kiscsi_params - what holds after the login
 *
 * The header of the table in RFC 7143 section 13 gives the defaults that kiscsi_params_init() sets.
 */
struct kiscsi_params {
	u8 header_digest;		/* enum kiscsi_digest, connection-wide */
	u8 data_digest;
	bool initial_r2t;
	bool immediate_data;
	bool data_pdu_in_order;
	bool data_sequence_in_order;
	u16 max_connections;
	u16 max_outstanding_r2t;
	u16 time2wait;
	u16 time2retain;
	u16 tpgt;			/* TargetPortalGroupTag */
	bool tpgt_known;
	u8 error_recovery_level;
	u32 max_recv_dsl;		/* most we may be sent in one PDU */
	u32 max_xmit_dsl;		/* most the target takes in one PDU, in whole words */
	u32 max_burst_length;
	u32 first_burst_length;
	char target_alias[KISCSI_VALUE_MAX + 1];
};

/** kiscsi_offer_init() - the offer of a person who set nothing */
void kiscsi_offer_init(struct kiscsi_offer *offer);

/** kiscsi_offer_check() - NULL if every number is in its range, else the first key that is not */
const char *kiscsi_offer_check(const struct kiscsi_offer *offer);

/** kiscsi_params_init() - the RFC's defaults */
void kiscsi_params_init(struct kiscsi_params *params);

/**
 * enum kiscsi_key_result - what became of a key the target sent
 * @KISCSI_KEY_OK: taken (or a declaration we pass over, such as TargetAlias)
 * @KISCSI_KEY_ANSWERED: it was the target's own proposal; our answer was appended to @reply
 * @KISCSI_KEY_UNKNOWN: not in the table; "NotUnderstood" was appended to @reply
 * @KISCSI_KEY_BAD: out of range, never offered, ill-formed or not allowed here; @why says which
 */
enum kiscsi_key_result {
	KISCSI_KEY_OK,
	KISCSI_KEY_ANSWERED,
	KISCSI_KEY_UNKNOWN,
	KISCSI_KEY_BAD,
};

/**
 * struct kiscsi_negotiation - operational negotiation under way
 * @offer: what we ask for; the caller's, read only
 * @params: the result so far
 * @offered: bit per table row: we have proposed or declared it
 * @settled: bit per table row: the target has answered, or we have answered the target; a second
 *	occurrence is an error (section 6.3: no renegotiation)
 * @discovery: a discovery session: keys that do not apply are not offered, and Irrelevant when
 *	asked for
 * @leading: first connection of the session: session-wide keys are negotiated
 * @disputed: the last answer appended to a reply differs from what the target proposed, so the
 *	negotiation cannot end before the target has read it
 */
struct kiscsi_negotiation {
	const struct kiscsi_offer *offer;
	struct kiscsi_params *params;
	u32 offered;
	u32 settled;
	bool discovery;
	bool leading;
	bool disputed;
};

/** kiscsi_keys_offer() - append all our proposals and declarations to @t; 0 or -ENOSPC */
int kiscsi_keys_offer(struct kiscsi_negotiation *n, struct kiscsi_text *t);

/**
 * kiscsi_keys_feed() - take one operational key=value of the target's
 * @n: the negotiation
 * @key: from kiscsi_text_next()
 * @value: from kiscsi_text_next()
 * @reply: where an answer goes
 * @why: set to a static text when KISCSI_KEY_BAD is returned
 */
enum kiscsi_key_result kiscsi_keys_feed(struct kiscsi_negotiation *n, const char *key,
					const char *value, struct kiscsi_text *reply,
					const char **why);

/**
 * kiscsi_keys_unanswered() - a key the target left open and whose default will not do, or NULL
 *
 * Section 6.2 wants an answer to every proposal; targets that skip some, or the whole operational
 * stage, are taken when the RFC's default is a value the offer could have led to anyway.
 */
const char *kiscsi_keys_unanswered(const struct kiscsi_negotiation *n);

/**
 * kiscsi_keys_finish() - settle what depends on two keys, after the last one
 *
 * FirstBurstLength must not exceed MaxBurstLength (section 13.14). Of the target's
 * MaxRecvDataSegmentLength only whole words are used (section 11.7.7).
 *
 * Return: NULL, or a static text that says what the target did wrong.
 */
const char *kiscsi_keys_finish(struct kiscsi_negotiation *n);

/** kiscsi_digest_name() - "None", "CRC32C" or "?" */
const char *kiscsi_digest_name(u8 digest);

#endif
