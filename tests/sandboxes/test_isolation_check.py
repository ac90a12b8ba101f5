import pytest
from tests.support import available_sandboxes

from codesteer.sandboxes.isolation_check import check_isolation
from codesteer.sandboxes.port import Sandbox
from codesteer.sandboxes.probes import PROBES
from codesteer.sandboxes.unsafe_subprocess import UnsafeSubprocessSandbox

pytestmark = pytest.mark.enable_socket


async def blocked(sandbox: Sandbox) -> dict[str, bool]:
    async with sandbox:
        return {result.probe: result.blocked async for result in check_isolation(sandbox)}


@pytest.mark.parametrize("isolation", available_sandboxes.LOCAL)
async def test_local_sandboxes_block_all_probes(isolation: str) -> None:
    assert await blocked(available_sandboxes.LOCAL[isolation]()) == {probe.name: True for probe in PROBES}


async def test_no_probe_is_blocked_without_isolation() -> None:
    assert await blocked(UnsafeSubprocessSandbox()) == {probe.name: False for probe in PROBES}
