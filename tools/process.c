// SPDX-License-Identifier: GPL-2.0
/*
 * The beginning and end of processes.
 */
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "process.h"

/* between two looks for the end of one */
#define END_LOOK_MS	5
/* for one to heed SIGTERM, and for the kernel to heed SIGKILL: not while it waits for a device */
#define END_MS		1000

/*
 * Without it a socket would be the next to be descriptor 1 or 2, and what we print go to the target. It is opened the
 * wrong way round: output that is lost is an error, as it is with a descriptor that is closed.
 */
static void fill(int fd)
{
	if (fcntl(fd, F_GETFD) < 0)
		(void)!open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

void process_start(void)
{
	/* in this order each gets the lowest that is free, its own */
	fill(STDIN_FILENO);
	fill(STDOUT_FILENO);
	fill(STDERR_FILENO);
	signal(SIGCHLD, SIG_DFL);
}

pid_t process_fork(int sig)
{
	pid_t parent = getpid();
	pid_t pid = fork();

	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, sig);
	/* it may have ended before that line */
	if (getppid() != parent)
		_exit(0);
	return 0;
}

int process_wait(pid_t pid, deadline_t deadline)
{
	for (;;) {
		int status;
		pid_t ended = waitpid(pid, &status, WNOHANG);

		if (ended == pid && WIFEXITED(status))
			return WEXITSTATUS(status);
		if (ended)
			return PROCESS_DIED;
		if (!clock_left(deadline) || clock_sleep(END_LOOK_MS, deadline))
			return PROCESS_RUNS;
	}
}

bool process_ends(pid_t pid, int ms)
{
	deadline_t deadline = clock_in(ms);

	while (!waitpid(pid, NULL, WNOHANG)) {
		if (!clock_left(deadline))
			return false;
		clock_poll_through(-1, 0, clock_in(END_LOOK_MS));
	}
	return true;
}

void process_kill(pid_t pid)
{
	kill(pid, SIGKILL);
	process_ends(pid, END_MS);
}

void process_end(pid_t pid)
{
	kill(pid, SIGTERM);
	if (!process_ends(pid, END_MS))
		process_kill(pid);
}
