"""Preference pairs: siblings of a tree whose scores differ, and decisions replayed from recorded runs."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from pathlib import Path
from random import Random
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from codesteer.errors import ConfigurationError, TrainingError
from codesteer.guides.parsing import read_choice
from codesteer.models.store import sha256_of
from codesteer.symbench import load_task
from codesteer.symbench.official import placed_records
from codesteer.symbench.registry import slugs
from codesteer.training.artefact import Card, Parent, making, parent, seal
from codesteer.training.balance import cap_majorities, cap_per_group
from codesteer.training.decontamination import normalized
from codesteer.training.faults import first_fault
from codesteer.training.split import split
from codesteer.training.trajectories import open_trees
from codesteer.training.tree import Message, Node, Tree, guidance, is_right

RIGHT_LEAF = 15
"""What a right answer is worth at turn 0 (paper, section on DPO data)."""


class PairChoice(BaseModel):
    """Which siblings become pairs."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    margin: float = Field(default=2.0, gt=0)
    """Scores of two siblings must differ by this much at least."""
    per_question: int = Field(default=4, ge=1)
    """Pairs kept of one question, at most."""
    ratio: float = Field(default=3.0, ge=1)
    """How many times the median kind the largest kind may be: of tasks, and of what is preferred to what."""
    held_out: float = Field(default=0.1, ge=0, lt=1)
    """Share of the questions kept for evaluation."""
    seed: int = 0


class Pair(BaseModel):
    """A better and a worse decision in the same conversation; the form that counterfactual replays export."""

    model_config = ConfigDict(frozen=True, extra="allow")

    prompt: list[Message] = Field(min_length=1)
    """The conversation before the decision."""
    chosen: list[Message] = Field(min_length=1, max_length=1)
    rejected: list[Message] = Field(min_length=1, max_length=1)
    question: str = ""
    """The question's id."""
    task: str = ""
    margin: float = 0.0
    """By how much the chosen one's score is higher."""
    source: str = "tree"

    @property
    def kind(self) -> str:
        """What is preferred to what, for balancing: ``return > improve``."""
        return f"{_action(self.chosen[0])} > {_action(self.rejected[0])}"


def scores(tree: Tree) -> dict[str, float]:
    """Score every node of a tree by its id.

    A right answer at turn i scores 15 - i, a wrong one -i, an inner node the mean of its children (paper). Turn i
    is the number of the guide's decision that ended the run. Nodes without a scored leaf below them have no score.
    """
    found: dict[str, float] = {}
    for node in sorted(tree.nodes, key=lambda node: -node.depth):
        if node.leaf is not None:
            found[node.id] = (RIGHT_LEAF if is_right(node) else 0) - node.depth
            continue
        below = [found[child.id] for child in tree.children(node.id) if child.id in found]
        if below:
            found[node.id] = sum(below) / len(below)
    return found


def tree_pairs(tree: Tree, margin: float) -> Iterator[Pair]:
    """Yield a pair for every two siblings whose scores differ by the margin at least."""
    scored = scores(tree)
    for parent_id in {node.parent: None for node in tree.nodes}:
        siblings = [node for node in tree.children(parent_id) if node.id in scored]
        for one, other in combinations(siblings, 2):
            better, worse = sorted((one, other), key=lambda node: scored[node.id], reverse=True)
            difference = scored[better.id] - scored[worse.id]
            if difference >= margin and guidance(better) != guidance(worse):
                yield _pair(tree, better, worse, difference)


def read_replays(path: Path) -> list[Pair]:
    """Read pairs that counterfactual replays exported.

    Raises:
        ConfigurationError: a line without prompt, chosen or rejected; names file and line.
    """
    found = []
    for where, record in placed_records(path):
        try:
            pair = Pair.model_validate({"source": "replay", **record})
        except ValidationError as error:
            raise ConfigurationError(f"{where}: not a preference pair: {first_fault(error)}") from error
        found.append(pair)
    return found


