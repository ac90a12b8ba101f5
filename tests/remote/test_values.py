"""A server's values are read as those of the local graph, and nothing else."""

import json
from typing import Any

import pytest
from langchain_core.messages import HumanMessage
from pydantic_core import to_jsonable_python
from tests.support.models import check, code, scripted
from tests.support.sandboxes import ScriptedSandbox

from codesteer import Context, create_codesteer
from codesteer.errors import ConfigurationError
from codesteer.graph.values import read_state

SUM = code("print(12 + 30 + 7)")
TEST = check("int(answer) == sum([12, 30, 7])", "sum")


async def local_state() -> dict[str, Any]:
    model = scripted(SUM, TEST, SUM, TEST)
    sandbox = ScriptedSandbox("48", "REFUTED: sum", "49", "CONFIRMED")
    graph = create_codesteer(task_model=model, sandbox=sandbox).compile()
    question: Any = {"messages": [HumanMessage("Calculate the sum of the numbers 12, 30 and 7.")]}
    return dict(await graph.ainvoke(question, context=Context(candidates=1)))


async def test_plain_json_round_trips() -> None:
    state = await local_state()
    sent = json.loads(json.dumps(to_jsonable_python(state)))
    assert read_state(sent) == read_state(state)


async def test_a_value_of_another_version_is_named() -> None:
    sent = json.loads(json.dumps(to_jsonable_python(await local_state())))
    del sent["turns"][1]["decision"]["mode"]
    with pytest.raises(ConfigurationError, match=r"turns.1.decision.mode\): another version"):
        read_state(sent)
