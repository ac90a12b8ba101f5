"""How long programs take in each local sandbox, beside the same programs without one.

Run: python benchmarks/sandbox.py             latencies and throughput
     python benchmarks/sandbox.py --soak N    N programs in a row through one warm sandbox; looks for leaks

All columns are measured in turns, so that other jobs of the machine slow all of them down alike.
"""

import argparse
import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from codesteer.sandboxes.execution import ExecutionStatus
from codesteer.sandboxes.local import procfs
from codesteer.sandboxes.local.detection import Isolation
from codesteer.sandboxes.local.sandbox import LocalSandbox
from codesteer.sandboxes.port import Sandbox
from codesteer.sandboxes.unsafe_subprocess import UnsafeSubprocessSandbox

PRINT = "print(1)"
SOLVE = """
import numpy, sympy
x = sympy.symbols("x")
print(sympy.solve(x**2 - 5 * x + 6, x), numpy.arange(5).sum())
"""
ROUNDS, SOLVE_ROUNDS, CONCURRENT, WAVES = 30, 10, 8, 3
ISOLATIONS: tuple[Isolation, ...] = ("warm", "cold", "restricted")
Timed = Callable[[], Awaitable[None]]


async def main() -> None:
    """Measure everything and print two tables."""
    sandboxes: dict[str, Sandbox] = {name: LocalSandbox(name) for name in ISOLATIONS}
    sandboxes["unsafe-subprocess"] = UnsafeSubprocessSandbox()
    for sandbox in sandboxes.values():
        await sandbox.start()
    columns: dict[str, Callable[[str], Timed]] = {
        "python -c": lambda program: lambda: plain("-c", program),
        **{name: in_sandbox(sandbox) for name, sandbox in sandboxes.items()},
    }
    short = {"python -c pass": lambda: plain("-c", "pass")} | {n: make(PRINT) for n, make in columns.items()}
    report("print(1)", await in_turns(short, ROUNDS), "python -c pass")
    report(
        "numpy + sympy",
        await in_turns({n: make(SOLVE) for n, make in columns.items()}, SOLVE_ROUNDS),
        "python -c",
    )
    await throughput({name: sandboxes[name] for name in ("cold", "warm")})
    for sandbox in sandboxes.values():
        await sandbox.stop()


def in_sandbox(sandbox: Sandbox) -> Callable[[str], Timed]:
    """Return what times a program in this sandbox."""

    def make(program: str) -> Timed:
        async def run() -> None:
            result = await sandbox.run(program)
            if result.status is not ExecutionStatus.OK:
                raise RuntimeError(result)

        return run

    return make


async def plain(*arguments: str) -> None:
    """Run Python as a plain child process."""
    command = (sys.executable, *arguments)
    await asyncio.to_thread(subprocess.run, command, capture_output=True, check=True)


async def in_turns(contestants: dict[str, Timed], rounds: int) -> dict[str, list[float]]:
    """Time everybody once a round; returns milliseconds."""
    times: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, run in contestants.items():
            started = time.perf_counter()
            await run()
            times[name].append((time.perf_counter() - started) * 1000)
    return times


async def throughput(sandboxes: dict[str, Sandbox]) -> None:
    """Print how many programs a second each sandbox manages when many are wanted at once."""
    rates: dict[str, list[float]] = {name: [] for name in sandboxes}
    for _ in range(WAVES):
        for name, sandbox in sandboxes.items():
            started = time.perf_counter()
            await asyncio.gather(*(in_sandbox(sandbox)(SOLVE)() for _ in range(CONCURRENT)))
            rates[name].append(CONCURRENT / (time.perf_counter() - started))
    medians = {name: statistics.median(values) for name, values in rates.items()}
    print(f"\n{CONCURRENT} numpy + sympy programs at once, a second, on {os.cpu_count()} processors")
    for name, rate in medians.items():
        print(f"  {name:<20}{rate:8.1f}   {rate / medians['cold']:6.1f} x cold")


def report(title: str, times: dict[str, list[float]], base: str) -> None:
    """Print median, fastest and the ratio to the base."""
    print(f"\n{title}: milliseconds{'':<12}median     min    of {base}")
    reference = statistics.median(times[base])
    for name, values in times.items():
        median = statistics.median(values)
        print(f"  {name:<30}{median:10.1f}{min(values):8.1f}{median / reference:10.2f}")


async def soak(programs: int) -> None:
    """Run many programs through one warm sandbox; every result must be right and nothing may pile up."""
    async with LocalSandbox("warm") as sandbox:
        wrong = 0
        for number in range(programs):
            if number % (programs // 10) == programs // 10 - 1:
                await asyncio.sleep(0.5)  # for what has just been killed to be gone
                print(f"after {number} programs: {footprint()}", flush=True)
            result = await sandbox.run(f"open('{number}', 'w').write('x' * 1000)\nprint({number} ** 2)")
            wrong += result.stdout != f"{number**2}\n" or result.status is not ExecutionStatus.OK
        print(f"{programs} programs, {wrong} wrong results")
    await asyncio.sleep(1)
    print(f"after the end: {footprint()}")


def footprint() -> dict[str, int]:
    """Return what this process holds and what its descendants are."""
    descendants = list(procfs.descendants(os.getpid()))[1:]
    status = Path("/proc/self/status").read_text()
    return {
        "resident_kib": int(
            next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS"))
        ),
        "descriptors": len(os.listdir("/proc/self/fd")),
        "threads": len(os.listdir("/proc/self/task")),
        "processes": len(descendants),
        "their_memory_kib": sum(procfs.measure(pid).memory_bytes for pid in descendants) // 1024,
        "their_descriptors": sum(len(os.listdir(f"/proc/{pid}/fd")) for pid in descendants),
        "temporary_folders": len(list(Path(tempfile.gettempdir()).glob("codesteer-*"))),
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--soak", type=int, metavar="N", help="run N programs in a row instead")
    arguments = parser.parse_args()
    asyncio.run(soak(arguments.soak) if arguments.soak else main())
