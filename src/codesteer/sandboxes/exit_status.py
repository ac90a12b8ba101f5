"""Classify how a program ended from its exit code and error output."""

import re
import signal

from codesteer.sandboxes.execution import ExecutionStatus

_EXCEPTION_NAME = re.compile(r"[\w.]{1,200}+")


def classify_exit(exit_code: int, stderr: str) -> ExecutionStatus:
    """Return the status of a program that the sandbox did not kill.

    Args:
        exit_code: its exit code, negative for a signal.
        stderr: its error output; the last line names an uncaught MemoryError.
    """
    if exit_code == 0:
        return ExecutionStatus.OK
    if exit_code == -signal.SIGKILL:
        return ExecutionStatus.KILLED
    last_line = stderr.rstrip().rpartition("\n")[2]
    raised = _EXCEPTION_NAME.match(last_line)
    # Python's MemoryError or a subclass, such as numpy's.
    out_of_memory = raised is not None and raised[0].endswith("MemoryError")
    return ExecutionStatus.MEMORY if out_of_memory else ExecutionStatus.ERROR
