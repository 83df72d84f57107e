/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who we are: the initiator name, and the ISID that tells our sessions apart.
 */
#ifndef KISCSI_TOOLS_INITIATOR_H
#define KISCSI_TOOLS_INITIATOR_H

#include "settings.h"

#define INITIATOR_FILE "/etc/iscsi/initiatorname.iscsi"
#define MACHINE_ID_FILE "/etc/machine-id"

/**
 * initiator_name() - into @s->initiator_name, if nobody has set it
 *
 * From the section [defaults] of the configuration, or else initiatorname.iscsi, which is shared
 * with other initiators, or else made from the machine ID.
 */
int initiator_name(struct settings *s, struct err *e);

/** initiator_name_from() - the same; @from is set to the file it came from, NULL: it was set */
int initiator_name_from(struct settings *s, const char **from, struct err *e);

/**
 * initiator_isid() - the ISID
 *
 * The same at every login, so that a target which still holds a session of ours from before a
 * crash takes the new one for its successor, and persistent reservations stay ours. The same for all
 * targets, so that we are one SCSI initiator port to a device behind several (RFC 7143 section
 * 10.1.1). Of the type "random" (section 11.12.5): 24 bits from the initiator name and, but in the
 * first one, the network namespace; a 16-bit qualifier that starts from the same hash. So it never
 * meets the OUI format of other initiators under the same name.
 */
void initiator_isid(const char *initiator, u8 isid[6]);

/** initiator_isid_next() - another one: the next qualifier */
void initiator_isid_next(u8 isid[6]);

/** initiator_isid_discovery() - for a discovery session: a different one every time */
int initiator_isid_discovery(u8 isid[6], struct err *e);

#endif
