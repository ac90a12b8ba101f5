"""Rules over all descendants of this process where no process-id namespace does it."""

import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from . import kernel
from .confinement import Settings
from .landlock import confine_signals
from .surroundings import NOBODY


def take_charge() -> None:
    """Keep descendants within reach and everybody else out of it.

    Raises:
        OSError: the kernel does not confine signals, so that killing all would reach other processes.
    """
    kernel.adopt_orphans()
    stay, release = os.pipe()
    outsider = os.fork()
    if outsider == 0:
        os.close(release)
        os.read(stay, 1)
        os._exit(0)
    confine_signals()
    confined = not _can_signal(outsider)
    for descriptor in (stay, release):
        os.close(descriptor)
    os.waitpid(outsider, 0)
    if not confined:
        reason = "signals are not confined"
        raise OSError(reason)


@contextmanager
def scratch(settings: Settings) -> Iterator[None]:
    """Make the scratch folder; remove it at the end."""
    os.mkdir(settings.scratch, 0o700)
    try:
        if settings.drop_root:
            os.chown(settings.scratch, NOBODY, NOBODY)
        yield
    finally:
        shutil.rmtree(settings.scratch, ignore_errors=True)


def kill_all() -> None:
    """Kill every process of our domain but this one; return when they are gone."""
    with suppress(ProcessLookupError):
        os.kill(-1, signal.SIGKILL)
    while True:
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            break


def _can_signal(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except PermissionError:
        return False
    return True
