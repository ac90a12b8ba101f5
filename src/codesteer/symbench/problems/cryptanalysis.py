"""Deduce a password of different digits and letters from guesses with feedback.

The feedback on digits and on letters says how many are in the right place, how many occur elsewhere in the
password, and how many are absent; and whether all absent ones are below (or all above) every digit or letter of
the password. The official passwords have two of each; ours have up to three.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import permutations
from random import Random
from typing import Any, Final

from codesteer.symbench.item import Item, SolvedPuzzle
from codesteer.symbench.parsing import UnreadableError, parse_letters
from codesteer.symbench.task import Task

DIGITS: Final = "0123456789"
LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
Feedback = tuple[int, int, int, str]
"""Numbers in place, misplaced and absent, and the side of the absent ones: low, high or neither (empty)."""
Clue = tuple[str, Feedback, Feedback]

_OFFICIAL_CLUE: Final = re.compile(r"Guess: (\d\d[A-Z]{2}), Feedback: (.*)\.", re.ASCII)
_NUMBER_WORDS: Final = {"one": 1, "both": 2}


@dataclass(frozen=True, slots=True)
class Difficulty:
    """The parameters of the generator."""

    size: int
    """Number of digits, and of letters, in the password."""
    adaptive: bool
    """Whether each guess agrees with the feedback so far, which takes the fewest guesses."""
    minimal: bool
    """Whether to drop guesses that are not needed for a unique password."""
    letters: str = LETTERS
    """The letters that can occur in the password."""


@dataclass(frozen=True, slots=True)
class Puzzle:
    """The number of digits and letters in the password, the guesses with feedback, and the possible letters."""

    size: int
    clues: tuple[Clue, ...]
    letters: str = LETTERS


class Cryptanalysis(Task[Difficulty, Puzzle, str]):
    """Finding a password."""

    slug = "cryptanalysis"
    title = "Cryptanalysis"
    seen = False
    answer_format = "a password"
    puzzle_type = Puzzle
    difficulties = (
        Difficulty(1, adaptive=False, minimal=False),
        Difficulty(2, adaptive=False, minimal=False),
        Difficulty(2, adaptive=False, minimal=True),
        Difficulty(2, adaptive=True, minimal=True),
        Difficulty(3, adaptive=False, minimal=True, letters=LETTERS[:12]),
        Difficulty(3, adaptive=True, minimal=True, letters=LETTERS[:12]),
    )

    def generate_puzzle(self, rng: Random, difficulty: Difficulty) -> SolvedPuzzle[Puzzle, str]:
        """Draw a password, and guesses until only that password agrees with the feedback."""
        size, signs = difficulty.size, (DIGITS, difficulty.letters)
        password = "".join(sign for pool in signs for sign in rng.sample(pool, size))
        clues: list[Clue] = []
        left = [_agreeing((), size, signs[half], half) for half in (0, 1)]
        while len(left[0]) + len(left[1]) > 2:
            pools = left if difficulty.adaptive and clues else signs
            guess = "".join(_guess(rng, pool, size) for pool in pools)
            clues.append((guess, *_both(guess, password, size)))
            left = [_agreeing(clues[-1:], size, signs[half], half, left[half]) for half in (0, 1)]
        if difficulty.minimal:
            clues = _needed(clues, size, signs)
        return SolvedPuzzle(Puzzle(size, tuple(clues), difficulty.letters), password)

    def format_question(self, puzzle: Puzzle) -> str:
        """Explain the feedback, list the guesses, and say what it means if neither side is added."""
        size = puzzle.size
        several = f"{size} different digits and then {size} different letters"
        parts = several if size > 1 else "a digit and then a letter"
        clues = "\n".join(
            f"{number}. {guess}: digits: {_words(digits)}; letters: {_words(letters)}"
            for number, (guess, digits, letters) in enumerate(puzzle.clues, 1)
        )
        example = self.format_answer("730"[:size] + "KQA"[:size])
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

    def find_violation(self, puzzle: Puzzle, answer: str) -> str | None:
        """Check the password's form, then the feedback on each guess."""
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
        """Try all arrangements of the digits, then of the letters."""
        size, clues = item.data.size, item.data.clues
        digits = _agreeing(clues, size, DIGITS, 0)
        letters = _agreeing(clues, size, item.data.letters, 1)
        return digits[0] + letters[0] if digits and letters else None

    def format_answer(self, answer: str) -> str:
        """Write a list of quoted characters."""
        return json.dumps(list(answer))

    def parse_record(self, record: Mapping[str, Any]) -> SolvedPuzzle[Puzzle, str]:
        """Read the feedback from the question's text, and the stored password."""
        clues = tuple(
            (guess, _told(words, "number"), _told(words, "letter"))
            for guess, words in _OFFICIAL_CLUE.findall(record["question"])
        )
        return SolvedPuzzle(Puzzle(2, clues), "".join(record["answer"]["answer"]))


