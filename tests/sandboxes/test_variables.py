"""Variables are defined whatever the program starts with."""

import pytest

from codesteer.sandboxes.variables import define_variables


def run(program: str) -> object:
    names: dict[str, object] = {"__doc__": None}
    exec(compile(program, "program", "exec"), names)
    return names["seen"]


@pytest.mark.parametrize(
    "program",
    [
        "seen = QUESTION",
        "from __future__ import annotations\nseen = QUESTION",
        '"""Doc."""\nfrom __future__ import annotations\nimport re\nseen = QUESTION',
        "from __future__ import annotations",
        '"""Doc\x0cof two pages."""\nfrom __future__ import annotations\nseen = QUESTION',
        "# a\u2028b\x85c\x1cd\nfrom __future__ import annotations\nseen = QUESTION",
        "\x0cfrom __future__ import annotations\nseen = QUESTION",
        "from __future__ import annotations\rseen = QUESTION\r",
        '"""Doc."""\r\nfrom __future__ import (\r\n    annotations,\r\n)\r\nseen = QUESTION\r\n',
        "from __future__ import annotations; seen = QUESTION",
        "'größer'; from __future__ import annotations;\\\nseen = QUESTION; x = 1",
        "'größer'  # a comment; not a statement\nseen = QUESTION",
        "'Doc.'; seen = QUESTION",
        "'Doc.';\nseen = QUESTION",
        "\ufeffseen = QUESTION",
        "\ufeff'Doc.'\nfrom __future__ import annotations\nseen = QUESTION",
    ],
)
@pytest.mark.parametrize("value", ["plain", "it's \"quoted\"\n'''three'''\\", "ünïcødé \u2028", ""])
def test_variables_have_their_values(program: str, value: str) -> None:
    whole = program if "seen" in program else f"{program}\nseen = QUESTION"
    assert run(define_variables(whole, QUESTION=value)) == value


def test_syntax_errors_are_preserved() -> None:
    program = define_variables("from __future__ import annotations\nfor", QUESTION="q")
    with pytest.raises(SyntaxError):
        compile(program, "program", "exec")


@pytest.mark.parametrize(
    ("program", "docstring"),
    [
        ('"""Solve\nit."""\nseen = __doc__', "Solve\nit."),
        ("# first\n'Solve\u2028it.'\nfrom __future__ import annotations\nseen = __doc__", "Solve\u2028it."),
        ("'one'; seen = __doc__", "one"),
        ("'one'\n'two'\nseen = __doc__", "one"),
        ("b'one'\nseen = __doc__", None),
        ("f'one'\nseen = __doc__", None),
        ("'o' 'ne'\nseen = __doc__", "one"),
        ("seen = __doc__", None),
    ],
)
def test_docstrings_stay_docstrings(program: str, docstring: str | None) -> None:
    assert run(f"seen = 1\n{program}"[9:]) == docstring
    assert (
        run(define_variables(program, {"a.txt": b""}, QUESTION="q").replace("_write_files({", "({", 1))
        == docstring
    )
