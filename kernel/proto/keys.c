// SPDX-License-Identifier: GPL-2.0
/*
 * Negotiation of the operational keys: the table of RFC 7143 section 13, and the few rules of
 * section 6.2 that work on it.
 */
#include "keys.h"

enum key_type {
	BOOLEAN,	/* Yes or No, counted as 1 and 0 */
	NUMBER,
	DIGEST,		/* a list, in order of preference */
	DECLARED,	/* a number each side states for itself */
	ALIAS,		/* text for people, stated by the target */
	WORD,		/* a list of which we know one word */
	REFUSED,	/* obsolete: always answered Reject */
	PASSED,		/* a declaration that means nothing to us here */
	INITIATORS,	/* only we may send it */
};

/* result functions, section 6.2: on 1 and 0 the Boolean AND is the minimum, OR the maximum */
enum key_rule {
	NONE,
	MIN,
	MAX,
	AND = MIN,
	OR = MAX,
};

enum key_flags {
	OFFERED		= 1,	/* we propose or declare it */
	LEADING		= 2,	/* session-wide: on the leading connection only */
	IRRELEVANT	= 4,	/* in a discovery session */
	OURS_ALONE	= 8,	/* limits only what we send: less is always allowed */
};

/* a member of struct kiscsi_offer or kiscsi_params; @size 0: there is none */
struct field {
	u16 at;
	u16 size;
};

struct key {
	const char *name;
	enum key_type type;
	u32 min, max;
	u32 rfc_default;
	enum key_rule rule;
	u32 flags;
	struct field offer;
	struct field params;
	const char *want;
};

#define OFFER(m) { offsetof(struct kiscsi_offer, m), sizeof(((struct kiscsi_offer *)0)->m) }
#define PARAMS(m) { offsetof(struct kiscsi_params, m), sizeof(((struct kiscsi_params *)0)->m) }
#define NOWHERE { 0, 0 }
#define RANGE(lo, hi) lo, hi
#define YES_NO 0, 1
#define NORMAL (LEADING | IRRELEVANT)
#define ANY 0, 0

