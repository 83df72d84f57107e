/* SPDX-License-Identifier: GPL-2.0 */
/*
 * iSCSI names: RFC 7143 section 4.2.7, RFC 3722.
 */
#ifndef KISCSI_TOOLS_NAME_H
#define KISCSI_TOOLS_NAME_H

#include "err.h"

/**
 * name_check() - is @name an iSCSI name, in whatever case?
 *
 * Return: NULL, or what is wrong with it.
 */
const char *name_check(const char *name);

/** name_fold() - @name with its ASCII in lower case, the same for all names that are the same name; in @out of @size bytes */
char *name_fold(char *out, size_t size, const char *name);

/** name_prepared() - is what is not ASCII in @name as RFC 3722 has it: composed, in lower case? */
bool name_prepared(const char *name);

/**
 * name_of_line() - the name of one line of initiatorname.iscsi
 * @line: NUL-terminated, changed
 *
 * Return: the name inside @line, or NULL if the line has none.
 */
char *name_of_line(char *line);

/**
 * name_of_machine() - the name of a host that was given none
 * @id: contents of /etc/machine-id, 32 hex digits
 * @out: 64 bytes
 *
 * "iqn.2026-01.localhost.kiscsi:" and 20 hex digits from a hash of @id, as machine-id(5) wants it:
 * the ID itself is not told. Nobody owns the domain "localhost", so that the name is nobody else's.
 *
 * Return: @out, or NULL if @id is no machine ID.
 */
char *name_of_machine(const char *id, char *out);

#endif
