"""Branches of which one is right become a preference pair in the trainers' format."""

from dataclasses import replace
from typing import Any

import pytest
from tests.replay.test_fork import QUESTION, SUM, TEST, WORDS, finished, two_turns
from tests.support.models import texts

from codesteer.errors import ModelUnavailableError
from codesteer.guides.chat_model import guide_messages
from codesteer.guides.decision import Mode
from codesteer.guides.parsing import parse_decision
from codesteer.replay import Replay, preference_pair, replay


async def replayed() -> Replay:
    """Turn 2 by code gave 49, in words it gives 50."""
    graph, _ = await two_turns(WORDS, TEST, outputs=("CONFIRMED",))
    return await replay(graph, "t", turn=2, mode=Mode.TEXT)


async def test_the_decision_that_led_to_the_right_answer_is_chosen() -> None:
    done = await replayed()
    pair = preference_pair(done, lambda answer: answer == "49", question="q1", task="sum")
    assert pair is not None
    assert [message["role"] for message in pair["prompt"]] == ["system", "user", "assistant", "user"]
    assert [message["content"] for message in pair["prompt"]] == texts(guide_messages(done.guide_input))
    assert QUESTION in pair["prompt"][1]["content"]
    choices = {side: parse_decision(pair[side][0]["content"]) for side in ("chosen", "rejected")}
    assert {side: choice and choice.action.value for side, choice in choices.items()} == {
        "chosen": "improve",
        "rejected": "text",
    }
    assert (pair["question"], pair["task"], pair["source"], pair["turn"]) == ("q1", "sum", "replay", 2)
    assert pair["threads"] == {"chosen": "t", "rejected": done.other.thread}


async def test_the_replayed_decision_is_chosen_if_it_is_right() -> None:
    pair: Any = preference_pair(await replayed(), lambda answer: answer == "50")
    choice = parse_decision(pair["chosen"][0]["content"])
    assert choice is not None
    assert choice.action == "text"


@pytest.mark.parametrize("right", [{"49", "50"}, {"51"}])
async def test_equally_good_branches_make_no_pair(right: set[str]) -> None:
    assert preference_pair(await replayed(), lambda answer: answer in right) is None


@pytest.mark.parametrize("outcome", ["failed", None])
@pytest.mark.parametrize("side", ["original", "other"])
@pytest.mark.parametrize("right", ["49", "50"])
async def test_a_branch_that_a_failure_ended_makes_no_pair(outcome: Any, side: str, right: str) -> None:
    done = await replayed()
    ended: Any = {side: replace(getattr(done, side), outcome=outcome)}
    disturbed = replace(done, **ended)
    assert preference_pair(disturbed, lambda answer: answer == right) is None


@pytest.mark.parametrize("outcome", ["returned", "terminated", "turn_limit", "budget_spent"])
async def test_every_other_end_is_a_result(outcome: Any) -> None:
    done = await replayed()
    ended = replace(done, other=replace(done.other, outcome=outcome))
    assert preference_pair(ended, lambda answer: answer == "49") is not None


async def test_a_branch_that_lost_a_candidate_makes_no_pair() -> None:
    done = await replayed()
    decision = replace(done.other.turns[-1].decision, candidates=2)
    turns = (*done.other.turns[:-1], replace(done.other.turns[-1], decision=decision))
    lost = replace(done, other=replace(done.other, turns=turns))
    assert preference_pair(lost, lambda answer: answer == "49") is None


async def test_a_run_that_failed_can_be_replayed_but_makes_no_pair() -> None:
    gone = ModelUnavailableError("gone")
    graph, _ = await finished(
        SUM, TEST, gone, gone, SUM, TEST, outputs=("48", "REFUTED: s", "49", "CONFIRMED")
    )
    done = await replay(graph, "t", turn=2, guidance="Try again.")
    assert (done.original.answer, done.other.answer) == ("48", "49")
    assert preference_pair(done, lambda answer: answer == "49") is None
