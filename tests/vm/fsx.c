// SPDX-License-Identifier: GPL-2.0
/*
 * A file under random operations, compared with a shadow copy in memory: what is read, whichever way,
 * is what was written, whichever way. One process, so the order is known.
 *
 *   fsx [-s SEED] [-t SECONDS] [-n OPERATIONS] [-l MAX-FILE-SIZE] FILE
 *
 * Ends after so many seconds or operations, or on SIGTERM, with a comparison of the whole file, read
 * past the page cache. On a mismatch or an error it says seed and operation, which makes it happen
 * again, and shows the operations before. Exit status: 0 as it should be, 1 not, 2 wrong usage.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define OP_MAX		(128 << 10)
#define SIZE_MIN	(256 << 10)
/* of memory, file system and disk: what O_DIRECT is content with */
#define ALIGN		4096
#define HISTORY		24

struct op {
	const char *name;
	unsigned long number;
	uint64_t at, len;
};

static const char *path;
static int fd = -1;
static uint8_t *shadow;		/* what the file must hold, size_max bytes */
static uint8_t *scratch;	/* OP_MAX bytes, aligned */
static uint64_t size_max = 2 << 20;
static uint64_t size;
static uint64_t seed;
static uint64_t rng;
static unsigned long operations;
static struct op history[HISTORY];
static volatile sig_atomic_t enough;

/* splitmix64 */
static uint64_t rnd(void)
{
	uint64_t z = (rng += 0x9e3779b97f4a7c15ull);

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ z >> 27) * 0x94d049bb133111ebull;
	return z ^ z >> 31;
}

static uint64_t below(uint64_t n) { return n ? rnd() % n : 0; }

/* ---- what went wrong ---- */

static void show_history(void)
{
	for (unsigned long i = operations > HISTORY ? operations - HISTORY : 0; i < operations; i++) {
		const struct op *op = &history[i % HISTORY];

		fprintf(stderr, "fsx:   %lu %s at %llu, %llu bytes\n", op->number, op->name,
			(unsigned long long)op->at, (unsigned long long)op->len);
	}
}

__attribute__((format(printf, 1, 2), noreturn)) static void wrong(const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "fsx: %s: seed %llu, operation %lu: ", path, (unsigned long long)seed, operations);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	show_history();
	exit(1);
}

static void failed(const char *what) { wrong("%s: %s", what, strerror(errno)); }

static void compare(const uint8_t *got, uint64_t at, uint64_t len, const char *how)
{
	uint64_t i = 0, bad = 0;

	if (!memcmp(got, shadow + at, len))
		return;
	while (got[i] == shadow[at + i])
		i++;
	for (uint64_t k = i; k < len; k++)
		bad += got[k] != shadow[at + k];
	wrong("%s of %llu bytes at %llu: from byte %llu of the file on %llu are wrong: 0x%02x, not 0x%02x",
	      how, (unsigned long long)len, (unsigned long long)at, (unsigned long long)(at + i),
	      (unsigned long long)bad, got[i], shadow[at + i]);
}

/* a page that cannot be read or written */
static void on_bus_error(int sig)
{
	static const char text[] = "fsx: SIGBUS: an I/O error in mapped memory\n";

	(void)sig;
	if (write(2, text, sizeof(text) - 1) < 0)
		_exit(3);
	_exit(1);
}

static void on_term(int sig)
{
	(void)sig;
	enough = 1;
}

/* ---- the operations; each notes itself first ---- */

static void note(const char *name, uint64_t at, uint64_t len)
{
	history[operations % HISTORY] = (struct op){ name, operations + 1, at, len };
	operations++;
}

static void open_file(int flags)
{
	fd = open(path, flags | O_RDWR | O_CLOEXEC, 0600);
	if (fd < 0)
		failed("open");
}

/* random bytes into scratch and the shadow; the file grows when they go past its end */
static void make_data(uint64_t at, uint64_t len)
{
	for (uint64_t i = 0; i < len; i += 8) {
		uint64_t r = rnd();

		memcpy(scratch + i, &r, 8);
	}
	if (at > size)
		memset(shadow + size, 0, at - size);
	memcpy(shadow + at, scratch, len);
	if (at + len > size)
		size = at + len;
}

