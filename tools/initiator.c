// SPDX-License-Identifier: GPL-2.0
/*
 * Initiator name and ISID.
 */
#include <ctype.h>
#include <nettle/sha2.h>
#include <stdlib.h>
#include <sys/random.h>
#include <unistd.h>

#include "initiator.h"
#include "netns.h"

#define ISID_TYPE_RANDOM 0x80
/* a sysctl that only the first network namespace has */
#define FIRST_NETNS_ONLY "/proc/sys/net/core/netdev_max_backlog"

char *initiator_file_line(char *line)
{
	static const char key[] = "InitiatorName";
	char *p = line;
	char *end;

	while (isspace((unsigned char)*p))
		p++;
	if (strncasecmp(p, key, strlen(key)))
		return NULL;
	p += strlen(key);
	while (isspace((unsigned char)*p))
		p++;
	if (*p++ != '=')
		return NULL;
	while (isspace((unsigned char)*p))
		p++;
	for (end = p; *end && !isspace((unsigned char)*end) && *end != '#'; end++)
		;
	*end = '\0';
	return *p ? p : NULL;
}

static int read_file(struct settings *s, FILE *f, struct err *e)
{
	char line[1024];
	int number = 0;

	while (fgets(line, sizeof(line), f)) {
		char *name = initiator_file_line(line);

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

int initiator_name(struct settings *s, struct err *e)
{
	FILE *f;
	int r;

	if (s->initiator_name[0])
		return 0;
	f = fopen(INITIATOR_FILE, "re");
	if (!f && errno == ENOENT)
		return err_set(e, ST_FAILED,
			       "no initiator name: write InitiatorName=iqn... into %s or give --set initiator-name=NAME",
			       INITIATOR_FILE);
	if (!f)
		return err_sys(e, ST_FAILED, errno, "%s", INITIATOR_FILE);
	r = read_file(s, f, e);
	fclose(f);
	return r;
}

void initiator_isid(const char *initiator, const char *target, u8 isid[6])
{
	u8 digest[SHA256_DIGEST_SIZE];
	struct sha256_ctx ctx;
	u64 netns = 0;

	if (access(FIRST_NETNS_ONLY, F_OK))
		netns = cpu_to_be64(netns_own());
	sha256_init(&ctx);
	sha256_update(&ctx, strlen(initiator) + 1, (const u8 *)initiator);
	sha256_update(&ctx, strlen(target) + 1, (const u8 *)target);
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
