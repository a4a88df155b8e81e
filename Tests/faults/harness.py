"""What the tests of faults share: a workspace, the command in it, and what must hold after every run."""

import concurrent.futures
import json
import os
import pathlib
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
SLUICE = os.environ.get("SLUICE_BINARY", str(HERE.parent.parent / ".build/debug/sluice"))
PEAK_MEMORY = str(HERE.parent.parent / "scripts/peak-memory.py")
INTERPOSE = os.environ.get("SLUICE_INTERPOSE", "")
# The short form runs with every commit; the long one tries every call and the big inputs.
IS_LONG = os.environ.get("SLUICE_FAULTS") == "long"
ERROR = "sluice: error: "


# Who runs the tests in the background may have had it ignored, and children inherit that.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)


class Outcome:
    def __init__(self, done):
        self.status = done.returncode
        self.output = done.stdout
        self.error = done.stderr.decode(errors="replace")

    def __repr__(self):
        return f"status {self.status}, {self.error.strip()[:400]!r}"


class Workspace:
    """A directory that goes away, and the command run in it."""

    def __init__(self, base=None):
        self.holder = tempfile.TemporaryDirectory(prefix="sluice-faults-", dir=base)
        self.path = pathlib.Path(self.holder.name)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.path, ignore_errors=True)
        self.holder.cleanup()

    def write(self, name, content):
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def start(self, *arguments, cwd=None, faults=None, limits=(), stdin=subprocess.DEVNULL, measured=False, **more):
        environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TMPDIR": str(self.path)}
        # A build for a sanitizer needs its own.
        for name in ("ASAN_OPTIONS", "TSAN_OPTIONS", "LD_PRELOAD"):
            if name in os.environ:
                environment[name] = os.environ[name]
        if faults is not None:
            environment["LD_PRELOAD"] = f"{INTERPOSE} {environment.get('LD_PRELOAD', '')}".strip()
            environment["FAULT_ROOT"] = str(self.path)
            environment |= {f"FAULT_{key.upper()}": str(value) for key, value in faults.items()}

        def limit():
            for kind, value in limits:
                resource.setrlimit(kind, (value, value))

        measuring = [sys.executable, PEAK_MEMORY, self.peak_file] if measured else []
        return subprocess.Popen(
            [*measuring, SLUICE, *map(str, arguments)], cwd=cwd or self.path, env=environment, stdin=stdin,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=limit if limits else None, **more)

    def run(self, *arguments, input=None, timeout=120, **more):
        process = self.start(*arguments, stdin=subprocess.DEVNULL if input is None else subprocess.PIPE, **more)
        try:
            output, error = process.communicate(input, timeout=timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            raise
        return Outcome(subprocess.CompletedProcess(arguments, process.returncode, output, error))

    @property
    def peak_file(self):
        return f"{self.path}.peak"

    def peak(self):
        """The most bytes that the last run that was `measured` had in memory, by the kernel's account."""
        with open(self.peak_file) as file:
            peak = int(file.read())
        os.unlink(self.peak_file)
        return peak

    def names(self):
        return sorted(os.listdir(self.path))

    def tree(self, name="out"):
        """Every name below a directory with its bytes, None for a directory; None if it is not there."""
        top = self.path / name
        if not top.is_dir():
            return None
        return {str(path.relative_to(top)): path.read_bytes() if path.is_file() else None
                for path in sorted(top.rglob("*"))}

    def data(self, name="out"):
        return self.tree(f"{name}/data")


def asset(number, stage="Complete", batches=("rain",), **more):
    return json.dumps({"externalId": f"a{number}", "batches": list(batches), "more": more,
                       "task": {"taskId": f"t{number}", "stage": stage, "tools": [{"title": "Car"}]}},
                      ensure_ascii=False, separators=(",", ":"))


def export(count, word="new"):
    stages = ["Complete", "Review", "Label"]
    return "".join(asset(number, stages[number % 3], ["rain"] if number % 2 else [], word=word) + "\n"
                   for number in range(count))


def in_parallel(work, items):
    """Results in the order of the items; an error of any is raised."""
    with concurrent.futures.ThreadPoolExecutor(max_workers=max(2, len(os.sched_getaffinity(0)))) as pool:
        return list(pool.map(work, items))


def main():
    unittest.main(module="__main__", verbosity=1, argv=[sys.argv[0], *sys.argv[1:]])
