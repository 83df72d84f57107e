// SPDX-License-Identifier: GPL-2.0
/*
 * PDUs to and from the socket: lengths, padding, digests, and the ways of sending that a
 * behaviour may ask for (small segments, everything at once, an end at a given byte).
 */
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "target.h"

#define IDLE_MS		5
#define HELD_MAX	(256 * 1024)
#define SLOW_PIECE	2500

/* how much of a PDU goes out in segments of tuning.segment; the rest in larger ones */
#define SEGMENT_HEAD	96
#define SEGMENT_REST	1009

/* one cut of the stream at a byte; set before the first connection, @done by the one that cuts */
static struct {
	bool set, login, done;
	int how;
	u64 at;
} cut;

/** pdu_init() - an empty PDU with @opcode and the F bit, no tag */
void pdu_init(struct pdu *p, u8 opcode)
{
	memset(p, 0, sizeof(*p));
	p->bhs.opcode = opcode;
	p->bhs.flags = KISCSI_FLAG_FINAL;
	p->cut = -1;
}

/** pdu_free() - release the data segment; the PDU can be freed again */
void pdu_free(struct pdu *p)
{
	free(p->data);
	p->data = NULL;
	p->len = 0;
}

/** pdu_data() - make the data segment a copy of @len bytes at @data (zeros if NULL) */
void pdu_data(struct pdu *p, const void *data, u32 len)
{
	u8 *copy = xmalloc(len);

	if (data)
		memcpy(copy, data, len);
	free(p->data);
	p->data = copy;
	p->len = len;
}

/* 1: something to read, 0: the end */
static int wait_readable(struct conn *c)
{
	struct pollfd pfd = { .fd = c->fd, .events = POLLIN };
	int ms = IDLE_MS;

	for (;;) {
		int n = poll(&pfd, 1, ms);

		if (n > 0)
			return 1;
		if (stopping || (n < 0 && errno != EINTR))
			return 0;
		full_idle(c);
		if (c->ended)
			return 0;
		/* hundreds of connections that look at the clock all the time leave nothing of an emulated CPU */
		ms = full_waits(c) ? 20 : 250;
	}
}

/* bytes read before the end; less than @n only at the end */
static size_t read_full(struct conn *c, void *buf, size_t n)
{
	size_t got = 0;

	while (got < n) {
		ssize_t r;

		if (!wait_readable(c))
			break;
		r = read(c->fd, (u8 *)buf + got, n - got);
		if (r <= 0)
			break;
		got += (size_t)r;
	}
	count(COUNT_BYTES_IN, got);
	return got;
}

static bool read_digest(struct conn *c, u32 want, const char *which)
{
	u8 digest[KISCSI_DIGEST_LEN], right[KISCSI_DIGEST_LEN];

	if (read_full(c, digest, sizeof(digest)) != sizeof(digest))
		return false;
	put_le32(right, want);
	if (!memcmp(digest, right, sizeof(digest)))
		return true;
	violation_always(c, "%s digest is %08x, should be %08x", which, get_be32(digest),
			 get_be32(right));
	return false;
}

static bool recv_header(struct conn *c, struct pdu *p)
{
	size_t n = read_full(c, &p->bhs, sizeof(p->bhs));
	u32 crc;

	if (n != sizeof(p->bhs)) {
		if (n)
			note(c, "closed after %zu bytes of a header", n);
		return false;
	}
	p->ahs_len = p->bhs.ahs_len * 4u;
	if (read_full(c, p->ahs, p->ahs_len) != p->ahs_len)
		return false;
	if (!c->digests || !c->par.header_digest)
		return true;
	crc = crc32c(0, &p->bhs, sizeof(p->bhs));
	return read_digest(c, crc32c(crc, p->ahs, p->ahs_len), "header");
}

