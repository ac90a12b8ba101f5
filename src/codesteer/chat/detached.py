"""Run a stream detached from the runnable that calls it.

A graph called inside another graph's node inherits that graph's thread, checkpointer and streams through LangChain's
context variable. A chat model must behave the same wherever it is called.
"""

import asyncio
import contextvars
from collections.abc import AsyncIterator, Callable, Iterator
from typing import TypeVar

from langchain_core.runnables.config import var_child_runnable_config

Item = TypeVar("Item")
_END = object()


def stream_detached(open_stream: Callable[[], Iterator[Item]]) -> Iterator[Item]:
    """Open a stream and yield its items; the stream sees no surrounding run."""
    context = _detached_context()
    stream = context.run(open_stream)
    try:
        while (item := context.run(next, stream, _END)) is not _END:
            yield item  # type: ignore[misc]
    finally:
        context.run(stream.close)  # type: ignore[attr-defined]


async def astream_detached(open_stream: Callable[[], AsyncIterator[Item]]) -> AsyncIterator[Item]:
    """Open an asynchronous stream and yield its items; cancelling the caller cancels the stream."""
    context = _detached_context()
    stream = context.run(open_stream)

    async def step() -> object:
        return await anext(stream, _END)

    async def close() -> None:
        await stream.aclose()  # type: ignore[attr-defined]

    try:
        while (item := await asyncio.create_task(step(), context=context)) is not _END:
            yield item  # type: ignore[misc]
    finally:
        await asyncio.create_task(close(), context=context)


def _detached_context() -> contextvars.Context:
    context = contextvars.copy_context()
    context.run(var_child_runnable_config.set, None)
    return context
