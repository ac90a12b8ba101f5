"""The turns under way join the record."""

from langgraph.types import Overwrite

from codesteer.graph.state import State
from codesteer.nodes.runtime import NodeRuntime, Update


async def record(state: State, runtime: NodeRuntime) -> Update:
    """Close the turns under way, also those that a failure or a spent budget left unfinished."""
    turns = state.get("current", [])
    return {"turns": turns, "current": Overwrite([])}
