"""Show how far a long command is: a bar in a terminal, a line now and then elsewhere; say how to resume it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType

from rich.console import Console

SECONDS_BETWEEN_LINES = 60.0


class ProgressDisplay:
    """Counts finished pieces of work; may be called from any thread."""

    def __init__(self, console: Console, what: str, total: int | None = None, done: int = 0) -> None:
        """Prepare the display.

        Args:
            console: where to show it.
            what: the plural of what is counted, such as "problems".
            total: how many there are in all; None: not known before the first ``update``.
            done: how many an earlier command did.
        """
        # Here, because commands that show no progress would wait for it.
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        self._console, self._what = console, what
        self._total, self._earlier, self._done = total, done, done
        self._is_announced = total is not None
        self._start: float | None = None
        self._last_line = 0.0
        columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"), TimeRemainingColumn())
        self._bar = Progress(*columns, console=console, disable=not console.is_terminal)
        self._task = self._bar.add_task(what, total=total, completed=done)

    def __enter__(self) -> "ProgressDisplay":
        if self._total is not None:
            self.update(self._done, self._total)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()
        if not self._console.is_terminal and self._done > self._earlier:
            self._print(self._counted())

    def advance(self) -> None:
        """Count one more."""
        self.update(self._done + 1, self._total or 0)

    def update(self, done: int, total: int) -> None:
        """Show how many are done, of how many; those of the first call were done by an earlier command."""
        self._done, self._total = done, total
        if self._start is None:
            self._begin()
            return
        description = f"{self._what}, {self._rate()}"
        self._bar.update(self._task, completed=done, total=total, description=description)
        if not self._console.is_terminal and time.monotonic() - self._last_line > SECONDS_BETWEEN_LINES:
            self._last_line = time.monotonic()
            self._print(f"{self._counted()}, {self._rate()}, about {self._minutes_left():.0f} min left")

    def _begin(self) -> None:
        self._earlier = self._done
        self._start = self._last_line = time.monotonic()
        self._bar.update(self._task, completed=self._done, total=self._total)
        self._bar.start()
        if not self._console.is_terminal and (self._earlier or self._is_announced):
            self._print(self._counted())

    def _counted(self) -> str:
        return f"{self._done} of {self._total} {self._what}"

    def _rate(self) -> str:
        return f"{self._per_minute():.1f} a minute"

    def _per_minute(self) -> float:
        return 60 * (self._done - self._earlier) / max(time.monotonic() - (self._start or 0.0), 1e-3)

    def _minutes_left(self) -> float:
        return ((self._total or 0) - self._done) / max(self._per_minute(), 1e-3)

    def _print(self, line: str) -> None:
        self._console.print(line, soft_wrap=True, highlight=False)


@contextmanager
def resumable(what: str) -> Iterator[None]:
    """Have Ctrl-C say that the same command resumes ``what``."""
    try:
        yield
    except KeyboardInterrupt:
        raise KeyboardInterrupt(f"the same command resumes {what}") from None
