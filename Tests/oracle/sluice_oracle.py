#!/usr/bin/env python3
"""What `sluice run` must do, written a second time and as simply as possible.

It reads everything into memory, judges asset by asset and writes rows to standard output (`--output -`) or,
with any other --output, one JSON object: {"status", "partitions", "values", "options", "rejects", "report",
"warned", "error"}.
The exit status is the one `sluice` must have. Nothing here is shared with the Swift sources: agreement
between the two is the test.
"""

import argparse
import base64
import hashlib
import json
import sys

import annotations
import containers
import documents
import report
import selection
from jsonbytes import locate
from selection import path_of

DEFAULT_PARTITION = "__HIVE_DEFAULT_PARTITION__"
HIVE_ESCAPED = set('"#%\'*/:=?\\{[]^\x7f') | {chr(c) for c in range(0x20)}
RAW_LIMIT = 1 << 20
LOST_LIMIT = 64 << 10


class UsageError(Exception):
    """The command line is wrong: status 64, and nothing is read."""


class Failure(Exception):
    """The run fails: nothing is committed and the status is 2."""

    def __init__(self, document, code, byte=None, asset=None):
        super().__init__(code)
        self.document = document
        self.code = code
        self.byte = byte
        self.asset = asset

    def position(self):
        if self.byte is None:
            return None
        line, column = locate(self.document.data, self.byte)
        return {"byte": self.byte, "line": line, "column": column, "asset": self.asset}


class Parser(argparse.ArgumentParser):
    def error(self, message):
        raise UsageError(message)


def time_option(text):
    value = selection.instant(text)
    if value is None:
        raise argparse.ArgumentTypeError(f"not a time: {text}")
    return value


def sample_option(text):
    value = selection.share(text)
    if value is None:
        raise argparse.ArgumentTypeError(f"not a share: {text}")
    return value


def share_text(share):
    """As the manifest has it: no zeros that say nothing."""
    if share is None:
        return None
    whole, millionths = divmod(int(share * 10 ** 8), 10 ** 6)
    return f"{whole}.{millionths:06}".rstrip("0").rstrip(".") + "%"


def parse(arguments):
    parser = Parser(prog="sluice_oracle", allow_abbrev=False, description=__doc__)
    parser.add_argument("inputs", nargs="+")
    parser.add_argument("--output", required=True)
    for name in ("stage", "batch", "title"):
        parser.add_argument(f"--{name}", action="append", default=[])
        parser.add_argument(f"--exclude-{name}", action="append", default=[])
    parser.add_argument("--no-batch", action="store_true")
    parser.add_argument("--updated-since", type=time_option)
    parser.add_argument("--updated-before", type=time_option)
    parser.add_argument("--sample", type=sample_option)
    parser.add_argument("--rows", choices=("assets", "annotations"), default="assets")
    parser.add_argument("--context", action="append", default=[])
    parser.add_argument("--prune", action="store_true")
    parser.add_argument("--history", choices=("keep", "drop", "rows"))
    parser.add_argument("--strip-url-query", action="store_true")
    parser.add_argument("--limit", type=int)
    parser.add_argument("--partition-by", type=lambda text: text.split(","), default=[])
    parser.add_argument("--name", default="part")
    parser.add_argument("--on-error", choices=("stop", "skip", "reject"), default="stop")
    parser.add_argument("--allow-empty", action="store_true")
    parser.add_argument("--max-depth", type=int, default=512)
    # Accepted and without influence on the rows.
    for name in ("validate", "engine", "kernel", "workers", "memory", "block-size", "target-size", "level", "long"):
        parser.add_argument(f"--{name}")
    parser.add_argument("--compression", default="none")
    options = parser.parse_args(arguments)
    wrong = wrong_combination(options)
    if wrong:
        raise UsageError(wrong)
    options.sample_text = share_text(options.sample)
    if options.history is None:
        options.history = "keep" if options.rows == "assets" else "drop"
    return options


