// SPDX-License-Identifier: GPL-2.0
/*
 * CHAP secrets from files and descriptors.
 */
#include <sys/wait.h>

#include "../../tools/secret.c"
#include "unit.h"

static void decodes(const char *text, size_t len, const void *want, size_t want_len)
{
	u8 out[KISCSI_CHAP_SECRET_MAX], out_len = 0;
	struct err e = { 0 };

	if (secret_decode(text, len, out, &out_len, &e))
		STR(e.text, "good");
	else
		MEM(out, out_len, want, want_len);
}

static void refuses(const char *text, size_t len, const char *part)
{
	u8 out[KISCSI_CHAP_SECRET_MAX], out_len;
	struct err e = { 0 };

	EQ(secret_decode(text, len, out, &out_len, &e), -1);
	HAS(e.text, part);
}

static void decode(void)
{
	char big[KISCSI_CHAP_SECRET_MAX + 2];

	decodes("secret", 6, "secret", 6);
	decodes("secret\n", 7, "secret", 6);
	decodes("secret\r\n", 8, "secret", 6);
	decodes(" se cret ", 9, " se cret ", 9);
	decodes("0", 1, "0", 1);
	decodes("0x", 2, "0x", 2);
	decodes("0x00ff7F\n", 9, "\x00\xff\x7f", 3);
	decodes("0bAAEC", 6, "\x00\x01\x02", 3);
	memset(big, 's', sizeof(big));
	decodes(big, KISCSI_CHAP_SECRET_MAX, big, KISCSI_CHAP_SECRET_MAX);
	big[KISCSI_CHAP_SECRET_MAX] = '\n';
	decodes(big, KISCSI_CHAP_SECRET_MAX + 1, big, KISCSI_CHAP_SECRET_MAX);
	big[KISCSI_CHAP_SECRET_MAX] = 's';
	refuses(big, KISCSI_CHAP_SECRET_MAX + 1, "longer than 255");
	refuses("", 0, "no secret");
	refuses("\n", 1, "no secret");
	refuses("a\nb\n", 4, "more than one line");
	refuses("a\0b", 3, "more than one line");
	refuses("0xabcg", 6, "no hexadecimal");
	refuses("0b***", 5, "no base64");
}

static void long_constant(void)
{
	char text[2 + 2 * KISCSI_CHAP_SECRET_MAX + 2];
	u8 want[KISCSI_CHAP_SECRET_MAX];

	memset(text, 'a', sizeof(text));
	memset(want, 0xaa, sizeof(want));
	memcpy(text, "0x", 2);
	decodes(text, 2 + 2 * KISCSI_CHAP_SECRET_MAX, want, sizeof(want));
	refuses(text, sizeof(text), "longer than 255");
}

static void descriptors(void)
{
	EQ(descriptor_of("-"), 0);
	EQ(descriptor_of("/dev/stdin"), 0);
	EQ(descriptor_of("/dev/fd/0"), 0);
	EQ(descriptor_of("/dev/fd/63"), 63);
	EQ(descriptor_of("/dev/fd/"), -1);
	EQ(descriptor_of("/dev/fd/6x"), -1);
	EQ(descriptor_of("/dev/fd/99999999"), -1);
	EQ(descriptor_of("/etc/secret"), -1);
	EQ(descriptor_of(""), -1);
}

static void files(void)
{
	char path[] = "/tmp/kiscsi-unit-XXXXXX";
	int fd = mkstemp(path);
	u8 out[KISCSI_CHAP_SECRET_MAX], len = 0;
	char other[32];
	struct err e = { 0 };

	EQ(write(fd, "a secret of ours\n", 17), 17);
	EQ(secret_read(path, CLOCK_NEVER, out, &len, &e), 0);
	MEM(out, len, "a secret of ours", 16);
	EQ(lseek(fd, 0, SEEK_SET), 0);
	snprintf(other, sizeof(other), "/dev/fd/%d", fd);
	len = 0;
	EQ(secret_read(other, CLOCK_NEVER, out, &len, &e), 0);
	EQ(len, 16);
	/* the descriptor is still the caller's */
	EQ(fcntl(fd, F_GETFD) >= 0, 1);
	close(fd);
	unlink(path);
	EQ(secret_read(path, CLOCK_NEVER, out, &len, &e), -1);
	HAS(e.text, path);
	HAS(e.text, "No such file");
	EQ(secret_read("/tmp", CLOCK_NEVER, out, &len, &e), -1);
	HAS(e.text, "directory");
	EQ(secret_read("/dev/zero", CLOCK_NEVER, out, &len, &e), -1);
	EQ(secret_read("/dev/null", CLOCK_NEVER, out, &len, &e), -1);
	HAS(e.text, "/dev/null: there is no secret");
}

