// SPDX-License-Identifier: GPL-2.0
/*
 * The iSCSI transport class: what udev, lsscsi, multipath-tools and the rest read in sysfs.
 *
 * Control is not through it. Root can reach every callback by NETLINK_ISCSI all the same, with our
 * sessions and connections: those that would change something refuse, and none looks at a connection
 * of ours unless sysfs itself keeps it alive. What the class does without a callback is its own:
 * UNBIND_SESSION takes the disks away and the target's number, and only a new login has them again;
 * SET_PARAM sets recovery_tmo until somebody has written it in sysfs; STOP_CONN changes the state that
 * is shown of a connection. Nothing here relies on any of them.
 */
#include <linux/ctype.h>
#include <linux/module.h>

#include "kiscsi.h"

struct scsi_transport_template *kiscsi_transport_template;
struct device *kiscsi_root;

static struct kiscsi_session *cls_to_session(struct iscsi_cls_session *cls)
{
	return shost_priv(iscsi_session_to_shost(cls));
}

static struct kiscsi_conn *cls_to_conn(struct iscsi_cls_conn *cls)
{
	return *(struct kiscsi_conn **)cls->dd_data;
}

static umode_t attr_is_visible(int type, int param)
{
	switch (type) {
	case ISCSI_HOST_PARAM:
		switch (param) {
		case ISCSI_HOST_PARAM_INITIATOR_NAME:
		case ISCSI_HOST_PARAM_IPADDRESS:
			return 0444;
		}
		return 0;
	case ISCSI_PARAM:
		switch (param) {
		case ISCSI_PARAM_TARGET_NAME:
		case ISCSI_PARAM_TARGET_ALIAS:
		case ISCSI_PARAM_INITIATOR_NAME:
		case ISCSI_PARAM_TPGT:
		case ISCSI_PARAM_ISID:
		case ISCSI_PARAM_TSID:
		case ISCSI_PARAM_IFACE_NAME:
		case ISCSI_PARAM_INITIAL_R2T_EN:
		case ISCSI_PARAM_IMM_DATA_EN:
		case ISCSI_PARAM_FIRST_BURST:
		case ISCSI_PARAM_MAX_BURST:
		case ISCSI_PARAM_MAX_R2T:
		case ISCSI_PARAM_PDU_INORDER_EN:
		case ISCSI_PARAM_DATASEQ_INORDER_EN:
		case ISCSI_PARAM_ERL:
		case ISCSI_PARAM_FAST_ABORT:
		case ISCSI_PARAM_ABORT_TMO:
		case ISCSI_PARAM_LU_RESET_TMO:
		case ISCSI_PARAM_TGT_RESET_TMO:
		case ISCSI_PARAM_DEF_TIME2WAIT:
		case ISCSI_PARAM_DEF_TIME2RETAIN:
		case ISCSI_PARAM_MAX_RECV_DLENGTH:
		case ISCSI_PARAM_MAX_XMIT_DLENGTH:
		case ISCSI_PARAM_HDRDGST_EN:
		case ISCSI_PARAM_DATADGST_EN:
		case ISCSI_PARAM_EXP_STATSN:
		case ISCSI_PARAM_PING_TMO:
		case ISCSI_PARAM_RECV_TMO:
		case ISCSI_PARAM_CONN_ADDRESS:
		case ISCSI_PARAM_CONN_PORT:
		case ISCSI_PARAM_PERSISTENT_ADDRESS:
		case ISCSI_PARAM_PERSISTENT_PORT:
		case ISCSI_PARAM_LOCAL_IPADDR:
		case ISCSI_PARAM_LOCAL_PORT:
			return 0444;
		}
		return 0;
	}
	return 0;
}

static int show_address(const struct sockaddr_storage *ss, char *buf)
{
	if (ss->ss_family == AF_INET)
		return sysfs_emit(buf, "%pI4\n", &((const struct sockaddr_in *)ss)->sin_addr);
	if (ss->ss_family == AF_INET6)
		return sysfs_emit(buf, "%pI6c\n", &((const struct sockaddr_in6 *)ss)->sin6_addr);
	return -ENODATA;
}

