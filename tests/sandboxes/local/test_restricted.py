import asyncio
import json
import os
import subprocess
from pathlib import Path

import pytest

from codesteer.sandboxes.execution import ExecutionStatus, Limits
from codesteer.sandboxes.local.sandbox import LocalSandbox

PUBLIC_PYTHON = Path("/usr/bin/python3")
SOURCES = Path(__file__).parents[3] / "src"
WHO = """
import asyncio, json, sys
sys.path.insert(0, sys.argv[1])
from codesteer.sandboxes.local.sandbox import LocalSandbox
print(json.dumps(asyncio.run(LocalSandbox("restricted").run("import os; print(os.getuid(), os.getgroups())")).stdout))
"""
POOL = "import multiprocessing; multiprocessing.Pool(2)"
MEANWHILE = """
import os, time
for n in range(100):
    if os.fork() == 0: time.sleep(5); os._exit(0)
print("forked", flush=True)
time.sleep(5)
"""


def public_python_is_recent() -> bool:
    command = [str(PUBLIC_PYTHON), "-c", "import sys; sys.exit(sys.version_info < (3, 11))"]
    return PUBLIC_PYTHON.exists() and subprocess.run(command).returncode == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become nobody")
@pytest.mark.skipif(not public_python_is_recent(), reason="no interpreter here that nobody may read")
def test_where_nobody_can_read_the_interpreter_programs_of_root_are_nobodys() -> None:
    command = [str(PUBLIC_PYTHON), "-I", "-c", WHO, str(SOURCES)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == "65534 []\n"


async def test_there_is_no_shared_memory() -> None:
    result = await LocalSandbox("restricted").run(POOL)
    assert result.status is ExecutionStatus.ERROR


async def test_processes_are_limited_by_watching_only() -> None:
    result = await LocalSandbox("restricted").run(MEANWHILE, Limits(processes=20))
    assert result.status is ExecutionStatus.KILLED
    assert result.wall_seconds < 4


def test_two_at_once_do_not_end_each_other() -> None:
    async def run() -> list[str]:
        sandbox = LocalSandbox("restricted")
        programs = ["import time; time.sleep(0.5); print('slow')", "print('quick')"]
        return [result.stdout for result in await asyncio.gather(*map(sandbox.run, programs))]

    assert asyncio.run(run()) == ["slow\n", "quick\n"]
