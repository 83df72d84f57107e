// SPDX-License-Identifier: GPL-2.0
/*
 * ICMP echo with the don't-fragment bit.
 */
#include <net/if.h>
#include <netinet/icmp6.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ping.h"

#define PACKET_MAX	65535

static bool is_v6(const struct address *a)
{
	return a->sa.sa_family == AF_INET6;
}

/* RFC 1071 */
static u16 checksum(const u8 *data, size_t len)
{
	u32 sum = 0;

	for (size_t i = 0; i < len; i++)
		sum += i % 2 ? data[i] : (u32)data[i] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return cpu_to_be16((u16)~sum);
}

/* an echo request without IP header; both kinds look the same but for the type, and v6 is summed up by the kernel */
static void make_echo(u8 *packet, size_t len, bool v6, u16 id)
{
	struct icmphdr head = {
		.type = v6 ? ICMP6_ECHO_REQUEST : ICMP_ECHO,
		.un.echo = { .id = cpu_to_be16(id), .sequence = cpu_to_be16(1) },
	};

	memset(packet, 0, len);
	memcpy(packet, &head, sizeof(head));
	if (v6)
		return;
	head.checksum = checksum(packet, len);
	memcpy(packet, &head, sizeof(head));
}

/* is what came, with its IP header for v4, the answer? */
static bool is_answer(const u8 *packet, size_t len, bool v6, u16 id)
{
	struct icmphdr head;
	size_t skip = 0;

	if (!v6) {
		if (len < sizeof(struct iphdr))
			return false;
		skip = (size_t)(packet[0] & 15) * 4;
	}
	if (len < skip + sizeof(head))
		return false;
	memcpy(&head, packet + skip, sizeof(head));
	return head.type == (v6 ? ICMP6_ECHO_REPLY : ICMP_ECHOREPLY) &&
	       head.un.echo.id == cpu_to_be16(id);
}

static int await_answer(int fd, bool v6, u16 id, deadline_t deadline, struct err *e)
{
	u8 packet[PACKET_MAX];

	for (;;) {
		int r = clock_poll(fd, POLLIN, deadline);
		ssize_t n;

		if (r <= 0)
			return r ? err_sys(e, ST_FAILED, -r, "waiting for an echo") : 0;
		n = recv(fd, packet, sizeof(packet), MSG_DONTWAIT);
		if (n > 0 && is_answer(packet, (size_t)n, v6, id))
			return 1;
		/* other packets, of which there may be no end */
		if (!clock_left(deadline))
			return 0;
	}
}

static int open_raw(const struct address *to, struct err *e)
{
	struct address a = *to;
	int probe = IP_PMTUDISC_PROBE;
	int probe6 = IPV6_PMTUDISC_PROBE;
	int fd = socket(to->sa.sa_family, SOCK_RAW | SOCK_CLOEXEC, is_v6(to) ? (int)IPPROTO_ICMPV6 :
										 (int)IPPROTO_ICMP);

	if (fd < 0)
		return err_sys(e, ST_FAILED, errno, "a raw socket");
	if (is_v6(to)) {
		a.in6.sin6_port = 0;
		setsockopt(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, &probe6, sizeof(probe6));
	} else {
		setsockopt(fd, IPPROTO_IP, IP_MTU_DISCOVER, &probe, sizeof(probe));
	}
	if (!connect(fd, &a.sa, a.len))
		return fd;
	err_sys(e, ST_UNREACHABLE, errno, "routing");
	close(fd);
	return -1;
}

int ping_size(const struct address *to, unsigned int size, deadline_t deadline, struct err *e)
{
	size_t ip = is_v6(to) ? 40 : sizeof(struct iphdr);
	u16 id = (u16)getpid();
	u8 packet[PACKET_MAX];
	int fd = open_raw(to, e);
	int r;

	if (fd < 0)
		return -1;
	make_echo(packet, size - ip, is_v6(to), id);
	if (send(fd, packet, size - ip, 0) < 0)
		r = err_sys(e, ST_FAILED, errno, "sending an echo request");
	else
		r = await_answer(fd, is_v6(to), id, deadline, e);
	close(fd);
	return r;
}

int ping_mtu(const struct address *to, struct err *e)
{
	socklen_t len = sizeof(int);
	int fd = open_raw(to, e);
	int mtu;

	if (fd < 0)
		return -1;
	if (is_v6(to) ? getsockopt(fd, IPPROTO_IPV6, IPV6_MTU, &mtu, &len) :
			getsockopt(fd, IPPROTO_IP, IP_MTU, &mtu, &len))
		mtu = err_sys(e, ST_FAILED, errno, "the MTU of the way");
	close(fd);
	return mtu;
}
