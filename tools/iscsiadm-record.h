/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Records as iscsiadm has them: names and values of a node, of a discovery, or of an interface.
 */
#ifndef KISCSI_TOOLS_ISCSIADM_RECORD_H
#define KISCSI_TOOLS_ISCSIADM_RECORD_H

#include "../kernel/proto/chap.h"
#include "settings.h"

#define RECORD_VALUE_MAX	255
#define RECORD_ROWS_MAX		64

/* what -I stands for when nobody has made another */
#define RECORD_IFACE_DEFAULT	"default"

enum record_kind { RECORD_NODE, RECORD_DISCOVERY, RECORD_IFACE };

/**
 * struct record - a set of values
 * @kind: which names it has
 * @v: by row of the kind's table; NULL: nobody has set it, the default holds
 */
struct record {
	enum record_kind kind;
	char *v[RECORD_ROWS_MAX];
};

/** record_init() - a record of @kind for @target (of a node) at @p; 0 or -1 with @e */
int record_init(struct record *r, enum record_kind kind, const char *target, const struct portal *p,
		struct err *e);

/** record_init_iface() - a record of an interface called @name; 0 or -1 with @e */
int record_init_iface(struct record *r, const char *name, struct err *e);

/** record_free() - wipe and free what @r holds */
void record_free(struct record *r);

/** record_target() - the target's name; an interface's own */
const char *record_target(const struct record *r);
/** record_host() - the portal's host, without brackets; of an interface: empty */
const char *record_host(const struct record *r);
/** record_port() - the portal's port; of an interface: empty */
const char *record_port(const struct record *r);
/** record_iface() - the interface that a node logs in through, or that @r is */
const char *record_iface(const struct record *r);

/** record_use_iface() - have node @r log in through @iface: 0 or -1 with @e */
int record_use_iface(struct record *r, const struct record *iface, struct err *e);

/** record_complete() - are target and portal of @r, as loaded, fit to be used? 0 or -1 with @e */
int record_complete(const struct record *r, struct err *e);

/** record_portal() - the same as a portal, with its group tag */
void record_portal(const struct record *r, struct portal *p);

/** record_get() - the value of @name, its default if nobody has set it, NULL if there is no such name */
const char *record_get(const struct record *r, const char *name);

/**
 * record_load() - take a value as record_save() has written it, those that tell records apart included
 *
 * Return: 0, or -1 with @e.
 */
int record_load(struct record *r, const char *name, const char *value, struct err *e);

/** record_update() - set a value, as a person may: 0, or -1 with @e, in the words of iscsiadm */
int record_update(struct record *r, const char *name, const char *value, struct err *e);

/** record_save() - write what has been set, a line each */
void record_save(const struct record *r, FILE *f);

/** record_show() - print all of it; @secrets: those too */
void record_show(const struct record *r, bool secrets);

/** record_forget() - wipe the secrets: true if there were any */
bool record_forget(struct record *r);

/** record_put_settings() - what has been set, over what @s has: 0 or -1 with @e */
int record_put_settings(const struct record *r, struct settings *s, struct err *e);

/** record_settings() - what has been set, over the defaults, as settings of a login: 0 or -1 with @e */
int record_settings(const struct record *r, struct settings *s, struct err *e);

/** record_cred() - as whom it logs in, with the algorithms of @s; for the caller to wipe: 0 or -1 with @e */
int record_cred(const struct record *r, const struct settings *s, struct kiscsi_chap_cred *cred,
		struct err *e);

#endif
