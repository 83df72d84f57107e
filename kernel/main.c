// SPDX-License-Identifier: GPL-2.0
/*
 * kiscsi: an iSCSI initiator. Loading and unloading the module.
 */
#include <linux/module.h>
#include <linux/reboot.h>
#include <net/genetlink.h>

#include "kiscsi.h"
#include "version.h"

#define CREATE_TRACE_POINTS
#include "trace.h"

struct workqueue_struct *kiscsi_io_wq;
struct workqueue_struct *kiscsi_recovery_wq;
struct workqueue_struct *kiscsi_login_wq;
struct workqueue_struct *kiscsi_scan_wq;
struct workqueue_struct *kiscsi_logout_wq;

/*
 * What may take long has a queue of its own, with as many at a time as there can be: a thousand sessions each have one
 * of a kind, and a queue that is full of those that wait lets nobody else in.
 */
static const struct {
	struct workqueue_struct **wq;
	const char *name;
	unsigned int flags;
	int max_active;
} queues[] = {
	{ &kiscsi_io_wq, "kiscsi_io", WQ_MEM_RECLAIM | WQ_HIGHPRI, 0 },
	{ &kiscsi_recovery_wq, "kiscsi_recovery", WQ_MEM_RECLAIM | WQ_UNBOUND, 0 },
	{ &kiscsi_login_wq, "kiscsi_login", WQ_MEM_RECLAIM | WQ_UNBOUND, WQ_MAX_ACTIVE },
	{ &kiscsi_scan_wq, "kiscsi_scan", WQ_UNBOUND, WQ_MAX_ACTIVE },
	{ &kiscsi_logout_wq, "kiscsi_logout", WQ_UNBOUND, WQ_MAX_ACTIVE },
};

/*
 * While this socket is there, the network's static key for the memory reserves stays on. Without it each
 * connection that is lost or comes back patches the kernel's code, every CPU interrupted, in recovery.
 */
static struct socket *reserve;

static int __init hold_reserve(void)
{
	int ret = sock_create_kern(&init_net, PF_INET, SOCK_DGRAM, IPPROTO_UDP, &reserve);

	if (!ret)
		sk_set_memalloc(reserve->sk);
	return ret;
}

static void drop_reserve(void)
{
	sk_clear_memalloc(reserve->sk);
	sock_release(reserve);
}

/* the disks' caches are flushed after this: see kiscsi_sessions_shutdown() */
static int shutdown(struct notifier_block *nb, unsigned long action, void *data)
{
	kiscsi_sessions_shutdown();
	return NOTIFY_DONE;
}

static struct notifier_block shutdown_notifier = { .notifier_call = shutdown };

/* the last first: a logout ends works of the others */
static void destroy_queues(unsigned int count)
{
	while (count--)
		destroy_workqueue(*queues[count].wq);
}

static int __init make_queues(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(queues); i++) {
		*queues[i].wq = alloc_workqueue("%s", queues[i].flags, queues[i].max_active, queues[i].name);
		if (!*queues[i].wq) {
			destroy_queues(i);
			return -ENOMEM;
		}
	}
	return 0;
}

static int __init kiscsi_init(void)
{
	int ret = hold_reserve();

	if (ret)
		return ret;
	ret = make_queues();
	if (ret)
		goto drop_reserve;
	ret = kiscsi_class_init();
	if (ret)
		goto destroy_queues;
	ret = kiscsi_netlink_init();
	if (ret)
		goto exit_class;
	register_reboot_notifier(&shutdown_notifier);
	return 0;

exit_class:
	kiscsi_class_exit();
destroy_queues:
	destroy_queues(ARRAY_SIZE(queues));
drop_reserve:
	drop_reserve();
	return ret;
}

/*
 * Every live session holds a reference to the module, so there is none here. The work that ended the
 * last one may still be in its last instructions: destroying its workqueue waits for that.
 */
static void __exit kiscsi_exit(void)
{
	unregister_reboot_notifier(&shutdown_notifier);
	kiscsi_netlink_exit();
	destroy_queues(ARRAY_SIZE(queues));
	kiscsi_class_exit();
	drop_reserve();
}

module_init(kiscsi_init);
module_exit(kiscsi_exit);

MODULE_DESCRIPTION("iSCSI initiator without a daemon");
MODULE_AUTHOR("The kiscsi project");
MODULE_LICENSE("GPL");
MODULE_VERSION(KISCSI_VERSION);
MODULE_ALIAS_GENL_FAMILY(KISCSI_GENL_NAME);
MODULE_SOFTDEP("pre: crc32c");
