"""Synchronous calls work from any thread, event loop and fork, whatever a node does."""

import asyncio
import contextvars
import os
import signal
import subprocess
import sys
from collections.abc import AsyncGenerator, Generator
from contextlib import closing
from threading import Event, Timer
from time import sleep
from typing import Any

import pytest
from langchain_core.messages import HumanMessage
from tests.support.models import code, scripted
from tests.support.sandboxes import ScriptedSandbox

from codesteer.graph.context import Context
from codesteer.graph.sync import run_blocking, stream_blocking
from codesteer.graph.workflow import create_codesteer
from codesteer.guides.decision import Decision
from codesteer.guides.port import GuideInput
from codesteer.guides.rules import decide
from codesteer.nodes.concurrency import gather_or_cancel

INPUT: Any = {"messages": [HumanMessage("Calculate the product of the numbers 6 and 7.")]}
CONTEXT = Context(check_answer=False, max_turns=1)


class AskingGuide:
    """Invokes another graph synchronously before it decides, whose guide does the same."""

    name = "asking"

    def __init__(self, depth: int) -> None:
        self.depth, self.heard = depth, ""

    async def decide(self, guide_input: GuideInput) -> Decision:
        if self.depth:
            self.heard = solve(self.depth - 1)
        return decide(guide_input)


def solve(depth: int) -> str:
    builder = create_codesteer(
        task_model=scripted(code("print(6 * 7)")),
        sandbox=ScriptedSandbox(f"4{depth}"),
        guide=AskingGuide(depth),
    )
    return str(builder.compile().invoke(INPUT, context=CONTEXT)["answer"])


@pytest.mark.timeout(30)
@pytest.mark.parametrize("depth", [0, 1, 2, 3])
def test_a_guide_may_invoke_a_graph_itself(depth: int) -> None:
    assert solve(depth) == f"4{depth}"


@pytest.mark.timeout(30)
async def test_inside_a_running_loop() -> None:
    assert solve(1) == "41"


@pytest.mark.timeout(30)
def test_several_at_once() -> None:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(solve, [1] * 8)) == {"41"}


@pytest.mark.timeout(30)
def test_failures_reach_the_caller_from_every_depth() -> None:
    async def fail() -> None:
        raise ValueError("deep")

    async def nested() -> None:
        run_blocking(fail)

    with pytest.raises(ValueError, match="deep"):
        run_blocking(nested)
    assert run_blocking(lambda: asyncio.sleep(0, "still there")) == "still there"


@pytest.mark.timeout(30)
@pytest.mark.parametrize("exit_with", [SystemExit("enough"), KeyboardInterrupt(), SystemExit()])
@pytest.mark.parametrize("depth", [0, 1, 2])
def test_a_node_that_exits_ends_its_caller_and_no_other(exit_with: BaseException, depth: int) -> None:
    """However deep the task is that exits: asyncio raises it in the loop as well."""
    from concurrent.futures import ThreadPoolExecutor

    async def leave() -> None:
        raise exit_with

    async def gathered() -> None:
        await gather_or_cancel([leave(), asyncio.sleep(30)])

    async def nested() -> None:
        run_blocking(gathered)

    with ThreadPoolExecutor(1) as pool:
        other = pool.submit(run_blocking, lambda: asyncio.sleep(0.3, "done"))
        with pytest.raises(type(exit_with)) as raised:
            run_blocking([leave, gathered, nested][depth])
        assert raised.value is exit_with
        assert other.result() == "done"
    assert run_blocking(lambda: asyncio.sleep(0, "still there")) == "still there"


@pytest.mark.timeout(30)
def test_a_guide_that_exits_does_not_disturb_the_next_run() -> None:
    class Leaving(AskingGuide):
        async def decide(self, guide_input: GuideInput) -> Decision:
            sys.exit("enough")

    graph = create_codesteer(task_model=scripted(), sandbox=ScriptedSandbox(), guide=Leaving(0)).compile()
    with pytest.raises(SystemExit, match="enough"):
        graph.invoke(INPUT, context=CONTEXT)
    assert solve(0) == "40"


