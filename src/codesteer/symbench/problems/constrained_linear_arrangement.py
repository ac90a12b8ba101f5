"""Name the opponent's cards from one's own cards and the results of the rounds.

Each side plays different cards of the same kinds. Three games: **elements** A to E, where the holder of a
card that generates the other's loses and the holder of one that overcomes it wins; **stick**, where A beats B
beats C beats D beats A; **animal**, A (largest) to H (smallest), where the larger wins but H beats A. Any
list of different cards that gives the results is right. The official elements answers look at one's own card
only, so that 56 of 68 contradict the text, and the official validator asks for the stored card wherever a
round was won or lost.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from random import Random
from typing import Any, Final

from codesteer.symbench.item import Item, Posed
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
class Knobs:
    """The game and how many rounds are played."""

    game: str
    rounds: int


@dataclass(frozen=True, slots=True)
class Puzzle:
    """The game, one's own cards, and the result of each round for oneself: ``win``, ``loss`` or ``draw``."""

    game: str
    cards: Cards
    results: tuple[str, ...]


class ConstrainedLinearArrangement(Task[Knobs, Puzzle, Cards]):
    """Guessing the opponent's cards."""

    slug = "constrained_linear_arrangement"
    title = "Constrained linear arrangement"
    seen = True
    form = "a list of letters"
    puzzle_type = Puzzle
    ladder = (
        Knobs("stick_game", 3),
        Knobs("elements", 4),
        Knobs("elements", 5),
        Knobs("animal", 5),
        Knobs("animal", 6),
        Knobs("animal", 8),
    )

    def pose(self, rng: Random, knobs: Knobs) -> Posed[Puzzle, Cards]:
        """Draw both hands and play them."""
        own, other = (tuple(rng.sample(CARDS[knobs.game], knobs.rounds)) for _ in range(2))
        results = tuple(play(knobs.game, one, two) for one, two in zip(own, other, strict=True))
        return Posed(Puzzle(knobs.game, own, results), other)

    def ask(self, puzzle: Puzzle) -> str:
        """Tell the game and the rounds."""
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

    def fault(self, puzzle: Puzzle, answer: Cards) -> str | None:
        """Check number, difference, and every round."""
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

    def render(self, answer: Cards) -> str:
        """Letters with commas."""
        return ",".join(answer)

    def published(self, item: Item[Puzzle, Cards], text: str) -> bool:
        """Won and lost rounds need the stored card, except in the animal game, which alone bars repeats."""
        answer, puzzle = self.parse(text, item.data), item.data
        if len(answer) != len(puzzle.cards) or (puzzle.game == "animal" and len(set(answer)) < len(answer)):
            return False
        rounds = zip(puzzle.cards, answer, item.answer, puzzle.results, strict=True)
        return all(_passes(puzzle.game, own, other, stored, said) for own, other, stored, said in rounds)

    def read(self, record: Mapping[str, Any]) -> Posed[Puzzle, Cards]:
        """The game, its rounds and the stored cards."""
        stored = record["answer"]
        puzzle = Puzzle(stored["game_type"], tuple(stored["player_moves"]), tuple(stored["results"]))
        return Posed(puzzle, tuple(stored["solution"]))

    def flaws(self, posed: Posed[Puzzle, Cards]) -> tuple[str, ...]:
        """Whether no list of cards, or more than one, gives the results."""
        count = len(list(islice(_consistent(posed.puzzle), 2)))
        return (("no_answer_satisfies_stated_rules",), (), ("multiple_solutions",))[count]


def play(game: str, own: str, other: str) -> str:
    """What the holder of the first card gets: ``win``, ``loss`` or ``draw``."""
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
    """All lists of different cards that begin with those played and give the results."""
    if len(played) == len(puzzle.cards):
        yield played
        return
    own, said = puzzle.cards[len(played)], puzzle.results[len(played)]
    for card in CARDS[puzzle.game]:
        if card not in played and play(puzzle.game, own, card) == said:
            yield from _consistent(puzzle, (*played, card))


def _passes(game: str, own: str, other: str, stored: str, said: str) -> bool:
    """Whether the reference's validator lets a round pass."""
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
