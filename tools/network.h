/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Networks that a person wants portals to be in: "192.0.2.0/24", "2001:db8::/32".
 */
#ifndef KISCSI_TOOLS_NETWORK_H
#define KISCSI_TOOLS_NETWORK_H

#include "targets.h"

#define NETWORKS_MAX	16

/**
 * struct networks - those that were given; none: all are wanted
 * @v: an address of each
 * @prefix: bits of it that count
 * @count: how many
 */
struct networks {
	struct address v[NETWORKS_MAX];
	unsigned int prefix[NETWORKS_MAX];
	unsigned int count;
};

/** networks_add() - take one as written; NULL, or what is wrong with it */
const char *networks_add(struct networks *n, const char *text);

/** networks_have() - is @a in one of them, or are none given? */
bool networks_have(const struct networks *n, const struct address *a);

/**
 * networks_filter() - take out of @t the portals that are elsewhere, and targets that have no other
 * @n: the networks
 * @t: a report
 * @via: where it came from, or NULL; see portal_resolve()
 * @deadline: for the name service; portals whose names do not resolve are taken out, and told of
 */
void networks_filter(const struct networks *n, struct targets *t, const struct address *via,
		     deadline_t deadline);

#endif