static int show_port(const struct sockaddr_storage *ss, char *buf)
{
	/* the port stands at the same place in both families */
	return sysfs_emit(buf, "%u\n", ntohs(((const struct sockaddr_in *)ss)->sin_port));
}

static int get_conn_param(struct iscsi_cls_conn *cls, enum iscsi_param param, char *buf)
{
	const struct kiscsi_conn *conn = cls_to_conn(cls);
	const struct kiscsi_session *session = conn->session;

	switch (param) {
	case ISCSI_PARAM_MAX_RECV_DLENGTH:
		return sysfs_emit(buf, "%u\n", conn->max_recv_dsl);
	case ISCSI_PARAM_MAX_XMIT_DLENGTH:
		return sysfs_emit(buf, "%u\n", conn->max_xmit_dsl);
	case ISCSI_PARAM_HDRDGST_EN:
		return sysfs_emit(buf, "%d\n", conn->header_digest);
	case ISCSI_PARAM_DATADGST_EN:
		return sysfs_emit(buf, "%d\n", conn->data_digest);
	case ISCSI_PARAM_EXP_STATSN:
		return sysfs_emit(buf, "%u\n", READ_ONCE(conn->exp_statsn));
	case ISCSI_PARAM_PING_TMO:
		return sysfs_emit(buf, "%u\n", READ_ONCE(session->timers.nop_timeout));
	case ISCSI_PARAM_RECV_TMO:
		return sysfs_emit(buf, "%u\n", READ_ONCE(session->timers.nop_interval));
	case ISCSI_PARAM_CONN_ADDRESS:
		return show_address(&conn->peer, buf);
	case ISCSI_PARAM_CONN_PORT:
		return show_port(&conn->peer, buf);
	case ISCSI_PARAM_PERSISTENT_ADDRESS:
		return show_address(&session->id->portals[0], buf);
	case ISCSI_PARAM_PERSISTENT_PORT:
		return show_port(&session->id->portals[0], buf);
	case ISCSI_PARAM_LOCAL_IPADDR:
		return show_address(&conn->local, buf);
	case ISCSI_PARAM_LOCAL_PORT:
		return show_port(&conn->local, buf);
	default:
		return -ENODATA;
	}
}

static int get_session_param(struct iscsi_cls_session *cls, enum iscsi_param param, char *buf)
{
	const struct kiscsi_session *session = cls_to_session(cls);
	const struct kiscsi_params *params = &session->params;
	const struct kiscsi_identity *id = session->id;

	switch (param) {
	case ISCSI_PARAM_TARGET_NAME:
		return sysfs_emit(buf, "%s\n", id->target_name);
	case ISCSI_PARAM_TARGET_ALIAS:
		return sysfs_emit(buf, "%s\n", id->target_alias);
	case ISCSI_PARAM_INITIATOR_NAME:
		return sysfs_emit(buf, "%s\n", id->initiator_name);
	case ISCSI_PARAM_TPGT:
		return sysfs_emit(buf, "%u\n", id->tpgt);
	case ISCSI_PARAM_ISID:
		return sysfs_emit(buf, "%6phN\n", id->isid);
	case ISCSI_PARAM_TSID:
		return sysfs_emit(buf, "%u\n", id->tsih);
	case ISCSI_PARAM_IFACE_NAME:
		return sysfs_emit(buf, "%s\n", id->source_interface);
	case ISCSI_PARAM_INITIAL_R2T_EN:
		return sysfs_emit(buf, "%d\n", params->initial_r2t);
	case ISCSI_PARAM_IMM_DATA_EN:
		return sysfs_emit(buf, "%d\n", params->immediate_data);
	case ISCSI_PARAM_FIRST_BURST:
		return sysfs_emit(buf, "%u\n", params->first_burst_length);
	case ISCSI_PARAM_MAX_BURST:
		return sysfs_emit(buf, "%u\n", params->max_burst_length);
	case ISCSI_PARAM_MAX_R2T:
		return sysfs_emit(buf, "%u\n", params->max_outstanding_r2t);
	case ISCSI_PARAM_PDU_INORDER_EN:
	case ISCSI_PARAM_DATASEQ_INORDER_EN:
		return sysfs_emit(buf, "1\n");
	case ISCSI_PARAM_ERL:
		return sysfs_emit(buf, "%u\n", params->error_recovery_level);
	case ISCSI_PARAM_FAST_ABORT:
		return sysfs_emit(buf, "0\n");
	case ISCSI_PARAM_ABORT_TMO:
		return sysfs_emit(buf, "%u\n", READ_ONCE(session->timers.abort_timeout));
	case ISCSI_PARAM_LU_RESET_TMO:
		return sysfs_emit(buf, "%u\n", READ_ONCE(session->timers.lun_reset_timeout));
	case ISCSI_PARAM_TGT_RESET_TMO:
		return sysfs_emit(buf, "%u\n", READ_ONCE(session->timers.target_reset_timeout));
	case ISCSI_PARAM_DEF_TIME2WAIT:
		return sysfs_emit(buf, "%u\n", params->time2wait);
	case ISCSI_PARAM_DEF_TIME2RETAIN:
		return sysfs_emit(buf, "%u\n", params->time2retain);
	default:
		return -ENODATA;
	}
}

