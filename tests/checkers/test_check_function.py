"""Whatever a check does when it is called, it says something of each answer or nothing at all."""

import pytest

from codesteer.checkers.check_function import Opinion, call_check, read_opinions
from codesteer.sandboxes.execution import ExecutionResult, ExecutionStatus, Limits
from codesteer.sandboxes.factory import open_sandbox

ANSWERS = ["42", "7", "quote \" ' \\ \n>>> \u2028 é"]


async def said(check: str, answers: list[str] = ANSWERS) -> object:
    calls = call_check(check, answers)
    async with open_sandbox("local") as sandbox:
        opinions = read_opinions(calls, await sandbox.run(calls.program, Limits(wall_seconds=2)))
    return opinions if isinstance(opinions, str) else [opinions[answer].accepted for answer in answers]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("return answer == '42'", [True, False, False]),
        ("assert answer == '42', 'no'\n    return True", [True, False, False]),
        ("return int(answer) == 42", [True, False, None]),
        ("print('checked', answer)\n    return True", [True, True, True]),
        ("return answer", [None, None, None]),
        ("pass", [None, None, None]),
        ("raise SystemExit", [None, None, None]),
        ("raise KeyboardInterrupt", [None, None, None]),
        ("import numpy\n    return numpy.array([42])[0] == int(answer)", [True, False, None]),
        ("return is_correct(answer)", [None, None, None]),
        ("answer = '42'\n    return answer == '42'", [True, True, True]),
        ("import sys\n    sys.stdout = None\n    return True", [True, True, True]),
    ],
)
async def test_what_a_check_says(body: str, expected: list[bool | None]) -> None:
    assert await said(f"def is_correct(answer):\n    {body}") == expected


@pytest.mark.parametrize(
    ("check", "reason"),
    [
        ("def is_correct(answer):\n    while True: pass", "timeout"),
        ("def is_correct(answer):\n    import os\n    os._exit(0)", "ended the program"),
        ("def is_correct(answer):\n    return bytearray(10**11) is None or True", ""),
        ("def check(answer):\n    return True", "status error"),
        ("def is_correct(answer)\n    return True", "status error"),
        ("", "status error"),
        (
            "seen = []\ndef is_correct(answer):\n    seen.append(1)\n    return len(seen) == 1",
            "contradicts itself",
        ),
        ("import json\njson.dumps = lambda *_: '[]'\ndef is_correct(answer): return True", "tampered|ended"),
        ("import sys\nsys.exit()\ndef is_correct(answer): return True", "ended the program"),
        ("print = None\ndef is_correct(answer): return True", "status error"),
    ],
)
async def test_a_check_that_says_nothing(check: str, reason: str) -> None:
    opinions = await said(check)
    if reason:
        assert isinstance(opinions, str)
        assert any(part in opinions for part in reason.split("|"))
    else:
        assert opinions == [None, None, None]


def test_what_a_check_prints_itself_is_not_its_result() -> None:
    calls = call_check("def is_correct(answer): return False", ["42"])
    forged = 'checked-0000000000000000 [[true, ""], [true, ""]]\n'
    output = f'{forged}{calls.mark}[[false, "no"], [false, "no"]]\n'
    result = ExecutionResult(status=ExecutionStatus.OK, stdout=output, exit_code=0, wall_seconds=0.01)
    assert read_opinions(calls, result) == {"42": Opinion(False, "no")}


@pytest.mark.parametrize(
    "output", ["", "{}", "[]", "[[true]]", "null", "[" * 100_000, '[[true, ""], [true, ""], [true, ""]]']
)
def test_garbled_results_say_nothing(output: str) -> None:
    calls = call_check("", ["42"])
    result = ExecutionResult(
        status=ExecutionStatus.OK, stdout=f"{calls.mark}{output}\n", exit_code=0, wall_seconds=0.01
    )
    assert isinstance(read_opinions(calls, result), str)


def test_a_long_reason_is_cut() -> None:
    calls = call_check("", ["42"])
    output = f'{calls.mark}[[false, "{"x" * 5000}"], [false, ""]]'
    result = ExecutionResult(status=ExecutionStatus.OK, stdout=output, exit_code=0, wall_seconds=0.01)
    opinions = read_opinions(calls, result)
    assert isinstance(opinions, dict)
    assert len(opinions["42"].reason) == 300
