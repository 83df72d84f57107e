// SPDX-License-Identifier: GPL-2.0
/*
 * Load on a disk, past the page cache, by the kernel's asynchronous I/O.
 *
 *	bench-disk DEVICE read|write random|sequential BYTES DEPTH COUNT
 *
 * COUNT I/Os are measured after a quarter as many that are not.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <linux/fs.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "measure.h"

#define DEPTH_MAX	256

static aio_context_t context;
static struct iocb iocbs[DEPTH_MAX];
static uint64_t starts[DEPTH_MAX];
static uint64_t position, blocks, rng = 1;
static bool is_random;
static size_t bytes;

static uint64_t next_block(void)
{
	if (!is_random)
		return position++ % blocks;
	rng ^= rng << 13;
	rng ^= rng >> 7;
	rng ^= rng << 17;
	return rng % blocks;
}

static void submit(struct iocb **list, size_t count)
{
	size_t i;

	if (!count)
		return;
	for (i = 0; i < count; i++) {
		list[i]->aio_offset = next_block() * bytes;
		starts[list[i]->aio_data] = measure_now();
	}
	if (syscall(SYS_io_submit, context, count, list) != (long)count)
		measure_die("io_submit");
}

/* As many as have ended are replaced in one call, as an event loop does it. */
static void run(size_t count, size_t depth, bool measured)
{
	struct io_event events[DEPTH_MAX];
	struct iocb *list[DEPTH_MAX];
	size_t flying = 0, begun, i, again;
	long got;

	for (begun = 0; begun < depth && begun < count; begun++, flying++)
		list[begun] = &iocbs[begun];
	submit(list, begun);
	while (flying) {
		got = syscall(SYS_io_getevents, context, 1, flying, events, NULL);
		if (got < 1)
			measure_die("io_getevents");
		for (i = again = 0; i < (size_t)got; i++) {
			if (events[i].res != (long)bytes) {
				fprintf(stderr, "an I/O ended with %lld\n", (long long)events[i].res);
				exit(1);
			}
			if (measured)
				measure_one(starts[events[i].data]);
			if (begun + again < count)
				list[again++] = &iocbs[events[i].data];
		}
		submit(list, again);
		begun += again;
		flying += again - got;
	}
}

static void prepare(int fd, bool is_write, size_t depth)
{
	size_t i;
	void *buffer;

	for (i = 0; i < depth; i++) {
		if (posix_memalign(&buffer, 4096, bytes))
			measure_die("buffer");
		memset(buffer, (int)i, bytes);
		iocbs[i].aio_fildes = fd;
		iocbs[i].aio_lio_opcode = is_write ? IOCB_CMD_PWRITE : IOCB_CMD_PREAD;
		iocbs[i].aio_buf = (uintptr_t)buffer;
		iocbs[i].aio_nbytes = bytes;
		iocbs[i].aio_data = i;
	}
	if (syscall(SYS_io_setup, DEPTH_MAX, &context))
		measure_die("io_setup");
}

int main(int argc, char **argv)
{
	size_t depth, count;
	bool is_write;
	uint64_t size;
	int fd;

	if (argc != 7) {
		fprintf(stderr, "usage: bench-disk DEVICE read|write random|sequential BYTES DEPTH COUNT\n");
		return 2;
	}
	is_write = !strcmp(argv[2], "write");
	is_random = !strcmp(argv[3], "random");
	bytes = measure_number("BYTES", argv[4], 16 << 20);
	depth = measure_number("DEPTH", argv[5], DEPTH_MAX);
	count = measure_number("COUNT", argv[6], 10000000);
	fd = open(argv[1], (is_write ? O_WRONLY : O_RDONLY) | O_DIRECT);
	if (fd < 0 || ioctl(fd, BLKGETSIZE64, &size))
		measure_die(argv[1]);
	blocks = size / bytes;
	if (!blocks) {
		fprintf(stderr, "%s: smaller than %zu bytes\n", argv[1], bytes);
		return 1;
	}
	prepare(fd, is_write, depth);
	run(count / 4 + depth, depth, false);
	measure_begin(count);
	run(count, depth, true);
	measure_end(bytes);
	return 0;
}
