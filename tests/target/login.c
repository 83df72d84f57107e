// SPDX-License-Identifier: GPL-2.0
/*
 * The login phase, RFC 7143 section 6, from the target's side: one request, one response.
 */
#include <stdlib.h>

#include "target.h"

#define STATUS(class, detail)	((class) << 8 | (detail))
#define STATUS_AUTH		STATUS(2, 1)
#define STATUS_NOT_FOUND	STATUS(2, 3)
#define STATUS_VERSION		STATUS(2, 5)
#define STATUS_MISSING		STATUS(2, 7)
#define STATUS_BAD_REQUEST	STATUS(2, 0)

struct login {
	struct conn *c;
	struct kiscsi_login_req first;
	bool begun;
	bool leading;
	char *text;			/* of requests so far, while the C bit is on */
	u32 text_len;
	struct chap chap;
	bool chap_chosen;
	bool authenticated;
	bool told_address;		/* MaxRecvDataSegmentLength and TargetPortalGroupTag are said */
	struct nexus nexus;
	struct pdu seen;		/* text: operational keys the initiator sent */
	u16 status;
};

static struct kiscsi_login_rsp *rsp(struct pdu *p)
{
	return (struct kiscsi_login_rsp *)&p->bhs;
}

static void response_init(struct login *l, struct pdu *p, const struct kiscsi_login_req *req)
{
	struct kiscsi_login_rsp *r = rsp(p);

	pdu_init(p, KISCSI_OP_LOGIN_RSP);
	r->flags = req->flags & 0x0c;
	memcpy(r->isid, req->isid, sizeof(r->isid));
	r->tsih = req->tsih;
	r->itt = req->itt;
	if (!l->c->sess)
		return;
	r->tsih = cpu_to_be16(l->c->sess->tsih);
}

static void response_stamp(struct login *l, struct pdu *p)
{
	struct kiscsi_login_rsp *r = rsp(p);
	struct session *s = l->c->sess;
	u32 cmdsn = be32_to_cpu(l->first.cmdsn);

	r->statsn = cpu_to_be32(l->c->statsn++);
	r->expcmdsn = cpu_to_be32(s ? session_expcmdsn(s) : cmdsn);
	r->maxcmdsn = cpu_to_be32(s ? session_maxcmdsn(s) : cmdsn + config.tune.window - 1);
	r->status_class = (u8)(l->status >> 8);
	r->status_detail = (u8)l->status;
}

/* The initiator asks for the next piece of a text that the C bit says is not complete. */
static bool await_empty(struct login *l, struct pdu *answer)
{
	struct pdu p;
	bool ok = pdu_recv(l->c, &p);

	if (ok) {
		check_login(l->c, &p, &l->first);
		if (p.len)
			violation(l->c, "%u bytes of text while ours is not complete", p.len);
		/* only what the request allows: without its T bit there is one more round */
		if (!(p.bhs.flags & KISCSI_LOGIN_TRANSIT))
			answer->bhs.flags &= 0x0c;
	}
	pdu_free(&p);
	return ok;
}

/* all but the last piece of a long text */
static bool send_pieces(struct login *l, struct pdu *p)
{
	u32 chunk = config.tune.login_chunk && !l->c->plain ? config.tune.login_chunk :
		    KISCSI_LOGIN_DSL;

	while (p->len > chunk) {
		struct pdu piece = *p;

		piece.data = NULL;
		pdu_data(&piece, p->data, chunk);
		piece.bhs.flags = (u8)((p->bhs.flags & 0x0c) | KISCSI_TEXT_CONTINUE);
		pdu_emit(l->c, &piece);
		pdu_free(&piece);
		memmove(p->data, p->data + chunk, p->len - chunk);
		p->len -= chunk;
		if (!await_empty(l, p))
			return false;
		rsp(p)->statsn = cpu_to_be32(l->c->statsn++);
	}
	return true;
}

