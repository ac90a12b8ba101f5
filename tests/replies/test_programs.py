"""Of several blocks, the program is selected together with the blocks that it depends on."""

import pytest
from tests.support.models import code

from codesteer.replies.answers import text_answer
from codesteer.replies.programs import extract_program, without_fences
from codesteer.replies.syntax import Parser

HELPER = "def double(n):\n    return n * 2"
DATA = "rows = [1, 2, 3]"
DEMO = f"{HELPER}\nprint('<<<', double(21), '>>>')"


def fenced(*blocks: str, tag: str = "python") -> str:
    return "\nThen:\n".join(f"```{tag}\n{block}\n```" for block in blocks)


@pytest.mark.parametrize("tag", ["python", "", "py"])
@pytest.mark.parametrize(
    ("blocks", "program"),
    [
        ([HELPER, "print(double(3))"], [HELPER, "print(double(3))"]),
        (["import math", "print(math.pi)"], ["import math", "print(math.pi)"]),
        (["import math\nfrom os import path", HELPER, "print(double(math.pi))"], [0, 1, 2]),
        ([DATA, "print(sum(rows))"], [DATA, "print(sum(rows))"]),
        (["class A:\n    x = 1", "print(A.x)"], [0, 1]),
        (["def main():\n    print(1)", "main()"], [0, 1]),
        (["print(double(3))", HELPER], [1, 0]),
        ([HELPER, "def four(n):\n    return double(double(n))", "print(four(1))"], [0, 1, 2]),
        ([HELPER, HELPER.replace("2", "3"), "print(double(1))"], [1, 2]),
        ([HELPER, "import this_is_not_needed", "print(double(1))"], [0, 2]),
        (["total = 0\nprint(total)", "total += 1\nprint(total)"], [0, 1]),
        ([f"{HELPER}\nprint(double(1))", "print('<<<', double(21), '>>>')"], [0, 1]),
    ],
)
def test_dependent_blocks_are_joined(blocks: list[str], program: list[str | int], tag: str) -> None:
    expected = [blocks[part] if isinstance(part, int) else part for part in program]
    assert extract_program(fenced(*blocks, tag=tag)) == "\n\n".join(expected)


@pytest.mark.parametrize(
    "after",
    [
        "print(double(4))",
        "double(4)",
        "result = double(4)\nprint(result)",
        "for n in range(3):\n    print(double(n))",
        "help_me = 1",
        "42",
        "<<<42>>>",
        "Result: 42",
        "print(",
        "assert double(1) == 2",
    ],
)
@pytest.mark.parametrize("tag", ["python", ""])
def test_a_later_example_or_output_does_not_replace_the_program(after: str, tag: str) -> None:
    assert extract_program(f"{code(DEMO)}\nFor example\n```{tag}\n{after}\n```") == DEMO


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("print('first try')", "x = 1\nprint(x)"),
        (DEMO, DEMO.replace("21", "22")),
        (DEMO, "import sys\nsys.stdout.write('<<<42>>>')"),
        ("print(41)", "import sys\nsys.stdout.write('42')"),
        ("def f():\n    print(1)\nf()", "def f():\n    print(2)\nf()"),
        ("print(undefined)", "print(1)"),
        ("print(1", "print(2)"),
        (
            "class A:\n    def run(self):\n        print(1)\nA().run()",
            "class A:\n    def go(self):\n        print(2)\nA().go()",
        ),
    ],
)
def test_the_last_complete_version_counts(first: str, second: str) -> None:
    assert extract_program(fenced(first, second)) == second


SOLVE = "def solve(ns):\n    return sum(ns)"
ANSWER = "result = solve([12, 30, 7])\nprint('<<<' + str(result) + '>>>')"
LOOP = "total = 0\nfor n in [1, 2, 3]:\n    total += n\n    print(total)"


