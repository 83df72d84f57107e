// SPDX-License-Identifier: GPL-2.0
/*
 * kiscsi: attach, look after and detach LUNs of iSCSI targets.
 */
#include "../kernel/proto/version.h"
#include "cmd.h"
#include "out.h"
#include "process.h"
#include "secret.h"

static const struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *help;
} commands[] = {
	{ "discover", cmd_discover, "which targets are at a portal" },
	{ "login", cmd_login, "attach the LUNs of a target" },
	{ "list", cmd_list, "sessions, connections, LUNs" },
	{ "stat", cmd_stat, "I/O per second, latencies" },
	{ "doctor", cmd_doctor, "what is wrong, and what to do" },
	{ "rescan", cmd_rescan, "look for new LUNs and sizes" },
	{ "logout", cmd_logout, "detach" },
	{ "shutdown", cmd_shutdown, "wait for no target any longer: the system goes down" },
	{ "apply", cmd_apply, "make the sessions be what the configuration says" },
	{ "config", cmd_config, "check or show the configuration" },
	{ "boot", cmd_boot, "in the initramfs: log in to what the firmware and the kernel command line name" },
	{ "import", cmd_import, "a configuration from open-iscsi's records" },
};

static void help(void)
{
	printf("kiscsi COMMAND [OPTION...]\nAttach disks and tapes of iSCSI targets.\n\n");
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		printf("  %-10s %s\n", commands[i].name, commands[i].help);
	printf("\n\"kiscsi COMMAND --help\" has more, kiscsi(8) has all.\n");
}

static int run(int argc, char **argv)
{
	struct err e;

	if (argc < 2) {
		err_set(&e, ST_USAGE, "a command is missing: see kiscsi --help");
		return err_print(&e);
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h")) {
		help();
		return ST_DONE;
	}
	if (!strcmp(argv[1], "--version")) {
		printf("kiscsi " KISCSI_VERSION "\n");
		return ST_DONE;
	}
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		if (!strcmp(argv[1], commands[i].name))
			return commands[i].run(argc - 1, argv + 1);
	}
	err_set(&e, ST_USAGE, "there is no command \"%s\": see kiscsi --help", argv[1]);
	return err_print(&e);
}

/*
 * What has been printed may not have been written: of commands that looked themselves, once more is no harm. A reader
 * that has gone is for them to judge.
 */
static int flushed(int status)
{
	struct err e;

	return status == ST_DONE && out_flush(&e) && e.code != EPIPE ? err_print(&e) : status;
}

int main(int argc, char **argv)
{
	process_start();
	secret_no_core();
	return flushed(run(argc, argv));
}
