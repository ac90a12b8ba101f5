"""Run programs warm once the warm server is ready, and cold until then."""

import math
import time

from codesteer.errors import SandboxError
from codesteer.sandboxes.cancellation import Cancellation
from codesteer.sandboxes.execution import ExecutionResult, Limits
from codesteer.sandboxes.local.bubblewrap import Bubblewrap
from codesteer.sandboxes.local.cold import ColdBubblewrap
from codesteer.sandboxes.local.warm import WarmBubblewrap
from codesteer.sandboxes.port import Strength

_MAX_FAILURES = 3
_PAUSE_SECONDS = 300.0


class HybridBubblewrap:
    """Uses a warm server where the kernel allows it, and one bubblewrap per program otherwise.

    After three failures in a row, programs run cold for five minutes, then the warm server gets another try.
    """

    kind = ColdBubblewrap.kind
    strength: Strength = ColdBubblewrap.strength
    detail = ColdBubblewrap.detail

    def __init__(self, bwrap: Bubblewrap) -> None:
        self._cold = ColdBubblewrap(bwrap)
        self._warm = WarmBubblewrap(bwrap)
        self._failures = 0
        self._failed_at = -math.inf

    def prepare(self) -> None:
        """Start the warm server in the background."""
        self._warm.prepare()

    def execute(self, source: bytes, limits: Limits, cancellation: Cancellation) -> ExecutionResult:
        """Run a program in the calling thread until it ends.

        Raises:
            SandboxError: the sandbox failed, or the program was cancelled.
        """
        if self._failures < _MAX_FAILURES or time.monotonic() - self._failed_at > _PAUSE_SECONDS:
            result = self._try_warm(source, limits, cancellation)
            if result is not None:
                return result
        return self._cold.execute(source, limits, cancellation)

    def close(self) -> None:
        """Stop the warm server permanently."""
        self._warm.close()

    def _try_warm(self, source: bytes, limits: Limits, cancellation: Cancellation) -> ExecutionResult | None:
        if self._warm.pending:
            self._warm.prepare()
            return None
        try:
            result = self._warm.execute(source, limits, cancellation)
        except SandboxError:
            if cancellation.requested:
                raise
            self._failures, self._failed_at = self._failures + 1, time.monotonic()
            return None
        self._failures = 0
        return result
