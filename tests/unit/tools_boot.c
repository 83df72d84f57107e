// SPDX-License-Identifier: GPL-2.0
/*
 * What to boot from, put together from several sources.
 */
#include <stdlib.h>

#include "../../tools/boot.c"
#include "unit.h"

#define A "iqn.2026-01.example:a"

static struct boot b;
static struct err e;

static struct boot_target *target(const char *name, const char *portal, const char *user)
{
	static struct boot_target t;

	boot_target_init(&t, "test");
	strcpy(t.name, name);
	if (*portal)
		EQ(boot_target_portal(&t, portal, "", &e), 0);
	if (*user) {
		strcpy(t.chap.user, user);
		strcpy(t.chap.secret, "0x0123456789abcdef01234567");
	}
	return &t;
}

static void merges(void)
{
	memset(&b, 0, sizeof(b));
	EQ(boot_add(&b, target(A, "192.0.2.1", ""), &e), 0);
	/* the same, and the firmware knows the secret; once only, and the first counts */
	EQ(boot_add(&b, target("IQN.2026-01.example:a", "192.0.2.1:3260", "me"), &e), 0);
	EQ(boot_add(&b, target(A, "192.0.2.1", "you"), &e), 0);
	EQ(boot_add(&b, target(A, "192.0.2.2", ""), &e), 0);
	EQ(boot_add(&b, target("iqn.2026-01.example:b", "192.0.2.1", ""), &e), 0);
	EQ(b.count, 2);
	EQ(b.v[0].portals, 2);
	STR(b.v[0].chap.user, "me");
	/* for multipath each is a session */
	memset(&b, 0, sizeof(b));
	b.paths = true;
	EQ(boot_add(&b, target(A, "192.0.2.1", ""), &e), 0);
	EQ(boot_add(&b, target(A, "192.0.2.2", ""), &e), 0);
	EQ(boot_add(&b, target(A, "192.0.2.2", ""), &e), 0);
	EQ(b.count, 2);
}

static void refuses(void)
{
	memset(&b, 0, sizeof(b));
	EQ(boot_add(&b, target("disk", "192.0.2.1", ""), &e), -1);
	HAS(e.text, "test: \"disk\": ");
	EQ(boot_add(&b, target(A, "", ""), &e), -1);
	HAS(e.text, "want the address");
	for (int i = 0; i < BOOT_TARGETS_MAX; i++) {
		char name[64];

		snprintf(name, sizeof(name), A "%d", i);
		EQ(boot_add(&b, target(name, "192.0.2.1", ""), &e), 0);
	}
	EQ(boot_add(&b, target(A, "192.0.2.1", ""), &e), -1);
	HAS(e.text, "more than 16");
	EQ(boot_initiator(&b, "me", &e), -1);
}

static void sections(void)
{
	static struct config config;
	struct config_target *t;
	struct settings s;

	memset(&b, 0, sizeof(b));
	config_init(&config);
	config.target = calloc(4, sizeof(*config.target));
	config.targets = 4;
	for (unsigned int i = 0; i < 4; i++) {
		t = &config.target[i];
		*t = config.defaults;
		t->portals[0] = "192.0.2.9";
		t->portal_count = 1;
		t->startup = STARTUP_BOOT;
	}
	config.target[0].target = A;
	config.target[0].startup = STARTUP_AUTO;
	config.target[0].settings.queue_depth = 7;
	config.target[1].target = "iqn.2026-01.example:boot";
	config.target[2].target = "iqn.2026-01.example:elsewhere";
	config.target[2].netns = "blue";
	config.target[3].target = "iqn.2026-01.example:boot";
	config.target[3].portals[0] = "192.0.2.10";
	EQ(boot_add(&b, target(A, "192.0.2.1", ""), &e), 0);
	EQ(boot_add_config(&b, &config, &e), 0);
	/* two sections of one target stay two */
	EQ(b.count, 3);
	STR(b.v[1].name, "iqn.2026-01.example:boot");
	STR(b.v[1].portal[0], "192.0.2.9:3260");
	EQ(b.v[1].portals, 1);
	/* that of another startup only says how */
	EQ(b.v[0].portals, 1);
	strcpy(b.initiator, "iqn.2026-01.example:me");
	strcpy(b.set[0], "recovery-tmo=300");
	b.sets = 1;
	EQ(boot_settings(&b, &b.v[0], &config, &s, &e), 0);
	EQ(s.queue_depth, 7);
	EQ(s.timers.recovery_tmo, 300);
	STR(s.initiator_name, "iqn.2026-01.example:me");
	free(config.target);
}

static void secrets(void)
{
	struct kiscsi_chap_cred cred;
	struct settings s;

	settings_init(&s);
	EQ(boot_cred(&b, target(A, "192.0.2.1", "me"), &s, &cred, &e), 0);
	STR(cred.user, "me");
	EQ(cred.secret_len, 12);
	EQ(cred.secret[1], 0x23);
	EQ(cred.algs_count, s.chap_algs_count);
	memset(&b, 0, sizeof(b));
	EQ(boot_add(&b, target(A, "192.0.2.1", "me"), &e), 0);
	strcpy(b.v[0].chap.secret, "short");
	EQ(boot_cred(&b, &b.v[0], &s, &cred, &e), -1);
	NO(strstr(e.text, "short\""));
	/* another way to it has none of its own */
	strcpy(b.v[0].chap.secret, "longenough12");
	EQ(boot_cred(&b, target(A, "192.0.2.2", ""), &s, &cred, &e), 0);
	STR(cred.user, "me");
	boot_wipe(&b);
	EQ(b.v[0].chap.secret[0], 0);
	EQ(boot_cred(&b, &b.v[0], &s, &cred, &e), 0);
	STR(cred.user, "");
}

UNIT_SUITE(tools_boot, { "merges", merges }, { "refuses", refuses }, { "sections", sections }, { "secrets", secrets })
