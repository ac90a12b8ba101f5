"""How the graph calls a node: with the run's settings, within its budget, its values read and written as JSON."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, cast

from langchain_core.runnables import Runnable, RunnableConfig
from langgraph.config import get_stream_writer
from langgraph.errors import GraphBubbleUp
from langgraph.runtime import Runtime, get_runtime

from codesteer.errors import ConfigurationError, first_line
from codesteer.graph.budget import seconds_left
from codesteer.graph.checks import Checks
from codesteer.graph.context import Context, own_context
from codesteer.graph.state import State, StoredState, require_current
from codesteer.graph.values import read_state, write_update
from codesteer.models.meter import metered
from codesteer.models.usage import Role
from codesteer.nodes.pricing import require_prices
from codesteer.nodes.run import Resources, Run, Update
from codesteer.nodes.sync import run_blocking

Step = Callable[[State, Run], Awaitable[Update]]
ROLES: dict[str, Role] = {"guide": "guide", "check_answer": "checker"}
"""Whose calls a node makes, where they are not the task model's."""
UNTIMED = frozenset({"record", "finish"})
"""Nodes outside the time budget: what was found is always recorded."""


class Node(Runnable[StoredState, Update]):
    """A step as a graph's node, for synchronous and asynchronous callers, within the run's time budget.

    Not a ``RunnableLambda``: that one inspects signatures and adds a run to the trace at each call.
    """

    def __init__(self, name: str, step: Step, resources: Resources) -> None:
        self.name = name
        self._step, self._resources = step, resources

    async def ainvoke(self, input: StoredState, config: RunnableConfig | None = None, **_: Any) -> Update:  # noqa: A002 LangChain names it
        """Call the step."""
        if self.name == "begin":  # nothing may fail before the question has a record of its own
            run = Run(Context(), self._resources, get_stream_writer())
            return write_update(await self._step(cast(State, input), run))
        require_current(input)
        state = cast(State, read_state(input))
        context = await self._resources.admit(own_context(get_runtime(Context).context))
        run = Run(context, self._resources, get_stream_writer())
        await require_prices(run)
        seconds = None if self.name in UNTIMED else seconds_left(state, context)
        return write_update(
            await _bounded(self._step, state, run, seconds, ROLES.get(self.name or "", "task"))
        )

    def invoke(self, input: StoredState, config: RunnableConfig | None = None, **_: Any) -> Update:  # noqa: A002
        """Call the step for a caller without an event loop."""
        return run_blocking(lambda: self.ainvoke(input, config))


def as_route(
    route: Callable[[State, Checks], str | list[str]], resources: Resources
) -> Callable[[StoredState, Runtime[Context]], str | list[str]]:
    """Give a route the run's settings."""

    def routed(state: StoredState, runtime: Runtime[Context]) -> str | list[str]:
        run = Run(own_context(runtime.context), resources, lambda _: None)
        return route(cast(State, read_state(state)), run.checks)

    return routed


async def _bounded(step: Step, state: State, run: Run, seconds: float | None, role: Role) -> Update:
    """Run a step within the time budget; a failure that strikes after an answer ends the run instead.

    What a step's models cost before it failed or was stopped is counted under its role.
    """
    deadline = asyncio.timeout(seconds)
    with metered() as meter:
        try:
            async with deadline:
                return await step(state, run)
        except (GraphBubbleUp, ConfigurationError, AssertionError):
            raise
        except Exception as error:
            # Guides, models and sandboxes of the user's own may raise anything.
            if isinstance(error, TimeoutError) and deadline.expired():
                run.emit("budget_spent", budget="seconds")
                return {"stop_reason": "budget_spent", "usage": {role: meter.usage}}
            if not _has_answer(state):
                raise
            failure = first_line(error)
            run.emit("failed", error=failure)
            return {"stop_reason": "failed", "failure": failure, "usage": {role: meter.usage}}


def _has_answer(state: State) -> bool:
    """True if a failure is to end the run with what it has: a finished turn, or an answer not yet checked."""
    return bool(state.get("turns")) or any(turn.answer is not None for turn in state.get("current", []))
