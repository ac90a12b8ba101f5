"""Numbers in many forms, exact for our problems and within a thousandth for official ones."""

import re
from collections.abc import Callable
from itertools import product
from random import Random

import pytest

from codesteer.symbench import Outcome
from codesteer.symbench.problems.gsm_hard import TASK, _fill_story
from codesteer.symbench.wording.stories import STORIES, Story

RECORD = {
    "id": "x",
    "question": "How much?\n\nOutput final answer …",
    "answer": {"target": 951515.6666666666},
}


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("951515.6666666666", Outcome.CORRECT),
        ("951,515.67", Outcome.CORRECT),
        ("$951515.67", Outcome.CORRECT),
        ("about 951516 birds", Outcome.CORRECT),
        ("2854547/3", Outcome.CORRECT),
        (r"\frac{2854547}{3}", Outcome.CORRECT),
        ("950000", Outcome.WRONG),
        ("-951515.67", Outcome.WRONG),
        ("951515 or 951516", Outcome.UNREADABLE),
        ("many", Outcome.UNREADABLE),
    ],
)
def test_official(text: str, outcome: Outcome) -> None:
    item = TASK.from_official(RECORD)
    assert item.flags == ()
    assert item.data.story == "How much?"
    for published in (False, True):
        assert TASK.score(item, f"<<<{text}>>>", published=published).outcome is outcome


def test_our_own_are_exact() -> None:
    item = TASK.generate(1, 5)
    value = int(item.answer)
    assert TASK.score(item, f"<<<{value:,} cents>>>").outcome is Outcome.CORRECT
    assert TASK.score(item, f"<<<{value + 1}>>>").outcome is Outcome.WRONG
    assert TASK.score(item, f"<<<{value + 1}>>>", published=True).outcome is Outcome.CORRECT


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ("5", "5"),
        ("-7/2", "-3.5"),
        ("1/3", "1/3"),
        ("1/100", "0.01"),
        ("4321/1250000", "0.0034568"),
        ("0", "0"),
    ],
)
def test_numbers_are_written_as_decimals_where_they_end(answer: str, text: str) -> None:
    assert TASK.format_answer(answer) == text


COUNTED: dict[str, Callable[..., int]] = {
    r"(\d+) blue beads always alternate with (\d+) red ones\. There are (\d+) beads": lambda a, b, c: (
        c % (a + b)
    ),
    r"buys (\d+) kites .* sells (\d+) percent": lambda a, b: a * b % 100,
    r"has (\d+) floors with (\d+) rooms each\. .* tonight (\d+) percent": lambda a, b, c: a * b * c % 100,
    r"has (\d+) floors with (\d+) places each, and (\d+) percent": lambda a, b, c: a * b * c % 100,
    r"has (\d+) rows with (\d+) trees .* bears (\d+) apples a year, but (\d+)": lambda a, b, c, d: (
        a * b * c * d % 100
    ),
    r"has (\d+) marbles\. \w+ gives (\d+) of them to each of (\d+) friends": lambda a, b, c: (a - b * c) % 2,
    r"with (\d+) passengers\. At the first stop (\d+) get off and (\d+) get on": lambda a, b, c: (
        (a - b + c) % 3
    ),
    r"borrows (\d+) pounds .*, with (\d+) percent of the loan": lambda a, b: a * b % 100,
}
"""For stories about things that come in whole numbers, what must be zero."""


def test_things_are_counted_in_whole_numbers() -> None:
    seen = set()
    for level, index in product((1, 2, 3), range(250)):
        story = TASK.generate(3, level, index=index).data.story
        for pattern, remainder in COUNTED.items():
            if match := re.search(pattern, story):
                seen.add(pattern)
                assert remainder(*map(int, match.groups())) == 0, story
    assert seen == set(COUNTED)


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.solution)
def test_every_story_can_be_filled(story: Story) -> None:
    for difficulty in TASK.difficulties:
        assert any(_fill_story(Random(seed), story, difficulty) for seed in range(2000))
