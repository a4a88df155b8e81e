"""The numbers of report.json, as far as the contract fixes them.

Where two readings of the contract give two numbers the member is left out, so that an expected report holds
only what is certain.
"""

import annotations
import near
from jsonbytes import Array, Object, String, is_null
from selection import copies_for, instant, is_legacy, path_of, string_of

UNSURE = object()


class Report:
    def __init__(self, options):
        self.options = options
        self.inputs = []
        self.warnings = []
        self.unsure_of_warning = False
        self.seen = self.kept = self.filtered = self.skipped = self.rejected = self.rows = 0
        self.tasks = [0, 0]
        self.stages = {}
        self.batches = {}
        self.unsure_of_tasks = self.unsure_of_batches = self.unsure_of_duplicates = False
        self.duplicates = 0
        self.biggest = None
        self.items = 0  # rows before they are copied
        self.annotations = [0, 0]
        self.titles, self.kinds, self.tools = {}, {}, {}
        self.unsure_of_names = False
        self.without_task = 0
        self.met = {"stage": set(), "batch": set(), "title": set()}  # names that assets have, kept or not
        self.titles_met = {}  # how many annotations have each, where they are looked at
        self.looks_at_annotations = False
        self.ended_early = False

    def begin(self, document):
        entry = {"name": document.name, "entry": document.entry, "assets": 0}
        self.inputs.append(entry)
        return entry

    def judged(self, node, tasks, batches, passes_batches, kept):
        if kept:
            self.kept += 1
        else:
            self.filtered += 1
        for task in tasks:
            count(self.stages, task.stage, kept)
            self.tasks[0] += 1
            self.tasks[1] += kept
            # "kept" may mean that the task was written or that it passed.
            if kept and (not task.passes(self.options) or (self.options.title and len(tasks) > 1)):
                self.unsure_of_tasks = True
        self.without_task += has_no_task(node)
        self.meet(tasks, batches, passes_batches)
        for name in [path_of(batch) for batch in batches] or [None]:
            count(self.batches, name, kept)
        if kept and len(copies_for(batches, self.options)) < len(batches):
            self.unsure_of_batches = True
        if self.options.rows == "annotations":
            self.count_annotations(tasks, passes_batches)
            self.look_for_repeated_columns(node, tasks, kept)
        else:
            self.look_for_duplicates(node, tasks, kept)
        self.look_for_surprises(node, tasks)

    def meet(self, tasks, batches, passes_batches):
        """Which names the asset has, whatever becomes of it; titles only in tasks that pass all else."""
        for task in tasks:
            self.met["stage"] |= task.names
            self.looks_at_annotations = self.looks_at_annotations or passes_batches and task.passes(self.options)
        self.met["batch"] |= {string_of(batch) for batch in batches} - {None}
        if self.options.title or self.options.exclude_title:
            for title, _, _, _, odd in annotations.judged_annotations(tasks, passes_batches, self.options):
                self.titles_met[title] = self.titles_met.get(title, 0) + 1
                self.unsure_of_names = self.unsure_of_names or odd

    def never_seen(self):
        """Where no task passes nobody knows what titles there are, and of what was not read nobody knows anything."""
        if self.ended_early:
            return []
        options = self.options
        chooses = (options.stage, options.exclude_stage, options.batch, options.exclude_batch, options.no_batch)
        times = (options.updated_since, options.updated_before, options.sample)
        is_known = self.looks_at_annotations or not any(chooses) and all(value is None for value in times)
        met = {**self.met, "title": set(self.titles_met) if is_known else None}
        tables = {kind: {name: row[0] for name, row in names.items()}
                  for kind, names in (("stage", self.stages), ("batch", self.batches))}
        return near.never_seen(options, met, {**tables, "title": self.titles_met})

    def count_annotations(self, tasks, passes_batches):
        """An annotation that the title options want is kept: its asset is, because of it or without them."""
        for title, kind, tool, wanted, odd in annotations.judged_annotations(tasks, passes_batches, self.options):
            self.annotations[0] += 1
            self.annotations[1] += wanted
            for names, name in ((self.titles, title), (self.kinds, kind), (self.tools, tool)):
                count(names, name, wanted)
            self.unsure_of_names = self.unsure_of_names or odd

    def look_for_repeated_columns(self, node, tasks, kept):
        repeats = annotations.repeated_keys(node, tasks, self.options)
        if repeats is None or repeats and not kept:
            self.unsure_of_duplicates = True
        else:
            self.duplicates += repeats

    def look_for_duplicates(self, node, tasks, kept):
        """Counts the keys that every run needs; others make the number unsure."""
        sure = [(node, key) for key in ("task", "tasks", "batches")]
        objects = [node] + [task.node for task in tasks if task.node]
        sure += [(task.node, "status" if is_legacy(node) else "stage") for task in tasks if task.node]
        titled = self.options.title or self.options.exclude_title
        for task in tasks:
            objects += [a for a in task.annotations() if isinstance(a, Object)]
            if titled and task.node and kept:
                sure += [(task.node, key) for key in task.lists]
                sure += [(a, "title") for a in task.annotations() if isinstance(a, Object)]
        names = {(id(owner), key) for owner, key in sure}
        for owner in objects:
            for key in {key.value for key, _ in owner.members}:
                repeats = owner.count(key) - 1
                if repeats < 1:
                    continue
                if (id(owner), key) in names and kept and repeats == 1:
                    self.duplicates += 1
                else:
                    self.unsure_of_duplicates = True

    def look_for_surprises(self, node, tasks):
        """What is certainly warned of, and what perhaps is."""
        if has_no_task(node):
            self.warnings.append("neither task nor tasks")
        batches = node.first("batches")
        if not isinstance(batches, Array):
            if batches is None or is_null(batches):
                self.unsure_of_warning = True
            else:
                self.warnings.append("batches is not an array")
        elif any(not isinstance(item, String) for item in batches.items):
            self.unsure_of_warning = True
        if is_legacy(node) or self.duplicates or self.unsure_of_duplicates or not plain(node):
            self.unsure_of_warning = True
        for task in tasks:
            self.look_at_task(task)
        for text in strings_of(node):
            if text.lone:
                self.unsure_of_warning = True

    def look_at_task(self, task):
        if task.node is None:
            if task.mistyped:
                self.warnings.append("task is not an object")
            self.unsure_of_warning = True
            return
        stage = task.member("stage")
        if not isinstance(stage, String) and not task.lists[0] == "objects":
            self.warnings.append("stage is not a string")
        elif stage is not None and stage.lone:
            self.warnings.append("lone surrogate in stage")
        if self.options.updated_since is not None or self.options.updated_before is not None:
            text = string_of(task.member("updatedAt"))
            if text is None or instant(text) is None:
                self.warnings.append("updatedAt cannot be read")
        for key in task.lists:
            value = task.member(key)
            if value is not None and not isinstance(value, Array):
                self.unsure_of_warning = True
        looked_at = list(task.annotations())
        if self.options.rows == "annotations" and self.options.history == "rows":
            looked_at += [a for snapshot in items_of(task.member("stageHistory")) if isinstance(snapshot, Object)
                          for key in task.lists for a in items_of(snapshot.first(key))]
        if any(not isinstance(a, Object) or not isinstance(a.first("title"), String) for a in looked_at):
            self.unsure_of_warning = True

    def wrote(self, document, found, row, start, copies):
        """A row whose asset or annotation starts at `start`, in so many partitions."""
        self.rows += copies
        self.items += 1
        if self.biggest is None or len(row) > self.biggest[0]:
            identity = found.node.first("externalId")
            self.biggest = (len(row), {
                "input": document.name, "entry": document.entry, "asset": found.index,
                "byte": start, "externalId": UNSURE if path_of(identity) is None else path_of(identity)})

    def warned(self):
        """True or False where it is certain, None where the contract leaves it open."""
        if self.warnings:
            return True
        return None if self.unsure_of_warning or self.skipped or self.rejected else False

    def value(self):
        numbers = {
            "status": "partial" if self.skipped or self.rejected else "complete",
            "inputs": self.inputs,
            "assets": {
                "seen": self.seen, "kept": self.kept, "filtered": self.filtered,
                "skipped": self.skipped, "rejected": self.rejected, "withoutTask": self.without_task},
            "rows": self.rows, "copies": self.rows - self.items}
        if not self.unsure_of_tasks:
            numbers["tasks"] = {"seen": self.tasks[0], "kept": self.tasks[1]}
            numbers["stages"] = table(self.stages)
        if not self.unsure_of_batches:
            numbers["batches"] = table(self.batches)
        if self.options.rows == "annotations":
            numbers["annotations"] = {"seen": self.annotations[0], "kept": self.annotations[1]}
            numbers["kinds"] = table(self.kinds)
            if not self.unsure_of_names:
                numbers.update(titles=table(self.titles), tools=table(self.tools))
        elif not (self.options.title or self.options.exclude_title):
            numbers.update(annotations=None, titles=None, kinds=None, tools=None)
        if not self.unsure_of_duplicates:
            numbers["duplicateKeys"] = self.duplicates
        if not self.unsure_of_names:
            numbers["neverSeen"] = self.never_seen()
        biggest = self.biggest[1] if self.biggest else None
        numbers["biggestRow"] = biggest and {k: v for k, v in biggest.items() if v is not UNSURE}
        return numbers


