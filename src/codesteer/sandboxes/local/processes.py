"""Reads from /proc what a tree of processes uses."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
_PROC = Path("/proc")


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What a process uses at one moment."""

    threads: int
    memory_bytes: int
    """Memory that belongs to no file; pages shared since a fork count for each process."""
    cpu_seconds: float
    """Processor time, that of children which have ended included."""


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
    status = _status(pid)
    return Usage(
        threads=int(status.get("Threads", "0")),
        memory_bytes=sum(_kibibytes(status, name) for name in ("RssAnon", "RssShmem", "VmSwap")),
        cpu_seconds=_cpu_ticks(pid) / _TICKS_PER_SECOND,
    )


def fair_memory(*pids: int) -> int:
    """Return the memory of these processes in bytes with each shared page divided among its users; slow."""
    total = 0
    for pid in pids:
        rollup = _fields(_read(_PROC / f"{pid}/smaps_rollup"))
        total += sum(_kibibytes(rollup, name) for name in ("Pss_Anon", "Pss_Shmem", "SwapPss"))
    return total


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


def _cpu_ticks(pid: int) -> int:
    # After the command name in brackets, which may contain anything: utime, stime, cutime, cstime.
    return sum(map(int, _read(_PROC / f"{pid}/stat").rpartition(")")[2].split()[11:15]))


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
