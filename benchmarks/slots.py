"""Tokens per second of the embedded model by number of slots: ``python benchmarks/slots.py [SLOTS …]``.

For each number of slots (default 1, 4, 8, 16) a server is started in this process, and as many questions of SymBench
are asked at once: first for one token each, which shows how fast prompts are read, then for 64 tokens each, with the
prompts cached. Run it on idle cores; the model must have been fetched (``codesteer models pull``).
"""

import asyncio
import sys
import time

import httpx

from codesteer.evals.items import round_items
from codesteer.evals.methods.single_turn import first_message
from codesteer.evals.selection import ItemSelection
from codesteer.guides.decision import Mode
from codesteer.models.server import LocalServer, default_threads
from codesteer.models.store import EMBEDDED, ModelStore
from codesteer.settings import Settings

SLOTS = (1, 4, 8, 16)
TOKENS = 64


async def ask_all(url: str, prompts: list[str], tokens: int) -> tuple[float, int, int, int]:
    """Ask all prompts at once; return seconds, prompt tokens, cached tokens among them, and reply tokens."""

    async def ask(client: httpx.AsyncClient, prompt: str) -> dict[str, int]:
        body = {"messages": [{"role": "user", "content": prompt}], "max_tokens": tokens, "temperature": 0.7}
        reply = (await client.post(f"{url}/chat/completions", json={"model": "local", **body})).json()[
            "usage"
        ]
        cached = (reply.get("prompt_tokens_details") or {}).get("cached_tokens", 0)
        return {"in": reply["prompt_tokens"], "cached": cached, "out": reply["completion_tokens"]}

    start = time.perf_counter()
    async with httpx.AsyncClient(timeout=None) as client:
        used = await asyncio.gather(*(ask(client, prompt) for prompt in prompts))
    seconds = time.perf_counter() - start
    return seconds, *(sum(each[key] for each in used) for key in ("in", "cached", "out"))  # type: ignore[return-value]


def main() -> None:
    """Print a line for each number of slots."""
    settings = Settings.from_environment()
    path = ModelStore(settings.model_dir).require(EMBEDDED)
    items = round_items(ItemSelection(tasks=("seen",), source="dev"), 0)
    prompts = [first_message(item.question, Mode.CODE, ()) for item in items]
    print(f"{'slots':>5} {'read/s':>8} {'written/s':>10} {'cached':>7}")
    for slots in map(int, sys.argv[1:] or SLOTS):
        server = LocalServer(path, threads=settings.threads or default_threads(), slots=slots)
        seconds, read, cached, _ = asyncio.run(ask_all(server.url, prompts[:slots], 1))
        reading = (read - cached) / seconds
        seconds, read, cached, written = asyncio.run(ask_all(server.url, prompts[:slots], TOKENS))
        print(f"{slots:5} {reading:8.1f} {written / seconds:10.1f} {cached / read:7.0%}", flush=True)
        del server


if __name__ == "__main__":
    main()