/* false: nothing more can come of this login */
static bool respond(struct login *l, struct pdu *p)
{
	response_stamp(l, p);
	if (behave_out(l->c, p) == VERDICT_SKIP)
		return !l->c->ended;
	/* a behaviour that wants one long PDU says so */
	if (!p->own_lengths && !send_pieces(l, p))
		return false;
	pdu_emit(l->c, p);
	return !l->c->ended && !l->status;
}

static bool refuse(struct login *l, struct pdu *p, u16 status)
{
	note(l->c, "login refused, status %04x", status);
	l->status = status;
	p->bhs.flags &= 0x0c;
	pdu_free(p);
	respond(l, p);
	return false;
}

/* one of the names SendTargets reports; all are the same disks */
static bool is_ours(const char *target)
{
	size_t n = strlen(config.target);
	u64 i;

	if (strncmp(target, config.target, n))
		return false;
	if (!target[n])
		return true;
	return target[n] == '.' && parse_number(target + n + 1, &i) && i && i < config.targets;
}

static bool take_names(struct login *l, const struct keys *k)
{
	const char *initiator = keys_get(k, "InitiatorName"), *target = keys_get(k, "TargetName");
	const char *type = keys_get(k, "SessionType");

	if (!initiator || strlen(initiator) > KISCSI_NAME_MAX) {
		violation(l->c, "the first request has no InitiatorName");
		l->status = STATUS_MISSING;
		return false;
	}
	memcpy(l->nexus.isid, l->first.isid, sizeof(l->nexus.isid));
	snprintf(l->nexus.initiator, sizeof(l->nexus.initiator), "%s", initiator);
	l->c->discovery = type && !strcmp(type, "Discovery");
	if (l->c->discovery)
		return true;
	if (!target) {
		violation(l->c, "the first request has no TargetName");
		l->status = STATUS_MISSING;
		return false;
	}
	if (!is_ours(target)) {
		note(l->c, "no target %s here", target);
		l->status = STATUS_NOT_FOUND;
		return false;
	}
	snprintf(l->nexus.target, sizeof(l->nexus.target), "%s", target);
	return true;
}

static bool choose_auth(struct login *l, const char *methods, struct pdu *answer)
{
	const char *want = config.chap_user ? "CHAP" : "None";

	if (!list_has(methods, want)) {
		note(l->c, "AuthMethod=%s, want %s", methods, want);
		l->status = STATUS_AUTH;
		return false;
	}
	text_add(answer, "AuthMethod", want);
	l->chap_chosen = config.chap_user;
	l->authenticated = !l->chap_chosen;
	return true;
}

static bool security(struct login *l, const struct keys *k, struct pdu *answer)
{
	const char *methods = keys_get(k, "AuthMethod");

	if (methods && !l->chap_chosen && !choose_auth(l, methods, answer))
		return false;
	if (!l->chap_chosen || l->authenticated || (methods && !keys_get(k, "CHAP_A")))
		return true;
	switch (chap_feed(l->c, &l->chap, k, answer)) {
	case CHAP_MORE:
		return true;
	case CHAP_DONE:
		l->authenticated = true;
		return true;
	case CHAP_FAILED:
		l->status = STATUS_AUTH;
		return false;
	default:
		l->status = STATUS_BAD_REQUEST;
		return false;
	}
}

static bool is_security_key(const char *key)
{
	return !strcmp(key, "AuthMethod") || !strncmp(key, "CHAP_", 5);
}

static bool is_declaration(const char *key)
{
	static const char *const name[] = { "InitiatorName", "InitiatorAlias", "TargetName",
					    "SessionType" };

	for (size_t i = 0; i < ARRAY_SIZE(name); i++) {
		if (!strcmp(key, name[i]))
			return true;
	}
	return false;
}

static void answer_other(struct login *l, const char *key, const char *value, struct pdu *answer)
{
	if (!strcmp(value, "NotUnderstood") || !strcmp(value, "Irrelevant") ||
	    !strcmp(value, "Reject"))
		return;
	if (!strcmp(key, "iSCSIProtocolLevel")) {
		text_add(answer, key, "1");
	} else if (!strcmp(key, "TaskReporting")) {
		text_add(answer, key, "RFC3720");
	} else if (!strcmp(key, "IFMarker") || !strcmp(key, "OFMarker")) {
		text_add(answer, key, "Reject");
	} else {
		note(l->c, "key %s=%.40s is not known", key, value);
		text_add(answer, key, "NotUnderstood");
	}
}

