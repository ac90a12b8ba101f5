"""Objects that users pass are checked when they are passed, and what they return when they return it."""

import math
from dataclasses import replace
from typing import Any

import pytest
from langchain_core.messages import HumanMessage
from langgraph.checkpoint.memory import InMemorySaver
from tests.support.models import code, scripted
from tests.support.sandboxes import ScriptedSandbox, printed

from codesteer.checkers.answer_report import AnswerReport, Verdict
from codesteer.checkers.port import ProposedAnswer
from codesteer.errors import CodeSteerError, ConfigurationError
from codesteer.graph.context import Context
from codesteer.graph.values import read_state
from codesteer.graph.workflow import create_codesteer
from codesteer.guides.decision import Action, Decision, Mode
from codesteer.guides.port import GuideInput
from codesteer.models.usage import Usage
from codesteer.nodes.returned import returned
from codesteer.ranges import MAX_NUMBER
from codesteer.sandboxes.execution import Artifact, ExecutionResult, ExecutionStatus

ASK: Any = {"messages": [HumanMessage("What is 2 + 2?")]}
CODE = Decision(action=Action.CODE, mode=Mode.CODE, reason="r", guide="g")
STOP = replace(CODE, action=Action.RETURN)
RESULT = printed("<<<4>>>")
FILE = Artifact(name="a", size=1, mime_type="text/plain", base64=None)


class Guide:
    name = "mine"

    def __init__(self, *decisions: Any) -> None:
        self.decisions = list(decisions)

    async def decide(self, guide_input: GuideInput) -> Decision:
        decision: Decision = self.decisions[min(len(guide_input.attempts), len(self.decisions) - 1)]
        return decision


class Odd:
    name = "odd"

    def __init__(self, report: Any) -> None:
        self.report = report

    async def check(self, proposed: ProposedAnswer) -> AnswerReport:
        report: AnswerReport = self.report
        return report


async def run(result: Any = RESULT, decision: Any = CODE, *checkers: Any) -> dict[str, Any]:
    graph = create_codesteer(
        task_model=scripted(code("print('<<<4>>>')")),
        sandbox=ScriptedSandbox(result),
        guide=Guide(decision, STOP),
        checkers=checkers,
    ).compile(checkpointer=InMemorySaver())
    config: Any = {"configurable": {"thread_id": "1"}}
    await graph.ainvoke(ASK, config, context=Context(check_answer=False))
    return (await graph.aget_state(config)).values


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("peak_memory_bytes", 1024.5),
        ("cpu_seconds", None),
        ("exit_code", "SIGKILL"),
        ("status", "finished"),
        ("artifacts", None),
        ("stdout", 4),
        ("exit_code", 10**30),
        ("exit_code", -(2**40)),
        ("wall_seconds", math.nan),
        ("wall_seconds", -math.inf),
        ("wall_seconds", -1e9),
        ("cpu_seconds", 1e300),
        ("peak_memory_bytes", 10**30),
        ("peak_memory_bytes", 2**63),
        ("peak_memory_bytes", -1),
        ("artifacts", (replace(FILE, size=10**30),)),
        ("artifacts", (replace(FILE, size=-1),)),
        ("artifacts", (replace(FILE, base64="no base64"),)),
    ],
)
async def test_an_invalid_result_of_a_sandbox_is_named(field: str, value: Any) -> None:
    with pytest.raises(CodeSteerError, match=f"the sandbox returned an invalid ExecutionResult: {field}"):
        await run(replace(RESULT, **{field: value}))


