"""Runs programs in containers by way of the llm-sandbox package: Docker, Podman, Kubernetes."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Protocol

from codesteer.errors import CodeSteerError, ConfigurationError, SandboxError, SandboxUnavailableError
from codesteer.sandboxes.execution import ExecutionResult, ExecutionStatus, Limits
from codesteer.sandboxes.port import Sandbox, SandboxDescription
from codesteer.sandboxes.remote.protocol import Errand
from codesteer.sandboxes.threads import Cancellation, run_cancellable

DEFAULT_IMAGE = "python:3.12-slim"
_OVERTIME_SECONDS = 10.0
_POLL_SECONDS = 0.05
_KILLED = (-9, 137)


class Output(Protocol):
    """What a session gives back."""

    stdout: str
    stderr: str
    exit_code: int


class Session(Protocol):
    """The part of an llm-sandbox session that is used here."""

    def open(self) -> None:
        """Create and start the container."""

    def run(self, code: str, *, timeout: float) -> Output:
        """Run Python code."""
        ...

    def close(self) -> None:
        """End the container; may be called while code runs."""


class ContainerSandbox(Sandbox):
    """Runs each program in a container of its own, without network."""

    def __init__(self, kind: str, new_session: Callable[[Limits], Session]) -> None:
        """Take what makes a session; see ``containers``."""
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
            await self.run("")
        except ConfigurationError:
            raise
        except SandboxError as error:
            raise SandboxUnavailableError(str(error)) from error

    async def stop(self) -> None:
        """End all containers; programs under way end with a SandboxError."""
        for cancellation in list(self._running):
            cancellation.request()

    async def run(self, program: str, limits: Limits | None = None) -> ExecutionResult:
        """Run one program to its end or its limits.

        Raises:
            ConfigurationError: a package is missing.
            SandboxError: the engine failed.
        """
        return await run_cancellable(lambda cancel: self._run(program, limits or Limits(), cancel))

    def describe(self) -> SandboxDescription:
        """Say that programs run in containers; what is installed there is the image's affair."""
        return SandboxDescription(
            kind=self._kind,
            strength="strong",
            detail=f"a {self._kind} container of its own for each program, without network",
        )

    def _run(self, program: str, limits: Limits, cancellation: Cancellation) -> ExecutionResult:
        self._running.add(cancellation)
        try:
            return self._run_in_session(program, limits, cancellation)
        except (CodeSteerError, OSError):
            raise
        except Exception as error:
            raise _translated(self._kind, error) from error
        finally:
            self._running.discard(cancellation)

    def _run_in_session(self, program: str, limits: Limits, cancellation: Cancellation) -> ExecutionResult:
        errand = Errand.of(program, limits)
        session = self._new_session(limits)
        session.open()
        with ThreadPoolExecutor(1) as executor:
            try:
                done = executor.submit(
                    session.run, errand.code, timeout=limits.wall_seconds + _OVERTIME_SECONDS
                )
                output = _wait(done, cancellation)
            finally:
                session.close()
        if errand.mark not in output.stdout and output.exit_code in _KILLED:
            return ExecutionResult(status=ExecutionStatus.KILLED, stdout=output.stdout, stderr=output.stderr)
        return errand.result(output.stdout, output.stderr)


def containers(engine: str, image: str = DEFAULT_IMAGE) -> ContainerSandbox:
    """Return a sandbox of containers.

    Args:
        engine: ``docker``, ``podman`` or ``kubernetes``.
        image: an image with Python, and the packages that programs shall find.
    """

    def new_session(limits: Limits) -> Session:
        try:
            from llm_sandbox import SandboxSession
        except ImportError as error:
            message = f"the sandbox {engine} needs a package: pip install 'codesteer[docker]'"
            raise ConfigurationError(message) from error
        options = {} if engine == "kubernetes" else {"runtime_configs": _restrictions(limits)}
        session: Session = SandboxSession(
            backend=engine, lang="python", image=image, skip_environment_setup=True, **options
        )
        return session

    return ContainerSandbox(engine, new_session)


def _restrictions(limits: Limits) -> dict[str, Any]:
    return {
        "network_mode": "none",
        "mem_limit": limits.memory_bytes,
        "memswap_limit": limits.memory_bytes,
        "pids_limit": limits.processes + 16,  # the engine's own and the guest
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges"],
    }


def _wait(done: "Future[Output]", cancellation: Cancellation) -> Output:
    while True:
        try:
            return done.result(_POLL_SECONDS)
        except TimeoutError:
            if done.done():
                raise
            if cancellation.requested:
                message = "the program was stopped before its end"
                raise SandboxError(message) from None


def _translated(engine: str, error: Exception) -> CodeSteerError:
    text = " ".join(str(error).split()) or type(error).__name__
    if type(error).__name__ == "MissingDependencyError":
        return ConfigurationError(
            f"the sandbox {engine} needs a package: pip install 'codesteer[docker]' ({text})"
        )
    return SandboxError(f"{engine} failed: {text}")
