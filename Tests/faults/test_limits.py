"""What a system may run out of, and what others may do meanwhile: disks, descriptors, memory, files that change.

What needs to mount a file system is tried in a user's own name space, and left out where that is not allowed.
"""

import errno
import os
import random
import resource
import shutil
import signal
import subprocess
import time
import unittest

import harness
from harness import ERROR, IS_LONG, Workspace, export, main


def wait_for(condition, seconds=20):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError("nothing happened")
        time.sleep(0.01)


def catches(process, number):
    """Whether a process has said that it looks at a signal itself."""
    with open(f"/proc/{process.pid}/status") as file:
        line = next(line for line in file if line.startswith("SigCgt:"))
    return int(line.split()[1], 16) >> (number - 1) & 1 == 1


class LimitTests(unittest.TestCase):
    def refused(self, outcome, *words):
        self.assertEqual(outcome.status, 2, outcome)
        first = outcome.error.splitlines()[0]
        self.assertTrue(first.startswith(ERROR), outcome)
        for word in words:
            self.assertIn(word, first)

    def overwritten(self, space, *more, rows=400):
        """A workspace with an old output and an input that is to replace it."""
        space.write("input.ndjson", export(5, "old"))
        self.assertEqual(space.run("run", "input.ndjson", "-o", "out", "-q").status, 0)
        space.write("input.ndjson", export(rows))
        if "--temp" in more:
            (space.path / "temp").mkdir()
        return ["run", "input.ndjson", "-o", "out", "--overwrite", "-q", "--workers", "2", *more]

    def again(self, space, arguments, names=("input.ndjson", "out")):
        outcome = space.run(*arguments)
        self.assertEqual(outcome.status, 0, outcome)
        self.assertEqual(space.run("verify", "out").status, 0)
        self.assertEqual(space.names(), sorted(names))

    def test_file_size(self):
        """A limit on files stops at any of their sizes."""
        for size in range(0, len(export(400)), 1500 if IS_LONG else 12_000):
            with Workspace() as space:
                arguments = self.overwritten(space, "--compression", "none")
                before = space.tree()
                outcome = space.run(*arguments, limits=[(resource.RLIMIT_FSIZE, size)])
                self.refused(outcome, "out: ", "File too large")
                self.assertEqual(space.tree(), before)
                self.assertEqual(space.names(), ["input.ndjson", "out"])
                self.again(space, arguments)

    def test_descriptors(self):
        """With few descriptors a run still works or says what it could not open; the old tree stays."""
        done = 0
        for count in range(3, 64) if IS_LONG else (3, 4, 6, 9, 21, 63):
            with Workspace() as space:
                arguments = self.overwritten(space, "--partition-by", "stage,batch")
                before = space.tree()
                outcome = space.run(*arguments, limits=[(resource.RLIMIT_NOFILE, count)])
                if outcome.status == 0:
                    done += 1
                elif outcome.status == 2 and outcome.error:
                    self.refused(outcome, "Too many open files")
                    self.assertEqual(space.tree(), before)
                elif outcome.status != 127:  # The loader could not open its libraries.
                    self.fail(f"{count} descriptors: {outcome}")
                self.again(space, arguments)
        self.assertGreater(done, 0)

    @unittest.skipUnless(os.geteuid() == 0, "needs a user of its own, whose processes nobody else counts")
    def test_threads(self):
        """However few threads the system grants, a run ends: with the right bytes, or with words that say why."""
        user = 61_234
        done = {}
        for compression in ("zstd", "none"):
            for count in range(1, 13 if IS_LONG else 9):
                with Workspace() as space:
                    space.write("input.ndjson", export(2000))
                    arguments = ["run", "input.ndjson", "-o", "out", "-q", "--workers", "2", "--partition-by", "stage",
                                 "--compression", compression]
                    whole = space.run(*arguments)
                    self.assertEqual(whole.status, 0, whole)
                    right = space.data()
                    shutil.rmtree(space.path / "out")
                    os.chown(space.path, user, -1)
                    space.path.chmod(0o755)
                    binary = shutil.copy(harness.SLUICE, space.path.parent / f"sluice-{user}")
                    for command in (arguments, ["verify", "out"], ["inspect", "input.ndjson"]):
                        if command[0] == "verify" and not (space.path / "out").exists():
                            continue
                        outcome = subprocess.run(
                            [binary, *command], cwd=space.path, capture_output=True, timeout=20, user=user, group=user,
                            extra_groups=[], preexec_fn=lambda: resource.setrlimit(
                                resource.RLIMIT_NPROC, (count, count)))
                        case = f"{count} threads, {compression}, {command[0]}: {outcome.stderr.decode()}"
                        if command is not arguments or compression == "none":
                            self.assertEqual(outcome.returncode, 0, case)
                        elif outcome.returncode != 0:
                            self.assertEqual(outcome.returncode, 2, case)
                            self.assertIn(b"the system grants no thread to compress on", outcome.stderr, case)
                            self.assertIn(b"ulimit -u", outcome.stderr, case)
                            self.assertFalse((space.path / "out").exists(), case)
                            continue
                        done[compression] = count
                    if (space.path / "out").exists():
                        self.assertEqual(space.data(), right, f"{count} threads, {compression}")
        os.unlink(binary)
        self.assertEqual(set(done), {"zstd", "none"})

    def test_sparse_manifest(self):
        """A manifest or a report of any length is damaged, never more than memory holds."""
        for name, size in (("manifest.json", 1 << 40), ("report.json", 1 << 40), ("manifest.json", 3 << 30)):
            with Workspace() as space:
                space.write("input.ndjson", export(5))
                self.assertEqual(space.run("run", "input.ndjson", "-o", "out", "-q").status, 0)
                os.truncate(space.path / "out" / name, size)
                outcome = space.run("verify", "out", measured=True)
                self.assertEqual(outcome.status, 2, outcome)
                self.assertIn(f"out/{name}: ".encode(), outcome.output)
                self.assertLess(space.peak(), 100_000_000)

    def test_address_space(self):
        """Without address space a run says so at once: it neither hangs nor dies, and the old tree stays."""
        for megabytes in (40, 60, 200, 1000, 8000) if not IS_LONG else [*range(40, 1000, 20), 8000]:
            with Workspace() as space:
                arguments = self.overwritten(space)
                before = space.tree()
                outcome = space.run(*arguments, limits=[
                    (resource.RLIMIT_AS, megabytes << 20), (resource.RLIMIT_CORE, 0)])
                # Below some size the loader itself has no room.
                if outcome.status != 0 and (megabytes >= 100 or outcome.error.startswith(ERROR)):
                    self.refused(outcome, "address space")
                if outcome.status != 0:
                    self.assertEqual(space.tree(), before, outcome)
                if megabytes in (200, 8000):
                    self.assertEqual(outcome.status, 2 if megabytes == 200 else 0, outcome)
                self.again(space, arguments)

    def test_unreadable(self):
        """What cannot be read is named, before anything is written."""
        with Workspace() as space:
            space.write("input.ndjson", export(3))
            (space.path / "folder").mkdir()
            (space.path / "loop").symlink_to("loop")
            for name, words in [("missing", "No such file"), ("folder", "this is a directory"),
                                ("loop", "symbolic links"), ("input.ndjson/x", "Not a directory")]:
                outcome = space.run("run", "input.ndjson", name, "-o", "out", "-q")
                self.refused(outcome, f"{name}: ", words)
            self.assertFalse((space.path / "out").exists())
            # Root may read everything, and somebody else must be able to reach the binary.
            nobody = 65534 if os.geteuid() == 0 else os.geteuid()
            (space.path / "input.ndjson").chmod(0)
            os.chown(space.path, nobody, -1)
            binary = shutil.copy(harness.SLUICE, space.path / "sluice")
            done = subprocess.run([binary, "run", "input.ndjson", "-o", "out", "-q"], cwd=space.path,
                                  capture_output=True, user=nobody)
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertIn(b"input.ndjson: cannot open: Permission denied", done.stderr)
            self.assertFalse((space.path / "out").exists())

    def change(self, change):
        """Changes the input of a run that has opened it; the outcome, and whether it was still running."""
        with Workspace() as space:
            arguments = self.overwritten(space, "--block-size", "4KiB", rows=20_000)
            before = space.tree()
            path = space.path / "input.ndjson"
            process = space.start(*arguments)

            def has_opened():
                try:
                    names = os.listdir(f"/proc/{process.pid}/fd")
                    return any(os.path.samefile(f"/proc/{process.pid}/fd/{name}", path) for name in names)
                except OSError:
                    return False

            wait_for(lambda: has_opened() or process.poll() is not None)
            # It asks for the length right behind; nothing outside shows that it has.
            time.sleep(0.002)
            process.send_signal(signal.SIGSTOP)
            is_running = process.poll() is None and has_opened()
            if is_running:
                change(path)
            process.send_signal(signal.SIGCONT)
            _, error = process.communicate(timeout=60)
            self.assertEqual(space.names(), ["input.ndjson", "out"])
            self.assertEqual(space.run("verify", "out").status, 0)
            self.assertIn(process.returncode, (0, 2), error)
            if process.returncode == 2:
                self.assertEqual(space.tree(), before)
                space.write("input.ndjson", export(30))
                self.again(space, arguments)
            return is_running, error.decode()

    def test_changing_input(self):
        """An input that grows, shrinks or is written to while it is read is refused and named."""
        def grow(path):
            with open(path, "ab") as file:
                file.write(export(1000).encode())

        def shrink(path):
            os.truncate(path, 5000)

        def rewrite(path):
            with open(path, "r+b") as file:
                file.write(b" ")

        for change in (grow, shrink, rewrite):
            running = 0
            for _ in range(20 if IS_LONG else 4):
                is_running, error = self.change(change)
                running += is_running
                if is_running:
                    self.assertIn(f"{ERROR}input.ndjson: changed while it was read", error, change.__name__)
            self.assertGreater(running, 0, change.__name__)

    def test_output_removed(self):
        """DIR, or the staging beside it, removed under a run: a new DIR or an error, never half of one."""
        for pattern in ("out", ".out.sluice-staging*"):
            with Workspace() as space:
                arguments = self.overwritten(space)
                before = space.tree()
                arguments[1] = "-"
                process = space.start(*arguments, stdin=subprocess.PIPE)
                wait_for(lambda: list(space.path.glob(".out.sluice-staging*/tree/data")))
                process.stdin.write(export(5000).encode())
                process.stdin.flush()
                for found in space.path.glob(pattern):
                    shutil.rmtree(found)
                _, error = process.communicate(timeout=60)
                if pattern == "out":
                    self.assertEqual(process.returncode, 0, error)
                elif process.returncode != 0:
                    self.assertEqual(process.returncode, 2, error)
                    self.assertIn(b"No such file or directory", error)
                    self.assertEqual(space.tree(), before)
                self.assertEqual(space.run("verify", "out").status, 0)
                self.again(space, arguments[:1] + ["input.ndjson"] + arguments[2:])

    def test_two_runs(self):
        """The second run into one directory is refused by name, and does not disturb the first."""
        with Workspace() as space:
            arguments = self.overwritten(space)
            piped = arguments[:1] + ["-"] + arguments[2:]
            first = space.start(*piped, stdin=subprocess.PIPE)
            wait_for(lambda: list(space.path.glob(".out.sluice-staging*")))
            self.refused(space.run(*arguments), "out: another run is writing there")
            _, error = first.communicate(export(7).encode(), timeout=60)
            self.assertEqual(first.returncode, 0, error)
            self.assertEqual(space.run("verify", "out").status, 0)
            self.assertEqual(space.names(), ["input.ndjson", "out"])

    def test_many_runs(self):
        """Of runs that start at once each is done or refused, and what stands in the end is whole."""
        with Workspace() as space:
            arguments = self.overwritten(space)
            statuses = harness.in_parallel(lambda _: space.run(*arguments).status, range(24 if IS_LONG else 8))
            self.assertLessEqual(set(statuses), {0, 2})
            self.assertIn(0, statuses)
            self.again(space, arguments)

    def test_kill(self):
        """`kill -9` at random moments: DIR is as it was or complete, and the next run is as if nothing had been."""
        moments = random.Random(12)
        with Workspace() as space:
            arguments = self.overwritten(space, "--partition-by", "stage", "--temp", "temp", rows=6000)
            start = time.monotonic()
            names = ("input.ndjson", "other.ndjson", "out", "temp")
            self.again(space, arguments, [name for name in names if name != "other.ndjson"])
            whole = time.monotonic() - start
            # Two exports in turn, so that what stands can be told from what was to come.
            trees = [space.data()]
            space.write("other.ndjson", export(5000, "other"))
            others = [other.replace("input", "other") for other in arguments]
            self.again(space, others, names)
            trees.append(space.data())
            self.assertNotEqual(*trees)
            died, stands = 0, 1
            for death in range(200 if IS_LONG else 12):
                process = space.start(*(arguments if stands == 1 else others))
                time.sleep(moments.uniform(0, whole))
                process.kill()
                process.communicate()
                died += process.returncode != 0
                self.assertEqual(space.run("verify", "out").status, 0, f"death {death}")
                self.assertIn(space.data(), trees, f"death {death}")
                if process.returncode == 0:
                    self.assertEqual(space.data(), trees[1 - stands])
                stands = trees.index(space.data())
                if death % 4 == 3:
                    self.again(space, arguments if stands == 1 else others, names)
                    stands = 1 - stands
                    self.assertEqual(space.data(), trees[stands])
                    self.assertEqual(os.listdir(space.path / "temp"), [])
            self.assertGreater(died, 0)

    @unittest.skipUnless(harness.INTERPOSE, "needs the interposed library")
    def test_no_exchange(self):
        """Where two names cannot be exchanged, DIR is replaced step by step."""
        for code in (errno.EINVAL, errno.ENOSYS, errno.EBUSY):
            with Workspace() as space:
                arguments = self.overwritten(space)
                log = space.path.parent / f"{space.path.name}.log"
                outcome = space.run(*arguments, faults={"only": "renameat2", "at": 1, "errno": code, "log": log})
                self.assertEqual(outcome.status, 0, outcome)
                self.assertTrue(log.read_text().startswith("1 renameat2 "))
                log.unlink()
                self.assertEqual(space.run("verify", "out").status, 0)
                self.assertEqual(space.names(), ["input.ndjson", "out"])
                self.assertEqual(sorted(os.listdir(space.path / "out")), ["data", "manifest.json", "report.json"])

    @unittest.skipUnless(harness.INTERPOSE, "needs the interposed library")
    def test_no_rename(self):
        """A file system that does not rename directories takes no output, says so, and keeps nothing."""
        with Workspace() as space:
            space.write("input.ndjson", export(5))
            outcome = space.run("run", "input.ndjson", "-o", "out", "-q",
                                faults={"only": "rename", "at": 1, "errno": errno.EXDEV})
            self.refused(outcome, "out: ", "Invalid cross-device link")
            self.assertEqual(space.names(), ["input.ndjson"])

    def test_silent_pipe(self):
        """A pipe that nobody opens to write holds up no signal."""
        for output in ("out", "-"):
            with Workspace() as space:
                os.mkfifo(space.path / "pipe")
                process = space.start("run", "pipe", "-o", output, "-q")
                wait_for(lambda: catches(process, signal.SIGINT))
                # It opens the pipe right behind; nothing outside shows that it waits there.
                time.sleep(0.2)
                process.send_signal(signal.SIGINT)
                _, error = process.communicate(timeout=20)
                self.assertEqual(process.returncode, 130, error)
                self.assertIn(b"interrupted", error)
                self.assertEqual(space.names(), ["pipe"])

    def test_closed_reader(self):
        """A reader of the rows that goes away is no failure; a closed standard output is one."""
        with Workspace() as space:
            space.write("input.ndjson", export(5000))
            line = '"$0" run input.ndjson -o - -q | head -1; exit ${PIPESTATUS[0]}'
            done = subprocess.run(["/bin/bash", "-c", line, harness.SLUICE], cwd=space.path, capture_output=True)
            self.assertEqual((done.returncode, done.stderr), (0, b""))
            self.assertEqual(done.stdout.count(b"\n"), 1)
            line = 'exec "$0" run input.ndjson -o - -q >&-'
            done = subprocess.run(["/bin/bash", "-c", line, harness.SLUICE], cwd=space.path, capture_output=True)
            self.assertEqual(done.returncode, 2)
            self.assertIn(b"standard output", done.stderr)

    def test_statistics(self):
        """Statistics that cannot be written are found out before the run, and named."""
        with Workspace() as space:
            arguments = self.overwritten(space)
            (space.path / "folder").mkdir()
            before = space.tree()
            for path, words in [("nowhere/stats.json", "No such file"), ("folder", "Is a directory"),
                                ("input.ndjson/x", "Not a directory")]:
                self.refused(space.run(*arguments, "--stats", f"json={path}"), f"{path}: ", words)
                self.assertEqual(space.tree(), before)
            outcome = space.run(*arguments, "--stats", "json=out/stats.json")
            self.assertEqual(outcome.status, 64, outcome)
            self.assertEqual(space.tree(), before)
            os.symlink("target.json", space.path / "link.json")
            self.assertEqual(space.run(*arguments, "--stats", "json=link.json").status, 0)
            self.assertTrue((space.path / "target.json").read_bytes().endswith(b"}\n"))
            self.assertEqual(space.run(*arguments, "--stats", "json=link.json").status, 0)
            self.assertTrue((space.path / "link.json").is_symlink())
            outcome = space.run(*arguments, "--stats", "json=/dev/stdout")
            self.assertEqual((outcome.status, outcome.output[-2:]), (0, b"}\n"))


