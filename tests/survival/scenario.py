"""What the killed and the resumed run share: question, models and checkpoints."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from tests.support.models import check, code

from codesteer import Context
from codesteer.checkpoints import open_checkpoints

QUESTION = "Calculate the product of the numbers 6 and 7."
TEST = check("int(answer) == 6 * 7", "the product is greater")


def context_with(model: str, candidates: int = 1) -> Context:
    """Use the model as guide, task model and checker, so that every node that can call a model does.

    With several candidates the rules guide asks for a wave of them.
    """
    guide = model if candidates == 1 else "rules"
    return Context(task_model=model, guide=guide, max_turns=3, candidates=candidates)


def answer(request: dict[str, Any]) -> str:
    """Answer as guide, task model or checker: wrong in the first turn, right in the second."""
    messages = request["messages"]
    replies = sum(message["role"] == "assistant" for message in messages)
    if messages[0]["role"] == "system":
        return ('{"action": "code"}', '{"action": "improve", "guidance": "More."}', '{"action": "return"}')[
            replies
        ]
    if "def is_correct" in messages[0]["content"]:
        return TEST
    return code("total = 6 * 4\nprint(total)") if replies == 0 else code("total = 6 * 7\nprint(total)")


@asynccontextmanager
async def open_saver(kind: str, address: str) -> AsyncIterator[BaseCheckpointSaver[Any]]:
    if kind == "sqlite":
        async with open_checkpoints(Path(address)) as saver:
            yield saver
    else:
        async with AsyncPostgresSaver.from_conn_string(
            address,
        ) as postgres:
            await postgres.setup()
            yield postgres
