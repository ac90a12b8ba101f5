"""Run one program as a child process within its limits and print a report.

The source of this file, followed by a call of ``main``, is sent to the guest. It requires only Python 3.9 on Linux.
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
ADDRESS_SPACE_MARGIN_BYTES = 1024**3  # for memory that is mapped but never touched: libraries, thread stacks
PR_SET_CHILD_SUBREAPER = 36


class Usage(NamedTuple):
    """Resource usage of the program and its descendants."""

    folders: list[str]  # in /proc, one for each process; see memory_folder
    memory_bytes: int
    cpu_seconds: float


class Relay:
    """Forwards a stream of the program to one of this process, up to a limit."""

    def __init__(self, source: IO[bytes], target: IO[str], limit: int) -> None:
        self.source = source
        self.truncated = False
        self._target = target
        self._remaining = limit
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def forward(self) -> bool:
        """Forward the available bytes; return whether more may follow."""
        chunk = os.read(self.source.fileno(), 65536)
        self.truncated = self.truncated or len(chunk) > self._remaining
        head = chunk[: self._remaining]
        self._remaining -= len(head)
        self._target.write(self._decoder.decode(head, final=not chunk))
        self._target.flush()
        return bool(chunk)


def main(source: str, limits_text: str, marker: str) -> None:
    """Print the marker and run a base64-encoded program, then print the marker and a report as one line of JSON.

    The limits are the fields of ``codesteer.sandboxes.execution.Limits``, as JSON.
    """
    limits: dict[str, float] = json.loads(limits_text)
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    folder = tempfile.mkdtemp()
    try:
        path = os.path.join(folder, "program.py")
        with open(path, "wb") as file:
            file.write(base64.b64decode(source))
        sys.stdout.write(f"{marker}\n")  # from here on, a missing report is the program's doing
        sys.stdout.flush()
        report = supervise(start(path, limits), limits)
    finally:
        kill_descendants()
        shutil.rmtree(folder, ignore_errors=True)
    sys.stdout.write(f"\n{marker}{json.dumps(report)}\n")
    sys.stdout.flush()


def start(path: str, limits: dict[str, float]) -> "subprocess.Popen[bytes]":
    """Start the program with the limits that the kernel enforces."""

    def set_rlimits() -> None:
        memory, disk = int(limits["memory_bytes"]) + ADDRESS_SPACE_MARGIN_BYTES, int(limits["disk_bytes"])
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_FSIZE, (disk, disk))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    folder = os.path.dirname(path)
    return subprocess.Popen(  # noqa: S603 running the given program is the purpose
        [sys.executable, "-u", path],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=folder,
        env={"PATH": os.environ.get("PATH", ""), "HOME": folder, "TMPDIR": folder, "LANG": "C.UTF-8"},
        preexec_fn=set_rlimits,
        start_new_session=True,
    )


def supervise(process: "subprocess.Popen[bytes]", limits: dict[str, float]) -> dict[str, Any]:
    """Forward the output until the program exits or exceeds a limit; return the report."""
    assert process.stdout is not None  # noqa: S101 both are pipes
    assert process.stderr is not None  # noqa: S101
    started, max_output = time.monotonic(), int(limits["output_bytes"])
    before, inherited = children_seconds(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    out, err = Relay(process.stdout, sys.stdout, max_output), Relay(process.stderr, sys.stderr, max_output)
    peak, cpu, stop_reason = 0, 0.0, None
    with selectors.DefaultSelector() as selector:
        for relay in (out, err):
            selector.register(relay.source, selectors.EVENT_READ, relay)
        while stop_reason is None and process.poll() is None:
            forward_output(selector, SAMPLE_SECONDS)
            usage = measure()
            peak, cpu = max(peak, usage.memory_bytes), max(cpu, usage.cpu_seconds)
            stop_reason = exceeded_limit(
                usage, limits, time.monotonic() - started, out.truncated or err.truncated
            )
        wall = time.monotonic() - started
        kill_descendants()
        exit_code = process.wait()
        while forward_output(selector, 0.0):
            pass
    if out.truncated or err.truncated:
        stop_reason = stop_reason or "output_limit"
    # A child's peak includes the memory that it inherits from this process before exec.
    resident = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return {
        "status": stop_reason,
        "exit_code": exit_code,
        "stdout_truncated": out.truncated,
        "stderr_truncated": err.truncated,
        "wall_seconds": wall,
        "cpu_seconds": max(cpu, children_seconds() - before),
        "peak_memory_bytes": max(peak, resident * 1024 if resident > inherited else 0),
    }


def children_seconds() -> float:
    """Return the CPU time of all reaped children."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def forward_output(selector: selectors.BaseSelector, timeout: float) -> bool:
    """Forward the available output; return whether there was any."""
    if not selector.get_map():
        time.sleep(timeout)
        return False
    ready = selector.select(timeout)
    for key, _ in ready:
        if not key.data.forward():
            selector.unregister(key.fileobj)
    return bool(ready)


