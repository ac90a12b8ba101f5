"""How much a comparison adds to the model's own time.

Run: python benchmarks/evals.py [PROBLEMS] [CONCURRENCY]

A loopback endpoint answers every request after exactly one second. So many problems (default 200) are steered, so
many at a time (default 32). Ideal is the number of requests times one second, divided by the concurrency; the
figure is the whole command's time, start-up included, over the ideal.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.support.endpoint import serve

PROBLEMS, CONCURRENCY, DELAY = 200, 32, 1.0
TASKS = "number_multiply,letters,statistical_counting,string_insertion,pooling,game24,eight_queens,logical_equation"
PROGRAM = "```python\nprint('<<<42>>>')\n```"
RUN = "from codesteer.cli import main; main()"


def measure(problems: int, concurrency: int) -> tuple[float, int]:
    """Return the seconds of the whole command and the requests it made."""
    samples = -(-problems // len(TASKS.split(",")))
    with serve(PROGRAM, delay=DELAY) as endpoint, tempfile.TemporaryDirectory() as folder:
        options = ["--methods", "steer:rules", "--tasks", TASKS, "--samples", str(samples), "--out", folder]
        options += ["--model", f"{endpoint.url}#m", "--concurrency", str(concurrency)]
        start = time.perf_counter()
        subprocess.run(
            [sys.executable, "-c", RUN, "eval", "run", *options], check=True, stdout=subprocess.DEVNULL
        )
        return time.perf_counter() - start, len(endpoint.requests)


def main() -> None:
    """Print the measured and the ideal time."""
    numbers = [int(argument) for argument in sys.argv[1:]]
    problems, concurrency = [*numbers, *(PROBLEMS, CONCURRENCY)[len(numbers) :]]
    seconds, requests = measure(problems, concurrency)
    ideal = requests * DELAY / concurrency
    print(f"{problems} problems, {requests} requests, {concurrency} at a time")
    print(f"ideal {ideal:.1f} s, measured {seconds:.1f} s: {seconds / ideal:.2f} x")
    print(f"one after another: {requests * DELAY:.0f} s, {requests * DELAY / seconds:.1f} x as long")


if __name__ == "__main__":
    main()
