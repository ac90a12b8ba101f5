"""Use any data set of Reasoning Gym as a task: ``load_task("rg:<dataset>")`` (needs the extra ``rg``).

Reasoning Gym seeds item ``i`` of a data set with ``seed + i``, so that the streams of neighbouring seeds
overlap. Here every item is item 0 of a data set with a seed of its own, drawn from our hashed streams, and
the rule that a question has one home split holds as for all tasks. Level 1 is a data set's own configuration;
further levels follow its curriculum where it has one. Its own verifier decides, and only full marks count.
"""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from random import Random
from typing import Any, Final

from codesteer.errors import ConfigurationError
from codesteer.symbench.gym_guard import refusal
from codesteer.symbench.item import Item, Posed
from codesteer.symbench.parsing import UnreadableError
from codesteer.symbench.task import Task

PREFIX: Final = "rg:"
_NOT_TASKS: Final = ("composite",)
_SEED_BITS: Final = 32


@dataclass(frozen=True, slots=True)
class GymPuzzle:
    """What Reasoning Gym needs to make the item again."""

    dataset: str
    level: int
    seed: int


class GymTask(Task[int, GymPuzzle, str]):
    """A data set of Reasoning Gym."""

    title = "Reasoning Gym"
    seen = False
    form = "as the question asks"
    puzzle_type = GymPuzzle

    def __init__(self, dataset: str, levels: int) -> None:
        self.dataset = dataset
        self.slug = PREFIX + dataset  # type: ignore[misc]  # one class serves all data sets
        self.title = f"Reasoning Gym: {dataset}"  # type: ignore[misc]
        self.ladder = tuple(range(1, levels + 1))

    def pose(self, rng: Random, knobs: int) -> Posed[GymPuzzle, str]:
        """Draw a seed; the answer is empty where the data set stores none."""
        puzzle = GymPuzzle(self.dataset, knobs, rng.getrandbits(_SEED_BITS))
        answer = _made(puzzle).entry["answer"]
        return Posed(puzzle, "" if answer is None else str(answer))

    def ask(self, puzzle: GymPuzzle) -> str:
        """The data set's question and our format."""
        question = str(_made(puzzle).entry["question"]).strip()
        return f"{question}\n\nGive the final answer alone, in the form asked for, between <<< and >>>."

    def parse(self, text: str, puzzle: GymPuzzle) -> str:
        """Take the text as it is, unless the verifier would run it as a program."""
        answer = text.strip()
        reason = refusal(puzzle.dataset, answer)
        if reason:
            raise UnreadableError(reason)
        return answer

    def fault(self, puzzle: GymPuzzle, answer: str) -> str | None:
        """Ask the data set's verifier."""
        made = _made(puzzle)
        try:
            marks = float(made.dataset.score_answer(answer=answer, entry=made.entry))
        except (
            Exception
        ) as problem:  # a verifier that is not ours, on any text: whatever it raises is no pass
            return f"Reasoning Gym's verifier cannot judge it: {problem!r}"
        return None if marks >= 1 else f"Reasoning Gym's verifier gives {marks:g} of 1"

    def render(self, answer: str) -> str:
        """The text."""
        return answer

    def published(self, item: Item[GymPuzzle, str], text: str) -> bool:
        """The same verdict: there is no other validator."""
        return self.fault(item.data, self.parse(text, item.data)) is None

    def read(self, record: Mapping[str, Any]) -> Posed[GymPuzzle, str]:
        """Refuse: the data sets are generated, there are no official records.

        Raises:
            ConfigurationError: Always.
        """
        raise ConfigurationError(f"{self.slug} has no official items; generate them")


@dataclass(frozen=True, slots=True)
class _Made:
    """A data set of one item, and the item."""

    dataset: Any
    entry: Mapping[str, Any]


def load_gym_task(slug: str) -> GymTask:
    """The task of a data set.

    Raises:
        ConfigurationError: The package is missing, or there is no such data set.
    """
    _, curricula = _registered()
    dataset = slug.removeprefix(PREFIX)
    known = gym_datasets()
    if dataset not in known:
        near = difflib.get_close_matches(dataset, known, n=3, cutoff=0.4)
        hint = (
            f"did you mean {' or '.join(PREFIX + name for name in near)}?"
            if near
            else f"it has {len(known)} others"
        )
        raise ConfigurationError(f"Reasoning Gym has no data set {dataset!r}; {hint}")
    curriculum = curricula[dataset]() if dataset in curricula else None
    steps = [len(attribute.levels) for attribute in curriculum.attributes.values()] if curriculum else []
    return GymTask(dataset, 1 + max(steps, default=0))


def gym_datasets() -> tuple[str, ...]:
    """The names of all data sets, without the prefix.

    Raises:
        ConfigurationError: The package is missing.
    """
    return tuple(sorted(set(_registered()[0]) - set(_NOT_TASKS)))


def _registered() -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Reasoning Gym's data sets and curricula by name."""
    try:
        import reasoning_gym  # noqa: F401 (importing it registers the data sets)
        from reasoning_gym.factory import CURRICULA, DATASETS
    except ImportError as problem:
        raise ConfigurationError(
            f"Reasoning Gym cannot be imported ({problem}); pip install 'codesteer[rg]'"
        ) from problem
    return DATASETS, CURRICULA


@lru_cache(maxsize=256)
def _made(puzzle: GymPuzzle) -> _Made:
    """Make the item.

    Raises:
        ConfigurationError: Reasoning Gym refuses the configuration of this level.
    """
    datasets, curricula = _registered()
    dataset_type, config_type = datasets[puzzle.dataset]
    try:
        if puzzle.level == 1:
            config = config_type(seed=puzzle.seed, size=1)
        else:
            curriculum = curricula[puzzle.dataset]()
            curriculum.set_global_level(puzzle.level - 2)
            config = curriculum.generate_configuration({"seed": puzzle.seed, "size": 1})
        dataset = dataset_type(config)
        return _Made(dataset, dataset[0])
    except (AssertionError, ValueError) as problem:
        raise ConfigurationError(
            f"Reasoning Gym makes no item of {puzzle.dataset} at level {puzzle.level}: {problem}"
        ) from problem
