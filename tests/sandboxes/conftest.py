"""Every sandbox that there is here."""

import asyncio
from collections.abc import Iterator

import pytest
from tests.support import available_sandboxes, e2b_cloud

from codesteer.sandboxes.port import Sandbox


@pytest.fixture(scope="module")
def cloud() -> Iterator[None]:
    """A fake E2B service on loopback."""
    with e2b_cloud.serve() as cloud, pytest.MonkeyPatch.context() as patch:
        for name, value in cloud.environment.items():
            patch.setenv(name, value)
        yield


@pytest.fixture(scope="module", params=available_sandboxes.ALL)
def sandbox(request: pytest.FixtureRequest, cloud: None) -> Iterator[Sandbox]:
    """One sandbox shared by all tests, although each test has its own event loop."""
    opened = available_sandboxes.ALL[request.param]()
    yield opened
    asyncio.run(opened.stop())
