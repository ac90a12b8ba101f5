"""Which question to show first: one that the model gets wrong in its head and in its first program, then right.

Run: python benchmarks/first_question.py [--model MODEL] [--seed N]

Asks each question of a fixed list without steering, then steers it by rules, and says where an answer is right first.
The first program of a steered run is what an unsteered program would be. Right answers are computed here.
"""

import argparse
import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise, permutations, product
from math import gcd, prod

from langchain_core.messages import HumanMessage

from codesteer import Context, create_codesteer, read_state
from codesteer.checkers.answer_form import same_answer
from codesteer.models.resolve import resolve_model
from codesteer.models.usage import total
from codesteer.replies.answers import extract_answer

SIDE_BY_SIDE = 4
FORM = "Return the answer with the format <<<answer>>>."


@dataclass(frozen=True, slots=True)
class Puzzle:
    """A question and how to compute its answer."""

    question: str
    compute: Callable[[], object]

    @property
    def asked(self) -> str:
        """The question with the form of its answer."""
        return f"{self.question} {FORM}"


def _knight_squares(moves: int) -> int:
    steps = [(x, y) for x, y in product((-2, -1, 1, 2), repeat=2) if abs(x) != abs(y)]
    squares = {(0, 0)}
    for _ in range(moves):
        squares = {
            (x + dx, y + dy) for x, y in squares for dx, dy in steps if 0 <= x + dx < 8 and 0 <= y + dy < 8
        }
    return len(squares)


def _days(start: date, end: date) -> list[date]:
    return [start + timedelta(n) for n in range((end - start).days + 1)]


def _coins(amount: int, coins: Sequence[int]) -> int:
    ways = [1] + [0] * amount
    for coin in coins:
        for part in range(coin, amount + 1):
            ways[part] += ways[part - coin]
    return ways[amount]


def _lamps_on(lamps: int, rounds: int) -> int:
    return sum(sum(n % r == 0 for r in range(1, rounds + 1)) % 2 for n in range(1, lamps + 1))


def _survivor(people: int, step: int) -> int:
    circle, at = list(range(1, people + 1)), 0
    while len(circle) > 1:
        at = (at + step - 1) % len(circle)
        circle.pop(at)
    return circle[0]


SENTENCE = "seventeen green geese freely greeted three sleepy sheep beneath the evergreen tree"
PUZZLES = (
    Puzzle(f"How many times does the letter e occur in '{SENTENCE}'?", lambda: SENTENCE.count("e")),
    Puzzle(
        "How many whole numbers from 1 to 1000 contain the digit 7 exactly twice?",
        lambda: sum(str(n).count("7") == 2 for n in range(1, 1001)),
    ),
    Puzzle(
        "A knight starts in a corner of an empty chessboard. On how many different squares can it stand after exactly "
        "four moves?",
        lambda: _knight_squares(4),
    ),
    Puzzle(
        "How many months between January 2001 and December 2030 have a Friday the 13th?",
        lambda: sum(d.day == 13 and d.weekday() == 4 for d in _days(date(2001, 1, 1), date(2030, 12, 31))),
    ),
    Puzzle(
        "All arrangements of the letters of PLANET are sorted alphabetically. Which is the 500th?",
        lambda: sorted({"".join(p) for p in permutations("PLANET")})[499],
    ),
    Puzzle(
        "In how many ways can 2 dollars be paid with coins of 1, 5, 10, 25 and 50 cents?",
        lambda: _coins(200, (1, 5, 10, 25, 50)),
    ),
    Puzzle(
        "How many different arrangements of the letters of BANANA have no two equal letters side by side?",
        lambda: sum(all(a != b for a, b in pairwise(w)) for w in set(permutations("BANANA"))),
    ),
    Puzzle(
        "A digital clock shows the time from 00:00 to 23:59. How many times of the day read the same backwards (ignore "
        "the colon)?",
        lambda: sum(f"{h:02}{m:02}" == f"{h:02}{m:02}"[::-1] for h, m in product(range(24), range(60))),
    ),
    Puzzle(
        "A hundred lamps are off. In round r, for r from 1 to 7, every r-th lamp is switched. How many lamps are on "
        "after the seven rounds?",
        lambda: _lamps_on(100, 7),
    ),
    Puzzle(
        "Forty-one people stand in a circle, and every third person leaves until one is left. Which place did the last "
        "one stand on, counted from 1?",
        lambda: _survivor(41, 3),
    ),
    Puzzle(
        "What is the smallest positive whole number that is divisible by 7 and whose digits add up to 30?",
        lambda: next(n for n in range(7, 10**6, 7) if sum(map(int, str(n))) == 30),
    ),
    Puzzle(
        "How many pairs of different numbers from 1 to 60 have no common divisor except 1?",
        lambda: sum(gcd(a, b) == 1 for a in range(1, 61) for b in range(a + 1, 61)),
    ),
    Puzzle(
        "A well is 31 metres deep. A frog climbs 5 metres by day and slips back 3 metres by night. On which day does "
        "it reach the top?",
        lambda: next(day for day in range(1, 99) if 2 * (day - 1) + 5 >= 31),
    ),
    Puzzle(
        "How many five-digit numbers have digits that strictly increase from left to right and multiply to more than "
        "1000?",
        lambda: sum(
            list(str(n)) == sorted(set(str(n))) and prod(map(int, str(n))) > 1000
            for n in range(10000, 100000)
        ),
    ),
    Puzzle(
        "Two dice are rolled three times. In how many of the possible sequences of rolls is each sum larger than the "
        "one before?",
        lambda: sum(
            wa * wb * wc for (a, wa), (b, wb), (c, wc) in product(_dice_sums().items(), repeat=3) if a < b < c
        ),
    ),
)


def _dice_sums() -> Counter[int]:
    return Counter(a + b for a, b in product(range(1, 7), repeat=2))


async def compare(puzzle: Puzzle, model: str, seed: int | None) -> str:
    """Return a row: whether the words, the first program and the steered answer are right, and what steering cost."""
    right = str(puzzle.compute())
    reply = await resolve_model(model, seed).ainvoke([HumanMessage(puzzle.asked)])
    words = extract_answer(reply.text)
    context = Context(task_model=model, check_answer=False, seed=seed)
    output = (
        await create_codesteer()
        .compile()
        .ainvoke({"messages": [HumanMessage(puzzle.asked)]}, context=context)
    )
    result = read_state(output)
    turns, usage = result["turns"], total(result["usage"])
    seconds = sum(turn.seconds for turn in turns)
    verdicts = (words, turns[0].answer, result["answer"])
    marks = " | ".join(
        "right" if answer and same_answer(answer, right) else f"{answer}" for answer in verdicts
    )
    return f"| {puzzle.question} | {right} | {marks} | {len(turns)} | {usage.tokens} | {seconds:.0f} |"


async def main() -> None:
    """Print a row per question."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--model", default="local")
    parser.add_argument("--seed", type=int)
    arguments = parser.parse_args()
    print("| question | answer | words | first program | steered | attempts | tokens | seconds |")
    print("|---|---|---|---|---|--:|--:|--:|")
    places = asyncio.Semaphore(SIDE_BY_SIDE)

    async def print_row(puzzle: Puzzle) -> None:
        async with places:
            print(await compare(puzzle, arguments.model, arguments.seed), flush=True)

    await asyncio.gather(*map(print_row, PUZZLES))


if __name__ == "__main__":
    asyncio.run(main())
