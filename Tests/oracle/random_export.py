"""Random exports and options for compare.py: small, odd, and never in a corner the contract leaves open."""

import gzip
import io
import json
import random
import unicodedata
import zipfile

STAGES = ["Complete", "Label", "Review", "Über prüfen", "a/b=c", "", "Complete "]
BATCHES = ["rain", "night", "", "Rain", "b:1", "日本", "x" * 260]
TITLES = ["car", "van", "Fußgänger", " car", "", 'quo"te']
TIMES = ["2024-03-01T10:00:00.123Z", "2024-03-01T12:00:00+02:00", "2024-03-01", "2023-12-31T23:59:59Z",
         "2024-02-30T00:00:00Z", "soon", "2024-03-01T09:59:59.9999-00:30"]
TOOLS = ["bounding-box", "polygon", "point", "segmentation", "cuboid", "a b", "Zone", "zone/3d", "größe", "pct"]
CLASSIFICATION_TOOLS = ["radio", "checkbox", "tree-dropdown", "Radio", ""]
CONTEXTS = ["metadata", "asset", "dataset", "status", "contextData", "nothing", "task.duration", "task.review",
            "task.medicalBrushDataUrl", "task.asset", "task.no\"thing", "Größe"]
PARTITIONS = ["stage", "batch", "title", "kind", "tool"]
ODD = ["null", "5", "-1.50E+07", "true", "[]", "{}", '"?"', '["car"]', '{"title":"car"}', '"\\ud83d"', '"\\ude00x"']
SPACES = ["", "", "", " ", "\n", "\t", "\r\n", "  \n  "]
DAMAGE = [b"{", b"}", b"[", b"]", b",", b":", b'"', b"\\", b"\x00", b"\x0c", b"\xff", b"\xc3", b"0", b"x", b"\n"]


