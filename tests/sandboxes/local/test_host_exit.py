"""When the host process exits or is killed, its sandboxes leave nothing behind."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.support import available_sandboxes
from tests.support.processes import processes_with, wait_until_blocking

from codesteer.sandboxes.local import procfs

RUN = """
import asyncio, sys, tempfile
from codesteer.sandboxes.local.sandbox import LocalSandbox
isolation, temporary, program = sys.argv[1:]
tempfile.tempdir = temporary
sandbox = LocalSandbox(isolation)
asyncio.run(sandbox.run(program))
"""


@pytest.mark.parametrize("isolation", available_sandboxes.LOCAL)
def test_killing_the_host_kills_the_program(isolation: str, tmp_path: Path) -> None:
    number = random.randint(10**8, 10**9)
    mark = f"sleep\0{number}"
    daemon = f"import os, subprocess\nif os.fork() == 0: os.setsid(); subprocess.run(['sleep', '{number}'])\n"
    program = f"{daemon}while True: pass"
    command = [sys.executable, "-c", RUN, isolation, str(tmp_path), program]
    with subprocess.Popen(command) as host:
        wait_until_blocking(lambda: processes_with(mark))
        tree = set(procfs.descendants(host.pid)) - {host.pid}
        assert len(tree) > 2
        host.send_signal(signal.SIGKILL)
    killed_at = time.monotonic()
    wait_until_blocking(lambda: not processes_with(mark) and not tree & alive() and not os.listdir(tmp_path))
    assert time.monotonic() - killed_at < 1


@pytest.mark.parametrize("isolation", available_sandboxes.LOCAL)
def test_killing_the_host_at_any_step_leaves_nothing(isolation: str, tmp_path: Path) -> None:
    """The startup has many steps; after each of them some process must notice that the host has exited."""
    command = [sys.executable, "-c", RUN, isolation, str(tmp_path), "import time; time.sleep(60)"]
    tree: set[int] = set()
    for step in range(9):
        with subprocess.Popen(command) as host:
            wait_until_blocking(lambda: procfs.children(host.pid))
            time.sleep(step * (0.2 if isolation == "warm" else 0.012))
            tree |= set(procfs.descendants(host.pid)) - {host.pid}
            host.send_signal(signal.SIGKILL)
    wait_until_blocking(lambda: not tree & alive() and not os.listdir(tmp_path), seconds=1)


def test_a_fork_of_the_host_does_not_keep_the_server_alive(tmp_path: Path) -> None:
    script = (
        RUN
        + "import os, time\nif os.fork() == 0: print('forked', flush=True); time.sleep(60)\ntime.sleep(60)"
    )
    command = [sys.executable, "-c", script, "warm", str(tmp_path), ""]
    with subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True) as host:
        assert host.stdout
        assert host.stdout.readline() == b"forked\n"
        servers = set(procfs.descendants(host.pid)) & set(processes_with("inside.server"))
        assert servers
        host.send_signal(signal.SIGKILL)
        wait_until_blocking(lambda: not servers & alive(), seconds=1)
        os.killpg(host.pid, signal.SIGKILL)


@pytest.mark.parametrize("isolation", available_sandboxes.LOCAL)
def test_the_server_exits_with_the_interpreter(isolation: str, tmp_path: Path) -> None:
    command = [sys.executable, "-W", "error", "-c", RUN, isolation, str(tmp_path), "print(1)"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as host:
        tree: set[int] = set()
        while host.poll() is None:
            tree |= set(procfs.descendants(host.pid)) - {host.pid}
            time.sleep(0.01)
        assert host.stdout
        assert (host.returncode, host.stdout.read()) == (0, b"")
    wait_until_blocking(lambda: not tree & alive(), seconds=1)
    assert tree
    assert os.listdir(tmp_path) == []


def alive() -> set[int]:
    """Return the PIDs of all processes except zombies."""
    stats = {path.parent.name: path for path in Path("/proc").glob("[0-9]*/stat")}
    return {int(pid) for pid, path in stats.items() if " Z " not in read(path)}


def read(path: Path) -> str:
    try:
        return path.read_text().rpartition(")")[2]
    except (FileNotFoundError, ProcessLookupError):
        return " Z "