/* in the order we send them */
static const struct key keys[] = {
	{ "HeaderDigest", DIGEST, ANY, KISCSI_DIGEST_NONE, NONE, OFFERED,
	  OFFER(header_digest), PARAMS(header_digest), NULL },
	{ "DataDigest", DIGEST, ANY, KISCSI_DIGEST_NONE, NONE, OFFERED,
	  OFFER(data_digest), PARAMS(data_digest), NULL },
	{ "MaxRecvDataSegmentLength", DECLARED, RANGE(512, 16777215), 8192, NONE, OFFERED,
	  OFFER(max_recv_dsl), PARAMS(max_xmit_dsl), "want 512 to 16777215" },
	{ "InitialR2T", BOOLEAN, YES_NO, 1, OR, OFFERED | NORMAL,
	  OFFER(initial_r2t), PARAMS(initial_r2t), NULL },
	{ "ImmediateData", BOOLEAN, YES_NO, 1, AND, OFFERED | NORMAL,
	  OFFER(immediate_data), PARAMS(immediate_data), NULL },
	{ "MaxBurstLength", NUMBER, RANGE(512, 16777215), 262144, MIN, OFFERED | NORMAL,
	  OFFER(max_burst_length), PARAMS(max_burst_length), "want 512 to 16777215" },
	{ "FirstBurstLength", NUMBER, RANGE(512, 16777215), 65536, MIN,
	  OFFERED | NORMAL | OURS_ALONE,
	  OFFER(first_burst_length), PARAMS(first_burst_length), "want 512 to 16777215" },
	{ "MaxConnections", NUMBER, RANGE(1, 65535), 1, MIN, OFFERED | NORMAL,
	  OFFER(max_connections), PARAMS(max_connections), "want 1 to 65535" },
	{ "MaxOutstandingR2T", NUMBER, RANGE(1, 65535), 1, MIN, OFFERED | NORMAL,
	  OFFER(max_outstanding_r2t), PARAMS(max_outstanding_r2t), "want 1 to 65535" },
	{ "DefaultTime2Wait", NUMBER, RANGE(0, KISCSI_TIME2WAIT_MAX), 2, MAX, OFFERED | LEADING,
	  OFFER(default_time2wait), PARAMS(time2wait), "want 0 to 3600" },
	{ "DefaultTime2Retain", NUMBER, RANGE(0, 3600), 20, MIN, OFFERED | LEADING,
	  OFFER(default_time2retain), PARAMS(time2retain), "want 0 to 3600" },
	{ "ErrorRecoveryLevel", NUMBER, RANGE(0, 2), 0, MIN, OFFERED | LEADING,
	  OFFER(error_recovery_level), PARAMS(error_recovery_level), "want 0 to 2" },
	{ "DataPDUInOrder", BOOLEAN, YES_NO, 1, OR, OFFERED | NORMAL,
	  NOWHERE, PARAMS(data_pdu_in_order), NULL },
	{ "DataSequenceInOrder", BOOLEAN, YES_NO, 1, OR, OFFERED | NORMAL,
	  NOWHERE, PARAMS(data_sequence_in_order), NULL },

	{ "TargetPortalGroupTag", DECLARED, RANGE(0, 65535), 0, NONE, 0,
	  NOWHERE, PARAMS(tpgt), "want 0 to 65535" },
	{ "TargetAlias", ALIAS, ANY, 0, NONE, 0, NOWHERE, PARAMS(target_alias), NULL },
	{ "TargetName", PASSED, ANY, 0, NONE, 0, NOWHERE, NOWHERE, NULL },
	{ "TargetAddress", PASSED, ANY, 0, NONE, 0, NOWHERE, NOWHERE, NULL },
	{ "X#NodeArchitecture", PASSED, ANY, 0, NONE, 0, NOWHERE, NOWHERE, NULL },

	/* what a target may ask for and we leave at its default; section 13.25 for the markers */
	{ "TaskReporting", WORD, ANY, 0, NONE, NORMAL, NOWHERE, NOWHERE, "RFC3720" },
	{ "iSCSIProtocolLevel", NUMBER, RANGE(0, 31), 1, MIN, NORMAL,
	  NOWHERE, NOWHERE, "want 0 to 31" },
	{ "IFMarker", BOOLEAN, YES_NO, 0, AND, 0, NOWHERE, NOWHERE, NULL },
	{ "OFMarker", BOOLEAN, YES_NO, 0, AND, 0, NOWHERE, NOWHERE, NULL },
	{ "IFMarkInt", REFUSED, ANY, 0, NONE, 0, NOWHERE, NOWHERE, NULL },
	{ "OFMarkInt", REFUSED, ANY, 0, NONE, 0, NOWHERE, NOWHERE, NULL },

	{ "InitiatorName", INITIATORS, ANY, 0, NONE, 0, NOWHERE, NOWHERE, NULL },
	{ "InitiatorAlias", INITIATORS, ANY, 0, NONE, 0, NOWHERE, NOWHERE, NULL },
	{ "SessionType", INITIATORS, ANY, 0, NONE, 0, NOWHERE, NOWHERE, NULL },
	{ "SendTargets", INITIATORS, ANY, 0, NONE, 0, NOWHERE, NOWHERE, NULL },
};

static_assert(ARRAY_SIZE(keys) <= 32, "offered and settled have a bit for every key");

static const char *const digest_names[] = { "None", "CRC32C" };

static u32 bit(const struct key *k)
{
	return 1u << (k - keys);
}

static const struct key *find_key(const char *name)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(keys); i++)
		if (!strcmp(keys[i].name, name))
			return &keys[i];
	return NULL;
}

static u32 get_field(const void *base, struct field f)
{
	const u8 *p = (const u8 *)base + f.at;
	u32 number;
	u16 half;

	if (f.size == sizeof(u8))
		return *p;
	if (f.size == sizeof(u16)) {
		memcpy(&half, p, sizeof(half));
		return half;
	}
	memcpy(&number, p, sizeof(number));
	return number;
}

