"""What a program prints becomes its answer."""

import pytest

from codesteer.replies.answers import marked_output, output_answer


@pytest.mark.parametrize(
    ("stdout", "answer"),
    [
        ("<<<7>>>\n", "7"),
        ("7\n", "7"),
        ("1 2\n3 4\n", "1 2\n3 4"),
        ("  1\n10\n", "1\n10"),
        ("\n".join(f"step {i}" for i in range(100)) + "\n99\n", "99"),
        ("10%\r20%\r\n42\n", "10%\n20%\n42"),
        ("a\u2028b\n", "a\u2028b"),
        ("<<<76>>\n<<<77>>>\n", "77"),
        ("'<<<7>>>'\n", "7"),
        ("```\n<<<7>>>\n```", "7"),
        ("<think>\n<<<7>>>\n", "7"),
        (r"\boxed {7}", "7"),
        ("", None),
        ("None\n", None),
        ("<<<None>>>", None),
        ("<<<string>>>", "string"),
        ("<<<>>>", None),
        ("'None'", None),
    ],
)
def test_printed_answers(stdout: str, answer: str | None) -> None:
    assert output_answer(stdout) == answer


@pytest.mark.parametrize(
    ("stdout", "answer"),
    [
        ("\x1b[32m42\x1b[0m\n", "42"),
        ("\x1b[1;31mred\x1b[0m\n\x1b[2K42", "red\n42"),
        ("\x1b[38;5;9m<<<4\x1b[0m2>>>", "42"),
        ("\x1b]0;title\x0742", "42"),
        ("\x1b]8;;http://a.b\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x9b32m42\x9b0m", "42"),
        ("\x1b(B42", "42"),
        ("\x1b[32mNone\x1b[0m", None),
        ("[32m42", "[32m42"),
    ],
)
def test_terminal_codes_are_no_part_of_an_answer(stdout: str, answer: str | None) -> None:
    assert output_answer(stdout) == answer


@pytest.mark.parametrize(
    ("output", "answer"),
    [
        ("best so far\n<<<12>>>\n", "12"),
        ("\x1b[32m<<<12>>>\x1b[0m\r\n", "12"),
        ("<<<None>>>\n", None),
        ("Enter n: ", None),
        ("", None),
    ],
)
def test_only_a_marked_answer_of_an_unfinished_program_counts(output: str, answer: str | None) -> None:
    assert marked_output(output) == answer
