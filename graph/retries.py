"""Which failures of a node LangGraph tries again, and what the failed attempts cost."""

from collections import OrderedDict

from langgraph.types import RetryPolicy

from codesteer.errors import ModelUnavailableError, SandboxError, SandboxUnavailableError
from codesteer.models.usage import Usage

REMEMBERED = 256
"""Nodes between two attempts whose cost is known; a run that is cancelled there leaves its own behind."""


def is_transient(error: Exception) -> bool:
    """True for a failure that another attempt may not meet: an overloaded endpoint, a sandbox that broke."""
    return isinstance(error, ModelUnavailableError | SandboxError) and not isinstance(
        error, SandboxUnavailableError
    )


RETRY = RetryPolicy(initial_interval=1.0, max_attempts=2, retry_on=is_transient)
"""One more attempt: the clients of most providers have already repeated the request by themselves."""


class FailedAttempts:
    """What earlier attempts at a node cost, by the task's id, so that the last attempt can account for them."""

    def __init__(self) -> None:
        self._usage: OrderedDict[str, Usage] = OrderedDict()

    def add(self, task: str, usage: Usage) -> None:
        """Note what a failed attempt cost."""
        self._usage[task] = self._usage.get(task, Usage()) + usage
        while len(self._usage) > REMEMBERED:
            self._usage.popitem(last=False)

    def settle(self, task: str) -> Usage:
        """Return what the failed attempts cost, and forget it."""
        return self._usage.pop(task, Usage())
