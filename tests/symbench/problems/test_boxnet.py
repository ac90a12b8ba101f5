"""Plans by hand, and the sequential actions of the official validator."""

import json

import pytest

from codesteer.symbench import Outcome
from codesteer.symbench.item import Item
from codesteer.symbench.problems.boxnet import TASK, Puzzle
from codesteer.symbench.solvers.boxes import Plan

PUZZLE = Puzzle(1, 3, (("box_red", "box_blue", "target_blue"), (), ("target_red",)))
A0, A1, A2 = "Agent[0.5, 0.5]", "Agent[0.5, 1.5]", "Agent[0.5, 2.5]"
BLUE = "move(box_blue, target_blue)"
RED1, RED2, RED = (
    "move(box_red, square[0.5, 1.5])",
    "move(box_red, square[0.5, 2.5])",
    "move(box_red, target_red)",
)


@pytest.mark.parametrize(
    ("plan", "strict", "published"),
    [
        ([{A0: BLUE}, {A0: RED1}, {A1: RED2}, {A2: RED}], True, True),
        ([{A0: RED1}, {A0: BLUE, A1: RED2}, {A2: RED}], True, True),
        ([{A0: RED1, A1: RED2, A2: RED}, {A0: BLUE}], False, True),  # one box moved twice in a step
        ([{A0: RED2}, {A0: BLUE}, {A0: RED1}, {A1: RED2}, {A2: RED}], False, True),  # an illegal action first
        ([{A0: BLUE}, {A0: RED1}, {A1: RED2}], False, False),
        ([{A0: BLUE}, {A0: RED2}, {A2: RED}], False, False),
        ([{"Agent[0.5, 3.5]": RED}, {A0: BLUE}, {A0: RED1}, {A1: RED2}, {A2: RED}], False, False),
        ([{A0: BLUE}, {A0: RED1}, {A1: RED2}, {A2: "move(box_red, target_blue)"}], False, False),
        ([], False, False),
    ],
)
def test_by_hand(plan: list[dict[str, str]], strict: bool, published: bool) -> None:
    item: Item[Puzzle, Plan] = Item("x", TASK.slug, "?", (), 1, PUZZLE)
    for text in (
        json.dumps(plan),
        json.dumps({"plan": plan}, indent=1),
        str(plan),
        f"```json\n{json.dumps(plan, indent=1)}\n```",
    ):
        assert (TASK.score(item, f"<<<{text}>>>").outcome is Outcome.CORRECT) == strict
        assert (TASK.score(item, f"<<<{text}>>>", published=True).outcome is Outcome.CORRECT) == published


def test_an_agent_named_twice_is_seen() -> None:
    text = f'[{{"{A0}": "{RED1}", "{A0}": "{BLUE}"}}, {{"{A1}": "{RED2}"}}, {{"{A2}": "{RED}"}}]'
    item: Item[Puzzle, Plan] = Item("x", TASK.slug, "?", (), 1, PUZZLE)
    assert "acts twice" in TASK.score(item, f"<<<{text}>>>").reason


@pytest.mark.parametrize(
    "plan",
    [
        [{"Agent 1": BLUE}],
        [{"Agent": BLUE}],
        [{"Agent[0.5]": BLUE}],
        [{A0: "move(box_blue, square)"}],
        [{A0: "move(box_blue, square[0.5])"}],
        [{"Agent[9, 9]": BLUE}],
        [{f"Agent[{'9' * 400}.5, 0.5]": BLUE}],
    ],
)
def test_the_official_validator_rejects_what_it_cannot_read(plan: list[dict[str, str]]) -> None:
    item: Item[Puzzle, Plan] = Item("x", TASK.slug, "?", (), 1, PUZZLE)
    assert TASK.score(item, f"<<<{json.dumps(plan)}>>>", published=True).outcome is Outcome.WRONG
