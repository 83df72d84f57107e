# SPDX-License-Identifier: GPL-2.0
"""The kiscsi generic netlink family in Python, for programs that use it wrongly on purpose.

The numbers come from the uapi header, so they cannot drift.
"""
import os
import re
import socket
import struct

HEADER = "/opt/kiscsi/uapi/kiscsi.h"
NLM_REQUEST, NLM_ACK, NLM_DUMP = 1, 4, 0x300
NESTED = 0x8000
SOL_NETLINK, EXT_ACK, CAP_ACK = 270, 11, 10
ERRMSG, DONE = 2, 3


def constants():
    found = {}
    text = re.sub(r"/\*.*?\*/", "", open(HEADER).read(), flags=re.S)
    for body in re.findall(r"enum \w+ \{(.*?)\};", text, flags=re.S):
        value = 0
        for item in body.split(","):
            name, _, number = item.strip().partition("=")
            if not name.strip():
                continue
            if number.strip():
                value = int(number, 0)
            found[name.strip()] = value
            value += 1
    return found


C = constants()
failures = 0
tests = 0


def report(good, what, detail=""):
    global failures, tests
    tests += 1
    if not good:
        failures += 1
    print("%s %d - %s%s" % ("ok" if good else "not ok", tests, what, ": " + detail if detail else ""), flush=True)


def attr(kind, data=b""):
    return struct.pack("=HH", 4 + len(data), kind) + data + b"\0" * (-len(data) % 4)


def nest(kind, *parts):
    return attr(kind | NESTED, b"".join(parts))


def u8(kind, value): return attr(kind, struct.pack("=B", value))
def u16(kind, value): return attr(kind, struct.pack("=H", value))
def u32(kind, value): return attr(kind, struct.pack("=I", value & 0xffffffff))
def text(kind, value): return attr(kind, value.encode() + b"\0")


def address(host, port):
    return struct.pack("=H", socket.AF_INET) + struct.pack("!H", port) + socket.inet_aton(host) + b"\0" * 8


class Netlink:
    def __init__(self):
        self.socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 16)
        self.socket.setsockopt(SOL_NETLINK, EXT_ACK, 1)
        self.socket.settimeout(10)
        self.sequence = 0
        self.family = 0x10
        answer = self.ask(3, text(2, "kiscsi"), version=1, flags=0)
        self.family = answer["family"]

    def ask(self, command, payload, version=1, flags=0):
        """Send one request; returns errno (0: accepted), the extack text and at which byte of the payload it points."""
        self.sequence += 1
        body = struct.pack("=BBH", command, version, 0) + payload
        self.raw(body, NLM_REQUEST | NLM_ACK | flags)
        return self.answer()

    def raw(self, body, flags):
        self.socket.send(struct.pack("=IHHII", 16 + len(body), self.family, flags, self.sequence, 0) + body)

    def answer(self):
        result = {"errno": None, "message": "", "at": None}
        while result["errno"] is None:
            data = self.socket.recv(65536)
            while len(data) >= 16:
                length, kind, flags, _, _ = struct.unpack_from("=IHHII", data)
                if kind == ERRMSG:
                    result["errno"] = -struct.unpack_from("=i", data, 16)[0]
                    result["message"], result["at"] = self.extack(data[16:length], flags)
                elif kind == DONE:
                    result["errno"] = 0
                elif self.family == 0x10:
                    result["family"] = self.family_id(data[20:length])
                data = data[(length + 3) & ~3:]
        return result

    @staticmethod
    def family_id(data):
        while len(data) >= 4:
            length, kind = struct.unpack_from("=HH", data)
            if kind == 1:
                return struct.unpack_from("=H", data, 4)[0]
            data = data[(length + 3) & ~3:]
        raise SystemExit("no family id")

    @staticmethod
    def extack(data, flags):
        message, where = "", None
        if not flags & 0x200:
            return message, where
        original = struct.unpack_from("=I", data, 4)[0]
        at = 4 + (16 if flags & 0x100 else (original + 3) & ~3)
        while at + 4 <= len(data):
            length, kind = struct.unpack_from("=HH", data, at)
            if length < 4:
                break
            if kind & 0x3fff == 1:
                message = data[at + 4:at + length].rstrip(b"\0").decode(errors="replace")
            elif kind & 0x3fff == 2:
                where = struct.unpack_from("=I", data, at + 4)[0] - 20      # headers of netlink and genetlink
            at += (length + 3) & ~3
        return message, where


