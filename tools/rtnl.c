// SPDX-License-Identifier: GPL-2.0
/*
 * Requests to rtnetlink, each on a socket of its own: they are few.
 */
#include <libmnl/libmnl.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>

#include "rtnl.h"

/* the longest request, for a VLAN, is a tenth of it */
#define REQUEST_MAX 1024

static struct nlmsghdr *begin(char *buf, u16 type, u16 flags)
{
	struct nlmsghdr *req;

	memset(buf, 0, REQUEST_MAX);
	req = mnl_nlmsg_put_header(buf);
	req->nlmsg_type = type;
	req->nlmsg_flags = (u16)(NLM_F_REQUEST | NLM_F_ACK | flags);
	req->nlmsg_seq = 1;
	return req;
}

/* 0, or errno; what is there already is as good */
static int call_on(struct mnl_socket *sock, const struct nlmsghdr *req)
{
	char answer[8192];
	ssize_t n;

	if (mnl_socket_bind(sock, 0, MNL_SOCKET_AUTOPID) < 0 || mnl_socket_sendto(sock, req, req->nlmsg_len) < 0)
		return errno;
	n = mnl_socket_recvfrom(sock, answer, sizeof(answer));
	if (n >= 0)
		n = mnl_cb_run(answer, (size_t)n, req->nlmsg_seq, mnl_socket_get_portid(sock), NULL, NULL);
	return n >= 0 || errno == EEXIST ? 0 : errno;
}

static int call(const struct nlmsghdr *req, const char *what, struct err *e)
{
	struct mnl_socket *sock = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	int code;

	if (!sock)
		return err_sys(e, ST_FAILED, errno, "%s", what);
	code = call_on(sock, req);
	mnl_socket_close(sock);
	return code ? err_sys(e, ST_FAILED, code, "%s", what) : 0;
}

int rtnl_link_up(unsigned int index, struct err *e)
{
	char buf[REQUEST_MAX];
	struct nlmsghdr *req = begin(buf, RTM_NEWLINK, 0);
	struct ifinfomsg *ifi = mnl_nlmsg_put_extra_header(req, sizeof(*ifi));

	ifi->ifi_index = (int)index;
	ifi->ifi_flags = IFF_UP;
	ifi->ifi_change = IFF_UP;
	return call(req, "bringing the link up", e);
}

int rtnl_vlan_add(unsigned int link, const char *name, u16 id, struct err *e)
{
	char buf[REQUEST_MAX];
	struct nlmsghdr *req = begin(buf, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL);
	struct nlattr *info, *data;

	mnl_nlmsg_put_extra_header(req, sizeof(struct ifinfomsg));
	mnl_attr_put_u32(req, IFLA_LINK, link);
	mnl_attr_put_strz(req, IFLA_IFNAME, name);
	info = mnl_attr_nest_start(req, IFLA_LINKINFO);
	mnl_attr_put_str(req, IFLA_INFO_KIND, "vlan");
	data = mnl_attr_nest_start(req, IFLA_INFO_DATA);
	mnl_attr_put_u16(req, IFLA_VLAN_ID, id);
	mnl_attr_nest_end(req, data);
	mnl_attr_nest_end(req, info);
	return call(req, "making the VLAN", e);
}

static void put_address(struct nlmsghdr *req, u16 type, const struct address *a)
{
	if (a->sa.sa_family == AF_INET6)
		mnl_attr_put(req, type, sizeof(a->in6.sin6_addr), &a->in6.sin6_addr);
	else
		mnl_attr_put(req, type, sizeof(a->in.sin_addr), &a->in.sin_addr);
}

int rtnl_address_add(unsigned int index, const struct address *a, unsigned int prefix, struct err *e)
{
	char buf[REQUEST_MAX];
	struct nlmsghdr *req = begin(buf, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL);
	struct ifaddrmsg *ifa = mnl_nlmsg_put_extra_header(req, sizeof(*ifa));

	ifa->ifa_family = (unsigned char)a->sa.sa_family;
	ifa->ifa_prefixlen = (unsigned char)prefix;
	ifa->ifa_index = index;
	/* nobody else has it: the firmware has just been talking with it */
	ifa->ifa_flags = a->sa.sa_family == AF_INET6 ? IFA_F_NODAD : 0;
	put_address(req, IFA_LOCAL, a);
	put_address(req, IFA_ADDRESS, a);
	return call(req, "giving it its address", e);
}

int rtnl_route_add(unsigned int index, const struct address *gateway, struct err *e)
{
	char buf[REQUEST_MAX];
	struct nlmsghdr *req = begin(buf, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL);
	struct rtmsg *rt = mnl_nlmsg_put_extra_header(req, sizeof(*rt));

	rt->rtm_family = (unsigned char)gateway->sa.sa_family;
	rt->rtm_table = RT_TABLE_MAIN;
	rt->rtm_protocol = RTPROT_BOOT;
	rt->rtm_scope = RT_SCOPE_UNIVERSE;
	rt->rtm_type = RTN_UNICAST;
	put_address(req, RTA_GATEWAY, gateway);
	mnl_attr_put_u32(req, RTA_OIF, index);
	return call(req, "its default route", e);
}
