/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Settings: what `--set KEY=VALUE` and the configuration file can say, one table for both.
 */
#ifndef KISCSI_TOOLS_SETTINGS_H
#define KISCSI_TOOLS_SETTINGS_H

#include "../kernel/proto/chap.h"
#include "../kernel/proto/keys.h"
#include "err.h"
#include "portal.h"

/* bits of struct settings.given */
#define SETTINGS_MAX	32
/* the longest value as text, with the NUL */
#define SETTINGS_TEXT_MAX	256

/* for one attempt to connect and log in; --timeout is for all of them */
#define LOGIN_TIMEOUT_DEFAULT	15

/* of a session that lives: leave it as it is */
#define RECOVERY_TMO_KEEP	INT32_MIN

/**
 * struct timers - all in seconds, as the kernel takes them
 */
struct timers {
	u32 nop_interval;
	u32 nop_timeout;
	u32 login_timeout;
	s32 recovery_tmo;
	u32 abort_timeout;
	u32 lun_reset_timeout;
	u32 target_reset_timeout;
};

/**
 * struct settings - a session as somebody wants it
 * @offer: operational keys
 * @timers: timers
 * @queue_depth: commands per connection
 * @connections: wanted; 0, before settings_finish(): one a CPU
 * @initial_cmdsn: CmdSN of the first command
 * @initiator_name: empty: the system's
 * @source_interface: empty: any
 * @source_address: len 0: any
 * @chap_algs: CHAP_A values, in order of preference
 * @chap_algs_count: how many
 * @given: bit per row of the table: somebody set it
 */
struct settings {
	struct kiscsi_offer offer;
	struct timers timers;
	u32 queue_depth;
	u32 connections;
	u32 initial_cmdsn;
	char initiator_name[KISCSI_NAME_MAX + 1];
	char source_interface[16];
	struct address source_address;
	u8 chap_algs[KISCSI_CHAP_ALGS_MAX];
	u8 chap_algs_count;
	u32 given;
};

/**
 * enum settings_change - what a session that exists makes of a new value
 * @SETTINGS_FIXED: nothing, until it is logged out and in again
 * @SETTINGS_LIVE: takes it at once
 * @SETTINGS_UNTOLD: cannot even say what it has; a new login takes it
 */
enum settings_change {
	SETTINGS_FIXED,
	SETTINGS_LIVE,
	SETTINGS_UNTOLD,
};

/** settings_init() - what a person gets who sets nothing */
void settings_init(struct settings *s);

/**
 * settings_put() - set one of them
 *
 * Return: 0, or -1 with @e saying what is wrong with @value: `"12x": want ...`. Where the setting
 * stood is for the caller to add.
 */
int settings_put(struct settings *s, const char *key, const char *value, struct err *e);

/** settings_key() - the key of row @row of the table, from 0; NULL behind the last */
const char *settings_key(unsigned int row);

/** settings_pair() - the same from "KEY=VALUE" */
int settings_pair(struct settings *s, const char *pair, struct err *e);

/** settings_row() - the row of @key, or -1 */
int settings_row(const char *key);

/** settings_change() - what becomes of row @row in a session that exists */
enum settings_change settings_change(unsigned int row);

/** settings_text() - the value of row @row as settings_put() takes it, "" for none; returns @out */
char *settings_text(const struct settings *s, unsigned int row, char out[SETTINGS_TEXT_MAX]);

/** settings_finish() - check what depends on two of them: 0, or -1 with @e */
int settings_finish(struct settings *s, struct err *e);

#endif
