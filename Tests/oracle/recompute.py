#!/usr/bin/env python3
"""Works an output of sluice out again, row by row.

    recompute.py DIR INPUT... [the options of that run]
    recompute.py lake export.json --rows annotations --history rows --partition-by stage,kind

The inputs are named as they were for the run, from the directory it ran in. Compared are the rows of every
partition (over its parts, of any compression), the report as far as the contract fixes it, and of annotation rows
the manifest's options, partitions and totals. A 20 MB export takes about a minute.
"""

import gzip
import json
import pathlib
import subprocess
import sys

import compare
import sluice_oracle


def rows_of(part):
    """The lines of one part."""
    data = part.read_bytes()
    if part.suffix == ".zst":
        data = subprocess.run(["zstd", "-dcq"], input=data, capture_output=True, check=True).stdout
    elif part.suffix == ".gz":
        data = gzip.decompress(data)
    if not data.endswith(b"\n"):
        raise ValueError(f"{part} does not end with a line feed")
    return data[:-1].split(b"\n")


def partitions(out):
    """Directory -> rows, over its parts in the order of their numbers."""
    found = {}
    for part in sorted((out / "data").rglob("*.jsonl*")):
        found.setdefault(str(part.parent.relative_to(out)), []).extend(rows_of(part))
    return found


def differences(out, arguments):
    """What is wrong with an output, one sentence each."""
    out = pathlib.Path(out)
    outcome, _ = sluice_oracle.execute(arguments + ["--output", "out"])
    if outcome["error"]:
        return [f"there should be no output: {outcome['error']}"]
    should = {compare.directory(path): [text.encode() for text in texts]
              for path, texts in outcome["partitions"].items()}
    says = partitions(out)
    wrong = [f"{path} is missing" for path in should if path not in says]
    wrong += [f"{path} should not be there" for path in says if path not in should]
    for path in should:
        wrong += row_differences(path, says.get(path, should[path]), should[path])
    names = compare.fact_names(outcome)
    report = compare.facts(json.loads((out / "report.json").read_bytes()), names)
    wrong += member_differences("report", report, compare.facts(outcome["report"], names))
    manifest = compare.wanted_manifest(outcome)
    if manifest:
        written = json.loads((out / "manifest.json").read_bytes())
        wrong += member_differences("manifest", compare.manifest_facts(written, manifest), manifest)
    return wrong


def row_differences(path, says, should):
    if says == should:
        return []
    for number, (one, other) in enumerate(zip(says, should)):
        if one != other:
            return [f"{path}, row {number}: {compare.brief(one)} should be {compare.brief(other)}"]
    return [f"{path} has {len(says)} rows and should have {len(should)}"]


def member_differences(name, says, should):
    return [f"{name}, {key}: {compare.brief(says.get(key))} should be {compare.brief(value)}"
            for key, value in should.items() if says.get(key) != value]


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    wrong = differences(sys.argv[1], sys.argv[2:])
    for line in wrong:
        print(line)
    rows = sum(map(len, partitions(pathlib.Path(sys.argv[1])).values()))
    print(f"{rows} rows, {len(wrong)} differences")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