class Writer:
    """Writes JSON text with a random hand: white space, escapes, order of keys, repeated keys."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def chance(self, probability):
        return self.random.random() < probability

    def space(self):
        return self.random.choice(SPACES)

    def string(self, text):
        if not self.chance(0.2):
            return json.dumps(text, ensure_ascii=self.chance(0.3))
        units = text.encode("utf-16-be").hex()
        return '"' + "".join(f"\\u{units[i:i + 4]}" for i in range(0, len(units), 4)) + '"'

    def array(self, items):
        comma = self.space() + "," + self.space()
        return "[" + self.space() + comma.join(items) + self.space() + "]"

    def object(self, members):
        members = list(members)
        if self.chance(0.4):
            self.random.shuffle(members)
        if members and self.chance(0.1):
            members.insert(self.random.randrange(len(members) + 1), self.random.choice(members))
        comma = self.space() + "," + self.space()
        parts = [self.string(key) + self.space() + ":" + self.space() + value for key, value in members]
        return "{" + self.space() + comma.join(parts) + self.space() + "}"

    def value(self, pool, odd=0.08):
        return self.random.choice(ODD) if self.chance(odd) else self.string(self.random.choice(pool))

    def list(self, make, most=4, odd=0.03):
        if self.chance(odd):
            return self.random.choice(ODD)
        return self.array([make() for _ in range(self.random.randrange(most))])

    def annotation(self, kind="tool", depth=0):
        if self.chance(0.03):
            return self.random.choice(ODD)
        members = [("objectId", self.value(["o", "p"])), ("title", self.value(TITLES)),
                   ("metadata", '{"title":"car","stage":"Complete","page":9}')]
        if self.chance(0.7):
            members += [("schemaId", self.value(["s"])), ("page", self.random.choice(["0", "17", "1.0", "null"]))]
        if kind == "classification" or self.chance(0.05):
            members += [("tool", self.value(CLASSIFICATION_TOOLS)), ("answer", self.random.choice(['"1"', '["1 / 2"]']))]
        if kind != "classification":
            shapes = ['{"x": 1.50, "y": -0}', "[ [1, 2],\t[3 ,4]]", "{}", "null", "5"]
            members += [(self.random.choice(TOOLS), self.random.choice(shapes)) for _ in range(self.random.randrange(3))]
        if depth < 2:
            nested = self.list(lambda: self.annotation("classification", depth + 1), 2)
            members.append(("classifications", nested))
        return self.object(members)

    def lists(self, first):
        kinds = {first: "tool", "classifications": "classification", "relations": "relation"}
        lists = [(name, self.list(lambda: self.annotation(kind))) for name, kind in kinds.items() if not self.chance(0.1)]
        return lists + ([("objects" if first == "tools" else "tools", '[{"title":"car"}]')] if self.chance(0.05) else [])

    def snapshot(self, first="tools"):
        if self.chance(0.06):
            return self.random.choice(ODD)
        members = [("stage", self.value(STAGES)), ("stageId", self.value(STAGES)),
                   ("brushDataUrl", self.string("https://h/b?s=1")), ("completedBy", self.value(["l@example.com"]))]
        if self.chance(0.5):
            members.append(("completedAt", self.value(TIMES)))
        return self.object(members + self.lists(first))

    def task(self):
        if self.chance(0.05):
            return self.random.choice(["null", "[]", "7", '"Complete"'])
        members = [("taskId", self.value(list("tuvwxyz"))), ("stage", self.value(STAGES)), ("stageId", self.value(STAGES)),
                   ("updatedAt", self.value(TIMES)), ("medicalBrushDataUrl", self.value(["h?x", "h", "?"])),
                   ("duration", self.random.choice(["5", "1.50", "1e3"]))]
        if self.chance(0.1):
            members.append(("asset", self.string("https://h/t?X")))
        if not self.chance(0.2):
            members.append(("stageHistory", self.list(self.snapshot, 3)))
        return self.object(members + self.lists("tools"))

    def legacy_task(self):
        if self.chance(0.05):
            return self.random.choice(["null", "[]", "7"])
        members = [("taskId", self.value(list("1234567"))), ("updatedAt", self.value(TIMES)),
                   ("review", '{"status" : "Label"}')]
        if not self.chance(0.2):
            members.append(("status", self.value(STAGES)))
        if self.chance(0.2):
            members.append(("stageHistory", self.list(lambda: self.snapshot("objects"), 3)))
        return self.object(members + self.lists("objects"))

    def asset(self):
        members = [("externalId", self.string("e")), ("asset", self.string("https://h/a?X=1&Y=?")),
                   ("metadata", '{"title":"car", "batches":["rain"],"stage":"Label"}')]
        if self.chance(0.4):
            members += [("assetId", self.value(["64aa"])), ("contextData", self.random.choice(ODD))]
        if not self.chance(0.1):
            members.append(("batches", self.list(lambda: self.value(BATCHES))))
        if self.chance(0.2):
            members.append(("dataset", self.list(lambda: self.string("https://h/p?q"), odd=0)))
        if self.chance(0.2):
            members += [("status", self.value(STAGES)), ("tasks", self.list(self.legacy_task))]
        elif not self.chance(0.05):
            members.append(("task", self.task()))
        return self.object(members)

    def export(self):
        """A text: an array, objects in a row, or several of these one behind the other."""
        count = 1 if self.chance(0.6) else self.random.randrange(2, 5)
        return "".join(self.document(self.random.randrange(12 // count + 1)) for _ in range(count)).encode()

    def document(self, count):
        assets = [self.asset() for _ in range(count)]
        if assets and self.chance(0.08):
            other = ['{}', '{"images":[],"info":{"asset":1}}', '{"Asset":1}', '{"tasks" :[]}', '{"ta\\u0073k":null}',
                     '{"externalId":"e","kind":"tool","snapshot":null,"annotation":{}}']
            assets[self.random.randrange(len(assets))] = self.random.choice(other)
        bom = "\ufeff" if self.chance(0.1) else ""
        if self.chance(0.5):
            return bom + self.space() + self.array(assets) + self.space()
        return bom + "".join(asset + self.random.choice(["\n", "\r\n", "\n\n", "", " "]) for asset in assets)

    def damaged(self, text):
        # Not inside the BOM: whether half of one is a truncated BOM or a bad byte is nobody's business.
        at = self.random.randrange(min(len(text), 3), len(text) + 1)
        kind = self.random.randrange(3)
        if kind == 0:
            return text[:at]
        return text[:at] + self.random.choice(DAMAGE) + text[at + kind - 1:]

    def packed(self, text):
        kind = self.random.randrange(6)
        if kind == 0:
            return gzip.compress(text, mtime=0)
        if kind == 1 and text.strip():
            file = io.BytesIO()
            with zipfile.ZipFile(file, "w", self.random.choice([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])) as archive:
                archive.writestr(zipfile.ZipInfo("export.json"), text)
            return file.getvalue()
        return text

    def options(self, rows="assets"):
        """Filters and rewriting, as command line arguments."""
        chosen = []
        titled = False
        for name, pool, probability in (("stage", STAGES, 0.3), ("batch", BATCHES, 0.25), ("title", TITLES, 0.3)):
            for option in (f"--{name}", f"--exclude-{name}"):
                while self.chance(probability if option == f"--{name}" else probability / 3):
                    chosen += [option, self.misspelled(self.random.choice(pool), pool)]
                    titled = titled or name == "title"
        for option, probability in (("--no-batch", 0.1), ("--strip-url-query", 0.2), ("--limit=3", 0.1),
                                    ("--sample=30%", 0.1), ("--sample=62.5%", 0.1),
                                    ("--updated-since=2024-01-01", 0.1), ("--updated-before=2024-03-01T10:00:00Z", 0.1)):
            if self.chance(probability):
                chosen.append(option)
        if rows == "assets":
            return chosen + self.asset_options(titled)
        return chosen + self.annotation_options()

    def misspelled(self, name, pool):
        """Now and then what a hand makes of a name: it is then no name of the export, but near one."""
        if not name.strip("-") or not self.chance(0.25):
            return name
        place = self.random.randrange(len(name))
        wrong = self.random.choice([
            name.upper(), name.lower(), name.swapcase(), " " + name, name + "\u00a0", name + "\u200b",
            unicodedata.normalize("NFD", name), unicodedata.normalize("NFC", name),
            name[:place] + name[place + 1:], name[:place] + "x" + name[place:],
            name[:place] + name[place:][1::-1] + name[place + 2:],
            name + "," + self.random.choice(pool), name + ", nothing"])
        return wrong if wrong and not wrong.startswith("-") and "\0" not in wrong else name

    def asset_options(self, titled):
        chosen = []
        for option, probability in (("--history=drop", 0.2), ("--prune", 0.5 if titled else 0)):
            if self.chance(probability):
                chosen.append(option)
        if self.chance(0.3):
            chosen.append("--partition-by=" + self.random.choice(["stage", "batch", "stage,batch", "batch,stage"]))
        return chosen

    def contexts(self):
        """One to three, and now and then a clash."""
        return [f"--context={key}" for key in self.random.sample(CONTEXTS, self.random.randrange(1, 4))]

    def annotation_options(self):
        chosen = ["--rows=annotations"]
        if self.chance(0.4):
            chosen.append("--history=rows")
        if self.chance(0.4):
            chosen += self.contexts()
        if self.chance(0.5):
            keys = self.random.sample(PARTITIONS, self.random.randrange(1, len(PARTITIONS) + 1))
            chosen.append("--partition-by=" + ",".join(keys))
        if self.chance(0.15):
            chosen.append(self.random.choice(["--on-error=skip", "--on-error=stop"]))
        if self.chance(0.02):
            chosen.append(self.random.choice(["--prune", "--history=keep", "--context=title", "--context=task.tools",
                                              "--partition-by=page"]))
        return chosen