static void permissions(void)
{
	char path[] = "/tmp/kiscsi-unit-XXXXXX";
	u8 out[KISCSI_CHAP_SECRET_MAX], len = 0;
	int fd = mkstemp(path);
	struct err e = { 0 };

	EQ(write(fd, "a secret of ours\n", 17), 17);
	for (mode_t bit = 1; bit <= 040; bit <<= 1) {
		EQ(fchmod(fd, 0600 | bit), 0);
		EQ(secret_read(path, CLOCK_NEVER, out, &len, &e), -1);
		HAS(e.text, "chmod 600 /tmp/kiscsi-unit-");
	}
	EQ(fchmod(fd, 0400), 0);
	EQ(secret_read(path, CLOCK_NEVER, out, &len, &e), 0);
	if (!geteuid()) {
		EQ(fchown(fd, 65534, 0), 0);
		EQ(secret_read(path, CLOCK_NEVER, out, &len, &e), -1);
		HAS(e.text, "belongs to user 65534");
	}
	close(fd);
	unlink(path);
}

static void credentials(void)
{
	char path[] = "/tmp/kiscsi-unit-XXXXXX";
	u8 out[KISCSI_CHAP_SECRET_MAX], len = 0;
	int fd = mkstemp(path);
	struct err e = { 0 };

	EQ(write(fd, "a secret of ours\n", 17), 17);
	close(fd);
	YES(secret_is_credential("name"));
	NO(secret_is_credential("-"));
	NO(secret_is_credential("/name"));
	NO(secret_is_credential(".."));
	setenv("CREDENTIALS_DIRECTORY", "/tmp", 1);
	EQ(secret_read(path + strlen("/tmp/"), CLOCK_NEVER, out, &len, &e), 0);
	EQ(len, 16);
	EQ(secret_read("no-such-credential", CLOCK_NEVER, out, &len, &e), -1);
	HAS(e.text, "no-such-credential: there is no such credential in /tmp: LoadCredential=no-such-credential:FILE");
	unsetenv("CREDENTIALS_DIRECTORY");
	EQ(secret_read(path + strlen("/tmp/"), CLOCK_NEVER, out, &len, &e), -1);
	HAS(e.text, "$CREDENTIALS_DIRECTORY is not set");
	unlink(path);
}

/* from who takes his time, or never comes; a read that nothing ends would end the tests */
static void waited_for(void)
{
	char path[] = "/tmp/kiscsi-unit-XXXXXX", other[32];
	u8 out[KISCSI_CHAP_SECRET_MAX], len = 0;
	struct err e = { 0 };
	int ends[2];

	alarm(10);
	EQ(pipe(ends), 0);
	snprintf(other, sizeof(other), "/dev/fd/%d", ends[0]);
	unit_stop(true);
	EQ(secret_read(other, CLOCK_NEVER, out, &len, &e), -1);
	unit_stop(false);
	HAS(e.text, ": interrupted waiting for the secret");
	EQ(e.status, ST_FAILED);
	EQ(write(ends[1], "a secret", 8), 8);
	EQ(secret_read(other, clock_in(30), out, &len, &e), -1);
	HAS(e.text, ": timed out waiting for the secret");
	EQ(e.status, ST_UNREACHABLE);
	EQ(write(ends[1], "a secret", 8), 8);
	close(ends[1]);
	EQ(secret_read(other, CLOCK_NEVER, out, &len, &e), 0);
	MEM(out, len, "a secret", 8);
	close(ends[0]);

	YES(mkdtemp(path) != NULL);
	EQ(rmdir(path), 0);
	NO(secret_is_stream(path));
	EQ(mkfifo(path, 0600), 0);
	YES(secret_is_stream(path));
	YES(secret_is_stream("-"));
	YES(secret_is_stream("/dev/fd/3"));
	YES(secret_is_stream("/dev/null"));
	NO(secret_is_stream("/tmp"));
	unit_stop(true);
	EQ(secret_read(path, CLOCK_NEVER, out, &len, &e), -1);
	unit_stop(false);
	HAS(e.text, ": interrupted waiting for the secret");
	if (!fork()) {
		int fd;

		usleep(100000);
		fd = open(path, O_WRONLY);
		_exit(write(fd, "from a FIFO\n", 12) != 12);
	}
	EQ(secret_read(path, CLOCK_NEVER, out, &len, &e), 0);
	MEM(out, len, "from a FIFO", 11);
	wait(NULL);
	unlink(path);
	alarm(0);
}

/* the leak check at the end of the tests wants to look into the process again */
static void no_core(void)
{
	secret_no_core();
	EQ(prctl(PR_GET_DUMPABLE), 0);
	prctl(PR_SET_DUMPABLE, 1);
}

UNIT_SUITE(tools_secret,
	   { "decoded", decode },
	   { "long constants", long_constant },
	   { "descriptors", descriptors },
	   { "files", files },
	   { "permissions", permissions },
	   { "credentials", credentials },
	   { "waited for", waited_for },
	   { "no core dumps", no_core })
