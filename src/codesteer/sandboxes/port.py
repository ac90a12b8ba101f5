"""The interface that every sandbox implements."""

from dataclasses import dataclass
from types import TracebackType
from typing import Literal, Protocol, Self

from codesteer.sandboxes.execution import ExecutionResult, Limits

__all__ = ["Sandbox", "SandboxDescription", "Strength"]

Strength = Literal["strong", "restricted", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxDescription:
    """The isolation that a sandbox provides."""

    kind: str
    """The isolation mechanism: ``bubblewrap``, ``landlock``, ``e2b``, …"""
    strength: Strength
    detail: str
    """One-line description for the user."""
    packages: tuple[str, ...] = ()
    """Import names of the third-party packages that programs may use."""
    concurrency: int | None = None
    """Maximum number of concurrent programs; None if there is none, or if the others wait only briefly."""


class Sandbox(Protocol):
    """Runs untrusted Python programs isolated from each other; safe to share between tasks.

    Subclasses inherit support for ``async with``.
    """

    async def start(self) -> None:
        """Start the sandbox; idempotent. Raises SandboxUnavailableError if this machine does not support it."""

    async def stop(self) -> None:
        """Stop the sandbox and kill all its programs; idempotent. ``run`` may start it again."""

    async def run(self, program: str, limits: Limits | None = None) -> ExecutionResult:
        """Run a program until it exits or exceeds a limit; start the sandbox if necessary.

        Cancelling the caller kills the program. Raises SandboxError if the sandbox itself fails.
        """
        ...

    def describe(self) -> SandboxDescription:
        """Describe the isolation."""
        ...

    async def __aenter__(self) -> Self:
        """Start."""
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        await self.stop()
