"""How the graph calls a node: with the run's settings, within its budget, its values read and written as JSON."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any, cast

from langchain_core.runnables import Runnable, RunnableConfig
from langchain_core.runnables.config import merge_configs, var_child_runnable_config
from langgraph.constants import TAG_NOSTREAM
from langgraph.errors import GraphBubbleUp
from langgraph.runtime import ExecutionInfo, Runtime, get_runtime

from codesteer.errors import ConfigurationError, first_line
from codesteer.graph.budget import seconds_left
from codesteer.graph.checks import Checks
from codesteer.graph.context import Context, own_context
from codesteer.graph.retries import RETRY, FailedAttempts, is_transient
from codesteer.graph.state import State, StoredState, require_current
from codesteer.graph.values import read_state, write_update
from codesteer.models.usage import Role, Usage
from codesteer.models.usage_tracker import track_usage
from codesteer.nodes.pricing import require_prices
from codesteer.nodes.runtime import NodeRuntime, Resources, Update
from codesteer.nodes.sync import run_blocking
from codesteer.prompts.loader import replaced_prompts

Step = Callable[[State, NodeRuntime], Awaitable[Update]]
ROLES: dict[str, Role] = {"guide": "guide"}
"""Whose calls a node makes, where they are neither the task model's nor a checker's."""
UNTIMED = frozenset({"record", "finish"})
"""Nodes outside the time budget: what was found is always recorded."""


class Node(Runnable[StoredState, Update]):
    """A step as a graph's node, for synchronous and asynchronous callers, within the run's time budget.

    Not a ``RunnableLambda``: that one inspects signatures and adds a run to the trace at each call.
    """

    def __init__(self, name: str, step: Step, resources: Resources) -> None:
        self.name = name
        self._step, self._resources = step, resources
        self._role: Role = "checker" if name.startswith("check_") else ROLES.get(name, "task")
        self._failed = FailedAttempts()

    async def ainvoke(self, input: StoredState, config: RunnableConfig | None = None, **_: Any) -> Update:  # noqa: A002 LangChain names it
        """Call the step."""
        given = get_runtime(Context)
        if self.name == "begin":  # nothing may fail before the question has a record of its own
            return write_update(await self._step(cast(State, input), self._runtime(given, Context())))
        require_current(input)
        state = cast(State, read_state(input))
        context = await self._resources.admit(own_context(given.context))
        runtime = self._runtime(given, context)
        await require_prices(runtime)
        shown = nullcontext() if self._role == "task" else _tokens_hidden(config)
        with replaced_prompts(context.all_prompts), shown:
            return write_update(await self._supervised(state, runtime))

    def invoke(self, input: StoredState, config: RunnableConfig | None = None, **_: Any) -> Update:  # noqa: A002
        """Call the step for a caller without an event loop."""
        return run_blocking(lambda: self.ainvoke(input, config))

    def _runtime(self, given: Runtime[Context], context: Context) -> NodeRuntime:
        return NodeRuntime.of(given.override(context=context), self._resources)

    async def _supervised(self, state: State, runtime: NodeRuntime) -> Update:
        """Run the step within the time budget; a failure that strikes after an answer ends the run instead.

        What the step's models cost before it failed or was stopped is counted under its role, with earlier attempts.
        """
        attempt = runtime.execution_info
        task = attempt.task_id if attempt else ""
        deadline = asyncio.timeout(self._seconds(state, runtime))
        with track_usage() as tracker:
            try:
                async with deadline:
                    update = await self._step(state, runtime)
            except (GraphBubbleUp, ConfigurationError, AssertionError):
                raise
            except Exception as error:
                # Guides, models and sandboxes of the user's own may raise anything.
                if is_transient(error) and attempt is not None and attempt.node_attempt < RETRY.max_attempts:
                    self._failed.add(task, tracker.usage)
                    runtime.emit("retrying", node=self.name, error=first_line(error))
                    raise
                spent = self._failed.settle(task) + tracker.usage
                return self._ended(state, runtime, error, spent, out_of_time=deadline.expired())
        return _charged(update, self._role, self._failed.settle(task))

    def _seconds(self, state: State, runtime: NodeRuntime) -> float | None:
        """Return how long the step may take; earlier attempts have used some of it."""
        left = None if self.name in UNTIMED else seconds_left(state, runtime.context)
        return None if left is None else left - _seconds_since_first(runtime.execution_info)

    def _ended(
        self, state: State, runtime: NodeRuntime, error: Exception, spent: Usage, *, out_of_time: bool
    ) -> Update:
        """Return the update with which a failure ends the run; raises the failure where there is no answer yet."""
        if isinstance(error, TimeoutError) and out_of_time:
            runtime.emit("budget_spent", budget="seconds")
            return {"stop_reason": "budget_spent", "usage": {self._role: spent}}
        if not _has_answer(state):
            raise error
        failure = first_line(error)
        runtime.emit("failed", error=failure)
        return {"stop_reason": "failed", "failure": failure, "usage": {self._role: spent}}


def as_route(
    route: Callable[[State, Checks], str | list[str]], resources: Resources
) -> Callable[[StoredState, Runtime[Context]], str | list[str]]:
    """Give a route the run's settings."""

    def routed(state: StoredState, runtime: Runtime[Context]) -> str | list[str]:
        own = NodeRuntime.of(runtime.override(context=own_context(runtime.context)), resources)
        return route(cast(State, read_state(state)), own.checks)

    return routed


@contextmanager
def _tokens_hidden(config: RunnableConfig | None) -> Iterator[None]:
    """Keep the tokens of models that the block asks out of the graph's message stream."""
    token = var_child_runnable_config.set(merge_configs(config, {"tags": [TAG_NOSTREAM]}))
    try:
        yield
    finally:
        var_child_runnable_config.reset(token)


def _charged(update: Update, role: Role, spent: Usage) -> Update:
    """Add the cost of failed attempts to a node's update."""
    if not spent.calls:
        return update
    usage = dict(update.get("usage", {}))
    return {**update, "usage": {**usage, role: usage.get(role, Usage()) + spent}}


def _seconds_since_first(attempt: ExecutionInfo | None) -> float:
    first = attempt.node_first_attempt_time if attempt else None
    return 0.0 if first is None else max(0.0, time.time() - first)


def _has_answer(state: State) -> bool:
    """True if a failure is to end the run with what it has: a finished turn, or an answer not yet checked."""
    return bool(state.get("turns")) or any(turn.answer is not None for turn in state.get("current", []))
