// SPDX-License-Identifier: GPL-2.0
/*
 * What doctor says of a configuration, against the sessions there are.
 */
#include <fcntl.h>
#include <sys/stat.h>

#define SYSTEMD	"/"
#define UNIT_WANTED test_unit
static const char *test_unit = "/";

#include "../../tools/doctor-config.c"
#include "unit.h"

#define DEFAULTS "[defaults]\ninitiator-name = iqn.2026-01.example:me\nportals = 192.0.2.1\n"
#define A "[iqn.2026-01.example:a]\n"
#define SECRET "/tmp/kiscsi-doctor-secret"

/* all that is said of @text and @present, one finding a line */
static char *says(const char *text, const struct sessions *present)
{
	struct doctor d = { .array = json_object_new_array() };
	char path[] = "/tmp/kiscsi-doctor-conf-XXXXXX";
	static char out[8192];
	int fd = mkstemp(path);
	size_t n = 0;

	EQ(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	doctor_config(&d, path, present);
	unlink(path);
	out[0] = '\0';
	for (size_t i = 0; i < json_object_array_length(d.array); i++) {
		struct json_object *o = json_object_array_get_idx(d.array, i);

		n += (size_t)snprintf(out + n, sizeof(out) - n, "%s %s: %s\n",
				      json_object_get_string(json_object_object_get(o, "verdict")),
				      json_object_get_string(json_object_object_get(o, "check")),
				      json_object_get_string(json_object_object_get(o, "text")));
	}
	json_object_put(d.array);
	return out;
}

static void no_file(void)
{
	struct doctor d = { .array = json_object_new_array() };

	doctor_config(&d, "/nonexistent/kiscsi.conf", NULL);
	EQ(d.problems, 0);
	EQ(json_object_array_length(d.array), 1);
	doctor_config(&d, "/", NULL);
	EQ(d.problems, 1);
	json_object_put(d.array);
}

static void mistakes(void)
{
	const char *said = says(DEFAULTS A "nop-interval = often\nheader-digest = CRC\n", NULL);

	HAS(said, ":5: nop-interval: \"often\"");
	HAS(said, ":6: header-digest: \"CRC\"");
	HAS(said, "problem config: ");
}

static void secrets(void)
{
	int fd = open(SECRET, O_CREAT | O_WRONLY | O_TRUNC, 0600);

	EQ(write(fd, "a secret of alice", 17), 17);
	EQ(fchmod(fd, 0644), 0);
	close(fd);
	/* others do not hear of what only root may read */
	if (!geteuid())
		HAS(says(DEFAULTS A "chap-user = alice\nchap-secret-file = " SECRET "\n", NULL),
		    "others than its owner can read or write this secret (mode 0644): chmod 600 " SECRET);
	unlink(SECRET);
}

static void sources(void)
{
	HAS(says(DEFAULTS A "source-interface = nosuch0\n", NULL), "problem source: ");
	NO(strstr(says(DEFAULTS A "source-interface = lo\n", NULL), "source"));
	HAS(says(DEFAULTS A "source-address = 192.0.2.200\n", NULL), "192.0.2.200 is no address of this host");
	NO(strstr(says(DEFAULTS A "source-address = 127.0.0.1\n", NULL), "source"));
	HAS(says(DEFAULTS A "netns = nosuch\n", NULL), "there is no network namespace nosuch");
}

static void at_boot(void)
{
	NO(strstr(says(DEFAULTS A, NULL), "boot"));
	test_unit = "/nonexistent";
	HAS(says(DEFAULTS A, NULL), "warning boot: ");
	NO(strstr(says(DEFAULTS A "startup = manual\n", NULL), "boot"));
	test_unit = "/";
}

static void against_sessions(void)
{
	struct session s = { .sid = 3, .state = KISCSI_SESSION_UP, .netns = netns_own() };
	struct sessions none = { 0 }, one = { &s, 1 };

	HAS(says(DEFAULTS A, &none), "problem config: ");
	HAS(says(DEFAULTS A "optional = yes\n", &none), "warning config: ");
	HAS(says(DEFAULTS A, &none), "[iqn.2026-01.example:a]: there is no session");
	strcpy(s.target, "iqn.2026-01.example:b");
	HAS(says(DEFAULTS A, &one), "ok config: ");
	HAS(says(DEFAULTS A, &one), "session 3 to iqn.2026-01.example:b is not in it");
	strcpy(s.target, "iqn.2026-01.example:a");
	HAS(says(DEFAULTS A, &one), "portal 192.0.2.1:3260 is not one of the session's");
	HAS(says(DEFAULTS A, &one), "warning config: ");
}

UNIT_SUITE(tools_doctor_config,
	   { "no file", no_file },
	   { "mistakes", mistakes },
	   { "secrets", secrets },
	   { "sources", sources },
	   { "at boot", at_boot },
	   { "against sessions", against_sessions })