static void put_field(void *base, struct field f, u32 number)
{
	u8 *p = (u8 *)base + f.at;
	u16 half = number;

	if (f.size == sizeof(u8))
		*p = (u8)number;
	else if (f.size == sizeof(u16))
		memcpy(p, &half, sizeof(half));
	else if (f.size)
		memcpy(p, &number, sizeof(number));
}

static u32 outcome(const struct key *k, u32 a, u32 b)
{
	if (k->rule == MIN)
		return a < b ? a : b;
	return a > b ? a : b;
}

static bool is_reserved_word(const char *value)
{
	return !strcmp(value, "Irrelevant") || !strcmp(value, "Reject") ||
	       !strcmp(value, "NotUnderstood");
}

/* our digests for @k, in order; a discovery session's short exchange goes without */
static u32 our_digests(const struct kiscsi_negotiation *n, const struct key *k, const u8 **list)
{
	static const u8 none[] = { KISCSI_DIGEST_NONE };

	*list = none;
	if (n->discovery)
		return ARRAY_SIZE(none);
	*list = (const u8 *)n->offer + k->offer.at;
	return k->offer.at == offsetof(struct kiscsi_offer, header_digest) ?
		n->offer->header_digests : n->offer->data_digests;
}

static bool we_have_digest(const struct kiscsi_negotiation *n, const struct key *k, u8 digest)
{
	const u8 *list;
	u32 count = our_digests(n, k, &list);
	u32 i;

	for (i = 0; i < count; i++)
		if (list[i] == digest)
			return true;
	return false;
}

/* our own value of a Boolean or a number */
static u32 ours(const struct kiscsi_negotiation *n, const struct key *k)
{
	if (!k->offer.size || (n->discovery && (k->flags & LEADING)))
		return k->rfc_default;
	return get_field(n->offer, k->offer);
}

/* do we negotiate it on this connection of this session? */
static bool applies(const struct kiscsi_negotiation *n, const struct key *k)
{
	return (k->flags & OFFERED) && (!(k->flags & LEADING) || (n->leading && !n->discovery));
}

/* is the RFC's default, or what we can make of it alone, something the offer could have led to? */
static bool default_will_do(const struct kiscsi_negotiation *n, const struct key *k)
{
	switch (k->type) {
	case DIGEST:
		return we_have_digest(n, k, KISCSI_DIGEST_NONE);
	case NUMBER:
		return (k->flags & OURS_ALONE) ||
		       outcome(k, ours(n, k), k->rfc_default) == k->rfc_default;
	default:
		/* Booleans: InitialR2T and ImmediateData only limit what we send */
		return true;
	}
}

static void put_result(struct kiscsi_negotiation *n, const struct key *k, u32 number)
{
	put_field(n->params, k->params, number);
	if (k->params.at == offsetof(struct kiscsi_params, tpgt) && k->params.size)
		n->params->tpgt_known = true;
}

static const char *parse_boolean(const char *value, u32 *number)
{
	*number = !strcmp(value, "Yes");
	return *number || !strcmp(value, "No") ? NULL : "want Yes or No";
}

static const char *parse_value(const struct key *k, const char *value, u32 *number)
{
	if (k->type == BOOLEAN)
		return parse_boolean(value, number);
	if (kiscsi_text_number(value, number) || *number < k->min || *number > k->max)
		return k->want;
	return NULL;
}

static enum kiscsi_key_result bad(const char **why, const char *text)
{
	*why = text;
	return KISCSI_KEY_BAD;
}

static enum kiscsi_key_result put_reply(const struct key *k, const char *value,
					struct kiscsi_text *reply, const char **why)
{
	if (kiscsi_text_add(reply, k->name, value))
		return bad(why, "no room for the answer");
	return KISCSI_KEY_ANSWERED;
}

static enum kiscsi_key_result reply_with(struct kiscsi_negotiation *n, const struct key *k,
					 const char *value, const char *proposed,
					 struct kiscsi_text *reply, const char **why)
{
	if (strcmp(value, proposed))
		n->disputed = true;
	return put_reply(k, value, reply, why);
}

