import asyncio
import json
import os
import subprocess
from pathlib import Path

import pytest

from codesteer.sandboxes.execution import ExecutionStatus, Limits
from codesteer.sandboxes.local.sandbox import LocalSandbox

SYSTEM_PYTHON = Path("/usr/bin/python3")
SOURCES = Path(__file__).parents[3] / "src"
PRINT_IDS = """
import asyncio, json, sys
sys.path.insert(0, sys.argv[1])
from codesteer.sandboxes.local.sandbox import LocalSandbox
print(json.dumps(asyncio.run(LocalSandbox("restricted").run("import os; print(os.getuid(), os.getgroups())")).stdout))
"""
POOL = "import multiprocessing; multiprocessing.MachinePool(2)"
FORKS = """
import os, time
for n in range(100):
    if os.fork() == 0: time.sleep(5); os._exit(0)
print("forked", flush=True)
time.sleep(5)
"""


def system_python_is_supported() -> bool:
    command = [str(SYSTEM_PYTHON), "-c", "import sys; sys.exit(sys.version_info < (3, 11))"]
    return SYSTEM_PYTHON.exists() and subprocess.run(command).returncode == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to switch to the user nobody")
@pytest.mark.skipif(not system_python_is_supported(), reason="needs a world-readable Python 3.11 or later")
def test_roots_programs_run_as_nobody_if_the_interpreter_is_world_readable() -> None:
    command = [str(SYSTEM_PYTHON), "-I", "-c", PRINT_IDS, str(SOURCES)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == "65534 []\n"


async def test_shared_memory_is_unavailable() -> None:
    result = await LocalSandbox("restricted").run(POOL)
    assert result.status is ExecutionStatus.ERROR


async def test_the_watchdog_enforces_the_process_limit() -> None:
    result = await LocalSandbox("restricted").run(FORKS, Limits(processes=20))
    assert result.status is ExecutionStatus.KILLED
    assert result.wall_seconds < 4


def test_concurrent_programs_do_not_kill_each_other() -> None:
    async def run() -> list[str]:
        sandbox = LocalSandbox("restricted")
        programs = ["import time; time.sleep(0.5); print('slow')", "print('quick')"]
        return [result.stdout for result in await asyncio.gather(*map(sandbox.run, programs))]

    assert asyncio.run(run()) == ["slow\n", "quick\n"]
