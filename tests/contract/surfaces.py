"""All ways to use the graph, with the same input and the same output."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from langchain_core.messages import HumanMessage
from langchain_core.prompts import ChatPromptTemplate
from langgraph.pregel.remote import RemoteGraph
from langgraph.store.base import BaseStore
from langgraph_sdk import get_client

from codesteer import Context
from codesteer.evals.engine.provider import inspect_name
from codesteer.evals.record import run_record, to_json
from codesteer.graph.values import read_state
from codesteer.graph.workflow import compile_graph

Settings = dict[str, Any]
Result = Mapping[str, Any]
"""Answer, outcome, turns and usage, as the graph returns them."""
TIMES = {
    "seconds",
    "wall_seconds",
    "cpu_seconds",
    "peak_memory_bytes",
    "model_seconds",
    "sandbox_seconds",
}


class Surface(Protocol):
    """One way to use the graph."""

    async def solve(self, question: str, settings: Settings) -> Result:
        """Solve a question; raises an exception with a clear message if there is no result."""
        ...


class Invoke:
    """The compiled graph, awaited."""

    def __init__(self, store: BaseStore | None = None) -> None:
        self._store = store

    async def solve(self, question: str, settings: Settings) -> Result:
        return await compile_graph(store=self._store).ainvoke(
            {"messages": [HumanMessage(question)]}, context=Context(**settings)
        )


class BlockingInvoke:
    """The compiled graph, called synchronously."""

    def __init__(self, store: BaseStore | None = None) -> None:
        self._store = store

    async def solve(self, question: str, settings: Settings) -> Result:
        return compile_graph(store=self._store).invoke(
            {"messages": [HumanMessage(question)]}, context=Context(**settings)
        )


class Chain:
    """The graph between other runnables of LangChain, its context as a plain dictionary."""

    def __init__(self, store: BaseStore | None = None) -> None:
        self._store = store

    async def solve(self, question: str, settings: Settings) -> Result:
        prompt = ChatPromptTemplate([("user", "{question}")])
        graph: Any = compile_graph(store=self._store)
        chain = prompt | graph.bind(context=settings) | dict
        result: Result = await chain.ainvoke({"question": question})
        return result


class Server:
    """``langgraph dev`` through the SDK: a thread, a run, its final values."""

    def __init__(self, url: str) -> None:
        self._url = url

    async def solve(self, question: str, settings: Settings) -> Result:
        async with get_client(url=self._url) as client:
            thread: Any = await client.threads.create()
            given: Any = {"messages": [{"role": "user", "content": question}]}
            context: Any = settings
            result: Any = await client.runs.wait(
                thread["thread_id"], "codesteer", input=given, context=context
            )
            return result  # type: ignore[no-any-return]


class Remote:
    """``langgraph dev`` through ``RemoteGraph``."""

    def __init__(self, url: str) -> None:
        self._url = url

    async def solve(self, question: str, settings: Settings) -> Result:
        async with get_client(url=self._url) as client:
            graph = RemoteGraph("codesteer", client=client)
            result: Any = await graph.ainvoke(
                {"messages": [{"role": "user", "content": question}]}, context=settings
            )
        return result  # type: ignore[no-any-return]


class Inspect:
    """Inspect with the steering method as its solver; returns the record that reports are made from."""

    def __init__(self, logs: Path) -> None:
        command = [sys.executable, str(Path(__file__).with_name("inspect_worker.py")), str(logs)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    async def solve(self, question: str, settings: Settings) -> Result:
        given = dict(settings)
        kind = "steer" if given.pop("check_answer", True) else "steer-no-answer-check"
        job = {
            "question": question,
            "method": f"{kind}:{given.pop('guide', 'rules')}",
            "model": inspect_name(given.pop("task_model", "local")),
            "settings": given,
        }
        answer = json.loads(await asyncio.to_thread(self._ask, json.dumps(job)))
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return dict(answer["record"])

    def _ask(self, line: str) -> str:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        return self._process.stdout.readline()

    def close(self) -> None:
        with self._process:
            assert self._process.stdin
            self._process.stdin.close()


def record(result: Result) -> Result:
    """Return the record that Inspect would store for a local run."""
    return to_json(run_record(read_state(result), result["outcome"], 0.0))


def comparable(result: Result) -> dict[str, Any]:
    """Return the values that must be equal on all surfaces, as plain JSON, without times and memory."""
    values = {name: result[name] for name in ("answer", "outcome", "turns", "usage")}
    return json.loads(json.dumps(_timeless(values)))  # type: ignore[no-any-return]


def _timeless(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _timeless(part) for key, part in value.items() if key not in TIMES}
    return [_timeless(part) for part in value] if isinstance(value, list) else value
