"""Limits for a program and the result of running it."""

from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Annotated

from codesteer.errors import ConfigurationError
from codesteer.ranges import Amount, Constraint, Count

__all__ = ["Artifact", "ExecutionResult", "ExecutionStatus", "Limits"]

MEBIBYTE = 1024 * 1024
MAX_LIMIT = 2**62
"""More than any machine has; the kernel's own limits are 64-bit numbers, and sandboxes add a margin."""
ExitCode = Annotated[int, Constraint(ge=-(2**31), lt=2**32)]
Base64 = Annotated[
    str, Constraint(pattern="^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$")
]
_MAY_BE_ZERO = ("disk_bytes", "output_bytes")


class ExecutionStatus(StrEnum):
    """How a program ended."""

    OK = "ok"
    ERROR = "error"
    TIMEOUT = "timeout"
    MEMORY = "memory"
    OUTPUT_LIMIT = "output_limit"
    KILLED = "killed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Resource limits of one program; the defaults are sized for SymBench."""

    wall_seconds: float = 30.0
    """Wall-clock time, waiting included."""
    cpu_seconds: float = 300.0
    """CPU time, summed over all processes."""
    memory_bytes: int = 2048 * MEBIBYTE
    """Memory, summed over all processes."""
    processes: int = 64
    """Maximum number of concurrent processes and threads."""
    disk_bytes: int = 64 * MEBIBYTE
    """Size of the scratch space, which is empty at the start and deleted at the end."""
    output_bytes: int = MEBIBYTE
    """Maximum size of stdout and of stderr; a program that writes more is killed and its output truncated."""

    def __post_init__(self) -> None:
        """Raise ConfigurationError for a limit that no sandbox can set."""
        for field in fields(self):
            if error := _limit_error(field.name, getattr(self, field.name)):
                raise ConfigurationError(f"{field.name} {error}")


def _limit_error(name: str, value: object) -> str:
    """Return why a value is no limit; empty if it is one."""
    in_seconds = name.endswith("_seconds")
    if isinstance(value, bool) or not isinstance(value, int | float if in_seconds else int):
        return f"must be a {'number' if in_seconds else 'whole number'}, not {value!r}"
    if name in _MAY_BE_ZERO and value == 0:
        return ""
    return "" if 0 < value <= MAX_LIMIT else "must be more than 0 and at most 2**62"


@dataclass(frozen=True, slots=True, kw_only=True)
class Artifact:
    """A file that a program wrote."""

    name: str
    size: Count
    """Bytes."""
    mime_type: str
    base64: Base64 | None
    """The content; None if it was too large to keep."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutionResult:
    """The result of running one program; a program that fails is a result, not an exception."""

    status: ExecutionStatus
    stdout: str = ""
    stderr: str = ""
    exit_code: ExitCode | None = None
    """The program's exit code, negative for a signal; None if the sandbox killed it."""
    stdout_truncated: bool = False
    stderr_truncated: bool = False
    wall_seconds: Amount = 0.0
    cpu_seconds: Amount = 0.0
    peak_memory_bytes: Count = 0
    """Peak memory beyond that of an idle interpreter; 0 for a program that needs no more."""
    artifacts: tuple[Artifact, ...] = ()
    """Files that the program left in its folder."""
