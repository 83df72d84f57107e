/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who we are: the initiator name, and the ISID that tells our sessions apart.
 */
#ifndef KISCSI_TOOLS_INITIATOR_H
#define KISCSI_TOOLS_INITIATOR_H

#include "settings.h"

#define INITIATOR_FILE "/etc/iscsi/initiatorname.iscsi"

/** initiator_name() - into @s->initiator_name, from the system's file if nobody has set it */
int initiator_name(struct settings *s, struct err *e);

/**
 * initiator_file_line() - the name of one line of that file
 * @line: NUL-terminated, changed
 *
 * Return: the name inside @line, or NULL if the line has none.
 */
char *initiator_file_line(char *line);

/**
 * initiator_isid() - the ISID for @target
 *
 * The same at every login, so that a target which still holds a session of ours from before a
 * crash takes the new one for its successor, and persistent reservations stay ours. Of the type
 * "random" (RFC 7143 section 11.12.5): 24 bits from the initiator name, the target name and, but in
 * the first one, the network namespace; a 16-bit qualifier that starts from the same hash. So it
 * never meets the OUI format of other initiators under the same name.
 */
void initiator_isid(const char *initiator, const char *target, u8 isid[6]);

/** initiator_isid_next() - another one: the next qualifier */
void initiator_isid_next(u8 isid[6]);

/** initiator_isid_discovery() - for a discovery session: a different one every time */
int initiator_isid_discovery(u8 isid[6], struct err *e);

#endif
