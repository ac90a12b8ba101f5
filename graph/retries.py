"""Which node failures LangGraph retries, and what the failed attempts cost."""

from collections import OrderedDict

from langgraph.types import RetryPolicy

from codesteer.errors import ModelUnavailableError, SandboxError, SandboxUnavailableError
from codesteer.models.usage import Usage

MAX_TRACKED_TASKS = 256
"""Limit on tasks with failed attempts: a run that is cancelled between two attempts never removes its own."""


def is_transient(error: Exception) -> bool:
    """Return whether a retry may succeed: an overloaded endpoint, a broken sandbox."""
    return isinstance(error, ModelUnavailableError | SandboxError) and not isinstance(
        error, SandboxUnavailableError
    )


RETRY_POLICY = RetryPolicy(initial_interval=1.0, max_attempts=2, retry_on=is_transient)
"""One retry: the clients of most providers have already repeated the request."""


class FailedAttempts:
    """Usage of failed attempts by task id, for the last attempt to account for."""

    def __init__(self) -> None:
        self._usage: OrderedDict[str, Usage] = OrderedDict()

    def add(self, task: str, usage: Usage) -> None:
        """Add the usage of a failed attempt."""
        self._usage[task] = self._usage.get(task, Usage()) + usage
        while len(self._usage) > MAX_TRACKED_TASKS:
            self._usage.popitem(last=False)

    def pop(self, task: str) -> Usage:
        """Remove and return the usage of a task's failed attempts."""
        return self._usage.pop(task, Usage())
