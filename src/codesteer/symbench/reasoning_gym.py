"""Use any data set of Reasoning Gym as a task: ``load_task("rg:<dataset>")`` (needs the extra ``rg``).

Reasoning Gym seeds item ``i`` of a data set with ``seed + i``, so neighbouring seeds share items. Here every item is
item 0 of a data set with its own seed, drawn from our hashed random numbers, and each question belongs to one split,
as for all tasks. Level 1 is the data set's default configuration; further levels follow its curriculum, if any. The
data set's own verifier decides, and only a full score counts as correct.
"""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from random import Random
from typing import Any, Final

from codesteer.errors import ConfigurationError
from codesteer.symbench.item import Item, SolvedPuzzle
from codesteer.symbench.parsing import UnreadableError
from codesteer.symbench.reasoning_gym_guard import rejection_reason
from codesteer.symbench.task import Task

PREFIX: Final = "rg:"
_NOT_TASKS: Final = ("composite",)
_SEED_BITS: Final = 32


@dataclass(frozen=True, slots=True)
class ReasoningGymPuzzle:
    """The parameters from which Reasoning Gym regenerates the item."""

    dataset: str
    level: int
    seed: int


class ReasoningGymTask(Task[int, ReasoningGymPuzzle, str]):
    """A data set of Reasoning Gym."""

    title = "Reasoning Gym"
    seen = False
    answer_format = "as the question asks"
    puzzle_type = ReasoningGymPuzzle

    def __init__(self, dataset: str, levels: int) -> None:
        self.dataset = dataset
        self.slug = PREFIX + dataset  # type: ignore[misc]  # one class serves all data sets
        self.title = f"Reasoning Gym: {dataset}"  # type: ignore[misc]
        self.difficulties = tuple(range(1, levels + 1))

    def generate_puzzle(self, rng: Random, difficulty: int) -> SolvedPuzzle[ReasoningGymPuzzle, str]:
        """Draw a seed; the answer is empty if the data set stores none."""
        puzzle = ReasoningGymPuzzle(self.dataset, difficulty, rng.getrandbits(_SEED_BITS))
        answer = _generate(puzzle).entry["answer"]
        return SolvedPuzzle(puzzle, "" if answer is None else str(answer))

    def format_question(self, puzzle: ReasoningGymPuzzle) -> str:
        """Return the data set's question with our answer format."""
        question = str(_generate(puzzle).entry["question"]).strip()
        return f"{question}\n\nGive the final answer alone, in the form asked for, between <<< and >>>."

    def parse(self, text: str, puzzle: ReasoningGymPuzzle) -> str:
        """Return the text unless the verifier would run it as code."""
        answer = text.strip()
        reason = rejection_reason(puzzle.dataset, answer)
        if reason:
            raise UnreadableError(reason)
        return answer

    def find_violation(self, puzzle: ReasoningGymPuzzle, answer: str) -> str | None:
        """Ask the data set's verifier."""
        item = _generate(puzzle)
        try:
            marks = float(item.dataset.score_answer(answer=answer, entry=item.entry))
        except (
            Exception
        ) as problem:  # a third-party verifier on arbitrary text: any exception means that it does not pass
            return f"Reasoning Gym's verifier failed: {problem!r}"
        return None if marks >= 1 else f"Reasoning Gym's verifier scores it {marks:g} of 1"

    def format_answer(self, answer: str) -> str:
        """Return the text."""
        return answer

    def official_validator_accepts(self, item: Item[ReasoningGymPuzzle, str], text: str) -> bool:
        """Use the same verifier: there is no other."""
        return self.find_violation(item.data, self.parse(text, item.data)) is None

    def parse_record(self, record: Mapping[str, Any]) -> SolvedPuzzle[ReasoningGymPuzzle, str]:
        """Refuse: the data sets are generated; there are no official records.

        Raises:
            ConfigurationError: Always.
        """
        raise ConfigurationError(f"{self.slug} has no official items; generate them")


@dataclass(frozen=True, slots=True)
class _GeneratedItem:
    """A data set of one item, and the item."""

    dataset: Any
    entry: Mapping[str, Any]


def load_reasoning_gym_task(slug: str) -> ReasoningGymTask:
    """Return the task of a data set.

    Raises:
        ConfigurationError: The package is missing, or there is no such data set.
    """
    _, curricula = _registered()
    dataset = slug.removeprefix(PREFIX)
    known = reasoning_gym_datasets()
    if dataset not in known:
        near = difflib.get_close_matches(dataset, known, n=3, cutoff=0.4)
        hint = (
            f"did you mean {' or '.join(PREFIX + name for name in near)}?"
            if near
            else f"it has {len(known)} data sets"
        )
        raise ConfigurationError(f"Reasoning Gym has no data set {dataset!r}; {hint}")
    curriculum = curricula[dataset]() if dataset in curricula else None
    steps = [len(attribute.levels) for attribute in curriculum.attributes.values()] if curriculum else []
    return ReasoningGymTask(dataset, 1 + max(steps, default=0))


def reasoning_gym_datasets() -> tuple[str, ...]:
    """Return the names of all data sets, without the prefix.

    Raises:
        ConfigurationError: The package is missing.
    """
    return tuple(sorted(set(_registered()[0]) - set(_NOT_TASKS)))


def _registered() -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Return Reasoning Gym's data sets and curricula by name."""
    try:
        import reasoning_gym  # noqa: F401 (importing it registers the data sets)
        from reasoning_gym.factory import CURRICULA, DATASETS
    except ImportError as problem:
        raise ConfigurationError(
            f"Reasoning Gym cannot be imported ({problem}); pip install 'codesteer[rg]'"
        ) from problem
    return DATASETS, CURRICULA


@lru_cache(maxsize=256)
def _generate(puzzle: ReasoningGymPuzzle) -> _GeneratedItem:
    """Generate the item.

    Raises:
        ConfigurationError: Reasoning Gym rejects the configuration of this level.
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
        return _GeneratedItem(dataset, dataset[0])
    except (AssertionError, ValueError) as problem:
        raise ConfigurationError(
            f"Reasoning Gym cannot generate {puzzle.dataset} at level {puzzle.level}: {problem}"
        ) from problem
