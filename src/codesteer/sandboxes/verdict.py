"""Tells from a program's exit status and last words how it ended."""

import re
import signal

from codesteer.sandboxes.execution import ExecutionStatus

_EXCEPTION = re.compile(r"[\w.]{1,200}+")


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
    raised = _EXCEPTION.match(last_line)
    # Python's own MemoryError and numpy's kin.
    out_of_memory = raised is not None and raised[0].endswith("MemoryError")
    return ExecutionStatus.MEMORY if out_of_memory else ExecutionStatus.ERROR
