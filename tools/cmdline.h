/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel command line, in the words that initramfs users have: dracut's "netroot=iscsi:..." and
 * "rd.iscsi.*", Debian's "iscsi_*=" and "root=iscsi:..."; and Debian's file with the latter in capitals.
 */
#ifndef KISCSI_TOOLS_CMDLINE_H
#define KISCSI_TOOLS_CMDLINE_H

#include "boot.h"
#include "problem.h"

#define CMDLINE_FILE	"/proc/cmdline"
/* what Debian's initramfs reads before the command line */
#define CMDLINE_OPTIONS	"/etc/iscsi/iscsi.initramfs"
/* more than any kernel takes */
#define CMDLINE_MAX	65536

/**
 * struct cmdline - what was found; all zero: nothing. Wiped with cmdline_wipe().
 * @initiator: initiator name
 * @name: target that is given by single words
 * @address: of it, several with blanks between
 * @port: of it
 * @chap: for every target that has no credentials of its own
 * @root: targets that are given in one word
 * @roots: how many
 * @set: see struct boot
 * @sets: how many
 * @timeout: see struct boot, as written
 * @off: nothing is to be logged in to
 * @no_firmware: the firmware's table is not to be read
 * @line: of each of those that have one word: its line in Debian's file, 0: it is not from there
 */
struct cmdline {
	char initiator[KISCSI_NAME_MAX + 1];
	char name[KISCSI_NAME_MAX + 1];
	char address[512];
	char port[8];
	struct boot_chap chap;
	struct boot_target root[BOOT_TARGETS_MAX];
	unsigned int roots;
	char set[BOOT_SETS_MAX][BOOT_SET_SIZE];
	unsigned int sets;
	char timeout[8];
	bool off;
	bool no_firmware;
	struct {
		unsigned int initiator;
		unsigned int name;
		unsigned int address;
		unsigned int port;
		unsigned int timeout;
		struct {
			unsigned int user;
			unsigned int secret;
			unsigned int mutual_user;
			unsigned int mutual_secret;
		} chap;
	} line;
};

/** cmdline_options() - take the lines KEY=VALUE of the file @text, which is changed; @p gets what is wrong */
void cmdline_options(struct cmdline *c, char *text, struct problems *p);

/** cmdline_words() - take the command line @text, which is changed; it counts more than what came before */
void cmdline_words(struct cmdline *c, char *text, struct problems *p);

/** cmdline_finish() - what all of that comes to, into @b; what is wrong with it goes to where it is from */
void cmdline_finish(const struct cmdline *c, struct boot *b, struct problems *options, struct problems *words);

/** cmdline_wipe() - forget all secrets */
void cmdline_wipe(struct cmdline *c);

#endif
