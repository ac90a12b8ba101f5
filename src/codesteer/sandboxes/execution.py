"""Limits for a program and the result of running it."""

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Artifact", "ExecutionResult", "ExecutionStatus", "Limits"]

MEBIBYTE = 1024 * 1024


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Artifact:
    """A file that a program wrote."""

    name: str
    size: int
    """Bytes."""
    mime_type: str
    base64: str | None
    """The content; None if it was too large to keep."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutionResult:
    """The result of running one program; a program that fails is a result, not an exception."""

    status: ExecutionStatus
    stdout: str = ""
    stderr: str = ""
    exit_code: int | None = None
    """The program's exit code, negative for a signal; None if the sandbox killed it."""
    stdout_truncated: bool = False
    stderr_truncated: bool = False
    wall_seconds: float = 0.0
    cpu_seconds: float = 0.0
    peak_memory_bytes: int = 0
    """Peak memory beyond that of an idle interpreter; 0 for a program that needs no more."""
    artifacts: tuple[Artifact, ...] = ()
    """Files that the program left in its folder."""
