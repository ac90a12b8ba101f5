"""Takes note of the ends of processes whose parents have ended, and of the processor time they have used."""

import os
from collections.abc import Collection
from contextlib import suppress


def bury_orphans(spared: Collection[int] = ()) -> None:
    """Wait for all children that have ended, so that the kernel counts their time and forgets them.

    Args:
        spared: children whose end is waited for elsewhere.
    """
    with suppress(ChildProcessError):
        while (ended := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)) is not None:
            if ended.si_pid in spared:
                return
            os.waitpid(ended.si_pid, 0)


def buried_seconds(parent: int) -> float:
    """Return the processor time of the children that a process, given by its descriptor, has waited for."""
    with open(f"/proc/self/fdinfo/{parent}") as file:
        pid = next(line.split()[1] for line in file if line.startswith("Pid:"))
    try:
        with open(f"/proc/{pid}/stat") as file:
            fields = file.read().rpartition(")")[2].split()
    except OSError:  # it has been killed already
        return 0.0
    return (int(fields[13]) + int(fields[14])) / os.sysconf("SC_CLK_TCK")
