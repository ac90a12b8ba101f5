"""Select SFT conversations: the guide's side of successful runs, balanced to keep all choices."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from random import Random

from pydantic import BaseModel, ConfigDict, Field

from codesteer.errors import TrainingError
from codesteer.guides.asked_question import question_id
from codesteer.guides.decision import Mode
from codesteer.symbench import Outcome
from codesteer.training.balance import cap_majorities, cap_per_group, cap_share, until_stable
from codesteer.training.tree import Message, Node, Tree, is_correct


class ConversationSelection(BaseModel):
    """How conversations are selected as training data."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    per_question: int = Field(default=2, ge=1)
    """Maximum conversations per question."""
    ratio: float = Field(default=2.0, ge=1)
    """Maximum size of the largest kind relative to the median kind: of tasks, first choices, numbers of turns."""
    task_share: float = Field(default=1.0, gt=0, le=1)
    """Maximum share of one task among the rows that are kept."""
    held_out: float = Field(default=0.1, ge=0, lt=1)
    """Share of questions held out for evaluation."""
    seed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """One successful run from the guide's point of view."""

    messages: list[Message]
    """A system message, then alternating user evidence and assistant guidance, which comes last."""
    question: str
    """The question's id."""
    task: str
    node: str
    """Id of the leaf in its tree."""
    first_choice: str
    turns: int
    """Number of guidance messages."""

    @property
    def asked(self) -> str:
        """Hash of the question's text, by which conversations are grouped."""
        return question_id(self.messages)


def select_conversations(trees: Sequence[Tree], selection: ConversationSelection) -> list[Conversation]:
    """Select the conversations to train on.

    Raises:
        TrainingError: no run succeeded, or all successful runs began with the same choice.
    """
    rng = Random(selection.seed)  # noqa: S311 (not for secrets)
    found = [one for tree in trees for one in successful_conversations(tree)]
    if not found:
        raise TrainingError("no run ended with a right answer; sample more trajectories or easier levels")
    first_choices = {one.first_choice for one in found}
    if len(first_choices) == 1:
        only = first_choices.pop()
        other = Mode.TEXT if only == Mode.CODE else Mode.CODE
        raise TrainingError(
            f"every successful run began with {only!r}, so a guide would learn nothing else; "
            f"sample trajectories with --guide {other} on tasks where that succeeds"
        )
    kept = cap_per_group(found, lambda one: one.asked, selection.per_question, rng, _shape)

    def balanced(rows: Sequence[Conversation]) -> Sequence[Conversation]:
        for kind in (lambda one: one.task, lambda one: one.turns, lambda one: one.first_choice):
            rows = cap_majorities(rows, kind, selection.ratio, rng, lambda one: (one.task, *_shape(one)))
        return cap_share(rows, lambda one: one.task, selection.task_share, rng, _shape)

    return until_stable(kept, balanced)


def successful_conversations(tree: Tree) -> list[Conversation]:
    """Return the runs of a tree that ended right and stopped at their first right answer.

    A run that continues after a right answer succeeds by luck and is not a good example.
    """
    found = []
    for leaf in tree.leaves():
        path = tree.path(leaf)
        if is_correct(leaf) and not _continues_after_success(path):
            found.append(_conversation(tree, path))
    return found


def _conversation(tree: Tree, path: list[Node]) -> Conversation:
    return Conversation(
        messages=tree.conversation(path[-1]),
        question=tree.id,
        task=tree.task,
        node=path[-1].id,
        first_choice=path[0].decision.mode.value,
        turns=len(path),
    )


def _continues_after_success(path: Sequence[Node]) -> bool:
    return any(
        before.outcome is Outcome.CORRECT and after.decision.action.continues
        for before, after in pairwise(path)
    )


def _shape(one: Conversation) -> tuple[str, int]:
    return one.first_choice, one.turns
