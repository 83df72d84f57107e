// SPDX-License-Identifier: GPL-2.0
/*
 * Reading the firmware's table: a directory for each block, a file for each field. What the firmware
 * left open is missing, empty or zero.
 */
#include <ctype.h>
#include <stdlib.h>
#include <unistd.h>

#include "ibft.h"
#include "secret.h"
#include "sysfs.h"

#define FROM	"firmware table"
/* of a block: its contents are valid */
#define VALID	1u
/* origin of an address, as in Windows' NL_PREFIX_ORIGIN, which the table's format refers to */
#define ORIGIN_DHCP 3

/**
 * struct block - a directory of the table
 * @dir: of the table
 * @kind: "target"
 * @index: its number
 * @p: gets what is wrong
 */
struct block {
	const char *dir;
	const char *kind;
	unsigned int index;
	struct problems *p;
};

static bool read_text(const struct block *b, const char *field, char *out, size_t size)
{
	return !sysfs_read(out, size, "%s/%s%u/%s", b->dir, b->kind, b->index, field) && *out;
}

static void complain(const struct block *b, const char *field, const char *text, const char *wanted)
{
	problem_add(b->p, 0, "%s%u/%s: \"%.100s\": want %s", b->kind, b->index, field, text, wanted);
}

static unsigned int read_number(const struct block *b, const char *field, unsigned int most)
{
	char text[32];
	unsigned long n;
	char *end;

	if (!read_text(b, field, text, sizeof(text)))
		return 0;
	n = strtoul(text, &end, 10);
	if (isdigit((unsigned char)*text) && !*end && n <= most)
		return (unsigned int)n;
	complain(b, field, text, "a number");
	return 0;
}

static void read_address(const struct block *b, const char *field, struct address *a)
{
	char text[64];

	memset(a, 0, sizeof(*a));
	if (!read_text(b, field, text, sizeof(text)))
		return;
	if (address_numeric(a, text))
		complain(b, field, text, "an IP address");
	else if (address_unspecified(a))
		a->len = 0;
}

static bool is_there(const struct block *b)
{
	char path[PATH_MAX];
	char flags[16];

	snprintf(path, sizeof(path), "%s/%s%u", b->dir, b->kind, b->index);
	if (access(path, F_OK))
		return false;
	return !read_text(b, "flags", flags, sizeof(flags)) || strtoul(flags, NULL, 10) & VALID;
}

/* ---- network interfaces ------------------------------------------------------------------------ */

static bool read_mac(const struct block *b, u8 mac[6])
{
	char text[32] = "";
	int n = 0;

	if (read_text(b, "mac", text, sizeof(text)) &&
	    sscanf(text, "%2hhx:%2hhx:%2hhx:%2hhx:%2hhx:%2hhx%n", &mac[0], &mac[1], &mac[2], &mac[3], &mac[4],
		   &mac[5], &n) == 6 && !text[n])
		return true;
	complain(b, "mac", text, "an Ethernet address");
	return false;
}

/* older kernels have the mask only */
static unsigned int read_prefix(const struct block *b, const struct address *a)
{
	unsigned int most = a->sa.sa_family == AF_INET6 ? 128 : 32;
	unsigned int prefix = read_number(b, "prefix-len", most);
	struct address mask;

	if (prefix || most == 128)
		return prefix ? prefix : 64;
	read_address(b, "subnet-mask", &mask);
	return mask.len && mask.sa.sa_family == AF_INET ? (unsigned int)__builtin_popcount(mask.in.sin_addr.s_addr) : 24;
}

void ibft_nics(const char *dir, struct ibft_nics *nics, struct problems *p)
{
	struct block b = { .dir = dir, .kind = "ethernet", .p = p };

	nics->count = 0;
	for (; b.index < IBFT_NICS_MAX; b.index++) {
		struct ibft_nic *nic = &nics->v[nics->count];

		if (!is_there(&b) || !read_mac(&b, nic->mac))
			continue;
		nic->index = b.index;
		read_address(&b, "ip-addr", &nic->address);
		nic->prefix = read_prefix(&b, &nic->address);
		read_address(&b, "gateway", &nic->gateway);
		read_address(&b, "primary-dns", &nic->dns[0]);
		read_address(&b, "secondary-dns", &nic->dns[1]);
		nic->vlan = (u16)read_number(&b, "vlan", 4094);
		nic->dhcp = read_number(&b, "origin", 255) == ORIGIN_DHCP;
		nics->count++;
	}
}

