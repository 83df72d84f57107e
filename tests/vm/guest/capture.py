#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Judge captured iSCSI connections by what "tshark -O iscsi" says of them.

usage: capture.py DECODED SESSION...

What is held against a SESSION is in SESSION.json, from "kiscsi list --json", and SESSION.sysfs, "NAME VALUE" a line.

Every byte of every connection is in a PDU that was decoded, none is malformed, each kind that the capture should have
is there, digests are right and where the login has put them. The keys that both sides sent in the login give the
values that are shown, by the rules of RFC 7143 section 13 and not by our code; and both sides keep to them.
"""
import json
import re
import sys

PORT = 3260
LOGINS = 0x03, 0x23
COMMAND, DATA_IN = 0x01, 0x25
# what it says when the data of an INQUIRY end before they are complete; the kernel asks for the first four bytes
CUT_SHORT = "[Malformed Packet: SCSI]"
# all but SNACK, Asynchronous Message and Reject
KINDS = [*range(0x00, 0x07), *range(0x20, 0x27), 0x31]
LOGIN_KEYS = {
    "HeaderDigest": ("choice", "None"), "DataDigest": ("choice", "None"),
    "InitialR2T": ("or", "Yes"), "ImmediateData": ("and", "Yes"),
    "DataPDUInOrder": ("or", "Yes"), "DataSequenceInOrder": ("or", "Yes"),
    "MaxBurstLength": ("min", "262144"), "FirstBurstLength": ("min", "65536"),
    "MaxConnections": ("min", "1"), "MaxOutstandingR2T": ("min", "1"), "ErrorRecoveryLevel": ("min", "0"),
    "DefaultTime2Wait": ("max", "2"), "DefaultTime2Retain": ("min", "20"),
}
# key, its name in the JSON, its name in sysfs
OF_SESSION = (
    ("InitialR2T", "initial_r2t", "initial_r2t"), ("ImmediateData", "immediate_data", "immediate_data"),
    ("FirstBurstLength", "first_burst_length", "first_burst_len"),
    ("MaxBurstLength", "max_burst_length", "max_burst_len"),
    ("MaxOutstandingR2T", "max_outstanding_r2t", "max_outstanding_r2t"),
    ("MaxConnections", "max_connections", None), ("ErrorRecoveryLevel", "error_recovery_level", "erl"),
    ("DefaultTime2Wait", "time2wait", None), ("DefaultTime2Retain", "time2retain", None),
    ("DataPDUInOrder", None, "data_pdu_in_order"), ("DataSequenceInOrder", None, "data_seq_in_order"),
)
OF_CONNECTION = (
    ("HeaderDigest", "header_digest", "header_digest"), ("DataDigest", "data_digest", "data_digest"),
)
MAX_RECV = "MaxRecvDataSegmentLength"

wrong = []


def complain(*words):
    wrong.append(" ".join(str(word) for word in words))


class Pdu:
    def __init__(self, frame, from_target):
        self.frame, self.from_target = frame, from_target
        self.opcode = self.tag = self.expected = None
        self.ahs = self.data = 0
        self.keys = []
        self.digests = {}           # "HeaderDigest": it is right

    def take(self, name, value):
        """One line of what tshark says."""
        number = re.search(r"0x([0-9a-f]+)", value)
        if name == "Opcode":
            self.opcode = int(number[1], 16)
        elif name == "TotalAHSLength":
            self.ahs = int(number[1], 16)
        elif name == "DataSegmentLength":
            self.data = int(number[1], 16)
        elif name == "InitiatorTaskTag":
            self.tag = value
        elif name == "ExpectedDataTransferLength":
            self.expected = int(number[1], 16)
        elif name == "KeyValue":
            self.keys.append(value.split("=", 1))
        elif name in ("HeaderDigest", "DataDigest"):
            self.digests[name] = "Good CRC32" in value or "[correct]" in value

    def length(self):
        return 48 + 4 * self.ahs + (self.data + 3) // 4 * 4 + 4 * len(self.digests)

    def __str__(self):
        return f"PDU 0x{self.opcode or 0:02x} of frame {self.frame}"


class Connection:
    """What passed between the target and one port of the initiator."""
    def __init__(self, port):
        self.port = port
        self.pdus = []
        self.bytes = {False: 0, True: 0}

    def keys(self, from_target):
        return {pair[0]: pair[1] for pdu in self.pdus for pair in pdu.keys
                if pdu.opcode in LOGINS and pdu.from_target == from_target and len(pair) == 2}

    def agreed(self, key):
        """What the two sides have agreed on; nothing where one has called it irrelevant."""
        rule, default = LOGIN_KEYS[key]
        ours, theirs = self.keys(False).get(key), self.keys(True).get(key)
        if ours is None and theirs is None:
            return default
        said = ours or theirs
        # section 6.2.2: what cannot be changed by an answer needs none
        if None in (ours, theirs) and (rule, said) in (("or", "Yes"), ("and", "No")):
            return said
        if ours is None or theirs is None:
            complain(f"port {self.port}: {key}: one side said {said}, the other nothing")
            return default
        if "Irrelevant" in (ours, theirs):
            return None
        if rule == "choice":
            answer, offer = sorted((ours, theirs), key=lambda value: value.count(","))
            if answer not in offer.split(","):
                complain(f"port {self.port}: {key}: {ours} and {theirs}")
            return answer
        if rule in ("or", "and"):
            return ("Yes" if "Yes" in (ours, theirs) else "No") if rule == "or" else \
                ("No" if "No" in (ours, theirs) else "Yes")
        return str({"min": min, "max": max}[rule](int(ours), int(theirs)))

    def tell(self):
        for side, name in (False, "we"), (True, "the target"):
            print(f"port {self.port}: {name} said:", *("=".join(pair) for pair in self.keys(side).items()))

    def is_cut_short(self):
        """The last PDU brings as much data as its command allows: there may be more, see SPC's ALLOCATION LENGTH."""
        last = self.pdus[-1]
        commands = [pdu for pdu in self.pdus if pdu.opcode == COMMAND and pdu.tag == last.tag]
        return last.opcode == DATA_IN and commands and commands[-1].expected == last.data

    def is_discovery(self):
        return self.keys(False).get("SessionType") == "Discovery"


