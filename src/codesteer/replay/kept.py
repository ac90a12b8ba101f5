"""Where a run is kept, and how it is forked there: a checkpointer of this process, or a deployed server."""

from collections.abc import AsyncIterator, Mapping
from typing import Any, Protocol
from uuid import UUID, uuid4

from langchain_core.runnables import RunnableConfig
from langgraph.pregel.remote import RemoteException, RemoteGraph
from langgraph.types import StateSnapshot
from pydantic import ValidationError

from codesteer.errors import ConfigurationError, ServerError
from codesteer.graph.context import Context
from codesteer.graph.values import read_state, write_update
from codesteer.graph.workflow import CompiledGraph
from codesteer.guides.decision import Decision
from codesteer.remote.server import Server, explained

CONTEXT_KEY = "codesteer_context"
"""Where a run's context is kept in the metadata of its checkpoints; checkpoints themselves hold none."""
HISTORY = 1000
"""Checkpoints that a server is asked for; a run of the most turns has some hundred."""
Part = Mapping[str, Any]
"""Part of a run's stream, modes ``custom`` and ``values``, version 2."""


class Kept(Protocol):
    """Runs that can be looked up, forked and gone on with."""

    async def last(self, thread: str) -> StateSnapshot | None:
        """Return how a thread stands; None if there is no such thread."""
        ...

    def history(self, thread: str) -> AsyncIterator[StateSnapshot]:
        """Yield a thread's checkpoints, the newest first."""
        ...

    async def fork(self, before: StateSnapshot, decision: Decision, config: RunnableConfig) -> RunnableConfig:
        """Put a decision in place of the one that a checkpoint holds, on a thread of its own; returns its config."""
        ...

    def go_on(self, config: RunnableConfig, context: Context) -> AsyncIterator[Part]:
        """Run a fork to its end."""
        ...


class HereKept:
    """Runs in the checkpointer of a graph of this process."""

    def __init__(self, graph: CompiledGraph) -> None:
        self._graph = graph

    async def last(self, thread: str) -> StateSnapshot | None:
        """A thread that is not there is one without values."""
        return _read(await self._graph.aget_state(_config(thread)))

    async def history(self, thread: str) -> AsyncIterator[StateSnapshot]:
        """As the checkpointer lists them."""
        async for snapshot in self._graph.aget_state_history(_config(thread)):
            yield _read(snapshot)

    async def fork(self, before: StateSnapshot, decision: Decision, config: RunnableConfig) -> RunnableConfig:
        """The new thread begins with the checkpoint's values."""
        fork: RunnableConfig = {**config, **_config(f"{_thread(before)}.replay-{uuid4().hex[:8]}")}
        values = write_update({**before.values, **_forced(decision)})
        await self._graph.aupdate_state(fork, values, as_node="guide")
        return fork

    async def go_on(self, config: RunnableConfig, context: Context) -> AsyncIterator[Part]:
        """Each step is kept before the next one begins."""
        config = {**config, "metadata": {**config["metadata"], **keeping(context)}}
        modes: Any = {"stream_mode": ["custom", "values"], "version": "v2"}
        async for part in self._graph.astream(None, config, context=context, durability="sync", **modes):
            yield _read_part(part)


class ServerKept:
    """Runs on the threads of a deployed server."""

    def __init__(self, graph: RemoteGraph) -> None:
        if graph.client is None:
            raise ConfigurationError("the RemoteGraph has no asynchronous client; give it a url or a client")
        self._graph, self._client = graph, graph.client
        self._server = Server(str(graph.client.http.client.base_url), graph.assistant_id)

    async def last(self, thread: str) -> StateSnapshot | None:
        """A server's threads are named by UUIDs; another name is no thread of it."""
        from langgraph_sdk.errors import NotFoundError

        if not _is_uuid(thread):
            return None
        try:
            with explained(self._server):
                return _read(await self._graph.aget_state(_config(thread)))
        except ServerError as error:
            if isinstance(error.__cause__, NotFoundError):
                return None
            raise

    async def history(self, thread: str) -> AsyncIterator[StateSnapshot]:
        """As the server lists them."""
        with explained(self._server):
            async for snapshot in self._graph.aget_state_history(_config(thread), limit=HISTORY):
                yield _read(snapshot)

    async def fork(self, before: StateSnapshot, decision: Decision, config: RunnableConfig) -> RunnableConfig:
        """The new thread is a copy, which goes on from the checkpoint: values of ours cannot be sent to a server."""
        with explained(self._server):
            threads: Any = (
                self._client.threads
            )  # whose ``copy`` returns the new thread, whatever its annotation says
            copy = (await threads.copy(_thread(before)))["thread_id"]
            fork = _config(copy)
            await threads.update(copy, metadata=config["metadata"])
            place = {**before.config["configurable"], **fork["configurable"]}
            await self._graph.aupdate_state(
                {"configurable": place}, write_update(_forced(decision)), as_node="guide"
            )
        return {**config, **fork}

    async def go_on(self, config: RunnableConfig, context: Context) -> AsyncIterator[Part]:
        """The server keeps the context with the run by itself."""
        settings: Any = context.model_dump(mode="json", exclude_unset=True)
        stream = self._graph.astream(
            None,
            config,
            context=settings,
            stream_mode=["custom", "values"],
            version="v2",
            durability="sync",
        )
        with explained(self._server):
            try:
                async for part in stream:
                    yield _read_part(part)
            except RemoteException as error:
                raise ServerError(f"the run failed on the server: {_told(error)}") from error


def keeping(context: Context) -> dict[str, str]:
    """Return metadata that keeps a context with a run; give it in the run's config."""
    return {CONTEXT_KEY: context.model_dump_json(exclude_defaults=True)}


def kept_context(snapshot: StateSnapshot) -> Context | None:
    """Return the context that was kept with a run, None if there was none; raises ConfigurationError."""
    metadata: Mapping[str, Any] = snapshot.metadata or {}
    try:
        if CONTEXT_KEY in metadata:
            return Context.model_validate_json(str(metadata[CONTEXT_KEY]))
        # A server writes a run's settings into the metadata, each under its own name.
        found = {name: metadata[name] for name in Context.model_fields if name in metadata}
        return Context(**found) if found else None
    except ValidationError as error:
        fields = ", ".join(".".join(map(str, fault["loc"])) for fault in error.errors())
        raise ConfigurationError(
            f"the run was kept with a context that this version does not know ({fields}); give the context"
        ) from error


def _forced(decision: Decision) -> dict[str, Any]:
    return {"decision": decision, "stop_reason": None}


def _config(thread: str) -> RunnableConfig:
    return {"configurable": {"thread_id": thread}}


def _thread(snapshot: StateSnapshot) -> str:
    return str(snapshot.config["configurable"]["thread_id"])


def _read_part(part: Part) -> Part:
    return {**part, "data": read_state(part["data"])} if part["type"] == "values" else part


def _read(snapshot: StateSnapshot) -> StateSnapshot:
    return snapshot._replace(values=read_state(snapshot.values))


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _told(error: RemoteException) -> str:
    told = error.args[0] if error.args else ""
    return str(told.get("message", told)) if isinstance(told, Mapping) else str(told)