def wrong_combination(options):
    """Why these options don't go together, or None."""
    each = options.rows == "annotations"
    keys = ("stage", "batch", "title", "kind", "tool") if each else ("stage", "batch")
    if any(key not in keys for key in options.partition_by):
        return f"--rows {options.rows} can be partitioned by {', '.join(keys)}"
    if len(set(options.partition_by)) < len(options.partition_by):
        return "a key stands twice in --partition-by"
    if options.partition_by and options.output == "-":
        return "--output - has no partitions"
    if options.prune and each:
        return "--prune is for asset rows"
    if options.prune and not (options.title or options.exclude_title):
        return "--prune needs a title option"
    if options.history == ("keep" if each else "rows"):
        return f"--history {options.history} is not for --rows {options.rows}"
    if options.context and not each:
        return "--context is for annotation rows"
    return annotations.wrong_context(options.context)


def manifest_options(options):
    """Those members of the manifest's `options` that decide what the rows are."""
    names = {"stage": "stage", "excludeStage": "exclude_stage", "batch": "batch", "noBatch": "no_batch",
             "excludeBatch": "exclude_batch", "title": "title", "excludeTitle": "exclude_title", "rows": "rows",
             "context": "context", "prune": "prune", "history": "history", "stripUrlQuery": "strip_url_query",
             "limit": "limit", "sample": "sample_text", "partitionBy": "partition_by", "name": "name", "onError": "on_error",
             "allowEmpty": "allow_empty",
             "maxDepth": "max_depth"}
    return {name: getattr(options, attribute) for name, attribute in names.items()}


def escaped(value):
    return "".join(
        "".join(f"%{byte:02X}" for byte in c.encode()) if c in HIVE_ESCAPED else c for c in value)


def component(key, value):
    """One directory of a partition's path."""
    if value is None or value == "":
        return f"{key}={DEFAULT_PARTITION}"
    whole = f"{key}={escaped(value)}".encode()
    if len(whole) <= 255:
        return whole.decode()
    cut = whole[:238]
    while True:
        try:
            text = cut.decode()
            break
        except UnicodeDecodeError:
            cut = cut[:-1]
    return f"{text}~{hashlib.sha256(value.encode()).hexdigest()[:16]}"


