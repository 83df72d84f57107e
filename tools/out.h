/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the commands print: text for people, JSON for scripts.
 */
#ifndef KISCSI_TOOLS_OUT_H
#define KISCSI_TOOLS_OUT_H

#include <json-c/json.h>

#include "discovery.h"
#include "session.h"
#include "sysfs.h"

/** out_session() - a session and its LUNs for a person; @verbose: all there is to know */
void out_session(const struct session *s, const struct luns *luns, bool verbose);

/** out_session_json() - the same as an object; everything, always */
struct json_object *out_session_json(const struct session *s, const struct luns *luns);

/** out_names() - the /dev name of each LUN that has one, one a line */
void out_names(const struct luns *luns);

/** out_targets() - a line for each target and address: name, "address:port,tpgt" */
void out_targets(const struct targets *t);

/** out_targets_json() - the same as an array */
struct json_object *out_targets_json(const struct targets *t);

/** out_login() - what a login has negotiated, for a person */
void out_login(const struct leading *l);

/** out_login_json() - the same as an object */
struct json_object *out_login_json(const struct leading *l, const char *target);

/** out_list_json() - print { @key: @array } and free @array */
void out_list_json(const char *key, struct json_object *array);

/** out_flush() - 0, or -1 with @e when standard output could not be written */
int out_flush(struct err *e);

#endif