/* the answer to our list: one value of it */
static enum kiscsi_key_result digest_answered(struct kiscsi_negotiation *n, const struct key *k,
					      const char *value, const char **why)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(digest_names); i++)
		if (!strcmp(value, digest_names[i]) && we_have_digest(n, k, i)) {
			put_result(n, k, i);
			return KISCSI_KEY_OK;
		}
	return bad(why, "was never offered");
}

/* what is wrong with an answer that the result function could not have given */
static const char *excess(const struct key *k)
{
	if (k->type == BOOLEAN)
		return "is not open to the target after our offer";
	return k->rule == MIN ? "is more than was offered" : "is less than was offered";
}

static enum kiscsi_key_result number_answered(struct kiscsi_negotiation *n, const struct key *k,
					      const char *value, const char **why)
{
	u32 number;

	*why = parse_value(k, value, &number);
	if (*why)
		return KISCSI_KEY_BAD;
	if (outcome(k, ours(n, k), number) != number)
		return bad(why, excess(k));
	put_result(n, k, number);
	return KISCSI_KEY_OK;
}

static enum kiscsi_key_result answered(struct kiscsi_negotiation *n, const struct key *k,
				       const char *value, const char **why)
{
	if (is_reserved_word(value)) {
		if (!default_will_do(n, k))
			return bad(why, "leaves the default, which is not what was asked for");
		if (k->type == NUMBER || k->type == BOOLEAN)
			put_result(n, k, outcome(k, ours(n, k), k->rfc_default));
		return KISCSI_KEY_OK;
	}
	if (k->type == DIGEST)
		return digest_answered(n, k, value, why);
	return number_answered(n, k, value, why);
}

/* the first of the proposer's values that we have, section 6.2.1 */
static enum kiscsi_key_result answer_digest(struct kiscsi_negotiation *n, const struct key *k,
					    const char *value, struct kiscsi_text *reply,
					    const char **why)
{
	const char *list = value, *item;
	u32 len, i;

	while ((item = kiscsi_text_list_next(&list, &len)))
		for (i = 0; i < ARRAY_SIZE(digest_names); i++) {
			if (len != strlen(digest_names[i]) || memcmp(item, digest_names[i], len) ||
			    !we_have_digest(n, k, i))
				continue;
			put_result(n, k, i);
			return reply_with(n, k, digest_names[i], value, reply, why);
		}
	/* a Reject leaves the default, which may be what was ruled out */
	if (!default_will_do(n, k))
		return bad(why, "has nothing of what was asked for");
	return reply_with(n, k, "Reject", value, reply, why);
}

static enum kiscsi_key_result answer_number(struct kiscsi_negotiation *n, const struct key *k,
					    const char *value, struct kiscsi_text *reply,
					    const char **why)
{
	u32 number, result;

	*why = parse_value(k, value, &number);
	if (*why)
		return KISCSI_KEY_BAD;
	result = outcome(k, ours(n, k), number);
	put_result(n, k, result);
	if (k->type == BOOLEAN)
		return reply_with(n, k, result ? "Yes" : "No", value, reply, why);
	if (result != number)
		n->disputed = true;
	if (kiscsi_text_addf(reply, k->name, "%u", result))
		return bad(why, "no room for the answer");
	return KISCSI_KEY_ANSWERED;
}

/* a proposal of the target's */
static enum kiscsi_key_result answer(struct kiscsi_negotiation *n, const struct key *k,
				     const char *value, struct kiscsi_text *reply, const char **why)
{
	/* an answer to a question nobody asked: it settles nothing, and answering it could go on for ever */
	if (is_reserved_word(value))
		return KISCSI_KEY_OK;
	n->settled |= bit(k);
	if ((k->flags & LEADING) && !n->leading)
		return bad(why, "is negotiated on the leading connection only");
	/* changes nothing for anybody, so it is no dispute either */
	if ((k->flags & IRRELEVANT) && n->discovery)
		return put_reply(k, "Irrelevant", reply, why);
	switch (k->type) {
	case DIGEST:
		return answer_digest(n, k, value, reply, why);
	case WORD:
		return reply_with(n, k, kiscsi_text_in_list(value, k->want) ? k->want : "Reject",
				  value, reply, why);
	case REFUSED:
		return reply_with(n, k, "Reject", value, reply, why);
	default:
		return answer_number(n, k, value, reply, why);
	}
}

