"""Made-up answers are told from computed ones, and computed ones are never taken for made up."""

import pytest
from tests.checkers.snippet_files import read_snippets

from codesteer.checkers.code_analysis import analyze_code
from codesteer.checkers.complexity import PRETENDS_BELOW

COMPUTED, LITERAL = read_snippets("computed"), read_snippets("literal")
MIXED, NONE = read_snippets("mixed"), read_snippets("none")


def kinds_of(program: str) -> set[str]:
    return {finding.kind for finding in analyze_code(program).findings}


@pytest.mark.parametrize("program", COMPUTED.values(), ids=COMPUTED.keys())
def test_a_computed_answer(program: str) -> None:
    report = analyze_code(program)
    assert report.answer_origin == "computed"
    assert report.complexity >= PRETENDS_BELOW
    assert not kinds_of(program) & {"prints_literal", "partly_literal"}


@pytest.mark.parametrize("program", LITERAL.values(), ids=LITERAL.keys())
def test_a_literal_answer(program: str) -> None:
    report = analyze_code(program)
    assert report.answer_origin == "literal"
    assert report.complexity < PRETENDS_BELOW
    assert "prints_literal" in kinds_of(program)


@pytest.mark.parametrize("program", MIXED.values(), ids=MIXED.keys())
def test_a_mixed_answer(program: str) -> None:
    assert analyze_code(program).answer_origin == "mixed"
    assert "partly_literal" in kinds_of(program)


@pytest.mark.parametrize("program", NONE.values(), ids=NONE.keys())
def test_no_answer(program: str) -> None:
    report = analyze_code(program)
    assert report.answer_origin == "none"
    assert report.complexity == 0


def test_a_print_in_an_uncalled_function_is_no_output() -> None:
    assert kinds_of("def main():\n  print('42')") >= {"no_output", "uncalled_function"}


def test_a_literal_after_the_computation_is_reported_with_its_line() -> None:
    findings = analyze_code("total = 3 * 4\ntotal = total + 1\nprint('<<<13>>>')").findings
    assert [(finding.kind, finding.line) for finding in findings] == [("prints_literal", 3)]


def test_a_chain_of_calls_beyond_the_bound_is_not_accused() -> None:
    chain = "".join(f"def f{n}(x):\n  return f{n + 1}(x)\n" for n in range(30))
    assert analyze_code(f"{chain}def f30(x):\n  return x\nprint(f0('a'))").answer_origin != "literal"
