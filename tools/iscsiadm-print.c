// SPDX-License-Identifier: GPL-2.0
/*
 * Sessions as iscsiadm prints them, at its levels 0 to 3.
 */
#include "iscsiadm.h"
#include "sysfs.h"

#define STARS(n)	(STARS_24 + 24 - (n))
#define STARS_24	"************************"

static const char *yes_no(bool is)
{
	return is ? "Yes" : "No";
}

static const char *digest(u8 d)
{
	return d == KISCSI_DIGEST_NONE ? "None" : "CRC32C";
}

static void heading(const char *text, int stars)
{
	printf("\t\t%s\n\t\t%s:\n\t\t%s\n", STARS(stars), text, STARS(stars));
}

static void print_address(const struct address *a, u16 tpgt)
{
	char text[ADDRESS_TEXT_MAX];

	printf("%s,%u", address_text(a, text), tpgt);
}

static const struct address *peer_of(const struct session *s)
{
	return s->conn_count && s->conns[0].peer.len ? &s->conns[0].peer : &s->portals.v[0];
}

/* a session's target may be called anything that the kernel takes */
static void print_line(const struct session *s)
{
	char target[NAME_SAFE_MAX];

	printf("tcp: [%u] ", s->sid);
	print_address(&s->portals.v[0], s->tpgt);
	printf(" %s (non-flash)\n", text_safe(target, sizeof(target), s->target));
}

static void print_interface(const struct session *s)
{
	bool up = s->state == KISCSI_SESSION_UP;
	char host[ADDRESS_TEXT_MAX] = "<empty>";

	printf("\tCurrent Portal: ");
	print_address(peer_of(s), s->tpgt);
	printf("\n\tPersistent Portal: ");
	print_address(&s->portals.v[0], s->tpgt);
	printf("\n");
	heading("Interface", 10);
	if (s->conn_count && s->conns[0].local.len)
		address_host(&s->conns[0].local, host);
	printf("\t\tIface Name: default\n\t\tIface Transport: tcp\n\t\tIface Initiatorname: %s\n"
	       "\t\tIface IPaddress: %s\n\t\tIface HWaddress: default\n\t\tIface Netdev: default\n"
	       "\t\tSID: %u\n\t\tiSCSI Connection State: %s\n\t\tiSCSI Session State: %s\n"
	       "\t\tInternal iscsid Session State: NO CHANGE\n",
	       s->initiator, host, s->sid, up ? "LOGGED IN" : "TRANSPORT WAIT",
	       up ? "LOGGED_IN" : s->state == KISCSI_SESSION_LOST ? "FREE" : "FAILED");
}

static void print_negotiated(const struct session *s)
{
	const struct kiscsi_params *c = s->conn_count ? &s->conns[0].params : &s->params;
	const struct kiscsi_params *p = &s->params;

	heading("Timeouts", 9);
	printf("\t\tRecovery Timeout: %d\n\t\tTarget Reset Timeout: %u\n\t\tLUN Reset Timeout: %u\n"
	       "\t\tAbort Timeout: %u\n",
	       s->timers.recovery_tmo, s->timers.target_reset_timeout, s->timers.lun_reset_timeout,
	       s->timers.abort_timeout);
	heading("CHAP", 5);
	printf("\t\tusername: <empty>\n\t\tpassword: ********\n\t\tusername_in: <empty>\n"
	       "\t\tpassword_in: ********\n");
	heading("Negotiated iSCSI params", 24);
	printf("\t\tHeaderDigest: %s\n\t\tDataDigest: %s\n\t\tMaxRecvDataSegmentLength: %u\n"
	       "\t\tMaxXmitDataSegmentLength: %u\n\t\tFirstBurstLength: %u\n\t\tMaxBurstLength: %u\n"
	       "\t\tImmediateData: %s\n\t\tInitialR2T: %s\n\t\tMaxOutstandingR2T: %u\n",
	       digest(c->header_digest), digest(c->data_digest), c->max_recv_dsl, c->max_xmit_dsl,
	       p->first_burst_length, p->max_burst_length, yes_no(p->immediate_data), yes_no(p->initial_r2t),
	       p->max_outstanding_r2t);
}

static void print_devices(const struct session *s)
{
	struct luns luns;
	struct err e;

	heading("Attached SCSI devices", 24);
	printf("\t\tHost Number: %u\tState: running\n", s->host_no);
	if (luns_read(s->host_no, &luns, &e))
		return;
	for (unsigned int i = 0; i < luns.count; i++) {
		const struct lun *l = &luns.v[i];

		printf("\t\tscsi%u Channel 00 Id 0 Lun: %llu\n", s->host_no, (unsigned long long)l->lun);
		if (l->name[0] && l->block)
			printf("\t\t\tAttached scsi disk %s\t\tState: %s\n", l->name, l->state);
	}
	luns_free(&luns);
}

static void print_tree(const struct session *s, int level)
{
	print_interface(s);
	if (level > 1)
		print_negotiated(s);
	if (level > 2)
		print_devices(s);
}

static bool is_first(const struct sessions *list, unsigned int at)
{
	for (unsigned int i = 0; i < at; i++) {
		if (!strcasecmp(list->v[i].target, list->v[at].target))
			return false;
	}
	return true;
}

void session_print(const struct sessions *list, int level)
{
	if (level > 2)
		printf("iSCSI Transport Class version 2.0-870\nversion 2.1.8\n");
	for (unsigned int i = 0; i < list->count; i++) {
		const char *target = list->v[i].target;
		char safe[NAME_SAFE_MAX];

		if (level <= 0) {
			print_line(&list->v[i]);
			continue;
		}
		if (!is_first(list, i))
			continue;
		printf("Target: %s (non-flash)\n", text_safe(safe, sizeof(safe), target));
		for (unsigned int k = i; k < list->count; k++) {
			if (!strcasecmp(list->v[k].target, target))
				print_tree(&list->v[k], level);
		}
	}
}

void session_print_stats(const struct session *s)
{
	u64 sum[COUNTERS + 1] = { 0 };

	for (unsigned int i = 0; i < s->conn_count; i++) {
		for (unsigned int k = 1; k <= COUNTERS; k++)
			sum[k] += s->conns[i].counters[k];
	}
	printf("iSCSI SNMP:\n\ttxdata_octets: %llu\n\trxdata_octets: %llu\n\tnoptx_pdus: %llu\n"
	       "\tscsicmd_pdus: %llu\n\ttmfcmd_pdus: %llu\n\tr2t_pdus: %llu\n\tdigest_err: %llu\n",
	       (unsigned long long)sum[KISCSI_COUNTER_A_DATA_OUT],
	       (unsigned long long)sum[KISCSI_COUNTER_A_DATA_IN],
	       (unsigned long long)sum[KISCSI_COUNTER_A_NOPS],
	       (unsigned long long)sum[KISCSI_COUNTER_A_COMMANDS],
	       (unsigned long long)sum[KISCSI_COUNTER_A_ABORTS],
	       (unsigned long long)sum[KISCSI_COUNTER_A_R2TS],
	       (unsigned long long)sum[KISCSI_COUNTER_A_DIGEST_ERRORS]);
}
