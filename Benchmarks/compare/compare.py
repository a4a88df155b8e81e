#!/usr/bin/env python3
"""The same jobs by sluice and by what else people use: jq, DuckDB, ClickHouse, Polars, ijson, yajl, zstd.

Every tool reads the same file and writes JSON Lines in zstd. Tools take turns (a, b, c, a, b, c, …); medians
count. The first output of each is read and must hold the rows that sluice's holds, before any of its times
count. A tool that fails, is too slow or gives another answer is listed with what went wrong.

`make compare` runs it, with what has to be installed in .build-compare. The results go to
.build-compare/results.json, from where the section of docs/performance.md and its chart are drawn.
"""

import argparse
import datetime
import json
import os
import re
import resource
import shlex
import shutil
import signal
import statistics
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(HERE.parent))

from bench import Export, cpu, text_of  # noqa: E402

CACHE = ROOT / ".build-compare"
PYTHON = CACHE / "venv" / "bin" / "python"
MEMORY = Path("/dev/shm")

# work, export: what is asked of which layout
WORKLOADS = [
    ("needle", {}, "a stage and a batch"),
    ("stage", {}, "one stage"),
    ("all", {}, "keep everything"),
    ("rows", {}, "annotation rows of one title"),
    ("stage", {"style": "pretty"}, "one stage, pretty-printed"),
    ("stage", {"style": "ndjson"}, "one stage, NDJSON"),
    ("stage", {"kind": "images"}, "one stage, small images"),
    ("rows", {"kind": "giant"}, "annotation rows, one giant asset"),
    ("all", {"kind": "giant"}, "keep everything, one giant asset"),
]


class Task:
    """One workload: what is asked, of which export."""

    def __init__(self, work, options, title, tools, size):
        self.work, self.title = work, title
        self.layout = options.get("style", "array")
        self.export = Export(tools, size, **options)
        truth = self.export.truth
        query = truth["needle" if work == "needle" else "oneStage"]
        self.stage, self.batch = query["stage"], query["batch"] or ""
        self.name = truth["titles"][0]["name"]

    @property
    def path(self):
        return str(self.export.path)


def jq_program(task):
    each = "." if task.layout == "ndjson" else ".[]"
    if task.work == "rows":
        return (
            each + " | .externalId as $e | .task.stage as $s | .task | (.tools, .classifications, .relations)"
            " | .[]? | select(.title == $title)"
            " | {externalId: $e, stage: $s, title, objectId, annotation: .}"
        )
    conditions = {
        "needle": " | select(.task.stage == $stage and ((.batches // []) | index($batch)))",
        "stage": " | select(.task.stage == $stage)",
    }
    return each + conditions.get(task.work, "")


def piped(*commands):
    """A pipe of commands, which fails if one of them does."""
    line = " | ".join(" ".join(shlex.quote(str(word)) for word in command) for command in commands)
    return ["bash", "-c", "set -o pipefail; " + line]


class Tool:
    """How a tool does a task; `command` is None where it has no way to."""

    # How the output is compared: `lines` of JSON, one `array` of it, `identifiers` of lines alone, or `bytes`
    # that are the input's own.
    form = "lines"

    def __init__(self, name, version, command):
        self.name, self.version, self.command = name, version, command


def python_tool(name, package, **traits):
    def command(task, out):
        script = HERE / "python_tools.py"
        words = [task.work, task.path, out, task.layout, task.stage, task.batch, task.name]
        return [PYTHON, script, name, *words]

    version = text_of(str(PYTHON), "-c", f"import importlib.metadata as m; print(m.version('{package}'))")
    tool = Tool(name, f"{package} {version}", command)
    for trait, value in traits.items():
        setattr(tool, trait, value)
    return tool


