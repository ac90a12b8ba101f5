"""Deduce a password of different digits and letters from guesses with feedback.

The feedback on digits and on letters says how many stand in the right place, how many belong to the password
but stand elsewhere, and how many are absent; and whether all absent ones lie below (or all above) every digit
or letter of the password. The official passwords have two of each; ours go on to three.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import permutations
from random import Random
from typing import Any, Final

from codesteer.symbench.item import Item, Posed
from codesteer.symbench.parsing import UnreadableError, parse_letters
from codesteer.symbench.task import Task

DIGITS: Final = "0123456789"
LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
Feedback = tuple[int, int, int, str]
"""How many are in place, misplaced and absent, and where the absent lie: low, high or neither (empty)."""
Clue = tuple[str, Feedback, Feedback]

_OFFICIAL_CLUE: Final = re.compile(r"Guess: (\d\d[A-Z]{2}), Feedback: (.*)\.", re.ASCII)
_NUMBER_WORDS: Final = {"one": 1, "both": 2}


@dataclass(frozen=True, slots=True)
class Knobs:
    """What makes a password hard."""

    size: int
    """How many digits and how many letters it has."""
    shrewd: bool
    """Whether each guess agrees with the feedback so far, which needs the fewest guesses."""
    terse: bool
    """Whether guesses without which the password stays unique are left out."""
    letters: str = LETTERS
    """The letters that can occur in it."""


@dataclass(frozen=True, slots=True)
class Puzzle:
    """How many digits and letters the password has, the guesses with feedback, and the possible letters."""

    size: int
    clues: tuple[Clue, ...]
    letters: str = LETTERS


class Cryptanalysis(Task[Knobs, Puzzle, str]):
    """Finding a password."""

    slug = "cryptanalysis"
    title = "Cryptanalysis"
    seen = False
    form = "a password"
    puzzle_type = Puzzle
    ladder = (
        Knobs(1, shrewd=False, terse=False),
        Knobs(2, shrewd=False, terse=False),
        Knobs(2, shrewd=False, terse=True),
        Knobs(2, shrewd=True, terse=True),
        Knobs(3, shrewd=False, terse=True, letters=LETTERS[:12]),
        Knobs(3, shrewd=True, terse=True, letters=LETTERS[:12]),
    )

    def pose(self, rng: Random, knobs: Knobs) -> Posed[Puzzle, str]:
        """Draw a password and guesses until only it agrees with the feedback."""
        size, signs = knobs.size, (DIGITS, knobs.letters)
        password = "".join(sign for pool in signs for sign in rng.sample(pool, size))
        clues: list[Clue] = []
        left = [_agreeing((), size, signs[half], half) for half in (0, 1)]
        while len(left[0]) + len(left[1]) > 2:
            pools = left if knobs.shrewd and clues else signs
            guess = "".join(_guess(rng, pool, size) for pool in pools)
            clues.append((guess, *_both(guess, password, size)))
            left = [_agreeing(clues[-1:], size, signs[half], half, left[half]) for half in (0, 1)]
        if knobs.terse:
            clues = _needed(clues, size, signs)
        return Posed(Puzzle(size, tuple(clues), knobs.letters), password)

    def ask(self, puzzle: Puzzle) -> str:
        """Explain the feedback, list the guesses and settle what silence about absent ones means."""
        size = puzzle.size
        several = f"{size} different digits and then {size} different letters"
        parts = several if size > 1 else "a digit and then a letter"
        clues = "\n".join(
            f"{number}. {guess}: digits: {_words(digits)}; letters: {_words(letters)}"
            for number, (guess, digits, letters) in enumerate(puzzle.clues, 1)
        )
        example = self.render("730"[:size] + "KQA"[:size])
        return (
            f"A password consists of {parts}; digits are 0 to 9, letters A to {puzzle.letters[-1]}. "
            "These guesses were made:\n\n"
            f"{clues}\n\n"
            "For the digits and for the letters of a guess the feedback tells how many are in place (they "
            "stand exactly there in the password), how many are misplaced (they belong to the password but "
            "stand elsewhere in it) and how many are absent (they do not occur in it). 'All below' is added "
            "when every absent digit is smaller than every digit of the password, or every absent letter "
            "comes earlier in the alphabet than every letter of the password; 'all above' likewise for "
            "larger or later. Where neither is added, neither is true.\n"
            "Which password agrees with all the feedback? Answer in the format "
            f"<<<{example}>>>, digits first, each in its place."
        )

    def parse(self, text: str, puzzle: Puzzle) -> str:
        """Read digits and letters, separated or run together."""
        password = "".join(parse_letters(text, DIGITS + LETTERS))
        if len(password) != 2 * puzzle.size:
            raise UnreadableError(f"the password has {2 * puzzle.size} characters, not {len(password)}")
        return password

    def fault(self, puzzle: Puzzle, answer: str) -> str | None:
        """Check the password's form, and each feedback against it."""
        halves = (answer[: puzzle.size], answer[puzzle.size :])
        if not (set(halves[0]) <= set(DIGITS) and set(halves[1]) <= set(puzzle.letters)):
            return f"digits come first, then letters from A to {puzzle.letters[-1]}"
        if len(set(answer)) != 2 * puzzle.size:
            return "a digit or letter occurs twice"
        wrong = (
            number
            for number, (guess, *feedback) in enumerate(puzzle.clues, 1)
            if list(_both(guess, answer, puzzle.size)) != feedback
        )
        number = next(wrong, None)
        return None if number is None else f"guess {number} would have got another feedback"

    def solve(self, item: Item[Puzzle, str]) -> str | None:
        """Try all arrangements of digits and, separately, of letters."""
        size, clues = item.data.size, item.data.clues
        digits = _agreeing(clues, size, DIGITS, 0)
        letters = _agreeing(clues, size, item.data.letters, 1)
        return digits[0] + letters[0] if digits and letters else None

    def render(self, answer: str) -> str:
        """A list of characters in quotes."""
        return json.dumps(list(answer))

    def read(self, record: Mapping[str, Any]) -> Posed[Puzzle, str]:
        """The feedback in the words of the question, and the stored password."""
        clues = tuple(
            (guess, _told(words, "number"), _told(words, "letter"))
            for guess, words in _OFFICIAL_CLUE.findall(record["question"])
        )
        return Posed(Puzzle(2, clues), "".join(record["answer"]["answer"]))


