"""Has the kernel count all memory of a program, mapped or not, in a cgroup of its own, where we may make one."""

import atexit
import os
import secrets
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from codesteer.errors import SandboxError
from codesteer.sandboxes.execution import MEBIBYTE, Limits

# The watchdog judges what is mapped; the kernel steps in above that. Page tables and buffers need some room as well.
_ROOM_BYTES = 64 * MEBIBYTE
_PREFIX = "codesteer-"


@dataclass(frozen=True, slots=True)
class _Dialect:
    """What the files of one version of the kernel's interface are called."""

    limits: tuple[str, ...]
    """They hold the limit in bytes."""
    events: str
    """It tells how many processes were killed because of the limit."""


_VERSION_1 = _Dialect(("memory.memsw.limit_in_bytes", "memory.limit_in_bytes"), "memory.oom_control")
_VERSION_2 = _Dialect(("memory.max",), "memory.events")


class MemoryGroup:
    """One cgroup; used for one program after another."""

    def __init__(self, path: Path, dialect: _Dialect) -> None:
        """Make it; raises OSError."""
        path.mkdir()
        self._path = path
        self._dialect = dialect
        self._limit_bytes = -1
        self._killed_before = 0
        self.entrance = os.open(path / "cgroup.procs", os.O_WRONLY)
        """A process that writes 0 here becomes a member, whatever rights it has itself."""

    def prepare(self, limit_bytes: int) -> None:
        """Set the limit; raises OSError."""
        if limit_bytes != self._limit_bytes:
            self._set_limit(str(limit_bytes))
            self._limit_bytes = limit_bytes
        self._killed_before = self._killed()

    @property
    def overflowed(self) -> bool:
        """Whether the kernel has killed a process of the program because of the limit."""
        return self._killed() > self._killed_before

    @property
    def empty(self) -> bool:
        """Whether the program and all that it started are gone."""
        return not (self._path / "cgroup.procs").read_bytes()

    def remove(self) -> None:
        """Let go of it; raises OSError if somebody is in there."""
        self._path.rmdir()
        os.close(self.entrance)

    def _set_limit(self, limit: str) -> None:
        with suppress(OSError):  # one limit must not exceed the other, so that which goes first depends
            self._write("memory.limit_in_bytes", limit)
        for name in self._dialect.limits:
            with suppress(FileNotFoundError):  # where swap is not counted
                self._write(name, limit)
        with suppress(FileNotFoundError):
            self._write("memory.swap.max", "0")

    def _write(self, name: str, text: str) -> None:
        descriptor = os.open(self._path / name, os.O_WRONLY)
        try:
            os.write(descriptor, text.encode())
        finally:
            os.close(descriptor)

    def _killed(self) -> int:
        lines = (self._path / self._dialect.events).read_text().splitlines()
        return sum(int(line.split()[1]) for line in lines if line.startswith("oom_kill "))


class MemoryGroups:
    """Makes cgroups under one that is ours, and keeps them for the next programs."""

    def __init__(self, parent: Path, dialect: _Dialect) -> None:
        self._parent = parent
        self._dialect = dialect
        self._owner = os.getpid()
        self._lock = threading.Lock()
        self._free: list[MemoryGroup] = []

    @contextmanager
    def taken(self, limits: Limits) -> Iterator[MemoryGroup]:
        """Lend a cgroup to one program.

        Raises:
            SandboxError: the kernel no longer gives one.
        """
        try:
            group = self._take()
            group.prepare(limits.memory_bytes + limits.disk_bytes + _ROOM_BYTES)
        except OSError as error:
            message = f"the sandbox can no longer have a memory cgroup: {error}"
            raise SandboxError(message) from error
        try:
            yield group
        finally:
            with self._lock:
                self._free.append(group)

    def works(self) -> bool:
        """Whether a process can really be limited like this."""
        command = [sys.executable, "-I", "-S", "-c", "input()"]
        try:
            with self.taken(Limits()) as group, _started(command) as process:
                os.write(group.entrance, str(process.pid).encode())
        except (OSError, SandboxError):
            self.remove()
            return False
        return True

    def remove(self) -> None:
        """Remove those that are free, and what others like us have left behind."""
        if os.getpid() != self._owner:
            return  # a fork: they are its parent's
        with self._lock:
            for group in self._free:
                with suppress(OSError):
                    group.remove()
            self._free.clear()
        for path in self._parent.glob(f"{_PREFIX}*"):
            with suppress(OSError, IndexError):
                if not Path("/proc", path.name.split("-")[1]).exists():
                    path.rmdir()

    def _take(self) -> MemoryGroup:
        with self._lock:
            for group in self._free:
                if group.empty:
                    self._free.remove(group)
                    return group
        name = f"{_PREFIX}{self._owner}-{secrets.token_hex(8)}"
        return MemoryGroup(self._parent / name, self._dialect)


@cache
def memory_groups() -> MemoryGroups | None:
    """Return what makes memory cgroups, None where this process may not."""
    for parent, dialect in _candidates():
        groups = MemoryGroups(parent, dialect)
        if groups.works():
            atexit.register(groups.remove)
            groups.remove()
            return groups
    return None


os.register_at_fork(after_in_child=memory_groups.cache_clear)


@contextmanager
def memory_group(limits: Limits) -> Iterator[MemoryGroup | None]:
    """Lend a cgroup to one program, where there are any.

    Raises:
        SandboxError: the kernel no longer gives one.
    """
    groups = memory_groups()
    if groups is None:
        yield None
        return
    with groups.taken(limits) as group:
        yield group


def _candidates() -> Iterator[tuple[Path, _Dialect]]:
    """Yield the cgroups below which we might make others."""
    mounts = [line.split() for line in Path("/proc/self/mountinfo").read_text().splitlines()]
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        number, controllers, ours = line.split(":", 2)
        for mount in mounts:
            top, kind, options = Path(mount[4]), mount[mount.index("-") + 1], mount[-1].split(",")
            if not Path(ours).is_relative_to(mount[3]):
                continue
            place = top / Path(ours).relative_to(mount[3])
            if kind == "cgroup" and "memory" in controllers.split(",") and "memory" in options:
                yield place, _VERSION_1
            elif kind == "cgroup2" and number == "0":
                yield from ((path, _VERSION_2) for path in _sharing_memory(place, top))


def _sharing_memory(place: Path, top: Path) -> Iterator[Path]:
    """Yield the cgroup itself, its parent and the topmost, as far as those below them can limit memory.

    In the second version one that has processes gives nothing to those below it, so that it is mostly the parent.
    """
    for path in dict.fromkeys((place, place.parent if place != top else place, top)):
        with suppress(OSError):
            if "memory" in (path / "cgroup.subtree_control").read_text().split():
                yield path


@contextmanager
def _started(command: list[str]) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:  # noqa: S603
        try:
            yield process
        finally:
            process.kill()
