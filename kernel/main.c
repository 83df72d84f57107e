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
struct workqueue_struct *kiscsi_ctl_wq;

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

static int __init kiscsi_init(void)
{
	int ret = hold_reserve();

	if (ret)
		return ret;
	ret = -ENOMEM;
	kiscsi_io_wq = alloc_workqueue("kiscsi_io", WQ_MEM_RECLAIM | WQ_HIGHPRI, 0);
	if (!kiscsi_io_wq)
		goto drop_reserve;
	kiscsi_recovery_wq = alloc_workqueue("kiscsi_recovery", WQ_MEM_RECLAIM | WQ_UNBOUND, 0);
	if (!kiscsi_recovery_wq)
		goto destroy_io_wq;
	kiscsi_ctl_wq = alloc_workqueue("kiscsi_ctl", WQ_UNBOUND, 0);
	if (!kiscsi_ctl_wq)
		goto destroy_recovery_wq;
	ret = kiscsi_class_init();
	if (ret)
		goto destroy_ctl_wq;
	ret = kiscsi_netlink_init();
	if (ret)
		goto exit_class;
	register_reboot_notifier(&shutdown_notifier);
	return 0;

exit_class:
	kiscsi_class_exit();
destroy_ctl_wq:
	destroy_workqueue(kiscsi_ctl_wq);
destroy_recovery_wq:
	destroy_workqueue(kiscsi_recovery_wq);
destroy_io_wq:
	destroy_workqueue(kiscsi_io_wq);
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
	destroy_workqueue(kiscsi_ctl_wq);
	kiscsi_class_exit();
	destroy_workqueue(kiscsi_recovery_wq);
	destroy_workqueue(kiscsi_io_wq);
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
