import shutil
import subprocess
import sys
from types import ModuleType
from typing import ClassVar

import pytest

from codesteer.errors import ConfigurationError, SandboxError, SandboxUnavailableError
from codesteer.sandboxes.containers import (
    ContainerSandbox,
    ContainerSession,
    SessionOutput,
    container_sandbox,
)
from codesteer.sandboxes.execution import MEBIBYTE, Limits
from codesteer.sandboxes.factory import open_sandbox


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


def docker_is_running() -> bool:
    return (
        bool(shutil.which("docker"))
        and subprocess.run(["docker", "info"], capture_output=True).returncode == 0
    )


@pytest.mark.skipif(not docker_is_running(), reason="no Docker engine on this machine")
async def test_docker_runs_a_program() -> None:
    async with open_sandbox("docker") as sandbox:
        assert (await sandbox.run("print(6 * 7)")).stdout == "42\n"
