"""The symbolic checker analyses the current programs."""

from codesteer.checkers.code_analysis import analyze_code
from codesteer.graph.checks import programs_to_check
from codesteer.graph.state import State
from codesteer.nodes.runtime import NodeRuntime, Update


async def check_code(state: State, runtime: NodeRuntime) -> Update:
    """Analyse the programs without running them."""
    del runtime
    turns = programs_to_check(state)
    return {
        "current": [
            {"number": turn.number, "code_report": analyze_code(turn.program or "")} for turn in turns
        ]
    }
