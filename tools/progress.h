/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Telling a person at a terminal what a long wait is for.
 */
#ifndef KISCSI_TOOLS_PROGRESS_H
#define KISCSI_TOOLS_PROGRESS_H

#include "clock.h"

/** progress_on() - from now on long waits are told of, on stderr, if that is a terminal */
void progress_on(void);

/** progress() - what the waits from now on are for: "waiting for 192.0.2.1:3260" */
__printf(1, 2) void progress(const char *fmt, ...);

/** progress_end() - those from now on are for nothing that anybody is to be told of */
void progress_end(void);

/** progress_due() - is it time to say something? Not at first, and then not again for some seconds */
bool progress_due(void);

/** progress_logins() - tell, where it is due, how many processes are at it; as struct crew's @waiting */
void progress_logins(void *arg, unsigned int busy);

#endif
