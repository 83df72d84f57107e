// SPDX-License-Identifier: GPL-2.0
/*
 * The second opinion: read or write the start of a LUN with libiscsi, which shares no code with us.
 *
 *   iscsi-rw read URL MEBIBYTES      to standard output
 *   iscsi-rw write URL FILE
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <iscsi/iscsi.h>
#include <iscsi/scsi-lowlevel.h>

#define CHUNK (64 << 10)

static uint32_t block_size(struct iscsi_context *iscsi, int lun)
{
	struct scsi_readcapacity16 *answer;
	struct scsi_task *task;
	uint32_t size = 0;

	task = iscsi_readcapacity16_sync(iscsi, lun);
	if (task && task->status == SCSI_STATUS_GOOD) {
		answer = scsi_datain_unmarshall(task);
		if (answer)
			size = answer->block_length;
	}
	if (task)
		scsi_free_scsi_task(task);
	return size;
}

static int read_lun(struct iscsi_context *iscsi, int lun, uint32_t block, unsigned long bytes)
{
	unsigned long at;

	for (at = 0; at < bytes; at += CHUNK) {
		struct scsi_task *task = iscsi_read16_sync(iscsi, lun, at / block, CHUNK, block, 0, 0, 0, 0, 0);
		int bad = !task || task->status != SCSI_STATUS_GOOD || task->datain.size != CHUNK;

		if (!bad)
			bad = fwrite(task->datain.data, 1, CHUNK, stdout) != CHUNK;
		if (task)
			scsi_free_scsi_task(task);
		if (bad) {
			fprintf(stderr, "iscsi-rw: read at %lu: %s\n", at, iscsi_get_error(iscsi));
			return 1;
		}
	}
	return fflush(stdout) ? 1 : 0;
}

static int write_lun(struct iscsi_context *iscsi, int lun, uint32_t block, FILE *from)
{
	static unsigned char data[CHUNK];
	unsigned long at;

	for (at = 0; fread(data, 1, CHUNK, from) == CHUNK; at += CHUNK) {
		struct scsi_task *task = iscsi_write16_sync(iscsi, lun, at / block, data, CHUNK, block, 0, 0, 0, 0, 0);
		int bad = !task || task->status != SCSI_STATUS_GOOD;

		if (task)
			scsi_free_scsi_task(task);
		if (bad) {
			fprintf(stderr, "iscsi-rw: write at %lu: %s\n", at, iscsi_get_error(iscsi));
			return 1;
		}
	}
	return 0;
}

static int work(struct iscsi_context *iscsi, int lun, char **argv)
{
	uint32_t block = block_size(iscsi, lun);
	FILE *from;
	int ret;

	if (!block) {
		fprintf(stderr, "iscsi-rw: no capacity: %s\n", iscsi_get_error(iscsi));
		return 1;
	}
	if (!strcmp(argv[1], "read"))
		return read_lun(iscsi, lun, block, strtoul(argv[3], NULL, 10) << 20);
	from = fopen(argv[3], "r");
	if (!from) {
		fprintf(stderr, "iscsi-rw: %s: %s\n", argv[3], strerror(errno));
		return 1;
	}
	ret = write_lun(iscsi, lun, block, from);
	fclose(from);
	return ret;
}

int main(int argc, char **argv)
{
	struct iscsi_context *iscsi;
	struct iscsi_url *url;
	int ret = 1;

	if (argc != 4 || (strcmp(argv[1], "read") && strcmp(argv[1], "write"))) {
		fprintf(stderr, "usage: iscsi-rw read URL MEBIBYTES | iscsi-rw write URL FILE\n");
		return 2;
	}
	iscsi = iscsi_create_context("iqn.2026-01.test.kiscsi:second-opinion");
	url = iscsi ? iscsi_parse_full_url(iscsi, argv[2]) : NULL;
	if (!url) {
		fprintf(stderr, "iscsi-rw: %s: %s\n", argv[2], iscsi ? iscsi_get_error(iscsi) : "no memory");
		return 1;
	}
	iscsi_set_targetname(iscsi, url->target);
	iscsi_set_session_type(iscsi, ISCSI_SESSION_NORMAL);
	iscsi_set_header_digest(iscsi, ISCSI_HEADER_DIGEST_NONE_CRC32C);
	if (iscsi_full_connect_sync(iscsi, url->portal, url->lun))
		fprintf(stderr, "iscsi-rw: login: %s\n", iscsi_get_error(iscsi));
	else
		ret = work(iscsi, url->lun, argv);
	iscsi_logout_sync(iscsi);
	iscsi_destroy_url(url);
	iscsi_destroy_context(iscsi);
	return ret;
}
