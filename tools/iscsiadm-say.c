// SPDX-License-Identifier: GPL-2.0
/*
 * iscsiadm's ways of saying things.
 */
#include "iscsiadm.h"

static const struct {
	enum iscsi_err code;
	const char *text;
} texts[] = {
	{ ISCSI_ERR_TRANS, "encountered connection failure" },
	{ ISCSI_ERR_LOGIN, "encountered iSCSI login failure" },
	{ ISCSI_ERR_IDBM, "encountered iSCSI database failure" },
	{ ISCSI_ERR_INVAL, "invalid parameter" },
	{ ISCSI_ERR_TRANS_TIMEOUT, "connection timed out" },
	{ ISCSI_ERR_LOGOUT, "encountered iSCSI logout failure" },
	{ ISCSI_ERR_ACCESS, "permission denied" },
	{ ISCSI_ERR_SESS_EXISTS, "session exists" },
	{ ISCSI_ERR_FATAL_LOGIN, "encountered non-retryable iSCSI login failure" },
	{ ISCSI_ERR_NO_OBJS_FOUND, "no records found" },
	{ ISCSI_ERR_LOGIN_AUTH_FAILED, "iSCSI login failed due to authorization failure" },
	{ ISCSI_ERR_BUSY, "device or resource busy" },
};

enum iscsi_err complain(enum iscsi_err code, const char *fmt, ...)
{
	char text[ERR_TEXT_MAX], safe[ERR_TEXT_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	fflush(stdout);
	fprintf(stderr, "iscsiadm: %s\n", text_safe(safe, sizeof(safe), text));
	return code;
}

const char *iscsi_err_text(enum iscsi_err code)
{
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		if (texts[i].code == code)
			return texts[i].text;
	}
	return "encountered an error";
}

void portal_numeric(struct portal *p)
{
	char text[ADDRESS_TEXT_MAX];
	struct address a;

	if (!address_numeric(&a, p->host))
		snprintf(p->host, sizeof(p->host), "%s", address_host(&a, text));
}

void print_portal(const struct portal *p)
{
	printf(p->v6 ? "[%s]:%u,%d" : "%s:%u,%d", p->host, p->port, p->tpgt);
}

void print_targets(const struct targets *t, int level)
{
	char name[NAME_SAFE_MAX];

	for (unsigned int i = 0; i < t->count; i++) {
		text_safe(name, sizeof(name), t->v[i].name);
		if (level > 0)
			printf("Target: %s\n", name);
		for (unsigned int k = 0; k < t->v[i].count; k++) {
			printf("%s", level > 0 ? "\tPortal: " : "");
			print_portal(&t->v[i].portals[k]);
			printf(level > 0 ? "\n\t\tIface Name: default\n" : " %s\n", name);
		}
	}
}
