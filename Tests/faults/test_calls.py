"""Every call that a small run makes to the system fails once: with EIO, for want of room, by a signal, by death.

After each: a clear error that says what and where, the right exit status, the old output as it was, nothing
half-written below data/, and a next run that clears what was left and gives the right bytes.
"""

import errno
import gzip
import os
import signal
import unittest

from harness import ERROR, INTERPOSE, IS_LONG, Workspace, export, in_parallel, main

BROKEN = '{"externalId":"broken","x":tru}\n'


class Scenario:
    """One command, what it finds and what it must have made in the end."""

    def __init__(self, name, arguments, status, old=True, inside=False, piped=False, rows=12):
        self.name, self.arguments, self.status = name, arguments, status
        self.old, self.inside, self.piped, self.rows = old, inside, piped, rows
        with Workspace() as space:
            outcome = self.prepare(space).go(space)
            assert outcome.status == status, outcome
            self.new = space.data("out")
            self.names = space.names()

    def prepare(self, space):
        if self.old:
            space.write("old.ndjson", export(3, "old"))
            done = space.run("run", "old.ndjson", "-o", "out", "-q")
            assert done.status == 0, done
            (space.path / "old.ndjson").unlink()
        space.write("input.ndjson", export(self.rows // 2) + BROKEN + export(self.rows // 2, "end"))
        if self.inside:
            (space.path / "out").mkdir(exist_ok=True)
        space.before = space.tree()
        return self

    def go(self, space, **more):
        if self.inside:
            more["cwd"] = space.path / "out"
        if self.piped:
            more["input"] = gzip.compress((space.path / "input.ndjson").read_bytes(), mtime=0)
        return space.run("run", *self.arguments, **more)


def scenarios():
    options = ["--on-error", "reject", "--workers", "1", "-q"]
    yield Scenario("new", ["input.ndjson", "-o", "out", "--partition-by", "stage"] + options, 1, old=False)
    yield Scenario(
        "overwrite",
        ["input.ndjson", "-o", "out", "--overwrite", "--partition-by", "stage,batch", "--temp", "temp",
         "--stats", "json=stats.json"] + options, 1)
    # A directory that must stay where it is, as a mount point must, is replaced step by step.
    yield Scenario(
        "in place", ["../input.ndjson", "-o", ".", "--overwrite", "--compression", "none"] + options, 1,
        inside=True)
    yield Scenario("pipe", ["-", "-o", "out", "--overwrite"] + options, 1, piped=True)


@unittest.skipUnless(INTERPOSE, "needs the interposed library")
class CallTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scenarios = list(scenarios())

    def count(self, scenario):
        with Workspace() as space:
            log = space.path.parent / f"{space.path.name}.log"
            try:
                scenario.prepare(space).go(space, faults={"log": log})
                return [line.split(" ", 2) for line in log.read_text().splitlines()]
            finally:
                log.unlink(missing_ok=True)

    def every(self, step, check):
        """Tries every call of every scenario, in the short form every `step`-th."""
        found = []
        for index, scenario in enumerate(self.scenarios):
            calls = self.count(scenario)
            self.assertGreater(len(calls), 50)
            picked = range(1, len(calls) + 1) if IS_LONG else range(1 + index, len(calls) + 1, step)

            def attempt(number):
                with Workspace() as space:
                    scenario.prepare(space)
                    problem = check(scenario, space, number)
                    return problem and f"{scenario.name}, call {' '.join(calls[number - 1])}: {problem}"

            found += [problem for problem in in_parallel(attempt, picked) if problem]
        self.assertFalse(found, "\n" + "\n".join(found))

    def state(self, scenario, space, outcome):
        """What is wrong with what a run left."""
        if outcome.status == scenario.status:
            if space.data() != scenario.new:
                return f"done, but not the right bytes: {outcome}"
            return None
        if scenario.inside:
            # Between two trees there may be no data, but never half of it.
            if space.data() in (None, scenario.new, {
                    name[5:]: data for name, data in space.before.items() if name.startswith("data/")}):
                return None
            return f"data is half-written: {outcome}"
        if space.tree() == space.before:
            return None
        # Who dies behind the rename has the new one; statistics are written when all is done.
        if space.data() == scenario.new and (outcome.status < 0 or "stats.json" in outcome.error):
            return None
        return f"the old output is not as it was: {outcome}"

    def again(self, scenario, space):
        """What is wrong with the next run."""
        outcome = scenario.go(space)
        if outcome.status != scenario.status and scenario.old is False and space.data() == scenario.new:
            outcome = space.run("run", *scenario.arguments, "--overwrite")
        if outcome.status != scenario.status:
            return f"the next run fails: {outcome}"
        if space.data() != scenario.new:
            return "the next run gives other bytes"
        if space.names() != scenario.names:
            return f"left over: {set(space.names()) - set(scenario.names)}"
        temp = space.path / "temp"
        if temp.is_dir() and os.listdir(temp):
            return f"left over: {os.listdir(temp)}"
        return None

    def refused(self, code, wanted):
        def check(scenario, space, number):
            outcome = scenario.go(space, faults={"at": number, "errno": code})
            if outcome.status not in (2, scenario.status):
                return f"{outcome}"
            if outcome.status == 2:
                first = next((line for line in outcome.error.splitlines() if line.startswith(ERROR)), "")
                if wanted not in first:
                    return f"no clear error: {outcome}"
                if str(space.path) not in first and not any(
                        name in first for name in ("out", "input.ndjson", "stats.json", "temp", "-: ", " .: ")):
                    return f"the error names nothing: {outcome}"
            return self.state(scenario, space, outcome) or self.again(scenario, space)
        return check

    def test_errors(self):
        """EIO from any call."""
        self.every(11, self.refused(errno.EIO, "Input/output error"))

    def test_no_room(self):
        """ENOSPC from any call that may give it."""
        check = self.refused(errno.ENOSPC, "No space left on device")
        self.every(23, check)

    def test_interrupted_calls(self):
        """A call that a signal cut short is made again: EINTR is no failure."""
        def check(scenario, space, number):
            outcome = scenario.go(space, faults={
                "at": number, "errno": errno.EINTR, "only": "read,pread,write,open,fsync,flock"})
            if outcome.status != scenario.status:
                return f"{outcome}"
            return self.state(scenario, space, outcome)
        self.every(29, check)

    def test_killed(self):
        """Death right before any call."""
        def check(scenario, space, number):
            outcome = scenario.go(space, faults={"at": number, "signal": int(signal.SIGKILL)})
            if outcome.status not in (-signal.SIGKILL, scenario.status):
                return f"{outcome}"
            return self.state(scenario, space, outcome) or self.again(scenario, space)
        self.every(13, check)

    def test_interrupted(self):
        """SIGINT and SIGTERM right before any call: nothing stays, or all is done."""
        def check(scenario, space, number):
            kind, status = ((signal.SIGINT, 130), (signal.SIGTERM, 143))[number % 2]
            before = space.names()
            outcome = scenario.go(space, faults={"at": number, "signal": int(kind)})
            if outcome.status not in (status, scenario.status, -kind):
                return f"{outcome}"
            # Before the command has said what it does with signals they kill, as they do everywhere.
            if outcome.status == -kind and number > 3:
                return f"{outcome}"
            if outcome.status == status and not set(space.names()) <= set(before) | {"temp", "stats.json"}:
                return f"left over: {space.names()}"
            return self.state(scenario, space, outcome) or self.again(scenario, space)
        self.every(17, check)

    def test_short_calls(self):
        """Reads and writes that move one byte at a time give the same bytes."""
        for scenario in self.scenarios:
            with Workspace() as space:
                outcome = scenario.prepare(space).go(space, faults={"short": 1})
                self.assertEqual(outcome.status, scenario.status, outcome)
                self.assertEqual(space.data(), scenario.new)

    def test_clock(self):
        """The clock of the day may jump by years between two looks; only createdAt tells."""
        for scenario in self.scenarios:
            with Workspace() as space:
                outcome = scenario.prepare(space).go(space, faults={"clock": 10**9})
                self.assertEqual(outcome.status, scenario.status, outcome)
                self.assertEqual(space.data(), scenario.new)

    def test_verify(self):
        """A file that cannot be read is never taken for one that is well, nor for one that is damaged."""
        with Workspace() as space:
            space.write("input.ndjson", export(6))
            self.assertEqual(space.run("run", "input.ndjson", "-o", "out", "-q").status, 0)
            log = space.path / "log"
            self.assertEqual(space.run("verify", "out", "--workers", "1", faults={"log": log}).status, 0)
            calls = [line.split(" ", 2) for line in log.read_text().splitlines()]

            def attempt(number):
                outcome = space.run(
                    "verify", "out", "--workers", "1", faults={"at": number, "errno": errno.EIO})
                name = calls[number - 1][1]
                if name in ("close", "closedir") and outcome.status == 0:
                    return None
                if outcome.status != 2 or "Input/output error" not in outcome.error or outcome.output:
                    return f"call {' '.join(calls[number - 1])}: {outcome} {outcome.output}"
                return None

            found = [problem for problem in in_parallel(
                attempt, range(1, len(calls) + 1, 1 if IS_LONG else 3)) if problem]
            self.assertFalse(found, "\n" + "\n".join(found))


if __name__ == "__main__":
    main()
