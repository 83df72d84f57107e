// SPDX-License-Identifier: GPL-2.0
/*
 * The login state machine, RFC 7143 sections 6.3 and 11.12 to 11.13.
 *
 * One batch of text is in l->tx at any time, the next to be sent; what is received is collected in
 * l->rx until the target has sent all of it, and then taken key by key, which writes the answers
 * into l->tx again.
 */
#include "login.h"
#include "sn.h"

/* as much of a key or a value as an error quotes */
#define QUOTE_MAX 72

static const struct {
	u8 class;
	u8 detail;
	const char *text;
} statuses[] = {
	{ 0, 0x00, "success" },
	{ 1, 0x01, "target moved temporarily" },
	{ 1, 0x02, "target moved permanently" },
	{ 2, 0x00, "initiator error" },
	{ 2, 0x01, "authentication failure" },
	{ 2, 0x02, "authorization failure: this initiator is not allowed access to the target" },
	{ 2, 0x03, "target not found" },
	{ 2, 0x04, "target removed, no new address given" },
	{ 2, 0x05, "unsupported protocol version" },
	{ 2, 0x06, "too many connections in the session" },
	{ 2, 0x07, "missing parameter" },
	{ 2, 0x08, "the target does not support a session over this connection" },
	{ 2, 0x09, "session type not supported" },
	{ 2, 0x0a, "session does not exist" },
	{ 2, 0x0b, "invalid request during login" },
	{ 3, 0x00, "target error" },
	{ 3, 0x01, "service unavailable" },
	{ 3, 0x02, "target out of resources" },
};

const char *kiscsi_login_status_text(u8 status_class, u8 status_detail)
{
	/* an unknown detail means no more than its class, section 11.13.5 */
	static const char *const classes[] = {
		"success", "redirection", "initiator error", "target error",
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(statuses); i++)
		if (statuses[i].class == status_class && statuses[i].detail == status_detail)
			return statuses[i].text;
	return status_class < ARRAY_SIZE(classes) ? classes[status_class] : "unknown status";
}

static const char *reject_text(u8 reason)
{
	switch (reason) {
	case KISCSI_REJECT_DATA_DIGEST:
		return "data digest error";
	case KISCSI_REJECT_PROTOCOL:
		return "protocol error";
	case KISCSI_REJECT_COMMAND:
		return "command not supported";
	case KISCSI_REJECT_TOO_MANY_IMMEDIATE:
		return "too many immediate commands";
	case KISCSI_REJECT_TASK_IN_PROGRESS:
		return "task in progress";
	case KISCSI_REJECT_INVALID_PDU:
		return "invalid PDU field";
	case KISCSI_REJECT_LONG_OPERATION:
		return "long operation reject";
	case KISCSI_REJECT_WAITING_FOR_LOGOUT:
		return "waiting for logout";
	default:
		return "no reason known";
	}
}

static bool is_printable(const char *s)
{
	for (; *s; s++)
		if (*s <= ' ' || *s > '~')
			return false;
	return true;
}

/* whatever the target sent, a terminal or a log may be shown it */
static void make_printable(char *s)
{
	for (; *s; s++)
		if (*s < ' ' || *s > '~')
			*s = '?';
}

__printf(3, 4)
static enum kiscsi_login_result end_with(struct kiscsi_login *l, enum kiscsi_login_result result,
					 const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(l->error, sizeof(l->error), fmt, ap);
	va_end(ap);
	make_printable(l->error);
	l->step = KISCSI_STEP_ENDED;
	return result;
}

#define fail(l, ...) end_with(l, KISCSI_LOGIN_ERROR, __VA_ARGS__)

static enum kiscsi_login_result fail_key(struct kiscsi_login *l, enum kiscsi_login_result result,
					 const char *key, const char *value, const char *why)
{
	return end_with(l, result, "%s: \"%.*s%s\": %s", key, QUOTE_MAX, value,
			strlen(value) > QUOTE_MAX ? "..." : "", why);
}

static enum kiscsi_login_result fail_full(struct kiscsi_login *l)
{
	return fail(l, "more text than a login request has room for");
}

static bool discovery(const struct kiscsi_login *l)
{
	return !l->cfg->target_name;
}

static bool with_chap(const struct kiscsi_login *l)
{
	return l->cfg->cred && l->cfg->cred->user[0];
}

