"""A run whose question changes before it ends is refused: its turns would answer another question."""

from typing import Any

import pytest
from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, RemoveMessage, SystemMessage
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.store.memory import InMemoryStore
from langgraph.types import Command
from tests.support.models import ScriptedModel, code, scripted
from tests.support.sandboxes import ScriptedSandbox

from codesteer.errors import ConfigurationError
from codesteer.graph.builder import CompiledGraph
from codesteer.graph.context import Context
from codesteer.graph.workflow import create_codesteer
from codesteer.guides.decision import Action, Decision, Mode
from codesteer.guides.port import GuideInput

SUM, PRIMES = "What is the sum of the numbers below 10?", "How many primes are below 10?"
THREAD: Any = {"configurable": {"thread_id": "1"}}
ONCE = Context(check_answer=False, candidates=1, max_turns=3)
REVIEWED = Context(check_answer=False, candidates=1, max_turns=3, review=("code",))


class OneProgram:
    """Asks for one program and returns its answer."""

    name = "one-program"

    async def decide(self, guide_input: GuideInput) -> Decision:
        action = Action.RETURN if guide_input.attempts else Action.CODE
        return Decision(action=action, mode=Mode.CODE, reason="r", guide="g")


def solver(model: ScriptedModel, *printed: str, **options: Any) -> CompiledGraph:
    graph = create_codesteer(task_model=model, guide=OneProgram(), sandbox=ScriptedSandbox(*printed))
    return graph.compile(checkpointer=InMemorySaver(), **options)


def programs(count: int) -> ScriptedModel:
    return scripted(*[code("print(sum(range(10)))")] * count)


def human(text: str, name: str) -> HumanMessage:
    return HumanMessage(text, id=name)


def said(values: Any) -> list[tuple[str, str]]:
    return [(str(message.id), message.text) for message in values["messages"]]


CHANGES: list[list[Any]] = [
    [human(PRIMES, "q2")],
    [human(SUM.replace("10", "11"), "q")],
    [
        HumanMessage(
            [{"type": "text", "text": SUM}, {"type": "file", "base64": "YQ==", "filename": "a"}], id="q"
        )
    ],
    [RemoveMessage(id="q")],
    [RemoveMessage(id="q"), human(PRIMES, "q2")],
]


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("resumed", [True, False])
def test_a_message_that_changes_the_question_under_review_is_no_part_of_its_run(
    change: list[Any], resumed: bool
) -> None:
    model = programs(2)
    graph = solver(model, "45", "4")
    graph.invoke({"messages": [human(SUM, "q")]}, THREAD, context=REVIEWED)
    if not resumed:
        graph.update_state(THREAD, {"messages": change})
    update = {"messages": change} if resumed else None
    with pytest.raises(ConfigurationError, match="the question changed"):
        graph.invoke(Command(resume="approve", update=update), THREAD)
    assert not any(isinstance(message, AIMessage) for message in graph.get_state(THREAD).values["messages"])


@pytest.mark.parametrize("place", ["guide", "write_program", "execute", "record", "finish"])
@pytest.mark.parametrize("change", CHANGES[:2])
def test_at_no_node_does_another_question_get_the_answer(place: str, change: list[Any]) -> None:
    model = programs(2)
    graph = solver(model, "45", "4", interrupt_before=[place])
    graph.invoke({"messages": [human(SUM, "q")]}, THREAD, context=ONCE)
    graph.update_state(THREAD, {"messages": change})
    with pytest.raises(ConfigurationError, match="the question changed"):
        graph.invoke(None, THREAD)


async def test_the_changed_conversation_can_be_asked_anew() -> None:
    graph = solver(programs(2), "45", "4")
    await graph.ainvoke({"messages": [human(SUM, "q")]}, THREAD, context=REVIEWED)
    await graph.aupdate_state(THREAD, {"messages": [human(PRIMES, "q2")]})
    result = await graph.ainvoke({"messages": []}, THREAD, context=ONCE)
    assert said(result) == [("q", SUM), ("q2", PRIMES), ("q2-answer", "45")]
    assert len(result["turns"]) == 1


def test_an_answer_of_the_thread_is_not_replaced_by_that_of_a_question_which_was_removed() -> None:
    graph = solver(programs(2), "45", "4")
    graph.invoke({"messages": [human(SUM, "q")]}, THREAD, context=ONCE)
    graph.invoke({"messages": [human(PRIMES, "q2")]}, THREAD, context=REVIEWED)
    graph.update_state(THREAD, {"messages": [RemoveMessage(id="q2")]})
    with pytest.raises(ConfigurationError, match="the question changed"):
        graph.invoke(Command(resume="approve"), THREAD)
    assert said(graph.get_state(THREAD).values) == [("q", SUM), ("q-answer", "45")]


def test_nothing_is_learnt_for_a_question_that_was_not_asked() -> None:
    store = InMemoryStore()
    graph = solver(programs(2), "45", "45", store=store, interrupt_before=["learn"])
    context = ONCE.model_copy(update={"experience": ("me",)})
    graph.invoke({"messages": [human(SUM, "q")]}, THREAD, context=context)
    graph.update_state(THREAD, {"messages": [human(PRIMES, "q2")]})
    with pytest.raises(ConfigurationError, match="the question changed"):
        graph.invoke(None, THREAD)
    assert store.search(()) == []


@pytest.mark.parametrize("remark", [SystemMessage("Be brief."), AIMessage("There are ten numbers.")])
def test_remarks_change_no_question(remark: AnyMessage) -> None:
    graph = solver(programs(1), "45")
    graph.invoke({"messages": [human(SUM, "q")]}, THREAD, context=REVIEWED)
    graph.update_state(THREAD, {"messages": [remark]})
    result = graph.invoke(Command(resume="approve"), THREAD)
    assert [message.text for message in result["messages"]] == [SUM, remark.text, "45"]
