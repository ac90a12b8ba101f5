"""Which question is sampled next, by what became of the earlier ones: questions of either extreme give no pairs."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Literal, Protocol

from codesteer.symbench import Item
from codesteer.training.questions import DrawnQuestions, QuestionSelection, allowed_levels, draw_questions
from codesteer.training.tree import Tree, is_correct

Solved = Literal["all", "none", "some"]
"""How many of a tree's branches ended right."""
STREAK = 3
"""Questions of one extreme in a row after which a task changes its levels."""
REST = 4
"""A question of a task whose easiest level no branch solves counts as so many of another: it is asked more rarely."""
MAX_SHARE = 2
"""No task gets more than this many times the questions per task."""

NOTHING: Mapping[str, str] = MappingProxyType({})


def solved(tree: Tree) -> Solved:
    """Return whether all, none or some of a tree's branches ended right."""
    right = [is_correct(leaf) for leaf in tree.leaves()]
    return "all" if right and all(right) else "some" if any(right) else "none"


class Questions(Protocol):
    """Yields the questions of a sampling."""

    left: int
    """Questions that are still to be asked."""

    @property
    def drawn(self) -> DrawnQuestions:
        """What was drawn and left out."""
        ...

    def record(self, tree: Tree) -> None:
        """Take a finished tree into account."""

    def __iter__(self) -> Iterator[Item[Any, Any]]:
        """Yield the questions that are left."""
        ...


def open_questions(
    selection: QuestionSelection,
    against: Mapping[str, str],
    finished: Sequence[Tree],
    left_out: Mapping[str, str] = NOTHING,
) -> Questions:
    """Return the questions of a selection that have no tree yet; raises as ``draw_questions`` does.

    Args:
        selection: tasks, questions per task, levels.
        against: evaluation questions, the result of ``decontamination.read_questions``.
        finished: the trees so far, oldest first.
        left_out: ids of questions that are not asked again, with their tasks.
    """
    kind = Curriculum if selection.adaptive else FixedQuestions
    return kind(selection, against, finished, left_out)


class FixedQuestions:
    """The questions of a selection, whatever becomes of them."""

    def __init__(
        self,
        selection: QuestionSelection,
        against: Mapping[str, str],
        finished: Sequence[Tree],
        left_out: Mapping[str, str] = NOTHING,
    ) -> None:
        """Draw all questions; see ``open_questions``."""
        self.drawn = draw_questions(selection, against)
        done = {tree.id for tree in finished} | left_out.keys()
        self._missing = [item for item in self.drawn.items if item.id not in done]
        self.left = len(self._missing)

    def record(self, tree: Tree) -> None:
        """Do nothing: the questions do not depend on it."""

    def __iter__(self) -> Iterator[Item[Any, Any]]:
        return iter(self._missing)


class Curriculum:
    """Draws questions of two neighbouring levels of each task; moves up if all branches solve them, down if none does.

    It begins at the lowest levels. What it draws depends on the finished trees and on the questions under way only, so
    an interrupted sampling goes on where it stopped.
    """

    def __init__(
        self,
        selection: QuestionSelection,
        against: Mapping[str, str],
        finished: Sequence[Tree],
        left_out: Mapping[str, str] = NOTHING,
    ) -> None:
        """Begin after the finished trees; see ``open_questions``."""
        self._selection, self._against = selection, against
        self._levels = {slug: allowed_levels(slug, selection.levels) for slug in selection.tasks}
        # The place of the lower of the two levels, by task.
        self._places = dict.fromkeys(selection.tasks, 0)
        self._streaks: dict[str, list[Solved]] = defaultdict(list)
        self._asked: dict[str, set[str]] = defaultdict(set)
        self._cost: Counter[str] = Counter()
        """Questions of each task, those of a resting one several times; the lowest is asked next."""
        self._pools: dict[tuple[str, int], DrawnQuestions] = {}
        for tree in finished:
            self.record(tree)
        for id_, task in left_out.items():
            if task in self._places and id_ not in self._asked[task]:
                self._ask(task, id_)
        self.left = max(0, selection.per_task * len(selection.tasks) - sum(map(len, self._asked.values())))

    def record(self, tree: Tree) -> None:
        """Take a finished tree into account."""
        if tree.task not in self._places:
            return
        if tree.id not in self._asked[tree.task]:
            self._ask(tree.task, tree.id)
        streak = self._streaks[tree.task]
        streak.append(solved(tree))
        if len(streak) >= STREAK and len(set(streak[-STREAK:])) == 1 and streak[-1] != "some":
            self._move(tree.task, 1 if streak[-1] == "all" else -1)

    def _move(self, task: str, step: int) -> None:
        place = self._places[task] + step
        if 0 <= place < len(self._levels[task]):
            self._places[task] = place
            self._streaks[task].clear()

    def is_resting(self, task: str) -> bool:
        """Return whether a task's easiest level was solved by no branch several times in a row."""
        streak = self._streaks[task][-STREAK:]
        return self._places[task] == 0 and streak == ["none"] * STREAK

    def __iter__(self) -> Iterator[Item[Any, Any]]:
        while self.left and (item := self._next()) is not None:
            self._ask(item.task, item.id)
            self.left -= 1
            yield item

    def _ask(self, task: str, id_: str) -> None:
        self._cost[task] += REST if self.is_resting(task) else 1
        self._asked[task].add(id_)

    def _next(self) -> Item[Any, Any] | None:
        """Return a question of the task that has had the fewest; None if there is none left."""
        for task in sorted(self._selection.tasks, key=lambda slug: self._cost[slug]):
            full = len(self._asked[task]) >= MAX_SHARE * self._selection.per_task
            if not full and (item := self._unasked(task)) is not None:
                return item
        return None

    def _unasked(self, task: str) -> Item[Any, Any] | None:
        """Return a question of one of the task's two levels in turn, or of the other where that one has none left."""
        lower, highest = self._places[task], len(self._levels[task]) - 1
        places = [min(lower, highest), min(lower + 1, highest)]
        if len(self._asked[task]) % 2:
            places.reverse()
        items = (item for place in places for item in self._pool(task, self._levels[task][place]).items)
        return next((item for item in items if item.id not in self._asked[task]), None)

    def _pool(self, task: str, level: int) -> DrawnQuestions:
        if (task, level) not in self._pools:
            per_task = MAX_SHARE * self._selection.per_task
            selection = replace(self._selection, tasks=(task,), levels=(level,), per_task=per_task)
            self._pools[task, level] = draw_questions(selection, self._against)
        return self._pools[task, level]

    @property
    def drawn(self) -> DrawnQuestions:
        """What was drawn and left out so far."""
        pools = list(self._pools.values())
        short = {
            slug: len(self._asked[slug])
            for slug in self._levels
            if self.is_resting(slug) or (self.left and self._unasked(slug) is None)
        }
        return DrawnQuestions(
            items=[item for pool in pools for item in pool.items],
            contaminated=sum(pool.contaminated for pool in pools),
            duplicates=sum(pool.duplicates for pool in pools),
            short=short,
        )
