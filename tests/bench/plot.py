# SPDX-License-Identifier: GPL-2.0
"""Stacked bars as SVG: a bar an initiator, a colour a group, a panel a layout."""
from xml.sax.saxutils import escape

COLOURS = {"own": "#c0392b", "core": "#8e44ad", "block": "#2980b9", "net": "#16a085", "sched": "#f39c12",
           "target": "#7f8c8d", "other": "#bdc3c7", "copy": "#e8daef", "spin": "#2c3e50"}
NAMES = {"core": "SCSI/NVMe core", "sched": "scheduler", "copy": "copies and checksums", "spin": "lock spinning",
         "own": "initiator's own code"}
BAR, GAP, LEFT, WIDTH = 13, 10, 230, 760


def text(x, y, words, anchor="start", weight="normal"):
    return ('<text x="%.1f" y="%.1f" text-anchor="%s" font-weight="%s">%s</text>\n'
            % (x, y, anchor, weight, escape(words)))


def bar(y, scale, figures):
    x, parts = LEFT, ""
    for group, colour in COLOURS.items():
        width = figures[group] * scale
        if width > 0.05:
            parts += ('<rect x="%.1f" y="%.1f" width="%.1f" height="%d" fill="%s"><title>%s: %.0f</title></rect>\n'
                      % (x, y, width, BAR - 2, colour, NAMES.get(group, group), figures[group]))
            x += width
    return parts + text(x + 4, y + BAR - 4, "%.1fk" % (sum(figures[group] for group in COLOURS) / 1000))


def legend():
    parts = ""
    for number, (group, colour) in enumerate(COLOURS.items()):
        x, y = 10 + 200 * (number % 5), 14 + 18 * (number // 5)
        parts += '<rect x="%d" y="%d" width="12" height="12" fill="%s"/>\n' % (x, y, colour)
        parts += text(x + 18, y + 10, NAMES.get(group, group))
    return parts


def panel(y, title, cases):
    """One layout. Every case has a scale of its own: its costliest bar is as wide as the panel."""
    parts = text(10, y + 12, title, weight="bold")
    y += 22
    for name, row in cases:
        scale = WIDTH / max(sum(figures[group] for group in COLOURS) for figures in row.values())
        parts += text(10, y + BAR - 4, name)
        for initiator, figures in row.items():
            parts += text(LEFT - 6, y + BAR - 4, initiator, "end") + bar(y, scale, figures)
            y += BAR
        y += GAP
    return y + GAP, parts


def write(panels, path):
    """panels is {title: [(case, {initiator: figures})]}."""
    y, parts = 60, legend()
    for title, cases in panels.items():
        y, drawn = panel(y, title, cases)
        parts += drawn
    with open(path, "w") as out:
        out.write('<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" font-family="sans-serif" '
                  'font-size="11">\n<rect width="100%%" height="100%%" fill="white"/>\n%s</svg>\n'
                  % (LEFT + WIDTH + 80, y, parts))
