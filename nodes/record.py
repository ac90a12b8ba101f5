"""The turns under way join the record."""

from langgraph.types import Overwrite

from codesteer.graph.state import State
from codesteer.nodes.run import Run, Update


async def record(state: State, run: Run) -> Update:
    """Close the turns under way, also those that a failure or a spent budget left unfinished."""
    turns = state.get("current", [])
    return {"turns": turns, "current": Overwrite([])}