static void operational(struct login *l, const struct keys *k, struct pdu *answer)
{
	for (u32 i = 0; i < k->count; i++) {
		const char *key = k->key[i], *value = k->value[i];

		if (is_security_key(key) || is_declaration(key))
			continue;
		if (text_get(&l->seen, key))
			violation(l->c, "%s is sent twice in one login", key);
		text_add(&l->seen, key, "");
		if (!negotiate(l->c, answer, key, value, l->leading))
			answer_other(l, key, value, answer);
	}
}

/* what we declare ourselves, once, as soon as it may be said */
static void declare(struct login *l, u8 csg, struct pdu *answer)
{
	if (!l->told_address && !l->c->discovery) {
		text_addf(answer, "TargetPortalGroupTag", "%u", config.portal_group);
		if (config.alias)
			text_add(answer, "TargetAlias", config.alias);
	}
	l->told_address = true;
	if (csg == KISCSI_STAGE_OPERATIONAL && !text_get(&l->seen, "our MaxRecvDataSegmentLength")) {
		text_add(&l->seen, "our MaxRecvDataSegmentLength", "");
		text_addf(answer, "MaxRecvDataSegmentLength", "%u", l->c->par.recv_dsl);
	}
}

static void check_wanted(struct conn *c, const struct keys *k)
{
	const char *value;

	if (!c->want_key)
		return;
	value = keys_get(k, c->want_key);
	if (!value)
		violation_always(c, "no answer to %s, want %s", c->want_key, c->want_value);
	else if (strcmp(value, c->want_value))
		violation_always(c, "%s=%s, want %s", c->want_key, value, c->want_value);
	c->want_key = NULL;
}

static bool take_keys(struct login *l, const struct kiscsi_login_req *req, struct keys *k,
		      struct pdu *answer)
{
	u8 csg = KISCSI_LOGIN_CSG(req->flags);
	bool first = !l->nexus.initiator[0];

	check_wanted(l->c, k);
	if (first && !take_names(l, k))
		return false;
	if (csg == KISCSI_STAGE_SECURITY && !security(l, k, answer))
		return false;
	if (csg == KISCSI_STAGE_OPERATIONAL && config.chap_user && !l->authenticated) {
		l->status = STATUS_AUTH;
		return false;
	}
	operational(l, k, answer);
	declare(l, csg, answer);
	return true;
}

/* what the leading login settled for the whole session */
static void adopt(struct params *par, const struct params *session)
{
	struct params own = *par;

	*par = *session;
	par->header_digest = own.header_digest;
	par->data_digest = own.data_digest;
	par->recv_dsl = own.recv_dsl;
	par->send_dsl = own.send_dsl;
}

/* Full-feature phase is granted: the login needs its session now. */
static bool enter_session(struct login *l, struct pdu *answer)
{
	struct conn *c = l->c;
	u8 detail = 0;

	if (c->sess)
		return true;
	negotiate_end(c);
	if (!session_open(c, &l->nexus, be16_to_cpu(l->first.tsih), be32_to_cpu(l->first.cmdsn), &detail)) {
		l->status = (u16)STATUS(2, detail);
		return false;
	}
	if (l->leading)
		c->sess->par = c->par;
	else
		adopt(&c->par, &c->sess->par);
	rsp(answer)->tsih = cpu_to_be16(c->sess->tsih);
	return true;
}

static bool may_transit(const struct login *l, const struct kiscsi_login_req *req)
{
	if (!(req->flags & KISCSI_LOGIN_TRANSIT))
		return false;
	return KISCSI_LOGIN_CSG(req->flags) != KISCSI_STAGE_SECURITY || l->authenticated ||
	       !config.chap_user;
}

