"""LangGraph retries a node after a transient failure, and the failed attempt's usage is counted."""

from typing import Any

import pytest
from langchain_core.messages import HumanMessage
from tests.support.models import check, code, scripted
from tests.support.sandboxes import ScriptedSandbox

from codesteer.errors import (
    ModelError,
    ModelRefusedError,
    ModelUnavailableError,
    SandboxError,
    SandboxUnavailableError,
)
from codesteer.graph.context import Context
from codesteer.graph.retries import MAX_TRACKED_TASKS, RETRY_POLICY, FailedAttempts, is_transient
from codesteer.graph.values import read_state
from codesteer.graph.workflow import create_codesteer
from codesteer.guides.chat_model import ChatModelGuide
from codesteer.models.usage import Usage

INPUT: Any = {"messages": [HumanMessage("Calculate the product of the numbers 6 and 7.")]}
SOLVE = code("print(6 * 7)")
TEST = check("int(answer) == 6 * 7")
DOWN = ModelUnavailableError("down")


async def run(
    task: Any, sandbox: ScriptedSandbox, guide: Any = None, **options: Any
) -> tuple[Any, list[Any]]:
    """Return the final state and the events."""
    graph = create_codesteer(task_model=task, sandbox=sandbox, guide=guide).compile()
    context = Context(**{"candidates": 1} | options)
    events: list[Any] = []
    state: Any = {}
    async for mode, part in graph.astream(INPUT, context=context, stream_mode=["custom", "values"]):
        if mode == "custom":
            events.append(part)
        else:
            state = part
    return read_state(state), events


def test_every_node_has_the_retry_policy() -> None:
    nodes = create_codesteer().nodes.values()
    assert all(node.retry_policy == RETRY_POLICY for node in nodes)


@pytest.mark.parametrize(
    ("error", "transient"),
    [
        (DOWN, True),
        (SandboxError("the machine went away"), True),
        (ModelRefusedError("no key"), False),
        (ModelError("no reply"), False),
        (SandboxUnavailableError("no namespaces"), False),
        (ValueError("a mistake"), False),
    ],
)
def test_transient_errors(error: Exception, transient: bool) -> None:
    assert is_transient(error) is transient


async def test_a_temporary_failure_of_the_task_model() -> None:
    result, events = await run(scripted(DOWN, SOLVE, TEST), ScriptedSandbox("42", "CONFIRMED"))
    assert (result["answer"], result["outcome"], len(result["turns"])) == ("42", "returned", 1)
    assert result["usage"]["task"].calls == 2
    assert [event for event in events if event["event"] == "retrying"] == [
        {"event": "retrying", "node": "write_program", "error": "down"}
    ]


async def test_temporary_failures_of_guide_and_checker() -> None:
    guide = ChatModelGuide(scripted(DOWN, '{"action": "code"}', '{"action": "return"}'), "m")
    result, _ = await run(scripted(SOLVE, DOWN, TEST), ScriptedSandbox("42", "CONFIRMED"), guide)
    assert (result["answer"], result["outcome"]) == ("42", "returned")
    assert {role: used.calls for role, used in result["usage"].items()} == {
        "guide": 3,
        "task": 1,
        "checker": 2,
    }


async def test_a_temporary_failure_of_the_sandbox() -> None:
    sandbox = ScriptedSandbox(SandboxError("gone"), "42", "CONFIRMED")
    result, _ = await run(scripted(SOLVE, TEST), sandbox)
    assert (result["answer"], result["outcome"]) == ("42", "returned")


async def test_only_the_failed_candidate_is_retried() -> None:
    task = scripted(SOLVE, DOWN, SOLVE)
    result, _ = await run(task, ScriptedSandbox("42", "42"), candidates=2)
    assert (result["answer"], result["outcome"], len(result["turns"])) == ("42", "returned", 2)
    assert result["usage"]["task"].calls == 3


async def test_a_refused_request_is_not_retried() -> None:
    task = scripted(ModelRefusedError("no key"))
    with pytest.raises(ModelRefusedError):
        await run(task, ScriptedSandbox())
    assert len(task.asked) == 1


async def test_a_time_budget_spans_the_attempts() -> None:
    result, _ = await run(scripted(SOLVE, TEST, DOWN), ScriptedSandbox("41", "REFUTED"), max_seconds=1.0)
    assert (result["answer"], result["outcome"]) == ("41", "budget_spent")


def test_usage_of_cancelled_nodes_does_not_accumulate() -> None:
    failed = FailedAttempts()
    for number in range(2 * MAX_TRACKED_TASKS):
        failed.add(str(number), Usage(calls=1))
    assert failed.pop("0").calls == 0
    assert failed.pop(str(2 * MAX_TRACKED_TASKS - 1)).calls == 1
    assert failed.pop(str(2 * MAX_TRACKED_TASKS - 1)).calls == 0
