/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Records between one call and the next: a file each below /run/kiscsi/iscsiadm, gone at reboot. Only
 * root can look into it.
 */
#ifndef KISCSI_TOOLS_ISCSIADM_STORE_H
#define KISCSI_TOOLS_ISCSIADM_STORE_H

#include "iscsiadm-record.h"

struct records {
	struct record *v;
	unsigned int count;
};

/**
 * store_lock() - nobody else changes the store until the process ends or closes what is returned
 *
 * Return: a descriptor, or -1 with @e.
 */
int store_lock(struct err *e);

/** store_write() - put @r into the store, in place of the one for the same target and portal, whose file is wiped */
int store_write(const struct record *r, struct err *e);

/** store_remove() - remove the file of @r and wipe it */
int store_remove(const struct record *r, struct err *e);

/** store_read() - all records of a kind, by target and portal; none is no failure, a bad file is told of and passed over */
int store_read(enum record_kind kind, struct records *list, struct err *e);

/** records_free() - wipe and free what @list holds */
void records_free(struct records *list);

#endif
