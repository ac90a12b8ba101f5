"""What every sandbox promises, whatever it is made of."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from codesteer.sandboxes.execution import MEBIBYTE, ExecutionStatus, Limits
from codesteer.sandboxes.port import Sandbox
from tests.sandboxes import backends


@pytest.fixture(scope="module", params=backends.ALL)
def sandbox(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """One sandbox for all tests, each of which uses an event loop of its own."""
    opened = backends.ALL[request.param]()
    yield opened
    asyncio.run(opened.stop())
