"""Errors are described in one line, whatever another library's exception contains."""

import pytest

from codesteer.errors import first_line, one_line


@pytest.mark.parametrize(
    ("problem", "first", "whole"),
    [
        (ValueError("\n  one thing\nand another\n"), "one thing", "one thing and another"),
        (ValueError(), "ValueError", "ValueError"),
        (KeyError("k"), "'k'", "'k'"),
        (OSError(" \n "), "OSError", "OSError"),
        ("", "unknown", "unknown"),
        ("text\r\nmore", "text", "text more"),
        ("x" * 400, "x" * 300, "x" * 400),
    ],
)
def test_any_problem_gives_one_line(problem: Exception | str, first: str, whole: str) -> None:
    assert first_line(problem) == first
    assert one_line(problem) == whole
