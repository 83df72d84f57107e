#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Compare what was measured with what is recorded, or record it.

usage: gate.py LAYOUT-DIRECTORY RECORDED [record]

Fails when the module's own code or the whole loopback path takes over 2% more instructions an I/O than recorded.
On another kernel than the recorded one the whole path is not ours to answer for: only own code is compared.
"""
import sys

import count
import report

LIMIT = 1.02
HEAD = """# What "make bench-gate" compares with: kernel instructions an I/O over loopback, without copies, checksums
# and lock spinning; "make bench-gate RECORD=1" writes it. A change that makes a figure grow says why.
# OPERATION BYTES DEPTH OWN WHOLE
"""


def read_recorded(path):
    """The kernel's release, and {case: (own, whole)}."""
    release, recorded = "", {}
    with open(path) as lines:
        for number, line in enumerate(lines, 1):
            words = line.split("#")[0].split()
            if words[:1] == ["kernel"]:
                release = words[1]
            elif len(words) == 5:
                recorded["plain", words[0], int(words[1]), int(words[2])] = float(words[3]), float(words[4])
            elif words:
                raise SystemExit("%s:%d: %r: want five columns" % (path, number, line.strip()))
    return release, recorded


def record(path, release, table):
    with open(path, "w") as out:
        out.write(HEAD + "kernel %s\n" % release)
        for case, row in sorted(table.items(), key=report.order):
            out.write("%s %d %d %.0f %.0f\n" % (*case[1:], row["kiscsi"]["own"], row["kiscsi"]["kernel"]))


def verdict(what, got, wanted):
    """Print one comparison; true when it holds."""
    good = got <= wanted * LIMIT
    print("%s - %s: %.0f instructions an I/O, recorded %.0f (%+.1f%%)"
          % ("ok" if good else "not ok", what, got, wanted, 100 * (got - wanted) / wanted))
    return good


def compare(release, table, recorded_release, recorded):
    good = True
    if release != recorded_release:
        print("# the kernel is %s, recorded was %s: only own code is compared" % (release, recorded_release))
    for case, (own, whole) in recorded.items():
        if case not in table:
            print("not ok - %s: not measured" % report.case_name(case))
            good = False
            continue
        figures = table[case]["kiscsi"]
        good &= verdict("%s, own code" % report.case_name(case), figures["own"], own)
        if release == recorded_release:
            good &= verdict("%s, both ends over loopback" % report.case_name(case), figures["kernel"], whole)
    return good and bool(recorded)


def main(directory, path, *mode):
    cases, notes = count.read_layout(directory)
    table, release = report.medians(cases), notes[0].split(",")[0]
    if mode:
        record(path, release, table)
        return 0
    return 0 if compare(release, table, *read_recorded(path)) else 1


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4) or sys.argv[3:] not in ([], ["record"]):
        raise SystemExit(__doc__.strip())
    sys.exit(main(*sys.argv[1:]))
