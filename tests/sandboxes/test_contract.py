"""The contract of every sandbox."""

import asyncio
import random
import time
from dataclasses import dataclass

import pytest
from blockbuster import blockbuster_ctx
from tests.support.processes import processes_with, wait_until

from codesteer.errors import SandboxError
from codesteer.sandboxes.execution import ExecutionStatus, Limits
from codesteer.sandboxes.port import Sandbox

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts("127.0.0.1")]


LONG_TIMEOUT = Limits(wall_seconds=20)
SHORT_TIMEOUT = Limits(wall_seconds=1)


@dataclass(frozen=True, slots=True)
class Case:
    name: str
    program: str
    status: ExecutionStatus = ExecutionStatus.OK
    exit_code: int | None = 0
    stdout: str = ""
    stderr: str = ""
    """A substring."""
    limits: Limits = LONG_TIMEOUT


FORKING_DAEMON = """
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(60)
    os._exit(0)
print("done")
"""
IGNORING_SIGNALS = """
import signal
for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
    signal.signal(number, signal.SIG_IGN)
print("ignored", flush=True)
while True: pass
"""
NATIVE_CRASH = "import ctypes; print('before'); ctypes.string_at(0)"
CLOSED_STDOUT = "import os; os.close(1); os.write(2, b'still here')"

NAMED = """
import ctypes, time
ctypes.CDLL(None).prctl(15, {name!r}, 0, 0, 0)
time.sleep(0.3)
print("named")
"""
SCRIPT = """
import os, subprocess
name = "./rechner_mit_12é.sh"  # the kernel cuts it within the last letter
with open(os.open(name, os.O_CREAT | os.O_WRONLY, 0o755), "w") as file:
    file.write("#!/bin/sh\\nsleep 0.3\\necho named\\n")
subprocess.run([name])
"""

