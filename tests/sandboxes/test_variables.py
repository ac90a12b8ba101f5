"""Variables are defined whatever the program starts with."""

import pytest

from codesteer.sandboxes.variables import define_variables


def run(program: str) -> object:
    names: dict[str, object] = {}
    exec(compile(program, "program", "exec"), names)
    return names["seen"]


@pytest.mark.parametrize(
    "program",
    [
        "seen = QUESTION",
        "from __future__ import annotations\nseen = QUESTION",
        '"""Doc."""\nfrom __future__ import annotations\nimport re\nseen = QUESTION',
        "from __future__ import annotations",
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
