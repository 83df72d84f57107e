/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A table on a terminal: columns as wide as what is in them.
 */
#ifndef KISCSI_TOOLS_TABLE_H
#define KISCSI_TOOLS_TABLE_H

#include <stdlib.h>

#include "../kernel/proto/env.h"

#define TABLE_COLUMNS	16
#define TABLE_CELL_MAX	48

/**
 * struct table - rows of cells; all zero: empty
 * @v: the rows
 * @rows: how many
 * @at: cells of the last row that are filled
 * @failed: there was no memory for all of it
 */
struct table {
	char (*v)[TABLE_COLUMNS][TABLE_CELL_MAX];
	unsigned int rows;
	unsigned int at;
	bool failed;
};

/** table_row() - begin a row */
void table_row(struct table *t);

/** table_cell() - the next cell of the row; what does not fit is cut off */
__printf(2, 3) void table_cell(struct table *t, const char *fmt, ...);

/** table_print() - print all rows, cells to the right, without blanks behind the last one, and free it: 0 or -1 */
int table_print(struct table *t);

#endif
