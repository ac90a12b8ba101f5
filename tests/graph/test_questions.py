"""Several questions on one thread: each gets its own answer, whatever fails in between."""

import asyncio
from typing import Any

import pytest
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, RemoveMessage, SystemMessage
from langgraph.checkpoint.memory import InMemorySaver
from tests.support.models import check, code, scripted, texts
from tests.support.sandboxes import ScriptedSandbox

from codesteer.errors import ConfigurationError, ModelRefusedError, ModelUnavailableError
from codesteer.graph.builder import CompiledGraph
from codesteer.graph.context import Context
from codesteer.graph.state import has_record_of_question, is_answered, question_key
from codesteer.graph.values import read_state
from codesteer.graph.workflow import create_codesteer
from codesteer.guides.decision import Decision
from codesteer.guides.port import GuideInput
from codesteer.guides.rules import decide

PRODUCT = "Calculate the product of the numbers 6 and 7."
CAPITAL = "What is the capital of France?"
SOLVE = code("print(6 * 7)")
TEST = check("int(answer) == 6 * 7", "product")
THREAD: Any = {"configurable": {"thread_id": "1"}}


class FailingGuide:
    """Decides by the rules, until it is set to fail."""

    name = "failing"

    def __init__(self) -> None:
        self.failure: Exception | None = None
        self.seen: list[GuideInput] = []

    async def decide(self, guide_input: GuideInput) -> Decision:
        self.seen.append(guide_input)
        if self.failure is not None:
            raise self.failure
        return decide(guide_input)


def threaded(*lines: Any, outputs: tuple[Any, ...] = (), guide: Any = None) -> CompiledGraph:
    builder = create_codesteer(task_model=scripted(*lines), sandbox=ScriptedSandbox(*outputs), guide=guide)
    return builder.compile(checkpointer=InMemorySaver())


async def ask(graph: CompiledGraph, *messages: BaseMessage | str, **settings: Any) -> dict[str, Any]:
    given: Any = {"messages": [HumanMessage(m) if isinstance(m, str) else m for m in messages]}
    return read_state(await graph.ainvoke(given, THREAD, context=Context(**{"candidates": 1} | settings)))


async def answered(graph: CompiledGraph, **settings: Any) -> dict[str, Any]:
    result = await ask(graph, HumanMessage(PRODUCT, id="q1"), **settings)
    assert (result["answer"], result["outcome"]) == ("42", "returned")
    return result


FIRST = {"outputs": ("42", "CONFIRMED")}


async def test_a_guide_failure_on_the_second_question_does_not_return_the_first_answer() -> None:
    guide = FailingGuide()
    graph = threaded(SOLVE, TEST, guide=guide, **FIRST)
    await answered(graph)
    guide.failure = ModelUnavailableError("down")
    with pytest.raises(ModelUnavailableError):
        await ask(graph, CAPITAL)
    state = (await graph.aget_state(THREAD)).values
    assert (state["answer"], state["turns"], state["outcome"]) == ("", [], None)


async def test_a_spent_time_budget_is_not_spent_for_the_next_question() -> None:
    class SlowGuide(FailingGuide):
        async def decide(self, guide_input: GuideInput) -> Decision:
            if guide_input.attempts:
                await asyncio.sleep(30)
            return await super().decide(guide_input)

    graph = threaded(SOLVE, TEST, "Paris", guide=SlowGuide(), **FIRST)
    first = await ask(graph, PRODUCT, max_seconds=0.5)
    assert (first["answer"], first["outcome"]) == ("42", "budget_spent")
    second = await ask(graph, CAPITAL, max_seconds=0.5, check_answer=False)
    assert (second["answer"], second["outcome"]) == ("Paris", "budget_spent")


@pytest.mark.parametrize("budget", [{"max_tokens": 20}, {"max_seconds": 0.0001}])
async def test_a_spent_budget_does_not_return_the_first_answer(budget: Any) -> None:
    graph = threaded(SOLVE, TEST, "Paris", **FIRST)
    await answered(graph)
    second = await ask(graph, CAPITAL, check_answer=False, **budget)
    assert second["answer"] != "42"
    assert "42" not in second["messages"][-1].text


async def test_the_usage_of_the_second_question_is_its_own() -> None:
    graph = threaded(SOLVE, TEST, "Paris", **FIRST)
    await answered(graph)
    second = await ask(graph, CAPITAL, check_answer=False)
    assert second["usage"]["task"].calls == 1
    assert [turn.number for turn in second["turns"]] == [1]


async def test_a_rejected_question_does_not_affect_the_next_one() -> None:
    graph = threaded(SOLVE, TEST, "Paris", **FIRST)
    await answered(graph)
    with pytest.raises(ConfigurationError, match="image"):
        await ask(graph, HumanMessage([{"type": "image", "url": "http://127.0.0.1/x.png"}]))
    third = await ask(graph, CAPITAL, check_answer=False)
    assert third["answer"] == "Paris"


async def test_the_same_message_sent_again_adds_no_second_answer() -> None:
    graph = threaded(SOLVE, TEST, **FIRST)
    first = await answered(graph)
    again = await answered(graph)
    assert texts(again["messages"]) == texts(first["messages"])
    assert again["turns"] == first["turns"]


async def test_without_a_new_message_nothing_runs_again() -> None:
    graph = threaded(SOLVE, TEST, **FIRST)
    first = await answered(graph)
    assert (await ask(graph))["messages"] == first["messages"]


