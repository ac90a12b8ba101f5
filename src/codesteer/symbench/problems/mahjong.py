"""Judge the last card drawn in a game with letter cards: Peng, Chi or Pass.

In each round a card is judged against the hand and added to it, then one card is removed. Two equal cards in hand
make Peng (1); else two cards that form three consecutive letters with it make Chi (2), in games that have Chi; else
it is Pass (0). The official generator runs past Z in 12 items; whether its card ``[`` follows Z is undefined, so
both readings are accepted.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from string import ascii_uppercase
from typing import Any

from codesteer.symbench.item import SolvedPuzzle
from codesteer.symbench.parsing import parse_integer
from codesteer.symbench.task import ComputedTask

_HAND = 13
_BEYOND = "[\\]^"
"""The characters after Z that the official generator produces."""


@dataclass(frozen=True, slots=True)
class Difficulty:
    """The parameters of the generator."""

    rounds: int
    chi: bool


@dataclass(frozen=True, slots=True)
class Puzzle:
    """The first hand, and for each round the card added and the card removed (unused in the last)."""

    hand: str
    rounds: tuple[tuple[str, str], ...]
    chi: bool


class Mahjong(ComputedTask[Difficulty, Puzzle, int]):
    """Peng, Chi or Pass with letter cards."""

    slug = "mahjong"
    title = "Mahjong pattern"
    seen = True
    answer_format = "0, 1 or 2"
    puzzle_type = Puzzle
    difficulties = (
        Difficulty(1, chi=False),
        Difficulty(2, chi=False),
        Difficulty(3, chi=True),
        Difficulty(4, chi=True),
        Difficulty(5, chi=True),
        Difficulty(12, chi=True),
        Difficulty(40, chi=True),
    )

    def random_puzzle(self, rng: Random, difficulty: Difficulty) -> Puzzle:
        """Draw a hand with no letter more than twice, then rounds that often make a pattern."""
        first = "".join(rng.sample(ascii_uppercase * 2, _HAND))
        hand, rounds = first, []
        for _ in range(difficulty.rounds):
            added, removed = _drawn(rng, hand, difficulty.chi), rng.choice(hand)
            rounds.append((added, removed))
            hand = _after(hand, added, removed)
        return Puzzle(first, tuple(rounds), difficulty.chi)

    def compute_answer(self, puzzle: Puzzle) -> int:
        """Return the last judgement, with Z as the last letter."""
        return _judged(puzzle, ascii_uppercase)

    def find_violation(self, puzzle: Puzzle, answer: int) -> str | None:
        """Compare with the last judgement; with cards beyond Z, accept either reading."""
        right = {self.compute_answer(puzzle)}
        if not puzzle.hand.isalpha() or any(
            not card.isalpha() for round_ in puzzle.rounds for card in round_
        ):
            right.add(_judged(puzzle, ascii_uppercase + _BEYOND))
        return None if answer in right else f"expected {' or '.join(map(str, sorted(right)))}"

    def format_question(self, puzzle: Puzzle) -> str:
        """Explain the rules, then list the hand and the rounds."""
        *before, last = puzzle.rounds
        rounds = [
            f"Round {i}: add {added}, then remove one {removed}."
            for i, (added, removed) in enumerate(before, 1)
        ]
        rules = ["- Peng (1): the hand holds at least two cards equal to the new card."]
        if puzzle.chi:
            rules.append(
                "- Chi (2): it is not Peng, and two cards of the hand form three consecutive letters of the "
                "alphabet with the new card, which may be the first, the middle or the last of the three "
                "(for example A B C; the alphabet ends at Z and does not wrap around)."
            )
        rules.append(f"- Pass (0): {'neither' if puzzle.chi else 'it is not Peng'}.")
        listing = "\n".join([*rounds, f"Round {len(puzzle.rounds)}: add {last[0]}."])
        choices = "0, 1 or 2" if puzzle.chi else "0 or 1"
        return (
            "A player holds cards with letters. In each round a new card is added and judged against the "
            "cards that were in the hand before it was added; then one card is removed. The judgement is:\n"
            f"{chr(10).join(rules)}\n\n"
            f"The first hand is {' '.join(puzzle.hand)}.\n"
            f"{listing}\n\n"
            f"What is the judgement in round {len(puzzle.rounds)}? Answer with {choices} in the format "
            "<<<number>>>, for example <<<0>>>."
        )

    def parse(self, text: str, puzzle: Puzzle) -> int:
        """Read one number."""
        return parse_integer(text)

    def format_answer(self, answer: int) -> str:
        """Return the digit."""
        return str(answer)

    def parse_record(self, record: Mapping[str, Any]) -> SolvedPuzzle[Puzzle, int]:
        """Read the hand and the rounds; the question says whether the game has Chi."""
        stored = record["answer"]
        rounds = tuple((round_["add"], round_["remove"]) for round_ in stored["rounds"])
        return SolvedPuzzle(
            Puzzle(stored["initial_cards"], rounds, "Chi" in record["question"]), stored["solution"]
        )

    def find_defects(self, solved: SolvedPuzzle[Puzzle, int]) -> tuple[str, ...]:
        """Flag a card that is not a letter."""
        cards = solved.puzzle.hand + "".join(added + removed for added, removed in solved.puzzle.rounds)
        return () if cards.isalpha() else ("non_letter_card",)


def _judged(puzzle: Puzzle, alphabet: str) -> int:
    hand = puzzle.hand
    for added, removed in puzzle.rounds[:-1]:
        hand = _after(hand, added, removed)
    card = puzzle.rounds[-1][0]
    if hand.count(card) >= 2:
        return 1
    return 2 if puzzle.chi and _makes_run(hand, card, alphabet) else 0


def _after(hand: str, added: str, removed: str) -> str:
    return (hand + added).replace(removed, "", 1)


def _makes_run(hand: str, card: str, alphabet: str) -> bool:
    place = alphabet.find(card)
    runs = (
        (alphabet[start : start + 3] for start in range(max(place - 2, 0), place + 1)) if place >= 0 else ()
    )
    return any(len(run) == 3 and all(other in hand for other in run if other != card) for run in runs)


def _drawn(rng: Random, hand: str, chi: bool) -> str:
    """Draw a card that makes Peng or Chi about as often as neither."""
    wish = rng.choice(("peng", "chi", "any"))
    pairs = sorted({card for card in hand if hand.count(card) >= 2})
    runs = [card for card in ascii_uppercase if _makes_run(hand, card, ascii_uppercase)]
    if wish == "peng" and pairs:
        return rng.choice(pairs)
    return rng.choice(runs) if wish == "chi" and chi and runs else rng.choice(ascii_uppercase)


TASK = Mahjong()
