"""Charts as SVG by hand: bars and lines. Colours follow the reader's light or dark page, and each is far enough
from both that a viewer that knows neither shows them, too."""

import math
from html import escape

STYLE = """
  text { font: 13px system-ui, sans-serif; fill: #57606a; }
  .title { font-weight: 600; font-size: 15px; fill: #24292f; }
  .group { font-weight: 600; fill: #24292f; }
  .ours { fill: #0a7d55; }
  .other { fill: #8c959f; }
  .failed { fill: #c04a3a; font-style: italic; }
  .grid { stroke: #8c959f; stroke-opacity: 0.3; stroke-width: 1; }
  .line { fill: none; stroke-width: 2; }
  @media (prefers-color-scheme: dark) {
    text { fill: #9da7b1; }
    .title, .group { fill: #e6edf3; }
    .ours { fill: #2fbf8a; }
    .other { fill: #6e7681; }
    .failed { fill: #f08272; }
  }
"""
PALETTE = ["#0a9d6b", "#4c8dd6", "#c98a12", "#b45fc4", "#d4604f", "#6f9e2e", "#3aa6b4"]


class Drawing:
    """Elements, and the size they take."""

    def __init__(self, width):
        self.width, self.height = width, 0
        self.elements = []

    def text(self, x, y, words, kind="", anchor="start"):
        kind = f' class="{kind}"' if kind else ""
        anchor = f' text-anchor="{anchor}"' if anchor != "start" else ""
        self.elements.append(f'<text x="{x:.1f}" y="{y:.1f}"{kind}{anchor}>{escape(words)}</text>')

    def bar(self, x, y, width, height, kind):
        self.elements.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 1):.1f}" height="{height}" rx="2" class="{kind}"/>'
        )

    def rule(self, x1, y1, x2, y2):
        self.elements.append(f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" class="grid"/>')

    def path(self, points, colour):
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        self.elements.append(f'<polyline points="{line}" class="line" stroke="{colour}"/>')
        for x, y in points:
            self.elements.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>')

    def swatch(self, x, y, colour):
        self.elements.append(f'<rect x="{x:.1f}" y="{y:.1f}" width="12" height="12" rx="2" fill="{colour}"/>')

    def svg(self, title):
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width} {self.height:.0f}" '
            f'width="{self.width}" height="{self.height:.0f}" role="img" aria-label="{escape(title)}">'
        )
        return "\n".join([head, f"<title>{escape(title)}</title>", f"<style>{STYLE}</style>", *self.elements, "</svg>\n"])


def bars(title, groups):
    """Horizontal bars.

    `groups`: [(name, [(label, value or None, words behind the bar, whether it is ours)])].
    """
    drawing = Drawing(860)
    left, room = 130, 500
    drawing.text(0, 18, title, "title")
    y = 44
    for name, rows in groups:
        most = max([value for _, value, _, _ in rows if value] or [1])
        drawing.text(0, y, name, "group")
        y += 10
        for label, value, words, is_ours in rows:
            drawing.text(left - 8, y + 12, label, anchor="end")
            if value is None:
                drawing.text(left, y + 12, words, "failed")
            else:
                width = room * value / most
                drawing.bar(left, y, width, 15, "ours" if is_ours else "other")
                drawing.text(left + max(width, 1) + 6, y + 12, words)
            y += 20
        y += 22
    drawing.height = y - 10
    return drawing.svg(title)


def lines(title, labels, panels):
    """Lines over measurements, one panel below the other, on a scale of powers of two.

    `labels`: what stands below each measurement. `panels`: [(unit, {name: [value or None, one for each]})].
    """
    drawing = Drawing(860)
    drawing.text(0, 18, title, "title")
    top = 58
    for unit, series in panels:
        top = panel(drawing, top, unit, labels, series) + 30
    drawing.height = top - 20
    return drawing.svg(title)


def panel(drawing, top, unit, labels, series):
    """Draws a panel; gives where it ends."""
    left, width, height = 46, 540, 220
    values = [value for row in series.values() for value in row if value]
    low = math.floor(math.log2(min(values)))
    high = max(math.ceil(math.log2(max(values))), low + 1)
    y_of = lambda value: top + height * (high - math.log2(value)) / (high - low)
    x_of = lambda index: left + width * (index + 0.5) / len(labels)
    drawing.text(0, top - 12, unit, "group")
    for power in range(low, high + 1):
        y = y_of(2.0**power)
        drawing.rule(left, y, left + width, y)
        drawing.text(left - 6, y + 4, f"{2.0**power:g}" if power >= 0 else f"1/{2**-power}", anchor="end")
    every = -(-len(labels) // 8)
    for index, label in enumerate(labels):
        if index % every == 0:
            drawing.text(x_of(index), top + height + 18, label, anchor="middle")
    ends = []
    for number, (name, row) in enumerate(series.items()):
        points = [(x_of(index), y_of(value)) for index, value in enumerate(row) if value]
        if points:
            colour = PALETTE[number % len(PALETTE)]
            drawing.path(points, colour)
            ends.append((points[-1][1], f"{name}: {[value for value in row if value][-1]:.2f}", colour))
    y = 0
    for end, words, colour in sorted(ends):
        y = max(end + 4, y + 20)
        drawing.swatch(left + width + 10, y - 10, colour)
        drawing.text(left + width + 28, y, words)
    return top + height + 30
