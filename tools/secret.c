// SPDX-License-Identifier: GPL-2.0
/*
 * Reading CHAP secrets.
 */
#include <ctype.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../kernel/proto/text.h"
#include "secret.h"

/* "0x", two digits a byte, a newline, and one more to see that there is too much */
#define FILE_MAX (2 + 2 * KISCSI_CHAP_SECRET_MAX + 2 + 1)

void secret_no_core(void)
{
	struct rlimit none = { 0, 0 };

	setrlimit(RLIMIT_CORE, &none);
	prctl(PR_SET_DUMPABLE, 0);
}

void secret_protect(const void *p, size_t len)
{
	/* may fail for want of RLIMIT_MEMLOCK: then as well as can be */
	(void)!mlock(p, len);
}

void secret_no_swap(void)
{
	struct rlimit any = { RLIM_INFINITY, RLIM_INFINITY };

	/* within a limit, what is mapped later would fail at it */
	if (!setrlimit(RLIMIT_MEMLOCK, &any))
		(void)!mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT);
}

static int decode_constant(const char *text, u8 *out, u8 *out_len, struct err *e)
{
	int n = kiscsi_text_binary(text, out, KISCSI_CHAP_SECRET_MAX);

	if (n == -ENOSPC)
		return err_set(e, ST_FAILED, "the secret is longer than %d bytes",
			       KISCSI_CHAP_SECRET_MAX);
	if (n <= 0)
		return err_set(e, ST_FAILED, "the secret begins with %.2s but is no %s constant", text,
			       tolower((unsigned char)text[1]) == 'x' ? "hexadecimal" : "base64");
	*out_len = (u8)n;
	return 0;
}

int secret_decode(const char *text, size_t len, u8 out[KISCSI_CHAP_SECRET_MAX], u8 *out_len,
		  struct err *e)
{
	char copy[FILE_MAX + 1];
	int r;

	if (len && text[len - 1] == '\n')
		len--;
	if (len && text[len - 1] == '\r')
		len--;
	if (!len)
		return err_set(e, ST_FAILED, "there is no secret in it");
	if (memchr(text, '\0', len) || memchr(text, '\n', len))
		return err_set(e, ST_FAILED, "there is more than one line in it");
	if (len > 2 && text[0] == '0' && strchr("xXbB", text[1]) && len < sizeof(copy)) {
		memcpy(copy, text, len);
		copy[len] = '\0';
		r = decode_constant(copy, out, out_len, e);
		explicit_bzero(copy, sizeof(copy));
		return r;
	}
	if (len > KISCSI_CHAP_SECRET_MAX)
		return err_set(e, ST_FAILED, "the secret is longer than %d bytes",
			       KISCSI_CHAP_SECRET_MAX);
	memcpy(out, text, len);
	*out_len = (u8)len;
	return 0;
}

/* the descriptor N of "/dev/fd/N" or "-", which also works where there is no /dev/fd; else -1 */
static int descriptor_of(const char *path)
{
	static const char prefix[] = "/dev/fd/";
	const char *p;

	if (!strcmp(path, "-") || !strcmp(path, "/dev/stdin"))
		return STDIN_FILENO;
	if (strncmp(path, prefix, strlen(prefix)))
		return -1;
	p = path + strlen(prefix);
	if (!*p || strlen(p) > 6)
		return -1;
	for (const char *c = p; *c; c++) {
		if (!isdigit((unsigned char)*c))
			return -1;
	}
	return atoi(p);
}

bool secret_is_credential(const char *path)
{
	return descriptor_of(path) < 0 && !strchr(path, '/') && strcmp(path, ".") && strcmp(path, "..");
}

bool secret_at_hand(const char *path)
{
	return !secret_is_credential(path) || getenv("CREDENTIALS_DIRECTORY");
}

/* a name without a slash is a credential, where the service manager has given us some; NULL with errno */
static const char *place_of(const char *path, char in_dir[PATH_MAX])
{
	const char *dir = secret_is_credential(path) ? getenv("CREDENTIALS_DIRECTORY") : NULL;

	if (!dir)
		return path;
	if (snprintf(in_dir, PATH_MAX, "%s/%s", dir, path) < PATH_MAX)
		return in_dir;
	errno = ENAMETOOLONG;
	return NULL;
}

