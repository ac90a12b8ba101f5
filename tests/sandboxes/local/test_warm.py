import asyncio
import os
import signal
from collections.abc import Callable, Iterator

import pytest
from tests.support.processes import processes_with, wait_until

from codesteer.errors import SandboxError
from codesteer.sandboxes.cancellation import Cancellation
from codesteer.sandboxes.execution import ExecutionResult, ExecutionStatus, Limits
from codesteer.sandboxes.local import bubblewrap, hybrid, procfs
from codesteer.sandboxes.local.detection import Isolation
from codesteer.sandboxes.local.hybrid import HybridBubblewrap
from codesteer.sandboxes.local.sandbox import LocalSandbox
from codesteer.sandboxes.local.warm import WarmBubblewrap

BUBBLEWRAP = next(iter(bubblewrap.candidates()))


@pytest.fixture
def cancellation() -> Iterator[Cancellation]:
    with Cancellation() as cancellation:
        yield cancellation


@pytest.fixture
def servers() -> Callable[[], list[int]]:
    """Return a function that lists the servers started during the test."""

    def running() -> set[int]:
        return set(procfs.children(os.getpid())) & set(processes_with("inside.server"))

    before = running()
    return lambda: sorted(running() - before)


async def test_random_numbers_differ_between_programs() -> None:
    imports = "import random, numpy\nfrom sympy.core.random import rng\n"
    program = f"{imports}print(random.random(), numpy.random.rand(), rng.random())"
    async with LocalSandbox("warm") as sandbox:
        one, other = [(await sandbox.run(program)).stdout.split() for _ in range(2)]
    assert len(one) == 3
    assert not set(one) & set(other)


async def test_libraries_are_preloaded() -> None:
    program = "import sys; print({'numpy', 'sympy', 'scipy.optimize', 'networkx'} <= sys.modules.keys())"
    async with LocalSandbox("warm") as sandbox:
        assert (await sandbox.run(program)).stdout == "True\n"


def test_a_server_is_replaced_after_a_number_of_programs(
    cancellation: Cancellation, servers: Callable[[], list[int]]
) -> None:
    backend = WarmBubblewrap(BUBBLEWRAP, programs_per_server=5)
    seen: set[int] = set()
    while len(seen) < 3:
        assert backend.execute(b"print(1)", Limits(), cancellation).stdout == "1\n"
        seen |= set(servers())
    assert len(servers()) <= 2
    backend.close()
    assert servers() == []


@pytest.fixture(params=["bubblewrap", "server"])
def kill(request: pytest.FixtureRequest, servers: Callable[[], list[int]]) -> Callable[[], None]:
    """Return a function that kills bubblewrap, which only waits for the server, or the server itself."""

    def kill() -> None:
        (bubblewrap,) = servers()
        (server,) = procfs.children(bubblewrap)
        os.kill(server if request.param == "server" else bubblewrap, signal.SIGKILL)

    return kill


async def test_a_program_is_rerun_if_its_server_dies(kill: Callable[[], None]) -> None:
    async with LocalSandbox("warm") as sandbox:
        task = asyncio.create_task(sandbox.run("import time; time.sleep(0.5); print('done')"))
        await asyncio.sleep(0.2)
        kill()
        result = await task
    assert (result.status, result.stdout) == (ExecutionStatus.OK, "done\n")


async def test_an_idle_server_that_died_is_replaced(
    kill: Callable[[], None], servers: Callable[[], list[int]]
) -> None:
    async with LocalSandbox("warm") as sandbox:
        for _ in range(2):
            assert (await sandbox.run("print(1)")).stdout == "1\n"
            kill()
            await wait_until(lambda: not servers())


async def test_programs_run_cold_until_the_server_is_ready(
    cancellation: Cancellation, servers: Callable[[], list[int]]
) -> None:
    backend = HybridBubblewrap(BUBBLEWRAP)
    program = b"import sys; print('sympy' in sys.modules)"
    assert backend.execute(program, Limits(), cancellation).stdout == "False\n"
    await wait_until(lambda: backend.execute(program, Limits(), cancellation).stdout == "True\n")
    backend.close()
    assert servers() == []


def test_programs_run_cold_if_the_warm_server_fails(
    cancellation: Cancellation, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = ["--no-such-option"]
    monkeypatch.setattr(bubblewrap.Bubblewrap, "warm_command", lambda *_: [str(BUBBLEWRAP.path), *broken])
    backend = HybridBubblewrap(BUBBLEWRAP)
    for _ in range(4):
        assert backend.execute(b"print(1)", Limits(), cancellation).stdout == "1\n"
    backend.close()


async def test_an_idle_server_that_died_is_replaced_while_programs_run_cold(
    cancellation: Cancellation, kill: Callable[[], None]
) -> None:
    backend = HybridBubblewrap(BUBBLEWRAP)
    program = b"import sys; print('sympy' in sys.modules)"

    def runs_warm() -> bool:
        return backend.execute(program, Limits(), cancellation).stdout == "True\n"

    await wait_until(runs_warm)
    kill()
    await wait_until(runs_warm)
    backend.close()


def test_the_warm_server_gets_another_try_after_a_pause(
    cancellation: Cancellation, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[bytes] = []

    def fail(_: WarmBubblewrap, source: bytes, *__: object) -> ExecutionResult:
        tries.append(source)
        raise SandboxError("it fails")

    monkeypatch.setattr(WarmBubblewrap, "pending", False)
    monkeypatch.setattr(WarmBubblewrap, "execute", fail)
    backend = HybridBubblewrap(BUBBLEWRAP)

    def execute(times: int) -> int:
        for _ in range(times):
            assert backend.execute(b"print(1)", Limits(), cancellation).stdout == "1\n"
        return len(tries)

    assert execute(5) == 3
    monkeypatch.setattr(hybrid, "_PAUSE_SECONDS", 0.0)
    assert execute(1) == 4
    monkeypatch.setattr(hybrid, "_PAUSE_SECONDS", 60.0)
    assert execute(2) == 4
    monkeypatch.undo()
    backend.close()


@pytest.mark.parametrize("isolation", ["warm", "cold", "restricted"])
async def test_a_program_that_is_killed_before_it_has_started_times_out(isolation: Isolation) -> None:
    async with LocalSandbox(isolation) as sandbox:
        for seconds in [1e-9] * 6 + [0.001] * 3:
            result = await sandbox.run("print(1)", Limits(wall_seconds=seconds))
            assert (result.status, result.exit_code) == (ExecutionStatus.TIMEOUT, None)


async def test_excess_programs_wait_for_a_free_cpu() -> None:
    async with LocalSandbox("warm") as sandbox:
        results = await asyncio.gather(*(sandbox.run(f"print({n})") for n in range(20)))
    assert [result.stdout for result in results] == [f"{n}\n" for n in range(20)]
