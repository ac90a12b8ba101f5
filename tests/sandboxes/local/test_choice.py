import asyncio
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from codesteer.errors import SandboxUnavailableError
from codesteer.sandboxes.factory import open_sandbox
from codesteer.sandboxes.local import bubblewrap, choice, refusal
from codesteer.sandboxes.local.sandbox import LocalSandbox

DESCRIBE = """
import asyncio, json, sys
from codesteer.errors import SandboxUnavailableError
from codesteer.sandboxes.local.sandbox import LocalSandbox
async def main():
    async with LocalSandbox(sys.argv[1]) as sandbox:
        description = sandbox.describe()
        print(json.dumps([description.kind, description.strength, (await sandbox.run("print(1)")).stdout]))
try: asyncio.run(main())
except SandboxUnavailableError as error: print(json.dumps(str(error)))
"""
# As in a container: the kernel knows namespaces, but refuses to make more.
WITHOUT_NAMESPACES = ("unshare", "--user", "--map-root-user", "sh", "-c")
REFUSE = 'echo 0 > /proc/sys/user/max_user_namespaces && exec "$@"'


def describe(isolation: str, *prefix: str) -> object:
    command = [*prefix, sys.executable, "-c", DESCRIBE, isolation]
    return json.loads(subprocess.run(command, capture_output=True, check=True).stdout)


@pytest.fixture
def refusing() -> list[str]:
    prefix = [*WITHOUT_NAMESPACES, REFUSE, "sh"]
    if not shutil.which("unshare") or subprocess.run([*prefix, "true"], capture_output=True).returncode:
        pytest.skip("this machine allows no user namespaces to begin with")
    return prefix


def test_bubblewrap_is_the_first_choice() -> None:
    assert describe("auto") == ["bubblewrap", "strong", "1\n"]


def test_where_namespaces_are_refused_it_says_restricted(refusing: list[str]) -> None:
    assert describe("auto", *refusing) == ["landlock", "restricted", "1\n"]


@pytest.mark.parametrize("isolation", ["cold", "warm"])
def test_nothing_weaker_is_taken_for_what_was_asked(refusing: list[str], isolation: str) -> None:
    message = describe(isolation, *refusing)
    assert isinstance(message, str)
    assert "bubblewrap" in message
    assert "e2b" in message
    assert "unsafe-subprocess" in message
    assert "\n" not in message


async def test_without_any_isolation_the_ways_out_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choice, "_candidates", lambda _: iter(()))
    with pytest.raises(SandboxUnavailableError, match=r"e2b.*docker.*unsafe-subprocess"):
        await LocalSandbox().run("print(1)")


@pytest.mark.parametrize("system", ["darwin", "win32"])
def test_other_systems_are_told_at_once(monkeypatch: pytest.MonkeyPatch, system: str) -> None:
    monkeypatch.setattr(sys, "platform", system)
    with pytest.raises(SandboxUnavailableError, match=f"needs Linux, this is {system}"):
        open_sandbox("local")


async def test_ubuntu_users_learn_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "switch").write_text("1\n")
    monkeypatch.setattr(refusal, "APPARMOR_SWITCH", tmp_path / "switch")
    monkeypatch.setattr(choice, "_candidates", lambda _: iter(()))
    with pytest.raises(SandboxUnavailableError, match="sudo apt install bubblewrap apparmor-profiles"):
        await LocalSandbox().start()


async def test_a_bubblewrap_that_does_not_work_is_passed_over(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    working = next(iter(bubblewrap.candidates()))
    broken = tmp_path / "bwrap"
    broken.write_text("#!/bin/sh\necho 'setting up uid map: Permission denied' >&2\nexit 1\n")
    broken.chmod(0o755)
    unusable = bubblewrap.Bubblewrap(broken, as_root=working.as_root)
    monkeypatch.setattr(bubblewrap, "candidates", lambda: iter([unusable, working]))
    async with LocalSandbox("cold") as sandbox:
        assert (await sandbox.run("print(1)")).stdout == "1\n"
    monkeypatch.setattr(bubblewrap, "candidates", lambda: iter([unusable]))
    with pytest.raises(SandboxUnavailableError, match="setting up uid map: Permission denied"):
        await LocalSandbox("cold").start()


def test_a_proof_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    asyncio.run(LocalSandbox("cold").start())
    monkeypatch.setattr(choice, "_try", lambda *_: pytest.fail("tried again"))
    asyncio.run(LocalSandbox("cold").start())
