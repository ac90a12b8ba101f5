"""What every way of isolation offers."""

from typing import Protocol

from codesteer.sandboxes.execution import ExecutionResult, Limits
from codesteer.sandboxes.port import Strength
from codesteer.sandboxes.threads import Cancellation


class Runner(Protocol):
    """Runs programs in one particular way; may be used by several threads at once."""

    kind: str
    """Name of the mechanism."""
    strength: Strength
    detail: str
    """One line in plain words."""

    def execute(self, source: bytes, limits: Limits, cancellation: Cancellation) -> ExecutionResult:
        """Run one program to its end, in the calling thread.

        Raises:
            SandboxError: the sandbox broke, or the program was cancelled.
        """
        ...

    def prepare(self) -> None:
        """Begin to make ready what takes time, in the background."""

    def close(self) -> None:
        """End what outlives single programs, for good."""
