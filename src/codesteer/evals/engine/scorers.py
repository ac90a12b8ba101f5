"""Our verdict and the reference's verdict on an answer, as two Inspect scorers of one log."""

from typing import Any

from inspect_ai.scorer import (
    CORRECT,
    INCORRECT,
    NOANSWER,
    Score,
    Scorer,
    Target,
    accuracy,
    scorer,
    stderr,
)
from inspect_ai.solver import TaskState

from codesteer.evals.record import RECORD, answers_by_turn
from codesteer.symbench import Item, Outcome, from_record, load_task

ITEM = "item"
"""Key of the item's record in a sample's metadata."""
VALUES = {Outcome.CORRECT: CORRECT, Outcome.MISSING: NOANSWER}


@scorer(metrics=[accuracy(), stderr()])
def strict() -> Scorer:
    """Right by the task's rules."""
    return _scorer(published=False)


@scorer(metrics=[accuracy(), stderr()])
def published() -> Scorer:
    """Right as the reference's validator decides, its defects included."""
    return _scorer(published=True)


def _right_turns(item: Item[Any, Any], state: TaskState) -> list[bool]:
    """Say of each turn's answer whether it was right: what a better selection could have returned."""
    task = load_task(item.task)
    answers = answers_by_turn(state.metadata.get(RECORD))
    return [task.score(item, text).outcome is Outcome.CORRECT for text in answers]


def _scorer(*, published: bool) -> Scorer:
    async def score(state: TaskState, target: Target) -> Score:
        del target
        item = from_record(state.metadata[ITEM])
        answer, task = state.output.completion, load_task(item.task)
        verdict = task.score(item, answer, published=published)
        return Score(
            value=VALUES.get(verdict.outcome, INCORRECT),
            answer=answer,
            explanation=verdict.reason,
            metadata={
                "outcome": verdict.outcome.value,
                **({} if published else {"turns": _right_turns(item, state)}),
            },
        )

    return score
