// SPDX-License-Identifier: GPL-2.0
/*
 * Reading and writing records.
 */
#include <dirent.h>
#include <fcntl.h>
#include <nettle/sha2.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "iscsiadm-store.h"
#include "name.h"

#ifndef STORE
#define STORE_PARENT	"/run/kiscsi"
#define STORE		STORE_PARENT "/iscsiadm"
#endif
/* of a file that is being written; no record's name begins with it */
#define PREFIX_NEW	"."
#define LINE_MAX_OURS	(RECORD_VALUE_MAX + 128)

static const char *dir_of(enum record_kind kind)
{
	static const char *const dirs[] = {
		[RECORD_NODE] = STORE "/nodes",
		[RECORD_DISCOVERY] = STORE "/discovery",
		[RECORD_IFACE] = STORE "/ifaces",
	};

	return dirs[kind];
}

/* in place of a name that is too long; it has no comma, as every other has */
static void shorten(char name[2 * SHA256_DIGEST_SIZE + 1], const char *whole)
{
	u8 digest[SHA256_DIGEST_SIZE];
	struct sha256_ctx ctx;

	sha256_init(&ctx);
	sha256_update(&ctx, strlen(whole), (const u8 *)whole);
	sha256_digest(&ctx, sizeof(digest), digest);
	for (size_t i = 0; i < sizeof(digest); i++)
		sprintf(name + 2 * i, "%02x", digest[i]);
}

/*
 * Neither the name of a target or an interface nor a host has a slash: all are checked before a record is made. Together they
 * may be longer than a file system takes. What a record is of is read from the file and not from its name.
 */
static void path_of(const struct record *r, const char *prefix, char path[PATH_MAX])
{
	bool other = r->kind == RECORD_NODE && strcmp(record_iface(r), RECORD_IFACE_DEFAULT);
	char name[4 * RECORD_VALUE_MAX + 4], target[RECORD_VALUE_MAX + 1];

	/* that of an interface is not an iSCSI name */
	if (r->kind == RECORD_NODE)
		name_fold(target, sizeof(target), record_target(r));
	else
		snprintf(target, sizeof(target), "%s", record_target(r));
	snprintf(name, sizeof(name), "%s,%s,%s%s%s", target, record_host(r), record_port(r),
		 other ? "," : "", other ? record_iface(r) : "");
	if (strlen(name) + strlen(PREFIX_NEW) > NAME_MAX)
		shorten(name, name);
	snprintf(path, PATH_MAX, "%s/%s%s", dir_of(r->kind), prefix, name);
}

static int make_dir(const char *path, mode_t mode, struct err *e)
{
	if (!mkdir(path, mode) || errno == EEXIST)
		return 0;
	return err_sys(e, ST_FAILED, errno, "%s", path);
}

int store_lock(struct err *e)
{
	int fd;

	if (make_dir(STORE_PARENT, 0755, e) || make_dir(STORE, 0700, e) ||
	    make_dir(dir_of(RECORD_NODE), 0700, e) || make_dir(dir_of(RECORD_DISCOVERY), 0700, e) ||
	    make_dir(dir_of(RECORD_IFACE), 0700, e))
		return -1;
	fd = open(STORE, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || flock(fd, LOCK_EX)) {
		err_sys(e, ST_FAILED, errno, STORE);
		if (fd >= 0)
			close(fd);
		return -1;
	}
	return fd;
}

/* fclose() fails for what it has to write itself, not for what was lost before */
static int finish(FILE *f)
{
	int why = fflush(f) ? errno : ferror(f) ? EIO : 0;

	if (fclose(f) && !why)
		why = errno;
	errno = why;
	return why ? -1 : 0;
}

/* to wipe it with, once it is out of everybody's sight; -1: there is none */
static int open_old(const char *path)
{
	return open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
}

/* what was in the file is not to be found in memory that the next one gets */
static void wipe_old(int fd)
{
	char zeros[4096] = { 0 };
	struct stat st;

	if (fd < 0)
		return;
	if (!fstat(fd, &st)) {
		for (off_t at = 0; at < st.st_size; at += (off_t)sizeof(zeros))
			(void)!pwrite(fd, zeros, sizeof(zeros), at);
	}
	close(fd);
}

