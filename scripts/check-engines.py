#!/usr/bin/env python3
"""Counts the rows of outputs with data-lake engines, as a user would, and compares with what they say of themselves.

usage: check-engines.py [--all] DIR...

DuckDB and Polars count; with --all ClickHouse and Spark, too. Exits 1 and lists every difference when the
engines, the manifest and the report don't agree.
"""

import argparse
import json
import sys
import time
from collections import Counter
from pathlib import Path

import lake_engines

# Columns of annotation rows, and where the report counts them.
TABLES = {"kind": "kinds", "title": "titles", "tool": "tools"}


class Check:
    def __init__(self, root):
        self.root = Path(root)
        self.manifest = self.load("manifest.json")
        self.report = self.load("report.json")
        self.rows = self.manifest["options"]["rows"]
        self.failures = 0
        self.checks = 0

    def load(self, name):
        return json.loads((self.root / name).read_text(encoding="utf-8"))

    def same(self, what, found, wanted):
        self.checks += 1
        if found == wanted:
            return
        self.failures += 1
        if isinstance(found, dict):
            odd = [name for name in {**wanted, **found} if found.get(name) != wanted.get(name)]
            found, wanted = ({name: counts.get(name) for name in odd[:5]} for counts in (found, wanted))
        print(f"check-engines: {self.root}: {what}: found {found}, wanted {wanted}", file=sys.stderr)

    def by_key(self, key):
        """Rows for each value of a partition key, by the manifest."""
        rows = Counter()
        for file in self.manifest["files"]:
            rows[file["partition"][key] or None] += file["rows"]
        return dict(rows)

    def table(self, name):
        """What the report has kept of each name; null for none."""
        return {entry["name"]: entry["kept"] for entry in self.report[name] if entry["kept"]}

    def self_consistent(self):
        rows = sum(file["rows"] for file in self.manifest["files"])
        self.same("manifest: rows of the files", rows, self.manifest["totals"]["rows"])
        self.same("report: rows", self.report["rows"], rows)
        self.same("report: copies", self.report["copies"], self.manifest["totals"]["copies"])
        if self.rows == "annotations" and self.manifest["options"]["history"] != "rows":
            kept = self.report["annotations"]["kept"] + self.report["copies"]
            self.same("report: annotations kept and copied", kept, rows)

    def batches(self, keys):
        """Without a title, asset rows by batch are the report's own count."""
        if self.rows != "assets" or "batch" not in keys or self.report["annotations"] is not None:
            return
        asked = self.manifest["options"]["batch"]
        wanted = {name: kept for name, kept in self.table("batches").items() if not asked or name in asked}
        self.same("report: kept by batch", wanted, self.by_key("batch"))

    def engine(self, engine, keys):
        files = {str((self.root / file["path"]).resolve()): file["rows"] for file in self.manifest["files"]}
        found = {str(Path(path).resolve()): count for path, count in engine.by_file().items()}
        self.same(f"{engine.name}: rows by file", found, files)
        for key in keys:
            found = engine.by_key(key)
            if found is not None:
                self.same(f"{engine.name}: rows by {key}", found, self.by_key(key))
        # The report counts neither copies nor the annotations of snapshots.
        if self.rows == "annotations" and not self.report["copies"]:
            for column, table in TABLES.items():
                found = engine.annotations_by(column)
                self.same(f"{engine.name}: annotations by {column}", found, self.table(table))
        # Asset rows are copied into every batch; distinct tasks are what the report counts.
        if self.one_task:
            self.same(f"{engine.name}: tasks by stage", engine.tasks_by_stage(), self.table("stages"))

    def run(self, engines):
        start = time.monotonic()
        self.self_consistent()
        if not self.manifest["files"]:
            sys.exit(f"check-engines: {self.root} has no rows to count")
        lake = lake_engines.Lake(self.root, self.manifest)
        self.batches(lake.keys)
        columns = lake_engines.DuckDB(lake).columns()
        self.one_task = self.rows == "assets" and "task" in columns and not {"tasks", "taskId"} & columns
        names = []
        for kind in engines:
            names.append(kind.__name__)
            try:
                engine = kind(lake)
                names[-1] = engine.name
                self.engine(engine, lake.keys)
            except Exception as error:
                self.same(names[-1], f"{type(error).__name__}: {str(error)[:1000]}", "no error")
        keys = ",".join(lake.keys) or "nothing"
        print(
            f"{self.root}: {self.manifest['totals']['rows']} rows in {len(self.manifest['files'])} files by {keys}:"
            f" {', '.join(names)}: {self.checks} comparisons, {self.failures} differences,"
            f" {time.monotonic() - start:.1f} s",
            flush=True,
        )
        return self.failures


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--all", action="store_true", help="ClickHouse and Spark, too")
    parser.add_argument("outputs", metavar="DIR", nargs="+")
    given = parser.parse_args()
    engines = lake_engines.ALL if given.all else lake_engines.SHORT
    sys.exit(1 if sum([Check(output).run(engines) for output in given.outputs]) else 0)


if __name__ == "__main__":
    main()
