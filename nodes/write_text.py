"""The task model answers in words."""

from codesteer.graph.state import State
from codesteer.nodes.runtime import NodeRuntime, Update
from codesteer.nodes.writing import write


async def write_text(state: State, runtime: NodeRuntime) -> Update:
    """Have an answer written in words; a program in the reply runs all the same."""
    return await write(state, runtime)
