"""Branches of which one is right become a preference pair in the trainers' format."""

from typing import Any

import pytest
from tests.replay.test_fork import QUESTION, TEST, WORDS, two_turns
from tests.support.models import texts

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
