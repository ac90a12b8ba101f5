"""One question to a deployed server: a thread of its own, a run in the server's queue, the final state."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import uuid4

from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from codesteer.errors import ServerError, ServerUnavailableError, one_line
from codesteer.remote.server import Server, connect, explained
from codesteer.remote.values import read_state

if TYPE_CHECKING:
    from langgraph_sdk.client import LangGraphClient

ATTEMPTS = 8
LONGEST_WAIT_SECONDS = 60
"""Between two attempts; with exponential waits a server may be away for some minutes."""
FAREWELL_SECONDS = 5
Value = TypeVar("Value")


async def solve(server: Server, question: str, context: Mapping[str, Any]) -> dict[str, Any]:
    """Ask, and return the run's final state as the local graph would have it.

    The server's queue decides when the run begins. A connection that breaks is made anew, the run goes on meanwhile; a
    caller that is cancelled takes its run with it. The thread is deleted afterwards.

    Args:
        server: where the graph is served.
        question: the question's text.
        context: settings that are not to be the assistant's own.

    Raises:
        ServerUnavailableError: the server stays away.
        ServerError: the run failed; says why.
        ConfigurationError: the server wants a token, or its values are those of another version.
    """
    thread = str(uuid4())
    async with connect(server) as client:
        try:
            return await _solve_on(client, server, thread, question, context)
        finally:
            await _delete(client, thread)


async def _solve_on(
    client: "LangGraphClient", server: Server, thread: str, question: str, context: Mapping[str, Any]
) -> dict[str, Any]:
    given: Any = {"messages": [{"role": "user", "content": question}]}
    settings: Any = dict(context)

    async def start() -> Any:
        # An answer that got lost on its way must not make the server work on the same question twice.
        if begun := await client.runs.list(thread, limit=1):
            return begun[0]
        return await client.runs.create(thread, server.graph, input=given, context=settings)

    await _patiently(server, lambda: client.threads.create(thread_id=thread, if_exists="do_nothing"))
    run = await _patiently(server, start)
    result = await _patiently(server, lambda: client.runs.join(thread, run["run_id"]))
    if isinstance(result, Mapping) and "__error__" in result:
        error = result["__error__"]
        raise ServerError(f"the run failed on the server: {one_line(error['message'])}")
    state: Any = await _patiently(server, lambda: client.threads.get_state(thread))
    if state["next"] or "outcome" not in state["values"]:
        raise ServerError("the run ended early on the server: it was cancelled, or waits for a person")
    return read_state(state["values"])


async def _patiently(server: Server, call: Callable[[], Awaitable[Value]]) -> Value:
    """Call again, with growing pauses, while the server is away or overloaded."""

    async def once() -> Value:
        with explained(server):
            return await call()

    retrying = AsyncRetrying(
        retry=retry_if_exception_type(ServerUnavailableError),
        stop=stop_after_attempt(ATTEMPTS),
        wait=wait_random_exponential(max=LONGEST_WAIT_SECONDS),
        reraise=True,
    )
    return await retrying(once)


async def _delete(client: "LangGraphClient", thread: str) -> None:
    """Leave nothing behind; where that fails, the server's time limit for threads does it."""
    import anyio
    import httpx

    with anyio.move_on_after(FAREWELL_SECONDS, shield=True), suppress(httpx.HTTPError):
        for run in await client.runs.list(thread):
            if run["status"] in ("pending", "running"):
                await client.runs.cancel(thread, run["run_id"], wait=True)
        await client.threads.delete(thread)
