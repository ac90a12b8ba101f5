"""Run node functions in the graph: with the run's settings, within its budget, converting state from and to JSON."""

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

from codesteer.errors import ConfigurationError, ModelError, first_line
from codesteer.graph.budget import seconds_left
from codesteer.graph.checks import EnabledCheckers
from codesteer.graph.context import Context, read_context
from codesteer.graph.retries import RETRY_POLICY, FailedAttempts, is_transient
from codesteer.graph.state import State, StoredState, require_own_question, require_state_version
from codesteer.graph.sync import run_blocking
from codesteer.graph.values import read_state, write_update
from codesteer.models.usage import Role, Usage
from codesteer.models.usage_tracker import track_usage
from codesteer.nodes.pricing import require_prices
from codesteer.nodes.runtime import NodeRuntime, Resources, Update
from codesteer.prompts.loader import prompt_overrides

NodeFunction = Callable[[State, NodeRuntime], Awaitable[Update]]
NODES_WITHOUT_TIME_LIMIT = frozenset({"record", "finish", "learn"})
"""Results are recorded even if the time budget is spent."""


class Node(Runnable[StoredState, Update]):
    """A node function as a runnable for synchronous and asynchronous callers, within the run's time budget.

    A ``RunnableLambda`` would inspect signatures and add a run to the trace on every call.
    """

    def __init__(self, name: str, function: NodeFunction, resources: Resources) -> None:
        self.name = name
        self._function, self._resources = function, resources
        self._role = _role_of(name)
        self._failed_attempts = FailedAttempts()

    async def ainvoke(self, input: StoredState, config: RunnableConfig | None = None, **_: Any) -> Update:  # noqa: A002 LangChain's name
        """Run the node."""
        langgraph_runtime = get_runtime(Context)
        if self.name == "begin":  # starts the question's record before anything can fail
            runtime = self._runtime(langgraph_runtime, _valid_context(langgraph_runtime.context))
            return write_update(await self._function(cast(State, input), runtime))
        require_state_version(input)
        require_own_question(input)
        state = cast(State, read_state(input))
        context = read_context(langgraph_runtime.context, state.get("settings"))
        context = await self._resources.apply_policy(context)
        runtime = self._runtime(langgraph_runtime, context)
        await require_prices(runtime)
        streaming = nullcontext() if self._role == "task" else _hidden_from_message_stream(config)
        with prompt_overrides(context.all_prompts), streaming:
            return write_update(await self._run_within_budget(state, runtime))

    def invoke(self, input: StoredState, config: RunnableConfig | None = None, **_: Any) -> Update:  # noqa: A002
        """Run the node for a caller without an event loop."""
        return run_blocking(lambda: self.ainvoke(input, config))

    def _runtime(self, langgraph_runtime: Runtime[Context], context: Context) -> NodeRuntime:
        return NodeRuntime.extend(langgraph_runtime.override(context=context), self._resources)

    async def _run_within_budget(self, state: State, runtime: NodeRuntime) -> Update:
        """Run the function within the time budget; once there is an answer, a failure ends the run instead of raising.

        Usage of models before a failure or timeout counts under the node's role, together with earlier attempts.
        """
        attempt = runtime.execution_info
        task = attempt.task_id if attempt else ""
        deadline = asyncio.timeout(self._time_limit(state, runtime))
        with track_usage() as tracker:
            try:
                async with deadline:
                    update = await self._function(state, runtime)
            except GraphBubbleUp:
                raise
            except Exception as error:
                # Users' guides, models and sandboxes may raise anything.
                retries_left = attempt is not None and attempt.node_attempt < RETRY_POLICY.max_attempts
                if is_transient(error) and retries_left:
                    self._failed_attempts.add(task, tracker.usage)
                    runtime.emit("retrying", node=self.name, error=first_line(error))
                    raise
                usage = self._failed_attempts.pop(task) + tracker.usage
                return self._failure_update(state, runtime, error, usage, timed_out=deadline.expired())
        return _with_usage(update, self._role, self._failed_attempts.pop(task))

    def _time_limit(self, state: State, runtime: NodeRuntime) -> float | None:
        """Return the seconds left for this attempt; earlier attempts have used up some of the budget."""
        left = None if self.name in NODES_WITHOUT_TIME_LIMIT else seconds_left(state, runtime.context)
        return None if left is None else left - _seconds_since_first_attempt(runtime.execution_info)

    def _failure_update(
        self, state: State, runtime: NodeRuntime, error: Exception, usage: Usage, *, timed_out: bool
    ) -> Update:
        """Return the update that ends the run after a failure; raises the failure if there is no answer to end with.

        A model's failure gets the model's role and name, because the model behind an endpoint does not know them.

        A candidate after the first is dispensable: its failure ends nothing.
        """
        if isinstance(error, TimeoutError) and timed_out:
            runtime.emit("budget_spent", budget="seconds")
            return {"stop_reason": "budget_spent", "usage": {self._role: usage}}
        if isinstance(error, ModelError):
            error.args = (f"{runtime.model_label(self._role)}: {error}",)
        failure = first_line(error)
        if state.get("candidate", 0) > 0:
            # The wave continues without it; where all fail, the first candidate ends the run.
            runtime.emit("candidate_failed", error=failure)
            return {"usage": {self._role: usage}}
        if not _has_answer(state) or self.name == "finish":
            raise error
        runtime.emit("failed", error=failure)
        return {"stop_reason": "failed", "failure": failure, "usage": {self._role: usage}}


def as_router(
    route: Callable[[State, EnabledCheckers], str | list[str]], resources: Resources
) -> Callable[[StoredState], str | list[str]]:
    """Adapt a routing function to LangGraph's signature.

    When a person updates the state of a thread, nothing runs, and the stored settings decide.
    """

    def router(state: StoredState) -> str | list[str]:
        runtime: Runtime[Context] | None = get_runtime(Context)
        context = read_context(runtime and runtime.context, state.get("settings"))
        return route(cast(State, read_state(state)), resources.enabled_checkers(context))

    return router


def _valid_context(value: object) -> Context:
    """Return the caller's context, or the defaults if it is invalid: the next node reports that."""
    try:
        return read_context(value)
    except ConfigurationError:
        return Context()


def _role_of(node: str) -> Role:
    """Return the role that a node's model calls count under."""
    if node.startswith("check_"):
        return "checker"
    return "guide" if node == "guide" else "task"


@contextmanager
def _hidden_from_message_stream(config: RunnableConfig | None) -> Iterator[None]:
    """Keep the tokens of models called in the block out of the graph's message stream."""
    token = var_child_runnable_config.set(merge_configs(config, {"tags": [TAG_NOSTREAM]}))
    try:
        yield
    finally:
        var_child_runnable_config.reset(token)


def _with_usage(update: Update, role: Role, extra: Usage) -> Update:
    """Add usage to a node's update."""
    if not extra.calls:
        return update
    usage = dict(update.get("usage", {}))
    return {**update, "usage": {**usage, role: usage.get(role, Usage()) + extra}}


def _seconds_since_first_attempt(attempt: ExecutionInfo | None) -> float:
    first = attempt.node_first_attempt_time if attempt else None
    return 0.0 if first is None else max(0.0, time.time() - first)


def _has_answer(state: State) -> bool:
    """Return whether the run has something to end with: a finished turn, or an answer not yet checked."""
    return bool(state.get("turns")) or any(turn.answer is not None for turn in state.get("current", []))
