"""A thread on a deployed server: runs in the server's queue, its state, and patience with the way there."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import uuid4

from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from codesteer.errors import ServerError, ServerUnavailableError, one_line
from codesteer.graph.values import read_state
from codesteer.remote.server import Server, connect, explained

if TYPE_CHECKING:
    from langgraph_sdk.client import LangGraphClient

ATTEMPTS = 8
LONGEST_WAIT_SECONDS = 60
"""Between two attempts; with exponential waits a server may be away for some minutes."""
FAREWELL_SECONDS = 5
CALL = "codesteer_call"
"""Key of a run's metadata that tells whether the server has begun it already."""
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a thread's run stands."""

    checkpoint: str
    """The checkpoint's id."""
    values: Mapping[str, Any]
    """The whole state, as the local graph has it."""
    next: tuple[str, ...]
    """Nodes that are due; none at the end."""


@dataclass(frozen=True, slots=True)
class Thread:
    """One thread, all of whose calls are made again while the server is away or overloaded."""

    server: Server
    client: "LangGraphClient"
    id: str

    async def run(self, context: Mapping[str, Any], **options: Any) -> Standing:
        """Run until the end or an interruption, and return how the thread stands then.

        The server's queue decides when the run begins. It goes on while a broken connection is made anew.

        Args:
            context: settings that are not to be the assistant's own.
            options: of the SDK's ``runs.create``: ``input``, ``checkpoint_id``, ``interrupt_after`` …

        Raises:
            ServerUnavailableError: the server stays away.
            ServerError: the run failed; says why.
        """
        call, settings = uuid4().hex, dict(context)
        given: dict[str, Any] = {"context": settings, "metadata": {CALL: call}, **options}

        async def begin() -> Any:
            # An answer that got lost on its way must not make the server work on the same question twice.
            for run in await self.client.runs.list(self.id, limit=100):
                if (run["metadata"] or {}).get(CALL) == call:
                    return run
            return await self.client.runs.create(self.id, self.server.graph, **given)

        run = await self._patiently(begin)
        result = await self._patiently(lambda: self.client.runs.join(self.id, run["run_id"]))
        if isinstance(result, Mapping) and "__error__" in result:
            raise ServerError(f"the run failed on the server: {one_line(result['__error__']['message'])}")
        return await self._standing()

    async def change(self, checkpoint: str, values: Mapping[str, Any], as_node: str) -> str:
        """Go on from a checkpoint with other values, as if a node had just given them; returns the new checkpoint."""
        changed: Any = await self._patiently(
            lambda: self.client.threads.update_state(
                self.id, dict(values), as_node=as_node, checkpoint_id=checkpoint
            )
        )
        return str(changed["checkpoint"]["checkpoint_id"])

    async def _standing(self) -> Standing:
        state: Any = await self._patiently(lambda: self.client.threads.get_state(self.id))
        place = state["checkpoint"]["checkpoint_id"]
        return Standing(place, read_state(state["values"]), tuple(state["next"]))

    async def _patiently(self, call: Callable[[], Awaitable[Value]]) -> Value:
        async def once() -> Value:
            with explained(self.server):
                return await call()

        return await _retrying()(once)


@asynccontextmanager
async def new_thread(server: Server) -> AsyncIterator[Thread]:
    """Open a thread, which is deleted at the end with whatever still runs on it.

    Raises:
        ServerUnavailableError: the server stays away.
        ConfigurationError: it wants a token.
    """
    async with connect(server) as client:
        thread = Thread(server, client, str(uuid4()))

        async def create() -> None:
            with explained(server):
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
        wait=wait_random_exponential(max=LONGEST_WAIT_SECONDS),
        reraise=True,
    )


async def _delete(client: "LangGraphClient", thread: str) -> None:
    """Leave nothing behind; where that fails, the server's time limit for threads does it."""
    import anyio
    import httpx

    with anyio.move_on_after(FAREWELL_SECONDS, shield=True), suppress(httpx.HTTPError):
        for run in await client.runs.list(thread):
            if run["status"] in ("pending", "running"):
                await client.runs.cancel(thread, run["run_id"], wait=True)
        await client.threads.delete(thread)
