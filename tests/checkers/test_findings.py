"""What the guide is told, and what it is not told without cause."""

import pytest

from codesteer.checkers.code_analysis import analyze_code


def lines_of(program: str, kind: str) -> list[int]:
    return [finding.line for finding in analyze_code(program).findings if finding.kind == kind]


FOUND = {
    "silent": ("x = 3 * 4", "no_output", [0]),
    "never called": ("def f():\n  return 3\nprint(3 * 4)", "uncalled_function", [1]),
    "calls only itself": ("def f(n):\n  return f(n - 1)\nprint(3 * 4)", "uncalled_function", [1]),
    "called": ("def f():\n  return 3 * 4\nprint(f())", "uncalled_function", []),
    "handed over": ("def f(n):\n  return -n\nprint(sorted([1, 2], key=f))", "uncalled_function", []),
    "decorated": ("import atexit\n@atexit.register\ndef f():\n  print(3 * 4)", "uncalled_function", []),
    "methods": ("class A:\n  def f(self):\n    return 3\nprint(A())", "uncalled_function", []),
}


@pytest.mark.parametrize(("program", "kind", "lines"), FOUND.values(), ids=FOUND.keys())
def test_findings(program: str, kind: str, lines: list[int]) -> None:
    assert lines_of(program, kind) == lines


def test_the_most_telling_finding_comes_first() -> None:
    findings = analyze_code("def f():\n  return 3\nx = sum([1])\nprint('<<<3>>>')").findings
    kinds = [finding.kind for finding in findings]
    assert kinds == ["prints_literal", "uncalled_function"]


def test_an_intricate_program_is_reported_and_not_accused() -> None:
    body = "".join(f"{'  ' * depth}for v{depth} in range(v{max(depth - 1, 0)}):\n" for depth in range(18))
    steps = "".join(f"{'  ' * 18}a{n}, a{n + 1} = a{n + 1} + v3, a{n}\n" for n in range(1500))
    report = analyze_code(f"v0 = 3\n{body}{steps}print('a0')")
    assert report.answer_origin == "computed"
    assert [finding.kind for finding in report.findings] == ["analysis_limit"]
