// SPDX-License-Identifier: GPL-2.0
/*
 * SendTargets: a discovery session, a Text Request, and what comes back.
 */
#include <stdlib.h>

#include "discovery.h"
#include "initiator.h"

#define TEXT_ITT	2
#define NOP_ITT		KISCSI_RESERVED_TAG
#define DISCOVERY_DSL	65536

/**
 * struct ask - a SendTargets request under way
 * @l: the discovery session
 * @expstatsn: StatSN expected next
 * @ttt: Target Transfer Tag by which the target knows what to go on with
 * @lun: LUN that came with @ttt; the next request repeats both, RFC 7143 section 11.11.4
 * @text: the answer so far
 * @segment: DISCOVERY_DSL bytes for a data segment
 */
struct ask {
	struct leading *l;
	u32 expstatsn;
	__be32 ttt;
	u8 lun[8];
	struct kiscsi_text text;
	u8 *segment;
};

static int add_address(struct targets *t, struct target *current, const char *value, struct err *e)
{
	struct portal p;
	const char *why;

	if (!current)
		return err_set(e, ST_FAILED, "SendTargets: a TargetAddress before any TargetName");
	why = portal_parse_address(&p, value);
	if (!why)
		return target_add_portal(current, &p, e) ? err_where(e, "SendTargets") : 0;
	if (!t->bad++)
		snprintf(t->first_bad, sizeof(t->first_bad), "%.255s: %s", value, why);
	return 0;
}

/* a target without address is where the report came from */
static int add_missing(struct targets *t, const struct address *via, struct err *e)
{
	struct portal p = { .tpgt = TPGT_UNKNOWN };

	address_host(via, p.host);
	p.v6 = via->sa.sa_family == AF_INET6;
	p.port = address_port(via);
	for (unsigned int i = 0; i < t->count; i++) {
		if (!t->v[i].count && target_add_portal(&t->v[i], &p, e))
			return err_where(e, "SendTargets");
	}
	return 0;
}

int discovery_parse(struct targets *t, struct kiscsi_text *text, const struct address *via,
		    struct err *e)
{
	struct target *current = NULL;
	const char *key, *value;
	u32 pos = 0;
	int r;

	while ((r = kiscsi_text_next(text, &pos, &key, &value)) == 1) {
		if (!strcmp(key, "TargetName"))
			r = targets_add(t, value, &current, e) ? err_where(e, "SendTargets") : 0;
		else if (!strcmp(key, "TargetAddress"))
			r = add_address(t, current, value, e);
		if (r < 0)
			return -1;
	}
	if (r < 0)
		return err_set(e, ST_FAILED, "SendTargets: the answer is no key=value text");
	return add_missing(t, via, e);
}

static int send_request(struct ask *a, const void *data, u32 len, deadline_t deadline, struct err *e)
{
	struct kiscsi_text_req req = {
		.opcode = KISCSI_OP_TEXT | KISCSI_IMMEDIATE,
		.flags = KISCSI_TEXT_FINAL,
		.itt = cpu_to_be32(TEXT_ITT),
		.ttt = a->ttt,
		.cmdsn = cpu_to_be32(a->l->login.cmdsn),
		.expstatsn = cpu_to_be32(a->expstatsn),
	};

	memcpy(req.lun, a->lun, sizeof(req.lun));
	return net_send(a->l->fd, (struct kiscsi_bhs *)&req, data, len, deadline, e);
}

/* a ping wants its data back */
static int answer_nop(struct ask *a, const struct kiscsi_nop_in *nop, u32 len, deadline_t deadline,
		      struct err *e)
{
	struct kiscsi_nop_out pong = {
		.opcode = KISCSI_OP_NOP_OUT | KISCSI_IMMEDIATE,
		.flags = KISCSI_FLAG_FINAL,
		.itt = cpu_to_be32(NOP_ITT),
		.ttt = nop->ttt,
		.cmdsn = cpu_to_be32(a->l->login.cmdsn),
		.expstatsn = cpu_to_be32(a->expstatsn),
	};
	u32 limit = a->l->login.params.max_xmit_dsl;

	if (nop->ttt == cpu_to_be32(KISCSI_RESERVED_TAG))
		return 0;
	memcpy(pong.lun, nop->lun, sizeof(pong.lun));
	return net_send(a->l->fd, (struct kiscsi_bhs *)&pong, a->segment, len < limit ? len : limit,
			deadline, e);
}