static int open_file(const char *path)
{
	char in_dir[PATH_MAX];
	const char *place = place_of(path, in_dir);

	/* the open of a FIFO would wait for its writer, and see no signal but those in the midst of it */
	return place ? open(place, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK) : -1;
}

bool secret_is_stream(const char *path)
{
	char in_dir[PATH_MAX];
	const char *place = place_of(path, in_dir);
	struct stat st;

	if (descriptor_of(path) >= 0)
		return true;
	/* not opened: the writer that waits at a FIFO would take us for its reader */
	return place && !stat(place, &st) && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode);
}

/* a unit that lacks a line is another matter than a file that is not there */
static int no_credential(const char *path, struct err *e)
{
	const char *dir = getenv("CREDENTIALS_DIRECTORY");

	if (!dir)
		return err_set(e, ST_FAILED,
			       "%s: no such file here, and no credential: $CREDENTIALS_DIRECTORY is not set, LoadCredential= in the unit sets it",
			       path);
	return err_set(e, ST_FAILED, "%s: there is no such credential in %s: LoadCredential=%s:FILE in the unit puts it there",
		       path, dir, path);
}

static int open_secret(const char *path, struct err *e)
{
	int fd = descriptor_of(path);

	fd = fd < 0 ? open_file(path) : fcntl(fd, F_DUPFD_CLOEXEC, 3);
	if (fd < 0 && errno == ENOENT && secret_is_credential(path))
		return no_credential(path, e);
	if (fd < 0)
		return err_sys(e, ST_FAILED, errno, "%s", path);
	return fd;
}

static int check_mode(int fd, const char *path, struct err *e)
{
	struct stat st;

	if (fstat(fd, &st))
		return err_sys(e, ST_FAILED, errno, "%s", path);
	if (S_ISDIR(st.st_mode))
		return err_sys(e, ST_FAILED, EISDIR, "%s", path);
	if (!S_ISREG(st.st_mode))
		return 0;
	if (st.st_mode & 077)
		return err_set(e, ST_FAILED,
			       "%s: others than its owner can read or write this secret (mode %04o): chmod 600 %s",
			       path, st.st_mode & 07777, path);
	if (st.st_uid && st.st_uid != geteuid())
		return err_set(e, ST_FAILED,
			       "%s: this secret belongs to user %u, who can read and change it: chown root %s",
			       path, st.st_uid, path);
	return 0;
}

static ssize_t read_all(int fd, char *buf, size_t size, deadline_t deadline)
{
	size_t len = 0;

	while (len < size) {
		int r = clock_poll(fd, POLLIN, deadline);
		ssize_t n;

		if (r <= 0)
			return r ? r : -ETIMEDOUT;
		n = read(fd, buf + len, size - len);
		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n < 0)
			return -errno;
		if (!n)
			break;
		len += (size_t)n;
	}
	return (ssize_t)len;
}

int secret_read(const char *path, deadline_t deadline, u8 out[KISCSI_CHAP_SECRET_MAX], u8 *out_len,
		struct err *e)
{
	char buf[FILE_MAX];
	ssize_t n;
	int fd;
	int r;

	fd = open_secret(path, e);
	if (fd < 0)
		return -1;
	r = check_mode(fd, path, e);
	if (r)
		goto out_close;
	secret_protect(buf, sizeof(buf));
	n = read_all(fd, buf, sizeof(buf), deadline);
	if (n == -EINTR)
		r = err_set(e, ST_FAILED, "%s: interrupted waiting for the secret", path);
	else if (n == -ETIMEDOUT)
		r = err_set(e, ST_UNREACHABLE, "%s: timed out waiting for the secret", path);
	else if (n < 0)
		r = err_sys(e, ST_FAILED, (int)-n, "%s", path);
	else if (secret_decode(buf, (size_t)n, out, out_len, e))
		r = err_where(e, "%s", path);
	/* not unlocked: locks do not count, and @out may be in the same page */
	explicit_bzero(buf, sizeof(buf));
out_close:
	close(fd);
	return r;
}
