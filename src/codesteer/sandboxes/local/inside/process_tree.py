"""Control the process tree below this process without a PID namespace."""

import os
import signal
from contextlib import suppress

from . import kernel
from .landlock import restrict_signals


def take_control() -> None:
    """Adopt orphaned descendants, and restrict signals to this process and its descendants.

    Raises:
        OSError: the kernel does not restrict signals, so ``kill_descendants`` would reach other processes.
    """
    kernel.become_subreaper()
    blocking_end, release_end = os.pipe()
    outsider = os.fork()
    if outsider == 0:
        os.close(release_end)
        os.read(blocking_end, 1)
        os._exit(0)
    restrict_signals()
    restricted = not _can_signal(outsider)
    for descriptor in (blocking_end, release_end):
        os.close(descriptor)
    os.waitpid(outsider, 0)
    if not restricted:
        reason = "the kernel does not restrict signals"
        raise OSError(reason)


def kill_descendants() -> None:
    """Kill all other processes of this Landlock domain and wait until they have exited."""
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
