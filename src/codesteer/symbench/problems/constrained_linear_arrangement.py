"""Deduce the opponent's cards from your own cards and the results of the rounds.

Each side plays different cards of the same kinds. There are three games: in **elements** (A to E) a card loses to
one that it generates and beats one that it overcomes; in **stick** A beats B beats C beats D beats A; in **animal**
(A, largest, to H, smallest) the larger wins, but H beats A. Any list of different cards that gives the results is
right. The official answers for elements consider only the own card, so that 56 of 68 contradict the text, and the
official validator requires the stored card in every round that was won or lost.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from random import Random
from typing import Any, Final

from codesteer.symbench.item import Item, SolvedPuzzle
from codesteer.symbench.parsing import parse_letters
from codesteer.symbench.task import Task

Cards = tuple[str, ...]

GENERATES: Final = dict(zip("ABCDE", "BCDEA", strict=True))
OVERCOMES: Final = dict(zip("ACEBD", "CEBDA", strict=True))
CYCLE: Final = dict(zip("ABCD", "BCDA", strict=True))
CARDS: Final = {"elements": "ABCDE", "stick_game": "ABCD", "animal": "ABCDEFGH"}

_RULES: Final = {
    "elements": (
        "There are five cards A, B, C, D, E. A generates B, B generates C, C generates D, D generates E, E "
        "generates A. A overcomes C, C overcomes E, E overcomes B, B overcomes D, D overcomes A. If one "
        "card generates the other, the player who holds the generating card loses and the other player "
        "wins. If one card overcomes the other, the player who holds the overcoming card wins and the other "
        "player loses. Equal cards draw."
    ),
    "stick_game": (
        "There are four cards A, B, C, D. A beats B, B beats C, C beats D, D beats A. All other pairs "
        "(equal cards, A with C, B with D) draw."
    ),
    "animal": (
        "There are eight cards A, B, C, D, E, F, G, H, from the largest animal A to the smallest H. The "
        "larger animal beats the smaller one, except that H beats A (and A does not beat H). Equal cards "
        "draw."
    ),
}


@dataclass(frozen=True, slots=True)
class Difficulty:
    """The game and the number of rounds."""

    game: str
    rounds: int


@dataclass(frozen=True, slots=True)
class Puzzle:
    """The game, the own cards, and the result of each round: ``win``, ``loss`` or ``draw``."""

    game: str
    cards: Cards
    results: tuple[str, ...]


class ConstrainedLinearArrangement(Task[Difficulty, Puzzle, Cards]):
    """Guessing the opponent's cards."""

    slug = "constrained_linear_arrangement"
    title = "Constrained linear arrangement"
    seen = True
    answer_format = "a list of letters"
    puzzle_type = Puzzle
    difficulties = (
        Difficulty("stick_game", 3),
        Difficulty("elements", 4),
        Difficulty("elements", 5),
        Difficulty("animal", 5),
        Difficulty("animal", 6),
        Difficulty("animal", 8),
    )

    def generate_puzzle(self, rng: Random, difficulty: Difficulty) -> SolvedPuzzle[Puzzle, Cards]:
        """Draw both hands and play them."""
        own, other = (tuple(rng.sample(CARDS[difficulty.game], difficulty.rounds)) for _ in range(2))
        results = tuple(play(difficulty.game, one, two) for one, two in zip(own, other, strict=True))
        return SolvedPuzzle(Puzzle(difficulty.game, own, results), other)

    def format_question(self, puzzle: Puzzle) -> str:
        """Explain the game and list the rounds."""
        said = {"win": "you won", "loss": "you lost", "draw": "draw"}
        rounds = "\n".join(
            f"Round {number}: you played {card}; {said[result]}."
            for number, (card, result) in enumerate(zip(puzzle.cards, puzzle.results, strict=True), 1)
        )
        return (
            "You and your opponent each hold one copy of every card of a game and play one card a round, at "
            "the same time. A card that was played is gone.\n"
            f"{_RULES[puzzle.game]}\n\n"
            f"{rounds}\n\n"
            "Which cards may your opponent have played? They must be different from each other and give "
            "exactly these results; if several lists do, any of them is right. Give one letter a round in "
            "the format <<<letters separated by commas>>>, for example <<<A,B,C>>>."
        )

    def parse(self, text: str, puzzle: Puzzle) -> Cards:
        """Read letters, separated or run together."""
        return parse_letters(text, CARDS[puzzle.game])

    def find_violation(self, puzzle: Puzzle, answer: Cards) -> str | None:
        """Check the number of cards, that they differ, and every round."""
        if len(answer) != len(puzzle.cards):
            return f"there are {len(puzzle.cards)} rounds, but {len(answer)} cards"
        if len(set(answer)) < len(answer):
            return "a card is played twice"
        rounds = enumerate(zip(puzzle.cards, answer, puzzle.results, strict=True), 1)
        wrong = next(
            (number for number, (own, other, said) in rounds if play(puzzle.game, own, other) != said), 0
        )
        return f"{answer[wrong - 1]} does not give the result of round {wrong}" if wrong else None

    def solve(self, item: Item[Puzzle, Cards]) -> Cards | None:
        """Search round by round."""
        return next(_consistent(item.data), None)

    def format_answer(self, answer: Cards) -> str:
        """Write the letters, comma-separated."""
        return ",".join(answer)

    def official_validator_accepts(self, item: Item[Puzzle, Cards], text: str) -> bool:
        """Require the stored card in won and lost rounds; in the animal game, different cards instead."""
        answer, puzzle = self.parse(text, item.data), item.data
        if len(answer) != len(puzzle.cards) or (puzzle.game == "animal" and len(set(answer)) < len(answer)):
            return False
        rounds = zip(puzzle.cards, answer, item.answer, puzzle.results, strict=True)
        return all(_passes(puzzle.game, own, other, stored, said) for own, other, stored, said in rounds)

    def parse_record(self, record: Mapping[str, Any]) -> SolvedPuzzle[Puzzle, Cards]:
        """Read the game, its rounds and the stored cards."""
        stored = record["answer"]
        puzzle = Puzzle(stored["game_type"], tuple(stored["player_moves"]), tuple(stored["results"]))
        return SolvedPuzzle(puzzle, tuple(stored["solution"]))

    def find_defects(self, solved: SolvedPuzzle[Puzzle, Cards]) -> tuple[str, ...]:
        """Flag an item for which no list of cards, or more than one, gives the results."""
        count = len(list(islice(_consistent(solved.puzzle), 2)))
        return (("no_answer_satisfies_stated_rules",), (), ("multiple_solutions",))[count]


