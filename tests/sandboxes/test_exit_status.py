import pytest

from codesteer.sandboxes.execution import ExecutionStatus
from codesteer.sandboxes.exit_status import classify_exit

TRACE = "Traceback (most recent call last):\n  File ...\n"


@pytest.mark.parametrize(
    ("exit_code", "stderr", "status"),
    [
        (0, "MemoryError", ExecutionStatus.OK),
        (1, "", ExecutionStatus.ERROR),
        (3, "", ExecutionStatus.ERROR),
        (-11, "", ExecutionStatus.ERROR),
        (-9, "", ExecutionStatus.KILLED),
        (1, f"{TRACE}MemoryError\n", ExecutionStatus.MEMORY),
        (
            1,
            f"{TRACE}numpy._core._exceptions._ArrayMemoryError: Unable to allocate\n",
            ExecutionStatus.MEMORY,
        ),
        (1, f"{TRACE}ValueError: MemoryError is what I feared\n", ExecutionStatus.ERROR),
    ],
)
def test_classify_exit(exit_code: int, stderr: str, status: ExecutionStatus) -> None:
    assert classify_exit(exit_code, stderr) is status
