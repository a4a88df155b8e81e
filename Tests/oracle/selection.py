"""Which assets a run keeps, and what it takes out of those it keeps."""

import datetime
import fractions
import hashlib
import re

from documents import has_nothing
from jsonbytes import Array, Object, String, is_null

STAMP = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):(\d\d)))?", re.ASCII)
ASSET_URLS = ("asset", "dataset", "brushDataUrl", "medicalBrushDataUrl")
TASK_URLS = ("brushDataUrl", "medicalBrushDataUrl")  # of snapshots, too


def instant(text):
    """Seconds since 1970 of an RFC 3339 time with an offset or of a date; None if it can't be read."""
    match = STAMP.fullmatch(text)
    if not match:
        return None
    year, month, day, hour, minute, second, fraction, sign, off_hour, off_minute = match.groups()
    try:
        day_number = datetime.date(int(year), int(month), int(day)).toordinal()
    except ValueError:
        return None
    if hour is None:
        return fractions.Fraction(86400 * day_number)
    if int(hour) > 23 or int(minute) > 59 or int(second) > 59:
        return None
    seconds = fractions.Fraction(86400 * day_number + 3600 * int(hour) + 60 * int(minute) + int(second))
    if fraction:
        seconds += fractions.Fraction(int(fraction), 10 ** len(fraction))
    if sign:
        if int(off_hour) > 23 or int(off_minute) > 59:
            return None
        offset = 3600 * int(off_hour) + 60 * int(off_minute)
        seconds -= offset if sign == "+" else -offset
    return seconds


def string_of(node):
    """The value a filter compares; None for everything that is not a string or holds a lone surrogate."""
    return node.value if isinstance(node, String) and not node.lone else None


def path_of(node):
    """The value a path or a table shows: as above, but lone surrogates become U+FFFD."""
    return node.value if isinstance(node, String) else None


class Task:
    """What a run asks of a task. `node` is None where there is no task to ask."""

    def __init__(self, node, asset, legacy):
        self.node = node if isinstance(node, Object) else None
        self.mistyped = self.node is None and not has_nothing(node)
        self.lists = ("objects" if legacy else "tools", "classifications", "relations")
        if self.node is None:
            self.names, self.stage = set(), None
        elif legacy:
            own, outer = self.member("status"), asset.first("status")
            self.names = {string_of(own), string_of(outer)} - {None}
            self.stage = path_of(own) if path_of(own) is not None else path_of(outer)
        else:
            self.names = {string_of(self.member("stage")), string_of(self.member("stageId"))} - {None}
            self.stage = path_of(self.member("stage"))

    def member(self, key):
        return None if self.node is None else self.node.first(key)

    def annotations(self):
        for key in self.lists:
            value = self.member(key)
            if isinstance(value, Array):
                yield from value.items

    def passes(self, options):
        if options.stage and not self.names & set(options.stage):
            return False
        if self.names & set(options.exclude_stage):
            return False
        if options.updated_since is None and options.updated_before is None:
            return True
        text = string_of(self.member("updatedAt"))
        time = None if text is None else instant(text)
        if time is None:
            return False
        if options.updated_since is not None and time < options.updated_since:
            return False
        return options.updated_before is None or time < options.updated_before


def is_legacy(asset):
    return asset.first("tasks") is not None and asset.first("task") is None


def tasks_of(asset):
    if not is_legacy(asset):
        return [Task(asset.first("task"), asset, legacy=False)]
    tasks = asset.first("tasks")
    if not isinstance(tasks, Array) or not tasks.items:
        # An object here is no task: it has an unknown shape.
        none = Task(None, asset, legacy=True)
        none.mistyped = not has_nothing(tasks)
        return [none]
    return [Task(item, asset, legacy=True) for item in tasks.items]


def batches_of(asset):
    """Distinct batches in order; strings only."""
    batches = asset.first("batches")
    if not isinstance(batches, Array):
        return []
    found = {}
    for item in batches.items:
        if isinstance(item, String):
            found.setdefault(item.raw if item.lone else item.value, item)
    return list(found.values())


def title_of(annotation):
    return string_of(annotation.first("title")) if isinstance(annotation, Object) else None


