import pytest
from tests.support import backends

from codesteer.sandboxes.checkup import examine
from codesteer.sandboxes.port import Sandbox
from codesteer.sandboxes.probes import PROBES
from codesteer.sandboxes.unsafe import UnsafeSubprocess

pytestmark = pytest.mark.enable_socket


async def outcome(sandbox: Sandbox) -> dict[str, bool]:
    async with sandbox:
        return {finding.probe: finding.held async for finding in examine(sandbox)}


@pytest.mark.parametrize("isolation", backends.LOCAL)
async def test_local_isolation_holds(isolation: str) -> None:
    assert await outcome(backends.LOCAL[isolation]()) == {probe.name: True for probe in PROBES}


async def test_without_isolation_everything_gets_through() -> None:
    assert await outcome(UnsafeSubprocess()) == {probe.name: False for probe in PROBES}
