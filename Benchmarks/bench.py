#!/usr/bin/env python3
"""Measures sluice beside what bounds it: reading the file, zstd, and yajl on the same bytes in the same run.

Every job of a run is repeated in turn (a, b, c, a, b, c, …), so that a machine that slows down slows all alike,
and the median counts. A run of sluice counts only if its answer is what the generator says is in the export.
The figures are printed and appended to Benchmarks/history.jsonl.
"""

import argparse
import datetime
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import time
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".build-bench"
HISTORY = ROOT / "Benchmarks" / "history.jsonl"
# In memory where that can be: what a disk makes of fsync is not what is measured.
MEMORY = Path("/dev/shm")
OUT = (MEMORY if os.access(MEMORY, os.W_OK) else CACHE) / "sluice-bench-out"


class Wrong(Exception):
    """A run that failed or gave another answer than the generator's."""


def text_of(*command):
    """A command's first line, or None where there is no such command."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    except OSError:
        return None
    lines = (done.stdout or done.stderr).strip().splitlines()
    return lines[0] if done.returncode == 0 and lines else None


# What is measured on


class Export:
    """A generated export, made once and kept, with the truth about it."""

    def __init__(self, tools, size, **options):
        words = [f"--{key.replace('_', '-')}={value}" for key, value in sorted(options.items())]
        name = "-".join(["export", size, *(word.strip("-").replace("=", "_") for word in words)])
        self.path = CACHE / f"{name}.json"
        truth = CACHE / f"{name}.truth"
        if not truth.exists():
            print(f"generating {self.path.name}", file=sys.stderr)
            partial = CACHE / "partial.json"
            command = [tools.generator, "--size", size, *words, "--output", partial, "--expect", CACHE / "partial.truth"]
            subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
            partial.rename(self.path)
            (CACHE / "partial.truth").rename(truth)
        self.truth = json.loads(truth.read_text(encoding="utf-8"))
        self.bytes = self.path.stat().st_size

    def zipped(self):
        """The same export as the Hub delivers it."""
        path = self.path.with_suffix(".zip")
        if not path.exists():
            print(f"zipping {path.name}", file=sys.stderr)
            partial = CACHE / "partial.zip"
            with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as archive:
                archive.write(self.path, "export.json")
            partial.rename(path)
        return path

    def warm(self):
        """Brings the file into the page cache."""
        buffer = bytearray(1 << 22)
        with open(self.path, "rb", buffering=0) as file:
            while file.readinto(buffer):
                pass


class Tools:
    def __init__(self, arguments):
        self.sluice = Path(arguments.sluice).resolve()
        self.generator = ROOT / ".build/release/generate-export"
        self.zstd = shutil.which("zstd")
        # Reading, scanning and yajl on their own.
        self.limits = ROOT / ".build/release/measure-limits"

    def versions(self):
        return {
            "sluice": text_of(self.sluice, "--version"),
            "swift": text_of("swift", "--version"),
            "zstd": text_of("zstd", "--version"),
            "python": platform.python_version(),
            "kernel": platform.release(),
        }


# What is measured


def warm(path):
    """Brings a file into the page cache: a machine that hands unused memory back forgets it between two commands."""
    with open(path, "rb", buffering=0) as file:
        block = bytearray(1 << 20)
        while file.readinto(block):
            pass


class Job:
    """One command, what it reads, and how its answer is told to be right."""

    def __init__(self, name, export, command, check=None, stdin=None):
        self.name = name
        self.export = export
        self.command = [str(word) for word in command]
        self.check = check
        self.stdin = stdin
        self.seconds = []
        self.peaks = []

    def run(self):
        out = OUT
        shutil.rmtree(out, ignore_errors=True)
        for word in [*self.command, str(self.stdin)]:
            if word.startswith(str(CACHE)) and os.path.isfile(word):
                warm(word)
        with open(self.stdin or os.devnull, "rb") as stdin, open(CACHE / "stderr", "wb") as stderr:
            start = time.perf_counter()
            process = subprocess.Popen(self.command, stdin=stdin, stdout=subprocess.DEVNULL, stderr=stderr)
            _, status, usage = os.wait4(process.pid, 0)
            seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            message = (CACHE / "stderr").read_text(errors="replace")[-500:]
            raise Wrong(f"{self.name}: exit status {process.returncode}: {message}")
        if self.check:
            self.check(out)
        self.seconds.append(seconds)
        # A child starts with its parent's peak, so nothing below this program's own 20 MB can be told.
        self.peaks.append(usage.ru_maxrss * 1024)

    @property
    def median(self):
        return statistics.median(self.seconds)

    @property
    def rate(self):
        return self.export.bytes / 1e6 / self.median

    def figures(self):
        return {
            "bytes": self.export.bytes,
            "seconds": [round(value, 4) for value in self.seconds],
            "medianSeconds": round(self.median, 4),
            "mbPerSecond": round(self.rate, 1),
            "peakMemoryBytes": max(self.peaks),
        }


def expects(name, rows, kept=None, row_bytes=None):
    """Holds manifest and report against the generator's counts."""

    def check(out):
        manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
        report = json.loads((out / "report.json").read_text(encoding="utf-8"))
        found = {"rows": manifest["totals"]["rows"], "kept": report["assets"]["kept"]}
        wanted = {"rows": rows, "kept": found["kept"] if kept is None else kept}
        if row_bytes is not None:
            # Each row is its asset's minified bytes and a line end.
            found["rawBytes"] = manifest["totals"]["rawBytes"]
            wanted["rawBytes"] = row_bytes + rows
        if found != wanted:
            raise Wrong(f"{name}: found {found}, wanted {wanted}")

    return check


