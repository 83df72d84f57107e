// SPDX-License-Identifier: GPL-2.0
/*
 * Operational keys, RFC 7143 section 13, from the answering side: one table.
 */
#include <stdlib.h>

#include "target.h"

enum kind { MIN, MAX, AND, OR, DIGEST, DECLARED, FIXED };

struct key {
	const char *name;
	enum kind kind;
	bool leading_only;		/* session-wide: only on the first connection */
	bool normal_only;		/* Irrelevant in a discovery session */
	u32 min, max;
	size_t at;			/* in struct params */
};

#define AT(field) offsetof(struct params, field)

static const struct key keys[] = {
	{ "HeaderDigest", DIGEST, false, false, 0, 1, AT(header_digest) },
	{ "DataDigest", DIGEST, false, false, 0, 1, AT(data_digest) },
	{ "MaxConnections", MIN, true, true, 1, 65535, AT(max_connections) },
	{ "InitialR2T", OR, true, true, 0, 1, AT(initial_r2t) },
	{ "ImmediateData", AND, true, true, 0, 1, AT(immediate_data) },
	{ "MaxRecvDataSegmentLength", DECLARED, false, false, 512, DSL_MAX, AT(send_dsl) },
	{ "MaxBurstLength", MIN, true, true, 512, DSL_MAX, AT(max_burst) },
	{ "FirstBurstLength", MIN, true, true, 512, DSL_MAX, AT(first_burst) },
	{ "DefaultTime2Wait", MAX, true, false, 0, 3600, AT(time2wait) },
	{ "DefaultTime2Retain", MIN, true, false, 0, 3600, AT(time2retain) },
	{ "MaxOutstandingR2T", MIN, true, true, 1, 65535, AT(max_r2t) },
	{ "ErrorRecoveryLevel", MIN, true, false, 0, 2, AT(erl) },
	/* both sides must say Yes for anything else to be allowed; we say Yes */
	{ "DataPDUInOrder", FIXED, true, true, 0, 1, 0 },
	{ "DataSequenceInOrder", FIXED, true, true, 0, 1, 0 },
};

static const struct key *find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		if (!strcmp(keys[i].name, name))
			return &keys[i];
	}
	return NULL;
}

static u32 *field(struct params *par, const struct key *k)
{
	return (u32 *)((char *)par + k->at);
}

static bool is_bool(const struct key *k)
{
	return k->kind == AND || k->kind == OR || k->kind == FIXED;
}

static bool parse_value(const struct key *k, const char *value, u32 *v)
{
	u64 n;

	if (is_bool(k)) {
		*v = !strcmp(value, "Yes");
		return *v || !strcmp(value, "No");
	}
	if (!parse_number(value, &n) || n < k->min || n > k->max)
		return false;
	*v = (u32)n;
	return true;
}

/**
 * param_set() - the target's own value for a key, from --set
 * @par: where
 * @key: RFC 7143's name
 * @value: as on the wire; for digests CRC32C or None
 */
bool param_set(struct params *par, const char *key, const char *value)
{
	const struct key *k = find(key);
	u32 v;

	if (!k || k->kind == FIXED)
		return false;
	if (k->kind == DIGEST) {
		*field(par, k) = !strcmp(value, "CRC32C");
		return !strcmp(value, "CRC32C") || !strcmp(value, "None");
	}
	if (!parse_value(k, value, &v))
		return false;
	if (k->kind == DECLARED)
		par->recv_dsl = v;
	else
		*field(par, k) = v;
	return true;
}

/* our own wish is CRC32C or None; the initiator's order decides where both are possible */
static void digest(struct conn *c, struct pdu *answer, const struct key *k, const char *value)
{
	bool crc = list_has(value, "CRC32C"), none = list_has(value, "None");
	u32 *mine = field(&c->par, k);

	if (!crc && !none) {
		text_add(answer, k->name, "Reject");
		*mine = 0;
		return;
	}
	*mine = *mine ? crc : !none;
	text_add(answer, k->name, *mine ? "CRC32C" : "None");
}

static u32 settle(const struct key *k, u32 mine, u32 theirs)
{
	switch (k->kind) {
	case MIN:
		return mine < theirs ? mine : theirs;
	case MAX:
		return mine > theirs ? mine : theirs;
	case AND:
		return mine && theirs;
	case OR:
		return mine || theirs;
	default:
		return theirs;
	}
}

static void answer_value(struct pdu *answer, const struct key *k, u32 v)
{
	if (is_bool(k))
		text_add(answer, k->name, v ? "Yes" : "No");
	else
		text_addf(answer, k->name, "%u", v);
}

static void take(struct conn *c, struct pdu *answer, const struct key *k, const char *value)
{
	u32 v, *mine = field(&c->par, k);

	if (!parse_value(k, value, &v)) {
		violation(c, "%s=%s is not a legal value", k->name, value);
		text_add(answer, k->name, "Reject");
		return;
	}
	if (k->kind == FIXED) {
		answer_value(answer, k, 1);
		return;
	}
	*mine = settle(k, *mine, v);
	/* section 13.14; whichever of the two came first */
	if (c->par.first_burst > c->par.max_burst && mine == &c->par.first_burst)
		*mine = c->par.max_burst;
	if (k->kind != DECLARED)
		answer_value(answer, k, *mine);
}

/**
 * negotiate() - answer one operational key
 * @c: connection
 * @answer: where the answer is appended
 * @key: the initiator's
 * @value: the initiator's
 * @leading: first connection of its session
 *
 * Return: false if the key is none of these.
 */
bool negotiate(struct conn *c, struct pdu *answer, const char *key, const char *value, bool leading)
{
	const struct key *k = find(key);

	if (!k)
		return false;
	if (!strcmp(value, "NotUnderstood") || !strcmp(value, "Irrelevant"))
		return true;
	if (c->discovery && k->normal_only) {
		text_add(answer, key, "Irrelevant");
		return true;
	}
	if (k->leading_only && !leading && !c->discovery) {
		violation(c, "%s on a connection that is not the leading one", key);
		text_add(answer, key, "Reject");
		return true;
	}
	if (k->kind == DIGEST)
		digest(c, answer, k, value);
	else
		take(c, answer, k, value);
	return true;
}

/** negotiate_end() - settle what depends on two keys, and the limits of this program */
void negotiate_end(struct conn *c)
{
	if (c->par.first_burst > c->par.max_burst)
		c->par.first_burst = c->par.max_burst;
	if (c->par.max_r2t > R2T_MAX)
		c->par.max_r2t = R2T_MAX;
}
