"""Append the current turns to the record."""

from collections.abc import Sequence
from dataclasses import replace

from codesteer.graph.state import State, Turn
from codesteer.nodes.runtime import NodeRuntime, Update


async def record(state: State, runtime: NodeRuntime) -> Update:
    """Record the current turns, including those that a failure or a spent budget left unfinished."""
    del runtime
    turns = _numbered(state.get("current", []), len(state.get("turns", [])) + 1)
    return {"turns": turns, "current": None}


def _numbered(turns: Sequence[Turn], first: int) -> list[Turn]:
    """Number the turns of a wave without the gaps that failed candidates leave."""
    return [replace(turn, number=first + index, candidate=index) for index, turn in enumerate(turns)]
