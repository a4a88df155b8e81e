#!/usr/bin/env python3
"""The results of the comparison as Markdown, and with --write in docs/performance.md beside its chart."""

import json
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(HERE.parent))

import charts  # noqa: E402

BEGIN, END = "<!-- comparison: begin -->", "<!-- comparison: end -->"
PAGE = ROOT / "docs" / "performance.md"
CHART = ROOT / "docs" / "img" / "comparison.svg"


def megabytes(count):
    return f"{count / 1e6:.0f}"


def section(results):
    machine = results["machine"]
    text = [
        f"Machine: {machine['cpu']}, {machine['cores']} processors, {machine['memoryBytes'] / 1e9:.0f} GB. "
        f"Date: {results['date']}. Command: `make compare COMPARE_SIZE={results['size']}`. Exports of "
        f"`generate-export`, {results['size']} minified, in the page cache; JSON Lines in zstd out. Medians of "
        f"{results['repetitions']} runs in turn, starting of the program included; a run is ended after "
        f"{results['limit']} s.",
        "",
        "The rows of every tool were read and compared with ours, value by value, before its times counted. Polars "
        "is held to the same `externalId`s only: it adds members that an asset does not have. `json_reformat` writes "
        "one array, `zstd` the input's own bytes. Peak memory is that of the greatest process.",
        "",
        "![Megabytes of input a second, by workload and tool](img/comparison.svg)",
        "",
    ]
    for workload in results["workloads"]:
        text += [
            f"**{workload['title'][:1].upper()}{workload['title'][1:]}** "
            f"({megabytes(workload['bytes'])} MB, {workload['rows']} rows)",
            "",
            "| tool | MB/s | seconds | sluice is | peak MB | output MB |",
            "|---|---|---|---|---|---|",
        ]
        ours = next(tool for tool in workload["tools"] if tool["tool"] == "sluice")
        for tool in workload["tools"]:
            if tool["error"]:
                words = tool["error"].replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")
                text.append(f"| {tool['tool']} | – | {words} | | | |")
                continue
            ratio = tool["medianSeconds"] / ours["medianSeconds"]
            spread = f"{tool['medianSeconds']:.2f} ({min(tool['seconds']):.2f}–{max(tool['seconds']):.2f})"
            factor = "" if tool is ours else f"{ratio:.1f} × as fast"
            text.append(
                f"| {tool['tool']} | {tool['mbPerSecond']:.0f} | {spread} | {factor} "
                f"| {megabytes(tool['peakMemoryBytes'])} | {tool['outputBytes'] / 1e6:.1f} |"
            )
        text.append("")
    versions = ", ".join(f"{version}" for version in results["tools"].values() if version)
    return text + [f"Versions: {versions}.", ""]


def chart(results):
    groups = []
    for workload in results["workloads"]:
        rows = []
        for tool in workload["tools"]:
            value = tool["mbPerSecond"]
            if tool["error"]:
                words = tool["error"] if len(tool["error"]) <= 72 else tool["error"][:71] + "…"
            else:
                words = f"{value:.0f} MB/s, {megabytes(tool['peakMemoryBytes'])} MB of memory"
            rows.append((tool["tool"], value, words, tool["tool"] == "sluice"))
        groups.append((workload["title"], rows))
    return charts.bars("Megabytes of input a second; each bar is measured within its workload", groups)


def main():
    results = json.loads((ROOT / ".build-compare" / "results.json").read_text(encoding="utf-8"))
    text = "\n".join(section(results))
    print(text)
    if "--write" not in sys.argv:
        (ROOT / ".build-compare" / "comparison.svg").write_text(chart(results), encoding="utf-8")
        return
    page = PAGE.read_text(encoding="utf-8")
    head, tail = page.split(BEGIN)[0], page.split(END)[1]
    PAGE.write_text(f"{head}{BEGIN}\n\n{text}\n{END}{tail}", encoding="utf-8")
    CHART.parent.mkdir(exist_ok=True)
    CHART.write_text(chart(results), encoding="utf-8")


if __name__ == "__main__":
    main()
