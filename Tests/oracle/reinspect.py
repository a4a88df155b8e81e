#!/usr/bin/env python3
"""Counts again what `sluice inspect --json` says, from the JSON itself.

    sluice inspect export.json --json | python3 Tests/oracle/reinspect.py export.json

Written from docs/inspect.md, on top of the oracle's readers of containers and JSON. Everything is compared but the
bins of videos (their sums are), and warnings. It holds the whole input in memory.
"""

import collections
import datetime
import json
import re
import sys
import urllib.parse

import annotations
import containers
import documents
import selection
from jsonbytes import Array, Object, Scalar, String

KINDS = (("tool", None), ("classification", "classifications"), ("relation", "relations"))
ANNOTATION = {"objectId", "schemaId", "title", "classifications", "metadata", "page"}
TOOLS = {"bounding-box", "rotated-bounding-box", "polygon", "polyline", "point", "segmentation", "spline", "circle",
         "ellipse", "angle", "ner", "pdf", "brush", "message", "pct"}
KNOWN = {
    "asset": {"asset", "assetId", "dataset", "externalId", "metadata", "batches", "contextData", "attachments", "task",
              "brushDataUrl", "medicalBrushDataUrl", "labelTask", "tasks", "status", "labeledAt", "reviewedAt",
              "labelDuration", "labelDuration(ms)", "consensus"},
    "task": {"taskId", "type", "stage", "stageId", "updatedAt", "updatedBy", "totalDuration", "duration",
             "totalIdleDuration", "totalBlurDuration", "tools", "classifications", "relations", "brushDataUrl",
             "medicalBrushDataUrl", "stageHistory", "objects", "status", "review", "completedBy", "completedAt",
             "duration(ms)", "isSkipped", "isBenchmark", "benchmark", "issues"},
    "tool": ANNOTATION | TOOLS | {"interpolationStopped", "ocr", "masks", "lock", "medical-brush", "features"},
    "classification": ANNOTATION | {"tool", "answer", "columnField"},
    "relation": {"objectId", "schemaId", "title", "metadata", "page", "from", "to", "direction", "group"},
    "metadata": {"createdAt", "createdBy", "createdIn", "updatedAt", "updatedBy", "updatedIn"},
}


class Recount:
    def __init__(self):
        self.tables = collections.defaultdict(collections.Counter)
        self.unknown = collections.Counter()
        self.ids = {"externalIds": [], "taskIds": []}
        self.assets = []
        self.tasks = self.history = 0
        self.kinds = collections.Counter()
        self.urls = []
        self.signed_assets = 0
        self.pages = {}

    def asset(self, found, data):
        node = found.node
        tasks = selection.tasks_of(node)
        name = selection.path_of(node.first("externalId"))
        self.ids["externalIds"].append(name or None)
        legacy = selection.is_legacy(node)
        self.kinds["legacy" if legacy else "current"] += 1
        self.kinds["withoutTask"] += all(task.node is None for task in tasks) and (not legacy or not (
            isinstance(node.first("tasks"), Array) and node.first("tasks").items))
        batches = [selection.path_of(batch) for batch in selection.batches_of(node)] or [None]
        for batch in batches:
            self.tables["batches"][batch] += 1
        self.keys(node, "asset")
        urls = self.urls_of(node, selection.ASSET_URLS)
        pages, count = collections.Counter(), 0
        # Options cut and keys count in every task that is there, whichever format they belong to.
        held = [node.first("task")] + (node.first("tasks").items if isinstance(node.first("tasks"), Array) else [])
        for task in held:
            if isinstance(task, Object) and (task is not node.first("task") or not legacy):
                self.keys(task, "task")
                urls += self.urls_of(task, selection.TASK_URLS)
        for task in tasks:
            self.tasks += 1
            before = count
            self.tables["stages"][task.stage] += 1
            if task.node is None:
                self.tables["annotationsByStage"][task.stage] += 0
                continue
            self.ids["taskIds"].append(selection.path_of(task.member("taskId")) or None)
            for kind, key in (("tool", task.lists[0]), ("classification", task.lists[1]), ("relation", task.lists[2])):
                value = task.member(key)
                for item in value.items if isinstance(value, Array) else []:
                    count += 1
                    self.annotation(item, kind, pages)
            self.tables["annotationsByStage"][task.stage] += count - before
        for batch in batches:
            self.tables["annotationsByBatch"][batch] += count
        self.urls += urls
        self.signed_assets += bool(urls)
        if pages:
            self.pages[len(self.assets)] = pages
        self.assets.append((found.end - found.start, count, name))

    def annotation(self, item, kind, pages):
        title = tool = user = None
        if isinstance(item, Object):
            title = selection.path_of(item.first("title"))
            tool = annotations.tool_of(item, kind)[1]
            metadata = item.first("metadata")
            self.keys(item, kind)
            if isinstance(metadata, Object):
                self.keys(metadata, "metadata")
                user = selection.path_of(metadata.first("createdBy"))
            page = item.first("page")
            if isinstance(page, Scalar) and re.fullmatch(rb"[0-9]{1,15}", page.raw):
                pages[int(page.raw)] += 1
        self.tables["kinds"][kind] += 1
        self.tables["titles"][title] += 1
        self.tables["tools"][tool] += 1
        self.tables["users"][user] += 1

    def keys(self, node, place):
        for key, _ in node.members:
            if key.value not in KNOWN[place]:
                self.unknown[place, key.value] += 1

    @staticmethod
    def urls_of(node, names):
        found = []
        for key, value in node.members:
            if key.value not in names:
                continue
            values = value.items if key.value == "dataset" and isinstance(value, Array) else [value]
            if key.value == "dataset" and not isinstance(value, Array):
                continue
            found += [v.value for v in values if isinstance(v, String) and "Signature=" in v.value]
        return found


