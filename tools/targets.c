// SPDX-License-Identifier: GPL-2.0
/*
 * Collecting targets from a report, each once.
 */
#include <stdlib.h>

#include "targets.h"

void targets_free(struct targets *t)
{
	for (unsigned int i = 0; i < t->count; i++)
		free(t->v[i].portals);
	free(t->v);
	memset(t, 0, sizeof(*t));
}

/* room for one more in an array that has @count, in steps that keep the cost down */
static void *grow(void *array, unsigned int count, size_t size)
{
	if (count & (count - 1))
		return array;
	return reallocarray(array, count ? 2 * (size_t)count : 1, size);
}

int target_add_portal(struct target *t, const struct portal *p, struct err *e)
{
	struct portal *v;

	for (unsigned int i = 0; i < t->count; i++) {
		if (t->portals[i].port == p->port && t->portals[i].tpgt == p->tpgt &&
		    !strcasecmp(t->portals[i].host, p->host))
			return 0;
	}
	if (t->count == TARGET_PORTALS_MAX)
		return err_set(e, ST_FAILED, "more than %d addresses of %s",
			       TARGET_PORTALS_MAX, t->name);
	v = grow(t->portals, t->count, sizeof(*v));
	if (!v)
		return err_sys(e, ST_FAILED, ENOMEM, "targets");
	t->portals = v;
	v[t->count++] = *p;
	return 0;
}

int targets_add(struct targets *t, const char *name, struct target **current, struct err *e)
{
	struct target *v;

	if (!*name || strlen(name) > TARGET_NAME_MAX)
		return err_set(e, ST_FAILED, "a target name of %zu bytes", strlen(name));
	for (unsigned int i = 0; i < t->count; i++) {
		if (!strcasecmp(t->v[i].name, name)) {
			*current = &t->v[i];
			return 0;
		}
	}
	if (t->count == TARGETS_MAX)
		return err_set(e, ST_FAILED, "more than %d targets", TARGETS_MAX);
	v = grow(t->v, t->count, sizeof(*v));
	if (!v)
		return err_sys(e, ST_FAILED, ENOMEM, "targets");
	t->v = v;
	*current = &v[t->count++];
	memset(*current, 0, sizeof(**current));
	strcpy((*current)->name, name);
	return 0;
}