@pytest.mark.parametrize("outcome", ["returned", "turn_limit", "terminated"])
async def test_a_question_whose_answer_was_removed_is_asked_anew(outcome: str) -> None:
    graph = threaded(SOLVE, TEST, SOLVE, TEST, outputs=("41", "CONFIRMED", "42", "CONFIRMED"))
    question = HumanMessage(PRODUCT, id="q1")
    first = await ask(graph, question)
    await graph.aupdate_state(THREAD, {"outcome": outcome}, as_node="learn")
    again = await ask(graph, RemoveMessage(id=str(first["messages"][-1].id)), question)
    assert (first["answer"], again["answer"], again["outcome"]) == ("41", "42", "returned")
    assert texts(again["messages"]) == [PRODUCT, "42"]
    assert [turn.number for turn in again["turns"]] == [1]


async def test_removing_another_answer_asks_nothing_anew() -> None:
    graph = threaded(SOLVE, TEST, "Paris", **FIRST)
    first = await answered(graph)
    second = await ask(graph, HumanMessage(CAPITAL, id="q2"), check_answer=False)
    again = await ask(graph, RemoveMessage(id=str(first["messages"][-1].id)), check_answer=False)
    assert texts(again["messages"]) == [PRODUCT, CAPITAL, "Paris"]
    assert again["turns"] == second["turns"]


async def test_the_same_id_with_another_text_is_another_question() -> None:
    graph = threaded(SOLVE, TEST, "Paris", **FIRST)
    await answered(graph)
    edited = await ask(graph, HumanMessage(CAPITAL, id="q1"), check_answer=False)
    assert edited["answer"] == "Paris"
    assert texts(edited["messages"]) == [CAPITAL, "Paris"], "the answer to the old text is replaced"


async def test_the_same_words_in_another_message_are_asked_again() -> None:
    graph = threaded(SOLVE, TEST, SOLVE, TEST, outputs=("42", "CONFIRMED", "43", "CONFIRMED"))
    await answered(graph)
    second = await ask(graph, HumanMessage(PRODUCT, id="q2"))
    assert second["answer"] == "43"
    assert len(second["messages"]) == 4


async def test_a_failed_run_resumes_when_its_message_is_sent_again() -> None:
    down = ModelRefusedError("spent")
    graph = threaded(SOLVE, TEST, down, SOLVE, TEST, outputs=("41", "REFUTED: product", "42", "CONFIRMED"))
    question = HumanMessage(PRODUCT, id="q1")
    failed = await ask(graph, question)
    assert (failed["outcome"], failed["answer"]) == ("failed", "41")
    resumed = await ask(graph, question)
    assert (resumed["outcome"], resumed["answer"]) == ("returned", "42")
    assert [turn.number for turn in resumed["turns"]] == [1, 2]
    assert texts(resumed["messages"]) == [PRODUCT, "42"]


async def test_a_record_of_another_version_is_rejected_for_its_own_question_only() -> None:
    graph = threaded(SOLVE, TEST, "Paris", **FIRST)
    await answered(graph)
    await graph.aupdate_state(THREAD, {"state_version": 1, "outcome": None}, as_node="finish")
    with pytest.raises(ConfigurationError, match="another version"):
        await ask(graph, HumanMessage(PRODUCT, id="q1"))
    assert (await ask(graph, CAPITAL, check_answer=False))["answer"] == "Paris"


async def test_guide_task_model_and_checker_see_the_same_conversation() -> None:
    guide = FailingGuide()
    checker = scripted(TEST)
    task = scripted(SOLVE)
    builder = create_codesteer(
        task_model=task, guide=guide, checker_model=checker, sandbox=ScriptedSandbox("42", "CONFIRMED")
    )
    before = [
        SystemMessage("Be brief."),
        HumanMessage("How many primes are there from 1 to 1000?"),
        AIMessage("168"),
    ]
    given: Any = {"messages": [*before, HumanMessage("And for 2000 to 3000?")]}
    await builder.compile().ainvoke(given, context=Context(candidates=1))
    for seen in (guide.seen[0].history, task.asked[0][:3], checker.asked[0][:3]):
        assert texts(seen) == texts(before)


@pytest.mark.parametrize(
    "refused",
    [
        HumanMessage([{"type": "image", "url": "http://127.0.0.1/x.png"}]),
        HumanMessage([{"type": "file", "source_type": "text"}]),
        HumanMessage(" "),
    ],
)
async def test_a_refused_question_has_no_record_and_was_not_answered(refused: HumanMessage) -> None:
    graph = threaded(SOLVE, TEST, **FIRST)
    await answered(graph)
    state = (await graph.aget_state(THREAD)).values
    assert is_answered(state)
    assert has_record_of_question(state)
    with pytest.raises(ConfigurationError):
        await ask(graph, refused)
    state = (await graph.aget_state(THREAD)).values
    assert not is_answered(state)
    assert not has_record_of_question(state)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (HumanMessage("a", id="1"), HumanMessage("a", id="1"), True),
        (HumanMessage("a", id="1"), HumanMessage("b", id="1"), False),
        (HumanMessage("a", id="1"), HumanMessage("a", id="2"), False),
        (HumanMessage("a", id="1"), HumanMessage([{"type": "text", "text": "a"}], id="1"), True),
        (HumanMessage("\ud800", id="1"), HumanMessage("\ud801", id="1"), False),
    ],
)
def test_question_keys_identify_questions(one: HumanMessage, other: HumanMessage, same: bool) -> None:
    assert (question_key(one) == question_key(other)) is same
