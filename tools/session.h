/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sessions as the kernel tells about them, and what can be asked to be done with one.
 */
#ifndef KISCSI_TOOLS_SESSION_H
#define KISCSI_TOOLS_SESSION_H

#include "../kernel/proto/chap.h"
#include "../kernel/proto/pdu.h"
#include "nl.h"
#include "portal.h"
#include "settings.h"

#define COUNTERS	KISCSI_COUNTER_A_MAX

/**
 * struct session_conn - one connection
 * @cid: connection ID
 * @state: enum kiscsi_conn_state
 * @local: ours, len 0 if unknown
 * @peer: the target's
 * @params: digests and segment lengths
 * @queue: hardware queue of the SCSI host
 * @cpus: those whose commands come to that queue, as a list; empty if unknown
 * @counters: by enum kiscsi_counter_attr
 * @reads: how long commands took that read, see KISCSI_NL_LATENCIES; only of session_dump_stat()
 * @writes: likewise those that write
 */
struct session_conn {
	u16 cid;
	u16 queue;
	char cpus[128];
	u8 state;
	struct address local;
	struct address peer;
	struct kiscsi_params params;
	u64 counters[COUNTERS + 1];
	u64 reads[KISCSI_NL_LATENCIES];
	u64 writes[KISCSI_NL_LATENCIES];
};

/**
 * struct session - one session
 * @offer: what was asked for, max_connections 0: the module does not say
 * @source_interface: empty: any
 * @source_address: len 0: any
 */
struct session {
	u32 sid;
	u32 host_no;
	u8 state;
	u64 netns;
	char target[KISCSI_NAME_MAX + 1];
	char target_alias[KISCSI_VALUE_MAX + 1];
	char initiator[KISCSI_NAME_MAX + 1];
	u8 isid[6];
	u16 tsih;
	u16 tpgt;
	struct kiscsi_params params;
	struct kiscsi_offer offer;
	struct timers timers;
	char source_interface[16];
	struct address source_address;
	u32 queue_depth;
	u16 connections_wanted;
	struct address_list portals;
	struct session_conn *conns;
	unsigned int conn_count;
	char last_error[KISCSI_NL_TEXT_MAX + 1];
	u32 last_error_age;
	u32 state_age;
	u32 attempts;
};

struct sessions {
	struct session *v;
	unsigned int count;
};

/** session_parse() - @s from the attributes of an answer: 0, or -1 when they are broken */
int session_parse(struct session *s, const void *attrs, size_t len);

/** session_get() - session @sid */
int session_get(struct nl *nl, u32 sid, struct session *s, struct err *e);

/** session_dump() - all sessions, or with @target those with that target name, in whatever case */
int session_dump(struct nl *nl, const char *target, struct sessions *list, struct err *e);

/** session_dump_stat() - all sessions, their connections with latencies */
int session_dump_stat(struct nl *nl, struct sessions *list, struct err *e);

/**
 * session_settings() - the settings that would make @s
 *
 * False when the module does not tell enough for that. The rows SETTINGS_UNTOLD are as they were.
 */
bool session_settings(const struct session *s, struct settings *out);

/** session_put_timers() - add them to a request that takes timers */
void session_put_timers(struct nlmsghdr *req, const struct timers *t);

/** session_set() - change the timers of a live session */
int session_set(struct nl *nl, u32 sid, const struct timers *t, struct err *e);

/** session_put_chap() - add credentials to a request that takes them, if @c has a user */
void session_put_chap(struct nlmsghdr *req, const struct kiscsi_chap_cred *c);

/**
 * session_set_chap() - have the kernel log in with other credentials from now on
 *
 * Return: 1; 0 if the session has these already; -1 with @e, code EINVAL when the module is too old for that.
 */
int session_set_chap(struct nl *nl, u32 sid, const struct kiscsi_chap_cred *c, struct err *e);

/** session_rescan() - ask for a scan for LUNs */
int session_rescan(struct nl *nl, u32 sid, struct err *e);

/** session_logout() - ask for the end of the session */
int session_logout(struct nl *nl, u32 sid, bool force, struct err *e);

/** session_wait_scanned() - wait for the end of a scan; ends, in failure, with the session too */
int session_wait_scanned(struct nl *events, u32 sid, deadline_t deadline, struct err *e);

/**
 * session_wait_gone() - wait for the end of every session of @list in state KISCSI_SESSION_LOGOUT
 *
 * Their state becomes KISCSI_SESSION_GONE. Returns -1 with @e when some are not gone in time.
 */
int session_wait_gone(struct nl *nl, struct nl *events, struct sessions *list, deadline_t deadline,
		      struct err *e);

/** session_state_name() - "up", or another word */
const char *session_state_name(u8 state);
/** session_conn_state_name() - likewise of a connection */
const char *session_conn_state_name(u8 state);

/** session_free() - free what @s holds */
void session_free(struct session *s);
/** sessions_free() - free what @list holds */
void sessions_free(struct sessions *list);

#endif
