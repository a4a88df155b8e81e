#!/usr/bin/env python3
"""Whether two outputs hold the same rows: the same JSON values, as often, in whatever order and spelling.

    answers.py WORK FORM WANTED FOUND       WANTED is sluice's output; FORM of FOUND: lines, identifiers, array

A process of its own: what it needs would count as memory of every tool that is started later. It prints what
is wrong, or nothing, and the number of rows of WANTED.
"""

import collections
import hashlib
import json
import pickle
import subprocess
import sys
from pathlib import Path

COLUMNS = ("externalId", "stage", "title", "objectId", "annotation")


def number(text):
    """1.10 and 1.1 are one number, and so are 1e2 and 100, -0 and 0."""
    return float(text) + 0.0


DECODER = json.JSONDecoder(parse_int=number, parse_float=number)


def lines(path):
    """The values of a file of lines in zstd."""
    process = subprocess.Popen(["zstd", "-dc", "-q", path], stdout=subprocess.PIPE)
    for line in process.stdout:
        if line.strip():
            yield DECODER.decode(line.decode())
    if process.wait() != 0:
        raise ValueError("the output is no zstd")


def elements(path):
    """The values of one array in zstd, one at a time."""
    text = subprocess.run(["zstd", "-dc", "-q", path], stdout=subprocess.PIPE, check=True).stdout.decode()
    position = text.index("[") + 1
    while text[position] != "]":
        value, position = DECODER.raw_decode(text, position)
        yield value
        position += text[position] == ","


def digests(values, work):
    """The rows by what they mean, and whose they are."""
    rows, identities = collections.Counter(), collections.Counter()
    for row in values:
        if work == "rows":
            row = {name: row.get(name) for name in COLUMNS}
            if isinstance(row["annotation"], str):
                # ClickHouse has no type for JSON as it stands.
                row["annotation"] = DECODER.decode(row["annotation"])
        elif list(row) == ["json"]:
            row = DECODER.decode(row["json"])
        text = json.dumps(row, sort_keys=True, separators=(",", ":"))
        rows[hashlib.blake2b(text.encode(), digest_size=16).digest()] += 1
        identities[row.get("externalId")] += 1
    return rows, identities


def wanted_digests(path, work):
    """Those of sluice's output, which every tool is compared with."""
    known = Path(path + ".digests")
    if not known.exists():
        known.write_bytes(pickle.dumps(digests(lines(path), work)))
    return pickle.loads(known.read_bytes())


def difference(found, wanted, form):
    """What is wrong with an answer, None if nothing is."""
    count, right = sum(found[0].values()), sum(wanted[0].values())
    if count != right:
        return f"{count} rows, not {right}"
    if found[1] != wanted[1]:
        return "other rows"
    if form != "identifiers" and found[0] != wanted[0]:
        return f"{sum((found[0] - wanted[0]).values())} rows with other values"
    return None


def main():
    work, form, wanted_path, found_path = sys.argv[1:]
    wanted = wanted_digests(wanted_path, work)
    wrong = None
    if found_path != wanted_path:
        values = elements(found_path) if form == "array" else lines(found_path)
        wrong = difference(digests(values, work), wanted, form)
    print(json.dumps({"wrong": wrong, "rows": sum(wanted[0].values())}))


if __name__ == "__main__":
    main()