def has_no_task(asset):
    return asset.first("task") is None and asset.first("tasks") is None


def count(table, name, kept):
    row = table.setdefault(name, [0, 0])
    row[0] += 1
    row[1] += kept


def table(rows):
    """Sorted bytewise, null first; a comparison must not depend on where null stands."""
    names = sorted(rows, key=lambda name: (name is not None, (name or "").encode()))
    return [{"name": name, "seen": rows[name][0], "kept": rows[name][1]} for name in names]


def plain(asset):
    """Whether the members a run may look at have the documented shape, title and stage apart."""
    task = asset.first("task")
    history = task.first("stageHistory") if isinstance(task, Object) else None
    dataset = asset.first("dataset")
    snapshots = history.items if isinstance(history, Array) else []
    lists = [s.first(key) for s in snapshots if isinstance(s, Object)
             for key in ("tools", "classifications", "relations")]
    return (
        all(isinstance(asset.first(key), (String, type(None))) for key in ("asset", "externalId"))
        and (dataset is None or isinstance(dataset, Array) and all(isinstance(u, String) for u in dataset.items))
        and (history is None or isinstance(history, Array))
        and all(isinstance(snapshot, Object) for snapshot in snapshots)
        and all(value is None or isinstance(value, Array) and all(isinstance(item, Object) for item in value.items)
                for value in lists))


def items_of(node):
    return node.items if isinstance(node, Array) else []


def strings_of(node):
    if isinstance(node, String):
        yield node
    elif isinstance(node, Array):
        for item in node.items:
            yield from strings_of(item)
    elif isinstance(node, Object):
        for key, value in node.members:
            yield key
            yield from strings_of(value)
