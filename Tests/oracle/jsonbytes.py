"""A strict JSON reader over bytes that keeps every scalar's own spelling.

Python's json module cannot serve as a judge here: it forgets number spellings, escapes, duplicate keys and
byte positions. This one is a plain recursive descent over RFC 8259, one small function per production. It
names the first byte after which no valid document is possible.
"""

import re

SPACE = b" \t\n\r"

# A run of string bytes that need no second look: no quote, no backslash, no control, only whole UTF-8.
PLAIN = re.compile(
    rb"(?:[\x20\x21\x23-\x5b\x5d-\x7f]"
    rb"|[\xc2-\xdf][\x80-\xbf]"
    rb"|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]"
    rb"|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2})+"
)

SIMPLE_ESCAPES = {
    ord('"'): '"', ord("\\"): "\\", ord("/"): "/",
    ord("b"): "\b", ord("f"): "\f", ord("n"): "\n", ord("r"): "\r", ord("t"): "\t",
}
HEX = b"0123456789abcdefABCDEF"
DIGITS = b"0123456789"


class Fault(Exception):
    """Where a text stops being JSON, and why."""

    def __init__(self, byte, code):
        super().__init__(f"byte {byte}: {code}")
        self.byte = byte
        self.code = code


class Node:
    """A value; `start` is the offset of its first byte where it was read as a value and not as a key."""

    __slots__ = ("start",)


class Scalar(Node):
    """A number, true, false or null: its own bytes."""

    __slots__ = ("raw",)

    def __init__(self, raw):
        self.raw = raw

    def text(self):
        return self.raw


class String(Node):
    """A string: its own bytes with the quotes, and what they mean."""

    __slots__ = ("raw", "meaning")

    def __init__(self, raw):
        self.raw = raw
        self.meaning = None  # (value, lone) once somebody asked

    def text(self):
        return self.raw

    @property
    def pieces(self):
        """(character, offset of its spelling in `raw`) one by one; a lone surrogate escape is None."""
        reader = Reader(self.raw, 0)
        at = 1
        while at < len(self.raw) - 1:
            run = PLAIN.match(self.raw, at)
            if run:
                for character in run.group().decode("utf-8"):
                    yield character, at
                    at += len(character.encode("utf-8"))
            else:
                character, end = reader.escape(at)
                yield character, at
                at = end

    def meant(self):
        if self.meaning is None:
            if b"\\" not in self.raw:
                self.meaning = self.raw[1:-1].decode("utf-8"), False
            else:
                characters = [character for character, _ in self.pieces]
                self.meaning = "".join("\ufffd" if c is None else c for c in characters), None in characters
        return self.meaning

    @property
    def value(self):
        """The meaning with U+FFFD for each lone surrogate: what a path shows."""
        return self.meant()[0]

    @property
    def lone(self):
        return self.meant()[1]


class Array(Node):
    __slots__ = ("items",)

    def __init__(self, items):
        self.items = items

    def text(self):
        return b"[" + b",".join(item.text() for item in self.items) + b"]"


class Object(Node):
    """Members in order, as (key String, value); keys may repeat."""

    __slots__ = ("members",)

    def __init__(self, members):
        self.members = members

    def text(self):
        return b"{" + b",".join(k.text() + b":" + v.text() for k, v in self.members) + b"}"

    def first(self, name):
        """The value of the first member whose key means `name`, or None."""
        for key, value in self.members:
            if key.value == name and not key.lone:
                return value
        return None

    def count(self, name):
        return sum(1 for key, _ in self.members if key.value == name and not key.lone)


def is_null(node):
    return isinstance(node, Scalar) and node.raw == b"null"


