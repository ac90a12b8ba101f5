"""The symbolic checker looks at the turn's program."""

from dataclasses import replace

from codesteer.checkers.code_analysis import analyze_code
from codesteer.graph.state import State
from codesteer.nodes.execute import open_draft
from codesteer.nodes.run import Run, Update


async def check_code(state: State, run: Run) -> Update:
    """Analyse the program without running it, unless the context switches this checker off."""
    draft = open_draft(state)
    if not run.context.check_code or draft.program is None:
        return {}
    return {"draft": replace(draft, code_report=analyze_code(draft.program))}
