"""Every call that a small run makes to the system fails once: with EIO, for want of room, by a signal, by death.

After each: a clear error that says what and where, the right exit status, the old output as it was, nothing
half-written below data/, and a next run that clears what was left and gives the right bytes.
"""

import collections
import errno
import gzip
import os
import re
import signal
import unittest

from harness import ERROR, INTERPOSE, IS_LONG, Workspace, export, in_parallel, main

# What an error names first.
NAMED = r"(?:{}[^:]*|\.|-|(?:\.\./)?input\.ndjson|stats\.json|(?:out|temp)(?:/[^:]*)?): "
# Calls that only ask, or that end what is of no use any more: a run may succeed though one of them failed.
ASKING = {"lseek", "realpath", "statx", "poll", "statvfs"}
CLEARING = {"open", "openat", "fdopendir", "readdir", "lstat", "unlink", "unlinkat", "rmdir"}
OWN = re.compile(r"/\.out\.sluice-(staging|lock)|/sluice-scratch-|/\.sluice-(old|ready)")
WRITTEN = re.compile(r"/tree/.*(\.zst|\.jsonl|\.json|_SUCCESS)$|staging.*/journal$")


def may_fail(call, path):
    """Whether a run may be right to succeed though this call failed; fsync is left to who counts them."""
    if call in ("close", "closedir"):
        return not WRITTEN.search(path)
    if call == "write":
        return path.startswith("pipe:")  # A message: nobody can be told.
    if call in ("pread", "fstatat") and re.search(r"/\.sluice-(old|ready)", path):
        return True  # What a replaced tree has to be removed of.
    return call in ASKING or call in CLEARING and OWN.search(path) is not None


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
        if "--temp" in self.arguments:
            (space.path / "temp").mkdir(exist_ok=True)
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
        # How many calls count in each.
        cls.made = {}

    def faulty(self, scenario, space, **faults):
        """A run with faults, and the calls that counted in it: name and path of each."""
        log = space.path.parent / f"{space.path.name}.log"
        try:
            outcome = scenario.go(space, faults={"log": log, **faults})
            lines = log.read_text().splitlines() if log.exists() else []
            # Threads write their lines in any order.
            calls = sorted((int(line.split(" ", 1)[0]), line) for line in lines)
            return outcome, [tuple(line.split(" ", 2)[1:]) for _, line in calls]
        finally:
            log.unlink(missing_ok=True)

    def every(self, step, check, **only):
        """Tries every call of every scenario, in the short form every `step`-th."""
        found, tried = [], 0
        for index, scenario in enumerate(self.scenarios):
            with Workspace() as space:
                _, calls = self.faulty(scenario.prepare(space), space, **only)
            self.assertGreater(len(calls), 20)
            self.made[scenario.name] = len(calls)
            picked = range(1, len(calls) + 1) if IS_LONG else range(1 + index, len(calls) + 1, step)

            def attempt(number):
                with Workspace() as space:
                    scenario.prepare(space)
                    problem = check(scenario, space, number)
                    return problem and f"{scenario.name}, call {number}: {problem}"

            found += [problem for problem in in_parallel(attempt, picked) if problem]
            tried += len(picked)
        if IS_LONG:
            print(f"{self._testMethodName}: {tried} calls")
        self.assertFalse(found, "\n" + "\n".join(found))

    def was_made(self, number, scenario, outcome, calls):
        """Whether a run came to its N-th call, the one that was to go wrong; an error where it had to."""
        # How often a pipe is asked whether it has something depends on who fills it; and who ends first need not
        # close the last descriptors.
        is_last = outcome.status == scenario.status and number > self.made[scenario.name] - 4
        # Who is killed takes lines along that threads have not written yet.
        is_killed = outcome.status == -signal.SIGKILL
        if len(calls) < number and not scenario.piped and not is_last and not is_killed:
            raise AssertionError(f"{scenario.name}: {len(calls)} calls were made, and not {number}: {outcome}")
        return len(calls) >= number

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

    def is_published(self, space, calls):
        """Whether the new tree stands after these calls; what is staged is then the old one, on its way out."""
        return any(call in ("rename", "renameat2") and path == f"{space.path}/out" for call, path in calls)

    def refused(self, code, wanted):
        def check(scenario, space, number):
            outcome, calls = self.faulty(scenario, space, at=number, errno=code)
            if not self.was_made(number, scenario, outcome, calls):
                return None
            call, path = calls[number - 1]
            if outcome.status == 2:
                first = next((line for line in outcome.error.splitlines() if line.startswith(ERROR)), "")
                if wanted not in first:
                    return f"{call} {path}: no clear error: {outcome}"
                if not re.match(NAMED.format(re.escape(str(space.path))), first[len(ERROR):]):
                    return f"{call} {path}: the error names nothing: {outcome}"
            elif outcome.status != scenario.status:
                return f"{call} {path}: {outcome}"
            elif "stats.json" in path and f"\n{ERROR}stats.json: " in "\n" + outcome.error and wanted in outcome.error:
                pass  # Told; and the status is that of statistics which come too late, which this run has anyway.
            elif any(name == "rmdir" and gone.endswith("/.sluice-ready") for name, gone in calls[max(0, number - 3):number - 1]):
                pass  # The new tree is durable. A journal that comes back is removed by the next run.
            elif call in ("open", "fsync") and path in (str(space.path), f"{space.path}/out"):
                self.parents[scenario.name, call] += 1
                if "may not survive a power cut" not in outcome.error:
                    return f"{call} {path}: nobody is told: {outcome}"
            elif not may_fail(call, path) and not (OWN.search(path) and self.is_published(space, calls[:number - 1])):
                return f"{call} {path}: the failure is hidden: {outcome}"
            problem = self.state(scenario, space, outcome) or self.again(scenario, space)
            return problem and f"{call} {path}: {problem}"
        return check

    def refusing(self, step, code, wanted):
        self.parents = collections.Counter()
        self.every(step, self.refused(code, wanted))
        # A rename is done when the directory is synchronized that holds the name; once, and nothing can undo it. Step by
        # step it is done when the new names are durable, and again when the old ones are gone.
        most = {"in place": 2}
        self.assertFalse([name for name, count in self.parents.items() if count > most.get(name[0], 1)], self.parents)

    def test_errors(self):
        """EIO from any call."""
        self.refusing(11, errno.EIO, "Input/output error")

    def test_parent(self):
        """Where the name of the new tree cannot be made durable the output stands, and everybody is told."""
        for scenario in self.scenarios:
            with Workspace() as space:
                _, calls = self.faulty(scenario.prepare(space), space, only="fsync")
            with Workspace() as space:
                scenario.prepare(space)
                where = "/out" if scenario.inside else ""
                name = re.compile(f"sluice-faults-[^/]*{where}$")
                last = max(number for number, (_, path) in enumerate(calls, 1) if name.search(path))
                outcome, again = self.faulty(scenario, space, at=last, errno=errno.EIO, only="fsync")
                self.assertEqual(again[last - 1][1], f"{space.path}{where}")
                self.assertEqual(outcome.status, 1, outcome)
                self.assertIn("may not survive a power cut", outcome.error)
                self.assertEqual(space.data(), scenario.new)
                self.assertIsNone(self.again(scenario, space))

    def test_no_room(self):
        """ENOSPC from any call."""
        self.refusing(23, errno.ENOSPC, "No space left on device")

    def test_interrupted_calls(self):
        """A call that a signal cut short is made again: EINTR is no failure."""
        names = "read,pread,write,open,openat,fsync,flock,poll"

        def check(scenario, space, number):
            outcome, calls = self.faulty(scenario, space, at=number, errno=errno.EINTR, only=names)
            if not self.was_made(number, scenario, outcome, calls):
                return None
            if outcome.status != scenario.status:
                return f"{' '.join(calls[number - 1])}: {outcome}"
            return self.state(scenario, space, outcome)
        self.every(7, check, only=names)

    def test_killed(self):
        """Death right before any call."""
        def check(scenario, space, number):
            outcome, calls = self.faulty(scenario, space, at=number, signal=int(signal.SIGKILL))
            if self.was_made(number, scenario, outcome, calls) and outcome.status != -signal.SIGKILL:
                return f"{outcome}"
            return self.state(scenario, space, outcome) or self.again(scenario, space)
        self.every(13, check)

    def test_interrupted(self):
        """A signal that asks for the end right before any call: nothing stays, or all is done."""
        stopped = collections.Counter()

        def check(scenario, space, number):
            kind, status = (
                (signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGXCPU, 152))[number % 4]
            before = space.names()
            outcome, calls = self.faulty(scenario, space, at=number, signal=int(kind))
            if outcome.status not in (status, scenario.status, -kind):
                return f"{outcome}"
            # Before the command has said what it does with signals they kill, as they do everywhere.
            if outcome.status == -kind and number > 3:
                return f"{outcome}"
            stopped[scenario.name] += outcome.status == status
            if outcome.status == status and not set(space.names()) <= set(before) | {"temp", "stats.json"}:
                return f"left over: {space.names()}"
            return self.state(scenario, space, outcome) or self.again(scenario, space)
        self.every(17, check)
        # So small a run is often over before the signal has come through.
        self.assertGreater(stopped.total(), 0)

    def test_short_calls(self):
        """Reads and writes that move one byte at a time give the same bytes."""
        for scenario in self.scenarios:
            with Workspace() as space:
                outcome, calls = self.faulty(scenario.prepare(space), space, short=1)
                self.assertEqual(outcome.status, scenario.status, outcome)
                self.assertEqual(space.data(), scenario.new)
                moves = collections.Counter(name for name, _ in calls)
                self.assertGreater(moves["write"], sum(len(part or b"") for part in scenario.new.values()))
                self.assertGreaterEqual(moves["read"] + moves["pread"], 200)

    def test_clock(self):
        """The clock of the day may jump by years between two looks; only createdAt tells."""
        for scenario in self.scenarios:
            trees, years = [], []
            for jump in (0, 10**9):
                with Workspace() as space:
                    outcome, _ = self.faulty(scenario.prepare(space), space, clock=jump)
                    self.assertEqual(outcome.status, scenario.status, outcome)
                    tree = space.tree()
                    created = re.search(rb'"createdAt":"(\d+)[^"]*"', tree["manifest.json"])
                    years.append(int(created[1]))
                    # The manifest's own hash stands at its end.
                    tree["manifest.json"] = tree["manifest.json"].replace(created[0], b"").rpartition(b',"sha256"')[0]
                    trees.append(tree)
            self.assertGreater(abs(years[1] - years[0]), 20)
            self.assertEqual(trees[0], trees[1])

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
