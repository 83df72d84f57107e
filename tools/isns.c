// SPDX-License-Identifier: GPL-2.0
/*
 * iSNS: messages of attributes over TCP. Nothing that a server sends is believed before it is checked.
 */
#include <arpa/inet.h>
#include <stdlib.h>
#include <unistd.h>

#include "isns.h"
#include "net.h"
#include "progress.h"

#define VERSION		1
#define REQUEST_MAX	2048
/* RFC 4171 section 6.2.1 */
#define EID_MAX		256
/* how long deregistering may take when the time is up or a signal came */
#define UNDO_MS		2000

/* section 5.1.4 */
#define FLAG_CLIENT	0x8000
#define FLAG_SERVER	0x4000
#define FLAG_AUTH	0x2000
#define FLAG_LAST	0x0800
#define FLAG_FIRST	0x0400

enum function {
	REGISTER	= 0x0001,
	QUERY		= 0x0002,
	DEREGISTER	= 0x0004,
	RESPONSE	= 0x8000,
};

/* section 6.1 */
enum tag {
	TAG_DELIMITER		= 0,
	TAG_ENTITY		= 1,
	TAG_ENTITY_PROTOCOL	= 2,
	TAG_NAME		= 32,
	TAG_NODE_TYPE		= 33,
	TAG_GROUP_NAME		= 48,
	TAG_GROUP_ADDRESS	= 49,
	TAG_GROUP_PORT		= 50,
	TAG_GROUP_TAG		= 51,
};

#define PROTOCOL_ISCSI	2
#define NODE_TARGET	1
#define NODE_INITIATOR	2
#define PORT_UDP	0x10000u

#define STATUS_DONE		0
#define STATUS_UNKNOWN_SOURCE	6
#define STATUS_NO_SUCH_ENTRY	9

struct header {
	__be16 version;
	__be16 function;
	__be16 length;		/* of what follows the header */
	__be16 flags;
	__be16 transaction;
	__be16 sequence;
};
static_assert(sizeof(struct header) == 12, "iSNSP header");

struct attr {
	u32 tag;
	u32 len;
	const u8 *value;
};

struct request {
	size_t len;
	u8 data[REQUEST_MAX];
};

/**
 * struct isns - a connection to a server
 * @fd: the socket
 * @transaction: of the last request
 * @sequence: of the next PDU of its answer
 * @owed: the function of a request whose answer has not come to its end, or 0
 * @name: ours
 * @entered: we are registered by what we did, or may be: the server has not refused it
 * @entity: what the server registered us as; empty: it has not said
 * @answer: payload of the last answer, behind the status
 * @len: its bytes
 */
struct isns {
	int fd;
	u16 transaction;
	u16 sequence;
	u16 owed;
	const char *name;
	bool entered;
	char entity[EID_MAX];
	u8 *answer;
	size_t len;
};

/*
 * ---- attributes ----
 */

static void put(struct request *r, const void *data, size_t len)
{
	memcpy(r->data + r->len, data, len);
	r->len += len;
}

/* padded to four bytes; the few we send have room, see REQUEST_MAX */
static void put_attr(struct request *r, enum tag tag, const void *value, size_t len)
{
	static const u8 zero[4];
	size_t padded = (len + 3) & ~(size_t)3;
	__be32 head[2] = { cpu_to_be32(tag), cpu_to_be32((u32)padded) };

	put(r, head, sizeof(head));
	if (len)
		put(r, value, len);
	put(r, zero, padded - len);
}

static void put_text(struct request *r, enum tag tag, const char *text)
{
	put_attr(r, tag, text, strlen(text) + 1);
}

static void put_number(struct request *r, enum tag tag, u32 n)
{
	__be32 value = cpu_to_be32(n);

	put_attr(r, tag, &value, sizeof(value));
}

