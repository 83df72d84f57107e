/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What to log in to before there is a root filesystem: collected from the kernel command line, the
 * configuration and the firmware's table, each target once. Nothing is done here.
 */
#ifndef KISCSI_TOOLS_BOOT_H
#define KISCSI_TOOLS_BOOT_H

#include "config.h"

#define BOOT_TARGETS_MAX	16
#define BOOT_PORTALS_MAX	8
/* "[v6%zone]:port" or a host name with its port */
#define BOOT_PORTAL_SIZE	272
#define BOOT_CHAP_SIZE		256
/* rd.iscsi.param= */
#define BOOT_SETS_MAX		16
/* the longest value is an initiator name */
#define BOOT_SET_SIZE		(64 + KISCSI_NAME_MAX + 1)
#define BOOT_LUN_NONE		UINT64_MAX

/**
 * struct boot_chap - credentials as they were written; empty: none. Wiped with boot_chap_wipe().
 */
struct boot_chap {
	char user[BOOT_CHAP_SIZE];
	char secret[BOOT_CHAP_SIZE];
	char mutual_user[BOOT_CHAP_SIZE];
	char mutual_secret[BOOT_CHAP_SIZE];
};

/**
 * struct boot_target - one target
 * @from: who named it first, for a person
 * @name: its iSCSI name, empty: every target that the portals report
 * @portal: where it is, each a good PORTAL, in order of preference
 * @portals: how many
 * @chap: credentials that came with it
 * @section: of the configuration, the settings of a login; NULL: none
 * @interface: network interface to go through, empty: any
 * @root_lun: the LUN that "root=" names, BOOT_LUN_NONE: none
 */
struct boot_target {
	char from[64];
	char name[KISCSI_NAME_MAX + 1];
	char portal[BOOT_PORTALS_MAX][BOOT_PORTAL_SIZE];
	unsigned int portals;
	struct boot_chap chap;
	const struct config_target *section;
	char interface[16];
	u64 root_lun;
};

/**
 * struct boot - all that is wanted
 * @v: the targets
 * @count: how many
 * @initiator: initiator name, empty: nobody gave one
 * @set: "KEY=VALUE" over what a target's section has
 * @sets: how many
 * @timeout: seconds for all of it, 0: nobody said
 * @off: nothing is to be logged in to
 * @no_firmware: the firmware's table is not to be read
 * @paths: each portal of the firmware's or the command line's is a session of its own, for multipath
 */
struct boot {
	struct boot_target v[BOOT_TARGETS_MAX];
	unsigned int count;
	char initiator[KISCSI_NAME_MAX + 1];
	char set[BOOT_SETS_MAX][BOOT_SET_SIZE];
	unsigned int sets;
	u32 timeout;
	bool off;
	bool no_firmware;
	bool paths;
};

/** boot_target_init() - @t with nothing but who named it */
void boot_target_init(struct boot_target *t, const char *from);

/** boot_target_portal() - add a portal: 0, or -1 with @e quoting what is wrong with @host or @port */
int boot_target_portal(struct boot_target *t, const char *host, const char *port, struct err *e);

/**
 * boot_add() - one more target, or more about one that is there
 * @b: what is wanted
 * @t: copied; its name and portals are checked. What came earlier counts more: of the same target
 *	it gives only what is missing.
 * @e: says why when -1 is returned
 */
int boot_add(struct boot *b, const struct boot_target *t, struct err *e);

/** boot_add_config() - every section of @c with "startup = boot", and the settings of those named already */
int boot_add_config(struct boot *b, const struct config *c, struct err *e);

/** boot_chap_check() - is there nothing that has no other half? 0, or -1 with @e, which boot_add() says as well */
int boot_chap_check(const struct boot_chap *c, struct err *e);

/** boot_initiator() - the initiator name unless there is one: 0, or -1 with @e */
int boot_initiator(struct boot *b, const char *name, struct err *e);

/** boot_settings() - with what to log in to @t: those of @defaults or its section, and @b's own over them */
int boot_settings(const struct boot *b, const struct boot_target *t, const struct config *defaults,
		  struct settings *s, struct err *e);

/** boot_cred() - the credentials of @t, read from files if it is its section that has them; see cred_read() */
int boot_cred(const struct boot *b, const struct boot_target *t, const struct settings *s,
	      struct kiscsi_chap_cred *cred, struct err *e);

/** boot_chap_wipe() - forget the secrets of one */
void boot_chap_wipe(struct boot_chap *c);

/** boot_wipe() - forget all secrets */
void boot_wipe(struct boot *b);

#endif