def exceeded_limit(usage: Usage, limits: dict[str, float], wall: float, truncated: bool) -> str | None:
    """Return the status that belongs to the first exceeded limit, if any."""
    if truncated:
        return "output_limit"
    if wall > limits["wall_seconds"] or usage.cpu_seconds > limits["cpu_seconds"]:
        return "timeout"
    if usage.memory_bytes > limits["memory_bytes"] and proportional_memory(usage) > limits["memory_bytes"]:
        return "memory"
    return "killed" if len(usage.folders) > limits["processes"] else None


def measure() -> Usage:
    """Measure all descendants of this process."""
    processes = descendants()
    folders = [memory_folder(pid, fields) for pid, fields in processes.items()]
    ticks = sum(sum(map(int, fields[11:15])) for fields in processes.values())
    return Usage(folders, sum(map(resident_bytes, folders)), ticks / os.sysconf("SC_CLK_TCK"))


def descendants() -> dict[int, list[bytes]]:
    """Return the PIDs of all descendants of this process, with the fields of their stat files after the name."""
    processes = {int(path.split("/")[2]): stat_fields(path) for path in glob.glob("/proc/[0-9]*/stat")}
    tree = [os.getpid()]
    for parent in tree:
        tree += [pid for pid, fields in processes.items() if fields and int(fields[1]) == parent]
    return {pid: processes[pid] for pid in tree[1:]}


def stat_fields(path: str) -> list[bytes]:
    """Return the fields of a stat file after the name, which can be any bytes; none if the process has ended."""
    try:
        with open(path, "rb") as file:
            return file.read().rpartition(b")")[2].split()
    except OSError:
        return []


def memory_folder(pid: int, fields: list[bytes]) -> str:
    """Return the folder that shows a process's memory: that of another thread if the main thread has ended."""
    if int(fields[21]) == 0 and int(fields[17]) > 1:
        threads = map(os.path.dirname, glob.glob(f"/proc/{pid}/task/[0-9]*/stat"))
        return next(filter(resident_bytes, threads), f"/proc/{pid}")
    return f"/proc/{pid}"


def resident_bytes(folder: str) -> int:
    """Return the resident memory of a process or thread; 0 if it has ended."""
    fields = stat_fields(f"{folder}/stat")
    return int(fields[21]) * resource.getpagesize() if fields else 0


def proportional_memory(usage: Usage) -> int:
    """Return the processes' total PSS, which counts shared pages once, or their RSS if PSS is not readable."""
    total = 0
    for folder in usage.folders:
        try:
            with open(f"{folder}/smaps_rollup") as file:
                total += sum(int(line.split()[1]) * 1024 for line in file if line.startswith("Pss:"))
        except PermissionError:
            return usage.memory_bytes
        except OSError:  # it has ended
            continue
    return total


def kill_descendants() -> None:
    """Kill all descendants of this process, including orphans."""
    while pids := descendants():
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return
