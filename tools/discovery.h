/* SPDX-License-Identifier: GPL-2.0 */
/*
 * SendTargets discovery, RFC 7143 appendix C.
 */
#ifndef KISCSI_TOOLS_DISCOVERY_H
#define KISCSI_TOOLS_DISCOVERY_H

#include "leading.h"
#include "targets.h"

/* more text than this, and the target is not telling us about targets */
#define DISCOVERY_TEXT_MAX	(4u << 20)

/**
 * discovery_parse() - take the complete text of a report
 * @t: gets the targets, each once; all zero before
 * @text: the answer, changed
 * @via: the portal asked, where a target without a TargetAddress is to be found
 * @e: says why when -1 is returned
 */
int discovery_parse(struct targets *t, struct kiscsi_text *text, const struct address *via,
		    struct err *e);

/**
 * discovery_run() - ask the target node at the first of @portals that lets us for its targets
 * @c: who asks; target name, offer and ISID are filled in here
 * @portals: tried in turn
 * @t: gets the targets
 * @via: set to the address that answered
 * @deadline: for all of it
 * @e: says why when -1 is returned
 */
int discovery_run(const struct leading_config *c, const struct address_list *portals,
		  struct targets *t, struct address *via, deadline_t deadline, struct err *e);

#endif
