"""What experience may not do: answer a follow-up alone, pass a review, exceed the limits of the run, hold it up."""

import asyncio
from typing import Any

import pytest
from langchain_core.messages import AIMessage, HumanMessage
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.store.memory import InMemoryStore
from langgraph.types import Command
from tests.support.experience import (
    ANSWER,
    NAMESPACE,
    PAIRS,
    QUESTION,
    SANDBOX,
    DownStore,
    ask,
    own_program,
    sum_question,
    teach,
)
from tests.support.models import code, scripted
from tests.support.sandboxes import ScriptedSandbox

from codesteer import Context, create_codesteer
from codesteer.graph.values import read_state
from codesteer.nodes import recall

OWN = code(own_program(7, 70))
OTHER = code("print(f'<<<{sum(n for n in range(7, 71))}>>>')")


async def taught() -> InMemoryStore:
    store = InMemoryStore()
    await teach(store, SANDBOX, *PAIRS)
    return store


async def test_a_follow_up_is_not_answered_by_a_remembered_program_alone() -> None:
    graph = create_codesteer(task_model=scripted(OWN), sandbox=SANDBOX).compile(store=await taught())
    before: list[Any] = [
        HumanMessage("From now on, a sum leaves out the first number."),
        AIMessage("Understood."),
    ]
    context = Context(experience=NAMESPACE, check_answer=False, candidates=1)
    result = read_state(await graph.ainvoke({"messages": [*before, HumanMessage(QUESTION)]}, context=context))
    assert [turn.recalled is not None for turn in result["turns"]] == [True, False]
    assert not result["experience"].skill.trusted


async def test_no_program_is_tried_without_the_review_that_was_asked_for() -> None:
    store, sandbox = InMemoryStore(), ScriptedSandbox(ANSWER, ANSWER)
    await teach(store, SANDBOX, *PAIRS[:1])
    graph = create_codesteer(task_model=scripted(OWN, OTHER), sandbox=sandbox).compile(
        store=store, checkpointer=InMemorySaver()
    )
    config: Any = {"configurable": {"thread_id": "t"}}
    context = Context(experience=NAMESPACE, check_answer=False, review=("code",))
    await graph.ainvoke({"messages": [HumanMessage(QUESTION)]}, config, context=context)
    approved: Any = Command(resume={"decisions": [{"type": "approve"}] * 2})
    result = await graph.ainvoke(approved, config, context=context)
    assert (result["answer"], len(result["experience"]["learnt"])) == (ANSWER, 1)
    assert len(sandbox.programs) == 2


async def test_a_remembered_program_waits_for_its_review() -> None:
    sandbox = ScriptedSandbox(ANSWER)
    graph = create_codesteer(task_model=scripted(), sandbox=sandbox).compile(
        store=await taught(), checkpointer=InMemorySaver()
    )
    config: Any = {"configurable": {"thread_id": "t"}}
    context = Context(experience=NAMESPACE, review=("code",))
    asked = await graph.ainvoke({"messages": [HumanMessage(QUESTION)]}, config, context=context)
    assert (sandbox.programs, "re.findall" in str(asked["__interrupt__"])) == ([], True)
    result = await graph.ainvoke(Command(resume="approve"), config, context=context)
    assert (result["answer"], len(sandbox.programs)) == (ANSWER, 1)


async def test_a_program_that_a_person_rejects_is_not_reused() -> None:
    store = await taught()
    graph = create_codesteer(task_model=scripted(OWN), sandbox=SANDBOX).compile(
        store=store, checkpointer=InMemorySaver()
    )
    config: Any = {"configurable": {"thread_id": "t"}}
    context = Context(experience=NAMESPACE, check_answer=False, candidates=1, review=("code",), max_turns=1)
    await graph.ainvoke({"messages": [HumanMessage(QUESTION)]}, config, context=context)
    await graph.ainvoke(Command(resume={"type": "reject", "message": "no"}), config, context=context)
    result = read_state(await graph.ainvoke(Command(resume="approve"), config, context=context))
    assert [turn.refusal for turn in result["turns"]] == ["no", ""]
    assert (result["answer"], result["experience"].learnt) == (ANSWER, ())


async def test_a_program_that_a_person_edited_is_not_trusted() -> None:
    graph = create_codesteer(task_model=scripted(OWN), sandbox=SANDBOX).compile(
        store=await taught(), checkpointer=InMemorySaver()
    )
    config: Any = {"configurable": {"thread_id": "t"}}
    context = Context(experience=NAMESPACE, check_answer=False, candidates=1, review=("code",), max_turns=1)
    await graph.ainvoke({"messages": [HumanMessage(QUESTION)]}, config, context=context)
    edited: Any = Command(resume={"type": "edit", "text": "print('<<<1>>>')"})
    await graph.ainvoke(edited, config, context=context)
    result = read_state(await graph.ainvoke(Command(resume="approve"), config, context=context))
    assert [turn.answer for turn in result["turns"]] == ["1", ANSWER]
    assert result["answer"] == ANSWER


async def test_programs_that_are_tried_have_the_limits_of_the_run() -> None:
    store = InMemoryStore()
    await teach(store, SANDBOX, *PAIRS[:1])
    sandbox = ScriptedSandbox(*["<<<1>>>"] * 4)
    graph = create_codesteer(task_model=scripted(OWN, OTHER), sandbox=sandbox).compile(store=store)
    context = Context(experience=NAMESPACE, check_answer=False, program_seconds=3, program_memory_mib=99)
    await graph.ainvoke({"messages": [HumanMessage(sum_question(1, 2))]}, context=context)
    tried = [
        limits
        for program, limits in zip(sandbox.programs, sandbox.limits, strict=True)
        if "re.findall" in program
    ]
    assert [(limits.wall_seconds, limits.memory_bytes >> 20) for limits in tried if limits] == [(3, 99)]


class SlowStore(DownStore):
    """A store that answers late, but before each call counts as failed."""

    def batch(self, ops: Any) -> list[Any]:
        import time

        time.sleep(0.3)
        return [[] for _ in ops]


async def test_a_slow_store_does_not_hold_up_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recall, "RECALL_SECONDS", 0.1)
    result, _ = await ask(SlowStore(), script=[OWN, OTHER], learn=False)
    assert result["answer"] == ANSWER
    assert result["experience"].note.startswith("the store of experience took more than")
    await asyncio.sleep(0.3)
