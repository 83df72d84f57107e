// SPDX-License-Identifier: GPL-2.0
/*
 * Reading INI files. libinih takes lines from a reader of ours and tells a handler of ours of each
 * value, in turn, so that the reader's count is the number of the line. What the library would cut
 * short or pass over in silence is looked for in the reader: names of sections (it keeps 49 bytes),
 * long lines, bytes that are no text, and lines the handler was never told of.
 */
#include <ctype.h>
#include <ini.h>
#include <stdlib.h>

#include "inifile.h"

/* with its newline and NUL; 200 where the library's limit is fixed */
#define LINE_MAX_WANTED 2048

/* a variable in Debian's build, a constant elsewhere */
extern int ini_max_line __attribute__((weak));

/**
 * struct walk - a file being read
 * @ini: filled
 * @p: filled
 * @next: the next line, up to @end
 * @line: number of the line the library has now
 * @unheard: it should make the library call the handler, and has not yet
 * @indented: it begins with a blank
 * @key: of the section's last entry, NULL: none yet
 */
struct walk {
	struct ini *ini;
	struct problems *p;
	const char *next;
	const char *end;
	unsigned int line;
	bool unheard;
	bool indented;
	const char *key;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* a line of text at most @room bytes long? Says what is wrong if not. */
static bool is_text(struct walk *w, const char *line, size_t len, size_t room)
{
	char copy[LINE_MAX_WANTED];

	if (len >= room || len >= sizeof(copy)) {
		problem_add(w->p, w->line, "the line has %zu bytes: want at most %zu", len, room - 1);
		return false;
	}
	for (size_t i = 0; i < len; i++)
		copy[i] = (char)(line[i] == '\t' ? ' ' : line[i]);
	copy[len] = '\0';
	if (strlen(copy) == len && text_utf8(copy))
		return true;
	problem_add(w->p, w->line, "the line is no text: want UTF-8 without control characters");
	return false;
}

static void too_much(struct walk *w)
{
	problem_add(w->p, w->line, "too much: want at most %d sections and %d lines with a value",
		    INI_SECTIONS_MAX, INI_ENTRIES_MAX);
	w->next = w->end;
}

static void add_section(struct walk *w, const char *name, size_t len)
{
	struct ini *ini = w->ini;
	struct ini_section *v = NULL;
	char *copy = strndup(name, len);

	if (copy && ini->sections < INI_SECTIONS_MAX)
		v = reallocarray(ini->section, ini->sections + 1, sizeof(*v));
	if (!v) {
		free(copy);
		too_much(w);
		return;
	}
	ini->section = v;
	v[ini->sections].name = copy;
	v[ini->sections++].line = w->line;
}

/* "[name]"; what is no such thing begins a section as well, so that its keys are nobody else's */
static void take_section(struct walk *w, const char *line, size_t len)
{
	const char *close = memchr(line, ']', len);
	const char *from = line + 1;
	const char *to = close;
	const char *rest = close ? close + 1 : line + len;

	w->key = NULL;
	while (rest < line + len && is_blank(*rest))
		rest++;
	while (close && from < to && is_blank(*from))
		from++;
	while (close && from < to && is_blank(to[-1]))
		to--;
	if (close && from < to && (rest == line + len || *rest == ';')) {
		add_section(w, from, (size_t)(to - from));
		return;
	}
	problem_add(w->p, w->line, "\"%.*s\": want [NAME] and nothing else", (int)len, line);
	add_section(w, "", 0);
}

static void end_line(struct walk *w)
{
	if (w->unheard)
		problem_add(w->p, w->line, "want KEY = VALUE, or [NAME] at the beginning of the line");
	w->unheard = false;
}

/* the next line into the library's buffer; NULL when there is none */
static char *read_line(char *buf, int size, void *stream)
{
	struct walk *w = stream;
	const char *line = w->next;
	const char *at;
	size_t len;

	end_line(w);
	if (line == w->end)
		return NULL;
	w->line++;
	at = memchr(line, '\n', (size_t)(w->end - line));
	w->next = at ? at + 1 : w->end;
	len = (size_t)((at ? at : w->end) - line);
	if (len && line[len - 1] == '\r')
		len--;
	*buf = '\0';
	if (!is_text(w, line, len, (size_t)size))
		return buf;
	if (len && *line == '[') {
		take_section(w, line, len);
		return strcpy(buf, "[-]");
	}
	memcpy(buf, line, len);
	buf[len] = '\0';
	for (at = buf; is_blank(*at); at++)
		;
	w->indented = at > buf;
	w->unheard = *at && *at != '#' && *at != ';';
	return buf;
}

static void add_entry(struct walk *w, const char *key, const char *value)
{
	struct ini *ini = w->ini;
	struct ini_entry *v = NULL;
	struct ini_entry new = {
		.section = (int)ini->sections - 1,
		.line = w->line,
		.continued = w->indented && w->key,
		.key = strdup(key),
		.value = strdup(value),
	};

	if (new.key && new.value && ini->entries < INI_ENTRIES_MAX)
		v = reallocarray(ini->entry, ini->entries + 1, sizeof(*v));
	if (!v) {
		free(new.key);
		free(new.value);
		too_much(w);
		return;
	}
	ini->entry = v;
	v[ini->entries++] = new;
	w->key = new.key;
}

/* the library has found a value on the line that the reader gave it last */
static int take_value(void *user, const char *section, const char *name, const char *value)
{
	struct walk *w = user;

	(void)section;
	if (*name) {
		w->unheard = false;
		add_entry(w, name, value);
	} else {
		w->key = NULL;
	}
	return 1;
}

void ini_parse_text(struct ini *ini, const char *text, size_t len, struct problems *p)
{
	static const char mark[] = "\xef\xbb\xbf";
	struct walk w = { .ini = ini, .p = p, .next = text, .end = text + len };

	memset(ini, 0, sizeof(*ini));
	if (len >= sizeof(mark) - 1 && !memcmp(text, mark, sizeof(mark) - 1))
		w.next += sizeof(mark) - 1;
	if (&ini_max_line)
		ini_max_line = LINE_MAX_WANTED;
	ini_parse_stream(read_line, &w, take_value, &w);
}

int ini_parse_path(struct ini *ini, const char *path, struct problems *p, struct err *e)
{
	FILE *f = fopen(path, "re");
	char *text = NULL;
	size_t len = 0;
	int r = -1;

	memset(ini, 0, sizeof(*ini));
	if (!f)
		return err_sys(e, ST_USAGE, errno, "%s", path);
	text = malloc(INI_FILE_MAX + 1);
	if (text)
		len = fread(text, 1, INI_FILE_MAX + 1, f);
	if (!text)
		err_sys(e, ST_FAILED, ENOMEM, "%s", path);
	else if (ferror(f))
		err_sys(e, ST_USAGE, errno, "%s", path);
	else if (len > INI_FILE_MAX)
		err_set(e, ST_USAGE, "%s: want a file of at most %u bytes", path, INI_FILE_MAX);
	else
		r = 0;
	if (!r)
		ini_parse_text(ini, text, len, p);
	free(text);
	fclose(f);
	return r;
}

void ini_free(struct ini *ini)
{
	for (unsigned int i = 0; i < ini->sections; i++)
		free(ini->section[i].name);
	for (unsigned int i = 0; i < ini->entries; i++) {
		free(ini->entry[i].key);
		free(ini->entry[i].value);
	}
	free(ini->section);
	free(ini->entry);
	memset(ini, 0, sizeof(*ini));
}
