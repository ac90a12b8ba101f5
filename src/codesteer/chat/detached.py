"""Run a stream detached from the runnable that calls it.

A graph called inside another graph's node inherits that graph's thread, checkpointer and streams through LangChain's
context variable. A chat model must behave the same wherever it is called.
"""

import asyncio
import contextvars
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Generator
from typing import TypeVar

from langchain_core.runnables.config import var_child_runnable_config

from codesteer.graph.sync import stream_blocking

Item = TypeVar("Item")
_END = object()


def stream_detached(open_stream: Callable[[], AsyncGenerator[Item, None]]) -> Generator[Item, None, None]:
    """Open an asynchronous stream and yield its items to a synchronous caller; the stream sees no surrounding run.

    Leaving it early cancels the stream.
    """
    return stream_blocking(open_stream, _detached_context())


async def astream_detached(open_stream: Callable[[], AsyncGenerator[Item, None]]) -> AsyncIterator[Item]:
    """Open an asynchronous stream and yield its items; cancelling the caller cancels the stream."""
    context = _detached_context()
    stream = context.run(open_stream)

    async def step() -> object:
        return await anext(stream, _END)

    async def close() -> None:
        await stream.aclose()

    try:
        while (item := await asyncio.create_task(step(), context=context)) is not _END:
            yield item  # type: ignore[misc]
    finally:
        await asyncio.create_task(close(), context=context)


def _detached_context() -> contextvars.Context:
    context = contextvars.copy_context()
    context.run(var_child_runnable_config.set, None)
    return context
