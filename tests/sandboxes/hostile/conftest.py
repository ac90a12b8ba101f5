"""Every attack is tried on every kind of local isolation that this machine has."""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from tests.support import backends
from tests.support.bait import Bait, laid

from codesteer.sandboxes.execution import ExecutionResult, Limits
from codesteer.sandboxes.port import Sandbox

Attack = Callable[..., Awaitable[ExecutionResult]]
LIMITS = Limits(wall_seconds=20)


@pytest.fixture(scope="session", params=backends.LOCAL)
def sandbox(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    opened = backends.LOCAL[request.param]()
    yield opened
    asyncio.run(opened.stop())


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The host's folder for temporary files, to itself."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


@pytest.fixture
def bait(socket_enabled: None, temporary: Path) -> Iterator[Bait]:
    with laid() as bait:
        yield bait


@pytest.fixture
def attack(sandbox: Sandbox, bait: Bait) -> Attack:
    """Run an attack; fail if it says that it got through, shows a secret, or did harm outside."""

    async def run(program: str, limits: Limits = LIMITS) -> ExecutionResult:
        result = await sandbox.run(bait.program(program), limits)
        assert "ESCAPED" not in result.stdout
        assert bait.token not in result.stdout + result.stderr
        assert bait.untouched()
        return result

    return run