def feedback(guess: str, secret: str) -> Feedback:
    """What is said about the digits, or about the letters, of a guess."""
    placed = sum(one == other for one, other in zip(guess, secret, strict=True))
    absent = [sign for sign in guess if sign not in secret]
    side = "low" if absent and max(absent) < min(secret) else ""
    side = "high" if absent and min(absent) > max(secret) else side
    return placed, len(guess) - placed - len(absent), len(absent), side


def _both(guess: str, password: str, size: int) -> tuple[Feedback, Feedback]:
    return feedback(guess[:size], password[:size]), feedback(guess[size:], password[size:])


@cache
def _arrangements(signs: str, size: int) -> dict[str, int]:
    """All candidates for one half of a password, with their places in the order of the alphabet."""
    return {"".join(arrangement): place for place, arrangement in enumerate(permutations(signs, size))}


@lru_cache(maxsize=4096)
def _feedbacks(guess: str, signs: str) -> tuple[Feedback, ...]:
    """What is said about a guess, for each arrangement that the secret may be; equal ones are one object."""
    known: dict[Feedback, Feedback] = {}
    told = (feedback(guess, secret) for secret in _arrangements(signs, len(guess)))
    return tuple(known.setdefault(one, one) for one in told)


def _guess(rng: Random, pool: Sequence[str], size: int) -> str:
    return "".join(rng.sample(pool, size)) if isinstance(pool, str) else rng.choice(pool)


def _agreeing(
    clues: Sequence[Clue], size: int, signs: str, half: int, among: Sequence[str] | None = None
) -> Sequence[str]:
    """The candidates for the digits (half 0) or letters (half 1) that agree with all feedback."""
    places = _arrangements(signs, size)
    candidates = tuple(places) if among is None else among
    for clue in clues:
        told = _feedbacks(_half(clue, size, half), signs)
        candidates = [secret for secret in candidates if told[places[secret]] == clue[1 + half]]
    return candidates


def _needed(clues: list[Clue], size: int, signs: tuple[str, str]) -> list[Clue]:
    """The clues without those that the others make superfluous; sets of clues are bits of a number."""
    refuting = {bits for half in (0, 1) for bits in _refuting(clues, size, signs[half], half)}
    needed = (1 << len(clues)) - 1
    for place in range(len(clues)):
        if all(bits & needed != 1 << place for bits in refuting):
            needed &= ~(1 << place)
    return [clue for place, clue in enumerate(clues) if needed >> place & 1]


def _refuting(clues: list[Clue], size: int, signs: str, half: int) -> Iterator[int]:
    """For each candidate the clues that it does not agree with."""
    columns = (_feedbacks(_half(clue, size, half), signs) for clue in clues)
    for row in zip(*columns, strict=True):
        yield sum(1 << place for place, told in enumerate(row) if told != clues[place][1 + half])


def _half(clue: Clue, size: int, half: int) -> str:
    return clue[0][half * size : (half + 1) * size]


def _words(told: Feedback) -> str:
    placed, misplaced, absent, side = told
    where = {"": "", "low": " (all below)", "high": " (all above)"}[side]
    return f"{placed} in place, {misplaced} misplaced, {absent} absent{where}"


def _told(words: str, kind: str) -> Feedback:
    """The official feedback on ``number`` or ``letter``, from its clauses."""
    counts = {"placed": 0, "misplaced": 0, "absent": 0}
    side = ""
    for clause in words.split(";"):
        if kind in clause:
            number = _NUMBER_WORDS[clause.split()[0]]
            correct, placed = " correct" in clause, "in the correct" in clause
            counts["placed" if placed else "misplaced" if correct else "absent"] = number
            side = "low" if "too small" in clause or "too early" in clause else side
            side = "high" if "too large" in clause or "too late" in clause else side
    return counts["placed"], counts["misplaced"], counts["absent"], side


TASK = Cryptanalysis()
