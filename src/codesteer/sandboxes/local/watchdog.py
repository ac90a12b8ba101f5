"""Enforce limits on a process tree that the kernel enforces only per process, or not at all."""

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from codesteer.sandboxes.execution import ExecutionStatus, Limits
from codesteer.sandboxes.local import procfs
from codesteer.sandboxes.local.mappings import mapping_bytes
from codesteer.sandboxes.local.open_files import OpenFiles, scan_open_files
from codesteer.sandboxes.local.procfs import ProcessUsage
from codesteer.sandboxes.local.scratch import ScratchMeter

# A quarter of the kernel's limit per user, above which it shrinks new pipes.
_MAX_PIPES = 256
_GROWTH = 1.1
_READINGS = 3
_COUNT_SECONDS = 0.5  # counting mappings while processes start would let a fork bomb outgrow the watchdog
_QUICK_SHARE = 0.1  # of the limit; with more memory for mappings, reading the exact figure takes seconds
_UNREADABLE_SECONDS = 0.5  # every program is unreadable for a moment while it starts


@dataclass(slots=True)
class _Sample:
    """The resource usage of a program at one moment."""

    usages: dict[int, ProcessUsage]
    over_process_limit: bool
    """Whether there are more processes than the limit; only as many are measured."""
    cpu_seconds: float
    """CPU time of all running and all reaped processes."""
    open_files: OpenFiles = field(default_factory=OpenFiles)

    @property
    def proc_folders(self) -> list[str]:
        """The /proc folders of all processes except zombies, whose entries are unreadable."""
        return [usage.proc_folder for usage in self.usages.values() if usage.memory_bytes > 0]


class Watchdog:
    """Samples the resource usage of a program and its descendants."""

    def __init__(self, limits: Limits, program: int, roots: list[int], scratch: ScratchMeter) -> None:
        """Watch the process trees below ``roots``, except the program's ancestors in them.

        Args:
            limits: the program's limits.
            program: the program's PID.
            roots: the PIDs below which its descendants can be found.
            scratch: returns whether the scratch space is over its limit.
        """
        self._limits = limits
        self._roots = roots
        self._scratch_exceeded = scratch
        helpers = {*procfs.ancestors(program, up_to=roots[0]), *roots}
        self._helpers = frozenset(helpers - {program})
        self._last_readable = self._last_count = time.monotonic()
        self._last_precise_bytes = 0
        self._last = _Sample({}, over_process_limit=False, cpu_seconds=0.0)
        self._inherited_bytes = procfs.measure(procfs.parent(program)).memory_bytes
        self.peak_memory_bytes = 0
        """Peak memory seen so far, without the memory that each fork inherits from the server."""
        self.cpu_seconds = 0.0
        """CPU time seen so far."""

    def check(self) -> ExecutionStatus | None:
        """Take a sample; return the status that belongs to the first exceeded limit, if any."""
        sample = self._sample()
        if sample.cpu_seconds < self._last.cpu_seconds:
            sample = (
                self._sample()
            )  # a child was reaped during the sample: its time now counts for its parent
        stable, before, self._last = sample.usages.keys() == self._last.usages.keys(), self._last, sample
        # Accumulated, because the kernel drops the CPU time of children whose parent ignores SIGCHLD.
        self.cpu_seconds += max(sample.cpu_seconds - before.cpu_seconds, 0.0)
        if self._exceeds_counts(sample, stable=stable):
            return ExecutionStatus.KILLED
        if self.cpu_seconds > self._limits.cpu_seconds:
            return ExecutionStatus.TIMEOUT
        return ExecutionStatus.MEMORY if self._exceeds_memory(sample, stable=stable) else None

    def _sample(self) -> _Sample:
        # Parents before children: otherwise the time of a child that is reaped meanwhile would count twice.
        helpers = [procfs.measure(pid) for pid in self._helpers]
        pids = self._bounded_pids()
        usages = {pid: procfs.measure(pid) for pid in pids[: self._limits.processes]}
        cpu_seconds = sum(usage.cpu_seconds for usage in usages.values())
        cpu_seconds += sum(usage.reaped_seconds for usage in (*helpers, *usages.values()))
        return _Sample(usages, over_process_limit=len(pids) > len(usages), cpu_seconds=cpu_seconds)

    def _bounded_pids(self) -> list[int]:
        """Return the program's PIDs, not many more than its limit, since there can be thousands."""
        pids = dict.fromkeys(pid for root in self._roots for pid in self._bounded_descendants(root))
        return [pid for pid in pids if pid not in self._helpers]

    def _bounded_descendants(self, root: int) -> Iterator[int]:
        return islice(procfs.descendants(root), self._limits.processes + len(self._helpers) + 1)

    def _exceeds_counts(self, sample: _Sample, *, stable: bool) -> bool:
        if (
            sample.over_process_limit
            or sum(usage.threads for usage in sample.usages.values()) > self._limits.processes
        ):
            return True
        open_files = sample.open_files = scan_open_files(sample.proc_folders)
        if not open_files.unreadable:
            self._last_readable = time.monotonic()
        return (
            len(open_files.pipes) > _MAX_PIPES
            or time.monotonic() - self._last_readable > _UNREADABLE_SECONDS
            or self._scratch_exceeded(sample.proc_folders if stable else [], open_files)
        )

    def _exceeds_memory(self, sample: _Sample, *, stable: bool) -> bool:
        usages, buffer_bytes = sample.usages, sample.open_files.buffer_bytes
        total = sum(usage.memory_bytes for usage in usages.values()) + buffer_bytes
        own = [max(usage.memory_bytes - self._inherited_bytes, 0) for usage in usages.values()]
        mappings = self._mapping_bytes(sample, used=total, stable=stable)
        limit = self._limits.memory_bytes - mappings
        if limit < 0:
            return True
        exceeded = total > limit
        quick = mappings < limit * _QUICK_SHARE
        upper_bound = sum(own) + buffer_bytes
        grown = upper_bound > max(self.peak_memory_bytes, _GROWTH * self._last_precise_bytes)
        if exceeded or (len(own) > 1 and grown and stable and quick):
            self._last_precise_bytes = upper_bound
            # The total counts pages shared since a fork once per process, so the decision needs the slow, exact figure.
            proportional = _settled_memory(usages) + buffer_bytes
            exceeded = proportional > limit
            upper_bound = min(upper_bound, max(proportional - self._inherited_bytes, *own))
        elif len(own) > 1:
            upper_bound = max(own)  # the exact figure is too slow for every sample
        self.peak_memory_bytes = max(self.peak_memory_bytes, upper_bound)
        return exceeded

    def _mapping_bytes(self, sample: _Sample, *, used: int, stable: bool) -> int:
        now = time.monotonic()
        if not stable and now - self._last_count < _COUNT_SECONDS:
            return 0
        self._last_count = now
        return mapping_bytes(sample.proc_folders, used, self._limits.memory_bytes)


def _settled_memory(pids: Iterable[int]) -> int:
    """Return the exact figure, which is read anew if processes exit while it is read.

    The processes are read one after the other: pages of one that exits meanwhile count again for those read later.
    """
    living = _living(pids)
    for _ in range(_READINGS):
        total = procfs.proportional_memory(living)
        before, living = living, _living(living)
        if living == before:
            break
    return total


def _living(pids: Iterable[int]) -> list[int]:
    """Return the processes that still have memory."""
    return [pid for pid in pids if procfs.measure(pid).memory_bytes > 0]
