"""Concurrent users of a server, each with its own questions and thread, streaming the answers."""

import asyncio
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from langgraph_sdk import get_client
from langgraph_sdk.client import LangGraphClient
from tests.support.models import check, code

FACTORS = re.compile(r"What is (\d+) \* (\d+)\?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One question of a user, and the result."""

    user: int
    expected: str
    answer: str
    """Empty without an answer."""
    events: tuple[str, ...]
    """The graph's own events in order."""
    turns: int
    started: float
    """Seconds from the request to the start of the run."""
    first_event: float
    """Seconds from the request to the graph's first event."""
    seconds: float


def multiplying_model(think: float) -> Callable[[dict[str, Any]], str]:
    """Return a scripted model that answers every question of the load test after ``think`` seconds."""

    def answer(request: dict[str, Any]) -> str:
        time.sleep(think)
        # The last question counts: those before it belong to the conversation.
        prompt = "\n".join(message["content"] for message in request["messages"])
        left, right = FACTORS.findall(prompt)[-1]
        if "def is_correct" in prompt:
            return check(f"int(answer) == {left} * {right}", "product")
        return code(f"result = {left} * {right}\nprint('<<<' + str(result) + '>>>')")

    return answer


async def load(
    url: str, model: str, *, users: int, rounds: int, pause: float = 0.0, sandbox: str = "local"
) -> list[Ask]:
    """Let all users ask concurrently, each asking its next question after the previous answer.

    Args:
        url: the server.
        model: the task model's name.
        users: number of users.
        rounds: number of questions per user.
        pause: maximum seconds between questions; with 0 all users ask at the same time.
        sandbox: the sandbox for programs.
    """
    async with get_client(url=url) as client:
        context = {"task_model": model, "sandbox": sandbox, "candidates": 1}
        asked = await asyncio.gather(*(_user(client, user, rounds, pause, context) for user in range(users)))
    return [ask for asks in asked for ask in asks]


async def _user(
    client: LangGraphClient, user: int, rounds: int, pause: float, context: dict[str, Any]
) -> list[Ask]:
    random, asked = Random(user), []
    thread: Any = await client.threads.create()
    for _ in range(rounds):
        await asyncio.sleep(random.uniform(0, pause))
        factors = random.randint(10**6, 10**7), random.randint(10**6, 10**7)
        asked.append(await _ask(client, thread["thread_id"], user, factors, context))
    return asked


async def _ask(
    client: LangGraphClient, thread: str, user: int, factors: tuple[int, int], context: dict[str, Any]
) -> Ask:
    left, right = factors
    question = f"What is {left} * {right}? Return it as <<<number>>>."
    start, started, first = time.perf_counter(), 0.0, 0.0
    events: list[str] = []
    values: dict[str, Any] = {}
    given: Any = {"messages": [{"role": "user", "content": question}]}
    stream = client.runs.stream(
        thread,
        "codesteer",
        input=given,
        context=context,
        stream_mode=["custom", "values"],
    )
    async for part in stream:
        if part.event == "metadata":
            started = time.perf_counter() - start
        elif part.event == "custom":
            first = first or time.perf_counter() - start
            events.append(part.data["event"])
        elif part.event == "values":
            values = part.data
    return Ask(
        user=user,
        expected=str(left * right),
        answer=values.get("answer") or "",
        events=tuple(events),
        turns=len(values.get("turns", [])),
        started=started,
        first_event=first,
        seconds=time.perf_counter() - start,
    )


def percentile(values: Sequence[float], share: float) -> float:
    """Return the percentile of the values."""
    return sorted(values)[max(0, round(share * len(values)) - 1)]