/* ---- targets ----------------------------------------------------------------------------------- */

static void read_chap(const struct block *b, struct boot_chap *c)
{
	read_text(b, "chap-name", c->user, sizeof(c->user));
	read_text(b, "chap-secret", c->secret, sizeof(c->secret));
	read_text(b, "rev-chap-name", c->mutual_user, sizeof(c->mutual_user));
	read_text(b, "rev-chap-name-secret", c->mutual_secret, sizeof(c->mutual_secret));
}

static int read_portal(const struct block *b, struct boot_target *t, const char *zone, struct err *e)
{
	char host[80], port[8] = "";
	struct address a;

	read_address(b, "ip-addr", &a);
	if (!a.len)
		return err_set(e, ST_USAGE, "%s: it has no IP address", t->from);
	address_host(&a, host);
	if (a.sa.sa_family == AF_INET6 && IN6_IS_ADDR_LINKLOCAL(&a.in6.sin6_addr) && zone)
		snprintf(host + strlen(host), sizeof(host) - strlen(host), "%%%.15s", zone);
	if (read_number(b, "port", 65535))
		read_text(b, "port", port, sizeof(port));
	return boot_target_portal(t, host, port, e) ? err_where(e, "%s", t->from) : 0;
}

static int read_target(const struct block *b, struct boot *boot, const char *zone, struct err *e)
{
	struct boot_target t;
	char from[64];
	int r;

	snprintf(from, sizeof(from), FROM ", target%u", b->index);
	boot_target_init(&t, from);
	if (!read_text(b, "target-name", t.name, sizeof(t.name)))
		return err_set(e, ST_USAGE, "%s: it has no name", from);
	if (read_portal(b, &t, zone, e))
		return -1;
	read_chap(b, &t.chap);
	r = boot_add(boot, &t, e);
	boot_chap_wipe(&t.chap);
	return r;
}

void ibft_targets(const char *dir, struct boot *boot, const char *(*zone)(void *arg, unsigned int index), void *arg,
		  struct problems *p)
{
	struct block b = { .dir = dir, .kind = "target", .p = p };
	char name[KISCSI_NAME_MAX + 1];
	struct err e;

	if (!sysfs_read(name, sizeof(name), "%s/initiator/initiator-name", dir) && *name &&
	    boot_initiator(boot, name, &e))
		problem_add(p, 0, "initiator/initiator-name: %s", e.text);
	for (; b.index < IBFT_NICS_MAX; b.index++) {
		if (is_there(&b) && read_target(&b, boot, zone(arg, read_number(&b, "nic-assoc", 255)), &e))
			problem_add(p, 0, "%s", e.text);
	}
}

/* ---- as a report ------------------------------------------------------------------------------- */

static int report_target(struct targets *t, const struct boot_target *from, struct err *e)
{
	struct target *current;
	struct portal p;

	if (targets_add(t, from->name, &current, e))
		return -1;
	for (unsigned int i = 0; i < from->portals; i++) {
		if (!portal_parse(&p, from->portal[i]) && target_add_portal(current, &p, e))
			return -1;
	}
	return 0;
}

int ibft_report(const char *dir, struct targets *t, const char *(*zone)(void *arg, unsigned int index), void *arg,
		struct problems *p, struct err *e)
{
	struct boot *boot = calloc(1, sizeof(*boot));
	int r = 0;

	memset(t, 0, sizeof(*t));
	if (!boot)
		return err_sys(e, ST_FAILED, ENOMEM, FROM);
	secret_protect(boot, sizeof(*boot));
	ibft_targets(dir, boot, zone, arg, p);
	for (unsigned int i = 0; i < boot->count && !r; i++)
		r = report_target(t, &boot->v[i], e);
	boot_wipe(boot);
	free(boot);
	if (r)
		targets_free(t);
	return r;
}
