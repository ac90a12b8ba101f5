"""The base classes of all tasks: generate a puzzle, ask it in words, parse an answer, verify it."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from random import Random
from typing import Any, ClassVar, Generic, TypeVar

from codesteer.errors import ConfigurationError
from codesteer.symbench.defects import REVIEWED_WRONG, VIOLATES, all_harmless, review
from codesteer.symbench.field_types import require_types
from codesteer.symbench.item import A, Item, Outcome, P, Score, SolvedPuzzle
from codesteer.symbench.parsing import FoundAnswer, UnreadableError, find_answers
from codesteer.symbench.seeds import SPLITS, Split, item_rng, split_of
from codesteer.symbench.sizes import require_feasible

D = TypeVar("D")
"""A task's difficulty: a frozen dataclass of generator parameters."""

_MAX_ATTEMPTS = 3000
CRASHES = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RecursionError,
    StopIteration,
    TypeError,
    ValueError,
)
"""How code that trusts its input fails on an answer, a puzzle or a record in another form."""


class Task(ABC, Generic[D, P, A]):
    """One task of the benchmark: subclasses define the rules, this class the procedure."""

    slug: ClassVar[str]
    title: ClassVar[str]
    seen: ClassVar[bool]
    """Whether the paper trains on this task."""
    answer_format: ClassVar[str]
    """The form of an answer, in a few words."""
    verifies_official: ClassVar[bool] = True
    """Whether the rules can verify official answers; otherwise the stored answer is trusted."""
    puzzle_type: type[P]
    difficulties: tuple[D, ...]
    """The difficulty of level 1, level 2, …"""

    @property
    def levels(self) -> range:
        """The valid levels of ``generate``."""
        return range(1, len(self.difficulties) + 1)

    def generate(self, seed: int, level: int, split: Split = "test", index: int = 0) -> Item[P, A]:
        """Return the item at these coordinates: always the same, and asked in no other split.

        Raises:
            ConfigurationError: No such level, split or index.
        """
        difficulty = self._difficulty(level, split, index)
        rng = item_rng(self.slug, split, level, seed, index)
        for _ in range(_MAX_ATTEMPTS):
            puzzle, answer = self.generate_puzzle(rng, difficulty)
            question = self.format_question(puzzle)
            if split_of(question) == split:
                name = f"{self.slug}/{split}/level_{level}/seed_{seed}/{index}"
                return Item(name, self.slug, question, answer, level, puzzle)
        raise ConfigurationError(
            f"{self.slug} has no level {level} question for the split {split!r}; use another level"
        )

    def score(self, item: Item[P, A], text: str, published: bool = False) -> Score:
        """Score an answer: by the rules, or (``published``) as the official validator does.

        Raises:
            ConfigurationError: The item's puzzle contradicts itself.
        """
        unread: list[Score] = []
        answers = find_answers(text)
        for found in answers:
            try:
                score = self._score_answer(item, found.text, published)
                is_final = score.outcome is Outcome.CORRECT or not published or len(answers) == 1
                if is_final or self._reads(item, found.text):
                    return score
                unread.append(score)
            except UnreadableError as problem:
                unread.append(_unparsed_score(found, str(problem)))
        return unread[0] if unread else Score(Outcome.MISSING, None, "no answer was given")

    def accepts(self, item: Item[P, A], answer: str) -> bool:
        """Return whether the rules accept a bare answer, without ``<<<`` and ``>>>``."""
        return self.score(item, f"<<<{answer}>>>").outcome is Outcome.CORRECT

    def from_official(self, record: Mapping[str, Any]) -> Item[P, A]:
        """Return the item of an official record.

        Its flags come from our verifier, or from a manual review if there are no rules to check it by.

        Raises:
            ConfigurationError: It is not a record of this task.
        """
        try:
            item = self._official_item(record, self.solved_record(record))
        except CRASHES as problem:
            raise ConfigurationError(f"not a record of {self.slug}: {problem!r}") from problem
        require_types(item)
        return item

    def solved_record(self, record: Mapping[str, Any]) -> SolvedPuzzle[P, A]:
        """Return the puzzle and the stored answer of an official record, with numbers of a usual size.

        Raises:
            ConfigurationError: A number is too large, or a part is of another type.
        """
        require_feasible(self.slug, record.get("answer"))
        solved = self.parse_record(record)
        require_types(solved.puzzle)
        require_feasible(self.slug, solved.puzzle)
        return solved

    def _official_item(self, record: Mapping[str, Any], solved: SolvedPuzzle[P, A]) -> Item[P, A]:
        puzzle, answer = solved
        found = None if self.verifies_official else review(record)
        wrong = found is not None and found.stored_answer == "wrong"
        flags = {*self.find_defects(solved), *([VIOLATES] if self.find_violation(puzzle, answer) else [])}
        flags |= {REVIEWED_WRONG} if wrong else set()
        trusted = self.verifies_official or (found is not None and found.stored_answer == "right")
        return Item(
            record["id"],
            self.slug,
            record["question"],
            answer,
            _parse_level(record.get("complexity", {}).get("level", 0)),
            puzzle,
            tuple(sorted(flags)),
            verified=trusted and all_harmless(flags),
        )

    def solve(self, item: Item[P, A]) -> A | None:
        """Find an answer from the puzzle alone; None if there is no reference solver or it finds none."""
        del item
        return None

    @abstractmethod
    def generate_puzzle(self, rng: Random, difficulty: D) -> SolvedPuzzle[P, A]:
        """Draw a non-trivial puzzle together with a right answer."""

    @abstractmethod
    def format_question(self, puzzle: P) -> str:
        """Return the question in words, including its answer format."""

    @abstractmethod
    def parse(self, text: str, puzzle: P) -> A:
        """Parse an answer, lenient in form.

        Raises:
            UnreadableError: The text is not an answer in this task's form.
        """

    @abstractmethod
    def find_violation(self, puzzle: P, answer: A) -> str | None:
        """Return the rule that the answer breaks, in one line; None if it is right."""

    @abstractmethod
    def format_answer(self, answer: A) -> str:
        """Return an answer in the form that the question asks for, without ``<<<`` and ``>>>``."""

    def official_validator_accepts(self, item: Item[P, A], text: str) -> bool:
        """Whether the official validator accepts the answer, its defects included.

        Most official validators compare with the stored answer; tasks with another one override this method. The
        official code has a model rewrite every answer for the validator; our parser replaces that model. ``text`` is
        the text between the marks.

        Raises:
            UnreadableError: The text is not an answer in this task's form.
        """
        return self.parse(text, item.data) == item.answer

    @abstractmethod
    def parse_record(self, record: Mapping[str, Any]) -> SolvedPuzzle[P, A]:
        """Return the puzzle and the stored answer of an official record."""

    def find_defects(self, solved: SolvedPuzzle[P, A]) -> tuple[str, ...]:
        """Return an official item's flags, besides the one for a stored answer that breaks the rules."""
        del solved
        return ()

    def _score_answer(self, item: Item[P, A], text: str, published: bool) -> Score:
        if published:
            if self._passes_official(item, text):
                return Score(Outcome.CORRECT, text, "the official validator accepts it")
            return Score(Outcome.WRONG, text, "the official validator rejects it")
        try:
            answer = self.parse(text, item.data)
            violation = self.find_violation(item.data, answer)
        except UnreadableError:
            raise
        except CRASHES as problem:
            raise ConfigurationError(f"{item.id}: the puzzle contradicts itself: {problem!r}") from problem
        if violation is None:
            return Score(Outcome.CORRECT, answer, "every rule holds")
        return Score(Outcome.WRONG, answer, _one_line(violation))

    def _reads(self, item: Item[P, A], text: str) -> bool:
        """Whether our parser reads a text that the official validator rejects; if not, another reading may count."""
        try:
            self.parse(text, item.data)
        except UnreadableError:
            return False
        return True

    def _passes_official(self, item: Item[P, A], text: str) -> bool:
        """Count a validator that crashes as one that rejects the answer.

        Raises:
            UnreadableError: The text is not an answer in this task's form.
        """
        try:
            return self.official_validator_accepts(item, text)
        except UnreadableError:
            raise
        except CRASHES:
            return False

    def _difficulty(self, level: int, split: str, index: int) -> D:
        if level not in self.levels:
            raise ConfigurationError(f"{self.slug} has levels 1 to {len(self.difficulties)}, not {level}")
        if split not in SPLITS:
            raise ConfigurationError(f"unknown split {split!r}; choose one of {', '.join(SPLITS)}")
        if index < 0:
            raise ConfigurationError(f"the index must be 0 or more, not {index}")
        return self.difficulties[level - 1]


