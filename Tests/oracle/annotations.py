"""The rows of `--rows annotations`: one line for each annotation of the tasks that pass."""

import json

from jsonbytes import Array, Object, String, is_null
from selection import ASSET_URLS, TASK_URLS, is_legacy, path_of, stripped, wanted

KINDS = {"tools": "tool", "objects": "tool", "classifications": "classification", "relations": "relation"}
COLUMNS = ("externalId", "assetId", "taskId", "stage", "stageId", "batches", "updatedAt", "kind", "tool", "title",
           "objectId", "schemaId", "page", "snapshot", "annotation")
LIFTED = ("title", "objectId", "schemaId", "page")
TOOL_TYPES = ("bounding-box", "rotated-bounding-box", "polygon", "polyline", "point", "segmentation", "spline",
              "circle", "ellipse", "angle", "ner", "pdf", "brush", "message", "pct")
NO_TOOL_TYPES = ("classifications", "metadata", "features", "masks", "ocr", "stageHistory")
SNAPSHOT_MEMBERS = ("stage", "stageId", "completedAt", "completedBy")
# What the rows are made of cannot be a column beside them.
NO_CONTEXT = ("task", "tasks", "task.tools", "task.objects", "task.classifications", "task.relations",
              "task.stageHistory")


class Context:
    """One `--context`: a member of the asset or of the task, and the column it becomes."""

    def __init__(self, text):
        self.text = text
        self.of_task = text.startswith("task.")
        self.key = text[len("task."):] if self.of_task else text

    def value(self, asset, task, options):
        value = (task if self.of_task else asset).first(self.key)
        if value is not None and options.strip_url_query and self.key in (TASK_URLS if self.of_task else ASSET_URLS):
            value = stripped(self.key, value)
        return value


def wrong_context(texts):
    """Why these --context options are a usage error, or None."""
    taken = list(COLUMNS)
    for text in texts:
        context = Context(text)
        if text in NO_CONTEXT:
            return f"--context {text}: that is what the rows are made of"
        if not context.key:
            return "--context needs a name"
        if context.key in taken:
            return f"--context {text}: there is a column {context.key} already"
        taken.append(context.key)
    return None


class Row:
    """One line: its bytes, the values it is filed under, and where its annotation is."""

    def __init__(self, columns, annotation, of_snapshot):
        self.text = b"{" + b",".join(quoted(name) + b":" + value for name, value, _ in columns) + b"}"
        self.filed = {name: shown for name, _, shown in columns if name in ("stage", "kind", "tool", "title")}
        self.start = annotation.start
        self.title = annotation.first("title") if isinstance(annotation, Object) else None
        self.of_snapshot = of_snapshot


def rows_of(asset, tasks, options):
    """The rows of a kept asset in order, without the copies for batches."""
    for task in tasks:
        if task.node is not None and task.passes(options):
            yield from rows_of_task(asset, task, options)


def rows_of_task(asset, task, options):
    for key, value in first_members(task.node):
        if key in task.lists:
            for item in kept_items(value, options):
                yield row(asset, task, KINDS[key], item, None, options)
        elif key == "stageHistory" and options.history == "rows" and isinstance(value, Array):
            for index, snapshot in enumerate(value.items):
                yield from rows_of_snapshot(asset, task, index, snapshot, options)


def rows_of_snapshot(asset, task, index, snapshot, options):
    if not isinstance(snapshot, Object):
        return
    parts = [b'"index":%d' % index]
    parts += [quoted(key) + b":" + text_of(snapshot.first(key)) for key in SNAPSHOT_MEMBERS]
    column = b"{" + b",".join(parts) + b"}"
    for key, value in first_members(snapshot):
        if key in task.lists:
            for item in kept_items(value, options):
                yield row(asset, task, KINDS[key], item, column, options)


def first_members(node):
    """(name, value) of each distinct key, where it first stands."""
    seen = set()
    for key, value in node.members:
        name = key.value
        if not key.lone and name not in seen:
            seen.add(name)
            yield name, value


def kept_items(value, options):
    return [item for item in value.items if wanted(item, options)] if isinstance(value, Array) else []


def row(asset, task, kind, annotation, snapshot, options):
    """Columns are (name, the bytes of the value, what a path shows)."""
    legacy = is_legacy(asset)
    own = [annotation.first(key) if isinstance(annotation, Object) else None for key in LIFTED]
    tool, shown_tool = tool_of(annotation, kind)
    stage = legacy_stage(asset, task) if legacy else task.member("stage")
    columns = [column(key, asset.first(key)) for key in ("externalId", "assetId")]
    columns += [column("taskId", task.member("taskId")), column("stage", stage)]
    columns += [column("stageId", None if legacy else task.member("stageId"))]
    columns += [column("batches", asset.first("batches")), column("updatedAt", task.member("updatedAt"))]
    columns += [("kind", quoted(kind), kind), ("tool", tool, shown_tool)]
    columns += [column(key, value) for key, value in zip(LIFTED, own)]
    columns += [("snapshot", snapshot or b"null", None)]
    columns += [column(c.key, c.value(asset, task.node, options)) for c in map(Context, options.context)]
    columns += [("annotation", annotation.text(), None)]
    return Row(columns, annotation, snapshot is not None)


