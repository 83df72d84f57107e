#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Join the TCP segments of a capture: what the target sends before the initiator says something becomes one.

usage: pcap-join.py IN OUT     (pcap, Ethernet, IPv4)

tshark finds out whether there are data digests from the first PDU with data, and does not wait for more segments to
do so. LIO sends header, data and digest of a PDU as three.
"""
import struct
import sys

ETHERNET = 14
SYN_FIN_RST = 0x07
TARGET = 3260


class Segment:
    def __init__(self, record, packet):
        self.record = record                            # the two words of its time
        start = ETHERNET + (packet[ETHERNET] & 0x0f) * 4
        end = ETHERNET + struct.unpack_from(">H", packet, ETHERNET + 2)[0]
        source, destination, self.seq = struct.unpack_from(">HHI", packet, start)
        self.way, self.back = (source, destination), (destination, source)
        self.flags = packet[start + 13] & SYN_FIN_RST
        data = start + (packet[start + 12] >> 4) * 4
        self.headers = bytearray(packet[:data])
        self.data = packet[data:end]

    def take(self, other):
        """Join what follows at once, if an IP packet has room for both."""
        if self.way[0] != TARGET or other.flags or other.seq != (self.seq + len(self.data)) & 0xffffffff or \
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
    for segment in segments(source):
        before = kept.get(segment.way)
        if not segment.data and not segment.flags or before and before.take(segment):
            continue
        for way in segment.back, segment.way:
            if way in kept:
                kept.pop(way).write(out)
        kept[segment.way] = segment
    for segment in kept.values():
        segment.write(out)


if len(sys.argv) != 3:
    sys.exit(__doc__)
with open(sys.argv[1], "rb") as captured, open(sys.argv[2], "wb") as joined:
    join(captured, joined)
