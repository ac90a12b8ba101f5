"""A fake sandbox that returns scripted results and records the programs."""

from types import TracebackType
from typing import Self

from codesteer.sandboxes.execution import ExecutionResult, ExecutionStatus, Limits
from codesteer.sandboxes.port import SandboxDescription

Line = str | ExecutionResult | Exception


class ScriptedSandbox:
    """Returns scripted results in order; a string is the output of a successful program.

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


def printed(text: str) -> ExecutionResult:
    return ExecutionResult(status=ExecutionStatus.OK, stdout=text, exit_code=0, wall_seconds=0.01)


def crashed(message: str) -> ExecutionResult:
    trace = f'Traceback (most recent call last):\n  File "main.py", line 1\n    x = 1 / 0\n{message}\n'
    return ExecutionResult(status=ExecutionStatus.ERROR, stderr=trace, exit_code=1)


def stopped(status: ExecutionStatus) -> ExecutionResult:
    return ExecutionResult(status=status, wall_seconds=30.0)
