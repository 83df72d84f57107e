// SPDX-License-Identifier: GPL-2.0
/*
 * Sessions: who shares one, and the command window, RFC 7143 section 4.2.2.1.
 */
#include <stdlib.h>

#include "target.h"

/* lock order: list_lock, then a session's lock */
static pthread_mutex_t list_lock = PTHREAD_MUTEX_INITIALIZER;
static struct session *sessions;	/* protected by list_lock, as are refs in each */
static u16 last_tsih;

static struct session *find(const struct nexus *n)
{
	for (struct session *s = sessions; s; s = s->next) {
		if (!memcmp(s->nexus.isid, n->isid, 6) && !strcmp(s->nexus.initiator, n->initiator) &&
		    !strcmp(s->nexus.target, n->target))
			return s;
	}
	return NULL;
}

static struct session *create(const struct nexus *nexus, u32 cmdsn)
{
	struct session *s = xmalloc(sizeof(*s));

	if (!++last_tsih)
		last_tsih = 1;
	s->tsih = last_tsih;
	s->nexus = *nexus;
	pthread_mutex_init(&s->lock, NULL);
	s->expcmdsn = cmdsn;
	s->next = sessions;
	sessions = s;
	return s;
}

static void unlink_session(struct session *s)
{
	for (struct session **p = &sessions; *p; p = &(*p)->next) {
		if (*p == s) {
			*p = s->next;
			return;
		}
	}
}

/* shut down the connections of @s, only the one with @cid unless that is NULL; their threads end */
static bool shut(struct session *s, const u16 *cid)
{
	bool any = false;

	pthread_mutex_lock(&s->lock);
	for (u32 i = 0; i < CONNS_PER_SESSION; i++) {
		if (!s->conns[i] || (cid && s->conns[i]->cid != *cid))
			continue;
		shutdown(s->conns[i]->fd, SHUT_RDWR);
		s->conns[i] = NULL;
		any = true;
	}
	pthread_mutex_unlock(&s->lock);
	return any;
}

static bool attach(struct session *s, struct conn *c)
{
	u32 used = 0;
	int empty = -1;

	pthread_mutex_lock(&s->lock);
	for (int i = 0; i < CONNS_PER_SESSION; i++) {
		used += !!s->conns[i];
		if (!s->conns[i])
			empty = i;
	}
	if (empty < 0 || (used && used >= s->par.max_connections))
		empty = -1;
	else
		s->conns[empty] = c;
	pthread_mutex_unlock(&s->lock);
	return empty >= 0;
}

static struct session *join(struct conn *c, const struct nexus *nexus, u16 tsih, u8 *detail)
{
	struct session *s = find(nexus);

	if (!s || s->tsih != tsih) {
		*detail = 0x0a;			/* session does not exist */
		return NULL;
	}
	if (shut(s, &c->cid))
		note(c, "connection %u of session %u reinstated", c->cid, tsih);
	if (!attach(s, c)) {
		*detail = 0x06;			/* too many connections */
		return NULL;
	}
	return s;
}

/**
 * session_open() - the session a login is for
 * @c: connection; c->cid is set
 * @nexus: between whom
 * @tsih: 0: a new session, and the end of the old one between them
 * @cmdsn: CmdSN of the login
 * @detail: of status class 2, when there is none
 */
struct session *session_open(struct conn *c, const struct nexus *nexus, u16 tsih, u32 cmdsn, u8 *detail)
{
	struct session *s, *old;

	pthread_mutex_lock(&list_lock);
	if (tsih) {
		s = join(c, nexus, tsih, detail);
	} else {
		old = find(nexus);
		if (old) {
			note(c, "session %u reinstated", old->tsih);
			shut(old, NULL);
			unlink_session(old);
		}
		s = create(nexus, cmdsn);
		attach(s, c);
	}
	if (s)
		s->refs++;
	pthread_mutex_unlock(&list_lock);
	c->sess = s;
	return s;
}

/** session_close() - connection @c leaves its session; the last one ends it */
void session_close(struct conn *c)
{
	struct session *s = c->sess;
	bool last;

	if (!s)
		return;
	pthread_mutex_lock(&list_lock);
	pthread_mutex_lock(&s->lock);
	for (u32 i = 0; i < CONNS_PER_SESSION; i++) {
		if (s->conns[i] == c)
			s->conns[i] = NULL;
	}
	pthread_mutex_unlock(&s->lock);
	last = !--s->refs;
	if (last)
		unlink_session(s);
	pthread_mutex_unlock(&list_lock);
	c->sess = NULL;
	if (last) {
		pthread_mutex_destroy(&s->lock);
		free(s);
	}
}

