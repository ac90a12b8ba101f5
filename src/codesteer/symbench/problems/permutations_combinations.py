"""Arrange books on a shelf so that all clues about their places hold.

Clues fix or exclude a place, put one book left or right of another, or make two neighbours. Any order that satisfies
them is right. The official validator does not check that the answer is an order of the books.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from codesteer.symbench.item import Item, SolvedPuzzle
from codesteer.symbench.parsing import parse_letters, parse_tokens, plain_letters
from codesteer.symbench.solvers import import_solver
from codesteer.symbench.task import Task

Order = tuple[str, ...]
Clue = tuple[str, str, str | int]
"""Its kind, a book, and a place (counted from 1) or another book."""

_ALPHABET: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_NOUN: Final = re.compile(r"\bbooks?\b[ \t]?(?!\s?[:=])", re.IGNORECASE)
_WORDS: Final = {
    "at": "Book {0} stands in place {1}.",
    "not_at": "Book {0} does not stand in place {1}.",
    "left": "Book {0} stands somewhere to the left of book {1}.",
    "right": "Book {0} stands somewhere to the right of book {1}.",
    "next": "Books {0} and {1} stand directly next to each other.",
}
_KINDS: Final = {
    "must be placed in": "at",
    "cannot be placed in": "not_at",
    "to the left": "left",
    "to the right": "right",
    "adjacent": "next",
}
_OFFICIAL_CLUE: Final = re.compile(r"Book ([A-Z]) (.{1,200}?) (?:position|of book|to book) (\w+)\.")


@dataclass(frozen=True, slots=True)
class Difficulty:
    """The parameters of the generator."""

    books: int
    clues: int


@dataclass(frozen=True, slots=True)
class Puzzle:
    """The number of books, and the clues."""

    books: int
    clues: tuple[Clue, ...]


class PermutationsCombinations(Task[Difficulty, Puzzle, Order]):
    """Arranging books."""

    slug = "permutations_combinations"
    title = "Permutations and combinations"
    seen = False
    answer_format = "an order of letters"
    puzzle_type = Puzzle
    difficulties = (
        Difficulty(4, 4),
        Difficulty(5, 6),
        Difficulty(6, 8),
        Difficulty(7, 9),
        Difficulty(9, 12),
        Difficulty(12, 18),
        Difficulty(16, 26),
        Difficulty(26, 45),
    )

    def generate_puzzle(self, rng: Random, difficulty: Difficulty) -> SolvedPuzzle[Puzzle, Order]:
        """Draw an order, and distinct clues that hold for it but not for the alphabetical order."""
        alphabet = tuple(_ALPHABET[: difficulty.books])
        while True:
            order = tuple(rng.sample(alphabet, difficulty.books))
            clues: dict[Clue, None] = {}
            while len(clues) < difficulty.clues:
                clue = _true_clue(rng, order)
                clues.setdefault(clue)
            if not all(_holds(clue, alphabet) for clue in clues):
                return SolvedPuzzle(Puzzle(difficulty.books, tuple(clues)), order)

    def format_question(self, puzzle: Puzzle) -> str:
        """List the books, the clues and the format."""
        clues = "\n".join(
            f"{number}. {_WORDS[kind].format(*rest)}" for number, (kind, *rest) in enumerate(puzzle.clues, 1)
        )
        return (
            f"The {puzzle.books} books {', '.join(_ALPHABET[: puzzle.books])} stand on a shelf, one in each "
            f"of the places 1 to {puzzle.books} from left to right. This is known:\n\n"
            f"{clues}\n\n"
            "Find an order of all the books that agrees with every statement; if there are several, any of "
            'them is right. List the books from left to right in the format <<<["A", "B", ...]>>>, for three '
            'books for example <<<["B", "A", "C"]>>>.'
        )

    def parse(self, text: str, puzzle: Puzzle) -> Order:
        """Read the letters of books, separated or run together."""
        return parse_letters(_NOUN.sub("", text), _ALPHABET[: puzzle.books])

    def find_violation(self, puzzle: Puzzle, answer: Order) -> str | None:
        """Check that every book occurs once, then every clue."""
        if sorted(answer) != list(_ALPHABET[: puzzle.books]):
            return f"the answer does not list each of the {puzzle.books} books once"
        broken = next((clue for clue in puzzle.clues if not _holds(clue, answer)), None)
        return broken and f"this does not hold: {_WORDS[broken[0]].format(*broken[1:])}"

    def solve(self, item: Item[Puzzle, Order]) -> Order | None:
        """Find the places with the CP-SAT solver of OR-Tools."""
        return _solution(item.data)

    def format_answer(self, answer: Order) -> str:
        """Write a list of quoted letters."""
        return json.dumps(answer)

    def official_validator_accepts(self, item: Item[Puzzle, Order], text: str) -> bool:
        """Check the clues only; additional or repeated books go unnoticed."""
        answer = parse_tokens(plain_letters(_NOUN.sub("", text)))
        named = {part for _, *parts in item.data.clues for part in parts if isinstance(part, str)}
        return named <= set(answer) and all(_holds(clue, answer) for clue in item.data.clues)

    def parse_record(self, record: Mapping[str, Any]) -> SolvedPuzzle[Puzzle, Order]:
        """Read the clues from the question's text, and the stored order."""
        stored = record["answer"]
        clues = tuple(
            (next(kind for words, kind in _KINDS.items() if words in f"{relation} in"), book, _place(other))
            for book, relation, other in _OFFICIAL_CLUE.findall(stored["constraints_text"])
        )
        return SolvedPuzzle(Puzzle(len(stored["items"]), clues), tuple(stored["correct_solution"]))


def _holds(clue: Clue, order: Order) -> bool:
    kind, book, other = clue
    place = order.index(book) + 1
    if isinstance(other, int):
        return (place == other) == (kind == "at")
    distance = order.index(other) + 1 - place
    return {"left": distance > 0, "right": distance < 0, "next": abs(distance) == 1}[kind]


def _true_clue(rng: Random, order: Order) -> Clue:
    """Draw a clue of a random kind that is true of the order."""
    kind = rng.choice(tuple(_WORDS))
    place = rng.randrange(len(order))
    book = order[place]
    if kind == "at":
        return kind, book, place + 1
    if kind == "not_at":
        return kind, book, rng.choice([other + 1 for other in range(len(order)) if other != place])
    if kind == "next":
        pair = rng.randrange(len(order) - 1)
        one, other = rng.sample(order[pair : pair + 2], 2)
        return kind, one, other
    left, right = sorted(rng.sample(range(len(order)), 2))
    return (kind, order[left], order[right]) if kind == "left" else (kind, order[right], order[left])


def _place(word: str) -> str | int:
    return int(word) if word.isdigit() else word


def _solution(puzzle: Puzzle) -> Order | None:
    cp_model = import_solver("ortools.sat.python.cp_model")
    model = cp_model.CpModel()
    places = {book: model.new_int_var(1, puzzle.books, book) for book in _ALPHABET[: puzzle.books]}
    model.add_all_different(places.values())
    for kind, book, other in puzzle.clues:
        here, there = places[book], other if isinstance(other, int) else places[other]
        if kind == "next":
            model.add(here - there == model.new_int_var(-1, 1, ""))
        else:
            model.add(
                {"at": here == there, "not_at": here != there, "left": here < there, "right": here > there}[
                    kind
                ]
            )
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1  # the same answer every time
    if solver.solve(model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None
    return tuple(sorted(places, key=lambda book: solver.value(places[book])))


TASK = PermutationsCombinations()
