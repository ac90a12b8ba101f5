"""Checkers added by the user: node, evidence, weight and failures."""

import asyncio
from typing import Any

import pytest
from langchain_core.messages import HumanMessage
from langgraph.checkpoint.memory import InMemorySaver
from tests.support.models import check, code, scripted, texts
from tests.support.sandboxes import ScriptedSandbox

from codesteer.checkers.answer_report import AnswerReport, Verdict
from codesteer.checkers.port import Checker, ProposedAnswer
from codesteer.errors import ConfigurationError
from codesteer.graph.context import Context
from codesteer.graph.values import read_state
from codesteer.graph.workflow import create_codesteer
from codesteer.guides.chat_model import ChatModelGuide
from codesteer.models.completion import Model, ask

QUESTION = "Calculate the mass of 6 bags of 7 kg each."
INPUT: Any = {"messages": [HumanMessage(QUESTION)]}
CONFIG: Any = {"configurable": {"thread_id": "1"}}
BARE, WITH_UNIT = code("print(6 * 7)"), code("print(6 * 7, 'kg')")


class Units:
    """Confirms answers with the unit that the question asks for."""

    name = "units"

    def __init__(self) -> None:
        self.seen: list[ProposedAnswer] = []

    async def check(self, proposed: ProposedAnswer) -> AnswerReport:
        self.seen.append(proposed)
        if proposed.answer.endswith("kg"):
            return AnswerReport(verdict=Verdict.CONFIRMED, reason="the unit is there")
        return AnswerReport(verdict=Verdict.REFUTED, reason="the unit is missing: kg")


MISTAKES = [
    ZeroDivisionError("a mistake in the checker"),
    AssertionError("no unit"),
    ConfigurationError("the checker has no key"),
    ImportError("no package"),
    KeyError("kg"),
]


class Broken:
    name = "broken"

    def __init__(self, error: Exception) -> None:
        self.error = error

    async def check(self, proposed: ProposedAnswer) -> AnswerReport:
        raise self.error


class Asking:
    """Asks its own model."""

    name = "asking"

    def __init__(self, model: Model) -> None:
        self.model = model

    async def check(self, proposed: ProposedAnswer) -> AnswerReport:
        reply = await ask(self.model, [HumanMessage(proposed.answer)])
        return AnswerReport(verdict=Verdict.CONFIRMED, reason=reply.text)


async def run(task: Any, outputs: tuple[str, ...], *checkers: Checker, **options: Any) -> dict[str, Any]:
    guide = options.pop("guide", None)
    graph = create_codesteer(
        task_model=task, sandbox=ScriptedSandbox(*outputs), guide=guide, checkers=checkers
    ).compile(checkpointer=InMemorySaver())
    context = Context(**{"candidates": 1, "check_answer": False} | options)
    return read_state(await graph.ainvoke(INPUT, CONFIG, context=context))


async def test_a_refutation_becomes_guidance_and_a_confirmation_ends_the_run() -> None:
    task, units = scripted(BARE, WITH_UNIT), Units()
    result = await run(task, ("42", "42 kg"), units)
    assert (result["answer"], result["outcome"]) == ("42 kg", "returned")
    assert "the unit is missing: kg" in texts(task.asked[1])[-1]
    first, second = result["turns"]
    assert (first.reports["units"].verdict, second.combined_verdict) == (Verdict.REFUTED, Verdict.CONFIRMED)
    proposed = units.seen[0]
    assert (proposed.question, proposed.answer, proposed.program) == (QUESTION, "42", first.program)
    assert proposed.execution is not None
    assert proposed.execution.stdout == "42"


async def test_a_guide_model_sees_the_report_as_evidence() -> None:
    model = scripted('{"action": "code"}', '{"action": "return"}')
    await run(scripted(BARE), ("42",), Units(), guide=ChatModelGuide(model, "m"))
    assert "Units checker: refuted." in texts(model.asked[1])[-1]
    assert "the unit is missing: kg" in texts(model.asked[1])[-1]


async def test_a_text_answer_is_checked_as_well() -> None:
    units = Units()
    guide = ChatModelGuide(scripted('{"action": "text"}', '{"action": "return"}'), "m")
    result = await run(scripted("It is <<<42 kg>>>"), (), units, guide=guide)
    assert result["turns"][0].combined_verdict is Verdict.CONFIRMED
    assert units.seen[0].program is None