/* a Text Response: 0 when it was the last, 1 when there is more to ask for */
static int take_response(struct ask *a, const struct kiscsi_text_rsp *rsp, u32 len, struct err *e)
{
	if (rsp->itt != cpu_to_be32(TEXT_ITT))
		return err_set(e, ST_FAILED, "SendTargets: a Text Response with another Initiator Task Tag");
	a->expstatsn = be32_to_cpu(rsp->statsn) + 1;
	if (kiscsi_text_collect(&a->text, a->segment, len))
		return err_set(e, ST_FAILED, "SendTargets: more than %u bytes of text",
			       DISCOVERY_TEXT_MAX);
	a->ttt = rsp->ttt;
	memcpy(a->lun, rsp->lun, sizeof(a->lun));
	if (rsp->flags & KISCSI_TEXT_FINAL) {
		if (rsp->flags & KISCSI_TEXT_CONTINUE)
			return err_set(e, ST_FAILED,
				       "SendTargets: a Text Response with both F and C bit");
		return 0;
	}
	if (a->ttt == cpu_to_be32(KISCSI_RESERVED_TAG))
		return err_set(e, ST_FAILED, "SendTargets: more is announced, but with no tag to ask by");
	return 1;
}

/* read up to the next Text Response, passing over what may come between: see take_response() */
static int next_response(struct ask *a, deadline_t deadline, struct err *e)
{
	struct kiscsi_bhs bhs;
	u32 len;

	for (;;) {
		if (net_recv(a->l->fd, &bhs, a->segment, DISCOVERY_DSL, &len, deadline, e))
			return err_where(e, "SendTargets");
		switch (KISCSI_OPCODE(bhs.opcode)) {
		case KISCSI_OP_TEXT_RSP:
			return take_response(a, (const struct kiscsi_text_rsp *)&bhs, len, e);
		case KISCSI_OP_NOP_IN:
			if (answer_nop(a, (const struct kiscsi_nop_in *)&bhs, len, deadline, e))
				return -1;
			break;
		case KISCSI_OP_ASYNC:
			return err_set(e, ST_FAILED, "SendTargets: the target ends the session");
		case KISCSI_OP_REJECT:
			return err_set(e, ST_FAILED, "SendTargets: rejected, reason 0x%02x",
				       bhs.specific[0]);
		default:
			return err_set(e, ST_FAILED, "SendTargets: answered with a PDU of opcode 0x%02x",
				       KISCSI_OPCODE(bhs.opcode));
		}
	}
}

static int ask_targets(struct ask *a, deadline_t deadline, struct err *e)
{
	static const char all[] = "SendTargets=All";
	int r;

	r = send_request(a, all, sizeof(all), deadline, e);
	while (!r) {
		r = next_response(a, deadline, e);
		if (r <= 0)
			return r;
		r = send_request(a, NULL, 0, deadline, e);
	}
	return r;
}

static int collect(struct leading *l, struct targets *t, deadline_t deadline, struct err *e)
{
	struct ask a = { .l = l, .expstatsn = l->login.statsn, .ttt = cpu_to_be32(KISCSI_RESERVED_TAG) };
	int r = -1;

	a.segment = malloc(DISCOVERY_DSL);
	a.text.size = DISCOVERY_TEXT_MAX;
	a.text.buf = malloc(DISCOVERY_TEXT_MAX);
	if (!a.segment || !a.text.buf) {
		err_sys(e, ST_FAILED, ENOMEM, "SendTargets");
		goto out_free;
	}
	r = ask_targets(&a, deadline, e);
	l->login.statsn = a.expstatsn;
	if (!r)
		r = discovery_parse(t, &a.text, &l->peer, e);
out_free:
	free(a.text.buf);
	free(a.segment);
	return r;
}

int discovery_run(const struct leading_config *c, const struct address_list *portals,
		  struct targets *t, struct address *via, deadline_t deadline, struct err *e)
{
	struct leading_config mine = *c;
	struct leading *l = leading_new();
	struct kiscsi_offer offer;
	char text[ADDRESS_TEXT_MAX];
	int r = -1;

	memset(t, 0, sizeof(*t));
	if (!l)
		return err_sys(e, ST_FAILED, ENOMEM, "discovery");
	kiscsi_offer_init(&offer);
	offer.max_recv_dsl = DISCOVERY_DSL;
	offer.header_digests = 1;
	offer.header_digest[0] = KISCSI_DIGEST_NONE;
	offer.data_digests = 1;
	offer.data_digest[0] = KISCSI_DIGEST_NONE;
	mine.offer = &offer;
	mine.target_name = NULL;
	if (initiator_isid_discovery(mine.isid, e) || leading_login(l, &mine, portals, deadline, e))
		goto out_free;
	*via = l->peer;
	r = collect(l, t, deadline, e);
	if (r) {
		targets_free(t);
		err_where(e, "%s", address_text(via, text));
	}
	leading_logout(l);
out_free:
	leading_free(l);
	return r;
}
