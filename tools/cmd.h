/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The commands. Each takes its command line from its own name on and returns an exit status, with
 * every failure said on stderr.
 */
#ifndef KISCSI_TOOLS_CMD_H
#define KISCSI_TOOLS_CMD_H

int cmd_discover(int argc, char **argv);
int cmd_login(int argc, char **argv);
int cmd_list(int argc, char **argv);
int cmd_doctor(int argc, char **argv);
int cmd_stat(int argc, char **argv);
int cmd_rescan(int argc, char **argv);
int cmd_logout(int argc, char **argv);
int cmd_shutdown(int argc, char **argv);
int cmd_apply(int argc, char **argv);
int cmd_import(int argc, char **argv);
int cmd_config(int argc, char **argv);
int cmd_boot(int argc, char **argv);

#endif
