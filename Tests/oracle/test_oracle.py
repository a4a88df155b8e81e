#!/usr/bin/env python3
"""The oracle judged: against Python's own json module, against its own rule of positions, against Fixtures."""

import gzip
import json
import os
import pathlib
import random
import sys
import tempfile
import unittest

import annotations
import documents
import jsonbytes
import make_expected
import random_export
import recompute
import selection
import sluice_oracle

ALPHABET = [b"{", b"}", b"[", b"]", b",", b":", b'"', b"\\", b"u", b"0", b"1", b"-", b".", b"e", b"a", b"\n",
            b" ", b"\x0c", b"true", b"null", b'"k":', b"\xc3\xa9", b"\xc3", b"\xff", b"\\ud83d", b"\\n"]


def random_value(generator, depth=0):
    kind = generator.randrange(7 if depth < 4 else 4)
    if kind == 0:
        return generator.choice([True, False, None])
    if kind == 1:
        return generator.choice([0, -1, 1.5, 1e-7, 12345678901234567890])
    if kind in (2, 3):
        return "".join(generator.choice(["a", "\u00e9", "\U0001f697", '"', "\\", "\n", "/", " "])
                       for _ in range(generator.randrange(6)))
    if kind == 4:
        return [random_value(generator, depth + 1) for _ in range(generator.randrange(4))]
    return {f"k{generator.randrange(3)}": random_value(generator, depth + 1)
            for _ in range(generator.randrange(4))}


def random_text(generator):
    """A JSON text, half of the time with one small damage."""
    value = {"a": random_value(generator), "b": random_value(generator)}
    indent = generator.choice([None, 1])
    text = json.dumps(value, indent=indent, ensure_ascii=generator.random() < 0.5).encode()
    if generator.random() < 0.5:
        at = generator.randrange(len(text))
        text = text[:at] + generator.choice(ALPHABET + [b""]) + text[at + generator.randrange(3):]
    return text


def read(text):
    """The node of a whole text; a fault if anything but white space follows."""
    reader = jsonbytes.Reader(text, 512)
    node, at = reader.value(reader.skip_space(0), 1)
    at = reader.skip_space(at)
    if at < len(text):
        raise jsonbytes.Fault(at, "trailing-garbage")
    return node


def refuse(constant):
    raise ValueError(constant)


class Reading(unittest.TestCase):
    def setUp(self):
        self.generator = random.Random(20261121)

    def test_same_verdict_as_the_json_module(self):
        verdicts = {True: 0, False: 0}
        for _ in range(20_000):
            text = random_text(self.generator)
            try:
                wanted = json.loads(text.decode("utf-8"), parse_constant=refuse)
                good = True
            except ValueError:
                wanted, good = None, False
            try:
                node = read(text)
                self.assertTrue(good, text)
                self.assertEqual(json.loads(node.text()), wanted)
                compact = json.loads(node.text().decode(), object_pairs_hook=lambda pairs: pairs)
                self.assertEqual(compact, json.loads(text.decode(), object_pairs_hook=lambda pairs: pairs))
            except jsonbytes.Fault as fault:
                self.assertFalse(good, (text, fault))
            verdicts[good] += 1
        self.assertGreater(min(verdicts.values()), 2000)

    def test_a_fault_is_the_first_impossible_byte(self):
        """All before it can still become valid: cut there, the text is merely truncated (or whole)."""
        for _ in range(20_000):
            text = random_text(self.generator)
            try:
                read(text)
                continue
            except jsonbytes.Fault as fault:
                byte, code = fault.byte, fault.code
            if code == "truncated":
                self.assertEqual(byte, len(text))
                continue
            try:
                read(text[:byte])
            except jsonbytes.Fault as fault:
                self.assertEqual((fault.code, fault.byte), ("truncated", byte), text)
            if code != "bad-utf8":
                with self.assertRaises(jsonbytes.Fault) as caught:
                    read(text[:byte + 1])
                self.assertEqual(caught.exception.byte, byte, text)

    def test_string_meaning(self):
        for raw, value, lone in [
            (rb'"\u0041\/\ud83d\ude97"', "A/\U0001f697", False),
            (rb'"\ud83d"', "\ufffd", True), (rb'"\ude97\ud83d"', "\ufffd\ufffd", True),
            (rb'"\ud83dA"', "\ufffdA", True), (rb'"\ud83d\u0041"', "\ufffdA", True),
            (rb'"\ud83d\ud83d\ude97"', "\ufffd\U0001f697", True),
        ]:
            node = read(b"[" + raw + b"]").items[0]
            self.assertEqual((node.value, node.lone, node.text()), (value, lone, raw))


TOOL_TYPES = ("bounding-box rotated-bounding-box polygon polyline point segmentation spline circle ellipse angle ner "
              "pdf brush message pct").split()


def first_wins(pairs):
    found = {}
    for key, value in pairs:
        found.setdefault(key, value)
    return found


