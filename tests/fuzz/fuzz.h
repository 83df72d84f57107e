/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KISCSI_FUZZ_H
#define KISCSI_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* what must hold for every input; a crash is what libFuzzer notices */
#define MUST(cond)		\
	do {			\
		if (!(cond))	\
			abort();	\
	} while (0)

/* a copy in memory of exactly @size, so that ASan sees one byte too many */
static inline void *exact_copy(const void *data, size_t size)
{
	void *copy = malloc(size ? size : 1);

	MUST(copy);
	memcpy(copy, data, size);
	return copy;
}

#endif
