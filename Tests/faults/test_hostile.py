"""Input from somebody who means harm: names that lead elsewhere, bombs, and things of absurd size.

Nothing leaves the output directory, nothing grows without bound, and both engines give the same bytes. The
short form has the same shapes in small.
"""

import json
import os
import shutil
import struct
import subprocess
import time
import unittest
import zipfile
import zlib

from harness import ERROR, IS_LONG, SLUICE, Workspace, asset, export, in_parallel, main

MEMORY = 256_000_000
ENGINES = ("fast", "reference")
NAMES = [
    "../../etc/passwd", "/etc/passwd", ".", "..", "-rf", "a\0b", "a\nb", "x" * 10_000, "🚗" * 100, "אבג", "\u202egpj.exe",
    "Case", "case", "CASE", "a/b", "a%2Fb", "%2E%2E", "a=b", "stage=a", "__HIVE_DEFAULT_PARTITION__", "", " ", "a ",
    "CON", "_SUCCESS", ".hidden", "part-00000.jsonl.zst", "e\u0301", "\u00e9", "\x7f", "\ufeff", "\uffff", "~", "*?[]{}\\|<>:\"'",
]


def megabytes(short, long):
    return (long if IS_LONG else short) * 1_000_000


class Pieces:
    """Input that is made as it is read, so that two gigabytes of it need no disk."""

    def __init__(self, pieces):
        self.pieces = pieces

    def run(self, space, *arguments, timeout=1800):
        process = space.start(*arguments, stdin=subprocess.PIPE, measured=True)
        try:
            for piece in self.pieces:
                process.stdin.write(piece)
        except BrokenPipeError:
            pass
        try:
            output, error = process.communicate(timeout=timeout)
        except BrokenPipeError:
            output, error = b"", b""
        return process.returncode, output, error.decode(errors="replace")