static enum kiscsi_key_result declared(struct kiscsi_negotiation *n, const struct key *k,
				       const char *value, const char **why)
{
	u32 number;

	if (k->type == ALIAS) {
		memcpy(n->params->target_alias, value, strlen(value) + 1);
		return KISCSI_KEY_OK;
	}
	*why = parse_value(k, value, &number);
	if (*why)
		return KISCSI_KEY_BAD;
	put_result(n, k, number);
	return KISCSI_KEY_OK;
}

static enum kiscsi_key_result unknown(const char *key, const char *value, struct kiscsi_text *reply,
				      const char **why)
{
	if (is_reserved_word(value))
		return KISCSI_KEY_OK;
	if (kiscsi_text_add(reply, key, "NotUnderstood"))
		return bad(why, "no room for the answer");
	return KISCSI_KEY_UNKNOWN;
}

enum kiscsi_key_result kiscsi_keys_feed(struct kiscsi_negotiation *n, const char *key,
					const char *value, struct kiscsi_text *reply,
					const char **why)
{
	const struct key *k = find_key(key);

	if (!k)
		return unknown(key, value, reply, why);
	if (k->type == PASSED)
		return KISCSI_KEY_OK;
	if (k->type == INITIATORS)
		return bad(why, "is not a target's to send");
	if (strlen(value) > KISCSI_VALUE_MAX)
		return bad(why, "is longer than 255 bytes");
	if (n->settled & bit(k))
		return bad(why, "was sent twice");
	if (k->type != DECLARED && k->type != ALIAS && !(n->offered & bit(k)))
		return answer(n, k, value, reply, why);
	n->settled |= bit(k);
	if (k->type == DECLARED || k->type == ALIAS)
		return declared(n, k, value, why);
	return answered(n, k, value, why);
}

static int offer_digests(struct kiscsi_negotiation *n, const struct key *k, struct kiscsi_text *t)
{
	const u8 *list;
	u32 count = our_digests(n, k, &list);

	if (count == 1)
		return kiscsi_text_add(t, k->name, kiscsi_digest_name(list[0]));
	return kiscsi_text_addf(t, k->name, "%s,%s", kiscsi_digest_name(list[0]),
				kiscsi_digest_name(list[1]));
}

static int offer_key(struct kiscsi_negotiation *n, const struct key *k, struct kiscsi_text *t)
{
	if (k->type == DIGEST)
		return offer_digests(n, k, t);
	if (k->type == BOOLEAN)
		return kiscsi_text_add(t, k->name, ours(n, k) ? "Yes" : "No");
	return kiscsi_text_addf(t, k->name, "%u", ours(n, k));
}

int kiscsi_keys_offer(struct kiscsi_negotiation *n, struct kiscsi_text *t)
{
	const struct key *k;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(keys); i++) {
		k = &keys[i];
		if (!applies(n, k) || (n->offered & bit(k)))
			continue;
		/* the target proposed it first; what it declares of its own is another matter */
		if (k->type != DECLARED && (n->settled & bit(k)))
			continue;
		if (offer_key(n, k, t))
			return -ENOSPC;
		n->offered |= bit(k);
		if (k->type == DECLARED)
			n->params->max_recv_dsl = ours(n, k);
	}
	return 0;
}

const char *kiscsi_keys_unanswered(const struct kiscsi_negotiation *n)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(keys); i++)
		if (applies(n, &keys[i]) && !(n->settled & bit(&keys[i])) &&
		    !default_will_do(n, &keys[i]))
			return keys[i].name;
	return NULL;
}