/** session_logout() - the session of @c was logged out: its other connections end */
void session_logout(struct conn *c)
{
	struct session *s = c->sess;

	pthread_mutex_lock(&s->lock);
	for (u32 i = 0; i < CONNS_PER_SESSION; i++) {
		if (s->conns[i] && s->conns[i] != c)
			shutdown(s->conns[i]->fd, SHUT_RDWR);
	}
	pthread_mutex_unlock(&s->lock);
}

/** session_stop_all() - shut down every connection that is logged in */
void session_stop_all(void)
{
	pthread_mutex_lock(&list_lock);
	for (struct session *s = sessions; s; s = s->next)
		shut(s, NULL);
	pthread_mutex_unlock(&list_lock);
}

/* A command not answered takes a place: MaxCmdSN never goes back, since taking one moves ExpCmdSN. */
static u32 maxcmdsn(const struct session *s)
{
	u32 places = config.tune.window;

	if (s->frozen)
		return s->frozen_max;
	places = s->outstanding < places ? places - s->outstanding : 0;
	return s->expcmdsn + places - 1;
}

/** session_maxcmdsn() - for the next PDU */
u32 session_maxcmdsn(struct session *s)
{
	u32 max;

	pthread_mutex_lock(&s->lock);
	max = maxcmdsn(s);
	pthread_mutex_unlock(&s->lock);
	return max;
}

/** session_expcmdsn() - for the next PDU */
u32 session_expcmdsn(struct session *s)
{
	u32 exp;

	pthread_mutex_lock(&s->lock);
	exp = s->expcmdsn;
	pthread_mutex_unlock(&s->lock);
	return exp;
}

/** session_outstanding() - a command began (1) or was answered (-1) */
void session_outstanding(struct session *s, int change)
{
	pthread_mutex_lock(&s->lock);
	s->outstanding += (u32)change;
	pthread_mutex_unlock(&s->lock);
}

/** session_freeze() - keep MaxCmdSN where it is for @ms; session_thaw() says when it may move again */
void session_freeze(struct session *s, u32 max, u32 ms)
{
	pthread_mutex_lock(&s->lock);
	s->frozen = true;
	s->frozen_max = max;
	s->thaw_at = now_ms() + ms;
	pthread_mutex_unlock(&s->lock);
}

/** session_frozen() - does session_thaw() have to be asked? */
bool session_frozen(struct session *s)
{
	bool frozen;

	pthread_mutex_lock(&s->lock);
	frozen = s->frozen;
	pthread_mutex_unlock(&s->lock);
	return frozen;
}

/** session_thaw() - true once when a frozen window opens again */
bool session_thaw(struct session *s)
{
	bool thaw;

	pthread_mutex_lock(&s->lock);
	thaw = s->frozen && now_ms() >= s->thaw_at;
	if (thaw)
		s->frozen = false;
	pthread_mutex_unlock(&s->lock);
	return thaw;
}

/** session_break() - from now on the initiator has to end all connections */
void session_break(struct session *s)
{
	pthread_mutex_lock(&s->lock);
	s->broken_at = now_ms();
	pthread_mutex_unlock(&s->lock);
}

/** session_broken() - for how many ms has the initiator had to end all connections? 0: it need not */
u64 session_broken(struct session *s)
{
	u64 at;

	pthread_mutex_lock(&s->lock);
	at = s->broken_at;
	pthread_mutex_unlock(&s->lock);
	return at ? now_ms() - at + 1 : 0;
}

/** session_park() - the command with @itt stays unanswered on its connection @c */
void session_park(struct conn *c, u32 itt)
{
	struct session *s = c->sess;

	pthread_mutex_lock(&s->lock);
	s->parked = true;
	s->parked_itt = itt;
	s->parked_cid = c->cid;
	pthread_mutex_unlock(&s->lock);
}