static int write_new(const struct record *r, const char *path, struct err *e)
{
	char new[PATH_MAX];
	FILE *f;
	int fd;

	path_of(r, PREFIX_NEW, new);
	fd = open(new, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	f = fd < 0 ? NULL : fdopen(fd, "w");
	if (!f) {
		err_sys(e, ST_FAILED, errno, "%s", new);
		if (fd >= 0)
			close(fd);
		return -1;
	}
	record_save(r, f);
	if (finish(f) || rename(new, path)) {
		err_sys(e, ST_FAILED, errno, "%s", path);
		unlink(new);
		return -1;
	}
	return 0;
}

int store_write(const struct record *r, struct err *e)
{
	char path[PATH_MAX];
	int old;

	path_of(r, "", path);
	old = open_old(path);
	if (!write_new(r, path, e)) {
		wipe_old(old);
		return 0;
	}
	if (old >= 0)
		close(old);
	return -1;
}

int store_remove(const struct record *r, struct err *e)
{
	char path[PATH_MAX];
	int bad = 0;
	int old;

	path_of(r, "", path);
	old = open_old(path);
	if (unlink(path) && errno != ENOENT)
		bad = err_sys(e, ST_FAILED, errno, "%s", path);
	wipe_old(old);
	return bad;
}

static int load_line(struct record *r, char *line, struct err *e)
{
	char *value = strstr(line, " = ");

	line[strcspn(line, "\n")] = '\0';
	if (!value)
		return err_set(e, ST_FAILED, "\"%s\": want NAME = VALUE", line);
	*value = '\0';
	return record_load(r, line, value + strlen(" = "), e);
}

static int load_lines(struct record *r, FILE *f, const char *path, struct err *e)
{
	char line[LINE_MAX_OURS];
	int number = 0;
	int bad = 0;

	while (!bad && fgets(line, sizeof(line), f)) {
		number++;
		if (load_line(r, line, e))
			bad = err_where(e, "%s:%d", path, number);
	}
	explicit_bzero(line, sizeof(line));
	if (!bad && record_complete(r, e))
		bad = err_where(e, "%s", path);
	if (bad)
		record_free(r);
	return bad;
}

/* another has come in its place, or none, and it was wiped while we read it */
static bool is_stale(FILE *f)
{
	struct stat st;

	return !fstat(fileno(f), &st) && !st.st_nlink;
}

/* 1: it was removed in this moment, which is as good as never having been there; or it is bad, and the others are not */
static int load(struct record *r, const char *path, struct err *e)
{
	bool stale;
	int bad;

	do {
		FILE *f = fopen(path, "re");

		if (!f && errno == ENOENT)
			return 1;
		if (!f)
			return err_sys(e, ST_FAILED, errno, "%s", path);
		bad = load_lines(r, f, path, e);
		stale = bad && is_stale(f);
		fclose(f);
	} while (stale);
	if (!bad || e->code)
		return bad;
	err_warn("%s: passed over", e->text);
	return 1;
}

static int add(struct records *list, enum record_kind kind, const char *name, struct err *e)
{
	struct record *v = reallocarray(list->v, list->count + 1, sizeof(*v));
	char path[PATH_MAX];
	int r;

	if (!v)
		return err_sys(e, ST_FAILED, ENOMEM, STORE);
	list->v = v;
	v += list->count;
	memset(v, 0, sizeof(*v));
	v->kind = kind;
	snprintf(path, sizeof(path), "%s/%s", dir_of(kind), name);
	r = load(v, path, e);
	if (!r)
		list->count++;
	return r < 0 ? -1 : 0;
}

static bool is_record(const struct dirent *d)
{
	return strncmp(d->d_name, PREFIX_NEW, strlen(PREFIX_NEW));
}

static int by_key(const void *a, const void *b)
{
	const struct record *x = a;
	const struct record *y = b;
	int order = strcmp(record_target(x), record_target(y));

	if (!order)
		order = strcmp(record_host(x), record_host(y));
	return order ? order : strcmp(record_port(x), record_port(y));
}

int store_read(enum record_kind kind, struct records *list, struct err *e)
{
	DIR *dir = opendir(dir_of(kind));
	struct dirent *d;
	int r = 0;

	memset(list, 0, sizeof(*list));
	if (!dir)
		return errno == ENOENT ? 0 : err_sys(e, ST_FAILED, errno, "%s", dir_of(kind));
	while (!r && (d = readdir(dir))) {
		if (is_record(d))
			r = add(list, kind, d->d_name, e);
	}
	closedir(dir);
	if (r)
		records_free(list);
	else if (list->count)
		qsort(list->v, list->count, sizeof(*list->v), by_key);
	return r;
}

void records_free(struct records *list)
{
	for (unsigned int i = 0; i < list->count; i++)
		record_free(&list->v[i]);
	free(list->v);
	memset(list, 0, sizeof(*list));
}
