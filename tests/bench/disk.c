// SPDX-License-Identifier: GPL-2.0
/*
 * Load on a disk, past the page cache, by the kernel's asynchronous I/O.
 *
 *	bench-disk DEVICE read|write random|sequential BYTES DEPTH COUNT [JOBS]
 *
 * COUNT I/Os are measured after a quarter as many that are not. With JOBS, that many threads, the first on the
 * first CPU and so on, do as much each, at depth DEPTH each.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <linux/fs.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "measure.h"

#define DEPTH_MAX	256
#define JOBS_MAX	16

/* What a thread has to itself. */
struct job {
	pthread_t thread;
	int cpu;
	aio_context_t context;
	struct iocb iocbs[DEPTH_MAX];
	uint64_t starts[DEPTH_MAX];
	uint64_t position, rng;
};

static struct job jobs[JOBS_MAX];
static size_t depth, count, bytes, job_count = 1;
static uint64_t blocks;
static bool is_random;
/* all have run for a while; measuring has begun; all have ended; it is over */
static pthread_barrier_t phase;

static uint64_t next_block(struct job *job)
{
	if (!is_random)
		return job->position++ % blocks;
	job->rng ^= job->rng << 13;
	job->rng ^= job->rng >> 7;
	job->rng ^= job->rng << 17;
	return job->rng % blocks;
}

static void submit(struct job *job, struct iocb **list, size_t n)
{
	size_t i;

	if (!n)
		return;
	for (i = 0; i < n; i++) {
		list[i]->aio_offset = next_block(job) * bytes;
		job->starts[list[i]->aio_data] = measure_now();
	}
	if (syscall(SYS_io_submit, job->context, n, list) != (long)n)
		measure_die("io_submit");
}

/* As many as have ended are replaced in one call, as an event loop does it. */
static void run(struct job *job, size_t total, bool measured)
{
	struct io_event events[DEPTH_MAX];
	struct iocb *list[DEPTH_MAX];
	size_t flying = 0, begun, i, again;
	long got;

	for (begun = 0; begun < depth && begun < total; begun++, flying++)
		list[begun] = &job->iocbs[begun];
	submit(job, list, begun);
	while (flying) {
		got = syscall(SYS_io_getevents, job->context, 1, flying, events, NULL);
		if (got < 1)
			measure_die("io_getevents");
		for (i = again = 0; i < (size_t)got; i++) {
			if (events[i].res != (long)bytes) {
				fprintf(stderr, "an I/O ended with %lld\n", (long long)events[i].res);
				exit(1);
			}
			if (measured)
				measure_one(job->starts[events[i].data]);
			if (begun + again < total)
				list[again++] = &job->iocbs[events[i].data];
		}
		submit(job, list, again);
		begun += again;
		flying += again - got;
	}
}

static void prepare(struct job *job, int fd, bool is_write)
{
	size_t i;
	void *buffer;

	job->cpu = job - jobs;
	job->rng = job->cpu + 1;
	job->position = blocks / job_count * job->cpu;
	for (i = 0; i < depth; i++) {
		if (posix_memalign(&buffer, 4096, bytes))
			measure_die("buffer");
		memset(buffer, (int)i, bytes);
		job->iocbs[i].aio_fildes = fd;
		job->iocbs[i].aio_lio_opcode = is_write ? IOCB_CMD_PWRITE : IOCB_CMD_PREAD;
		job->iocbs[i].aio_buf = (uintptr_t)buffer;
		job->iocbs[i].aio_nbytes = bytes;
		job->iocbs[i].aio_data = i;
	}
	if (syscall(SYS_io_setup, DEPTH_MAX, &job->context))
		measure_die("io_setup");
}

static void *run_job(void *arg)
{
	struct job *job = arg;
	cpu_set_t cpu;

	CPU_ZERO(&cpu);
	CPU_SET(job->cpu, &cpu);
	if (sched_setaffinity(0, sizeof(cpu), &cpu))
		measure_die("a CPU for each job");
	run(job, count / 4 + depth, false);
	pthread_barrier_wait(&phase);
	pthread_barrier_wait(&phase);
	run(job, count, true);
	pthread_barrier_wait(&phase);
	return NULL;
}

static void run_jobs(void)
{
	size_t i;

	if (pthread_barrier_init(&phase, NULL, job_count + 1))
		measure_die("barrier");
	for (i = 0; i < job_count; i++)
		if (pthread_create(&jobs[i].thread, NULL, run_job, &jobs[i]))
			measure_die("thread");
	pthread_barrier_wait(&phase);
	measure_begin(count * job_count);
	pthread_barrier_wait(&phase);
	pthread_barrier_wait(&phase);
	measure_end(bytes);
	for (i = 0; i < job_count; i++)
		pthread_join(jobs[i].thread, NULL);
}

int main(int argc, char **argv)
{
	bool is_write;
	uint64_t size;
	size_t i;
	int fd;

	if (argc != 7 && argc != 8) {
		fprintf(stderr, "usage: bench-disk DEVICE read|write random|sequential BYTES DEPTH COUNT [JOBS]\n");
		return 2;
	}
	is_write = !strcmp(argv[2], "write");
	is_random = !strcmp(argv[3], "random");
	bytes = measure_number("BYTES", argv[4], 16 << 20);
	depth = measure_number("DEPTH", argv[5], DEPTH_MAX);
	count = measure_number("COUNT", argv[6], 10000000);
	if (argc == 8)
		job_count = measure_number("JOBS", argv[7], JOBS_MAX);
	fd = open(argv[1], (is_write ? O_WRONLY : O_RDONLY) | O_DIRECT);
	if (fd < 0 || ioctl(fd, BLKGETSIZE64, &size))
		measure_die(argv[1]);
	blocks = size / bytes;
	if (blocks < job_count) {
		fprintf(stderr, "%s: smaller than %zu bytes for each job\n", argv[1], bytes);
		return 1;
	}
	for (i = 0; i < job_count; i++)
		prepare(&jobs[i], fd, is_write);
	if (argc == 8) {
		run_jobs();
		return 0;
	}
	run(&jobs[0], count / 4 + depth, false);
	measure_begin(count);
	run(&jobs[0], count, true);
	measure_end(bytes);
	return 0;
}
