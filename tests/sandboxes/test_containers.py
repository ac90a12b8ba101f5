import shutil
import subprocess
import sys
from types import ModuleType
from typing import ClassVar

import pytest

from codesteer.errors import ConfigurationError, SandboxError, SandboxUnavailableError
from codesteer.sandboxes.containers import ContainerSandbox, Output, Session, containers
from codesteer.sandboxes.execution import MEBIBYTE, Limits
from codesteer.sandboxes.factory import open_sandbox


class RecordingSession:
    """Keeps the options with which llm-sandbox would be asked for a container."""

    options: ClassVar[dict[str, object]] = {}

    def __init__(self, **options: object) -> None:
        RecordingSession.options = options

    def open(self) -> None:
        message = "no engine\nhere"
        raise RuntimeError(message)

    def run(self, code: str, *, timeout: float) -> Output:
        raise NotImplementedError

    def close(self) -> None: ...


@pytest.fixture
def llm_sandbox(monkeypatch: pytest.MonkeyPatch) -> type[RecordingSession]:
    module = ModuleType("llm_sandbox")
    vars(module)["SandboxSession"] = RecordingSession
    monkeypatch.setitem(sys.modules, "llm_sandbox", module)
    return RecordingSession


@pytest.mark.parametrize("engine", ["docker", "podman"])
async def test_containers_get_no_network_and_the_limits(
    llm_sandbox: type[RecordingSession], engine: str
) -> None:
    with pytest.raises(SandboxError, match=f"{engine} failed: no engine here"):
        await containers(engine, "my/image").run("", Limits(memory_bytes=300 * MEBIBYTE, processes=10))
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


async def test_an_engine_that_is_not_there_is_found_out_at_the_start(
    llm_sandbox: type[RecordingSession],
) -> None:
    with pytest.raises(SandboxUnavailableError, match="docker failed: no engine here"):
        await containers("docker").start()


async def test_the_image_can_be_named(llm_sandbox: type[RecordingSession]) -> None:
    with pytest.raises(SandboxError):
        await open_sandbox("docker:registry:5000/my/image:1").run("")
    assert llm_sandbox.options["image"] == "registry:5000/my/image:1"


async def test_a_missing_package_is_for_the_user_to_fix(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "llm_sandbox", None)
    with pytest.raises(ConfigurationError, match=r"pip install 'codesteer\[docker\]'"):
        await containers("docker").start()


async def test_a_package_missing_underneath_is_for_the_user_to_fix(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "docker", None)
    with pytest.raises((ConfigurationError, SandboxUnavailableError), match="docker"):
        await containers("docker").start()


async def test_a_session_that_says_nothing_is_an_error() -> None:
    class Silent(RecordingSession):
        stdout, stderr, exit_code = "", "lost", 1

        def open(self) -> None: ...

        def run(self, code: str, *, timeout: float) -> Output:
            return self

    def new_session(_: Limits) -> Session:
        return Silent()

    with pytest.raises(SandboxError, match="did not report: lost"):
        await ContainerSandbox("silent", new_session).run("")


def engine_runs() -> bool:
    return (
        bool(shutil.which("docker"))
        and subprocess.run(["docker", "info"], capture_output=True).returncode == 0
    )


@pytest.mark.skipif(not engine_runs(), reason="no Docker engine on this machine")
async def test_docker_runs_a_program() -> None:
    async with open_sandbox("docker") as sandbox:
        assert (await sandbox.run("print(6 * 7)")).stdout == "42\n"
