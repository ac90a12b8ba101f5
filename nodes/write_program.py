"""The task model answers by writing a program."""

from codesteer.graph.state import State
from codesteer.nodes.run import Run, Update
from codesteer.nodes.writing import write


async def write_program(state: State, run: Run) -> Update:
    """Have a program written; a reply without one is an answer in words."""
    return await write(state, run)
