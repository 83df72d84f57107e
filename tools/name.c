// SPDX-License-Identifier: GPL-2.0
/*
 * Checking and making iSCSI names.
 */
#include <ctype.h>
#include <nettle/sha2.h>
#include <stringprep.h>

#include "../kernel/proto/keys.h"
#include "../kernel/proto/text.h"
#include "name.h"

#define MACHINE_ID_LEN	32
#define MACHINE_NAME	"iqn.2026-01.localhost.kiscsi:"

/* @name as RFC 3722 prepares it, in whatever case its ASCII is; false: it has what that does not allow */
static bool prepare(const char *name, char *out, size_t size)
{
	snprintf(out, size, "%s", name);
	/* it does not allow underscores, but there are targets with one */
	for (char *p = out; *p; p++)
		*p = *p == '_' ? '-' : *p;
	return stringprep(out, size, STRINGPREP_NO_UNASSIGNED, stringprep_iscsi) == STRINGPREP_OK;
}

static bool is_ascii(const char *name)
{
	while (*name && (u8)*name < 128)
		name++;
	return !*name;
}

bool name_prepared(const char *name)
{
	char prepared[2 * KISCSI_NAME_MAX];
	const char *p = prepared;

	if (is_ascii(name))
		return true;
	if (!prepare(name, prepared, sizeof(prepared)))
		return false;
	for (; *name && *p; name++, p++) {
		if ((u8)*name < 128 ? (u8)*p >= 128 : *name != *p)
			return false;
	}
	return !*name && !*p;
}

char *name_fold(char *out, size_t size, const char *name)
{
	snprintf(out, size, "%s", name);
	for (char *p = out; *p; p++)
		*p = (char)(*p >= 'A' && *p <= 'Z' ? *p + 32 : *p);
	return out;
}

const char *name_check(const char *name)
{
	char prepared[2 * KISCSI_NAME_MAX];
	char folded[KISCSI_NAME_MAX + 1];

	if (strlen(name) >= sizeof(folded))
		return "is longer than 223 bytes";
	if (!text_utf8(name))
		return "is no UTF-8 without control characters";
	if (!is_ascii(name) && !prepare(name, prepared, sizeof(prepared)))
		return "has a character that RFC 3722 does not allow in iSCSI names";
	return kiscsi_name_check(name_fold(folded, sizeof(folded), name));
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
