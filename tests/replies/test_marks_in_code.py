"""Answer marks used as syntax are repaired, and only in programs that do not parse with them."""

import pytest
from tests.support.models import code

from codesteer.checkers.code_analysis import analyze_code
from codesteer.replies.answers import text_answer
from codesteer.replies.programs import extract_program

PRINT = "print('<<<' + str(result) + '>>>')"


@pytest.mark.parametrize(
    ("written", "repaired"),
    [
        (f"matrix = [1]\nresult = <<<matrix>>>\n{PRINT}", f"matrix = [1]\nresult = (matrix)\n{PRINT}"),
        (f"x = 'ab'\nresult = <<<' '.join(x)>>> {PRINT}", f"x = 'ab'\nresult = (' '.join(x))\n{PRINT}"),
        (f"x = 'ab'\nresult = <<<' '.join(x)>>>{PRINT}", f"x = 'ab'\nresult = (' '.join(x))\n{PRINT}"),
        (f"if True:\n    result = <<<0>>> {PRINT}", f"if True:\n    result = (0)\n    {PRINT}"),
        (
            f"n = 2\nresult = <<<Count: {{}}>>>.format(n)\n{PRINT}",
            f"n = 2\nresult = 'Count: {{}}'.format(n)\n{PRINT}",
        ),
        (
            f"n = 2\nresult = <<<Count: {{}}>>.format(n)\n{PRINT}",
            f"n = 2\nresult = 'Count: {{}}'.format(n)\n{PRINT}",
        ),
        (
            f"def f(n):\n    return <<<n>>>\nresult = f(2)\n{PRINT}",
            f"def f(n):\n    return (n)\nresult = f(2)\n{PRINT}",
        ),
        (f'result = <<<"BCDE">>>\n{PRINT}', f'result = ("BCDE")\n{PRINT}'),
        (f"result = <<<0 2, 1 2>>>\n{PRINT}", f"result = '0 2, 1 2'\n{PRINT}"),
        (f'result = <<< ["2", "8"] >>>\n{PRINT}', f'result = (["2", "8"])\n{PRINT}'),
        (f"result = <<<D,B,C>>>\n{PRINT}", f"result = 'D,B,C'\n{PRINT}"),
        (f"result = <<<2024-11-12>>>\n{PRINT}", f"result = '2024-11-12'\n{PRINT}"),
        (f"result = <<<8/(3-8/3)>>>\n{PRINT}", f"result = '8/(3-8/3)'\n{PRINT}"),
        (f"result = <<<1,234>>>\n{PRINT}", f"result = '1,234'\n{PRINT}"),
        (f"result = <<<Alice's cat>>>\n{PRINT}", f'result = "Alice\'s cat"\n{PRINT}'),
        (f"result = <<<Alice's cat>>> {PRINT}", f'result = "Alice\'s cat"\n{PRINT}'),
        (f"result = <<<1 2\n3 4>>>\n{PRINT}", f"result = '1 2\\n3 4'\n{PRINT}"),
        (f"result = <<<max>>>\n{PRINT}", f"result = 'max'\n{PRINT}"),
        (f"from math import *\nx = <<<sqrt(4)>>>\n{PRINT}", f"from math import *\nx = (sqrt(4))\n{PRINT}"),
        (f"result = <<<0>>>  # <<<'0'>>>\n{PRINT}", f"result = (0)  # <<<'0'>>>\n{PRINT}"),
        (f"result = 3\n{PRINT}\n<<<3>>>", f"result = 3\n{PRINT}\npass"),
        ("x = 3\n<<<x>>>", "x = 3\nprint('<<<' + str((x)) + '>>>')"),
        ("x = 3\n<<<A, B>>>  # answer", "x = 3\nprint('<<<' + str('A, B') + '>>>')  # answer"),
        ("x = 3\nresult = <<<x>>>", f"x = 3\nresult = (x)\n{PRINT}"),
    ],
)
def test_marks_become_expressions_or_strings(written: str, repaired: str) -> None:
    assert extract_program(code(written)) == repaired


@pytest.mark.parametrize(
    "program",
    [
        f"result = 1\n{PRINT}",
        "print('''\n<<<1>>>\n''')",
        "x = 1 # <<<x>>>\nprint(f'<<<{x}>>>')",
        f"result = <<<answer>>>\n{PRINT}",
        f"result = <<<1\n{PRINT}",
        f"a = [1]\nresult = <<<[a[0] + 3]]>>>\n{PRINT}",
        f"f(\nresult = <<<1>>>\n{PRINT}",
        f"result = 1\n{PRINT}\n<<<",
    ],
)
def test_other_programs_are_unchanged(program: str) -> None:
    assert extract_program(code(program)) == program


@pytest.mark.parametrize("marked", ["D,B,C", '"BCDE"', "0 2, 1 2, 3 4", '["2", "8"]', "0", "(1, 2)"])
@pytest.mark.parametrize("program", ["result = <<<{}>>>\n" + PRINT, "x = 1\n<<<{}>>>", "result = <<<{}>>>"])
def test_a_literal_answer_remains_one_for_the_checker(program: str, marked: str) -> None:
    repaired = extract_program(code(program.format(marked)))
    assert repaired is not None
    assert analyze_code(repaired).answer_origin == "literal"


@pytest.mark.parametrize(
    ("reply", "answer"),
    [
        ("```\nAnswer: <<<42>>>\n```", "42"),
        ("```\nx = 2 + 3\n<<<5>>>\n```", "5"),
        ("```\nresult = <<<42>>>\n```", "42"),
        ('So:\n```json\n{"answer": <<<42>>>}\n```', "42"),
    ],
)
def test_text_with_marks_is_not_a_program(reply: str, answer: str) -> None:
    assert extract_program(reply) is None
    assert text_answer(reply) == answer