def repeated(piece, total):
    block = piece * max(1, (1 << 20) // len(piece))
    while total > 0:
        yield block[:total]
        total -= len(block)


class NameTests(unittest.TestCase):
    def test_names(self):
        """Whatever stages and batches are called, their rows are in a directory of their own below data."""
        with Workspace() as space:
            rows = [asset(number, stage, [batch]) for number, (stage, batch) in enumerate(
                [(name, "b") for name in NAMES] + [("s", name) for name in NAMES] + list(zip(NAMES, NAMES[::-1])))]
            space.write("in/input.ndjson", "\n".join(rows) + "\n")
            trees = []
            for engine in ENGINES:
                (space.path / "deep/er").mkdir(parents=True, exist_ok=True)
                outcome = space.run(
                    "run", "in/input.ndjson", "-o", f"deep/er/{engine}", "--partition-by", "stage,batch",
                    "--engine", engine, "-q", "--compression", "none")
                self.assertEqual(outcome.status, 0, outcome)
                self.assertEqual(space.run("verify", f"deep/er/{engine}").status, 0)
                trees.append(space.data(f"deep/er/{engine}"))
            self.assertEqual(trees[0], trees[1])
            self.assertEqual(space.names(), ["deep", "in"])
            self.assertEqual(os.listdir(space.path / "deep"), ["er"])
            self.assertEqual(sorted(os.listdir(space.path / "deep/er")), list(ENGINES))
            found = b"".join(text or b"" for text in trees[0].values()).decode().splitlines()
            self.assertEqual(sorted(found), sorted(rows))
            for path in trees[0]:
                for name in path.split("/"):
                    self.assertLessEqual(len(name.encode()), 255)
                    self.assertFalse(name in (".", "..") or any(ord(letter) < 32 for letter in name), path)
            # Values share a directory only where null and the empty string do.
            self.assertEqual(
                len([path for path in trees[0] if path.startswith("stage=s/") and path.endswith(".jsonl")]),
                len(set(name or "__HIVE_DEFAULT_PARTITION__" for name in NAMES)) + 0)

    def test_annotation_names(self):
        """Titles and tools are as free."""
        with Workspace() as space:
            tools = [{"title": name, name or "x": {}} for name in NAMES]
            text = json.dumps({"externalId": "a", "task": {"stage": "s", "tools": tools}}, ensure_ascii=False)
            space.write("input.ndjson", text.replace("\x7f", "\\u007f") + "\n")
            trees = []
            for engine in ENGINES:
                outcome = space.run(
                    "run", "input.ndjson", "-o", engine, "--rows", "annotations", "--partition-by", "title,tool,kind",
                    "--engine", engine, "-q", "--compression", "none")
                self.assertEqual(outcome.status, 0, outcome)
                trees.append(space.data(engine))
            self.assertEqual(trees[0], trees[1])
            self.assertEqual(sum((text or b"").count(b"\n") for text in trees[0].values()), len(NAMES))
            self.assertEqual(space.names(), ["fast", "input.ndjson", "reference"])


class BombTests(unittest.TestCase):
    """Containers that grow a thousandfold."""

    def bombs(self, size):
        """Compressed white space in an array, by three kinds of containers, without the machine holding it."""
        def deflated(wbits):
            packer = zlib.compressobj(9, zlib.DEFLATED, wbits)
            yield packer.compress(b"[")
            for piece in repeated(b" ", size):
                yield packer.compress(piece)
            yield packer.compress(b"]") + packer.flush()
        yield "gzip", b"".join(deflated(31))
        body = b"".join(deflated(-15))
        sum = zlib.crc32(b"[")
        for piece in repeated(b" ", size):
            sum = zlib.crc32(piece, sum)
        sum = zlib.crc32(b"]", sum)
        yield "zip", single_entry(b"bomb.json", body, 8, sum, size + 2)
        yield "skipped entry", single_entry(b"__MACOSX/bomb.json", body, 8, sum, size + 2)
        with Workspace() as space:
            with open(space.path / "bomb", "wb") as file:
                packer = subprocess.Popen(["zstd", "-q", "-c"], stdin=subprocess.PIPE, stdout=file)
                for piece in (b"[", *repeated(b" ", size), b"]"):
                    packer.stdin.write(piece)
                packer.stdin.close()
                self.assertEqual(packer.wait(), 0)
            yield "zstd", (space.path / "bomb").read_bytes()

    def test_bombs(self):
        """Memory and time stay bounded without a limit; with --max-input-size the run ends there, in both engines."""
        size = megabytes(100, 4000)
        for name, bomb in self.bombs(size):
            with Workspace() as space:
                space.write("bomb", bomb)
                if name == "skipped entry":
                    outcome = space.run("run", "-", "-o", "out", "--max-input-size", "1MB", input=bomb)
                    self.assertEqual(outcome.status, 2, name)
                    self.assertIn("-: more than 1000000 bytes, the most that an input may have", outcome.error)
                    continue
                start = time.monotonic()
                outcome = space.run("run", "bomb", "-o", "out", "-q", "--memory", "64MB", measured=True, timeout=1800)
                self.assertEqual(outcome.status, 0, (name, outcome))
                self.assertLess(time.monotonic() - start, 20 + size / 40e6, name)
                # Less than even the small bomb would take as a whole.
                self.assertLess(space.peak(), 100_000_000, name)
                for engine in ENGINES:
                    for source in ("bomb", "-"):
                        outcome = space.run(
                            "run", source, "-o", "limited", "--max-input-size", "1MB", "--engine", engine,
                            "--stats", "json", input=bomb)
                        self.assertEqual(outcome.status, 2, (name, engine, outcome))
                        self.assertIn(f"{source}: more than 1000000 bytes, the most that an input may have", outcome.error)
                        self.assertEqual(json.loads(outcome.output)["error"]["code"], "input-too-big")
                        self.assertFalse((space.path / "limited").exists())

    def test_exact_limit(self):
        """The limit is the last size that is allowed, of files and pipes, plain or not."""
        text = export(20).encode()
        packed = zlib.compressobj(9, zlib.DEFLATED, 31)
        packed = packed.compress(text) + packed.flush()
        archive = single_entry(b"a.json", text, 0, zlib.crc32(text), len(text))
        for content in (text, packed, archive):
            for source in ("file", "-"):
                for engine in ENGINES:
                    for limit, status in ((len(text), 0), (len(text) - 1, 2)):
                        with Workspace() as space:
                            space.write("file", content)
                            outcome = space.run(
                                "run", source, "-o", "-", "--max-input-size", limit, "--engine", engine, "-q",
                                input=content)
                            self.assertEqual(outcome.status, status, (source, engine, limit, outcome))


def single_entry(name, body, method, sum, size, flags=0):
    local = struct.pack("<4s5H3I2H", b"PK\3\4", 20, flags, method, 0, 0, sum, len(body), size, len(name), 0) + name
    central = struct.pack(
        "<4s6H3I5H2I", b"PK\1\2", 20, 20, flags, method, 0, 0, sum, len(body), size, len(name), 0, 0, 0, 0, 0, 0) + name
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 1, 1, len(central), len(local) + len(body), 0)
    return local + body + central + end


