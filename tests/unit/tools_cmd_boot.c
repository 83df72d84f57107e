// SPDX-License-Identifier: GPL-2.0
/*
 * A boot that is interrupted.
 */
#include <sys/wait.h>

#include "../../tools/cmd-boot.c"
#include "unit.h"

/* undoes something when told to stop, and can tell us */
static pid_t start_slow(int *told)
{
	int ends[2];
	sigset_t term;
	pid_t pid;
	int sig;

	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_BLOCK, &term, NULL);
	EQ(pipe(ends), 0);
	pid = process_fork(SIGKILL);
	if (!pid) {
		sigwait(&term, &sig);
		clock_poll_through(-1, 0, clock_in(300));
		_exit(write(ends[1], "x", 1) != 1);
	}
	sigprocmask(SIG_UNBLOCK, &term, NULL);
	close(ends[1]);
	*told = ends[0];
	return pid;
}

static void wait_interrupted(void *job)
{
	char c = 0;
	int told;
	pid_t pid;

	pid = start_slow(&told);
	unit_stop(true);
	EQ(wait_for_first(job, pid, clock_in(90000)), ST_FAILED);
	unit_stop(false);
	/* it is no longer there, and has had its time */
	EQ(waitpid(pid, NULL, WNOHANG), -1);
	EQ(read(told, &c, 1), 1);
	EQ(c, 'x');
	close(told);
}

/* what is incomplete has been undone by the time that we end */
static void interruption(void)
{
	struct job *j = calloc(1, sizeof(*j));

	j->boot.count = 1;
	j->pipe[0] = -1;
	STR(unit_said(wait_interrupted, j), "kiscsi: boot: interrupted\n");
	free(j);
}

UNIT_SUITE(tools_cmd_boot, { "interrupted", interruption })
