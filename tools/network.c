// SPDX-License-Identifier: GPL-2.0
/*
 * Which portals are in which networks?
 */
#include <ctype.h>
#include <stdlib.h>

#include "network.h"

static int take_prefix(const char *text, unsigned int max)
{
	unsigned int n = 0;

	if (!*text || strlen(text) > 3)
		return -1;
	for (; *text; text++) {
		if (!isdigit((unsigned char)*text))
			return -1;
		n = n * 10 + (unsigned int)(*text - '0');
	}
	return n <= max ? (int)n : -1;
}

const char *networks_add(struct networks *n, const char *text)
{
	static const char want[] = "want ADDRESS/BITS, as 192.0.2.0/24 or 2001:db8::/32";
	const char *slash = strchr(text, '/');
	char host[ADDRESS_TEXT_MAX];
	struct address *a;
	int prefix;

	if (n->count == NETWORKS_MAX)
		return "too many networks";
	a = &n->v[n->count];
	if (!slash || (size_t)(slash - text) >= sizeof(host))
		return want;
	memcpy(host, text, (size_t)(slash - text));
	host[slash - text] = '\0';
	if (strchr(host, '%') || address_numeric(a, host))
		return want;
	prefix = take_prefix(slash + 1, a->sa.sa_family == AF_INET ? 32 : 128);
	if (prefix < 0)
		return want;
	n->prefix[n->count++] = (unsigned int)prefix;
	return NULL;
}

static const u8 *bytes_of(const struct address *a)
{
	return a->sa.sa_family == AF_INET ? (const u8 *)&a->in.sin_addr : a->in6.sin6_addr.s6_addr;
}

static bool same_bits(const u8 *a, const u8 *b, unsigned int bits)
{
	u8 mask = (u8)(0xff00 >> bits % 8);

	if (memcmp(a, b, bits / 8))
		return false;
	return !(bits % 8) || !((a[bits / 8] ^ b[bits / 8]) & mask);
}

bool networks_have(const struct networks *n, const struct address *a)
{
	for (unsigned int i = 0; i < n->count; i++) {
		if (a->sa.sa_family == n->v[i].sa.sa_family &&
		    same_bits(bytes_of(a), bytes_of(&n->v[i]), n->prefix[i]))
			return true;
	}
	return !n->count;
}

static bool portal_in(const struct networks *n, const struct portal *p, const struct address *via,
		      deadline_t deadline)
{
	struct address_list list = { 0 };
	struct err e;

	if (portal_resolve(p, &list, via, deadline, &e)) {
		err_warn("%s: passed over", e.text);
		return false;
	}
	for (unsigned int i = 0; i < list.count; i++) {
		if (networks_have(n, &list.v[i]))
			return true;
	}
	return false;
}

void networks_filter(const struct networks *n, struct targets *t, const struct address *via,
		     deadline_t deadline)
{
	unsigned int kept = 0;

	for (unsigned int i = 0; i < t->count && n->count; i++) {
		struct target *one = &t->v[i];
		unsigned int portals = 0;

		for (unsigned int k = 0; k < one->count; k++) {
			if (portal_in(n, &one->portals[k], via, deadline))
				one->portals[portals++] = one->portals[k];
		}
		one->count = portals;
		if (portals)
			t->v[kept++] = *one;
		else
			free(one->portals);
	}
	if (n->count)
		t->count = kept;
}
