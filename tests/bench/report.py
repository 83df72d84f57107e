#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Make the table, the JSON and the plot of what was measured.

usage: report.py OUT-DIRECTORY LAYOUT...      each LAYOUT a directory below OUT-DIRECTORY
"""
import json
import os
import statistics
import sys

import count
import plot

INITIATORS = ("kiscsi", "iscsi_tcp", "nvme_tcp", "floor")
PEERS = INITIATORS[1:]
LAYOUTS = {"loopback": "One VM over loopback, both ends counted, 1 CPU",
           "two-vms": "The initiator's VM alone, 1 CPU",
           "two-cpus": "One VM over loopback, both ends counted, 2 CPUs",
           "four-cpus": "One VM over loopback, both ends counted, 4 CPUs with a job each"}
HEADINGS = ("", "kiscsi", "iscsi_tcp", "nvme_tcp", "floor", "/iscsi", "/nvme", "/floor", "own", "own/iscsi", "spin",
            "IOPS/iscsi", "IOPS/nvme", "p50/iscsi", "p50/nvme", "p99/iscsi", "p99/nvme", "spread")


def size_name(size):
    return "%d MiB" % (size >> 20) if size >= 1 << 20 else "%d KiB" % (size >> 10)


def case_name(case):
    """A case is (digests, operation, bytes, depth)."""
    return "%s %s qd%d%s" % (size_name(case[2]), case[1], case[3], "" if case[0] == "plain" else " " + case[0])


def median_of(runs):
    """The medians of all repeats, and how far apart the kernel's instructions were, in percent."""
    tables = ("functions", "calls")
    figures = {key: statistics.median(run[key] for run in runs) for key in runs[0] if key not in tables}
    names = {name for run in runs for name in run["functions"]}
    for key in tables:
        figures[key] = {name: statistics.median(run[key][name] for run in runs) for name in names}
    kernel = [run["kernel"] for run in runs]
    figures["spread"] = 100 * (max(kernel) - min(kernel)) / statistics.median(kernel)
    figures["repeats"] = len(runs)
    return figures


def medians(cases):
    """{case: {initiator: figures}} in the order in which they were measured."""
    table = {}
    for (initiator, *case), runs in cases.items():
        table.setdefault(tuple(case), {})[initiator] = median_of(runs)
    return table


def ratio(row, peer, key):
    if "kiscsi" not in row or peer not in row or not row[peer][key]:
        return "-"
    return "%.2f" % (row["kiscsi"][key] / row[peer][key])


def thousands(row, initiator, key):
    return "%.2f" % (row[initiator][key] / 1000) if initiator in row else "-"


def cells(case, row):
    return ([case_name(case)] + [thousands(row, name, "kernel") for name in INITIATORS] +
            [ratio(row, peer, "kernel") for peer in PEERS] +
            [thousands(row, "kiscsi", "own"), ratio(row, "iscsi_tcp", "own"), thousands(row, "kiscsi", "spin")] +
            [ratio(row, peer, key) for key in ("iops", "p50", "p99") for peer in ("iscsi_tcp", "nvme_tcp")] +
            ["%.1f%%" % max(figures["spread"] for figures in row.values())])


def print_table(layouts, out):
    """One table: thousands of kernel instructions an I/O, and ratios of kiscsi to the others."""
    out.write("Thousands of kernel instructions an I/O, without copies, checksums and lock spinning; ratios are kiscsi's\n"
              "figure over the other's. MB/s go as IOPS. spread: of the widest of a row's initiators.\n")
    for layout, (table, notes) in layouts.items():
        rows = [HEADINGS] + [cells(case, row) for case, row in sorted(table.items(), key=order)]
        widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
        out.write("\n%s (%s)\n" % (LAYOUTS[layout], notes[0]))
        for row in rows:
            out.write((row[0].ljust(widths[0]) + "".join("  " + cell.rjust(width)
                                                         for cell, width in zip(row[1:], widths[1:]))).rstrip() + "\n")


def order(item):
    digests, operation, size, depth = item[0]
    return digests != "plain", size, operation, depth


def print_functions(layouts, out, limit=40):
    """Where the instructions go: groups and the costliest functions of every case."""
    for layout, (table, _) in layouts.items():
        for case, row in sorted(table.items(), key=order):
            for initiator, figures in row.items():
                out.write("\n%s: %s, %s\n" % (layout, case_name(case), initiator))
                out.write("  " + " ".join("%s=%.0f" % (group, figures[group]) for group in count.GROUPS) + "\n")
                functions = sorted(figures["functions"].items(), key=lambda item: -item[1])
                for name, instructions in functions[:limit]:
                    out.write("  %9.1f  %7.2f calls  %s\n" % (instructions, figures["calls"][name], name))


def write_json(layouts, path):
    document = {"unit": "kernel instructions an I/O", "groups": count.GROUPS, "kernel": "sum without %s" %
                " and ".join(count.APART), "layouts": {}}
    for layout, (table, notes) in layouts.items():
        document["layouts"][layout] = {"notes": notes, "cases": [
            dict(zip(("digests", "operation", "bytes", "depth"), case), initiators=row)
            for case, row in table.items()]}
    with open(path, "w") as out:
        json.dump(document, out, indent=1)
        out.write("\n")


def main(directory, *names):
    layouts = {}
    for name in names:
        cases, notes = count.read_layout(os.path.join(directory, name))
        layouts[name] = medians(cases), notes
    write_json(layouts, os.path.join(directory, "bench.json"))
    with open(os.path.join(directory, "functions.txt"), "w") as out:
        print_functions(layouts, out)
    with open(os.path.join(directory, "table.txt"), "w") as out:
        print_table(layouts, out)
    plot.write({LAYOUTS[name]: [(case_name(case), row) for case, row in sorted(table.items(), key=order)]
                for name, (table, _) in layouts.items()}, os.path.join(directory, "bench.svg"))
    print_table(layouts, sys.stdout)


if __name__ == "__main__":
    if len(sys.argv) < 3:
        raise SystemExit(__doc__.strip())
    main(*sys.argv[1:])
