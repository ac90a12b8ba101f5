"""A check starts with a line that takes answers of the expected form apart."""

import re

import pytest

from codesteer.checkers.answer_skeleton import parsing_lines

QUESTION = "What is the result?"


@pytest.mark.parametrize(
    ("answer", "name", "value"),
    [
        ("42", "value", 42.0),
        ("-1,700.5", "value", -1700.5),
        ("[1, -2, 3]", "values", [1, -2, 3]),
        ("1 2 3", "values", [1, 2, 3]),
        ('["A", "B"]', "values", ["A", "B"]),
        ("[1.5, 2]", "values", ["1.5", "2"]),
        ("1,2\n3,4\n", "rows", [["1", "2"], ["3", "4"]]),
        (
            "Move A from 1 to 2\nMove B from 3 to 1",
            "rows",
            [["Move", "A", "from", "1", "to", "2"], ["Move", "B", "from", "3", "to", "1"]],
        ),
        (' "abcab" ', "text", "abcab"),
        ("", "text", ""),
    ],
)
def test_the_line_takes_the_answer_apart(answer: str, name: str, value: object) -> None:
    names: dict[str, object] = {"answer": answer, "re": re}
    exec(parsing_lines(answer, QUESTION), names)
    assert names[name] == value


def test_a_choice_is_read_as_a_choice() -> None:
    names: dict[str, object] = {"answer": "(B)."}
    exec(parsing_lines("True", "Which?\n(A) the book\n(B) the cup"), names)
    assert names["choice"] == "B"
