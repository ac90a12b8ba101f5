"""Run a stream detached from the runnable that calls it.

A graph that is called inside another graph's node takes over that graph's thread, checkpointer and streams from
LangChain's context variable. A chat model must behave the same wherever it stands.
"""

import asyncio
import contextvars
from collections.abc import AsyncIterator, Callable, Iterator
from typing import TypeVar

from langchain_core.runnables.config import var_child_runnable_config

Element = TypeVar("Element")
_END = object()


def detached(open_stream: Callable[[], Iterator[Element]]) -> Iterator[Element]:
    """Open the stream and yield its elements; it sees no surrounding run."""
    context = _detached_context()
    stream = context.run(open_stream)
    try:
        while (element := context.run(next, stream, _END)) is not _END:
            yield element  # type: ignore[misc]
    finally:
        context.run(stream.close)  # type: ignore[attr-defined]


async def detached_async(open_stream: Callable[[], AsyncIterator[Element]]) -> AsyncIterator[Element]:
    """Do the same with an asynchronous stream; cancelling the caller cancels the stream."""
    context = _detached_context()
    stream = context.run(open_stream)

    async def step() -> object:
        return await anext(stream, _END)

    async def close() -> None:
        await stream.aclose()  # type: ignore[attr-defined]

    try:
        while (element := await asyncio.create_task(step(), context=context)) is not _END:
            yield element  # type: ignore[misc]
    finally:
        await asyncio.create_task(close(), context=context)


def _detached_context() -> contextvars.Context:
    context = contextvars.copy_context()
    context.run(var_child_runnable_config.set, None)
    return context
