"""A fake E2B service on loopback, used through the real client library."""

from collections.abc import Iterator

import pytest
from tests.support import e2b_cloud

from codesteer.sandboxes.e2b import machine


@pytest.fixture
def cloud(socket_enabled: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[e2b_cloud.Cloud]:
    monkeypatch.setattr(machine, "_CREATION_BACKOFF_SECONDS", (0.01, 0.01))
    with e2b_cloud.serve() as cloud:
        for name, value in cloud.environment.items():
            monkeypatch.setenv(name, value)
        yield cloud
