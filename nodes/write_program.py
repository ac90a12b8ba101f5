"""The task model answers by writing a program."""

from codesteer.graph.state import State
from codesteer.nodes.runtime import NodeRuntime, Update
from codesteer.nodes.writing import write


async def write_program(state: State, runtime: NodeRuntime) -> Update:
    """Have a program written; a reply without one is an answer in words."""
    return await write(state, runtime)
