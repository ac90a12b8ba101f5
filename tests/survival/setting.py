"""The run that is killed and the run that goes on: same question, same models, same checkpoints."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from tests.support.models import code

from codesteer import Context
from codesteer.checkpoints import open_checkpoints

QUESTION = "Calculate the product of the numbers 6 and 7."
TEST = code("print('CONFIRMED' if int(ANSWER) == 6 * 7 else 'REFUTED: the product is greater')")


def setting(model: str, candidates: int = 1) -> Context:
    """Guide, task model and checker are all models: every node that can wait for one does.

    With several candidates the rules guide asks for a wave of them.
    """
    guide = model if candidates == 1 else "rules"
    return Context(task_model=model, guide=guide, max_turns=3, candidates=candidates)


def answer(request: dict[str, Any]) -> str:
    """Answer as guide, task model or checker: wrong in the first turn, right in the second."""
    messages = request["messages"]
    said = sum(message["role"] == "assistant" for message in messages)
    if messages[0]["role"] == "system":
        return ('{"action": "code"}', '{"action": "improve", "guidance": "More."}', '{"action": "return"}')[
            said
        ]
    if "Proposed answer" in messages[0]["content"]:
        return TEST
    return code("total = 6 * 6\nprint(total)") if said == 0 else code("total = 6 * 7\nprint(total)")


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
