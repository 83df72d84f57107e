#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Send all that scsi_transport_iscsi takes by NETLINK_ISCSI, as iscsid would, to a session that is not iscsid's.

usage: netlink_iscsi.py rounds N SID HOST | unbind SID

What would change something is refused; what the class does by itself is known.
"""
import os
import socket
import struct
import sys

import netlink_lib
from netlink_lib import report

NETLINK_ISCSI, GROUP_ISCSID = 8, 1
UEVENT, IF_ERROR = 10, 103
# struct iscsi_uevent: type, iferror, transport handle, what is asked, what is answered
ASK, ANSWER, SIZE = 16, 40, 56
PARAM_MAX_RECV_DLENGTH, PARAM_RECOVERY_TMO, HOST_PARAM_INITIATOR_NAME = 0, 19, 1
TERM, SUSPEND, RECOVER = 1, 2, 3
BHS = b"\x40" + b"\0" * 47      # a NOP-Out
LOOPBACK = struct.pack("=H", socket.AF_INET) + struct.pack("!H", 3260) + socket.inet_aton("127.0.0.1") + b"\0" * 120


class Class:
    def __init__(self, transport):
        self.socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_ISCSI)
        # The class sends statistics to the group, again and again until somebody is in it.
        self.socket.bind((0, GROUP_ISCSID))
        self.socket.settimeout(20)
        self.handle = int(open("/sys/class/iscsi_transport/%s/handle" % transport).read())

    def ask(self, event, asked=b"", data=b""):
        """Send one event; returns the errno it is answered with, 0: accepted."""
        kind = UEVENT + event
        body = struct.pack("=IIQ", kind, 0, self.handle) + asked.ljust(ANSWER - ASK, b"\0")
        body = body.ljust(SIZE, b"\0") + data
        self.socket.send(struct.pack("=IHHII", 16 + len(body), kind, 1, 0, 0) + body)
        while True:
            got = self.socket.recv(65536)
            told, = struct.unpack_from("=I", got, 16)
            if struct.unpack_from("=H", got, 4)[0] == kind:
                break
            if event == GET_STATS and told == kind:
                return 0
        if told == IF_ERROR:
            return -struct.unpack_from("=i", got, 20)[0]
        return -struct.unpack_from("=i", got, 16 + ANSWER)[0] if event in WITH_STATUS else 0


(CREATE_SESSION, DESTROY_SESSION, CREATE_CONN, DESTROY_CONN, BIND_CONN, SET_PARAM, START_CONN, STOP_CONN, SEND_PDU,
 GET_STATS, GET_PARAM, EP_CONNECT, EP_POLL, EP_DISCONNECT, TGT_DSCVR, SET_HOST_PARAM, UNBIND_SESSION,
 CREATE_BOUND_SESSION, EP_CONNECT_THROUGH_HOST, PATH_UPDATE, SET_IFACE_PARAMS, PING, GET_CHAP, DELETE_CHAP,
 SET_FLASHNODE_PARAMS, NEW_FLASHNODE, DEL_FLASHNODE, LOGIN_FLASHNODE, LOGOUT_FLASHNODE, LOGOUT_FLASHNODE_SID, SET_CHAP,
 GET_HOST_STATS, DESTROY_SESSION_ASYNC) = range(1, 34)
# these have what the transport said in the answer
WITH_STATUS = (BIND_CONN, START_CONN, SEND_PDU)


def u32(*values):
    return struct.pack("=%dI" % len(values), *values)


def param(sid, number, text, length=None):
    return u32(sid, 0, number, len(text) + 1 if length is None else length), text + b"\0"


def refused_events(sid, host):
    """(what, event, what is asked, data behind it)"""
    conn = u32(sid, 0)
    create = struct.pack("=IHH", 1, 128, 32)
    yield "CREATE_SESSION", CREATE_SESSION, create
    yield "CREATE_BOUND_SESSION", CREATE_BOUND_SESSION, struct.pack("=Q", 1) + create
    yield "DESTROY_SESSION", DESTROY_SESSION, u32(sid)
    yield "DESTROY_SESSION_ASYNC", DESTROY_SESSION_ASYNC, u32(sid)
    yield "CREATE_CONN", CREATE_CONN, conn
    yield "CREATE_CONN of another CID", CREATE_CONN, u32(sid, 1)
    yield "BIND_CONN", BIND_CONN, conn + struct.pack("=QI", 1, 1)
    yield "BIND_CONN to a descriptor of ours", BIND_CONN, conn + struct.pack("=QI", 0, 0)
    yield "START_CONN", START_CONN, conn
    yield "SEND_PDU", SEND_PDU, conn + u32(len(BHS), 0), BHS
    yield "SEND_PDU with data", SEND_PDU, conn + u32(len(BHS), 16), BHS + b"x" * 16
    yield "SEND_PDU longer than its message", SEND_PDU, conn + u32(len(BHS), 1 << 20), BHS
    yield "SET_PARAM", SET_PARAM, *param(sid, PARAM_MAX_RECV_DLENGTH, b"512")
    yield "SET_PARAM longer than its message", SET_PARAM, *param(sid, PARAM_MAX_RECV_DLENGTH, b"512", 4096)
    yield "SET_PARAM of no parameter", SET_PARAM, *param(sid, 4711, b"1")
    yield "GET_PARAM", GET_PARAM, conn
    yield "TRANSPORT_EP_CONNECT", EP_CONNECT, u32(1), LOOPBACK
    yield "TRANSPORT_EP_CONNECT_THROUGH_HOST", EP_CONNECT_THROUGH_HOST, u32(host, 1), LOOPBACK
    yield "TRANSPORT_EP_POLL", EP_POLL, struct.pack("=QI", 1, 1)
    yield "TRANSPORT_EP_DISCONNECT", EP_DISCONNECT, struct.pack("=Q", 1)
    yield "TGT_DSCVR", TGT_DSCVR, u32(1, host, 1), LOOPBACK
    yield "SET_HOST_PARAM", SET_HOST_PARAM, u32(host, HOST_PARAM_INITIATOR_NAME, 6), b"iqn.x\0"
    yield "PATH_UPDATE", PATH_UPDATE, u32(host), b"\0" * 64
    yield "SET_IFACE_PARAMS", SET_IFACE_PARAMS, u32(host, 1), b"\0" * 64
    yield "PING", PING, u32(host, 0, 0, 56, 1), LOOPBACK
    yield "GET_CHAP", GET_CHAP, u32(host, 1, 0)
    yield "SET_CHAP", SET_CHAP, u32(host), b"\0" * 64
    yield "DELETE_CHAP", DELETE_CHAP, u32(host, 0)
    yield "SET_FLASHNODE_PARAMS", SET_FLASHNODE_PARAMS, u32(host, 0, 1), b"\0" * 64
    yield "NEW_FLASHNODE", NEW_FLASHNODE, u32(host, 5), b"ipv4\0"
    yield "DEL_FLASHNODE", DEL_FLASHNODE, u32(host, 0)
    yield "LOGIN_FLASHNODE", LOGIN_FLASHNODE, u32(host, 0)
    yield "LOGOUT_FLASHNODE", LOGOUT_FLASHNODE, u32(host, 0)
    yield "LOGOUT_FLASHNODE_SID", LOGOUT_FLASHNODE_SID, u32(host, sid)
    yield "GET_HOST_STATS", GET_HOST_STATS, u32(host)
    yield "an event that does not exist", 77, conn
    for name, event in (("CREATE_CONN", CREATE_CONN), ("DESTROY_CONN", DESTROY_CONN), ("BIND_CONN", BIND_CONN),
                          ("START_CONN", START_CONN), ("STOP_CONN", STOP_CONN), ("SEND_PDU", SEND_PDU),
                          ("GET_STATS", GET_STATS), ("DESTROY_SESSION", DESTROY_SESSION),
                          ("UNBIND_SESSION", UNBIND_SESSION), ("SET_PARAM", SET_PARAM)):
        yield name + " of a session that does not exist", event, u32(4711, 0)


def accepted_events(sid):
    conn = u32(sid, 0)
    yield "GET_STATS", GET_STATS, conn
    # The transport has no say in these.
    yield "SET_PARAM of recovery_tmo", SET_PARAM, *param(sid, PARAM_RECOVERY_TMO, b"77")
    yield "DESTROY_CONN", DESTROY_CONN, conn
    for what, flag in (("RECOVER", RECOVER), ("SUSPEND", SUSPEND), ("TERM", TERM), ("no flag that there is", 99)):
        yield "STOP_CONN, " + what, STOP_CONN, conn + struct.pack("=QI", 0, flag)


def rounds(count, sid, host):
    iscsi = Class("tcp_kiscsi")
    for number in range(count):
        for what, *event in refused_events(sid, host):
            error = iscsi.ask(*event)
            if error <= 0 or not number:
                report(error > 0, what + " is refused", os.strerror(error))
        for what, *event in accepted_events(sid):
            error = iscsi.ask(*event)
            if error or not number:
                report(error == 0, what + " is taken", os.strerror(error))
    report(True, "%d times each" % count)


def unbind(sid):
    report(Class("tcp_kiscsi").ask(UNBIND_SESSION, u32(sid)) == 0, "UNBIND_SESSION is taken")


if sys.argv[1] == "rounds":
    rounds(*map(int, sys.argv[2:]))
else:
    unbind(int(sys.argv[2]))
sys.exit(1 if netlink_lib.failures else 0)
