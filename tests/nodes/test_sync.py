"""Synchronous calls work from any thread and event loop."""

import asyncio
from typing import Any

import pytest
from langchain_core.messages import HumanMessage
from tests.support.models import code, scripted
from tests.support.sandboxes import ScriptedSandbox

from codesteer.graph.context import Context
from codesteer.graph.workflow import create_codesteer
from codesteer.guides.decision import Decision
from codesteer.guides.port import GuideInput
from codesteer.guides.rules import decide
from codesteer.nodes.sync import run_blocking

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
