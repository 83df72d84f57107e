// SPDX-License-Identifier: GPL-2.0
/*
 * The list of what is wrong with a file.
 */
#include <stdlib.h>

#include "problem.h"

static bool known(const struct problems *p, unsigned int line, const char *text)
{
	for (unsigned int i = 0; i < p->count; i++) {
		if (p->v[i].line == line && !strcmp(p->v[i].text, text))
			return true;
	}
	return false;
}

static void add(struct problems *p, bool warning, unsigned int line, const char *fmt, va_list ap)
{
	char text[ERR_TEXT_MAX];
	struct problem *v;

	vsnprintf(text, sizeof(text), fmt, ap);
	if (known(p, line, text))
		return;
	v = p->count < PROBLEMS_MAX ? reallocarray(p->v, p->count + 1, sizeof(*v)) : NULL;
	if (!v) {
		p->more++;
		return;
	}
	p->v = v;
	v[p->count].line = line;
	v[p->count].warning = warning;
	v[p->count].text = strdup(text);
	if (!v[p->count].text) {
		p->more++;
		return;
	}
	p->count++;
	p->warnings += warning;
}

void problem_add(struct problems *p, unsigned int line, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add(p, false, line, fmt, ap);
	va_end(ap);
}

void problem_warn(struct problems *p, unsigned int line, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add(p, true, line, fmt, ap);
	va_end(ap);
}

static int by_line(const void *a, const void *b)
{
	const struct problem *one = a, *two = b;

	return (one->line > two->line) - (one->line < two->line);
}

static void print(const struct problem *v, const char *file)
{
	struct err e;

	if (v->line)
		err_set(&e, ST_USAGE, "%s:%u: %s", file, v->line, v->text);
	else
		err_set(&e, ST_USAGE, "%s: %s", file, v->text);
	if (v->warning)
		err_warn("%s", e.text);
	else
		err_print(&e);
}

void problems_print(struct problems *p, const char *file)
{
	struct err e;

	qsort(p->v, p->count, sizeof(*p->v), by_line);
	for (unsigned int i = 0; i < p->count; i++)
		print(&p->v[i], file);
	if (!p->more)
		return;
	err_set(&e, ST_USAGE, "%s: and %u more", file, p->more);
	err_print(&e);
}

void problems_free(struct problems *p)
{
	for (unsigned int i = 0; i < p->count; i++)
		free(p->v[i].text);
	free(p->v);
	memset(p, 0, sizeof(*p));
}