class ContainerTests(unittest.TestCase):
    """Containers that were cut, damaged, or made to mislead."""

    def containers(self):
        text = export(8).encode()
        for wbits, name in ((31, "gzip"), (-15, "zip")):
            packer = zlib.compressobj(9, zlib.DEFLATED, wbits)
            body = packer.compress(text) + packer.flush()
            yield name, body if name == "gzip" else single_entry(b"a.json", body, 8, zlib.crc32(text), len(text))
        yield "stored", single_entry(b"a.json", text, 0, zlib.crc32(text), len(text))
        packed = subprocess.run(["zstd", "-c"], input=text, capture_output=True)
        if packed.returncode == 0:
            yield "zstd", packed.stdout

    def test_cut(self):
        """A container that ends early is an error, never a short input, from a file and from a pipe."""
        for name, content in self.containers():
            def attempt(length):
                with Workspace() as space:
                    space.write("file", content[:length])
                    return [(name, length, source, outcome) for source in ("file", "-")
                            for outcome in [space.run("run", source, "-o", "out", "-q", input=content[:length])]
                            if outcome.status != 2 or not outcome.error.startswith(ERROR)
                            or (space.path / "out").exists()]
            step = 1 if IS_LONG else 41
            found = sum(in_parallel(attempt, range(1, len(content), step)), [])
            self.assertFalse(found)

    def test_flipped(self):
        """A flipped bit is an error, or in a field that says nothing about the data: then the rows are right."""
        right = export(8).encode()
        for name, content in self.containers():
            def attempt(place):
                damaged = bytearray(content)
                damaged[place] ^= 1 << place % 8
                with Workspace() as space:
                    space.write("file", bytes(damaged))
                    return [(name, place, source, outcome, outcome.output[:200]) for source in ("file", "-")
                            for outcome in [space.run("run", source, "-o", "-", "-q", input=bytes(damaged))]
                            if not (outcome.status == 0 and outcome.output == right)
                            and not (outcome.status == 2 and outcome.error.startswith(ERROR))]
            found = sum(in_parallel(attempt, range(0, len(content), 1 if IS_LONG else 43)), [])
            self.assertFalse(found)

    def test_odd_archives(self):
        """Encrypted entries and unknown methods are named; absurd names stay text."""
        text = export(2).encode()
        names = [b"../../etc/passwd", b"/etc/passwd", b"a\0b", b"\x1b[31m", b"\xff\xfe", b"x" * 60_000, b""]
        for name in names:
            with Workspace() as space:
                space.write("in/file", single_entry(name, text, 0, zlib.crc32(text), len(text)))
                outcome = space.run("run", "in/file", "-o", "out", "-q")
                self.assertEqual(outcome.status, 0, (name[:20], outcome))
                self.assertEqual(space.names(), ["in", "out"])
                self.assertEqual(space.run("verify", "out").status, 0)
                bad = single_entry(name, b'{"a":]}', 0, zlib.crc32(b'{"a":]}'), 7)
                outcome = space.run("run", "-", "-o", "bad", "-q", input=bad)
                self.assertEqual(outcome.status, 2)
                self.assertNotIn("\x1b", outcome.error)
                self.assertNotIn("\0", outcome.error)
        for flags, method, word in ((1, 0, "encrypted"), (0, 12, "not supported")):
            archive = single_entry(b"a.json", text, method, zlib.crc32(text), len(text), flags)
            with Workspace() as space:
                space.write("file", archive)
                for source in ("file", "-"):
                    outcome = space.run("run", source, "-o", "out", "-q", input=archive)
                    self.assertEqual(outcome.status, 2, (word, source, outcome))
                    self.assertIn(word, outcome.error)
                    self.assertIn("a.json", outcome.error)


