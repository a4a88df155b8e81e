"""A decompressed document as a sequence of assets, good and bad.

A document is an array of objects, or objects in a row with any white space between them (NDJSON is the usual
case of that). After a bad asset reading goes on where the contract says it may: behind it in an array when its
strings and brackets balance, at the next line that starts with `{` otherwise.
"""

import re

from containers import BOM
from jsonbytes import SPACE, Fault, Reader, is_null

LINE_OF_OBJECT = re.compile(rb"\n\{")


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
    at = reader.skip_space(len(BOM) if data.startswith(BOM) else 0)
    if at == len(data):
        return
    if data[at] == ord("["):
        yield from array_assets(reader, at)
    else:
        yield from row_assets(reader, at)


def element(reader, index, at):
    """The asset at `at`, or the fault that is there instead."""
    if reader.peek(at) != ord("{"):
        raise Fault(at, "not-an-object")
    node, end = reader.value(at, 1)
    return Asset(index, at, end, node)


def array_assets(reader, at):
    data = reader.data
    index = 0
    at = reader.skip_space(at + 1)
    if at < len(data) and data[at] == ord("]"):
        yield from tail(reader, index, at + 1)
        return
    while True:
        try:
            asset = element(reader, index, at)
            yield asset
            end = asset.end
        except Fault as fault:
            end = balanced_end(data, at)
            yield Bad(index, at, None if end is None else end - at, fault)
            if end is None:
                return
        index += 1
        at = reader.skip_space(end)
        if at >= len(data):
            yield Bad(index, at, None, Fault(at, "truncated"))
            return
        if data[at] == ord("]"):
            yield from tail(reader, index, at + 1)
            return
        if data[at] != ord(","):
            yield Bad(index, at, None, Fault(at, "unexpected-character"))
            return
        at = reader.skip_space(at + 1)


def tail(reader, index, at):
    """Behind the array only white space may stand."""
    at = reader.skip_space(at)
    if at < len(reader.data):
        yield Bad(index, at, None, Fault(at, "trailing-garbage"))


def row_assets(reader, at):
    data = reader.data
    index = 0
    while at < len(data):
        try:
            asset = element(reader, index, at)
            yield asset
            at = asset.end
        except Fault as fault:
            line = LINE_OF_OBJECT.search(data, max(fault.byte - 1, at))
            end = len(data) if line is None else line.start() + 1
            yield Bad(index, at, len(data[at:end].rstrip(SPACE)), fault)
            at = end
        index += 1
        at = reader.skip_space(at)


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


def has_nothing(node):
    """Absent, null or an empty array: how an export says that there is no task."""
    return node is None or is_null(node) or (hasattr(node, "items") and not node.items)
