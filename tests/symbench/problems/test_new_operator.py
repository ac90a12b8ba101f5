"""Expressions by hand, and the readings of the official ones."""

import pytest

from codesteer.symbench import Outcome
from codesteer.symbench.item import Item
from codesteer.symbench.problems.new_operator import TASK, Puzzle

OPERATORS = (("#", "2*a+3*b"), ("@", "(a + b)/b"))


@pytest.mark.parametrize(
    ("text", "strict", "published"),
    [
        ("25/7", True, False),
        ("3.5714285714285716", True, True),
        ("3.571429", True, False),
        (r"\frac{25}{7}", True, False),
        ("3.5714", False, False),
        ("3.57143", True, False),
        ("4", False, False),
        ("18 / 7 + 1", False, False),
        ("3 4/7", True, False),
        (r"3\frac{4}{7}", True, False),
        ("25000001/7000000", False, False),
        ("3.5714285714285716e0", True, True),
        ("3.5714299", False, False),
        ("-3.5714285714285716", False, False),
    ],
)
def test_by_hand(text: str, strict: bool, published: bool) -> None:
    item: Item[Puzzle, str] = Item(
        "x", TASK.slug, "?", "25/7", 1, Puzzle(OPERATORS, (("@", ("#", 3, 4), 7),))
    )
    assert (TASK.score(item, f"<<<{text}>>>").outcome is Outcome.CORRECT) == strict
    assert (TASK.score(item, f"<<<{text}>>>", published=True).outcome is Outcome.CORRECT) == published


def test_either_grouping_of_an_official_expression_counts() -> None:
    record = {
        "id": "x",
        "question": "Calculate (3#4)#5#6.\nReturn",
        "answer": {"solution": 6.0, "operator_definitions": {"#": "1*a+2*b"}},
    }
    item = TASK.from_official(record)
    assert item.flags == ("ambiguous_grouping", "stored_answer_violates_stated_rules")
    for text, outcome in (("33", Outcome.CORRECT), ("45", Outcome.CORRECT), ("6", Outcome.WRONG)):
        assert TASK.score(item, f"<<<{text}>>>").outcome is outcome


def test_the_expression_is_fully_parenthesised() -> None:
    question = TASK.format_question(Puzzle(OPERATORS, (("#", ("@", 1, 2), ("#", 3, 4)),)))
    assert "Calculate (1 @ 2) # (3 # 4)." in question


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("8100000", True),
        ("8100000.0", True),
        ("8.1e6", True),
        ("8100000.000000001", True),
        ("8100001", False),
        ("8100001.0", False),
        ("8100000.6", False),
        ("8.100001e6", False),
        ("81000001/10", False),
        ("8100000 1/1000", False),
    ],
)
def test_whole_numbers_and_fractions_are_exact(text: str, right: bool) -> None:
    item: Item[Puzzle, str] = Item(
        "x", TASK.slug, "?", "8100000", 1, Puzzle((("#", "1*a*b"),), (("#", 8100, 1000),))
    )
    assert (TASK.score(item, f"<<<{text}>>>").outcome is Outcome.CORRECT) == right
