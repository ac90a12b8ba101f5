import os
import socket
import subprocess
import sys

import pytest
from tests.support.e2b_cloud import Cloud, Failure

from codesteer.errors import ConfigurationError
from codesteer.sandboxes.e2b.cleanup import CleanupResult, kill_orphaned_machines
from codesteer.sandboxes.e2b.sandbox import E2BSandbox

CRASH = (
    "import asyncio, os; from codesteer.sandboxes.e2b.sandbox import E2BSandbox; sandbox = E2BSandbox()\n"
    "asyncio.run(sandbox.run('print(1)')); os._exit(9)"
)


async def test_machines_of_a_crashed_process_are_killed(cloud: Cloud) -> None:
    subprocess.run([sys.executable, "-c", CRASH])  # noqa: ASYNC221 the test waits for the crash
    assert list(cloud.machines) == ["machine0"]
    async with E2BSandbox() as sandbox:
        await sandbox.run("print(1)")
        (ours,) = cloud.machines.keys() - {"machine0"}
        assert await kill_orphaned_machines() == CleanupResult(killed=("machine0",), in_use=(ours,))


async def test_machines_of_other_computers_and_applications_are_not_killed(cloud: Cloud) -> None:
    cloud.machines |= {
        "elsewhere": {"codesteer": "1", "host": "another", "pid": "1"},
        "unrelated": {"app": "another"},
        "alive": {"codesteer": "1", "host": socket.gethostname(), "pid": str(os.getpid())},
    }
    assert await kill_orphaned_machines() == CleanupResult(killed=(), in_use=("elsewhere", "alive"))
    assert await kill_orphaned_machines(include_used=True) == CleanupResult(
        killed=("elsewhere", "alive"), in_use=()
    )
    assert list(cloud.machines) == ["unrelated"]


async def test_a_rejected_key_is_a_configuration_error(cloud: Cloud) -> None:
    cloud.failures.append(Failure("GET", "/v2/sandboxes", 401))
    with pytest.raises(ConfigurationError, match="E2B_API_KEY"):
        await kill_orphaned_machines()
