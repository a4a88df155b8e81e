"""Names that options were given and nothing in the inputs has, and what is near them."""

import unicodedata

MOST = 8
LONGEST = 64
SPACES = {*range(9, 14), 0x20, 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000}
OPTIONS = (("stage", "stage"), ("excludeStage", "exclude_stage"), ("batch", "batch"),
           ("excludeBatch", "exclude_batch"), ("title", "title"), ("excludeTitle", "exclude_title"))


def plain(name):
    """A name without case, without white space around it, and without what cannot be seen."""
    text = ""
    for c in "".join(c.upper() for c in name):
        for c in c.lower():
            if ord(c) in SPACES:
                text += " " if text and not text.endswith(" ") else ""
            elif unicodedata.category(c) not in ("Cc", "Cf", "Zl", "Zp"):
                text += c
    return text.removesuffix(" ")


def same(one, other):
    return unicodedata.normalize("NFD", one) == unicodedata.normalize("NFD", other)


def edits(left, right):
    """How many letters are put in, taken out, replaced or swapped with a neighbour."""
    table = {(-1, column): column + 1 for column in range(-1, len(right))}
    for row in range(len(left)):
        table[row, -1] = row + 1
        for column in range(len(right)):
            least = min(table[row - 1, column] + 1, table[row, column - 1] + 1,
                        table[row - 1, column - 1] + (left[row] != right[column]))
            if row and column and left[row] == right[column - 1] and left[row - 1] == right[column]:
                least = min(least, table[row - 2, column - 2] + 1)
            table[row, column] = least
    return table[len(left) - 1, len(right) - 1]


def rank(value, name):
    """How near a name is, smaller is nearer; None if it is not."""
    if value == name:
        return None
    if same(plain(value), plain(name)):
        return (0, 0)
    pieces = [piece for piece in value.split(",") if piece]
    parts = [part for part in map(plain, pieces) if part] if len(pieces) > 1 else []
    for place, part in enumerate(parts):
        if same(part, plain(name)):
            return (1, place)
    most = 0 if len(plain(value)) > LONGEST else min(2, len(plain(value)) // 4)
    if most == 0 or abs(len(plain(value)) - len(plain(name))) > most:
        return None
    distance = edits(plain(value), plain(name))
    return (2, distance) if 0 < distance <= most else None


def near(value, counts):
    """The names of a table that are near, the nearest first."""
    found = [(rank(value, name), -count, name.encode(), name) for name, count in counts.items() if name is not None]
    found = sorted(entry for entry in found if entry[0] is not None)[:MOST]
    return [{"name": name, "count": -count} for (kind, _), count, _, name in found if kind == found[0][0][0]]


def never_seen(options, met, tables):
    """`met` and `tables` by kind: stage, batch, title."""
    found = []
    for name, attribute in OPTIONS:
        kind = attribute.removeprefix("exclude_")
        for value in dict.fromkeys(getattr(options, attribute)):
            if met[kind] is not None and value not in met[kind]:
                found.append({"option": name, "value": value, "near": near(value, tables[kind])})
    return found
