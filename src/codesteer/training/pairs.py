"""Preference pairs: siblings of a tree whose scores differ, and decisions from replays."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from pathlib import Path
from random import Random
from types import MappingProxyType
from typing import Any

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from codesteer.errors import ConfigurationError, TrainingError, first_error, first_line
from codesteer.guides.asked_question import asked_message, asked_question, question_id
from codesteer.guides.parsing import parse_decision
from codesteer.models.characters import valid_texts
from codesteer.models.store import sha256_of
from codesteer.symbench import load_task
from codesteer.symbench.official import located_records
from codesteer.symbench.registry import slugs
from codesteer.symbench.seeds import split_of
from codesteer.training.artefact import Card, Parent, finish_artefact, new_artefact, parent_of
from codesteer.training.balance import cap_majorities, cap_per_group, cap_share, until_stable
from codesteer.training.curriculum import solved
from codesteer.training.decontamination import normalized
from codesteer.training.split import split_by_question
from codesteer.training.trajectories import load_trees
from codesteer.training.tree import Message, Node, Tree, guidance_message, is_correct

WORD_GAP = re.compile(r"[\s-]+")
RIGHT_LEAF = 15
"""Score of a right answer at turn 0 (paper, section on DPO data)."""


class PairSelection(BaseModel):
    """How sibling decisions are selected as pairs."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    margin: float = Field(default=2.0, gt=0)
    """Minimum difference of two siblings' scores."""
    per_question: int = Field(default=4, ge=1)
    """Maximum pairs per question."""
    ratio: float = Field(default=3.0, ge=1)
    """Maximum size of the largest kind relative to the median kind: of tasks, and of preferences."""
    task_share: float = Field(default=1.0, gt=0, le=1)
    """Maximum share of one task among the rows that are kept."""
    held_out: float = Field(default=0.1, ge=0, lt=1)
    """Share of questions held out for evaluation."""
    seed: int = 0


class Pair(BaseModel):
    """A better and a worse decision in the same conversation; also the format that replays export."""

    model_config = ConfigDict(frozen=True, extra="allow")

    prompt: list[Message] = Field(min_length=1)
    """The conversation before the decision."""
    chosen: list[Message] = Field(min_length=1, max_length=1)
    rejected: list[Message] = Field(min_length=1, max_length=1)
    question: str = Field(default="", validate_default=True)
    """The question's id; without one, the hash of the prompt's question."""
    task: str = ""
    margin: float = Field(default=0.0, allow_inf_nan=False)
    """Score of the chosen decision minus that of the rejected one."""
    source: str = "tree"

    @field_validator("prompt")
    @classmethod
    def _check_prompt(cls, given: list[Message]) -> list[Message]:
        """Refuse a prompt that the user does not begin and end: it leads to no decision of a guide."""
        roles = [message["role"] for message in given if message["role"] != "system"]
        if not roles or roles[0] != "user" or given[-1]["role"] != "user":
            raise ValueError("after the system message it must begin and end with a message of the user")
        return given

    @field_validator("chosen", "rejected")
    @classmethod
    def _check_role(cls, given: list[Message]) -> list[Message]:
        if given and given[0]["role"] != "assistant":
            raise ValueError("its role must be 'assistant'")
        return given

    @field_validator("task")
    @classmethod
    def _name_task(cls, given: str) -> str:
        """Return a benchmark task's own name, however it is written."""
        name = WORD_GAP.sub("_", given.strip().casefold())
        return name if name in slugs() else given

    @model_validator(mode="after")
    def _check_preference(self) -> "Pair":
        chosen, rejected = (one[0]["content"].strip() for one in (self.chosen, self.rejected))
        if chosen == rejected:
            raise ValueError("chosen and rejected are the same, so there is nothing to learn")
        if parse_decision(chosen) is None:
            raise ValueError("chosen is not a decision, which is a JSON object with an action")
        return self

    @field_validator("question")
    @classmethod
    def _identify(cls, given: str, info: ValidationInfo) -> str:
        prompt = info.data.get("prompt")
        return given or (question_id(prompt) if prompt else "")

    @property
    def asked(self) -> str:
        """Hash of the question's text, by which pairs are grouped: sources name the same question differently."""
        return question_id(self.prompt)

    @property
    def kind(self) -> str:
        """The preference, for balancing: ``return > improve``."""
        return f"{_action(self.chosen[0])} > {_action(self.rejected[0])}"


