"""Files of questions: what a line may be, what counts as an answer, and which of repeated lines counts."""

import json
from contextlib import suppress
from typing import Any

import pytest

from codesteer.errors import ConfigurationError
from codesteer.experience.record import question_key
from codesteer.teaching.questions import read_lessons


def read(*lines: Any) -> list[str | None]:
    """Return the answers of a file's questions."""
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    return [question.answer for question in read_lessons(text, "file").questions]


def line(answer: Any, question: str = "1+1?") -> dict[str, Any]:
    return {"question": question, "answer": answer}


@pytest.mark.parametrize(
    ("answer", "known"),
    [
        (2, "2"),
        (2.5, "2.5"),
        (10**30, str(10**30)),
        ("2", "2"),
        (" 2\n", "2"),
        ("<<<2>>>", "2"),
        ("The answer is <<< 2 >>>.", "2"),
        (r"\boxed{2}", "2"),
        ("<answer>2</answer>", "2"),
        ("x <<< 3", "x <<< 3"),
        ("*", "*"),
        ("[1, 2]", "[1, 2]"),
        ("", None),
        (" ", None),
        ("<<<>>>", None),
        (None, None),
    ],
)
def test_answers(answer: Any, known: str | None) -> None:
    assert read(line(answer)) == [known]


@pytest.mark.parametrize("answer", ["true", "false", "NaN", "Infinity", "-Infinity", "1e999", "[1]", "{}"])
def test_what_is_no_answer_is_refused_by_its_line(answer: str) -> None:
    with pytest.raises(ConfigurationError, match=r"^file, line 2: "):
        read(line(2), f'{{"question": "2+2?", "answer": {answer}}}')


@pytest.mark.parametrize(
    "text", ["{", "[]", "3", "null", '{"question": 3}', '{"question": " "}', "[" * 10**5]
)
def test_what_is_no_question_is_refused_by_its_line(text: str) -> None:
    with pytest.raises(ConfigurationError, match=r"^file, line 3: ") as refusal:
        read(line(2), "", text)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    "lines",
    [
        [line("2"), {"question": " 1+1? "}],
        [{"question": "1+1?"}, line(2)],
        [line(""), line("2"), line(None)],
        [line("2"), line("<<<2>>>"), line(2.0)],
    ],
)
def test_a_repeated_question_keeps_its_answer(lines: list[Any]) -> None:
    assert read(*lines) == ["2"]


def test_answers_that_contradict_each_other_are_refused() -> None:
    with pytest.raises(ConfigurationError) as refusal:
        read(line("2"), line("4", "2+2?"), line("3"))
    assert str(refusal.value) == (
        "file, line 3: the answer is '3', but '2' for the same question in file, line 1; remove the wrong one"
    )


def test_a_file_without_questions_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="no questions"):
        read(" ", "")


def test_what_else_a_line_holds_does_no_harm() -> None:
    deep = "[" * 5000 + "]" * 5000
    with suppress(ConfigurationError):  # not RecursionError
        assert read(f'{{"question": "1+1?", "answer": 2, "id": {deep}, "more": {deep}}}') == ["2"]


def test_characters_that_no_store_accepts_leave_the_question_its_key() -> None:
    text = '{"question": "What is \\ud800\\u0000?", "answer": "1"}'
    (question,) = read_lessons(text, "file").questions
    assert question_key(question.question) == question_key("What is \ud800\0?")
    question.question.encode()
