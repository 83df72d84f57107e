// SPDX-License-Identifier: GPL-2.0
/*
 * Bringing interfaces up, where there is hardly anything to do it with.
 */
#include <arpa/inet.h>
#include <dirent.h>
#include <ifaddrs.h>
#include <sys/stat.h>
#include <unistd.h>

#include "nic.h"
#include "process.h"
#include "rtnl.h"
#include "sysfs.h"

#define NET_CLASS	"/sys/class/net"
#define RESOLV_CONF	"/etc/resolv.conf"
/* for DHCP to answer */
#define DHCP_SECONDS	"30"
#define DHCP_MS		35000

/* the clients an initramfs may have; the interface's name comes last */
static const char *const clients[][8] = {
	{ "/usr/bin/ipconfig", "-c", "dhcp", "-t", DHCP_SECONDS, "-d", NULL },
	{ "/bin/ipconfig", "-c", "dhcp", "-t", DHCP_SECONDS, "-d", NULL },
	{ "/sbin/dhclient", "-4", "-1", "-q", NULL },
};

/* ---- finding ----------------------------------------------------------------------------------- */

static bool has_mac(const char *name, const u8 mac[6])
{
	char path[PATH_MAX], text[64], wanted[18];

	/* a VLAN or bridge has the address of what it is on */
	snprintf(path, sizeof(path), NET_CLASS "/%s/device", name);
	if (access(path, F_OK) || sysfs_read(text, sizeof(text), NET_CLASS "/%s/address", name))
		return false;
	snprintf(wanted, sizeof(wanted), "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3], mac[4],
		 mac[5]);
	return !strcasecmp(text, wanted);
}

int nic_find(const u8 mac[6], char name[IF_NAMESIZE])
{
	DIR *dir = opendir(NET_CLASS);
	struct dirent *d;
	int r = -1;

	while (dir && r && (d = readdir(dir))) {
		if (strlen(d->d_name) >= IF_NAMESIZE || !has_mac(d->d_name, mac))
			continue;
		strcpy(name, d->d_name);
		r = 0;
	}
	if (dir)
		closedir(dir);
	return r;
}

const char *nic_zone(void *arg, unsigned int index)
{
	static char name[IF_NAMESIZE];
	const struct ibft_nics *nics = arg;

	for (unsigned int i = 0; i < nics->count; i++) {
		if (nics->v[i].index == index && !nic_find(nics->v[i].mac, name))
			return name;
	}
	return NULL;
}

static bool reaches_far(const struct sockaddr *sa)
{
	const struct sockaddr_in6 *in6 = (const void *)sa;

	return sa && (sa->sa_family == AF_INET ||
		      (sa->sa_family == AF_INET6 && !IN6_IS_ADDR_LINKLOCAL(&in6->sin6_addr)));
}

bool nic_has_address(const char *name)
{
	struct ifaddrs *list, *i;
	bool found = false;

	if (getifaddrs(&list))
		return false;
	for (i = list; i && !found; i = i->ifa_next)
		found = !(i->ifa_flags & IFF_LOOPBACK) && reaches_far(i->ifa_addr) &&
			(!name || !strcmp(i->ifa_name, name));
	freeifaddrs(list);
	return found;
}

static bool is_address(const struct sockaddr *sa, const struct address *a)
{
	if (!sa || sa->sa_family != a->sa.sa_family)
		return false;
	if (sa->sa_family == AF_INET6)
		return IN6_ARE_ADDR_EQUAL(&((const struct sockaddr_in6 *)(const void *)sa)->sin6_addr, &a->in6.sin6_addr);
	return ((const struct sockaddr_in *)(const void *)sa)->sin_addr.s_addr == a->in.sin_addr.s_addr;
}

int nic_of_address(const struct address *a, char name[IF_NAMESIZE])
{
	struct ifaddrs *list, *i;

	if (getifaddrs(&list))
		return -1;
	for (i = list; i && !is_address(i->ifa_addr, a); i = i->ifa_next)
		;
	if (i)
		snprintf(name, IF_NAMESIZE, "%s", i->ifa_name);
	freeifaddrs(list);
	return i ? 0 : -1;
}