FORKING = """
import asyncio, os, sys, threading, warnings
warnings.simplefilter("ignore")
from codesteer.nodes.concurrency import gather_or_cancel
from codesteer.graph.sync import run_blocking, stream_blocking

def call(text):
    return run_blocking(lambda: asyncio.sleep(0.01, text))

def fork_and_call(calls=call):
    child = os.fork()
    if child == 0:
        try:
            os._exit(0 if calls("child") == "child" else 1)
        finally:
            os._exit(2)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

def in_thread(text):
    told = []
    thread = threading.Thread(target=lambda: told.append(call(text)))
    thread.start()
    thread.join()
    return told[0]

async def in_loop(calls=call):
    return fork_and_call(calls)

def again(text):
    return call(text) if fork_and_call() == 0 else ""
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")
@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "forked",
    [
        "fork_and_call()",  # nothing ran before the fork
        "call('parent') and fork_and_call()",
        "call('parent') and fork_and_call(in_thread)",
        "call('parent') and fork_and_call(again)",
        "run_blocking(in_loop)",
        "run_blocking(lambda: in_loop(in_thread))",
        "[call('parent'), fork_and_call()][1] or [call('parent'), fork_and_call()][1]",
    ],
)
def test_a_fork_of_the_process_has_a_loop_of_its_own(forked: str) -> None:
    check = f"status = {forked}\nassert call('parent') == 'parent'\nsys.exit(status)"
    subprocess.run([sys.executable, "-c", f"{FORKING}\n{check}"], check=True, timeout=50)


class Numbers:
    """An asynchronous stream of numbers that tells how it ended."""

    def __init__(self, pause: float = 0.0, cleanup: float = 0.0) -> None:
        self.pause, self.cleanup = pause, cleanup
        self.ended = ""

    async def stream(self) -> AsyncGenerator[int, None]:
        try:
            for number in range(5):
                yield number
                await asyncio.sleep(self.pause)
        except BaseException as error:
            await asyncio.sleep(self.cleanup)
            self.ended = type(error).__name__
            raise
        self.ended = "end"


def numbers(source: Numbers) -> Generator[int, None, None]:
    return stream_blocking(source.stream, contextvars.copy_context())


def test_a_stream_is_read_to_its_end() -> None:
    source = Numbers()
    assert list(numbers(source)) == [0, 1, 2, 3, 4]
    assert source.ended == "end"


@pytest.mark.parametrize("pause", [0.0, 60.0])
def test_a_stream_that_is_left_early_ends_at_once(pause: float) -> None:
    source = Numbers(pause, cleanup=0.05)
    with closing(numbers(source)) as stream:
        assert next(stream) == 0
    assert source.ended == "GeneratorExit"


def test_an_interrupt_cancels_what_a_stream_waits_for() -> None:
    source = Numbers(60.0, cleanup=0.05)
    stream = numbers(source)
    assert next(stream) == 0
    interrupt = Timer(0.2, lambda: os.kill(os.getpid(), signal.SIGINT))
    interrupt.start()
    with pytest.raises(KeyboardInterrupt):
        next(stream)
    assert source.ended == "CancelledError"


def test_errors_of_a_stream_reach_its_reader() -> None:
    async def failing() -> AsyncGenerator[int, None]:
        yield 1
        raise ZeroDivisionError

    stream = stream_blocking(failing, contextvars.copy_context())
    assert next(stream) == 1
    with pytest.raises(ZeroDivisionError):
        next(stream)


def test_a_stream_in_the_shared_loop_blocks_nobody() -> None:
    async def nested() -> list[int]:
        return list(numbers(Numbers()))

    assert run_blocking(nested) == [0, 1, 2, 3, 4]


def test_a_stream_sees_its_context() -> None:
    variable: contextvars.ContextVar[str] = contextvars.ContextVar("variable")
    context = contextvars.copy_context()
    context.run(variable.set, "given")

    async def seen() -> AsyncGenerator[str, None]:
        yield variable.get()
        variable.set("changed")
        yield variable.get()

    assert list(stream_blocking(seen, context)) == ["given", "changed"]


@pytest.mark.timeout(30)
def test_an_interrupt_while_work_is_passed_on_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = Event()
    passed_on = asyncio.run_coroutine_threadsafe

    async def endless() -> AsyncGenerator[int, None]:
        try:
            await asyncio.sleep(3600)
            yield 1
        finally:
            ended.set()

    def interrupted(*arguments: Any) -> Any:
        monkeypatch.setattr(asyncio, "run_coroutine_threadsafe", passed_on)
        passed_on(*arguments)
        sleep(0.1)
        raise KeyboardInterrupt

    monkeypatch.setattr(asyncio, "run_coroutine_threadsafe", interrupted)
    with pytest.raises(KeyboardInterrupt):
        list(stream_blocking(endless, contextvars.copy_context()))
    assert ended.wait(5)
