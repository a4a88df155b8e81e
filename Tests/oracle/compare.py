#!/usr/bin/env python3
"""Runs a sluice binary and the oracle on the same exports with random options, and compares what they say.

    compare.py .build/release/sluice                              random exports made here
    compare.py SLUICE --exports DIR                               files of a directory (up to --max-bytes each)
    compare.py SLUICE --generator 'generate-export --seed {seed} --output {path}'

Same --seed, same exports and options. Compared are the status, the rows or the whole tree of parts, the
report's counts of assets, rows and copies, the names that nothing has, and for malformed input the position; of annotation rows also all
that the contract fixes of the report, and the manifest's options, partitions and totals. A difference is written
below --keep in the layout of Fixtures/regressions, and the exit status is 1. recompute.py compares with one
output that is there already.
"""

import argparse
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

import make_expected
import random_export
import sluice_oracle

POSITION = re.compile(r": byte (\d+) \(line (\d+), column (\d+)\), asset (\d+): ")
ENGINES = [[], ["--engine", "reference"], ["--workers", "1"], ["--workers", "3", "--block-size", "64KiB"]]
FACTS = ("assets", "rows", "copies", "neverSeen")
TABLES = ("stages", "batches", "titles", "kinds", "tools")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sluice", type=pathlib.Path)
    parser.add_argument("--exports", type=pathlib.Path)
    parser.add_argument("--generator")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--max-bytes", type=int, default=4_000_000)
    parser.add_argument("--rows", choices=("assets", "annotations", "both"), default="both")
    parser.add_argument("--engine", choices=("fast", "reference"), help="always this one")
    parser.add_argument("--keep", type=pathlib.Path, default=pathlib.Path("differences"))
    return parser.parse_args()


def export(given, files, number, path):
    """Puts the export of one round at `path`; returns the hand that chooses its options."""
    writer = random_export.Writer(f"{given.seed}-{number}")
    if given.generator:
        command = given.generator.format(seed=given.seed + number, path=path)
        subprocess.run(shlex.split(command), check=True)
    elif files:
        shutil.copy(files[number % len(files)], path)
    else:
        text = writer.export()
        if writer.chance(0.25):
            text = writer.damaged(text)
        path.write_bytes(writer.packed(text))
    return writer


def wanted(options):
    """What the oracle says: status, files (or rows), position, facts."""
    outcome, rows = sluice_oracle.execute(["export", "--output", "-" if streams(options) else "out"] + options)
    error = outcome["error"]
    if error:
        position = tuple(error[key] for key in ("byte", "line", "column", "asset")) if "byte" in error else None
        return {"status": outcome["status"], "position": None if error["code"] == "issue-export" else position}
    parts = {path: make_expected.lines([text.encode() for text in texts])
             for path, texts in outcome["partitions"].items()}
    manifest = None if streams(options) else wanted_manifest(outcome)
    return {"status": outcome["status"], "files": make_expected.lines(rows) if streams(options) else parts,
            "facts": facts(outcome["report"], fact_names(outcome)), "manifest": manifest}


def fact_names(outcome):
    """Of annotation rows everything is compared that the oracle is sure of."""
    if outcome["options"]["rows"] == "assets":
        return [key for key in FACTS if key in outcome["report"]]
    return [key for key in outcome["report"] if key != "inputs"]


def facts(report, names):
    """Those members of a report, tables in one order, of the biggest row its place."""
    found = {name: report.get(name) for name in names}
    for name in TABLES:
        if found.get(name):
            found[name] = sorted(found[name], key=lambda row: (row["name"] is not None, (row["name"] or "").encode()))
    if found.get("biggestRow"):
        found["biggestRow"] = {key: found["biggestRow"][key] for key in ("input", "entry", "asset", "byte")}
    return found


def wanted_manifest(outcome):
    """What the manifest says of annotation rows; of asset rows nothing is compared."""
    if outcome["options"]["rows"] == "assets":
        return None
    files = {directory(path): {"partition": values, "rows": len(outcome["partitions"][path])}
             for path, values in outcome["values"].items()}
    report = outcome["report"]
    return {"options": outcome["options"], "rows": report["rows"], "copies": report["copies"], "files": files}


