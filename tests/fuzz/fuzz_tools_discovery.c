// SPDX-License-Identifier: GPL-2.0
/*
 * A SendTargets report.
 */
#include "../../tools/clock.c"
#include "../../tools/err.c"
#include "../../tools/portal.c"
#include "../../tools/process.c"
#include "../../tools/progress.c"
#include "../../tools/targets.c"
#include "../../tools/discovery.c"
#include "fuzz.h"

/* the session that a report comes over: not wanted here */
struct leading *leading_new(void) { return NULL; }
void leading_free(struct leading *l) { (void)l; }
void leading_logout(struct leading *l) { (void)l; }

int leading_login(struct leading *l, const struct leading_config *c,
		  const struct address_list *portals, deadline_t deadline, struct err *e)
{
	(void)l, (void)c, (void)portals, (void)deadline;
	return err_set(e, ST_FAILED, "no network here");
}

int net_send(int fd, struct kiscsi_bhs *bhs, const void *data, u32 len, deadline_t deadline,
	     struct err *e)
{
	(void)fd, (void)bhs, (void)data, (void)len, (void)deadline;
	return err_set(e, ST_FAILED, "no network here");
}

int net_recv(int fd, struct kiscsi_bhs *bhs, void *data, u32 size, u32 *len, deadline_t deadline,
	     struct err *e)
{
	(void)fd, (void)bhs, (void)data, (void)size, (void)len, (void)deadline;
	return err_set(e, ST_FAILED, "no network here");
}

int initiator_isid_discovery(u8 isid[6], struct err *e)
{
	(void)isid;
	return err_set(e, ST_FAILED, "no network here");
}

void kiscsi_offer_init(struct kiscsi_offer *offer) { memset(offer, 0, sizeof(*offer)); }

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kiscsi_text text = { .buf = exact_copy(data, size), .len = (u32)size, .size = (u32)size };
	struct targets t = { 0 };
	struct address via;
	struct err e;

	address_numeric(&via, "192.0.2.1");
	if (!discovery_parse(&t, &text, &via, &e)) {
		for (unsigned int i = 0; i < t.count; i++)
			MUST(t.v[i].name[0] && t.v[i].count);
	}
	targets_free(&t);
	free(text.buf);
	return 0;
}
