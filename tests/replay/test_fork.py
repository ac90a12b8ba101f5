"""A finished run is forked at a turn: the other branch is run, the original is unchanged."""

from typing import Any

import pytest
from langchain_core.messages import HumanMessage
from langgraph.checkpoint.memory import InMemorySaver
from tests.support.models import ScriptedModel, check, code, scripted, texts
from tests.support.sandboxes import ScriptedSandbox

from codesteer import Context, create_codesteer
from codesteer.errors import ConfigurationError, ModelError, ModelUnavailableError
from codesteer.graph.builder import CompiledGraph
from codesteer.guides.decision import Action, Decision, Mode
from codesteer.replay import replay
from codesteer.replay.fork import force_decision

QUESTION = "Calculate the sum of the numbers 12, 30 and 7."
SUM = code("print(12 + 30 + 7)")
TEST = check("int(answer) == sum([12, 30, 7])", "sum")
WORDS = "It is fifty. <<<50>>>"
THREAD: Any = {"configurable": {"thread_id": "t"}}
ONE_AT_A_TIME = Context(candidates=1)
"""One attempt per decision, so that the scripted replies come in a known order."""


async def finished(
    *script: Any, outputs: tuple[str, ...], context: Context = ONE_AT_A_TIME, **options: Any
) -> tuple[CompiledGraph, ScriptedModel]:
    """A run on thread ``t`` that has used up the first part of its script."""
    model, sandbox = scripted(*script), ScriptedSandbox(*outputs)
    graph = create_codesteer(task_model=model, sandbox=sandbox).compile(checkpointer=InMemorySaver())
    question: Any = {"messages": [HumanMessage(QUESTION)]}
    await graph.ainvoke(question, THREAD, context=context, **options)
    return graph, model


REFUTED_THEN_RIGHT = ((SUM, TEST, SUM, TEST), ("48", "REFUTED: sum", "49", "CONFIRMED"))


async def two_turns(
    *more: str | Exception, outputs: tuple[str, ...] = ()
) -> tuple[CompiledGraph, ScriptedModel]:
    script, printed = REFUTED_THEN_RIGHT
    return await finished(*script, *more, outputs=(*printed, *outputs))


async def test_the_first_decision_is_forced_and_both_branches_come_back() -> None:
    graph, model = await finished(SUM, TEST, WORDS, TEST, outputs=("49", "CONFIRMED", "CONFIRMED"))
    done = await replay(graph, "t", turn=1, mode=Mode.TEXT)
    assert (done.original.answer, done.other.answer) == ("49", "50")
    assert (done.original.decision.mode, done.other.decision.mode) == (Mode.CODE, Mode.TEXT)
    assert [turn.mode for turn in done.other.turns] == [Mode.TEXT]
    assert "Answer by reasoning" in texts(model.asked[2])[-1]
    assert (done.guide_input.question, done.guide_input.attempts) == (QUESTION, ())
    assert done.other.total_usage.calls == 2


async def test_a_later_turn_keeps_those_before_it() -> None:
    graph, model = await two_turns(WORDS, TEST, outputs=("CONFIRMED",))
    done = await replay(graph, "t", turn=2, mode=Mode.TEXT)
    assert done.other.turns[0] == done.original.turns[0]
    assert [turn.number for turn in done.other.turns] == [1, 2]
    assert [turn.mode for turn in done.other.turns] == [Mode.CODE, Mode.TEXT]
    assert "in words this time" in texts(model.asked[4])[-1]
    assert done.original.total_usage.calls == done.other.total_usage.calls == 4


async def test_other_guidance_in_the_same_mode() -> None:
    graph, model = await two_turns(SUM, TEST, outputs=("49", "CONFIRMED"))
    done = await replay(graph, "t", turn=2, guidance="Add them one by one.")
    assert done.other.decision.action is Action.IMPROVE
    assert "Add them one by one." in texts(model.asked[4])[-1]
    assert "the sum" not in texts(model.asked[4])[-1]


async def test_a_finished_run_can_be_continued() -> None:
    graph, _ = await two_turns(WORDS, TEST, outputs=("CONFIRMED",))
    done = await replay(graph, "t", turn=3, mode=Mode.TEXT)
    assert done.original.decision.action is Action.RETURN
    assert [turn.number for turn in done.other.turns] == [1, 2, 3]


async def test_a_run_that_ran_out_of_turns_can_be_continued() -> None:
    context = Context(max_turns=1, candidates=1)
    graph, _ = await finished(
        SUM, TEST, SUM, TEST, outputs=("48", "REFUTED: s", "49", "CONFIRMED"), context=context
    )
    done = await replay(graph, "t", turn=2, guidance="Try again.")
    assert done.original.outcome == "turn_limit"
    assert (done.other.answer, len(done.other.turns)) == ("49", 2)


