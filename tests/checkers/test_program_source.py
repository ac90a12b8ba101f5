"""Whatever the text, there is a tree or a finding: no exception, no warning."""

import sys
import threading
import time
import warnings

import pytest

from codesteer.checkers.code_analysis import analyze_code
from codesteer.checkers.program_source import printable
from codesteer.replies.syntax import MAX_CHARACTERS

HOSTILE = {
    "NUL": ("x = 1\ny = \0", "syntax_error", 2),
    "lone surrogate": ("x = 1\n\n# \ud800", "syntax_error", 3),
    "ten megabytes": ("x = 1\n" * 1_700_000, "too_large", 0),
    "one enormous line": ("'" + "a" * 10_000_000 + "'", "too_large", 0),
    "unclosed brackets": ("(" * 90_000, "syntax_error", 1),
    "closed brackets": ("(" * 150 + "1" + ")" * 150, None, 0),
    "minus signs": ("-" * 50_000 + "1", "too_deep", 0),
    "nots": ("not " * 20_000 + "x", "too_deep", 0),
    "a long sum": ("1" + "+1" * 40_000, "too_deep", 0),
    "attributes": ("a" + ".b" * 40_000, "too_deep", 0),
    "lambdas": ("lambda: " * 9_000 + "1", "too_deep", 0),
    "elifs": ("if a:\n  b\n" + "elif c:\n  d\n" * 500, "too_deep", 0),
    "many statements": ("x = 1\n" * 16_000, "too_large", 0),
    "a huge number": ("x = " + "9" * 5_000, "syntax_error", 1),
    "bad indentation": ("if x:\ny", "syntax_error", 2),
    "tabs and spaces": ("if x:\n\ty\n        z", "syntax_error", 3),
    "form feed": ("\f", "empty_program", 0),
    "empty": ("", "empty_program", 0),
    "comment only": ("# just thinking", "empty_program", 0),
    "prose": ("Let us think step by step.", "syntax_error", 1),
    "a fence": ("```python\nprint(1)\n```", "syntax_error", 1),
    "python 2": ("print 'hello'", "syntax_error", 1),
    "byte order mark": ("\ufeffprint(3 * 4)", None, 0),
    "carriage returns": ("x = 1\rprint(x * 2)\r", None, 0),
    "bad encoding comment": ("# -*- coding: klingon -*-\nprint(3 * 4)", None, 0),
    "return outside": ("return 5", None, 0),
    "await outside": ("await x", None, 0),
}


@pytest.mark.parametrize(("program", "kind", "line"), HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text(program: str, kind: str | None, line: int) -> None:
    findings = {finding.kind: finding for finding in analyze_code(program).findings}
    blocking = {"syntax_error", "too_large", "too_deep", "empty_program"} & findings.keys()
    assert blocking == ({kind} if kind else set())
    if kind:
        assert findings[kind].line == line  # type: ignore[index]


def test_the_largest_program_that_is_read() -> None:
    filler = "#" * (MAX_CHARACTERS - 14) + "\n"
    assert analyze_code(filler + "print(3 * 4)").answer_origin == "computed"
    assert analyze_code(filler + "print(3 * 4) ").findings == ()
    assert analyze_code(filler + "print(3 * 4)  ").findings[0].kind == "too_large"


def test_invalid_escapes_give_no_warning_and_no_error() -> None:
    assert analyze_code("print('\\d', 1if 1else 2)").findings != ()
    assert analyze_code("import re\nprint(re.findall('\\d+\\.', QUESTION))").answer_origin == "computed"


@pytest.mark.parametrize("action", ["error", "always", "default"])
def test_other_filters_do_not_matter(action: str, recwarn: pytest.WarningsRecorder) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter(action)  # type: ignore[arg-type]
        assert analyze_code("print('\\d' + str(3 * 4))").answer_origin == "computed"
    assert not recwarn.list


def test_other_warnings_stay_visible() -> None:
    analyze_code("print('\\d')")
    with pytest.warns(UserWarning, match="still here"):
        warnings.warn("still here", stacklevel=1)


def test_threads_that_change_filters_do_not_matter() -> None:
    """Several threads analyse while another one resets the filters all the time."""
    failures: list[str] = []
    done = threading.Event()

    def disturb() -> None:
        while not done.is_set():
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")

    def analyse() -> None:
        origins = (analyze_code("print('\\d' + str(3 * 4))").answer_origin for _ in range(60))
        failures.extend(origin for origin in origins if origin != "computed")

    disturber = threading.Thread(target=disturb)
    workers = [threading.Thread(target=analyse) for _ in range(4)]
    disturber.start()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    done.set()
    disturber.join()
    assert failures == []


LARGE = {
    "branches": "b = len('ab')\n" + "".join(f"if b > {n}: x{n} = {n}\n" for n in range(3000)),
    "branches in a loop": "b = len('ab')\nfor i in range(9):\n"
    + "".join(f"  if b > {n}: x{n} = {n}\n" for n in range(2000)),
    "loops": "".join(f"for x{n} in [1]: y{n} = 1\n" for n in range(3000)),
    "nested loops": "".join(f"{' ' * n}for v{n} in range(9):\n" for n in range(20))
    + f"{' ' * 20}print(v0)\n",
    "calls in calls": "def f0(x): return x\n"
    + "".join(f"def f{n}(x): return f{n - 1}(x) + f{n - 1}(x + 1)\n" for n in range(1, 200))
    + "print(f199(1))",
    "methods of one name": "".join(f"class A{n}:\n  def m(self, x): return x.m(x)\n" for n in range(1500))
    + "print(A1().m(A2()))",
    "names of one object": "a0 = [1]\n"
    + "".join(f"a{n} = a{n - 1}\n" for n in range(1, 900))
    + "a899.append(len('x'))\nprint(a0)",
}


@pytest.mark.parametrize("program", LARGE.values(), ids=LARGE.keys())
def test_a_large_program_is_analysed_in_good_time(program: str) -> None:
    start = time.process_time()
    findings = {finding.kind for finding in analyze_code(program).findings}
    assert not findings & {"too_deep", "too_large", "syntax_error"}
    assert time.process_time() - start < 5


def test_a_caller_deep_in_its_own_recursion_gets_a_report() -> None:
    def descend(levels: int) -> str:
        if levels:
            return descend(levels - 1)
        return analyze_code("print([[[[1 + 2 * (3 + 4)]]]])").findings[0].kind

    depth = 1
    frame = sys._getframe()
    while frame.f_back is not None:
        frame, depth = frame.f_back, depth + 1
    assert descend(sys.getrecursionlimit() - depth - 25) == "too_deep"


def test_messages_are_one_printable_line() -> None:
    assert printable("a\n b\udc80." + "c" * 500).startswith("a b\\udc80.c")
    assert len(printable("x" * 500)) == 160


@pytest.mark.skipif(sys.version_info < (3, 12), reason="type parameters came with Python 3.12")
def test_type_parameters() -> None:
    program = (
        "type Pair[T] = tuple[T, T]\ndef first[T](p: Pair[T]) -> T:\n  return p[0]\nprint(first((3 * 4, 1)))"
    )
    assert analyze_code(program).answer_origin == "computed"
