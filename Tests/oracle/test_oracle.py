#!/usr/bin/env python3
"""The oracle judged: against Python's own json module, against its own rule of positions, against Fixtures."""

import json
import os
import random
import sys
import unittest

import jsonbytes
import make_expected

ALPHABET = [b"{", b"}", b"[", b"]", b",", b":", b'"', b"\\", b"u", b"0", b"1", b"-", b".", b"e", b"a", b"\n",
            b" ", b"\x0c", b"true", b"null", b'"k":', b"\xc3\xa9", b"\xc3", b"\xff", b"\\ud83d", b"\\n"]


def random_value(generator, depth=0):
    kind = generator.randrange(7 if depth < 4 else 4)
    if kind == 0:
        return generator.choice([True, False, None])
    if kind == 1:
        return generator.choice([0, -1, 1.5, 1e-7, 12345678901234567890])
    if kind in (2, 3):
        return "".join(generator.choice(["a", "\u00e9", "\U0001f697", '"', "\\", "\n", "/", " "])
                       for _ in range(generator.randrange(6)))
    if kind == 4:
        return [random_value(generator, depth + 1) for _ in range(generator.randrange(4))]
    return {f"k{generator.randrange(3)}": random_value(generator, depth + 1)
            for _ in range(generator.randrange(4))}


def random_text(generator):
    """A JSON text, half of the time with one small damage."""
    value = {"a": random_value(generator), "b": random_value(generator)}
    indent = generator.choice([None, 1])
    text = json.dumps(value, indent=indent, ensure_ascii=generator.random() < 0.5).encode()
    if generator.random() < 0.5:
        at = generator.randrange(len(text))
        text = text[:at] + generator.choice(ALPHABET + [b""]) + text[at + generator.randrange(3):]
    return text


def read(text):
    """The node of a whole text; a fault if anything but white space follows."""
    reader = jsonbytes.Reader(text, 512)
    node, at = reader.value(reader.skip_space(0), 1)
    at = reader.skip_space(at)
    if at < len(text):
        raise jsonbytes.Fault(at, "trailing-garbage")
    return node


def refuse(constant):
    raise ValueError(constant)


class Reading(unittest.TestCase):
    def setUp(self):
        self.generator = random.Random(20261121)

    def test_same_verdict_as_the_json_module(self):
        verdicts = {True: 0, False: 0}
        for _ in range(20_000):
            text = random_text(self.generator)
            try:
                wanted = json.loads(text.decode("utf-8"), parse_constant=refuse)
                good = True
            except ValueError:
                wanted, good = None, False
            try:
                node = read(text)
                self.assertTrue(good, text)
                self.assertEqual(json.loads(node.text()), wanted)
                compact = json.loads(node.text().decode(), object_pairs_hook=lambda pairs: pairs)
                self.assertEqual(compact, json.loads(text.decode(), object_pairs_hook=lambda pairs: pairs))
            except jsonbytes.Fault as fault:
                self.assertFalse(good, (text, fault))
            verdicts[good] += 1
        self.assertGreater(min(verdicts.values()), 2000)

    def test_a_fault_is_the_first_impossible_byte(self):
        """All before it can still become valid: cut there, the text is merely truncated (or whole)."""
        for _ in range(20_000):
            text = random_text(self.generator)
            try:
                read(text)
                continue
            except jsonbytes.Fault as fault:
                byte, code = fault.byte, fault.code
            if code == "truncated":
                self.assertEqual(byte, len(text))
                continue
            try:
                read(text[:byte])
            except jsonbytes.Fault as fault:
                self.assertEqual((fault.code, fault.byte), ("truncated", byte), text)
            if code != "bad-utf8":
                with self.assertRaises(jsonbytes.Fault) as caught:
                    read(text[:byte + 1])
                self.assertEqual(caught.exception.byte, byte, text)

    def test_string_meaning(self):
        for raw, value, lone in [
            (rb'"\u0041\/\ud83d\ude97"', "A/\U0001f697", False),
            (rb'"\ud83d"', "\ufffd", True), (rb'"\ude97\ud83d"', "\ufffd\ufffd", True),
            (rb'"\ud83dA"', "\ufffdA", True), (rb'"\ud83d\u0041"', "\ufffdA", True),
            (rb'"\ud83d\ud83d\ude97"', "\ufffd\U0001f697", True),
        ]:
            node = read(b"[" + raw + b"]").items[0]
            self.assertEqual((node.value, node.lone, node.text()), (value, lone, raw))


class Cases(unittest.TestCase):
    def test_committed_expectations_are_what_the_oracle_says(self):
        for case in make_expected.all_cases():
            with self.subTest(case.name):
                self.assertTrue(make_expected.agrees(case, make_expected.expected(case)))


if __name__ == "__main__":
    os.chdir(os.path.dirname(os.path.abspath(__file__)))
    sys.setrecursionlimit(10_000)
    unittest.main()
