"""``codesteer replay`` grades answers exactly, and finds the item of a question as it was asked."""

import json
from pathlib import Path

import pytest

from codesteer.cli.grading import grade_by_answer, grade_by_items
from codesteer.errors import ConfigurationError
from codesteer.symbench import load_task, to_record


@pytest.mark.parametrize(
    ("expected", "answer"),
    [
        ("42.0", "42"),
        ("<<<135>>>", "135"),
        ("135", "<<<135>>>"),
        ("\\boxed{135}", "135"),
        ("1,000", "1000"),
        ("1e3", "1000"),
        ("+5", "5"),
        (".5", "0.50"),
        ("9007199254740993", "9007199254740993.0"),
        ("[1, 2]", "1, 2"),
        ("two  words", "two words"),
    ],
)
def test_an_answer_that_says_the_same_is_correct(expected: str, answer: str) -> None:
    assert grade_by_answer(expected).grade(answer) == "correct"
    assert grade_by_answer(answer).grade(expected) == "correct"


@pytest.mark.parametrize(
    ("expected", "answer"),
    [
        ("9007199254740993", "9007199254740992"),
        ("766397972992845123", "766397972992845100"),
        ("0.1", "0.10000000000000001000000000000000000001"),
        ("1e999", "inf"),
        ("1e999", "1e998"),
        ("1e999999999999999999999", "1e99999999999999999999"),
        ("1000", "100"),
        ("snan", "nan"),
        ("135", ""),
        ("135", "<<<>>>"),
        ("[[1, 2], [3]]", "[[1], [2, 3]]"),
    ],
)
def test_an_answer_that_says_something_else_is_wrong(expected: str, answer: str) -> None:
    assert grade_by_answer(expected).grade(answer) == "wrong"


@pytest.mark.parametrize("expected", ["", "  ", "<<<>>>"])
def test_an_empty_expected_answer_is_refused(expected: str) -> None:
    with pytest.raises(ConfigurationError, match="the expected answer is empty"):
        grade_by_answer(expected)


@pytest.mark.parametrize(("before", "after"), [("", ""), ("\n", " \n"), ("", "\r\n"), ("\ufeff ", "")])
def test_an_item_is_found_by_the_question_as_it_was_asked(tmp_path: Path, before: str, after: str) -> None:
    item = load_task("number_multiply").generate(seed=7, level=1)
    record = to_record(item)
    record["question"] = before.replace("\ufeff", "") + item.question + after
    file = tmp_path / "items.jsonl"
    file.write_text(json.dumps(record))
    grader = grade_by_items(file, item.question.strip())
    assert grader.metadata == {"question": item.id, "task": "number_multiply"}
    assert (grader.grade(str(item.answer)), grader.grade("1")) == ("correct", "wrong")


OFFICIAL = {"id": "x", "question": " What is 2 * 3?\n", "answer": {"values": [2, 3], "target": 6}}


def test_official_records_are_of_the_task_after_which_their_folder_is_named(tmp_path: Path) -> None:
    file = tmp_path / "number_multiply" / "samples.jsonl"
    file.parent.mkdir()
    file.write_text(json.dumps({"id": "y", "question": 3}) + "\n" + json.dumps(OFFICIAL))
    grader = grade_by_items(file, "What is 2 * 3?")
    assert (grader.grade("6"), grader.metadata["task"]) == ("correct", "number_multiply")


@pytest.mark.parametrize(
    ("folder", "record", "message"),
    [
        ("mine", OFFICIAL, r"samples\.jsonl:1: unknown task 'mine'.*a folder named after their task"),
        ("number_multiply", {**OFFICIAL, "answer": 3}, r"samples\.jsonl:1: not a record of number_multiply"),
        ("number_multiply", {**OFFICIAL, "data": {}}, r"samples\.jsonl:1: not an item's record"),
    ],
)
def test_a_record_that_is_no_item_is_named(tmp_path: Path, folder: str, record: object, message: str) -> None:
    file = tmp_path / folder / "samples.jsonl"
    file.parent.mkdir()
    file.write_text(json.dumps(record))
    with pytest.raises(ConfigurationError, match=message):
        grade_by_items(file, "What is 2 * 3?")
