"""Words that change a number count, and an approximation does not replace an exact value."""

from fractions import Fraction

import pytest

from codesteer.symbench.parsing import UnreadableError, parse_integer, parse_rational


@pytest.mark.parametrize(
    "text",
    [
        "794/3",
        "794/3 ≈ 264.667",
        "794/3 = 264.667",
        "794/3 (≈ 264.667)",
        r"\frac{794}{3} \approx 264.667",
        "794/3 or 264.66666667",
        "794/3, i.e. 264.667",
        "794/3 (or 264.666667)",
        "794/3 (approximately 264.67)",
        "794/3 (264.667)",
        "794/3, which is about 264.7",
        "264.667 ≈ 794/3",
        "794/3 = 264.66667 ≈ 264.67",
        "x = 794/3 ≈ 264.667",
        "264.667 (= 794/3)",
        "794 / 3 ≈ 264.666",
    ],
)
def test_the_exact_value_counts(text: str) -> None:
    assert parse_rational(text) == Fraction(794, 3)


@pytest.mark.parametrize(
    ("text", "value"), [("7/3 = 9/4", "9/4"), ("794/3 ≈ 265.5", "265.5"), ("2 + 3 = 5", "5")]
)
def test_of_other_sides_the_last_counts(text: str, value: str) -> None:
    assert parse_rational(text) == Fraction(value)


@pytest.mark.parametrize(
    "text", ["1/3 or 1/4", "794/3 or 265", "5 or 6", "2 (6/3)", "794/3, 264.667", "3 (3)"]
)
def test_two_values_are_no_number(text: str) -> None:
    with pytest.raises(UnreadableError):
        parse_rational(text)


@pytest.mark.parametrize(
    "text",
    [
        "not 5",
        "not equal to 5",
        "It cannot be 5",
        "It isn't 5",
        "never 5",
        "neither 5",
        "5 is wrong",
        "5 is not right",
        "5 isn't it",
        "5: incorrect",
        "5 is too small",
        "less than 5",
        "more than 5",
        "at least 5",
        "at most 5",
        "fewer than 5",
        "other than 5",
        "up to 5",
        "half of 5",
        "half 5",
        "twice 5",
        "double 5",
        "a third of 5",
        "one quarter of 5",
        "5 or more",
        "> 5",
        "x >= 5",
        "≤ 5",
        "x != 5",
        "x ≠ 5",
        "thousands of 5",
        "5 thousands",
    ],
)
def test_words_that_change_a_number_make_it_unreadable(text: str) -> None:
    with pytest.raises(UnreadableError):
        parse_integer(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5 thousand", 5000),
        ("2612.288 thousand", 2612288),
        ("1.5 million", 1500000),
        ("2 dozen", 24),
        ("$3 hundred", 300),
        ("minus 5", -5),
        ("negative 5", -5),
        ("Answer - 14", 14),
        ("Chi - 2", 2),
        ("Chi — 2", 2),
        ("**Final Answer** — 14", 14),
        ("- 14", -14),
        ("-14", -14),
        ("x = - 14", -14),
        ("the answer is - 14", -14),
        ("the answer is -14", -14),
        ("(- 14)", -14),
        ("=> 5", 5),
        ("-> 5", 5),
        ("about 5", 5),
        ("There are 5 points, not counting the last", 5),
        ("She has 5 more apples", 5),
        ("The sum of all of them is 5", 5),
        ("5 apples in total", 5),
        ("a total of 5", 5),
        ("one value: 5", 5),
    ],
)
def test_signs_scales_and_other_words(text: str, value: int) -> None:
    assert parse_integer(text) == value