/* the next attribute: 1, 0 at the end, -1 when it does not lie in what is left */
static int next_attr(const u8 **at, size_t *left, struct attr *a)
{
	__be32 head[2];

	if (!*left)
		return 0;
	if (*left < sizeof(head))
		return -1;
	memcpy(head, *at, sizeof(head));
	a->tag = be32_to_cpu(head[0]);
	a->len = be32_to_cpu(head[1]);
	a->value = *at + sizeof(head);
	if (a->len % 4 || a->len > *left - sizeof(head))
		return -1;
	*at = a->value + a->len;
	*left -= sizeof(head) + a->len;
	return 1;
}

static u32 attr_number(const struct attr *a)
{
	__be32 n;

	if (a->len != sizeof(n))
		return 0;
	memcpy(&n, a->value, sizeof(n));
	return be32_to_cpu(n);
}

/* text with its NUL, or NULL if that is not what it is */
static const char *attr_text(const struct attr *a, size_t max)
{
	size_t len = strnlen((const char *)a->value, a->len);

	return len && len < a->len && len <= max ? (const char *)a->value : NULL;
}

/*
 * ---- the report ----
 */

/**
 * struct group - a portal group object: a target at an address
 * @last: tag that came last: they come in order, so one that goes back begins another object
 * @name: of the target, NULL: not said
 * @portal: port 0: not said; @portal.tpgt TPGT_UNKNOWN: the target is not to be reached there
 */
struct group {
	u32 last;
	const char *name;
	struct portal portal;
};

static void group_init(struct group *g)
{
	memset(g, 0, sizeof(*g));
	g->portal.tpgt = TPGT_UNKNOWN;
}

/* section 6.3.1: 16 bytes, an IPv4 address mapped into them; some servers leave out the ffff */
static void group_address(struct group *g, const struct attr *a)
{
	static const u8 zero[12], mapped[12] = { [10] = 0xff, [11] = 0xff };
	bool v4;

	if (a->len != 16)
		return;
	v4 = !memcmp(a->value, mapped, sizeof(mapped)) ||
	     (!memcmp(a->value, zero, sizeof(zero)) && a->value[12]);
	g->portal.v6 = !v4;
	inet_ntop(v4 ? AF_INET : AF_INET6, v4 ? a->value + 12 : a->value, g->portal.host,
		  sizeof(g->portal.host));
}

/* one that is not whole, or not for us, adds nothing */
static int group_end(struct targets *t, const struct group *g, struct err *e)
{
	struct target *target;

	if (!g->name || !g->portal.host[0] || !g->portal.port || g->portal.tpgt == TPGT_UNKNOWN)
		return 0;
	if (targets_add(t, g->name, &target, e))
		return -1;
	return target_add_portal(target, &g->portal, e);
}

static int take_group(struct targets *t, struct group *g, const struct attr *a, struct err *e)
{
	u32 n = attr_number(a);

	if (a->tag <= g->last) {
		if (group_end(t, g, e))
			return -1;
		group_init(g);
	}
	g->last = a->tag;
	if (a->tag == TAG_GROUP_NAME)
		g->name = attr_text(a, TARGET_NAME_MAX);
	else if (a->tag == TAG_GROUP_ADDRESS)
		group_address(g, a);
	else if (a->tag == TAG_GROUP_PORT && !(n & PORT_UDP))
		g->portal.port = (u16)n;
	else if (a->tag == TAG_GROUP_TAG && a->len)
		g->portal.tpgt = (u16)n;
	return 0;
}

static int take_name(struct targets *t, const struct attr *a, struct err *e)
{
	const char *name = attr_text(a, TARGET_NAME_MAX);
	struct target *target;

	if (!name)
		return err_set(e, ST_FAILED, "a target name that is none");
	return targets_add(t, name, &target, e);
}

static int take_attr(struct targets *t, struct group *g, const struct attr *a, struct err *e)
{
	if (a->tag == TAG_NAME)
		return take_name(t, a, e);
	if (a->tag >= TAG_GROUP_NAME && a->tag <= TAG_GROUP_TAG)
		return take_group(t, g, a, e);
	return 0;
}

