// SPDX-License-Identifier: GPL-2.0
/*
 * Columns as wide as what is in them.
 */
#include <unistd.h>

#include "../../tools/table.c"
#include "unit.h"

/* what table_print() prints */
static void printed(struct table *t, char *out, size_t size)
{
	FILE *f = tmpfile();
	int saved = dup(1);
	size_t n;

	fflush(stdout);
	dup2(fileno(f), 1);
	EQ(table_print(t), 0);
	fflush(stdout);
	dup2(saved, 1);
	close(saved);
	rewind(f);
	n = fread(out, 1, size - 1, f);
	out[n] = '\0';
	fclose(f);
}

static void columns(void)
{
	struct table t = { 0 };
	char out[1024];

	table_row(&t);
	table_cell(&t, "A");
	table_cell(&t, "LONG");
	table_row(&t);
	table_cell(&t, "%d", 1234);
	table_cell(&t, "%s", "x");
	printed(&t, out, sizeof(out));
	STR(out, "   A  LONG\n1234     x\n");
	EQ(t.rows, 0);
	/* too much for a cell or a row is cut off */
	table_row(&t);
	for (int i = 0; i < TABLE_COLUMNS + 3; i++)
		table_cell(&t, "%d", i);
	table_row(&t);
	table_cell(&t, "%*s", 2 * TABLE_CELL_MAX, "x");
	printed(&t, out, sizeof(out));
	NO(strstr(out, "16"));
	HAS(out, "15");
}

UNIT_SUITE(tools_table, { "columns", columns })
