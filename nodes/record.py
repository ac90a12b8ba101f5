"""Append the current turns to the record."""

from langgraph.types import Overwrite

from codesteer.graph.state import State
from codesteer.nodes.runtime import NodeRuntime, Update


async def record(state: State, runtime: NodeRuntime) -> Update:
    """Record the current turns, including those that a failure or a spent budget left unfinished."""
    turns = state.get("current", [])
    return {"turns": turns, "current": Overwrite([])}