/* ---- DHCP -------------------------------------------------------------------------------------- */

static void run_client(const char *const *client, const char *name)
{
	char *argv[10];
	int n = 0;

	for (; client[n]; n++)
		argv[n] = (char *)(uintptr_t)client[n];
	argv[n++] = (char *)(uintptr_t)name;
	argv[n] = NULL;
	/* what we print there is read by scripts */
	dup2(STDERR_FILENO, STDOUT_FILENO);
	execv(argv[0], argv);
	_exit(127);
}

static bool wait_client(pid_t pid, deadline_t deadline)
{
	int r = process_wait(pid, deadline);

	if (r == PROCESS_RUNS)
		process_end(pid);
	return !r;
}

static bool ask_dhcp(const char *name, deadline_t deadline)
{
	for (size_t i = 0; i < ARRAY_SIZE(clients); i++) {
		pid_t pid;

		if (access(clients[i][0], X_OK))
			continue;
		pid = fork();
		if (!pid)
			run_client(clients[i], name);
		return pid > 0 && wait_client(pid, clock_first(deadline, clock_in(DHCP_MS)));
	}
	return false;
}

/* ---- what the firmware had --------------------------------------------------------------------- */

static void write_resolv_conf(const struct ibft_nic *nic)
{
	char text[ADDRESS_TEXT_MAX];
	struct stat st;
	FILE *f;

	if (!nic->dns[0].len || (!stat(RESOLV_CONF, &st) && st.st_size))
		return;
	f = fopen(RESOLV_CONF, "we");
	for (size_t i = 0; f && i < ARRAY_SIZE(nic->dns); i++) {
		if (nic->dns[i].len)
			fprintf(f, "nameserver %s\n", address_host(&nic->dns[i], text));
	}
	if (f)
		fclose(f);
}

static int set_up(const struct ibft_nic *nic, unsigned int index, struct err *e)
{
	if (rtnl_address_add(index, &nic->address, nic->prefix, e))
		return -1;
	if (nic->gateway.len && rtnl_route_add(index, &nic->gateway, e))
		return -1;
	write_resolv_conf(nic);
	return 0;
}

/* the interface that gets the address, in @name: the VLAN if there is one */
static int link_up(const struct ibft_nic *nic, char name[IF_NAMESIZE], unsigned int *index, struct err *e)
{
	char vlan[IF_NAMESIZE + 8];

	*index = if_nametoindex(name);
	if (rtnl_link_up(*index, e))
		return err_where(e, "%s", name);
	if (!nic->vlan)
		return 0;
	snprintf(vlan, sizeof(vlan), "%s.%u", name, nic->vlan);
	if (strlen(vlan) >= IF_NAMESIZE)
		snprintf(vlan, sizeof(vlan), "vlan%u", nic->vlan);
	if (rtnl_vlan_add(*index, vlan, nic->vlan, e))
		return err_where(e, "%s", name);
	strcpy(name, vlan);
	*index = if_nametoindex(name);
	return rtnl_link_up(*index, e) ? err_where(e, "%s", name) : 0;
}

int nic_up(const struct ibft_nic *nic, deadline_t deadline, struct err *e)
{
	char name[IF_NAMESIZE];
	unsigned int index;

	if (nic_find(nic->mac, name))
		return err_set(e, ST_FAILED,
			       "firmware table, ethernet%u: no network interface has the address %02x:%02x:%02x:%02x:%02x:%02x: is its driver in the initramfs?",
			       nic->index, nic->mac[0], nic->mac[1], nic->mac[2], nic->mac[3], nic->mac[4], nic->mac[5]);
	if (!nic->vlan && nic_has_address(name))
		return 0;
	if (link_up(nic, name, &index, e))
		return -1;
	if (nic_has_address(name) || (nic->dhcp && ask_dhcp(name, deadline)))
		return 0;
	if (!nic->address.len)
		return err_set(e, ST_FAILED, "%s: the firmware table has no address for it%s", name,
			       nic->dhcp ? ", and DHCP gave none" : "");
	return set_up(nic, index, e) ? err_where(e, "%s", name) : 0;
}
