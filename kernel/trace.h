/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Trace points: PDUs as they begin to go out and when they have come in whole, and changes of state.
 *
 *   echo 1 >/sys/kernel/tracing/events/kiscsi/enable; cat /sys/kernel/tracing/trace_pipe
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM kiscsi

#if !defined(KISCSI_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define KISCSI_TRACE_H

#include <linux/tracepoint.h>

#include "kiscsi.h"

#define show_opcode(opcode)				\
	__print_symbolic(opcode,			\
		{ KISCSI_OP_NOP_OUT,	"NOP-Out" },	\
		{ KISCSI_OP_SCSI_CMD,	"SCSI Command" }, \
		{ KISCSI_OP_TMF,	"Task Management" }, \
		{ KISCSI_OP_DATA_OUT,	"Data-Out" },	\
		{ KISCSI_OP_LOGOUT,	"Logout" },	\
		{ KISCSI_OP_NOP_IN,	"NOP-In" },	\
		{ KISCSI_OP_SCSI_RSP,	"SCSI Response" }, \
		{ KISCSI_OP_TMF_RSP,	"Task Management Response" }, \
		{ KISCSI_OP_DATA_IN,	"Data-In" },	\
		{ KISCSI_OP_LOGOUT_RSP,	"Logout Response" }, \
		{ KISCSI_OP_R2T,	"R2T" },	\
		{ KISCSI_OP_ASYNC,	"Async Message" }, \
		{ KISCSI_OP_REJECT,	"Reject" })

/* @bhs: the header; its words 6 to 9 are CmdSN, StatSN and the like, as the opcode has them */
DECLARE_EVENT_CLASS(kiscsi_pdu,
	TP_PROTO(const struct kiscsi_conn *conn, const struct kiscsi_bhs *bhs),
	TP_ARGS(conn, bhs),
	TP_STRUCT__entry(
		__field(u32, sid)
		__field(u16, cid)
		__field(u8, opcode)
		__field(u8, flags)
		__field(u32, len)
		__field(u32, itt)
		__field(u32, sn)
	),
	TP_fast_assign(
		__entry->sid = conn->session->sid;
		__entry->cid = conn->cid;
		__entry->opcode = KISCSI_OPCODE(bhs->opcode);
		__entry->flags = bhs->flags;
		__entry->len = kiscsi_get_dsl(bhs);
		__entry->itt = be32_to_cpu(bhs->itt);
		__entry->sn = be32_to_cpu(bhs->fields[1]);
	),
	TP_printk("session %u connection %u %s flags 0x%02x itt 0x%08x sn %u len %u", __entry->sid,
		  __entry->cid, show_opcode(__entry->opcode), __entry->flags, __entry->itt,
		  __entry->sn, __entry->len)
);

DEFINE_EVENT(kiscsi_pdu, kiscsi_pdu_sent,
	TP_PROTO(const struct kiscsi_conn *conn, const struct kiscsi_bhs *bhs),
	TP_ARGS(conn, bhs)
);

DEFINE_EVENT(kiscsi_pdu, kiscsi_pdu_received,
	TP_PROTO(const struct kiscsi_conn *conn, const struct kiscsi_bhs *bhs),
	TP_ARGS(conn, bhs)
);

TRACE_EVENT(kiscsi_session_state,
	TP_PROTO(const struct kiscsi_session *session, enum kiscsi_session_state to),
	TP_ARGS(session, to),
	TP_STRUCT__entry(
		__field(u32, sid)
		__field(enum kiscsi_session_state, to)
	),
	TP_fast_assign(
		__entry->sid = session->sid;
		__entry->to = to;
	),
	TP_printk("session %u %s", __entry->sid,
		__print_symbolic(__entry->to,
			{ KISCSI_SESSION_NEW,		"new" },
			{ KISCSI_SESSION_UP,		"up" },
			{ KISCSI_SESSION_RECOVERING,	"recovering" },
			{ KISCSI_SESSION_LOST,		"lost" },
			{ KISCSI_SESSION_LOGOUT,	"logging out" },
			{ KISCSI_SESSION_GONE,		"gone" }))
);

TRACE_EVENT(kiscsi_conn_state,
	TP_PROTO(const struct kiscsi_conn *conn, enum kiscsi_conn_state to),
	TP_ARGS(conn, to),
	TP_STRUCT__entry(
		__field(u32, sid)
		__field(u16, cid)
		__field(enum kiscsi_conn_state, to)
	),
	TP_fast_assign(
		__entry->sid = conn->session->sid;
		__entry->cid = conn->cid;
		__entry->to = to;
	),
	TP_printk("session %u connection %u %s", __entry->sid, __entry->cid,
		__print_symbolic(__entry->to,
			{ KISCSI_CONN_FREE,		"free" },
			{ KISCSI_CONN_LOGIN,		"login" },
			{ KISCSI_CONN_UP,		"up" },
			{ KISCSI_CONN_FAILED,		"failed" },
			{ KISCSI_CONN_CLEANUP,		"cleanup" },
			{ KISCSI_CONN_LOGGING_OUT,	"logging out" }))
);

#endif

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
