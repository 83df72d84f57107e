// SPDX-License-Identifier: GPL-2.0
/*
 * kiscsi boot: log in to what the kernel command line, the configuration and the firmware's table name.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "boot-path.h"
#include "cmd.h"
#include "cmdline.h"
#include "crew.h"
#include "nic.h"
#include "opt.h"
#include "process.h"
#include "secret.h"

#define TAKES (OPT_DRY_RUN | OPT_TIMEOUT)
#define TIMEOUT_DEFAULT	90
/* once one is there, for those that need no longer */
#define OTHERS_MS	5000
/* for the driver of a network interface to find it */
#define NIC_MS		20000
#define NIC_LOOK_MS	250
/* for the others, when interrupted, to undo what is incomplete: see attach() */
#define UNDO_MS		11000
#define PATHS_MAX	(BOOT_TARGETS_MAX * BOOT_PORTALS_MAX)

/**
 * struct job - a boot
 * @boot: what is wanted
 * @config: the configuration, for settings
 * @path: ways to the targets
 * @paths: how many
 * @pipe: results go in at 1 and come out at 0
 * @up: by target, as @boot has them: there is a session
 * @status: the worst that happened
 */
struct job {
	struct boot boot;
	struct config config;
	struct boot_path path[PATHS_MAX];
	unsigned int paths;
	int pipe[2];
	bool up[BOOT_TARGETS_MAX];
	enum status status;
};

/* ---- what is wanted ---------------------------------------------------------------------------- */

/* the file @path as a text in @buf; false: there is none */
static bool read_text(const char *path, char buf[CMDLINE_MAX])
{
	FILE *f = fopen(path, "re");
	size_t n;

	if (!f)
		return false;
	/* what it has read is not to stay behind in a buffer */
	setvbuf(f, NULL, _IONBF, 0);
	n = fread(buf, 1, CMDLINE_MAX - 1, f);
	buf[n] = '\0';
	fclose(f);
	return true;
}

static void tell(struct job *j, struct problems *p, const char *file)
{
	problems_print(p, file);
	if (p->count > p->warnings)
		j->status = ST_USAGE;
	problems_free(p);
	memset(p, 0, sizeof(*p));
}

static void collect_cmdline(struct job *j)
{
	static char text[CMDLINE_MAX];
	struct cmdline c = { 0 };
	struct problems options = { 0 }, words = { 0 };

	secret_protect(text, sizeof(text));
	if (read_text(CMDLINE_OPTIONS, text))
		cmdline_options(&c, text, &options);
	if (read_text(CMDLINE_FILE, text))
		cmdline_words(&c, text, &words);
	cmdline_finish(&c, &j->boot, &options, &words);
	tell(j, &options, CMDLINE_OPTIONS);
	tell(j, &words, CMDLINE_FILE);
	explicit_bzero(text, sizeof(text));
	cmdline_wipe(&c);
}

/* with errors in it, what others name is no worse */
static void collect_config(struct job *j)
{
	enum status status;
	struct err e;

	config_init(&j->config);
	if (access(CONFIG_FILE, F_OK))
		return;
	config_load(&j->config, CONFIG_FILE, false, &status);
	if (status == ST_DONE && !boot_add_config(&j->boot, &j->config, &e))
		return;
	if (status == ST_DONE) {
		err_where(&e, "boot");
		err_print(&e);
	}
	j->status = ST_USAGE;
	config_free(&j->config);
	config_init(&j->config);
}

static void collect_firmware(struct job *j, struct ibft_nics *nics)
{
	struct problems p = { 0 };

	if (j->boot.no_firmware || access(IBFT_DIR, F_OK))
		return;
	ibft_nics(IBFT_DIR, nics, &p);
	ibft_targets(IBFT_DIR, &j->boot, nic_zone, nics, &p);
	tell(j, &p, IBFT_DIR);
}

/* a disk that is there twice helps only where somebody makes one of it again */
static bool have_multipath(void)
{
	return !access("/sbin/multipath", X_OK);
}