def keys(**changes):
    values = {"INITIAL_R2T": ("B", 1), "IMMEDIATE_DATA": ("B", 1), "MAX_CONNECTIONS": ("H", 1),
              "MAX_OUTSTANDING_R2T": ("H", 1), "MAX_BURST_LENGTH": ("I", 262144),
              "FIRST_BURST_LENGTH": ("I", 65536), "TIME2WAIT": ("H", 2), "TIME2RETAIN": ("H", 0),
              "ERROR_RECOVERY_LEVEL": ("B", 0), "HEADER_DIGEST": ("s", b"\0"), "DATA_DIGEST": ("s", b"\0"),
              "MAX_RECV_DSL": ("I", 262144), "MAX_XMIT_DSL": ("I", 8192)}
    parts = []
    for name, (form, value) in values.items():
        value = changes.get(name, value)
        if value is None:
            continue
        data = value if form == "s" else struct.pack("=" + form, value)
        parts.append(attr(C["KISCSI_KEY_A_" + name], data))
    return b"".join(parts)


def conn(fd, **changes):
    params = changes.pop("params", keys())
    parts = [u32(C["KISCSI_CONN_A_FD"], fd), u16(C["KISCSI_CONN_A_CID"], changes.get("cid", 0)),
             u32(C["KISCSI_CONN_A_EXPSTATSN"], changes.get("expstatsn", 1)), nest(C["KISCSI_CONN_A_PARAMS"], params)]
    return nest(C["KISCSI_A_CONN"], *parts)


def session(fd, without=(), **replace):
    """A create message that is right but for what is taken out or replaced."""
    parts = {
        "TARGET_NAME": text(C["KISCSI_A_TARGET_NAME"], "iqn.2026-01.test.kiscsi:bad"),
        "INITIATOR_NAME": text(C["KISCSI_A_INITIATOR_NAME"], "iqn.2026-01.test.kiscsi:vm"),
        "ISID": attr(C["KISCSI_A_ISID"], b"\x80\0\0\0\0\1"),
        "TSIH": u16(C["KISCSI_A_TSIH"], 1),
        "TPGT": u16(C["KISCSI_A_TPGT"], 1),
        "CMDSN": u32(C["KISCSI_A_CMDSN"], 1),
        "EXPCMDSN": u32(C["KISCSI_A_EXPCMDSN"], 1),
        "MAXCMDSN": u32(C["KISCSI_A_MAXCMDSN"], 32),
        "PARAMS": nest(C["KISCSI_A_PARAMS"], keys()),
        "CONN": conn(fd),
        "PORTAL": nest(C["KISCSI_A_PORTAL"], attr(C["KISCSI_PORTAL_A_ADDRESS"], address("127.0.0.1", 3260))),
    }
    parts.update(replace)
    return b"".join(data for name, data in parts.items() if name not in without)


def connected_pair():
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(1)
    mine = socket.create_connection(listener.getsockname())
    other, _ = listener.accept()
    return mine, other


def refused(link, what, payload, command=None, **more):
    answer = link.ask(C["KISCSI_NL_SESSION_CREATE"] if command is None else command, payload, **more)
    report(answer["errno"] not in (0, None), what,
           "%s, \"%s\"" % (os.strerror(answer["errno"]) if answer["errno"] else "accepted", answer["message"]))
    return answer


def said_why(answer, what, word=""):
    report(bool(answer["message"]) and word in answer["message"],
           what + " is refused with a text" + (" that has " + word if word else ""), answer["message"])


def points_at(answer, what, payload, part):
    """The refusal says which attribute it is about: one of @part."""
    start = payload.index(part)
    report(answer["at"] is not None and start <= answer["at"] < start + len(part), what + " is pointed at",
           "byte %s, want %d to %d" % (answer["at"], start, start + len(part) - 1))
