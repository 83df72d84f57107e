// SPDX-License-Identifier: GPL-2.0
/*
 * Initiator name and ISID.
 */
#include <nettle/sha2.h>
#include <stdlib.h>
#include <sys/random.h>
#include <unistd.h>

#include "config.h"
#include "initiator.h"
#include "name.h"
#include "netns.h"

#define ISID_TYPE_RANDOM 0x80
/* a sysctl that only the first network namespace has */
#define FIRST_NETNS_ONLY "/proc/sys/net/core/netdev_max_backlog"

static int read_file(struct settings *s, FILE *f, struct err *e)
{
	char line[1024];
	int number = 0;

	while (fgets(line, sizeof(line), f)) {
		char *name = name_of_line(line);

		number++;
		if (!name)
			continue;
		if (settings_put(s, "initiator-name", name, e)) {
			e->status = ST_FAILED;
			return err_where(e, "%s:%d: InitiatorName", INITIATOR_FILE, number);
		}
		return 0;
	}
	return err_set(e, ST_FAILED,
		       "%s has no line InitiatorName=iqn...: add one or give --set initiator-name=NAME",
		       INITIATOR_FILE);
}

/* 1: there is such a file, and the name is in @s; 0: there is none */
static int name_in_file(struct settings *s, struct err *e)
{
	FILE *f = fopen(INITIATOR_FILE, "re");
	int r;

	if (!f && errno == ENOENT)
		return 0;
	if (!f)
		return err_sys(e, ST_FAILED, errno, "%s", INITIATOR_FILE);
	r = read_file(s, f, e);
	fclose(f);
	return r ? r : 1;
}

static int name_of_host(struct settings *s, struct err *e)
{
	char id[64] = "";
	FILE *f = fopen(MACHINE_ID_FILE, "re");

	if (f && !fgets(id, sizeof(id), f))
		*id = '\0';
	if (f)
		fclose(f);
	if (name_of_machine(id, s->initiator_name))
		return 0;
	return err_set(e, ST_FAILED,
		       "no initiator name: write initiator-name = iqn... below [%s] in %s, or give --set initiator-name=NAME",
		       CONFIG_DEFAULTS, CONFIG_FILE);
}

int initiator_name_from(struct settings *s, const char **from, struct err *e)
{
	int r;

	*from = NULL;
	if (s->initiator_name[0])
		return 0;
	*from = CONFIG_FILE;
	r = config_initiator_name(s, e);
	if (r)
		return r < 0 ? -1 : 0;
	*from = INITIATOR_FILE;
	r = name_in_file(s, e);
	if (r)
		return r < 0 ? -1 : 0;
	*from = MACHINE_ID_FILE;
	return name_of_host(s, e);
}

int initiator_name(struct settings *s, struct err *e)
{
	const char *from;

	return initiator_name_from(s, &from, e);
}

void initiator_isid(const char *initiator, u8 isid[6])
{
	u8 digest[SHA256_DIGEST_SIZE];
	struct sha256_ctx ctx;
	u64 netns = 0;

	if (access(FIRST_NETNS_ONLY, F_OK))
		netns = cpu_to_be64(netns_own());
	sha256_init(&ctx);
	sha256_update(&ctx, strlen(initiator) + 1, (const u8 *)initiator);
	sha256_update(&ctx, sizeof(netns), (const u8 *)&netns);
	sha256_digest(&ctx, sizeof(digest), digest);
	isid[0] = ISID_TYPE_RANDOM;
	memcpy(isid + 1, digest, 5);
}

void initiator_isid_next(u8 isid[6])
{
	u16 qualifier = (u16)((isid[4] << 8 | isid[5]) + 1);

	isid[4] = (u8)(qualifier >> 8);
	isid[5] = (u8)qualifier;
}

int initiator_isid_discovery(u8 isid[6], struct err *e)
{
	isid[0] = ISID_TYPE_RANDOM;
	if (getrandom(isid + 1, 5, 0) != 5)
		return err_sys(e, ST_FAILED, errno, "getrandom");
	return 0;
}
