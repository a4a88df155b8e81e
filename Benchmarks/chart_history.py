#!/usr/bin/env python3
"""Draws Benchmarks/history.jsonl as docs/img/history.svg: each kind of run, measurement by measurement.

Megabytes a second are the machine's as much as ours, so what is drawn is how often as fast as something else a run
was that was measured in turn with it: `zstd -3 -T2` over the same bytes, and reading and scanning them alone.
"""

import json
import sys
from pathlib import Path

import charts

ROOT = Path(__file__).resolve().parent.parent
HISTORY = ROOT / "Benchmarks" / "history.jsonl"
CHART = ROOT / "docs" / "img" / "history.svg"

NAMES = [
    "needle", "one stage", "everything", "one title, pruned", "annotation rows, one title", "annotation rows, all",
]
# yardstick, its words, what is held against it
PANELS = [
    ("zstd -3 -T2", "times as fast as zstd -3 with two threads", NAMES),
    ("read and scan", "times as fast as reading and scanning alone", ["needle", "one stage", "everything"]),
]


def ratio(entry, name, yardstick):
    """How often as fast; by rate, since a needle may have an export of its own."""
    figures = entry["figures"]
    if name not in figures or yardstick not in figures:
        return None
    return figures[name]["mbPerSecond"] / figures[yardstick]["mbPerSecond"]


def main():
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else CHART
    entries = [json.loads(line) for line in HISTORY.read_text(encoding="utf-8").splitlines() if line.strip()]
    entries = [entry for entry in entries if all(panel[0] in entry["figures"] for panel in PANELS)]
    if not entries:
        sys.exit(f"chart_history: {HISTORY} has no measurement with zstd")
    panels = [
        (words, {name: [ratio(entry, name, yardstick) for entry in entries] for name in names})
        for yardstick, words, names in PANELS
    ]
    labels = [(entry["commit"] or entry["date"])[:7] for entry in entries]
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(
        charts.lines("Speed by commit, beside what was measured in turn with it", labels, panels), encoding="utf-8"
    )


if __name__ == "__main__":
    main()
