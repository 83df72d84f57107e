// SPDX-License-Identifier: GPL-2.0
/*
 * Text Requests: SendTargets, RFC 7143 appendix C. A long answer goes out piece by piece.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>

#include "target.h"

/** own_address() - TargetAddress of this portal: where the initiator reached us, it can reach us */
void own_address(const struct conn *c, char *buf, size_t size)
{
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);
	char host[INET6_ADDRSTRLEN] = "?";

	memset(&ss, 0, sizeof(ss));
	getsockname(c->fd, (struct sockaddr *)&ss, &len);
	if (ss.ss_family == AF_INET6) {
		const struct sockaddr_in6 *in6 = (const void *)&ss;

		inet_ntop(AF_INET6, &in6->sin6_addr, host, sizeof(host));
		snprintf(buf, size, "[%s]:%u,%u", host, ntohs(in6->sin6_port), config.portal_group);
	} else {
		const struct sockaddr_in *in = (const void *)&ss;

		inet_ntop(AF_INET, &in->sin_addr, host, sizeof(host));
		snprintf(buf, size, "%s:%u,%u", host, ntohs(in->sin_port), config.portal_group);
	}
}

static void send_targets(struct conn *c, const char *which, struct pdu *out)
{
	char address[80];

	own_address(c, address, sizeof(address));
	if (strcmp(which, "All") && *which && strcmp(which, config.target))
		return;
	text_add(out, "TargetName", config.target);
	text_add(out, "TargetAddress", address);
	if (strcmp(which, "All"))
		return;
	for (u32 i = 1; i < config.targets; i++) {
		text_addf(out, "TargetName", "%s.%u", config.target, i);
		text_add(out, "TargetAddress", address);
	}
}

static void build_answer(struct conn *c, const struct keys *k, struct pdu *out)
{
	for (u32 i = 0; i < k->count; i++) {
		if (!strcmp(k->key[i], "SendTargets"))
			send_targets(c, k->value[i], out);
		else if (strcmp(k->value[i], "NotUnderstood"))
			text_add(out, k->key[i], "NotUnderstood");
	}
}

/* the next piece of c->text; the last one has the F bit */
static void send_piece(struct conn *c)
{
	struct pdu p;
	struct kiscsi_text_rsp *r = (void *)&p.bhs;
	u32 len = c->text_len - c->text_sent;
	bool last;

	if (len > c->par.send_dsl)
		len = c->par.send_dsl;
	last = c->text_sent + len == c->text_len;
	pdu_init(&p, KISCSI_OP_TEXT_RSP);
	r->flags = last ? KISCSI_TEXT_FINAL : KISCSI_TEXT_CONTINUE;
	r->itt = cpu_to_be32(c->text_itt);
	r->ttt = cpu_to_be32(last ? KISCSI_RESERVED_TAG : c->ttt);
	pdu_data(&p, c->text + c->text_sent, len);
	c->text_sent += len;
	if (last) {
		free(c->text);
		c->text = NULL;
	}
	send_pdu(c, &p, true);
	pdu_free(&p);
}

static void first_piece(struct conn *c, const struct pdu *req)
{
	struct pdu all;
	struct keys k;
	const char *why = keys_parse(&k, (const char *)req->data, req->len);

	pdu_init(&all, KISCSI_OP_TEXT_RSP);
	if (why)
		violation(c, "Text Request: %s", why);
	build_answer(c, &k, &all);
	keys_free(&k);
	free(c->text);
	c->text = xmalloc(all.len);
	if (all.len)
		memcpy(c->text, all.data, all.len);
	c->text_len = all.len;
	c->text_sent = 0;
	c->text_itt = be32_to_cpu(req->bhs.itt);
	c->text_immediate = req->bhs.opcode & KISCSI_IMMEDIATE;
	pdu_free(&all);
	send_piece(c);
}

static void next_piece(struct conn *c, const struct pdu *req)
{
	const struct kiscsi_text_req *r = (const void *)&req->bhs;

	if (be32_to_cpu(r->itt) != c->text_itt)
		violation(c, "Text Request: ITT %08x, should be %08x", be32_to_cpu(r->itt),
			  c->text_itt);
	if (!(r->opcode & KISCSI_IMMEDIATE) != !c->text_immediate)
		violation(c, "Text Request: the I bit is not that of the first request");
	if (be32_to_cpu(r->ttt) != c->ttt)
		violation(c, "Text Request: TTT %08x, should be %08x", be32_to_cpu(r->ttt), c->ttt);
	if (req->len)
		violation(c, "Text Request: text while ours is not complete");
	send_piece(c);
}

/**
 * text_request() - answer a Text Request
 * @c: connection
 * @p: the request
 */
void text_request(struct conn *c, const struct pdu *p)
{
	const struct kiscsi_text_req *r = (const void *)&p->bhs;

	check_text(c, p);
	if (!session_take(c, be32_to_cpu(r->cmdsn), r->opcode & KISCSI_IMMEDIATE, "Text Request"))
		return;
	if (r->flags & KISCSI_TEXT_CONTINUE) {
		violation(c, "Text Request: C bit on a question this short");
		send_reject(c, p, KISCSI_REJECT_PROTOCOL);
		return;
	}
	if (c->text)
		next_piece(c, p);
	else if (be32_to_cpu(r->ttt) != KISCSI_RESERVED_TAG)
		violation(c, "Text Request: TTT %08x, and no text is left", be32_to_cpu(r->ttt));
	else
		first_piece(c, p);
}
