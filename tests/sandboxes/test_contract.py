"""What every sandbox promises, whatever it is made of."""

import asyncio
from collections.abc import Iterator

import pytest
from tests.sandboxes import backends

from codesteer.sandboxes.port import Sandbox


@pytest.fixture(scope="module", params=backends.ALL)
def sandbox(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """One sandbox for all tests, each of which uses an event loop of its own."""
    opened = backends.ALL[request.param]()
    yield opened
    asyncio.run(opened.stop())
