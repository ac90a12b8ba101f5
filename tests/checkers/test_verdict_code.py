"""Checking programs that only echo a verdict are found out, those that test are not."""

import pytest
from tests.checkers.snippet_files import read_snippets

from codesteer.checkers.verdict_code import never_reads, verdict_is_unconditional

ECHOES = read_snippets("echoes")
TESTS = read_snippets("checks")
NO_VERDICT = {
    "empty": "",
    "unparsable": "print('CONFIRMED'",
    "silent": "x = 1",
    "too deep": "-" * 50_000 + "1",
}


@pytest.mark.parametrize("program", ECHOES.values(), ids=ECHOES.keys())
def test_an_echo(program: str) -> None:
    assert verdict_is_unconditional(program)


@pytest.mark.parametrize("program", TESTS.values(), ids=TESTS.keys())
def test_a_test(program: str) -> None:
    assert not verdict_is_unconditional(program)


@pytest.mark.parametrize("program", NO_VERDICT.values(), ids=NO_VERDICT.keys())
def test_no_verdict(program: str) -> None:
    assert not verdict_is_unconditional(program)


def test_words_can_be_chosen() -> None:
    program = "print('PASS')\nif len('ab') == 2:\n  print('CONFIRMED')"
    assert verdict_is_unconditional(program, words={"PASS"})
    assert not verdict_is_unconditional(program)


def test_a_longer_word_is_not_the_verdict() -> None:
    assert not verdict_is_unconditional("print('UNCONFIRMED')\nprint('CONFIRMED' if len('a') else 'REFUTED')")


@pytest.mark.parametrize(
    ("program", "blind"),
    [
        ("print('CONFIRMED' if int(ANSWER) == 4 else 'REFUTED')", False),
        ("ANSWER = '4'\nprint('CONFIRMED' if 2 + 2 == 4 else 'REFUTED')", True),
        ("print('CONFIRMED')", True),
        ("def check(ANSWER):\n    return ANSWER == '4'\nprint(check(1))", False),
        ("print(", False),
    ],
)
def test_a_check_that_never_reads_the_answer_is_blind(program: str, blind: bool) -> None:
    assert never_reads(program, "ANSWER") is blind
