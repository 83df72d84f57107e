// SPDX-License-Identifier: GPL-2.0
/*
 * What a process of ours begins with, and how others of ours end.
 */
#include "../../tools/process.c"
#include "unit.h"

/* run in a process of its own: 0, or which of the things it looks at is wrong */
static int started_with_nothing(void)
{
	close(STDIN_FILENO);
	close(STDOUT_FILENO);
	close(STDERR_FILENO);
	signal(SIGCHLD, SIG_IGN);
	process_start();
	if (signal(SIGCHLD, SIG_DFL) != SIG_DFL)
		return 1;
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) < 0)
			return 2;
	}
	/* lost output is an error still */
	if (write(STDOUT_FILENO, "x", 1) >= 0 || write(STDERR_FILENO, "x", 1) >= 0)
		return 3;
	return 0;
}

/* what is there is left, and nothing beside it */
static int started_as_usual(void)
{
	int next = dup(STDIN_FILENO);
	bool same;

	close(next);
	process_start();
	same = dup(STDIN_FILENO) == next;
	close(next);
	return same ? 0 : 1;
}

static int in_child(int (*run)(void))
{
	pid_t pid = process_fork(SIGKILL);

	if (!pid)
		_exit(run());
	return process_wait(pid, clock_in(5000));
}

static int seven(void)
{
	return 7;
}

static int by_signal(void)
{
	kill(getpid(), SIGKILL);
	return 0;
}

static void start(void)
{
	EQ(in_child(started_with_nothing), 0);
	EQ(in_child(started_as_usual), 0);
}

static void waiting(void)
{
	pid_t pid = process_fork(SIGKILL);

	if (!pid) {
		pause();
		_exit(0);
	}
	EQ(process_wait(pid, clock_in(30)), PROCESS_RUNS);
	process_kill(pid);
	EQ(process_wait(pid, clock_in(5000)), PROCESS_DIED);
	EQ(in_child(seven), 7);
	EQ(in_child(by_signal), PROCESS_DIED);
}

/* whose end nobody is told of */
static void waiting_in_vain(void)
{
	signal(SIGCHLD, SIG_IGN);
	EQ(in_child(seven), PROCESS_DIED);
	signal(SIGCHLD, SIG_DFL);
}

static void deaf(void)
{
	deadline_t late = clock_in(5000);
	int pair[2];
	pid_t pid;
	char c;

	EQ(pipe(pair), 0);
	pid = process_fork(SIGKILL);
	if (!pid) {
		signal(SIGTERM, SIG_IGN);
		(void)!write(pair[1], "x", 1);
		for (;;)
			pause();
	}
	EQ(read(pair[0], &c, 1), 1);
	process_end(pid);
	YES(clock_left(late));
	EQ(kill(pid, 0), -1);
	close(pair[0]);
	close(pair[1]);
}

UNIT_SUITE(tools_process,
	   { "a start with nothing open and children ignored", start },
	   { "waiting", waiting },
	   { "waiting for one that somebody else has seen end", waiting_in_vain },
	   { "one that does not heed SIGTERM", deaf })
