// SPDX-License-Identifier: GPL-2.0
/*
 * Connecting, and PDUs in and out, all with a deadline.
 */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "net.h"

/* a refused or silent peer is "unreachable" for the exit status */
static enum status status_of(int code)
{
	switch (code) {
	case ECONNREFUSED:
	case ECONNABORTED:
	case ETIMEDOUT:
	case EHOSTUNREACH:
	case ENETUNREACH:
	case ENETDOWN:
	case EHOSTDOWN:
	case EADDRNOTAVAIL:
	case ENONET:
		return ST_UNREACHABLE;
	default:
		return ST_FAILED;
	}
}

/* what clock_poll() or clock_look() has returned */
static int check_wait(int r, const char *what, struct err *e)
{
	if (r > 0)
		return 0;
	if (r == -EINTR)
		return err_set(e, ST_FAILED, "interrupted %s", what);
	if (r < 0)
		return err_sys(e, ST_FAILED, -r, "%s", what);
	return err_set(e, ST_UNREACHABLE, "timed out %s", what);
}

static int wait_for(int fd, short events, deadline_t deadline, const char *what, struct err *e)
{
	return check_wait(clock_poll(fd, events, deadline), what, e);
}

static int bind_source(int fd, const struct address *to, const struct settings *from, struct err *e)
{
	struct address a = from->source_address;
	char text[ADDRESS_TEXT_MAX];

	if (from->source_interface[0] &&
	    setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, from->source_interface,
		       (socklen_t)strlen(from->source_interface) + 1))
		return err_sys(e, ST_FAILED, errno, "source-interface=%s", from->source_interface);
	if (!a.len)
		return 0;
	address_host(&a, text);
	if (a.sa.sa_family != to->sa.sa_family)
		return err_set(e, ST_FAILED, "source-address=%s is not of the portal's family", text);
	if (a.sa.sa_family == AF_INET6 && IN6_IS_ADDR_LINKLOCAL(&a.in6.sin6_addr) &&
	    !a.in6.sin6_scope_id)
		a.in6.sin6_scope_id = to->in6.sin6_scope_id;
	if (bind(fd, &a.sa, a.len))
		return err_sys(e, ST_FAILED, errno, "source-address=%s", text);
	return 0;
}

static int finish_connect(int fd, deadline_t deadline, struct err *e)
{
	socklen_t len = sizeof(int);
	int code;

	if (wait_for(fd, POLLOUT, deadline, "connecting", e))
		return -1;
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &code, &len))
		code = errno;
	return code ? err_sys(e, status_of(code), code, "connecting") : 0;
}

int net_connect(const struct address *to, const struct settings *from, deadline_t deadline,
		struct err *e)
{
	int one = 1;
	int fd;

	fd = socket(to->sa.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_TCP);
	if (fd < 0)
		return err_sys(e, status_of(errno), errno, "making a socket");
	if (bind_source(fd, to, from, e))
		goto err_close;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if (!connect(fd, &to->sa, to->len))
		return fd;
	if (errno != EINPROGRESS) {
		err_sys(e, status_of(errno), errno, "connecting");
		goto err_close;
	}
	if (!finish_connect(fd, deadline, e))
		return fd;
err_close:
	close(fd);
	return -1;
}

static void skip(struct iovec **iov, int *count, size_t n)
{
	while (*count && n >= (*iov)->iov_len) {
		n -= (*iov)->iov_len;
		(*iov)++;
		(*count)--;
	}
	if (!*count)
		return;
	(*iov)->iov_base = (char *)(*iov)->iov_base + n;
	(*iov)->iov_len -= n;
}

int net_write(int fd, struct iovec *iov, int count, deadline_t deadline, struct err *e)
{
	while (count) {
		struct msghdr msg = { .msg_iov = iov, .msg_iovlen = (size_t)count };
		ssize_t n = sendmsg(fd, &msg, MSG_NOSIGNAL);

		if (n >= 0) {
			skip(&iov, &count, (size_t)n);
			continue;
		}
		if (errno == EINTR)
			continue;
		if (errno != EAGAIN)
			return err_sys(e, status_of(errno), errno, "sending");
		if (wait_for(fd, POLLOUT, deadline, "sending", e))
			return -1;
	}
	return 0;
}

int net_send(int fd, struct kiscsi_bhs *bhs, const void *data, u32 len, deadline_t deadline,
	     struct err *e)
{
	static const u8 zero[4];
	struct iovec iov[] = {
		{ bhs, sizeof(*bhs) },
		{ (void *)(uintptr_t)data, len },
		{ (void *)(uintptr_t)zero, kiscsi_padding(len) },
	};

	kiscsi_put_dsl(bhs->dsl, len);
	return net_write(fd, iov, ARRAY_SIZE(iov), deadline, e);
}

int net_read(int fd, void *to, size_t len, const char *what, deadline_t deadline, struct err *e)
{
	char *p = to;

	while (len) {
		ssize_t n = recv(fd, p, len, 0);

		if (n > 0) {
			p += n;
			len -= (size_t)n;
			continue;
		}
		if (!n) {
			err_set(e, ST_FAILED, "the other side closed the connection");
			e->code = ECONNRESET;
			return -1;
		}
		if (errno == EINTR)
			continue;
		if (errno != EAGAIN)
			return err_sys(e, status_of(errno), errno, "receiving");
		if (wait_for(fd, POLLIN, deadline, what, e))
			return -1;
	}
	return 0;
}

int net_recv(int fd, struct kiscsi_bhs *bhs, void *data, u32 size, u32 *len, deadline_t deadline,
	     struct err *e)
{
	static const char waiting[] = "waiting for an answer";
	u8 padding[4];

	/* who sends without a pause never lets net_read() come to wait */
	if (check_wait(clock_look(deadline), waiting, e) ||
	    net_read(fd, bhs, sizeof(*bhs), waiting, deadline, e))
		return -1;
	*len = kiscsi_get_dsl(bhs);
	if (bhs->ahs_len)
		return err_set(e, ST_FAILED, "PDU of opcode 0x%02x with an additional header segment",
			       KISCSI_OPCODE(bhs->opcode));
	if (*len > size)
		return err_set(e, ST_FAILED,
			       "PDU of opcode 0x%02x with a data segment of %u bytes, more than the %u allowed",
			       KISCSI_OPCODE(bhs->opcode), *len, size);
	if (net_read(fd, data, *len, "in the middle of a PDU", deadline, e))
		return -1;
	return net_read(fd, padding, kiscsi_padding(*len), "in the middle of a PDU", deadline, e);
}
