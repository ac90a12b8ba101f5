"""Our verdict and the reference's verdict on an answer, as two Inspect scorers of one log."""

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
from codesteer.symbench import Outcome, from_record, load_task

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


def _scorer(*, published: bool) -> Scorer:
    async def score(state: TaskState, target: Target) -> Score:
        del target
        item = from_record(state.metadata[ITEM])
        answer, task = state.output.completion, load_task(item.task)
        verdict = task.score(item, answer, published=published)
        turns = [
            task.score(item, text, published=published).outcome is Outcome.CORRECT
            for text in answers_by_turn(state.metadata.get(RECORD))
        ]
        return Score(
            value=VALUES.get(verdict.outcome, INCORRECT),
            answer=answer,
            explanation=verdict.reason,
            metadata={"outcome": verdict.outcome.value, "turns": turns},
        )

    return score
