/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Giving a logged-in leading connection to the kernel.
 */
#ifndef KISCSI_TOOLS_HANDOVER_H
#define KISCSI_TOOLS_HANDOVER_H

#include "leading.h"
#include "nl.h"

/**
 * handover() - make a session of @l
 * @nl: the module
 * @l: logged in; its socket stays open, it is the caller's to close
 * @c: as what it was logged in; goes along so that the kernel can log in again by itself
 * @portals: where the kernel may log in again, besides where we did
 * @sid: set to the number of the session
 * @host_no: set to the number of its SCSI host
 * @e: the kernel's words when -1 is returned; e->code EEXIST: there is such a session
 */
int handover(struct nl *nl, const struct leading *l, const struct leading_config *c,
	     const struct address_list *portals, u32 *sid, u32 *host_no, struct err *e);

#endif
