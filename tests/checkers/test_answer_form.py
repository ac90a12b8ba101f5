"""The form of an answer is known where a question names its possible answers."""

import pytest

from codesteer.checkers.answer_form import fits, says_something
from codesteer.checkers.question_choices import as_choice, choices

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


@pytest.mark.parametrize(
    "question",
    [
        "Can you tell me how many primes lie between 1000 and 2000?",
        "Could you compute 12345 * 6789 for me?",
        "Will you add 3 and 4?",
        "Does the sum of the digits of 2**50 exceed 70? Print the sum of the digits.",
        "Are there integers x, y with x * y = 6? Find them.",
        "Is there a path? If so, give its length.",
        "Is the sum even? Answer with the sum.",
        "Can this be done in 5 moves? List the moves.",
        "Will it rain? Print 0 or 1.",
        "Is 17 prime? Is 18?",
        "Answer Yes or No for each number: is 3 prime? is 4?",
        "Is it possible? Answer yes, no, or maybe.",
        "Is it so? Answer true, false or unknown.",
        "Is it so? Answer with true or false or unknown.",
        "Do you know how many primes lie between 1000 and 2000?",
        "Alice runs 5 km/h, Bob 6. Does Alice or Bob finish first?",
        "Are there more cats or dogs?",
        "Is 91 prime, and if not, what is its smallest factor?",
        "Was ist 3+4?",
        "Was kostet es?",
        "How many people said yes or no in the list: yes yes no?",
        "They answered yes or no. How many answered yes?",
        "How many of them would have said yes or no?",
        "For each of the three statements say yes or no; give a list such as <<<yes, no, yes>>>.",
        "Answer every one of these with yes or no: 2 > 1, 1 > 2.",
        "A) What is 3+4?\nB) What is 5*6?\nReturn both.",
        "Three people:\nA. Smith is 30\nB. Jones is 25\nWhat is the sum of the ages?",
        "Three people:\nA. Smith is 30\nB. Jones is 25\nCompute the sum of the ages.",
        "Select all that apply:\nA) 2\nB) 3\nC) 4",
        "Which of the following are prime?\nA) 2\nB) 3\nC) 4",
        "Sort these by size:\nA) 12\nB) 3\nC) 40",
    ],
)
def test_a_question_that_only_looks_like_a_choice_leaves_its_answer_open(question: str) -> None:
    assert choices(question) is None


@pytest.mark.parametrize(
    ("question", "names", "guessed"),
    [
        ("What is 3+4?\nA) 5\nB) 7\nC) 9", "ABC", False),
        ("97 is\n(A) prime\n(B) composite\nAnswer with <<<letter>>>.", "AB", False),
        ("Statements:\nA) 2 is odd\nB) 2 is even\nWhich statement is true?", "AB", False),
        ("Which is correct?\n(A) arrange them in order\n(B) sort by size", "AB", False),
        ("Is 91 divisible by 7? Please reply with yes or no.", ("Yes", "No"), False),
        ("Yes or no: is 91 prime?", ("Yes", "No"), False),
        ("Is 91 prime (yes/no)?", ("Yes", "No"), False),
        ("Is 91 prime or not?", ("Yes", "No"), True),
        ("Is 91 prime yes or no?", ("Yes", "No"), True),
        ("Is 91 prime, yes or no?", ("Yes", "No"), False),
        ("Is 2+2=4? Answer true or false.", ("True", "False"), False),
        ("True or False: 91 is prime.", ("True", "False"), False),
        ("Is 91 prime? Explain briefly. Thanks!", ("Yes", "No"), True),
        ("Is 91 prime? Explain why in one sentence.", ("Yes", "No"), True),
        ("Is 91 prime? Write a Python program to check.", ("Yes", "No"), True),
        ("Is 91 prime? Think step by step, then answer.", ("Yes", "No"), True),
        ("Was Ann in the room?", ("Yes", "No"), True),
        ("There are 3 cats. Was the last one grey?", ("Yes", "No"), True),
    ],
)
def test_a_question_that_offers_choices_or_reads_like_one_whether(
    question: str, names: tuple[str, ...], guessed: bool
) -> None:
    found = choices(question)
    assert found is not None
    assert (found.names, found.guessed) == (tuple(names), guessed)


def test_evidence_overrules_a_guess_but_not_an_offer() -> None:
    assert fits("Is 91 prime?", "7", supported=True)
    assert not fits("Is 91 prime?", "True", supported=True)
    assert not fits("Is 91 prime?", "7")
    assert not fits("Is 91 prime? Answer yes or no.", "7", supported=True)


@pytest.mark.parametrize(
    "answer",
    [
        "yes, no, yes",
        "yes or no",
        "Yes or No",
        "yes and no",
        "Yes/No",
        "Yes? No",
        "[Yes, No]",
        "no idea",
        "No path",
        "no one",
        "no-one",
        "No. 5",
        "Nobody",
    ],
)
def test_a_list_of_choices_or_another_answer_is_none_of_them(answer: str) -> None:
    assert not fits("Is 91 prime?", answer)
    assert as_choice("Is 91 prime? Answer yes or no.", answer) == answer


@pytest.mark.parametrize(
    ("answer", "named"),
    [
        ("no, it is not", "No"),
        ("**Yes**", "Yes"),
        ("Yes, there is", "Yes"),
        ("yes because 91 is", "Yes"),
        ("Yes—it is", "Yes"),
        ("True.", "Yes"),
        ("false", "No"),
        (r"\text{No}", "No"),
    ],
)
def test_the_answer_to_a_question_whether_is_named(answer: str, named: str) -> None:
    assert as_choice("Is 91 prime?", answer) == named
    assert fits("Is 91 prime?", named)
    opposite = as_choice("Is 91 prime? Answer true or false.", answer)
    assert opposite == {"Yes": "True", "No": "False"}[named]


def test_only_an_offer_shortens_an_answer_that_says_more() -> None:
    assert as_choice("Is 91 prime?", "No: it is 7 * 13, yes") == "No: it is 7 * 13, yes"
    assert fits("Is 91 prime?", "No: it is 7 * 13, yes")
    assert as_choice("Is 91 prime? Answer yes or no.", "No: it is 7 * 13, yes") == "No"