def expiry(url):
    query = dict(urllib.parse.parse_qsl(url.partition("?")[2]))
    start = datetime.datetime.strptime(query["X-Amz-Date"], "%Y%m%dT%H%M%SZ")
    return (start + datetime.timedelta(seconds=int(query["X-Amz-Expires"]))).strftime("%Y-%m-%dT%H:%M:%SZ")


def identities(ids):
    present = [one for one in ids if one is not None]
    return {"distinct": len(set(present)), "repeated": len(present) - len(set(present)),
            "missing": len(ids) - len(present), "exact": True}


def gaps(pages):
    ordered = sorted(pages)
    steps = [later - earlier - 1 for earlier, later in zip(ordered, ordered[1:]) if later > earlier + 1]
    return len(steps), sum(steps)


def facts(count):
    """What the command should say, as far as it is compared."""
    sizes = [size for size, _, _ in count.assets]
    said = {
        "tasks": count.tasks, "annotations": sum(count.tables["kinds"].values()),
        "externalIds": identities(count.ids["externalIds"]), "taskIds": identities(count.ids["taskIds"]),
        "unknownKeys": dict(count.unknown),
        "assets": {"current": count.kinds["current"], "legacy": count.kinds["legacy"],
                   "withoutTask": count.kinds["withoutTask"], "bytes": sum(sizes),
                   "smallest": min(sizes, default=None), "largest": max(sizes, default=None)},
        "urls": (len(count.urls), count.signed_assets, min(map(expiry, count.urls), default=None),
                 max(map(expiry, count.urls), default=None)),
        "pages": (len(count.pages), sum(map(len, count.pages.values())),
                  sum(gaps(pages)[0] for pages in count.pages.values()),
                  sum(gaps(pages)[1] for pages in count.pages.values())),
        "biggestByBytes": [row[::2] for row in sorted(count.assets, key=lambda row: -row[0])[:10]],
        "biggestByAnnotations": [row[1:] for row in sorted(count.assets, key=lambda row: -row[1])[:10] if row[1]],
    }
    for name in ("kinds", "tools", "titles", "stages", "batches", "users", "annotationsByStage", "annotationsByBatch"):
        said[name] = dict(count.tables[name])
    videos = sorted(count.pages, key=lambda number: -count.assets[number][1])[:5]
    said["videos"] = [
        (count.assets[number][2], len(count.pages[number]), min(count.pages[number]), max(count.pages[number]),
         sum(count.pages[number].values())) for number in videos]
    return said


def says(report):
    """The same of the command's JSON."""
    unit = {"kinds": "annotations", "tools": "annotations", "titles": "annotations", "stages": "tasks",
            "batches": "assets", "users": "annotations"}
    said = {key: report[key] for key in ("tasks", "annotations", "externalIds", "taskIds")}
    said["unknownKeys"] = {(key["place"], key["name"]): key["count"] for key in report["unknownKeys"]}
    said["assets"] = {key: report["assets"][key]
                      for key in ("current", "legacy", "withoutTask", "bytes", "smallest", "largest")}
    urls, pages = report["signedUrls"], report["pages"]
    said["urls"] = urls["count"], urls["assets"], urls["earliestExpiry"], urls["latestExpiry"]
    said["pages"] = pages["assets"], pages["pages"], pages["gaps"], pages["gapPages"]
    said["biggestByBytes"] = [(row["bytes"], row["externalId"]) for row in report["biggestByBytes"]]
    said["biggestByAnnotations"] = [(row["annotations"], row["externalId"]) for row in report["biggestByAnnotations"]]
    for name, count in unit.items():
        said[name] = {row["name"]: row[count] for row in report[name]}
    said["annotationsByStage"] = {row["name"]: row["annotations"] for row in report["stages"]}
    said["annotationsByBatch"] = {row["name"]: row["annotations"] for row in report["batches"]}
    said["videos"] = [(row["externalId"], row["pages"], row["firstPage"], row["lastPage"], sum(row["bins"]))
                      for row in report["videos"]]
    return said


def main():
    sys.setrecursionlimit(100_000)
    count = Recount()
    for name in sys.argv[1:]:
        for document in containers.documents(name, []):
            for found in documents.assets(document.data, 512):
                if isinstance(found, documents.Asset):
                    count.asset(found, document.data)
    should, found = facts(count), says(json.load(sys.stdin))
    wrong = [key for key in should if should[key] != found[key]]
    for key in wrong:
        print(f"{key}:\n  counted {should[key]}\n  inspect {found[key]}")
    if not wrong:
        print(f"{len(count.assets)} assets, {should['annotations']} annotations: as counted again")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
