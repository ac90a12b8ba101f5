"""Read process trees and their resource usage from /proc."""

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
class ProcessUsage:
    """A sample of a process's resource usage."""

    proc_folder: str
    """Its folder in /proc, or that of a live thread if the main thread has exited."""
    threads: int
    memory_bytes: int
    """Anonymous and shared memory, swap and page tables; pages shared since a fork count for each process."""
    cpu_seconds: float
    """CPU time of the process itself."""
    reaped_seconds: float
    """CPU time of its reaped children and their descendants."""


def children(pid: int) -> list[int]:
    """Return the PIDs of a process's children."""
    lists = (_read(_PROC / f"{pid}/task/{thread}/children") for thread in _threads(pid))
    return [int(child) for text in lists for child in text.split()]


def descendants(root: int) -> Iterator[int]:
    """Yield the PIDs of a process tree, the root first."""
    pending = [root]
    while pending:
        pid = pending.pop()
        yield pid
        pending += children(pid)


def parent(pid: int) -> int:
    """Return the parent's PID; 0 if the process has exited."""
    return int(_status(pid).get("PPid", "0"))


def ancestors(pid: int, *, up_to: int) -> Iterator[int]:
    """Yield the PIDs of a process's ancestors, the parent first, up to and including ``up_to``."""
    while pid not in (up_to, 0, 1):
        pid = parent(pid)
        yield pid


def measure(pid: int) -> ProcessUsage:
    """Return the resource usage of a process; all zero if it has exited."""
    proc_folder, status = _live_proc_folder(pid)
    own, reaped = _cpu_ticks(pid)
    return ProcessUsage(
        proc_folder=proc_folder,
        threads=int(status.get("Threads", "0")),
        memory_bytes=sum(_kibibytes(status, name) for name in ("RssAnon", "RssShmem", "VmSwap", "VmPTE")),
        cpu_seconds=own / _TICKS_PER_SECOND,
        reaped_seconds=reaped / _TICKS_PER_SECOND,
    )


def proportional_memory(pids: Iterable[int]) -> int:
    """Return the total memory of processes in bytes, each shared page counted once (PSS); slow."""
    return sum(map(_proportional_memory, _distinct_address_spaces(pids)))


def _proportional_memory(pid: int) -> int:
    usage = measure(pid)
    rollup = _fields(_read(Path(usage.proc_folder, "smaps_rollup")))
    if not rollup:  # a process can make this file unreadable, but not its status
        return usage.memory_bytes
    page_tables = _kibibytes(_fields(_read(Path(usage.proc_folder, "status"))), "VmPTE")
    return page_tables + sum(_kibibytes(rollup, name) for name in ("Pss_Anon", "Pss_Shmem", "SwapPss"))


def _distinct_address_spaces(pids: Iterable[int]) -> list[int]:
    """Drop processes that share the address space of another one, as between vfork and exec."""
    distinct: dict[int, int] = {}  # each with a live thread, because an exited one has no memory to compare
    for pid in pids:
        thread = int(Path(_live_proc_folder(pid)[0]).name)
        if not any(_share_memory(thread, other) for other in distinct.values()):
            distinct[pid] = thread
    return list(distinct)


def _share_memory(thread: int, other: int) -> bool:
    same = _libc.syscall(_KCMP, thread, other, _KCMP_MEMORY, 0, 0) == 0
    return same and "VmRSS" in _status(thread)  # two threads that have exited meanwhile also compare as equal


def _live_proc_folder(pid: int) -> tuple[str, dict[str, str]]:
    """Return the /proc folder that shows a process's memory, and the status from there.

    If the main thread has exited, only the folders of the other threads do.
    """
    proc_folder = f"{_PROC}/{pid}"
    status = _status(pid)
    if "VmRSS" in status or int(status.get("Threads", "0")) < 2:
        return proc_folder, status
    for thread in _threads(pid):
        thread_status = _fields(_read(Path(proc_folder, "task", thread, "status")))
        if "VmRSS" in thread_status:
            return f"{proc_folder}/task/{thread}", thread_status
    return proc_folder, status


def pid_of(pidfd: int) -> int | None:
    """Return the PID of a pidfd's process in this PID namespace; None if the process has exited."""
    fields = _fields(_read(_PROC / f"self/fdinfo/{pidfd}"))
    pid = int(fields.get("Pid", "-1"))
    return pid if pid > 0 else None


def _threads(pid: int) -> list[str]:
    try:
        return os.listdir(_PROC / f"{pid}/task")
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return []


def _cpu_ticks(pid: int) -> tuple[int, int]:
    # utime, stime, cutime and cstime, counted from the command name in parentheses, which can contain any character.
    ticks = list(map(int, _read(_PROC / f"{pid}/stat").rpartition(")")[2].split()[11:15]))
    return sum(ticks[:2]), sum(ticks[2:])


def _status(pid: int) -> dict[str, str]:
    return _fields(_read(_PROC / f"{pid}/status"))


def _fields(text: str) -> dict[str, str]:
    # Not splitlines: the kernel escapes only line feeds in a process's name, which the process can choose.
    pairs = (line.partition(":") for line in text.split("\n"))
    return {name: value.strip() for name, _, value in pairs}


def _kibibytes(fields: dict[str, str], name: str) -> int:
    return int(fields.get(name, "0 kB").removesuffix(" kB")) * 1024


def _read(path: Path) -> str:
    """Return the content of a /proc file; empty if the process has exited or is not accessible.

    A process's name can be any bytes, also carriage returns, which reading as text would make line ends.
    """
    try:
        return path.read_bytes().decode("ascii", "replace")
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return ""
