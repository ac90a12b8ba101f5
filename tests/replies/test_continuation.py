"""A truncated reply and its continuation become one program, however the continuation begins."""

import ast

import pytest
from langchain_core.messages import HumanMessage
from tests.support.models import code, scripted, truncated

from codesteer.nodes.writing import ask_with_continuation
from codesteer.replies.continuation import join_continuation
from codesteer.replies.programs import extract_program

F = "```python\n"
SUM = "total = 0\nfor n in [12, 30, 7]:\n    total += n"
LONG = "".join(f"x{number} = {number}\n" for number in range(9))
WHOLE = "import math\ntotal = math.comb(10, 2)\nprint(total)"


@pytest.mark.parametrize(
    ("first", "more", "program"),
    [
        (f"{F}x = 1\n", f"{F}print(x)\n```", "x = 1\nprint(x)"),
        (f"{F}x = 1\n", "print(x)\n```", "x = 1\nprint(x)"),
        (f"{F}x = 1", "print(x)", "x = 1\nprint(x)"),
        (f"{F}x = 1\n", f"Here is the rest:\n\n{F}print(x)\n```\nDone.", "x = 1\nprint(x)"),
        (f"{F}x = 1\n", "Sorry. I go on:\n~~~\nprint(x)\n~~~", "x = 1\nprint(x)"),
        (f"{F}x = 1\n", f"I go on: {F}print(x)\n```", "x = 1\nprint(x)"),
        (f"{F}for i in range(2", "):\n    print(i)\n```", "for i in range(2):\n    print(i)"),
        (f"{F}for i in range(2):\n", f"{F}    print(i)\n```", "for i in range(2):\n    print(i)"),
        (f"{F}x = 1\ny = x +", f"{F}y = x + 2\nprint(y)\n```", "x = 1\ny = x + 2\nprint(y)"),
        (f"{F}total = 0\ntot", f"{F}al += 1\nprint(total)\n```", "total = 0\ntotal += 1\nprint(total)"),
        (f"Text.\n{F}x = 1\n", f"<think>go on</think>\n{F}print(x)\n```", "x = 1\nprint(x)"),
        (f"<think>t</think>\n{F}x = 1\n", f"{F}print(x)\n```", "x = 1\nprint(x)"),
        ("[PYTHON]\nx = 1\n", "print(x)\n[/PYTHON]", "x = 1\nprint(x)"),
        (f"{F}{SUM}\n", f"{F}    total += n\nprint(total)\n```", f"{SUM}\nprint(total)"),
        (f"{F}{SUM}\n", "    total += n\nprint(total)\n```", f"{SUM}\nprint(total)"),
        (f"{F}{SUM}\n\n", f"{F}total += n\n\nprint(total)\n```", f"{SUM}\n\n\nprint(total)"),
        (
            f"{F}{SUM}\n",
            f"{F}for n in [12, 30, 7]:\n    total += n\nprint(total)\n```",
            f"{SUM}\nprint(total)",
        ),
        (
            f"{F}{SUM}\n    to",
            f"{F}    total += n\n    total += 1\nprint(total)\n```",
            f"{SUM}\n    total += 1\nprint(total)",
        ),
        (f"{F}{SUM}", f"{F}    total += n\nprint(total)\n```", f"{SUM}\nprint(total)"),
        (
            f"{F}def f():\n    x = [\n        1,\n    ]\n",
            f"{F}    ]\n    return x\n```",
            "def f():\n    x = [\n        1,\n    ]\n    return x",
        ),
        (
            f"{F}x = [\n    [\n        1,\n    ]\n",
            f"{F}]\nprint(x)\n```",
            "x = [\n    [\n        1,\n    ]\n]\nprint(x)",
        ),
        (f"{F}{SUM}\nprint(total)\n", f"{F}print('done')\n```", f"{SUM}\nprint(total)\nprint('done')"),
        (f"{F}{SUM}\nprint(total)\n", "print('done')\n```", f"{SUM}\nprint(total)\nprint('done')"),
        (
            f"{F}x = 5\nprint('working')\n",
            "print('<<<5>>>')\n```",
            "x = 5\nprint('working')\nprint('<<<5>>>')",
        ),
    ],
)
def test_a_continuation_is_appended(first: str, more: str, program: str) -> None:
    assert extract_program(join_continuation(first, more)) == program


