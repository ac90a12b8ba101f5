"""How much CPU time short commands take, and how many modules they import; when ``solve`` prints its first line.

Run: python benchmarks/startup.py [REPETITIONS]

CPU time is the user and system time of a fresh process, without its children: it depends less than wall time on what
else the machine does. Medians of 9 runs by default. Compile the modules first, as an installation does
(``python -m compileall src graph nodes prompts``).
"""

import json
import os
import pty
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

REPETITIONS = 9
MODULE = "import time:"
REPORT = """
import atexit, os, sys
atexit.register(lambda: print(sum(os.times()[:2]), file=sys.stderr))
from codesteer.cli import main
main()
"""
TICKS = os.sysconf("SC_CLK_TCK")


def commands(folder: Path) -> Iterator[list[str]]:
    """Yield the commands; write the files that they need."""
    items, answers = folder / "items.jsonl", folder / "answers.jsonl"
    generate = ["symbench", "generate", "--task", "game24", "--out", str(items)]
    yield from (["--help"], ["symbench", "list"], generate)
    names = [json.loads(line)["id"] for line in items.read_text().splitlines()]
    answers.write_text("".join(json.dumps({"id": name, "answer": "24"}) + "\n" for name in names))
    yield ["symbench", "verify", "--task", "game24", "--samples", str(items), "--answers", str(answers)]
    yield from (["sandbox", "check"], ["eval", "methods"], ["models", "list"])


def cpu_seconds(arguments: list[str]) -> float:
    """Return the CPU time of a command."""
    command = [sys.executable, "-c", REPORT, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(done.stderr.splitlines()[-1])


def imported_modules(arguments: list[str]) -> int:
    """Return the number of modules that a command imports."""
    command = [sys.executable, "-X", "importtime", "-m", "codesteer", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return sum(line.startswith(MODULE) for line in done.stderr.splitlines()) - 1


def first_line_seconds() -> float:
    """Return the CPU time of ``solve`` in a terminal until something is printed."""
    ours, theirs = pty.openpty()
    command = [
        sys.executable,
        "-m",
        "codesteer",
        "solve",
        "Why?",
        "--task-model",
        "http://127.0.0.1:9/v1#none",
    ]
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs) as process:
        os.read(ours, 1)
        fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
        process.kill()
    os.close(ours)
    os.close(theirs)
    return (int(fields[11]) + int(fields[12])) / TICKS


def main() -> None:
    """Print the medians."""
    repetitions = range(int(sys.argv[1]) if len(sys.argv) > 1 else REPETITIONS)
    with tempfile.TemporaryDirectory() as folder:
        for arguments in commands(Path(folder)):
            modules = imported_modules(arguments)
            seconds = statistics.median(cpu_seconds(arguments) for _ in repetitions)
            print(f"{' '.join(arguments[:2])}: {seconds:.2f} s, {modules} modules")
    print(f"solve, first line: {statistics.median(first_line_seconds() for _ in repetitions):.2f} s")


if __name__ == "__main__":
    main()
