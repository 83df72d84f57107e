/* SPDX-License-Identifier: GPL-2.0 */
/*
 * TCP to a portal, and PDUs over it while a login or a discovery session needs them. No digests:
 * none holds before the full-feature phase, and a discovery session of ours asks for none.
 */
#ifndef KISCSI_TOOLS_NET_H
#define KISCSI_TOOLS_NET_H

#include <sys/uio.h>

#include "../kernel/proto/pdu.h"
#include "settings.h"

/** net_connect() - a connected, non-blocking socket, or -1 with @e */
int net_connect(const struct address *to, const struct settings *from, deadline_t deadline,
		struct err *e);

/** net_write() - write all of @iov, which is changed: 0 or -1 with @e */
int net_write(int fd, struct iovec *iov, int count, deadline_t deadline, struct err *e);

/** net_read() - read @len bytes; @what is being done, for @e: 0 or -1; e->code ECONNRESET: it was closed */
int net_read(int fd, void *to, size_t len, const char *what, deadline_t deadline, struct err *e);

/** net_send() - write one PDU, padded; sets the header's DataSegmentLength */
int net_send(int fd, struct kiscsi_bhs *bhs, const void *data, u32 len, deadline_t deadline,
	     struct err *e);

/**
 * net_recv() - read exactly one PDU, its padding included, and not one byte more
 * @fd: the socket
 * @bhs: filled
 * @data: @size bytes for the data segment
 * @size: a longer one is an error, as are additional header segments
 * @len: set to the data segment's length without padding
 * @deadline: for the whole PDU
 * @e: says why when -1 is returned; e->code ECONNRESET: the target hung up
 */
int net_recv(int fd, struct kiscsi_bhs *bhs, void *data, u32 size, u32 *len, deadline_t deadline,
	     struct err *e);

#endif
