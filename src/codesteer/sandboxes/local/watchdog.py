"""Holds a tree of processes to limits that the kernel enforces, if at all, only for single processes."""

import os

from codesteer.sandboxes.execution import ExecutionStatus, Limits
from codesteer.sandboxes.local import processes

# A file in the scratch space costs kernel memory even when it is empty.
_SCRATCH_FILES = 50_000


class Watchdog:
    """Samples what one program and its descendants use."""

    def __init__(self, limits: Limits, program: int, root: int, scratch: str) -> None:
        """Watch the tree under ``root``, apart from the program's own ancestors in it.

        Args:
            limits: what the tree may use.
            program: process id of the program.
            root: process id of the topmost process that can become a descendant's parent.
            scratch: the program's scratch folder as it sees it.
        """
        self._limits = limits
        self._program = program
        self._root = root
        self._scratch = scratch
        self._ancestors = frozenset(processes.ancestors(program, up_to=root))
        self._inherited_bytes = processes.measure(processes.parent(program)).memory_bytes
        self.peak_memory_bytes = 0
        """Most memory seen in use at once, apart from what was there before the program started."""
        self.cpu_seconds = 0.0
        """Processor time as last seen."""

    def check(self) -> ExecutionStatus | None:
        """Take a sample; return why the program must be stopped, if it must."""
        pids = [pid for pid in processes.descendants(self._root) if pid not in self._ancestors]
        usage = processes.measure(*pids)
        own = usage.memory_bytes - self._inherited_bytes * len(pids)
        self.peak_memory_bytes = max(self.peak_memory_bytes, own)
        self.cpu_seconds = max(self.cpu_seconds, usage.cpu_seconds)
        if usage.threads > self._limits.processes or self._scratch_files() > _SCRATCH_FILES:
            return ExecutionStatus.KILLED
        if usage.cpu_seconds > self._limits.cpu_seconds:
            return ExecutionStatus.TIMEOUT
        if usage.memory_bytes > self._limits.memory_bytes and self._too_much_memory(pids):
            return ExecutionStatus.MEMORY
        return None

    def _too_much_memory(self, pids: list[int]) -> bool:
        # The quick count takes pages shared since a fork for several; before a verdict, count them well.
        fair = processes.fair_memory(*pids)
        self.peak_memory_bytes = max(self.peak_memory_bytes, fair)
        return fair > self._limits.memory_bytes

    def _scratch_files(self) -> int:
        try:
            scratch = os.statvfs(f"/proc/{self._program}/root{self._scratch}")
        except OSError:
            return 0
        return scratch.f_files - scratch.f_ffree