async def test_a_refutation_outweighs_the_self_answer_checkers_confirmation() -> None:
    test = check("int(answer) == 6 * 7")
    task = scripted(BARE, test)
    result = await run(task, ("42", "CONFIRMED"), Units(), check_answer=True, max_turns=1)
    (turn,) = result["turns"]
    assert (turn.answer_report.verdict, turn.reports["units"].verdict) == (Verdict.CONFIRMED, Verdict.REFUTED)
    assert turn.combined_verdict is Verdict.REFUTED
    assert turn.refutation == "the unit is missing: kg"


async def test_every_answer_of_a_wave_is_checked() -> None:
    units = Units()
    result = await run(scripted(BARE, WITH_UNIT), ("42", "42 kg"), units, candidates=2)
    assert result["answer"] == "42 kg"
    assert [turn.combined_verdict for turn in result["turns"]] == [Verdict.REFUTED, Verdict.CONFIRMED]


async def test_two_added_checkers_have_separate_reports() -> None:
    other = Units()
    other.name = "other"
    result = await run(scripted(BARE), ("42",), Units(), other, max_turns=1)
    assert set(result["turns"][0].reports) == {"units", "other"}


async def test_its_model_calls_count_under_the_checker_role() -> None:
    result = await run(scripted(BARE), ("42",), Asking(scripted("fine indeed")))
    assert result["usage"]["checker"].calls == 1
    assert result["usage"]["checker"].output_tokens == 2


class Slow:
    """Takes a known time."""

    def __init__(self, name: str, seconds: float) -> None:
        self.name, self.seconds = name, seconds

    async def check(self, proposed: ProposedAnswer) -> AnswerReport:
        await asyncio.sleep(self.seconds)
        return AnswerReport(verdict=Verdict.UNCLEAR, reason=self.name)


@pytest.mark.parametrize("order", [1, -1])
async def test_the_times_of_checkers_side_by_side_add_up(order: int) -> None:
    checkers = [Slow("slow", 0.3), Slow("slower", 0.6), Slow("quick", 0.0)][::order]
    result = await run(scripted(BARE), ("42",), *checkers, max_turns=1)
    (turn,) = result["turns"]
    assert turn.seconds >= 0.9
    assert set(turn.reports) == {"slow", "slower", "quick"}


async def test_what_checkers_side_by_side_ask_is_in_the_turns_usage() -> None:
    one, other = Asking(scripted("fine")), Asking(scripted("fine indeed"))
    other.name = "other"
    task = scripted(BARE, check("int(answer) == 6 * 7"))
    result = await run(task, ("42", "CONFIRMED"), one, other, check_answer=True, max_turns=1)
    (turn,) = result["turns"]
    assert turn.usage["checker"].calls == 3
    assert turn.usage["checker"] == result["usage"]["checker"]


async def test_a_check_that_candidates_share_counts_once() -> None:
    task = scripted(BARE, code("print(6 + 7)"), check("int(answer) == 6 * 7"))
    result = await run(task, ("42", "13", "CONFIRMED"), candidates=2, check_answer=True)
    first, second = result["turns"]
    own = [
        sum(turn.usage[role].seconds for role in ("guide", "task")) + turn.execution.wall_seconds
        for turn in (first, second)
    ]
    assert first.seconds > own[0]
    assert second.seconds == pytest.approx(own[1])
    assert "checker" not in second.usage


@pytest.mark.parametrize("error", MISTAKES)
async def test_a_checker_that_raises_ends_the_run_as_failed_with_the_best_answer(error: Exception) -> None:
    result = await run(scripted(BARE), ("42",), Broken(error))
    assert (result["outcome"], result["answer"]) == ("failed", "42")


def test_the_diagram_shows_the_added_checker() -> None:
    drawing = create_codesteer(checkers=[Units()]).compile().get_graph()
    edges = {(edge.source, edge.data, edge.target) for edge in drawing.edges}
    assert ("execute", "check units", "check_units") in edges
    assert ("write_text", "check units", "check_units") in edges
    assert ("check_units", None, "record") in edges


@pytest.mark.parametrize("names", [["answer"], ["code"], ["Units"], ["a b"], [""], ["units", "units"]])
def test_an_invalid_name_is_rejected(names: list[str]) -> None:
    checkers = [Units() for _ in names]
    for checker, name in zip(checkers, names, strict=True):
        checker.name = name
    with pytest.raises(ConfigurationError, match="invalid checker name"):
        create_codesteer(checkers=checkers)
