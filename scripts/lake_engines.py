"""Data-lake engines behind one face, each reading an output as its users would.

An engine counts rows by file and by partition, annotations by column, and tasks by stage. The modules of an
engine are imported when it is asked for, so that DuckDB and Polars are enough for the short check.
"""

import json
import os
import re
from pathlib import Path
from urllib.parse import unquote

NULL = "__HIVE_DEFAULT_PARTITION__"
# The text columns of annotation rows that are counted, read as text whatever they look like.
COLUMNS = ("kind", "title", "tool")


class Lake:
    """Where the parts of an output are, and the keys of their directories."""

    def __init__(self, root, manifest):
        files = manifest["files"]
        self.root = Path(root).resolve()
        self.keys = list(files[0]["partition"])
        self.glob = str(self.root / "data" / ("**/" if self.keys else "") / suffix_glob(files[0]["path"]))


def suffix_glob(path):
    return "*" + "".join(Path(path).suffixes[-2:])


class DuckDB:
    def __init__(self, lake):
        import duckdb

        self.name = f"DuckDB {duckdb.__version__}"
        self.connection = duckdb.connect()
        self.glob = lake.glob.replace("'", "''")
        hive = ", hive_partitioning=true" if lake.keys else ""
        self.rows = f"read_json_auto('{self.glob}', filename=true{hive})"

    def counts(self, query):
        return dict(self.connection.sql(query).fetchall())

    def columns(self):
        return {name for name, *_ in self.connection.sql(f"DESCRIBE SELECT * FROM {self.rows}").fetchall()}

    def by_file(self):
        return self.counts(f"SELECT filename, count(*) FROM {self.rows} GROUP BY ALL")

    def by_key(self, key):
        found = self.counts(f'SELECT "{key}"::VARCHAR, count(*) FROM {self.rows} GROUP BY ALL')
        return {None if value == NULL else value: count for value, count in found.items()}

    def annotations_by(self, column):
        types = {name: "VARCHAR" for name in COLUMNS} | {"snapshot": "JSON"}
        rows = f"read_json('{self.glob}', hive_partitioning=false, columns={types})"
        return self.counts(f"SELECT {column}, count(*) FROM {rows} WHERE snapshot IS NULL GROUP BY ALL")

    def tasks_by_stage(self):
        return self.counts(f"SELECT task.stage, count(DISTINCT task.taskId) FROM {self.rows} GROUP BY ALL")


class Polars:
    """It has no hive columns for JSON Lines, so only files and columns are counted."""

    def __init__(self, lake):
        import polars

        self.polars = polars
        self.name = f"Polars {polars.__version__}"
        self.glob = lake.glob

    def counts(self, rows, column):
        return dict(rows.group_by(column).agg(self.polars.len()).collect().rows())

    def by_file(self):
        rows = self.polars.scan_ndjson(self.glob, include_file_paths="file", infer_schema_length=None)
        return self.counts(rows, "file")

    def by_key(self, key):
        return None

    def annotations_by(self, column):
        snapshot = self.polars.Struct({"index": self.polars.Int64})
        schema = dict.fromkeys(COLUMNS, self.polars.String) | {"snapshot": snapshot}
        rows = self.polars.scan_ndjson(self.glob, schema=schema)
        return self.counts(rows.filter(self.polars.col("snapshot").is_null()), column)

    def tasks_by_stage(self):
        # Types of its own choice come from the first part and fail at the first array that was empty there.
        names = dict.fromkeys(("stage", "taskId"), self.polars.String)
        rows = self.polars.scan_ndjson(self.glob, schema={"task": self.polars.Struct(names)})
        return self.counts(rows.unnest("task").unique(), "stage")


class ClickHouse:
    """chDB, which is ClickHouse as a module. It leaves the escapes in the values of directories."""

    def __init__(self, lake):
        import chdb

        self.query = chdb.query
        self.name = f"ClickHouse {self.counts('SELECT version(), 1').popitem()[0]}"
        self.glob = lake.glob.replace("\\", "\\\\").replace("'", "\\'")

    def counts(self, query):
        return dict(json.loads(str(self.query(query, "JSONCompact")))["data"])

    def rows(self, columns=None):
        structure = ", ".join(f"{name} {kind}" for name, kind in (columns or {}).items())
        return f"file('{self.glob}', 'JSONEachRow'" + (f", '{structure}')" if structure else ")")

    def tally(self, column, rows, what="toUInt32(count())", rest=""):
        return self.counts(f"SELECT {column}, {what} FROM {rows} {rest}")

    def by_file(self):
        return self.tally("_path", self.rows(), rest="GROUP BY _path")

    def by_key(self, key):
        found = self.tally(f"toString(`{key}`) AS value", self.rows(), rest="GROUP BY value")
        return {None if value == NULL else unescaped(value): count for value, count in found.items()}

    def annotations_by(self, column):
        rows = self.rows({name: "Nullable(String)" for name in (*COLUMNS, "snapshot")})
        rest = f"WHERE snapshot IS NULL GROUP BY {column} SETTINGS use_hive_partitioning=0"
        return self.tally(column, rows, rest=rest)

    def tasks_by_stage(self):
        stage = "JSONExtract(task, 'stage', 'Nullable(String)') AS stage"
        tasks = "toUInt32(uniqExact(JSONExtractString(task, 'taskId')))"
        rest = "GROUP BY stage SETTINGS use_hive_partitioning=0"
        return self.tally(stage, self.rows({"task": "String"}), tasks, rest)


def unescaped(value):
    return re.sub("%([0-9A-F]{2})", lambda match: chr(int(match[1], 16)), value)


class Spark:
    session = None

    def __init__(self, lake):
        import pyspark

        Spark.session = Spark.session or self.start()
        self.name = f"Spark {pyspark.__version__}"
        self.data = str(lake.root / "data")

    @staticmethod
    def start():
        from pyspark.sql import SparkSession

        # Else it asks for the machine's own name, which not every machine can look up.
        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
        settings = {
            "spark.ui.enabled": "false",
            "spark.ui.showConsoleProgress": "false",
            "spark.log.level": "ERROR",
            "spark.driver.memory": "2g",
            "spark.sql.shuffle.partitions": "2",
            "spark.sql.caseSensitive": "true",
            "spark.sql.sources.partitionColumnTypeInference.enabled": "false",
        }
        builder = SparkSession.builder.master("local[2]").appName("check-engines")
        for key, value in settings.items():
            builder = builder.config(key, value)
        return builder.getOrCreate()

    def counts(self, rows, column):
        return {row[0]: row[1] for row in rows.groupBy(column).count().collect()}

    def read(self, schema):
        """Those columns as the rows have them, not as the directories do."""
        return self.session.read.schema(schema).option("recursiveFileLookup", "true").json(self.data)

    def by_file(self):
        rows = self.session.read.json(self.data).selectExpr("_metadata.file_path AS file")
        return {unquote(file.removeprefix("file:")): count for file, count in self.counts(rows, "file").items()}

    def by_key(self, key):
        return self.counts(self.session.read.json(self.data), key)

    def annotations_by(self, column):
        rows = self.read(", ".join(f"{name} STRING" for name in (*COLUMNS, "snapshot")))
        return self.counts(rows.where("snapshot IS NULL"), column)

    def tasks_by_stage(self):
        tasks = self.read("task STRUCT<stage: STRING, taskId: STRING>").select("task.stage", "task.taskId")
        return self.counts(tasks.distinct(), "stage")


SHORT = (DuckDB, Polars)
ALL = (DuckDB, Polars, ClickHouse, Spark)
