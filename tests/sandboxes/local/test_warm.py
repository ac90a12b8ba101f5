import asyncio
import os
import signal
from collections.abc import Callable, Iterator

import pytest
from tests.support.processes import processes_with, wait_until

from codesteer.sandboxes.execution import ExecutionStatus, Limits
from codesteer.sandboxes.local import bubblewrap, processes
from codesteer.sandboxes.local.bubblewrapped import SelfWarmingBubblewrap
from codesteer.sandboxes.local.sandbox import LocalSandbox
from codesteer.sandboxes.local.warm import WarmBubblewrap
from codesteer.sandboxes.threads import Cancellation

WORKING = next(iter(bubblewrap.candidates()))


@pytest.fixture
def cancellation() -> Iterator[Cancellation]:
    with Cancellation() as cancellation:
        yield cancellation


@pytest.fixture
def servers() -> Callable[[], list[int]]:
    """Return what lists the servers that were started since."""

    def ours() -> set[int]:
        return set(processes.children(os.getpid())) & set(processes_with("inside.server"))

    before = ours()
    return lambda: sorted(ours() - before)


async def test_random_numbers_differ_between_programs() -> None:
    imports = "import random, numpy\nfrom sympy.core.random import rng\n"
    program = f"{imports}print(random.random(), numpy.random.rand(), rng.random())"
    async with LocalSandbox("warm") as sandbox:
        one, other = [(await sandbox.run(program)).stdout.split() for _ in range(2)]
    assert len(one) == 3
    assert not set(one) & set(other)


async def test_libraries_are_there_before_the_program() -> None:
    program = "import sys; print({'numpy', 'sympy', 'scipy.optimize', 'networkx'} <= sys.modules.keys())"
    async with LocalSandbox("warm") as sandbox:
        assert (await sandbox.run(program)).stdout == "True\n"


def test_a_server_is_replaced_after_some_programs(
    cancellation: Cancellation, servers: Callable[[], list[int]]
) -> None:
    runner = WarmBubblewrap(WORKING, programs_per_server=5)
    seen: set[int] = set()
    while len(seen) < 3:
        assert runner.execute(b"print(1)", Limits(), cancellation).stdout == "1\n"
        seen |= set(servers())
    assert len(servers()) <= 2
    runner.close()
    assert servers() == []


@pytest.fixture(params=["bubblewrap", "server"])
def kill(request: pytest.FixtureRequest, servers: Callable[[], list[int]]) -> Callable[[], None]:
    """Kill bubblewrap, which only waits for the server, or the server itself."""

    def kill() -> None:
        (bubblewrap,) = servers()
        (server,) = processes.children(bubblewrap)
        os.kill(server if request.param == "server" else bubblewrap, signal.SIGKILL)

    return kill


async def test_a_server_that_dies_under_a_program_costs_only_time(kill: Callable[[], None]) -> None:
    async with LocalSandbox("warm") as sandbox:
        task = asyncio.create_task(sandbox.run("import time; time.sleep(0.5); print('done')"))
        await asyncio.sleep(0.2)
        kill()
        result = await task
    assert (result.status, result.stdout) == (ExecutionStatus.OK, "done\n")


async def test_a_server_that_died_idle_is_replaced(
    kill: Callable[[], None], servers: Callable[[], list[int]]
) -> None:
    async with LocalSandbox("warm") as sandbox:
        for _ in range(2):
            assert (await sandbox.run("print(1)")).stdout == "1\n"
            kill()
            await wait_until(lambda: not servers())


async def test_programs_run_cold_until_the_server_is_warm(
    cancellation: Cancellation, servers: Callable[[], list[int]]
) -> None:
    runner = SelfWarmingBubblewrap(WORKING)
    program = b"import sys; print('sympy' in sys.modules)"
    assert runner.execute(program, Limits(), cancellation).stdout == "False\n"
    await wait_until(lambda: runner.execute(program, Limits(), cancellation).stdout == "True\n")
    runner.close()
    assert servers() == []


def test_where_no_warm_server_can_live_programs_run_cold(
    cancellation: Cancellation, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = ["--no-such-option"]
    monkeypatch.setattr(bubblewrap.Bubblewrap, "warm_command", lambda *_: [str(WORKING.path), *broken])
    runner = SelfWarmingBubblewrap(WORKING)
    for _ in range(4):
        assert runner.execute(b"print(1)", Limits(), cancellation).stdout == "1\n"
    runner.close()


async def test_more_programs_than_processors_wait_their_turn() -> None:
    async with LocalSandbox("warm") as sandbox:
        results = await asyncio.gather(*(sandbox.run(f"print({n})") for n in range(20)))
    assert [result.stdout for result in results] == [f"{n}\n" for n in range(20)]