static bool recv_data(struct conn *c, struct pdu *p)
{
	u32 limit = c->full ? c->par.recv_dsl : KISCSI_LOGIN_DSL;
	u32 len = kiscsi_get_dsl(&p->bhs), padded = len + kiscsi_padding(len);

	if (len > limit)
		violation(c, "%s of %u bytes, MaxRecvDataSegmentLength is %u",
			  opcode_name(p->bhs.opcode), len, limit);
	if (!len)
		return true;
	/* one more: text can be used as a string after a look at its end */
	p->data = xmalloc(padded + 1);
	p->len = len;
	if (read_full(c, p->data, padded) != padded) {
		note(c, "closed inside a data segment of %u bytes", len);
		return false;
	}
	if (!c->digests || !c->par.data_digest)
		return true;
	return read_digest(c, crc32c(0, p->data, padded), "data");
}

/**
 * pdu_recv() - read one PDU
 * @c: connection
 * @p: filled; release with pdu_free(), whatever is returned
 *
 * Return: 1, or 0 at the end of the connection (also after a digest that is wrong).
 */
int pdu_recv(struct conn *c, struct pdu *p)
{
	memset(p, 0, sizeof(*p));
	p->cut = -1;
	if (!recv_header(c, p) || !recv_data(c, p))
		return 0;
	count(COUNT_PDUS_IN, 1);
	debug(c, "< %s itt %08x len %u", opcode_name(p->bhs.opcode), be32_to_cpu(p->bhs.itt), p->len);
	return 1;
}

/** wire_close() - end of the connection in order; conn.c waits for the other side's end */
void wire_close(struct conn *c)
{
	wire_flush(c);
	shutdown(c->fd, SHUT_WR);
	c->ended = true;
	c->mute = true;
}

/** wire_reset() - end of the connection by RST */
void wire_reset(struct conn *c)
{
	struct linger now = { .l_onoff = 1 };

	wire_flush(c);
	setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	c->ended = true;
	c->mute = true;
	c->reset = true;
}

/** wire_cut_at() - end the stream after @bytes: of a connection if @login, else of full-feature phase */
void wire_cut_at(u64 bytes, int how, bool login)
{
	cut.at = bytes;
	cut.how = how;
	cut.login = login;
	cut.set = true;
}

static void send_all(struct conn *c, const u8 *p, size_t len)
{
	while (len && !c->mute) {
		ssize_t n = send(c->fd, p, len, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			c->mute = true;
			return;
		}
		count(COUNT_BYTES_OUT, (u64)n);
		p += n;
		len -= (size_t)n;
	}
}

static void cut_now(struct conn *c)
{
	cut.done = !cut.login;
	count(COUNT_BEHAVED, 1);
	note(c, "stream cut after %llu bytes", (unsigned long long)cut.at);
	c->loose = true;
	c->mute = true;
	if (cut.how == CUT_CLOSE)
		wire_close(c);
	else if (cut.how == CUT_RESET)
		wire_reset(c);
}

static bool cut_applies(const struct conn *c)
{
	if (!cut.set || cut.done || c->plain || !armed)
		return false;
	return cut.login || (c->full && !c->discovery);
}

/** wire_write() - send bytes as they are, but for a cut */
void wire_write(struct conn *c, const void *data, size_t len)
{
	if (c->mute)
		return;
	if (!cut_applies(c)) {
		send_all(c, data, len);
		return;
	}
	if (c->sent + len < cut.at) {
		c->sent += len;
		send_all(c, data, len);
		return;
	}
	send_all(c, data, cut.at - c->sent);
	cut_now(c);
}

/** wire_flush() - send what tuning.coalesce held back */
void wire_flush(struct conn *c)
{
	size_t len = c->held_len;

	c->held_len = 0;
	if (len)
		wire_write(c, c->held, len);
}

