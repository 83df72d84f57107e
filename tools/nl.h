/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Generic netlink: the family "kiscsi" of the module, by libmnl.
 */
#ifndef KISCSI_TOOLS_NL_H
#define KISCSI_TOOLS_NL_H

#include <libmnl/libmnl.h>

#include "../kernel/uapi/kiscsi.h"
#include "clock.h"
#include "err.h"

/* what the kernel means by EPERM: the root of a user namespace, a container's, is not meant */
#define NL_NOT_PERMITTED \
	"not permitted: this needs CAP_NET_ADMIN in the first user namespace, as root has it outside of containers"

/* a request: names, secrets and 32 portals are a quarter of it */
#define NL_REQUEST_MAX 16384

/**
 * struct nl - a socket to the module
 * @sock: NULL: not open
 * @family: number of the family
 * @group: number of its multicast group "events"
 * @seq: of the last request
 */
struct nl {
	struct mnl_socket *sock;
	u16 family;
	u32 group;
	u32 seq;
};

/**
 * struct nl_event - what a multicast message says
 * @event: enum kiscsi_event
 * @sid: session it is about
 * @state: enum kiscsi_session_state
 * @message: may be empty
 */
struct nl_event {
	u8 event;
	u8 state;
	u32 sid;
	char message[KISCSI_NL_TEXT_MAX + 1];
};

/** nl_open() - 0, or -1 with @e, such as that the module is not loaded */
int nl_open(struct nl *nl, struct err *e);

/** nl_open_load() - the same, but load the module if that helps */
int nl_open_load(struct nl *nl, struct err *e);

/** nl_listen() - open a second socket like @nl that gets the events: 0 or -1 with @e */
int nl_listen(struct nl *events, const struct nl *nl, struct err *e);

/** nl_close() - may be called for one that is not open */
void nl_close(struct nl *nl);

/** nl_begin() - start a request in @buf of NL_REQUEST_MAX bytes */
struct nlmsghdr *nl_begin(struct nl *nl, void *buf, u8 cmd, u16 flags);

/**
 * nl_call() - send a request and take the answers up to the acknowledgement
 * @nl: the socket
 * @req: from nl_begin()
 * @cb: called for every answer; MNL_CB_ERROR with errno set ends it; may be NULL
 * @arg: for @cb
 * @e: the kernel's words and e->code its errno when -1 is returned
 */
int nl_call(struct nl *nl, struct nlmsghdr *req, mnl_cb_t cb, void *arg, struct err *e);

/**
 * nl_next_event() - the next event
 *
 * Return: 1 with @ev, 0 at the deadline, 2 when events were lost, -1 with @e.
 */
int nl_next_event(struct nl *events, struct nl_event *ev, deadline_t deadline, struct err *e);

/** nl_uint() - the number in @a of whatever width, 0 if it has none */
u64 nl_uint(const struct nlattr *a);

/** nl_string() - copy the text in @a, at most @size bytes with the NUL */
void nl_string(const struct nlattr *a, char *out, size_t size);

/** nl_parse() - sort the attributes of @payload into @tb[0..@max]; 0 or -1 when they are broken */
int nl_parse(const void *payload, size_t len, const struct nlattr **tb, u16 max);

#endif
