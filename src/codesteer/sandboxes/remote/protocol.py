"""Wraps a program for the guest and reads the guest's report."""

import base64
import json
import secrets
from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files
from typing import Self

from codesteer.errors import SandboxError
from codesteer.sandboxes.execution import ExecutionResult, ExecutionStatus, Limits
from codesteer.sandboxes.verdict import status_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """A program on its way to another machine."""

    code: str
    """What the other machine's Python is to run."""
    mark: str
    """What the report starts with."""
    room: int
    """Characters of a stream that are kept: what a program writes past the guest is not cut by it."""

    @classmethod
    def of(cls, program: str, limits: Limits) -> Self:
        """Wrap a program."""
        mark = f"codesteer-{secrets.token_hex(16)} "
        source = base64.b64encode(program.encode(errors="surrogatepass")).decode()
        call = f"main({source!r}, {json.dumps(asdict(limits))!r}, {mark!r})"
        return cls(code=f"{_guest()}\n\n{call}\n", mark=mark, room=limits.output_bytes)

    def result(self, stdout: str, stderr: str) -> ExecutionResult:
        """Read the outcome from what the other machine's Python wrote.

        Raises:
            SandboxError: the report is missing.
        """
        output, mark, rest = stdout.rpartition(f"\n{self.mark}")
        if not mark:
            message = f"the sandbox did not report: {(stderr or stdout).strip()[-500:] or 'no output'}"
            raise SandboxError(message)
        report = json.loads(rest.partition("\n")[0])
        status = report.pop("status")
        exit_code = report.pop("exit_code")
        return ExecutionResult(
            status=ExecutionStatus(status) if status else status_of(exit_code, stderr),
            stdout=output[: self.room],
            stderr=stderr[: self.room],
            exit_code=None if status else exit_code,
            **report,
        )


@cache
def _guest() -> str:
    return files("codesteer.sandboxes.remote").joinpath("guest.py").read_text()
