#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Join the TCP segments of a capture: what the target sends before the initiator says something becomes one.

usage: pcap-join.py IN OUT     (pcap, Ethernet, IPv4)

What TCP sends again, having waited too long for an answer, is there once.

tshark finds out whether there are data digests from the first PDU with data, and does not wait for more segments to
do so. LIO sends header, data and digest of a PDU as three.
"""
import struct
import sys

ETHERNET = 14
SYN_FIN, SYN_FIN_RST = 0x03, 0x07
SEQ_MASK = 0xffffffff
TARGET = 3260


def ahead(one, other):
    """By how much a sequence number is ahead of another; less than nothing, if it is behind."""
    return (one - other + (1 << 31) & SEQ_MASK) - (1 << 31)


class Segment:
    def __init__(self, record, packet):
        self.record = record                            # the two words of its time
        start = ETHERNET + (packet[ETHERNET] & 0x0f) * 4
        end = ETHERNET + struct.unpack_from(">H", packet, ETHERNET + 2)[0]
        source, destination, self.seq = struct.unpack_from(">HHI", packet, start)
        self.way, self.back = (source, destination), (destination, source)
        self.start = start
        self.flags = packet[start + 13] & SYN_FIN_RST
        data = start + (packet[start + 12] >> 4) * 4
        self.headers = bytearray(packet[:data])
        self.data = packet[data:end]

    def end(self):
        return self.seq + len(self.data) + (self.flags & SYN_FIN != 0) & SEQ_MASK

    def leave_out(self, seen):
        """The bytes before that place in the stream have been seen."""
        old = ahead(seen, self.seq)
        if old > 0:
            self.data = self.data[old:]
            self.seq = seen
            struct.pack_into(">I", self.headers, self.start + 4, seen)

    def take(self, other):
        """Join what follows at once, if an IP packet has room for both."""
        if self.way[0] != TARGET or other.flags or other.seq != (self.seq + len(self.data)) & SEQ_MASK or \
                len(self.headers) - ETHERNET + len(self.data) + len(other.data) > 65535:
            return False
        self.data += other.data
        return True

    def write(self, file):
        struct.pack_into(">H", self.headers, ETHERNET + 2, len(self.headers) - ETHERNET + len(self.data))
        packet = bytes(self.headers) + self.data
        file.write(struct.pack("=IIII", *self.record, len(packet), len(packet)) + packet)


def segments(file):
    while header := file.read(16):
        *time, length, _ = struct.unpack("=IIII", header)
        yield Segment(time, file.read(length))


def join(source, out):
    out.write(source.read(24))
    kept = {}                                           # the last one each way, which may still grow
    seen = {}                                           # so far, each way
    for segment in segments(source):
        way = segment.way
        if segment.data:
            segment.leave_out(seen.get(way, segment.seq))
        if way not in seen or ahead(segment.end(), seen[way]) > 0:
            seen[way] = segment.end()
        before = kept.get(way)
        if not segment.data and not segment.flags or before and before.take(segment):
            continue
        for last in segment.back, way:
            if last in kept:
                kept.pop(last).write(out)
        kept[way] = segment
    for segment in kept.values():
        segment.write(out)


if len(sys.argv) != 3:
    sys.exit(__doc__)
with open(sys.argv[1], "rb") as captured, open(sys.argv[2], "wb") as joined:
    join(captured, joined)