class MountTests(unittest.TestCase):
    """Each runs a line of bash where it may mount what it likes."""

    @classmethod
    def setUpClass(cls):
        probe = ["unshare", "-rm", "--propagation", "private", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
        try:
            works = subprocess.run(probe, capture_output=True).returncode == 0
        except FileNotFoundError:
            works = False
        if not works and IS_LONG:
            raise AssertionError("file systems may not be mounted here, and the long form needs them")
        if not works:
            raise unittest.SkipTest("file systems may not be mounted here")

    def bash(self, space, lines):
        done = subprocess.run(
            ["unshare", "-rm", "--propagation", "private", "/bin/bash", "-euo", "pipefail", "-c", lines, harness.SLUICE],
            cwd=space.path, capture_output=True, timeout=300)
        self.assertEqual(done.returncode, 0, done.stdout.decode() + done.stderr.decode())
        return done.stdout.decode()

    def test_full_disk(self):
        """A disk of any size: too small, and the old output stays; big enough, and the new one is there."""
        with Workspace() as space:
            space.write("old.ndjson", export(5, "old"))
            space.write("input.ndjson", export(600))
            text = self.bash(space, """
                for pages in %s; do
                  mkdir -p disk; mount -t tmpfs -o size=$((pages * 4096)) tmpfs disk
                  "$0" run old.ndjson -o disk/out -q || { umount disk; continue; }
                  sum=$(cd disk && find out -type f -exec sha256sum {} + | sort | sha256sum)
                  status=0
                  "$0" run input.ndjson -o disk/out --overwrite -q --compression none 2>error || status=$?
                  if [ $status = 0 ]; then
                    "$0" verify disk/out >/dev/null; echo done
                  else
                    [ $status = 2 ]
                    grep -q '^sluice: error: disk/out: cannot .*No space left on device' error || { cat error; false; }
                    [ "$sum" = "$(cd disk && find out -type f -exec sha256sum {} + | sort | sha256sum)" ]
                    echo full
                    mount -o remount,size=8m disk
                    "$0" run input.ndjson -o disk/out --overwrite -q --compression none; "$0" verify disk/out >/dev/null
                  fi
                  [ "$(cat disk/out/data/*.jsonl | wc -l)" = 600 ]
                  [ "$(ls -A disk)" = out ]
                  umount disk
                done""" % ("$(seq 8 2 90)" if IS_LONG else "12 20 30 40 90"))
            self.assertEqual(set(text.split()), {"full", "done"})

    def test_full_temporary_disk(self):
        """Where `--temp` is full, it is `--temp` that is named."""
        with Workspace() as space:
            space.write("input.ndjson", "".join(
                harness.asset(number, f"stage {number % 50}", x="x" * 4000) + "\n" for number in range(20_000)))
            self.bash(space, """
                mkdir temp; mount -t tmpfs -o size=1m tmpfs temp
                status=0
                "$0" run input.ndjson -o out --partition-by stage --temp temp --memory 64MB -q 2>error || status=$?
                [ $status = 2 ]
                grep '^sluice: error: temp: cannot write: No space left on device (after [0-9]* bytes)' error
                [ ! -e out ]; [ -z "$(ls -A temp)" ]""")

    def test_mount_point(self):
        """DIR may be where a disk is mounted: it is replaced in place, and a failure leaves the old tree."""
        with Workspace() as space:
            space.write("old.ndjson", export(5, "old"))
            space.write("input.ndjson", export(600))
            self.bash(space, """
                mkdir out; mount -t tmpfs -o size=2m tmpfs out
                "$0" run old.ndjson -o out -q; "$0" verify out
                "$0" run input.ndjson -o out --overwrite -q; "$0" verify out
                [ "$(ls -A out | tr '\\n' ' ')" = "data manifest.json report.json " ]
                sum=$(cat out/manifest.json | sha256sum)
                head -c 3000000 /dev/urandom | base64 -w 0 | sed 's/^/{"asset":"/; s/$/"}/' >big.ndjson
                status=0; "$0" run big.ndjson -o out --overwrite -q 2>error || status=$?
                [ $status = 2 ]; grep 'out: cannot .*No space left on device' error
                [ "$sum" = "$(cat out/manifest.json | sha256sum)" ]; "$0" verify out
                [ "$(ls -A out | tr '\\n' ' ')" = "data manifest.json report.json " ]""")

    def test_read_only(self):
        """A disk that may not be written to is named."""
        with Workspace() as space:
            space.write("input.ndjson", export(5))
            self.bash(space, """
                mkdir disk; mount -t tmpfs tmpfs disk; mount -o remount,ro disk
                status=0; "$0" run input.ndjson -o disk/out -q 2>error || status=$?
                [ $status = 2 ]; grep '^sluice: error: .*disk/.*: cannot create: Read-only file system' error""")


if __name__ == "__main__":
    main()
