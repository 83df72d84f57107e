// SPDX-License-Identifier: GPL-2.0
/*
 * What multipathd says of its configuration and its maps: any text. Its first line is the key, or the WWID, that is
 * looked for in the others; what is found is said of a map.
 */
#include "../../tools/clock.c"
#include "../../tools/doctor-multipath.c"
#include "fuzz.h"

/* multipathd does not run here, so there is no other way to the parsers */
int sysfs_read(char *out, size_t size, const char *fmt, ...)
{
	(void)out;
	(void)size;
	(void)fmt;
	return -1;
}

void doctor_say(struct doctor *d, enum verdict verdict, const char *check, const char *todo, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	(void)d;
	(void)check;
	(void)todo;
	MUST(verdict <= DOCTOR_PROBLEM);
	va_start(ap, fmt);
	MUST(vsnprintf(text, sizeof(text), fmt, ap) > 0);
	va_end(ap);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = strndup((const char *)data, size);
	char *answer = strchr(text, '\n');
	char out[16];

	if (!answer) {
		free(text);
		return 0;
	}
	*answer++ = '\0';
	answer = strdup(answer);
	value_of(answer, text, out, sizeof(out));
	MUST(strlen(out) < sizeof(out) && !strpbrk(out, "\"\n"));
	MUST(!out[0] || strstr(answer, text));
	queueing_of(answer, text, out, sizeof(out));
	MUST(strlen(out) < sizeof(out) && !strchr(out, '\n'));
	MUST(!out[0] || strstr(answer, text));
	say_queueing(NULL, "dm-0", out);
	free(answer);
	free(text);
	return 0;
}
