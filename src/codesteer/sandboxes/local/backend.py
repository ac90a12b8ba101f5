"""The interface of the isolation backends."""

from typing import Protocol

from codesteer.sandboxes.cancellation import Cancellation
from codesteer.sandboxes.execution import ExecutionResult, Limits
from codesteer.sandboxes.port import Strength


class IsolationBackend(Protocol):
    """Runs programs with one isolation mechanism; thread-safe."""

    kind: str
    """Name of the mechanism."""
    strength: Strength
    detail: str
    """One-line description for the user."""

    def execute(self, source: bytes, limits: Limits, cancellation: Cancellation) -> ExecutionResult:
        """Run a program in the calling thread until it ends.

        Raises:
            SandboxError: the sandbox failed, or the program was cancelled.
        """
        ...

    def prepare(self) -> None:
        """Start a shared server, if any, in the background."""

    def close(self) -> None:
        """Stop the shared server, if any, permanently."""
