#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Speak the kiscsi generic netlink family badly, and see that it answers well.

usage: netlink.py fuzz SECONDS | sockets | malformed

Every message must be answered with an error, never with a session, and with a text (extack)
that points at the attribute, or names the one that is missing.
"""
import os
import random
import socket
import struct
import sys
import time

import netlink_lib
from netlink_lib import (C, NESTED, NLM_DUMP, Netlink, address, attr, conn, connected_pair, keys, nest, points_at,
                         refused, report, said_why, session, text, u8, u16, u32)


def sockets():
    link = Netlink()
    mine, other = connected_pair()
    cases = [("a descriptor that is not open", 9999)]
    keep = []
    for what, made in (
            ("a UDP socket", socket.socket(socket.AF_INET, socket.SOCK_DGRAM)),
            ("a UNIX stream socket", socket.socketpair()[0]),
            ("a TCP socket that is not connected", socket.socket()),
            ("a netlink socket", link.socket)):
        keep.append(made)
        cases.append((what, made.fileno()))
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen(1)
    cases.append(("a listening TCP socket", listening.fileno()))
    plain = open("/etc/passwd")
    cases.append(("a plain file", plain.fileno()))
    read_end, write_end = os.pipe()
    cases.append(("a pipe", read_end))
    gone, peer = connected_pair()
    peer.close()
    gone.shutdown(socket.SHUT_RDWR)
    cases.append(("a TCP socket that was shut down", gone.fileno()))
    for what, fd in cases:
        said_why(refused(link, what, session(fd)), what)
    # The kernel must not keep what it refused.
    mine.send(b"still ours")
    report(other.recv(32) == b"still ours", "a socket that was not handed over still works")


def malformed():
    link = Netlink()
    mine, other = connected_pair()
    fd = mine.fileno()
    create, get = C["KISCSI_NL_SESSION_CREATE"], C["KISCSI_NL_SESSION_GET"]
    for name in ("TARGET_NAME", "INITIATOR_NAME", "ISID", "TSIH", "TPGT", "CMDSN", "EXPCMDSN", "MAXCMDSN", "PARAMS",
                 "CONN", "PORTAL"):
        said_why(refused(link, "no " + name, session(fd, without=(name,))), "no " + name, name)
    bad = {
        "an empty target name": dict(TARGET_NAME=text(C["KISCSI_A_TARGET_NAME"], "")),
        "a target name of 224 bytes": dict(TARGET_NAME=text(C["KISCSI_A_TARGET_NAME"], "x" * 224)),
        "a target name without its NUL": dict(TARGET_NAME=attr(C["KISCSI_A_TARGET_NAME"], b"iqn.x:abc")),
        "a target name of 60000 bytes": dict(TARGET_NAME=text(C["KISCSI_A_TARGET_NAME"], "x" * 60000)),
        "an ISID of 5 bytes": dict(ISID=attr(C["KISCSI_A_ISID"], b"\x80\0\0\0\0")),
        "an ISID of 7 bytes": dict(ISID=attr(C["KISCSI_A_ISID"], b"\x80\0\0\0\0\0\0")),
        "TSIH 0": dict(TSIH=u16(C["KISCSI_A_TSIH"], 0)),
        "a TSIH of one byte": dict(TSIH=u8(C["KISCSI_A_TSIH"], 1)),
        "a CmdSN of two bytes": dict(CMDSN=u16(C["KISCSI_A_CMDSN"], 1)),
        "queue depth 0": dict(QUEUE_DEPTH=u32(C["KISCSI_A_QUEUE_DEPTH"], 0)),
        "queue depth 100000": dict(QUEUE_DEPTH=u32(C["KISCSI_A_QUEUE_DEPTH"], 100000)),
        "no connections": dict(CONNECTIONS=u16(C["KISCSI_A_CONNECTIONS"], 0)),
        "65535 connections": dict(CONNECTIONS=u16(C["KISCSI_A_CONNECTIONS"], 65535)),
        "a portal without address": dict(PORTAL=nest(C["KISCSI_A_PORTAL"])),
        "an address of 3 bytes": dict(PORTAL=nest(C["KISCSI_A_PORTAL"], attr(C["KISCSI_PORTAL_A_ADDRESS"], b"\2\0\0"))),
        "an address of another family": dict(PORTAL=nest(C["KISCSI_A_PORTAL"],
                                                         attr(C["KISCSI_PORTAL_A_ADDRESS"], b"\x11" * 16))),
        "33 portals": dict(PORTAL=33 * nest(C["KISCSI_A_PORTAL"],
                                            attr(C["KISCSI_PORTAL_A_ADDRESS"], address("127.0.0.1", 3260)))),
        "an empty connection": dict(CONN=nest(C["KISCSI_A_CONN"])),
        "a connection that is no nest": dict(CONN=attr(C["KISCSI_A_CONN"], b"abcd")),
        "MaxBurstLength 0": dict(PARAMS=nest(C["KISCSI_A_PARAMS"], keys(MAX_BURST_LENGTH=0))),
        "FirstBurstLength above MaxBurstLength":
            dict(PARAMS=nest(C["KISCSI_A_PARAMS"], keys(FIRST_BURST_LENGTH=262144, MAX_BURST_LENGTH=65536))),
        "MaxOutstandingR2T 0": dict(PARAMS=nest(C["KISCSI_A_PARAMS"], keys(MAX_OUTSTANDING_R2T=0))),
        "MaxOutstandingR2T 65535": dict(PARAMS=nest(C["KISCSI_A_PARAMS"], keys(MAX_OUTSTANDING_R2T=65535))),
        "InitialR2T 2": dict(PARAMS=nest(C["KISCSI_A_PARAMS"], keys(INITIAL_R2T=2))),
        "MaxXmitDataSegmentLength 0": dict(CONN=conn(fd, params=keys(MAX_XMIT_DSL=0))),
        "MaxRecvDataSegmentLength 16777216": dict(CONN=conn(fd, params=keys(MAX_RECV_DSL=1 << 24))),
        "a digest that does not exist": dict(CONN=conn(fd, params=keys(HEADER_DIGEST=b"\7"))),
        "two digests at once": dict(CONN=conn(fd, params=keys(DATA_DIGEST=b"\0\1"))),
        "a CHAP secret of 300 bytes": dict(CHAP=nest(C["KISCSI_A_CHAP"], text(C["KISCSI_CHAP_A_USER"], "u"),
                                                     attr(C["KISCSI_CHAP_A_SECRET"], b"s" * 300))),
        "a CHAP secret of 3 bytes": dict(CHAP=nest(C["KISCSI_A_CHAP"], text(C["KISCSI_CHAP_A_USER"], "u"),
                                                   attr(C["KISCSI_CHAP_A_SECRET"], b"sss"))),
        "a CHAP user without a secret": dict(CHAP=nest(C["KISCSI_A_CHAP"], text(C["KISCSI_CHAP_A_USER"], "u"))),
        "CHAP algorithm 99": dict(CHAP=nest(C["KISCSI_A_CHAP"], text(C["KISCSI_CHAP_A_USER"], "u"),
                                            attr(C["KISCSI_CHAP_A_SECRET"], b"s" * 16),
                                            attr(C["KISCSI_CHAP_A_ALGORITHMS"], b"\x63"))),
        "a source interface of 40 characters": dict(SOURCE=text(C["KISCSI_A_SOURCE_INTERFACE"], "x" * 40)),
        "a timer out of range": dict(TIMERS=nest(C["KISCSI_A_TIMERS"], u32(C["KISCSI_TIMER_A_NOP_TIMEOUT"], 0))),
        "an attribute that does not exist": dict(EXTRA=u32(C["__KISCSI_A_MAX"] + 7, 1)),
        "an attribute only the kernel sends": dict(EXTRA=u8(C["KISCSI_A_STATE"], 1)),
    }
    for what, change in bad.items():
        payload = session(fd, **change)
        answer = refused(link, what, payload)
        said_why(answer, what)
        points_at(answer, what, payload, *change.values())
    # There is no attribute to point at.
    what = "a nest longer than its message"
    said_why(refused(link, what, session(fd, CONN=struct.pack("=HH", 4000, C["KISCSI_A_CONN"] | NESTED) + b"\0" * 16)),
             what)
    said_why(refused(link, "an empty create", b""), "an empty create")
    # Of what is no command of ours the kernel says no more than that.
    refused(link, "a command that does not exist", b"", command=C["__KISCSI_NL_MAX"] + 3)
    refused(link, "a command only the kernel sends", b"", command=C["KISCSI_NL_EVENT"])
    for name in ("SESSION_GET", "SESSION_SET", "SESSION_RESCAN", "SESSION_LOGOUT", "CONN_ADD"):
        command = C["KISCSI_NL_" + name]
        # Of two that are missing, CONN_ADD names the other one.
        said_why(refused(link, name + " without a session", b"", command=command), name + " without a session",
                 "CONN" if name == "CONN_ADD" else "SID")
        answer = refused(link, name + " of a session that does not exist",
                         u32(C["KISCSI_A_SID"], 4711) + (conn(fd) if name == "CONN_ADD" else b"")
                         + (nest(C["KISCSI_A_TIMERS"], u32(C["KISCSI_TIMER_A_NOP_INTERVAL"], 5))
                            if name == "SESSION_SET" else b""), command=command)
        said_why(answer, name + " of a session that does not exist")
    what = "SESSION_SET of a CHAP user without a secret"
    said_why(refused(link, what,
                     u32(C["KISCSI_A_SID"], 4711) + nest(C["KISCSI_A_CHAP"], text(C["KISCSI_CHAP_A_USER"], "u")),
                     command=C["KISCSI_NL_SESSION_SET"]), what, "CHAP")
    answer = link.ask(get, b"", flags=NLM_DUMP)
    report(answer["errno"] == 0, "a dump with no session is empty and good")
    conns = C["KISCSI_NL_CONN_GET"]
    answer = link.ask(conns, b"", flags=NLM_DUMP)
    report(answer["errno"] == 0, "so is one of connections")
    refused(link, "CONN_GET, but not as a dump", b"", command=conns)
    what = "CONN_GET of a session"
    said_why(refused(link, what, u32(C["KISCSI_A_SID"], 1), command=conns, flags=NLM_DUMP), what)
    mine.send(b"still ours")
    report(other.recv(32) == b"still ours", "the socket of all those refusals still works")
    mine.close()
    other.close()
    report(create > 0, "no refusal took anything down")


def fuzz(seconds):
    seed = int(time.time())
    print("# seed %d" % seed)
    random.seed(seed)
    link = Netlink()
    mine, other = connected_pair()
    end = time.monotonic() + seconds
    count = 0
    # The descriptor is never valid, so nothing can be created whatever the rest becomes.
    while time.monotonic() < end:
        message = bytearray(session(9999))
        for _ in range(random.randint(1, 6)):
            at = random.randrange(len(message))
            how = random.randrange(4)
            if how == 0:
                message[at] = random.randrange(256)
            elif how == 1:
                message[at] ^= 1 << random.randrange(8)
            elif how == 2:
                del message[at:at + random.randint(1, 12)]
            else:
                message[at:at] = bytes(random.randrange(256) for _ in range(random.randint(1, 12)))
            if not message:
                break
        for command in (C["KISCSI_NL_SESSION_CREATE"], random.randint(0, C["__KISCSI_NL_MAX"] + 1)):
            link.ask(command, bytes(message), flags=random.choice((0, 0, NLM_DUMP)))
            count += 1
    report(True, "%d messages with bits and lengths broken are answered" % count)
    mine.close()
    other.close()


if sys.argv[1] == "fuzz":
    fuzz(float(sys.argv[2]))
else:
    {"sockets": sockets, "malformed": malformed}[sys.argv[1]]()
sys.exit(1 if netlink_lib.failures else 0)