@pytest.mark.parametrize("tag", ["python", ""])
@pytest.mark.parametrize(
    ("blocks", "parts"),
    [
        ([SOLVE, ANSWER, "assert solve([1, 2]) == 3\nprint('ok')"], [0, 1]),
        ([SOLVE, ANSWER, LOOP], [0, 1]),
        ([f"{SOLVE}\n{ANSWER}", LOOP], [0]),
        ([f"{SOLVE}\n{ANSWER}", "# prints <<<49>>>\nprint(49)"], [0]),
        ([f"{SOLVE}\n{ANSWER}", '"""The same, without <<< and >>>."""\nprint(49)'], [0]),
        ([f"{SOLVE}\n{ANSWER}", "print(result * 2)"], [0]),
        ([f"{SOLVE}\n{ANSWER}", "import time\nprint(time.time(), result)"], [0]),
        ([SOLVE, "print('<<<1>>>')", ANSWER], [0, 2]),
        ([SOLVE, "print(solve([1]))", "print(solve([2]))"], [0, 2]),
        (["def show(x):\n    print(f'<<<{x}>>>')", "show(42)", LOOP], [0, 1]),
        ([LOOP, f"{SOLVE}\n{ANSWER}"], [1]),
    ],
)
def test_the_program_that_prints_the_mark_is_preferred(blocks: list[str], parts: list[int], tag: str) -> None:
    expected = "\n\n".join(blocks[part] for part in parts)
    assert extract_program(fenced(*blocks, tag=tag)) == expected


@pytest.mark.parametrize(
    ("blocks", "parts"),
    [
        (["from math import *", "print(sqrt(4))"], [0, 1]),
        (["from z3 import *", "s = Solver()", "print(s.check())"], [0, 1, 2]),
        (["from math import *", SOLVE, "print(solve([sqrt(4)]))"], [0, 1, 2]),
        (["from math import *\nfrom itertools import *", "print(list(permutations([1])))"], [0, 1]),
        (["from math import *", "print(4)"], [1]),
        ([SOLVE, "from math import *\nprint(solve([sqrt(4)]))"], [0, 1]),
        (
            [
                f"{SOLVE}\nprint(solve([1]))",
                "from math import *\nprint(sqrt(solve([4])) + 1)\nprint('<<<2>>>')",
            ],
            [0, 1],
        ),
        (["from math import sqrt\nprint(sqrt(1))", "from math import *\nprint(sqrt(4))"], [1]),
    ],
)
def test_an_import_of_all_names_binds_the_free_ones(blocks: list[str], parts: list[int]) -> None:
    assert extract_program(fenced(*blocks)) == "\n\n".join(blocks[part] for part in parts)


UNFENCED = f"{SOLVE}\n\n{ANSWER}"


@pytest.mark.parametrize(
    ("reply", "program"),
    [
        (f"Here is the program:\n\n{UNFENCED}", UNFENCED),
        (f"Here is the program:\n{UNFENCED}\n", UNFENCED),
        (f"It sums the numbers.\nfor all of them, in order\n\n{UNFENCED}", UNFENCED),
        (f"Program:\n\n# Sum\n{UNFENCED}", f"# Sum\n{UNFENCED}"),
        (f"Program:\n\n{UNFENCED}\n\nIt prints the sum of the numbers.", UNFENCED),
        (
            "Program:\n\nx = 3\nresult = <<<x>>>\nprint('<<<' + str(result) + '>>>')",
            "x = 3\nresult = (x)\nprint('<<<' + str(result) + '>>>')",
        ),
        ("Program:\n\ndef f(n:\n    return n\nprint('<<<' + str(f(1)) + '>>>')", None),
        ("It is 5 because\n\nx = 2\ny = 3", None),
        ("First import the goods.\nThen print them.", None),
    ],
)
def test_a_program_after_prose_needs_no_fence(reply: str, program: str | None) -> None:
    assert extract_program(reply) == program


def test_a_stray_space_before_a_statement_is_removed() -> None:
    assert extract_program(code("x = 1\n y = 2\nif x:\n    print(y)")) == "x = 1\ny = 2\nif x:\n    print(y)"
    assert extract_program(code("if True:\n print(1)")) == "if True:\n print(1)"


def test_notebook_commands_alone_are_no_program() -> None:
    assert extract_program(code("!pip install numpy")) is None
    assert extract_program(fenced("print(", "!pip install numpy")) == "print("


def test_a_complete_program_is_preferred_to_a_later_broken_one() -> None:
    assert extract_program(fenced("print(1)", "print(")) == "print(1)"


def test_a_broken_program_is_still_a_program() -> None:
    assert extract_program(code("for x in")) == "for x in"