static void hold_back(struct conn *c, const u8 *buf, size_t len)
{
	if (c->held_len + len > HELD_MAX)
		wire_flush(c);
	if (len > HELD_MAX) {
		wire_write(c, buf, len);
		return;
	}
	if (!c->held)
		c->held = xmalloc(HELD_MAX);
	memcpy(c->held + c->held_len, buf, len);
	c->held_len += len;
}

static void write_segments(struct conn *c, const u8 *buf, size_t len)
{
	u32 step = config.tune.segment;

	for (size_t done = 0; done < len; done += step) {
		if (done >= SEGMENT_HEAD && step < SEGMENT_REST)
			step = SEGMENT_REST;
		if (step > len - done)
			step = (u32)(len - done);
		wire_write(c, buf + done, step);
	}
}

/* the first half at once */
static void write_slowly(struct conn *c, const u8 *buf, size_t len, u32 pause_ms)
{
	size_t done = len / 2;

	wire_write(c, buf, done);
	for (; done < len; done += SLOW_PIECE) {
		sleep_ms(pause_ms);
		wire_write(c, buf + done, len - done < SLOW_PIECE ? len - done : SLOW_PIECE);
	}
}

static size_t put_header(struct conn *c, const struct pdu *p, u8 *buf)
{
	size_t n = sizeof(p->bhs) + p->ahs_len;

	memcpy(buf, &p->bhs, sizeof(p->bhs));
	memcpy(buf + sizeof(p->bhs), p->ahs, p->ahs_len);
	if (!c->digests || !c->par.header_digest)
		return n;
	put_le32(buf + n, crc32c(0, buf, n) ^ (p->bad_header_digest ? 0x00010000 : 0));
	return n + KISCSI_DIGEST_LEN;
}

static size_t put_data(struct conn *c, const struct pdu *p, u8 *buf)
{
	u32 pad = kiscsi_padding(p->len);
	size_t n = p->len + pad;

	if (!p->len)
		return 0;
	memcpy(buf, p->data, p->len);
	memset(buf + p->len, config.tune.pad, pad);
	if (!c->digests || !c->par.data_digest)
		return n;
	put_le32(buf + n, crc32c(0, buf, n) ^ (p->bad_data_digest ? 0x00000100 : 0));
	return n + KISCSI_DIGEST_LEN;
}

static void emit_bytes(struct conn *c, const u8 *buf, size_t len, u32 pause_ms)
{
	bool gather = c->in_more || (config.tune.coalesce && c->full);

	if (!gather)
		wire_flush(c);
	if (pause_ms)
		write_slowly(c, buf, len, pause_ms);
	else if (gather)
		hold_back(c, buf, len);
	else if (config.tune.segment && !c->plain)
		write_segments(c, buf, len);
	else
		wire_write(c, buf, len);
}

/**
 * pdu_emit() - send a PDU whose fields are final
 * @c: connection
 * @p: the PDU; stays the caller's
 */
void pdu_emit(struct conn *c, struct pdu *p)
{
	size_t n;
	u8 *buf;

	if (!mutate_pdu(c, p))
		return;
	if (!p->own_lengths) {
		p->bhs.ahs_len = (u8)(p->ahs_len / 4);
		kiscsi_put_dsl(p->bhs.dsl, p->len);
	}
	buf = xmalloc(sizeof(p->bhs) + p->ahs_len + p->len + 3 + 2 * KISCSI_DIGEST_LEN);
	n = put_header(c, p, buf);
	n += put_data(c, p, buf + n);
	if (p->cut >= 0 && (size_t)p->cut < n)
		n = (size_t)p->cut;
	count(COUNT_PDUS_OUT, 1);
	debug(c, "> %s itt %08x len %u", opcode_name(p->bhs.opcode), be32_to_cpu(p->bhs.itt), p->len);
	emit_bytes(c, buf, n, p->pause_ms);
	if (p->twice)
		emit_bytes(c, buf, n, 0);
	free(buf);
	if (p->cut >= 0)
		c->mute = true;
	mutate_more(c);
}
