"""Where the graph goes next; pure functions of the state."""

from typing import Literal

from codesteer.graph.state import State, is_answered


def route_question(state: State) -> Literal["guide", "__end__"]:
    """After ``begin``: on to the guide, unless this very message was answered before."""
    return "__end__" if is_answered(state) else "guide"


def route_decision(state: State) -> Literal["generate", "finish"]:
    """After ``guide``: on to the task model, or to the end."""
    if state.get("ending") is not None:
        return "finish"
    return "generate" if state["decision"].action.goes_on else "finish"


def route_reply(state: State) -> Literal["execute", "check_answer"]:
    """After ``generate``: a program runs first, a text goes straight to its check."""
    draft = state.get("draft")
    return "execute" if draft is not None and draft.program is not None else "check_answer"
