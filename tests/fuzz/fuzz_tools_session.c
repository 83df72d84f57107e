// SPDX-License-Identifier: GPL-2.0
/*
 * A session's attributes, an event, and a refusal, as from a kernel that makes no sense.
 */
#include "../../tools/clock.c"
#include "../../tools/err.c"
#include "../../tools/portal.c"
#include "../../tools/process.c"
#include "../../tools/progress.c"
#include "../../tools/nl.c"
#include "../../tools/session.c"
#include "fuzz.h"

static void try_session(const uint8_t *data, size_t size)
{
	struct session s;

	if (!session_parse(&s, data, size)) {
		MUST(s.conn_count <= KISCSI_MAX_CONNECTIONS && s.portals.count <= ADDRESSES_MAX);
		MUST(strlen(s.target) < sizeof(s.target));
	}
	session_free(&s);
}

static void try_message(void *data, size_t size)
{
	const struct nlmsghdr *msg = data;
	int len = (int)size;
	struct nl_event ev;
	struct err e;

	for (; mnl_nlmsg_ok(msg, len); msg = mnl_nlmsg_next(msg, &len)) {
		if (mnl_nlmsg_get_payload_len(msg) > size)
			break;
		take_message(msg, NULL, NULL, &e);
		take_event(msg, msg->nlmsg_type, &ev);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	void *copy = exact_copy(data, size);

	try_session(copy, size);
	try_message(copy, size);
	free(copy);
	return 0;
}
