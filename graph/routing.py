"""Route between nodes; pure functions of the state that return edge labels."""

from typing import Literal

from langgraph.types import Send

from codesteer.graph.checks import EnabledCheckers, due_check_labels, programs_to_check, programs_to_run
from codesteer.graph.state import State, StoredState, is_answered
from codesteer.graph.values import read_state
from codesteer.guides.decision import Decision, Mode

END_LABEL = "return / give up / limit / failure"
NOTHING_TO_CHECK_LABEL, FAILURE_LABEL = "nothing to check", "failure / limit"
NO_PROGRAM_LABEL, CHECK_ANSWER_LABEL = "no program", "check answer"
WRITER_NODES = {Mode.CODE: "write_program", Mode.TEXT: "write_text"}
"""The node in which the task model answers, by mode."""


def route_after_begin(state: StoredState) -> Literal["new question", "experience", "answered before"]:
    """Continue to the guide, by way of experience if the run uses any, unless this message was answered before."""
    if is_answered(state):
        return "answered before"
    return "experience" if uses_experience(state) and not state.get("turns") else "new question"


def route_after_recall(state: StoredState) -> Literal["skill", "no skill"]:
    """Run a remembered program first, if there is one for this question."""
    return "skill" if state.get("current") else "no skill"


def route_after_finish(state: StoredState) -> Literal["experience", "done"]:
    """Learn from the finished run if it uses experience and adds to it."""
    learns = uses_experience(state) and state["settings"].get("learn", True)
    return "experience" if learns and state.get("outcome") != "failed" else "done"


def uses_experience(state: StoredState) -> bool:
    """Return whether the run was given a namespace of experience."""
    return bool(state.get("settings", {}).get("experience"))


def route_after_guide(state: StoredState) -> str | list[Send]:
    """Route by the decision: code, text or the end; fan out several candidates."""
    if state.get("stop_reason") is not None:
        return END_LABEL
    decision: Decision = read_state({"decision": state["decision"]})["decision"]
    if not decision.action.continues:
        return END_LABEL
    if decision.candidates == 1:
        return decision.mode.value
    return [
        Send(WRITER_NODES[decision.for_candidate(number).mode], {**state, "candidate": number})
        for number in range(decision.candidates)
    ]


def route_after_write(state: State, checkers: EnabledCheckers) -> list[str]:
    """Run the program if there is one; otherwise check the answer.

    A text answer in a wave that has programs too waits for theirs: answers that agree need no check.
    """
    if state.get("stop_reason") is not None:
        # Other candidates continue and have to be recorded.
        return [FAILURE_LABEL if state["decision"].candidates == 1 else NOTHING_TO_CHECK_LABEL]
    if programs_to_run(state):
        return ["program"]
    if is_mixed_wave(state["decision"]):
        return [NOTHING_TO_CHECK_LABEL]
    return due_check_labels(state, checkers, NO_PROGRAM_LABEL) or [NOTHING_TO_CHECK_LABEL]


def is_mixed_wave(decision: Decision) -> bool:
    """Return whether some candidates are asked for a program and others for an answer in text."""
    return len({decision.for_candidate(number).mode for number in range(decision.candidates)}) > 1


def route_after_execute(state: State, checkers: EnabledCheckers) -> list[str]:
    """Fan out to all checkers that have something to check."""
    if state.get("stop_reason") is not None:
        return [NOTHING_TO_CHECK_LABEL]
    code = ["check code"] if checkers.code and programs_to_check(state) else []
    return [*code, *due_check_labels(state, checkers, CHECK_ANSWER_LABEL)] or [NOTHING_TO_CHECK_LABEL]


def route_after_record(state: StoredState) -> str:
    """Continue with the next turn, unless the run has ended."""
    return "next turn" if state.get("stop_reason") is None else FAILURE_LABEL
