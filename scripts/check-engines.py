#!/usr/bin/env python3
"""Counts an output's rows with DuckDB and with Polars, as a user would, and compares with what it says of itself.

usage: check-engines.py DIR

Exits 1 and lists every difference when the engines, the manifest and the report don't agree.
"""

import json
import sys
from collections import Counter
from pathlib import Path

import duckdb
import polars

NULL = "__HIVE_DEFAULT_PARTITION__"
# Columns of annotation rows, and where the report counts them.
TABLES = {"kind": "kinds", "title": "titles", "tool": "tools"}


class Check:
    def __init__(self, root):
        self.root = Path(root)
        self.manifest = self.load("manifest.json")
        self.report = self.load("report.json")
        self.failures = 0
        self.checks = 0
        files = self.manifest["files"]
        self.keys = list(files[0]["partition"]) if files else []
        suffix = "".join(Path(files[0]["path"]).suffixes[-2:]) if files else ""
        self.glob = str(self.root / "data" / ("**/" if self.keys else "") / f"*{suffix}")

    def load(self, name):
        return json.loads((self.root / name).read_text(encoding="utf-8"))

    def same(self, what, found, wanted):
        self.checks += 1
        if found == wanted:
            return
        self.failures += 1
        print(f"check-engines: {what}: found {found}, wanted {wanted}", file=sys.stderr)

    def by(self, key):
        """Rows for each value of a partition key, by the manifest."""
        rows = Counter()
        for file in self.manifest["files"]:
            rows[file["partition"][key]] += file["rows"]
        return rows

    def self_consistent(self):
        rows = sum(file["rows"] for file in self.manifest["files"])
        self.same("manifest: rows of the files", rows, self.manifest["totals"]["rows"])
        self.same("report: rows", self.report["rows"], rows)
        self.same("report: copies", self.report["copies"], self.manifest["totals"]["copies"])

    def by_duckdb(self):
        connection = duckdb.connect()
        quoted = self.glob.replace("'", "''")
        hive = ", hive_partitioning=true" if self.keys else ""
        rows = f"read_json_auto('{quoted}'{hive})"
        total = connection.sql(f"SELECT count(*) FROM {rows}").fetchall()[0][0]
        self.same("DuckDB: rows", total, self.manifest["totals"]["rows"])
        for key in self.keys:
            found = connection.sql(f'SELECT "{key}"::VARCHAR, count(*) FROM {rows} GROUP BY ALL').fetchall()
            found = {None if value == NULL else value: count for value, count in found}
            self.same(f"DuckDB: rows by {key}", found, dict(self.by(key)))
        self.tasks_by_duckdb(connection, rows)

    def tasks_by_duckdb(self, connection, rows):
        """Asset rows are copied into every batch; distinct tasks are what the report counts by stage."""
        columns = {name: kind for name, kind, *_ in connection.sql(f"DESCRIBE SELECT * FROM {rows}").fetchall()}
        if "task" not in columns or "tasks" in columns or "taskId" in columns:
            return
        found = connection.sql(f"SELECT task.stage, count(DISTINCT task.taskId) FROM {rows} GROUP BY ALL")
        wanted = {stage["name"]: stage["kept"] for stage in self.report["stages"] if stage["kept"]}
        self.same("DuckDB: tasks by stage", dict(found.fetchall()), wanted)

    def by_polars(self):
        """Polars has no hive columns for JSON Lines, so the file path stands in for them."""
        counts = polars.scan_ndjson(self.glob, include_file_paths="file", infer_schema_length=None)
        found = counts.group_by("file").agg(polars.len()).collect().rows()
        found = {str(Path(path).resolve()): count for path, count in found}
        wanted = {str((self.root / file["path"]).resolve()): file["rows"] for file in self.manifest["files"]}
        self.same("Polars: rows by file", found, wanted)

    def annotations_by_report(self):
        """Annotation rows by what they are; the report counts neither copies nor those of snapshots."""
        if self.manifest["options"]["rows"] != "annotations" or self.report["copies"]:
            return
        if self.manifest["options"]["history"] != "rows":
            self.same("report: annotations kept", self.report["annotations"]["kept"], self.report["rows"])
        connection = duckdb.connect()
        quoted = self.glob.replace("'", "''")
        # The columns of the file, not those of the directories, and text that is not taken for a date.
        types = {name: "VARCHAR" for name in TABLES} | {"snapshot": "JSON"}
        rows = f"read_json('{quoted}', hive_partitioning=false, columns={types})"
        scanned = polars.scan_ndjson(self.glob, infer_schema_length=None).filter(polars.col("snapshot").is_null())
        for column, table in TABLES.items():
            wanted = {entry["name"]: entry["kept"] for entry in self.report[table] if entry["kept"]}
            found = connection.sql(f"SELECT {column}, count(*) FROM {rows} WHERE snapshot IS NULL GROUP BY ALL")
            self.same(f"DuckDB: annotations by {column}", dict(found.fetchall()), wanted)
            found = scanned.group_by(column).agg(polars.len()).collect().rows()
            self.same(f"Polars: annotations by {column}", dict(found), wanted)

    def by_report(self):
        """Without a title or a limit, asset rows by batch are the report's own count."""
        if "batch" not in self.keys or self.report["annotations"] is not None:
            return
        asked = self.manifest["options"].get("batch")
        wanted = {
            batch["name"]: batch["kept"]
            for batch in self.report["batches"]
            if batch["kept"] and (not asked or batch["name"] in asked)
        }
        self.same("report: kept by batch", wanted, dict(self.by("batch")))

    def run(self):
        self.self_consistent()
        if self.manifest["files"]:
            self.by_duckdb()
            self.by_polars()
            self.by_report()
            self.annotations_by_report()
        if self.failures:
            sys.exit(1)
        rows = self.manifest["totals"]["rows"]
        print(
            f"{self.root}: DuckDB {duckdb.__version__} and Polars {polars.__version__} agree with the manifest:"
            f" {rows} rows, {len(self.manifest['files'])} files, {self.checks} comparisons"
        )


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    Check(sys.argv[1]).run()
