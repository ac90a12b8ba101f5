"""The steering graph's builder, and its compiled form, which lets every run take the steps that it needs."""

from collections.abc import AsyncGenerator, Iterator
from typing import Any, cast

from langchain_core.runnables import RunnableConfig
from langchain_core.runnables.config import var_child_runnable_config
from langgraph.constants import CONFIG_KEY_CHECKPOINTER
from langgraph.graph import StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.types import Checkpointer

from codesteer.graph.context import Context
from codesteer.graph.state import InputState, OutputState, StoredState

RECURSION_LIMIT = 128
"""Steps of one run: five per turn at the highest ``max_turns``, plus a margin."""


class CompiledGraph(CompiledStateGraph[StoredState, Context, InputState, OutputState]):
    """The compiled graph: a lower recursion limit than ``RECURSION_LIMIT`` does not end a run, but ``max_turns`` does.

    LangChain fills in 25 on the way through chains, batches and lambdas, where it cannot be told from a caller's limit.
    """

    def stream(
        self,
        input: Any,  # noqa: A002 LangChain's name
        config: RunnableConfig | None = None,
        **options: Any,
    ) -> Iterator[Any]:
        """Stream a run; ``invoke`` and ``batch`` call this as well."""
        return super().stream(input, self._own_config(config), **options)

    def astream(
        self,
        input: Any,  # noqa: A002
        config: RunnableConfig | None = None,
        **options: Any,
    ) -> AsyncGenerator[Any, None]:
        """Stream a run; ``ainvoke`` and ``abatch`` call this as well."""
        stream = super().astream(input, self._own_config(config), **options)
        return cast(AsyncGenerator[Any, None], stream)

    def _own_config(self, config: RunnableConfig | None) -> RunnableConfig:
        configs = (self.config, var_child_runnable_config.get(), config)
        limits = [one.get("recursion_limit", 0) for one in configs if one]
        own: RunnableConfig = {**(config or {}), "recursion_limit": max([RECURSION_LIMIT, *limits])}
        if self.checkpointer is False:
            # LangGraph lends the nodes the outer graph's nevertheless, which saves nothing of this one.
            own["configurable"] = {**own.get("configurable", {}), CONFIG_KEY_CHECKPOINTER: None}
        return own


class Graph(StateGraph[StoredState, Context, InputState, OutputState]):
    """A builder of graphs with the steering graph's state."""

    def __init__(self) -> None:
        super().__init__(
            StoredState, context_schema=Context, input_schema=InputState, output_schema=OutputState
        )

    def compile(self, checkpointer: Checkpointer = None, **options: Any) -> CompiledGraph:
        """Compile the graph; takes ``StateGraph.compile``'s options."""
        compiled: Any = super().compile(checkpointer, **options)
        compiled.__class__ = CompiledGraph  # a copy would lose what LangGraph sets after construction
        return cast(CompiledGraph, compiled)