async def test_the_original_run_is_unchanged_and_can_be_replayed_again() -> None:
    graph, _ = await two_turns(WORDS, TEST, WORDS, TEST, outputs=("CONFIRMED",) * 2)
    before = await graph.aget_state(THREAD)
    first = await replay(graph, "t", turn=2, mode=Mode.TEXT)
    second = await replay(graph, "t", turn=1, mode=Mode.TEXT)
    assert await graph.aget_state(THREAD) == before
    assert first.original.turns == second.original.turns
    assert len({first.other.thread, second.other.thread, "t"}) == 3


async def test_a_fork_records_its_origin_and_can_be_forked() -> None:
    graph, _ = await two_turns(WORDS, TEST, SUM, TEST, outputs=("CONFIRMED", "49", "CONFIRMED"))
    first = await replay(graph, "t", turn=2, mode=Mode.TEXT)
    snapshot = await graph.aget_state({"configurable": {"thread_id": first.other.thread}})
    assert snapshot.metadata is not None
    assert {"replay_of": "t", "replay_turn": 2}.items() <= snapshot.metadata.items()
    again = await replay(graph, first.other.thread, turn=2, mode=Mode.CODE)
    assert (again.original.answer, again.other.answer) == ("50", "49")


async def test_the_stored_context_applies_to_the_fork() -> None:
    context = Context(max_turns=2, check_answer=False, candidates=1)
    graph, _ = await finished(SUM, SUM, WORDS, SUM, outputs=("49",) * 3, context=context)
    done = await replay(graph, "t", turn=1, mode=Mode.TEXT)
    assert done.other.turns[0].answer_report is None
    assert done.guide_input.turns_left == 2


async def test_only_the_last_question_of_a_thread_is_replayed() -> None:
    graph, _ = await finished(
        SUM, TEST, SUM, TEST, WORDS, TEST, outputs=("1", "CONFIRMED") * 2 + ("CONFIRMED",)
    )
    await graph.ainvoke(
        {"messages": [HumanMessage("Calculate 30 + 19 again.")]}, THREAD, context=ONE_AT_A_TIME
    )
    done = await replay(graph, "t", turn=1, mode=Mode.TEXT)
    assert done.guide_input.question == "Calculate 30 + 19 again."


async def test_an_earlier_question_of_a_thread_is_replayed_by_its_number() -> None:
    graph, _ = await finished(
        SUM, TEST, SUM, TEST, WORDS, TEST, outputs=("49", "CONFIRMED") * 2 + ("CONFIRMED",)
    )
    question: Any = {"messages": [HumanMessage("Calculate 30 + 20.")]}
    await graph.ainvoke(question, THREAD, context=ONE_AT_A_TIME)
    done = await replay(graph, "t", turn=1, question=1, mode=Mode.TEXT)
    assert (done.guide_input.question, done.guide_input.history) == (QUESTION, [])
    assert (done.original.answer, done.other.answer) == ("49", "50")
    with pytest.raises(ConfigurationError, match="no question 3: thread 't' has 2"):
        await replay(graph, "t", turn=1, question=3, mode=Mode.TEXT)


async def test_a_question_is_replayed_although_a_later_one_was_refused() -> None:
    graph, _ = await two_turns(WORDS, TEST, outputs=("CONFIRMED",))
    refused: Any = {"messages": [HumanMessage([{"type": "image", "url": "http://127.0.0.1/x.png"}])]}
    with pytest.raises(ConfigurationError, match="image"):
        await graph.ainvoke(refused, THREAD)
    done = await replay(graph, "t", turn=2, question=1, mode=Mode.TEXT)
    assert [turn.number for turn in done.other.turns] == [1, 2]


async def test_a_turn_that_failed_midway_is_forked_before_its_decision() -> None:
    gone = ModelUnavailableError("gone")  # twice: the node is tried again once
    graph, _ = await finished(
        SUM, TEST, gone, gone, SUM, TEST, outputs=("48", "REFUTED: s", "49", "CONFIRMED")
    )
    done = await replay(graph, "t", turn=2, guidance="Try again.")
    assert done.original.outcome == "failed"
    assert (done.other.outcome, done.other.answer) == ("returned", "49")


@pytest.mark.parametrize("script", [(), (SUM,), (WORDS,)])
async def test_a_fork_that_fails_after_an_answer_raises(script: tuple[str, ...]) -> None:
    gone = ModelUnavailableError("endpoint down")
    graph, _ = await two_turns(*script, gone, gone, outputs=("48",))
    with pytest.raises(ModelError, match=r"the replay failed.*endpoint down"):
        await replay(graph, "t", turn=2, mode=Mode.TEXT)


