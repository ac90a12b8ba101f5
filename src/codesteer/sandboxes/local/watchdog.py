"""Holds a tree of processes to limits that the kernel enforces, if at all, only for single processes."""

from collections.abc import Iterator, Set
from itertools import islice

from codesteer.sandboxes.execution import ExecutionStatus, Limits
from codesteer.sandboxes.local import processes
from codesteer.sandboxes.local.holdings import Holdings, look_through
from codesteer.sandboxes.local.processes import Usage
from codesteer.sandboxes.local.scratch import ScratchMeter

# A quarter of what the kernel gives all processes of a user together before it makes their pipes smaller.
_PIPES = 256


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
        self._last: Set[int] = frozenset()
        self._inherited_bytes = processes.measure(processes.parent(program)).memory_bytes
        self.peak_memory_bytes = 0
        """Most memory seen in use at once, apart from what each fork has from the server."""
        self.cpu_seconds = 0.0
        """Processor time as last seen."""

    def check(self) -> ExecutionStatus | None:
        """Take a sample; return why the program must be stopped, if it must."""
        # Parents before children: the time of a child that is waited for meanwhile would otherwise count twice.
        helpers = [processes.measure(pid) for pid in self._helpers]
        pids = self._some_pids()
        if len(pids) > self._limits.processes:
            return ExecutionStatus.KILLED
        usages = {pid: processes.measure(pid) for pid in pids}
        held = look_through(usage.home for usage in usages.values())
        self._note_time([*helpers, *usages.values()], list(usages.values()))
        if self._too_many(list(usages.values()), held):
            return ExecutionStatus.KILLED
        if self.cpu_seconds > self._limits.cpu_seconds:
            return ExecutionStatus.TIMEOUT
        return ExecutionStatus.MEMORY if self._too_much_memory(usages, held.buffer_bytes) else None

    def _some_pids(self) -> list[int]:
        """Return the program's processes, but not many more than it may have: there can be thousands."""
        found = dict.fromkeys(pid for root in self._roots for pid in self._some_descendants(root))
        return [pid for pid in found if pid not in self._helpers]

    def _some_descendants(self, root: int) -> Iterator[int]:
        return islice(processes.descendants(root), self._limits.processes + len(self._helpers) + 1)

    def _note_time(self, parents: list[Usage], living: list[Usage]) -> None:
        """Add up what the living have used and what the dead had used when they were waited for."""
        seconds = sum(usage.cpu_seconds for usage in living) + sum(usage.buried_seconds for usage in parents)
        self.cpu_seconds = max(self.cpu_seconds, seconds)

    def _too_many(self, usages: list[Usage], held: Holdings) -> bool:
        return (
            sum(usage.threads for usage in usages) > self._limits.processes
            or len(held.pipes) > _PIPES
            or held.hidden
            or self._scratch([usage.home for usage in usages], held)
        )

    def _too_much_memory(self, usages: dict[int, Usage], buffer_bytes: int) -> bool:
        quick = sum(usage.memory_bytes for usage in usages.values()) + buffer_bytes
        own = [max(usage.memory_bytes - self._inherited_bytes, 0) for usage in usages.values()]
        too_much = quick > self._limits.memory_bytes
        at_most = sum(own) + buffer_bytes
        settled, self._last = self._last == usages.keys(), usages.keys()
        if too_much or (len(own) > 1 and at_most > self.peak_memory_bytes and settled):
            # The quick count takes pages shared since a fork for several; before it matters, count them well.
            fair = processes.fair_memory(usages) + buffer_bytes
            too_much = fair > self._limits.memory_bytes
            at_most = min(at_most, max(fair - self._inherited_bytes, *own))
        elif len(own) > 1:
            at_most = max(own)  # while processes are started, to count well would take too long
        self.peak_memory_bytes = max(self.peak_memory_bytes, at_most)
        return too_much