def play(game: str, own: str, other: str) -> str:
    """Return the result for the holder of the first card: ``win``, ``loss`` or ``draw``."""
    if _beats(game, own, other):
        return "win"
    return "loss" if _beats(game, other, own) else "draw"


def _beats(game: str, one: str, other: str) -> bool:
    if game == "elements":
        return OVERCOMES[one] == other or GENERATES[other] == one
    if game == "stick_game":
        return CYCLE[one] == other
    return (one < other and one + other != "AH") or one + other == "HA"


def _consistent(puzzle: Puzzle, played: Cards = ()) -> Iterator[Cards]:
    """Yield all lists of different cards that start with those played and give the results."""
    if len(played) == len(puzzle.cards):
        yield played
        return
    own, said = puzzle.cards[len(played)], puzzle.results[len(played)]
    for card in CARDS[puzzle.game]:
        if card not in played and play(puzzle.game, own, card) == said:
            yield from _consistent(puzzle, (*played, card))


def _passes(game: str, own: str, other: str, stored: str, said: str) -> bool:
    """Whether the official validator accepts a round."""
    if game == "animal":
        larger, smaller = own < other, own > other
        return {
            "draw": own == other,
            "win": larger or own + other == "HA",
            "loss": smaller or own + other == "AH",
        }[said]
    if said != "draw":
        return other == stored
    if game == "elements":
        return other not in (GENERATES[own], OVERCOMES[own])
    return other != CYCLE[own] and own != CYCLE[other]


TASK = ConstrainedLinearArrangement()