def sluice(tools, arguments, name, export, *options, prefix=(), path=None, workers=None, **wanted):
    command = [*prefix, tools.sluice, "run", path or export.path, "--output", OUT, "--quiet"]
    if workers or arguments.workers:
        command += ["--workers", workers or arguments.workers]
    return Job(name, export, [*command, *options], expects(name, **wanted))


def needle(tools, arguments, name, export, **more):
    query = export.truth["needle"]
    options = ["--stage", query["stage"], "--batch", query["batch"]]
    wanted = {"rows": query["assets"], "kept": query["assets"], "row_bytes": query["bytes"]}
    return sluice(tools, arguments, name, export, *options, **wanted, **more)


def everything(tools, arguments, name, export, **more):
    truth = export.truth
    # A minified array is its assets, a comma between two and the brackets around all.
    row_bytes = sum(stage["bytes"] for stage in truth["stages"])
    wanted = {"rows": truth["assets"], "kept": truth["assets"], "row_bytes": row_bytes}
    return sluice(tools, arguments, name, export, **wanted, **more)


def titled(tools, arguments, name, export, **more):
    """Annotation rows of one title, of about ten."""
    title = export.truth["titles"][0]
    options = ["--rows", "annotations", "--title", title["name"]]
    wanted = {"rows": title["annotations"], "kept": title["assets"]}
    return sluice(tools, arguments, name, export, *options, **wanted, **more)


def annotations(tools, arguments, name, export, **more):
    """A row for each annotation."""
    truth = export.truth
    rows = truth["tools"] + truth["classifications"] + truth["relations"]
    return sluice(tools, arguments, name, export, "--rows", "annotations", rows=rows, kept=truth["assets"], **more)


def yardsticks(tools, export):
    """What bounds us on this machine, in the same run."""
    limit = lambda stage, name: Job(name, export, [tools.limits, stage, export.path])
    jobs = [limit("read", "read"), limit("scan", "read and scan"), limit("yajl", "yajl, one thread")]
    if tools.zstd:
        jobs.append(Job("zstd -3 -T2", export, [tools.zstd, "-q", "-3", "-T2", "-c", export.path]))
    else:
        print("zstd is not installed: nothing to compare compression with", file=sys.stderr)
    return jobs


def main_jobs(tools, arguments):
    export = Export(tools, arguments.size)
    big = Export(tools, arguments.needle_size) if arguments.needle_size else export
    truth = export.truth
    one, title = truth["oneStage"], truth["titles"][0]
    jobs = yardsticks(tools, export)
    jobs.append(needle(tools, arguments, "needle", big))
    jobs.append(
        sluice(
            tools, arguments, "one stage", export, "--stage", one["stage"],
            rows=one["assets"], kept=one["assets"], row_bytes=one["bytes"],
        )
    )
    jobs.append(everything(tools, arguments, "everything", export))
    jobs.append(
        sluice(
            tools, arguments, "one title, pruned", export, "--title", title["name"], "--prune",
            rows=title["assets"], kept=title["assets"],
        )
    )
    jobs.append(titled(tools, arguments, "annotation rows, one title", export))
    jobs.append(annotations(tools, arguments, "annotation rows, all", export))
    return jobs


def layout_jobs(tools, arguments):
    """Other layouts and sizes of asset, which must keep the pace."""
    jobs = []
    variants = {"pretty": {"style": "pretty"}, "ndjson": {"style": "ndjson"}, "images": {"kind": "images"}}
    for name, options in variants.items():
        export = Export(tools, arguments.size, **options)
        jobs.append(needle(tools, arguments, f"needle, {name}", export))
        jobs.append(everything(tools, arguments, f"everything, {name}", export))
        jobs.append(titled(tools, arguments, f"annotation rows, one title, {name}", export))
    giant = Export(tools, arguments.size, kind="giant")
    nothing = ["--exclude-stage", giant.truth["oneStage"]["stage"]]
    jobs.append(sluice(tools, arguments, "nothing, giant", giant, *nothing, rows=0, kept=0))
    jobs.append(everything(tools, arguments, "everything, giant", giant))
    jobs.append(titled(tools, arguments, "annotation rows, one title, giant", giant))
    jobs.append(annotations(tools, arguments, "annotation rows, all, giant", giant))
    export = Export(tools, arguments.size)
    jobs.append(needle(tools, arguments, "needle, zip", export, path=export.zipped()))
    return jobs


