"""No node blocks the event loop: models by name, the real sandbox, a SQLite checkpointer."""

import time
from pathlib import Path
from typing import Any

import pytest
from blockbuster import BlockingError, blockbuster_ctx
from langchain_core.messages import HumanMessage
from tests.support.endpoint import serve
from tests.support.models import check, code

from codesteer import ChatCodeSteer, Context
from codesteer.checkpoints import open_checkpoints
from codesteer.graph.workflow import compile_graph
from codesteer.models.prices import load_prices
from codesteer.models.resolve import clear_model_caches
from codesteer.nodes.runtime import open_sandbox_once

pytestmark = pytest.mark.enable_socket
QUESTION = "What is 6 * 7? Return it as <<<number>>>."
SOLVE = code("result = 6 * 7\nprint('<<<' + str(result) + '>>>')")
TEST = check("int(answer) == 6 * 7", "product")
DECISIONS = ('{"action": "code", "guidance": "Multiply."}', '{"action": "return"}')


@pytest.fixture(autouse=True)
def cold() -> None:
    """Clear caches, so that the work of a process's first run is watched as well."""
    clear_model_caches()
    load_prices.cache_clear()
    open_sandbox_once.cache_clear()


async def test_blocking_calls_are_detected() -> None:
    with blockbuster_ctx(), pytest.raises(BlockingError):
        time.sleep(0.001)  # noqa: ASYNC251


async def test_a_run_with_models_and_sandbox_by_name() -> None:
    with serve(DECISIONS[0], SOLVE, TEST, DECISIONS[1]) as endpoint:
        model = f"{endpoint.url}#m"
        context = Context(task_model=model, guide=model, sandbox="local")
        with blockbuster_ctx():
            result: Any = await compile_graph().ainvoke(
                {"messages": [HumanMessage(QUESTION)]}, context=context
            )
    assert (result["answer"], result["outcome"]) == ("42", "returned")
    assert len(endpoint.requests) >= 4


async def test_a_checkpointed_run(tmp_path: Path) -> None:
    with serve(SOLVE, TEST) as endpoint, blockbuster_ctx():
        async with open_checkpoints(tmp_path / "runs.sqlite") as saver:
            result: Any = await compile_graph(checkpointer=saver).ainvoke(
                {"messages": [HumanMessage(QUESTION)]},
                {"configurable": {"thread_id": "1"}},
                context=Context(task_model=f"{endpoint.url}#m"),
            )
    assert result["answer"] == "42"


async def test_the_chat_model() -> None:
    with serve(SOLVE, TEST) as endpoint, blockbuster_ctx():
        chat = ChatCodeSteer(task_model=f"{endpoint.url}#m")
        chunks = [chunk.text async for chunk in chat.astream(QUESTION)]
    assert chunks[-1] == "<<<42>>>"