static bool with_mutual_chap(const struct kiscsi_login *l)
{
	return with_chap(l) && l->cfg->cred->mutual_secret_len;
}

static bool is_name(const char *name)
{
	return name[0] && strlen(name) <= KISCSI_NAME_MAX;
}

/* what the caller asks for, and not the target, is at fault */
static const char *check_config(const struct kiscsi_login_config *cfg)
{
	if (!cfg->initiator_name || !is_name(cfg->initiator_name))
		return "initiator name: want 1 to 223 bytes";
	if (cfg->target_name && !is_name(cfg->target_name))
		return "target name: want 1 to 223 bytes";
	if (!cfg->target_name && cfg->tsih)
		return "a discovery session has one connection only";
	if (cfg->initiator_alias && strlen(cfg->initiator_alias) > KISCSI_VALUE_MAX)
		return "initiator alias is longer than 255 bytes";
	if (cfg->cred && kiscsi_chap_check(cfg->cred))
		return kiscsi_chap_check(cfg->cred);
	if (cfg->cred && cfg->cred->user[0] && !cfg->crypto)
		return "CHAP without a hash to compute it with";
	return NULL;
}

static int put_first_request(struct kiscsi_login *l)
{
	const struct kiscsi_login_config *cfg = l->cfg;
	int err;

	err = kiscsi_text_add(&l->tx, "InitiatorName", cfg->initiator_name);
	if (!err && cfg->initiator_alias)
		err = kiscsi_text_add(&l->tx, "InitiatorAlias", cfg->initiator_alias);
	if (!err && cfg->target_name)
		err = kiscsi_text_add(&l->tx, "TargetName", cfg->target_name);
	/* section 13.21: for the leading connection only */
	if (!err && !cfg->tsih)
		err = kiscsi_text_add(&l->tx, "SessionType", discovery(l) ? "Discovery" : "Normal");
	if (!err)
		err = kiscsi_text_add(&l->tx, "AuthMethod", with_chap(l) ? "CHAP" : "None");
	return err;
}

static void init_state(struct kiscsi_login *l, const struct kiscsi_login_config *cfg)
{
	memset(l, 0, sizeof(*l));
	l->cfg = cfg;
	l->tx.buf = l->tx_buf;
	l->tx.size = sizeof(l->tx_buf);
	l->rx.buf = l->rx_buf;
	l->rx.size = sizeof(l->rx_buf);
	l->tsih = cfg->tsih;
	l->statsn = cfg->expstatsn;
	l->cmdsn = cfg->cmdsn;
	/* one command, until the target says how many */
	l->expcmdsn = cfg->cmdsn;
	l->maxcmdsn = cfg->cmdsn;
	l->csg = KISCSI_STAGE_SECURITY;
	l->step = KISCSI_STEP_SECURITY;
	l->requests = 1;
	kiscsi_params_init(&l->params);
	l->neg.offer = cfg->offer;
	l->neg.params = &l->params;
	l->neg.discovery = discovery(l);
	l->neg.leading = !cfg->tsih;
}

enum kiscsi_login_result kiscsi_login_start(struct kiscsi_login *l,
					    const struct kiscsi_login_config *cfg)
{
	const char *why;

	init_state(l, cfg);
	why = check_config(cfg);
	if (why)
		return fail(l, "%s", why);
	why = kiscsi_offer_check(cfg->offer);
	if (why)
		return fail(l, "%s: out of range", why);
	if (with_chap(l))
		kiscsi_chap_init(&l->chap, cfg->cred, cfg->crypto);
	/* with CHAP the stage cannot end in the first exchange; without, all is said in it */
	l->transit = !with_chap(l);
	return put_first_request(l) ? fail_full(l) : KISCSI_LOGIN_SEND;
}

/* bytes of l->tx that the request to send now carries */
static u32 chunk_len(const struct kiscsi_login *l)
{
	u32 left = l->tx.len - l->tx_sent;

	return left < KISCSI_LOGIN_DSL ? left : KISCSI_LOGIN_DSL;
}

static bool more_to_send(const struct kiscsi_login *l)
{
	return l->tx_sent + chunk_len(l) < l->tx.len;
}

static u8 next_stage(const struct kiscsi_login *l)
{
	if (l->csg == KISCSI_STAGE_SECURITY)
		return KISCSI_STAGE_OPERATIONAL;
	return KISCSI_STAGE_FULL_FEATURE;
}

