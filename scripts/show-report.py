#!/usr/bin/env python3
"""Prints the part of a report that a person wants, and fails if it contradicts the generator's truth."""

import json
import sys


def main(report_path, truth_path):
    with open(report_path, encoding="utf-8") as file:
        report = json.load(file)
    with open(truth_path, encoding="utf-8") as file:
        truth = json.load(file)
    assets = report["assets"]
    print(f"  status   {report['status']}")
    print(f"  assets   {assets['kept']} kept of {assets['seen']}")
    print(f"  rows     {report['rows']}, of them {report['copies']} copies for a second batch")
    for table, word in (("stages", "stage"), ("batches", "batch")):
        for entry in report[table][:6]:
            name = "(none)" if entry["name"] is None else entry["name"]
            print(f"  {word:8} {name}: {entry['kept']} kept of {entry['seen']}")
    wanted = {"seen": truth["assets"], "kept": truth["oneStage"]["assets"]}
    for key, count in wanted.items():
        if assets[key] != count:
            sys.exit(f"show-report: assets.{key} is {assets[key]}, the export was generated with {count}")


if __name__ == "__main__":
    main(*sys.argv[1:])
