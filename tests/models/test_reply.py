"""Programs and answers are found however untidily a model writes them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codesteer.models.reply import extract_answer, extract_program, is_repetitive, output_answer

PROGRAM = "x = 1\nprint(x)"


@pytest.mark.parametrize(
    "reply",
    [
        f"```python\n{PROGRAM}\n```",
        f"Here it is:\n\n```py\n{PROGRAM}\n```\nIt prints 1.",
        f"```Python\n{PROGRAM}\n```",
        f"```\n{PROGRAM}\n```",
        f"~~~python\n{PROGRAM}\n~~~",
        f"````python\n{PROGRAM}\n````",
        f"```python\n{PROGRAM}",
        f"```python\n{PROGRAM}\n``` ",
        PROGRAM,
        f"<think>```python\nprint('draft')\n```</think>\n```python\n{PROGRAM}\n```",
        f"```bash\npip install x\n```\n```python\n{PROGRAM}\n```\n```text\n1\n```",
        f"```python\nprint('first try')\n```\nBetter:\n```python\n{PROGRAM}\n```",
        f"```python\n{PROGRAM}\n```\nThen call\n```python\nhelp_me = 1\n```",
        f"1. Do this\n   ```python\n{PROGRAM}\n   ```",
    ],
)
def test_the_program_is_found(reply: str) -> None:
    assert extract_program(reply) == PROGRAM


def test_a_fence_inside_a_string_does_not_end_the_program() -> None:
    program = 'text = """\n```\nhello\n```\n"""\nprint(text)'
    assert extract_program(f"```python\n{program}\n```\nDone.") == program


def test_a_broken_program_is_still_a_program() -> None:
    assert extract_program("```python\nfor x in\n```") == "for x in"


def test_a_whole_program_is_preferred_to_a_later_broken_one() -> None:
    assert extract_program("```python\nprint(1)\n```\n```python\nprint(\n```") == "print(1)"


def test_one_line_blocks_count() -> None:
    assert extract_program("```python print(6 * 7)```") == "print(6 * 7)"


@pytest.mark.parametrize(
    "reply", ["", "The answer is 4.", "```json\n{}\n```", "```\n4\n```", "```python\n```"]
)
def test_where_there_is_no_program_none_is_found(reply: str) -> None:
    assert extract_program(reply) is None


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("so <<<42>>>", "42"),
        ("<<<1>>> no, <<<2>>>", "2"),
        ("<<<[[1, 2],\n[3, 4]]>>>", "[[1, 2],\n[3, 4]]"),
        ("<<<42>>", "42"),
        ("<<<42", "42"),
        (r"thus \boxed{\frac{1}{2}}.", r"\frac{1}{2}"),
        ("<think><<<1>>></think><<<2>>>", "2"),
        ("no mark at all", None),
        (r"\boxed{never closed", None),
    ],
)
def test_the_marked_answer_is_found(text: str, answer: str | None) -> None:
    assert extract_answer(text) == answer


@pytest.mark.parametrize(
    ("stdout", "answer"),
    [
        ("<<<7>>>\n", "7"),
        ("7\n", "7"),
        ("1 2\n3 4\n", "1 2\n3 4"),
        ("\n".join(f"step {i}" for i in range(100)) + "\n99\n", "99"),
        ("", None),
        ("None\n", None),
        ("<<<None>>>", None),
        ("<<<>>>", None),
    ],
)
def test_the_printed_answer_is_found(stdout: str, answer: str | None) -> None:
    assert output_answer(stdout) == answer


def test_repetition_is_seen() -> None:
    assert is_repetitive("start " + "the same sentence again and again, it never seems to end at all, " * 8)
    assert not is_repetitive("a short reply")
    assert not is_repetitive("\n".join(f"line {i} differs from line {i + 1}" for i in range(200)))


@given(st.text(alphabet=st.sampled_from("`~<>{}\\\npython =1()\"'boxed"), max_size=200))
def test_any_text_is_read_without_an_error(text: str) -> None:
    extract_program(text)
    extract_answer(text)
    output_answer(text)