@pytest.mark.parametrize(
    ("first", "more"),
    [
        (f"{F}import math\ntotal = math.", code(WHOLE)),
        (f"{F}import math\ntotal = ma", f"Here is the whole program:\n{code(WHOLE)}"),
        (f"{F}x = [1, 2,\n", code(WHOLE)),
        (f"{F}print('one')\n", code(WHOLE)),
        (f"{F}import math\ntotal = 1 +\n", f"{WHOLE}\n```"),
        ("<think>let me think", code(WHOLE)),
        ("<think>let me think", f"on.</think>\n{code(WHOLE)}"),
        ("<think>let me think", f"<think>anew</think>\n{code(WHOLE)}"),
        ("I will write it.\n", code(WHOLE)),
        ("", code(WHOLE)),
        (f"{F}{LONG}rows = [1,", code(WHOLE)),
        (f"{F}for x in ran", code(WHOLE)),
    ],
)
def test_a_restarted_program_replaces_the_first_part(first: str, more: str) -> None:
    assert extract_program(join_continuation(first, more)) == WHOLE


NESTED = (
    "def f(n):\n    total = 0\n    for i in range(n):\n        if i % 2:\n            total += i\n        total += 1\n"
    "    return total\n\nfor k in (3, 4):\n    print(f(k))\n    print(k)\nprint(f(10))"
)
CLASS = (
    "class Box:\n    def __init__(self, size):\n        self.size = size\n\n    def grow(self):\n"
    "        while self.size < 9:\n            self.size += 2\n        return self.size\n\n"
    "box = Box(4)\nif box.grow() > 5:\n    print(box.size)\n"
    "    print('big')\nprint('end')"
)
TEXTS = (
    "rows = [[1, 2],\n        [3, 4]]\ns = '''a\n  b'''\nfor row in rows:\n    print(row, s)\nprint('end')"
)


@pytest.mark.parametrize("program", [NESTED, CLASS, TEXTS])
@pytest.mark.parametrize(
    "written",
    [
        "{rest}",
        "<think>go on</think>{rest}",
        "<think>\ngo on\n</think>\n\n{rest}",
        "<think>go on\n\nas before</think>\n\n{rest}",
        F + "{line}{rest}",
        f"<think>go on</think>\n{F}{{line}}{{rest}}",
        f"I go on:\n{F}{{line}}{{rest}}",
    ],
)
def test_a_program_keeps_its_structure_wherever_it_was_cut(program: str, written: str) -> None:
    for cut in range(1, len(program)):
        first, rest = program[:cut], program[cut:]
        more = written.format(rest=rest, line=first.rpartition("\n")[2])
        joined = extract_program(join_continuation(f"{F}{first}", f"{more}\n```\nDone."))
        assert joined is not None
        assert ast.dump(ast.parse(joined)) == ast.dump(ast.parse(program)), cut


@pytest.mark.parametrize("more", ["        total += 1\n    return total", "    return total"])
def test_a_line_that_is_repeated_with_its_indentation_keeps_it(more: str) -> None:
    first = "def f(n):\n    for i in range(n):\n        total += i\n        total -= 2\n    "
    joined = extract_program(join_continuation(f"{F}{first}", f"{F}{more}\n```"))
    assert joined == first.rstrip() + "\n" + more


async def test_a_run_joins_a_truncated_reply() -> None:
    model = scripted(truncated(f"{F}x = 1\n"), f"The rest:\n{F}print(x)\n```")
    completion = await ask_with_continuation(model, [HumanMessage("q")])
    assert extract_program(completion.text) == "x = 1\nprint(x)"
    assert completion.usage.calls == 2
