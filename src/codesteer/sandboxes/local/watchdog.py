"""Holds a tree of processes to limits that the kernel enforces, if at all, only for single processes."""

from codesteer.sandboxes.execution import ExecutionStatus, Limits
from codesteer.sandboxes.local import processes
from codesteer.sandboxes.local.scratch import ScratchMeter


class Watchdog:
    """Samples what one program and its descendants use."""

    def __init__(self, limits: Limits, program: int, roots: list[int], scratch: ScratchMeter) -> None:
        """Watch the trees under ``roots``, apart from the program's own ancestors in them.

        Args:
            limits: what the program may use.
            program: its process id.
            roots: the processes under which its descendants can be found.
            scratch: tells whether the scratch space is overfull.
        """
        self._limits = limits
        self._roots = roots
        self._scratch = scratch
        server = processes.parent(program)
        self._others = frozenset(processes.ancestors(program, up_to=roots[0]))
        self._inherited_bytes = processes.measure(server).memory_bytes
        self.peak_memory_bytes = 0
        """Most memory seen in use at once, apart from what a fork has from the server."""
        self.cpu_seconds = 0.0
        """Processor time as last seen."""

    def check(self) -> ExecutionStatus | None:
        """Take a sample; return why the program must be stopped, if it must."""
        pids = [pid for root in self._roots for pid in processes.descendants(root) if pid not in self._others]
        usage = processes.measure(*pids)
        own = usage.memory_bytes - self._inherited_bytes * len(pids)
        self.peak_memory_bytes = max(self.peak_memory_bytes, own)
        self.cpu_seconds = max(self.cpu_seconds, usage.cpu_seconds)
        if usage.threads > self._limits.processes + len(self._roots) or self._scratch():
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