class SizeTests(unittest.TestCase):
    """Things of absurd size, made as they are read."""

    def measure(self, pieces, *options, status=0):
        with Workspace() as space:
            got, output, error = Pieces(pieces).run(space, "run", "-", "-o", "out", "-q", "--stats", "json", *options)
            self.assertEqual(got, status, error[:2000])
            stats = json.loads(output)
            peak = space.peak()
            if "reference" not in options:
                self.assertLess(peak, MEMORY)
            if got == 0:
                self.assertEqual(space.run("verify", "out", timeout=1800).status, 0)
            self.assertLess(len(error), 10_000)
            return stats

    def test_long_string(self):
        """A string of two gigabytes, wanted or not, as value and as key."""
        size = megabytes(4, 2000)
        for before, after in ((b'{"task":{"stage":"S"},"x":"', b'"}\n'), (b'{"task":{"stage":"', b'"}}\n'),
                              (b'{"task":0,"', b'":1}\n')):
            for options in ([], ["--stage", "none"], ["--rows", "annotations"]):
                # A stage is in each row of its task, and so may not be of any length.
                too_long = size > 4 << 20 and before.endswith(b'"stage":"') and "annotations" in options
                stats = self.measure(
                    [before, *repeated(b"abc\\n", size // 5 * 5), after], *options, status=2 if too_long else 0)
                if too_long:
                    self.assertIn("values that each row would repeat", stats["error"]["message"])
                else:
                    self.assertEqual((stats["rows"], stats["assets"]["seen"]), (0 if options else 1, 1))
                if not options:
                    whole = len(before) + size // 5 * 5 + len(after)
                    self.assertIn(stats["biggestRow"]["bytes"], range(whole - 1, whole + 1000))

    def test_long_number(self):
        """A number of a million digits, and of a hundred million, is copied as it stands."""
        for size in (1_000_000, megabytes(2, 100)):
            for engine in ENGINES if size == 1_000_000 else ENGINES[:1]:
                stats = self.measure([b'{"asset":[', *repeated(b"1", size), b"]}\n"], "--engine", engine)
                self.assertEqual(stats["rows"], 1)
                self.assertGreater(stats["biggestRow"]["bytes"], size)

    def test_depth(self):
        """Five million brackets are too deep, and named; allowed, they are read without a deep stack."""
        depth = 5_000_000 if IS_LONG else 200_000
        pieces = [b'{"asset":', *repeated(b"[", depth), *repeated(b"]", depth), b"}\n"]
        for engine in ENGINES:
            stats = self.measure(pieces, "--engine", engine, status=2)
            self.assertEqual((stats["error"]["code"], stats["error"]["byte"]), ("malformed", 9 + 511))
            self.measure(pieces, "--engine", engine, "--max-depth", str(depth + 1))
        self.measure([b"[", *repeated(b"[", depth)], status=2)
        self.measure([*repeated(b'{"task":', depth * 8)], status=2)

    def test_empty_assets(self):
        """A million empty assets; each once took half a kilobyte more until its block was done."""
        count = 1_000_000 if IS_LONG else 200_000
        bare = b'{"asset":0}'
        for piece, ends in ((bare + b"\n", (b"", b"")), (bare + b",", (b"[", bare + b"]"))):
            stats = self.measure([ends[0], *repeated(piece, count * len(piece)), ends[1]])
            self.assertEqual(stats["assets"]["seen"], count + (ends[1] != b""))

    def test_distinct_names(self):
        """A hundred thousand titles, batches and stages: tables stop at 4 MiB, the rest is summed."""
        count = 100_000 if IS_LONG else 3000

        def rows():
            for number in range(count):
                yield asset(number, f"stage {number}", [f"batch {number}", "x" * 100 + str(number)]).replace(
                    "Car", f"title {number} " + "t" * 100).encode() + b"\n"

        stats = self.measure(rows(), "--rows", "annotations")
        for table in ("stages", "batches", "titles"):
            seen = sum(row["seen"] for row in stats[table]) + stats["other"][table]["seen"]
            self.assertEqual(seen, count * (2 if table == "batches" else 1))
            self.assertLess(sum(len(row["name"] or "") for row in stats[table]), 5 << 20)

    def test_duplicate_keys(self):
        """The first of a key decides, in both engines; the report counts the others and warns of them."""
        text = ('{"externalId":"a","batches":["x"],"task":{"stage":"S","stage":"T","tools":[{"title":"Car","title":"Bus"}]},'
                '"batches":["y"],"task":{"stage":"U"}}\n')
        for rows, duplicates in (("assets", 3), ("annotations", 4)):
            reports = []
            for engine in ENGINES:
                with Workspace() as space:
                    options = ["--stage", "S", "--batch", "x", "--rows", rows, "--engine", engine]
                    outcome = space.run("run", "-", "-o", "out", "-q", *options, input=text.encode())
                    self.assertEqual(outcome.status, 0, outcome)
                    self.assertIn("keys that stand again in one object", outcome.error)
                    reports.append((space.path / "out/report.json").read_text())
                    report = json.loads(reports[-1])
                    self.assertEqual((report["rows"], report["duplicateKeys"]), (1, duplicates))
                    warning = [item for item in report["warnings"] if item["code"] == "duplicate-key"][0]
                    self.assertEqual((warning["count"], warning["first"]["byte"]), (duplicates, 0))
                    for options in (["--stage", "T"], ["--batch", "y"], ["--title", "Bus"]):
                        outcome = space.run("run", "-", "-o", "-", "-q", *options, "--engine", engine, input=text.encode())
                        self.assertEqual((outcome.status, outcome.output), (0, b""))
            self.assertEqual(*reports)

    def test_many_tasks(self):
        """As many tasks as an asset may have take little each, whatever is done with them."""
        count = 65_536 if IS_LONG else 20_000
        task = ('{"taskId":"t%d","status":"S","objects":[{"title":"Car","point":[1]}],'
                '"stageHistory":[{"stage":"a","tools":[{"title":"x"}]}]}')
        with Workspace() as space:
            space.write("input.json", '[{"externalId":"x","tasks":[' + ",".join(
                task % number for number in range(count)) + "]}]\n")
            rows = ["--rows", "annotations"]
            for command, options in (("run", rows), ("run", ["--title", "Car"]), ("run", ["--title", "Car", "--prune"]),
                                     ("run", ["--title", "Car", "--stage", "S"]), ("inspect", []),
                                     ("run", [*rows, "--history", "rows"])):
                output = ["-o", "out", "--overwrite", "-q", "--stats", "json"] if command == "run" else ["--json"]
                outcome = space.run(command, "input.json", "--memory", "80MB", "--workers", "1", *options, *output,
                                    measured=True, timeout=600)
                self.assertEqual(outcome.status, 0, outcome)
                self.assertLess(space.peak(), 80_000_000, (command, options))
                found = json.loads(outcome.output)
                if command == "run":
                    titles = {row["name"]: row["seen"] for row in found["titles"]}
                    self.assertEqual(titles, {"Car": count}, options)

    def test_too_many_records(self):
        """Entries and partitions of which too much would be kept are an error that names --memory, and no more."""
        with Workspace() as space:
            with zipfile.ZipFile(space.path / "file", "w") as archive:
                for number in range(100_000 if IS_LONG else 30_000):
                    archive.writestr(f"exports/{number}.json", "[]")
            space.write("partitions.ndjson", "".join(
                asset(number, batches=[f"batch {number}"]) + "\n" for number in range(100_000 if IS_LONG else 20_000)))
            for arguments, words in ((["file"], "more archive entries"),
                                     (["partitions.ndjson", "--partition-by", "batch"], "partitioning by batch makes more")):
                outcome = space.run("run", *arguments, "-o", "out", "-q", "--memory", "70MB", "--workers", "1",
                                    measured=True, timeout=600)
                self.assertEqual(outcome.status, 2, outcome)
                self.assertIn(words, outcome.error)
                self.assertIn("--memory", outcome.error)
                self.assertFalse((space.path / "out").exists())
                self.assertLess(space.peak(), 70_000_000, arguments)
                if IS_LONG:
                    outcome = space.run("run", *arguments, "-o", "out", "-q", measured=True, timeout=1800)
                    self.assertEqual(outcome.status, 0, outcome)
                    self.assertLess(space.peak(), MEMORY, arguments)
                    shutil.rmtree(space.path / "out")

    def test_many_entries(self):
        """An archive of ten thousand entries."""
        with Workspace() as space:
            count = 10_000 if IS_LONG else 200
            with zipfile.ZipFile(space.path / "file", "w") as archive:
                for number in range(count):
                    archive.writestr(f"{number}.json", asset(number))
            for source in ("file", "-"):
                content = (space.path / "file").read_bytes()
                outcome = space.run(
                    "run", source, "-o", "out", "--overwrite", "-q", "--stats", "json", input=content, measured=True)
                self.assertEqual(outcome.status, 0, outcome)
                self.assertEqual(json.loads(outcome.output)["rows"], count)
                self.assertLess(space.peak(), MEMORY)

    def test_page(self):
        """A web page in the place of an export is told as one; so are archives of pages."""
        for engine in ENGINES:
            with Workspace() as space:
                outcome = space.run(
                    "run", "-", "-o", "out", "--engine", engine, input=b"\n<!DOCTYPE html><html>Expired</html>\n")
                self.assertEqual(outcome.status, 2)
                self.assertIn("web page", outcome.error)


if __name__ == "__main__":
    main()
