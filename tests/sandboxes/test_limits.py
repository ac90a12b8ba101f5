"""Limits are numbers that every sandbox can set."""

import math
from typing import Any

import pytest

from codesteer.errors import ConfigurationError
from codesteer.sandboxes.execution import MAX_LIMIT, ExecutionStatus, Limits
from codesteer.sandboxes.local.sandbox import LocalSandbox
from codesteer.sandboxes.port import Sandbox

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts("127.0.0.1")]

SECONDS = ("wall_seconds", "cpu_seconds")
SIZES = ("memory_bytes", "processes", "disk_bytes", "output_bytes")
NO_NUMBERS: list[Any] = ["3", None, True, False, [1], 1j]


@pytest.mark.parametrize("field", [*SECONDS, *SIZES])
@pytest.mark.parametrize(
    "value", [*NO_NUMBERS, -1, math.nan, math.inf, -math.inf, 2**62 + 1, 2**70, 10**4000]
)
def test_a_wrong_limit_is_named(field: str, value: Any) -> None:
    with pytest.raises(ConfigurationError, match=f"{field} must be"):
        Limits(**{field: value})


@pytest.mark.parametrize("field", SIZES)
@pytest.mark.parametrize("value", [2e9, 64.0, 0.5])
def test_sizes_are_whole_numbers(field: str, value: Any) -> None:
    with pytest.raises(ConfigurationError, match=f"{field} must be a whole number, not {value}"):
        Limits(**{field: value})


@pytest.mark.parametrize("field", [*SECONDS, "memory_bytes", "processes"])
def test_every_program_needs_some_of_these(field: str) -> None:
    with pytest.raises(ConfigurationError, match=f"{field} must be more than 0"):
        Limits(**{field: 0})


async def test_no_disk_and_no_output_are_limits(sandbox: Sandbox) -> None:
    assert (await sandbox.run("1 + 1", Limits(disk_bytes=0, output_bytes=0))).status is ExecutionStatus.OK
    result = await sandbox.run("print(1)", Limits(disk_bytes=0, output_bytes=0))
    assert (result.status, result.stdout) == (ExecutionStatus.OUTPUT_LIMIT, "")


@pytest.mark.parametrize("field", [*SECONDS, *SIZES])
async def test_the_largest_limits_can_be_set(sandbox: Sandbox, field: str) -> None:
    result = await sandbox.run("print(1)", Limits(**{field: MAX_LIMIT}))
    assert (result.status, result.stdout) == (ExecutionStatus.OK, "1\n")


async def test_a_long_program_needs_no_disk() -> None:
    async with LocalSandbox("restricted") as sandbox:
        result = await sandbox.run(f"x = {'y' * 3_000_000!r}\nprint(1)", Limits(disk_bytes=0))
        assert (result.status, result.stdout) == (ExecutionStatus.OK, "1\n")
