"""Exchange crops for products by two to four methods, each at most once per pass, and count what is left.

There are three sets of methods of increasing difficulty. The official questions call crop C a product if a method
gives it, and 97 of 200 are duplicates; ours have larger harvests and list the methods in any order.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from codesteer.symbench.item import SolvedPuzzle
from codesteer.symbench.parsing import parse_counts
from codesteer.symbench.solvers.exchange import Counts, Method, run_once_per_pass
from codesteer.symbench.task import ComputedTask

SETS: Final = {
    "ABX": (Method((1, 1, 0), (0, 0, 1)), Method((3, 0, 0), (0, 0, 2))),
    "ABCX": (
        Method((1, 1, 1, 0), (0, 0, 0, 1)),
        Method((1, 1, 0, 0), (0, 0, 2, 0)),
        Method((0, 0, 2, 0), (0, 0, 0, 1)),
    ),
    "ABCXY": (
        Method((2, 1, 1, 0, 0), (0, 0, 0, 3, 0)),
        Method((1, 1, 0, 0, 0), (0, 0, 2, 0, 0)),
        Method((0, 0, 2, 1, 0), (0, 0, 0, 0, 1)),
        Method((1, 0, 0, 2, 0), (0, 0, 0, 0, 1)),
    ),
}
"""The methods by their goods; A, B and C are crops, X and Y products."""


@dataclass(frozen=True, slots=True)
class Difficulty:
    """The goods, and the range of each crop."""

    goods: str
    ranges: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Puzzle:
    """The goods, the crops at the start, and the order in which the methods are listed."""

    goods: str
    start: Counts
    order: Counts


class SynthesisDecomposition(ComputedTask[Difficulty, Puzzle, Counts]):
    """Exchanging crops."""

    slug = "synthesis_decomposition"
    title = "Synthesis and decomposition"
    seen = False
    answer_format = "three to five counts"
    puzzle_type = Puzzle
    difficulties = (
        Difficulty("ABX", ((3, 20), (2, 16))),
        Difficulty("ABX", ((15, 60), (12, 50))),
        Difficulty("ABCX", ((4, 12), (3, 9), (2, 8))),
        Difficulty("ABCX", ((8, 20), (6, 18), (4, 15))),
        Difficulty("ABCXY", ((5, 11), (2, 6), (4, 10))),
        Difficulty("ABCXY", ((12, 30), (6, 20), (8, 30))),
        Difficulty("ABCXY", ((40, 99), (30, 80), (30, 99))),
    )

    def random_puzzle(self, rng: Random, difficulty: Difficulty) -> Puzzle:
        """Draw a harvest and an order of the methods; even the smallest harvest allows an exchange."""
        start = tuple(rng.randint(least, most) for least, most in difficulty.ranges)
        count = len(SETS[difficulty.goods])
        return Puzzle(difficulty.goods, start, tuple(rng.sample(range(count), count)))

    def compute_answer(self, puzzle: Puzzle) -> Counts:
        """Return the counts when every pass applies each method at most once."""
        start = puzzle.start + (0,) * (len(puzzle.goods) - len(puzzle.start))
        return run_once_per_pass(start, [SETS[puzzle.goods][place] for place in puzzle.order])

    def format_question(self, puzzle: Puzzle) -> str:
        """List the methods and specify how often each is applied."""
        methods = [SETS[puzzle.goods][place] for place in puzzle.order]
        listed = "\n".join(
            f"{number}. Give {_amounts(puzzle.goods, each.takes)}, get {_amounts(puzzle.goods, each.gives)}."
            for number, each in enumerate(methods, 1)
        )
        names = ", ".join(puzzle.goods)
        return (
            f"A farmer has harvested {_amounts(puzzle.goods, puzzle.start)} and has nothing else. Goods can "
            "be exchanged by these methods:\n\n"
            f"{listed}\n\n"
            "The methods are tried in this order. Whenever a method's turn comes and there is enough for it, "
            "it is applied exactly once; otherwise it is passed over; in both cases the next method follows. "
            f"After method {len(methods)} the turn goes back to method 1. The exchange ends when no method "
            "can be applied any more.\n"
            f"How many units of {names} are there at the end? Give {len(puzzle.goods)} numbers in this order "
            f"in the format <<<[{names}]>>>, for example <<<{_example(puzzle)}>>>."
        )

    def parse(self, text: str, puzzle: Puzzle) -> Counts:
        """Read one number for each good; digits may run together."""
        return parse_counts(text, puzzle.goods)

    def format_answer(self, answer: Counts) -> str:
        """Write a list."""
        return str(list(answer))

    def parse_record(self, record: Mapping[str, Any]) -> SolvedPuzzle[Puzzle, Counts]:
        """Read the harvest and the stored counts, which always list all five goods; Y occurs at level 5 only."""
        stored = record["answer"]
        start = tuple(stored["initial_state"].values())
        five = stored["complexity"] == 5
        goods = "ABX" if len(start) == 2 else "ABCXY" if five else "ABCX"
        counts = dict(zip("ABCXY", map(int, stored["solution"]["answer"]), strict=True))
        order = tuple(range(len(SETS[goods])))
        return SolvedPuzzle(Puzzle(goods, start, order), tuple(counts[good] for good in goods))


def _amounts(goods: str, counts: Counts) -> str:
    parts = [
        f"{count} unit{'s' * (count > 1)} of {'product' if good in 'XY' else 'crop'} {good}"
        for good, count in zip(goods, counts, strict=False)
        if count
    ]
    return f"{', '.join(parts[:-1])} and {parts[-1]}" if len(parts) > 1 else parts[0]


def _example(puzzle: Puzzle) -> str:
    return str([1, 0, 11, 2, 4][: len(puzzle.goods)])


TASK = SynthesisDecomposition()
