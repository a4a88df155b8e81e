"""A decompressed document as a sequence of assets, good and bad.

A document is arrays of objects, and objects that stand by themselves, in a row with any white space between them: a
single array is the usual case, and NDJSON. A byte order mark may stand wherever an array or such an object may.
After a bad asset reading goes on where the contract says it may: in an array behind it when its strings and brackets
balance, or not at all; outside of arrays at the next line that starts with `{` or `[`.
"""

import re

from containers import BOM
from jsonbytes import SPACE, Fault, Reader, is_null

# In front of the bracket a byte order mark may stand.
LINE_OF_DOCUMENT = re.compile(rb"\n[\xef\xbb\xbf]*[{\[]")


class Asset:
    """A whole top-level object."""

    def __init__(self, index, start, end, node):
        self.index = index
        self.start = start
        self.end = end
        self.node = node


class Bad:
    """A malformed asset: from `start` for `length` bytes (None if the structure is lost)."""

    def __init__(self, index, start, length, fault):
        self.index = index
        self.start = start
        self.length = length
        self.fault = fault


def assets(data, max_depth):
    """Yields Asset and Bad in the order of the document. After a Bad the caller may stop or go on."""
    reader = Reader(data, max_depth)
    index = 0
    at = skip_marks(reader, 0)
    while at is not None and at < len(data):
        if data[at] == ord("["):
            index, at = yield from array_assets(reader, index, at)
        else:
            at = yield from lone_asset(reader, index, at)
            index += 1
        if at is not None:
            at = skip_marks(reader, at)


def skip_marks(reader, at):
    """Behind white space and byte order marks."""
    at = reader.skip_space(at)
    while reader.data.startswith(BOM, at):
        at = reader.skip_space(at + len(BOM))
    return at


def element(reader, index, at):
    """The asset at `at`, or the fault that is there instead."""
    if reader.peek(at) != ord("{"):
        raise Fault(at, "not-an-object")
    node, end = reader.value(at, 1)
    return Asset(index, at, end, node)


def array_assets(reader, index, at):
    """The assets of the array at `at`; returns the next index, and where reading goes on (None for not at all)."""
    data = reader.data
    at = reader.skip_space(at + 1)
    if at < len(data) and data[at] == ord("]"):
        return index, at + 1
    while True:
        try:
            asset = element(reader, index, at)
            yield asset
            end = asset.end
        except Fault as fault:
            end = balanced_end(data, at)
            yield Bad(index, at, None if end is None else end - at, fault)
            if end is None:
                return index, None
        index += 1
        at = reader.skip_space(end)
        if at >= len(data):
            yield Bad(index, at, None, Fault(at, "truncated"))
            return index, None
        if data[at] == ord("]"):
            return index, at + 1
        if data[at] != ord(","):
            yield Bad(index, at, None, Fault(at, "unexpected-character"))
            return index, None
        at = reader.skip_space(at + 1)


def lone_asset(reader, index, at):
    """An asset outside of arrays; returns where reading goes on: behind a bad one at the next line that starts as an
    array or an object does."""
    data = reader.data
    try:
        asset = element(reader, index, at)
        yield asset
        return asset.end
    except Fault as fault:
        line = LINE_OF_DOCUMENT.search(data, max(fault.byte - 1, at))
        end = len(data) if line is None else line.end() - 1
        yield Bad(index, at, len(data[at:end].rstrip(SPACE)), fault)
        return end


def balanced_end(data, at):
    """The offset behind the element at `at` if its strings and brackets balance, else None."""
    if at >= len(data) or data[at] in b",]}":
        return None
    closing = []
    while at < len(data):
        byte = data[at]
        if byte == ord('"'):
            at = string_end(data, at)
            if at is None:
                return None
            if not closing:
                return at
            continue
        if not closing and byte in b",]} \t\r\n":
            return at
        if byte in b"{[":
            closing.append(ord("}") if byte == ord("{") else ord("]"))
        elif byte in b"}]":
            if closing.pop() != byte:
                return None
            if not closing:
                return at + 1
        at += 1
    return None


def string_end(data, at):
    at += 1
    while at < len(data):
        if data[at] == ord("\\"):
            at += 1
        elif data[at] == ord('"'):
            return at + 1
        at += 1
    return None


def is_issue(node):
    """Whether an element belongs to an issue export, which is another kind of file."""
    if node.first("task") is not None or node.first("tasks") is not None:
        return False
    asset = node.first("asset")
    return node.first("labelTask") is not None or hasattr(asset, "members")


ASSET_MEMBERS = ("asset", "assetId", "externalId", "dataset", "batches", "task", "tasks")
ROW_MEMBERS = ("annotation", "kind", "snapshot")


def is_asset(node):
    """Whether an element has something of an asset, and is no annotation row that Sluice has made."""
    if all(node.first(name) is not None for name in ROW_MEMBERS):
        return node.first("task") is not None or node.first("tasks") is not None
    return any(node.first(name) is not None for name in ASSET_MEMBERS)


def starts_strangely(data, bad):
    """Whether what stands where the first element should start is not even an object's bracket."""
    return bad.index == 0 and bad.fault.byte == bad.start and data[bad.start:bad.start + 1] not in (b"{", b"]", b"")


def has_nothing(node):
    """Absent, null or an empty array: how an export says that there is no task."""
    return node is None or is_null(node) or (hasattr(node, "items") and not node.items)
