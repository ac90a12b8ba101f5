import os
import socket
import subprocess
import sys

import pytest
from tests.support.e2b_cloud import Cloud, Failure

from codesteer.errors import ConfigurationError
from codesteer.sandboxes.e2b.sandbox import E2BSandbox
from codesteer.sandboxes.e2b.sweep import Sweep, sweep

CRASH = (
    "import asyncio, os; from codesteer.sandboxes.e2b.sandbox import E2BSandbox; sandbox = E2BSandbox()\n"
    "asyncio.run(sandbox.run('print(1)')); os._exit(9)"
)


async def test_machines_of_a_crashed_process_are_ended(cloud: Cloud) -> None:
    subprocess.run([sys.executable, "-c", CRASH])  # noqa: ASYNC221 its end is what the test waits for
    assert list(cloud.machines) == ["machine0"]
    async with E2BSandbox() as sandbox:
        await sandbox.run("print(1)")
        (ours,) = cloud.machines.keys() - {"machine0"}
        assert await sweep() == Sweep(ended=("machine0",), kept=(ours,))


async def test_other_computers_and_other_programs_are_left_alone(cloud: Cloud) -> None:
    cloud.machines |= {
        "elsewhere": {"codesteer": "1", "host": "another", "pid": "1"},
        "unrelated": {"app": "another"},
        "alive": {"codesteer": "1", "host": socket.gethostname(), "pid": str(os.getpid())},
    }
    assert await sweep() == Sweep(ended=(), kept=("elsewhere", "alive"))
    assert await sweep(everything=True) == Sweep(ended=("elsewhere", "alive"), kept=())
    assert list(cloud.machines) == ["unrelated"]


async def test_a_refused_key_is_for_the_user_to_fix(cloud: Cloud) -> None:
    cloud.failures.append(Failure("GET", "/v2/sandboxes", 401))
    with pytest.raises(ConfigurationError, match="E2B_API_KEY"):
        await sweep()
