"""Fixtures that run every attack in every local sandbox."""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from tests.support import available_sandboxes
from tests.support.bait import Bait, set_bait

from codesteer.sandboxes.execution import ExecutionResult, Limits
from codesteer.sandboxes.port import Sandbox

Attack = Callable[..., Awaitable[ExecutionResult]]
LIMITS = Limits(wall_seconds=20)


@pytest.fixture(scope="session", params=available_sandboxes.LOCAL)
def sandbox(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    opened = available_sandboxes.LOCAL[request.param]()
    yield opened
    asyncio.run(opened.stop())


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A separate temporary folder for the host."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


@pytest.fixture
def bait(socket_enabled: None, temporary: Path) -> Iterator[Bait]:
    with set_bait() as bait:
        yield bait


@pytest.fixture
def attack(sandbox: Sandbox, bait: Bait) -> Attack:
    """Run an attack; fail if it reports success, prints a secret, or does damage outside the sandbox."""

    async def run(program: str, limits: Limits = LIMITS) -> ExecutionResult:
        result = await sandbox.run(bait.program(program), limits)
        assert "ESCAPED" not in result.stdout
        assert bait.token not in result.stdout + result.stderr
        assert bait.untouched()
        return result

    return run