/** session_parked_elsewhere() - is @itt of a command that is parked on another connection than @c? */
bool session_parked_elsewhere(const struct conn *c, u32 itt)
{
	struct session *s = c->sess;
	bool elsewhere;

	pthread_mutex_lock(&s->lock);
	elsewhere = s->parked && s->parked_itt == itt && s->parked_cid != c->cid;
	pthread_mutex_unlock(&s->lock);
	return elsewhere;
}

/** session_leave() - a Logout Request with @cmdsn closes the session */
void session_leave(struct session *s, u32 cmdsn)
{
	pthread_mutex_lock(&s->lock);
	s->left = true;
	s->left_cmdsn = cmdsn;
	pthread_mutex_unlock(&s->lock);
}

/**
 * session_left() - was a request with @cmdsn made after the Logout Request that closes the session?
 * @s: the session
 * @cmdsn: of the request, which may have come by another connection and be read late
 * @immediate: it is numbered like the command that follows it, as is the Logout Request
 */
bool session_left(struct session *s, u32 cmdsn, bool immediate)
{
	bool after;

	pthread_mutex_lock(&s->lock);
	after = s->left && (immediate ? kiscsi_sn_lt(s->left_cmdsn, cmdsn) : kiscsi_sn_lte(s->left_cmdsn, cmdsn));
	pthread_mutex_unlock(&s->lock);
	return after;
}

static bool in_window(const struct session *s, u32 cmdsn)
{
	return kiscsi_sn_lte(s->expcmdsn, cmdsn) && kiscsi_sn_lte(cmdsn, maxcmdsn(s));
}

static void take_number(struct session *s, u32 cmdsn)
{
	s->seen[cmdsn % WINDOW_MAX] = true;
	while (s->seen[s->expcmdsn % WINDOW_MAX]) {
		s->seen[s->expcmdsn % WINDOW_MAX] = false;
		s->expcmdsn++;
	}
}

static const char *number_fault(const struct conn *c, const struct session *s, u32 cmdsn)
{
	if (!in_window(s, cmdsn))
		return "is outside the command window";
	if (s->seen[cmdsn % WINDOW_MAX])
		return "came before";
	if (s->par.max_connections <= 1 && cmdsn != s->expcmdsn)
		return "skips a number on a session with one connection";
	if (c->cmdsn_seen && !kiscsi_sn_lt(c->cmdsn, cmdsn))
		return "goes back on this connection";
	return NULL;
}

/*
 * An immediate command carries the number of the next one that is not, and does not use it up. That one may be
 * here before it, by another connection.
 */
static const char *immediate_fault(const struct conn *c, const struct session *s, u32 cmdsn)
{
	u32 slack = s->par.max_connections > 1 ? WINDOW_MAX : 0;

	if (kiscsi_sn_lt(cmdsn + slack, s->expcmdsn))
		return "of an immediate command is before ExpCmdSN";
	if (s->par.max_connections <= 1 && cmdsn != s->expcmdsn)
		return "of an immediate command is not the next one";
	if (kiscsi_sn_lt(s->expcmdsn + WINDOW_MAX, cmdsn))
		return "of an immediate command is far ahead";
	if (c->cmdsn_seen && kiscsi_sn_lt(cmdsn, c->cmdsn))
		return "of an immediate command goes back";
	return NULL;
}

/**
 * session_take() - account for a command's CmdSN
 * @c: connection it came on
 * @cmdsn: its number
 * @immediate: I bit
 * @what: for the message
 *
 * Return: false if the command must be ignored (outside the window, or a duplicate).
 */
bool session_take(struct conn *c, u32 cmdsn, bool immediate, const char *what)
{
	struct session *s = c->sess;
	const char *fault;
	u32 exp, max;

	pthread_mutex_lock(&s->lock);
	exp = s->expcmdsn;
	max = maxcmdsn(s);
	fault = immediate ? immediate_fault(c, s, cmdsn) : number_fault(c, s, cmdsn);
	if (!immediate && (!fault || (in_window(s, cmdsn) && !s->seen[cmdsn % WINDOW_MAX]))) {
		take_number(s, cmdsn);
		c->cmdsn = cmdsn;
		c->cmdsn_seen = true;
	}
	pthread_mutex_unlock(&s->lock);
	if (!fault)
		return true;
	violation(c, "CmdSN %u of %s %s (ExpCmdSN %u, MaxCmdSN %u)", cmdsn, what, fault, exp, max);
	return immediate;
}
