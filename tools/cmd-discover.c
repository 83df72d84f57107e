// SPDX-License-Identifier: GPL-2.0
/*
 * kiscsi discover: which targets are at a portal, or in the firmware's table?
 */
#include <unistd.h>

#include "cmd.h"
#include "initiator.h"
#include "isns.h"
#include "nic.h"
#include "opt.h"
#include "out.h"
#include "progress.h"

#define TAKES (OPT_CHAP | OPT_SET | OPT_TIMEOUT | OPT_JSON | OPT_ISNS | OPT_FIRMWARE | OPT_NETWORK)
#define TIMEOUT_DEFAULT 30

static const char *nobody(const struct options *o)
{
	if (o->networks.count)
		return "no target is in the networks of --network";
	if (o->firmware)
		return "the firmware's table has no targets";
	return o->isns ? "the server reports no targets" : "the portal reports no targets";
}

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
	return t->count ? 0 : err_set(e, ST_NO_MATCH, "%s", nobody(o));
}

/* the time of who types a secret has a limit only if one is given, and is not taken from ours */
static int read_secrets(struct options *o, struct kiscsi_chap_cred *cred, deadline_t *deadline, struct err *e)
{
	o->chap.deadline = o->timeout ? *deadline : 0;
	if (cred_read(&o->chap, &o->settings, "--", cred, e))
		return -1;
	if (!o->timeout)
		*deadline = opt_deadline(o, TIMEOUT_DEFAULT);
	return 0;
}

static int send_targets(struct options *o, const struct address_list *list,
			struct kiscsi_chap_cred *cred, struct targets *t, struct address *via,
			deadline_t *deadline, struct err *e)
{
	struct leading_config c = { .settings = &o->settings, .cred = cred };

	if (read_secrets(o, cred, deadline, e))
		return -1;
	return discovery_run(&c, list, t, via, *deadline, e);
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
		r = send_targets(o, &list, cred, &t, &via, &deadline, e);
	if (r)
		return -1;
	networks_filter(&o->networks, &t, o->isns ? NULL : &via, deadline);
	r = report(o, &t, e);
	targets_free(&t);
	return r;
}

/* what is wrong with the table has been told, and its other targets are shown */
static int in_firmware(const struct options *o, struct err *e)
{
	deadline_t deadline = opt_deadline(o, TIMEOUT_DEFAULT);
	struct problems p = { 0 };
	struct ibft_nics nics;
	struct targets t;
	bool wrong;
	int r;

	if (access(IBFT_DIR, F_OK))
		return err_set(e, ST_NO_MATCH,
			       "there is no " IBFT_DIR ": if the firmware has booted from iSCSI, modprobe iscsi_ibft shows its table");
	ibft_nics(IBFT_DIR, &nics, &p);
	r = ibft_report(IBFT_DIR, &t, nic_zone, &nics, &p, e);
	problems_print(&p, IBFT_DIR);
	wrong = p.count;
	problems_free(&p);
	if (r)
		return -1;
	networks_filter(&o->networks, &t, NULL, deadline);
	r = report(o, &t, e);
	if (r && wrong && !o->networks.count)
		err_set(e, ST_FAILED, "the firmware's table has no target that could be logged in to");
	targets_free(&t);
	return r;
}

static int at_portal(struct options *o, struct err *e)
{
	struct kiscsi_chap_cred cred;
	struct portal p;
	int r;

	if (opt_portal(&p, o->argument, o->isns ? KISCSI_ISNS_PORT : KISCSI_PORT, "", e))
		return -1;
	clock_catch();
	progress_on();
	r = discover(o, &p, &cred, e);
	explicit_bzero(&cred, sizeof(cred));
	/* an address that is there already need not be said twice */
	if (r && strncmp(e->text, o->argument, strlen(o->argument)))
		err_where(e, "%s", o->argument);
	return r;
}

static int check_usage(const struct options *o, struct err *e)
{
	if (o->firmware && o->argument)
		return err_set(e, ST_USAGE, "either --firmware or a portal: \"%s\"", o->argument);
	if (o->firmware && o->isns)
		return err_set(e, ST_USAGE, "either --firmware or --isns");
	if (!o->firmware && !o->argument)
		return err_set(e, ST_USAGE, "the portal is missing: kiscsi discover PORTAL");
	return 0;
}

static void help(void)
{
	printf("kiscsi discover PORTAL [OPTION...]\n"
	       "kiscsi discover --firmware [OPTION...]\n"
	       "Print the targets that a portal, an iSNS server or the firmware's table knows, and their addresses.\n\n");
	opt_help(TAKES);
}

int cmd_discover(int argc, char **argv)
{
	struct options o;
	struct err e;
	int r;

	r = opt_parse(&o, TAKES, argc, argv, &e);
	if (!r && o.help) {
		help();
		return ST_DONE;
	}
	if (!r)
		r = check_usage(&o, &e);
	if (!r)
		r = o.firmware ? in_firmware(&o, &e) : at_portal(&o, &e);
	if (!r)
		return ST_DONE;
	err_where(&e, "discover");
	return err_print(&e);
}