def scaling_jobs(tools, arguments):
    """The same work on one processor and on two."""
    export = Export(tools, arguments.needle_size or arguments.size)
    jobs = []
    for processors, workers in (("0", 1), ("0,1", 2)):
        prefix = ("taskset", "-c", processors)
        for make in (needle, everything, titled):
            name = f"{make.__name__}, {workers} processor{'s' * (workers > 1)}"
            jobs.append(make(tools, arguments, name, export, prefix=prefix, workers=workers))
    return jobs


# What comes of it


def cpu():
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def show(jobs):
    # A ratio is by rate, so that jobs on exports of other sizes compare too.
    by_name = {job.name: job for job in jobs}
    zstd, read = by_name.get("zstd -3 -T2"), by_name.get("read")
    width = max(len(job.name) for job in jobs)
    print(f"{'':{width}}  {'MB/s':>8}  {'seconds (min–max)':>22}  {'x zstd':>7}  {'x read':>7}  {'peak MB':>8}")
    for job in jobs:
        spread = f"{job.median:.3f} ({min(job.seconds):.3f}–{max(job.seconds):.3f})"
        to_zstd = f"{job.rate / zstd.rate:7.2f}" if zstd else f"{'-':>7}"
        to_read = f"{job.rate / read.rate:7.3f}" if read else f"{'-':>7}"
        print(f"{job.name:{width}}  {job.rate:8.0f}  {spread:>22}  {to_zstd}  {to_read}  {max(job.peaks) / 1e6:8.1f}")
    for name in ("needle", "everything", "titled"):
        one, two = by_name.get(f"{name}, 1 processor"), by_name.get(f"{name}, 2 processors")
        if one and two:
            print(f"{name}: two processors are {one.median / two.median:.2f} x as fast as one")


def ratios(job, jobs):
    """How often as fast as the yardsticks of the same measurement."""
    rates = {other.name: other.rate for other in jobs}
    names = {"xZstd": "zstd -3 -T2", "xRead": "read"}
    return {key: round(job.rate / rates[name], 4) for key, name in names.items() if name in rates}


def remember(jobs, tools, arguments):
    commit = text_of("git", "rev-parse", "--short=12", "HEAD")
    changed = text_of("git", "status", "--porcelain", "--untracked-files=no", "--", ".", ":!Benchmarks/history.jsonl")
    entry = {
        "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "commit": commit and commit + ("+changes" if changed else ""),
        "machine": {"cpu": cpu(), "cores": len(os.sched_getaffinity(0))},
        "versions": tools.versions(),
        "size": arguments.size,
        "repetitions": arguments.repetitions,
        "figures": {job.name: job.figures() | ratios(job, jobs) for job in jobs},
    }
    with open(HISTORY, "a", encoding="utf-8") as file:
        file.write(json.dumps(entry, ensure_ascii=False) + "\n")


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", default="1GB", help="of each export (1GB)")
    parser.add_argument("--needle-size", help="of the export for the needle, so that start-up doesn't count: 4GB")
    parser.add_argument("--repetitions", type=int, default=5, help="of every job (5)")
    parser.add_argument("--workers", help="for sluice; its own default otherwise")
    parser.add_argument("--layouts", action="store_true", help="also other styles, small assets, one giant, ZIP")
    parser.add_argument("--scaling", action="store_true", help="also one processor against two")
    parser.add_argument("--no-history", action="store_true", help="don't append to Benchmarks/history.jsonl")
    parser.add_argument("--sluice", default=ROOT / ".build/release/sluice", help="another binary to measure")
    return parser.parse_args()


def main():
    arguments = parse()
    CACHE.mkdir(exist_ok=True)
    tools = Tools(arguments)
    jobs = main_jobs(tools, arguments)
    if arguments.layouts:
        jobs += layout_jobs(tools, arguments)
    if arguments.scaling:
        jobs += scaling_jobs(tools, arguments)
    for export in {job.export.path: job.export for job in jobs}.values():
        export.warm()
    try:
        for repetition in range(arguments.repetitions):
            print(f"repetition {repetition + 1} of {arguments.repetitions}", file=sys.stderr)
            for job in jobs:
                job.run()
    except Wrong as wrong:
        sys.exit(f"bench: no figures, because of a wrong answer: {wrong}")
    finally:
        shutil.rmtree(OUT, ignore_errors=True)
    show(jobs)
    if not arguments.no_history:
        remember(jobs, tools, arguments)


if __name__ == "__main__":
    main()
