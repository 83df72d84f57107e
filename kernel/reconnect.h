/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One attempt of the kernel's to connect and log in. recovery.c decides when and where, for the leading
 * connection, and join.c for the others.
 */
#ifndef KISCSI_RECONNECT_H
#define KISCSI_RECONNECT_H

#include "kiscsi.h"
#include "login.h"

struct crypto_shash;

/* redirections followed in a row before the portals of the list get their turn again */
#define KISCSI_REDIRECTS_MAX 4

/**
 * struct kiscsi_join - how far the session has got with its further connections; join.c's
 * @failed: bit per portal: did not work since the last pause
 * @refused: bit per portal: has refused a connection since the session login
 * @never: bit per portal: has refused two, and is not asked again before the next session login
 * @pause: seconds the next pause lasts
 * @pauses: since the last connection that came
 * @over: no portal is left to be asked
 */
struct kiscsi_join {
	u32 failed;
	u32 refused;
	u32 never;
	u32 pause;
	u32 pauses;
	bool over;
};

/**
 * struct kiscsi_auth - credentials, and the hashes they ask for
 * @cred: with the algorithms that this kernel has
 * @hash: by index in @cred.algs
 *
 * Allocated while memory is to be had; wiped and freed by kiscsi_auth_free().
 */
struct kiscsi_auth {
	struct kiscsi_chap_cred cred;
	struct crypto_shash *hash[KISCSI_CHAP_ALGS_MAX];
};

/**
 * struct kiscsi_reconnect - all that a login needs, allocated with the session
 *
 * Memory may be short exactly when a session has to come back, because it carries the swap: so
 * nothing of ours is allocated then. (TCP's socket is; it may fail, and is tried again.)
 *
 * Used by one work item only. Holds secrets: kfree_sensitive().
 */
struct kiscsi_reconnect {
	struct kiscsi_session *session;
	struct delayed_work work;
	bool restart;			/* the session was lost: set by recover_work, taken by @work */
	bool ending;			/* and its connections are just being ended: no attempt yet */
	/* recovery.c's */
	u32 portal;			/* whose turn it is */
	u32 tried;			/* portals tried since the last pause */
	u32 pause;			/* seconds the next pause lasts */
	u32 redirects;
	u32 time2wait;			/* seconds, as a target said that was logged in to and sent us away */
	u32 missing;			/* attempts at which a LUN was not there, or another disk; verify.c's */
	struct sockaddr_storage redirect; /* family 0: none */
	struct kiscsi_join join;
	/* what the next attempt is for: whoever has it made sets these */
	bool further;			/* a connection more for a session that is up */
	u16 cid;
	/* reconnect.c's */
	unsigned long deadline;		/* jiffies, of this attempt */
	char error[KISCSI_ERROR_MAX];	/* why the last attempt failed */
	struct kiscsi_auth *auth;
	struct kiscsi_auth *next_auth;	/* in place of @auth from the next attempt on; only by xchg() */
	struct kiscsi_crypto crypto;
	struct kiscsi_login_config cfg;
	struct kiscsi_login login;
	struct kiscsi_bhs bhs;
	u8 data[KISCSI_LOGIN_DSL];
	/* verify.c's */
	u8 page[KISCSI_VPD_MAX];
};

/**
 * enum kiscsi_attempt - how an attempt ended
 * @KISCSI_ATTEMPT_OK: logged in
 * @KISCSI_ATTEMPT_REDIRECTED: rc->login.redirect says where to
 * @KISCSI_ATTEMPT_FAILED: may go better next time
 * @KISCSI_ATTEMPT_REFUSED: will not go better soon: authentication, unknown target
 * @KISCSI_ATTEMPT_STOPPED: the session is being logged out, or, for a further connection, is not up
 */
enum kiscsi_attempt {
	KISCSI_ATTEMPT_OK,
	KISCSI_ATTEMPT_REDIRECTED,
	KISCSI_ATTEMPT_FAILED,
	KISCSI_ATTEMPT_REFUSED,
	KISCSI_ATTEMPT_STOPPED,
};

enum kiscsi_attempt kiscsi_reconnect(struct kiscsi_reconnect *rc,
				     const struct sockaddr_storage *portal, struct socket **out);
void kiscsi_reconnect_drop(struct socket *sock);
void kiscsi_reconnect_deadline(struct kiscsi_reconnect *rc);
int kiscsi_reconnect_send(struct kiscsi_reconnect *rc, struct socket *sock, struct kvec *kv, u32 count,
			  u32 len);
int kiscsi_reconnect_receive(struct kiscsi_reconnect *rc, struct socket *sock, void *buf, u32 len);
bool kiscsi_reconnect_parse(const char *address, struct sockaddr_storage *ss);

/* recovery.c */
unsigned long kiscsi_recovery_pause(u32 *seconds);
bool kiscsi_recovery_redirect(struct kiscsi_reconnect *rc);

/* join.c */
void kiscsi_join_begin(struct kiscsi_reconnect *rc);
bool kiscsi_join_wanted(struct kiscsi_session *session);
bool kiscsi_join_attempt(struct kiscsi_reconnect *rc, unsigned long *delay);

/* verify.c */
int kiscsi_verify(struct kiscsi_reconnect *rc, struct socket *sock);

/* crypto.c */
void kiscsi_crypto_init(struct kiscsi_reconnect *rc);

#endif