static void collect(struct job *j, struct ibft_nics *nics)
{
	j->boot.paths = have_multipath();
	collect_cmdline(j);
	if (j->boot.off)
		return;
	collect_config(j);
	collect_firmware(j, nics);
}

static void add_paths(struct job *j, deadline_t deadline)
{
	for (unsigned int i = 0; i < j->boot.count; i++) {
		for (unsigned int k = 0; k < j->boot.v[i].portals; k++)
			j->path[j->paths++] = (struct boot_path){
				.boot = &j->boot,
				.defaults = &j->config,
				.target = &j->boot.v[i],
				.portal = k,
				.deadline = deadline,
			};
	}
	for (unsigned int i = 0; i < j->paths; i++)
		j->path[i].several = j->paths > 1;
}

static void show(const struct job *j)
{
	char name[512], safe[1024];

	for (unsigned int i = 0; i < j->paths; i++)
		printf("%s (%s)\n", text_safe(safe, sizeof(safe), boot_path_name(&j->path[i], name, sizeof(name))),
		       j->path[i].target->from);
}

/* ---- network ----------------------------------------------------------------------------------- */

static void bring_up(const struct ibft_nics *nics, deadline_t deadline)
{
	deadline_t drivers = clock_first(deadline, clock_in(NIC_MS));
	char name[IF_NAMESIZE];
	struct err e;

	for (unsigned int i = 0; i < nics->count; i++) {
		while (nic_find(nics->v[i].mac, name) && clock_left(drivers) && !clock_sleep(NIC_LOOK_MS, drivers))
			;
		if (!nic_up(&nics->v[i], deadline, &e))
			continue;
		err_where(&e, "boot");
		err_print(&e);
	}
}

/* ---- logging in, in processes of their own: whoever is late goes on when we are done ---------------- */

static void work(void *arg, unsigned int i, void *out)
{
	const struct job *j = arg;

	secret_protect(&j->boot, sizeof(j->boot));
	boot_path(&j->path[i], out);
}

static void ended(void *arg, unsigned int i, const void *out)
{
	struct boot_result result = { 0 };
	struct job *j = arg;

	if (out)
		result = *(const struct boot_result *)out;
	else
		err_set(&result.e, ST_FAILED, "the process that was to log in has died");
	result.path = i;
	/* nobody listens any longer: what came later is in the kernel log */
	(void)!write(j->pipe[1], &result, sizeof(result));
}

static void log_in_all(struct job *j)
{
	const struct crew crew = {
		.count = j->paths,
		.result_size = sizeof(struct boot_result),
		.work = work,
		.done = ended,
		.arg = j,
	};
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	struct err e;

	secret_protect(&j->boot, sizeof(j->boot));
	close(j->pipe[0]);
	setsid();
	signal(SIGPIPE, SIG_IGN);
	/* whoever reads what we print is not to wait for this */
	if (null >= 0) {
		dup2(null, STDIN_FILENO);
		dup2(null, STDOUT_FILENO);
	}
	if (crew_run(&crew, &e))
		err_print(&e);
	boot_wipe(&j->boot);
	_exit(0);
}

/* ---- waiting for the first --------------------------------------------------------------------- */

/* 1: one more; 0: there will be none, or not in time */
static int next_result(const struct job *j, struct boot_result *r, deadline_t deadline)
{
	size_t n = 0;

	while (n < sizeof(*r)) {
		ssize_t got;

		if (clock_poll(j->pipe[0], POLLIN, deadline) <= 0)
			return 0;
		got = read(j->pipe[0], (char *)r + n, sizeof(*r) - n);
		if (got <= 0)
			return 0;
		n += (size_t)got;
	}
	return 1;
}

static void print_devices(char *devices)
{
	char *name;

	while ((name = strsep(&devices, " "))) {
		if (*name)
			printf("%s\n", name);
	}
}