/* the key of the query comes back first */
static int skip_key(const u8 **at, size_t *left)
{
	struct attr a;
	int r;

	do {
		r = next_attr(at, left, &a);
	} while (r > 0 && a.tag != TAG_DELIMITER);
	return r < 0 ? -1 : 0;
}

int isns_parse(struct targets *t, const u8 *payload, size_t len, struct err *e)
{
	struct group g;
	struct attr a;
	int r;

	group_init(&g);
	if (skip_key(&payload, &len))
		return err_set(e, ST_FAILED, "an attribute that does not fit its message");
	while ((r = next_attr(&payload, &len, &a)) > 0) {
		if (take_attr(t, &g, &a, e))
			return -1;
	}
	if (r < 0)
		return err_set(e, ST_FAILED, "an attribute that does not fit its message");
	return group_end(t, &g, e);
}

/*
 * ---- messages ----
 */

/* section 5.4 */
static const char *status_text(u32 status)
{
	static const char *const texts[] = {
		[1] = "unknown error", [2] = "message format error", [3] = "invalid registration",
		[5] = "invalid query", [6] = "source unknown", [7] = "source absent",
		[8] = "source unauthorized", [9] = "no such entry", [10] = "version not supported",
		[11] = "internal error", [12] = "busy", [13] = "option not understood",
		[14] = "invalid update", [15] = "message not supported", [23] = "invalid deregistration",
	};

	return status < ARRAY_SIZE(texts) && texts[status] ? texts[status] : "unknown status";
}

static int send_request(struct isns *c, enum function function, struct request *r,
			deadline_t deadline, struct err *e)
{
	struct header head = {
		.version = cpu_to_be16(VERSION),
		.function = cpu_to_be16(function),
		.length = cpu_to_be16((u16)r->len),
		.flags = cpu_to_be16(FLAG_CLIENT | FLAG_FIRST | FLAG_LAST),
		.transaction = cpu_to_be16(++c->transaction),
	};
	struct iovec iov[] = { { &head, sizeof(head) }, { r->data, r->len } };

	return net_write(c->fd, iov, ARRAY_SIZE(iov), deadline, e);
}

static int check_header(const struct isns *c, const struct header *head, u16 function, u16 transaction,
			struct err *e)
{
	u16 flags = be16_to_cpu(head->flags);

	if (be16_to_cpu(head->version) != VERSION)
		return err_set(e, ST_FAILED, "this is no iSNS server: version %u", be16_to_cpu(head->version));
	if (be16_to_cpu(head->function) != (function | RESPONSE))
		return err_set(e, ST_FAILED, "an answer to another question (function 0x%04x)",
			       be16_to_cpu(head->function));
	if (be16_to_cpu(head->transaction) != transaction || be16_to_cpu(head->sequence) != c->sequence)
		return err_set(e, ST_FAILED, "an answer out of turn");
	if (!(flags & FLAG_SERVER) || !(flags & FLAG_FIRST) != !!c->sequence)
		return err_set(e, ST_FAILED, "an answer with wrong flags (0x%04x)", flags);
	if (flags & FLAG_AUTH)
		return err_set(e, ST_FAILED, "the server authenticates itself, which is not supported");
	if (be16_to_cpu(head->length) % 4)
		return err_set(e, ST_FAILED, "an answer of %u bytes", be16_to_cpu(head->length));
	return 0;
}

/* one PDU behind those before it: 1 when more are to come, 0 when not */
static int take_pdu(struct isns *c, u16 function, u16 transaction, deadline_t deadline, struct err *e)
{
	struct header head;
	size_t len;

	if (net_read(c->fd, &head, sizeof(head), "waiting for an answer", deadline, e) ||
	    check_header(c, &head, function, transaction, e))
		return -1;
	len = be16_to_cpu(head.length);
	if (c->len + len > ISNS_ANSWER_MAX)
		return err_set(e, ST_FAILED, "an answer of more than %u bytes", ISNS_ANSWER_MAX);
	if (net_read(c->fd, c->answer + c->len, len, "in the middle of an answer", deadline, e))
		return -1;
	c->len += len;
	c->sequence++;
	/* one that carries nothing could be followed by any number of its kind */
	if (!len && !(be16_to_cpu(head.flags) & FLAG_LAST))
		return err_set(e, ST_FAILED, "an answer in empty pieces");
	return !(be16_to_cpu(head.flags) & FLAG_LAST);
}

