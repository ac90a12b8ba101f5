"""``codesteer train status``: how far a sampling is, and what its trees are worth so far."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from codesteer.errors import ConfigurationError
from codesteer.training.conversations import Conversation, successful_conversations
from codesteer.training.curriculum import solved
from codesteer.training.pairs import Pair, sibling_pairs
from codesteer.training.trajectories import SETTINGS_FILE, TOTAL_FILE, read_trees
from codesteer.training.tree import Tree

RECENT = 20
"""Questions whose pace predicts the rest."""
SECONDS_PER_HOUR = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskStatus:
    """What a task contributes."""

    task: str
    levels: tuple[int, ...]
    questions: int
    all_right: int
    """Questions that every branch solves."""
    none_right: int
    """Questions that no branch solves."""
    conversations: int
    pairs: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplingStatus:
    """What a folder of trajectories holds, finished or not."""

    questions: int
    total: int
    """Questions that the folder is to have."""
    tasks: Sequence[TaskStatus]
    conversations: int
    """Successful conversations, before any are left out for balance."""
    pairs: int
    """Pairs of siblings with the margin, before any are left out for balance."""
    first_choices: Mapping[str, int]
    """Conversations by their first choice."""
    turns: Mapping[int, int]
    """Conversations by their number of guidance turns."""
    preferences: Mapping[str, int]
    """Pairs by what is preferred to what."""
    seconds_per_question: float
    """Median of the last questions; 0 without any."""

    @property
    def hours_left(self) -> float:
        """Hours that the missing questions take one after another."""
        return (self.total - self.questions) * self.seconds_per_question / SECONDS_PER_HOUR


def sampling_status(folder: Path, margin: float) -> SamplingStatus:
    """Read the state of a sampling, also of one that is under way.

    Args:
        folder: the folder of the trees.
        margin: see ``PairSelection.margin``.

    Raises:
        ConfigurationError: the folder holds no sampling, or an invalid line.
    """
    if not (folder / SETTINGS_FILE).is_file():
        raise ConfigurationError(f"{folder} holds no trajectories; start with 'codesteer train trajectories'")
    trees = list(read_trees(folder))
    conversations = {tree.id: successful_conversations(tree) for tree in trees}
    pairs = {tree.id: list(sibling_pairs(tree, margin)) for tree in trees}
    successes: list[Conversation] = [one for found in conversations.values() for one in found]
    preferences: list[Pair] = [pair for found in pairs.values() for pair in found]
    return SamplingStatus(
        questions=len(trees),
        total=_total(folder, len(trees)),
        tasks=[
            _task_status(task, [tree for tree in trees if tree.task == task], conversations, pairs)
            for task in sorted({tree.task for tree in trees})
        ],
        conversations=len(successes),
        pairs=len(preferences),
        first_choices=_counted(one.first_choice for one in successes),
        turns=dict(sorted(Counter(one.turns for one in successes).items())),
        preferences=_counted(pair.kind for pair in preferences),
        seconds_per_question=median([tree.seconds for tree in trees[-RECENT:]] or [0.0]),
    )


def _task_status(
    task: str,
    trees: Sequence[Tree],
    conversations: Mapping[str, Sequence[Conversation]],
    pairs: Mapping[str, Sequence[Pair]],
) -> TaskStatus:
    results = Counter(map(solved, trees))
    return TaskStatus(
        task=task,
        levels=tuple(sorted({tree.item["level"] for tree in trees})),
        questions=len(trees),
        all_right=results["all"],
        none_right=results["none"],
        conversations=sum(len(conversations[tree.id]) for tree in trees),
        pairs=sum(len(pairs[tree.id]) for tree in trees),
    )


def _counted(names: Iterable[str]) -> dict[str, int]:
    return dict(Counter(names).most_common())


def _total(folder: Path, questions: int) -> int:
    """Return how many questions the folder is to have; a finished one has them all."""
    try:
        return max(questions, int((folder / TOTAL_FILE).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return questions
    except ValueError as error:
        raise ConfigurationError(f"{folder / TOTAL_FILE} is not a number; run the sampling again") from error
