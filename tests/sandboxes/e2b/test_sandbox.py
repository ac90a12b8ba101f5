import asyncio
import subprocess
import sys
import time

import pytest
from tests.support.e2b_cloud import Cloud, Failure
from tests.support.processes import wait_until

from codesteer.errors import ConfigurationError, SandboxError
from codesteer.sandboxes.e2b import machine
from codesteer.sandboxes.e2b.sandbox import E2BSandbox
from codesteer.sandboxes.execution import ExecutionStatus, Limits

CREATE, EXECUTE, CONTEXTS = "/v2/sandboxes", "/execute", "/contexts"


async def test_machines_have_no_internet_a_timeout_and_a_tag(cloud: Cloud) -> None:
    async with E2BSandbox() as sandbox:
        await sandbox.run("print(1)")
    (body,) = cloud.request_bodies("POST", CREATE)
    assert body["allow_internet_access"] is False
    assert body["timeout"] == machine.LIFETIME_SECONDS
    assert body["metadata"]["codesteer"] == "1"
    assert body["metadata"].keys() == {"codesteer", "host", "pid"}


async def test_one_machine_runs_many_programs_in_separate_contexts(cloud: Cloud) -> None:
    async with E2BSandbox() as sandbox:
        for number in range(3):
            assert (await sandbox.run(f"print({number})")).stdout == f"{number}\n"
        assert cloud.killed == []
    assert len(cloud.request_bodies("POST", CREATE)) == 1
    assert len({body["context_id"] for body in cloud.request_bodies("POST", EXECUTE)}) == 3
    assert cloud.kernels == {}
    assert cloud.killed == ["machine0"]


async def test_concurrent_programs_use_separate_machines(cloud: Cloud) -> None:
    async with E2BSandbox() as sandbox:
        await asyncio.gather(*(sandbox.run("import time; time.sleep(0.3)") for _ in range(3)))
        assert len(cloud.machines) == 3
        await sandbox.run("")
        assert len(cloud.request_bodies("POST", CREATE)) == 3
    assert len(cloud.killed) == 3


@pytest.mark.parametrize(
    ("program", "status"),
    [
        ("while True: pass", ExecutionStatus.TIMEOUT),
        ("while True: print('x' * 1000)", ExecutionStatus.OUTPUT_LIMIT),
        ("import os; os.kill(os.getppid(), 9)", ExecutionStatus.KILLED),
        ("import os, time; os.kill(os.getppid(), 2); time.sleep(9)", ExecutionStatus.KILLED),
    ],
)
async def test_a_machine_is_killed_after_its_program_was_killed(
    cloud: Cloud, program: str, status: ExecutionStatus
) -> None:
    async with E2BSandbox() as sandbox:
        result = await sandbox.run(program, Limits(wall_seconds=1))
        assert result.status is status
        await wait_until(lambda: cloud.killed == ["machine0"])
        assert (await sandbox.run("print(1)")).stdout == "1\n"


async def test_a_program_that_stops_the_guest_runner_times_out(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "_GRACE_SECONDS", 0.5)
    stop_runner = "import os, signal, time; os.kill(os.getppid(), signal.SIGSTOP); time.sleep(60)"
    async with E2BSandbox() as sandbox:
        started = time.monotonic()
        result = await sandbox.run(stop_runner, Limits(wall_seconds=0.5))
        assert result.status is ExecutionStatus.TIMEOUT
        # The library's timeout would fire at twice its value.
        assert time.monotonic() - started < 1.9


async def test_output_that_bypasses_the_guest_runner_is_truncated(cloud: Cloud) -> None:
    flood = """
import glob, json, os
event = json.dumps({"type": "stdout", "text": "x" * 1000, "timestamp": 0}) + "\\n"
pipes = [path for path in glob.glob(f"/proc/{os.getppid()}/fd/*") if "pipe" in os.readlink(path)]
writers = []
for path in pipes:
    try: writers.append(os.open(path, os.O_WRONLY | os.O_NONBLOCK))
    except OSError: pass
while True:
    for writer in writers:
        try: os.write(writer, event.encode())
        except OSError: pass
"""
    async with E2BSandbox() as sandbox:
        result = await sandbox.run(flood, Limits(wall_seconds=5, output_bytes=5000))
        assert result.status is ExecutionStatus.OUTPUT_LIMIT
        assert len(result.stdout) == 5000


