/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The version, for the module, the command and the packages: it stands nowhere else.
 */
#ifndef KISCSI_PROTO_VERSION_H
#define KISCSI_PROTO_VERSION_H

#define KISCSI_VERSION "0.1"

#endif
