#!/usr/bin/env python3
"""The tools of the comparison that are Python packages, each as a command of its own:

    python_tools.py TOOL WORK INPUT OUTPUT LAYOUT [STAGE BATCH TITLE]

It writes JSON Lines in zstd. A tool is given the form of the question that served it best among those tried:
DuckDB and ClickHouse keep each asset as text and look inside it, since reading it as columns makes an export's
hundreds of optional members columns of nulls.
"""

import json
import subprocess
import sys


def quoted(text):
    return "'" + text.replace("'", "''") + "'"


class Question:
    """What is asked: `needle`, `stage`, `all` or `rows`."""

    def __init__(self, work, stage, batch, title):
        self.work, self.stage, self.batch, self.title = work, stage, batch, title

    def keeps(self, asset):
        if self.work == "needle":
            return asset["task"].get("stage") == self.stage and self.batch in (asset.get("batches") or [])
        return self.work != "stage" or asset["task"].get("stage") == self.stage

    def rows(self, asset):
        if self.work != "rows":
            return [asset] if self.keeps(asset) else []
        task = asset["task"]
        return [
            {
                "externalId": asset.get("externalId"),
                "stage": task.get("stage"),
                "title": element["title"],
                "objectId": element.get("objectId"),
                "annotation": element,
            }
            for member in ("tools", "classifications", "relations")
            for element in task.get(member) or []
            if element.get("title") == self.title
        ]


def duckdb(question, source, output, layout):
    import duckdb as engine

    array = "newline_delimited" if layout == "ndjson" else "array"
    assets = f"read_json_objects({quoted(source)}, format = '{array}', maximum_object_size = 4294967295)"
    if question.work == "rows":
        lists = ", ".join(
            f"""coalesce(from_json(json->'$.task.{name}', '["JSON"]'), [])"""
            for name in ("tools", "classifications", "relations")
        )
        # Materialized, or each annotation carries its whole asset along.
        engine.sql(
            f"""COPY (
              WITH assets AS MATERIALIZED (
                SELECT json->>'$.externalId' AS externalId, json->>'$.task.stage' AS stage,
                  flatten([{lists}]) AS list FROM {assets}),
              elements AS (SELECT externalId, stage, unnest(list) AS x FROM assets)
              SELECT externalId, stage, x->>'$.title' AS title, x->>'$.objectId' AS objectId, x AS annotation
              FROM elements WHERE x->>'$.title' = {quoted(question.title)}
            ) TO {quoted(output)} (FORMAT json, COMPRESSION zstd)"""
        )
        return
    condition = "true"
    if question.work in ("needle", "stage"):
        condition = f"json->>'$.task.stage' = {quoted(question.stage)}"
    if question.work == "needle":
        condition += f" AND list_contains(json->>'$.batches[*]', {quoted(question.batch)})"
    # Text as it is, one asset a line; what has lines of its own is written anew.
    text = "CAST(json(json) AS VARCHAR)" if layout == "pretty" else "CAST(json AS VARCHAR)"
    engine.sql(
        f"""COPY (SELECT {text} FROM {assets} WHERE {condition}) TO {quoted(output)}
        (FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '\x01', COMPRESSION zstd)"""
    )


def clickhouse(question, source, output, layout):
    import chdb

    assets = f"file({quoted(source)}, 'JSONAsString', 'json String')"
    target = f"INTO OUTFILE {quoted(output)} COMPRESSION 'zstd'"
    stage = "JSONExtractString(json, 'task', 'stage')"
    if question.work == "rows":
        lists = ", ".join(
            f"JSONExtractArrayRaw(json, 'task', '{name}')" for name in ("tools", "classifications", "relations")
        )
        query = f"""SELECT JSONExtractString(json, 'externalId') AS externalId, {stage} AS stage,
            JSONExtractString(annotation, 'title') AS title,
            JSONExtract(annotation, 'objectId', 'Nullable(String)') AS objectId,
            arrayJoin(arrayConcat({lists})) AS annotation
          FROM {assets} WHERE title = {quoted(question.title)} {target} FORMAT JSONEachRow"""
    else:
        condition = "1"
        if question.work in ("needle", "stage"):
            condition = f"{stage} = {quoted(question.stage)}"
        if question.work == "needle":
            batches = "JSONExtract(json, 'batches', 'Array(String)')"
            condition += f" AND has({batches}, {quoted(question.batch)})"
        # What has lines of its own becomes a string of JSON.
        form = "JSONEachRow" if layout == "pretty" else "TSVRaw"
        query = f"SELECT json FROM {assets} WHERE {condition} {target} FORMAT {form}"
    chdb.query(query)


def polars(question, source, output, layout):
    import polars as engine

    if question.work == "rows":
        raise SystemExit("not tried: lists of many shapes become one wide structure")
    if layout == "ndjson":
        frame = engine.scan_ndjson(source, infer_schema_length=None)
    else:
        frame = engine.read_json(source, infer_schema_length=None).lazy()
    if question.work in ("needle", "stage"):
        frame = frame.filter(engine.col("task").struct.field("stage") == question.stage)
    if question.work == "needle":
        frame = frame.filter(engine.col("batches").list.contains(question.batch))
    with zstd_into(output) as sink:
        frame.collect(engine="streaming").write_ndjson(sink.stdin)


def ijson(question, source, output, layout):
    from ijson.backends import yajl2_c as engine

    with open(source, "rb") as file, zstd_into(output) as sink:
        many = layout == "ndjson"
        for asset in engine.items(file, "" if many else "item", multiple_values=many, use_float=True):
            for row in question.rows(asset):
                sink.stdin.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")


class zstd_into:
    """A compressor beside the tool, for those that have none."""

    def __init__(self, output):
        self.process = subprocess.Popen(["zstd", "-q", "-3", "-f", "-o", output], stdin=subprocess.PIPE)

    def __enter__(self):
        return self.process

    def __exit__(self, *_):
        self.process.stdin.close()
        if self.process.wait() != 0:
            raise SystemExit("zstd failed")


def main():
    tool, work, source, output, layout, stage, batch, title = sys.argv[1:]
    tools = {"duckdb": duckdb, "clickhouse": clickhouse, "polars": polars, "ijson": ijson}
    tools[tool](Question(work, stage, batch, title), source, output, layout)


if __name__ == "__main__":
    main()
