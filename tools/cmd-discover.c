// SPDX-License-Identifier: GPL-2.0
/*
 * kiscsi discover: which targets are at a portal?
 */
#include "cmd.h"
#include "initiator.h"
#include "isns.h"
#include "opt.h"
#include "out.h"
#include "progress.h"

#define TAKES (OPT_CHAP | OPT_SET | OPT_TIMEOUT | OPT_JSON | OPT_ISNS | OPT_NETWORK)
#define TIMEOUT_DEFAULT 30

static int report(const struct options *o, const struct targets *t, struct err *e)
{
	if (t->bad)
		err_warn("%s: %u TargetAddresses passed over, the first is %s", o->argument, t->bad,
			 t->first_bad);
	if (o->json)
		out_list_json("targets", out_targets_json(t));
	else
		out_targets(t);
	if (out_flush(e))
		return -1;
	return t->count ? 0 : err_set(e, ST_NO_MATCH, o->networks.count ? "no target is in the networks of --network" :
				       o->isns ? "the server reports no targets" : "the portal reports no targets");
}

static int send_targets(struct options *o, const struct address_list *list,
			struct kiscsi_chap_cred *cred, struct targets *t, struct address *via,
			deadline_t deadline, struct err *e)
{
	struct leading_config c = { .settings = &o->settings, .cred = cred };

	return cred_read(&o->chap, &o->settings, "--", cred, e) || discovery_run(&c, list, t, via, deadline, e) ? -1 : 0;
}

static int discover(struct options *o, const struct portal *p, struct kiscsi_chap_cred *cred,
		    struct err *e)
{
	deadline_t deadline = opt_deadline(o, TIMEOUT_DEFAULT);
	struct address_list list = { 0 };
	struct address via;
	struct targets t;
	int r;

	if (initiator_name(&o->settings, e) || portal_resolve(p, &list, NULL, deadline, e))
		return -1;
	if (o->isns)
		r = isns_discover(&o->settings, &list, &t, deadline, e);
	else
		r = send_targets(o, &list, cred, &t, &via, deadline, e);
	if (r)
		return -1;
	networks_filter(&o->networks, &t, o->isns ? NULL : &via, deadline);
	r = report(o, &t, e);
	targets_free(&t);
	return r;
}

int cmd_discover(int argc, char **argv)
{
	struct kiscsi_chap_cred cred;
	struct options o;
	struct portal p;
	struct err e;
	int r;

	if (opt_parse(&o, TAKES, argc, argv, &e)) {
		err_where(&e, "discover");
		return err_print(&e);
	}
	if (o.help) {
		printf("kiscsi discover PORTAL [OPTION...]\nPrint the targets that a portal or an iSNS server knows, and their addresses.\n\n");
		opt_help(TAKES);
		return ST_DONE;
	}
	if (!o.argument) {
		err_set(&e, ST_USAGE, "discover: the portal is missing: kiscsi discover PORTAL");
		return err_print(&e);
	}
	if (opt_portal(&p, o.argument, o.isns ? KISCSI_ISNS_PORT : KISCSI_PORT, "discover: ", &e))
		return err_print(&e);
	clock_catch();
	progress_on();
	r = discover(&o, &p, &cred, &e);
	explicit_bzero(&cred, sizeof(cred));
	if (!r)
		return ST_DONE;
	/* an address that is there already need not be said twice */
	if (strncmp(e.text, o.argument, strlen(o.argument)))
		err_where(&e, "%s", o.argument);
	err_where(&e, "discover");
	return err_print(&e);
}
