"""A fake sandbox that returns scripted results and records the programs."""

import json
import re
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Self

from codesteer.sandboxes.execution import ExecutionResult, ExecutionStatus, Limits
from codesteer.sandboxes.port import SandboxDescription

CHECK_CALL = re.compile(
    r"^call_with_answers\(is_correct, (?P<answers>\[.*\]), '(?P<mark>.*)'\)$", re.MULTILINE
)
Judgement = Callable[[str], bool | None]
Said = str | ExecutionResult | Judgement
Line = Said | Exception


class ScriptedSandbox:
    """Returns scripted results in order; a string is the output of a successful program.

    For a program that calls a check, ``CONFIRMED`` means that the check accepts the first answer and rejects the
    others, ``REFUTED: reason`` that it accepts only the second.

    An exception is raised; if it is the last line, it is raised for all further programs.
    """

    def __init__(self, *lines: Line) -> None:
        self.lines = list(lines)
        self.programs: list[str] = []
        self.limits: list[Limits | None] = []

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    async def run(self, program: str, limits: Limits | None = None) -> ExecutionResult:
        self.programs.append(program)
        self.limits.append(limits)
        line = self.lines.pop(0)
        if isinstance(line, Exception):
            self.lines += [] if self.lines else [line]
            raise line
        if panel := CHECK_CALL.search(program):
            line = checked(line, json.loads(panel["answers"]), panel["mark"])
        assert not callable(line), "a judgement was scripted, but no check ran"
        return printed(line) if isinstance(line, str) else line

    def describe(self) -> SandboxDescription:
        return SandboxDescription(
            kind="scripted", strength="none", detail="scripted results", packages=("sympy",)
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


def judged(accepts: Callable[[str], bool | None]) -> Judgement:
    """Script what a check says of each answer; None is an error."""
    return accepts


def checked(line: Said, answers: Sequence[str], mark: str) -> Said:
    """Return what a program that calls a check prints; anything but a verdict stays as it is."""
    word, _, reason = line.strip().partition(": ") if isinstance(line, str) else ("", "", "")
    if word in ("CONFIRMED", "REFUTED"):
        accepted = answers[0] if word == "CONFIRMED" else answers[1]
        line = judged(lambda answer: answer == accepted)
    if not callable(line):
        return line
    opinions = [[line(answer), reason] for answer in (*answers, answers[0])]
    return f"{mark}{json.dumps(opinions)}\n"


def printed(text: str) -> ExecutionResult:
    return ExecutionResult(status=ExecutionStatus.OK, stdout=text, exit_code=0, wall_seconds=0.01)


def crashed(message: str) -> ExecutionResult:
    trace = f'Traceback (most recent call last):\n  File "main.py", line 1\n    x = 1 / 0\n{message}\n'
    return ExecutionResult(status=ExecutionStatus.ERROR, stderr=trace, exit_code=1)


def stopped(status: ExecutionStatus) -> ExecutionResult:
    return ExecutionResult(status=status, wall_seconds=30.0)
