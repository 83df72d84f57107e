// SPDX-License-Identifier: GPL-2.0
/*
 * Which behaviours were asked for, and whose turn it is. The tables are in behave-*.c.
 */
#include <stdlib.h>

#include "target.h"

#define ACTIVE_MAX	32

static const struct behaviour *const tables[] = {
	behave_connect, behave_login, behave_discovery, behave_full, behave_data, behave_legal,
	behave_mcs,
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct active active[ACTIVE_MAX];	/* protected by lock once connections are served */
static u32 actives;

static const struct behaviour *find(const char *name, size_t len)
{
	for (size_t i = 0; i < ARRAY_SIZE(tables); i++) {
		for (const struct behaviour *b = tables[i]; b->name; b++) {
			if (strlen(b->name) == len && !strncmp(b->name, name, len))
				return b;
		}
	}
	return NULL;
}

/**
 * behave_add() - ask for a behaviour
 * @arg: "NAME" or "NAME,ARGUMENT"
 * @after: acts first on this PDU of those that match, from 1
 * @times: this often; UINT32_MAX: the behaviour's own default, 0: always
 */
bool behave_add(const char *arg, u32 after, u32 times)
{
	const char *comma = strchr(arg, ',');
	const struct behaviour *b = find(arg, comma ? (size_t)(comma - arg) : strlen(arg));
	struct active *a;

	if (!b || actives == ACTIVE_MAX)
		return false;
	a = &active[actives++];
	a->b = b;
	a->arg = comma ? comma + 1 : NULL;
	if (!a->arg || !parse_number(a->arg, &a->num))
		a->num = b->val;
	a->after = after;
	a->times = times;
	if (times == UINT32_MAX)
		a->times = b->phase == PHASE_FULL && !b->always;
	if (b->tune)
		b->tune(&config.tune, a);
	return true;
}

static const char *or_dash(const char *s)
{
	return s && *s ? s : "-";
}

/** behave_list() - all of them, one a line, columns apart by tabs: what test cases loop over */
void behave_list(void)
{
	static const char *const phase[] = {
		[PHASE_CONNECT] = "connect", [PHASE_LOGIN] = "login", [PHASE_FULL] = "full",
		[PHASE_TUNE] = "legal", [PHASE_DISCOVERY] = "discovery",
	};
	static const char *const expect[] = {
		[EXPECT_WORKS] = "works", [EXPECT_DROP] = "drop", [EXPECT_FAIL] = "fail",
		[EXPECT_EITHER] = "either", [EXPECT_REFUSE] = "refuse",
	};

	for (size_t i = 0; i < ARRAY_SIZE(tables); i++) {
		for (const struct behaviour *b = tables[i]; b->name; b++)
			printf("%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", b->name,
			       b->phase == PHASE_TUNE && b->expect != EXPECT_WORKS ? "cut" :
			       phase[b->phase],
			       expect[b->expect], or_dash(b->io), or_dash(b->exits),
			       or_dash(b->sets), or_dash(b->says), b->what);
	}
}

static bool phase_is(const struct conn *c, enum phase phase)
{
	switch (phase) {
	case PHASE_LOGIN:
		return !c->full;
	case PHASE_FULL:
		return c->full && !c->discovery;
	case PHASE_DISCOVERY:
		return c->full && c->discovery;
	default:
		return false;
	}
}

/* the lock keeps two connections from taking the same turn */
static bool due(struct active *a)
{
	bool yes;

	pthread_mutex_lock(&lock);
	a->seen++;
	yes = a->seen >= a->after && (!a->times || a->acted < a->times);
	if (yes)
		a->acted++;
	pthread_mutex_unlock(&lock);
	return yes;
}

/* after a deviation the initiator may be off the rails with good reason */
static void mark(struct conn *c, const struct behaviour *b)
{
	count(COUNT_BEHAVED, 1);
	debug(c, "behaves: %s", b->name);
	if (b->expect == EXPECT_WORKS)
		return;
	c->loose = true;
	if (c->deviant || (b->expect != EXPECT_DROP && b->expect != EXPECT_REFUSE))
		return;
	c->deviant = b;
	c->deviated_at = now_ms();
	note(c, "behaves: %s", b->name);
}

/** behave_connect_now() - a behaviour's turn before the first PDU; VERDICT_SKIP: no login then */
enum verdict behave_connect_now(struct conn *c)
{
	if (c->plain || !armed)
		return VERDICT_SEND;
	for (u32 i = 0; i < actives; i++) {
		struct active *a = &active[i];

		if (a->b->phase != PHASE_CONNECT || !due(a))
			continue;
		mark(c, a->b);
		return a->b->act(c, NULL, a);
	}
	return VERDICT_SEND;
}

/**
 * behave_out() - the behaviours' turn to change a PDU
 * @c: connection
 * @p: ready to be sent
 *
 * Return: VERDICT_SKIP if it is not to be sent (or was sent already).
 */
enum verdict behave_out(struct conn *c, struct pdu *p)
{
	if (c->plain || !armed)
		return VERDICT_SEND;
	for (u32 i = 0; i < actives; i++) {
		struct active *a = &active[i];
		const struct behaviour *b = a->b;

		if (!b->act || !phase_is(c, b->phase) ||
		    (b->op != OP_ANY && b->op != KISCSI_OPCODE(p->bhs.opcode)) ||
		    (b->when && !b->when(c, p, a)) || !due(a))
			continue;
		mark(c, b);
		if (b->act(c, p, a) == VERDICT_SKIP)
			return VERDICT_SKIP;
	}
	return VERDICT_SEND;
}

/** behave_unused() - tell of behaviours that never got their turn: a test that tests nothing */
void behave_unused(void)
{
	for (u32 i = 0; i < actives; i++) {
		if (active[i].b->act && !active[i].acted)
			note(NULL, "behaviour %s never had its turn", active[i].b->name);
	}
}