def read_decoded(path):
    """The connections, by the initiator's port."""
    connections = {}
    frame = conn = pdu = None
    from_target = False
    with open(path, encoding="utf-8", errors="replace") as lines:
        for line in lines:
            line = line.rstrip("\n")
            text = line.strip()
            if match := re.match(r"Frame (\d+):", line):
                frame, conn, pdu = int(match[1]), None, None
            elif match := re.match(r"Transmission Control Protocol, Src Port: (\d+), Dst Port: (\d+), "
                                   r"Seq: (\d+)(?:, Ack: \d+)?, Len: (\d+)", line):
                source, destination, seq, length = (int(n) for n in match.groups())
                from_target = source == PORT
                port = destination if from_target else source
                conn = connections.setdefault(port, Connection(port))
                if length:
                    conn.bytes[from_target] = max(conn.bytes[from_target], seq + length - 1)
            elif "alformed" in line and not (text == CUT_SHORT and conn and conn.pdus and conn.is_cut_short()):
                complain(f"frame {frame}: {text}")
            elif re.match(r"iSCSI \(", line):
                pdu = Pdu(frame, from_target)
                conn.pdus.append(pdu)
            elif pdu and (match := re.match(r"(?:[.01 ]+ = )?([A-Za-z0-9]+): (.*)", text)):
                pdu.take(*match.groups())
            elif not line.startswith(" "):
                pdu = None
    return {port: conn for port, conn in connections.items() if any(conn.bytes.values())}


def judge_digests(conn):
    for pdu in conn.pdus:
        wanted = set()
        if pdu.opcode not in LOGINS:
            wanted = {key for key in ("HeaderDigest", "DataDigest") if conn.agreed(key) == "CRC32C"}
            if not pdu.data:
                wanted.discard("DataDigest")
        if set(pdu.digests) != wanted:
            complain(f"{pdu}: digests {sorted(pdu.digests)}, agreed on {sorted(wanted)}")
        for name, right in pdu.digests.items():
            if not right:
                complain(f"{pdu}: the {name} is wrong")


