// SPDX-License-Identifier: GPL-2.0
/*
 * What comes to a raw ICMP socket: any packet, whoever sent it. The first byte chooses the family. The answer to an
 * echo of ours is known again, wherever the IP header ends.
 */
#include "../../tools/clock.c"
#include "../../tools/err.c"
#include "../../tools/ping.c"
#include "fuzz.h"

#define ID 0x1234

static void try_answer(size_t options, const uint8_t *data, size_t size)
{
	size_t skip = sizeof(struct iphdr) + options % 41 / 4 * 4;
	struct icmphdr head = { .type = ICMP_ECHOREPLY, .un.echo.id = cpu_to_be16(ID) };
	size_t len = skip + sizeof(head) + size;
	u8 *packet = calloc(1, len);

	MUST(packet);
	packet[0] = (u8)(0x40 | skip / 4);
	memcpy(packet + skip, &head, sizeof(head));
	if (size)
		memcpy(packet + skip + sizeof(head), data, size);
	MUST(is_answer(packet, len, false, ID));
	MUST(!is_answer(packet, len, false, ID + 1));
	MUST(!is_answer(packet, skip + sizeof(head) - 1, false, ID));
	free(packet);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	u8 *packet;

	if (!size)
		return 0;
	packet = exact_copy(data + 1, size - 1);
	is_answer(packet, size - 1, data[0] & 1, ID);
	try_answer(data[0], packet, size - 1);
	free(packet);
	return 0;
}
