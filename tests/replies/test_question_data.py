"""The data of a question stands ready for programs, in whatever form the question gives it."""

import pytest

from codesteer.replies.question_data import QuestionData, describe_data, read_data

SUDOKU = "9, , , , ,5, , , \n , , , ,1, ,2, , \n6,5,7, , , , , , "


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Pool this:\n12, 2, 13\n20, 9, -4\nFor example, <<<0,0>>>.", {"grid": [[12, 2, 13], [20, 9, -4]]}),
        ("Rotate\nJ T\nU B.\nWhat is it?", {"grid": [["J", "T"], ["U", "B"]]}),
        ("Rotate\n% % ^\n# & $.\nWhat is it?", {"grid": [["%", "%", "^"], ["#", "&", "$"]]}),
        ("Place them:\n0010\n00X0\n1000", {"grid": [list("0010"), list("00X0"), list("1000")]}),
        (
            f"Fill it:\n{SUDOKU}\nReturn it.",
            {"grid": [[c.strip() for c in r.split(",")] for r in SUDOKU.split("\n")]},
        ),
        ("a\n1 2\n3 4\n\nb\n5 6\n7 8", {"grid_1": [[1, 2], [3, 4]], "grid_2": [[5, 6], [7, 8]]}),
        ("a\r\n1 2\r\n3 4\r\n", {"grid": [[1, 2], [3, 4]]}),
        (
            "weights: [36, 74, 85], capacities: [51, 56.5, 50]",
            {"items_1": [36, 74, 85], "items_2": [51, 56.5, 50]},
        ),
        ('like ["X", "Y", "Z"] it is', {"items": ["X", "Y", "Z"]}),
        ("the input numbers are: 1, 7, 2, the target is 10", {"numbers": [1, 7, 2]}),
        ("Input: 4 10 10 11, Answer: x. Input: 2 3 3 8 Answer:", {"numbers": [2, 3, 3, 8]}),
        ("1. C - E = -5\n2. D - F = 79\n3. G = 4.0E", {"lines": ["C - E = -5", "D - F = 79", "G = 4.0E"]}),
        ("Sort the numbers 9, 3, 7 and 5 in ascending order.", {"numbers": [9, 3, 7, 5]}),
        ("Which of the numbers 3, 5, 7, and 9 is it?", {"numbers": [3, 5, 7, 9]}),
        ("values 1.5, 2.5, 3.5 or 4.5?", {"numbers": [1.5, 2.5, 3.5, 4.5]}),
        ("Add the numbers 1, 2, 3, −4.", {"numbers": [1, 2, 3, -4]}),
        ("numbers 1; 2; 3", {"numbers": [1, 2, 3]}),
        ("Use the numbers 10, 20, 30: each once.", {"numbers": [10, 20, 30]}),
        ("1 2\n3 4\nTarget: 5", {"grid": [[1, 2], [3, 4]]}),
        ("1 7\n3 −4\n5 6", {"grid": [[1, 7], [3, -4], [5, 6]]}),
        ("Size:\n3 3\n1 2 3\n4 5 6\n7 8 9", {"grid": [[1, 2, 3], [4, 5, 6], [7, 8, 9]]}),
        ('How many "r" are in "strawberry"?', {"text": "strawberry"}),
        ('For the string "ccacbb", what is left?', {"text": "ccacbb"}),
        ("in the word 'strawberry'?", {"text": "strawberry"}),
    ],
)
def test_data_of_a_question(question: str, expected: QuestionData) -> None:
    assert read_data(question) == expected


@pytest.mark.parametrize(
    "question",
    [
        "What is 5343235 * 143433327?",
        "Which city is the capital of France?",
        "Is it so?\n- Yes\n- No",
        "Options:\n(A) 3\n(B) 4",
        "Answer like <<<[1, 2, 3]>>> or <<<a\n1 2\n3 4>>>.",
        "It's 5 o'clock, isn't it?",
        "[1, 2] and [3]",
        "[os.system, 1, 2]",
        "numbers 1, 2, 3, ..., 100",
        "numbers 1, 2, 3, … 100",
        "numbers 1, 2, 3 and so on",
        "numbers 1, 2, 3 to 9",
        "numbers 1, 2, 3 and twelve",
        "numbers 1, 2, 3, twelve",
        "numbers 1, 2, 3, x",
        "numbers 1, 2, 3,\n4, 5",
        "numbers 1, 2, 3/4",
        "numbers 1, 2, 3e5",
        "numbers 1, 2, 3, .5",
        "numbers 1, 2, 3%",
        "numbers 1, 2, 3-5",
        "numbers 1,234, 5,678, 9,012",
        "numbers 1,234,567",
        "numbers 1 234, 5 678, 9 012",
        f"numbers 1, 2, {'9' * 5000}",
        "numbers " + ", ".join(["1"] * 3000),
        "Edges:\n3 2\n1 2\n2 3",
        "1 2 3\n4 5\n6 7 8\n9 1 2",
        "1 2 3\n4 5 6\n7 eight 9",
        "1 2 3\n4 5 6\n7 8 1234567890123456789",
        "1. one\ntwo\n2. three\n3. four",
        "1. one\n2. three\n3. four\n   five",
        'How often is "r" in "berry"? Print "nothing" if never.',
        'Else print "nothing".',
        "Is 'hello world' in “strawberry”?",
        "One line\n1, 2, 3\nonly",
        "",
        "[1, 2, 3] " + "1 2\n3 4\n" * 10_000,
    ],
)
def test_questions_without_data(question: str) -> None:
    assert read_data(question) == {}


def test_every_value_is_a_literal() -> None:
    question = f'{SUDOKU}\nnumbers 1, 2, 3\n1. a\n2. b\n3. c\n"abcdef"'
    for value in read_data(question).values():
        assert eval(repr(value), {"__builtins__": {}}) == value


def test_a_description_shows_the_beginning_of_each_value() -> None:
    data = read_data(f"Fill it:\n{SUDOKU}\nand [{', '.join('1234567' for _ in range(50))}] for 'strawberry'")
    grid, items, text = describe_data(data).split("\n")
    assert grid == (
        "- grid: 3 rows, each a list of 9 str, empty cells are ''; "
        "the first is ['9', '', '', '', '', '5', '', '', '']"
    )
    assert items.startswith("- items: a list of 50 int: [1234567, 1234567, ")
    assert items.endswith(" …")
    assert len(items) < 200
    assert text == "- text: 'strawberry'"
