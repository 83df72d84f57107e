// SPDX-License-Identifier: GPL-2.0
/*
 * Deviations that need a session with several connections: a further connection that is not let in, and
 * PDUs on the wrong one. Legal ones are among them: an initiator has to do without what it does not get.
 */
#include "target.h"

#define R(field) BHS_AT(kiscsi_login_rsp, field)
#define LATE_MS	500

static bool when_further(const struct conn *c, const struct pdu *p, const struct active *a)
{
	(void)p;
	(void)a;
	return c->further;
}

static bool when_further_last(const struct conn *c, const struct pdu *p, const struct active *a)
{
	return when_further(c, p, a) && p->bhs.flags & KISCSI_LOGIN_TRANSIT &&
	       KISCSI_LOGIN_NSG(p->bhs.flags) == KISCSI_STAGE_FULL_FEATURE;
}

static bool when_further_io(const struct conn *c, const struct pdu *p, const struct active *a)
{
	return c->further && when_io(c, p, a);
}

enum { NOTHING, PARKED, ANSWERED };

static bool when_unanswered(const struct conn *c, const struct pdu *p, const struct active *a)
{
	return a->state != ANSWERED && when_io(c, p, a);
}

/* The first command is kept, and answered by the first other connection that has an answer to give. */
static enum verdict act_foreign_response(struct conn *c, struct pdu *p, struct active *a)
{
	struct session *s = c->sess;
	u32 before;
	struct pdu x;

	pdu_init(&x, KISCSI_OP_SCSI_RSP);
	pthread_mutex_lock(&s->lock);
	before = a->state;
	x.bhs.itt = cpu_to_be32(s->parked_itt);
	if (before == NOTHING) {
		s->parked_itt = p->task->itt;
		s->parked_cid = c->cid;
		a->state = PARKED;
	} else if (before == PARKED && s->parked_cid != c->cid) {
		a->state = ANSWERED;
	}
	if (before == PARKED && a->state == ANSWERED) {
		pthread_mutex_unlock(&s->lock);
		emit_before(c, p, &x, true);
		return VERDICT_SEND;
	}
	pthread_mutex_unlock(&s->lock);
	return before == NOTHING ? task_keep(c, p) : VERDICT_SEND;
}

/* an Asynchronous Message that connection a->num is about to be dropped */
static enum verdict act_drop(struct conn *c, struct pdu *p, struct active *a)
{
	struct kiscsi_async *r;
	struct pdu x;

	pdu_init(&x, KISCSI_OP_ASYNC);
	r = (void *)&x.bhs;
	r->itt = cpu_to_be32(KISCSI_RESERVED_TAG);
	r->event = KISCSI_ASYNC_DROP_CONN;
	r->param1 = cpu_to_be16((u16)a->num);
	emit_before(c, p, &x, true);
	return VERDICT_SEND;
}

static bool when_sent_away(const struct conn *c, const struct pdu *p, const struct active *a)
{
	if (KISCSI_OPCODE(p->bhs.opcode) == KISCSI_OP_LOGOUT_RSP)
		return c->further && a->state;
	return !a->state && when_further_io(c, p, a);
}

/*
 * An Asynchronous Message that asks for a Logout of this connection. That closes the session, and is answered late:
 * time enough to go on with the other connection, for one who does not know better.
 */
static enum verdict act_send_away(struct conn *c, struct pdu *p, struct active *a)
{
	struct kiscsi_async *r;
	struct pdu x;

	if (a->state++) {
		sleep_ms(LATE_MS);
		return VERDICT_SEND;
	}
	pdu_init(&x, KISCSI_OP_ASYNC);
	r = (void *)&x.bhs;
	r->itt = cpu_to_be32(KISCSI_RESERVED_TAG);
	r->event = KISCSI_ASYNC_LOGOUT;
	r->param3 = cpu_to_be16(3);
	emit_before(c, p, &x, true);
	return VERDICT_SEND;
}

