"""Programs that attack other processes or try to keep processes running."""

import random
import time

import pytest
from tests.sandboxes.hostile.conftest import Attack
from tests.support.processes import processes_with, wait_until

from codesteer.sandboxes.execution import ExecutionStatus, Limits

KILL_OTHERS = """
import signal
for number in (signal.SIGKILL, signal.SIGSTOP, signal.SIGTERM, signal.SIGCONT):
    attempt("victim", lambda: os.kill(VICTIM, number))
    attempt("victim's group", lambda: os.killpg(VICTIM, number))
attempt("pidfd", lambda: signal.pidfd_send_signal(os.pidfd_open(VICTIM), signal.SIGKILL))
for pid in range(3000, 0, -1):  # processes of this sandbox may die
    try:
        if pid != os.getpid(): os.kill(pid, signal.SIGKILL)
    except OSError: pass
"""
CHANGE_OTHERS = """
import resource
attempt("limits", lambda: resource.prlimit(VICTIM, resource.RLIMIT_CPU, (0, 0)))
attempt("limits seen", lambda: resource.prlimit(VICTIM, resource.RLIMIT_CPU))
attempt("priority", lambda: os.setpriority(os.PRIO_PROCESS, VICTIM, 19))
try: os.setpriority(os.PRIO_USER, 0, 19)  # in a PID namespace it reaches no other processes
except OSError: pass
attempt("processors", lambda: os.sched_setaffinity(VICTIM, {0}))
attempt("scheduler", lambda: os.sched_setscheduler(VICTIM, os.SCHED_IDLE, os.sched_param(0)))
if libc.syscall({"x86_64": 251, "aarch64": 30}[os.uname().machine], 1, VICTIM, 3 << 13) == 0: escaped("disk priority")
"""
KILL_ALL = "import signal\nos.kill(-1, signal.SIGKILL)\ntime.sleep(1)\nprint('alone')"
ORPHAN = """
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.execvp("sleep", ["sleep", MARK])
    os._exit(0)
os.wait()
"""
ORPHANS_IGNORING_SIGNALS = """
import signal
for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}: signal.signal(number, signal.SIG_IGN)
for _ in range(10):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            subprocess.Popen(["sleep", MARK])
            while True: pass
        os._exit(0)
"""
PROCESS_CHAIN = """
# Each process forks the next one and exits.
if os.fork() == 0:
    os.setsid()
    end = time.time() + 20
    while time.time() < end:
        if os.fork(): os._exit(0)
        subprocess.Popen(["sleep", MARK]) if time.time() * 1000 % 50 < 1 else None
"""
HELD_STDOUT = """
if os.fork() == 0:
    os.setsid()
    time.sleep(60)
print("done")
"""


@pytest.mark.parametrize("program", [KILL_OTHERS, CHANGE_OTHERS], ids=["kill", "priorities and limits"])
async def test_other_processes_are_not_affected(attack: Attack, program: str) -> None:
    result = await attack(program)
    # A program may kill its own processes, including itself.
    assert result.status in (ExecutionStatus.OK, ExecutionStatus.KILLED), result


async def test_kill_all_reaches_no_other_processes(attack: Attack) -> None:
    result = await attack(KILL_ALL)
    assert result.stdout in ("alone\n", "")
    assert (await attack("print('next')")).stdout == "next\n"


@pytest.mark.parametrize("ending", ["", "while True: pass"], ids=["after the end", "after a timeout"])
@pytest.mark.parametrize(
    "program",
    [ORPHAN, ORPHANS_IGNORING_SIGNALS, PROCESS_CHAIN],
    ids=["orphan", "orphans ignoring signals", "process chain"],
)
async def test_no_process_outlives_its_program(attack: Attack, program: str, ending: str) -> None:
    mark = str(random.randint(10**8, 10**9))
    await attack(f"MARK = {mark!r}\n{program}\n{ending}", Limits(wall_seconds=1))
    ended_at = time.monotonic()
    await wait_until(lambda: not processes_with(mark))
    assert time.monotonic() - ended_at < 1


async def test_an_orphan_holding_stdout_does_not_delay_the_result(attack: Attack) -> None:
    result = await attack(HELD_STDOUT)
    assert (result.status, result.stdout) == (ExecutionStatus.OK, "done\n")
    assert result.wall_seconds < 2