async def test_a_fork_whose_sandbox_fails_raises() -> None:
    graph, _ = await two_turns("```python\nprint(1)\n```", outputs=())
    with pytest.raises(ModelError, match="the replay failed"):
        await replay(graph, "t", turn=2, guidance="Add them one by one.")


async def test_the_fork_can_be_streamed() -> None:
    graph, _ = await two_turns(WORDS, TEST, outputs=("CONFIRMED",))
    parts: list[Any] = []
    await replay(graph, "t", turn=2, mode=Mode.TEXT, on_part=parts.append)
    events = [part["data"]["event"] for part in parts if part["type"] == "custom"]
    assert (events[0], events[-1]) == ("generating", "finished")


@pytest.mark.parametrize(
    ("turn", "choice", "message"),
    [
        (0, {"mode": Mode.TEXT}, "no turn 0: .* has turns 1 to 2; 3 continues it"),
        (4, {"mode": Mode.TEXT}, "no turn 4"),
        (1, {}, "set a mode, guidance, or both"),
        (1, {"mode": Mode.CODE}, "the guide already chose code"),
    ],
)
async def test_what_cannot_be_forked_is_explained(turn: int, choice: Any, message: str) -> None:
    graph, _ = await two_turns()
    with pytest.raises(ConfigurationError, match=message):
        await replay(graph, "t", turn=turn, **choice)


async def test_an_unknown_thread_is_explained() -> None:
    graph, _ = await two_turns()
    with pytest.raises(ConfigurationError, match="no run on thread 'other'"):
        await replay(graph, "other", turn=1, mode=Mode.TEXT)


async def test_an_unfinished_run_is_not_forked() -> None:
    graph, _ = await finished(SUM, outputs=(), interrupt_before=["execute"])
    with pytest.raises(ConfigurationError, match=r"not finished \(next: execute\)"):
        await replay(graph, "t", turn=1, mode=Mode.TEXT)


async def test_a_run_without_its_history_is_not_forked() -> None:
    graph, _ = await finished(SUM, TEST, outputs=("49", "CONFIRMED"), durability="exit")
    with pytest.raises(ConfigurationError, match="has no checkpoint before turn 1"):
        await replay(graph, "t", turn=1, mode=Mode.TEXT)


async def test_a_run_of_another_version_is_not_forked() -> None:
    graph, _ = await two_turns()
    await graph.aupdate_state(THREAD, {"state_version": 0}, as_node="finish")
    with pytest.raises(ConfigurationError, match="another version of codesteer recorded"):
        await replay(graph, "t", turn=1, mode=Mode.TEXT)


async def test_a_context_of_another_version_is_named() -> None:
    script, printed = REFUTED_THEN_RIGHT
    graph, _ = await finished(*script, outputs=printed)
    foreign = {"outcome": "returned", "settings": {"wheels": 4}}
    await graph.aupdate_state(THREAD, foreign, as_node="finish")
    with pytest.raises(ConfigurationError, match=r"unknown to this version \(wheels\); set the context"):
        await replay(graph, "t", turn=1, mode=Mode.TEXT)


def decision(action: Action, mode: Mode = Mode.CODE, guidance: str = "g") -> Decision:
    return Decision(action=action, mode=mode, guidance=guidance, reason="r", guide="rules")


@pytest.mark.parametrize(
    ("decided", "turns", "mode", "guidance", "expected"),
    [
        (decision(Action.CODE), [], Mode.TEXT, None, (Action.TEXT, Mode.TEXT, "")),
        (decision(Action.CODE), [], Mode.CODE, "h", (Action.CODE, Mode.CODE, "h")),
        (decision(Action.IMPROVE), [1], Mode.CODE, "h", (Action.IMPROVE, Mode.CODE, "h")),
        (decision(Action.IMPROVE), [1], None, "h", (Action.IMPROVE, Mode.CODE, "h")),
        (decision(Action.RETURN, guidance=""), [1], None, "h", (Action.IMPROVE, Mode.CODE, "h")),
        (decision(Action.RETURN, guidance=""), [1], Mode.CODE, "h", (Action.CODE, Mode.CODE, "h")),
    ],
)
def test_which_action_is_forced(
    decided: Decision, turns: list[Any], mode: Mode | None, guidance: str | None, expected: Any
) -> None:
    forced = force_decision(decided, turns, mode, guidance)
    assert (forced.action, forced.mode, forced.guidance) == expected
    assert (forced.guide, forced.reason) == ("replay", "forced in a replay")