static int get_host_param(struct Scsi_Host *shost, enum iscsi_host_param param, char *buf)
{
	const struct kiscsi_session *session = shost_priv(shost);

	switch (param) {
	case ISCSI_HOST_PARAM_INITIATOR_NAME:
		return sysfs_emit(buf, "%s\n", session->id->initiator_name);
	case ISCSI_HOST_PARAM_IPADDRESS:
		return show_address(&session->conns[0]->local, buf);
	default:
		return -ENODATA;
	}
}

/*
 * ---- what NETLINK_ISCSI would do: no ----
 */

static struct iscsi_cls_session *refuse_create_session(struct iscsi_endpoint *ep, u16 cmds_max,
						       u16 depth, u32 sn)
{
	return NULL;
}

static void refuse_destroy_session(struct iscsi_cls_session *cls)
{
}

static struct iscsi_cls_conn *refuse_create_conn(struct iscsi_cls_session *cls, u32 cid)
{
	return NULL;
}

static int refuse_bind_conn(struct iscsi_cls_session *session, struct iscsi_cls_conn *conn,
			    u64 handle, int leading)
{
	return -EPERM;
}

static int refuse_start_conn(struct iscsi_cls_conn *cls)
{
	return -EPERM;
}

static void refuse_stop_conn(struct iscsi_cls_conn *cls, int flag)
{
}

static void refuse_destroy_conn(struct iscsi_cls_conn *cls)
{
}

static int refuse_set_param(struct iscsi_cls_conn *cls, enum iscsi_param param, char *buf, int len)
{
	return -EPERM;
}

static int refuse_set_host_param(struct Scsi_Host *shost, enum iscsi_host_param param, char *buf,
				 int len)
{
	return -EPERM;
}

static int refuse_send_pdu(struct iscsi_cls_conn *cls, struct iscsi_hdr *hdr, char *data, u32 len)
{
	return -EPERM;
}

static void no_stats(struct iscsi_cls_conn *cls, struct iscsi_stats *stats)
{
	stats->custom_length = 0;
}

struct iscsi_transport kiscsi_transport = {
	.owner = THIS_MODULE,
	/* after "tcp": iscsiadm walks the names in order and stops at one it does not know */
	.name = "tcp_kiscsi",
	.caps = CAP_RECOVERY_L0 | CAP_MULTI_R2T | CAP_HDRDGST | CAP_DATADGST,
	.create_session = refuse_create_session,
	.destroy_session = refuse_destroy_session,
	.create_conn = refuse_create_conn,
	.bind_conn = refuse_bind_conn,
	.start_conn = refuse_start_conn,
	.stop_conn = refuse_stop_conn,
	.destroy_conn = refuse_destroy_conn,
	.set_param = refuse_set_param,
	.set_host_param = refuse_set_host_param,
	.send_pdu = refuse_send_pdu,
	.get_stats = no_stats,
	.session_recovery_timedout = kiscsi_recovery_timed_out,
	.attr_is_visible = attr_is_visible,
	.get_conn_param = get_conn_param,
	.get_session_param = get_session_param,
	.get_host_param = get_host_param,
};

