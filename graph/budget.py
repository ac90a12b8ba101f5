"""What is left of a run's budgets; pure functions of state and context."""

from codesteer.graph.context import Context
from codesteer.graph.state import State
from codesteer.models.usage import total


def spent_budget(state: State, context: Context) -> str | None:
    """Return the name of a spent budget, ``tokens``, ``seconds`` or ``money``; None if there is none."""
    used = total(state.get("usage", {}))
    if context.max_tokens is not None and used.tokens >= context.max_tokens:
        return "tokens"
    left = seconds_left(state, context)
    if left is not None and left <= 0:
        return "seconds"
    if context.max_cost is not None and used.cost >= context.max_cost:
        return "money"
    return None


def tokens_left(state: State, context: Context) -> int | None:
    """Return the tokens left in the budget; None without one."""
    if context.max_tokens is None:
        return None
    return context.max_tokens - total(state.get("usage", {})).tokens


def seconds_left(state: State, context: Context) -> float | None:
    """Return the seconds left in the time budget; None without one."""
    if context.max_seconds is None:
        return None
    return context.max_seconds - _seconds_used(state)


def _seconds_used(state: State) -> float:
    return sum(turn.seconds for turn in (*state.get("turns", []), *state.get("current", [])))