def build(
    trajectories: Path | None,
    out: Path,
    choice: PairChoice,
    *,
    replays: Sequence[Path] = (),
    against: Mapping[str, str] = MappingProxyType({}),
) -> Card:
    """Write the artefact: ``train.jsonl`` and ``heldout.jsonl``.

    Args:
        trajectories: a finished folder of trees.
        out: the artefact's folder.
        choice: which pairs are kept.
        replays: files of pairs from counterfactual replays.
        against: questions of evaluation data, which no replay may be of.

    Raises:
        ConfigurationError: no finished trajectories, an unreadable replay, or the target is there already.
        TrainingError: no pair with the margin, or a replayed question is in evaluation data.
    """
    pairs: list[Pair] = []
    parents: list[Parent] = []
    if trajectories is not None:
        source, trees = open_trees(trajectories)
        parents.append(parent(trajectories, source))
        pairs += [pair for tree in trees for pair in tree_pairs(tree, choice.margin)]
    for path in replays:
        replayed = read_replays(path)
        _require_trainable(replayed, path, against)
        parents.append(Parent(kind="replays", name=path.name, sha256=sha256_of(path)))
        pairs += replayed
    kept = choose(pairs, choice)
    parts = split(kept, choice.held_out, "pairs")
    with making(out) as folder:
        parts.write(folder, Pair.model_dump)
        counts = {**parts.counts, "found": len(pairs), **count(kept)}
        config = choice.model_dump(mode="json")
        return seal(folder, out, Card(kind="pairs", config=config, counts=counts, parents=tuple(parents)))


def choose(pairs: Sequence[Pair], choice: PairChoice) -> list[Pair]:
    """Keep distinct pairs, a few of each question, none of the kinds outweighing the others.

    Raises:
        TrainingError: there are none.
    """
    if not pairs:
        raise TrainingError(
            f"no two sibling decisions differ in score by {choice.margin}; sample more siblings a turn "
            "(--widths) or lower --margin"
        )
    rng = Random(choice.seed)  # noqa: S311 (not for secrets)
    distinct = list({_identity(pair): pair for pair in pairs}.values())
    kept = cap_per_group(
        distinct, lambda pair: pair.question, choice.per_question, rng, lambda pair: pair.kind
    )
    for kind in (lambda pair: pair.task, lambda pair: pair.kind):
        kept = cap_majorities(kept, kind, choice.ratio, rng, lambda pair: (pair.task, pair.kind))
    return kept


def count(pairs: Sequence[Pair]) -> dict[str, Any]:
    """How the pairs spread over tasks and over what is preferred to what."""
    return {
        "by task": dict(sorted(Counter(pair.task or "(none)" for pair in pairs).items())),
        "by preference": dict(sorted(Counter(pair.kind for pair in pairs).items())),
        "by source": dict(sorted(Counter(pair.source for pair in pairs).items())),
    }


def _pair(tree: Tree, better: Node, worse: Node, margin: float) -> Pair:
    return Pair(
        prompt=tree.prompt(better),
        chosen=[guidance(better)],
        rejected=[guidance(worse)],
        question=tree.id,
        task=tree.task,
        margin=round(margin, 4),
    )


def _require_trainable(pairs: Sequence[Pair], path: Path, against: Mapping[str, str]) -> None:
    """Replays may be of any run; those of questions that evaluations ask must not be trained on."""
    for number, pair in enumerate(pairs, 1):
        if pair.task in slugs() and not load_task(pair.task).seen:
            raise TrainingError(f"{path}: pair {number} is of {pair.task}, an unseen task; leave it out")
        said = normalized(pair.prompt[0]["content"] if len(pair.prompt) < 2 else pair.prompt[1]["content"])
        if asked := next((where for question, where in against.items() if question in said), None):
            raise TrainingError(f"{path}: pair {number} is of a question in evaluation data: {asked}")


def _identity(pair: Pair) -> tuple[str, str, str]:
    prompt = "\0".join(message["content"] for message in pair.prompt)
    return prompt, pair.chosen[0]["content"], pair.rejected[0]["content"]


def _action(message: Message) -> str:
    choice = read_choice(message["content"])
    return choice.action.value if choice else "?"
