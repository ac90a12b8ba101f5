"""Make the models inside run as children of the chat model's run, which LangChain does not tell to streams."""

from uuid import UUID

from langchain_core.callbacks import AsyncCallbackManager, BaseCallbackManager
from langchain_core.callbacks.manager import BaseRunManager
from langchain_core.runnables import RunnableConfig
from langchain_core.runnables.config import ensure_config
from langchain_core.utils.uuid import uuid7

STREAMS = frozenset(
    {"langchain_core.tracers.event_stream", "langchain_core.tracers.log_stream", "langgraph.pregel._messages"}
)
"""The modules of the handlers that stream events and messages: they stream the chat model's own, not the programs,
decisions and checks of the models inside."""


def begin_run(config: RunnableConfig | None) -> tuple[RunnableConfig, AsyncCallbackManager]:
    """Choose the id of a call's run.

    Returns:
        The config that starts this run, and the callbacks of its children.
    """
    config = ensure_config(config)
    callbacks = AsyncCallbackManager.configure(
        config.get("callbacks"),
        inheritable_tags=config.get("tags"),
        inheritable_metadata=config.get("metadata"),
    )
    run_id = config.get("run_id") or uuid7()
    return {**config, "callbacks": callbacks, "run_id": run_id}, children_of(run_id, callbacks)


def children_of(run_id: UUID, run: BaseCallbackManager | BaseRunManager) -> AsyncCallbackManager:
    """Return the callbacks of a run's children."""
    children = AsyncCallbackManager(handlers=[], parent_run_id=run_id)
    children.set_handlers([one for one in run.inheritable_handlers if type(one).__module__ not in STREAMS])
    children.add_tags(run.inheritable_tags)
    children.add_metadata(run.inheritable_metadata)
    return children