/* to its end; one that was given up between two PDUs is gone on with */
static int take_answer(struct isns *c, u16 function, u16 transaction, deadline_t deadline, struct err *e)
{
	int more;

	do {
		more = take_pdu(c, function, transaction, deadline, e);
	} while (more > 0);
	return more;
}

/* ask and take the answer: its status, or -1 with @e; what is behind the status is in c->answer */
static int call(struct isns *c, enum function function, struct request *r, deadline_t deadline,
		struct err *e)
{
	__be32 status;

	if (send_request(c, function, r, deadline, e))
		return -1;
	/* one that was no longer waited for comes first */
	if (c->owed && take_answer(c, c->owed, c->transaction - 1, deadline, e))
		return -1;
	c->owed = (u16)function;
	c->len = 0;
	c->sequence = 0;
	if (take_answer(c, c->owed, c->transaction, deadline, e))
		return -1;
	c->owed = 0;
	if (c->len < sizeof(status))
		return err_set(e, ST_FAILED, "an answer of %zu bytes", c->len);
	memcpy(&status, c->answer, sizeof(status));
	c->len -= sizeof(status);
	memmove(c->answer, c->answer + sizeof(status), c->len);
	return be32_to_cpu(status) > INT_MAX ? INT_MAX : (int)be32_to_cpu(status);
}

static int said_no(int status, const char *what, struct err *e)
{
	return status < 0 ? -1 : err_set(e, ST_FAILED, "%s: %s (status %d)", what, status_text((u32)status),
					 status);
}

/*
 * ---- the conversation ----
 */

static void begin(const struct isns *c, struct request *r)
{
	r->len = 0;
	put_text(r, TAG_NAME, c->name);
}

/* the key comes back anyway: what was asked for follows it only where there is such an object */
static bool has_result(const struct isns *c)
{
	const u8 *at = c->answer;
	size_t left = c->len;

	return !skip_key(&at, &left) && left;
}

/* has somebody registered our name already? 1, 0, or -1 with @e */
static int is_known(struct isns *c, deadline_t deadline, struct err *e)
{
	struct request r;
	int status;

	begin(c, &r);
	put_text(&r, TAG_NAME, c->name);
	put_attr(&r, TAG_DELIMITER, NULL, 0);
	put_attr(&r, TAG_NODE_TYPE, NULL, 0);
	status = call(c, QUERY, &r, deadline, e);
	if (status == STATUS_UNKNOWN_SOURCE || status == STATUS_NO_SUCH_ENTRY)
		return 0;
	if (status != STATUS_DONE)
		return said_no(status, "asking for ourselves", e);
	return has_result(c);
}

/* what the server calls us, to be able to take it back */
static void keep_entity(struct isns *c)
{
	const u8 *at = c->answer;
	size_t left = c->len;
	struct attr a;

	while (next_attr(&at, &left, &a) > 0) {
		const char *text = a.tag == TAG_ENTITY ? attr_text(&a, EID_MAX - 1) : NULL;

		if (text)
			strcpy(c->entity, text);
	}
}

static int enter(struct isns *c, deadline_t deadline, struct err *e)
{
	struct request r;
	int status;

	begin(c, &r);
	put_attr(&r, TAG_DELIMITER, NULL, 0);
	/* the server finds a name for the entity */
	put_attr(&r, TAG_ENTITY, NULL, 0);
	put_number(&r, TAG_ENTITY_PROTOCOL, PROTOCOL_ISCSI);
	put_text(&r, TAG_NAME, c->name);
	put_number(&r, TAG_NODE_TYPE, NODE_INITIATOR);
	status = call(c, REGISTER, &r, deadline, e);
	/* also when we did not come to hear of it */
	c->entered = status <= STATUS_DONE;
	if (status != STATUS_DONE)
		return said_no(status, "registering", e);
	keep_entity(c);
	return 0;
}

