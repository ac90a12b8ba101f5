"""Whatever fails while a program is supervised is a failure of the sandbox, and the program is killed."""

import random

import pytest
from tests.support.processes import processes_with, wait_until

from codesteer.errors import SandboxError
from codesteer.sandboxes.local.detection import Isolation
from codesteer.sandboxes.local.sandbox import LocalSandbox
from codesteer.sandboxes.local.watchdog import Watchdog


@pytest.mark.parametrize("isolation", ["warm", "cold", "restricted"])
@pytest.mark.parametrize("method", ["check", "__init__"])
async def test_an_unexpected_exception_is_a_sandbox_error(
    isolation: Isolation, method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte")

    mark = f"{random.randint(10**8, 10**9)}"
    async with LocalSandbox(isolation) as sandbox:
        monkeypatch.setattr(Watchdog, method, fail)
        with pytest.raises(SandboxError, match="cannot supervise the program: 'utf-8' codec"):
            await sandbox.run(f"import subprocess; subprocess.run(['sleep', '{mark}'])")
        await wait_until(lambda: not processes_with(mark))
        monkeypatch.undo()
        assert (await sandbox.run("print(1)")).stdout == "1\n"