def judge_pdus(connections):
    seen = {}
    for conn in connections.values():
        for from_target in False, True:
            decoded = sum(pdu.length() for pdu in conn.pdus if pdu.from_target == from_target)
            if decoded != conn.bytes[from_target]:
                complain(f"port {conn.port}, {'from' if from_target else 'to'} the target: "
                         f"{decoded} of {conn.bytes[from_target]} bytes are in decoded PDUs")
        judge_digests(conn)
        for pdu in conn.pdus:
            seen[pdu.opcode] = seen.get(pdu.opcode, 0) + 1
    for opcode in KINDS:
        if opcode not in seen:
            complain(f"no PDU with opcode 0x{opcode:02x}")
    total = sum(conn.bytes[False] + conn.bytes[True] for conn in connections.values())
    print(f"{len(connections)} connections, {total} bytes, {sum(seen.values())} PDUs:",
          ", ".join(f"0x{opcode:02x} {count}" for opcode, count in sorted(seen.items())))


def same(key, agreed, where, shown):
    """Compare what was agreed on with what somebody shows: Yes may be 1 or true."""
    words = {"Yes": ("1", "True"), "No": ("0", "False"), "CRC32C": ("1", "CRC32C"), "None": ("0", "None")}
    if agreed is not None and str(shown) not in words.get(agreed, (agreed,)):
        complain(f"{key}: agreed on {agreed}, {where} shows {shown}")


def judge_session(connections, session, sysfs):
    shown = {conn["local"]["port"]: conn for conn in session["connections"]}
    leading = connections[session["connections"][0]["local"]["port"]]
    for key, in_json, in_sysfs in OF_SESSION:
        agreed = leading.agreed(key)
        if in_json:
            same(key, agreed, "kiscsi list", session["parameters"][in_json])
        if in_sysfs:
            same(key, agreed, "sysfs", sysfs[in_sysfs])
    same("TargetPortalGroupTag", leading.keys(True).get("TargetPortalGroupTag"), "kiscsi list", session["tpgt"])
    for port in shown:
        conn = connections[port]
        conn.tell()
        judge_connection(conn, shown[port], leading, sysfs if conn is leading else None)


def judge_connection(conn, shown, leading, sysfs):
    values = [(key, conn.agreed(key), in_json, in_sysfs) for key, in_json, in_sysfs in OF_CONNECTION]
    receive = {side: conn.keys(side).get(MAX_RECV, "8192") for side in (False, True)}
    values.append((f"our {MAX_RECV}", receive[False], "max_recv_data_segment_length", "max_recv_dlength"))
    values.append((f"the target's {MAX_RECV}", receive[True], "max_xmit_data_segment_length", "max_xmit_dlength"))
    for key, agreed, in_json, in_sysfs in values:
        same(f"port {conn.port}: {key}", agreed, "kiscsi list", shown[in_json])
        if sysfs:
            same(key, agreed, "sysfs", sysfs[in_sysfs])
    for pdu in conn.pdus:
        if pdu.opcode not in LOGINS and pdu.data > int(receive[not pdu.from_target]):
            complain(f"{pdu}: {pdu.data} bytes of data, {receive[not pdu.from_target]} are allowed")
        if pdu.opcode == COMMAND and pdu.data and leading.agreed("ImmediateData") == "No":
            complain(f"{pdu}: immediate data, against what was agreed on")


def read_session(name):
    with open(name + ".json", encoding="utf-8") as file:
        session = json.load(file)["sessions"][0]
    with open(name + ".sysfs", encoding="utf-8") as file:
        return session, dict(line.split() for line in file)


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    connections = read_decoded(sys.argv[1])
    sessions = [read_session(name) for name in sys.argv[2:]]
    captured = {port for port, conn in connections.items() if not conn.is_discovery()}
    shown = {conn["local"]["port"] for session, _ in sessions for conn in session["connections"] if conn["local"]}
    judge_pdus(connections)
    if captured == shown:
        for session, sysfs in sessions:
            judge_session(connections, session, sysfs)
    else:
        complain(f"captured the connections of {sorted(captured)}, kiscsi has shown {sorted(shown)}")
        for conn in connections.values():
            conn.tell()
    print("\n".join(wrong[:20]), file=sys.stderr)
    sys.exit(bool(wrong))


main()
