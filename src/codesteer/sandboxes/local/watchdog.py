"""Holds a tree of processes to limits that the kernel enforces, if at all, only for single processes."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from codesteer.sandboxes.execution import ExecutionStatus, Limits
from codesteer.sandboxes.local import processes
from codesteer.sandboxes.local.holdings import Holdings, look_through
from codesteer.sandboxes.local.processes import Usage
from codesteer.sandboxes.local.scratch import ScratchMeter

# A quarter of what the kernel gives all processes of a user together before it makes their pipes smaller.
_PIPES = 256
_GROWTH = 1.1
_HIDDEN_SECONDS = 0.5  # for a moment of its start every program is


@dataclass(slots=True)
class _Sample:
    """What is seen of a program at one moment."""

    usages: dict[int, Usage]
    overfull: bool
    """Whether there are more processes than were measured."""
    seconds: float
    """Processor time of the living, and of the dead as far as they were waited for."""
    held: Holdings = field(default_factory=Holdings)

    @property
    def homes(self) -> list[str]:
        """Where in /proc its processes are that have not ended: what is left of the others says nothing to anybody."""
        return [usage.home for usage in self.usages.values() if usage.memory_bytes > 0]


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
        self._last_seen = time.monotonic()
        self._last_counted = 0
        self._last = _Sample({}, overfull=False, seconds=0.0)
        self._inherited_bytes = processes.measure(processes.parent(program)).memory_bytes
        self.peak_memory_bytes = 0
        """Most memory seen in use at once, apart from what each fork has from the server."""
        self.cpu_seconds = 0.0
        """Processor time as last seen."""

    def check(self) -> ExecutionStatus | None:
        """Take a sample; return why the program must be stopped, if it must."""
        sample = self._sample()
        if sample.seconds < self._last.seconds:
            sample = self._sample()  # a child was waited for between two looks: its time is now its parent's
        settled, before, self._last = sample.usages.keys() == self._last.usages.keys(), self._last, sample
        # Where a parent ignores the ends of its children, the kernel forgets their time, but we do not.
        self.cpu_seconds += max(sample.seconds - before.seconds, 0.0)
        if self._too_many(sample, settled=settled):
            return ExecutionStatus.KILLED
        if self.cpu_seconds > self._limits.cpu_seconds:
            return ExecutionStatus.TIMEOUT
        return ExecutionStatus.MEMORY if self._too_much_memory(sample, settled=settled) else None

    def _sample(self) -> _Sample:
        # Parents before children: the time of a child that is waited for meanwhile would otherwise count twice.
        helpers = [processes.measure(pid) for pid in self._helpers]
        pids = self._some_pids()
        usages = {pid: processes.measure(pid) for pid in pids[: self._limits.processes]}
        seconds = sum(usage.cpu_seconds for usage in usages.values())
        seconds += sum(usage.buried_seconds for usage in (*helpers, *usages.values()))
        return _Sample(usages, overfull=len(pids) > len(usages), seconds=seconds)

    def _some_pids(self) -> list[int]:
        """Return the program's processes, but not many more than it may have: there can be thousands."""
        found = dict.fromkeys(pid for root in self._roots for pid in self._some_descendants(root))
        return [pid for pid in found if pid not in self._helpers]

    def _some_descendants(self, root: int) -> Iterator[int]:
        return islice(processes.descendants(root), self._limits.processes + len(self._helpers) + 1)

    def _too_many(self, sample: _Sample, *, settled: bool) -> bool:
        if sample.overfull or sum(usage.threads for usage in sample.usages.values()) > self._limits.processes:
            return True
        held = sample.held = look_through(sample.homes)
        if not held.hidden:
            self._last_seen = time.monotonic()
        return (
            len(held.pipes) > _PIPES
            or time.monotonic() - self._last_seen > _HIDDEN_SECONDS
            or self._scratch(sample.homes if settled else [], held)
        )

    def _too_much_memory(self, sample: _Sample, *, settled: bool) -> bool:
        usages, buffer_bytes = sample.usages, sample.held.buffer_bytes
        quick = sum(usage.memory_bytes for usage in usages.values()) + buffer_bytes
        own = [max(usage.memory_bytes - self._inherited_bytes, 0) for usage in usages.values()]
        too_much = quick > self._limits.memory_bytes
        at_most = sum(own) + buffer_bytes
        grown = at_most > max(self.peak_memory_bytes, _GROWTH * self._last_counted)
        if too_much or (len(own) > 1 and grown and settled):
            self._last_counted = at_most
            # The quick count takes pages shared since a fork for several; before it matters, count them well.
            fair = processes.fair_memory(usages) + buffer_bytes
            too_much = fair > self._limits.memory_bytes
            at_most = min(at_most, max(fair - self._inherited_bytes, *own))
        elif len(own) > 1:
            at_most = max(own)  # to count well takes too long to do it all the time
        self.peak_memory_bytes = max(self.peak_memory_bytes, at_most)
        return too_much
