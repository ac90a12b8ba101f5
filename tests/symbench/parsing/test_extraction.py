"""The order of the rules that find an answer."""

import pytest

from codesteer.symbench.parsing import FoundAnswer, find_answers


@pytest.mark.parametrize(
    ("reply", "text", "marked"),
    [
        ("<<<1>>> then <<<2>>>", "2", True),
        ("<<<2>>> and >>> more", "2", True),
        ("<<<<<<3>>>>>>", "3", True),
        ("<<<a\nb>>>", "a\nb", True),
        ("<<<1>>> then <<<2", "1", True),
        ("so <<<2", "2", True),
        (r"\boxed{1} and \boxed{\frac{1}{2}}.", r"\frac{1}{2}", True),
        (r"\boxed{1", "1", True),
        ("The answer is 7.", " 7.", False),
        ("**Answer:** 7", "7", False),
        ("Result: 5\nFinal answer: 7", "7", False),
        ("The result of -6*-36*37*-9305 is -74365560.", "-74365560.", False),
        ("The product of the numbers is: 12", "12", False),
        ("7", "7", False),
    ],
)
def test_the_answer_is_found(reply: str, text: str, marked: bool) -> None:
    found = find_answers(reply)
    assert found
    assert (found[0].text.strip(), found[0].marked) == (text.strip(), marked)


@pytest.mark.parametrize(
    ("reply", "texts"),
    [
        ("Answer: 64.\n\nI checked that the result is consistent.", ["consistent.", "64."]),
        ("So the answer is 64, because the product is even.", ["even.", "64, because the", "64"]),
        ("The answer is\n1 2\n3 4\n\nAll is well, the result is right.", ["right.", "1 2\n3 4"]),
        ("Result: 5\nFinal answer: 7", ["7", "5\nFinal"]),
        ("<<<3>>> The answer is 4.", ["3"]),
        ("no announcement 7", ["no announcement 7"]),
    ],
)
def test_earlier_announcements_are_alternatives(reply: str, texts: list[str]) -> None:
    assert [found.text for found in find_answers(reply)] == texts


@pytest.mark.parametrize("reply", ["", "  \n", "<<<>>>", "<<< >>>", "<<<", r"\boxed{}", "The answer is"])
def test_nothing_is_not_an_answer(reply: str) -> None:
    assert find_answers(reply) == ()


def test_a_long_answer_is_truncated() -> None:
    (found,) = find_answers(f"<<<{'1' * 50_000}>>>")
    assert isinstance(found, FoundAnswer)
    assert len(found.text) == 20_001


@pytest.mark.parametrize(
    ("reply", "text"),
    [
        ("The answer is: *,*,0,*", "*,*,0,*"),
        ("**Answer:** *,*,0,*", "*,*,0,*"),
        ("**Answer: 64**", "64"),
        ("**Answer: 64** I am sure.", "64 I am sure."),
        ("The result is **64**.", "**64**."),
        ("Answer: **64**", "64"),
        ("Answer: `64`", "64"),
        ("Answer:\n**01\n1001\n0**0\n01**", "**01\n1001\n0**0\n01**"),
        ("**The answer is**\n**01\n1001\n0**0\n01**", "**01\n1001\n0**0\n01**"),
    ],
)
def test_asterisks_of_the_answer_stay(reply: str, text: str) -> None:
    assert find_answers(reply)[0].text == text