/* a whole request with its text; *done when full-feature phase begins */
static bool answer_request(struct login *l, const struct kiscsi_login_req *req, bool *done)
{
	struct pdu answer;
	struct keys k;
	const char *why = keys_parse(&k, l->text, l->text_len);
	bool ok = !why, final = false;

	response_init(l, &answer, req);
	if (why) {
		violation(l->c, "login: %s", why);
		l->status = STATUS_BAD_REQUEST;
	}
	ok = ok && take_keys(l, req, &k, &answer);
	keys_free(&k);
	l->text_len = 0;
	if (ok && may_transit(l, req)) {
		answer.bhs.flags |= req->flags & 0x83;
		final = KISCSI_LOGIN_NSG(req->flags) == KISCSI_STAGE_FULL_FEATURE;
		ok = !final || enter_session(l, &answer);
	}
	if (!ok) {
		ok = refuse(l, &answer, l->status);
	} else {
		ok = respond(l, &answer);
		/* a behaviour may have taken the T bit back to go on talking */
		*done = ok && final && (answer.bhs.flags & KISCSI_LOGIN_TRANSIT);
	}
	pdu_free(&answer);
	return ok;
}

static bool gather_text(struct login *l, const struct pdu *p)
{
	char *bigger;

	if (l->text_len + p->len > TEXT_MAX) {
		violation(l->c, "over %u bytes of login text", TEXT_MAX);
		return false;
	}
	if (!p->len)
		return true;
	bigger = realloc(l->text, l->text_len + p->len);
	if (!bigger)
		abort();
	memcpy(bigger + l->text_len, p->data, p->len);
	l->text = bigger;
	l->text_len += p->len;
	return true;
}

static bool begin(struct login *l, const struct pdu *p)
{
	const struct kiscsi_login_req *req = (const void *)&p->bhs;

	l->begun = true;
	l->first = *req;
	l->leading = !req->tsih;
	l->c->further = !l->leading;
	l->c->cid = be16_to_cpu(req->cid);
	l->seen.cut = -1;
	if (req->version_min == 0)
		return true;
	l->status = STATUS_VERSION;
	return false;
}

static bool take_request(struct login *l, const struct pdu *p, bool *done)
{
	const struct kiscsi_login_req *req = (const void *)&p->bhs;
	struct pdu answer;
	bool ok;

	if (KISCSI_OPCODE(p->bhs.opcode) != KISCSI_OP_LOGIN) {
		violation(l->c, "%s during login", opcode_name(p->bhs.opcode));
		return false;
	}
	check_login(l->c, p, l->begun ? &l->first : NULL);
	if (!l->begun && !begin(l, p)) {
		response_init(l, &answer, req);
		return refuse(l, &answer, l->status);
	}
	if (!gather_text(l, p))
		return false;
	if (!(req->flags & KISCSI_TEXT_CONTINUE))
		return answer_request(l, req, done);
	response_init(l, &answer, req);
	ok = respond(l, &answer);
	pdu_free(&answer);
	return ok;
}

static bool next_request(struct login *l, bool *done)
{
	struct pdu p;
	bool ok = pdu_recv(l->c, &p);

	if (ok && l->c->deviant && !l->c->deviant->patient) {
		violation_always(l->c, "login goes on after %s", l->c->deviant->name);
		ok = false;
	}
	ok = ok && take_request(l, &p, done);
	pdu_free(&p);
	return ok;
}

/**
 * login_run() - the login phase of a connection
 * @c: new connection
 *
 * Return: true when it is in full-feature phase, false when it is to be closed.
 */
bool login_run(struct conn *c)
{
	struct login l = { .c = c };
	bool done = false, ok = true;

	while (ok && !done)
		ok = next_request(&l, &done);
	free(l.text);
	pdu_free(&l.seen);
	if (!done)
		return false;
	count(COUNT_LOGINS, 1);
	note(c, "logged in: %s, %s session %u connection %u", l.nexus.initiator,
	     c->discovery ? "discovery" : "normal", c->sess->tsih, c->cid);
	c->full = true;
	c->digests = true;
	c->sent = 0;
	return true;
}