static void write_all(int to, uint64_t at, uint64_t len, const char *how)
{
	uint64_t done = 0;

	while (done < len) {
		ssize_t n = pwrite(to, scratch + done, len - done, (off_t)(at + done));

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			failed(how);
		done += (uint64_t)n;
	}
}

static void read_all(int from, uint64_t at, uint64_t len, const char *how)
{
	uint64_t done = 0;

	while (done < len) {
		ssize_t n = pread(from, scratch + done, len - done, (off_t)(at + done));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			failed(how);
		if (!n)
			wrong("%s: the file ends at %llu instead of %llu", how,
			      (unsigned long long)(at + done), (unsigned long long)size);
		done += (uint64_t)n;
	}
	compare(scratch, at, len, how);
}

static uint64_t some_len(uint64_t most) { return 1 + below(most < OP_MAX ? most : OP_MAX); }

static void op_write(void)
{
	uint64_t at = below(size_max);
	uint64_t len = some_len(size_max - at);

	note("write", at, len);
	make_data(at, len);
	write_all(fd, at, len, "write");
}

static void op_read(void)
{
	uint64_t at = below(size);
	uint64_t len = size ? some_len(size - at) : 0;

	note("read", at, len);
	read_all(fd, at, len, "read");
}

static uint8_t *map(uint64_t at, uint64_t len, int prot, uint64_t *slack)
{
	uint8_t *p;

	*slack = at % ALIGN;
	p = mmap(NULL, len + *slack, prot, MAP_SHARED, fd, (off_t)(at - *slack));
	if (p == MAP_FAILED)
		failed("mmap");
	return p;
}

static void op_mapped_write(void)
{
	uint64_t at = below(size), slack;
	uint64_t len = size ? some_len(size - at) : 0;
	uint8_t *p;

	note("write through mmap", at, len);
	if (!len)
		return;
	make_data(at, len);
	p = map(at, len, PROT_READ | PROT_WRITE, &slack);
	memcpy(p + slack, scratch, len);
	if (below(2) && msync(p, len + slack, MS_SYNC))
		failed("msync");
	munmap(p, len + slack);
}

static void op_mapped_read(void)
{
	uint64_t at = below(size), slack;
	uint64_t len = size ? some_len(size - at) : 0;
	uint8_t *p;

	note("read through mmap", at, len);
	if (!len)
		return;
	p = map(at, len, PROT_READ, &slack);
	compare(p + slack, at, len, "read through mmap");
	munmap(p, len + slack);
}

static void op_direct_write(void)
{
	uint64_t at = below(size_max / ALIGN) * ALIGN;
	uint64_t len = (1 + below(OP_MAX / ALIGN)) * ALIGN;
	int direct;

	if (len > size_max - at)
		len = size_max - at;
	note("direct write", at, len);
	direct = open(path, O_RDWR | O_DIRECT | O_CLOEXEC);
	if (direct < 0)
		failed("open for direct I/O");
	make_data(at, len);
	write_all(direct, at, len, "direct write");
	close(direct);
}

static void op_direct_read(void)
{
	uint64_t at = below(size / ALIGN) * ALIGN;
	uint64_t len = (1 + below(OP_MAX / ALIGN)) * ALIGN;
	int direct;

	if (len > size - at)
		len = (size - at) / ALIGN * ALIGN;
	note("direct read", at, len);
	direct = open(path, O_RDWR | O_DIRECT | O_CLOEXEC);
	if (direct < 0)
		failed("open for direct I/O");
	read_all(direct, at, len, "direct read");
	close(direct);
}

static void op_truncate(void)
{
	uint64_t to = below(size_max + 1);

	note("truncate", to, 0);
	if (to > size)
		memset(shadow + size, 0, to - size);
	size = to;
	if (ftruncate(fd, (off_t)to))
		failed("truncate");
}

static void op_zero(int mode, const char *name)
{
	uint64_t at = below(size);
	uint64_t len = size ? some_len(size - at) : 0;

	note(name, at, len);
	if (!len)
		return;
	memset(shadow + at, 0, len);
	if (fallocate(fd, mode | FALLOC_FL_KEEP_SIZE, (off_t)at, (off_t)len))
		failed(name);
}

static void op_punch(void) { op_zero(FALLOC_FL_PUNCH_HOLE, "punch hole"); }
static void op_zero_range(void) { op_zero(FALLOC_FL_ZERO_RANGE, "zero range"); }

