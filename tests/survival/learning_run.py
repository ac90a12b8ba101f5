"""Run in a separate process by test_learning.py: learn from solved questions into a SQLite store.

Arguments: the store's file, and the number of questions.
"""

import asyncio
import sys

from langgraph.store.sqlite import SqliteStore
from tests.support.experience import SANDBOX, teach


async def main(path: str, questions: int) -> None:
    with SqliteStore.from_conn_string(path) as store:
        store.setup()
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        for first in range(questions):
            await teach(store, SANDBOX, (first, 10 * first + 9))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
