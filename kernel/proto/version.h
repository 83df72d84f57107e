/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the module and the command call themselves.
 */
#ifndef KISCSI_PROTO_VERSION_H
#define KISCSI_PROTO_VERSION_H

#define KISCSI_VERSION "0.1"

#endif
