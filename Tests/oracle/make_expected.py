#!/usr/bin/env python3
"""Writes a case's expected/ from the oracle, for the case directories named or for all below Fixtures.

What it writes is a proposal: read every file against docs before committing it. `--check` writes nothing and
fails if a committed file differs from what the oracle says today.
"""

import json
import os
import pathlib
import shutil
import sys

import sluice_oracle

FIXTURES = pathlib.Path(__file__).resolve().parents[2] / "Fixtures"


def all_cases():
    folders = ("exports", "regressions")
    return sorted(args.parent for folder in folders for args in FIXTURES.glob(f"{folder}/*/args"))


def expected(case):
    """The expected files of a case: path below expected/ -> bytes."""
    arguments = (case / "args").read_text(encoding="utf-8").splitlines()
    os.chdir(case)
    if (case / "stdin").exists():
        sys.stdin = open(case / "stdin", encoding="utf-8", errors="surrogateescape")
    outcome, rows = sluice_oracle.execute(arguments)
    if outcome["status"] == 64:
        return {"status": b"64\n"}  # The words of a usage error are the command's own.
    to_stdout = "-" == arguments[arguments.index("--output") + 1]
    files = {"status": b"%d\n" % outcome["status"], "stderr": message(outcome["error"])}
    if outcome["error"]:
        return files
    if outcome["status"] == 1:
        del files["stderr"]  # How many faults are shown, and how, is not part of the contract.
    files["report.json"] = pretty(outcome["report"])
    if outcome["warned"] is not None:
        files["warned"] = b"yes\n" if outcome["warned"] else b"no\n"
    if to_stdout:
        files["rows.jsonl"] = lines(rows)
        return files
    files["tree/data/_SUCCESS"] = b""
    for path, texts in outcome["partitions"].items():
        files["tree/" + path] = lines([text.encode() for text in texts])
    if outcome["rejects"]:
        texts = [json.dumps(reject, ensure_ascii=False, separators=(",", ":")) for reject in outcome["rejects"]]
        files["tree/rejects/rejects.jsonl"] = lines([text.encode() for text in texts])
    return files


def message(error):
    """What stands on standard error under --quiet; the wording of a cause is free, its place is not."""
    if not error:
        return b""
    name = error["input"] if error["input"] != "-" and error["entry"] is None else "<...>"
    if error["code"] == "issue-export":
        text = "sluice: error: <...>issue export<...>"
    elif "byte" in error:
        text = (f"sluice: error: {name}: byte {error['byte']} (line {error['line']}, "
                f"column {error['column']}), asset {error['asset']}: <...>")
    else:
        text = f"sluice: error: <...>{error['input']}<...>"
    return f"{text}\n  hint: <...>\n".encode()


def lines(rows):
    return b"".join(row + b"\n" for row in rows)


def pretty(value):
    """Readable, one table row a line, so that a diff shows the number that changed."""
    members = []
    for key, item in value.items():
        if isinstance(item, list) and item:
            rows = ",\n".join("    " + json.dumps(row, ensure_ascii=False) for row in item)
            members.append(f'  "{key}": [\n{rows}\n  ]')
        else:
            members.append(f'  "{key}": {json.dumps(item, ensure_ascii=False)}')
    return ("{\n" + ",\n".join(members) + "\n}\n").encode()


def write(case, files):
    target = case / "expected"
    shutil.rmtree(target, ignore_errors=True)
    for path, content in files.items():
        place = target / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)


def committed(case):
    target = case / "expected"
    return {str(p.relative_to(target)): p.read_bytes() for p in sorted(target.rglob("*")) if p.is_file()}


def agrees(case, files):
    """Whether the committed files are the oracle's. A regression may hold only those that its find is about."""
    held = committed(case)
    if case.parent.name == "regressions":
        files = {path: content for path, content in files.items() if path in held}
    return files == held


def main():
    names = [name for name in sys.argv[1:] if not name.startswith("--")]
    check = "--check" in sys.argv[1:]
    cases = [pathlib.Path(name).resolve() for name in names] or all_cases()
    different = []
    for case in cases:
        files = expected(case)
        if not check:
            write(case, files)
        elif not agrees(case, files):
            different.append(case.name)
    if different:
        sys.exit("differ from the oracle: " + ", ".join(different))


if __name__ == "__main__":
    main()
