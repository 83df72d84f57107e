#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Choose rows so that every value of every column meets every value of every other.

usage: pairs.py NAME=VALUE,VALUE... NAME=...

Prints a line of values for each row, in the order of the columns. The same rows every time: a row takes the value
in each column, in turn, that makes the most pairs not met before; the row begins with a pair that nobody has.
"""
import itertools
import sys


def all_pairs(columns):
    return {((a, x), (b, y))
            for a, b in itertools.combinations(range(len(columns)), 2)
            for x in columns[a] for y in columns[b]}


def met(row):
    """The pairs of a row, which may have gaps."""
    taken = [(i, value) for i, value in enumerate(row) if value is not None]
    return set(itertools.combinations(taken, 2))


def next_row(columns, missing):
    (a, x), (b, y) = min(missing)
    row = [None] * len(columns)
    row[a], row[b] = x, y
    for i, values in enumerate(columns):
        if row[i] is None:
            def gain(value):
                return len(met(row[:i] + [value] + row[i + 1:]) & missing)
            row[i] = max(values, key=gain)
    return row


def rows(columns):
    missing = all_pairs(columns)
    while missing:
        row = next_row(columns, missing)
        missing -= met(row)
        yield row


def main():
    columns = [arg.split("=", 1)[1].split(",") for arg in sys.argv[1:]]
    if len(columns) < 2:
        sys.exit(__doc__)
    for row in rows(columns):
        print(*row)


main()
