"""What E2B's library does wrong: any failure of it is a failure of the sandbox, and none loses a complete result."""

import asyncio
import json
import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from codesteer.errors import ConfigurationError, SandboxError
from codesteer.sandboxes.e2b import machine
from codesteer.sandboxes.e2b.machine import Machine
from codesteer.sandboxes.e2b.pool import MachinePool
from codesteer.sandboxes.execution import ExecutionStatus, Limits

REPORT = {
    "status": None,
    "exit_code": 0,
    "stdout_truncated": False,
    "stderr_truncated": False,
    "wall_seconds": 0.1,
    "cpu_seconds": 0.1,
    "peak_memory_bytes": 0,
}
FAILURES = [
    ValueError("a bad line"),
    KeyError("missing"),
    json.JSONDecodeError("no json", "", 0),
    httpx.ReadTimeout("lost"),
    ConnectionResetError("lost"),
]


class Service:
    """Stands for the library's sandbox."""

    def __init__(self, running: Exception | None = None, removing: Exception | None = None) -> None:
        self.running, self.removing = running, removing
        self.killed = False

    async def create_code_context(self) -> object:
        return object()

    async def run_code(self, code: str, on_stdout: Callable[[Any], None], **_: object) -> None:
        if self.running is not None:
            raise self.running
        (mark,) = set(re.findall("codesteer-[0-9a-f]{32} ", code))
        on_stdout(SimpleNamespace(line=f"{mark}\n42\n\n{mark}{json.dumps(REPORT)}\n"))

    async def remove_code_context(self, _: object) -> None:
        if self.removing is not None:
            raise self.removing

    async def kill(self) -> None:
        self.killed = True


def machine_of(service: Any) -> Machine:
    return Machine(service)


@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: type(failure).__name__)
async def test_every_failure_of_the_library_is_a_failure_of_the_sandbox(failure: Exception) -> None:
    with pytest.raises(SandboxError, match="E2B failed to run a program"):
        await machine_of(Service(running=failure)).run("print(42)", Limits())


async def test_a_missing_key_stays_an_error_of_the_configuration() -> None:
    with pytest.raises(ConfigurationError):
        await machine_of(Service(running=ConfigurationError("no key"))).run("print(42)", Limits())


@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: type(failure).__name__)
async def test_a_failure_to_clean_up_loses_no_result_but_the_machine(
    failure: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    services = [Service(removing=failure), Service()]
    unused = iter(services)

    async def create() -> Machine:
        return machine_of(next(unused))

    monkeypatch.setattr(Machine, "create", create)
    pool = MachinePool()
    for _ in range(3):
        result = await pool.run("print(42)", Limits())
        assert (result.status, result.stdout) == (ExecutionStatus.OK, "42\n")
        await asyncio.sleep(0)
    assert [service.killed for service in services] == [True, False]


async def test_a_clean_up_that_hangs_loses_no_result(monkeypatch: pytest.MonkeyPatch) -> None:
    class Hanging(Service):
        async def remove_code_context(self, _: object) -> None:
            await asyncio.sleep(60)

    monkeypatch.setattr(machine, "_GRACE_SECONDS", 0.1)
    hanging = machine_of(Hanging())
    assert (await hanging.run("print(42)", Limits())).stdout == "42\n"
    assert not hanging.alive
