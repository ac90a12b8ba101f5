"""A fork of the process uses its sandboxes without touching its parent's programs and servers."""

import os
import subprocess
import sys

import pytest
from tests.support import e2b_cloud
from tests.support.available_sandboxes import LOCAL

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork"),
    pytest.mark.timeout(60),
    pytest.mark.enable_socket,
]

SCRIPT = """
import asyncio, os, sys, threading, warnings
warnings.simplefilter("ignore")
from tests.support.available_sandboxes import ALL
from codesteer.sandboxes.local.sandbox import LocalSandbox

kind, way = sys.argv[1:]
sandbox = LocalSandbox() if kind == "auto" else ALL[kind]()

async def use():
    if way == "stop first":
        await sandbox.stop()
    async with sandbox:
        assert (await sandbox.run("print('child')")).stdout == "child\\n"
    await sandbox.stop()

def fork():
    if child := os.fork():
        return child
    try:
        thread = threading.Thread(target=lambda: asyncio.run(use()))
        thread.start()
        thread.join(20)
        os._exit(int(thread.is_alive()))
    finally:
        os._exit(2)

async def main():
    await sandbox.run("print('before')")
    if kind == "auto":
        while sandbox._backend._warm.pending:
            await asyncio.sleep(0.05)
    if way == "locked":
        sandbox._lock.acquire()
        child = fork()
        sandbox._lock.release()
        task = asyncio.create_task(sandbox.run("print('parent')"))
    else:
        task = asyncio.create_task(sandbox.run("import time; time.sleep(1.5); print('parent')"))
        await asyncio.sleep(0.5)
        child = fork()
    backend = getattr(sandbox, "_backend", None)
    _, status = await asyncio.to_thread(os.waitpid, child, 0)
    print(os.waitstatus_to_exitcode(status), (await task).stdout, (await sandbox.run("print('after')")).stdout)
    assert getattr(sandbox, "_backend", None) is backend
    if kind == "auto":
        assert backend._failures == 0
    await sandbox.stop()

asyncio.run(main())
"""


def run(kind: str, way: str, **environment: str) -> tuple[str, str]:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, kind, way],
        capture_output=True,
        text=True,
        timeout=50,
        env=os.environ | environment,
    )
    return done.stdout, done.stderr


@pytest.mark.parametrize("kind", ["auto", *LOCAL, "unsafe-subprocess", "llm-sandbox"])
@pytest.mark.parametrize("way", ["stop first", "run first"])
def test_a_fork_leaves_its_parents_programs_alone(kind: str, way: str) -> None:
    assert run(kind, way) == ("0 parent\n after\n\n", "")


@pytest.mark.parametrize("kind", ["auto", "warm"])
def test_a_fork_does_not_wait_for_a_lock_of_its_parent(kind: str) -> None:
    assert run(kind, "locked") == ("0 parent\n after\n\n", "")


@pytest.mark.allow_hosts("127.0.0.1")
@pytest.mark.parametrize("way", ["stop first", "run first"])
def test_a_fork_that_cannot_use_its_parents_machines_says_so(way: str) -> None:
    with e2b_cloud.serve() as cloud:
        stdout, stderr = run("e2b", way, **cloud.environment)
        assert stdout == "0 parent\n after\n\n"
        assert "SandboxError: the e2b sandbox cannot be used in a fork" in stderr
        assert cloud.killed == ["machine0"]
        assert not cloud.machines
