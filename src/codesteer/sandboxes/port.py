"""The code-execution port: what every sandbox offers."""

from dataclasses import dataclass
from types import TracebackType
from typing import Literal, Protocol, Self

from codesteer.sandboxes.execution import ExecutionResult, Limits

Strength = Literal["strong", "restricted", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxDescription:
    """What isolation a sandbox really gives."""

    kind: str
    """Name of the mechanism: ``bubblewrap``, ``landlock``, ``e2b``, …"""
    strength: Strength
    detail: str
    """One line in plain words for the person who runs it."""
    packages: tuple[str, ...] = ()
    """Import names of the third-party packages that programs may use."""
    concurrency: int | None = None
    """Programs that it runs at the same time; None: as many as it is given, or the rest wait for a moment."""


class Sandbox(Protocol):
    """Runs untrusted Python programs, each apart from all others; safe to share between tasks.

    A class that inherits from it need not write ``async with`` itself.
    """

    async def start(self) -> None:
        """Make ready; raises SandboxUnavailableError where that is impossible. Calling twice is harmless."""

    async def stop(self) -> None:
        """End everything that was started. Calling twice is harmless; ``run`` may start it anew."""

    async def run(self, program: str, limits: Limits | None = None) -> ExecutionResult:
        """Run one program to its end or its limits; starts the sandbox if need be.

        Cancelling the caller kills the program. Raises SandboxError if the sandbox itself fails.
        """
        ...

    def describe(self) -> SandboxDescription:
        """Say what isolation this is."""
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
