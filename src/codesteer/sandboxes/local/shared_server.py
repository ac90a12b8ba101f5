"""Share one warm fork server between programs: start it in the background, stop it after the last program."""

import threading
from collections.abc import Callable

from codesteer.errors import SandboxError
from codesteer.sandboxes.cancellation import Cancellation
from codesteer.sandboxes.local.fork_server import ForkServer

_READY_SECONDS = 60.0
_POLL_SECONDS = 0.05


class SharedServer:
    """A fork server with a count of the programs that use it."""

    def __init__(self, start: Callable[[], ForkServer]) -> None:
        """Start a server in the background."""
        self._start = start
        self._lock = threading.Lock()
        self._startup_done = threading.Event()
        self._server: ForkServer | None = None
        self._failure: SandboxError | None = None
        self._active = 0
        self._retired = False
        self.program_count = 0
        """Number of programs that it has run."""
        threading.Thread(target=self._start_and_wait, name="codesteer-sandbox-server", daemon=True).start()

    @property
    def starting(self) -> bool:
        """Whether a program would have to wait until the server has started, or failed to."""
        return not self._startup_done.is_set()

    @property
    def ready(self) -> bool:
        """Whether a program could start immediately."""
        return self._startup_done.is_set() and self._failure is None and not self._retired

    def acquire(self, cancellation: Cancellation) -> ForkServer:
        """Return the server for one more program, once it is ready; call ``release`` afterwards.

        Raises:
            SandboxError: the server failed to start or was retired, or the wait was cancelled.
        """
        while not self._startup_done.wait(_POLL_SECONDS):
            if cancellation.requested:
                text = "the program was cancelled before it started"
                raise SandboxError(text)
        with self._lock:
            if self._failure is not None or self._server is None or self._retired:
                raise self._failure or SandboxError("the sandbox's server has exited")
            self._active += 1
            self.program_count += 1
            return self._server

    def release(self) -> None:
        """Report that a program has ended."""
        with self._lock:
            self._active -= 1
            self._close_when_idle()

    def retire(self, *, immediately: bool = False) -> None:
        """Accept no more programs; stop the server after the last one ends, or immediately."""
        with self._lock:
            self._retired = True
            if immediately and self._server is not None:
                self._server.kill()
            self._close_when_idle()

    def _close_when_idle(self) -> None:
        if self._retired and self._active == 0 and self._server is not None and self._startup_done.is_set():
            self._server.close()
            self._server = None

    def _start_and_wait(self) -> None:
        """Start the server and wait until it exits."""
        try:
            server = self._start()
            with self._lock:
                self._server = server
                if self._retired:
                    server.kill()
            server.wait_ready(_READY_SECONDS)
        except SandboxError as error:
            self._failure = error
            self._retired = True
        self._startup_done.set()
        with self._lock:
            self._close_when_idle()
            running = self._server
        if running is not None:
            running.wait()
            self.retire()
