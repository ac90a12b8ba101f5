"""Judge the last card drawn in a game with letter cards: Peng, Chi or Pass.

Each round a card is added to the hand and judged against the hand before it, then one card is removed. Two
equal cards in hand make Peng (1); else two cards that form three consecutive letters with it make Chi (2), in
games that have Chi; else it is Pass (0). The official generator runs past Z in 12 items: whether its card
``[`` follows Z is left open there, and both readings count.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from string import ascii_uppercase
from typing import Any

from codesteer.symbench.item import Posed
from codesteer.symbench.parsing import parse_integer
from codesteer.symbench.task import ComputedTask

_HAND = 13
_BEYOND = "[\\]^"
"""What follows Z where the official generator does not stop there."""


@dataclass(frozen=True, slots=True)
class Knobs:
    """What makes a game hard."""

    rounds: int
    chi: bool


@dataclass(frozen=True, slots=True)
class Puzzle:
    """The first hand, and per round the card added and the card removed after it (unused in the last)."""

    hand: str
    rounds: tuple[tuple[str, str], ...]
    chi: bool


class Mahjong(ComputedTask[Knobs, Puzzle, int]):
    """Peng, Chi or Pass with letter cards."""

    slug = "mahjong"
    title = "Mahjong pattern"
    seen = True
    form = "0, 1 or 2"
    puzzle_type = Puzzle
    ladder = (
        Knobs(1, chi=False),
        Knobs(2, chi=False),
        Knobs(3, chi=True),
        Knobs(4, chi=True),
        Knobs(5, chi=True),
        Knobs(12, chi=True),
        Knobs(40, chi=True),
    )

    def draw(self, rng: Random, knobs: Knobs) -> Puzzle:
        """Draw a hand with no letter more than twice, then rounds that often make a pattern."""
        first = "".join(rng.sample(ascii_uppercase * 2, _HAND))
        hand, rounds = first, []
        for _ in range(knobs.rounds):
            added, removed = _drawn(rng, hand, knobs.chi), rng.choice(hand)
            rounds.append((added, removed))
            hand = _after(hand, added, removed)
        return Puzzle(first, tuple(rounds), knobs.chi)

    def compute(self, puzzle: Puzzle) -> int:
        """The last judgement, with Z as the last letter."""
        return _judged(puzzle, ascii_uppercase)

    def fault(self, puzzle: Puzzle, answer: int) -> str | None:
        """Compare with the last judgement; with cards beyond Z either reading of them counts."""
        right = {self.compute(puzzle)}
        if not puzzle.hand.isalpha() or any(
            not card.isalpha() for round_ in puzzle.rounds for card in round_
        ):
            right.add(_judged(puzzle, ascii_uppercase + _BEYOND))
        return None if answer in right else f"expected {' or '.join(map(str, sorted(right)))}"

    def ask(self, puzzle: Puzzle) -> str:
        """Tell the rules, the hand and the rounds."""
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

    def render(self, answer: int) -> str:
        """The digit."""
        return str(answer)

    def read(self, record: Mapping[str, Any]) -> Posed[Puzzle, int]:
        """The hand and the rounds; whether the game has Chi is what its question says."""
        stored = record["answer"]
        rounds = tuple((round_["add"], round_["remove"]) for round_ in stored["rounds"])
        return Posed(Puzzle(stored["initial_cards"], rounds, "Chi" in record["question"]), stored["solution"])

    def flaws(self, posed: Posed[Puzzle, int]) -> tuple[str, ...]:
        """Whether a card is not a letter."""
        cards = posed.puzzle.hand + "".join(added + removed for added, removed in posed.puzzle.rounds)
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
    """A card that makes Peng or Chi about as often as neither."""
    wish = rng.choice(("peng", "chi", "any"))
    pairs = sorted({card for card in hand if hand.count(card) >= 2})
    runs = [card for card in ascii_uppercase if _makes_run(hand, card, ascii_uppercase)]
    if wish == "peng" and pairs:
        return rng.choice(pairs)
    return rng.choice(runs) if wish == "chi" and chi and runs else rng.choice(ascii_uppercase)


TASK = Mahjong()
