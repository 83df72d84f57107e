// SPDX-License-Identifier: GPL-2.0
/*
 * Printing tables.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "table.h"

void table_row(struct table *t)
{
	void *v = reallocarray(t->v, t->rows + 1, sizeof(*t->v));

	if (!v) {
		t->failed = true;
		return;
	}
	t->v = v;
	memset(t->v[t->rows++], 0, sizeof(*t->v));
	t->at = 0;
}

void table_cell(struct table *t, const char *fmt, ...)
{
	va_list args;

	if (t->failed || t->at == TABLE_COLUMNS)
		return;
	va_start(args, fmt);
	vsnprintf(t->v[t->rows - 1][t->at++], TABLE_CELL_MAX, fmt, args);
	va_end(args);
}

static unsigned int width_of(const struct table *t, unsigned int column)
{
	size_t width = 0;

	for (unsigned int i = 0; i < t->rows; i++) {
		size_t len = strlen(t->v[i][column]);

		if (len > width)
			width = len;
	}
	return (unsigned int)width;
}

int table_print(struct table *t)
{
	unsigned int widths[TABLE_COLUMNS];
	int r = t->failed ? -1 : 0;

	for (unsigned int k = 0; k < TABLE_COLUMNS; k++)
		widths[k] = width_of(t, k);
	for (unsigned int i = 0; i < t->rows && !r; i++) {
		for (unsigned int k = 0; k < TABLE_COLUMNS && widths[k]; k++)
			printf("%s%*s", k ? "  " : "", (int)widths[k], t->v[i][k]);
		putchar('\n');
	}
	free(t->v);
	memset(t, 0, sizeof(*t));
	return r;
}
