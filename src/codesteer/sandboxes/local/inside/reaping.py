"""Reap adopted processes and account for their CPU time."""

import os
from collections.abc import Collection
from contextlib import suppress


def reap_children(excluded: Collection[int] = ()) -> None:
    """Reap all exited children, which adds their CPU time to that of this process's children.

    Args:
        excluded: PIDs of children that are reaped elsewhere.
    """
    with suppress(ChildProcessError):
        while (ended := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)) is not None:
            if ended.si_pid in excluded:
                return
            os.waitpid(ended.si_pid, 0)


def reaped_cpu_seconds(pidfd: int) -> float:
    """Return the CPU time of a process's reaped children."""
    with open(f"/proc/self/fdinfo/{pidfd}") as file:
        pid = next(line.split()[1] for line in file if line.startswith("Pid:"))
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:  # the name in it can be any bytes
            fields = file.read().rpartition(b")")[2].split()
    except OSError:  # the process has already been killed
        return 0.0
    return (int(fields[13]) + int(fields[14])) / os.sysconf("SC_CLK_TCK")