def node_scores(tree: Tree) -> dict[str, float]:
    """Score every node of a tree; return the scores by node id.

    A right answer at turn i scores 15 - i, a wrong one -i, an inner node the mean of its children (paper). Turn i
    is the number of the decision that ended the run. Nodes without a scored leaf below them have no score.
    """
    found: dict[str, float] = {}
    for node in sorted(tree.nodes, key=lambda node: -node.depth):
        if node.leaf is not None:
            found[node.id] = (RIGHT_LEAF if is_correct(node) else 0) - node.depth
            continue
        below = [found[child.id] for child in tree.children(node.id) if child.id in found]
        if below:
            found[node.id] = sum(below) / len(below)
    return found


def sibling_pairs(tree: Tree, margin: float) -> Iterator[Pair]:
    """Yield a pair for every two siblings whose scores differ by at least the margin.

    A question that no branch or every branch solves gives none: its scores differ by the number of turns only, and
    would teach to give up early.
    """
    if solved(tree) != "some":
        return
    scored = node_scores(tree)
    for parent_id in {node.parent: None for node in tree.nodes}:
        siblings = [node for node in tree.children(parent_id) if node.id in scored]
        for one, other in combinations(siblings, 2):
            better, worse = sorted((one, other), key=lambda node: scored[node.id], reverse=True)
            difference = scored[better.id] - scored[worse.id]
            if difference >= margin and guidance_message(better) != guidance_message(worse):
                yield _pair(tree, better, worse, difference)


def read_pairs(path: Path) -> list[Pair]:
    """Read the pairs of an artefact's file; raises ConfigurationError for one that teaches nothing."""
    return [_parse(location, record) for location, record in located_records(path)]


def read_replay_pairs(path: Path) -> list[Pair]:
    """Read pairs exported from counterfactual replays.

    Raises:
        ConfigurationError: a line that is no pair of two different decisions; the message names file and line.
    """
    return [_parse(location, {"source": "replay", **record}) for location, record in located_records(path)]


def _parse(location: str, record: Mapping[str, Any]) -> Pair:
    try:
        json.dumps(record, allow_nan=False)  # NaN and infinity are no JSON for other readers
        return Pair.model_validate(valid_texts(record))
    except ValidationError as error:
        raise ConfigurationError(f"{location}: not a preference pair: {first_error(error)}") from error
    except (ValueError, RecursionError) as error:
        raise ConfigurationError(f"{location}: not a preference pair: {first_line(error)}") from error


def build_pairs(
    trajectories: Path | None,
    out: Path,
    selection: PairSelection,
    *,
    replays: Sequence[Path] = (),
    against: Mapping[str, str] = MappingProxyType({}),
) -> Card:
    """Write the artefact: ``train.jsonl`` and ``heldout.jsonl``.

    Args:
        trajectories: a finished folder of trees.
        out: the output folder.
        selection: how pairs are selected.
        replays: files of pairs from counterfactual replays.
        against: evaluation questions, which must not be replayed.

    Raises:
        ConfigurationError: unfinished trajectories, an invalid replay, or the output exists.
        TrainingError: no pair with the margin, only contradicting ones, or a replayed question is in evaluation data.
    """
    pairs: list[Pair] = []
    parents: list[Parent] = []
    if trajectories is not None:
        source, trees = load_trees(trajectories)
        parents.append(parent_of(trajectories, source))
        pairs += [pair for tree in trees for pair in sibling_pairs(tree, selection.margin)]
    unchecked = 0
    for path in replays:
        replayed = read_replay_pairs(path)
        _require_trainable(replayed, path, against)
        unchecked += sum(not pair.task for pair in replayed)
        parents.append(Parent(kind="replays", name=path.name, sha256=sha256_of(path)))
        pairs += replayed
    agreeing = without_contradictions(pairs)
    kept = select_pairs(agreeing, selection)
    parts = split_by_question(kept, selection.held_out, "pairs")
    with new_artefact(out) as folder:
        parts.write(folder, Pair.model_dump)
        counts = {
            **parts.counts,
            "found": len(pairs),
            "left out, contradicting": len(pairs) - len(agreeing),
            **({"replays without a task, whose split is unknown": unchecked} if unchecked else {}),
            **count_pairs(kept),
        }
        config = selection.model_dump(mode="json")
        return finish_artefact(
            folder, out, Card(kind="pairs", config=config, counts=counts, parents=tuple(parents))
        )