/*
 * T goes with the last PDU of a batch only: C and T exclude each other, section 11.12.2, and the
 * empty requests that ask for the rest of the target's batch say nothing of their own.
 */
static bool asks_transit(const struct kiscsi_login *l)
{
	return l->transit && !more_to_send(l) && !l->collecting;
}

static u8 request_flags(const struct kiscsi_login *l)
{
	u8 flags = l->csg << 2;

	if (more_to_send(l))
		flags |= KISCSI_TEXT_CONTINUE;
	if (asks_transit(l))
		flags |= KISCSI_LOGIN_TRANSIT | next_stage(l);
	return flags;
}

void kiscsi_login_request(struct kiscsi_login *l, struct kiscsi_bhs *bhs, const void **data,
			  u32 *len)
{
	struct kiscsi_login_req *req = (struct kiscsi_login_req *)bhs;

	*data = l->tx.buf + l->tx_sent;
	*len = chunk_len(l);
	memset(req, 0, sizeof(*req));
	req->opcode = KISCSI_OP_LOGIN | KISCSI_IMMEDIATE;
	req->flags = request_flags(l);
	kiscsi_put_dsl(req->dsl, *len);
	memcpy(req->isid, l->cfg->isid, sizeof(req->isid));
	req->tsih = cpu_to_be16(l->cfg->tsih);
	req->itt = cpu_to_be32(l->cfg->itt);
	req->cid = cpu_to_be16(l->cfg->cid);
	req->cmdsn = cpu_to_be32(l->cmdsn);
	req->expstatsn = cpu_to_be32(l->statsn);
}

/* what must hold whatever the status */
static enum kiscsi_login_result check_response(struct kiscsi_login *l, const struct kiscsi_bhs *bhs,
					       u32 len)
{
	u8 opcode = KISCSI_OPCODE(bhs->opcode);

	if (opcode == KISCSI_OP_REJECT)
		return fail(l, "the target rejected the login request: %s (reason 0x%02x)",
			    reject_text(bhs->specific[0]), bhs->specific[0]);
	if (opcode != KISCSI_OP_LOGIN_RSP)
		return fail(l, "opcode 0x%02x where a Login Response belongs", opcode);
	if (bhs->ahs_len)
		return fail(l, "Login Response with an additional header");
	if (kiscsi_get_dsl(bhs) != len)
		return fail(l, "DataSegmentLength %u in a Login Response with %u bytes of data",
			    kiscsi_get_dsl(bhs), len);
	if (len > KISCSI_LOGIN_DSL)
		return fail(l, "Login Response with %u bytes of data: more than %u", len,
			    KISCSI_LOGIN_DSL);
	if (be32_to_cpu(bhs->itt) != l->cfg->itt)
		return fail(l, "Login Response with Initiator Task Tag 0x%08x: want 0x%08x",
			    be32_to_cpu(bhs->itt), l->cfg->itt);
	return KISCSI_LOGIN_SEND;
}

/* fields that mean something when the status is success, sections 11.13.1 to 11.13.4 */
static enum kiscsi_login_result check_fields(struct kiscsi_login *l,
					     const struct kiscsi_login_rsp *rsp)
{
	u32 statsn = be32_to_cpu(rsp->statsn);

	if (rsp->version_active)
		return fail(l, "protocol version 0x%02x: want 0x00", rsp->version_active);
	if (memcmp(rsp->isid, l->cfg->isid, sizeof(rsp->isid)))
		return fail(l, "Login Response with another ISID than the request");
	if (l->statsn_known && statsn != l->statsn)
		return fail(l, "Login Response with StatSN 0x%08x: want 0x%08x", statsn, l->statsn);
	return KISCSI_LOGIN_SEND;
}

static enum kiscsi_login_result check_stage(struct kiscsi_login *l, u8 flags)
{
	u8 csg = KISCSI_LOGIN_CSG(flags);
	u8 nsg = KISCSI_LOGIN_NSG(flags);

	if (csg != l->csg)
		return fail(l, "Login Response in stage %u: want %u", csg, l->csg);
	if (!(flags & KISCSI_LOGIN_TRANSIT))
		return KISCSI_LOGIN_SEND;
	if (flags & KISCSI_TEXT_CONTINUE)
		return fail(l, "Login Response with both T and C set");
	if (!asks_transit(l))
		return fail(l, "the target left stage %u (T bit) without being asked to", l->csg);
	/* straight to the full-feature phase is more than was asked, but some targets do it */
	if (nsg != next_stage(l) && nsg != KISCSI_STAGE_FULL_FEATURE)
		return fail(l, "the target moved on to stage %u: want %u", nsg, next_stage(l));
	return KISCSI_LOGIN_SEND;
}

