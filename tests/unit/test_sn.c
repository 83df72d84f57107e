// SPDX-License-Identifier: GPL-2.0
/*
 * Serial numbers, RFC 1982 section 3.2 and its wrap.
 */
#include "sn.h"
#include "unit.h"

static void order(void)
{
	static const struct {
		u32 a, b;
		bool lt;
	} cases[] = {
		{ 0, 1, true },
		{ 1, 0, false },
		{ 5, 5, false },
		{ 0xffffffff, 0, true },
		{ 0, 0xffffffff, false },
		{ 0xfffffff0, 0x0000000f, true },
		{ 0x7fffffff, 0x80000000, true },
		{ 0x80000000, 0x7fffffff, false },
		{ 0, 0x7fffffff, true },
		{ 0x7fffffff, 0, false },
		{ 0x80000001, 0, true },
		{ 0, 0x80000001, false },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		EQ(kiscsi_sn_lt(cases[i].a, cases[i].b), cases[i].lt);
		EQ(kiscsi_sn_lte(cases[i].a, cases[i].b), cases[i].lt || cases[i].a == cases[i].b);
	}
}

/* half the circle apart there is no order, so no window and no ExpStatSN may follow from it */
static void no_order(void)
{
	NO(kiscsi_sn_lt(0, 0x80000000));
	NO(kiscsi_sn_lt(0x80000000, 0));
	NO(kiscsi_sn_lte(7, 0x80000007));
	NO(kiscsi_sn_lte(0x80000007, 7));
}

static void steps_round_the_circle(void)
{
	u32 sn = 0xfffffff8;
	int i;

	for (i = 0; i < 16; i++, sn++) {
		YES(kiscsi_sn_lt(sn, sn + 1));
		NO(kiscsi_sn_lt(sn + 1, sn));
		YES(kiscsi_sn_lt(sn, sn + 0x7fffffff));
		NO(kiscsi_sn_lt(sn + 0x7fffffff, sn));
	}
}

UNIT_SUITE(sn,
	{ "order, and across the wrap", order },
	{ "no order half the circle apart", no_order },
	{ "step by step round the circle", steps_round_the_circle })