@pytest.mark.parametrize(
    ("decision", "message"),
    [
        (None, "the guide returned NoneType instead of Decision"),
        ("code", "the guide returned str instead of Decision"),
        (replace(CODE, guide=None), "the guide returned an invalid Decision: guide"),  # type: ignore[arg-type]
        (replace(CODE, usage=3), "the guide returned an invalid Decision: usage"),  # type: ignore[arg-type]
        (replace(CODE, action="think"), "the guide returned an invalid Decision: action"),  # type: ignore[arg-type]
        (replace(CODE, candidates=10**30), "the guide returned an invalid Decision: candidates"),
        (replace(CODE, attempt=10**30), "the guide returned an invalid Decision: attempt"),
        (replace(CODE, usage=Usage(input_tokens=10**30)), "an invalid Decision: usage.input_tokens"),
        (replace(CODE, usage=Usage(calls=-1)), "an invalid Decision: usage.calls"),
        (replace(CODE, usage=Usage(seconds=math.nan)), "an invalid Decision: usage.seconds"),
        (replace(CODE, usage=Usage(seconds=-1e9)), "an invalid Decision: usage.seconds"),
        (replace(CODE, usage=Usage(cost=math.inf)), "an invalid Decision: usage.cost"),
    ],
)
async def test_an_invalid_decision_is_named(decision: Any, message: str) -> None:
    with pytest.raises(CodeSteerError, match=message):
        await run(RESULT, decision)


@pytest.mark.parametrize("candidates", [0, -1])
def test_a_decision_makes_at_least_one_attempt(candidates: int) -> None:
    with pytest.raises(ValueError, match=f"candidates must be at least 1, not {candidates}"):
        replace(CODE, candidates=candidates)


@pytest.mark.parametrize(
    "report",
    [
        None,
        AnswerReport(verdict=Verdict.CONFIRMED, reason="r", programs_tried="two"),  # type: ignore[arg-type]
        AnswerReport(verdict="right", reason="r"),  # type: ignore[arg-type]
        AnswerReport(verdict=Verdict.CONFIRMED, reason="r", mutants=10**30),
        AnswerReport(verdict=Verdict.CONFIRMED, reason="r", execution=replace(RESULT, wall_seconds=math.nan)),
    ],
)
async def test_an_invalid_report_ends_the_run_with_its_best_answer(report: Any) -> None:
    final = await run(RESULT, CODE, Odd(report))
    assert (final["outcome"], final["answer"]) == ("failed", "4")
    assert "the checker 'odd' returned" in final["failure"]


async def test_what_can_be_read_is_read() -> None:
    final = await run(replace(RESULT, status="ok", wall_seconds=1), replace(CODE, action="code", mode="code"))  # type: ignore[arg-type]
    assert (final["outcome"], final["answer"]) == ("returned", "4")


async def test_half_a_surrogate_pair_is_no_fault() -> None:
    final = await run(replace(RESULT, stdout="<<<4>>>\ud800"), replace(CODE, reason="\udfff"))
    assert (final["outcome"], final["answer"]) == ("returned", "4")


def test_a_valid_value_stays_as_it_is() -> None:
    files = (FILE, replace(FILE, base64="eA=="), replace(FILE, base64=""))
    result = ExecutionResult(status=ExecutionStatus.ERROR, exit_code=0xC0000005, artifacts=files)
    assert returned(result, ExecutionResult, "the sandbox") == result
    decision = replace(CODE, usage=Usage(calls=1, input_tokens=3), plans=())
    assert returned(decision, Decision, "the guide") == decision


async def test_the_largest_usage_can_be_added_and_stored() -> None:
    most = Usage(input_tokens=MAX_NUMBER, output_tokens=1, seconds=float(MAX_NUMBER), cost=1e18)
    final = read_state(await run(RESULT, replace(CODE, usage=sum([most] * 20, Usage()))))
    assert final["usage"]["guide"].input_tokens == MAX_NUMBER
    assert (final["outcome"], final["answer"]) == ("returned", "4")


@pytest.mark.parametrize(
    ("objects", "message"),
    [
        ({"task_model": "openai:gpt-4o"}, "task_model: .* not str; a name belongs in the context"),
        ({"guide": "rules"}, "guide: pass an object with decide, not str"),
        ({"guide": Guide}, "guide: .* not the class Guide"),
        ({"checker_model": object()}, "checker_model: pass an object with ainvoke, not object"),
        ({"sandbox": "local"}, "sandbox: pass an object with run and describe, not str"),
        ({"sandbox": ScriptedSandbox}, "sandbox: .* not the class ScriptedSandbox"),
        ({"checkers": [Odd]}, "checkers: .* not the class Odd"),
        ({"checkers": ["units"]}, "checkers: pass an object with name and check, not str"),
    ],
)
def test_something_else_than_an_object_is_refused_at_once(objects: Any, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        create_codesteer(**objects)
