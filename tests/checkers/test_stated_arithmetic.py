"""A computation that a question states in full is recognised, and nothing that only contains one."""

from fractions import Fraction

import pytest

from codesteer.checkers.stated_arithmetic import stated_value, states_answer
from codesteer.symbench import load_task

MULTIPLY = "What is 5343235 * 143433327? Return the answer with the format <<<number>>>."


@pytest.mark.parametrize(
    ("question", "value"),
    [
        (MULTIPLY, Fraction(766397972992845)),
        ("Compute the exact product (-4) * 97 * 3355. Give all digits.", Fraction(-1301740)),
        ("12 + 30?", Fraction(42)),
        ("12 + 30 = ?", Fraction(42)),
        ("Calculate: (3 + 4) × 6", Fraction(42)),
        ("What's 1,000 − 958 ?", Fraction(42)),
        ("Please evaluate the following expression:\n7 ÷ 2", Fraction(7, 2)),
        ("What is 6 * 7? Answer like <<<12>>>.", Fraction(42)),
        ("What is the sum of 1.5 + 2.25?", Fraction("3.75")),
        ("Can you tell me how much 6 * 7 is?", Fraction(42)),
        ("Hello! I need help with my math exercise. What is 6 * 7? Thanks!", Fraction(42)),
        ("What is 6 * 7? Think step by step, then give the final answer as a single integer.", Fraction(42)),
        ("What is 5 / 2? Print only the number.", Fraction("2.5")),
        ("What is 1,234,567 - 1?", Fraction(1234566)),
        ("What is 0.12345678901234567890 + 1?", Fraction("1.12345678901234567890")),
    ],
)
def test_the_value_of_a_stated_computation(question: str, value: Fraction) -> None:
    assert stated_value(question) == value


@pytest.mark.parametrize(
    "question",
    [
        "What is the last digit of 12 * 34?",
        "What is the remainder of 12 * 34 divided by 5?",
        "How many digits does 12 * 34 have?",
        "What is the sum of the digits of 12 * 34?",
        "Is 12 * 34 even?",
        "What is 12 * 34 + x, if x is 5?",
        "What is 12 * 34 in hexadecimal with 8 places?",
        "What is 12 * 34 in words?",
        "Calculate 12 * 34, rounded to tens.",
        "Tom has 3 * 4 apples and eats 5. How many are left?",
        "Use 2 + 3 and 4 * 5 to obtain 25.",
        "The result of which operation is 3 * 4?",
        "From 1990-12-01 to today?",
        "Which day is 2024-11-30?",
        "What is 7 / 0?",
        "What is (3 + 4 * 5?",
        "What is 2 ** 10?",
        "What is 17 * 23? Then add one to the result.",
        "What is 10 / 4? Round down to an integer.",
        "What is 10 / 4? Answer with an integer.",
        "What is 7 - 9? Give the absolute value.",
        "Let + denote multiplication. What is 3 + 4?",
        "Evaluate from right to left. What is 10 - 3 - 2?",
        "What is 10 - 3 - 2? (Evaluate right to left.)",
        "Numbers are in base eight. What is 12 * 34?",
        "Reverse the digits of the result. What is 12 * 34?",
        "What is 12 * 34? Write the digits in reverse order.",
        "What is 3 + 4? Spell it out in words.",
        "What is 100 - 58? The result is a character code; return the character.",
        "What is 1+1?\nUse only the digits of the result's square.",
        "What is the product of 5, -3?",
        "What is the product of 5 -3?",
        "What is the difference of 10, -3?",
        "What is the sum of 3*4, -5?",
        "What is the sum of 4 * 5?",
        "What is 1,5 * 2?",
        "What is 1,23,456 * 2?",
        "What is 3 * 4!",
        "What is 3 * 4! Thanks.",
        "What is the value of 2024-11-12?",
        "What is the capital of France?",
        "What is " + " + ".join(["1"] * 400) + "?",
        "",
    ],
)
def test_everything_else_states_none(question: str) -> None:
    assert stated_value(question) is None


@pytest.mark.parametrize(
    ("answer", "right"),
    [
        ("766397972992845", True),
        ("766,397,972,992,845", True),
        (" 766397972992845.0 ", True),
        ("766397972992846", False),
        ("7.66e14", False),
        ("about 766397972992845", False),
        ("", False),
        ("1/0", False),
        ("7.66397972992845e14", True),
        ("1e10000000", False),
        ("1e-10000000", False),
        ("1e999", False),
        ("9" * 299, False),
        ("٧", False),
    ],
)
def test_an_answer_is_compared_exactly(answer: str, right: bool) -> None:
    assert states_answer(MULTIPLY, answer) is right


def test_in_symbench_only_products_are_stated_and_their_values_are_right() -> None:
    task = load_task("number_multiply")
    items = [task.generate(seed=3, level=level, index=index) for level in (1, 3, 5) for index in range(5)]
    stated = [(item, stated_value(item.question)) for item in items]
    assert all(value is not None and str(value) == str(item.answer) for item, value in stated)
    for name in (
        "game24",
        "combinatorial_calculation",
        "new_operator",
        "letters",
        "date_understanding",
        "pooling",
    ):
        other = load_task(name)
        for index in range(5):
            assert stated_value(other.generate(seed=3, level=2, index=index).question) is None