def column(name, value):
    return name, text_of(value), path_of(value)


def text_of(value):
    return b"null" if value is None else value.text()


def quoted(text):
    return json.dumps(text, ensure_ascii=False).encode()


def legacy_stage(asset, task):
    own = task.member("status")
    return asset.first("status") if own is None or is_null(own) else own


def tool_of(annotation, kind):
    """The `tool` column and what a path shows of it."""
    if kind == "relation" or not isinstance(annotation, Object):
        return b"null", None
    if kind == "classification":
        return text_of(annotation.first("tool")), path_of(annotation.first("tool"))
    for name in TOOL_TYPES:
        if annotation.first(name) is not None:
            return quoted(name), name
    others = {}
    for key, value in annotation.members:
        if not key.lone and key.value not in others:
            others[key.value] = (key, value)
    candidates = [name for name, (_, value) in others.items()
                  if name not in NO_TOOL_TYPES and isinstance(value, (Array, Object))]
    if not candidates:
        return b"null", None
    name = min(candidates, key=lambda name: name.encode())
    return others[name][0].text(), name


# What the report says of annotation rows.

def judged_annotations(tasks, passes_batches, options):
    """(title, kind, tool, whether the title options want it) for each annotation that the other options let through.

    A name is what a path shows of it; a title or tool with half a surrogate pair is shown as None, too, and `odd`.
    """
    for task in tasks:
        if not passes_batches or task.node is None or not task.passes(options):
            continue
        for key, value in first_members(task.node):
            if key not in task.lists or not isinstance(value, Array):
                continue
            for item in value.items:
                title = item.first("title") if isinstance(item, Object) else None
                yield path_of(title), KINDS[key], tool_of(item, KINDS[key])[1], wanted(item, options), lone(item)


def lone(annotation):
    """Whether a name that a table shows has half a surrogate pair."""
    if not isinstance(annotation, Object):
        return False
    return any(isinstance(value, String) and value.lone for value in (annotation.first("title"), annotation.first("tool")))


def repeated_keys(asset, tasks, options):
    """How often keys that become columns stand again in a kept asset; None where the contract leaves it open."""
    legacy = is_legacy(asset)
    contexts = [Context(text) for text in options.context]
    needed = [(asset, {"externalId", "assetId", "batches", "task", "tasks"}
               | ({"status"} if legacy else set()) | {c.key for c in contexts if not c.of_task},
               {"asset", "labelTask", "status"})]
    for task in tasks:
        if task.node is None:
            continue
        sure = {"taskId", "updatedAt", *task.lists} | ({"status"} if legacy else {"stage", "stageId"})
        sure |= {c.key for c in contexts if c.of_task} | ({"stageHistory"} if options.history == "rows" else set())
        used = [(task.node, sure, {"taskId", "updatedAt", "status", "stage", "stageId", *KINDS})]
        used += needed_of_lists(task.node, task.lists, options)
        history = task.member("stageHistory")
        if options.history == "rows" and isinstance(history, Array):
            for snapshot in history.items:
                if isinstance(snapshot, Object):
                    used.append((snapshot, {*task.lists, *SNAPSHOT_MEMBERS}, set(KINDS)))
                    used += needed_of_lists(snapshot, task.lists, options)
        needed += used if task.passes(options) else [(node, set(), sure | unsure) for node, sure, unsure in used]
    total = 0
    for node, sure, unsure in needed:
        for name, repeats in repeats_of(node):
            if name in sure and repeats == 1:
                total += 1
            elif name in sure or name in unsure:
                return None
    return total


def needed_of_lists(owner, lists, options):
    for key in lists:
        value = owner.first(key)
        for item in value.items if isinstance(value, Array) else []:
            if not isinstance(item, Object):
                continue
            lifted = set(LIFTED) | ({"tool"} if key == "classifications" else set())
            types = {name for name, value in first_members(item) if name in TOOL_TYPES or not hasattr(value, "raw")}
            unsure = types - set(NO_TOOL_TYPES) if KINDS[key] == "tool" else set()
            if not wanted(item, options):
                yield item, {"title"} if options.title or options.exclude_title else set(), lifted | unsure
            else:
                yield item, lifted, unsure


def repeats_of(node):
    names = [key.value for key, _ in node.members if not key.lone]
    return [(name, names.count(name) - 1) for name in dict.fromkeys(names) if names.count(name) > 1]