/* whatever came in between: what we registered must not stay */
static int deregister(struct isns *c, struct err *e)
{
	deadline_t deadline = clock_in(UNDO_MS);
	struct request r;
	int status;

	begin(c, &r);
	put_attr(&r, TAG_DELIMITER, NULL, 0);
	/* section 5.6.5.4: an entity goes with the last of its nodes, and ours has no other */
	if (c->entity[0])
		put_text(&r, TAG_ENTITY, c->entity);
	else
		put_text(&r, TAG_NAME, c->name);
	status = call(c, DEREGISTER, &r, deadline, e);
	return status == STATUS_DONE ? 0 : said_no(status, "deregistering", e);
}

static void leave(struct isns *c)
{
	struct err e;

	clock_undo(true);
	if (deregister(c, &e))
		err_warn("iSNS: %s", e.text);
	clock_undo(false);
}

static int ask_targets(struct isns *c, struct targets *t, deadline_t deadline, struct err *e)
{
	static const enum tag wanted[] = { TAG_NAME, TAG_GROUP_NAME, TAG_GROUP_ADDRESS, TAG_GROUP_PORT,
					   TAG_GROUP_TAG };
	struct request r;
	int status;

	begin(c, &r);
	put_number(&r, TAG_NODE_TYPE, NODE_TARGET);
	put_attr(&r, TAG_DELIMITER, NULL, 0);
	for (size_t i = 0; i < ARRAY_SIZE(wanted); i++)
		put_attr(&r, wanted[i], NULL, 0);
	status = call(c, QUERY, &r, deadline, e);
	if (status == STATUS_NO_SUCH_ENTRY)
		return 0;
	if (status != STATUS_DONE)
		return said_no(status, "asking for targets", e);
	return isns_parse(t, c->answer, c->len, e);
}

static int converse(struct isns *c, struct targets *t, deadline_t deadline, struct err *e)
{
	int known = is_known(c, deadline, e);
	int r;

	if (known < 0)
		return -1;
	r = !known && enter(c, deadline, e) ? -1 : ask_targets(c, t, deadline, e);
	if (c->entered)
		leave(c);
	/* one that came while nothing was waited for is not lost on who would go on to log in */
	if (!r && clock_stopped())
		return err_set(e, ST_FAILED, "interrupted");
	return r;
}

/* the first that takes a connection; those before it are told of */
static int connect_first(const struct settings *settings, const struct address_list *servers,
			 char text[ADDRESS_TEXT_MAX], deadline_t deadline, struct err *e)
{
	struct err all = { 0 };

	for (unsigned int i = 0; i < servers->count; i++) {
		deadline_t mine = clock_in(clock_left(deadline) / (int)(servers->count - i));
		int fd;

		progress("waiting for the iSNS server %s", address_text(&servers->v[i], text));
		fd = net_connect(&servers->v[i], settings, mine, e);
		if (fd >= 0) {
			if (all.text[0])
				err_warn("passed over: %s", all.text);
			return fd;
		}
		err_where(e, "%s", text);
		err_join(&all, e);
	}
	*e = all;
	return -1;
}

int isns_discover(const struct settings *settings, const struct address_list *servers,
		  struct targets *t, deadline_t deadline, struct err *e)
{
	struct isns c = { .name = settings->initiator_name };
	char text[ADDRESS_TEXT_MAX];
	int r;

	memset(t, 0, sizeof(*t));
	c.fd = connect_first(settings, servers, text, deadline, e);
	if (c.fd < 0) {
		progress_end();
		return -1;
	}
	c.answer = malloc(ISNS_ANSWER_MAX);
	r = c.answer ? converse(&c, t, deadline, e) : err_sys(e, ST_FAILED, ENOMEM, "iSNS");
	if (r) {
		targets_free(t);
		err_where(e, "%s: iSNS", text);
	}
	progress_end();
	free(c.answer);
	close(c.fd);
	return r;
}
