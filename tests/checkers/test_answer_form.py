"""The form of an answer is known where a question names its possible answers."""

import pytest

from codesteer.checkers.answer_form import as_choice, choices, fits, same_answer, says_something

OPTIONS = "What is the date a week ago?\nOptions:\n(A) 12/22/2040\n(B) 12/23/2014\n(C) 12/22/2014\n\nUse <<<answer>>>."


@pytest.mark.parametrize(
    ("question", "names"),
    [
        (OPTIONS, ("A", "B", "C")),
        ("Do you return to the start?\nOptions:\n- Yes\n- No\n\nGive the <<<answer>>>.", ("Yes", "No")),
        ("Answer yes or no: 91 is prime.", ("Yes", "No")),
        ("Bob lies. Does Ann tell the truth?\n\nOutput the answer as <<<answer>>>.", ("Yes", "No")),
        ("Is 97 prime?", ("Yes", "No")),
        ("How many primes are there below 20?", None),
        ("What is 3 * 4? Is that so? If not, list " + "every step, " * 20, None),
        ("Rotate the matrix (A) by 90 degrees.", None),
        ("", None),
    ],
)
def test_the_choices_of_a_question(question: str, names: tuple[str, ...] | None) -> None:
    found = choices(question)
    assert (found.names if found else None) == names


@pytest.mark.parametrize(
    ("answer", "fitting"),
    [
        ("B", True),
        ("(b)", True),
        ("(B) 12/23/2014", True),
        ("B.", True),
        ("12/23/2014", True),
        ("'C'", True),
        ("12/24/2014", False),
        ("D", False),
        ("A date", False),
        ("True", False),
        ("", False),
    ],
)
def test_an_option_is_named_by_its_letter_or_its_text(answer: str, fitting: bool) -> None:
    assert fits(OPTIONS, answer) is fitting


@pytest.mark.parametrize(
    ("answer", "fitting"),
    [("Yes", True), ("no.", True), ("Yes, she does", True), ("True", False), ("1", False), ("Nobody", False)],
)
def test_a_question_whether_wants_yes_or_no(answer: str, fitting: bool) -> None:
    assert fits("Does Ann tell the truth?", answer) is fitting


def test_any_answer_fits_a_question_without_choices() -> None:
    assert fits("How many?", "a great many")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("114", "114.0", True),
        ("-3", "3", False),
        ("['A', 'B']", "A,B", True),
        ("[[1, 2], [3, 4]]", "1,2\n3,4", True),
        ("YES", "yes", True),
        ("(5-1)*6", "5-1*6", False),
        ("1e3", "1000", False),
        ("12", "1,2", False),
        ("v1.2.3", "v1.2.30", False),
        ("…", "!", False),
        ("[]", "{}", False),
    ],
)
def test_answers_are_compared_by_what_they_say(one: str, other: str, same: bool) -> None:
    assert same_answer(one, other) is same
    assert same_answer(other, one) is same


COLOURS = "Which is red?\n(A) the book\n(B) the cup"


@pytest.mark.parametrize(
    ("question", "printed", "meant"),
    [
        ("Does Ka tell the truth?", "True", "Yes"),
        ("Does Ka tell the truth?", " false\n", "No"),
        ("Does Ka tell the truth?", "Yes", "Yes"),
        ("Does Ka tell the truth?", "Trueman", "Trueman"),
        (COLOURS, "the cup", "B"),
        (COLOURS, "(A) the book", "A"),
        (COLOURS, "The pen", "The pen"),
        ("How many are there?", "True", "True"),
    ],
)
def test_a_printed_truth_value_or_option_is_named_as_the_question_wants(
    question: str, printed: str, meant: str
) -> None:
    assert as_choice(question, printed) == meant


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("1.96153846", "1.9615384615384615", True),
        ("1.9615384", "1.9615384615384615", True),
        ("[0.33333, 2]", "[0.3333333333, 2]", True),
        ("1.96", "1.9615384615384615", False),
        ("0.1234", "0.1236", False),
        ("766397972992845", "766397972992846", False),
        ("7", "7.000000001", False),
        ("3.50", "3.5", True),
    ],
)
def test_roundings_of_a_number_say_the_same(one: str, other: str, same: bool) -> None:
    assert same_answer(one, other) is same
    assert same_answer(other, one) is same


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "[]",
        " [ ] ",
        "{}",
        "()",
        "[[], []]",
        "None",
        "'None'",
        "[None, None]",
        "null",
        "nan, nan",
        "No solution.",
        "N/A",
        '""',
        "No solution found",
        "[('', '')]",
        "not found",
        "[[None], [None]]",
        "\n",
    ],
)
def test_answers_that_name_nothing(answer: str) -> None:
    assert not says_something(answer)


@pytest.mark.parametrize(
    "answer",
    [
        "0",
        "-1",
        "[0]",
        "False",
        "No",
        "no",
        "[1, None]",
        "!@^*",
        "nine",
        "None of the above",
        "[[], [1]]",
        "#",
        "A",
        "Nancy",
        "error 5",
        "unknown land",
    ],
)
def test_answers_that_name_something(answer: str) -> None:
    assert says_something(answer)