/* answers that section 6.2.2 lets the target leave out, and limits on what we alone send */
static void assume_unanswered(struct kiscsi_negotiation *n)
{
	const struct key *k;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(keys); i++) {
		k = &keys[i];
		if (!applies(n, k) || (n->settled & bit(k)))
			continue;
		if (k->type == BOOLEAN || k->type == NUMBER)
			put_result(n, k, outcome(k, ours(n, k), k->rfc_default));
	}
}

const char *kiscsi_keys_finish(struct kiscsi_negotiation *n)
{
	struct kiscsi_params *p = n->params;
	bool answered_first;

	assume_unanswered(n);
	/* section 11.7.7: all but the last PDU of a sequence should carry whole words */
	p->max_xmit_dsl &= ~3u;
	if (p->first_burst_length <= p->max_burst_length)
		return NULL;
	answered_first = n->settled & bit(find_key("FirstBurstLength"));
	/* a default, or a value that no unsolicited data ever meets (section 13.14), gives way */
	if (!answered_first || (p->initial_r2t && !p->immediate_data)) {
		p->first_burst_length = p->max_burst_length;
		return NULL;
	}
	return "FirstBurstLength is more than MaxBurstLength";
}

void kiscsi_offer_init(struct kiscsi_offer *offer)
{
	memset(offer, 0, sizeof(*offer));
	/* CRC32C second: not asked for, but a target that insists on it is served */
	offer->header_digest[0] = KISCSI_DIGEST_NONE;
	offer->header_digest[1] = KISCSI_DIGEST_CRC32C;
	offer->header_digests = 2;
	offer->data_digest[0] = KISCSI_DIGEST_NONE;
	offer->data_digest[1] = KISCSI_DIGEST_CRC32C;
	offer->data_digests = 2;
	offer->initial_r2t = false;
	offer->immediate_data = true;
	offer->max_connections = 1;
	offer->max_outstanding_r2t = KISCSI_MAX_R2T;
	offer->default_time2wait = 2;
	offer->default_time2retain = 20;
	offer->error_recovery_level = 0;
	offer->max_recv_dsl = 262144;
	offer->max_burst_length = 16776192;
	offer->first_burst_length = 262144;
}

static bool digests_are_good(const u8 *list, u8 count)
{
	if (count < 1 || count > KISCSI_DIGEST_LIST_MAX || list[0] >= ARRAY_SIZE(digest_names))
		return false;
	return count == 1 || (list[1] < ARRAY_SIZE(digest_names) && list[1] != list[0]);
}

const char *kiscsi_offer_check(const struct kiscsi_offer *offer)
{
	u32 i, number;

	if (!digests_are_good(offer->header_digest, offer->header_digests))
		return "HeaderDigest";
	if (!digests_are_good(offer->data_digest, offer->data_digests))
		return "DataDigest";
	for (i = 0; i < ARRAY_SIZE(keys); i++) {
		if (!keys[i].offer.size || keys[i].type == DIGEST)
			continue;
		number = get_field(offer, keys[i].offer);
		if (number < keys[i].min || number > keys[i].max)
			return keys[i].name;
	}
	if (offer->max_connections > KISCSI_MAX_CONNECTIONS)
		return "MaxConnections";
	if (offer->max_outstanding_r2t > KISCSI_MAX_R2T)
		return "MaxOutstandingR2T";
	return offer->first_burst_length > offer->max_burst_length ? "FirstBurstLength" : NULL;
}

void kiscsi_params_init(struct kiscsi_params *params)
{
	u32 i;

	memset(params, 0, sizeof(*params));
	for (i = 0; i < ARRAY_SIZE(keys); i++)
		if (keys[i].type != ALIAS)
			put_field(params, keys[i].params, keys[i].rfc_default);
	params->max_recv_dsl = KISCSI_LOGIN_DSL;
}

const char *kiscsi_digest_name(u8 digest)
{
	return digest < ARRAY_SIZE(digest_names) ? digest_names[digest] : "?";
}