def make_tools(arguments):
    sluice = Path(arguments.sluice).resolve()

    def run_sluice(task, out):
        options = {
            "needle": ["--stage", task.stage, "--batch", task.batch],
            "stage": ["--stage", task.stage],
            "rows": ["--rows", "annotations", "--title", task.name],
        }
        return [sluice, "run", task.path, "-o", out + ".d", "-q", *options.get(task.work, [])]

    def run_jq(task, out):
        variables = ["--arg", "stage", task.stage, "--arg", "batch", task.batch, "--arg", "title", task.name]
        return piped(["jq", "-c", *variables, jq_program(task), task.path], ["zstd", "-q", "-3", "-f", "-o", out])

    def run_yajl(task, out):
        if task.work != "all":
            return None
        return ["bash", "-c", f"set -o pipefail; json_reformat -m < {shlex.quote(task.path)} | zstd -q -3 -f -o {out}"]

    def run_zstd(task, out):
        return ["zstd", "-q", "-3", "-T0", "-f", "-o", out, task.path] if task.work == "all" else None

    yajl = Tool("json_reformat", package_version("yajl-tools"), run_yajl)
    zstd = Tool("zstd alone", package_version("zstd"), run_zstd)
    yajl.form, zstd.form = "array", "bytes"
    return [
        Tool("sluice", text_of(str(sluice), "--version"), run_sluice),
        Tool("jq", text_of("jq", "--version"), run_jq),
        python_tool("duckdb", "duckdb"),
        python_tool("clickhouse", "chdb-core"),
        python_tool("polars", "polars", form="identifiers"),
        python_tool("ijson", "ijson"),
        yajl,
        zstd,
    ]


def package_version(name):
    version = text_of("dpkg-query", "-W", "-f", "${Version}\n", name)
    return f"{name} {version}" if version else None


# Running


class Failed(Exception):
    """Why a tool's time does not count."""


def first_to_go():
    """If memory runs out it is the tool that is ended, and nobody else."""
    os.setsid()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    except OSError:
        pass


def run(command, limit):
    """Runs a command.

    Returns its seconds, and the peak memory of its greatest process.
    """
    errors = CACHE / "stderr"
    with open(errors, "wb") as stderr:
        start = time.perf_counter()
        process = subprocess.Popen(
            [str(word) for word in command], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=stderr,
            preexec_fn=first_to_go, cwd=CACHE,
        )
        alarm = signal.signal(signal.SIGALRM, lambda *_: os.killpg(process.pid, signal.SIGKILL))
        signal.alarm(limit)
        try:
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            raise
        signal.alarm(0)
        seconds = time.perf_counter() - start
        signal.signal(signal.SIGALRM, alarm)
    process.returncode = code = os.waitstatus_to_exitcode(status)
    if code == 0:
        return seconds, usage.ru_maxrss * 1024
    if seconds >= limit:
        raise Failed(f"not done after {limit} s")
    if code in (-signal.SIGKILL, 128 + signal.SIGKILL):
        raise Failed("ended by the system: out of memory")
    raise Failed(first_complaint(errors.read_text(errors="replace")) or f"exit status {code}")


def first_complaint(text):
    """The line of an error that says what is wrong, which for Python is the last."""
    rows = [row.strip() for row in text.splitlines() if row.strip()]
    if not rows:
        return None
    starts = [row for row in rows if "Error" in row or "Exception" in row]
    # polars.exceptions.ComputeError: less of that.
    row = re.sub(r"^(\w+\.)+(?=\w*(Error|Exception))", "", (starts or rows)[-1])
    return row if len(row) <= 160 else row[:157] + "…"


class Figures:
    """What came of one tool and one task."""

    def __init__(self, tool, command):
        self.tool, self.command = tool, command
        self.seconds, self.peaks = [], []
        self.error = None
        self.answer = None
        self.output_bytes = None

    def measure(self, out, limit):
        shutil.rmtree(out + ".d", ignore_errors=True)
        Path(out).unlink(missing_ok=True)
        seconds, peak = run(self.command, limit)
        self.seconds.append(seconds)
        self.peaks.append(peak)
        return self.collected(out)

    @staticmethod
    def collected(out):
        """The output in one file."""
        folder = Path(out + ".d")
        if folder.exists():
            parts = sorted(folder.glob("data/*.jsonl.zst"))
            with open(out, "wb") as whole:
                for part in parts:
                    with open(part, "rb") as piece:
                        shutil.copyfileobj(piece, whole)
            shutil.rmtree(folder)
        return out

    def json(self, task):
        done = self.error is None and self.seconds
        median = statistics.median(self.seconds) if done else None
        return {
            "tool": self.tool.name,
            "error": self.error,
            "seconds": [round(value, 4) for value in self.seconds] if done else [],
            "medianSeconds": round(median, 4) if done else None,
            "mbPerSecond": round(task.export.bytes / 1e6 / median, 1) if done else None,
            "peakMemoryBytes": max(self.peaks) if done else None,
            "outputBytes": self.output_bytes,
            "checked": self.tool.form if done else None,
        }


