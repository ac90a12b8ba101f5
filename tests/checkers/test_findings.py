"""What the guide is told, and what it is not told without cause."""

import pytest

from codesteer.checkers.code_analysis import analyze_code


def lines_of(program: str, kind: str) -> list[int]:
    return [finding.line for finding in analyze_code(program).findings if finding.kind == kind]


ENDLESS = {
    "while True": ("n = 0\nwhile True:\n  n += 1", 2),
    "while 1": ("while 1:\n  pass", 1),
    "break of an inner loop": ("while True:\n  for n in [1]:\n    break", 1),
    "return of an inner function": ("while True:\n  def f():\n    return 1\n  f()", 1),
    "test that never changes": ("a = 1\nb = 9\nc = 0\nwhile a < b:\n  c += 1", 4),
    "count": ("import itertools\nfor n in itertools.count():\n  print(n * n)", 2),
    "cycle": ("from itertools import cycle\nfor n in cycle([1, 2]):\n  print(n)", 2),
}

ENDING = {
    "break": "n = 0\nwhile True:\n  n += 1\n  if n > 5:\n    break",
    "return": "def f():\n  while True:\n    return 3\nf()",
    "raise": "while True:\n  raise ValueError",
    "exit": "import sys\nwhile True:\n  sys.exit()",
    "quit": "while True:\n  quit()",
    "yield": "def f():\n  n = 0\n  while True:\n    yield n\n    n += 1\nprint(next(f()))",
    "break inside if and try": "while True:\n  try:\n    if x:\n      break\n  except ValueError:\n    pass",
    "changing": "a = 1\nwhile a < 9:\n  a += 1",
    "changed by a method": "q = [1]\nwhile q:\n  q.pop()",
    "changed by a function": "q = [1]\ndef take(x):\n  x.pop()\nwhile q:\n  take(q)",
    "changed by item": "d = [1]\nwhile d != [9]:\n  d[0] += 1",
    "changed as a global": "n = 3\ndef f():\n  global n\n  n -= 1\nwhile n:\n  f()",
    "tested by a call": "while more():\n  pass",
    "caught exception": "q = [1, 2]\ntry:\n  while True:\n    print(q.pop() * 2)\nexcept IndexError:\n  pass",
    "false": "while False:\n  pass",
    "count with break": "import itertools\nfor n in itertools.count():\n  if n > 5:\n    break",
}


@pytest.mark.parametrize(("program", "line"), ENDLESS.values(), ids=ENDLESS.keys())
def test_endless_loops(program: str, line: int) -> None:
    assert lines_of(program, "endless_loop") == [line]


@pytest.mark.parametrize("program", ENDING.values(), ids=ENDING.keys())
def test_loops_that_end(program: str) -> None:
    assert lines_of(program, "endless_loop") == []


FOUND = {
    "input": ("x = int(input())\nprint(x * 2)", "reads_input", [1]),
    "stdin": ("import sys\nprint(len(sys.stdin.read()))", "reads_input", [2]),
    "open": ("print(len(open('a.txt').read()))", "reads_file", [1]),
    "silent": ("x = 3 * 4", "no_output", [0]),
    "never called": ("def f():\n  return 3\nprint(3 * 4)", "uncalled_function", [1]),
    "calls only itself": ("def f(n):\n  return f(n - 1)\nprint(3 * 4)", "uncalled_function", [1]),
    "called": ("def f():\n  return 3 * 4\nprint(f())", "uncalled_function", []),
    "handed over": ("def f(n):\n  return -n\nprint(sorted([1, 2], key=f))", "uncalled_function", []),
    "decorated": ("import atexit\n@atexit.register\ndef f():\n  print(3 * 4)", "uncalled_function", []),
    "methods": ("class A:\n  def f(self):\n    return 3\nprint(A())", "uncalled_function", []),
    "pass": ("def f():\n  pass\nprint(f())", "empty_function", [1]),
    "ellipsis": ("def f():\n  '''Solve.'''\n  ...\nprint(f())", "empty_function", [1]),
    "never read": ("x = sum([1])\ny = sum([2])\nprint(y)", "unused_computation", [1]),
    "read": ("x = sum([1])\nprint(x)", "unused_computation", []),
    "ignored on purpose": ("_x = sum([1])\nprint(3 * 4)", "unused_computation", []),
    "table": ("t = {'a': 1, 'b': 2}\nprint(t['a'])", "answer_table", [1]),
    "table by question": ("t = {'a': 1, 'b': 2}\nprint(t[QUESTION])", "answer_table", []),
    "table that is computed on": ("t = {'a': 1, 'b': 2}\nprint(t['a'] + t['b'])", "answer_table", []),
    "chain of questions": (
        "if QUESTION == 'a':\n  r = 1\nelif QUESTION == 'b':\n  r = 2\nelif QUESTION == 'c':\n  r = 3\nprint(r)",
        "answer_table",
        [1],
    ),
    "chain of rules": (
        "m = 'a' * 2\nif m == 'a':\n  r = 1\nelif m == 'b':\n  r = 2\n"
        "elif m == 'c':\n  r = 3\nelse:\n  r = 4\nprint(r * 2)",
        "answer_table",
        [],
    ),
    "nothing": ("x = 1\nprint(x)", "no_computation", [0]),
    "something": ("x = 2 * 3\nprint(x)", "no_computation", []),
}


@pytest.mark.parametrize(("program", "kind", "lines"), FOUND.values(), ids=FOUND.keys())
def test_findings(program: str, kind: str, lines: list[int]) -> None:
    assert lines_of(program, kind) == lines


def test_the_most_telling_finding_comes_first() -> None:
    findings = analyze_code("def f():\n  return 3\nx = sum([1])\nprint('<<<3>>>')").findings
    kinds = [finding.kind for finding in findings]
    assert kinds == ["prints_literal", "uncalled_function", "unused_computation"]


def test_an_intricate_program_is_reported_and_not_accused() -> None:
    body = "".join(f"{'  ' * depth}for v{depth} in range(v{max(depth - 1, 0)}):\n" for depth in range(18))
    steps = "".join(f"{'  ' * 18}a{n}, a{n + 1} = a{n + 1} + v3, a{n}\n" for n in range(1500))
    report = analyze_code(f"v0 = 3\n{body}{steps}print('a0')")
    assert report.answer_origin == "computed"
    assert [finding.kind for finding in report.findings] == ["analysis_limit"]
