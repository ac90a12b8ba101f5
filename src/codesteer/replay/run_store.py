"""Stores of finished runs that can be forked: a local checkpointer or a deployed server."""

from collections.abc import AsyncIterator, Mapping
from typing import Any, Protocol
from uuid import UUID, uuid4

from langchain_core.runnables import RunnableConfig
from langgraph.pregel.remote import RemoteException, RemoteGraph
from langgraph.types import StateSnapshot
from pydantic import ValidationError

from codesteer.errors import ConfigurationError, ServerError
from codesteer.graph.builder import CompiledGraph
from codesteer.graph.context import Context, settings_of
from codesteer.graph.values import read_state, write_update
from codesteer.guides.decision import Decision
from codesteer.remote.server import Server, translated_errors

HISTORY_LIMIT = 1000
"""Maximum number of checkpoints to request from a server; the longest runs have a few hundred."""
StreamPart = Mapping[str, Any]
"""A part of a run's stream, modes ``custom`` and ``values``, version 2."""


class RunStore(Protocol):
    """Stored runs that can be read, forked and resumed."""

    async def latest_state(self, thread: str) -> StateSnapshot | None:
        """Return a thread's latest state; None if there is no such thread."""
        ...

    def history(self, thread: str) -> AsyncIterator[StateSnapshot]:
        """Yield a thread's checkpoints, newest first."""
        ...

    async def fork(
        self, before: StateSnapshot, decision: Decision, context: Context, config: RunnableConfig
    ) -> RunnableConfig:
        """Replace the decision and the settings in a checkpoint, on a new thread; return the thread's config."""
        ...

    def resume(self, config: RunnableConfig, context: Context) -> AsyncIterator[StreamPart]:
        """Run a fork to its end."""
        ...


class LocalRunStore:
    """Runs in the checkpointer of a graph in this process."""

    def __init__(self, graph: CompiledGraph) -> None:
        self._graph = graph

    async def latest_state(self, thread: str) -> StateSnapshot | None:
        """Return the latest state; an unknown thread has a state without values."""
        return _read(await self._graph.aget_state(_config(thread)))

    async def history(self, thread: str) -> AsyncIterator[StateSnapshot]:
        """Yield the checkpointer's snapshots."""
        async for snapshot in self._graph.aget_state_history(_config(thread)):
            yield _read(snapshot)

    async def fork(
        self, before: StateSnapshot, decision: Decision, context: Context, config: RunnableConfig
    ) -> RunnableConfig:
        """Start a new thread with the checkpoint's values."""
        fork: RunnableConfig = {**config, **_config(f"{_thread(before)}.replay-{uuid4().hex[:8]}")}
        values = write_update({**before.values, **_forced(decision, context)})
        await self._graph.aupdate_state(fork, values, as_node="guide")
        return fork

    async def resume(self, config: RunnableConfig, context: Context) -> AsyncIterator[StreamPart]:
        """Run to the end; save each step before the next one starts."""
        modes: Any = {"stream_mode": ["custom", "values"], "version": "v2"}
        async for part in self._graph.astream(None, config, context=context, durability="sync", **modes):
            yield _read_part(part)


class ServerRunStore:
    """Runs on the threads of a deployed server."""

    def __init__(self, graph: RemoteGraph) -> None:
        if graph.client is None:
            raise ConfigurationError(
                "the RemoteGraph has no asynchronous client; create it with a url or a client"
            )
        self._graph, self._client = graph, graph.client
        self._server = Server(str(graph.client.http.client.base_url), graph.assistant_id)

    async def latest_state(self, thread: str) -> StateSnapshot | None:
        """Return the latest state; None for names that are not UUIDs, which no thread of a server has."""
        from langgraph_sdk.errors import NotFoundError

        if not _is_uuid(thread):
            return None
        try:
            with translated_errors(self._server):
                return _read(await self._graph.aget_state(_config(thread)))
        except ServerError as error:
            if isinstance(error.__cause__, NotFoundError):
                return None
            raise

    async def history(self, thread: str) -> AsyncIterator[StateSnapshot]:
        """Yield the server's snapshots."""
        with translated_errors(self._server):
            async for snapshot in self._graph.aget_state_history(_config(thread), limit=HISTORY_LIMIT):
                yield _read(snapshot)

    async def fork(
        self, before: StateSnapshot, decision: Decision, context: Context, config: RunnableConfig
    ) -> RunnableConfig:
        """Copy the thread and fork the copy: our values cannot be sent to a server."""
        with translated_errors(self._server):
            threads: Any = (
                self._client.threads
            )  # whose ``copy`` returns the new thread, whatever its annotation says
            copy = (await threads.copy(_thread(before)))["thread_id"]
            fork = _config(copy)
            await threads.update(copy, metadata=config["metadata"])
            place = {**before.config["configurable"], **fork["configurable"]}
            await self._graph.aupdate_state(
                {"configurable": place}, write_update(_forced(decision, context)), as_node="guide"
            )
        return {**config, **fork}

    async def resume(self, config: RunnableConfig, context: Context) -> AsyncIterator[StreamPart]:
        """Run to the end on the server."""
        settings: Any = settings_of(context)
        stream = self._graph.astream(
            None,
            config,
            context=settings,
            stream_mode=["custom", "values"],
            version="v2",
            durability="sync",
        )
        with translated_errors(self._server):
            try:
                async for part in stream:
                    yield _read_part(part)
            except RemoteException as error:
                raise ServerError(f"the run failed on the server: {_error_message(error)}") from error


def stored_context(snapshot: StateSnapshot) -> Context:
    """Return the context with which a run began; raise ConfigurationError if unreadable."""
    try:
        return Context(**snapshot.values.get("settings", {}))
    except ValidationError as error:
        fields = ", ".join(".".join(map(str, fault["loc"])) for fault in error.errors())
        raise ConfigurationError(
            f"the run's stored context has fields unknown to this version ({fields}); set the context"
        ) from error


def _forced(decision: Decision, context: Context) -> dict[str, Any]:
    return {"decision": decision, "stop_reason": None, "settings": settings_of(context)}


def _config(thread: str) -> RunnableConfig:
    return {"configurable": {"thread_id": thread}}


def _thread(snapshot: StateSnapshot) -> str:
    return str(snapshot.config["configurable"]["thread_id"])


def _read_part(part: StreamPart) -> StreamPart:
    return {**part, "data": read_state(part["data"])} if part["type"] == "values" else part


def _read(snapshot: StateSnapshot) -> StateSnapshot:
    return snapshot._replace(values=read_state(snapshot.values))


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _error_message(error: RemoteException) -> str:
    told = error.args[0] if error.args else ""
    return str(told.get("message", told)) if isinstance(told, Mapping) else str(told)
