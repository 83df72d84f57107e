// SPDX-License-Identifier: GPL-2.0
/*
 * Findings, and the files that may be secrets.
 */
#include <stdlib.h>

#define CONFIG_DIR test_dir
static char test_dir[64];

#include "../../tools/doctor.c"
#include "unit.h"

static const char *member(const struct doctor *d, size_t i, const char *key)
{
	struct json_object *o = json_object_array_get_idx(d->array, i);

	return json_object_get_string(json_object_object_get(o, key));
}

static void findings(void)
{
	struct doctor d = { .array = json_object_new_array() };

	doctor_say(&d, DOCTOR_OK, "one", NULL, "number %d", 1);
	doctor_say(&d, DOCTOR_WARNING, "two", "do this", "\xff");
	EQ(d.problems, 0);
	doctor_say(&d, DOCTOR_PROBLEM, "three", "do that", "x");
	EQ(d.problems, 1);
	EQ(json_object_array_length(d.array), 3);
	STR(member(&d, 0, "text"), "number 1");
	YES(!member(&d, 0, "todo"));
	STR(member(&d, 1, "verdict"), "warning");
	STR(member(&d, 1, "text"), "\\xff");
	STR(member(&d, 2, "todo"), "do that");
	json_object_put(d.array);
}

static void touch(const char *name, mode_t mode)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", test_dir, name);
	fd = open(path, O_WRONLY | O_CREAT, 0600);
	EQ(fchmod(fd, mode), 0);
	close(fd);
}

static unsigned int secrets_found(void)
{
	struct doctor d = { .array = json_object_new_array() };

	check_secrets(&d);
	json_object_put(d.array);
	return d.problems;
}

static void secrets(void)
{
	char path[128];

	strcpy(test_dir, "/nonexistent");
	EQ(secrets_found(), 0);
	strcpy(test_dir, "/tmp/kiscsi-doctor-XXXXXX");
	YES(mkdtemp(test_dir) != NULL);
	touch("kiscsi.conf", 0644);
	touch("good", 0600);
	/* whoever runs this test may not be root */
	EQ(secrets_found(), geteuid() ? 1 : 0);
	if (!geteuid()) {
		touch("good", 0640);
		EQ(secrets_found(), 1);
		touch("bad", 0604);
		EQ(secrets_found(), 2);
	}
	snprintf(path, sizeof(path), "rm -r %s", test_dir);
	EQ(system(path), 0);
}

UNIT_SUITE(tools_doctor, { "findings", findings }, { "secrets", secrets })
