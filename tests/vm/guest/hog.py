#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Use so much memory, again and again, and see that it holds what was put there.

usage: hog.py MEBIBYTES STOP-FILE
Writes the number of rounds to STOP-FILE.rounds after each; ends with 0 once STOP-FILE exists.
"""
import os
import struct
import sys

PAGE = 4096
size = int(sys.argv[1]) << 20
memory = bytearray(size)
stamp = struct.Struct("QQ")
rounds = 0
for at in range(0, size, PAGE):
    stamp.pack_into(memory, at, at, 0)
while not os.path.exists(sys.argv[2]):
    for at in range(0, size, PAGE):
        if stamp.unpack_from(memory, at) != (at, rounds):
            sys.exit("hog: page %d in round %d holds %s" % (at // PAGE, rounds, stamp.unpack_from(memory, at)))
        stamp.pack_into(memory, at, at, rounds + 1)
    rounds += 1
    with open(sys.argv[2] + ".rounds", "w") as out:
        out.write("%d\n" % rounds)
