"""SFT data: the guide's side of successful runs, balanced so that a guide learns more than one choice."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from codesteer.errors import TrainingError
from codesteer.guides.decision import Mode
from codesteer.symbench import Outcome
from codesteer.training.artefact import Card, making, parent, seal
from codesteer.training.balance import cap_majorities, cap_per_group
from codesteer.training.split import split
from codesteer.training.statistics import write_statistics
from codesteer.training.trajectories import open_trees
from codesteer.training.tree import Message, Node, Tree, is_right


class Choice(BaseModel):
    """Which conversations become training data."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    per_question: int = Field(default=2, ge=1)
    """Conversations kept of one question, at most."""
    ratio: float = Field(default=2.0, ge=1)
    """How many times the median kind the largest kind may be: of tasks, first choices, numbers of turns."""
    held_out: float = Field(default=0.1, ge=0, lt=1)
    """Share of the questions kept for evaluation."""
    seed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """One successful run as the guide saw it."""

    messages: list[Message]
    """System, then user evidence and assistant guidance in turn; the last message is guidance."""
    question: str
    """The question's id."""
    task: str
    node: str
    """The leaf's id in its tree."""
    first_choice: str
    turns: int
    """Guidance messages."""


def choose(trees: Sequence[Tree], choice: Choice) -> list[Conversation]:
    """Pick the conversations to learn from.

    Raises:
        TrainingError: no run succeeded, or all that did began with the same choice.
    """
    rng = Random(choice.seed)  # noqa: S311 (not for secrets)
    found = [one for tree in trees for one in successes(tree)]
    if not found:
        raise TrainingError("no run ended with a right answer; sample more trajectories or easier levels")
    first_choices = {one.first_choice for one in found}
    if len(first_choices) == 1:
        only = first_choices.pop()
        other = Mode.TEXT if only == Mode.CODE else Mode.CODE
        raise TrainingError(
            f"every successful run began with {only!r}, and a guide trained on them would learn nothing else; "
            f"sample trajectories with --guide {other} on tasks where that works"
        )
    kept = cap_per_group(found, lambda one: one.question, choice.per_question, rng, _shape)
    for kind in (lambda one: one.task, lambda one: one.turns, lambda one: one.first_choice):
        kept = cap_majorities(kept, kind, choice.ratio, rng, lambda one: (one.task, *_shape(one)))
    return kept


def successes(tree: Tree) -> list[Conversation]:
    """The runs of a tree that ended with a right answer and did not go on after they had one.

    A run that steers on although its last answer was right succeeds by luck: it is no example to learn from.
    """
    found = []
    for leaf in tree.leaves():
        path = tree.path(leaf)
        if is_right(leaf) and not _goes_on_after_success(path):
            found.append(_conversation(tree, path))
    return found


def build(trajectories: Path, out: Path, choice: Choice) -> Card:
    """Write the artefact: ``train.jsonl``, ``heldout.jsonl`` and a page of statistics.

    Raises:
        ConfigurationError: no finished trajectories, or the target is there already.
        TrainingError: nothing to learn from, see ``choose``.
    """
    source, trees = open_trees(trajectories)
    kept = choose(trees, choice)
    parts = split(kept, choice.held_out, "conversations")
    with making(out) as folder:
        parts.write(folder, asdict)
        write_statistics(folder, trees, kept)
        counts = {**parts.counts, **count(kept)}
        card = Card(
            kind="conversations",
            config=choice.model_dump(mode="json"),
            counts=counts,
            parents=(parent(trajectories, source),),
        )
        return seal(folder, out, card)


def count(rows: Sequence[Conversation]) -> dict[str, Any]:
    """How the rows spread over tasks, first choices and numbers of turns."""
    return {
        "by task": dict(sorted(Counter(one.task for one in rows).items())),
        "by first choice": dict(sorted(Counter(one.first_choice for one in rows).items())),
        "by turns": {
            str(turns): number for turns, number in sorted(Counter(one.turns for one in rows).items())
        },
    }


def _conversation(tree: Tree, path: list[Node]) -> Conversation:
    return Conversation(
        messages=tree.conversation(path[-1]),
        question=tree.id,
        task=tree.task,
        node=path[-1].id,
        first_choice=path[0].decision.mode.value,
        turns=len(path),
    )


def _goes_on_after_success(path: Sequence[Node]) -> bool:
    return any(
        before.outcome is Outcome.CORRECT and after.decision.action.goes_on
        for before, after in pairwise(path)
    )


def _shape(one: Conversation) -> tuple[str, int]:
    return one.first_choice, one.turns