static void take_serials(struct kiscsi_login *l, const struct kiscsi_login_rsp *rsp)
{
	u32 exp = be32_to_cpu(rsp->expcmdsn);
	u32 max = be32_to_cpu(rsp->maxcmdsn);

	l->statsn = be32_to_cpu(rsp->statsn) + 1;
	l->statsn_known = true;
	/* section 4.2.2.1: a window that ends before it begins is no window */
	if (!kiscsi_sn_lte(exp - 1, max))
		return;
	l->expcmdsn = exp;
	l->maxcmdsn = max;
}

/* another place to log in; the rest of the text does not matter any more */
static enum kiscsi_login_result take_redirect(struct kiscsi_login *l)
{
	const char *key, *value;
	u32 pos = 0;

	while (kiscsi_text_next(&l->rx, &pos, &key, &value) == 1) {
		if (strcmp(key, "TargetAddress"))
			continue;
		if (!*value || strlen(value) > KISCSI_ADDRESS_MAX || !is_printable(value))
			return fail_key(l, KISCSI_LOGIN_ERROR, key, value,
					"no address to be redirected to");
		memcpy(l->redirect, value, strlen(value) + 1);
		l->redirect_given = true;
		l->permanent = l->status_detail == 2;
		return end_with(l, KISCSI_LOGIN_REDIRECTED, "redirected to %s (%s)", l->redirect,
				kiscsi_login_status_text(l->status_class, l->status_detail));
	}
	return fail(l, "redirected without a TargetAddress");
}

static bool in_chap(const struct kiscsi_login *l)
{
	return l->step == KISCSI_STEP_CHAP_ALG || l->step == KISCSI_STEP_CHAP_RESPONSE;
}

static enum kiscsi_login_result take_status(struct kiscsi_login *l)
{
	const char *alg = in_chap(l) ? kiscsi_chap_alg_name(l->chap_alg) : NULL;
	enum kiscsi_login_result result = KISCSI_LOGIN_REFUSED;

	if (l->status_class == KISCSI_LOGIN_REDIRECT)
		return take_redirect(l);
	if (l->status_class == KISCSI_LOGIN_INITIATOR_ERR && l->status_detail == 1)
		result = KISCSI_LOGIN_AUTH;
	return end_with(l, result,
			"the target refused the login%s%s%s: %s (status 0x%02x%02x)",
			in_chap(l) ? " during CHAP" : "", alg ? " with " : "", alg ? alg : "",
			kiscsi_login_status_text(l->status_class, l->status_detail),
			l->status_class, l->status_detail);
}

static enum kiscsi_login_result take_auth_method(struct kiscsi_login *l, const char *key,
						 const char *value)
{
	const char *offered = with_chap(l) ? "CHAP" : "None";

	if (l->auth_answered)
		return fail_key(l, KISCSI_LOGIN_ERROR, key, value, "was sent twice");
	l->auth_answered = true;
	if (!strcmp(value, "Reject"))
		return fail_key(l, KISCSI_LOGIN_AUTH, key, value, with_chap(l) ?
				"the target does not take CHAP, which was all that was offered" :
				"the target wants authentication, and there are no credentials");
	if (strcmp(value, offered))
		return fail_key(l, KISCSI_LOGIN_ERROR, key, value, with_chap(l) ?
				"was never offered; CHAP was" : "was never offered; None was");
	l->chap_used = with_chap(l);
	return KISCSI_LOGIN_SEND;
}

static enum kiscsi_login_result take_chap_key(struct kiscsi_login *l, const char *key,
					      const char *value)
{
	const char *why;

	if (!in_chap(l))
		return fail_key(l, KISCSI_LOGIN_ERROR, key, value, "CHAP is not under way");
	if (kiscsi_chap_feed(&l->chap, key, value, &why) < 0)
		/* no common algorithm is a matter of credentials and policy, not of protocol */
		return fail_key(l, strcmp(value, "Reject") ? KISCSI_LOGIN_ERROR : KISCSI_LOGIN_AUTH,
				key, value, why);
	l->chap_alg = l->chap.alg;
	return KISCSI_LOGIN_SEND;
}

