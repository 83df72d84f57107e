/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Discovery by a name server: a client of iSNS, RFC 4171.
 */
#ifndef KISCSI_TOOLS_ISNS_H
#define KISCSI_TOOLS_ISNS_H

#include "settings.h"
#include "targets.h"

/* an answer of more bytes than this is no answer */
#define ISNS_ANSWER_MAX	(4u << 20)

/**
 * isns_parse() - take the payload of an answer to our query for targets
 * @t: gets the targets, each once; all zero before
 * @payload: of all its PDUs together, behind the status
 * @len: bytes
 * @e: says why when -1 is returned
 */
int isns_parse(struct targets *t, const u8 *payload, size_t len, struct err *e);

/**
 * isns_discover() - ask the first of @servers that answers for the targets we may see
 * @settings: initiator name, source address
 * @servers: tried in turn, each with its share of the time
 * @t: gets the targets: those of the discovery domains that the server has our name in
 * @deadline: for all of it
 * @e: says why when -1 is returned
 *
 * A server tells nothing to those it does not know. So we register our name, unless somebody has, and
 * deregister what we registered.
 */
int isns_discover(const struct settings *settings, const struct address_list *servers,
		  struct targets *t, deadline_t deadline, struct err *e);

#endif
