"""Runs one program as a child process within its limits and prints how it ended.

This file's text is sent to machines that are not ours, with a call of ``main`` at its end; it needs any Python 3.9 on
Linux and nothing else.
"""

import base64
import codecs
import contextlib
import ctypes
import glob
import json
import os
import resource
import selectors
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from typing import IO, Any, NamedTuple

SAMPLE_SECONDS = 0.1
UNTOUCHED_BYTES = 1024**3  # mapped but never used: libraries, thread stacks
PR_SET_CHILD_SUBREAPER = 36


class Usage(NamedTuple):
    """What the program and its descendants use."""

    pids: list[int]
    memory_bytes: int
    cpu_seconds: float


class Relay:
    """Passes one stream of the program on to one of ours, up to a limit."""

    def __init__(self, source: IO[bytes], target: IO[str], limit: int) -> None:
        self.source = source
        self.truncated = False
        self._target = target
        self._room = limit
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def step(self) -> bool:
        """Pass on what is there; return whether there may be more."""
        chunk = os.read(self.source.fileno(), 65536)
        self.truncated = self.truncated or len(chunk) > self._room
        kept = chunk[: self._room]
        self._room -= len(kept)
        self._target.write(self._decoder.decode(kept, final=not chunk))
        self._target.flush()
        return bool(chunk)


def main(source: str, limits_text: str, mark: str) -> None:
    """Run a program, given in base64; then print the mark and a line of JSON about its end.

    The limits are the fields of ``codesteer.sandboxes.execution.Limits``, as JSON.
    """
    limits: dict[str, float] = json.loads(limits_text)
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    folder = tempfile.mkdtemp()
    try:
        path = os.path.join(folder, "program.py")
        with open(path, "wb") as file:
            file.write(base64.b64decode(source))
        report = supervise(start(path, limits), limits)
    finally:
        kill_all()
        shutil.rmtree(folder, ignore_errors=True)
    sys.stdout.write(f"\n{mark}{json.dumps(report)}\n")
    sys.stdout.flush()


def start(path: str, limits: dict[str, float]) -> "subprocess.Popen[bytes]":
    """Start the program with the limits that the kernel keeps."""

    def restrict() -> None:
        memory, disk = int(limits["memory_bytes"]) + UNTOUCHED_BYTES, int(limits["disk_bytes"])
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_FSIZE, (disk, disk))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    folder = os.path.dirname(path)
    return subprocess.Popen(  # noqa: S603 to run what it is given is the purpose
        [sys.executable, "-u", path],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=folder,
        env={"PATH": os.environ.get("PATH", ""), "HOME": folder, "TMPDIR": folder, "LANG": "C.UTF-8"},
        preexec_fn=restrict,
        start_new_session=True,
    )


def supervise(process: "subprocess.Popen[bytes]", limits: dict[str, float]) -> dict[str, Any]:
    """Relay the output until the program ends or must be stopped; return how it ended."""
    assert process.stdout is not None  # noqa: S101 both are pipes
    assert process.stderr is not None  # noqa: S101
    started, room = time.monotonic(), int(limits["output_bytes"])
    before, inherited = children_seconds(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    out, err = Relay(process.stdout, sys.stdout, room), Relay(process.stderr, sys.stderr, room)
    peak, cpu, verdict = 0, 0.0, None
    with selectors.DefaultSelector() as selector:
        for relay in (out, err):
            selector.register(relay.source, selectors.EVENT_READ, relay)
        while verdict is None and process.poll() is None:
            pass_on(selector, SAMPLE_SECONDS)
            usage = measure()
            peak, cpu = max(peak, usage.memory_bytes), max(cpu, usage.cpu_seconds)
            verdict = judge(usage, limits, time.monotonic() - started, out.truncated or err.truncated)
        wall = time.monotonic() - started
        kill_all()
        exit_code = process.wait()
        while pass_on(selector, 0.0):
            pass
    if out.truncated or err.truncated:
        verdict = verdict or "output_limit"
    # A child's peak begins with what it had from us before it became the program.
    resident = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return {
        "status": verdict,
        "exit_code": exit_code,
        "stdout_truncated": out.truncated,
        "stderr_truncated": err.truncated,
        "wall_seconds": wall,
        "cpu_seconds": max(cpu, children_seconds() - before),
        "peak_memory_bytes": max(peak, resident * 1024 if resident > inherited else 0),
    }


def children_seconds() -> float:
    """Return the processor time of all children that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def pass_on(selector: selectors.BaseSelector, patience: float) -> bool:
    """Relay what there is; return whether there was anything."""
    if not selector.get_map():
        time.sleep(patience)
        return False
    ready = selector.select(patience)
    for key, _ in ready:
        if not key.data.step():
            selector.unregister(key.fileobj)
    return bool(ready)


def judge(usage: Usage, limits: dict[str, float], wall: float, flooded: bool) -> str | None:
    """Return why the program must be stopped, if it must."""
    if flooded:
        return "output_limit"
    if wall > limits["wall_seconds"] or usage.cpu_seconds > limits["cpu_seconds"]:
        return "timeout"
    if usage.memory_bytes > limits["memory_bytes"] and fair_memory(usage) > limits["memory_bytes"]:
        return "memory"
    return "killed" if len(usage.pids) > limits["processes"] else None


def measure() -> Usage:
    """Measure all descendants of this process."""
    parents, memory, ticks = {}, {}, {}
    for path in glob.glob("/proc/[0-9]*/stat"):
        try:
            with open(path) as file:
                pid, _, rest = file.read().partition(" (")
        except OSError:
            continue
        fields = rest.rpartition(")")[2].split()
        parents[int(pid)] = int(fields[1])
        ticks[int(pid)] = sum(map(int, fields[11:15]))
        memory[int(pid)] = int(fields[21]) * resource.getpagesize()
    ours = [os.getpid()]
    for parent in ours:
        ours += [pid for pid, its_parent in parents.items() if its_parent == parent]
    pids = ours[1:]
    seconds = sum(ticks[pid] for pid in pids) / os.sysconf("SC_CLK_TCK")
    return Usage(pids, sum(memory[pid] for pid in pids), seconds)


def fair_memory(usage: Usage) -> int:
    """Return the memory of these processes with pages that several share counted once, as far as they show it."""
    total = 0
    for pid in usage.pids:
        try:
            with open(f"/proc/{pid}/smaps_rollup") as file:
                total += sum(int(line.split()[1]) * 1024 for line in file if line.startswith("Pss:"))
        except PermissionError:
            return usage.memory_bytes
        except OSError:  # it has ended
            continue
    return total


def kill_all() -> None:
    """Kill all descendants of this process, orphans included."""
    while pids := measure().pids:
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return