static bool is_chap_key(const char *key)
{
	return strlen(key) == 6 && !strncmp(key, "CHAP_", 5) && strchr("AICNR", key[5]);
}

static enum kiscsi_login_result take_key(struct kiscsi_login *l, const char *key, const char *value)
{
	const char *why;

	if (!strcmp(key, "AuthMethod"))
		return take_auth_method(l, key, value);
	if (is_chap_key(key))
		return take_chap_key(l, key, value);
	l->neg.disputed = false;
	if (kiscsi_keys_feed(&l->neg, key, value, &l->tx, &why) == KISCSI_KEY_BAD)
		return fail_key(l, KISCSI_LOGIN_ERROR, key, value, why);
	l->disputed |= l->neg.disputed;
	return KISCSI_LOGIN_SEND;
}

static enum kiscsi_login_result take_text(struct kiscsi_login *l)
{
	enum kiscsi_login_result result = KISCSI_LOGIN_SEND;
	const char *key, *value;
	u32 pos = 0;
	int r;

	while ((r = kiscsi_text_next(&l->rx, &pos, &key, &value)) == 1) {
		result = take_key(l, key, value);
		if (result != KISCSI_LOGIN_SEND)
			return result;
	}
	if (r < 0)
		return fail(l, "ill-formed key=value text at byte %u of the Login Response", pos);
	return result;
}

static enum kiscsi_login_result enter_operational(struct kiscsi_login *l)
{
	l->csg = KISCSI_STAGE_OPERATIONAL;
	l->step = KISCSI_STEP_OPERATIONAL;
	l->transit = true;
	return kiscsi_keys_offer(&l->neg, &l->tx) ? fail_full(l) : KISCSI_LOGIN_SEND;
}

static enum kiscsi_login_result enter_full_feature(struct kiscsi_login *l,
						   const struct kiscsi_login_rsp *rsp)
{
	u16 tsih = be16_to_cpu(rsp->tsih);
	const char *why;

	/* an unknown key's NotUnderstood need not be read any more, another answer must */
	if (l->disputed)
		return fail(l, "the target proposed values and ended the login before our answer");
	why = kiscsi_keys_unanswered(&l->neg);
	if (why)
		return fail(l, "%s: the target gave no answer", why);
	why = kiscsi_keys_finish(&l->neg);
	if (why)
		return fail(l, "%s", why);
	if (!tsih && !discovery(l))
		return fail(l, "the target gave the session no handle (TSIH 0)");
	if (l->cfg->tsih && tsih != l->cfg->tsih)
		return fail(l, "the target put the connection into TSIH %u: want %u", tsih,
			    l->cfg->tsih);
	l->tsih = tsih;
	l->step = KISCSI_STEP_ENDED;
	return KISCSI_LOGIN_DONE;
}

/* the response agreed with our T bit */
static enum kiscsi_login_result enter_next_stage(struct kiscsi_login *l,
						 const struct kiscsi_login_rsp *rsp)
{
	if (KISCSI_LOGIN_NSG(rsp->flags) == KISCSI_STAGE_FULL_FEATURE)
		return enter_full_feature(l, rsp);
	return enter_operational(l);
}

static enum kiscsi_login_result step_security(struct kiscsi_login *l,
					      const struct kiscsi_login_rsp *rsp)
{
	if (!with_chap(l)) {
		/* None needs no answer to hold: it is what happens in the absence of any method */
		if (rsp->flags & KISCSI_LOGIN_TRANSIT)
			return enter_next_stage(l, rsp);
		return KISCSI_LOGIN_SEND;
	}
	if (!l->auth_answered)
		return fail(l, "AuthMethod: the target gave no answer to CHAP");
	l->step = KISCSI_STEP_CHAP_ALG;
	return kiscsi_chap_offer(&l->chap, &l->tx) ? fail_full(l) : KISCSI_LOGIN_SEND;
}

static enum kiscsi_login_result step_chap_alg(struct kiscsi_login *l)
{
	const char *why = NULL;
	int err;

	err = kiscsi_chap_respond(&l->chap, &l->tx, &why);
	if (err == -ENOSPC)
		return fail_full(l);
	if (err)
		return fail(l, "CHAP: %s", why);
	l->step = KISCSI_STEP_CHAP_RESPONSE;
	l->transit = true;
	return KISCSI_LOGIN_SEND;
}

