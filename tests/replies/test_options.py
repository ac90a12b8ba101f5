"""Options, and answers that name them, are recognised in every form; numerals in every script."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codesteer.checkers.answer_form import fits, same_answer
from codesteer.checkers.question_choices import choices
from codesteer.replies.numerals import normalize_numerals, strip_thousands_separators
from codesteer.replies.options import listed_options, named_option
from codesteer.symbench.parsing import UnreadableError, parse_integer, parse_integers, parse_option

OPTIONS = ["12/22/2014", "12/23/2014", "12/24/2014"]
NAMING = [
    *("B", "b", "(B)", "(b)", "B)", "B.", "B:", "[B]", "**B**", "**(B)**", "`B`", "'B'", '"B"', "Ｂ"),
    *("$B$", r"\text{B}", r"$\text{B}$", r"\textbf{(B)}", r"\mathrm{B}", r"\boxed{B}", r"\(B\)", "$(B)$"),
    *(
        "Option B",
        "option B",
        "option b",
        "Option (B)",
        "Choice B.",
        "Answer: B",
        "The answer is B.",
        "It is (B).",
    ),
    *(
        "B) 12/23/2014",
        "(B) 12/23/2014",
        "B. 12/23/2014",
        "B: 12/23/2014",
        "B - 12/23/2014",
        "B, as shown above",
    ),
    *("12/23/2014", "12/23/2014.", "'12/23/2014'", r"\text{12/23/2014}"),
]


@pytest.mark.parametrize("answer", NAMING)
def test_an_option_is_named(answer: str) -> None:
    assert named_option(answer, OPTIONS) == "B"
    assert parse_option(answer, OPTIONS) == "B"
    assert fits("Which?\nA) 12/22/2014\nB) 12/23/2014\nC) 12/24/2014", answer)


@pytest.mark.parametrize(
    "answer",
    ["", "D", "A or B", "(A) and (B)", "A date", "True", "Both", "12/25/2014", "Bob", "$", "(A)(B)", "A, B"],
)
def test_no_option_is_named(answer: str) -> None:
    assert named_option(answer, OPTIONS) is None
    with pytest.raises(UnreadableError):
        parse_option(answer, OPTIONS)


@pytest.mark.parametrize(
    ("answer", "texts", "letter"),
    [
        *((letter, ["B", "C", "A"], letter) for letter in "ABC"),
        *((f"({letter})", ["B", "C", "A"], letter) for letter in "ABC"),
        ("b", ["B", "C", "A"], "B"),
        ("b", ["b", "a"], None),
        ("x", ["x", "y"], "A"),
        ("X", ["w", "x"], "B"),
        ("B) No solution", ["3", "No solution"], "B"),
        ("B: not possible", ["3", "Not possible"], "B"),
        ("Both A and B", ["3", "4", "Both A and B"], "C"),
        ("C) Both A and B", ["3", "4", "Both A and B"], "C"),
        ("The answer is C: both A and B", ["3", "4", "Both A and B"], "C"),
    ],
)
def test_a_letter_is_a_letter_whatever_the_options_say(
    answer: str, texts: list[str], letter: str | None
) -> None:
    assert named_option(answer, texts) == letter


@pytest.mark.parametrize(
    ("answer", "letter"),
    [
        ("Option B is wrong, so C.", "C"),
        ("choice B is wrong; choose C", "C"),
        ("(A) is wrong, so (B)", "B"),
        ("Rule out A. Choose B", "B"),
        ("not option A but option B", "B"),
        ("B, not A", "B"),
        ("The answer is (B), not (A)", "B"),
        ("Option B, because A is not even", "B"),
        ("B, because it does not divide", "B"),
        ("B. No other option fits.", "B"),
        ("It is A.", "A"),
        ("It's B.", "B"),
        ("It is A because it fits", "A"),
        ("The answer is B which says 4", "B"),
        *(
            (answer, None)
            for answer in (
                "Option A is incorrect, so it must be the second one.",
                "Not option A",
                "I don't think it is option B",
                "The answer isn't (B)",
                "option B isn't right",
                "Option B cannot be right",
                "The answer is A or B",
                "The answer is either A or B",
                "option a or b",
                "B or option C",
                "options B and C",
                "Not A, B",
                "A - no",
                "A. No.",
                "A: wrong",
                "B: 12/23/2014 is wrong",
                "A) no\nB) yes",
                "A) 3 B) 4 C) 5",
                "A. 3 B. 4 C. 5",
                "A. 3\nB. 4\nC. 5",
                "It is A plausible claim",
            )
        ),
    ],
)
def test_an_option_that_is_denied_or_listed_is_not_named(answer: str, letter: str | None) -> None:
    assert named_option(answer, OPTIONS) == letter


COLOURS = ["red", "blue", "green"]
TOWERS = ["the Tannery tower", "the Beacon tower", "the Mill"]
DATES = ["07/21/1905", "07/22/1905", "07/23/1905", "07/23/1906"]


@pytest.mark.parametrize(
    "answer",
    [
        *("B (blue)", "B blue", "B)blue", "B:blue", "B-blue", "(B)blue", "B = blue", "[B] blue", "b) blue"),
        *("**B** (blue)", "B\nblue", "blue (B)", "option B: blue", "B) blue because the sky is"),
        *("B because it fits", "B\n\nBecause it is", "B (the second)", "B\n\nNo other option fits"),
        *("B is correct", "Only B is correct.", "B must be the answer", "I think B is right", "I think B"),
        *(
            "B, I think",
            "B. A is too small.",
            "B\n\nA and C are excluded",
            "B. I checked.",
            "B: blue, not C",
        ),
        *("I'd say B", "Rather B", "Actually B", "A fails, so B", "None of the others fits, so (B)"),
        *(
            "(B), because A fails",
            "B, since (A) fails",
            "(B) violates no rule",
            "B\n\nNot A, because it fails",
        ),
        *("the blue", "color: blue", "the answer is blue", "Answer = Blue."),
    ],
)
def test_a_letter_may_stand_beside_its_text_or_its_reason(answer: str) -> None:
    assert named_option(answer, COLOURS) == "B"


@pytest.mark.parametrize(
    ("answer", "texts", "letter"),
    [
        ("C (the Mill)", TOWERS, "C"),
        ("Beacon tower", TOWERS, "B"),
        ("B: Beacon tower", TOWERS, "B"),
        ("Mill", TOWERS, "C"),
        ("7/23/1905", DATES, "C"),
        ("date: 07/23/1905", DATES, "C"),
        ("(C) 7/23/1905", DATES, "C"),
        ("1.5", ["1.05", "1.5"], "B"),
        ("7", ["007", "7"], "B"),
        ("1.5", ["1.05", "15"], None),
        ("A blue car", ["blue", "red"], None),
    ],
)
def test_an_option_is_named_by_its_text(answer: str, texts: list[str], letter: str | None) -> None:
    assert named_option(answer, texts) == letter


@pytest.mark.parametrize(
    ("answer", "texts"),
    [
        ("C: the Tannery tower", TOWERS),
        ("The answer is C: the Tannery tower", TOWERS),
        ("the Tannery tower (C)", TOWERS),
        ("C: Tannery tower, because", TOWERS),
        ("(D) 07/23/1905", DATES),
        *(
            (answer, COLOURS)
            for answer in ("B (red)", "B red", "b: red", "B: green", "Option A: blue", "Choice b: red")
        ),
    ],
)
def test_a_letter_with_the_text_of_another_option_names_none(answer: str, texts: list[str]) -> None:
    assert named_option(answer, texts) is None


@pytest.mark.parametrize(
    "answer",
    [
        *(
            "(C). Actually A",
            "C. No wait: A",
            "B. Wait, A",
            "B. Sorry, it is A",
            "(C), A",
            "(A), B, C",
            "A\nB\nC",
        ),
        *("B, or maybe C", "(B), perhaps C", "B. Alternatively C.", "B and also C", "(B), A?", "B; C"),
        *("B\n\nA", "A is correct and B is correct", "I think B or C", "blue or red", "A red or blue"),
        *("(C) fails", "B violates the rule", "none, (C) is closest but wrong", "None, B", "I doubt (C)"),
        *("B is unlikely", "B (wrong)", "B\n\nThis is wrong", "B\n\nNo, that is wrong", "wrong answer: B"),
        *("I don't think B is correct", "Neither A nor B is correct", "If B is correct, then all is lost"),
        *("Suppose B is true", "not: blue", "the answer is not blue", "I think so"),
    ],
)
def test_an_answer_that_wavers_or_denies_names_no_option(answer: str) -> None:
    assert named_option(answer, COLOURS) is None


@pytest.mark.parametrize(
    "lines",
    [
        ["(A) 3", "(B) 4", "(C) 5"],
        ["A) 3", "B) 4", "C) 5"],
        ["A. 3", "B. 4", "C. 5"],
        ["[A] 3", "[B] 4", "[C] 5"],
        ["- A) 3", "- B) 4", "- C) 5"],
        ["  * (A) 3", "  * (B) 4", "  * (C) 5"],
        ["**A.** 3", "**B.** 4", "**C.** 5"],
        ["**A)** 3", "**B)** 4", "**C)** 5"],
        ["(A)3", "(B)4", "(C)5"],
        ["(A) 3 (B) 4 (C) 5"],
        ["A) 3 B) 4 C) 5"],
        ["A. 3; B. 4; C. 5"],
        ["Options: (A) 3, (B) 4, (C) 5"],
        ["Which? A) 3, B) 4, C) 5"],
    ],
)
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\n\n"])
def test_listed_options_are_found(lines: list[str], ending: str) -> None:
    question = f"How many?{ending}{ending.join(lines)}{ending}Answer with <<<letter>>>."
    assert listed_options(question) == {"A": "3", "B": "4", "C": "5"}
    found = choices(question)
    assert found is not None
    assert (found.names, found.texts) == (("A", "B", "C"), ("3", "4", "5"))
    assert [found.admit(answer) for answer in ("$B$", "4", "Option C", "D", "7")] == [
        True,
        True,
        True,
        False,
        False,
    ]


@pytest.mark.parametrize(
    "question",
    [
        "Rotate the matrix (A) by 90 degrees.",
        "A) is all there is",
        "B) 4\nC) 5",
        "I. Introduction\nV. End",
        "A.B. wrote it.\nC.D. too.",
        "Plan A\nPlan B",
        "A: I am a knight.\nB: So am I.",
        "(a) Find x.\n(b) Find y.",
    ],
)
def test_other_lists_are_not_options(question: str) -> None:
    assert listed_options(question) == {}


@pytest.mark.parametrize(
    ("answer", "fitting"), [("$\\text{Yes}$", True), ("**No**", True), ("\\boxed{yes}", True)]
)
def test_yes_and_no_are_recognised_in_markup(answer: str, fitting: bool) -> None:
    assert fits("Does Ann tell the truth?", answer) is fitting


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("1,000", "1000", True),
        ("1,000,000.5", "1000000.5", True),
        ("−3", "-3", True),
        ("－３", "-3", True),
        ("٤٢", "42", True),
        ("４２", "42.0", True),
        ("$1,000$", "1000", True),
        (r"\text{42}", "42", True),
        ("[1,000]", "1000", False),
        ("1,000, 2", "1000, 2", False),
        ("100,200,300", "[100, 200, 300]", True),
        ("12", "1,2", False),
        ("123456789012345678901", "123456789012345678902", False),
        ("0.1", "0.10", True),
        ("x" * 30_000, "x" * 30_000, True),
    ],
)
def test_numbers_are_compared_by_value(one: str, other: str, same: bool) -> None:
    assert same_answer(one, other) is same
    assert same_answer(other, one) is same


@given(
    st.integers(-(10**12), 10**12),
    st.sampled_from(["٠١٢٣٤٥٦٧٨٩", "०१२३४५६७८९", "０１２３４５６７８９", "۰۱۲۳۴۵۶۷۸۹", "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗"]),
)
def test_digits_of_every_script_are_normalised(number: int, digits: str) -> None:
    written = str(number).translate(str.maketrans("0123456789-", f"{digits}−"))
    assert normalize_numerals(written) == str(number)
    assert parse_integer(written) == number
    assert parse_integers(f"[{written}, {written}]") == (number, number)


@given(st.integers(-(10**15), 10**15))
def test_thousands_separators_of_a_single_number_are_removed(number: int) -> None:
    assert strip_thousands_separators(f"{number:,}") == str(number)
    assert parse_integer(f"{number:,}".replace("-", "−")) == number


def test_lists_keep_their_commas() -> None:
    assert strip_thousands_separators("1,2,3") == "1,2,3"
    assert strip_thousands_separators("1,000, 2") == "1,000, 2"
    assert parse_integers("1,000") == (1, 0)
