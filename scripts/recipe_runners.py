"""Runs a block of code of a recipe: by bash, by Python, or as SQL by an engine; or parses it.

An engine lives as long as its recipe, so that later blocks see the tables of earlier ones. Modules are imported when
they are asked for: DuckDB and Polars are enough for the short check.
"""

import ast
import importlib.metadata
import json
import logging
import os
import re
import subprocess
import sys
from pathlib import Path

# Statements that sqlglot knows no more of than their first word.
OPAQUE = ("MSCK", "CALL")
# The packages whose versions are worth knowing: of what runs SQL, and of what code in Python imports.
PACKAGES = {"duckdb": "duckdb", "clickhouse": "chdb", "spark": "pyspark", "parse": "sqlglot"}
IMPORTED = re.compile(r"^(?:import|from) (duckdb|polars|pandas|pyarrow|pyspark|pyiceberg)\b", re.M)


def statements(code):
    """SQL cut where a line ends with a semicolon."""
    return [text.strip() for text in re.split(r";\s*$", code, flags=re.M) if text.strip()]


def shell(code):
    done = subprocess.run(["bash", "-euo", "pipefail", "-c", code], capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"status {done.returncode}: {done.stderr}")
    lines = done.stdout.split("\n")
    return [(line,) for line in lines if line][-1:]


def parse(code, dialect):
    import sqlglot

    # What it cannot take apart is judged below; it need not say so as well.
    logging.getLogger("sqlglot").setLevel(logging.ERROR)
    for text in statements(code):
        parsed = sqlglot.parse_one(text, dialect=dialect)
        if isinstance(parsed, sqlglot.exp.Command) and not text.startswith(OPAQUE):
            raise ValueError(f"sqlglot cannot take this apart: {text[:200]}")


class DuckDB:
    def __init__(self):
        import duckdb

        self.connection = duckdb.connect()

    def run(self, text):
        return self.connection.execute(text).fetchall()

    def close(self):
        self.connection.close()


class ClickHouse:
    def __init__(self):
        from chdb import session

        self.session = session.Session()

    def run(self, text):
        is_query = text.upper().startswith(("SELECT", "WITH"))
        found = str(self.session.query(text, "JSONCompact" if is_query else "CSV"))
        return json.loads(found)["data"] if is_query else []

    def close(self):
        self.session.close()


class Spark:
    """The session is Python's, too: there is one in a process."""

    def __init__(self):
        prepare_spark()
        from pyspark.sql import SparkSession

        self.session = SparkSession.builder.getOrCreate()

    def run(self, text):
        return self.session.sql(text).collect()

    def close(self):
        pass


def prepare_spark():
    # Else it asks for the machine's own name, which not every machine can look up.
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    options = "--master local[2] --driver-memory 2g --conf spark.ui.enabled=false --conf spark.log.level=ERROR"
    quiet = "--conf spark.ui.showConsoleProgress=false --conf spark.sql.shuffle.partitions=2"
    os.environ.setdefault("PYSPARK_SUBMIT_ARGS", f"{options} {quiet} pyspark-shell")


class Python:
    def __init__(self):
        prepare_spark()
        self.names = {}

    def run(self, code):
        """Runs the code; the value of a last expression is the answer."""
        tree = ast.parse(code)
        last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, "recipe", "exec"), self.names)
        return rows(eval(compile(ast.Expression(last.value), "recipe", "eval"), self.names)) if last else []

    def close(self):
        pass


def rows(value):
    """What an answer in Python has for rows, whatever it is."""
    kind = type(value).__module__.split(".")[0]
    if isinstance(value, dict):
        return value.items()
    if kind in ("duckdb", "_duckdb"):
        return value.fetchall()
    if kind == "polars":
        return value.rows()
    if kind == "pandas":
        return value.items() if value.ndim == 1 else value.itertuples(index=False)
    if kind == "pyarrow":
        return zip(*value.to_pydict().values())
    if kind == "pyspark":
        return value.collect()
    return [(value,)]


class Runners:
    """The engines of one recipe."""

    kinds = {"duckdb": DuckDB, "clickhouse": ClickHouse, "spark": Spark, "python": Python}

    def __init__(self):
        self.running = {}
        self.used = set()

    def run(self, how, code, dialect=None, after=None):
        """Runs a block, behind the statements in the file `after`.

        - Returns: the rows of its last statement
        """
        self.used.update([PACKAGES[how]] if how in PACKAGES else IMPORTED.findall(code))
        if how == "shell":
            return shell(code)
        if how == "parse":
            return parse(Path(after).read_text(encoding="utf-8") + code if after else code, dialect)
        engine = self.running.get(how) or self.running.setdefault(how, self.kinds[how]())
        if how == "python":
            return engine.run(code)
        found = []
        for text in statements(Path(after).read_text(encoding="utf-8")) if after else []:
            engine.run(text)
        for text in statements(code):
            found = engine.run(text)
        return found

    @property
    def names(self):
        """What ran, with the versions of the packages it took."""
        return [f"{name} {importlib.metadata.version(name)}" for name in sorted(self.used)]

    def close(self):
        for engine in self.running.values():
            engine.close()