def feedback(guess: str, secret: str) -> Feedback:
    """Return the feedback on the digits, or the letters, of a guess."""
    located = sum(one == other for one, other in zip(guess, secret, strict=True))
    absent = [sign for sign in guess if sign not in secret]
    side = "low" if absent and max(absent) < min(secret) else ""
    side = "high" if absent and min(absent) > max(secret) else side
    return located, len(guess) - located - len(absent), len(absent), side


def _both(guess: str, password: str, size: int) -> tuple[Feedback, Feedback]:
    return feedback(guess[:size], password[:size]), feedback(guess[size:], password[size:])


@cache
def _arrangements(signs: str, size: int) -> dict[str, int]:
    """Return all candidates for one half of a password, mapped to their index."""
    return {"".join(arrangement): place for place, arrangement in enumerate(permutations(signs, size))}


@lru_cache(maxsize=4096)
def _feedbacks(guess: str, signs: str) -> tuple[Feedback, ...]:
    """Return the feedback on a guess for each possible secret; equal values share one object."""
    known: dict[Feedback, Feedback] = {}
    told = (feedback(guess, secret) for secret in _arrangements(signs, len(guess)))
    return tuple(known.setdefault(one, one) for one in told)


def _guess(rng: Random, pool: Sequence[str], size: int) -> str:
    return "".join(rng.sample(pool, size)) if isinstance(pool, str) else rng.choice(pool)


def _agreeing(
    clues: Sequence[Clue], size: int, signs: str, half: int, among: Sequence[str] | None = None
) -> Sequence[str]:
    """Return the candidates for the digits (half 0) or letters (half 1) that agree with all feedback."""
    places = _arrangements(signs, size)
    candidates = tuple(places) if among is None else among
    for clue in clues:
        told = _feedbacks(_half(clue, size, half), signs)
        candidates = [secret for secret in candidates if told[places[secret]] == clue[1 + half]]
    return candidates


def _needed(clues: list[Clue], size: int, signs: tuple[str, str]) -> list[Clue]:
    """Drop clues that the others make redundant; sets of clues are bit masks."""
    refuting = {bits for half in (0, 1) for bits in _refuting(clues, size, signs[half], half)}
    needed = (1 << len(clues)) - 1
    for place in range(len(clues)):
        if all(bits & needed != 1 << place for bits in refuting):
            needed &= ~(1 << place)
    return [clue for place, clue in enumerate(clues) if needed >> place & 1]


def _refuting(clues: list[Clue], size: int, signs: str, half: int) -> Iterator[int]:
    """Yield, for each candidate, the clues that contradict it."""
    columns = (_feedbacks(_half(clue, size, half), signs) for clue in clues)
    for row in zip(*columns, strict=True):
        yield sum(1 << place for place, told in enumerate(row) if told != clues[place][1 + half])


def _half(clue: Clue, size: int, half: int) -> str:
    return clue[0][half * size : (half + 1) * size]


def _words(told: Feedback) -> str:
    located, misplaced, absent, side = told
    where = {"": "", "low": " (all below)", "high": " (all above)"}[side]
    return f"{located} in place, {misplaced} misplaced, {absent} absent{where}"


def _told(words: str, kind: str) -> Feedback:
    """Parse the official feedback on ``number`` or ``letter`` from its clauses."""
    counts = {"placed": 0, "misplaced": 0, "absent": 0}
    side = ""
    for clause in words.split(";"):
        if kind in clause:
            number = _NUMBER_WORDS[clause.split()[0]]
            correct, located = " correct" in clause, "in the correct" in clause
            counts["placed" if located else "misplaced" if correct else "absent"] = number
            side = "low" if "too small" in clause or "too early" in clause else side
            side = "high" if "too large" in clause or "too late" in clause else side
    return counts["placed"], counts["misplaced"], counts["absent"], side


TASK = Cryptanalysis()