@pytest.mark.parametrize("status", [429, 503])
async def test_a_busy_service_is_retried(cloud: Cloud, status: int) -> None:
    cloud.failures += [Failure("POST", CREATE, status)] * 2
    async with E2BSandbox() as sandbox:
        assert (await sandbox.run("print(1)")).stdout == "1\n"


async def test_a_permanently_busy_service_is_an_error(cloud: Cloud) -> None:
    cloud.failures += [Failure("POST", CREATE, 429)] * 9
    async with E2BSandbox() as sandbox:
        with pytest.raises(SandboxError, match="E2B failed to create a sandbox"):
            await sandbox.run("print(1)")


@pytest.mark.parametrize("status", [500, 429, 502, 404, 0], ids=["500", "429", "502", "404", "dropped"])
@pytest.mark.parametrize("path", [EXECUTE, CONTEXTS])
async def test_a_failed_machine_is_replaced_once(cloud: Cloud, path: str, status: int) -> None:
    cloud.failures.append(Failure("POST", path, status))
    async with E2BSandbox() as sandbox:
        assert (await sandbox.run("print(1)")).stdout == "1\n"
    assert len(cloud.killed) == 2


async def test_a_second_machine_failure_is_an_error(cloud: Cloud) -> None:
    cloud.failures += [Failure("POST", EXECUTE, 500)] * 2
    async with E2BSandbox() as sandbox:
        with pytest.raises(SandboxError, match="E2B failed to run a program: 500"):
            await sandbox.run("print(1)")


async def test_a_rejected_key_is_a_configuration_error(cloud: Cloud) -> None:
    cloud.failures.append(Failure("POST", CREATE, 401))
    async with E2BSandbox() as sandbox:
        with pytest.raises(ConfigurationError, match="E2B_API_KEY"):
            await sandbox.run("print(1)")


async def test_start_requires_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("E2B_API_KEY", "E2B_DEBUG"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(ConfigurationError, match="set E2B_API_KEY"):
        await E2BSandbox().start()


async def test_a_long_program_extends_the_machines_timeout(cloud: Cloud) -> None:
    async with E2BSandbox() as sandbox:
        await sandbox.run("print(1)", Limits(wall_seconds=3000))
    assert cloud.request_bodies("POST", "/sandboxes/machine0/timeout") == [{"timeout": 3060}]


async def test_cancellation_kills_the_machine(cloud: Cloud) -> None:
    async with E2BSandbox() as sandbox:
        task = asyncio.create_task(sandbox.run("import time; time.sleep(60)"))
        await wait_until(lambda: cloud.request_bodies("POST", EXECUTE))
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await wait_until(lambda: cloud.killed == ["machine0"], seconds=1)


async def test_machines_are_killed_at_interpreter_exit(cloud: Cloud) -> None:
    script = (
        "import asyncio; from codesteer.sandboxes.e2b.sandbox import E2BSandbox; sandbox = E2BSandbox()\n"
        "print(asyncio.run(sandbox.run('print(1)')).stdout)"
    )
    done = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", script], capture_output=True, text=True
    )
    assert (done.stdout, done.stderr) == ("1\n\n", "")
    assert cloud.killed == ["machine0"]


@pytest.mark.parametrize("delay", [0.0, 0.01, 0.05, 0.1, 0.15])
async def test_a_machine_created_for_a_cancelled_program_is_killed(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch, delay: float
) -> None:
    create = machine._create_sandbox

    async def create_slowly() -> object:
        created = await create()
        await asyncio.sleep(0.2)  # the machine exists, but the caller has not received it yet
        return created

    monkeypatch.setattr(machine, "_create_sandbox", create_slowly)
    async with E2BSandbox() as sandbox:
        task = asyncio.create_task(sandbox.run("print(1)"))
        await asyncio.sleep(delay)
        task.cancel()
        await asyncio.wait([task])
        await wait_until(lambda: len(cloud.killed) == len(cloud.request_bodies("POST", CREATE)), seconds=5)
    assert not cloud.machines


async def test_stop_kills_a_machine_that_is_being_created(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    create = machine._create_sandbox

    async def create_slowly() -> object:
        created = await create()
        await asyncio.sleep(0.3)
        return created

    monkeypatch.setattr(machine, "_create_sandbox", create_slowly)
    sandbox = E2BSandbox()
    task = asyncio.create_task(sandbox.run("print(1)"))
    await wait_until(lambda: cloud.machines)
    await sandbox.stop()
    with pytest.raises(SandboxError):
        await task
    assert not cloud.machines
