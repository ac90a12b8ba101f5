import pytest

from codesteer.sandboxes.execution import MEBIBYTE, ExecutionStatus, Limits
from codesteer.sandboxes.factory import open_sandbox


@pytest.mark.parametrize(
    ("program", "status", "exit_code"),
    [
        ("print(1)", ExecutionStatus.OK, 0),
        ("1 / 0", ExecutionStatus.ERROR, 1),
        ("def f(: pass", ExecutionStatus.ERROR, 1),
        ("x = '\0'", ExecutionStatus.ERROR, 1),
        ("input()", ExecutionStatus.ERROR, 1),
        ("raise SystemExit(3)", ExecutionStatus.ERROR, 3),
        ("import os; os.abort()", ExecutionStatus.ERROR, -6),
        ("while True: pass", ExecutionStatus.TIMEOUT, None),
        ("print('x' * 3_000_000)", ExecutionStatus.OUTPUT_LIMIT, None),
        ("x = bytearray(5 << 30)", ExecutionStatus.MEMORY, 1),
    ],
)
async def test_every_end_has_its_status(program: str, status: ExecutionStatus, exit_code: int | None) -> None:
    async with open_sandbox("local") as sandbox:
        result = await sandbox.run(program, Limits(wall_seconds=2))
    assert result.status is status
    if exit_code is not None:
        assert result.exit_code == exit_code


async def test_memory_of_small_steps_is_limited() -> None:
    limits = Limits(memory_bytes=200 * MEBIBYTE, wall_seconds=10)
    result = await open_sandbox("local").run("x = []\nwhile True: x.append(bytearray(10**7))", limits)
    assert result.status is ExecutionStatus.MEMORY
