"""Two Inspect scorers for one log: our verifiers and the official validators."""

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

from codesteer.evals.record import RECORD_KEY, answers_by_turn
from codesteer.symbench import Item, Outcome, from_record, load_task

ITEM_KEY = "item"
"""Key of the item in a sample's metadata."""
INSPECT_VALUES = {Outcome.CORRECT: CORRECT, Outcome.MISSING: NOANSWER}


@scorer(metrics=[accuracy(), stderr()])
def strict() -> Scorer:
    """Score by the task's rules."""
    return _scorer(published=False)


@scorer(metrics=[accuracy(), stderr()])
def published() -> Scorer:
    """Score as the official validator does, its defects included."""
    return _scorer(published=True)


def _right_turns(item: Item[Any, Any], state: TaskState) -> list[bool]:
    """Return whether each turn's answer was right: what a better selection could have returned."""
    task = load_task(item.task)
    answers = answers_by_turn(state.metadata.get(RECORD_KEY))
    return [task.score(item, text).outcome is Outcome.CORRECT for text in answers]


def _scorer(*, published: bool) -> Scorer:
    async def score(state: TaskState, target: Target) -> Score:
        del target
        item = from_record(state.metadata[ITEM_KEY])
        answer, task = state.output.completion, load_task(item.task)
        result = task.score(item, answer, published=published)
        return Score(
            value=INSPECT_VALUES.get(result.outcome, INCORRECT),
            answer=answer,
            explanation=result.reason,
            metadata={
                "outcome": result.outcome.value,
                **({} if published else {"turns": _right_turns(item, state)}),
            },
        )

    return score
