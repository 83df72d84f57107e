#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Log in by hand, hand the socket over, and hand it over again: the second time must be refused. Then a second
connection of the session.

usage: handover.py TARGET-NAME       (portal 127.0.0.1:3260, no authentication)
"""
import os
import socket
import struct
import sys

import netlink_lib as n

target = sys.argv[1]


ISID = b"\x80\0\0\0\x12\x34"
CONNECTION_KEYS = ["InitiatorName=iqn.2026-01.test.kiscsi:by-hand", "TargetName=" + target, "SessionType=Normal",
                   "HeaderDigest=None", "DataDigest=None", "MaxRecvDataSegmentLength=262144"]
SESSION_KEYS = ["InitialR2T=Yes", "ImmediateData=Yes", "MaxBurstLength=262144", "FirstBurstLength=65536",
                "MaxOutstandingR2T=1", "MaxConnections=2", "DefaultTime2Wait=2", "DefaultTime2Retain=0",
                "ErrorRecoveryLevel=0"]
NO_PORTAL = n.nest(n.C["KISCSI_A_PORTAL"], n.attr(n.C["KISCSI_PORTAL_A_ADDRESS"], n.address("127.0.0.1", 1)))


def login(tsih=0, cid=0, cmdsn=1):
    """One Login Request straight to full-feature phase; returns socket, TSIH, StatSN, the window."""
    keys = CONNECTION_KEYS + ([] if tsih else SESSION_KEYS)
    data = ("\0".join(keys) + "\0").encode()
    request = struct.pack("!BBBBB3s6sHIHHII16s", 0x43, 0x87, 0, 0, 0, len(data).to_bytes(3, "big"), ISID, tsih, 1, cid,
                          0, cmdsn, 0, b"")
    request += data + b"\0" * (-len(data) % 4)
    link = socket.create_connection(("127.0.0.1", 3260))
    link.send(request)
    header = link.recv(48, socket.MSG_WAITALL)
    length = int.from_bytes(header[5:8], "big")
    link.recv((length + 3) & ~3, socket.MSG_WAITALL)
    if header[0] != 0x23 or header[36]:
        raise SystemExit("login failed, status %02x%02x" % (header[36], header[37]))
    tsih = struct.unpack_from("!H", header, 14)[0]
    return (link, tsih) + struct.unpack_from("!III", header, 24)


def create(netlink, link, tsih, statsn, exp, top):
    keys = n.keys(MAX_CONNECTIONS=2)
    return netlink.ask(C["KISCSI_NL_SESSION_CREATE"], n.session(
        link.fileno(), TARGET_NAME=n.text(C["KISCSI_A_TARGET_NAME"], target), ISID=n.attr(C["KISCSI_A_ISID"], ISID),
        TSIH=n.u16(C["KISCSI_A_TSIH"], tsih), EXPCMDSN=n.u32(C["KISCSI_A_EXPCMDSN"], exp),
        MAXCMDSN=n.u32(C["KISCSI_A_MAXCMDSN"], top), CMDSN=n.u32(C["KISCSI_A_CMDSN"], exp),
        PARAMS=n.nest(C["KISCSI_A_PARAMS"], keys), CONNECTIONS=n.u16(C["KISCSI_A_CONNECTIONS"], 2),
        # Nothing is there: the kernel shall not log in the second connection by itself.
        PORTAL=NO_PORTAL, CONN=n.conn(link.fileno(), expstatsn=statsn + 1)))


def add(netlink, sid, link, statsn, cid):
    return netlink.ask(C["KISCSI_NL_CONN_ADD"], n.u32(C["KISCSI_A_SID"], sid) +
                       n.conn(link.fileno(), cid=cid, expstatsn=statsn + 1))


def taken(answer, what):
    print("%s %s is taken (%s %s)" % ("ok" if answer["errno"] == 0 else "not ok", what, answer["errno"],
                                      answer["message"]))


def refused(answer, what, why=""):
    good = answer["errno"] and answer["message"] and why in answer["message"]
    print("%s %s is refused with a text (%s, %s)" % ("ok" if good else "not ok", what,
                                                     os.strerror(answer["errno"] or 0), answer["message"]))


def session_number():
    return int(os.listdir("/sys/class/iscsi_session")[0][len("session"):])


C = n.C
netlink = n.Netlink()
link, tsih, statsn, exp, top = login()
taken(create(netlink, link, tsih, statsn, exp, top), "the first hand-over")
refused(create(netlink, link, tsih, statsn, exp, top), "the second")
sid = session_number()
refused(add(netlink, sid, link, statsn, 1), "its own socket as a further connection")
further, _, statsn, _, _ = login(tsih, cid=1, cmdsn=exp)
refused(add(netlink, sid, further, statsn, 0), "a CID that is in use", "has this CID")
taken(add(netlink, sid, further, statsn, 1), "a further connection")
refused(add(netlink, sid, further, statsn, 1), "the same once more")
spare, _ = n.connected_pair()
refused(add(netlink, sid, spare, 1, 2), "one too many", "all the connections it can have")
for each in (link, further, spare):
    each.close()
