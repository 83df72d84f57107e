# SPDX-License-Identifier: GPL-2.0
"""What the plugin counted, as functions and groups of functions.

A directory of one layout's run holds "log" (what the guest said), "plan" (what was asked of it), "regions"
(the plugin's counts) and "symbols" (the guest's /proc/kallsyms).
"""
import bisect
import collections
import fnmatch
import os
import re

HERE = os.path.dirname(os.path.abspath(__file__))
GROUPS = ("own", "core", "block", "net", "sched", "target", "other", "copy", "spin")
# How many instructions these take is a matter of the CPU, and of luck.
APART = ("copy", "spin")


class Groups:
    """The table in the file "groups"."""

    def __init__(self, path=os.path.join(HERE, "groups")):
        self.own, self.modules, self.names, self.stretches = {}, [], [], []
        with open(path) as table:
            for number, line in enumerate(table, 1):
                words = line.split("#")[0].split()
                if not words:
                    continue
                if words[0] == "own":
                    self.own[words[1]] = set(words[2:])
                    continue
                if words[0] not in ("module", "name", "from") or len(words) != 3 or words[2] not in GROUPS:
                    raise SystemExit("%s:%d: %r: want module, name or from, what, and a group" % (path, number, line))
                {"module": self.modules, "name": self.names, "from": self.stretches}[words[0]].append(words[1:])

    def stretch_table(self, addresses):
        """Where each stretch begins; addresses is {symbol: address} of what is built in."""
        for symbol, _ in self.stretches:
            if symbol not in addresses:
                raise SystemExit("groups: this kernel has no symbol %r; its stretches need new names" % symbol)
        table = sorted((addresses[symbol], group) for symbol, group in self.stretches)
        return [start for start, _ in table], [group for _, group in table]


class Symbols:
    """The guest's kernel, by address."""

    def __init__(self, path, groups):
        self.groups = groups
        table, builtin = [], {}
        with open(path, errors="replace") as lines:
            for line in lines:
                words = line.strip("\0").split()
                if len(words) < 3 or words[1] not in "tTwW":
                    continue
                module = words[3].strip("[]") if len(words) > 3 else ""
                table.append((int(words[0], 16), words[2], module))
                if not module:
                    builtin.setdefault(words[2], int(words[0], 16))
        if not table:
            raise SystemExit("%s: no symbols" % path)
        table.sort(key=lambda entry: entry[0])
        self.starts = [entry[0] for entry in table]
        self.table = table
        self.stretch_starts, self.stretch_groups = groups.stretch_table(builtin)
        self.known = {}

    def function(self, address):
        """Name, module and address of the function there."""
        start, name, module = self.table[max(bisect.bisect_right(self.starts, address) - 1, 0)]
        return name, module, start

    def group(self, function, initiator):
        """The group of a function, from function(), when this initiator is measured."""
        if function[1] in self.groups.own.get(initiator, ()):
            return "own"
        if function not in self.known:
            self.known[function] = self.shared_group(function)
        return self.known[function]

    def shared_group(self, function):
        name, module, start = function
        for pattern, group in self.groups.modules if module else self.groups.names:
            if fnmatch.fnmatchcase(module or name, pattern):
                return group
        return self.stretch_groups[max(bisect.bisect_right(self.stretch_starts, start) - 1, 0)]


def read_regions(path):
    """For each pair of markers: user instructions and [(address, runs, instructions, iterations)]."""
    regions, user, blocks = [], 0, []
    with open(path) as lines:
        for line in lines:
            words = line.split()
            if words[0] == "region":
                user, blocks = 0, []
            elif words[0] == "user":
                user = int(words[1])
            elif words[0] == "end":
                regions.append((user, blocks))
            else:
                blocks.append((int(words[0], 16), *map(int, words[1:])))
    return regions


def read_log(path):
    """What was measured, in order, and what the guest says about itself."""
    runs, notes = [], []
    with open(path, errors="replace") as lines:
        for line in lines:
            if line.startswith("@run "):
                runs.append(line.split()[1:])
            elif line.startswith("@info "):
                notes.append(line[6:].strip())
    return runs, notes


def run_figures(user, blocks, values, initiator, symbols):
    """One run's figures, all for one I/O."""
    ios = values["ios"]
    functions, groups, iterations = collections.Counter(), collections.Counter(), 0
    calls = collections.Counter()
    for address, runs, instructions, rounds in blocks:
        function = symbols.function(address)
        functions[function] += instructions
        calls[function] += runs if address == function[2] else 0
        iterations += rounds
    for function, instructions in functions.items():
        groups[symbols.group(function, initiator)] += instructions
    figures = {group: groups[group] / ios for group in GROUPS}
    figures.update(values)
    figures["kernel"] = sum(groups[group] for group in GROUPS if group not in APART) / ios
    figures["user"] = user / ios
    figures["iterations"] = iterations / ios
    figures["functions"] = collections.Counter()
    figures["calls"] = collections.Counter()
    for function, instructions in functions.items():
        name = "%s [%s]" % function[:2] if function[1] else function[0]
        figures["functions"][name] += instructions / ios
        figures["calls"][name] += calls[function] / ios
    return figures


CASE = ("initiator", "digests", "operation", "order", "bytes", "depth", "count")


def read_layout(directory):
    """Every case of one layout: {(initiator, digests, operation, bytes, depth): [figures of each repeat]}, notes."""
    symbols = Symbols(os.path.join(directory, "symbols"), Groups())
    regions = read_regions(os.path.join(directory, "regions"))
    runs, notes = read_log(os.path.join(directory, "log"))
    with open(os.path.join(directory, "plan")) as lines:
        plan = [dict(zip(CASE, line.split())) for line in lines]
    if len(runs) != len(regions):
        raise SystemExit("%s: %d runs, but %d counted" % (directory, len(runs), len(regions)))
    cases = {}
    for run, (user, blocks) in zip(runs, regions):
        asked = plan[int(run[0])]
        values = {key: float(value) for key, value in re.findall(r"(\S+)=(\S+)", " ".join(run[2:]))}
        key = (asked["initiator"], asked["digests"], asked["operation"], int(asked["bytes"]), int(asked["depth"]))
        cases.setdefault(key, []).append(run_figures(user, blocks, values, asked["initiator"], symbols))
    return cases, notes
