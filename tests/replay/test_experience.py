"""Runs that began with a remembered program are forked after it, and teach nothing."""

from typing import Any

import pytest
from langchain_core.messages import HumanMessage
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.store.memory import InMemoryStore
from tests.support.experience import (
    ANSWER,
    NAMESPACE,
    PAIRS,
    QUESTION,
    SANDBOX,
    own_program,
    teach,
)
from tests.support.models import code, scripted

from codesteer import Context, create_codesteer
from codesteer.cli.comparison import comparison_table
from codesteer.errors import ConfigurationError
from codesteer.experience.library import Library
from codesteer.graph.builder import CompiledGraph
from codesteer.guides.decision import Action, Mode
from codesteer.replay import preference_pair, replay

WORDS = "It is fifty. <<<50>>>"


async def finished(*script: str, pairs: tuple[tuple[int, int], ...] = PAIRS) -> tuple[CompiledGraph, Library]:
    """Return a graph without a store, as commands have it, with a run on thread ``t``; and the run's experience."""
    store = InMemoryStore()
    library = await teach(store, SANDBOX, *pairs)
    builder = create_codesteer(task_model=scripted(*script), sandbox=SANDBOX)
    saver = InMemorySaver()
    context = Context(experience=NAMESPACE, check_answer=False, candidates=1, max_turns=1)
    question: Any = {"messages": [HumanMessage(QUESTION)]}
    graph = builder.compile(checkpointer=saver, store=store)
    await graph.ainvoke(question, {"configurable": {"thread_id": "t"}}, context=context)
    return builder.compile(checkpointer=saver), library


async def test_the_turn_of_a_remembered_program_has_no_decision_to_force() -> None:
    graph, _ = await finished()
    with pytest.raises(ConfigurationError, match=r"turn 1 is a remembered program.*; use turn 2"):
        await replay(graph, "t", turn=1, mode=Mode.TEXT)


async def test_a_trusted_answer_can_be_replaced_by_an_attempt() -> None:
    graph, library = await finished(WORDS)
    before = await library.experiences((await library.all_records()).records)
    done = await replay(graph, "t", turn=2, mode=Mode.TEXT)
    assert (done.original.answer, done.original.decision.action) == (ANSWER, Action.RETURN)
    assert [turn.recalled is not None for turn in done.other.turns] == [True, False]
    assert (done.other.turns[1].mode, done.other.turns[1].answer) == (Mode.TEXT, "50")
    assert done.guide_input.recalled == done.original.turns[0]
    assert (done.guide_input.attempts, done.guide_input.turns_left) == ((), 1)
    assert await library.experiences((await library.all_records()).records) == before


async def test_a_pair_shows_the_guide_the_remembered_program() -> None:
    graph, _ = await finished(code(own_program(7, 70)), WORDS, pairs=PAIRS[:2])
    done = await replay(graph, "t", turn=2, mode=Mode.TEXT)
    assert (done.original.answer, done.other.answer) == (ANSWER, "50")
    pair = preference_pair(done, lambda answer: answer == ANSWER)
    assert pair is not None
    assert "a remembered program was run" in str(pair["prompt"])


async def test_a_comparison_names_the_remembered_program() -> None:
    graph, _ = await finished(code(own_program(7, 70)), WORDS, pairs=PAIRS[:2])
    table = comparison_table(await replay(graph, "t", turn=2, mode=Mode.TEXT), None)
    assert all(
        any("1 remembered program: " in str(cell) for cell in column.cells) for column in table.columns[1:]
    )
