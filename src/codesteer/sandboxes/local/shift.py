"""The working life of one warm server, from its start in the background to its end after the last program."""

import threading
from collections.abc import Callable

from codesteer.errors import SandboxError
from codesteer.sandboxes.local.server import Server
from codesteer.sandboxes.threads import Cancellation

_READY_SECONDS = 60.0
_POLL_SECONDS = 0.05


class Shift:
    """One server and the programs that it has been given."""

    def __init__(self, start: Callable[[], Server]) -> None:
        """Begin to start a server."""
        self._start = start
        self._lock = threading.Lock()
        self._decided = threading.Event()
        self._server: Server | None = None
        self._failure: SandboxError | None = None
        self._active = 0
        self._over = False
        self.programs = 0
        """How many programs it was given."""
        threading.Thread(target=self._attend, name="codesteer-sandbox-server", daemon=True).start()

    @property
    def ready(self) -> bool:
        """Whether a program would start at once."""
        return self._decided.is_set() and self._failure is None and not self._over

    def join(self, cancellation: Cancellation) -> Server:
        """Return the server for one more program, waiting for it if need be; ``leave`` must follow.

        Raises:
            SandboxError: it cannot be started, its time is over, or the wait was cancelled.
        """
        while not self._decided.wait(_POLL_SECONDS):
            if cancellation.requested:
                text = "the program was stopped before it started"
                raise SandboxError(text)
        with self._lock:
            if self._failure is not None or self._server is None or self._over:
                raise self._failure or SandboxError("the sandbox's server has ended")
            self._active += 1
            self.programs += 1
            return self._server

    def leave(self) -> None:
        """Say that a program has ended."""
        with self._lock:
            self._active -= 1
            self._close_when_idle()

    def end(self, *, at_once: bool = False) -> None:
        """Accept no more programs; end the server after the last one has left, or at once."""
        with self._lock:
            self._over = True
            if at_once and self._server is not None:
                self._server.kill()
            self._close_when_idle()

    def _close_when_idle(self) -> None:
        if self._over and self._active == 0 and self._server is not None and self._decided.is_set():
            self._server.close()
            self._server = None

    def _attend(self) -> None:
        """Start the server and stay with it."""
        try:
            server = self._start()
            with self._lock:
                self._server = server
                if self._over:
                    server.kill()
            server.await_ready(_READY_SECONDS)
        except SandboxError as error:
            self._failure = error
            self._over = True
        self._decided.set()
        with self._lock:
            self._close_when_idle()
            server_lives = self._server
        if server_lives is not None:
            server_lives.wait()
            self.end()
