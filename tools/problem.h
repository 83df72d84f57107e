/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is wrong with a file: collected, so that one run tells all of it.
 */
#ifndef KISCSI_TOOLS_PROBLEM_H
#define KISCSI_TOOLS_PROBLEM_H

#include "err.h"

/* of one file; who has more has the wrong file */
#define PROBLEMS_MAX 1000

/**
 * struct problem - one thing that is wrong
 * @line: where, from 1; 0: the file as a whole
 * @text: what, and what was expected
 * @warning: nothing is left out because of it
 */
struct problem {
	unsigned int line;
	char *text;
	bool warning;
};

/**
 * struct problems - all of them; all zero: none
 * @v: in the order they were found
 * @count: of @v
 * @warnings: those of @v that are
 * @more: further ones that were only counted
 */
struct problems {
	struct problem *v;
	unsigned int count;
	unsigned int warnings;
	unsigned int more;
};

/** problem_add() - note one, unless the very same is there */
__printf(3, 4) void problem_add(struct problems *p, unsigned int line, const char *fmt, ...);

/** problem_warn() - the same with what is not an error */
__printf(3, 4) void problem_warn(struct problems *p, unsigned int line, const char *fmt, ...);

/** problems_print() - a line on stderr for each, by line number: "FILE:LINE: text" */
void problems_print(struct problems *p, const char *file);

/** problems_free() - free what @p holds */
void problems_free(struct problems *p);

#endif
