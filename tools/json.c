// SPDX-License-Identifier: GPL-2.0
/*
 * Members of JSON objects.
 */
#include <stdio.h>

#include "json.h"

void json_text(struct json_object *o, const char *key, const char *value)
{
	char safe[SAFE_MAX];

	if (!text_utf8(value))
		value = text_safe(safe, sizeof(safe), value);
	json_object_object_add(o, key, json_object_new_string(value));
}

/* null where there is none */
void json_optional(struct json_object *o, const char *key, const char *value)
{
	if (value[0])
		json_text(o, key, value);
	else
		json_object_object_add(o, key, NULL);
}

void json_number(struct json_object *o, const char *key, u64 n)
{
	json_object_object_add(o, key, json_object_new_uint64(n));
}

void json_signed(struct json_object *o, const char *key, int64_t n)
{
	json_object_object_add(o, key, json_object_new_int64(n));
}

void json_flag(struct json_object *o, const char *key, bool b)
{
	json_object_object_add(o, key, json_object_new_boolean(b));
}

struct json_object *json_versioned(void)
{
	struct json_object *o = json_object_new_object();

	json_number(o, "version", JSON_VERSION);
	return o;
}

void json_print(struct json_object *o, bool pretty)
{
	puts(json_object_to_json_string_ext(o, (pretty ? JSON_C_TO_STRING_PRETTY : JSON_C_TO_STRING_PLAIN) |
						       JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(o);
}