def naive_tool(kind, item):
    if kind != "tool":
        return item.get("tool") if kind == "classification" else None
    for name in TOOL_TYPES:
        if name in item:
            return name
    no_types = {"classifications", "metadata", "features", "masks", "ocr", "stageHistory"}
    return min((key for key in item if isinstance(item[key], (dict, list)) and key not in no_types), default=None,
               key=str.encode)


def naive_rows(asset, options):
    """The rows by Python's own json: right about meaning, ignorant of spelling. No stage, batch or time options."""
    legacy = "tasks" in asset and "task" not in asset
    tasks = asset["tasks"] if legacy and isinstance(asset["tasks"], list) else [asset.get("task")]

    def in_list(task, name, items, snapshot):
        kind = {"classifications": "classification", "relations": "relation"}.get(name, "tool")
        for item in items if isinstance(items, list) else []:
            own = item if isinstance(item, dict) else {}
            title = own.get("title") if isinstance(own.get("title"), str) else None
            if options.title and title not in options.title or title is not None and title in options.exclude_title:
                continue
            stage = task.get("stage")
            if legacy:
                stage = task["status"] if task.get("status") is not None else asset.get("status")
            row = {key: asset.get(key) for key in ("externalId", "assetId")}
            row |= {"taskId": task.get("taskId"), "stage": stage, "stageId": None if legacy else task.get("stageId"),
                    "batches": asset.get("batches"), "updatedAt": task.get("updatedAt"), "kind": kind,
                    "tool": naive_tool(kind, own)}
            row |= {key: own.get(key) for key in ("title", "objectId", "schemaId", "page")} | {"snapshot": snapshot}
            for key in options.context:
                inside = key.startswith("task.")
                row[key.removeprefix("task.")] = (task if inside else asset).get(key.removeprefix("task."))
            yield {**row, "annotation": item}

    lists = ("objects" if legacy else "tools", "classifications", "relations")
    for task in tasks:
        for name, value in task.items() if isinstance(task, dict) else []:
            if name in lists:
                yield from in_list(task, name, value, None)
            elif name == "stageHistory" and options.history == "rows" and isinstance(value, list):
                for index, old in enumerate(value):
                    if isinstance(old, dict):
                        snapshot = {"index": index} | {
                            key: old.get(key) for key in ("stage", "stageId", "completedAt", "completedBy")}
                        for key in old:
                            if key in lists:
                                yield from in_list(task, key, old[key], snapshot)