def test_a_program_that_defines_names_in_any_way_is_complete() -> None:
    program = (
        "from math import *\nimport os.path as p\nfor i, (a, b) in enumerate([(1, 2)]):\n    c = [x for x in (a, b)]\n"
        "with open(p.devnull) as f:\n    pass\ntry:\n    1 / 0\nexcept ZeroDivisionError as e:\n"
        "    d = lambda q: sin(q)\n"
        "if (w := len(c)) > 1:\n    print(i, w, QUESTION, __name__)"
    )
    assert extract_program(fenced("x = q = 1\nprint(x)", program)) == program


def test_long_programs_are_selected_by_their_containers() -> None:
    lines = "\n".join(f"x{number} = {number}" for number in range(9000))
    assert (
        extract_program(f"{code('print(1)')}\n{code(lines + chr(10) + 'print(x1)')}") == f"{lines}\nprint(x1)"
    )


@pytest.mark.parametrize(
    ("typed", "program"),
    [
        ("print(1)", "print(1)"),
        ("```python\nprint(1)\n```", "print(1)"),
        ("Better:\n```\nprint(1)\n```\nok?", "print(1)"),
        ("~~~py\nprint(1)\n~~~", "print(1)"),
        ('"""Say.\n```python\nx\n```\n"""\nprint(1)', '"""Say.\n```python\nx\n```\n"""\nprint(1)'),
        ("x = 5", "x = 5"),
        ("print(", "print("),
        ("# <think>\nprint(1)", "# <think>\nprint(1)"),
    ],
)
def test_typed_fences_around_a_program_are_removed(typed: str, program: str) -> None:
    assert without_fences(typed) == program


def test_a_parser_parses_each_text_once_and_stops_at_its_budget() -> None:
    parser = Parser(budget=10)
    assert parser.tree("x = 1") is parser.tree("x = 1")
    assert parser.can_parse(5)
    assert not parser.can_parse(6)
    assert parser.is_skipped("y = 1000")
    assert not parser.is_skipped("z = 2")
    assert parser.symbols("z = 2") is None


PI = "import math\nprint(math.pi)"


@pytest.mark.parametrize(
    ("after", "prose"),
    [
        ("\n```", None),
        ("\n~~~", None),
        ("\n```\n", None),
        ("\n```\nThis prints pi.", "This prints pi."),
        ("\n```\n\nOutput:\n```\n3.14\n```", "Output:\n```\n3.14\n```"),
        ("\n```\n<<<3>>>", "3"),
        ("\n\n---", "---"),
        ("\n\n**Output:** 3.14", "**Output:** 3.14"),
        ("\n\nOutput:\n\n3.14", "Output:\n\n3.14"),
        ("\n\nThe output (for n=3) is 5.", "The output (for n=3) is 5."),
        ("\nThis prints pi.", "This prints pi."),
        ("\n\n1. It imports (a module).\n2. It prints.", "1. It imports (a module).\n2. It prints."),
        ("\n\n---\n\nThis prints `math.pi`, so f(x) = 3.", "---\n\nThis prints `math.pi`, so f(x) = 3."),
    ],
)
@pytest.mark.parametrize("before", ["", "Here is the program:\n\n"])
def test_a_program_without_an_opening_fence_ends_where_prose_begins(
    before: str, after: str, prose: str | None
) -> None:
    reply = f"{before}{PI}{after}"
    assert extract_program(reply) == PI
    answer = text_answer(reply)
    assert answer == prose or (before and answer is not None and answer.endswith(prose or ""))
    assert "math.pi)" not in (answer or "")


@pytest.mark.parametrize("language", ["python", "Python", "py"])
def test_the_language_of_an_opening_fence_in_the_request_is_no_code(language: str) -> None:
    assert extract_program(f"{language}\n{PI}\n```") == PI


@pytest.mark.parametrize(
    "reply",
    [
        "import math\nThe answer is 5",
        "import duty: 42 euros\n\nThat is it.",
        "for the sum we get 5\n```\n5\n```",
        "x = 5\n```\n6\n```",
    ],
)
def test_prose_before_prose_or_a_fence_is_no_program(reply: str) -> None:
    assert extract_program(reply) is None


def test_code_after_prose_keeps_a_program_with_an_error_whole() -> None:
    reply = f"{PI}\nThis prints pi.\nprint(math.e"
    assert extract_program(f"```python\n{reply}\n```") == reply
