"""The shape that all tasks share: pose a puzzle, ask it in words, read an answer, judge it."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from random import Random
from typing import Any, ClassVar, Generic, TypeVar

from codesteer.errors import ConfigurationError
from codesteer.symbench.defects import REVIEWED_WRONG, VIOLATES, agree, review
from codesteer.symbench.item import A, Item, Outcome, P, Posed, Score
from codesteer.symbench.parsing import Found, UnreadableError, find_answer
from codesteer.symbench.seeds import SPLITS, Split, home, stream

K = TypeVar("K")
"""A task's knobs: a frozen dataclass of what makes an instance easy or hard."""

_TRIES = 3000


class Task(ABC, Generic[K, P, A]):
    """One task of the benchmark; a subclass states the rules, this class runs the procedure."""

    slug: ClassVar[str]
    title: ClassVar[str]
    seen: ClassVar[bool]
    """Whether the paper trains on this task."""
    form: ClassVar[str]
    """What an answer looks like, in a few words."""
    checked: ClassVar[bool] = True
    """Whether rules decide about official answers too; otherwise the stored one is taken on trust."""
    puzzle_type: type[P]
    ladder: tuple[K, ...]
    """The knobs of level 1, level 2, …"""

    @property
    def levels(self) -> range:
        """The levels that ``generate`` takes."""
        return range(1, len(self.ladder) + 1)

    def generate(self, seed: int, level: int, split: Split = "test", index: int = 0) -> Item[P, A]:
        """The item of these coordinates: always the same, and asked in no other split.

        Raises:
            ConfigurationError: No such level, split or index.
        """
        knobs = self._knobs(level, split, index)
        rng = stream(self.slug, split, level, seed, index)
        for _ in range(_TRIES):
            puzzle, answer = self.pose(rng, knobs)
            question = self.ask(puzzle)
            if home(question) == split:
                name = f"{self.slug}/{split}/level_{level}/seed_{seed}/{index}"
                return Item(name, self.slug, question, answer, level, puzzle)
        raise ConfigurationError(f"{self.slug} finds no level {level} question for the split {split!r}")

    def score(self, item: Item[P, A], text: str, published: bool = False) -> Score:
        """The verdict on an answer: by the rules, or (``published``) as the reference's validator decides."""
        found = find_answer(text)
        if found is None:
            return Score(Outcome.MISSING, None, "no answer was given")
        try:
            return self._judge(item, found.text, published)
        except UnreadableError as problem:
            return _unread(found, str(problem))

    def from_official(self, record: Mapping[str, Any]) -> Item[P, A]:
        """The item of one record of the official data.

        Its flags come from our own check of it, or from a person's where there are no rules to check it by.
        """
        puzzle, answer = posed = self.read(record)
        found = None if self.checked else review(record)
        wrong = found is not None and found.verdict == "wrong"
        flags = {*self.flaws(posed), *([VIOLATES] if self.fault(puzzle, answer) else [])}
        flags |= {REVIEWED_WRONG} if wrong else set()
        trusted = self.checked or (found is not None and found.verdict == "right")
        return Item(
            record["id"],
            self.slug,
            record["question"],
            answer,
            _number(record.get("complexity", {}).get("level", 0)),
            puzzle,
            tuple(sorted(flags)),
            verified=trusted and agree(flags),
        )

    def solve(self, item: Item[P, A]) -> A | None:
        """An answer found from the question's data alone; None when no reference solver finds one."""
        del item
        return None

    @abstractmethod
    def pose(self, rng: Random, knobs: K) -> Posed[P, A]:
        """Draw a puzzle that has work to do, with one right answer."""

    @abstractmethod
    def ask(self, puzzle: P) -> str:
        """The question in words, its answer format included."""

    @abstractmethod
    def parse(self, text: str, puzzle: P) -> A:
        """Read an answer, tolerant of its form.

        Raises:
            UnreadableError: The text is not an answer of this task's form.
        """

    @abstractmethod
    def fault(self, puzzle: P, answer: A) -> str | None:
        """Which rule the answer breaks, in one line; None when it is right."""

    @abstractmethod
    def render(self, answer: A) -> str:
        """An answer as text in the form the question asks for, without the ``<<<`` and ``>>>``."""

    def published(self, item: Item[P, A], text: str) -> bool:
        """Whether the reference's validator accepts the answer, its defects included.

        Most of its validators compare with the stored answer; tasks where it does otherwise say so. It has a model
        rewrite every answer into the form its validator takes; our parser stands in for that model. ``text`` is what
        stood between the marks.

        Raises:
            UnreadableError: The text is not an answer of this task's form.
        """
        return self.parse(text, item.data) == item.answer

    @abstractmethod
    def read(self, record: Mapping[str, Any]) -> Posed[P, A]:
        """The puzzle and the stored answer of one record of the official data."""

    def flaws(self, posed: Posed[P, A]) -> tuple[str, ...]:
        """Flags of an official item, besides the one for a stored answer that breaks the rules."""
        del posed
        return ()

    def _judge(self, item: Item[P, A], text: str, published: bool) -> Score:
        if published:
            if self.published(item, text):
                return Score(Outcome.CORRECT, text, "the reference's validator accepts it")
            return Score(Outcome.WRONG, text, "the reference's validator rejects it")
        answer = self.parse(text, item.data)
        fault = self.fault(item.data, answer)
        if fault is None:
            return Score(Outcome.CORRECT, answer, "every rule holds")
        return Score(Outcome.WRONG, answer, _one_line(fault))

    def _knobs(self, level: int, split: str, index: int) -> K:
        if level not in self.levels:
            raise ConfigurationError(f"{self.slug} has levels 1 to {len(self.ladder)}, not {level}")
        if split not in SPLITS:
            raise ConfigurationError(f"a split is one of {', '.join(SPLITS)}, not {split!r}")
        if index < 0:
            raise ConfigurationError(f"an index is 0 or more, not {index}")
        return self.ladder[level - 1]


