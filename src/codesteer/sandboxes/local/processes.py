"""Reads from /proc what a tree of processes uses."""

import ctypes
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

_TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
_PROC = Path("/proc")
_KCMP = {"x86_64": 312, "aarch64": 272}.get(os.uname().machine, -1)
_KCMP_MEMORY = 1
_libc = ctypes.CDLL(None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What a process uses at one moment."""

    home: str
    """Its folder in /proc, or that of a thread which lives on without the first one."""
    threads: int
    memory_bytes: int
    """Memory that belongs to no file, and the tables for it; pages shared since a fork count for each process."""
    cpu_seconds: float
    """Processor time of its own."""
    buried_seconds: float
    """Processor time of the children that it has waited for, and of theirs."""


def children(pid: int) -> list[int]:
    """Return the process ids of a process's children."""
    lists = (_read(_PROC / f"{pid}/task/{thread}/children") for thread in _threads(pid))
    return [int(child) for text in lists for child in text.split()]


def descendants(root: int) -> Iterator[int]:
    """Yield the process ids of a tree, the root first."""
    pending = [root]
    while pending:
        pid = pending.pop()
        yield pid
        pending += children(pid)


def parent(pid: int) -> int:
    """Return the parent's process id; 0 if the process has ended."""
    return int(_status(pid).get("PPid", "0"))


def ancestors(pid: int, *, up_to: int) -> Iterator[int]:
    """Yield the parents of a process, the nearest first, the last being ``up_to``."""
    while pid not in (up_to, 0, 1):
        pid = parent(pid)
        yield pid


def measure(pid: int) -> Usage:
    """Return what a process uses; nothing if it has ended."""
    home, status = _home(pid)
    own, buried = _cpu_ticks(pid)
    return Usage(
        home=home,
        threads=int(status.get("Threads", "0")),
        memory_bytes=sum(_kibibytes(status, name) for name in ("RssAnon", "RssShmem", "VmSwap", "VmPTE")),
        cpu_seconds=own / _TICKS_PER_SECOND,
        buried_seconds=buried / _TICKS_PER_SECOND,
    )


def fair_memory(pids: Iterable[int]) -> int:
    """Return the memory of these processes in bytes with each shared page divided among its users; slow."""
    return sum(map(_fair_memory, _with_memory_of_their_own(pids)))


def _fair_memory(pid: int) -> int:
    usage = measure(pid)
    rollup = _fields(_read(Path(usage.home, "smaps_rollup")))
    if not rollup:  # it may hide this, but not its quick count
        return usage.memory_bytes
    tables = _kibibytes(_fields(_read(Path(usage.home, "status"))), "VmPTE")
    return tables + sum(_kibibytes(rollup, name) for name in ("Pss_Anon", "Pss_Shmem", "SwapPss"))


def _with_memory_of_their_own(pids: Iterable[int]) -> list[int]:
    """Leave out processes that have all memory from another, as between a vfork and an exec."""
    kept: list[int] = []
    for pid in pids:
        if not any(_libc.syscall(_KCMP, pid, other, _KCMP_MEMORY, 0, 0) == 0 for other in kept):
            kept.append(pid)
    return kept


def _home(pid: int) -> tuple[str, dict[str, str]]:
    """Return where in /proc to look at a process, and its status there.

    The first thread of a process may end before the others; then only theirs show what the process has.
    """
    home = f"{_PROC}/{pid}"
    status = _status(pid)
    if "VmRSS" in status or int(status.get("Threads", "0")) < 2:
        return home, status
    for thread in _threads(pid):
        living = _fields(_read(Path(home, "task", thread, "status")))
        if "VmRSS" in living:
            return f"{home}/task/{thread}", living
    return home, status


def pid_of(pidfd: int) -> int | None:
    """Return the process id behind a process descriptor as seen from here, None once it has ended."""
    fields = _fields(_read(_PROC / f"self/fdinfo/{pidfd}"))
    pid = int(fields.get("Pid", "-1"))
    return pid if pid > 0 else None


def _threads(pid: int) -> list[str]:
    try:
        return os.listdir(_PROC / f"{pid}/task")
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return []


def _cpu_ticks(pid: int) -> tuple[int, int]:
    # After the command name in brackets, which may contain anything: utime, stime, cutime, cstime.
    ticks = list(map(int, _read(_PROC / f"{pid}/stat").rpartition(")")[2].split()[11:15]))
    return sum(ticks[:2]), sum(ticks[2:])


def _status(pid: int) -> dict[str, str]:
    return _fields(_read(_PROC / f"{pid}/status"))


def _fields(text: str) -> dict[str, str]:
    pairs = (line.partition(":") for line in text.splitlines())
    return {name: value.strip() for name, _, value in pairs}


def _kibibytes(fields: dict[str, str], name: str) -> int:
    return int(fields.get(name, "0 kB").removesuffix(" kB")) * 1024


def _read(path: Path) -> str:
    """Return a file of /proc, or nothing if its process has ended or is out of reach."""
    try:
        return path.read_text()
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return ""
