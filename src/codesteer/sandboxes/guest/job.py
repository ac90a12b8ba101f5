"""Wrap a program for the guest runner and parse the runner's report."""

import base64
import json
import secrets
from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files
from typing import Self

from codesteer.errors import SandboxError
from codesteer.sandboxes.execution import ExecutionResult, ExecutionStatus, Limits
from codesteer.sandboxes.exit_status import classify_exit


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestJob:
    """A program to run in a guest."""

    code: str
    """The code that the guest's Python runs."""
    marker: str
    """The text in front of the report."""
    max_characters: int
    """Maximum length of stdout and of stderr; the runner does not truncate what bypasses it."""

    @classmethod
    def create(cls, program: str, limits: Limits) -> Self:
        """Wrap a program."""
        marker = f"codesteer-{secrets.token_hex(16)} "
        source = base64.b64encode(program.encode(errors="surrogatepass")).decode()
        call = f"main({source!r}, {json.dumps(asdict(limits))!r}, {marker!r})"
        return cls(code=f"{_runner_source()}\n\n{call}\n", marker=marker, max_characters=limits.output_bytes)

    def parse_result(self, stdout: str, stderr: str) -> ExecutionResult:
        """Parse the output of the guest's Python.

        Raises:
            SandboxError: the report is missing.
        """
        output, marker, rest = stdout.rpartition(f"\n{self.marker}")
        if not marker:
            message = f"the sandbox returned no report: {(stderr or stdout).strip()[-500:] or 'no output'}"
            raise SandboxError(message)
        report = json.loads(rest.partition("\n")[0])
        status = report.pop("status")
        exit_code = report.pop("exit_code")
        return ExecutionResult(
            status=ExecutionStatus(status) if status else classify_exit(exit_code, stderr),
            stdout=output[: self.max_characters],
            stderr=stderr[: self.max_characters],
            exit_code=None if status else exit_code,
            **report,
        )


@cache
def _runner_source() -> str:
    return files("codesteer.sandboxes.guest").joinpath("runner.py").read_text()
