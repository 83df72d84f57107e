// SPDX-License-Identifier: GPL-2.0
/*
 * A lock for each target: a byte of one file, at an offset that stands for its name; and one for
 * "kiscsi apply", at an offset that no name has.
 */
#include <fcntl.h>
#include <nettle/sha2.h>
#include <unistd.h>

#include "lock.h"
#include "netns.h"

#define LOCK_FILE "/run/kiscsi.lock"
#define APPLY_OFFSET ((off_t)1 << 62)

static off_t offset_of(const char *target)
{
	u8 digest[SHA256_DIGEST_SIZE];
	u64 netns = netns_own();
	struct sha256_ctx ctx;
	u64 offset;

	sha256_init(&ctx);
	sha256_update(&ctx, sizeof(netns), (const u8 *)&netns);
	sha256_update(&ctx, strlen(target), (const u8 *)target);
	sha256_digest(&ctx, sizeof(digest), digest);
	memcpy(&offset, digest, sizeof(offset));
	return (off_t)(offset >> 2);
}

static int lock_byte(off_t offset, const char *busy, deadline_t deadline, struct err *e)
{
	struct flock want = {
		.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = offset, .l_len = 1,
	};
	int fd = open(LOCK_FILE, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0)
		return -2;
	while (fcntl(fd, F_OFD_SETLK, &want)) {
		if (errno != EAGAIN && errno != EACCES) {
			close(fd);
			return -2;
		}
		if (clock_sleep(50, deadline) || !clock_left(deadline)) {
			close(fd);
			return err_set(e, ST_UNREACHABLE, "%s", busy);
		}
	}
	return fd;
}

int lock_target(const char *target, deadline_t deadline, struct err *e)
{
	return lock_byte(offset_of(target), "another login to this target is still under way", deadline,
			 e);
}

int lock_apply(deadline_t deadline, struct err *e)
{
	return lock_byte(APPLY_OFFSET, "another kiscsi apply is still under way", deadline, e);
}
