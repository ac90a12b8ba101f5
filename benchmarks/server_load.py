"""How ``langgraph dev`` bears up under many users at once, with a scripted model and real sandboxes.

Run: python -m benchmarks.server_load [--users 64] [--rounds 3] [--think 2.0] [--pause 5.0]

Every user has a thread of its own and streams. What counts is that no answer is lost and none goes to the wrong
user, and how long the first event takes. The development server takes up new runs by looking for them every half
second: that wait is its own, and is shown apart.
"""

import argparse
import asyncio
import tempfile
import time
from pathlib import Path

from tests.support.dev_server import dev_server
from tests.support.endpoint import serve
from tests.support.load import load, multiplying_model, percentile


def main() -> None:
    """Start endpoint and server, put them under load, print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=3, help="questions of each user")
    parser.add_argument("--think", type=float, default=2.0, help="seconds that the scripted model takes")
    parser.add_argument(
        "--pause", type=float, default=5.0, help="seconds between a user's questions, at most"
    )
    parser.add_argument("--sandbox", default="local")
    chosen = parser.parse_args()
    jobs = ("--n-jobs-per-worker", str(chosen.users))
    with (
        tempfile.TemporaryDirectory() as folder,
        serve(multiplying_model(chosen.think)) as endpoint,
        dev_server(Path(folder), *jobs) as url,
    ):
        asyncio.run(load(url, f"{endpoint.url}#m", users=1, rounds=1))  # warm the sandbox and the imports
        start = time.perf_counter()
        asked = asyncio.run(
            load(
                url,
                f"{endpoint.url}#m",
                users=chosen.users,
                rounds=chosen.rounds,
                pause=chosen.pause,
                sandbox=chosen.sandbox,
            )
        )
        seconds = time.perf_counter() - start
    lost = sum(not ask.answer for ask in asked)
    mixed = sum(bool(ask.answer) and ask.answer != ask.expected for ask in asked)
    print(f"{len(asked)} questions of {chosen.users} users in {seconds:.1f} s: {lost} lost, {mixed} mixed up")
    shares = {"median": 0.5, "p95": 0.95, "max": 1.0}
    columns = {
        "waiting in the server's queue": [ask.started for ask in asked],
        "from there to the first event": [ask.first_event - ask.started for ask in asked],
        "both": [ask.first_event for ask in asked],
        "the whole answer": [ask.seconds for ask in asked],
    }
    for title, times in columns.items():
        figures = (f"{name} {percentile(times, share) * 1000:.0f} ms" for name, share in shares.items())
        print(f"{title:30}", ", ".join(figures))


if __name__ == "__main__":
    main()