class Run:
    def __init__(self, options):
        self.options = options
        self.partitions = {}  # path -> [row bytes], in the order of first use
        self.values = {}  # path -> {key: value} as in the partition's first row
        self.rejects = []
        self.report = report.Report(options)

    def full(self):
        return self.options.limit is not None and self.report.kept >= self.options.limit

    def all(self):
        for name in self.options.inputs:
            if self.full():
                break
            try:
                found = containers.documents(name, self.report.warnings, self.options.allow_empty)
            except containers.InputError as error:
                raise Failure(containers.Document(name, None, b""), error.code) from error
            others = [document for document in found if self.is_other_entry(document)]
            if others and len(others) == len(found):
                raise Failure(others[0], "empty-archive")
            for document in found:
                if self.full():
                    break
                if document not in others:
                    self.document(document)

    def is_other_entry(self, document):
        """Whether it is an archive's entry whose first element is no asset; such an entry is passed over."""
        if document.entry is None:
            return False
        first = next(documents.assets(document.data, self.options.max_depth), None)
        if not isinstance(first, documents.Asset) or documents.is_issue(first.node) or documents.is_asset(first.node):
            return False
        self.report.warnings.append(f"skipped entry {document.entry}")
        return True

    def document(self, document):
        if containers.is_empty(document.data) and not self.options.allow_empty:
            raise Failure(document, "empty-input")
        entry = self.report.begin(document)
        strange, whole = None, 0
        for found in documents.assets(document.data, self.options.max_depth):
            if self.full():
                return
            entry["assets"] += 1
            self.report.seen += 1
            if isinstance(found, documents.Bad):
                self.bad(document, found)
                if documents.starts_strangely(document.data, found):
                    strange = found
            elif self.asset(document, found):
                whole += 1
            if self.full():
                return
        if strange and not whole and document.entry is None:
            raise Failure(document, "not-an-export", strange.start, 0)

    def bad(self, document, found):
        if self.options.on_error == "stop":
            raise Failure(document, found.fault.code, found.fault.byte, found.index)
        if self.options.on_error == "skip":
            self.report.skipped += 1
            return
        self.report.rejected += 1
        line, column = locate(document.data, found.start)
        length = LOST_LIMIT if found.length is None else found.length
        raw = document.data[found.start:found.start + length]
        try:
            text = raw.decode()
        except UnicodeDecodeError:
            text = None
        self.rejects.append({
            "input": document.name, "entry": document.entry, "asset": found.index, "byte": found.start,
            "length": found.length, "line": line, "column": column, "errorByte": found.fault.byte,
            "code": "<...>", "message": "<...>",
            "raw": text, "rawBase64": base64.b64encode(raw).decode() if text is None else None,
            "rawFile": None})
        assert len(raw) <= RAW_LIMIT, "reject files beside rejects.jsonl are not modelled"

    def asset(self, document, found):
        """Takes in a whole object; whether it is an asset."""
        options, node = self.options, found.node
        if documents.is_issue(node):
            raise Failure(document, "issue-export", found.start, found.index)
        if not documents.is_asset(node):
            if found.index == 0:
                raise Failure(document, "not-an-export", found.start, found.index)
            fault = documents.Fault(found.start, "not-an-asset")
            self.bad(document, documents.Bad(found.index, found.start, found.end - found.start, fault))
            return False
        tasks = selection.tasks_of(node)
        batches = selection.batches_of(node)
        passes_batches = selection.passes_batches(batches, options)
        # Annotations are counted in assets that pass all else: the sample is like a batch in this.
        if passes_batches and options.sample is not None:
            raw = document.data[found.start:found.end]
            passes_batches = selection.in_sample(node, raw, tasks, options)
        kept = passes_batches and selection.keeps(node, tasks, options)
        self.report.judged(node, tasks, batches, passes_batches, kept)
        if not kept:
            return True
        if options.rows == "assets":
            stage = selection.partition_stage(node, tasks)
            self.write(document, found, selection.rewritten(node, options).text(), {"stage": stage}, found.start)
        else:
            for row in annotations.rows_of(node, tasks, options):
                self.write(document, found, row.text, row.filed, row.start)
        return True

    def write(self, document, found, row, filed, start):
        """One row into each partition it belongs to."""
        batches = selection.batches_of(found.node)
        copies = selection.copies_for(batches, self.options) if "batch" in self.options.partition_by else [None]
        paths = {}
        for batch in copies:
            values = {**filed, "batch": path_of(batch)}
            values = {key: values[key] for key in self.options.partition_by}
            paths.setdefault("/".join(component(key, value) for key, value in values.items()), values)
        for path, values in paths.items():
            self.partitions.setdefault(path, []).append(row)
            self.values.setdefault(path, values)
        self.report.wrote(document, found, row, start, len(paths))


def result(run, failure):
    """Everything the run says of itself, in one value."""
    if failure:
        where = {"input": failure.document.name, "entry": failure.document.entry, "code": failure.code}
        return {"status": 2, "error": {**where, **(failure.position() or {})}}
    name = f"{run.options.name}-00000.jsonl"
    files = {
        "/".join(filter(None, ["data", path, name])): [row.decode("utf-8") for row in rows]
        for path, rows in run.partitions.items()}
    run.report.ended_early = run.full()
    status = 1 if run.report.skipped or run.report.rejected else 0
    values = {"/".join(filter(None, ["data", path, name])): values for path, values in run.values.items()}
    return {
        "status": status, "partitions": files, "values": values, "options": manifest_options(run.options), "rejects": run.rejects, "report": run.report.value(),
        "warned": run.report.warned(), "error": None}


def execute(arguments):
    """The result of a run with these arguments, and its rows in order."""
    sys.setrecursionlimit(100_000)
    try:
        options = parse(arguments)
    except UsageError as wrong:
        return {"status": 64, "error": {"code": "usage", "message": str(wrong)}}, []
    run = Run(options)
    failure = None
    try:
        run.all()
    except Failure as caught:
        failure = caught
    rows = [row for partition in run.partitions.values() for row in partition]
    return result(run, failure), rows


def main():
    arguments = sys.argv[1:]
    outcome, rows = execute(arguments)
    if outcome["error"] or parse(arguments).output == "-":
        if outcome["error"]:
            print(json.dumps(outcome["error"]), file=sys.stderr)
        else:
            sys.stdout.buffer.write(b"".join(row + b"\n" for row in rows))
    else:
        print(json.dumps(outcome, ensure_ascii=False, indent=1))
    sys.exit(outcome["status"])


if __name__ == "__main__":
    main()
