"""The state is plain JSON; nodes and ``read_state`` use objects."""

import json
from itertools import permutations
from typing import Any

import pytest
from langchain_core.messages import HumanMessage
from langgraph.checkpoint.memory import InMemorySaver
from tests.graph.test_checkpoints import full_turn
from tests.support.models import check, code, scripted
from tests.support.sandboxes import ScriptedSandbox

from codesteer.errors import ConfigurationError
from codesteer.graph.context import Context
from codesteer.graph.state import merge_turns, merge_usage
from codesteer.graph.values import read_state, write_update
from codesteer.graph.workflow import create_codesteer
from codesteer.models.usage import Usage, total

INPUT: Any = {"messages": [HumanMessage("Calculate the product of the numbers 6 and 7.")]}


def test_a_turn_survives_json() -> None:
    turn = full_turn()
    plain = write_update({"turns": [turn], "current": [turn], "decision": turn.decision, "usage": turn.usage})
    back = read_state(json.loads(json.dumps(plain)))
    assert back == {"turns": [turn], "current": [turn], "decision": turn.decision, "usage": turn.usage}
    assert read_state(back) == back, "objects stay unchanged"


async def test_the_stored_state_is_plain_json_except_messages() -> None:
    task = scripted(code("print(6 * 7)"), check("int(answer) == 6 * 7"))
    builder = create_codesteer(task_model=task, sandbox=ScriptedSandbox("42", "CONFIRMED"))
    graph = builder.compile(checkpointer=InMemorySaver())
    config: Any = {"configurable": {"thread_id": "1"}}
    result = await graph.ainvoke(INPUT, config, context=Context(candidates=1))
    async for snapshot in graph.aget_state_history(config):
        values = {name: value for name, value in snapshot.values.items() if name != "messages"}
        assert json.loads(json.dumps(values)) == values
    assert read_state(result)["turns"][0].answer == result["turns"][0]["answer"] == "42"


@pytest.mark.parametrize("turns", [[{"number": 1}], [{"reply": "x"}], "x", [17]])
def test_values_of_another_version_are_rejected(turns: Any) -> None:
    with pytest.raises(ConfigurationError, match="another version"):
        read_state({"turns": turns})


def test_current_turns_are_merged_field_by_field() -> None:
    left: list[Any] = [{"number": 2, "reply": "b"}]
    right: list[Any] = [
        {"number": 1, "reply": "a"},
        {"number": 2, "answer": "x", "reports": {"units": {"verdict": "confirmed"}}},
        {"number": 2, "seconds": 1.0, "reports": {"form": {"verdict": "refuted"}}},
    ]
    assert merge_turns(left, right) == [
        {"number": 1, "reply": "a", "reports": {}},
        {
            "number": 2,
            "reply": "b",
            "answer": "x",
            "seconds": 1.0,
            "reports": {"units": {"verdict": "confirmed"}, "form": {"verdict": "refuted"}},
        },
    ]


def test_what_parallel_nodes_spend_on_a_turn_adds_up_in_any_order() -> None:
    left: list[Any] = [{"number": 1, "seconds": 1.0, "usage": {"task": plain_usage(calls=1)}}]
    checks: list[Any] = [
        {"number": 1, "spent": {"seconds": seconds, "usage": {"checker": plain_usage(calls=1)}}}
        for seconds in (3.0, 0.5, 0.25)
    ]
    report: Any = {"number": 1, "code_report": {}}
    for order in permutations([*checks, report]):
        (turn,) = merge_turns(left, order)
        assert turn["seconds"] == 4.75
        assert (turn["usage"]["task"]["calls"], turn["usage"]["checker"]["calls"]) == (1, 3)
        assert "spent" not in turn


def plain_usage(**fields: Any) -> Any:
    return write_update({"usage": {"task": Usage(**fields)}})["usage"]["task"]


def test_usage_adds_up_by_role() -> None:
    one, two = Usage(calls=1, input_tokens=3), Usage(calls=1, output_tokens=4, cost=0.5)
    plain = [
        write_update({"usage": usage})["usage"] for usage in ({"task": one}, {"task": two, "guide": one})
    ]
    both = read_state({"usage": merge_usage(*plain)})["usage"]
    assert both == {"task": Usage(calls=2, input_tokens=3, output_tokens=4, cost=0.5), "guide": one}
    assert total(both).tokens == 10