class LoadedTask(Task[None, P, A]):
    """A task without a generator: its items are the official ones."""

    ladder = ()

    def generate(self, seed: int, level: int, split: Split = "test", index: int = 0) -> Item[P, A]:
        """Refuse, and say where the items are.

        Raises:
            ConfigurationError: Always.
        """
        del seed, level, split, index
        raise ConfigurationError(
            f"{self.slug} has official items only: fetch them with 'codesteer symbench fetch --task "
            f"{self.slug}' and read them with codesteer.symbench.load_official"
        )

    def pose(self, rng: Random, knobs: None) -> Posed[P, A]:
        """Refuse: there is nothing to draw from."""
        raise NotImplementedError(f"{self.slug} has no generator")


class ComputedTask(Task[K, P, A]):
    """A task whose only right answer follows from the puzzle by computation."""

    @abstractmethod
    def draw(self, rng: Random, knobs: K) -> P:
        """Draw a puzzle that has work to do."""

    @abstractmethod
    def compute(self, puzzle: P) -> A:
        """The right answer."""

    def pose(self, rng: Random, knobs: K) -> Posed[P, A]:
        """Draw a puzzle and compute its answer."""
        puzzle = self.draw(rng, knobs)
        return Posed(puzzle, self.compute(puzzle))

    def fault(self, puzzle: P, answer: A) -> str | None:
        """Only the computed answer is right."""
        expected = self.compute(puzzle)
        return None if answer == expected else f"expected {self.render(expected)}"

    def solve(self, item: Item[P, A]) -> A | None:
        """The computed answer."""
        return self.compute(item.data)


def _number(level: int | str) -> int:
    """A level, which MATH writes as ``Level 3``, or ``Level ?`` where it is unknown."""
    digits = str(level).removeprefix("Level ")
    return int(digits) if digits.isdecimal() else 0


def _unread(found: Found, problem: str) -> Score:
    if found.marked:
        return Score(Outcome.UNREADABLE, None, _one_line(problem))
    return Score(Outcome.MISSING, None, _one_line(f"no <<<answer>>>, and the text itself is none: {problem}"))


def _one_line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 200 else f"{line[:199]}…"
