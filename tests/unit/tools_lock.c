// SPDX-License-Identifier: GPL-2.0
/*
 * One login to a target at a time.
 */
#include <stdlib.h>

#define LOCK_FILE test_file
static char test_file[] = "/tmp/kiscsi-lock-XXXXXX";

#include "../../tools/lock.c"
#include "unit.h"

#define A "iqn.2026-01.example:a"
#define A_IN_CAPITALS "IQN.2026-01.Example:A"
#define B "iqn.2026-01.example:b"

static void wait_in_vain(void *target)
{
	struct err e;

	unit_progress(true);
	EQ(target ? lock_target(target, clock_in(900), &e) : lock_apply(clock_in(900), &e), -1);
	unit_progress(false);
}

static void one_at_a_time(void)
{
	int file = mkstemp(test_file);
	struct err e;
	int a, b;

	a = lock_target(A, clock_in(0), &e);
	YES(a >= 0);
	b = lock_target(B, clock_in(0), &e);
	YES(b >= 0);
	EQ(lock_target(A, clock_in(60), &e), -1);
	STR(e.text, "another login to this target is still under way");
	EQ(e.status, ST_UNREACHABLE);
	EQ(lock_target(A_IN_CAPITALS, clock_in(0), &e), -1);
	STR(unit_said(wait_in_vain, A), "kiscsi: waiting for another login to this target, at most 1 s more\n");
	unit_stop(true);
	EQ(lock_target(A, clock_in(10000), &e), -1);
	unit_stop(false);
	STR(e.text, "interrupted waiting for another login to this target");
	EQ(e.status, ST_FAILED);
	close(a);
	a = lock_target(A, clock_in(0), &e);
	YES(a >= 0);
	close(a);
	close(b);
	a = lock_apply(clock_in(0), &e);
	EQ(lock_apply(clock_in(0), &e), -1);
	STR(e.text, "another kiscsi apply is still under way");
	STR(unit_said(wait_in_vain, NULL), "kiscsi: waiting for another kiscsi apply, at most 1 s more\n");
	close(a);
	close(file);
	unlink(test_file);
}

UNIT_SUITE(tools_lock, { "one at a time", one_at_a_time })
