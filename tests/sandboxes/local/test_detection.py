import asyncio
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from codesteer.errors import SandboxUnavailableError
from codesteer.sandboxes.factory import open_sandbox
from codesteer.sandboxes.local import bubblewrap, detection, unavailable
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
# As in a container: the kernel supports namespaces but does not allow new ones.
NESTED_NAMESPACE = ("unshare", "--user", "--map-root-user", "sh", "-c")
DISALLOW = 'echo 0 > /proc/sys/user/max_user_namespaces && exec "$@"'


def describe(isolation: str, *prefix: str) -> object:
    command = [*prefix, sys.executable, "-c", DESCRIBE, isolation]
    return json.loads(subprocess.run(command, capture_output=True, check=True).stdout)


@pytest.fixture
def without_namespaces() -> list[str]:
    prefix = [*NESTED_NAMESPACE, DISALLOW, "sh"]
    if not shutil.which("unshare") or subprocess.run([*prefix, "true"], capture_output=True).returncode:
        pytest.skip("this machine does not allow user namespaces")
    return prefix


def test_bubblewrap_is_preferred() -> None:
    assert describe("auto") == ["bubblewrap", "strong", "1\n"]


def test_without_namespaces_the_sandbox_is_restricted(without_namespaces: list[str]) -> None:
    assert describe("auto", *without_namespaces) == ["landlock", "restricted", "1\n"]


@pytest.mark.parametrize("isolation", ["cold", "warm"])
def test_an_explicit_isolation_has_no_weaker_fallback(without_namespaces: list[str], isolation: str) -> None:
    message = describe(isolation, *without_namespaces)
    assert isinstance(message, str)
    assert "bubblewrap" in message
    assert "e2b" in message
    assert "unsafe-subprocess" in message
    assert "\n" not in message


async def test_without_isolation_the_error_names_alternatives(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(detection, "_candidates", lambda _: iter(()))
    with pytest.raises(SandboxUnavailableError, match=r"e2b.*docker.*unsafe-subprocess"):
        await LocalSandbox().run("print(1)")


@pytest.mark.parametrize("system", ["darwin", "win32"])
def test_other_systems_are_rejected(monkeypatch: pytest.MonkeyPatch, system: str) -> None:
    monkeypatch.setattr(sys, "platform", system)
    with pytest.raises(SandboxUnavailableError, match=f"needs Linux, this is {system}"):
        open_sandbox("local")


async def test_apparmor_restrictions_are_explained(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "switch").write_text("1\n")
    monkeypatch.setattr(unavailable, "APPARMOR_SWITCH", tmp_path / "switch")
    monkeypatch.setattr(detection, "_candidates", lambda _: iter(()))
    with pytest.raises(SandboxUnavailableError, match="sudo apt install bubblewrap apparmor-profiles"):
        await LocalSandbox().start()


async def test_a_broken_bubblewrap_is_skipped(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
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


def test_a_passed_self_test_is_cached(monkeypatch: pytest.MonkeyPatch) -> None:
    asyncio.run(LocalSandbox("cold").start())
    monkeypatch.setattr(detection, "_self_test", lambda *_: pytest.fail("tested again"))
    asyncio.run(LocalSandbox("cold").start())
