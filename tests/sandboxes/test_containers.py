import shutil
import subprocess
import sys
from dataclasses import dataclass
from types import ModuleType
from typing import ClassVar

import pytest

from codesteer.errors import ConfigurationError, SandboxError, SandboxUnavailableError
from codesteer.sandboxes import containers
from codesteer.sandboxes.containers import (
    ContainerSandbox,
    ContainerSession,
    SessionOutput,
    container_sandbox,
)
from codesteer.sandboxes.execution import MEBIBYTE, ExecutionStatus, Limits
from codesteer.sandboxes.factory import open_sandbox
from codesteer.sandboxes.guest import job


class RecordingSession:
    """Records the options of a requested container."""

    options: ClassVar[dict[str, object]] = {}

    def __init__(self, **options: object) -> None:
        RecordingSession.options = options

    def open(self) -> None:
        message = "no engine\nhere"
        raise RuntimeError(message)

    def run(self, code: str, *, timeout: float) -> SessionOutput:
        raise NotImplementedError

    def close(self) -> None: ...


@pytest.fixture
def llm_sandbox(monkeypatch: pytest.MonkeyPatch) -> type[RecordingSession]:
    module = ModuleType("llm_sandbox")
    vars(module)["SandboxSession"] = RecordingSession
    monkeypatch.setitem(sys.modules, "llm_sandbox", module)
    return RecordingSession


@pytest.mark.parametrize("engine", ["docker", "podman"])
async def test_containers_have_no_network_and_limited_resources(
    llm_sandbox: type[RecordingSession], engine: str
) -> None:
    with pytest.raises(SandboxError, match=f"start {engine}, or choose another sandbox .no engine here"):
        await container_sandbox(engine, "my/image").run("", Limits(memory_bytes=300 * MEBIBYTE, processes=10))
    restrictions = llm_sandbox.options.pop("runtime_configs")
    expected = {"backend": engine, "lang": "python", "image": "my/image", "skip_environment_setup": True}
    assert llm_sandbox.options == expected
    assert restrictions == {
        "network_mode": "none",
        "mem_limit": 300 * MEBIBYTE,
        "memswap_limit": 300 * MEBIBYTE,
        "pids_limit": 26,
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges"],
    }


async def test_a_missing_engine_is_reported_at_start(
    llm_sandbox: type[RecordingSession],
) -> None:
    with pytest.raises(SandboxUnavailableError, match=r"start docker, .* \(no engine here\)"):
        await container_sandbox("docker").start()


async def test_the_image_is_configurable(llm_sandbox: type[RecordingSession]) -> None:
    with pytest.raises(SandboxError):
        await open_sandbox("docker:registry:5000/my/image:1").run("")
    assert llm_sandbox.options["image"] == "registry:5000/my/image:1"


async def test_a_missing_package_is_a_configuration_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "llm_sandbox", None)
    with pytest.raises(ConfigurationError, match=r"pip install 'codesteer\[docker\]'"):
        await container_sandbox("docker").start()


async def test_a_missing_dependency_of_the_package_is_a_configuration_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "docker", None)
    with pytest.raises((ConfigurationError, SandboxUnavailableError), match="docker"):
        await container_sandbox("docker").start()


async def test_a_session_without_a_report_is_an_error() -> None:
    class Silent(RecordingSession):
        stdout, stderr, exit_code = "", "lost", 1

        def open(self) -> None: ...

        def run(self, code: str, *, timeout: float) -> SessionOutput:
            return self

    def new_session(_: Limits) -> ContainerSession:
        return Silent()

    with pytest.raises(SandboxError, match="returned no report: lost"):
        await ContainerSandbox("silent", new_session).run("")


@dataclass
class Output:
    stdout: str
    stderr: str = ""
    exit_code: int = 0


class LocalSession(RecordingSession):
    """Runs the code as a plain process, and fails where it is told to."""

    def __init__(self, failure: Exception | None = None, closing: Exception | None = None) -> None:
        self.failure, self.closing = failure, closing

    def open(self) -> None: ...

    def run(self, code: str, *, timeout: float) -> SessionOutput:
        if self.failure is not None:
            raise self.failure
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=timeout)
        return Output(done.stdout, done.stderr, done.returncode)

    def close(self) -> None:
        if self.closing is not None:
            raise self.closing


def sandbox_of(session: ContainerSession) -> ContainerSandbox:
    return ContainerSandbox("fake", lambda _: session)


FAILURES = [
    RuntimeError("daemon gone"),
    ConnectionResetError("daemon gone"),
    BrokenPipeError(32, "daemon gone"),
    TimeoutError("daemon gone"),
    FileNotFoundError("daemon gone"),
    KeyError("daemon gone"),
]


@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: type(failure).__name__)
async def test_every_failure_of_the_engine_is_a_failure_of_the_sandbox(failure: Exception) -> None:
    with pytest.raises(SandboxError, match=r"fake failed: .*daemon gone"):
        await sandbox_of(LocalSession(failure)).run("print(42)")
    with pytest.raises(SandboxError, match=r"fake failed: .*daemon gone"):
        await sandbox_of(LocalSession(failure, RuntimeError("cannot remove it either"))).run("print(42)")


@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: type(failure).__name__)
async def test_a_failure_to_remove_the_container_loses_no_result(
    failure: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    result = await sandbox_of(LocalSession(closing=failure)).run("print(42)")
    assert (result.status, result.stdout) == (ExecutionStatus.OK, "42\n")
    assert "fake did not remove a container" in caplog.text


@pytest.mark.parametrize("signal", ["SIGINT", "SIGTERM", "SIGKILL"])
async def test_a_program_that_signals_its_parent_counts_as_killed(signal: str) -> None:
    program = f"import os, signal, time; os.kill(os.getppid(), signal.{signal}); time.sleep(1)"
    assert (await sandbox_of(LocalSession()).run(program)).status is ExecutionStatus.KILLED


async def test_a_program_that_stops_its_parent_times_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(containers, "_GRACE_SECONDS", 0.3)
    program = "import os, signal, time; os.kill(os.getppid(), signal.SIGSTOP); time.sleep(1)"
    result = await sandbox_of(LocalSession()).run(program, Limits(wall_seconds=0.3))
    assert (result.status, result.exit_code) == (ExecutionStatus.TIMEOUT, None)
    assert 0.6 <= result.wall_seconds < 3


async def test_a_runner_that_fails_is_reported_at_start(monkeypatch: pytest.MonkeyPatch) -> None:
    await sandbox_of(LocalSession()).start()
    monkeypatch.setattr(job, "_runner_source", lambda: "def main(*arguments): print(arguments[2]); 1 / 0")
    with pytest.raises(
        SandboxUnavailableError, match="an empty program ended with killed: ZeroDivisionError"
    ):
        await sandbox_of(LocalSession()).start()


async def test_a_container_that_was_killed_before_the_runner_started_is_killed() -> None:
    class Killed(LocalSession):
        def run(self, code: str, *, timeout: float) -> SessionOutput:
            return Output("", exit_code=137)

    assert (await sandbox_of(Killed()).run("")).status is ExecutionStatus.KILLED


def docker_is_running() -> bool:
    return (
        bool(shutil.which("docker"))
        and subprocess.run(["docker", "info"], capture_output=True).returncode == 0
    )


@pytest.mark.skipif(not docker_is_running(), reason="no Docker engine on this machine")
async def test_docker_runs_a_program() -> None:
    async with open_sandbox("docker") as sandbox:
        assert (await sandbox.run("print(6 * 7)")).stdout == "42\n"
