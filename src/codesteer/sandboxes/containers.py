"""Run programs in Docker, Podman or Kubernetes containers through the llm-sandbox package."""

import logging
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Protocol

from codesteer.errors import (
    LINE_LENGTH,
    CodeSteerError,
    ConfigurationError,
    SandboxError,
    SandboxUnavailableError,
    first_line,
    one_line,
)
from codesteer.sandboxes.cancellation import Cancellation, run_cancellable
from codesteer.sandboxes.execution import ExecutionResult, ExecutionStatus, Limits
from codesteer.sandboxes.guest.job import GuestJob
from codesteer.sandboxes.port import Sandbox, SandboxDescription

DEFAULT_IMAGE = "python:3.12-slim"
_GRACE_SECONDS = 10.0
_POLL_SECONDS = 0.05
_SIGKILL_EXIT_CODES = (-9, 137)
_log = logging.getLogger(__name__)


class SessionOutput(Protocol):
    """Output of a program run in a session."""

    stdout: str
    stderr: str
    exit_code: int


class ContainerSession(Protocol):
    """The subset of llm-sandbox's session interface that this module uses."""

    def open(self) -> None:
        """Create and start the container."""

    def run(self, code: str, *, timeout: float) -> SessionOutput:
        """Run Python code."""
        ...

    def close(self) -> None:
        """Remove the container; may be called while code runs."""


class ContainerSandbox(Sandbox):
    """Runs each program in its own container, without network."""

    def __init__(self, kind: str, new_session: Callable[[Limits], ContainerSession]) -> None:
        """Use ``new_session`` to create a session per program; see ``container_sandbox``."""
        self._kind = kind
        self._new_session = new_session
        self._running: set[Cancellation] = set()

    async def start(self) -> None:
        """Run an empty program.

        Raises:
            ConfigurationError: a package is missing.
            SandboxUnavailableError: the engine cannot be reached or cannot start a container.
        """
        try:
            result = await self.run("")
        except ConfigurationError:
            raise
        except SandboxError as error:
            raise SandboxUnavailableError(str(error)) from error
        if result.status is not ExecutionStatus.OK:
            reason = result.stderr.strip().rpartition("\n")[2] or "no message"
            raise SandboxUnavailableError(
                f"{self._kind}: an empty program ended with {result.status}: {reason}"
            )

    async def stop(self) -> None:
        """Remove all containers; running programs raise SandboxError."""
        for cancellation in list(self._running):
            cancellation.request()

    async def run(self, program: str, limits: Limits | None = None) -> ExecutionResult:
        """Run a program until it exits or exceeds a limit.

        Raises:
            ConfigurationError: a package is missing.
            SandboxUnavailableError: the engine cannot be reached or cannot start a container.
            SandboxError: the engine failed.
        """
        return await run_cancellable(lambda cancel: self._run(program, limits or Limits(), cancel))

    def describe(self) -> SandboxDescription:
        """Describe the containers; which packages they have depends on the image."""
        return SandboxDescription(
            kind=self._kind,
            strength="strong",
            detail=f"one {self._kind} container per program, without network",
        )

    def _run(self, program: str, limits: Limits, cancellation: Cancellation) -> ExecutionResult:
        self._running.add(cancellation)
        try:
            return self._run_in_session(program, limits, cancellation)
        except CodeSteerError:
            raise
        except Exception as error:
            raise _translate_error(self._kind, error) from error
        finally:
            self._running.discard(cancellation)

    def _open_session(self, limits: Limits) -> ContainerSession:
        try:
            session = self._new_session(limits)
            session.open()
        except CodeSteerError:
            raise
        except Exception as error:  # of the engine's client, or an OSError if there is no engine
            translated = _translate_error(self._kind, error)
            if isinstance(translated, ConfigurationError):
                raise translated from error
            raise SandboxUnavailableError(
                f"{self._kind} cannot start a container: start {self._kind}, or choose another sandbox "
                f"({one_line(error)[:LINE_LENGTH]})"
            ) from error
        return session

    def _run_in_session(self, program: str, limits: Limits, cancellation: Cancellation) -> ExecutionResult:
        session = self._open_session(limits)
        job = GuestJob.create(program, limits)
        timeout = limits.wall_seconds + _GRACE_SECONDS
        with ThreadPoolExecutor(1) as executor:
            try:
                output = _wait(executor.submit(session.run, job.code, timeout=timeout), cancellation)
            except Exception:
                # Each engine raises its own kind. The runner reports before, unless the program stopped it.
                if cancellation.requested or time.monotonic() - job.created_at < timeout:
                    raise
                return job.result_without_report(ExecutionStatus.TIMEOUT, "", "")
            finally:
                self._close(session)
        if job.marker not in output.stdout and output.exit_code in _SIGKILL_EXIT_CODES:
            return job.result_without_report(ExecutionStatus.KILLED, output.stdout, output.stderr)
        return job.parse_result(output.stdout, output.stderr)

    def _close(self, session: ContainerSession) -> None:
        """Remove the container; a failure must hide neither the program's result nor why there is none."""
        try:
            session.close()
        except Exception as error:
            _log.warning("%s did not remove a container: %s", self._kind, first_line(error))


def container_sandbox(engine: str, image: str = DEFAULT_IMAGE) -> ContainerSandbox:
    """Return a sandbox that runs programs in containers.

    Args:
        engine: ``docker``, ``podman`` or ``kubernetes``.
        image: an image with Python and the packages that programs may use.
    """

    def new_session(limits: Limits) -> ContainerSession:
        try:
            from llm_sandbox import SandboxSession
        except ImportError as error:
            message = f"the {engine} sandbox needs a package: pip install 'codesteer[docker]'"
            raise ConfigurationError(message) from error
        options = {} if engine == "kubernetes" else {"runtime_configs": _restrictions(limits)}
        session: ContainerSession = SandboxSession(
            backend=engine, lang="python", image=image, skip_environment_setup=True, **options
        )
        return session

    return ContainerSandbox(engine, new_session)


def _restrictions(limits: Limits) -> dict[str, Any]:
    return {
        "network_mode": "none",
        "mem_limit": limits.memory_bytes,
        "memswap_limit": limits.memory_bytes,
        "pids_limit": limits.processes + 16,  # room for the engine's processes and the guest runner
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges"],
    }


def _wait(future: "Future[SessionOutput]", cancellation: Cancellation) -> SessionOutput:
    while True:
        try:
            return future.result(_POLL_SECONDS)
        except TimeoutError:
            if future.done():
                return future.result()
            if cancellation.requested:
                message = "the program was cancelled"
                raise SandboxError(message) from None


def _translate_error(engine: str, error: Exception) -> CodeSteerError:
    text = one_line(error)
    if type(error).__name__ == "MissingDependencyError":
        return ConfigurationError(
            f"the {engine} sandbox needs a package: pip install 'codesteer[docker]' ({text})"
        )
    return SandboxError(f"{engine} failed: {text}")