CASES = [
    Case("prints", "print('hello')", stdout="hello\n"),
    Case("empty", ""),
    Case("no newline at the end", "import sys; sys.stdout.write('no newline')", stdout="no newline"),
    Case("both streams", "import sys; print('o'); print('e', file=sys.stderr)", stdout="o\n", stderr="e\n"),
    Case("not ascii", "print('größer → 大')", stdout="größer → 大\n"),
    Case("output that is not utf-8", "import os; os.write(1, b'a\\xff\\xfeb')", stdout="a\ufffd\ufffdb"),
    Case("nul byte in output", "print('a\\0b')", stdout="a\0b\n"),
    Case("syntax error", "def f(: pass", ExecutionStatus.ERROR, 1, stderr="SyntaxError: "),
    Case("nul byte in source", "x = 1\0", ExecutionStatus.ERROR, 1, stderr="null byte"),
    Case("surrogate in source", "x = '\ud800'", ExecutionStatus.ERROR, 1, stderr="SyntaxError"),
    Case(
        "exception", "def f():\n    return 1 / 0\nf()", ExecutionStatus.ERROR, 1, stderr="ZeroDivisionError: "
    ),
    Case("exception shows the line", "a = 1\na / 0", ExecutionStatus.ERROR, 1, stderr="line 2"),
    Case("reads empty stdin", "input('number? ')", ExecutionStatus.ERROR, 1, "number? ", "EOFError"),
    Case("exit status", "import sys; print(1); sys.exit(3)", ExecutionStatus.ERROR, 3, "1\n"),
    Case("exit with a message", "import sys; sys.exit('bad')", ExecutionStatus.ERROR, 1, stderr="bad\n"),
    Case("exit with success", "raise SystemExit"),
    Case("exit status of many bits", "raise SystemExit(2**31 + 5)", ExecutionStatus.ERROR, 5),
    Case("exit status too large", "raise SystemExit(2**70)", ExecutionStatus.ERROR, 255),
    Case("exit status too small", "raise SystemExit(-(2**70))", ExecutionStatus.ERROR, 255),
    Case("byte-order mark", "\ufeffprint('größer')", stdout="größer\n"),
    Case(
        "declares another encoding", "# -*- coding: latin-1 -*-\nprint('größer → 大')", stdout="größer → 大\n"
    ),
    Case("declares no encoding", "#!python\n# coding=nonsense\nprint('größer')", stdout="größer\n"),
    Case("removes its files", "import os\nprint(1)\nfor name in os.listdir(): os.remove(name)", stdout="1\n"),
    Case("file named like a stream", "open('stdout', 'w').write('notes'); print(1)", stdout="1\n"),
    Case("hard exit", "import os; print('x'); os._exit(7)", ExecutionStatus.ERROR, 7, "x\n"),
    Case("deep recursion", "def f(): f()\nf()", ExecutionStatus.ERROR, 1, stderr="RecursionError"),
    Case("native crash", NATIVE_CRASH, ExecutionStatus.ERROR, -11, "before\n"),
    Case("abort", "import os; os.abort()", ExecutionStatus.ERROR, -6),
    Case("kills itself", "import os; os.kill(os.getpid(), 9)", ExecutionStatus.KILLED, -9),
    Case("leaves a daemon", FORKING_DAEMON, stdout="done\n"),
    Case("closed stdout", CLOSED_STDOUT, stderr="still here"),
    Case("runs at exit", "import atexit; atexit.register(print, 'bye')", stdout="bye\n"),
    Case("waits for threads", "from threading import Timer; Timer(0.1, print, 'x').start()", stdout="x\n"),
    Case(
        "never ends",
        "print('x', end='')\nwhile True: pass",
        ExecutionStatus.TIMEOUT,
        None,
        "x",
        limits=SHORT_TIMEOUT,
    ),
    Case(
        "ignores signals", IGNORING_SIGNALS, ExecutionStatus.TIMEOUT, None, "ignored\n", limits=SHORT_TIMEOUT
    ),
    Case("runs out of memory", "x = bytearray(1 << 42)", ExecutionStatus.MEMORY, 1, stderr="MemoryError"),
    Case("is a main program", "if __name__ == '__main__': print(__file__[-10:])", stdout="program.py\n"),
    Case("subprocess", "import subprocess\nsubprocess.run(['echo', 'child'])", stdout="child\n"),
    Case("name that is not utf-8", NAMED.format(name=b"\xff\xfe"), stdout="named\n"),
    Case("script whose name is cut", SCRIPT, stdout="named\n"),
    Case("name with parentheses and lines", NAMED.format(name=b"a) (b\n1 2\r3"), stdout="named\n"),
    Case("asyncio", "import asyncio; print(asyncio.run(asyncio.sleep(0, 'slept')))", stdout="slept\n"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_program_results(sandbox: Sandbox, case: Case) -> None:
    result = await sandbox.run(case.program, case.limits)
    assert (result.status, result.exit_code) == (case.status, case.exit_code), result
    assert result.stdout == case.stdout
    assert case.stderr in result.stderr
    assert not result.stdout_truncated
    assert 0 < result.wall_seconds < 15


async def test_long_sources_run(sandbox: Sandbox) -> None:
    program = f"x = {'y' * 10_000_000!r}\nprint(len(x))"
    result = await sandbox.run(program)
    assert (result.status, result.stdout) == (ExecutionStatus.OK, "10000000\n")


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
async def test_output_is_truncated_at_the_limit(sandbox: Sandbox, stream: str) -> None:
    program = f"import sys\nwhile True: sys.{stream}.write('0123456789' * 1000)"
    result = await sandbox.run(program, Limits(output_bytes=5000, wall_seconds=20))
    assert (result.status, result.exit_code) == (ExecutionStatus.OUTPUT_LIMIT, None)
    assert getattr(result, stream) == "0123456789" * 500
    assert [result.stdout_truncated, result.stderr_truncated] == [stream == "stdout", stream == "stderr"]


async def test_output_of_exactly_the_limit_is_not_truncated(sandbox: Sandbox) -> None:
    result = await sandbox.run("print('x' * 4999)", Limits(output_bytes=5000))
    assert (result.status, len(result.stdout), result.stdout_truncated) == (ExecutionStatus.OK, 5000, False)


async def test_concurrent_programs_have_separate_outputs(sandbox: Sandbox) -> None:
    programs = [f"import time\nfor _ in range(5): print({n}); time.sleep(0.02)" for n in range(6)]
    results = await asyncio.gather(*(sandbox.run(program) for program in programs))
    assert [result.stdout for result in results] == [f"{n}\n" * 5 for n in range(6)]


async def test_programs_share_no_state(sandbox: Sandbox) -> None:
    write = "import builtins, os; builtins.left = 1; os.environ['LEFT'] = '1'; open('left', 'w').close()"
    assert (await sandbox.run(write)).status is ExecutionStatus.OK
    read = (
        "import builtins, os; print(hasattr(builtins, 'left'), 'LEFT' in os.environ, os.path.exists('left'))"
    )
    assert (await sandbox.run(read)).stdout == "False False False\n"


async def test_cancellation_kills_the_program_promptly(sandbox: Sandbox) -> None:
    mark = f"{random.randint(10**8, 10**9)}"
    program = f"import subprocess; subprocess.run(['sleep', '{mark}'])"
    task = asyncio.create_task(sandbox.run(program))
    await wait_until(lambda: processes_with(mark))
    cancelled = time.monotonic()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await wait_until(lambda: not processes_with(mark))
    assert time.monotonic() - cancelled < 0.2


async def test_time_and_memory_are_measured(sandbox: Sandbox) -> None:
    result = await sandbox.run(
        "from time import process_time\n"
        "x = bytearray(b'x') * 100_000_000\n"
        "end = process_time() + 0.3\n"
        "while process_time() < end: pass"
    )
    if sandbox.describe().kind == "unsafe-subprocess":
        pytest.skip("unsafe-subprocess does not measure CPU time and memory")
    assert 0.3 <= result.cpu_seconds <= result.wall_seconds + 0.05  # two clocks
    assert 90_000_000 < result.peak_memory_bytes < 300_000_000


async def test_memory_shared_by_forks_counts_once(sandbox: Sandbox) -> None:
    program = (
        "import os, time\n"
        "block = bytearray(b'x') * 100_000_000\n"
        "for _ in range(4):\n"
        "    if os.fork() == 0: time.sleep(0.6); os._exit(0)\n"
        "time.sleep(0.5)\n"
    )
    result = await sandbox.run(program, Limits(memory_bytes=300_000_000, wall_seconds=20))
    assert result.status is ExecutionStatus.OK, result


async def test_cpu_time_of_orphans_counts(sandbox: Sandbox) -> None:
    program = (
        "import os, time\n"
        "readable, writable = os.pipe()\n"
        "if os.fork() == 0:\n"
        "    if os.fork() == 0:\n"
        "        while time.process_time() < 0.5: pass\n"
        "    os._exit(0)\n"
        "os.close(writable); os.read(readable, 1); time.sleep(0.3)\n"
    )
    result = await sandbox.run(program, LONG_TIMEOUT)
    assert result.status is ExecutionStatus.OK
    if sandbox.describe().kind != "unsafe-subprocess":
        assert 0.4 < result.cpu_seconds < 2


async def test_a_stopped_sandbox_can_be_restarted(sandbox: Sandbox) -> None:
    await sandbox.stop()
    await sandbox.stop()
    assert (await sandbox.run("print(1)")).stdout == "1\n"


async def test_stop_kills_running_programs(sandbox: Sandbox) -> None:
    task = asyncio.create_task(sandbox.run("import time; time.sleep(60)"))
    await asyncio.sleep(0.3)
    await sandbox.stop()
    with pytest.raises(SandboxError):
        await task


async def test_running_does_not_block_the_event_loop(sandbox: Sandbox) -> None:
    with blockbuster_ctx():
        await sandbox.start()
        result = await sandbox.run("print(1)")
        assert result.stdout == "1\n"


async def test_cancellation_does_not_block_the_event_loop(sandbox: Sandbox) -> None:
    mark = f"{random.randint(10**8, 10**9)}"
    with blockbuster_ctx():
        task = asyncio.create_task(sandbox.run(f"import subprocess; subprocess.run(['sleep', '{mark}'])"))
        await asyncio.sleep(1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    await wait_until(lambda: not processes_with(mark))


def test_description(sandbox: Sandbox) -> None:
    description = sandbox.describe()
    assert description.kind
    assert description.detail
    assert not description.packages or {"numpy", "sympy"} <= set(description.packages)
