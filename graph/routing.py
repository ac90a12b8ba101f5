"""Where the graph goes next; pure functions of the state, each answer a label in the drawing."""

from typing import Literal

from langgraph.types import Send

from codesteer.graph.checks import Checks, due_checks, programs_to_check, programs_to_run
from codesteer.graph.state import State, StoredState, is_answered
from codesteer.graph.values import read_state
from codesteer.guides.decision import Decision, Mode

END_LABEL = "return / give up / limit / failure"
NOTHING_LABEL, FAILURE_LABEL = "nothing to check", "failure / limit"
NO_PROGRAM_LABEL, CHECK_LABEL = "no program", "check answer"
WRITERS = {Mode.CODE: "write_program", Mode.TEXT: "write_text"}
"""The node that has an answer written, by mode."""


def route_question(state: StoredState) -> Literal["new question", "answered before"]:
    """After ``begin``: on to the guide, unless this very message was answered before."""
    return "answered before" if is_answered(state) else "new question"


def route_decision(state: StoredState) -> str | list[Send]:
    """After ``guide``: the decision between code and text, or the end; several candidates are fanned out."""
    if state.get("stop_reason") is not None:
        return END_LABEL
    decision: Decision = read_state({"decision": state["decision"]})["decision"]
    if not decision.action.goes_on:
        return END_LABEL
    if decision.candidates == 1:
        return decision.mode.value
    node = WRITERS[decision.mode]
    return [Send(node, {**state, "candidate": number}) for number in range(decision.candidates)]


def route_written(state: State, checks: Checks) -> list[str]:
    """After a turn was written: a program runs, an answer in text is checked."""
    if state.get("stop_reason") is not None:
        # Of several candidates the others go on, and are recorded.
        return [FAILURE_LABEL if state["decision"].candidates == 1 else NOTHING_LABEL]
    if programs_to_run(state):
        return ["program"]
    return due_checks(state, checks, NO_PROGRAM_LABEL) or [NOTHING_LABEL]


def route_executed(state: State, checks: Checks) -> list[str]:
    """After programs ran: on to both checkers, as far as they have something to look at."""
    if state.get("stop_reason") is not None:
        return [NOTHING_LABEL]
    code = ["check code"] if checks.code and programs_to_check(state) else []
    return [*code, *due_checks(state, checks, CHECK_LABEL)] or [NOTHING_LABEL]


def route_record(state: StoredState) -> str:
    """After ``record``: the guide decides on what was found out, unless the run is over."""
    return "next turn" if state.get("stop_reason") is None else FAILURE_LABEL