def wanted(annotation, options):
    """Whether the title options want this annotation."""
    title = title_of(annotation)
    if title in options.exclude_title and title is not None:
        return False
    return not options.title or title in options.title


def excluded(annotation, options):
    title = title_of(annotation)
    return title is not None and title in options.exclude_title


def passes_batches(batches, options):
    names = {string_of(batch) for batch in batches} - {None}
    if names & set(options.exclude_batch):
        return False
    if not options.batch and not options.no_batch:
        return True
    return bool(names & set(options.batch)) or (options.no_batch and not batches)


def copies_for(batches, options):
    """The batches an asset is filed under: those that pass --batch, or none at all."""
    if not batches:
        return [None]
    if not options.batch and not options.no_batch:
        return batches
    return [batch for batch in batches if string_of(batch) in options.batch]


SHARE = re.compile(r"([0-9]{1,3})(?:\.([0-9]{1,6}))?%", re.ASCII)


def share(text):
    """A percentage as a fraction; None if it is none."""
    match = SHARE.fullmatch(text)
    if not match:
        return None
    percent = fractions.Fraction(text[:-1])
    return percent / 100 if 0 < percent <= 100 else None


def in_sample(asset, raw, tasks, options):
    """Whether an asset, whose bytes are `raw`, belongs to the sample."""
    if options.sample is None:
        return True
    names = [tasks[0].member("taskId"), asset.first("externalId")]
    names = [name for name in map(path_of, names) if name]
    key = names[0].encode() if names else raw
    number = int.from_bytes(hashlib.sha256(key).digest()[:8], "big")
    return fractions.Fraction(number * 10 ** 8 >> 64, 10 ** 8) < options.sample


def keeps(asset, tasks, options):
    """Whether an asset is kept by its tasks; its batches are judged elsewhere."""
    passing = [task for task in tasks if task.passes(options)]
    if not passing:
        return False
    if options.exclude_title and not options.prune and options.rows == "assets":
        if any(excluded(a, options) for task in passing for a in task.annotations()):
            return False
    if options.title:
        return any(wanted(a, options) for task in passing for a in task.annotations())
    return True


def partition_stage(asset, tasks):
    if not is_legacy(asset):
        return tasks[0].stage
    status = path_of(asset.first("status"))
    return status if status is not None else path_of(tasks[0].member("status"))


# Rewriting: what --prune, --history drop and --strip-url-query do to a kept asset. All of them act on every
# occurrence of a key, so they walk members and never ask for the first.

def rewritten(asset, options):
    legacy = is_legacy(asset)
    members = []
    for key, value in asset.members:
        name = None if key.lone else key.value
        if name == "task":
            value = rewritten_task(value, options, legacy)
        elif name == "tasks" and isinstance(value, Array):
            value = Array([rewritten_task(item, options, legacy) for item in value.items])
        elif name in ASSET_URLS and options.strip_url_query:
            value = stripped(name, value)
        members.append((key, value))
    return Object(members)


def rewritten_task(task, options, legacy):
    if not isinstance(task, Object):
        return task
    members = []
    for key, value in task.members:
        name = None if key.lone else key.value
        if name == "stageHistory":
            if options.history == "drop":
                continue
            if isinstance(value, Array):
                value = Array([rewritten_snapshot(item, options, legacy) for item in value.items])
        members.append((key, rewritten_member(name, value, options, legacy)))
    return Object(members)


def rewritten_snapshot(snapshot, options, legacy):
    if not isinstance(snapshot, Object):
        return snapshot
    return Object([
        (key, rewritten_member(None if key.lone else key.value, value, options, legacy))
        for key, value in snapshot.members])


def rewritten_member(name, value, options, legacy):
    lists = ("objects" if legacy else "tools", "classifications", "relations")
    if options.prune and name in lists and isinstance(value, Array):
        return Array([item for item in value.items if wanted(item, options)])
    if options.strip_url_query and name in TASK_URLS:
        return stripped(name, value)
    return value


def stripped(name, value):
    """`dataset` is a list of URLs, the other keys are one URL each."""
    if name != "dataset":
        return without_query(value)
    return Array([without_query(item) for item in value.items]) if isinstance(value, Array) else value


def without_query(value):
    if isinstance(value, String):
        for character, offset in value.pieces:
            if character == "?":
                return String(value.raw[:offset] + b'"')
    return value
