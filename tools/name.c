// SPDX-License-Identifier: GPL-2.0
/*
 * Checking and making iSCSI names.
 */
#include <ctype.h>
#include <nettle/sha2.h>

#include "../kernel/proto/keys.h"
#include "../kernel/proto/text.h"
#include "name.h"

#define MACHINE_ID_LEN	32
#define MACHINE_NAME	"iqn.2026-01.localhost.kiscsi:"

const char *name_check(const char *name)
{
	char folded[KISCSI_NAME_MAX + 1];
	size_t n = strlen(name);

	if (n >= sizeof(folded))
		return "is longer than 223 bytes";
	if (!text_utf8(name))
		return "is no UTF-8 without control characters";
	for (size_t i = 0; i <= n; i++)
		folded[i] = (char)(name[i] >= 'A' && name[i] <= 'Z' ? name[i] + 32 : name[i]);
	return kiscsi_name_check(folded);
}

char *name_of_line(char *line)
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

char *name_of_machine(const char *id, char *out)
{
	u8 digest[SHA256_DIGEST_SIZE];
	struct sha256_ctx ctx;
	size_t n = 0;

	while (isxdigit((unsigned char)id[n]))
		n++;
	if (n != MACHINE_ID_LEN || (id[n] && id[n] != '\n'))
		return NULL;
	sha256_init(&ctx);
	sha256_update(&ctx, strlen(MACHINE_NAME), (const u8 *)MACHINE_NAME);
	sha256_update(&ctx, n, (const u8 *)id);
	sha256_digest(&ctx, sizeof(digest), digest);
	strcpy(out, MACHINE_NAME);
	for (size_t i = 0; i < 10; i++)
		sprintf(out + strlen(out), "%02x", digest[i]);
	return out;
}