class OfficialOnlyTask(Task[None, P, A]):
    """A task without a generator: all its items are official."""

    difficulties = ()

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

    def generate_puzzle(self, rng: Random, difficulty: None) -> SolvedPuzzle[P, A]:
        """Refuse: there is no generator."""
        raise NotImplementedError(f"{self.slug} has no generator")


class ComputedTask(Task[D, P, A]):
    """A task whose only right answer can be computed from the puzzle."""

    @abstractmethod
    def random_puzzle(self, rng: Random, difficulty: D) -> P:
        """Draw a non-trivial puzzle."""

    @abstractmethod
    def compute_answer(self, puzzle: P) -> A:
        """Return the right answer."""

    def generate_puzzle(self, rng: Random, difficulty: D) -> SolvedPuzzle[P, A]:
        """Draw a puzzle and compute its answer."""
        puzzle = self.random_puzzle(rng, difficulty)
        return SolvedPuzzle(puzzle, self.compute_answer(puzzle))

    def find_violation(self, puzzle: P, answer: A) -> str | None:
        """Compare with the computed answer."""
        expected = self.compute_answer(puzzle)
        return None if answer == expected else f"expected {self.format_answer(expected)}"

    def solve(self, item: Item[P, A]) -> A | None:
        """Compute the answer."""
        return self.compute_answer(item.data)


def _parse_level(level: int | str) -> int:
    """Parse a level, which MATH writes as ``Level 3``, or ``Level ?`` if unknown."""
    digits = str(level).removeprefix("Level ")
    return int(digits) if digits.isdecimal() else 0


def _unparsed_score(found: FoundAnswer, problem: str) -> Score:
    if found.marked:
        return Score(Outcome.UNREADABLE, None, _one_line(problem))
    return Score(
        Outcome.MISSING, None, _one_line(f"no <<<answer>>>, and the text itself is not an answer: {problem}")
    )


def _one_line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 200 else f"{line[:199]}…"