static void take_result(struct job *j, struct boot_result *r)
{
	const struct boot_path *p = &j->path[r->path];
	char name[512];

	if (r->up) {
		j->up[p->target - j->boot.v] = true;
		print_devices(r->devices);
		return;
	}
	err_where(&r->e, "boot: %s", boot_path_name(p, name, sizeof(name)));
	j->status = err_worse(j->status, (enum status)err_print(&r->e));
}

static unsigned int targets_up(const struct job *j)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < j->boot.count; i++)
		n += j->up[i];
	return n;
}

static void interrupted(struct job *j)
{
	struct err e;

	if (targets_up(j))
		return;
	err_set(&e, ST_FAILED, "boot: interrupted");
	j->status = err_worse(j->status, (enum status)err_print(&e));
}

/* every target up, or one of them, and the others have had their chance */
static int wait_for_first(struct job *j, pid_t pid, deadline_t deadline)
{
	/* the end of the last one is theirs to see */
	deadline_t until = deadline + OTHERS_MS;
	struct boot_result r;

	while (targets_up(j) < j->boot.count && next_result(j, &r, until)) {
		take_result(j, &r);
		if (r.up && targets_up(j) == 1)
			until = clock_in(OTHERS_MS);
	}
	if (clock_stopped()) {
		kill(pid, SIGTERM);
		interrupted(j);
		/* results that nobody takes would hold it up */
		close(j->pipe[0]);
		process_ends(pid, UNDO_MS);
	}
	return targets_up(j) ? ST_DONE : j->status ? (int)j->status : ST_UNREACHABLE;
}

static int run(struct job *j, const struct ibft_nics *nics, deadline_t deadline)
{
	struct err e;
	pid_t pid;

	bring_up(nics, deadline);
	if (pipe2(j->pipe, O_CLOEXEC)) {
		err_sys(&e, ST_FAILED, errno, "boot");
		return err_print(&e);
	}
	pid = fork();
	if (!pid)
		log_in_all(j);
	close(j->pipe[1]);
	boot_wipe(&j->boot);
	if (pid < 0) {
		err_sys(&e, ST_FAILED, errno, "boot");
		return err_print(&e);
	}
	return wait_for_first(j, pid, deadline);
}

static int boot(struct job *j, const struct options *o)
{
	struct ibft_nics nics = { 0 };
	deadline_t deadline;
	struct err e;

	secret_protect(&j->boot, sizeof(j->boot));
	collect(j, &nics);
	if (!j->boot.count) {
		err_set(&e, j->status ? j->status : ST_NO_MATCH, "boot: %s",
			j->boot.off ? "rd.kiscsi=0 says not to" :
			"there is nothing to log in to: neither the kernel command line, nor " CONFIG_FILE ", nor the firmware names a target");
		return err_print(&e);
	}
	deadline = opt_deadline(o, j->boot.timeout ? j->boot.timeout : TIMEOUT_DEFAULT);
	add_paths(j, deadline);
	if (!o->dry_run)
		return run(j, &nics, deadline);
	show(j);
	return ST_DONE;
}

int cmd_boot(int argc, char **argv)
{
	struct options o;
	struct job *j;
	struct err e;
	int status;

	if (opt_parse(&o, TAKES, argc, argv, &e) ||
	    (o.argument && err_set(&e, ST_USAGE, "it takes no argument: \"%s\"", o.argument))) {
		err_where(&e, "boot");
		return err_print(&e);
	}
	if (o.help) {
		printf("kiscsi boot [OPTION...]\nIn the initramfs: log in to what the kernel command line, " CONFIG_FILE "\nand the firmware's table name, and print the names of the disks in /dev.\n\n");
		opt_help(TAKES);
		return ST_DONE;
	}
	j = calloc(1, sizeof(*j));
	if (!j) {
		err_sys(&e, ST_FAILED, ENOMEM, "boot");
		return err_print(&e);
	}
	clock_catch();
	status = boot(j, &o);
	boot_wipe(&j->boot);
	config_free(&j->config);
	free(j);
	return status;
}
