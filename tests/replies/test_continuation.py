"""A truncated reply and its continuation become one program, however the continuation begins."""

import pytest
from langchain_core.messages import HumanMessage
from tests.support.models import code, scripted, truncated

from codesteer.nodes.writing import ask_with_continuation
from codesteer.replies.continuation import join_continuation
from codesteer.replies.programs import extract_program

F = "```python\n"
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
    ],
)
def test_a_restarted_program_replaces_the_first_part(first: str, more: str) -> None:
    assert extract_program(join_continuation(first, more)) == WHOLE


async def test_a_run_joins_a_truncated_reply() -> None:
    model = scripted(truncated(f"{F}x = 1\n"), f"The rest:\n{F}print(x)\n```")
    completion = await ask_with_continuation(model, [HumanMessage("q")])
    assert extract_program(completion.text) == "x = 1\nprint(x)"
    assert completion.usage.calls == 2