static enum kiscsi_login_result step_chap_response(struct kiscsi_login *l,
						   const struct kiscsi_login_rsp *rsp)
{
	bool transit = rsp->flags & KISCSI_LOGIN_TRANSIT;
	const char *why = NULL;

	/* the answer to our challenge may take another PDU, but not another stage */
	if (with_mutual_chap(l) && !l->verified &&
	    (transit || l->chap.have_n || l->chap.have_r)) {
		if (kiscsi_chap_verify(&l->chap, &why))
			return end_with(l, KISCSI_LOGIN_AUTH, "mutual CHAP: %s", why);
		l->verified = true;
	}
	return transit ? enter_next_stage(l, rsp) : KISCSI_LOGIN_SEND;
}

static enum kiscsi_login_result take_step(struct kiscsi_login *l,
					  const struct kiscsi_login_rsp *rsp)
{
	switch (l->step) {
	case KISCSI_STEP_SECURITY:
		return step_security(l, rsp);
	case KISCSI_STEP_CHAP_ALG:
		return step_chap_alg(l);
	case KISCSI_STEP_CHAP_RESPONSE:
		return step_chap_response(l, rsp);
	case KISCSI_STEP_OPERATIONAL:
		if (rsp->flags & KISCSI_LOGIN_TRANSIT)
			return enter_full_feature(l, rsp);
		return KISCSI_LOGIN_SEND;
	case KISCSI_STEP_ENDED:
		break;
	}
	return fail(l, "the login is over already");
}

/* a whole batch is there, and all of ours was sent */
static enum kiscsi_login_result take_batch(struct kiscsi_login *l,
					   const struct kiscsi_login_rsp *rsp)
{
	enum kiscsi_login_result result;

	l->disputed = false;
	result = take_text(l);
	l->rx.len = 0;
	return result == KISCSI_LOGIN_SEND ? take_step(l, rsp) : result;
}

/* our own batch goes on: section 6.2 has the target answer with no text until it is complete */
static enum kiscsi_login_result send_rest(struct kiscsi_login *l, u32 len)
{
	if (len)
		return fail(l, "the target answered before our request was complete");
	l->tx_sent += chunk_len(l);
	return KISCSI_LOGIN_SEND;
}

static enum kiscsi_login_result take_response(struct kiscsi_login *l,
					      const struct kiscsi_login_rsp *rsp, const void *data,
					      u32 len)
{
	enum kiscsi_login_result result;

	result = check_fields(l, rsp);
	if (result == KISCSI_LOGIN_SEND)
		result = check_stage(l, rsp->flags);
	if (result != KISCSI_LOGIN_SEND)
		return result;
	take_serials(l, rsp);
	if (more_to_send(l))
		return send_rest(l, len);
	l->tx.len = 0;
	l->tx_sent = 0;
	if (kiscsi_text_collect(&l->rx, data, len))
		return fail(l, "the target sent more than %u bytes of text", KISCSI_LOGIN_TEXT_MAX);
	l->collecting = rsp->flags & KISCSI_TEXT_CONTINUE;
	return l->collecting ? KISCSI_LOGIN_SEND : take_batch(l, rsp);
}

enum kiscsi_login_result kiscsi_login_feed(struct kiscsi_login *l, const struct kiscsi_bhs *bhs,
					   const void *data, u32 len)
{
	const struct kiscsi_login_rsp *rsp = (const struct kiscsi_login_rsp *)bhs;
	enum kiscsi_login_result result;

	if (l->step == KISCSI_STEP_ENDED)
		return fail(l, "the login is over already");
	result = check_response(l, bhs, len);
	if (result != KISCSI_LOGIN_SEND)
		return result;
	l->status_class = rsp->status_class;
	l->status_detail = rsp->status_detail;
	if (rsp->status_class) {
		l->rx.len = 0;
		kiscsi_text_collect(&l->rx, data, len);
		return take_status(l);
	}
	result = take_response(l, rsp, data, len);
	if (result == KISCSI_LOGIN_SEND && ++l->requests > KISCSI_LOGIN_PDU_MAX)
		return fail(l, "no end after %u login requests", KISCSI_LOGIN_PDU_MAX);
	return result;
}

void kiscsi_login_wipe(struct kiscsi_login *l)
{
	memzero_explicit(l, sizeof(*l));
}