class AnnotationRows(unittest.TestCase):
    def random_runs(self, count, seed):
        """Options and the text of a random export, as an array; nothing that selects tasks or batches."""
        for number in range(count):
            writer = random_export.Writer(f"{seed}-{number}")
            text = ("[" + ",".join(writer.asset() for _ in range(4)) + "]").encode()
            arguments = ["export", "--output", "-", "--rows", "annotations"]
            for option, values in (("--title", random_export.TITLES), ("--exclude-title", random_export.TITLES),
                                   ("--history", ["rows"]), ("--context", ["metadata"]),
                                   ("--context", ["task.duration"])):
                if writer.chance(0.3):
                    arguments += [option, writer.random.choice(values)]
            yield sluice_oracle.parse(arguments), text

    def test_rows_mean_what_a_naive_loop_finds(self):
        rows = 0
        for options, text in self.random_runs(400, "naive"):
            for asset in documents.assets(text, 512):
                if documents.is_issue(asset.node):
                    continue
                found = list(annotations.rows_of(asset.node, selection.tasks_of(asset.node), options))
                plain = json.loads(text[asset.start:asset.end], object_pairs_hook=first_wins)
                wanted = list(naive_rows(plain, options))
                read = [json.loads(row.text, object_pairs_hook=first_wins) for row in found]
                self.assertEqual(read, wanted)
                self.assertEqual([list(row) for row in read], [list(row) for row in wanted])
                rows += len(found)
        self.assertGreater(rows, 1500)

    def test_a_row_starts_where_its_annotation_does_and_rows_follow_the_file(self):
        for options, text in self.random_runs(100, "places"):
            for asset in documents.assets(text, 512):
                rows = list(annotations.rows_of(asset.node, selection.tasks_of(asset.node), options))
                starts = [row.start for row in rows]
                self.assertEqual(starts, sorted(set(starts)))
                for row in rows:
                    node, _ = jsonbytes.Reader(text, 512).value(row.start, 1)
                    self.assertTrue(row.text.endswith(b',"annotation":' + node.text() + b"}"))

    def run_in(self, folder, text, *options):
        (folder / "export").write_bytes(text)
        os.chdir(folder)
        return sluice_oracle.execute(["export", "--rows", "annotations", *options])

    def test_partitions_hold_the_rows_and_their_copies(self):
        with tempfile.TemporaryDirectory() as name:
            for number in range(50):
                writer = random_export.Writer(f"partitions-{number}")
                text = writer.export()
                some = writer.random.sample(random_export.PARTITIONS, writer.random.randrange(1, 6))
                outcome, rows = self.run_in(pathlib.Path(name), text, "--output", "-", "--history", "rows")
                if outcome["error"]:
                    continue
                outcome, filed = self.run_in(pathlib.Path(name), text, "--output", "out", "--history", "rows",
                                             "--partition-by", ",".join(some))
                self.assertEqual(set(filed), set(rows))
                self.assertEqual(len(filed), outcome["report"]["rows"])
                self.assertEqual(outcome["report"]["copies"], len(filed) - len(rows))
                if "batch" not in some:
                    self.assertEqual(sorted(filed), sorted(rows))

    def test_a_malformed_asset_gives_no_rows(self):
        """However late the fault: the rest of the rows is that of the export without this asset."""
        asset = b'{"externalId":"a","batches":[],"task":{"tools":[{"title":"car"},{"title":"van"}],"stage":"S"}}'
        good = asset.replace(b'"a"', b'"good"')
        with tempfile.TemporaryDirectory() as name:
            for at in range(1, len(asset)):
                text = good + b"\n" + asset[:at] + b"\x01" + asset[at:] + b"\n" + good
                outcome, rows = self.run_in(pathlib.Path(name), text, "--output", "-", "--on-error", "skip")
                self.assertEqual([row.startswith(b'{"externalId":"good"') for row in rows], [True] * 4)
                self.assertEqual((outcome["status"], outcome["report"]["annotations"]), (1, {"seen": 4, "kept": 4}))
                outcome, rows = self.run_in(pathlib.Path(name), text, "--output", "-")
                self.assertEqual(outcome["status"], 2)

    def test_usage(self):
        each = ["--rows", "annotations"]
        for arguments, right in [
            (each + ["--history", "rows"], True), (each + ["--history", "drop"], True),
            (each + ["--history", "keep"], False), (["--history", "rows"], False),
            (each + ["--title", "x", "--prune"], False), (["--context", "metadata"], False),
            (each + ["--context", "metadata", "--context", "task.duration"], True),
            (each + ["--context", "duration", "--context", "task.duration"], False),
            (each + ["--context", "tools"], True), (each + ["--context", "task.tools"], False),
            (each + ["--context", "snapshot"], False), (each + ["--context", "task"], False),
            (each + ["--partition-by", "tool,kind,title,batch,stage"], True),
            (each + ["--partition-by", "kind,kind"], False), (["--partition-by", "kind"], False),
        ]:
            with self.subTest(arguments):
                status = sluice_oracle.execute(["no-such-file", "--output", "out", *arguments])[0]["status"]
                self.assertEqual(status, 2 if right else 64)

    def test_recomputing_finds_what_is_wrong(self):
        """An output as the oracle would write it has no difference; each damage to it is one."""
        text = b"[" + b",".join(
            b'{"externalId":"%d","batches":["x"],"task":{"stage":"S","tools":[{"title":"car"},{"title":"van"}]}}' % n
            for n in range(3)) + b"]"
        options = ["--rows", "annotations", "--partition-by", "title"]
        with tempfile.TemporaryDirectory() as name:
            out = pathlib.Path(name) / "out"
            outcome, _ = self.run_in(pathlib.Path(name), text, "--output", "out", *options[2:])
            for path, rows in outcome["partitions"].items():
                part = out / (path + ".gz")
                part.parent.mkdir(parents=True)
                part.write_bytes(gzip.compress(make_expected.lines([row.encode() for row in rows])))
            report = {**outcome["report"], "annotations": {"seen": 6, "kept": 6}}
            (out / "report.json").write_text(json.dumps(report))
            files = [{"path": path + ".gz", "partition": outcome["values"][path], "rows": len(rows)}
                     for path, rows in outcome["partitions"].items()]
            manifest = {"options": outcome["options"], "totals": {"rows": 6, "copies": 0}, "files": files}
            (out / "manifest.json").write_text(json.dumps(manifest))
            self.assertEqual(recompute.differences(out, ["export", *options]), [])
            self.assertGreater(len(recompute.differences(out, ["export", *options, "--title", "car"])), 1)
            part.write_bytes(gzip.compress(make_expected.lines([row.encode() for row in rows[:-1]])))
            self.assertEqual(len(recompute.differences(out, ["export", *options])), 1)
            part.unlink()
            self.assertEqual(len(recompute.differences(out, ["export", *options])), 1)


class Cases(unittest.TestCase):
    def test_committed_expectations_are_what_the_oracle_says(self):
        for case in make_expected.all_cases():
            with self.subTest(case.name):
                self.assertTrue(make_expected.agrees(case, make_expected.expected(case)))


if __name__ == "__main__":
    os.chdir(os.path.dirname(os.path.abspath(__file__)))
    sys.setrecursionlimit(10_000)
    unittest.main()
