"""Rules over all descendants of this process where no process-id namespace does it."""

import os
import shutil
import signal
from contextlib import suppress

from . import kernel
from .landlock import confine_signals


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


def kill_all(scratch: str) -> None:
    """Kill every process of our domain but this one, then remove the scratch folder."""
    with suppress(ProcessLookupError):
        os.kill(-1, signal.SIGKILL)
    while True:
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            break
    shutil.rmtree(scratch, ignore_errors=True)


def _can_signal(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except PermissionError:
        return False
    return True
