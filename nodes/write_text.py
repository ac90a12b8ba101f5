"""Have the task model answer in text."""

from codesteer.graph.state import State
from codesteer.nodes.runtime import NodeRuntime, Update
from codesteer.nodes.writing import write_turn


async def write_text(state: State, runtime: NodeRuntime) -> Update:
    """Ask for an answer in text; a program in the reply runs nevertheless."""
    return await write_turn(state, runtime)
