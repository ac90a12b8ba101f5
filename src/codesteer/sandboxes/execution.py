"""What a sandbox is told about a program and what it reports back."""

from dataclasses import dataclass
from enum import StrEnum

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
    """What one program may use; the defaults are sized for SymBench."""

    wall_seconds: float = 30.0
    """Time from start to end, whatever the program waits for."""
    cpu_seconds: float = 300.0
    """Processor time in total over all processes."""
    memory_bytes: int = 2048 * MEBIBYTE
    """Memory in total over all processes of the program."""
    processes: int = 64
    """Processes and threads alive at once."""
    disk_bytes: int = 64 * MEBIBYTE
    """Scratch space; it is empty at the start and gone afterwards."""
    output_bytes: int = MEBIBYTE
    """Bytes kept of each of stdout and stderr; a program that writes more is stopped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutionResult:
    """What running one program gave; a failing program is a result, not an exception."""

    status: ExecutionStatus
    stdout: str = ""
    stderr: str = ""
    exit_code: int | None = None
    """The program's exit status, negative for a signal; None when it was stopped from outside."""
    stdout_truncated: bool = False
    stderr_truncated: bool = False
    wall_seconds: float = 0.0
    cpu_seconds: float = 0.0
    peak_memory_bytes: int = 0
