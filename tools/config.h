/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The configuration: what kiscsi.conf says, checked. Nothing here writes it.
 */
#ifndef KISCSI_TOOLS_CONFIG_H
#define KISCSI_TOOLS_CONFIG_H

#include "cred.h"
#include "inifile.h"

#define CONFIG_FILE	"/etc/kiscsi/kiscsi.conf"
#define CONFIG_DEFAULTS	"defaults"

/* keys of the file: our own, then those of settings.h */
#define CONFIG_KEYS_MAX	(16 + SETTINGS_MAX)
/* the longest value as text: a list of portals */
#define CONFIG_TEXT_MAX	(ADDRESSES_MAX * 300)

/**
 * enum config_startup - who logs in to a target
 * @STARTUP_AUTO: "kiscsi apply"
 * @STARTUP_BOOT: the initramfs; "kiscsi apply" if it is not there by then
 * @STARTUP_MANUAL: a person
 */
enum config_startup {
	STARTUP_AUTO,
	STARTUP_BOOT,
	STARTUP_MANUAL,
};

/**
 * struct config_target - one session as the file wants it, defaults included
 * @section: name of its section
 * @line: where that begins
 * @target: iSCSI name of the target
 * @portals: as written, each a good PORTAL
 * @portal_count: how many
 * @settings: settings
 * @chap: credentials
 * @netns: network namespace, NULL: that of the caller
 * @startup: who logs in
 * @optional: a login that fails is no failure of "kiscsi apply"
 * @from: by key, the line its value comes from, 0: nowhere, it is built in
 */
struct config_target {
	const char *section;
	unsigned int line;
	const char *target;
	const char *portals[ADDRESSES_MAX];
	unsigned int portal_count;
	struct settings settings;
	struct cred_source chap;
	const char *netns;
	enum config_startup startup;
	bool optional;
	unsigned int from[CONFIG_KEYS_MAX];
};

/**
 * struct config - a file
 * @path: its name, as given
 * @defaults: the section [defaults] over what is built in
 * @target: the targets, in the order of the file
 * @targets: how many
 * @ini: the file's text, which all of this points into
 */
struct config {
	const char *path;
	struct config_target defaults;
	struct config_target *target;
	unsigned int targets;
	struct ini ini;
};

/** config_init() - the configuration of a host without a file */
void config_init(struct config *c);

/**
 * config_read() - read @c->ini into the rest of @c
 * @c: from config_init(), with path and ini
 * @p: gets all that is wrong
 */
void config_read(struct config *c, struct problems *p);

/**
 * config_read_path() - read the file @path
 * @c: filled; the caller frees it, also after a failure
 * @path: the file
 * @secrets: look at the files with secrets as well
 * @p: gets all that is wrong with it
 * @e: says why when -1 is returned, and the file cannot be read at all
 *
 * Credentials are looked at only where $CREDENTIALS_DIRECTORY is set.
 */
int config_read_path(struct config *c, const char *path, bool secrets, struct problems *p,
		     struct err *e);

/**
 * config_load() - read a file and tell all that is wrong with it
 * @c: filled; the caller frees it
 * @path: the file
 * @secrets: look at the files with secrets as well
 * @status: set to ST_USAGE, with all errors printed, if there are any
 */
void config_load(struct config *c, const char *path, bool secrets, enum status *status);

/**
 * config_initiator_name() - into @s, the one of [defaults] in CONFIG_FILE, whatever else is in there
 *
 * Return: 1, 0 if the file or the key is not there, -1 with @e.
 */
int config_initiator_name(struct settings *s, struct err *e);

/**
 * config_find() - the section for a login to @name
 *
 * Return: 0 with @t, NULL if there is none; -1 with @e when there are several.
 */
int config_find(const struct config *c, const char *name, const struct config_target **t,
		struct err *e);

/** config_is_path() - has @c another section for @t's target, in the same namespace: another path to it? */
bool config_is_path(const struct config *c, const struct config_target *t);

/** config_key() - name of key @key, from 0; NULL behind the last one */
const char *config_key(unsigned int key);

/** config_text() - the value of key @key as the file has it, "" for none; returns @out */
char *config_text(const struct config_target *t, unsigned int key, char out[CONFIG_TEXT_MAX]);

/** config_free() - free what @c holds */
void config_free(struct config *c);

#endif
