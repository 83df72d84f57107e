// SPDX-License-Identifier: GPL-2.0
/*
 * A pool of processes. Results come back through memory that all of them share.
 */
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "crew.h"
#include "process.h"

/* between two looks for those that have ended */
#define LOOK_MS 10

/**
 * struct pool - a crew at work
 * @crew: the jobs
 * @results: of all of them
 * @pid: by job, 0: not at work
 * @next: the first job that has not started
 * @busy: how many are at work
 * @told: the workers know that they are to stop
 */
struct pool {
	const struct crew *crew;
	char *results;
	pid_t *pid;
	unsigned int next;
	unsigned int busy;
	bool told;
};

static void *result_of(const struct pool *p, unsigned int i)
{
	return p->results + i * p->crew->result_size;
}

static void start(struct pool *p)
{
	const struct crew *crew = p->crew;
	unsigned int i = p->next++;

	fflush(stdout);
	/* nobody works on for a parent that is gone */
	p->pid[i] = process_fork(SIGTERM);
	if (p->pid[i] < 0) {
		p->pid[i] = 0;
		crew->done(crew->arg, i, NULL);
		return;
	}
	if (p->pid[i]) {
		p->busy++;
		return;
	}
	crew->work(crew->arg, i, result_of(p, i));
	_exit(0);
}

static void ended(struct pool *p, unsigned int i, bool well)
{
	p->pid[i] = 0;
	p->busy--;
	p->crew->done(p->crew->arg, i, well ? result_of(p, i) : NULL);
}

/* has one ended? */
static bool collect(struct pool *p)
{
	int status = 0;
	pid_t pid = waitpid(-1, &status, WNOHANG);
	/* where somebody else has seen them end, all have, and nobody knows how */
	bool lost = pid < 0 && errno == ECHILD;

	if (pid <= 0 && !lost)
		return false;
	for (unsigned int i = 0; i < p->next; i++) {
		if (p->pid[i] && (lost || p->pid[i] == pid))
			ended(p, i, !lost && WIFEXITED(status) && !WEXITSTATUS(status));
	}
	return true;
}

static void tell_all(struct pool *p)
{
	p->told = true;
	for (unsigned int i = 0; i < p->next; i++) {
		if (p->pid[i])
			kill(p->pid[i], SIGTERM);
	}
}

static void work_off(struct pool *p)
{
	unsigned int most = p->crew->most ? p->crew->most : CREW_MAX;

	while (p->busy || (p->next < p->crew->count && !clock_stopped())) {
		while (p->next < p->crew->count && p->busy < most && !clock_stopped())
			start(p);
		if (clock_stopped() && !p->told)
			tell_all(p);
		if (collect(p))
			continue;
		if (p->crew->waiting)
			p->crew->waiting(p->crew->arg, p->busy);
		poll(NULL, 0, LOOK_MS);
	}
}

int crew_run(const struct crew *crew, struct err *e)
{
	struct pool p = { .crew = crew };
	size_t size = crew->count * crew->result_size;

	if (!crew->count)
		return 0;
	p.pid = calloc(crew->count, sizeof(*p.pid));
	p.results = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (!p.pid || p.results == MAP_FAILED) {
		free(p.pid);
		return err_sys(e, ST_FAILED, ENOMEM, "%u jobs", crew->count);
	}
	work_off(&p);
	munmap(p.results, size);
	free(p.pid);
	return 0;
}
