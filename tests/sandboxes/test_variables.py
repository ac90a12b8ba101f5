"""Values reach a program as variables, whatever the program starts with."""

import pytest

from codesteer.sandboxes.variables import bind


def ran(program: str) -> object:
    names: dict[str, object] = {}
    exec(compile(program, "bound", "exec"), names)
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
def test_the_value_arrives(program: str, value: str) -> None:
    whole = program if "seen" in program else f"{program}\nseen = QUESTION"
    assert ran(bind(whole, QUESTION=value)) == value


def test_a_program_that_does_not_parse_keeps_its_error() -> None:
    bound = bind("from __future__ import annotations\nfor", QUESTION="q")
    with pytest.raises(SyntaxError):
        compile(bound, "bound", "exec")
