"""Have the task model write a program."""

from codesteer.graph.state import State
from codesteer.nodes.runtime import NodeRuntime, Update
from codesteer.nodes.writing import write_turn


async def write_program(state: State, runtime: NodeRuntime) -> Update:
    """Ask for a program; a reply without one counts as a text answer."""
    return await write_turn(state, runtime)
