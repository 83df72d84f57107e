#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Use so much memory, again and again, and see that it holds what was put there.

A round looks at every page and changes one in eight: the others can leave memory without being written out.

usage: hog.py MEBIBYTES STOP-FILE
Writes to STOP-FILE.pages how many pages it has looked at, now and then; ends with 0 once STOP-FILE exists.
"""
import os
import struct
import sys

PAGE = 4096
REPORT = 2 << 20
SHARE = 8
size = int(sys.argv[1]) << 20
memory = bytearray(size)
stamp = struct.Struct("QQ")
rounds = 0


def changed(page):
    """The number of rounds that were through when the page was changed last, or 0."""
    since = rounds - 1 - page % SHARE
    return 0 if since < 0 else rounds - since % SHARE


for at in range(0, size, PAGE):
    stamp.pack_into(memory, at, at, 0)
while not os.path.exists(sys.argv[2]):
    for at in range(0, size, PAGE):
        page = at // PAGE
        if at % REPORT == 0:
            with open(sys.argv[2] + ".pages", "w") as out:
                out.write("%d\n" % (rounds * size // PAGE + page))
        if stamp.unpack_from(memory, at) != (at, changed(page)):
            sys.exit("hog: page %d in round %d holds %s" % (page, rounds, stamp.unpack_from(memory, at)))
        if page % SHARE == rounds % SHARE:
            stamp.pack_into(memory, at, at, rounds + 1)
    rounds += 1
