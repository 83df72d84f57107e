/* SPDX-License-Identifier: GPL-2.0 */
/*
 * SendTargets discovery, RFC 7143 appendix C.
 */
#ifndef KISCSI_TOOLS_DISCOVERY_H
#define KISCSI_TOOLS_DISCOVERY_H

#include "leading.h"

/* more text than this, and the target is not telling us about targets */
#define DISCOVERY_TEXT_MAX	(4u << 20)
#define DISCOVERY_TARGETS_MAX	8192
#define DISCOVERY_PORTALS_MAX	256	/* of one target */

/**
 * struct target - one target of a report
 * @name: as the target sent it, 1 to 223 bytes, any bytes
 * @portals: its addresses with their portal group tags
 * @count: how many
 */
struct target {
	char name[KISCSI_NAME_MAX + 1];
	struct portal *portals;
	unsigned int count;
};

/**
 * struct targets - a report
 * @v: the targets
 * @count: how many
 * @bad: TargetAddresses that could not be understood and were passed over
 * @first_bad: the first of them and what is wrong with it
 */
struct targets {
	struct target *v;
	unsigned int count;
	unsigned int bad;
	char first_bad[384];
};

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

/** discovery_free() - free what @t holds */
void discovery_free(struct targets *t);

#endif
