/* SPDX-License-Identifier: GPL-2.0 */
/*
 * INI files, by libinih: sections, and values that know the line they stand on.
 */
#ifndef KISCSI_TOOLS_INIFILE_H
#define KISCSI_TOOLS_INIFILE_H

#include "problem.h"

/* bytes of a file: enough for a line of 10 MB to be told of by its number */
#define INI_FILE_MAX		(16u << 20)
#define INI_SECTIONS_MAX	4096
#define INI_ENTRIES_MAX		65536

struct ini_section {
	char *name;
	unsigned int line;
};

/**
 * struct ini_entry - one line "key = value"
 * @section: index into struct ini.section, -1: before the first one
 * @line: from 1
 * @continued: it began with a blank and goes on with the value of @key begun before
 * @key: at most 49 bytes, longer ones are cut
 * @value: without blanks at its ends; may be empty
 */
struct ini_entry {
	int section;
	unsigned int line;
	bool continued;
	char *key;
	char *value;
};

/** struct ini - a file; all zero: empty */
struct ini {
	struct ini_section *section;
	unsigned int sections;
	struct ini_entry *entry;
	unsigned int entries;
};

/**
 * ini_parse_text() - take the text of a file apart
 * @ini: filled with what could be understood; the caller frees it
 * @text: @len bytes, any
 * @len: of @text
 * @p: gets what could not
 */
void ini_parse_text(struct ini *ini, const char *text, size_t len, struct problems *p);

/**
 * ini_parse_path() - the same with the file @path
 *
 * Return: 0, also when @p has got something; -1 with @e when the file cannot be read.
 */
int ini_parse_path(struct ini *ini, const char *path, struct problems *p, struct err *e);

/** ini_free() - free what @ini holds */
void ini_free(struct ini *ini);

#endif