static void op_allocate(void)
{
	uint64_t at = below(size_max);
	uint64_t len = some_len(size_max - at);

	note("allocate", at, len);
	if (fallocate(fd, 0, (off_t)at, (off_t)len))
		failed("allocate");
	if (at + len <= size)
		return;
	memset(shadow + size, 0, at + len - size);
	size = at + len;
}

static void op_sync(void)
{
	bool data = below(2);

	note(data ? "fdatasync" : "fsync", 0, 0);
	if (data ? fdatasync(fd) : fsync(fd))
		failed(data ? "fdatasync" : "fsync");
}

/* out of the page cache: what is read next comes from the disk */
static void forget(void)
{
	if (fsync(fd))
		failed("fsync");
	if (posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED))
		failed("fadvise");
}

static void op_forget(void)
{
	note("forget cached pages", 0, 0);
	forget();
}

static void op_reopen(void)
{
	note("close and open", 0, 0);
	if (close(fd))
		failed("close");
	open_file(0);
}

static const struct {
	void (*run)(void);
	unsigned int weight;
} table[] = {
	{ op_write, 20 }, { op_read, 20 }, { op_mapped_write, 10 }, { op_mapped_read, 10 },
	{ op_direct_write, 10 }, { op_direct_read, 10 }, { op_truncate, 4 }, { op_punch, 4 },
	{ op_zero_range, 4 }, { op_allocate, 4 }, { op_sync, 6 }, { op_forget, 6 }, { op_reopen, 2 },
};

static void one_operation(void)
{
	unsigned int total = 0, pick, i;

	for (i = 0; i < sizeof(table) / sizeof(*table); i++)
		total += table[i].weight;
	pick = (unsigned int)below(total);
	for (i = 0; pick >= table[i].weight; i++)
		pick -= table[i].weight;
	table[i].run();
}

static void compare_all(void)
{
	forget();
	for (uint64_t at = 0; at < size; at += OP_MAX)
		read_all(fd, at, size - at < OP_MAX ? size - at : OP_MAX, "the comparison at the end");
	if (lseek(fd, 0, SEEK_END) != (off_t)size)
		wrong("the file has %lld bytes instead of %llu", (long long)lseek(fd, 0, SEEK_END),
		      (unsigned long long)size);
}

static uint64_t number(const char *s)
{
	char *end;
	uint64_t n = strtoull(s, &end, 10);

	if (!*s || *end) {
		fprintf(stderr, "fsx: %s: want a number\n", s);
		exit(2);
	}
	return n;
}

static void set_up(void)
{
	struct sigaction term = { .sa_handler = on_term }, bus = { .sa_handler = on_bus_error };

	sigaction(SIGTERM, &term, NULL);
	sigaction(SIGBUS, &bus, NULL);
	rng = seed;
	shadow = calloc(1, size_max);
	if (!shadow || posix_memalign((void **)&scratch, ALIGN, OP_MAX + 8)) {
		fprintf(stderr, "fsx: no memory\n");
		exit(1);
	}
	open_file(O_CREAT | O_TRUNC);
}

int main(int argc, char **argv)
{
	unsigned long most = 0;
	time_t end = 0;
	int opt;

	seed = (uint64_t)time(NULL) ^ (uint64_t)getpid() << 20;
	while ((opt = getopt(argc, argv, "s:t:n:l:")) != -1) {
		if (opt == 's')
			seed = number(optarg);
		else if (opt == 't')
			end = time(NULL) + (time_t)number(optarg);
		else if (opt == 'n')
			most = number(optarg);
		else if (opt == 'l')
			size_max = number(optarg) / ALIGN * ALIGN;
		else
			return 2;
	}
	if (optind + 1 != argc || size_max < SIZE_MIN) {
		fprintf(stderr, "usage: fsx [-s SEED] [-t SECONDS] [-n OPERATIONS] [-l MAX-FILE-SIZE] FILE\n");
		return 2;
	}
	path = argv[optind];
	set_up();
	while (!enough && !(most && operations >= most) && !(end && time(NULL) >= end))
		one_operation();
	compare_all();
	printf("fsx: %s: seed %llu: %lu operations, all as they should be\n", path, (unsigned long long)seed,
	       operations);
	return 0;
}
