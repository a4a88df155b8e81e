#!/usr/bin/env python3
"""Runs the code blocks of recipes as they stand, and compares their answers with the reports of the outputs.

usage: recipes.py --in DIR --bin DIR FILE...

Blocks run one after another with DIR as working directory and the command in PATH. The comment in front of a block
says what becomes of it:

  <!-- recipe: shell -->                          bash runs it
  <!-- recipe: python = lake titles -->           its last expression is the kept annotations by title
  <!-- recipe: duckdb after lake.sql = lake rows -->   the same of SQL, behind the statements of a file
  <!-- recipe: parse trino -->                    nothing here can run it; it is parsed as that dialect of SQL
  <!-- recipe: shown -->                          nothing here can check it

An answer is a number, `OUTPUT rows`, `OUTPUT titles` (tools, kinds), `OUTPUT titles NAME` or `OUTPUT by KEY`; OUTPUT is a
directory of a run. Exits 1 and lists every difference. A block without such a comment is an error.
"""

import argparse
import json
import os
import re
import sys
import time
from collections import Counter
from pathlib import Path

import recipe_runners

BLOCK = re.compile(r"(?:^<!-- recipe: (?P<mark>[^\n]*) -->\n)?^```(?P<language>\w*)\n(?P<code>.*?)^```$", re.M | re.S)
MARK = re.compile(r"(?P<how>\w+)(?: (?P<dialect>\w+))??(?: after (?P<after>\S+))?(?: = (?P<fact>.+))?")


class Mistake(Exception):
    """What is wrong with a recipe, in words for whoever wrote it."""


class Facts:
    """What the outputs say of themselves."""

    def __init__(self, root):
        self.root = Path(root)

    def load(self, output, name):
        return json.loads((self.root / output / name).read_text(encoding="utf-8"))

    def find(self, text):
        if text.isdigit():
            return int(text)
        output, what, *rest = text.split(" ", 2)
        if what == "by":
            return self.by_key(output, rest[0])
        report = self.load(output, "report.json")
        if what == "rows":
            return report["rows"]
        table = {entry["name"]: entry["kept"] for entry in report[what] if entry["kept"]}
        return table[rest[0]] if rest else table

    def by_key(self, output, key):
        rows = Counter()
        for file in self.load(output, "manifest.json")["files"]:
            rows[file["partition"][key]] += file["rows"]
        return dict(rows)


def answer(rows):
    """A number for a single cell, else a table of the first column to the second."""
    rows = [tuple(row) for row in rows]
    if len(rows) == 1 and len(rows[0]) == 1:
        return int(rows[0][0])
    return {None if name != name else name: int(count) for name, count in rows}


def difference(found, wanted):
    if isinstance(found, dict) and isinstance(wanted, dict):
        odd = [name for name in {**wanted, **found} if found.get(name) != wanted.get(name)]
        found, wanted = ({name: counts.get(name) for name in odd[:5]} for counts in (found, wanted))
    return f"found {found}, wanted {wanted}"


class Kitchen:
    def __init__(self, root):
        self.facts = Facts(root)
        self.blocks = 0
        self.answers = 0
        self.failures = 0

    def cook(self, path, name):
        runners = recipe_runners.Runners()
        text = path.read_text(encoding="utf-8")
        start = time.monotonic()
        before = (self.blocks, self.answers)
        for block in BLOCK.finditer(text):
            line = text.count("\n", 0, block.start("code"))
            try:
                self.run(runners, block)
            except Exception as error:
                self.failures += 1
                print(f"recipes: {name}:{line}: {type(error).__name__}: {str(error)[:1500]}", file=sys.stderr)
        runners.close()
        counts = f"{self.blocks - before[0]} blocks, {self.answers - before[1]} answers compared"
        versions = ", ".join(runners.names) or "nothing to run"
        print(f"{name}: {counts}, {versions}, {time.monotonic() - start:.1f} s", flush=True)

    def run(self, runners, block):
        mark = MARK.fullmatch(block["mark"] or "")
        if not mark:
            raise Mistake("a block needs a comment that says what becomes of it")
        self.blocks += 1
        if mark["how"] == "shown":
            return
        rows = runners.run(mark["how"], block["code"], dialect=mark["dialect"], after=mark["after"])
        if mark["fact"]:
            self.answers += 1
            found, wanted = answer(rows), self.facts.find(mark["fact"])
            if found != wanted:
                raise Mistake(difference(found, wanted))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--in", dest="root", required=True, help="where the recipes run")
    parser.add_argument("--bin", required=True, help="where the command is")
    parser.add_argument("recipes", metavar="FILE", nargs="+")
    given = parser.parse_args()
    recipes = [(Path(recipe).resolve(), recipe) for recipe in given.recipes]
    os.environ["PATH"] = f"{Path(given.bin).resolve()}:{os.environ['PATH']}"
    os.chdir(given.root)
    kitchen = Kitchen(".")
    for path, name in recipes:
        kitchen.cook(path, name)
    print(f"{kitchen.blocks} blocks, {kitchen.answers} answers compared, {kitchen.failures} failures")
    sys.exit(1 if kitchen.failures else 0)


if __name__ == "__main__":
    main()
