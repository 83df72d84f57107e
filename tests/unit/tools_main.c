// SPDX-License-Identifier: GPL-2.0
/*
 * The first word of the command line, and whether what is printed gets out.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio_ext.h>
#include <unistd.h>

#define main kiscsi_main
int main(int argc, char **argv);
#include "../../tools/main.c"
#undef main
#include "unit.h"

static char *words[8];
static int status;

static void run_words(void *arg)
{
	int argc = 0;

	(void)arg;
	while (words[argc])
		argc++;
	status = flushed(run(argc, words));
}

static const char *said(const char *const *of)
{
	unsigned int n = 0;

	for (; of[n]; n++)
		words[n] = (char *)of[n];
	words[n] = NULL;
	return unit_said(run_words, NULL);
}

#define SAID(...) said((const char *const[]){ "kiscsi", __VA_ARGS__, NULL })

/* the same with standard output to @fd, which is closed */
static const char *said_to(int fd, const char *const *of)
{
	int old = dup(STDOUT_FILENO);
	const char *text;

	fflush(stdout);
	dup2(fd, STDOUT_FILENO);
	close(fd);
	text = said(of);
	/* what could not be written is not to come out later */
	__fpurge(stdout);
	dup2(old, STDOUT_FILENO);
	clearerr(stdout);
	close(old);
	return text;
}

#define SAID_TO(fd, ...) said_to(fd, (const char *const[]){ "kiscsi", __VA_ARGS__, NULL })
/* on a disk that is full */
#define SAID_FULL(...) SAID_TO(open("/dev/full", O_WRONLY), __VA_ARGS__)

static void quoted(void)
{
	STR(SAID("frob"), "kiscsi: there is no command \"frob\": see kiscsi --help\n");
	EQ(status, ST_USAGE);
	STR(SAID("config", "frob"), "kiscsi: config: \"frob\": want kiscsi config check or kiscsi config show\n");
	EQ(status, ST_USAGE);
	STR(SAID("config"), "kiscsi: config: want kiscsi config check or kiscsi config show\n");
	STR(SAID("import", "frob"), "kiscsi: import: \"frob\": want kiscsi import open-iscsi\n");
}

static void full(void)
{
	STR(SAID_FULL("--help"), "kiscsi: writing to standard output: No space left on device\n");
	EQ(status, ST_FAILED);
	STR(SAID_FULL("--version"), "kiscsi: writing to standard output: No space left on device\n");
	EQ(status, ST_FAILED);
	STR(SAID_FULL("login", "--help"), "kiscsi: writing to standard output: No space left on device\n");
	EQ(status, ST_FAILED);
	/* what is wrong is said once */
	STR(SAID_FULL("frob"), "kiscsi: there is no command \"frob\": see kiscsi --help\n");
	EQ(status, ST_USAGE);
}

static void gone(void)
{
	void (*old)(int) = signal(SIGPIPE, SIG_IGN);
	int ends[2];

	EQ(pipe(ends), 0);
	close(ends[0]);
	STR(SAID_TO(ends[1], "--help"), "");
	EQ(status, ST_DONE);
	signal(SIGPIPE, old);
}

UNIT_SUITE(tools_main, { "what is wrong is quoted", quoted }, { "a full disk", full }, { "a reader that has gone", gone })
