"""A client that goes away in mid-stream: the program that runs for it is gone within a second, nothing leaks."""

import asyncio
import time
from random import randint
from typing import Any

import pytest
from langgraph_sdk.client import LangGraphClient
from tests.server.test_dev_server import QUESTION, SOLVE, TEST
from tests.support.endpoint import Endpoint, serve
from tests.support.models import code
from tests.support.processes import processes_with, wait_until

pytestmark = [pytest.mark.enable_socket, pytest.mark.timeout(180)]
SECONDS = 1.0


def sleeping() -> tuple[str, str]:
    """A program that does not end, and the mark by which its process can be found."""
    number = f"{randint(10**6, 10**7)}.5"
    return code(f"import subprocess\nsubprocess.run(['sleep', '{number}'])"), f"sleep\0{number}"


async def stream(client: LangGraphClient, thread: str, endpoint: Endpoint, **options: Any) -> None:
    context: Any = {"task_model": f"{endpoint.url}#m", "program_seconds": 120}
    async for _ in client.runs.stream(
        thread, "codesteer", input=QUESTION, context=context, stream_mode="custom", **options
    ):
        pass


async def test_the_program_is_gone_within_a_second(client: LangGraphClient) -> None:
    program, mark = sleeping()
    thread: Any = await client.threads.create()
    with serve(program) as endpoint:
        streaming = asyncio.create_task(stream(client, thread["thread_id"], endpoint, on_disconnect="cancel"))
        await wait_until(lambda: processes_with(mark))
        streaming.cancel()
        gone = time.monotonic()
        await wait_until(lambda: not processes_with(mark))
        assert time.monotonic() - gone < SECONDS


async def test_a_run_that_is_cancelled_ends_its_program_too_and_the_thread_can_go_on(
    client: LangGraphClient,
) -> None:
    program, mark = sleeping()
    thread: Any = await client.threads.create()
    name = thread["thread_id"]
    with serve(program) as endpoint:
        streaming = asyncio.create_task(stream(client, name, endpoint))
        await wait_until(lambda: processes_with(mark))
        (run,) = await client.runs.list(name)
        cancelled = time.monotonic()
        await client.runs.cancel(name, run["run_id"])
        await wait_until(lambda: not processes_with(mark))
        assert time.monotonic() - cancelled < SECONDS
        await asyncio.wait([streaming])
    with serve(SOLVE, TEST) as endpoint:
        context: Any = {"task_model": f"{endpoint.url}#m"}
        result: Any = await client.runs.wait(name, "codesteer", input=QUESTION, context=context)
    assert result["answer"] == "42"