static int is_of_class(struct device *dev, void *name)
{
	return dev->class && !strcmp(dev->class->name, name);
}

/*
 * The device that stands for @dev in a transport class. When it cannot be allocated, the driver core says so in
 * the log and goes on, and scsi_transport_iscsi's part of @dev is not there or, the host's, not initialized.
 */
static bool has_class_device(struct device *dev, const char *name)
{
	return device_for_each_child(dev, (void *)name, is_of_class);
}

/**
 * kiscsi_class_check_host() - is the session's host whole?
 * @session: scsi_add_host() has been called
 *
 * Return: 0, or -ENOMEM: it must be removed, and nothing else done with it.
 */
int kiscsi_class_check_host(struct kiscsi_session *session)
{
	return has_class_device(&session->shost->shost_gendev, "iscsi_host") ? 0 : -ENOMEM;
}

/** kiscsi_class_add_session() - sessionN below the host; sets session->cls and ->sid */
int kiscsi_class_add_session(struct kiscsi_session *session)
{
	struct iscsi_cls_session *cls = iscsi_alloc_session(session->shost, &kiscsi_transport, 0);
	int ret;

	if (!cls)
		return -ENOMEM;
	cls->recovery_tmo = session->timers.recovery_tmo;
	ret = iscsi_add_session(cls, 0);
	if (!ret && !has_class_device(&cls->dev, "iscsi_session")) {
		iscsi_remove_session(cls);
		ret = -ENOMEM;
	}
	if (ret) {
		iscsi_free_session(cls);
		return ret;
	}
	session->cls = cls;
	session->sid = cls->sid;
	return 0;
}

/** kiscsi_class_remove_session() - the reverse; removes the disks if they are still there */
void kiscsi_class_remove_session(struct kiscsi_session *session)
{
	if (!session->cls)
		return;
	iscsi_remove_session(session->cls);
	iscsi_free_session(session->cls);
	session->cls = NULL;
}

/** kiscsi_class_add_conn() - connectionN:C below the session */
int kiscsi_class_add_conn(struct kiscsi_conn *conn)
{
	struct iscsi_cls_conn *cls;
	int ret;

	cls = iscsi_alloc_conn(conn->session->cls, sizeof(conn), conn->index);
	if (!cls)
		return -ENOMEM;
	*(struct kiscsi_conn **)cls->dd_data = conn;
	ret = iscsi_add_conn(cls);
	if (!ret && !has_class_device(&cls->dev, "iscsi_connection")) {
		iscsi_remove_conn(cls);
		ret = -ENOMEM;
	}
	if (ret) {
		iscsi_put_conn(cls);
		return ret;
	}
	conn->cls = cls;
	return 0;
}

/** kiscsi_class_remove_conn() - the reverse; sysfs does not look at @conn any more afterwards */
void kiscsi_class_remove_conn(struct kiscsi_conn *conn)
{
	if (!conn || !conn->cls)
		return;
	iscsi_remove_conn(conn->cls);
	iscsi_put_conn(conn->cls);
	conn->cls = NULL;
}

/** kiscsi_class_init() - register with scsi_transport_iscsi; /sys/devices/kiscsi, under which our hosts are */
int kiscsi_class_init(void)
{
	kiscsi_root = root_device_register("kiscsi");
	if (IS_ERR(kiscsi_root))
		return PTR_ERR(kiscsi_root);
	kiscsi_transport_template = iscsi_register_transport(&kiscsi_transport);
	if (kiscsi_transport_template)
		return 0;
	root_device_unregister(kiscsi_root);
	return -ENODEV;
}

/** kiscsi_class_exit() - the reverse */
void kiscsi_class_exit(void)
{
	iscsi_unregister_transport(&kiscsi_transport);
	root_device_unregister(kiscsi_root);
}