class Reader:
    """Reads values out of `data`; positions are offsets into it."""

    def __init__(self, data, max_depth):
        self.data = data
        self.max_depth = max_depth

    def skip_space(self, at):
        while at < len(self.data) and self.data[at] in SPACE:
            at += 1
        return at

    def peek(self, at):
        """The byte at `at`; running out of input is a fault at the input's length."""
        if at >= len(self.data):
            raise Fault(len(self.data), "truncated")
        return self.data[at]

    def value(self, at, depth):
        """The value that starts at `at`, and the offset behind it. `depth` is that of a container here."""
        node, end = self.unplaced(at, depth)
        node.start = at
        return node, end

    def unplaced(self, at, depth):
        byte = self.peek(at)
        if byte in b"{[":
            if depth > self.max_depth:
                raise Fault(at, "too-deep")
            return self.object(at, depth) if byte == ord("{") else self.array(at, depth)
        if byte == ord('"'):
            return self.string(at)
        if byte == ord("-") or byte in DIGITS:
            return self.number(at)
        for word in (b"true", b"false", b"null"):
            if byte == word[0]:
                return self.literal(at, word)
        raise Fault(at, "unexpected-character")

    def object(self, at, depth):
        members = []
        at = self.skip_space(at + 1)
        if self.peek(at) == ord("}"):
            return Object(members), at + 1
        while True:
            if self.peek(at) != ord('"'):
                raise Fault(at, "unexpected-character")
            key, at = self.string(at)
            at = self.skip_space(at)
            if self.peek(at) != ord(":"):
                raise Fault(at, "unexpected-character")
            value, at = self.value(self.skip_space(at + 1), depth + 1)
            members.append((key, value))
            at = self.skip_space(at)
            byte = self.peek(at)
            if byte == ord("}"):
                return Object(members), at + 1
            if byte != ord(","):
                raise Fault(at, "unexpected-character")
            at = self.skip_space(at + 1)

    def array(self, at, depth):
        items = []
        at = self.skip_space(at + 1)
        if self.peek(at) == ord("]"):
            return Array(items), at + 1
        while True:
            value, at = self.value(at, depth + 1)
            items.append(value)
            at = self.skip_space(at)
            byte = self.peek(at)
            if byte == ord("]"):
                return Array(items), at + 1
            if byte != ord(","):
                raise Fault(at, "unexpected-character")
            at = self.skip_space(at + 1)

    def literal(self, at, word):
        for offset, wanted in enumerate(word):
            if self.peek(at + offset) != wanted:
                raise Fault(at + offset, "unexpected-character")
        return Scalar(word), at + len(word)

    def number(self, at):
        start = at
        if self.peek(at) == ord("-"):
            at += 1
        if self.peek(at) == ord("0"):
            at += 1
        else:
            at = self.digits(at)
        # Inside an object a number is never the end of the input, but a digit may follow a leading zero:
        # that is left to the caller, who wants a comma or a bracket there.
        if at < len(self.data) and self.data[at] == ord("."):
            at = self.digits(at + 1)
        if at < len(self.data) and self.data[at] in b"eE":
            at += 1
            if self.peek(at) in b"+-":
                at += 1
            at = self.digits(at)
        return Scalar(self.data[start:at]), at

    def digits(self, at):
        if self.peek(at) not in DIGITS:
            raise Fault(at, "unexpected-character")
        while at < len(self.data) and self.data[at] in DIGITS:
            at += 1
        return at

    def string(self, at):
        start = at
        at += 1
        while True:
            run = PLAIN.match(self.data, at)
            if run:
                at = run.end()
            byte = self.peek(at)
            if byte == ord('"'):
                return String(self.data[start:at + 1]), at + 1
            if byte == ord("\\"):
                _, at = self.escape(at)
            elif byte < 0x20:
                raise Fault(at, "control-character")
            else:
                raise Fault(self.bad_utf8(at), "bad-utf8")

    def escape(self, at):
        """The character an escape at `at` means (None for a lone surrogate), and the offset behind it."""
        byte = self.peek(at + 1)
        if byte in SIMPLE_ESCAPES:
            return SIMPLE_ESCAPES[byte], at + 2
        if byte != ord("u"):
            raise Fault(at + 1, "bad-escape")
        unit = self.hex4(at + 2)
        end = at + 6
        if 0xD800 <= unit <= 0xDBFF and self.data[end:end + 2] == b"\\u":
            try:
                low = self.hex4(end + 2)
            except Fault:
                return None, end  # The next turn meets the same fault, at the same byte.
            if 0xDC00 <= low <= 0xDFFF:
                return chr(0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00)), end + 6
        return (None if 0xD800 <= unit <= 0xDFFF else chr(unit)), end

    def hex4(self, at):
        for offset in range(4):
            if self.peek(at + offset) not in HEX:
                raise Fault(at + offset, "bad-escape")
        return int(self.data[at:at + 4], 16)

    def bad_utf8(self, at):
        """The first byte of a bad sequence, unless the input merely ends inside a good one."""
        rest = self.data[at:]
        for missing in (b"\x80", b"\xbf", b"\x9f", b"\x90"):
            for more in range(1, 4):
                filler = missing + b"\x80" * (more - 1)
                if len(rest) <= 3 and PLAIN.fullmatch(rest + filler):
                    return len(self.data)
        return at


def locate(data, byte):
    """Line and column of a byte, both from 1, the column in bytes."""
    before = data[:byte]
    return before.count(b"\n") + 1, byte - (before.rfind(b"\n") + 1) + 1
