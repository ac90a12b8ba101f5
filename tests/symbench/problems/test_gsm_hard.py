"""Numbers in many forms, exact for our problems and within a thousandth for official ones."""

import pytest

from codesteer.symbench import Outcome
from codesteer.symbench.problems.gsm_hard import TASK

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
