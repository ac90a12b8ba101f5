"""A thread on a deployed server: queued runs, state, and retries."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import uuid4

from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from codesteer.errors import ServerError, ServerUnavailableError, one_line
from codesteer.graph.values import read_state
from codesteer.remote.server import FOREIGN_ANSWERS, Server, connect, expected_answers, translated_errors

if TYPE_CHECKING:
    from langgraph_sdk.client import LangGraphClient

ATTEMPTS = 8
MAX_WAIT_SECONDS = 60
"""Maximum wait between two attempts; exponential waits bridge an outage of some minutes."""
CLEANUP_SECONDS = 5
CALL_KEY = "codesteer_call"
"""Metadata key that identifies a run, so that a retry finds one that has already started."""
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class ThreadState:
    """The state of a thread's run."""

    checkpoint: str
    """The checkpoint's id."""
    values: Mapping[str, Any]
    """The full state, as in the local graph."""
    next: tuple[str, ...]
    """The next nodes; empty at the end."""


@dataclass(frozen=True, slots=True)
class Thread:
    """A thread; every call is retried while the server is down or overloaded."""

    server: Server
    client: "LangGraphClient"
    id: str

    async def run(self, context: Mapping[str, Any], **options: Any) -> ThreadState:
        """Run until the end or an interrupt and return the thread's state.

        The server's queue decides when the run starts. The run continues during a reconnect.

        Args:
            context: settings that override the assistant's.
            options: options of the SDK's ``runs.create``: ``input``, ``checkpoint_id``, ``interrupt_after`` …

        Raises:
            ServerUnavailableError: the server stays unreachable.
            ServerError: the run failed; the message says why.
        """
        call, settings = uuid4().hex, dict(context)
        given: dict[str, Any] = {"context": settings, "metadata": {CALL_KEY: call}, **options}

        async def start_run() -> Any:
            # A lost response must not make the server run the same question twice.
            for run in await self.client.runs.list(self.id, limit=100):
                if (run["metadata"] or {}).get(CALL_KEY) == call:
                    return run
            return await self.client.runs.create(self.id, self.server.graph, **given)

        with expected_answers(self.server):
            run = await self._with_retries(start_run)
            result = await self._with_retries(lambda: self.client.runs.join(self.id, run["run_id"]))
            if isinstance(result, Mapping) and "__error__" in result:
                raise ServerError(f"the run failed on the server: {one_line(result['__error__']['message'])}")
            return await self._state()

    async def update_state(self, checkpoint: str, values: Mapping[str, Any], as_node: str) -> str:
        """Fork from a checkpoint with new values, as if written by a node; return the new checkpoint's id."""
        with expected_answers(self.server):
            changed: Any = await self._with_retries(
                lambda: self.client.threads.update_state(
                    self.id, dict(values), as_node=as_node, checkpoint_id=checkpoint
                )
            )
            return str(changed["checkpoint"]["checkpoint_id"])

    async def _state(self) -> ThreadState:
        state: Any = await self._with_retries(lambda: self.client.threads.get_state(self.id))
        checkpoint = state["checkpoint"]["checkpoint_id"]
        return ThreadState(checkpoint, read_state(state["values"]), tuple(state["next"]))

    async def _with_retries(self, call: Callable[[], Awaitable[Value]]) -> Value:
        async def once() -> Value:
            with translated_errors(self.server):
                return await call()

        return await _retrying()(once)


@asynccontextmanager
async def new_thread(server: Server) -> AsyncIterator[Thread]:
    """Create a thread; delete it at the end together with any runs.

    Raises:
        ServerUnavailableError: the server stays unreachable.
        ConfigurationError: the server requires a token.
    """
    async with connect(server) as client:
        thread = Thread(server, client, str(uuid4()))

        async def create() -> None:
            with translated_errors(server):
                await client.threads.create(thread_id=thread.id, if_exists="do_nothing")

        await _retrying()(create)
        try:
            yield thread
        finally:
            await _delete(client, thread.id)


def _retrying() -> AsyncRetrying:
    return AsyncRetrying(
        retry=retry_if_exception_type(ServerUnavailableError),
        stop=stop_after_attempt(ATTEMPTS),
        wait=wait_random_exponential(max=MAX_WAIT_SECONDS),
        reraise=True,
    )


async def _delete(client: "LangGraphClient", thread: str) -> None:
    """Cancel the thread's runs and delete it; if that fails, the server's time limit for threads applies."""
    import anyio
    import httpx

    with anyio.move_on_after(CLEANUP_SECONDS, shield=True), suppress(httpx.HTTPError, *FOREIGN_ANSWERS):
        for run in await client.runs.list(thread):
            if run["status"] in ("pending", "running"):
                await client.runs.cancel(thread, run["run_id"], wait=True)
        await client.threads.delete(thread)
