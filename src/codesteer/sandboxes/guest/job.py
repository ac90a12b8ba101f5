"""Wrap a program for the guest runner and parse the runner's report."""

import base64
import json
import secrets
import time
from dataclasses import asdict, dataclass, field
from functools import cache
from importlib.resources import files
from typing import Self

from pydantic import TypeAdapter, ValidationError

from codesteer.errors import SandboxError, one_line
from codesteer.ranges import Amount, Count
from codesteer.sandboxes.execution import ExecutionResult, ExecutionStatus, ExitCode, Limits
from codesteer.sandboxes.exit_status import classify_exit
from codesteer.sandboxes.source import source_of


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestJob:
    """A program to run in a guest."""

    code: str
    """The code that the guest's Python runs."""
    marker: str
    """The text in front of the report, and on the line that the runner prints before it starts the program."""
    max_characters: int
    """Maximum length of stdout and of stderr; the runner does not truncate what bypasses it."""
    created_at: float = field(default_factory=time.monotonic)
    """When it was created on this machine: programs could forge the time that the runner measures."""

    @classmethod
    def create(cls, program: str, limits: Limits) -> Self:
        """Wrap a program."""
        marker = f"codesteer-{secrets.token_hex(16)} "
        source = base64.b64encode(source_of(program)).decode()
        call = f"main({source!r}, {json.dumps(asdict(limits))!r}, {marker!r})"
        return cls(code=f"{_runner_source()}\n\n{call}\n", marker=marker, max_characters=limits.output_bytes)

    def parse_result(self, stdout: str, stderr: str) -> ExecutionResult:
        """Parse the output of the guest's Python, right after its end.

        Programs can stop the runner and write reports of their own: if it started but left no valid report, the program
        counts as killed.

        Raises:
            SandboxError: the runner did not start.
        """
        output, marker, rest = stdout.rpartition(f"\n{self.marker}")
        report = _read_report(rest.partition("\n")[0]) if marker else None
        if report is not None:
            return self._result(report, output, stderr)
        if self.marker not in stdout:
            reason = one_line((stderr or stdout).strip()[-500:] or "no output")
            message = f"the sandbox returned no report: {reason}"
            raise SandboxError(message)
        return self.result_without_report(ExecutionStatus.KILLED, output if marker else stdout, stderr)

    def result_without_report(self, status: ExecutionStatus, stdout: str, stderr: str) -> ExecutionResult:
        """Return the result of a program whose runner did not report, right after its end."""
        truncated = status is ExecutionStatus.OUTPUT_LIMIT
        return ExecutionResult(
            status=status,
            stdout=self._program_output(stdout),
            stderr=stderr[: self.max_characters],
            stdout_truncated=truncated,
            stderr_truncated=truncated,
            wall_seconds=time.monotonic() - self.created_at,
        )

    def _program_output(self, stdout: str) -> str:
        return stdout.replace(f"{self.marker}\n", "", 1)[: self.max_characters]

    def _result(self, report: "_Report", stdout: str, stderr: str) -> ExecutionResult:
        numbers = asdict(report)
        status, exit_code, wall_seconds = map(numbers.pop, ("status", "exit_code", "wall_seconds"))
        return ExecutionResult(
            status=status or classify_exit(exit_code, stderr),
            stdout=self._program_output(stdout),
            stderr=stderr[: self.max_characters],
            exit_code=None if status else exit_code,
            wall_seconds=min(wall_seconds, time.monotonic() - self.created_at),
            **numbers,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Report:
    """What the runner measured."""

    status: ExecutionStatus | None
    """Why it killed the program; None if it did not."""
    exit_code: ExitCode
    stdout_truncated: bool
    stderr_truncated: bool
    wall_seconds: Amount
    cpu_seconds: Amount
    peak_memory_bytes: Count


def _read_report(line: str) -> _Report | None:
    """Return the report of a line; None if it is not one that the runner writes."""
    try:
        return _REPORT.validate_json(line.encode(errors="replace"), strict=True)
    except ValidationError:
        return None


_REPORT = TypeAdapter(_Report)


@cache
def _runner_source() -> str:
    return files("codesteer.sandboxes.guest").joinpath("runner.py").read_text()
