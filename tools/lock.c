// SPDX-License-Identifier: GPL-2.0
/*
 * A lock for each target: a byte of one file, at an offset that stands for its name; and one for
 * "kiscsi apply", at an offset that no name has.
 */
#include <fcntl.h>
#include <nettle/sha2.h>
#include <unistd.h>

#include "../kernel/proto/pdu.h"
#include "lock.h"
#include "name.h"
#include "netns.h"
#include "progress.h"

#ifndef LOCK_FILE
#define LOCK_FILE "/run/kiscsi.lock"
#endif
#define APPLY_OFFSET ((off_t)1 << 62)

static off_t offset_of(const char *target)
{
	char name[KISCSI_NAME_MAX + 1];
	u8 digest[SHA256_DIGEST_SIZE];
	u64 netns = netns_own();
	struct sha256_ctx ctx;
	u64 offset;

	name_fold(name, sizeof(name), target);
	sha256_init(&ctx);
	sha256_update(&ctx, sizeof(netns), (const u8 *)&netns);
	sha256_update(&ctx, strlen(name), (const u8 *)name);
	sha256_digest(&ctx, sizeof(digest), digest);
	memcpy(&offset, digest, sizeof(offset));
	return (off_t)(offset >> 2);
}

/* give whoever has it, @holder, a moment */
static int wait_for(const char *holder, deadline_t deadline, struct err *e)
{
	int r;

	progress("waiting for %s", holder);
	r = clock_sleep(50, deadline);
	progress_end();
	if (r)
		return err_set(e, ST_FAILED, "interrupted waiting for %s", holder);
	if (!clock_left(deadline))
		return err_set(e, ST_UNREACHABLE, "%s is still under way", holder);
	return 0;
}

static int lock_byte(off_t offset, const char *holder, deadline_t deadline, struct err *e)
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
		if (wait_for(holder, deadline, e)) {
			close(fd);
			return -1;
		}
	}
	return fd;
}

int lock_target(const char *target, deadline_t deadline, struct err *e)
{
	return lock_byte(offset_of(target), "another login to this target", deadline, e);
}

int lock_apply(deadline_t deadline, struct err *e)
{
	return lock_byte(APPLY_OFFSET, "another kiscsi apply", deadline, e);
}