/* an answer with an additional header segment, where none may be: nothing is to be left of the session */
static enum verdict act_break_form(struct conn *c, struct pdu *p, struct active *a)
{
	session_break(c->sess);
	return act_ahs(c, p, a);
}

static enum verdict act_park(struct conn *c, struct pdu *p, struct active *a)
{
	(void)a;
	session_park(c, p->task->itt);
	return task_keep(c, p);
}

/* @io: mcs-never, the session stays with one connection; mcs-later, it gets the other when asked again */
#define JOIN_WHEN(n, io_, when_, act_, ...)						\
	{ .name = "mcs-" n, .phase = PHASE_LOGIN, .expect = EXPECT_REFUSE, .io = io_,	\
	  .op = KISCSI_OP_LOGIN_RSP, .when = when_, .act = act_, __VA_ARGS__ }
#define JOIN(n, io_, act_, ...)								\
	JOIN_WHEN(n, io_, when_further, act_, __VA_ARGS__)
#define STATUS(v, io_, text_)								\
	JOIN("status-" #v, io_, act_set, .off = R(status_class), .size = 2, .val = 0x##v,	\
	     .what = "a second connection: status " #v ": " text_)
#define USE(n, expect_, re, when_, act_, ...)						\
	{ .name = "mcs-" n, .phase = PHASE_FULL, .expect = expect_, .io = "mcs-use", .says = re,	\
	  .op = OP_ANY, .when = when_, .act = act_, __VA_ARGS__ }
#define NOP_SETS "nop-interval=1 nop-timeout=2"

const struct behaviour behave_mcs[] = {
	STATUS(0206, "mcs-never", "too many connections"),
	STATUS(020a, "mcs-never", "session does not exist"),
	STATUS(0200, "mcs-never", "initiator error"),
	STATUS(0301, "mcs-later", "service unavailable"),
	JOIN("close", "mcs-later", act_close, .what = "a second connection: closes in the middle of the login"),
	JOIN("reset", "mcs-later", act_reset, .what = "a second connection: resets in the middle of the login"),
	JOIN("silence", "mcs-later", act_mute, .what = "a second connection: no answer to its login"),
	JOIN("half", "mcs-later", act_cut, .val = 30,
	     .what = "a second connection: 30 bytes of an answer, then silence"),
	JOIN_WHEN("tsih", "mcs-later", when_further_last, act_add, .off = R(tsih), .size = 2, .val = 1,
	     .what = "a second connection: put into another session"),

	USE("foreign-rsp", EXPECT_DROP, "ITT", when_unanswered, act_foreign_response, .always = true,
	    .what = "a SCSI Response on another connection than the command"),
	USE("leave", EXPECT_DROP, "logout, because the target asked", when_sent_away, act_send_away, .always = true,
	    .what = "a second connection: asks for a logout of it"),
	USE("form", EXPECT_DROP, "additional header", when_further_io, act_break_form, .val = 1,
	    .sets = "header-digest=none",
	    .what = "a second connection: 4 bytes of AHS in an answer, and all connections are to end"),
	USE("abort", EXPECT_WORKS, "", when_further_io, act_park,
	    .what = "a second connection: a command without an answer, which is aborted there"),
	USE("frozen", EXPECT_DROP, "NOP|tim(e|ed) ?out", when_further_io, act_mute, .sets = NOP_SETS,
	    .what = "a second connection: no word any more, and TCP stays up"),
	USE("reset-one", EXPECT_DROP, "clos|reset|lost", when_further_io, act_reset,
	    .what = "a second connection: resets instead of an answer"),
	USE("drop-other", EXPECT_DROP, "drop", when_further_io, act_drop, .val = 0,
	    .what = "a second connection: says that the first is being dropped"),
	USE("drop-nobody", EXPECT_WORKS, "", when_further_io, act_drop, .val = 999,
	    .what = "says that a connection is being dropped which never was"),
	{ }
};
