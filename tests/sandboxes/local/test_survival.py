"""Whatever becomes of us, nothing of a sandbox stays behind."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.support import backends
from tests.support.processes import processes_with, wait_until_now

from codesteer.sandboxes.local import processes

RUN = """
import asyncio, sys, tempfile
from codesteer.sandboxes.local.sandbox import LocalSandbox
isolation, temporary, program = sys.argv[1:]
tempfile.tempdir = temporary
sandbox = LocalSandbox(isolation)
asyncio.run(sandbox.run(program))
"""


@pytest.mark.parametrize("isolation", backends.LOCAL)
def test_killing_us_kills_the_program(isolation: str, tmp_path: Path) -> None:
    number = random.randint(10**8, 10**9)
    mark = f"sleep\0{number}"
    daemon = f"import os, subprocess\nif os.fork() == 0: os.setsid(); subprocess.run(['sleep', '{number}'])\n"
    program = f"{daemon}while True: pass"
    command = [sys.executable, "-c", RUN, isolation, str(tmp_path), program]
    with subprocess.Popen(command) as host:
        wait_until_now(lambda: processes_with(mark))
        family = set(processes.descendants(host.pid)) - {host.pid}
        assert len(family) > 2
        host.send_signal(signal.SIGKILL)
    killed = time.monotonic()
    wait_until_now(lambda: not processes_with(mark) and not family & alive() and not os.listdir(tmp_path))
    assert time.monotonic() - killed < 1


@pytest.mark.parametrize("isolation", backends.LOCAL)
def test_killing_us_at_any_moment_leaves_nothing(isolation: str, tmp_path: Path) -> None:
    """The start has many steps, and after each of them somebody must notice that we are gone."""
    command = [sys.executable, "-c", RUN, isolation, str(tmp_path), "import time; time.sleep(60)"]
    family: set[int] = set()
    for moment in range(9):
        with subprocess.Popen(command) as host:
            wait_until_now(lambda: processes.children(host.pid))
            time.sleep(moment * (0.2 if isolation == "warm" else 0.012))
            family |= set(processes.descendants(host.pid)) - {host.pid}
            host.send_signal(signal.SIGKILL)
    wait_until_now(lambda: not family & alive() and not os.listdir(tmp_path), seconds=1)


def test_a_fork_of_us_keeps_nothing_alive(tmp_path: Path) -> None:
    script = (
        RUN
        + "import os, time\nif os.fork() == 0: print('forked', flush=True); time.sleep(60)\ntime.sleep(60)"
    )
    command = [sys.executable, "-c", script, "warm", str(tmp_path), ""]
    with subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True) as host:
        assert host.stdout
        assert host.stdout.readline() == b"forked\n"
        servers = set(processes.descendants(host.pid)) & set(processes_with("inside.server"))
        assert servers
        host.send_signal(signal.SIGKILL)
        wait_until_now(lambda: not servers & alive(), seconds=1)
        os.killpg(host.pid, signal.SIGKILL)


@pytest.mark.parametrize("isolation", backends.LOCAL)
def test_the_interpreters_end_is_the_servers_end(isolation: str, tmp_path: Path) -> None:
    command = [sys.executable, "-W", "error", "-c", RUN, isolation, str(tmp_path), "print(1)"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as host:
        family: set[int] = set()
        while host.poll() is None:
            family |= set(processes.descendants(host.pid)) - {host.pid}
            time.sleep(0.01)
        assert host.stdout
        assert (host.returncode, host.stdout.read()) == (0, b"")
    wait_until_now(lambda: not family & alive(), seconds=1)
    assert family
    assert os.listdir(tmp_path) == []


def alive() -> set[int]:
    """Return all processes but those that only wait for the system to take note of their end."""
    stats = {path.parent.name: path for path in Path("/proc").glob("[0-9]*/stat")}
    return {int(pid) for pid, path in stats.items() if " Z " not in read(path)}


def read(path: Path) -> str:
    try:
        return path.read_text().rpartition(")")[2]
    except (FileNotFoundError, ProcessLookupError):
        return " Z "
