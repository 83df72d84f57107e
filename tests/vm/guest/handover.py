#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Log in by hand, hand the socket over, and hand it over again: the second time must be refused.

usage: handover.py TARGET-NAME       (portal 127.0.0.1:3260, no authentication)
"""
import os
import socket
import struct
import sys

import netlink_lib as n

target = sys.argv[1]


def login(target):
    """One Login Request straight to full-feature phase; returns socket, TSIH, StatSN, the window."""
    text = ["InitiatorName=iqn.2026-01.test.kiscsi:by-hand", "TargetName=" + target, "SessionType=Normal",
            "HeaderDigest=None", "DataDigest=None", "MaxRecvDataSegmentLength=262144", "InitialR2T=Yes",
            "ImmediateData=Yes", "MaxBurstLength=262144", "FirstBurstLength=65536", "MaxOutstandingR2T=1",
            "MaxConnections=1", "DefaultTime2Wait=2", "DefaultTime2Retain=0", "ErrorRecoveryLevel=0"]
    data = ("\0".join(text) + "\0").encode()
    isid = b"\x80\0\0\0\x12\x34"
    request = struct.pack("!BBBBB3s6sHIHHII16s", 0x43, 0x87, 0, 0, 0, len(data).to_bytes(3, "big"), isid, 0, 1, 0, 0,
                          1, 0, b"")
    request += data + b"\0" * (-len(data) % 4)
    link = socket.create_connection(("127.0.0.1", 3260))
    link.send(request)
    header = link.recv(48, socket.MSG_WAITALL)
    length = int.from_bytes(header[5:8], "big")
    link.recv((length + 3) & ~3, socket.MSG_WAITALL)
    if header[0] != 0x23 or header[36]:
        raise SystemExit("login failed, status %02x%02x" % (header[36], header[37]))
    tsih = struct.unpack_from("!H", header, 14)[0]
    statsn, exp, top = struct.unpack_from("!III", header, 24)
    return link, isid, tsih, statsn, exp, top


link, isid, tsih, statsn, exp, top = login(target)
C = n.C
message = n.session(link.fileno(), TARGET_NAME=n.text(C["KISCSI_A_TARGET_NAME"], target),
                    ISID=n.attr(C["KISCSI_A_ISID"], isid), TSIH=n.u16(C["KISCSI_A_TSIH"], tsih),
                    EXPCMDSN=n.u32(C["KISCSI_A_EXPCMDSN"], exp), MAXCMDSN=n.u32(C["KISCSI_A_MAXCMDSN"], top),
                    CMDSN=n.u32(C["KISCSI_A_CMDSN"], exp),
                    CONN=n.conn(link.fileno(), expstatsn=statsn + 1))
netlink = n.Netlink()
first = netlink.ask(C["KISCSI_NL_SESSION_CREATE"], message)
print("%s the first hand-over is taken (%s %s)" % ("ok" if first["errno"] == 0 else "not ok",
                                                  first["errno"], first["message"]))
second = netlink.ask(C["KISCSI_NL_SESSION_CREATE"], message)
print("%s the second is refused (%s, %s)" % ("ok" if second["errno"] else "not ok",
                                            os.strerror(second["errno"] or 0), second["message"]))
print("%s with a text" % ("ok" if second["message"] else "not ok"))
link.close()