def without_contradictions(pairs: Sequence[Pair]) -> list[Pair]:
    """Return the pairs without those that stand in both directions: they teach nothing.

    Raises:
        TrainingError: there are no others.
    """
    known = {_identity(pair) for pair in pairs}
    agreeing = [pair for pair in pairs if _mirrored(pair) not in known]
    if pairs and not agreeing:
        raise TrainingError("every pair also stands in the other direction, so there is nothing to learn")
    return agreeing


def select_pairs(pairs: Sequence[Pair], selection: PairSelection) -> list[Pair]:
    """Keep distinct pairs, few per question, with no kind dominating.

    Raises:
        TrainingError: there are no pairs.
    """
    if not pairs:
        raise TrainingError(
            f"no two sibling decisions differ in score by {selection.margin}; sample more siblings per turn "
            "(--widths) or lower --margin"
        )
    rng = Random(selection.seed)  # noqa: S311 (not for secrets)
    distinct = list({_identity(pair): pair for pair in pairs}.values())
    kept = cap_per_group(
        distinct, lambda pair: pair.asked, selection.per_question, rng, lambda pair: pair.kind
    )

    def balanced(rows: Sequence[Pair]) -> Sequence[Pair]:
        for kind in (lambda pair: pair.task or None, lambda pair: pair.kind):
            rows = cap_majorities(rows, kind, selection.ratio, rng, lambda pair: (pair.task, pair.kind))
        # Pairs without a task are not of one task.
        task = lambda pair: pair.task or pair.asked  # noqa: E731
        return cap_share(rows, task, selection.task_share, rng, lambda pair: pair.kind)

    return until_stable(kept, balanced)


def count_pairs(pairs: Sequence[Pair]) -> dict[str, Any]:
    """Count the pairs by task, preference and source."""
    return {
        "by task": dict(sorted(Counter(pair.task or "(none)" for pair in pairs).items())),
        "by preference": dict(sorted(Counter(pair.kind for pair in pairs).items())),
        "by source": dict(sorted(Counter(pair.source for pair in pairs).items())),
    }


def _pair(tree: Tree, better: Node, worse: Node, margin: float) -> Pair:
    return Pair(
        prompt=tree.prompt(better),
        chosen=[guidance_message(better)],
        rejected=[guidance_message(worse)],
        question=tree.id,
        task=tree.task,
        margin=round(margin, 4),
    )


def _require_trainable(pairs: Sequence[Pair], path: Path, against: Mapping[str, str]) -> None:
    """Raise TrainingError for a replay of an unseen task or of an evaluation question."""
    for number, pair in enumerate(pairs, 1):
        if pair.task in slugs() and not load_task(pair.task).seen:
            raise TrainingError(f"{path}: pair {number} is from the unseen task {pair.task}; remove it")
        if location := _other_split(pair) or _evaluated(pair, against):
            raise TrainingError(
                f"{path}: pair {number} is from a question in evaluation data ({location}); remove it"
            )


def _other_split(pair: Pair) -> str | None:
    """Return the evaluation split of a benchmark task's question; None for one to train on, or of unknown origin."""
    asked = asked_question(pair.prompt) if pair.task in slugs() else None
    if asked is None or (split := split_of(asked)) == "train":
        return None
    return f"the split {split!r}"


def _evaluated(pair: Pair, against: Mapping[str, str]) -> str | None:
    """Return where the pair's question is in evaluation data; a prompt of another form may hold one anywhere."""
    asked = asked_question(pair.prompt)
    if asked is not None:
        return against.get(normalized(asked))
    message = f" {normalized(asked_message(pair.prompt))} "
    return next((location for question, location in against.items() if f" {question} " in message), None)


def _identity(pair: Pair) -> tuple[str, str, str]:
    prompt = "\0".join(message["content"] for message in pair.prompt)
    return prompt, pair.chosen[0]["content"], pair.rejected[0]["content"]


def _mirrored(pair: Pair) -> tuple[str, str, str]:
    prompt, chosen, rejected = _identity(pair)
    return prompt, rejected, chosen


def _action(message: Message) -> str:
    selection = parse_decision(message["content"])
    return selection.action.value if selection else "?"
