"""The order of the rules that find an answer."""

import pytest

from codesteer.symbench.parsing import FoundAnswer, find_answer


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
    found = find_answer(reply)
    assert found is not None
    assert (found.text.strip(), found.marked) == (text.strip(), marked)


@pytest.mark.parametrize("reply", ["", "  \n", "<<<>>>", "<<< >>>", "<<<", r"\boxed{}", "The answer is"])
def test_nothing_is_not_an_answer(reply: str) -> None:
    assert find_answer(reply) is None


def test_a_long_answer_is_truncated() -> None:
    found = find_answer(f"<<<{'1' * 50_000}>>>")
    assert found is not None
    assert isinstance(found, FoundAnswer)
    assert len(found.text) == 20_001
