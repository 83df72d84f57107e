// SPDX-License-Identifier: GPL-2.0
/*
 * What multipathd answers, and what doctor makes of it. A process of ours answers in its place.
 */
#include <sys/socket.h>
#include <sys/wait.h>

#define MULTIPATHD "/bin/sh"
#define MULTIPATHD_PID test_pid
#define PROC test_dir "/proc"
#define MULTIPATHD_SOCKET "kiscsi-unit/multipathd"
#define ASK_MS 300
#define test_dir "/tmp/kiscsi-doctor-multipath"
#define test_pid test_dir "/pid"

#include "../../tools/doctor-multipath.c"
#include "unit.h"

#define CONFIG "defaults {\n\tpolling_interval 7\n\tfind_multipaths \"strict\"\n}\nblacklist {\n}\n"

static void values(void)
{
	char out[8];

	value_of(CONFIG, "find_multipaths", out, sizeof(out));
	STR(out, "strict");
	value_of(CONFIG, "polling_interval", out, sizeof(out));
	STR(out, "7");
	value_of(CONFIG, "find", out, sizeof(out));
	STR(out, "");
	value_of("x", "x", out, sizeof(out));
	STR(out, "");
	value_of("x \"longer than that", "x", out, sizeof(out));
	STR(out, "longer ");
	value_of("", "x", out, sizeof(out));
	STR(out, "");
}

static void queueing(void)
{
	char out[8];

	queueing_of("36001|off\n36002|12 chk\n", "36002", out, sizeof(out));
	STR(out, "12 chk");
	queueing_of("36001|off\n36002|12 chk\n", "36001", out, sizeof(out));
	STR(out, "off");
	queueing_of("36001|off", "3600", out, sizeof(out));
	STR(out, "");
	queueing_of("\n\n", "3", out, sizeof(out));
	STR(out, "");
}

static const char *verdict_of(const char *how)
{
	struct doctor d = { .array = json_object_new_array() };
	static char out[256];

	say_queueing(&d, "dm-0", how);
	out[0] = '\0';
	if (json_object_array_length(d.array)) {
		struct json_object *o = json_object_array_get_idx(d.array, 0);

		snprintf(out, sizeof(out), "%s: %s", json_object_get_string(json_object_object_get(o, "verdict")),
			 json_object_get_string(json_object_object_get(o, "text")));
	}
	json_object_put(d.array);
	return out;
}

static void no_path(void)
{
	HAS(verdict_of("on"), "warning: dm-0 waits for ever");
	HAS(verdict_of("off"), "warning: dm-0 fails I/O at once");
	HAS(verdict_of("-"), "warning: dm-0 fails I/O at once");
	STR(verdict_of("30 sec"), "ok: dm-0 waits 30 s for a path when it has none left");
	/* nobody says how often: five seconds */
	STR(verdict_of("12 chk"), "ok: dm-0 waits 60 s for a path when it has none left");
	STR(verdict_of("rubbish"), "");
}

/* what is made of an answer that says its length is @len */
static char *asked(const char *text, size_t len)
{
	int pair[2];
	char *got;
	pid_t pid;

	EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	pid = fork();
	if (!pid) {
		char question[64];
		size_t n;

		if (read(pair[1], &n, sizeof(n)) != sizeof(n) || read(pair[1], question, sizeof(question)) != (ssize_t)n ||
		    write(pair[1], &len, sizeof(len)) < 0 || write(pair[1], text, strlen(text) + 1) < 0)
			_exit(1);
		_exit(0);
	}
	close(pair[1]);
	got = converse(pair[0], "show config local", clock_in(3000));
	close(pair[0]);
	waitpid(pid, NULL, 0);
	return got;
}

static void conversation(void)
{
	char *got = asked(CONFIG, strlen(CONFIG) + 1);

	STR(got ? got : "nothing", CONFIG);
	free(got);
	/* shorter than it says, none, and absurd */
	EQ((long long)(intptr_t)asked("x", 4096), 0);
	EQ((long long)(intptr_t)asked("x", 0), 0);
	EQ((long long)(intptr_t)asked("x", SIZE_MAX), 0);
}

static void not_running(void)
{
	EQ(system("rm -rf " test_dir " && mkdir -p " test_dir "/proc/77 && echo bash >" test_dir "/proc/77/comm"), 0);
	NO(is_running());
	EQ(system("echo 77 >" test_pid), 0);
	/* the number has become another's */
	NO(is_running());
	EQ((long long)(intptr_t)ask("show config local"), 0);
	HAS(how_to_join(), "systemctl enable --now multipathd");
	EQ(system("echo multipathd >" test_dir "/proc/77/comm"), 0);
	YES(is_running());
	EQ(system("rm -rf " test_dir), 0);
}

/* it runs, but takes nobody in, and there is no more room before its door */
static void stuck(void)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	socklen_t len = offsetof(struct sockaddr_un, sun_path) + 1 + strlen(MULTIPATHD_SOCKET);
	int door = socket(AF_UNIX, SOCK_STREAM, 0);
	int before = socket(AF_UNIX, SOCK_STREAM, 0);
	deadline_t late = clock_in(3000);

	strcpy(addr.sun_path + 1, MULTIPATHD_SOCKET);
	EQ(bind(door, (struct sockaddr *)&addr, len), 0);
	EQ(listen(door, 0), 0);
	EQ(connect(before, (struct sockaddr *)&addr, len), 0);
	EQ(system("mkdir -p " test_dir "/proc/77 && echo multipathd >" test_dir "/proc/77/comm && echo 77 >" test_pid), 0);
	/* an end to the tests is better than none */
	alarm(20);
	EQ((long long)(intptr_t)ask("show config local"), 0);
	alarm(0);
	YES(clock_left(late));
	EQ(system("rm -rf " test_dir), 0);
	close(before);
	close(door);
}

UNIT_SUITE(tools_doctor_multipath,
	   { "values", values },
	   { "queueing", queueing },
	   { "no path", no_path },
	   { "conversation", conversation },
	   { "not running", not_running },
	   { "stuck", stuck })