def manifest_facts(manifest, wanted):
    """The same of a manifest that was written; parts of one partition are counted together."""
    if wanted is None:
        return None
    files = {}
    for file in manifest["files"]:
        entry = files.setdefault(directory(file["path"]), {"partition": file["partition"], "rows": 0})
        entry["rows"] += file["rows"]
    options = {key: manifest["options"].get(key) for key in wanted["options"]}
    totals = manifest["totals"]
    return {"options": options, "rows": totals["rows"], "copies": totals["copies"], "files": files}


def directory(path):
    return path.rpartition("/")[0]


def found(sluice, options, engine, path, should):
    """What the binary says, in the same shape."""
    out = path.parent / "out"
    stats = path.parent / "stats.json"
    shutil.rmtree(out, ignore_errors=True)
    stats.unlink(missing_ok=True)
    command = [sluice, "run", "export", "--output", "-" if streams(options) else "out", "--compression", "none",
               "--validate", "all", "--quiet", "--stats", f"json={stats}"] + options + engine
    done = subprocess.run(command, cwd=path.parent, capture_output=True, timeout=600)
    if done.returncode not in (0, 1):
        match = POSITION.search(done.stderr.decode(errors="replace"))
        position = tuple(map(int, match.groups())) if match else None
        return {"status": done.returncode, "position": position}, done.stderr
    files = done.stdout if streams(options) else {
        str(part.relative_to(out)): part.read_bytes() for part in (out / "data").rglob("*.jsonl")}
    report = json.loads(stats.read_text()) if stats.exists() else {}
    manifest = None
    if should.get("manifest"):
        manifest = manifest_facts(json.loads((out / "manifest.json").read_text()), should["manifest"])
    return {"status": done.returncode, "files": files, "facts": facts(report, should.get("facts", FACTS)),
            "manifest": manifest}, done.stderr


def streams(options):
    return not any(option.startswith("--partition-by") for option in options)


def keep(given, number, options, path):
    """Leaves the difference behind as a case whose expected files are the oracle's."""
    case = (given.keep / f"seed-{given.seed}-{number}").resolve()
    shutil.rmtree(case, ignore_errors=True)
    case.mkdir(parents=True)
    shutil.copy(path, case / "export")
    output = ["-"] if streams(options) else ["out", "--compression", "none"]
    (case / "args").write_text("\n".join(["export", "--output"] + output + options) + "\n", encoding="utf-8")
    (case / "rule").write_text("Found by compare.py: reduce me, and say what I protect.\n")
    return case


def agree(says, should):
    """A failure without a position of its own (a damaged container, usage) agrees in its status alone."""
    if "files" not in should and should["position"] is None:
        return says["status"] == should["status"]
    return says == should


def main():
    given = arguments()
    sluice = given.sluice.resolve()
    files = None
    if given.exports:
        files = sorted(path for path in given.exports.rglob("*")
                       if path.is_file() and path.stat().st_size <= given.max_bytes)
    given.keep = given.keep.resolve()
    differences = 0
    kinds = dict.fromkeys((0, 1, 2, 64), 0)
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "export"
        os.chdir(folder)
        for number in range(given.count):
            writer = export(given, files, number, path)
            rows = writer.random.choice(["assets", "annotations"]) if given.rows == "both" else given.rows
            options = writer.options(rows)
            engine = writer.random.choice(ENGINES)
            if given.engine:
                engine = ["--engine", given.engine]
            should = wanted(options)
            kinds[should["status"]] += 1
            says, message = found(sluice, options, engine, path, should)
            if not agree(says, should):
                differences += 1
                case = keep(given, number, options, path)
                print(f"{case}\n  {shlex.join(options + engine)}\n  oracle {brief(should)}\n  sluice {brief(says)}")
                print("  " + message.decode(errors="replace").strip()[:300])
    print(f"{given.count} rounds, {kinds[0]} whole, {kinds[1]} with assets left out, {kinds[2]} malformed, "
          f"{kinds[64]} usage errors, {differences} differences")
    sys.exit(1 if differences else 0)


def brief(value):
    text = repr(value)
    return text if len(text) < 1000 else text[:1000] + "…"


if __name__ == "__main__":
    main()
