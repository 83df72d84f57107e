/* SPDX-License-Identifier: GPL-2.0 */
/*
 * JSON for scripts: members of objects, and the object that a command prints.
 */
#ifndef KISCSI_TOOLS_JSON_H
#define KISCSI_TOOLS_JSON_H

#include <json-c/json.h>

#include "err.h"

/* of what the commands print; grows when a member changes its meaning or goes, not when one comes */
#define JSON_VERSION	1
/* room for 255 bytes with every one of them as \xNN */
#define SAFE_MAX	1024

/** json_text() - add @value to @o, made safe where it is no UTF-8 text */
void json_text(struct json_object *o, const char *key, const char *value);

/** json_optional() - the same, null where @value is empty */
void json_optional(struct json_object *o, const char *key, const char *value);

/** json_number() - add an unsigned number */
void json_number(struct json_object *o, const char *key, u64 n);

/** json_signed() - add a number that may be negative */
void json_signed(struct json_object *o, const char *key, int64_t n);

/** json_flag() - add true or false */
void json_flag(struct json_object *o, const char *key, bool b);

/** json_versioned() - a new object with the member "version" */
struct json_object *json_versioned(void);

/** json_print() - print @o with a newline behind it, on lines of its own if @pretty, and free it */
void json_print(struct json_object *o, bool pretty);

#endif
