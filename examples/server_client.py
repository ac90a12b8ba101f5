"""Run a question on a LangGraph server and follow it live: start one with ``langgraph dev`` in a checkout."""

import asyncio
import sys
from typing import Any

from langgraph_sdk import get_client

QUESTION = "How many primes lie between 1000 and 2000? Answer in the format <<<number>>>."
INPUT: Any = {"messages": [{"role": "user", "content": QUESTION}]}


async def main(url: str, task_model: str) -> None:
    """Print the events of the run and its answer."""
    async with get_client(url=url) as client:
        thread = await client.threads.create()
        stream = client.runs.stream(
            thread["thread_id"],
            "codesteer",
            input=INPUT,
            context={"task_model": task_model, "max_turns": 4},
            stream_mode=["custom", "values"],
        )
        values = {}
        async for part in stream:
            if part.event == "custom":
                print(part.data["event"])
            elif part.event == "values":
                values = part.data
        print(values["answer"], values["outcome"])


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:] or ("http://127.0.0.1:2024", "local")))