def compare(task, tools, arguments, out):
    """All tools at one task."""
    print(f"{task.title}: {task.export.bytes / 1e6:.0f} MB", file=sys.stderr)
    task.export.warm()
    figures = [Figures(tool, tool.command(task, out)) for tool in tools]
    figures = [one for one in figures if one.command]
    rows = None
    for repetition in range(arguments.repetitions):
        for one in figures:
            if one.error:
                continue
            try:
                path = one.measure(out, arguments.limit)
                if repetition == 0:
                    one.output_bytes = os.path.getsize(path)
                    rows = check(one, path, task, rows)
                print(f"  {one.tool.name}: {one.seconds[-1]:.2f} s", file=sys.stderr)
            except Failed as error:
                one.error = str(error)
                print(f"  {one.tool.name}: {error}", file=sys.stderr)
                if one.tool.name == "sluice":
                    sys.exit(f"compare: nothing to compare with: {error}")
    return {
        "title": task.title,
        "bytes": task.export.bytes,
        "rows": rows,
        "tools": [one.json(task) for one in figures],
    }


def check(one, path, task, rows):
    """Holds an output against sluice's, and that against what the generator knows; gives the number of rows."""
    wanted = str(CACHE / "wanted.zst")
    if one.tool.name == "sluice":
        Path(wanted + ".digests").unlink(missing_ok=True)
        shutil.move(path, wanted)
        path = wanted
    if one.tool.form == "bytes":
        decoded = subprocess.Popen(["zstd", "-dc", "-q", path], stdout=subprocess.PIPE)
        same = subprocess.run(["cmp", "-s", "-", task.path], stdin=decoded.stdout, check=False)
        decoded.stdout.close()
        if decoded.wait() != 0 or same.returncode != 0:
            raise Failed("wrong answer: other bytes")
        return rows
    words = [sys.executable, HERE / "answers.py", task.work, one.tool.form, wanted, path]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Failed(f"no answer: {first_complaint(done.stderr)}")
    answer = json.loads(done.stdout)
    if answer["wrong"]:
        raise Failed(f"wrong answer: {answer['wrong']}")
    if one.tool.name == "sluice":
        truth = task.export.truth
        right = {
            "needle": truth["needle"]["assets"], "stage": truth["oneStage"]["assets"], "all": truth["assets"],
            "rows": truth["titles"][0]["annotations"],
        }[task.work]
        if answer["rows"] != right:
            raise Failed(f"{answer['rows']} rows, not {right}")
    return answer["rows"]


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", default="1GB", help="of each export (1GB)")
    parser.add_argument("--repetitions", type=int, default=3, help="of every run (3)")
    parser.add_argument("--limit", type=int, default=120, help="seconds for a run, after which it is ended (120)")
    parser.add_argument("--only", help="workloads whose title holds this text")
    parser.add_argument("--tools", help="comma-separated names; sluice is always there")
    parser.add_argument("--no-docs", action="store_true", help="leave docs/ as it is")
    parser.add_argument("--sluice", default=ROOT / ".build/release/sluice", help="another binary to measure")
    return parser.parse_args()


class Generator:
    generator = ROOT / ".build/release/generate-export"


def remember(results, tools, arguments):
    """Keeps what there is so far: the whole takes long."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    summary = {
        "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d"),
        "machine": {"cpu": cpu(), "cores": len(os.sched_getaffinity(0)), "memoryBytes": memory},
        "size": arguments.size,
        "repetitions": arguments.repetitions,
        "limit": arguments.limit,
        "tools": {tool.name: tool.version for tool in tools},
        "workloads": results,
    }
    (CACHE / "results.json").write_text(json.dumps(summary, indent=1), encoding="utf-8")


def main():
    # So that what is on disk is removed then, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    arguments = parse()
    CACHE.mkdir(exist_ok=True)
    (ROOT / ".build-bench").mkdir(exist_ok=True)
    tools = make_tools(arguments)
    if arguments.tools:
        names = {"sluice", *arguments.tools.split(",")}
        tools = [tool for tool in tools if tool.name in names]
    place = MEMORY if os.access(MEMORY, os.W_OK) else CACHE
    out = str(place / f"sluice-compare-{os.getpid()}.zst")
    results = []
    try:
        for work, options, title in WORKLOADS:
            if arguments.only and arguments.only not in title:
                continue
            results.append(compare(Task(work, options, title, Generator, arguments.size), tools, arguments, out))
            remember(results, tools, arguments)
    finally:
        for path in (out, CACHE / "wanted.zst", CACHE / "wanted.zst.digests"):
            Path(path).unlink(missing_ok=True)
        shutil.rmtree(out + ".d", ignore_errors=True)
    words = [] if arguments.no_docs else ["--write"]
    subprocess.run([sys.executable, HERE / "report.py", *words], check=True)


if __name__ == "__main__":
    main()
