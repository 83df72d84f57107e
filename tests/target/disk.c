// SPDX-License-Identifier: GPL-2.0
/*
 * The disks: memory, filled with a pattern that says where each word belongs, so that a test
 * knows right data without having written it.
 */
#include <sys/mman.h>

#include "target.h"

/* larger disks stay sparse and read as zeros */
#define PATTERN_LIMIT	(256ull << 20)

static u8 *disks;			/* all LUNs, one after the other */

static u64 pattern_word(u32 lun, u64 offset)
{
	u64 w = (offset / 8 + 1) * 0x9e3779b97f4a7c15ull ^ (u64)lun << 56;

	return w ^ w >> 29;
}

/**
 * disk_pattern() - what a disk holds before anything is written
 * @buf: filled
 * @lun: of the disk
 * @offset: in bytes
 * @len: in bytes
 */
void disk_pattern(void *buf, u32 lun, u64 offset, size_t len)
{
	u8 *p = buf, word[8];
	size_t i = 0, whole;

	/* whole words first: most of it, and a slow machine notices */
	for (; !(offset & 7) && i + 8 <= len; i += 8)
		put_be64(p + i, pattern_word(lun, offset + i));
	whole = i;
	for (; i < len; i++) {
		if (i == whole || !((offset + i) & 7))
			put_be64(word, pattern_word(lun, offset + i));
		p[i] = word[(offset + i) & 7];
	}
}

/** disk_init() - get the memory; false if there is not so much */
bool disk_init(void)
{
	size_t all = config.luns * config.size;

	if (!all)
		return true;
	disks = mmap(NULL, all, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
		     -1, 0);
	if (disks == MAP_FAILED)
		return false;
	for (u32 lun = 0; lun < config.luns && config.size <= PATTERN_LIMIT; lun++)
		disk_pattern(disks + lun * config.size, lun, 0, config.size);
	return true;
}

/** disk_at() - byte @offset of a LUN that exists; the caller has checked the range */
u8 *disk_at(u32 lun, u64 offset)
{
	return disks + lun * config.size + offset;
}

/** disk_dump() - write all LUNs, one after the other, to a file that appears when it is whole */
bool disk_dump(const char *path)
{
	size_t all = config.luns * config.size, n;
	char name[4096];
	FILE *f;

	snprintf(name, sizeof(name), "%s.new", path);
	f = fopen(name, "we");
	if (!f)
		return false;
	n = fwrite(disks, 1, all, f);
	return !fclose(f) && n == all && !rename(name, path);
}
