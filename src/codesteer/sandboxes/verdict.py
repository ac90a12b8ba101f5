"""Tells from a program's exit status and last words how it ended."""

import re
import signal

from codesteer.sandboxes.execution import ExecutionStatus

# Python's own MemoryError and numpy's kin.
_OUT_OF_MEMORY = re.compile(r"([A-Za-z_.]*\.)?_?[A-Za-z]*MemoryError\b")


def status_of(exit_code: int, stderr: str) -> ExecutionStatus:
    """Return the status of a program that ended by itself.

    Args:
        exit_code: its exit status, negative for a signal.
        stderr: what it wrote there; an uncaught MemoryError shows in the last line.
    """
    if exit_code == 0:
        return ExecutionStatus.OK
    if exit_code == -signal.SIGKILL:
        return ExecutionStatus.KILLED
    last_line = stderr.rstrip().rpartition("\n")[2]
    return ExecutionStatus.MEMORY if _OUT_OF_MEMORY.match(last_line) else ExecutionStatus.ERROR
