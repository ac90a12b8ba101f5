"""Reports survive JSON and a strict checkpoint."""

import dataclasses
import json

import pytest
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer

from codesteer.checkers.code_analysis import analyze_code
from codesteer.checkers.code_report import CodeCounts, CodeReport, Finding

PROGRAMS = {
    "rich": "import math\nfor n in range(9):\n  if n * n == 49:\n    print(math.sqrt(n))\n    break\nx = input()",
    "literal": "print('24')",
    "surrogate": "print('\udc80')",
    "surrogate in an error": "x = $\udc80",
    "odd sign": "print(“24”)",
}


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS.keys())
def test_a_report_survives_a_strict_checkpoint(program: str) -> None:
    types = (CodeReport, Finding, CodeCounts)
    serializer = JsonPlusSerializer(
        allowed_msgpack_modules=[(kind.__module__, kind.__name__) for kind in types]
    )
    report = analyze_code(program)
    back = serializer.loads_typed(serializer.dumps_typed(report))
    assert back == report
    assert isinstance(back.findings, tuple)
    assert hash(back) == hash(report)


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS.keys())
def test_a_report_is_json(program: str) -> None:
    report = analyze_code(program)
    text = json.dumps(dataclasses.asdict(report), ensure_ascii=False)
    text.encode("utf-8")
    assert json.loads(text)["answer_origin"] == report.answer_origin


def test_a_report_is_frozen_and_equal_by_value() -> None:
    assert analyze_code("print(1)") == analyze_code("print(1)")
    with pytest.raises(dataclasses.FrozenInstanceError):
        analyze_code("print(1)").complexity = 3.0  # type: ignore[misc]
