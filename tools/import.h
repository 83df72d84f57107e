/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A configuration out of open-iscsi's node records. Those are files "key = value", one for each target,
 * portal and interface: nodes/TARGET/ADDRESS,PORT,TPGT/IFACE.
 */
#ifndef KISCSI_TOOLS_IMPORT_H
#define KISCSI_TOOLS_IMPORT_H

#include "config.h"

/* keys of a record that become settings */
#define IMPORT_VALUES_MAX 16

/* a portal as text, with brackets and a colon */
#define IMPORT_PORTAL_MAX 280

/**
 * struct import_record - one record, as far as it is of use; texts are empty where it has none
 * @target: name of the target
 * @address: of the portal
 * @port: of the portal
 * @tpgt: portal group tag
 * @iface: name of the interface record
 * @transport: "tcp", or hardware's
 * @startup: "automatic", "manual" or "onboot"
 * @auth: "CHAP", "None"
 * @user: for CHAP
 * @user_in: the target's, for mutual CHAP
 * @mutual: there is a secret for it
 * @left_out: import_print() found that there can be no section for it
 * @value: by row of the table of settings
 */
struct import_record {
	char target[256];
	char address[256];
	char port[16];
	char tpgt[16];
	char iface[128];
	char transport[32];
	char startup[16];
	char auth[16];
	char user[KISCSI_CHAP_NAME_MAX + 1];
	char user_in[KISCSI_CHAP_NAME_MAX + 1];
	bool mutual;
	bool left_out;
	char value[IMPORT_VALUES_MAX][SETTINGS_TEXT_MAX];
};

struct import_records {
	struct import_record *v;
	unsigned int count;
};

/** import_read() - add the record in @f, if it is one; secrets do not stay in memory */
int import_read(struct import_records *list, FILE *f, struct err *e);

/** import_scan() - add all records below the directory @nodes: 0 or -1 with @e */
int import_scan(struct import_records *list, const char *nodes, struct err *e);

/**
 * import_print() - the configuration that @list comes to
 * @list: the records; which of them are left out is noted there
 * @initiator: initiator name, NULL: none
 * @out: where to
 *
 * Records of one target, portal group and interface make one section with several portals.
 */
void import_print(struct import_records *list, const char *initiator, FILE *out);

/** import_key() - our name for open-iscsi's setting @theirs, "node.session...", or NULL */
const char *import_key(const char *theirs);

/** import_free() - free what @list holds */
void import_free(struct import_records *list);

#endif
