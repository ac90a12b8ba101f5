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
        helpers = {*processes.ancestors(program, up_to=roots[0]), *roots}
        self._helpers = frozenset(helpers - {program})
        self._inherited_bytes = processes.measure(processes.parent(program)).memory_bytes
        self.peak_memory_bytes = 0
        """Most memory seen in use at once, apart from what each fork has from the server."""
        self.cpu_seconds = 0.0
        """Processor time as last seen."""

    def check(self) -> ExecutionStatus | None:
        """Take a sample; return why the program must be stopped, if it must."""
        pids = [pid for root in self._roots for pid in processes.descendants(root)]
        usages = {pid: processes.measure(pid) for pid in pids if pid not in self._helpers}
        self._note_peaks(list(usages.values()))
        if sum(usage.threads for usage in usages.values()) > self._limits.processes or self._scratch():
            return ExecutionStatus.KILLED
        if self.cpu_seconds > self._limits.cpu_seconds:
            return ExecutionStatus.TIMEOUT
        memory_bytes = sum(usage.memory_bytes for usage in usages.values())
        if memory_bytes > self._limits.memory_bytes and self._too_much_memory(list(usages)):
            return ExecutionStatus.MEMORY
        return None

    def _note_peaks(self, usages: list[processes.Usage]) -> None:
        own = sum(max(usage.memory_bytes - self._inherited_bytes, 0) for usage in usages)
        self.peak_memory_bytes = max(self.peak_memory_bytes, own)
        self.cpu_seconds = max(self.cpu_seconds, sum(usage.cpu_seconds for usage in usages))

    def _too_much_memory(self, pids: list[int]) -> bool:
        # The quick count takes pages shared since a fork for several; before a verdict, count them well.
        fair = processes.fair_memory(*pids)
        self.peak_memory_bytes = max(self.peak_memory_bytes, fair)
        return fair > self._limits.memory_bytes
